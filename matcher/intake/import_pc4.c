#include "intake/import_pc4.h"

#include "base/mem.h"
#include "base/table.h"
#include "match/geo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct problem_kind unknown_kind = {
    "import-pc4.kind",
    {"neither GeoNames' postal code file nor a table with coordinates",
     "geen postcodebestand van GeoNames en geen tabel met coordinaten"},
    {"GeoNames' NL.txt, or columns pc4 (or postcode) and lat, lon (or latitude, longitude; or RD x, y)",
     "NL.txt van GeoNames, of kolommen pc4 (of postcode) en lat, lon (of latitude, longitude; of RD x, y)"}};
static const struct problem_kind no_postcodes = {
    "import-pc4.none",
    {"no Dutch postcode with coordinates", "geen Nederlandse postcode met coordinaten"},
    {"a file about the Netherlands", "een bestand over Nederland"}};

enum { GEONAMES_COLUMNS = 12, SLIP_M = 40000, SAME_THREE_MIN = 4, PC4_COUNT = PC4_MAX + 1 };

struct importing {
    struct postcodes *out;
    struct import_pc4_counts counts;
    int8_t accuracy[PC4_COUNT]; /* of the row that was kept, plus one; 0: none yet */
};

static void take(struct importing *importing, struct text code, double lat, double lon, int accuracy)
{
    uint32_t pc4;
    if (postcode_parse(code, &pc4) != ERR_OK || lat < 50.0 || lat > 54.0 || lon < 3.0 || lon > 8.0)
        return;
    importing->counts.rows++;
    if (accuracy + 1 <= importing->accuracy[pc4])
        return;
    importing->accuracy[pc4] = (int8_t)(accuracy + 1);
    importing->out->known[pc4] = true;
    importing->out->points[pc4] = (struct point){lat, lon};
}

/* One line of GeoNames: country, code, place, three pairs of regions, latitude, longitude, accuracy. */
static bool take_geonames_line(struct importing *importing, struct text line)
{
    struct text cells[GEONAMES_COLUMNS], rest = line;
    size_t count = 0;
    double lat, lon;
    uint64_t accuracy = 0;
    while (count < GEONAMES_COLUMNS && text_next(&rest, '\t', &cells[count]))
        count++;
    if (count < GEONAMES_COLUMNS - 1 || rest.data || cells[0].length != 2)
        return false;
    if (!text_is(cells[0], "NL") || text_to_double(cells[9], &lat) != ERR_OK ||
        text_to_double(cells[10], &lon) != ERR_OK)
        return true;
    if (count == GEONAMES_COLUMNS && text_to_u64(cells[11], 0, 6, &accuracy) != ERR_OK)
        accuracy = 0;
    take(importing, cells[1], lat, lon, (int)accuracy);
    return true;
}

/* Reads the file as GeoNames' form; false when its first line is not of that form. */
static enum err read_geonames(struct importing *importing, const char *path, bool *is_geonames)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    *is_geonames = false;
    if (!file)
        return err_from_errno(errno);
    while ((length = getline(&line, &capacity, file)) > 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        if (!take_geonames_line(importing, (struct text){line, (size_t)length}) && !*is_geonames)
            break;
        *is_geonames = true;
    }
    enum err e = ferror(file) ? ERR_IO : ERR_OK;
    free(line);
    if (fclose(file) != 0 && e == ERR_OK)
        e = ERR_IO;
    return e;
}

enum { PC4, POSTCODE, POSTCODE4, LAT, LATITUDE, LON, LONGITUDE, RD_X, RD_Y, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
    {"pc4", false}, {"postcode", false},  {"postcode4", false}, {"lat", false}, {"latitude", false},
    {"lon", false}, {"longitude", false}, {"x", false},         {"y", false}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, true};

/*
 * RD New (EPSG:28992) to WGS 84: the polynomials of Schreutelkamp and Strang van Hees, "Benaderingsformules voor de
 * transformatie tussen RD- en WGS84-kaartcoordinaten" (2001); within half a metre over the Netherlands.
 */
