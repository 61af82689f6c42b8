#include "domain/reasons.h"

#include "base/mem.h"
#include "base/table.h"

#include <string.h>

static const struct problem_kind bad_code = {
    "reason.code",
    {"not a code", "geen code"},
    {"1 to 32 characters: letters, digits, point, underscore, hyphen",
     "1 tot 32 tekens: letters, cijfers, punt, liggend streepje, koppelteken"}};
static const struct problem_kind duplicate = {"reason.duplicate",
                                              {"a code that is there twice", "een code die er twee keer staat"},
                                              {"each code once", "elke code een keer"}};
static const struct problem_kind empty = {"reason.empty",
                                          {"a required value is missing", "een verplichte waarde ontbreekt"},
                                          {"a text in this column", "een tekst in deze kolom"}};
static const struct problem_kind bad_choice = {
    "reason.choice",
    {"not one of the values of this column", "geen waarde die in deze kolom mag staan"},
    {"class: place, criterion, fact or other; needs_criterion: yes or no; allowed: known events joined by |",
     "class: place, criterion, fact of other; needs_criterion: yes of no; allowed: bekende gebeurtenissen met | "
     "ertussen"}};
static const struct problem_kind early_fact = {
    "reason.fact_before_release",
    {"a fact that a company could give before release", "een feit dat een bedrijf voor de vrijgave kan noemen"},
    {"class fact without the event company_objects", "class fact zonder de gebeurtenis company_objects"}};

enum { CODE, NL, EN, CLASS, NEEDS_CRITERION, ALLOWED, COLUMN_COUNT, CODE_MAX = 32, BUDGET_BYTES = 1 << 22 };

