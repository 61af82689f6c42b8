#include "front/placement_reader.h"

#include "base/date.h"
#include "front/profile_lists.h"
#include "intake/row.h"
#include "stagematch/v1/placement.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum { STRINGS_BYTES = 16 * 1024, KEYS_BUDGET_BYTES = 64 << 20, NAME_CHARACTERS_MAX = 200 };

static PROBLEM_KIND(bad_title, "value.text", "a text that is too long", "een te lange tekst",
                    "at most 200 characters on one line", "ten hoogste 200 tekens op een regel");

struct placement_reader {
    struct file_report *report;
    struct arena *arena;
    struct intake *intake; /* for lists; its pools are emptied for every row */
    struct intern keys;    /* "leerbedrijf/leerplaats" that came */
    uint64_t *line_of_key;
    size_t line_capacity;
};

/* One row under way. */
struct reading {
    struct placement_reader *reader;
    struct row_check check;
    Stagematch__V1__Placement placement;
    Stagematch__V1__HardCriterion hard[LIST_ITEMS_MAX], *hard_list[LIST_ITEMS_MAX];
    Stagematch__V1__WeightedCriterion weighted[LIST_ITEMS_MAX], *weighted_list[LIST_ITEMS_MAX];
    Stagematch__V1__Day days[7];
    char *tags[LIST_ITEMS_MAX], *qualifications[LIST_ITEMS_MAX];
    char codes[LIST_ITEMS_MAX][6], start_date[11], end_date[11], pc4[5];
    char strings[STRINGS_BYTES]; /* copies with a NUL */
    size_t strings_used;
};

static struct text value_of(const struct reading *row, enum placement_column column)
{
    return row->check.row->values[column];
}

static field_result line_of_text(struct text value)
{
    size_t characters = 0;
    for (size_t i = 0; i < value.length; i++) {
        if ((unsigned char)value.data[i] < 0x20)
            return &bad_title;
        characters += ((unsigned char)value.data[i] & 0xc0) != 0x80;
    }
    return characters <= NAME_CHARACTERS_MAX ? NULL : &bad_title;
}

static field_result any_text(struct text value)
{
    (void)value;
    return NULL; /* the longest field of a file bounds it */
}

/* Takes the value where its rule allows it. */
static void take_string(struct reading *row, enum placement_column column, field_result (*rule)(struct text value),
                        char **out)
{
    struct text value = value_of(row, column);
    if (!row_has(&row->check, (int)column))
        return;
    field_result result = rule(value);
    if (!result && value.length >= sizeof row->strings - row->strings_used)
        result = FIELD_MEMORY;
    row_take(&row->check, (int)column, result);
    if (result)
        return;
    *out = row->strings + row->strings_used;
    memcpy(*out, value.data, value.length);
    (*out)[value.length] = '\0';
    row->strings_used += value.length + 1;
}

static void read_texts(struct reading *row)
{
    Stagematch__V1__Placement *placement = &row->placement;
    take_string(row, PLACEMENT_LEERPLAATS, field_leerplaats, &placement->leerplaats);
    take_string(row, PLACEMENT_LEERBEDRIJF, field_leerbedrijf, &placement->leerbedrijf);
    take_string(row, PLACEMENT_COMPANY, line_of_text, &placement->company_name);
    take_string(row, PLACEMENT_KVK, field_kvk, &placement->kvk);
    take_string(row, PLACEMENT_TITLE, line_of_text, &placement->title);
    take_string(row, PLACEMENT_DESCRIPTION, any_text, &placement->description);
}

static void read_qualifications(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span span = {0, 0};
    if (!row_has(&row->check, PLACEMENT_QUALIFICATIONS))
        return;
    row_take(&row->check, PLACEMENT_QUALIFICATIONS,
             field_qualifications(intake, value_of(row, PLACEMENT_QUALIFICATIONS), &span));
    for (uint32_t i = 0; i < span.count; i++) {
        snprintf(row->codes[i], sizeof row->codes[i], "%05u", intake->market.qualifications[span.at + i] % 100000u);
        row->qualifications[i] = row->codes[i];
    }
    row->placement.qualifications = row->qualifications;
    row->placement.n_qualifications = span.count;
}