static void rd_to_degrees(double x, double y, double *lat, double *lon)
{
    static const struct {
        int p, q;
        double k;
    } north[] = {{0, 1, 3235.65389}, {2, 0, -32.58297}, {0, 2, -0.24750}, {2, 1, -0.84978},
                 {0, 3, -0.06550},   {2, 2, -0.01709},  {1, 0, -0.00738}, {4, 0, 0.00530},
                 {2, 3, -0.00039},   {4, 1, 0.00033},   {1, 1, -0.00012}},
      east[] = {{1, 0, 5260.52916}, {1, 1, 105.94684}, {1, 2, 2.45656},  {3, 0, -0.81885},
                {1, 3, 0.05594},    {3, 1, -0.05607},  {0, 1, 0.01199},  {3, 2, -0.00256},
                {1, 4, 0.00128},    {0, 2, 0.00022},   {2, 0, -0.00022}, {5, 0, 0.00026}};
    double dx = (x - 155000.0) * 1e-5, dy = (y - 463000.0) * 1e-5, lat_seconds = 0, lon_seconds = 0;
    double dx_power[6] = {1}, dy_power[6] = {1};
    for (int i = 1; i < 6; i++) {
        dx_power[i] = dx_power[i - 1] * dx;
        dy_power[i] = dy_power[i - 1] * dy;
    }
    for (size_t i = 0; i < sizeof north / sizeof north[0]; i++)
        lat_seconds += north[i].k * dx_power[north[i].p] * dy_power[north[i].q];
    for (size_t i = 0; i < sizeof east / sizeof east[0]; i++)
        lon_seconds += east[i].k * dx_power[east[i].p] * dy_power[east[i].q];
    *lat = 52.15517440 + lat_seconds / 3600.0;
    *lon = 5.38720621 + lon_seconds / 3600.0;
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct importing *importing = context;
    const struct text *v = row->values;
    double lat, lon, x, y;
    struct text code = v[PC4].length ? v[PC4] : v[POSTCODE].length ? v[POSTCODE] : v[POSTCODE4];
    if (text_to_double(v[LAT].length ? v[LAT] : v[LATITUDE], &lat) == ERR_OK &&
        text_to_double(v[LON].length ? v[LON] : v[LONGITUDE], &lon) == ERR_OK) {
        take(importing, code, lat, lon, 1);
    } else if (text_to_double(v[RD_X], &x) == ERR_OK && text_to_double(v[RD_Y], &y) == ERR_OK) {
        rd_to_degrees(x, y, &lat, &lon);
        take(importing, code, lat, lon, 1);
    }
    return ERR_OK;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* The median point of the known postcodes from `first` on; ERR_RANGE where there are fewer than `least`. */
static enum err median_point(const struct postcodes *table, uint32_t first, uint32_t count, size_t least,
                             struct geo_point *out)
{
    double lats[100], lons[100];
    size_t known = 0;
    for (uint32_t pc4 = first; pc4 < first + count; pc4++)
        if (table->known[pc4]) {
            lats[known] = table->points[pc4].lat;
            lons[known++] = table->points[pc4].lon;
        }
    if (known < least)
        return ERR_RANGE;
    qsort(lats, known, sizeof lats[0], compare_doubles);
    qsort(lons, known, sizeof lons[0], compare_doubles);
    *out = geo_point_of((struct point){lats[known / 2], lons[known / 2]});
    return ERR_OK;
}

static bool is_slip(const struct postcodes *table, uint32_t pc4)
{
    struct geo_point here = geo_point_of(table->points[pc4]), region, neighbours;
    bool far_from_region =
        median_point(table, pc4 / 100 * 100, 100, 1, &region) == ERR_OK && geo_distance_m(&region, &here) > SLIP_M;
    return far_from_region || (median_point(table, pc4 / 10 * 10, 10, SAME_THREE_MIN, &neighbours) == ERR_OK &&
                               geo_distance_m(&neighbours, &here) > SLIP_M);
}

/* All are judged by the table as it was read, then left out together. */
static void leave_out_slips(struct importing *importing)
{
    struct postcodes *table = importing->out;
    bool slips[PC4_COUNT] = {false};
    for (uint32_t pc4 = PC4_MIN; pc4 <= PC4_MAX; pc4++)
        slips[pc4] = table->known[pc4] && is_slip(table, pc4);
    for (uint32_t pc4 = PC4_MIN; pc4 <= PC4_MAX; pc4++) {
        table->known[pc4] = table->known[pc4] && !slips[pc4];
        importing->counts.left_out += slips[pc4];
        importing->counts.postcodes += table->known[pc4];
    }
    table->count = importing->counts.postcodes;
}

static enum err read_either(struct importing *importing, const char *path, struct problems *problems)
{
    bool is_geonames;
    enum err e = read_geonames(importing, path, &is_geonames);
    if (e != ERR_OK) {
        csv_problem_errno(problems, errno);
        return ERR_INPUT;
    }
    if (is_geonames)
        return ERR_OK;
    struct table_handler handler = {.row = on_row, .context = importing};
    e = table_read_file(path, &spec, &handler, problems);
    if (e == ERR_OK && importing->counts.rows == 0) {
        problems_add(problems, &unknown_kind, 0, text_of(""), text_of(""));
        e = ERR_INPUT;
    }
    return e;
}

enum err import_pc4_read(const char *path, struct postcodes *out, struct import_pc4_counts *counts,
                         struct problems *problems)
{
    struct importing *importing;
    enum err e = mem_alloc(1, sizeof *importing, &importing);
    if (e != ERR_OK)
        return e;
    *out = (struct postcodes){0};
    importing->out = out;
    e = read_either(importing, path, problems);
    if (e == ERR_OK) {
        leave_out_slips(importing);
        *counts = importing->counts;
        if (counts->postcodes == 0) {
            problems_add(problems, &no_postcodes, 0, text_of(""), text_of(""));
            e = ERR_INPUT;
        }
    }
    mem_free(importing);
    return e;
}
