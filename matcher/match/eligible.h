/*
 * eligible.h - which placements a student may go to.
 *
 * A student s may go to a placement p when, in this order: p takes s's qualification; same leerweg; p is not excluded;
 * the windows fit with the declared slack (p.from <= s.from + slack and s.to <= p.to + slack); p offers at least s's
 * hours; p's days are among s's; the distance is at most s's maximum; every hard criterion is met.
 *
 * An index answers that for one student after another: placements by (qualification, leerweg), within that by cells of
 * a grid (distances.h), each with what the rules need in one cache line. A cell whose nearest postcode is too far is skipped.
 * Students of one qualification, asked about one after another, find its placements in cache (visits.h).
 *
 * Cost: building O(placements log placements + postcodes^2); one student: the placements of its qualification in reach,
 * about 15 ns for each that passes. Memory: 80 bytes for each (placement, qualification), 4 for each pair of postcodes.
 */
#ifndef MATCH_ELIGIBLE_H
#define MATCH_ELIGIBLE_H

#include "base/err.h"
#include "match/market.h"

enum rule {
    RULE_QUALIFICATION,
    RULE_LEERWEG,
    RULE_EXCLUDED,
    RULE_PERIOD,
    RULE_HOURS,
    RULE_DAYS,
    RULE_DISTANCE,
    RULE_CRITERIA,
    RULE_COUNT,
};

/* One eligible placement of one student. */
struct candidate {
    uint32_t place;
    uint32_t distance_m;
    const uint8_t *hash; /* the placement's, 32 bytes, owned by the index */
    uint8_t shared_tags;
    uint8_t score;
};

struct eligibility;

MUST_USE enum err eligibility_new(const struct market *market, const struct match_rules *rules,
                                  struct eligibility **out);
void eligibility_free(struct eligibility *index);

/*
 * Another handle on the same index, with work space of its own: one thread may use the one while another uses the other.
 * It borrows what the first handle owns, so free it before that one.
 */
MUST_USE enum err eligibility_share(const struct eligibility *index, struct eligibility **out);

/*
 * The eligible placements of a student, in no particular order. *found points into the index and is valid until the
 * next call; *count may be 0.
 */
void eligibility_find(struct eligibility *index, uint32_t student, const struct candidate **found, uint32_t *count);

/*
 * Why a student's placements fall away: removed[rule] counts what the rule removes of what the rules before it left.
 * Their sum and the eligible ones are all placements. Scans every placement of the student's qualification.
 */
void eligibility_explain(struct eligibility *index, uint32_t student, uint32_t removed[RULE_COUNT]);

/* How many placements take this qualification and leerweg: what a student of it costs, roughly. */
uint32_t eligibility_offered(const struct eligibility *index, uint32_t qualification, uint8_t leerweg);

/* The most candidates that any student can have. */
uint32_t eligibility_most(const struct eligibility *index);

/*
 * The plain rule for one pair, written apart from the index: RULE_COUNT when eligible, otherwise the first rule of the
 * order above that the pair breaks. For verification and explanations; O(criteria + tags) with small constants.
 */
enum rule eligible_first_broken(const struct market *market, const struct match_rules *rules, uint32_t student,
                                uint32_t place);

/* Of one pair, as plainly: metres between the postcodes, the student's score (score.h), how many tags they share. */
uint32_t eligible_distance_m(const struct market *market, uint32_t student, uint32_t place);
uint8_t eligible_score(const struct market *market, uint32_t student, uint32_t place);
uint8_t eligible_shared_tags(const struct market *market, uint32_t student, uint32_t place);

#endif
