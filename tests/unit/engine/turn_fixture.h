/*
 * turn_fixture.h - turns over the fake domain and a real store, with a real channel between them and the test.
 */
#ifndef ENGINE_TURN_FIXTURE_H
#define ENGINE_TURN_FIXTURE_H

#include "engine/turn.h"
#include "engine/upkeep.h"
#include "fake_domain.h"
#include "stagematch/internal/v1/frame.pb-c.h"

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

typedef Stagematch__Internal__V1__Call Call;
typedef Stagematch__Internal__V1__Reply Reply;

enum { ANSWERS_MAX = 4096 };

struct fixture {
    struct event_base *base;
    char folder[64], path[96];
    struct store *store;
    struct domain domain;
    struct versions *versions;
    struct turns *turns;
    struct upkeep *upkeep; /* NULL: turns alone */
    struct channel *front, *engine;
    struct clock_manual *manual; /* NULL: the machine's clock */
    size_t expected, answered;
    enum status_code codes[ANSWERS_MAX];
    char bodies[ANSWERS_MAX][24];
    bool check_durable; /* whatever number an answer tells is stored when it comes */
    size_t failures, closed;
    Stagematch__Internal__V1__Changed told; /* the last; its list is not kept */
    size_t told_count, told_views, stamp_count;
    uint64_t stamp_version; /* of the last answer with stamps */
    void (*on_told)(struct fixture *fixture);
    enum err cause;
    bool resumes; /* after a failure, by itself, read-only */
};

/* A row of the fake domain is stored. */
static inline bool is_stored(struct fixture *fixture, const char *key)
{
    struct buf out;
    buf_init(&out, 100);
    enum err e = store_get(fixture->store, record_kind_name(RECORD_TASK), text_of(key), &out);
    buf_free(&out);
    return e == ERR_OK;
}

/* The domain as the store has it. */
static inline void reload(struct fixture *fixture, bool read_only)
{
    uint64_t count = 0;
    ck_assert_int_eq(store_count(fixture->store, record_kind_name(RECORD_TASK), &count), ERR_OK);
    uint64_t seq = store_ledger_head(fixture->store).seq;
    ck_assert_uint_eq(seq, count);
    fixture->domain = (struct domain){.number = count, .changes_begin = count, .ledger_seq = seq};
    turns_resume(fixture->turns, &fixture->domain, read_only, seq + 1, 0);
    if (fixture->upkeep)
        upkeep_look(fixture->upkeep, &fixture->domain);
}

static inline void fixture_turned(void *context)
{
    struct fixture *fixture = context;
    if (fixture->upkeep)
        upkeep_look(fixture->upkeep, &fixture->domain);
}

static inline void fixture_failed(void *context, enum err cause, bool of_store)
{
    struct fixture *fixture = context;
    fixture->failures++;
    fixture->cause = cause;
    if (fixture->upkeep)
        upkeep_stop(fixture->upkeep);
    if (fixture->resumes)
        reload(fixture, of_store);
}

static inline void fixture_closed(void *context)
{
    ((struct fixture *)context)->closed++;
}

/* Public methods need no assertion; the fake domain does not look at actors. */
static inline void fixture_call(void *context, struct incoming_call *incoming)
{
    static const uint8_t key[ASSERTION_KEY_BYTES];
    struct fixture *fixture = context;
    struct engine_call *call;
    static struct method open[METHOD_COUNT];
    open[incoming->method->id] = *incoming->method;
    open[incoming->method->id].flags |= METHOD_PUBLIC;
    incoming->method = &open[incoming->method->id];
    struct status status = dispatch_check(incoming, key, 0, &call);
    ck_assert_ptr_null(status.refusal);
    turns_take(fixture->turns, call);
}

static inline void fixture_channel_closed(void *context, struct channel *channel)
{
    (void)context;
    (void)channel;
}

static inline void fixture_told(void *context, struct channel *channel,
                                const Stagematch__Internal__V1__Changed *changed)
{
    struct fixture *fixture = context;
    (void)channel;
    fixture->told = *changed;
    fixture->told.scopes = NULL;
    fixture->told_count++;
    fixture->told_views = changed->n_scopes;
    if (fixture->on_told)
        fixture->on_told(fixture);
}

