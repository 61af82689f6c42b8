/* The cache against a real redis-server: what it stores, counts and hears; and what becomes of it when that server suffers. */
#include "cache/cache.h"

#include "base/mem.h"
#include "support/redis.h"
#include "support/support.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { PATIENT_MS = 20000, HURRIED_MS = 50 };

static struct redis_process redis;
static struct event_base *base;
static struct cache *cache;
static struct random_seeded seeded;

static struct text bytes_of(const char *data, size_t length)
{
    return (struct text){data, length};
}

static void open_cache_at(const char *where, uint32_t timeout_ms, uint32_t in_flight_max)
{
    struct redis_address address;
    const char *why;
    ck_assert_int_eq(redis_address_parse(text_of(where), &address, &why), ERR_OK);
    const struct cache_options options = {.address = &address,
                                          .timeout_ms = timeout_ms,
                                          .in_flight_max = in_flight_max,
                                          .clock = clock_system(),
                                          .random = random_of_seed(&seeded, 1)};
    base = event_base_new();
    ck_assert_int_eq(cache_new(base, &options, &cache), ERR_OK);
}

static void open_cache(uint32_t timeout_ms)
{
    char where[128];
    snprintf(where, sizeof where, "unix:%s", redis.socket);
    open_cache_at(where, timeout_ms, 0);
}

static void close_cache(void)
{
    cache_free(cache);
    event_base_free(base);
}

static bool is_up(void *context)
{
    (void)context;
    return cache_state(cache) == CACHE_UP;
}

static bool is_not_up(void *context)
{
    return !is_up(context);
}

static bool is_down(void *context)
{
    (void)context;
    return cache_state(cache) == CACHE_DOWN;
}

static void begin(uint32_t timeout_ms)
{
    static const char *const none[] = {NULL};
    redis_begin(&redis, none);
    open_cache(timeout_ms);
    loop_until(base, is_up, NULL, "up");
}

static void finish(void)
{
    close_cache();
    redis_end(&redis);
}

/* ---- asking and waiting ---- */

struct heard {
    unsigned times;
    bool absent;
    char bytes[4096];
    size_t length;
    uint64_t count;
};

static void on_value(void *context, struct text value)
{
    struct heard *heard = context;
    heard->times++;
    heard->absent = !value.data;
    heard->length = value.length;
    ck_assert_uint_le(value.length, sizeof heard->bytes);
    if (value.data)
        memcpy(heard->bytes, value.data, value.length);
}

static void on_count(void *context, uint64_t count)
{
    struct heard *heard = context;
    heard->times++;
    heard->count = count;
}

static bool was_heard(void *context)
{
    const struct heard *heard = context;
    return heard->times > 0;
}

static struct heard get(struct text key)
{
    struct heard heard = {0};
    ck_assert_uint_ne(cache_get(cache, key, on_value, &heard), 0);
    ck_assert_uint_eq(heard.times, 0); /* never inside the call */
    loop_until(base, was_heard, &heard, "an answer");
    ck_assert_uint_eq(heard.times, 1);
    return heard;
}

static uint64_t count(const char *key, uint32_t window_ms)
{
    struct heard heard = {0};
    ck_assert_uint_ne(cache_incr_window(cache, text_of(key), window_ms, on_count, &heard), 0);
    loop_until(base, was_heard, &heard, "a count");
    return heard.count;
}

