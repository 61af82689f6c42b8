/*
 * explain.h - why a student got this placement and no other, and what a criterion costs a placement.
 *
 * By the plain rule for one pair (eligible_pair.c), without an index: for one student or one placement at a time. The market may be
 * narrowed to what concerns it (domain/explain.c does so), since nobody else's pairs are looked at. What a solve left at each
 * placement (struct place_outcome, round.h) says the rest.
 */
#ifndef MATCH_EXPLAIN_H
#define MATCH_EXPLAIN_H

#include "match/eligible.h"

/* A placement at which nobody holds a seat has this for its lowest band. */
enum { BAND_NOBODY = UINT8_MAX };

/* One student's whole list, and how the other placements fell away. */
struct explained_list {
    struct candidate *list; /* best first; their hashes are the market's */
    uint32_t count;
    uint8_t *broken;              /* by placement: enum rule */
    uint32_t removed[RULE_COUNT]; /* as eligibility_explain counts */
};

/* Cost: the rule for each placement of the market, and one ordering. */
MUST_USE enum err explain_list(const struct market *market, const struct match_rules *rules, uint32_t student,
                               struct explained_list *out);
void explained_list_free(struct explained_list *list);

/* What happened to a student at one placement of the list. */
enum place_fate {
    FATE_HELD,    /* placed here */
    FATE_LOWER,   /* further down the list than the own place */
    FATE_FREE,    /* nobody holds a seat here */
    FATE_BAND,    /* everybody who holds a seat has a higher band */
    FATE_LOTTERY, /* somebody of the same band holds one, whom the lottery put first */
    FATE_CUT,     /* a lower band holds a seat: the list had been cut before this placement */
    FATE_COUNT,
};

/* `own_rank`: of the place that the student has, 0 for none; `rank`: of this placement, both from 1. */
enum place_fate explain_fate(uint32_t own_rank, uint32_t rank, uint32_t band, uint8_t lowest_band);

/* What decided that a student has no place: the rule that removed the last placement (rule_binding), or one of these. */
enum { BINDING_NO_PLACES = RULE_COUNT, BINDING_BAND, BINDING_LOTTERY, BINDING_COUNT };

/* `eligible`: placements that the student could go to; `by_lottery`: of these, where somebody of the same band went first. */
unsigned explain_binding(uint32_t eligible, uint32_t by_lottery, const uint32_t removed[RULE_COUNT]);

/* The number of each hard criterion, in their order: so many students miss it alone and would be eligible without it. `more` has room for
   placement.hard.count. *eligible: who is eligible as it is. Cost: the rule for each student of the market. */
void explain_criteria(const struct market *market, const struct match_rules *rules, uint32_t place,
                      uint32_t *eligible, uint32_t *more);

#endif
