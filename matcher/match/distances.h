/*
 * distances.h - metres between all postcodes of a market, and the grid that orders them.
 *
 * Points fall into cells of a grid of 1/8 degree (about 14 by 8.5 km). Columns of the table are in the order of the cells,
 * so what lies close together on the map lies close together in a row. For every point and cell the table also keeps the
 * least distance to any point in the cell, so that a whole cell can be passed over exactly.
 *
 * Cost: points^2 / 2 haversines (0.3 s for the 4,000 postcodes of the Netherlands) and 4 bytes for each pair.
 */
#ifndef MATCH_DISTANCES_H
#define MATCH_DISTANCES_H

#include "base/err.h"
#include "match/market.h"

/* Stands for every distance beyond the reach. */
#define DISTANCE_BEYOND UINT32_MAX

struct distances {
    uint32_t points, cells; /* only cells with a point in them are counted */
    uint32_t *column;       /* by point: its column in the table */
    uint32_t *cell;         /* by point */
    uint32_t *metres;       /* by point, by column */
    uint32_t *nearest;      /* by point, by cell */
};

/* Distances up to reach_m are exact (geo.h); those that are surely longer may be DISTANCE_BEYOND. */
MUST_USE enum err distances_new(const struct point *points, size_t count, uint32_t reach_m, struct distances *out);
void distances_free(struct distances *distances);

/* The row of a point: metres by column. */
static inline const uint32_t *distances_row(const struct distances *distances, uint32_t point)
{
    return distances->metres + (size_t)point * distances->points;
}

/* The least metres by cell. */
static inline const uint32_t *distances_nearest(const struct distances *distances, uint32_t point)
{
    return distances->nearest + (size_t)point * distances->cells;
}

#endif