static void read_study(struct reading *row)
{
    static const Stagematch__V1__Leerweg leerwegen[] = {STAGEMATCH__V1__LEERWEG__LEERWEG_BOL,
                                                        STAGEMATCH__V1__LEERWEG__LEERWEG_BBL,
                                                        STAGEMATCH__V1__LEERWEG__LEERWEG_HBO};
    uint32_t point = 0;
    uint16_t pc4 = 0, capacity = 0;
    uint8_t leerweg = 0;
    row_read_postcode(&row->check, PLACEMENT_POSTCODE, &pc4, &point);
    if (pc4 != 0) {
        snprintf(row->pc4, sizeof row->pc4, "%04u", pc4 % 10000u);
        row->placement.postcode = row->pc4;
    }
    read_qualifications(row);
    if (row_has(&row->check, PLACEMENT_LEERWEG))
        row_take(&row->check, PLACEMENT_LEERWEG, field_leerweg(value_of(row, PLACEMENT_LEERWEG), &leerweg));
    if (row_has(&row->check, PLACEMENT_SEATS))
        row_take(&row->check, PLACEMENT_SEATS, field_capacity(value_of(row, PLACEMENT_SEATS), &capacity));
    row->placement.leerweg = leerwegen[leerweg % 3];
    row->placement.capacity = capacity;
}

static void read_window(struct reading *row)
{
    static const struct window_columns window_columns = {PLACEMENT_FROM, PLACEMENT_TO, PLACEMENT_HOURS,
                                                         PLACEMENT_DAYS};
    struct window window = {0};
    row_read_window(&row->check, &window_columns, &window);
    date_format(window.from, row->start_date);
    date_format(window.to, row->end_date);
    row->placement.start_date = row->start_date;
    row->placement.end_date = row->end_date;
    row->placement.hours_per_week = window.hours;
    row->placement.n_days = lists_days(window.days, row->days);
    row->placement.days = row->days;
}

static void read_hard(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span span = {0, 0};
    row_take(&row->check, PLACEMENT_HARD, field_hard(intake, value_of(row, PLACEMENT_HARD), &span));
    for (uint32_t i = 0; i < span.count; i++) {
        const struct criterion *read = &intake->market.criteria[span.at + i];
        stagematch__v1__hard_criterion__init(&row->hard[i]);
        row->hard[i].skill = lists_string(&intake->skills, read->skill);
        row->hard[i].level = read->level;
        row->hard_list[i] = &row->hard[i];
    }
    row->placement.hard_criteria = row->hard_list;
    row->placement.n_hard_criteria = span.count;
}

static void read_weighted(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span span = {0, 0};
    row_take(&row->check, PLACEMENT_WEIGHTED, field_weighted(intake, value_of(row, PLACEMENT_WEIGHTED), &span));
    for (uint32_t i = 0; i < span.count; i++) {
        const struct criterion *read = &intake->market.criteria[span.at + i];
        stagematch__v1__weighted_criterion__init(&row->weighted[i]);
        row->weighted[i].skill = lists_string(&intake->skills, read->skill);
        row->weighted[i].weight = read->weight;
        row->weighted[i].minimum_level = read->level;
        row->weighted_list[i] = &row->weighted[i];
    }
    row->placement.weighted_criteria = row->weighted_list;
    row->placement.n_weighted_criteria = span.count;
}

/* "350" or "350,50" in cents; the value is an amount. */
static uint32_t cents_of(struct text value)
{
    struct text rest = value, euros;
    uint64_t whole = 0, part = 0;
    if (!text_next(&rest, ',', &euros) || text_to_u64(euros, 0, 999999, &whole) != ERR_OK)
        return 0;
    if (rest.data && rest.length == 2)
        part = (uint64_t)(rest.data[0] - '0') * 10 + (uint64_t)(rest.data[1] - '0');
    return (uint32_t)(whole * 100 + part);
}

