#include "match/geo.h"
#include "base/random.h"
#include "support/support.h"

#include <math.h>

static uint32_t metres(double lat_a, double lon_a, double lat_b, double lon_b)
{
    struct geo_point a = geo_point_of((struct point){lat_a, lon_a}), b = geo_point_of((struct point){lat_b, lon_b});
    return geo_distance_m(&a, &b);
}

/* Metres by another road: the angle between two vectors, in extended precision. */
static double reference_m(struct point a, struct point b)
{
    const long double pi = 3.14159265358979323846264338327950288L, radius_m = 6371008.8L;
    long double u[3], v[3];
    const struct point *points[] = {&a, &b};
    for (int i = 0; i < 2; i++) {
        long double lat = points[i]->lat * pi / 180, lon = points[i]->lon * pi / 180, *to = i ? v : u;
        to[0] = cosl(lat) * cosl(lon);
        to[1] = cosl(lat) * sinl(lon);
        to[2] = sinl(lat);
    }
    long double cross[] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    long double sine = sqrtl(cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]);
    return (double)(radius_m * atan2l(sine, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]));
}

START_TEST(known_distances_on_the_sphere_of_6371_0088_km)
{
    ck_assert_uint_eq(metres(52, 5, 52, 5), 0);
    ck_assert_uint_eq(metres(52, 5, 53, 5), 111195); /* a degree: 6371008.8 * pi / 180 = 111195.080 */
    ck_assert_uint_eq(metres(0, 0, 0, 1), 111195);
    ck_assert_uint_eq(metres(0, 0, 90, 0), 10007557);                    /* a quarter: 10007557.221 */
    ck_assert_uint_eq(metres(0, 0, 0, 180), 20015114);                   /* half: 20015114.442 */
    ck_assert_uint_eq(metres(52, 5, 52, 5.5), 34229);                    /* 34229.196 */
    ck_assert_uint_eq(metres(52, 5, 52.0001, 5), 11);                    /* 11.120 */
    ck_assert_uint_eq(metres(52, 5, 52.000135, 5), 15);                  /* 15.011 */
    ck_assert_uint_eq(metres(52, 5, 52.00004046, 5), 4);                 /* 4.499: down */
    ck_assert_uint_eq(metres(52, 5, 52.00004048, 5), 5);                 /* 4.501: up */
    ck_assert_uint_eq(metres(52.3702, 4.8952, 51.9244, 4.4777), 57173);  /* Amsterdam to Rotterdam: 57173.071 */
    ck_assert_uint_eq(metres(50.7703, 6.0182, 53.3304, 6.9180), 291238); /* Vaals to Delfzijl: 291237.743 */
}
END_TEST

static struct point drawn_point(const struct random_source *random, double lat, double lon, double spread)
{
    double north = (double)random_below(random, 1000001) / 1e6, east = (double)random_below(random, 1000001) / 1e6;
    return (struct point){lat + spread * north, lon + spread * east};
}

START_TEST(random_pairs_agree_with_the_angle_between_vectors)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(21));
    for (int i = 0; i < 50000; i++) {
        double spread = i % 2 ? 3.0 : 0.01;
        struct point from = drawn_point(&random, 50.7, 3.4, spread), to = drawn_point(&random, 50.7, 3.4, spread);
        struct geo_point a = geo_point_of(from), b = geo_point_of(to);
        uint32_t distance_m = geo_distance_m(&a, &b), back_m = geo_distance_m(&b, &a);
        double exact_m = reference_m(from, to);
        ck_assert_double_le(fabs(distance_m - exact_m), 0.501); /* rounded to the metre */
        ck_assert_uint_le(distance_m > back_m ? distance_m - back_m : back_m - distance_m, 1);
        ck_assert_uint_le(geo_latitude_gap_m(&a, &b), distance_m);
    }
}
END_TEST

START_TEST(the_latitude_gap_is_a_close_lower_bound)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(22));
    for (int i = 0; i < 10000; i++) {
        struct point from = drawn_point(&random, 50.7, 5, 3.0), to = {50.7 + 3.0 * i / 10000, from.lon};
        struct geo_point a = geo_point_of(from), b = geo_point_of(to);
        uint32_t gap_m = geo_latitude_gap_m(&a, &b), distance_m = geo_distance_m(&a, &b);
        ck_assert_uint_le(gap_m, distance_m);
        ck_assert_uint_le(distance_m, gap_m + 3); /* due north it is the distance but for its slack */
        ck_assert_uint_eq(gap_m, geo_latitude_gap_m(&b, &a));
    }
}
END_TEST

RUN_TESTS("match/geo", known_distances_on_the_sphere_of_6371_0088_km,
          random_pairs_agree_with_the_angle_between_vectors, the_latitude_gap_is_a_close_lower_bound)
