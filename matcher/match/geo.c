#include "match/geo.h"

#include <math.h>

static const double earth_radius_km = 6371.0088;
static const double pi = 3.14159265358979323846;

struct geo_point geo_point_of(struct point point)
{
    double lat_rad = point.lat * pi / 180.0;
    return (struct geo_point){lat_rad, point.lon * pi / 180.0, cos(lat_rad)};
}

uint32_t geo_distance_m(const struct geo_point *a, const struct geo_point *b)
{
    double sin_lat = sin((b->lat_rad - a->lat_rad) / 2.0);
    double sin_lon = sin((b->lon_rad - a->lon_rad) / 2.0);
    double h = sin_lat * sin_lat + a->cos_lat * b->cos_lat * sin_lon * sin_lon;
    double km = 2.0 * earth_radius_km * asin(sqrt(h < 1.0 ? h : 1.0));
    return (uint32_t)floor(1000.0 * km + 0.5);
}

uint32_t geo_latitude_gap_m(const struct geo_point *a, const struct geo_point *b)
{
    double km = earth_radius_km * fabs(a->lat_rad - b->lat_rad);
    double m = 1000.0 * km - 1.0; /* a metre of slack for rounding */
    return m > 0.0 ? (uint32_t)m : 0;
}