static const struct table_column columns[COLUMN_COUNT] = {
    {"code", true}, {"nl", true}, {"en", true}, {"class", true}, {"needs_criterion", true}, {"allowed", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, false};

static const char *const class_names[REASON_CLASS_COUNT] = {
    [REASON_PLACE] = "place", [REASON_CRITERION] = "criterion", [REASON_FACT] = "fact", [REASON_OTHER] = "other"};
static const char *const event_names[REASON_EVENT_COUNT + 1] = {
    [REASON_SCHOOL_VETO] = "school_veto",
    [REASON_COMPANY_OBJECTS] = "company_objects",
    [REASON_STUDENT_DECLINES] = "student_declines",
    [REASON_COMPANY_DROPS] = "company_drops_after_release",
    [REASON_CANCELLED_BEFORE_START] = "cancelled_before_start",
    [REASON_ENDED_EARLY] = "ended_early",
    [REASON_WITHDRAWN_STUDENT] = "withdrawn_student",
    [REASON_WITHDRAWN_PLACE] = "withdrawn_place",
    [REASON_NONE] = "none"};

struct reasons {
    struct arena arena;
    struct reason *list;
    size_t count, capacity;
};

struct reading {
    struct reasons *reasons;
    struct problems *problems;
};

const char *reason_class_name(enum reason_class reason_class)
{
    return class_names[reason_class];
}

const char *reason_event_name(enum reason_event event)
{
    return event_names[event];
}

enum reason_event reason_event_of(struct text name)
{
    unsigned event = 0;
    while (event < REASON_EVENT_COUNT && !text_is(name, event_names[event]))
        event++;
    return (enum reason_event)event;
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, int column)
{
    problems_add(reading->problems, kind, line, text_of(columns[column].name), text_of(""));
}

static bool read_class(struct text value, enum reason_class *out)
{
    for (unsigned i = 0; i < REASON_CLASS_COUNT; i++)
        if (text_is(value, class_names[i])) {
            *out = (enum reason_class)i;
            return true;
        }
    return false;
}

static bool read_events(struct text value, unsigned *events)
{
    struct text name;
    while (text_next(&value, '|', &name)) {
        enum reason_event event = reason_event_of(name);
        if (event == REASON_EVENT_COUNT)
            return false;
        *events |= 1u << event;
    }
    return true;
}

/* Everything that can be wrong with a row becomes a problem; a reason of such a row is not used. */
static void read_row(struct reading *reading, const struct table_row *row, struct reason *reason)
{
    for (int column = CODE; column < COLUMN_COUNT; column++)
        if (row->values[column].length == 0)
            complain(reading, &empty, row->line, column);
    if (row->values[CODE].length && !text_is_code(row->values[CODE], CODE_MAX))
        complain(reading, &bad_code, row->line, CODE);
    if (row->values[CLASS].length && !read_class(row->values[CLASS], &reason->reason_class))
        complain(reading, &bad_choice, row->line, CLASS);
    reason->needs_criterion = text_is(row->values[NEEDS_CRITERION], "yes");
    if (row->values[NEEDS_CRITERION].length && !reason->needs_criterion &&
        !text_is(row->values[NEEDS_CRITERION], "no"))
        complain(reading, &bad_choice, row->line, NEEDS_CRITERION);
    if (row->values[ALLOWED].length && !read_events(row->values[ALLOWED], &reason->events))
        complain(reading, &bad_choice, row->line, ALLOWED);
    if (reason->reason_class == REASON_FACT && reason->events & 1u << REASON_COMPANY_OBJECTS)
        complain(reading, &early_fact, row->line, ALLOWED);
}

static enum err copy(struct reasons *reasons, struct text value, const char **out)
{
    return arena_dup(&reasons->arena, value.data, value.length, out);
}

static enum err on_row(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct reasons *reasons = reading->reasons;
    struct reason reason = {0};
    read_row(reading, row, &reason);
    enum err e = copy(reasons, row->values[CODE], &reason.code);
    if (e == ERR_OK)
        e = copy(reasons, row->values[NL], &reason.nl);
    if (e == ERR_OK)
        e = copy(reasons, row->values[EN], &reason.en);
    if (e == ERR_OK && reason.code[0] && reason_find(reasons, reason.code))
        complain(reading, &duplicate, row->line, CODE);
    if (e == ERR_OK)
        e = mem_grow(&reasons->list, &reasons->capacity, reasons->count + 1, sizeof *reasons->list);
    if (e == ERR_OK)
        reasons->list[reasons->count++] = reason;
    return e;
}

static enum err read_list(const char *path, struct text bytes, struct problems *problems, struct reasons **out)
{
    struct reasons *reasons;
    enum err e = mem_alloc(1, sizeof *reasons, &reasons);
    if (e != ERR_OK)
        return e;
    arena_init(&reasons->arena, BUDGET_BYTES);
    struct reading reading = {reasons, problems};
    struct table_handler handler = {.row = on_row, .context = &reading};
    e = path ? table_read_file(path, &spec, &handler, problems) : table_read_bytes(bytes, &spec, &handler, problems);
    if (e == ERR_OK)
        e = problems_result(problems);
    if (e != ERR_OK) {
        reasons_free(reasons);
        return e;
    }
    *out = reasons;
    return ERR_OK;
}

enum err reasons_read_file(const char *path, struct problems *problems, struct reasons **out)
{
    return read_list(path, (struct text){NULL, 0}, problems, out);
}

enum err reasons_read_bytes(struct text bytes, struct problems *problems, struct reasons **out)
{
    return read_list(NULL, bytes, problems, out);
}

void reasons_free(struct reasons *reasons)
{
    if (!reasons)
        return;
    mem_free(reasons->list);
    arena_free(&reasons->arena);
    mem_free(reasons);
}

const struct reason *reason_find(const struct reasons *reasons, const char *code)
{
    for (size_t i = 0; i < reasons->count; i++)
        if (strcmp(reasons->list[i].code, code) == 0)
            return &reasons->list[i];
    return NULL;
}

const struct reason *reason_at(const struct reasons *reasons, size_t index)
{
    return index < reasons->count ? &reasons->list[index] : NULL;
}
