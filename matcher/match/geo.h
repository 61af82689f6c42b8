/*
 * geo.h - distance between two postcodes' points.
 *
 * Great-circle distance by the haversine formula on a sphere of radius 6371.0088 km (IUGG mean radius), rounded to whole
 * metres: floor(1000 * km + 0.5). Built with -ffp-contract=off, so that one machine's metres are another's.
 */
#ifndef MATCH_GEO_H
#define MATCH_GEO_H

#include "match/market.h"

/* A point with what every distance from it needs. */
struct geo_point {
    double lat_rad, lon_rad, cos_lat;
};

struct geo_point geo_point_of(struct point point);

/* Metres from a to b; symmetric but for the last bit of the sum, so callers keep to (student, placement). */
uint32_t geo_distance_m(const struct geo_point *a, const struct geo_point *b);

/* A lower bound of geo_distance_m, in metres, from the latitudes alone; a few instructions. */
uint32_t geo_latitude_gap_m(const struct geo_point *a, const struct geo_point *b);

#endif
