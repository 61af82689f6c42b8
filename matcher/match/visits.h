/*
 * visits.h - students postcode by postcode.
 *
 * Distances from one postcode to all others are worth computing once (eligible.h), so whoever goes through many students
 * goes through them in this order: by postcode, within it the farthest travellers first.
 */
#ifndef MATCH_VISITS_H
#define MATCH_VISITS_H

#include "base/err.h"
#include "match/market.h"

struct visit {
    uint32_t point;
    uint32_t number; /* index into the array that was planned */
    uint16_t max_km;
};

/* The order in which to visit students[0 .. count-1]; free it with mem_free. */
MUST_USE enum err visits_plan(const struct market *market, const uint32_t *students, uint32_t count,
                              struct visit **out);

#endif
