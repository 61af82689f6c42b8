#include "blind/watchlist.h"

#include "base/mem.h"
#include "base/table.h"

#include <string.h>

static const struct problem_kind bad_code = {
    "watchlist.code",
    {"not a code", "geen code"},
    {"1 to 32 characters: letters, digits, point, underscore, hyphen",
     "1 tot 32 tekens: letters, cijfers, punt, liggend streepje, koppelteken"}};
static const struct problem_kind duplicate = {"watchlist.duplicate",
                                              {"a code that is there twice", "een code die er twee keer staat"},
                                              {"each code once", "elke code een keer"}};
static const struct problem_kind bad_choice = {
    "watchlist.choice",
    {"not one of the values of this column", "geen waarde die in deze kolom mag staan"},
    {"language: nl or en; class: language, fit, appearance, age, sex, origin, religion, health or family",
     "language: nl of en; class: language, fit, appearance, age, sex, origin, religion, health of family"}};
static const struct problem_kind bad_phrase = {"watchlist.phrase",
                                               {"not a list of phrases", "geen lijst van woorden"},
                                               {"phrases of 1 to 8 words joined by |, each word at most 40 letters",
                                                "1 tot 8 woorden, met | ertussen, elk woord hoogstens 40 letters"}};
static const struct problem_kind bad_text = {
    "watchlist.text",
    {"a text that is missing or too long", "een tekst die ontbreekt of te lang is"},
    {"1 to 400 bytes", "1 tot 400 bytes"}};
static const struct problem_kind too_many = {
    "watchlist.many",
    {"more rows than this list may have", "meer regels dan deze lijst mag hebben"},
    {"at most 500", "hoogstens 500"}};

enum {
    CODE,
    LANGUAGE,
    CLASS,
    PHRASES,
    BETTER,
    NL,
    EN,
    COLUMN_COUNT,
    CODE_MAX = 32,
    TEXT_MAX = 400,
    BUDGET = 1 << 22
};

