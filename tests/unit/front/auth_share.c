/* Callers that one front knows, for the others: through a real Redis, as long as their sessions last. */
#include "fixture.h"

#include "front/auth.h"
#include "support/redis.h"

#define PROPOSAL "stagematch.v1.ProposalService/GetProposal"

static struct redis_process redis;
static char address[128];
static const uint8_t key[SHELF_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static const uint8_t key_of_another_start[SHELF_KEY_BYTES] = "another start's key, 32 bytes...";

static bool is_connected(void)
{
    struct reply reply = exchange_raw(at.metrics_port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    bool is_up = strstr(reply.body, "\nstagematch_redis_up 1\n") != NULL;
    reply_free(&reply);
    return is_up;
}

static void open_front(void)
{
    Stagematch__V1__GetProposalResponse response = STAGEMATCH__V1__GET_PROPOSAL_RESPONSE__INIT;
    Stagematch__Internal__V1__GetMetricsResponse health = STAGEMATCH__INTERNAL__V1__GET_METRICS_RESPONSE__INIT;
    fixture_open_keyed("redis", address, key);
    play_message(METHOD_GET_PROPOSAL, &response);
    play_message(METHOD_GET_METRICS, &health);
    for (int i = 0; i < 2000 && !is_connected(); i++)
        turns(5);
    ck_assert(is_connected());
    turns(50); /* it has joined the channel of messages by then, which makes it forget */
    forget_asked();
}

/* ---- what another front of the same machine knows ---- */

static struct {
    struct cache *cache;
    struct shelf shelf;
    struct auth *auth;
    struct auth_waiter waiter;
    bool is_answered, is_known;
} other;

static void open_other(const uint8_t *cache_key)
{
    struct redis_address at_redis;
    const char *why;
    ck_assert_int_eq(redis_address_parse(text_of(address), &at_redis, &why), ERR_OK);
    const struct cache_options options = {
        .address = &at_redis, .timeout_ms = 10000, .clock = at.environment.clock, .random = at.environment.random};
    ck_assert_int_eq(cache_new(at.base, &options, &other.cache), ERR_OK);
    shelf_init(&other.shelf, other.cache, cache_key, &at.environment.random);
    ck_assert_int_eq(auth_new(&at.environment.clock, &at.environment.random, &other.auth), ERR_OK);
    ck_assert_int_eq(auth_share_through(other.auth, &other.shelf, &at.near[ROLE_VAULT]), ERR_OK);
    for (int i = 0;
         i < 5000 && (cache_state(other.cache) != CACHE_UP || cache_messages_state(other.cache) != CACHE_UP); i++)
        turn();
    turns(50);
}

static void close_other(void)
{
    auth_free(other.auth);
    cache_free(other.cache);
}

static void on_known(void *context, struct actor *actor, struct status status,
                     const Stagematch__Internal__V1__Reply *reply)
{
    (void)context;
    (void)status;
    (void)reply;
    other.is_answered = true;
    other.is_known = actor != NULL;
    if (actor)
        ck_assert_mem_eq(actor->said->assertion.data, "assertion", 9); /* the vault's own */
    auth_release(other.auth, actor);
}

/* Whether the other front knows the caller, from Redis or from the vault. */
static bool other_knows(const char *token)
{
    other.is_answered = other.is_known = false;
    other.waiter = (struct auth_waiter){.known = on_known};
    ck_assert_int_eq(auth_ask(other.auth, at.near[ROLE_VAULT], text_of(token), "192.0.2.1", 10000, &other.waiter),
                     ERR_OK);
    for (int i = 0; i < 20000 && !other.is_answered; i++)
        turn();
    ck_assert(other.is_answered);
    return other.is_known;
}

static void begin(void)
{
    static const char *const none[] = {NULL};
    redis_begin(&redis, none);
    snprintf(address, sizeof address, "unix:%s", redis.socket);
    open_front();
}

static void finish(void)
{
    if (other.auth)
        close_other();
    fixture_close();
    redis_end(&redis);
}

static void assert_status(int status)
{
    struct reply reply = post_with(METHOD_GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    assert_reply(&reply, status, "");
}

START_TEST(the_vault_is_asked_once_for_all_fronts)
{
    begin();
    open_other(key);
    assert_status(200);
    turns(20);
    ck_assert(other_knows(TOKEN));
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 1);
    ck_assert_uint_eq(auth_counts(other.auth).shared, 1);
    ck_assert(other_knows("another token")); /* which is another caller */
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    ck_assert_str_eq(asked_of(METHOD_AUTHENTICATE, 1)->token, "another token");
    ck_assert_str_eq(asked_of(METHOD_AUTHENTICATE, 1)->peer, "192.0.2.1");
    finish();
}
END_TEST

START_TEST(another_start_knows_nobody)
{
    begin();
    open_other(key_of_another_start);
    assert_status(200);
    turns(20);
    ck_assert(other_knows(TOKEN));
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    finish();
}
END_TEST

START_TEST(it_is_over_when_the_assertion_is)
{
    begin();
    open_other(key);
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 30000);
    assert_status(200);
    turns(20);
    at.clock_shift_ms += 26000; /* Redis goes by its own clock, and has it still; it is about to expire */
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    ck_assert(!other_knows(TOKEN));
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    finish();
}
END_TEST

START_TEST(a_refusal_is_not_shared)
{
    begin();
    open_other(key);
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    assert_status(401);
    turns(20);
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
    ck_assert(other_knows(TOKEN));
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    finish();
}
END_TEST

/* The value stands in Redis for a while yet, and counts for nobody who heard of the end. */
START_TEST(a_session_that_ended_at_one_front_is_over_at_all)
{
    Stagematch__V1__LogoutResponse done = STAGEMATCH__V1__LOGOUT_RESPONSE__INIT;
    begin();
    open_other(key);
    assert_status(200);
    turns(20);
    ck_assert(other_knows(TOKEN));
    play_message(METHOD_LOGOUT, &done);
    struct reply reply = post_with(METHOD_LOGOUT, "application/json", BEARER, "{}", 2);
    assert_reply(&reply, 200, "");
    turns(50);
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    ck_assert_ptr_null(auth_find(other.auth, text_of(TOKEN)));
    ck_assert(!other_knows(TOKEN));
    assert_status(401);
    finish();
}
END_TEST

START_TEST(another_fronts_word_ends_it_here_and_a_strangers_does_not)
{
    char answer[256];
    begin();
    open_other(key);
    assert_status(200);
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    redis_tell(&redis, "PUBLISH " CACHE_PREFIX "forget x", answer, sizeof answer);
    turns(50);
    assert_status(200); /* known for up to a minute */
    auth_forget_all(other.auth);
    int status = 200;
    for (int i = 0; i < 500 && status == 200; i++) {
        struct reply reply = post_with(METHOD_GET_PROPOSAL, "application/json", BEARER, "{}", 2);
        status = reply.status;
        reply_free(&reply);
        forget_asked();
    }
    assert_status(401);
    finish();
}
END_TEST

START_TEST(garbage_is_nobody)
{
    char answer[4096], name[256], line[512];
    begin();
    open_other(key);
    assert_status(200);
    turns(20);
    redis_tell(&redis, "KEYS " CACHE_PREFIX "actor:*", answer, sizeof answer);
    const char *found = strstr(answer, CACHE_PREFIX "actor:");
    ck_assert_ptr_nonnull(found);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(found, "\r\n"), found);
    ck_assert_ptr_null(strstr(name, TOKEN));
    snprintf(line, sizeof line, "SET %s garbage", name);
    redis_tell(&redis, line, answer, sizeof answer);
    ck_assert(other_knows(TOKEN));
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    ck_assert_uint_eq(other.shelf.refused, 1);
    finish();
}
END_TEST

