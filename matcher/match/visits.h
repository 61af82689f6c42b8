/*
 * visits.h - students study by study, and postcode by postcode.
 *
 * The placements of one study are worth keeping in cache (eligible.h), so whoever goes through many students goes through
 * them in this order.
 */
#ifndef MATCH_VISITS_H
#define MATCH_VISITS_H

#include "base/err.h"
#include "match/market.h"

struct visit {
    uint32_t qualification;
    uint32_t point;
    uint32_t number; /* index into the array that was planned */
    uint8_t leerweg;
};

/* The order in which to visit students[0 .. count-1]; free it with mem_free. O(count log count). */
MUST_USE enum err visits_plan(const struct market *market, const uint32_t *students, uint32_t count,
                              struct visit **out);

#endif
