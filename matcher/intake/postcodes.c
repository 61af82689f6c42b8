#include "intake/postcodes.h"

#include "base/table.h"

static const struct problem_kind bad_pc4 = {"pc4.code",
                                            {"not a postcode", "geen postcode"},
                                            {"four digits from 1000 to 9999, or two digits for a region",
                                             "vier cijfers van 1000 tot 9999, of twee cijfers voor een regio"}};
static const struct problem_kind bad_coordinate = {
    "pc4.coordinate",
    {"not a coordinate within the Netherlands", "geen coordinaat binnen Nederland"},
    {"degrees with a point: lat 50 to 54, lon 3 to 8", "graden met een punt: lat 50 tot 54, lon 3 tot 8"}};
static const struct problem_kind duplicate_pc4 = {
    "pc4.duplicate",
    {"a postcode that is there twice", "een postcode die er twee keer staat"},
    {"each postcode once", "elke postcode een keer"}};

enum { COLUMN_PC4, COLUMN_LAT, COLUMN_LON, COLUMN_KIND, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
    {"pc4", true}, {"lat", true}, {"lon", true}, {"soort", false}};

static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, true};

struct reading {
    struct postcodes *table;
    struct problems *problems;
};

static bool take_coordinate(struct text value, double min, double max, double *out)
{
    double degrees;
    if (text_to_double(value, &degrees) != ERR_OK || degrees < min || degrees > max)
        return false;
    *out = degrees;
    return true;
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct postcodes *table = reading->table;
    struct point point = {0, 0};
    uint64_t code = 0;
    bool region = row->values[COLUMN_PC4].length == 2;
    bool code_fits = text_to_u64(row->values[COLUMN_PC4], region ? PC4_REGION_MIN : PC4_MIN,
                                 region ? PC4_REGION_MAX : PC4_MAX, &code) == ERR_OK;
    bool lat_fits = take_coordinate(row->values[COLUMN_LAT], 50.0, 54.0, &point.lat);
    bool lon_fits = take_coordinate(row->values[COLUMN_LON], 3.0, 8.0, &point.lon);
    if (!code_fits)
        complain(reading, &bad_pc4, row->line, COLUMN_PC4);
    if (!lat_fits)
        complain(reading, &bad_coordinate, row->line, COLUMN_LAT);
    if (!lon_fits)
        complain(reading, &bad_coordinate, row->line, COLUMN_LON);
    if (!code_fits || !lat_fits || !lon_fits)
        return ERR_OK;
    bool *known = region ? &table->region_known[code] : &table->known[code];
    if (*known)
        complain(reading, &duplicate_pc4, row->line, COLUMN_PC4);
    *known = true;
    *(region ? &table->regions[code] : &table->points[code]) = point;
    table->count += !region;
    table->coarse = table->coarse || region || text_is(row->values[COLUMN_KIND], "benadering");
    return ERR_OK;
}

enum err postcodes_read(const char *path, struct postcodes *out, struct problems *problems)
{
    struct reading reading = {out, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    *out = (struct postcodes){0};
    return table_read_file(path, &spec, &handler, problems);
}

enum err postcodes_read_bytes(struct text bytes, struct postcodes *out, struct problems *problems)
{
    struct reading reading = {out, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    *out = (struct postcodes){0};
    return table_read_bytes(bytes, &spec, &handler, problems);
}

/* The mean of the known postcodes with the same first three digits, added in ascending order. */
static bool mean_of_neighbours(const struct postcodes *table, uint32_t pc4, struct point *out)
{
    struct point sum = {0, 0};
    uint32_t count = 0, first = pc4 / 10 * 10;
    for (uint32_t code = first; code < first + 10; code++) {
        if (!table->known[code])
            continue;
        sum.lat += table->points[code].lat;
        sum.lon += table->points[code].lon;
        count++;
    }
    if (count == 0)
        return false;
    *out = (struct point){sum.lat / count, sum.lon / count};
    return true;
}

enum postcode_source postcodes_find(const struct postcodes *table, uint32_t pc4, struct point *out)
{
    if (table->known[pc4]) {
        *out = table->points[pc4];
        return POSTCODE_TABLE;
    }
    uint32_t region = pc4 / 100;
    if (table->coarse && table->region_known[region]) {
        *out = table->regions[region];
        return POSTCODE_REGION;
    }
    return !table->coarse && mean_of_neighbours(table, pc4, out) ? POSTCODE_MEAN : POSTCODE_NONE;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

enum err postcode_parse(struct text value, uint32_t *pc4)
{
    uint64_t code;
    if (value.length < 4 || text_to_u64((struct text){value.data, 4}, PC4_MIN, PC4_MAX, &code) != ERR_OK)
        return ERR_RANGE;
    struct text letters = {value.data + 4, value.length - 4};
    if (letters.length == 3 && letters.data[0] == ' ')
        letters = (struct text){letters.data + 1, 2};
    if (letters.length != 0 && !(letters.length == 2 && is_letter(letters.data[0]) && is_letter(letters.data[1])))
        return ERR_RANGE;
    *pc4 = (uint32_t)code;
    return ERR_OK;
}
