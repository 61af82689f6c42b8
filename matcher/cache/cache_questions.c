#include "cache/cache_questions.h"

#include "base/mem.h"
#include "cache/cache_state.h"

#include <inttypes.h>
#include <string.h>

enum { BYTES_IN_FLIGHT_MAX = 16 << 20 };

/* A key that was just made gets its end in the same step. */
static const char count_script[] = "local n=redis.call('INCR',KEYS[1]) "
                                   "if n==1 then redis.call('PEXPIRE',KEYS[1],ARGV[1]) end return n";

/* ---- deadlines ---- */

static void arm(struct cache *cache)
{
    const struct question *oldest = TAILQ_FIRST(&cache->in_flight);
    if (!oldest)
        return;
    int64_t now_us = clock_monotonic_us(&cache->clock);
    int64_t at_us = oldest->sent_us + cache->timeout_us * CACHE_HANG_TIMEOUTS;
    if (cache->next_due && cache->next_due->sent_us + cache->timeout_us < at_us)
        at_us = cache->next_due->sent_us + cache->timeout_us;
    if (event_pending(&cache->overdue, EV_TIMEOUT, NULL) && cache->armed_us <= at_us)
        return;
    cache->armed_us = at_us;
    int64_t left_us = at_us > now_us ? at_us - now_us : 0;
    const struct timeval in = {.tv_sec = left_us / 1000000, .tv_usec = left_us % 1000000};
    event_add(&cache->overdue, &in);
}

static void tell_absent(struct question *question)
{
    if (!question->awaited)
        return;
    question->awaited = false;
    if (question->kind == QUESTION_GET)
        question->value(question->context, (struct text){0});
    else if (question->kind == QUESTION_COUNT)
        question->count(question->context, 0);
}

static void on_overdue(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct cache *cache = context;
    int64_t now_us = clock_monotonic_us(&cache->clock);
    while (cache->next_due && now_us - cache->next_due->sent_us >= cache->timeout_us) {
        struct question *question = cache->next_due;
        cache->next_due = TAILQ_NEXT(question, in_order);
        question->expired = true;
        cache->counts.timeouts++;
        tell_absent(question);
    }
    const struct question *oldest = TAILQ_FIRST(&cache->in_flight);
    if (oldest && now_us - oldest->sent_us >= cache->timeout_us * CACHE_HANG_TIMEOUTS)
        redis_link_lose(cache->commands, "hangs"); /* which answers all that are in flight */
    else
        arm(cache);
}

/* ---- places ---- */

enum err questions_init(struct cache *cache, size_t places)
{
    TAILQ_INIT(&cache->free_places);
    TAILQ_INIT(&cache->in_flight);
    evtimer_assign(&cache->overdue, cache->base, on_overdue, cache);
    enum err e = mem_alloc(places, sizeof *cache->questions, &cache->questions);
    if (e != ERR_OK)
        return e;
    cache->question_count = places;
    for (size_t i = 0; i < places; i++) {
        cache->questions[i].cache = cache;
        TAILQ_INSERT_TAIL(&cache->free_places, &cache->questions[i], in_order);
    }
    return ERR_OK;
}

void questions_free(struct cache *cache)
{
    if (!cache->question_count)
        return;
    event_del(&cache->overdue);
    mem_free(cache->questions);
}

static void release(struct question *question)
{
    struct cache *cache = question->cache;
    if (cache->next_due == question)
        cache->next_due = TAILQ_NEXT(question, in_order);
    TAILQ_REMOVE(&cache->in_flight, question, in_order);
    TAILQ_INSERT_TAIL(&cache->free_places, question, in_order);
    question->in_flight = false;
    question->generation++;
    cache->counts.in_flight--;
    cache->bytes_in_flight -= question->bytes;
}

/* ---- answers ---- */

static bool begins(const redisReply *reply, const char *code)
{
    size_t length = strlen(code);
    return reply->len >= length && memcmp(reply->str, code, length) == 0;
}

static void take_error(struct cache *cache, const redisReply *reply)
{
    cache->counts.errors++;
    if (reply->type == REDIS_REPLY_ERROR && begins(reply, "READONLY") && cache->address.kind == REDIS_SENTINEL)
        redis_link_lose(cache->commands, "other_master");
}

static void take_value(struct question *question, const redisReply *reply)
{
    struct cache *cache = question->cache;
    bool hit = reply->type == REDIS_REPLY_STRING, miss = reply->type == REDIS_REPLY_NIL;
    cache->counts.hits += hit;
    cache->counts.misses += miss;
    if (!hit && !miss)
        take_error(cache, reply);
    if (!hit || !question->awaited) {
        tell_absent(question);
        return;
    }
    question->awaited = false;
    question->value(question->context, (struct text){reply->str, reply->len});
}

static void take_count(struct question *question, const redisReply *reply)
{
    struct cache *cache = question->cache;
    bool fits = reply->type == REDIS_REPLY_INTEGER && reply->integer > 0;
    cache->counts.counted += fits;
    if (!fits)
        take_error(cache, reply);
    if (!fits || !question->awaited) {
        tell_absent(question);
        return;
    }
    question->awaited = false;
    question->count(question->context, (uint64_t)reply->integer);
}

