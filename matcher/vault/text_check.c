#include "vault/text_check.h"

#include "api/message.h"
#include "base/log.h"
#include "base/table.h"
#include "blind/watchlist.h"
#include "stagematch/v1/wording.pb-c.h"
#include "vault/methods.h"

#include <string.h>

enum { CODE, NL, EN, COLUMN_COUNT, NAMES_BYTES_MAX = 1 << 20, TEXT_BYTES_MAX = 16 << 10, HITS_MAX = 256 };

static const struct table_column columns[COLUMN_COUNT] = {{"code", true}, {"nl", true}, {"en", true}};
static const struct table_spec spec = {columns, COLUMN_COUNT, NULL, true};

struct text_check {
    struct watchlist *watchlist;
    struct phrases *skills; /* their codes and names; the number is that of the code */
    const char **codes;
    size_t count, capacity;
    struct arena arena;
};

static const char *path_of(const struct settings *settings, const char *name)
{
    const char *path = settings_string_if_known(settings, name);
    return path && path[0] ? path : NULL;
}

/* A name that is no phrase (too long, or more than there is room for) is not looked for. */
static enum err add_phrase(struct text_check *check, struct text phrase)
{
    enum err e = phrases_add(check->skills, phrase, (uint32_t)check->count);
    return e == ERR_INPUT || e == ERR_RANGE ? ERR_OK : e;
}

static enum err on_skill(void *context, const struct table_row *row)
{
    struct text_check *check = context;
    enum err e = ERR_OK;
    for (int column = CODE; column < COLUMN_COUNT && e == ERR_OK; column++)
        e = add_phrase(check, row->values[column]);
    if (e == ERR_OK)
        e = mem_grow(&check->codes, &check->capacity, check->count + 1, sizeof *check->codes);
    if (e == ERR_OK)
        e = arena_dup(&check->arena, row->values[CODE].data, row->values[CODE].length, &check->codes[check->count]);
    if (e == ERR_OK)
        check->count++;
    return e;
}

static enum err read_lists(struct text_check *check, const char *watchlist, const char *skills)
{
    struct table_handler handler = {.row = on_skill, .context = check};
    struct problems problems;
    problems_init(&problems, watchlist ? watchlist : "");
    enum err e = watchlist ? watchlist_read_file(watchlist, &problems, &check->watchlist) : ERR_OK;
    problems_free(&problems);
    problems_init(&problems, skills ? skills : "");
    if (e == ERR_OK)
        e = phrases_new(&check->skills);
    if (e == ERR_OK && skills)
        e = table_read_file(skills, &spec, &handler, &problems);
    problems_free(&problems);
    return e;
}

enum err text_check_new(const struct settings *settings, struct text_check **out)
{
    struct text_check *check;
    enum err e = mem_alloc(1, sizeof *check, &check);
    if (e != ERR_OK)
        return e;
    arena_init(&check->arena, NAMES_BYTES_MAX);
    e = read_lists(check, path_of(settings, "watchlist"), path_of(settings, "skills"));
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "text_check", LOG_WORD("error", err_text(e)));
        text_check_free(check);
        return e;
    }
    *out = check;
    return ERR_OK;
}

void text_check_free(struct text_check *check)
{
    if (!check)
        return;
    watchlist_free(check->watchlist);
    phrases_free(check->skills);
    mem_free(check->codes);
    arena_free(&check->arena);
    mem_free(check);
}

static bool is_named(const Stagematch__Internal__V1__TextFacts *facts, const char *code)
{
    for (size_t i = 0; i < facts->n_named_skills; i++)
        if (strcmp(facts->named_skills[i], code) == 0)
            return true;
    return false;
}

enum err text_check_facts(const struct text_check *check, struct text text, Stagematch__Internal__V1__TextFacts **out)
{
    Stagematch__Internal__V1__TextFacts *facts;
    struct phrase_hit hits[HITS_MAX];
    struct watch_hit term;
    enum err e = message_new(&stagematch__internal__v1__text_facts__descriptor, &facts);
    if (e != ERR_OK)
        return e;
    facts->watch_term = watchlist_find(check->watchlist, text, &term, 1) > 0;
    size_t count = phrases_find(check->skills, text, hits, HITS_MAX);
    for (size_t i = 0; i < count && e == ERR_OK && facts->n_named_skills < NAMED_SKILLS_MAX; i++)
        if (!is_named(facts, check->codes[hits[i].number]))
            e = message_append_string(&facts->n_named_skills, &facts->named_skills,
                                      text_of(check->codes[hits[i].number]));
    if (e == ERR_OK)
        *out = facts;
    else
        message_free(facts);
    return e;
}

static char field_name[] = "text";

static void show(const struct watch_hit *hit, Stagematch__V1__Remark *remark)
{
    stagematch__v1__remark__init(remark);
    remark->code = message_borrow(hit->term->code);
    remark->remark_class = message_borrow(watch_class_name(hit->term->watch_class));
    remark->field = field_name;
    remark->position = (uint32_t)hit->position;
    remark->length = (uint32_t)hit->length;
    remark->better = message_borrow(hit->term->better);
    remark->why_nl = message_borrow(hit->term->nl);
    remark->why_en = message_borrow(hit->term->en);
}

void method_check_reason_text(struct request *request)
{
    const Stagematch__V1__CheckReasonTextRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__CheckReasonTextRequest);
    Stagematch__V1__CheckReasonTextResponse response = STAGEMATCH__V1__CHECK_REASON_TEXT_RESPONSE__INIT;
    Stagematch__V1__Remark remarks[WATCH_HITS_MAX], *pointers[WATCH_HITS_MAX];
    struct watch_hit hits[WATCH_HITS_MAX];
    struct text text = text_of(message->text);
    if (text.length > TEXT_BYTES_MAX) {
        request_refuse_field(request, &refusal_too_large, "text");
        return;
    }
    response.n_remarks = watchlist_find(request->vault->text_check->watchlist, text, hits, WATCH_HITS_MAX);
    for (size_t i = 0; i < response.n_remarks; i++) {
        show(&hits[i], &remarks[i]);
        pointers[i] = &remarks[i];
    }
    response.remarks = pointers;
    request_answer(request, &response);
}