START_TEST(bytes_are_stored_and_found)
{
    static const char key[] = "sm:\0\r\n$5 %b \xff", value[] = "\r\n\0%s\xfe*3\r\n$";
    static char large[CACHE_VALUE_BYTES_MAX];
    begin(PATIENT_MS);
    struct text name = bytes_of(key, sizeof key);
    ck_assert(get(name).absent);
    cache_set(cache, name, bytes_of(value, sizeof value), 60000);
    struct heard heard = get(name);
    ck_assert_uint_eq(heard.length, sizeof value);
    ck_assert_mem_eq(heard.bytes, value, sizeof value);
    cache_set(cache, text_of("sm:empty"), text_of(""), 1000000); /* more than there may be */
    heard = get(text_of("sm:empty"));
    ck_assert(!heard.absent);
    ck_assert_uint_eq(heard.length, 0);
    char answer[64];
    redis_tell(&redis, "PTTL sm:empty", answer, sizeof answer);
    ck_assert_int_gt(strtol(answer + 1, NULL, 10), 0);
    ck_assert_int_le(strtol(answer + 1, NULL, 10), CACHE_TTL_MS_MAX);
    cache_delete(cache, name);
    ck_assert(get(name).absent);

    cache_set(cache, text_of("sm:large"), bytes_of(large, sizeof large), 60000);
    redis_tell(&redis, "PING", answer, sizeof answer);
    ck_assert(get(text_of("sm:none")).absent); /* behind the large one */
    redis_tell(&redis, "STRLEN sm:large", answer, sizeof answer);
    ck_assert_int_eq(strtol(answer + 1, NULL, 10), CACHE_VALUE_BYTES_MAX);
    struct cache_counts counts = cache_counts(cache);
    ck_assert_uint_eq(counts.hits, 2);
    ck_assert_uint_eq(counts.misses, 3);
    ck_assert_uint_eq(counts.stored, 4);
    ck_assert_uint_eq(counts.in_flight, 0);
    ck_assert_uint_eq(counts.errors + counts.timeouts + counts.refused_replies, 0);
    finish();
}
END_TEST

START_TEST(what_is_too_long_is_not_sent)
{
    static char large[CACHE_VALUE_BYTES_MAX + 1];
    begin(PATIENT_MS);
    struct text key = bytes_of(large, CACHE_KEY_BYTES_MAX + 1);
    struct heard heard = {0};
    ck_assert_uint_eq(cache_get(cache, key, on_value, &heard), 0);
    ck_assert_uint_eq(cache_incr_window(cache, key, 1000, on_count, &heard), 0);
    cache_set(cache, key, text_of(""), 1000);
    cache_set(cache, text_of("sm:k"), bytes_of(large, sizeof large), 1000);
    cache_publish(cache, key, text_of(""));
    cache_delete(cache, key);
    ck_assert_uint_eq(cache_counts(cache).absent_large, 6);
    ck_assert(get(text_of("sm:k")).absent);
    ck_assert_uint_eq(heard.times, 0);
    finish();
}
END_TEST

static bool is_gone(void *context)
{
    (void)context;
    return get(text_of("sm:short")).absent;
}

START_TEST(a_value_ends)
{
    begin(PATIENT_MS);
    cache_set(cache, text_of("sm:short"), text_of("x"), 0); /* the shortest there is */
    loop_until(base, is_gone, NULL, "an end of the value");
    finish();
}
END_TEST

static bool count_began_anew(void *context)
{
    (void)context;
    return count("sm:brief", 20) == 1;
}

START_TEST(counts_go_up_and_start_again)
{
    char answer[64];
    begin(PATIENT_MS);
    for (uint64_t i = 1; i <= 5; i++)
        ck_assert_uint_eq(count("sm:limit", 60000), i);
    ck_assert_uint_eq(count("sm:other", 60000), 1);
    redis_tell(&redis, "PTTL sm:limit", answer, sizeof answer);
    ck_assert_int_gt(strtol(answer + 1, NULL, 10), 0);
    ck_assert_uint_eq(count("sm:brief", 20), 1);
    loop_until(base, count_began_anew, NULL, "a new window");
    cache_set(cache, text_of("sm:text"), text_of("no number"), 60000);
    ck_assert_uint_eq(count("sm:text", 1000), 0);
    ck_assert_uint_eq(cache_counts(cache).errors, 1);
    finish();
}
END_TEST

static void on_value_ask_again(void *context, struct text value)
{
    (void)value;
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, context), 0);
}

START_TEST(a_callback_may_ask)
{
    begin(PATIENT_MS);
    struct heard heard = {0};
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value_ask_again, &heard), 0);
    loop_until(base, was_heard, &heard, "the second answer");
    finish();
}
END_TEST

