/* placements.csv: one row is one placement of a leerbedrijf. */
#include "intake/columns.h"
#include "intake/row.h"

static const uint64_t key_columns = UINT64_C(1) << PLACEMENT_LEERPLAATS | UINT64_C(1) << PLACEMENT_LEERBEDRIJF;

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
    row_read_postcode(check, PLACEMENT_POSTCODE, &out->pc4, &profile->point);
    if (row_has(check, PLACEMENT_QUALIFICATIONS))
        row_take(check, PLACEMENT_QUALIFICATIONS,
                 field_qualifications(intake, values[PLACEMENT_QUALIFICATIONS], &profile->qualifications));
    if (row_has(check, PLACEMENT_LEERWEG))
        row_take(check, PLACEMENT_LEERWEG, field_leerweg(values[PLACEMENT_LEERWEG], &profile->leerweg));
    if (row_has(check, PLACEMENT_SEATS))
        row_take(check, PLACEMENT_SEATS, field_capacity(values[PLACEMENT_SEATS], &profile->capacity));
}

static void read_window(struct row_check *check, struct placement_row *out)
{
    static const struct window_columns window_columns = {PLACEMENT_FROM, PLACEMENT_TO, PLACEMENT_HOURS,
                                                         PLACEMENT_DAYS};
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
    row_take(check, PLACEMENT_HARD, field_hard(intake, values[PLACEMENT_HARD], &out->profile.hard));
    row_take(check, PLACEMENT_WEIGHTED, field_weighted(intake, values[PLACEMENT_WEIGHTED], &out->profile.weighted));
    row_take(check, PLACEMENT_TAGS, field_tags(intake, values[PLACEMENT_TAGS], &out->profile.tags));
    if (row_has(check, PLACEMENT_ALLOWANCE))
        row_take(check, PLACEMENT_ALLOWANCE, field_allowance(values[PLACEMENT_ALLOWANCE]));
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct file_reading *reading = context;
    struct intake *intake = reading->intake;
    struct row_check check = {.reading = reading, .row = row};
    struct placement_row out = {.line = (uint32_t)row->line};
    if (row->line > UINT32_MAX)
        return ERR_MEMORY;
    read_text(&check, PLACEMENT_LEERPLAATS, field_leerplaats, &out.leerplaats);
    read_text(&check, PLACEMENT_LEERBEDRIJF, field_leerbedrijf, &out.leerbedrijf);
    read_text(&check, PLACEMENT_COMPANY, NULL, &out.bedrijfsnaam);
    read_text(&check, PLACEMENT_KVK, field_kvk, &out.kvk);
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
    struct file_reading reading = {intake, report, placement_file.columns, progress, context};
    struct table_handler handler = {on_row, NULL, row_progress, &reading};
    return table_read_file(path, &placement_file, &handler, &report->problems);
}

enum err intake_read_placements_bytes(struct intake *intake, struct text bytes, struct file_report *report)
{
    struct file_reading reading = {intake, report, placement_file.columns, NULL, NULL};
    struct table_handler handler = {on_row, NULL, NULL, &reading};
    return table_read_bytes(bytes, &placement_file, &handler, &report->problems);
}
