#include "match/distances.h"

#include "base/mem.h"
#include "match/geo.h"

#include <math.h>
#include <stdlib.h>

enum { CELLS_A_DEGREE = 8 };

struct placed {
    int32_t row, column;
    uint32_t point;
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return a->point < b->point ? -1 : a->point > b->point;
}

/* Orders the points by cell and numbers both. */
static enum err lay_grid(const struct point *points, struct distances *distances)
{
    struct placed *placed;
    enum err e = mem_alloc(distances->points, sizeof *placed, &placed);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < distances->points; i++)
        placed[i] = (struct placed){(int32_t)floor(points[i].lat * CELLS_A_DEGREE),
                                    (int32_t)floor(points[i].lon * CELLS_A_DEGREE), i};
    qsort(placed, distances->points, sizeof *placed, compare_placed);
    for (uint32_t i = 0; i < distances->points; i++) {
        if (i == 0 || placed[i].row != placed[i - 1].row || placed[i].column != placed[i - 1].column)
            distances->cells++;
        distances->column[placed[i].point] = i;
        distances->cell[placed[i].point] = distances->cells - 1;
    }
    mem_free(placed);
    return ERR_OK;
}

static void set(struct distances *distances, uint32_t from, uint32_t to, uint32_t metres)
{
    distances->metres[(size_t)from * distances->points + distances->column[to]] = metres;
    uint32_t *nearest = &distances->nearest[(size_t)from * distances->cells + distances->cell[to]];
    *nearest = metres < *nearest ? metres : *nearest;
}

/* A distance is the same both ways, bit for bit: the formula is symmetric in what it multiplies and squares. */
static void fill(const struct geo_point *geo, uint32_t reach_m, struct distances *distances)
{
    for (size_t i = 0; i < (size_t)distances->points * distances->cells; i++)
        distances->nearest[i] = DISTANCE_BEYOND;
    for (uint32_t a = 0; a < distances->points; a++)
        for (uint32_t b = a; b < distances->points; b++) {
            uint32_t metres = DISTANCE_BEYOND;
            if (geo_latitude_gap_m(&geo[a], &geo[b]) <= reach_m)
                metres = geo_distance_m(&geo[a], &geo[b]);
            set(distances, a, b, metres);
            set(distances, b, a, metres);
        }
}

enum err distances_new(const struct point *points, size_t count, uint32_t reach_m, struct distances *out)
{
    struct distances distances = {.points = (uint32_t)count};
    struct geo_point *geo = NULL;
    if (count > UINT16_MAX)
        return ERR_RANGE; /* there are 9,000 postcodes at most */
    enum err e = mem_alloc(count, sizeof *distances.column, &distances.column);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *distances.cell, &distances.cell);
    if (e == ERR_OK)
        e = lay_grid(points, &distances);
    if (e == ERR_OK)
        e = mem_alloc(count * count, sizeof *distances.metres, &distances.metres);
    if (e == ERR_OK)
        e = mem_alloc(count * distances.cells, sizeof *distances.nearest, &distances.nearest);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *geo, &geo);
    if (e != ERR_OK) {
        distances_free(&distances);
        return e;
    }
    for (size_t i = 0; i < count; i++)
        geo[i] = geo_point_of(points[i]);
    fill(geo, reach_m, &distances);
    mem_free(geo);
    *out = distances;
    return ERR_OK;
}

void distances_free(struct distances *distances)
{
    mem_free(distances->column);
    mem_free(distances->cell);
    mem_free(distances->metres);
    mem_free(distances->nearest);
    *distances = (struct distances){0};
}
