#include "domain/chances.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct problem_kind bad_qualification = {
    "chance.qualification", {"not a crebo or isat", "geen crebo of isat"}, {"five digits", "vijf cijfers"}};
static const struct problem_kind bad_sector = {
    "chance.sector",
    {"not a sector", "geen sector"},
    {"1 to 24 small letters and hyphens; one sector for each qualification",
     "1 tot 24 kleine letters en koppeltekens; een sector per opleiding"}};
static const struct problem_kind bad_region = {
    "chance.region",
    {"not a region", "geen regio"},
    {"the first two digits of a postcode, or empty for the country",
     "de eerste twee cijfers van een postcode, of leeg voor het hele land"}};
static const struct problem_kind bad_chance = {
    "chance.chance", {"not a chance", "geen kans"}, {"1 (gering) to 5 (goed)", "1 (gering) tot 5 (goed)"}};
static const struct problem_kind row_twice = {
    "chance.duplicate",
    {"a qualification and region that are there twice", "een opleiding en regio die er twee keer staan"},
    {"each qualification and region once", "elke opleiding en regio een keer"}};

enum { QUALIFICATION, SECTOR, REGION, CHANCE, COLUMN_COUNT };
enum { QUALIFICATION_CHARS = 5, REGION_CHARS = 2, CHANCE_MAX = 5, ROWS_MAX = 200000 };

static const struct table_column columns[COLUMN_COUNT] = {
    {"qualification", true}, {"sector", true}, {"region", true}, {"chance", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

struct chance {
    char qualification[QUALIFICATION_CHARS + 1], region[REGION_CHARS + 1], sector[SECTOR_CHARS_MAX + 1];
    unsigned chance;
};

struct chances {
    struct chance *rows; /* by qualification, region */
    size_t count, capacity;
};

struct reading {
    struct chances *chances;
    struct problems *problems;
};

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

static bool all_of(struct text value, const char *characters)
{
    for (size_t i = 0; i < value.length; i++)
        if (!value.data[i] || !strchr(characters, value.data[i]))
            return false;
    return true;
}

static void copy(char *out, struct text value, size_t room)
{
    size_t length = value.length < room ? value.length : room;
    memcpy(out, value.data, length);
    out[length] = '\0';
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct chances *chances = reading->chances;
    const struct text *values = row->values;
    uint64_t chance = 0;
    if (values[QUALIFICATION].length != QUALIFICATION_CHARS || !all_of(values[QUALIFICATION], "0123456789"))
        complain(reading, &bad_qualification, row->line, QUALIFICATION);
    if (!values[SECTOR].length || values[SECTOR].length > SECTOR_CHARS_MAX ||
        !all_of(values[SECTOR], "abcdefghijklmnopqrstuvwxyz-"))
        complain(reading, &bad_sector, row->line, SECTOR);
    if ((values[REGION].length && values[REGION].length != REGION_CHARS) || !all_of(values[REGION], "0123456789"))
        complain(reading, &bad_region, row->line, REGION);
    if (text_to_u64(values[CHANCE], 1, CHANCE_MAX, &chance) != ERR_OK)
        complain(reading, &bad_chance, row->line, CHANCE);
    if (chances->count == ROWS_MAX)
        return ERR_RANGE;
    enum err e = mem_grow(&chances->rows, &chances->capacity, chances->count + 1, sizeof *chances->rows);
    if (e != ERR_OK)
        return e;
    struct chance *added = &chances->rows[chances->count++];
    copy(added->qualification, values[QUALIFICATION], QUALIFICATION_CHARS);
    copy(added->region, values[REGION], REGION_CHARS);
    copy(added->sector, values[SECTOR], SECTOR_CHARS_MAX);
    added->chance = (unsigned)chance;
    return ERR_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct chance *left = a, *right = b;
    int order = strcmp(left->qualification, right->qualification);
    return order ? order : strcmp(left->region, right->region);
}

/* Rows side by side after sorting: each place once, one sector for each qualification. */
static void check_pairs(struct reading *reading)
{
    const struct chances *chances = reading->chances;
    for (size_t i = 1; i < chances->count; i++) {
        const struct chance *a = &chances->rows[i - 1], *b = &chances->rows[i];
        if (by_place(a, b) == 0)
            complain(reading, &row_twice, 0, QUALIFICATION);
        if (strcmp(a->qualification, b->qualification) == 0 && strcmp(a->sector, b->sector) != 0)
            complain(reading, &bad_sector, 0, SECTOR);
    }
}

static enum err finish(struct reading *reading, enum err e, struct chances **out)
{
    struct chances *chances = reading->chances;
    if (e == ERR_OK) {
        if (chances->count)
            qsort(chances->rows, chances->count, sizeof *chances->rows, by_place);
        check_pairs(reading);
        e = problems_result(reading->problems);
    }
    if (e != ERR_OK)
        chances_free(chances);
    else
        *out = chances;
    return e;
}

enum err chances_read_file(const char *path, struct problems *problems, struct chances **out)
{
    struct reading reading = {.problems = problems};
    const struct table_handler handler = {.row = on_row, .context = &reading};
    enum err e = mem_alloc(1, sizeof *reading.chances, &reading.chances);
    return e == ERR_OK ? finish(&reading, table_read_file(path, &spec, &handler, problems), out) : e;
}

enum err chances_read_bytes(struct text bytes, struct problems *problems, struct chances **out)
{
    struct reading reading = {.problems = problems};
    const struct table_handler handler = {.row = on_row, .context = &reading};
    enum err e = mem_alloc(1, sizeof *reading.chances, &reading.chances);
    return e == ERR_OK ? finish(&reading, table_read_bytes(bytes, &spec, &handler, problems), out) : e;
}

void chances_free(struct chances *chances)
{
    if (chances)
        mem_free(chances->rows);
    mem_free(chances);
}

size_t chances_count(const struct chances *chances)
{
    return chances->count;
}

static const struct chance *find(const struct chances *chances, const char *qualification, const char *region)
{
    struct chance wanted = {.chance = 0};
    copy(wanted.qualification, text_of(qualification), QUALIFICATION_CHARS);
    copy(wanted.region, text_of(region), REGION_CHARS);
    return chances && chances->count
               ? bsearch(&wanted, chances->rows, chances->count, sizeof *chances->rows, by_place)
               : NULL;
}

/* Some row of a qualification: the first that does not come before it. */
static const struct chance *any_of(const struct chances *chances, const char *qualification)
{
    size_t low = 0, high = chances ? chances->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(chances->rows[middle].qualification, qualification) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = chances && low < chances->count && strcmp(chances->rows[low].qualification, qualification) == 0;
    return found ? &chances->rows[low] : NULL;
}

void chances_stratum(const struct chances *chances, const char *qualification, const char *postcode,
                     char out[STRATUM_BYTES])
{
    char region[REGION_CHARS + 1];
    copy(region, text_of(postcode), REGION_CHARS);
    const struct chance *here = find(chances, qualification, region), *row = here;
    if (!row)
        row = find(chances, qualification, "");
    unsigned chance = row ? row->chance : 0;
    if (!row)
        row = any_of(chances, qualification);
    (void)snprintf(out, STRATUM_BYTES, "%s/%s/%u", row ? row->sector : SECTOR_OTHER, region, chance);
}
