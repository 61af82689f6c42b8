/*
 * preference.h - one student's eligible placements, best first.
 *
 * First the student's explicit wishes that are eligible, in their order; then the others by number of shared tags (more
 * is better), then by distance_m / 5000 (less is better). What is equal in all that is a tie, broken by SipHash-2-4
 * under the student's tie key over the placement's hash (lower is better), and should even that be equal, by canonical
 * order. With list_max > 0 the first max(list_max, number of eligible wishes) stay.
 *
 * Cost: one SipHash for each candidate without a wish, a counting sort over (tags, distance) and small sorts within its
 * groups: about 20 ns a candidate.
 */
#ifndef MATCH_PREFERENCE_H
#define MATCH_PREFERENCE_H

#include "match/eligible.h"

enum { DISTANCE_STEP_M = 5000 };

struct preference;

MUST_USE enum err preference_new(const struct market *market, uint32_t most_candidates, struct preference **out);
void preference_free(struct preference *preference);

/*
 * Orders the candidates of a student. *ordered holds *count of them, valid until the next call; *count is less than
 * candidate_count where list_max cut the list.
 */
void preference_order(struct preference *preference, uint32_t student, const struct candidate *candidates,
                      uint32_t candidate_count, uint32_t list_max, const struct candidate **ordered, uint32_t *count);

#endif
