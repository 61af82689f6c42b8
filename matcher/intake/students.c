/* students.csv: one row is one stagevraag. Identity columns are known by name and never read. */
#include "intake/row.h"

enum {
    SCHOOL,
    STUDENTNUMMER,
    VOORNAAM,
    TUSSENVOEGSEL,
    ACHTERNAAM,
    GEBOORTEDATUM,
    GESLACHT,
    EMAIL,
    TELEFOON,
    POSTCODE,
    OPLEIDING,
    LEERWEG,
    LEERJAAR,
    VAN,
    TOT,
    UREN,
    DAGEN,
    MAX_KM,
    VAARDIGHEDEN,
    TAGS,
    UITSLUITEN,
    VOORKEUREN,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [SCHOOL] = {"school", true},
    [STUDENTNUMMER] = {"studentnummer", true},
    [VOORNAAM] = {"voornaam", false},
    [TUSSENVOEGSEL] = {"tussenvoegsel", false},
    [ACHTERNAAM] = {"achternaam", false},
    [GEBOORTEDATUM] = {"geboortedatum", false},
    [GESLACHT] = {"geslacht", false},
    [EMAIL] = {"email", false},
    [TELEFOON] = {"telefoon", false},
    [POSTCODE] = {"postcode", true},
    [OPLEIDING] = {"opleiding", true},
    [LEERWEG] = {"leerweg", true},
    [LEERJAAR] = {"leerjaar", true},
    [VAN] = {"van", true},
    [TOT] = {"tot", true},
    [UREN] = {"uren", true},
    [DAGEN] = {"dagen", false},
    [MAX_KM] = {"max_km", false},
    [VAARDIGHEDEN] = {"vaardigheden", false},
    [TAGS] = {"tags", false},
    [UITSLUITEN] = {"uitsluiten", false},
    [VOORKEUREN] = {"voorkeuren", false},
};

/* Origin is not asked and not read: such a column is dropped, and the answer says only that. */
static const char *const dropped[] = {
    "geboorteland", "geboorteland_ouder1", "geboorteland_ouder2", "nationaliteit", "herkomst", "religie", NULL};

static const struct table_spec spec = {columns, COLUMN_COUNT, dropped, false};

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

static const uint64_t key_columns = UINT64_C(1) << SCHOOL | UINT64_C(1) << STUDENTNUMMER | UINT64_C(1) << VAN;

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
    if (row_has(check, SCHOOL)) {
        field_result result = field_brin(values[SCHOOL]);
        if (!result && !in_scope(intake->scope, values[SCHOOL]))
            result = &out_of_scope;
        if (!result && intern_put(&intake->schools, values[SCHOOL], &out->school) != ERR_OK)
            result = FIELD_MEMORY;
        row_take(check, SCHOOL, result);
    }
    if (row_has(check, STUDENTNUMMER)) {
        const char *copy = "";
        field_result result = field_number_code(values[STUDENTNUMMER]);
        if (!result && arena_dup(&intake->texts, values[STUDENTNUMMER].data, values[STUDENTNUMMER].length, &copy))
            result = FIELD_MEMORY;
        out->number = (struct text){copy, values[STUDENTNUMMER].length};
        row_take(check, STUDENTNUMMER, result);
    }
}

static void read_place_and_study(struct row_check *check, struct student_row *out)
{
    const struct text *values = check->row->values;
    struct student *profile = &out->profile;
    row_read_postcode(check, POSTCODE, &out->pc4, &profile->point);
    if (row_has(check, OPLEIDING))
        row_take(check, OPLEIDING, field_qualification(values[OPLEIDING], &profile->qualification));
    if (row_has(check, LEERWEG))
        row_take(check, LEERWEG, field_leerweg(values[LEERWEG], &profile->leerweg));
    if (row_has(check, LEERJAAR))
        row_take(check, LEERJAAR, field_year(values[LEERJAAR], &profile->year));
}

static void read_availability(struct row_check *check, struct student_row *out)
{
    static const struct window_columns window_columns = {VAN, TOT, UREN, DAGEN};
    struct window window = {.days = DAYS_MONDAY_TO_FRIDAY};
    struct student *profile = &out->profile;
    row_read_window(check, &window_columns, &window);
    profile->from = window.from;
    profile->to = window.to;
    profile->hours = window.hours;
    profile->days = window.days;
    profile->max_km = MAX_KM_DEFAULT;
    if (row_has(check, MAX_KM))
        row_take(check, MAX_KM, field_max_km(check->row->values[MAX_KM], &profile->max_km));
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
    row_take(&check, VAARDIGHEDEN, field_skills(intake, row->values[VAARDIGHEDEN], &out.profile.skills));
    row_take(&check, TAGS, field_tags(intake, row->values[TAGS], &out.profile.tags));
    row_take(&check, UITSLUITEN, field_places(intake, row->values[UITSLUITEN], '|', &out.profile.exclusions));
    row_take(&check, VOORKEUREN, field_places(intake, row->values[VOORKEUREN], '>', &out.profile.wishes));
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
    struct file_reading reading = {intake, report, columns, progress, context};
    struct table_handler handler = {on_row, on_dropped, row_progress, &reading};
    return table_read_file(path, &spec, &handler, &report->problems);
}
