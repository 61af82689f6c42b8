#include "domain/menukaart.h"

#include "base/mem.h"
#include "base/table.h"

#include <string.h>

typedef Stagematch__V1__Measure Measure;

static const struct problem_kind bad_code = {"measure.code",
                                             {"not a code", "geen code"},
                                             {"1 to 32 letters, digits, points, underscores, hyphens, each once",
                                              "1 tot 32 letters, cijfers, punten, liggende streepjes, koppeltekens, "
                                              "elk een keer"}};
static const struct problem_kind bad_choice = {
    "measure.choice",
    {"not one of the values of this column", "geen waarde die in deze kolom mag staan"},
    {"effect: agreement, pause or end; effort: low, medium or high; evidence: strong, promising, plausible or none; "
     "for_whom: company, school, student; phases: kennismaking, ontwikkeling, matching, nazorg; rules: R1 to R11",
     "effect: agreement, pause of end; effort: low, medium of high; evidence: strong, promising, plausible of none; "
     "for_whom: company, school, student; phases: kennismaking, ontwikkeling, matching, nazorg; rules: R1 tot R11"}};
static const struct problem_kind empty = {"measure.empty",
                                          {"a required value is missing", "een verplichte waarde ontbreekt"},
                                          {"a text in this column", "een tekst in deze kolom"}};
static const struct problem_kind too_many = {
    "measure.many",
    {"more measures than the list may have", "meer maatregelen dan de lijst mag hebben"},
    {"at most 200, each text at most 1,000 bytes", "hoogstens 200, elke tekst hoogstens 1.000 bytes"}};

enum {
    CODE,
    EFFECT,
    TITLE_NL,
    TITLE_EN,
    TEXT_NL,
    TEXT_EN,
    FOR_WHOM,
    EFFORT,
    EVIDENCE,
    SOURCE,
    PHASES,
    RULES,
    OUTCOMES,
    COLUMN_COUNT
};
enum { CODE_BYTES_MAX = 32, MEASURES_MAX = 200, TEXT_BYTES_MAX = 1000 };