START_TEST(a_canceled_question_is_not_answered)
{
    begin(PATIENT_MS);
    struct heard heard = {0};
    uint64_t id = cache_get(cache, text_of("sm:k"), on_value, &heard);
    uint64_t counted = cache_incr_window(cache, text_of("sm:n"), 1000, on_count, &heard);
    cache_cancel(cache, id);
    cache_cancel(cache, counted);
    ck_assert(get(text_of("sm:other")).absent); /* answered behind them */
    ck_assert_uint_eq(heard.times, 0);

    uint64_t next = cache_get(cache, text_of("sm:k"), on_value, &heard);
    ck_assert_uint_ne(next, id);
    cache_cancel(cache, id); /* an old id, maybe of the same place */
    cache_cancel(cache, counted);
    cache_cancel(cache, 0);
    cache_cancel(cache, UINT64_MAX);
    loop_until(base, was_heard, &heard, "the answer that was not canceled");
    finish();
}
END_TEST

/* ---- messages ---- */

struct listener {
    unsigned joined, messages;
    char bytes[64];
    size_t length;
};

static void on_message(void *context, struct text channel, struct text message)
{
    struct listener *listener = context;
    ck_assert(text_is(channel, "sm:wake") || text_is(channel, "sm:later"));
    listener->joined += !message.data;
    listener->messages += message.data != NULL;
    listener->length = message.length;
    if (message.data)
        memcpy(listener->bytes, message.data, message.length);
}

static bool has_joined(void *context)
{
    const struct listener *listener = context;
    return listener->joined > 0;
}

static bool has_message(void *context)
{
    const struct listener *listener = context;
    return listener->messages > 0;
}

START_TEST(messages_arrive_and_are_joined_again)
{
    static const char *const none[] = {NULL};
    static const char message[] = "a\0b\r\n";
    struct listener listener = {0}, other = {0};
    begin(PATIENT_MS);
    ck_assert_int_eq(cache_messages_state(cache), CACHE_OFF);
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &listener), ERR_OK);
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &other), ERR_EXISTS);
    ck_assert_int_eq(cache_subscribe(cache, text_of(""), on_message, &other), ERR_RANGE);
    loop_until(base, has_joined, &listener, "joined");
    ck_assert_int_eq(cache_messages_state(cache), CACHE_UP);
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:later"), on_message, &other), ERR_OK);
    cache_publish(cache, text_of("sm:wake"), bytes_of(message, sizeof message));
    loop_until(base, has_message, &listener, "a message");
    ck_assert_uint_eq(listener.length, sizeof message);
    ck_assert_mem_eq(listener.bytes, message, sizeof message);
    ck_assert_uint_eq(other.messages, 0);

    redis_kill(&redis);
    loop_until(base, is_not_up, NULL, "down");
    listener = (struct listener){0};
    redis_again(&redis, none);
    loop_until(base, has_joined, &listener, "joined again");
    loop_until(base, is_up, NULL, "up again");
    cache_publish(cache, text_of("sm:wake"), text_of("again"));
    loop_until(base, has_message, &listener, "a message after all that");
    ck_assert_uint_ge(cache_counts(cache).disconnects, 2);
    finish();
}
END_TEST

/* ---- a server that suffers ---- */

START_TEST(a_server_that_stands_still_costs_one_timeout)
{
    begin(HURRIED_MS);
    struct heard heard = {0}, late = {0};
    ck_assert_int_eq(kill(redis.pid, SIGSTOP), 0);
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    loop_until(base, was_heard, &heard, "absent in time");
    ck_assert(heard.absent);
    ck_assert_uint_eq(cache_counts(cache).timeouts, 1);
    ck_assert_uint_eq(cache_get(cache, text_of("sm:k"), on_value, &late), 0);
    ck_assert_uint_eq(cache_counts(cache).absent_slow + cache_counts(cache).absent_down, 1);
    loop_until(base, is_not_up, NULL, "given up");
    ck_assert_uint_eq(heard.times, 1);
    ck_assert_uint_eq(cache_counts(cache).disconnects, 1);
    ck_assert_uint_eq(cache_counts(cache).in_flight, 0);
    ck_assert_int_eq(kill(redis.pid, SIGCONT), 0);
    loop_until(base, is_up, NULL, "up again");
    ck_assert_uint_eq(late.times, 0);
    finish();
}
END_TEST

START_TEST(a_short_pause_does_not_cost_the_connection)
{
    begin(2000);
    struct heard heard = {0};
    ck_assert_int_eq(kill(redis.pid, SIGSTOP), 0);
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    loop_until(base, was_heard, &heard, "absent in time");
    ck_assert_int_eq(kill(redis.pid, SIGCONT), 0);
    loop_for(base, 500);
    ck_assert_uint_eq(heard.times, 1); /* the late answer is nobody's */
    ck_assert(get(text_of("sm:k")).absent);
    ck_assert_uint_eq(cache_counts(cache).disconnects, 0);
    finish();
}
END_TEST

