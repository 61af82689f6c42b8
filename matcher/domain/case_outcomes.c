#include "domain/case_outcomes.h"

#include "base/mem.h"
#include "base/table.h"

#include <string.h>

static const struct problem_kind bad_code = {"outcome.code",
                                             {"not a code", "geen code"},
                                             {"1 to 32 letters, digits, points, underscores, hyphens, each once",
                                              "1 tot 32 letters, cijfers, punten, liggende streepjes, koppeltekens, "
                                              "elk een keer"}};
static const struct problem_kind bad_class = {
    "outcome.class",
    {"not a class of outcomes", "geen klasse van uitkomsten"},
    {"upheld, not_upheld, unfounded or withdrawn", "upheld, not_upheld, unfounded of withdrawn"}};
static const struct problem_kind empty = {"outcome.empty",
                                          {"a required value is missing", "een verplichte waarde ontbreekt"},
                                          {"a text in this column", "een tekst in deze kolom"}};

enum { CODE, CLASS, NL, EN, COLUMN_COUNT, CODE_BYTES_MAX = 32, BUDGET_BYTES = 1 << 20 };

static const struct table_column columns[COLUMN_COUNT] = {
    {"code", true}, {"class", true}, {"nl", true}, {"en", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

static const char *const class_names[OUTCOME_CLASS_COUNT] = {[OUTCOME_UPHELD] = "upheld",
                                                             [OUTCOME_NOT_UPHELD] = "not_upheld",
                                                             [OUTCOME_UNFOUNDED] = "unfounded",
                                                             [OUTCOME_WITHDRAWN] = "withdrawn"};

struct case_outcomes {
    struct arena arena;
    struct case_outcome *list;
    size_t count, capacity;
};

struct reading {
    struct case_outcomes *outcomes;
    struct problems *problems;
};

const char *outcome_class_name(enum outcome_class outcome_class)
{
    return class_names[outcome_class];
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct case_outcomes *outcomes = reading->outcomes;
    struct case_outcome outcome = {0};
    unsigned class = 0;
    while (class < OUTCOME_CLASS_COUNT && !text_is(row->values[CLASS], class_names[class]))
        class ++;
    if (class == OUTCOME_CLASS_COUNT)
        complain(reading, &bad_class, row->line, CLASS);
    for (int column = NL; column < COLUMN_COUNT; column++)
        if (row->values[column].length == 0)
            complain(reading, &empty, row->line, column);
    outcome.outcome_class = (enum outcome_class) class;
    enum err e = arena_dup(&outcomes->arena, row->values[CODE].data, row->values[CODE].length, &outcome.code);
    if (e == ERR_OK)
        e = arena_dup(&outcomes->arena, row->values[NL].data, row->values[NL].length, &outcome.nl);
    if (e == ERR_OK)
        e = arena_dup(&outcomes->arena, row->values[EN].data, row->values[EN].length, &outcome.en);
    if (e == ERR_OK &&
        (!text_is_code(text_of(outcome.code), CODE_BYTES_MAX) || case_outcome_find(outcomes, outcome.code)))
        complain(reading, &bad_code, row->line, CODE);
    if (e == ERR_OK)
        e = mem_grow(&outcomes->list, &outcomes->capacity, outcomes->count + 1, sizeof *outcomes->list);
    if (e == ERR_OK)
        outcomes->list[outcomes->count++] = outcome;
    return e;
}

static enum err read_list(const char *path, struct text bytes, struct problems *problems, struct case_outcomes **out)
{
    struct case_outcomes *outcomes;
    enum err e = mem_alloc(1, sizeof *outcomes, &outcomes);
    if (e != ERR_OK)
        return e;
    arena_init(&outcomes->arena, BUDGET_BYTES);
    struct reading reading = {outcomes, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    e = path ? table_read_file(path, &spec, &handler, problems) : table_read_bytes(bytes, &spec, &handler, problems);
    if (e == ERR_OK)
        e = problems_result(problems);
    if (e != ERR_OK)
        case_outcomes_free(outcomes);
    else
        *out = outcomes;
    return e;
}

enum err case_outcomes_read_file(const char *path, struct problems *problems, struct case_outcomes **out)
{
    return read_list(path, (struct text){NULL, 0}, problems, out);
}

enum err case_outcomes_read_bytes(struct text bytes, struct problems *problems, struct case_outcomes **out)
{
    return read_list(NULL, bytes, problems, out);
}

void case_outcomes_free(struct case_outcomes *outcomes)
{
    if (!outcomes)
        return;
    mem_free(outcomes->list);
    arena_free(&outcomes->arena);
    mem_free(outcomes);
}

const struct case_outcome *case_outcome_find(const struct case_outcomes *outcomes, const char *code)
{
    for (size_t i = 0; outcomes && i < outcomes->count; i++)
        if (strcmp(outcomes->list[i].code, code) == 0)
            return &outcomes->list[i];
    return NULL;
}

const struct case_outcome *case_outcome_at(const struct case_outcomes *outcomes, size_t index)
{
    return outcomes && index < outcomes->count ? &outcomes->list[index] : NULL;
}
