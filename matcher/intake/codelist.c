#include "intake/codelist.h"

#include "base/intern.h"
#include "base/table.h"
#include "intake/intake.h"

static const struct problem_kind bad_code = {
    "list.code",
    {"not a code", "geen code"},
    {"1 to 32 characters: letters, digits, point, underscore, hyphen",
     "1 tot 32 tekens: letters, cijfers, punt, liggend streepje, koppelteken"}};
static const struct problem_kind duplicate = {"list.duplicate",
                                              {"a code that is there twice", "een code die er twee keer staat"},
                                              {"each code once", "elke code een keer"}};
static const struct problem_kind empty = {"list.empty",
                                          {"a required value is missing", "een verplichte waarde ontbreekt"},
                                          {"a text in this column", "een tekst in deze kolom"}};
static const struct problem_kind bad_choice = {
    "list.choice",
    {"not one of the values of this column", "geen waarde die in deze kolom mag staan"},
    {"class: place, criterion, fact or other; needs_criterion: yes or no; allowed: known events joined by |",
     "class: place, criterion, fact of other; needs_criterion: yes of no; allowed: bekende gebeurtenissen met | "
     "ertussen"}};

enum {
    CODE,
    NL,
    EN,
    CLASS,
    NEEDS_CRITERION,
    ALLOWED,
    BASIS,
    CONTACT,
    TEXT_NL,
    TEXT_EN,
    COLUMN_COUNT,
    BUDGET_BYTES = 1 << 24
};

static const struct table_column skill_columns[COLUMN_COUNT] = {
    {"code", true},     {"nl", true},     {"en", true},       {"class", false},   {"needs_criterion", false},
    {"allowed", false}, {"basis", false}, {"contact", false}, {"text_nl", false}, {"text_en", false}};
static const struct table_column reason_columns[COLUMN_COUNT] = {
    {"code", true},    {"nl", true},     {"en", true},       {"class", true},    {"needs_criterion", true},
    {"allowed", true}, {"basis", false}, {"contact", false}, {"text_nl", false}, {"text_en", false}};
static const struct table_column ground_columns[COLUMN_COUNT] = {
    {"code", true},     {"nl", true},    {"en", true},       {"class", false},   {"needs_criterion", false},
    {"allowed", false}, {"basis", true}, {"contact", false}, {"text_nl", false}, {"text_en", false}};
static const struct table_column route_columns[COLUMN_COUNT] = {
    {"code", true},     {"nl", true},     {"en", true},       {"class", false},  {"needs_criterion", false},
    {"allowed", false}, {"basis", false}, {"contact", false}, {"text_nl", true}, {"text_en", true}};
static const struct table_column *const columns_of[] = {skill_columns, reason_columns, ground_columns, route_columns};

static const char *const classes[] = {"place", "criterion", "fact", "other", NULL};
static const char *const answers[] = {"yes", "no", NULL};
static const char *const events[] = {"school_veto",
                                     "company_objects",
                                     "student_declines",
                                     "company_drops_after_release",
                                     "cancelled_before_start",
                                     "ended_early",
                                     "withdrawn_student",
                                     "withdrawn_place",
                                     NULL};

struct checking {
    const struct table_column *columns;
    struct problems *problems;
    struct intern codes;
    size_t count;
};

static bool is_one_of(struct text value, const char *const *choices)
{
    for (size_t i = 0; choices[i]; i++)
        if (text_is(value, choices[i]))
            return true;
    return false;
}

static void complain(struct checking *checking, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(checking->problems, kind, line, text_of(checking->columns[column].name), text_of(""));
}

/* An empty value is another problem's. */
static void check_reason(struct checking *checking, const struct table_row *row)
{
    struct text rest = row->values[ALLOWED], event;
    if (row->values[CLASS].length && !is_one_of(row->values[CLASS], classes))
        complain(checking, &bad_choice, row->line, CLASS);
    if (row->values[NEEDS_CRITERION].length && !is_one_of(row->values[NEEDS_CRITERION], answers))
        complain(checking, &bad_choice, row->line, NEEDS_CRITERION);
    while (row->values[ALLOWED].length && text_next(&rest, '|', &event))
        if (!is_one_of(event, events))
            complain(checking, &bad_choice, row->line, ALLOWED);
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct checking *checking = context;
    checking->count++;
    for (int column = CODE; column < COLUMN_COUNT; column++)
        if (checking->columns[column].required && row->values[column].length == 0)
            complain(checking, &empty, row->line, column);
    if (row->values[CODE].length && !text_is_code(row->values[CODE], CODE_BYTES_MAX))
        complain(checking, &bad_code, row->line, CODE);
    if (checking->columns == reason_columns)
        check_reason(checking, row);
    if (row->values[CODE].length == 0)
        return ERR_OK;
    uint32_t number;
    size_t before = checking->codes.count;
    enum err e = intern_put(&checking->codes, row->values[CODE], &number);
    if (e == ERR_OK && number < before)
        complain(checking, &duplicate, row->line, CODE);
    return e;
}

enum err codelist_check(const char *path, enum codelist_kind kind, struct problems *problems, size_t *count)
{
    struct checking checking = {.columns = columns_of[kind], .problems = problems};
    struct table_spec spec = {checking.columns, COLUMN_COUNT, NULL, false};
    struct table_handler handler = {.row = on_row, .context = &checking};
    intern_init(&checking.codes, BUDGET_BYTES);
    enum err e = table_read_file(path, &spec, &handler, problems);
    intern_free(&checking.codes);
    *count = checking.count;
    return e;
}
