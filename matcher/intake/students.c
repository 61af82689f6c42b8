/* students.csv: one row is one stagevraag. Identity columns are known by name and never read. */
#include "intake/columns.h"
#include "intake/row.h"

static const struct problem_kind out_of_scope = {
    "school.scope",
    {"a school outside your scope", "een school waar u niet over gaat"},
    {"only the schools named with --schools", "alleen de scholen die met --schools zijn genoemd"}};
static const struct problem_kind column_dropped = {
    "column.dropped",
    {"this column is not used; it was dropped and not read",
     "deze kolom wordt niet gebruikt; hij is weggelaten en niet gelezen"},
    {NULL, NULL}};

enum { DAYS_MONDAY_TO_FRIDAY = 0x1f, MAX_KM_DEFAULT = 40 };

static const uint64_t key_columns =
    UINT64_C(1) << STUDENT_SCHOOL | UINT64_C(1) << STUDENT_NUMBER | UINT64_C(1) << STUDENT_FROM;

static bool in_scope(const char *scope, struct text school)
{
    struct text rest = scope ? text_of(scope) : (struct text){NULL, 0}, allowed;
    while (text_next(&rest, ',', &allowed))
        if (text_equal(text_trim(allowed), school))
            return true;
    return !scope;
}

static void read_key(struct row_check *check, struct student_row *out)
{
    struct intake *intake = check->reading->intake;
    const struct text *values = check->row->values;
    if (row_has(check, STUDENT_SCHOOL)) {
        field_result result = field_brin(values[STUDENT_SCHOOL]);
        if (!result && !in_scope(intake->scope, values[STUDENT_SCHOOL]))
            result = &out_of_scope;
        if (!result && intern_put(&intake->schools, values[STUDENT_SCHOOL], &out->school) != ERR_OK)
            result = FIELD_MEMORY;
        row_take(check, STUDENT_SCHOOL, result);
    }
    if (row_has(check, STUDENT_NUMBER)) {
        const char *copy = "";
        field_result result = field_number_code(values[STUDENT_NUMBER]);
        if (!result && arena_dup(&intake->texts, values[STUDENT_NUMBER].data, values[STUDENT_NUMBER].length, &copy))
            result = FIELD_MEMORY;
        out->number = (struct text){copy, values[STUDENT_NUMBER].length};
        row_take(check, STUDENT_NUMBER, result);
    }
}

static void read_place_and_study(struct row_check *check, struct student_row *out)
{
    const struct text *values = check->row->values;
    struct student *profile = &out->profile;
    row_read_postcode(check, STUDENT_POSTCODE, &out->pc4, &profile->point);
    if (row_has(check, STUDENT_QUALIFICATION))
        row_take(check, STUDENT_QUALIFICATION,
                 field_qualification(values[STUDENT_QUALIFICATION], &profile->qualification));
    if (row_has(check, STUDENT_LEERWEG))
        row_take(check, STUDENT_LEERWEG, field_leerweg(values[STUDENT_LEERWEG], &profile->leerweg));
    if (row_has(check, STUDENT_YEAR))
        row_take(check, STUDENT_YEAR, field_year(values[STUDENT_YEAR], &profile->year));
}

static void read_availability(struct row_check *check, struct student_row *out)
{
    static const struct window_columns window_columns = {STUDENT_FROM, STUDENT_TO, STUDENT_HOURS, STUDENT_DAYS};
    struct window window = {.days = DAYS_MONDAY_TO_FRIDAY};
    struct student *profile = &out->profile;
    row_read_window(check, &window_columns, &window);
    profile->from = window.from;
    profile->to = window.to;
    profile->hours = window.hours;
    profile->days = window.days;
    profile->max_km = MAX_KM_DEFAULT;
    if (row_has(check, STUDENT_MAX_KM))
        row_take(check, STUDENT_MAX_KM, field_max_km(check->row->values[STUDENT_MAX_KM], &profile->max_km));
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct file_reading *reading = context;
    struct intake *intake = reading->intake;
    struct row_check check = {.reading = reading, .row = row};
    struct student_row out = {.line = (uint32_t)row->line};
    if (row->line > UINT32_MAX)
        return ERR_MEMORY;
    read_key(&check, &out);
    read_place_and_study(&check, &out);
    read_availability(&check, &out);
    row_take(&check, STUDENT_SKILLS, field_skills(intake, row->values[STUDENT_SKILLS], &out.profile.skills));
    row_take(&check, STUDENT_TAGS, field_tags(intake, row->values[STUDENT_TAGS], &out.profile.tags));
    row_take(&check, STUDENT_EXCLUDED,
             field_places(intake, row->values[STUDENT_EXCLUDED], '|', &out.profile.exclusions));
    row_take(&check, STUDENT_PREFERRED,
             field_places(intake, row->values[STUDENT_PREFERRED], '>', &out.profile.wishes));
    enum err e = row_result(&check);
    if (e == ERR_OK && row_has_key(&check, key_columns)) {
        e = mem_grow(&intake->students, &intake->student_capacity, intake->student_count + 1,
                     sizeof *intake->students);
        if (e == ERR_OK)
            intake->students[intake->student_count++] = out;
    }
    return e;
}

static void on_dropped(void *context, const char *column)
{
    struct file_reading *reading = context;
    problems_add(&reading->report->notices, &column_dropped, 1, text_of(column), text_of(""));
}

enum err intake_read_students(struct intake *intake, const char *path, struct file_report *report,
                              intake_progress *progress, void *context)
{
    struct file_reading reading = {intake, report, student_file.columns, progress, context};
    struct table_handler handler = {on_row, on_dropped, row_progress, &reading};
    return table_read_file(path, &student_file, &handler, &report->problems);
}

enum err intake_read_students_bytes(struct intake *intake, struct text bytes, struct file_report *report)
{
    struct file_reading reading = {intake, report, student_file.columns, NULL, NULL};
    struct table_handler handler = {on_row, on_dropped, NULL, &reading};
    return table_read_bytes(bytes, &student_file, &handler, &report->problems);
}