START_TEST(a_redis_that_hangs_is_not_waited_for)
{
    begin();
    kill(redis.pid, SIGSTOP);
    assert_status(200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 1);
    kill(redis.pid, SIGCONT);
    finish();
}
END_TEST

/* Whoever asked has left, or the front ends, while Redis is being asked. */
START_TEST(an_answer_for_nobody_is_let_go)
{
    begin();
    kill(redis.pid, SIGSTOP);
    struct client client = client_open();
    client_post(&client, PROPOSAL, "application/json", BEARER, "{}", 2);
    turns(5);
    client_close(&client);
    turns(5);
    client = client_open();
    client_post(&client, PROPOSAL, "application/json", "Authorization: Bearer other\r\n", "{}", 2);
    turns(5);
    fixture_close();
    client_close(&client);
    kill(redis.pid, SIGCONT);
    redis_end(&redis);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_vault_is_asked_once_for_all_fronts,
                                  another_start_knows_nobody,
                                  it_is_over_when_the_assertion_is,
                                  a_refusal_is_not_shared,
                                  a_session_that_ended_at_one_front_is_over_at_all,
                                  another_fronts_word_ends_it_here_and_a_strangers_does_not,
                                  garbage_is_nobody,
                                  a_redis_that_hangs_is_not_waited_for,
                                  an_answer_for_nobody_is_let_go};
    return redis_is_there() ? run_tests("front/auth_share", tests, sizeof tests / sizeof tests[0]) : 77;
}
