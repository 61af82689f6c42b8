/* placements.csv: one row is one placement of a leerbedrijf. */
#include "intake/row.h"

enum {
    LEERPLAATS,
    LEERBEDRIJF,
    BEDRIJFSNAAM,
    KVK,
    POSTCODE,
    OPLEIDINGEN,
    LEERWEG,
    PLAATSEN,
    VAN,
    TOT,
    UREN,
    DAGEN,
    EISEN,
    WEGINGEN,
    TAGS,
    VERGOEDING,
    TITEL,
    OMSCHRIJVING,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [LEERPLAATS] = {"leerplaats", true},
    [LEERBEDRIJF] = {"leerbedrijf", true},
    [BEDRIJFSNAAM] = {"bedrijfsnaam", true},
    [KVK] = {"kvk", true},
    [POSTCODE] = {"postcode", true},
    [OPLEIDINGEN] = {"opleidingen", true},
    [LEERWEG] = {"leerweg", true},
    [PLAATSEN] = {"plaatsen", true},
    [VAN] = {"van", true},
    [TOT] = {"tot", true},
    [UREN] = {"uren", true},
    [DAGEN] = {"dagen", false},
    [EISEN] = {"eisen", false},
    [WEGINGEN] = {"wegingen", false},
    [TAGS] = {"tags", false},
    [VERGOEDING] = {"vergoeding", false},
    [TITEL] = {"titel", false},
    [OMSCHRIJVING] = {"omschrijving", false},
};

static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

static const uint64_t key_columns = UINT64_C(1) << LEERPLAATS | UINT64_C(1) << LEERBEDRIJF;

static void read_text(struct row_check *check, int column, field_result (*rule)(struct text value), struct text *out)
{
    struct text value = check->row->values[column];
    const char *copy = "";
    if (!row_has(check, column))
        return;
    field_result result = rule ? rule(value) : NULL;
    if (!result && arena_dup(&check->reading->intake->texts, value.data, value.length, &copy) != ERR_OK)
        result = FIELD_MEMORY;
    *out = (struct text){copy, value.length};
    row_take(check, column, result);
}

static void read_study(struct row_check *check, struct placement_row *out)
{
    const struct text *values = check->row->values;
    struct intake *intake = check->reading->intake;
    struct placement *profile = &out->profile;
    row_read_postcode(check, POSTCODE, &out->pc4, &profile->point);
    if (row_has(check, OPLEIDINGEN))
        row_take(check, OPLEIDINGEN, field_qualifications(intake, values[OPLEIDINGEN], &profile->qualifications));
    if (row_has(check, LEERWEG))
        row_take(check, LEERWEG, field_leerweg(values[LEERWEG], &profile->leerweg));
    if (row_has(check, PLAATSEN))
        row_take(check, PLAATSEN, field_capacity(values[PLAATSEN], &profile->capacity));
}

static void read_window(struct row_check *check, struct placement_row *out)
{
    static const struct window_columns window_columns = {VAN, TOT, UREN, DAGEN};
    struct window window = {0};
    struct placement *profile = &out->profile;
    row_read_window(check, &window_columns, &window);
    profile->from = window.from;
    profile->to = window.to;
    profile->hours = window.hours;
    profile->days = window.days;
}

static void read_criteria(struct row_check *check, struct placement_row *out)
{
    const struct text *values = check->row->values;
    struct intake *intake = check->reading->intake;
    row_take(check, EISEN, field_hard(intake, values[EISEN], &out->profile.hard));
    row_take(check, WEGINGEN, field_weighted(intake, values[WEGINGEN], &out->profile.weighted));
    row_take(check, TAGS, field_tags(intake, values[TAGS], &out->profile.tags));
    if (row_has(check, VERGOEDING))
        row_take(check, VERGOEDING, field_allowance(values[VERGOEDING]));
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct file_reading *reading = context;
    struct intake *intake = reading->intake;
    struct row_check check = {.reading = reading, .row = row};
    struct placement_row out = {.line = (uint32_t)row->line};
    if (row->line > UINT32_MAX)
        return ERR_MEMORY;
    read_text(&check, LEERPLAATS, field_leerplaats, &out.leerplaats);
    read_text(&check, LEERBEDRIJF, field_leerbedrijf, &out.leerbedrijf);
    read_text(&check, BEDRIJFSNAAM, NULL, &out.bedrijfsnaam);
    read_text(&check, KVK, field_kvk, &out.kvk);
    read_study(&check, &out);
    read_window(&check, &out);
    read_criteria(&check, &out);
    enum err e = row_result(&check);
    if (e == ERR_OK && row_has_key(&check, key_columns)) {
        e = mem_grow(&intake->placements, &intake->placement_capacity, intake->placement_count + 1,
                     sizeof *intake->placements);
        if (e == ERR_OK)
            intake->placements[intake->placement_count++] = out;
    }
    return e;
}

enum err intake_read_placements(struct intake *intake, const char *path, struct file_report *report,
                                intake_progress *progress, void *context)
{
    struct file_reading reading = {intake, report, columns, progress, context};
    struct table_handler handler = {on_row, NULL, row_progress, &reading};
    return table_read_file(path, &spec, &handler, &report->problems);
}