static void take_done(struct question *question, const redisReply *reply)
{
    struct cache *cache = question->cache;
    if (reply->type != REDIS_REPLY_STATUS && reply->type != REDIS_REPLY_INTEGER)
        take_error(cache, reply);
    else if (question->kind == QUESTION_PUBLISH)
        cache->counts.messages_sent++;
    else
        cache->counts.stored++;
}

static void on_reply(redisAsyncContext *hiredis, void *answer, void *context)
{
    static void (*const takers[])(struct question *, const redisReply *) = {[QUESTION_GET] = take_value,
                                                                            [QUESTION_COUNT] = take_count,
                                                                            [QUESTION_STORE] = take_done,
                                                                            [QUESTION_PUBLISH] = take_done};
    (void)hiredis;
    struct question question = *(struct question *)context; /* its place is free before anybody is called */
    release(context);
    question.awaited = question.awaited && !question.cache->ending;
    if (answer)
        takers[question.kind](&question, answer);
    else
        tell_absent(&question);
}

/* ---- asking ---- */

static struct question *take_place(struct cache *cache, size_t bytes)
{
    const struct question *oldest = TAILQ_FIRST(&cache->in_flight);
    struct question *place = TAILQ_FIRST(&cache->free_places);
    if (!cache->commands || redis_link_state(cache->commands) != LINK_UP)
        cache->counts.absent_down++;
    else if (oldest && oldest->expired)
        cache->counts.absent_slow++;
    else if (!place || bytes > BYTES_IN_FLIGHT_MAX - cache->bytes_in_flight)
        cache->counts.absent_full++;
    else
        return place;
    return NULL;
}

/* The id of the question, or 0 where it is not asked; `asked` says what of it is not yet known here. */
static uint64_t ask(struct cache *cache, const struct text *words, size_t count, const struct question *asked)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += words[i].length;
    struct question *question = take_place(cache, bytes);
    if (!question)
        return 0;
    if (redis_link_send(cache->commands, words, count, on_reply, question) != ERR_OK) {
        cache->counts.absent_down++;
        return 0;
    }
    TAILQ_REMOVE(&cache->free_places, question, in_order);
    TAILQ_INSERT_TAIL(&cache->in_flight, question, in_order);
    question->kind = asked->kind;
    question->value = asked->value;
    question->count = asked->count;
    question->context = asked->context;
    question->awaited = asked->value || asked->count;
    question->in_flight = true;
    question->expired = false;
    question->bytes = bytes;
    question->sent_us = clock_monotonic_us(&cache->clock);
    if (!cache->next_due)
        cache->next_due = question;
    cache->counts.in_flight++;
    cache->bytes_in_flight += bytes;
    arm(cache);
    return (uint64_t)question->generation << 32 | (uint64_t)(question - cache->questions + 1);
}

static bool too_large(struct cache *cache, struct text key, struct text value)
{
    bool large = key.length > CACHE_KEY_BYTES_MAX || value.length > CACHE_VALUE_BYTES_MAX;
    cache->counts.absent_large += large;
    return large;
}

/* 1 .. CACHE_TTL_MS_MAX, as a word. */
static struct text milliseconds(uint32_t ms, char out[16])
{
    uint32_t cut = ms > CACHE_TTL_MS_MAX ? CACHE_TTL_MS_MAX : ms;
    int length = snprintf(out, 16, "%" PRIu32, cut ? cut : 1);
    return (struct text){out, (size_t)length};
}

uint64_t cache_get(struct cache *cache, struct text key, cache_value_cb *done, void *context)
{
    const struct text words[] = {text_of("GET"), key};
    if (too_large(cache, key, (struct text){0}))
        return 0;
    return ask(cache, words, 2, &(struct question){.kind = QUESTION_GET, .value = done, .context = context});
}

uint64_t cache_incr_window(struct cache *cache, struct text key, uint32_t window_ms, cache_count_cb *done,
                           void *context)
{
    char number[16];
    const struct text words[] = {text_of("EVAL"), text_of(count_script), text_of("1"), key,
                                 milliseconds(window_ms, number)};
    if (too_large(cache, key, (struct text){0}))
        return 0;
    return ask(cache, words, 5, &(struct question){.kind = QUESTION_COUNT, .count = done, .context = context});
}

void cache_set(struct cache *cache, struct text key, struct text value, uint32_t ttl_ms)
{
    char number[16];
    const struct text words[] = {text_of("SET"), key, value, text_of("PX"), milliseconds(ttl_ms, number)};
    if (!too_large(cache, key, value))
        (void)ask(cache, words, 5, &(struct question){.kind = QUESTION_STORE});
}

void cache_delete(struct cache *cache, struct text key)
{
    const struct text words[] = {text_of("DEL"), key};
    if (!too_large(cache, key, (struct text){0}))
        (void)ask(cache, words, 2, &(struct question){.kind = QUESTION_STORE});
}

void cache_publish(struct cache *cache, struct text channel, struct text message)
{
    const struct text words[] = {text_of("PUBLISH"), channel, message};
    if (!too_large(cache, channel, message))
        (void)ask(cache, words, 3, &(struct question){.kind = QUESTION_PUBLISH});
}

void cache_cancel(struct cache *cache, uint64_t id)
{
    uint64_t place = id & UINT32_MAX;
    if (place == 0 || place > cache->question_count)
        return;
    struct question *question = &cache->questions[place - 1];
    if (question->in_flight && question->generation == id >> 32)
        question->awaited = false;
}
