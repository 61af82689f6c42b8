/*
 * visits.h - students postcode by postcode, and study by study.
 *
 * Distances from one postcode to all others are worth computing once, and the placements of one study are worth keeping in
 * cache (eligible.h), so whoever goes through many students goes through them in this order.
 */
#ifndef MATCH_VISITS_H
#define MATCH_VISITS_H

#include "base/err.h"
#include "match/market.h"

struct visit {
    uint32_t point;
    uint32_t qualification;
    uint32_t number;   /* index into the array that was planned */
    uint16_t reach_km; /* the farthest that anybody of this postcode travels */
    uint8_t leerweg;
};

/* The order in which to visit students[0 .. count-1]; free it with mem_free. O(count log count). */
MUST_USE enum err visits_plan(const struct market *market, const uint32_t *students, uint32_t count,
                              struct visit **out);

#endif
