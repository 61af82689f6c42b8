/*
 * round.h - one whole round over a market: lists, solve, check, second pass, explanations.
 *
 * Pure: the same market, rules and draws give the same result, on any machine. First every student's list (cut at
 * list_max) goes through deferred acceptance. Students who are left unmatched and whose list was cut then play once more,
 * with their full lists over the placements that still have free seats; everybody else stays where they are. Both
 * matchings pass the independent verifier, and every matched pair is held against the plain eligibility rule, before a
 * result is given. Stability and strategy-proofness are claimed for the declared lists of the first solve.
 */
#ifndef MATCH_ROUND_H
#define MATCH_ROUND_H

#include "match/lists.h"
#include "match/solve.h"
#include "match/verify.h"

enum round_stage { STAGE_ELIGIBILITY, STAGE_SOLVE, STAGE_VERIFY, STAGE_EXPLAIN, STAGE_COUNT };

/* Where one student ended. Unmatched: place is PLACE_NONE, and the counts at the end say why. */
struct student_outcome {
    uint32_t place;
    uint32_t rank; /* position in the student's full list, from 1 */
    uint32_t distance_m;
    uint8_t score, band;
    bool second_pass;
    uint32_t eligible;   /* unmatched: eligible placements, all of them full */
    uint32_t by_band;    /* of these, where everybody who holds a seat has a higher band */
    uint32_t by_lottery; /* of these, where somebody of the same band went first */
    uint32_t removed_at; /* unmatched with none eligible: index of its counts in round_result.removed */
};

/* What the first solve left at one placement. */
struct place_outcome {
    uint32_t candidates; /* students who had it on their list */
    uint8_t lowest_band; /* of those who hold a seat, of the second pass too; BAND_NOBODY (explain.h): nobody does */
};

struct round_counts {
    uint64_t seats, eligible_pairs, listed_pairs, cut_lists, proposals;
    uint64_t matched, matched_second_pass, unmatched;
};

struct round_result {
    size_t student_count;
    struct student_outcome *outcomes; /* by student of the market */
    struct place_outcome *places;     /* by placement of the market */
    uint32_t (*removed)[RULE_COUNT];
    size_t removed_count, removed_capacity;
    uint64_t *rank_counts; /* [r]: students at rank r, for r = 1 .. rank_max */
    uint32_t rank_max;
    struct round_counts counts;
    struct verdict verdict; /* what the verifier found, where round_run gives ERR_MISMATCH */
};

/* Told when a stage begins and how far it is; both may be NULL. */
struct round_observer {
    void (*stage)(void *context, enum round_stage stage);
    void (*progress)(void *context, enum round_stage stage, uint64_t done, uint64_t total);
    void *context;
};

/*
 * Runs the round, making lists with at most `threads` threads (lists.h). ERR_MISMATCH: the verifier refused the matching (a fault of this program; nothing may be published),
 * result->verdict says how. Memory: 4 bytes a listed pair, about 150 a student, 8 a placement.
 */
MUST_USE enum err round_run(const struct market *market, const struct match_rules *rules, uint32_t threads,
                            const struct round_observer *observer, struct round_result *result);
void round_result_free(struct round_result *result);

/* The Dutch name of a rule, as unmatched.csv uses it: "opleiding", "leerweg", … */
const char *rule_name(enum rule rule);

/* Of the rules' counts, the one that removed the last placement: the last that removed any. */
enum rule rule_binding(const uint32_t removed[RULE_COUNT]);

#endif
