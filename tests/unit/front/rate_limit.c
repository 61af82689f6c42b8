/* Calls without a session: so many a minute of one address, counted by all fronts together where they can. */
#include "front/rate_limit.h"

#include "base/mem.h"
#include "support/redis.h"
#include "support/support.h"

#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 5, FRONTS = 2 };

static const uint8_t key[SHELF_KEY_BYTES] = "0123456789abcdef0123456789abcde";

static struct redis_process redis;
static struct event_base *base;
static struct clock_manual manual;
static struct clock test_clock;
static struct random_seeded seeded;
static struct cache *caches[FRONTS];
static struct shelf shelves[FRONTS];
static struct rate_limit *limits[FRONTS];

static struct address address_of(const char *text)
{
    struct address address;
    ck_assert_int_eq(address_parse(text_of(text), &address), ERR_OK);
    return address_key(&address);
}

static bool admits(size_t front, const char *text)
{
    const struct address address = address_of(text);
    return rate_limit_admit(limits[front], &address, MOST);
}

static void open_fronts(const char *where)
{
    struct redis_address address;
    const char *why;
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(redis_address_parse(text_of(where), &address, &why), ERR_OK);
    const struct random_source source = random_of_seed(&seeded, 1);
    const struct cache_options options = {
        .address = &address, .timeout_ms = 10000, .clock = clock_system(), .random = source};
    base = event_base_new();
    manual = (struct clock_manual){.monotonic_us = (int64_t)RATE_WINDOW_MS * 1000 * 7};
    test_clock = clock_of_manual(&manual);
    for (size_t i = 0; i < FRONTS; i++) {
        ck_assert_int_eq(cache_new(base, &options, &caches[i]), ERR_OK);
        shelf_init(&shelves[i], caches[i], key, &source);
        ck_assert_int_eq(rate_limit_new(&test_clock, &shelves[i], &limits[i]), ERR_OK);
    }
}

static void close_fronts(void)
{
    for (size_t i = 0; i < FRONTS; i++) {
        cache_free(caches[i]);
        rate_limit_free(limits[i]);
    }
    event_base_free(base);
}

static bool all_up(void *context)
{
    (void)context;
    return shelf_is_open(&shelves[0]) && shelf_is_open(&shelves[1]);
}

static bool none_in_flight(void *context)
{
    (void)context;
    return cache_counts(caches[0]).in_flight == 0 && cache_counts(caches[1]).in_flight == 0;
}

static void settle(void)
{
    loop_until(base, none_in_flight, NULL, "all answers");
}

static void begin(void)
{
    static const char *const none[] = {NULL};
    char where[128];
    redis_begin(&redis, none);
    snprintf(where, sizeof where, "unix:%s", redis.socket);
    open_fronts(where);
    loop_until(base, all_up, NULL, "up");
}

static void finish(void)
{
    close_fronts();
    redis_end(&redis);
}

START_TEST(an_address_has_so_many_a_minute)
{
    open_fronts("");
    for (int i = 0; i < MOST; i++)
        ck_assert(admits(0, "192.0.2.1"));
    ck_assert(!admits(0, "192.0.2.1"));
    ck_assert(!admits(0, "192.0.2.1"));
    ck_assert(admits(0, "192.0.2.2"));
    ck_assert_uint_eq(rate_limit_refused(limits[0]), 2);
    manual.monotonic_us += (int64_t)RATE_WINDOW_MS * 1000;
    ck_assert(admits(0, "192.0.2.1"));
    close_fronts();
}
END_TEST

START_TEST(a_network_of_ipv6_is_one_address)
{
    open_fronts("");
    for (int i = 0; i < MOST; i++)
        ck_assert(admits(0, i % 2 ? "2001:db8::1" : "2001:db8::2"));
    ck_assert(!admits(0, "2001:db8::3"));
    ck_assert(admits(0, "2001:db8:0:1::3"));
    close_fronts();
}
END_TEST