START_TEST(a_server_that_was_killed_comes_back)
{
    static const char *const none[] = {NULL};
    begin(PATIENT_MS);
    cache_set(cache, text_of("sm:k"), text_of("v"), 60000);
    ck_assert(!get(text_of("sm:k")).absent);
    struct heard heard = {0};
    kill(redis.pid, SIGSTOP);
    ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    redis_kill(&redis);
    loop_until(base, was_heard, &heard, "absent as the connection goes");
    ck_assert(heard.absent);
    ck_assert_uint_eq(cache_counts(cache).timeouts, 0);
    loop_until(base, is_down, NULL, "down");
    struct heard none_heard = {0};
    ck_assert_uint_eq(cache_get(cache, text_of("sm:k"), on_value, &none_heard), 0);
    ck_assert_uint_ge(cache_counts(cache).absent_down, 1);
    loop_for(base, 100);
    ck_assert_uint_ge(cache_counts(cache).connect_failures, 1);
    redis_again(&redis, none);
    loop_until(base, is_up, NULL, "up again");
    ck_assert(get(text_of("sm:k")).absent); /* it kept nothing */
    ck_assert_uint_eq(none_heard.times, 0);
    finish();
}
END_TEST

START_TEST(a_server_that_forgets_everything_is_only_empty)
{
    char answer[64];
    begin(PATIENT_MS);
    cache_set(cache, text_of("sm:k"), text_of("v"), 60000);
    ck_assert(!get(text_of("sm:k")).absent);
    ck_assert_uint_eq(count("sm:n", 60000), 1);
    redis_tell(&redis, "FLUSHALL", answer, sizeof answer);
    ck_assert(get(text_of("sm:k")).absent);
    ck_assert_uint_eq(count("sm:n", 60000), 1);
    redis_tell(&redis, "SCRIPT FLUSH", answer, sizeof answer);
    ck_assert_uint_eq(count("sm:n", 60000), 2);
    redis_tell(&redis, "CLIENT KILL TYPE normal", answer, sizeof answer);
    loop_until(base, is_not_up, NULL, "down");
    loop_until(base, is_up, NULL, "up again");
    ck_assert_uint_eq(count("sm:n", 60000), 3);
    finish();
}
END_TEST

START_TEST(a_full_server_refuses_and_is_still_asked)
{
    char answer[64];
    begin(PATIENT_MS);
    redis_tell(&redis, "CONFIG SET maxmemory 1", answer, sizeof answer);
    cache_set(cache, text_of("sm:k"), text_of("v"), 60000); /* -OOM */
    ck_assert(get(text_of("sm:k")).absent);
    ck_assert_uint_eq(count("sm:n", 1000), 0);
    ck_assert_uint_eq(cache_counts(cache).errors, 2);
    redis_tell(&redis, "CONFIG SET maxmemory 0", answer, sizeof answer);
    redis_tell(&redis, "REPLICAOF 127.0.0.1 1", answer, sizeof answer);
    cache_set(cache, text_of("sm:k"), text_of("v"), 60000); /* -READONLY */
    ck_assert(get(text_of("sm:k")).absent);
    ck_assert_uint_eq(cache_counts(cache).errors, 3);
    ck_assert(is_up(NULL));
    finish();
}
END_TEST

/* ---- bounds ---- */

static bool all_answered(void *context)
{
    (void)context;
    return cache_counts(cache).in_flight == 0;
}