static const struct table_column columns[COLUMN_COUNT] = {{"code", true},    {"language", true}, {"class", true},
                                                          {"phrases", true}, {"better", true},   {"nl", true},
                                                          {"en", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

static const char *const class_names[WATCH_CLASS_COUNT] = {
    [WATCH_LANGUAGE] = "language", [WATCH_FIT] = "fit",       [WATCH_APPEARANCE] = "appearance",
    [WATCH_AGE] = "age",           [WATCH_SEX] = "sex",       [WATCH_ORIGIN] = "origin",
    [WATCH_RELIGION] = "religion", [WATCH_HEALTH] = "health", [WATCH_FAMILY] = "family"};

struct watchlist {
    struct arena arena;
    struct watch_term *terms;
    size_t count, capacity;
    struct phrases *phrases;
};

struct reading {
    struct watchlist *watchlist;
    struct problems *problems;
};

const char *watch_class_name(enum watch_class watch_class)
{
    return class_names[watch_class];
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

static bool read_class(struct text value, enum watch_class *out)
{
    for (unsigned i = 0; i < WATCH_CLASS_COUNT; i++)
        if (text_is(value, class_names[i])) {
            *out = (enum watch_class)i;
            return true;
        }
    return false;
}

static bool is_known(const struct watchlist *watchlist, struct text code)
{
    for (size_t i = 0; i < watchlist->count; i++)
        if (text_is(code, watchlist->terms[i].code))
            return true;
    return false;
}

static void check_row(struct reading *reading, const struct table_row *row, struct watch_term *term)
{
    const struct text *values = row->values;
    if (!text_is_code(values[CODE], CODE_MAX))
        complain(reading, &bad_code, row->line, CODE);
    else if (is_known(reading->watchlist, values[CODE]))
        complain(reading, &duplicate, row->line, CODE);
    if (!text_is(values[LANGUAGE], "nl") && !text_is(values[LANGUAGE], "en"))
        complain(reading, &bad_choice, row->line, LANGUAGE);
    if (!read_class(values[CLASS], &term->watch_class))
        complain(reading, &bad_choice, row->line, CLASS);
    for (int column = BETTER; column <= EN; column++)
        if (values[column].length > TEXT_MAX || (column != BETTER && values[column].length == 0))
            complain(reading, &bad_text, row->line, column);
}

static enum err add_phrases(struct reading *reading, const struct table_row *row, uint32_t number)
{
    struct text rest = row->values[PHRASES], part;
    while (text_next(&rest, '|', &part)) {
        enum err e = phrases_add(reading->watchlist->phrases, part, number);
        if (e == ERR_INPUT || e == ERR_RANGE)
            complain(reading, e == ERR_INPUT ? &bad_phrase : &too_many, row->line, PHRASES);
        else if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct watchlist *watchlist = reading->watchlist;
    struct watch_term term = {.code = NULL};
    const struct {
        int column;
        const char **to;
    } texts[] = {{CODE, &term.code}, {BETTER, &term.better}, {NL, &term.nl}, {EN, &term.en}};
    if (watchlist->count == WATCH_TERMS_MAX) {
        complain(reading, &too_many, row->line, CODE);
        return ERR_OK;
    }
    check_row(reading, row, &term);
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && e == ERR_OK; i++) {
        struct text value = row->values[texts[i].column];
        e = arena_dup(&watchlist->arena, value.data ? value.data : "", value.length, texts[i].to);
    }
    if (e == ERR_OK)
        e = add_phrases(reading, row, (uint32_t)watchlist->count);
    if (e == ERR_OK)
        e = mem_grow(&watchlist->terms, &watchlist->capacity, watchlist->count + 1, sizeof *watchlist->terms);
    if (e == ERR_OK)
        watchlist->terms[watchlist->count++] = term;
    return e;
}

static enum err read_list(const char *path, struct text bytes, struct problems *problems, struct watchlist **out)
{
    struct watchlist *watchlist;
    enum err e = mem_alloc(1, sizeof *watchlist, &watchlist);
    if (e != ERR_OK)
        return e;
    arena_init(&watchlist->arena, BUDGET);
    struct reading reading = {watchlist, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    e = phrases_new(&watchlist->phrases);
    if (e == ERR_OK)
        e = path ? table_read_file(path, &spec, &handler, problems)
                 : table_read_bytes(bytes, &spec, &handler, problems);
    if (e == ERR_OK)
        e = problems_result(problems);
    if (e != ERR_OK) {
        watchlist_free(watchlist);
        return e;
    }
    *out = watchlist;
    return ERR_OK;
}

enum err watchlist_read_file(const char *path, struct problems *problems, struct watchlist **out)
{
    return read_list(path, (struct text){NULL, 0}, problems, out);
}

enum err watchlist_read_bytes(struct text bytes, struct problems *problems, struct watchlist **out)
{
    return read_list(NULL, bytes, problems, out);
}

void watchlist_free(struct watchlist *watchlist)
{
    if (!watchlist)
        return;
    phrases_free(watchlist->phrases);
    mem_free(watchlist->terms);
    arena_free(&watchlist->arena);
    mem_free(watchlist);
}

const struct watch_term *watchlist_at(const struct watchlist *watchlist, size_t index)
{
    return index < watchlist->count ? &watchlist->terms[index] : NULL;
}

/* How many characters begin in these bytes. */
static size_t characters(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return count;
}

size_t watchlist_find(const struct watchlist *watchlist, struct text text, struct watch_hit *hits, size_t max)
{
    struct phrase_hit found[WATCH_HITS_MAX];
    size_t position = 0, at = 0;
    size_t count =
        watchlist ? phrases_find(watchlist->phrases, text, found, max < WATCH_HITS_MAX ? max : WATCH_HITS_MAX) : 0;
    for (size_t i = 0; i < count; i++) {
        position += characters(text.data + at, found[i].offset - at);
        at = found[i].offset;
        hits[i] = (struct watch_hit){.term = &watchlist->terms[found[i].number],
                                     .position = position,
                                     .length = characters(text.data + at, found[i].length),
                                     .offset = at,
                                     .bytes = found[i].length};
    }
    return count;
}