START_TEST(without_redis_each_front_counts_alone)
{
    open_fronts("");
    for (int i = 0; i < MOST; i++)
        ck_assert(admits(0, "192.0.2.1"));
    ck_assert(!admits(0, "192.0.2.1"));
    ck_assert(admits(1, "192.0.2.1"));
    close_fronts();
}
END_TEST

START_TEST(many_addresses_do_not_hide_who_sends_much)
{
    open_fronts("");
    for (int i = 0; i < MOST; i++)
        ck_assert(admits(0, "192.0.2.1"));
    for (unsigned i = 0; i < 20 * RATE_ADDRESSES; i++) {
        char text[32];
        snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        ck_assert(admits(0, text));
    }
    ck_assert(!admits(0, "192.0.2.1"));
    close_fronts();
}
END_TEST

START_TEST(without_memory_there_is_none)
{
    struct rate_limit *none;
    test_clock = clock_of_manual(&manual);
    mem_fail_at(1);
    ck_assert_int_eq(rate_limit_new(&test_clock, &shelves[0], &none), ERR_MEMORY);
    mem_fail_at(0);
}
END_TEST

START_TEST(the_fronts_count_together)
{
    begin();
    for (int i = 0; i < MOST; i++) {
        ck_assert(admits((size_t)i % FRONTS, "192.0.2.1"));
        settle();
    }
    ck_assert(!admits(0, "192.0.2.1")); /* it had the fifth, and so knows of all */
    ck_assert(admits(1, "192.0.2.1"));  /* whose last word from Redis was "four" */
    settle();
    ck_assert(!admits(1, "192.0.2.1"));
    ck_assert(admits(1, "192.0.2.2"));
    finish();
}
END_TEST

START_TEST(an_address_is_not_named_in_redis)
{
    char names[4096];
    begin();
    ck_assert(admits(0, "192.0.2.1"));
    settle();
    redis_tell(&redis, "KEYS *", names, sizeof names);
    ck_assert_ptr_nonnull(strstr(names, CACHE_PREFIX "rate:7:"));
    ck_assert_ptr_null(strstr(names, "192"));
    finish();
}
END_TEST

START_TEST(what_redis_says_late_or_wrong_does_no_harm)
{
    char answer[256];
    begin();
    kill(redis.pid, SIGSTOP);
    for (int i = 0; i < MOST; i++)
        ck_assert(admits(0, "192.0.2.1"));
    ck_assert(!admits(0, "192.0.2.1"));
    manual.monotonic_us += (int64_t)RATE_WINDOW_MS * 1000;
    ck_assert(admits(0, "192.0.2.1")); /* in another place: the old one waits for its answers */
    kill(redis.pid, SIGCONT);
    settle();
    ck_assert(admits(0, "192.0.2.1"));
    redis_tell(&redis, "FLUSHALL", answer, sizeof answer);
    for (int i = 2; i < MOST; i++)
        ck_assert(admits(0, "192.0.2.1"));
    settle();
    ck_assert(!admits(0, "192.0.2.1")); /* its own count is not lost with Redis' */
    kill(redis.pid, SIGSTOP);
    ck_assert(admits(0, "192.0.2.9"));
    kill(redis.pid, SIGCONT);
    finish(); /* with an answer on its way */
}
END_TEST

int main(void)
{
    const TTest *const alone[] = {an_address_has_so_many_a_minute, a_network_of_ipv6_is_one_address,
                                  without_redis_each_front_counts_alone, many_addresses_do_not_hide_who_sends_much,
                                  without_memory_there_is_none};
    const TTest *const with_redis[] = {the_fronts_count_together, an_address_is_not_named_in_redis,
                                       what_redis_says_late_or_wrong_does_no_harm};
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    int failed = run_tests("front/rate_limit", alone, sizeof alone / sizeof alone[0]);
    if (redis_is_there())
        failed |= run_tests("front/rate_limit with redis", with_redis, sizeof with_redis / sizeof with_redis[0]);
    return failed;
}