START_TEST(a_flood_is_cut_at_the_cap)
{
    enum { CAP = 8, ASKED = 100 };
    static const char *const none[] = {NULL};
    static char large[CACHE_VALUE_BYTES_MAX];
    static struct heard heard[ASKED];
    char where[128];
    unsigned taken = 0;
    redis_begin(&redis, none);
    snprintf(where, sizeof where, "unix:%s", redis.socket);
    open_cache_at(where, PATIENT_MS, CAP);
    loop_until(base, is_up, NULL, "up");
    for (int round = 0; round < 3; round++) {
        taken = 0;
        memset(heard, 0, sizeof heard);
        for (int i = 0; i < ASKED; i++)
            taken += cache_get(cache, text_of("sm:k"), on_value, &heard[i]) != 0;
        ck_assert_uint_eq(taken, CAP);
        ck_assert_uint_eq(cache_counts(cache).in_flight, CAP);
        loop_until(base, all_answered, NULL, "all answered");
        for (int i = 0; i < ASKED; i++)
            ck_assert_uint_eq(heard[i].times, i < CAP);
    }
    ck_assert_uint_eq(cache_counts(cache).absent_full, UINT64_C(3) * (ASKED - CAP));
    close_cache();

    open_cache_at(where, PATIENT_MS, 0);
    loop_until(base, is_up, NULL, "up");
    for (int i = 0; i < ASKED; i++)
        cache_set(cache, text_of("sm:k"), bytes_of(large, sizeof large), 1000);
    ck_assert_uint_lt(cache_counts(cache).in_flight, 17); /* bytes are bounded as well */
    ck_assert_uint_gt(cache_counts(cache).in_flight, 8);
    loop_until(base, all_answered, NULL, "all stored");
    finish();
}
END_TEST

START_TEST(ending_with_questions_in_flight_tells_nobody)
{
    begin(PATIENT_MS);
    struct heard heard = {0};
    struct listener listener = {0};
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &listener), ERR_OK);
    loop_until(base, has_joined, &listener, "joined");
    listener.joined = 0;
    for (int i = 0; i < 10; i++)
        ck_assert_uint_ne(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    finish();
    ck_assert_uint_eq(heard.times + listener.joined + listener.messages, 0);
    open_cache_at("unix:/nowhere/socket", HURRIED_MS, 0); /* while it connects */
    close_cache();
    open_cache_at("redis://127.0.0.1:9", HURRIED_MS, 0);
    event_base_loop(base, EVLOOP_NONBLOCK);
    close_cache();
}
END_TEST

START_TEST(without_redis_everything_is_absent)
{
    struct heard heard = {0};
    open_cache_at("", HURRIED_MS, 0);
    ck_assert_uint_eq(cache_get(cache, text_of("sm:k"), on_value, &heard), 0);
    ck_assert_uint_eq(cache_incr_window(cache, text_of("sm:k"), 1000, on_count, &heard), 0);
    cache_set(cache, text_of("sm:k"), text_of("v"), 1000);
    cache_publish(cache, text_of("sm:wake"), text_of("v"));
    ck_assert_int_eq(cache_subscribe(cache, text_of("sm:wake"), on_message, &heard), ERR_OK);
    loop_for(base, 20);
    ck_assert_str_eq(cache_state_text(cache_state(cache)), "off");
    ck_assert_uint_eq(heard.times, 0);
    close_cache();
}
END_TEST

START_TEST(without_memory_it_does_not_start)
{
    struct redis_address address;
    const char *why;
    ck_assert_int_eq(redis_address_parse(text_of("redis://127.0.0.1:9"), &address, &why), ERR_OK);
    const struct cache_options options = {
        .address = &address, .clock = clock_system(), .random = random_of_seed(&seeded, 1)};
    base = event_base_new();
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = cache_new(base, &options, &cache);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed) {
            ck_assert_uint_gt(nth, 3);
            ck_assert_int_eq(e, ERR_OK);
            break;
        }
        ck_assert_int_eq(e, ERR_MEMORY);
    }
    close_cache();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bytes_are_stored_and_found,
                                  what_is_too_long_is_not_sent,
                                  a_value_ends,
                                  counts_go_up_and_start_again,
                                  a_callback_may_ask,
                                  a_canceled_question_is_not_answered,
                                  messages_arrive_and_are_joined_again,
                                  a_server_that_stands_still_costs_one_timeout,
                                  a_short_pause_does_not_cost_the_connection,
                                  a_server_that_was_killed_comes_back,
                                  a_server_that_forgets_everything_is_only_empty,
                                  a_full_server_refuses_and_is_still_asked,
                                  a_flood_is_cut_at_the_cap,
                                  ending_with_questions_in_flight_tells_nobody,
                                  without_redis_everything_is_absent,
                                  without_memory_it_does_not_start};
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    return redis_is_there() ? run_tests("cache", tests, sizeof tests / sizeof tests[0]) : 77;
}
