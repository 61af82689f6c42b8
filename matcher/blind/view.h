/*
 * view.h - how much of a candidate a company may see, so that at least k students would look the same.
 *
 * The whole view has four kinds of parts. Every candidate meets all hard criteria, the period, the hours and the days by
 * construction; what can tell people apart is the qualification and the bands of the weighted criteria. Where fewer than
 * BLIND_K students of the market would give the same view, parts are left out in declared steps:
 *
 *   0  everything
 *   1  without the bands of the weighted criteria
 *   2  without the period, the hours and the days as well
 *   3  without the qualification as well: "meets all criteria"
 *
 * The first step at which enough students look the same is taken; the last one is always allowed, for there is nothing
 * less to say. Who looks the same is counted over the students of the round that take a qualification of the placement in
 * its leerweg and meet its hard criteria; the candidate is one of them.
 */
#ifndef BLIND_VIEW_H
#define BLIND_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLIND_K = 5, BLIND_STEPS = 4, BLIND_CRITERIA_MAX = 64 };

/* A level against the minimum that was declared for it. */
enum blind_band { BAND_BELOW, BAND_MEETS, BAND_ABOVE };
enum blind_band blind_band_of(unsigned level, unsigned minimum);
const char *blind_band_name(enum blind_band band); /* "below", "meets", "above"; static */

/* What of a student can show in a view: the qualification and the levels on the weighted criteria, in their order. */
struct blind_look {
    const char *qualification;
    uint8_t levels[BLIND_CRITERIA_MAX];
};

/* Who would look like one candidate of one placement. Zeroed by blind_crowd_start. */
struct blind_crowd {
    const struct blind_look *candidate;
    const uint8_t *minimums;
    size_t criterion_count; /* at most BLIND_CRITERIA_MAX */
    uint32_t same[BLIND_STEPS];
};
void blind_crowd_start(struct blind_crowd *crowd, const struct blind_look *candidate, const uint8_t *minimums,
                       size_t criterion_count);

/* Counts a student of the market, the candidate too. False when looking further can change nothing. */
bool blind_crowd_add(struct blind_crowd *crowd, const struct blind_look *student);

/* The step that is taken. */
unsigned blind_crowd_reduction(const struct blind_crowd *crowd);

/* What a view of this step says: the allow-list. */
struct blind_parts {
    bool bands, period, hours_and_days, qualification;
};
struct blind_parts blind_parts_of(unsigned reduction);

#endif
