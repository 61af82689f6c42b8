#include "base/table.h"

#include "base/mem.h"

#include <string.h>

static const struct problem_kind unknown_column = {
    "column.unknown",
    {"an unknown column", "een onbekende kolom"},
    {"only the columns of the data format; check the spelling or remove it",
     "alleen de kolommen van het gegevensformaat; kijk naar de spelling of verwijder de kolom"}};
static const struct problem_kind duplicate_column = {
    "column.duplicate",
    {"a column that is there twice", "een kolom die er twee keer staat"},
    {"each column once", "elke kolom een keer"}};
static const struct problem_kind missing_column = {
    "column.missing",
    {"a required column is missing", "een verplichte kolom ontbreekt"},
    {"a column with this name in the header line", "een kolom met deze naam in de kopregel"}};
static const struct problem_kind wrong_field_count = {
    "row.fields",
    {"a row with another number of fields than the header", "een rij met een ander aantal velden dan de kopregel"},
    {"as many fields as the header has", "evenveel velden als de kopregel"}};

enum { COLUMN_UNUSED = -1, COLUMN_DROPPED = -2 };

struct table_reading {
    const struct table_spec *spec;
    const struct table_handler *handler;
    struct problems *problems;
    bool header_seen;
    bool header_wrong;
    size_t field_count;
    uint64_t header_line;                 /* 1, unless blank lines stand in front */
    int column_of_field[CSV_COLUMNS_MAX]; /* index into the spec, or one of the two above */
    struct text values[CSV_COLUMNS_MAX];
};

static int find_column(const struct table_reading *reading, struct text name)
{
    for (size_t i = 0; i < reading->spec->count; i++)
        if (text_is_nocase(name, reading->spec->columns[i].name))
            return (int)i;
    for (size_t i = 0; reading->spec->dropped && reading->spec->dropped[i]; i++)
        if (text_is_nocase(name, reading->spec->dropped[i])) {
            if (reading->handler->dropped)
                reading->handler->dropped(reading->handler->context, reading->spec->dropped[i]);
            return COLUMN_DROPPED;
        }
    return COLUMN_UNUSED;
}

static void header_problem(struct table_reading *reading, const struct problem_kind *kind, struct text name)
{
    problems_add(reading->problems, kind, reading->header_line, name, text_of(""));
    reading->header_wrong = true;
}

static void check_missing(struct table_reading *reading, const bool *seen)
{
    for (size_t i = 0; i < reading->spec->count; i++)
        if (reading->spec->columns[i].required && !seen[i])
            header_problem(reading, &missing_column, text_of(reading->spec->columns[i].name));
}

static void take_header(struct table_reading *reading, const struct csv_row *row)
{
    bool seen[CSV_COLUMNS_MAX] = {false};
    reading->header_seen = true;
    reading->header_line = row->line;
    reading->field_count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        char label[16];
        struct text name = text_trim(row->fields[i]);
        int column = find_column(reading, name);
        reading->column_of_field[i] = column;
        if (name.length == 0)
            name = (struct text){label, csv_column_label(i, label)};
        if (column == COLUMN_UNUSED && !reading->spec->ignore_unknown)
            header_problem(reading, &unknown_column, name);
        if (column >= 0 && seen[column])
            header_problem(reading, &duplicate_column, name);
        if (column >= 0)
            seen[column] = true;
    }
    check_missing(reading, seen);
}

static bool all_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i].length)
            return false;
    return true;
}

static enum err on_csv_row(void *context, const struct csv_row *row)
{
    struct table_reading *reading = context;
    if (!reading->header_seen) {
        take_header(reading, row);
        return ERR_OK;
    }
    if (all_empty(row))
        return ERR_OK;
    if (row->count != reading->field_count) {
        char counts[64];
        snprintf(counts, sizeof counts, "%zu, header %zu", row->count, reading->field_count);
        problems_add(reading->problems, &wrong_field_count, row->line, text_of(""), text_of(counts));
        return ERR_OK;
    }
    if (reading->header_wrong)
        return ERR_OK; /* the columns are not known well enough to judge values */
    for (size_t i = 0; i < reading->spec->count; i++)
        reading->values[i] = text_of("");
    for (size_t i = 0; i < row->count; i++)
        if (reading->column_of_field[i] >= 0)
            reading->values[reading->column_of_field[i]] = text_trim(row->fields[i]);
    struct table_row out = {row->line, reading->values};
    return reading->handler->row(reading->handler->context, &out);
}

static struct text column_name(void *context, size_t field)
{
    const struct table_reading *reading = context;
    if (reading->header_seen && field < reading->field_count && reading->column_of_field[field] >= 0)
        return text_of(reading->spec->columns[reading->column_of_field[field]].name);
    return (struct text){NULL, 0};
}

static void on_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    const struct table_reading *reading = context;
    if (reading->handler->progress)
        reading->handler->progress(reading->handler->context, done_bytes, total_bytes);
}

enum err table_read_file(const char *path, const struct table_spec *spec, const struct table_handler *handler,
                         struct problems *problems)
{
    struct table_reading reading = {.spec = spec, .handler = handler, .problems = problems};
    struct csv_handler csv = {on_csv_row, column_name, on_progress, &reading};
    return csv_read_file(path, &csv, problems);
}

enum err table_read_bytes(struct text bytes, const struct table_spec *spec, const struct table_handler *handler,
                          struct problems *problems)
{
    struct table_reading reading = {.spec = spec, .handler = handler, .problems = problems};
    struct csv_handler csv = {on_csv_row, column_name, on_progress, &reading};
    return csv_read_bytes(bytes, &csv, problems);
}

struct table_reader {
    struct table_reading reading;
    struct csv_handler csv_handler;
    struct csv_reader *csv;
};

enum err table_reader_new(bool windows_1252, const struct table_spec *spec, const struct table_handler *handler,
                          struct problems *problems, struct table_reader **out)
{
    struct table_reader *reader;
    enum err e = mem_alloc(1, sizeof *reader, &reader);
    if (e != ERR_OK)
        return e;
    reader->reading = (struct table_reading){.spec = spec, .handler = handler, .problems = problems};
    reader->csv_handler = (struct csv_handler){on_csv_row, column_name, NULL, &reader->reading};
    e = csv_reader_new(windows_1252, &reader->csv_handler, problems, &reader->csv);
    if (e != ERR_OK) {
        mem_free(reader);
        return e;
    }
    *out = reader;
    return ERR_OK;
}

enum err table_reader_feed(struct table_reader *reader, const void *bytes, size_t length)
{
    return csv_reader_feed(reader->csv, bytes, length);
}

enum err table_reader_end(struct table_reader *reader)
{
    return csv_reader_end(reader->csv);
}

void table_reader_free(struct table_reader *reader)
{
    if (!reader)
        return;
    csv_reader_free(reader->csv);
    mem_free(reader);
}
