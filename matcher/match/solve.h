/*
 * solve.h - `stb`: student-proposing deferred acceptance with a single lottery.
 *
 * Gale and Shapley, "College admissions and the stability of marriage" (1962): every free student proposes to the next
 * placement of its list; a placement holds the best proposers up to its capacity and refuses the rest; nothing is final
 * until nobody proposes any more. A placement prefers the higher class, within a class the lower student number, which is
 * the lottery. The result is the student-optimal stable matching for these lists, whatever the order of proposals, and
 * truth-telling is a dominant strategy for students (Dubins and Freedman 1981; Roth 1982).
 *
 * Cost: O(proposals * log capacity). In memory it is bound by random cache lines: the student's next edge, the
 * placement's head, and for an accepted proposal the heap and the cursor of whoever is refused; all are fetched ahead.
 * Space beside the instance: 24 bytes a student, 32 a placement, and 8 a seat of the placements with more than three.
 * Instances of up to 2^32 - 2 edges; ERR_RANGE beyond.
 */
#ifndef MATCH_SOLVE_H
#define MATCH_SOLVE_H

#include "match/instance.h"

struct solution {
    uint32_t *place;    /* by student: placement, or INSTANCE_UNMATCHED */
    uint32_t *position; /* by student: index in its list; the list's length where unmatched */
    uint64_t matched;
    uint64_t proposals;
};

MUST_USE enum err solve_stb(const struct instance *instance, struct solution *out);
void solution_free(struct solution *solution);

#endif