static inline void join(struct fixture *fixture)
{
    int fds[2];
    const struct channel_handlers front = {
        .closed = fixture_channel_closed, .told = fixture_told, .context = fixture};
    const struct channel_handlers engine = {
        .call = fixture_call, .closed = fixture_channel_closed, .context = fixture};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    ck_assert_int_eq(channel_new(fixture->base, fds[0], ROLE_FRONT, ROLE_ENGINE, &front, &fixture->front), ERR_OK);
    ck_assert_int_eq(channel_new(fixture->base, fds[1], ROLE_ENGINE, ROLE_FRONT, &engine, &fixture->engine), ERR_OK);
}

static inline void fixture_open(struct fixture *fixture, size_t commands_max, struct clock_manual *manual)
{
    static const char *tables[RECORD_KIND_COUNT + 2];
    struct buf complaint;
    memset(fixture, 0, sizeof *fixture);
    memset(&fake, 0, sizeof fake);
    fixture->base = event_base_new();
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/stagematch_engine_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/engine.sqlite", fixture->folder);
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        tables[kind] = record_kind_name((enum record_kind)kind);
    tables[RECORD_KIND_COUNT] = "meta";
    buf_init(&complaint, 1000);
    const struct store_options options = {.path = fixture->path, .tables = tables};
    ck_assert_int_eq(store_open(&options, fixture->base, &fixture->store, &complaint), ERR_OK);
    struct random_source random;
    ck_assert_int_eq(random_system(&random), ERR_OK);
    ck_assert_int_eq(versions_new(&random, 0, &fixture->versions), ERR_OK);
    struct turns_options turns = {.base = fixture->base,
                                  .store = fixture->store,
                                  .versions = fixture->versions,
                                  .clock = manual ? clock_of_manual(manual) : clock_system(),
                                  .commands_max = commands_max,
                                  .wait_ms = 5,
                                  .turned = fixture_turned,
                                  .failed = fixture_failed,
                                  .closed = fixture_closed,
                                  .context = fixture};
    ck_assert_int_eq(random_system(&turns.random), ERR_OK);
    ck_assert_int_eq(turns_new(&turns, &fixture->turns), ERR_OK);
    join(fixture);
}

static inline void fixture_close(struct fixture *fixture)
{
    char command[160];
    if (fixture->store)
        store_close(fixture->store);
    upkeep_free(fixture->upkeep);
    turns_free(fixture->turns);
    versions_free(fixture->versions);
    channel_close(fixture->front);
    channel_close(fixture->engine);
    for (int i = 0; i < 10; i++)
        event_base_loop(fixture->base, EVLOOP_NONBLOCK);
    event_base_free(fixture->base);
    snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
    ck_assert_int_eq(system(command), 0);
}

static inline void on_answer(void *context, struct status status, const Reply *reply)
{
    struct fixture *fixture = context;
    ck_assert_uint_lt(fixture->answered, ANSWERS_MAX);
    char *body = fixture->bodies[fixture->answered];
    fixture->codes[fixture->answered++] = status.refusal ? status.refusal->code : STATUS_OK;
    if (status.refusal)
        return;
    ck_assert_uint_lt(reply->body.len, 24);
    memcpy(body, reply->body.data, reply->body.len);
    fixture->stamp_count = reply->n_invalidations;
    fixture->stamp_version = reply->n_invalidations ? reply->invalidations[0]->version : 0;
    if (fixture->check_durable && strcmp(body, "0") != 0)
        ck_assert_msg(is_stored(fixture, body), "%s was answered and is not stored", body);
}

static inline void send_call(struct fixture *fixture, enum method_id method)
{
    Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    call.method = (char *)(uintptr_t)method_of(method)->path;
    call.timeout_ms = 60000;
    ck_assert_int_eq(channel_call(fixture->front, method_of(method), &call, on_answer, fixture, NULL), ERR_OK);
    fixture->expected++;
}

static inline void change(struct fixture *fixture)
{
    send_call(fixture, METHOD_APPROVE_PROPOSAL);
}

static inline void look(struct fixture *fixture)
{
    send_call(fixture, METHOD_LIST_PROPOSALS);
}

static inline void wait_for_answers(struct fixture *fixture)
{
    while (fixture->answered < fixture->expected)
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
}

static inline void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static inline void keep_result(void *context, enum err result)
{
    *(enum err *)context = result;
}

static inline enum err recover(struct fixture *fixture)
{
    enum err result = ERR_INTERNAL;
    ck_assert_int_eq(store_recover(fixture->store, keep_result, &result), ERR_OK);
    while (store_pending(fixture->store))
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    return result;
}

#endif
