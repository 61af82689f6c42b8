#include "match/distances.h"
#include "base/random.h"
#include "match/geo.h"
#include "support/support.h"

#include <stdbool.h>

enum { POINTS = 200 };

static struct point points[POINTS];

static void draw_points(unsigned long long seed)
{
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, seed);
    for (size_t i = 0; i < POINTS; i++)
        points[i] = (struct point){50.7 + (double)random_below(&random, 2800) / 1000.0,
                                   3.4 + (double)random_below(&random, 3800) / 1000.0};
}

static uint32_t expected_m(uint32_t a, uint32_t b)
{
    struct geo_point from = geo_point_of(points[a]), to = geo_point_of(points[b]);
    return geo_distance_m(&from, &to);
}

START_TEST(every_distance_within_reach_is_exact_both_ways)
{
    struct distances distances;
    uint32_t beyond = 0, reach_m = 40000;
    draw_points(test_seed(11));
    ck_assert_int_eq(distances_new(points, POINTS, reach_m, &distances), ERR_OK);
    for (uint32_t a = 0; a < POINTS; a++)
        for (uint32_t b = 0; b < POINTS; b++) {
            uint32_t kept = distances_row(&distances, a)[distances.column[b]];
            beyond += kept == DISTANCE_BEYOND;
            ck_assert(kept == expected_m(a, b) || (kept == DISTANCE_BEYOND && expected_m(a, b) > reach_m));
            ck_assert_uint_eq(kept, distances_row(&distances, b)[distances.column[a]]);
        }
    ck_assert_uint_gt(beyond, 0); /* or the reach was not put to the test */
    distances_free(&distances);
}
END_TEST

START_TEST(the_nearest_of_a_cell_is_the_least_of_its_points)
{
    struct distances distances;
    draw_points(test_seed(12));
    ck_assert_int_eq(distances_new(points, POINTS, 1000000, &distances), ERR_OK);
    ck_assert_uint_gt(distances.cells, 1);
    for (uint32_t a = 0; a < POINTS; a++)
        for (uint32_t cell = 0; cell < distances.cells; cell++) {
            uint32_t least = DISTANCE_BEYOND;
            for (uint32_t b = 0; b < POINTS; b++)
                if (distances.cell[b] == cell && expected_m(a, b) < least)
                    least = expected_m(a, b);
            ck_assert_uint_eq(distances_nearest(&distances, a)[cell], least);
        }
    distances_free(&distances);
}
END_TEST

START_TEST(columns_are_a_numbering_in_the_order_of_the_cells)
{
    struct distances distances;
    uint32_t cell_of_column[POINTS];
    bool taken[POINTS] = {false};
    draw_points(test_seed(13));
    ck_assert_int_eq(distances_new(points, POINTS, 300000, &distances), ERR_OK);
    for (uint32_t i = 0; i < POINTS; i++) {
        ck_assert_uint_lt(distances.column[i], POINTS);
        ck_assert(!taken[distances.column[i]]);
        taken[distances.column[i]] = true;
        cell_of_column[distances.column[i]] = distances.cell[i];
    }
    for (uint32_t column = 1; column < POINTS; column++)
        ck_assert_uint_le(cell_of_column[column - 1], cell_of_column[column]);
    distances_free(&distances);
}
END_TEST

START_TEST(no_points_make_an_empty_table)
{
    struct distances distances;
    ck_assert_int_eq(distances_new(NULL, 0, 40000, &distances), ERR_OK);
    ck_assert_uint_eq(distances.cells, 0);
    distances_free(&distances);
}
END_TEST

RUN_TESTS("match/distances", every_distance_within_reach_is_exact_both_ways,
          the_nearest_of_a_cell_is_the_least_of_its_points, columns_are_a_numbering_in_the_order_of_the_cells,
          no_points_make_an_empty_table)