static void read_offer(struct reading *row)
{
    struct intake *intake = row->reader->intake;
    struct span tags = {0, 0};
    read_hard(row);
    read_weighted(row);
    row_take(&row->check, PLACEMENT_TAGS, field_tags(intake, value_of(row, PLACEMENT_TAGS), &tags));
    row->placement.n_tags = lists_texts(&intake->tags, intake->market.tags, tags, true, row->tags);
    row->placement.tags = row->tags;
    if (row_has(&row->check, PLACEMENT_ALLOWANCE)) {
        field_result result = field_allowance(value_of(row, PLACEMENT_ALLOWANCE));
        row_take(&row->check, PLACEMENT_ALLOWANCE, result);
        row->placement.allowance_cents = result ? 0 : cents_of(value_of(row, PLACEMENT_ALLOWANCE));
    }
}

static enum err check_key(struct reading *row)
{
    struct placement_reader *reader = row->reader;
    char key[LEERBEDRIJF_BYTES_MAX + LEERPLAATS_BYTES_MAX + 2];
    uint32_t number;
    size_t known = reader->keys.count;
    snprintf(key, sizeof key, "%s/%s", row->placement.leerbedrijf, row->placement.leerplaats);
    enum err e = intern_put(&reader->keys, text_of(key), &number);
    if (e == ERR_OK)
        e = mem_grow(&reader->line_of_key, &reader->line_capacity, reader->keys.count, sizeof *reader->line_of_key);
    if (e != ERR_OK)
        return e;
    if (number < known) {
        char first[24];
        snprintf(first, sizeof first, "%llu", (unsigned long long)reader->line_of_key[number]);
        problems_add(&reader->report->problems, &key_duplicate, row->check.row->line,
                     text_of(placement_file.columns[PLACEMENT_LEERPLAATS].name), text_of(first));
        return ERR_INPUT;
    }
    reader->line_of_key[number] = row->check.row->line;
    return ERR_OK;
}

static enum err pack(struct reading *row, struct text *packed)
{
    uint8_t *bytes;
    size_t length = stagematch__v1__placement__get_packed_size(&row->placement);
    enum err e = arena_alloc(row->reader->arena, length, 1, &bytes);
    if (e == ERR_OK)
        *packed = (struct text){(const char *)bytes, stagematch__v1__placement__pack(&row->placement, bytes)};
    return e;
}

enum err placement_reader_read(struct placement_reader *reader, const struct table_row *table_row,
                               struct text *packed)
{
    static const uint64_t key_columns = UINT64_C(1) << PLACEMENT_LEERPLAATS | UINT64_C(1) << PLACEMENT_LEERBEDRIJF;
    struct file_reading file = {reader->intake, reader->report, placement_file.columns, NULL, NULL};
    struct reading row;
    row.reader = reader;
    row.check = (struct row_check){.reading = &file, .row = table_row};
    row.strings_used = 0;
    stagematch__v1__placement__init(&row.placement);
    lists_reset(reader->intake);
    read_texts(&row);
    read_study(&row);
    read_window(&row);
    read_offer(&row);
    enum err e = row_result(&row.check);
    if (e == ERR_OK && row_has_key(&row.check, key_columns))
        e = check_key(&row);
    if (e == ERR_OK && row.check.wrong_columns)
        e = ERR_INPUT;
    return e == ERR_OK ? pack(&row, packed) : e;
}

enum err placement_reader_new(const struct postcodes *postcodes, struct file_report *report, struct arena *arena,
                              struct placement_reader **out)
{
    struct placement_reader *reader;
    enum err e = mem_alloc(1, sizeof *reader, &reader);
    if (e != ERR_OK)
        return e;
    e = intake_new(postcodes, NULL, &reader->intake);
    if (e != ERR_OK) {
        mem_free(reader);
        return e;
    }
    reader->report = report;
    reader->arena = arena;
    intern_init(&reader->keys, KEYS_BUDGET_BYTES);
    *out = reader;
    return ERR_OK;
}

void placement_reader_free(struct placement_reader *reader)
{
    if (!reader)
        return;
    intake_free(reader->intake);
    intern_free(&reader->keys);
    mem_free(reader->line_of_key);
    mem_free(reader);
}
