/*
 * verify.h - an independent check of a matching.
 *
 * It shares no code with the solver: it reads the lists front to back, uses no keys and no heaps, and believes only the
 * assignment. Found, the gravest first: a student at a placement that is not on its list; a placement above its
 * capacity; a pair of a student and a placement that would both rather have each other (a blocking pair), because the
 * placement has a free seat or holds somebody of a lower class, or, where the lottery counts, somebody of the same class
 * with a later number.
 *
 * Cost: O(edges up to each student's match), sequential in the edges, one random read each.
 */
#ifndef MATCH_VERIFY_H
#define MATCH_VERIFY_H

#include "match/instance.h"

enum finding {
    FINDING_NONE,
    FINDING_NOT_ON_LIST,
    FINDING_OVER_CAPACITY,
    FINDING_BLOCKING_CLASS,   /* not even weakly stable */
    FINDING_BLOCKING_LOTTERY, /* weakly stable, but not by the lottery */
};

struct verdict {
    enum finding finding;
    uint32_t student; /* of the first finding */
    uint32_t place;
};

/*
 * Checks place[student] (INSTANCE_UNMATCHED: none). ERR_OK with FINDING_NONE: the matching is stable, by the lottery too;
 * ERR_MISMATCH: *verdict says what is wrong.
 */
MUST_USE enum err verify_matching(const struct instance *instance, const uint32_t *place, struct verdict *verdict);

/* "a student is matched to a placement that is not on its list", and so on. */
const char *finding_text(enum finding finding);

#endif