static const struct table_column columns[COLUMN_COUNT] = {
    {"code", true},    {"effect", true},   {"title_nl", true}, {"title_en", true}, {"text_nl", true},
    {"text_en", true}, {"for_whom", true}, {"effort", true},   {"evidence", true}, {"source", true},
    {"phases", true},  {"rules", true},    {"outcomes", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

static const char *const effects[] = {"", "agreement", "pause", "end", NULL};
static const char *const efforts[] = {"low", "medium", "high", NULL};
static const char *const grades[] = {"strong", "promising", "plausible", "none", NULL};
static const char *const whom[] = {"company", "school", "student", NULL};
static const char *const phases[] = {"kennismaking", "ontwikkeling", "matching", "nazorg", NULL};
static const char *const rules[] = {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", NULL};

struct menukaart {
    Measure **list;
    size_t count, capacity;
};

struct reading {
    struct menukaart *menukaart;
    struct problems *problems;
};

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

/* -1: not one of them. */
static int choice_of(struct text value, const char *const *choices)
{
    for (int i = 0; choices[i]; i++)
        if (text_is(value, choices[i]))
            return i;
    return -1;
}

/* What is joined by | in a column, each one of `choices` (NULL: a code). */
static enum err read_words(struct reading *reading, const struct table_row *row, int column,
                           const char *const *choices, size_t *count, char ***out)
{
    struct text rest = row->values[column], word;
    enum err e = ERR_OK;
    while (e == ERR_OK && rest.length && text_next(&rest, '|', &word)) {
        if (choices ? choice_of(word, choices) < 0 : !text_is_code(word, CODE_BYTES_MAX))
            complain(reading, choices ? &bad_choice : &bad_code, row->line, column);
        else
            e = message_append_string(count, out, word);
    }
    return e;
}

static enum err read_for_whom(struct reading *reading, const struct table_row *row, Measure *measure)
{
    struct text rest = row->values[FOR_WHOM], word;
    struct buf joined;
    buf_init(&joined, TEXT_BYTES_MAX);
    while (rest.length && text_next(&rest, '|', &word)) {
        if (choice_of(word, whom) < 0)
            complain(reading, &bad_choice, row->line, FOR_WHOM);
        buf_put_string(&joined, joined.length ? " " : "");
        buf_put_text(&joined, word);
    }
    enum err e = buf_error(&joined);
    if (e == ERR_OK)
        e = message_assign_string(&measure->for_whom, buf_text(&joined));
    buf_free(&joined);
    return e;
}

static enum err read_texts(struct reading *reading, const struct table_row *row, Measure *measure)
{
    const struct {
        int column;
        char **field;
    } texts[] = {{CODE, &measure->code},         {TITLE_NL, &measure->title_nl}, {TITLE_EN, &measure->title_en},
                 {TEXT_NL, &measure->text_nl},   {TEXT_EN, &measure->text_en},   {EFFORT, &measure->effort},
                 {EVIDENCE, &measure->evidence}, {SOURCE, &measure->source}};
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && e == ERR_OK; i++) {
        struct text value = row->values[texts[i].column];
        if (value.length == 0)
            complain(reading, &empty, row->line, texts[i].column);
        if (value.length > TEXT_BYTES_MAX) {
            complain(reading, &too_many, row->line, texts[i].column);
            value.length = 0;
        }
        e = message_assign_string(texts[i].field, value);
    }
    return e;
}

static enum err read_row(struct reading *reading, const struct table_row *row, Measure *measure)
{
    int effect = choice_of(row->values[EFFECT], effects);
    enum err e = read_texts(reading, row, measure);
    if (effect <= 0)
        complain(reading, &bad_choice, row->line, EFFECT);
    else
        measure->effect = (Stagematch__V1__MeasureEffect)effect;
    if (choice_of(row->values[EFFORT], efforts) < 0)
        complain(reading, &bad_choice, row->line, EFFORT);
    if (choice_of(row->values[EVIDENCE], grades) < 0)
        complain(reading, &bad_choice, row->line, EVIDENCE);
    if (e == ERR_OK)
        e = read_for_whom(reading, row, measure);
    if (e == ERR_OK)
        e = read_words(reading, row, PHASES, phases, &measure->n_phases, &measure->phases);
    if (e == ERR_OK)
        e = read_words(reading, row, RULES, rules, &measure->n_rules, &measure->rules);
    if (e == ERR_OK)
        e = read_words(reading, row, OUTCOMES, NULL, &measure->n_outcomes, &measure->outcomes);
    return e;
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct menukaart *menukaart = reading->menukaart;
    Measure *measure;
    if (menukaart->count >= MEASURES_MAX) {
        complain(reading, &too_many, row->line, CODE);
        return ERR_OK;
    }
    enum err e = message_new(&stagematch__v1__measure__descriptor, &measure);
    if (e != ERR_OK)
        return e;
    e = read_row(reading, row, measure);
    if (e == ERR_OK &&
        (!text_is_code(text_of(measure->code), CODE_BYTES_MAX) || menukaart_find(menukaart, measure->code)))
        complain(reading, &bad_code, row->line, CODE);
    if (e == ERR_OK)
        e = mem_grow(&menukaart->list, &menukaart->capacity, menukaart->count + 1, sizeof(Measure *));
    if (e == ERR_OK)
        menukaart->list[menukaart->count++] = measure;
    else
        message_free(measure);
    return e;
}

static enum err read_list(const char *path, struct text bytes, struct problems *problems, struct menukaart **out)
{
    struct menukaart *menukaart;
    enum err e = mem_alloc(1, sizeof *menukaart, &menukaart);
    if (e != ERR_OK)
        return e;
    struct reading reading = {menukaart, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    e = path ? table_read_file(path, &spec, &handler, problems) : table_read_bytes(bytes, &spec, &handler, problems);
    if (e == ERR_OK)
        e = problems_result(problems);
    if (e != ERR_OK)
        menukaart_free(menukaart);
    else
        *out = menukaart;
    return e;
}

enum err menukaart_read_file(const char *path, struct problems *problems, struct menukaart **out)
{
    return read_list(path, (struct text){NULL, 0}, problems, out);
}

enum err menukaart_read_bytes(struct text bytes, struct problems *problems, struct menukaart **out)
{
    return read_list(NULL, bytes, problems, out);
}

void menukaart_free(struct menukaart *menukaart)
{
    if (!menukaart)
        return;
    for (size_t i = 0; i < menukaart->count; i++)
        message_free(menukaart->list[i]);
    mem_free(menukaart->list);
    mem_free(menukaart);
}

const Measure *menukaart_find(const struct menukaart *menukaart, const char *code)
{
    for (size_t i = 0; menukaart && i < menukaart->count; i++)
        if (strcmp(menukaart->list[i]->code, code) == 0)
            return menukaart->list[i];
    return NULL;
}

const Measure *menukaart_at(const struct menukaart *menukaart, size_t index)
{
    return menukaart && index < menukaart->count ? menukaart->list[index] : NULL;
}
