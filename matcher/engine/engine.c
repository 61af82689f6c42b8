#include "engine/engine.h"

#include "base/complaints.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/config.h"
#include "engine/dispatch.h"
#include "engine/ledger_reads.h"
#include "engine/load.h"
#include "engine/metrics.h"
#include "engine/turn.h"
#include "engine/upkeep.h"
#include "stagematch/internal/v1/saga.pb-c.h"

#include <event2/event.h>

enum { PROBE_MS_MIN = 100, PROBE_MS_MAX = 30000, METRICS_BYTES_MAX = 256 << 10 };

struct engine {
    const struct role_environment *environment;
    struct engine_config config;
    struct store *store;
    struct domain *domain; /* NULL: it could not be loaded again yet */
    struct versions *versions;
    struct turns *turns;
    struct upkeep *upkeep;
    struct event *probe, *ready;
    int64_t probe_wait_ms;
    bool stopping;
    uint64_t recoveries;
};

static enum err load(struct engine *engine, bool read_only)
{
    int64_t newest_ms = 0;
    enum err e = load_domain(engine->store, &engine->config.options, &engine->domain, &newest_ms);
    if (e != ERR_OK)
        return e;
    turns_resume(engine->turns, engine->domain, read_only, store_ledger_head(engine->store).seq + 1, newest_ms);
    upkeep_look(engine->upkeep, engine->domain);
    return ERR_OK;
}

static void turned(void *context)
{
    struct engine *engine = context;
    if (engine->domain)
        upkeep_look(engine->upkeep, engine->domain);
}

static void probe_later(struct engine *engine)
{
    const struct timeval wait = {.tv_sec = engine->probe_wait_ms / 1000,
                                 .tv_usec = (suseconds_t)(engine->probe_wait_ms % 1000) * 1000};
    event_add(engine->probe, &wait);
    engine->probe_wait_ms = engine->probe_wait_ms * 2 > PROBE_MS_MAX ? PROBE_MS_MAX : engine->probe_wait_ms * 2;
}

/*
 * A turn failed and nothing is under way: the store is the truth. Where it was the store that failed, reads are served from what it
 * has while it cannot be written; otherwise the engine goes on at once.
 */
static void failed(void *context, enum err cause, bool of_store)
{
    struct engine *engine = context;
    LOG(LOG_ERROR, "engine_loads_again", LOG_WORD("error", err_text(cause)), LOG_NUMBER("read_only", of_store));
    upkeep_stop(engine->upkeep);
    domain_free(engine->domain);
    engine->domain = NULL;
    versions_restart(engine->versions);
    enum err e = load(engine, of_store);
    if (e == ERR_OK && !of_store)
        return;
    if (e != ERR_OK)
        turns_refuse_waiting(engine->turns);
    engine->probe_wait_ms = PROBE_MS_MIN;
    probe_later(engine);
}

/* The store can be written, or not yet. */
static void probed(void *context, enum err result)
{
    struct engine *engine = context;
    if (engine->stopping)
        return;
    if (result == ERR_OK)
        result = load_label_key(engine->store, &engine->environment->random, &engine->config.options);
    if (result == ERR_OK && !engine->domain)
        result = load(engine, true);
    if (result != ERR_OK) {
        LOG(LOG_WARN, "engine_still_read_only", LOG_WORD("error", err_text(result)));
        probe_later(engine);
        return;
    }
    LOG(LOG_WARN, "engine_recovered", LOG_NUMBER("seq", store_ledger_head(engine->store).seq));
    engine->recoveries++;
    turns_resume(engine->turns, engine->domain, false, store_ledger_head(engine->store).seq + 1, 0);
    upkeep_look(engine->upkeep, engine->domain);
}

static void on_probe(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct engine *engine = context;
    if (!engine->stopping && store_recover(engine->store, probed, engine) != ERR_OK)
        probe_later(engine);
}

static void closed(void *context)
{
    struct engine *engine = context;
    engine->environment->stopped(engine->environment->context);
}

static const char *why_not_ready(const struct engine *engine)
{
    if (engine->stopping)
        return "stopping";
    if (!engine->domain)
        return "not_loaded";
    return turns_writable(engine->turns) ? "" : "read_only";
}

static void answer_metrics(struct engine *engine, struct incoming_call *incoming)
{
    struct buf text;
    Stagematch__Internal__V1__GetMetricsResponse response = STAGEMATCH__INTERNAL__V1__GET_METRICS_RESPONSE__INIT;
    const struct metrics_sources sources = {
        .turns = turns_read_numbers(engine->turns),
        .store = store_read_numbers(engine->store),
        .solver = upkeep_solver_numbers(engine->upkeep),
        .ledger_seq = store_ledger_head(engine->store).seq,
        .recoveries = engine->recoveries,
        .versions = versions_read_numbers(engine->versions),
        .state = engine->domain ? domain_state(engine->domain) : NULL,
    };
    buf_init(&text, METRICS_BYTES_MAX);
    metrics_write(&sources, &text);
    buf_put_char(&text, '\0');
    if (buf_error(&text) != ERR_OK) {
        channel_refuse(incoming, status_refuse(&refusal_memory));
    } else {
        const char *reason = why_not_ready(engine);
        response.text = text.data;
        response.ready = reason[0] == '\0';
        response.reason = (char *)(uintptr_t)reason;
        channel_answer_message(incoming, &response.base);
    }
    buf_free(&text);
}

static void on_call(void *context, struct incoming_call *incoming)
{
    struct engine *engine = context;
    struct engine_call *call;
    if (incoming->method->id == METHOD_GET_METRICS) {
        answer_metrics(engine, incoming);
        return;
    }
    struct status status = dispatch_check(incoming, engine->environment->assertion_key,
                                          clock_wall_ms(&engine->environment->clock), &call);
    if (status.refusal)
        channel_refuse(incoming, status);
    else if (ledger_reads(incoming->method))
        ledger_reads_answer(call, engine->store, engine->domain ? domain_state(engine->domain) : NULL);
    else
        turns_take(engine->turns, call);
}

/* Calls of a channel that closed are answered into nowhere. */
static void on_closed(void *context, struct channel *channel)
{
    struct engine *engine = context;
    versions_leave(engine->versions, channel);
    LOG(LOG_INFO, "engine_channel_closed", LOG_WORD("peer", role_text(channel_peer(channel))));
}

static struct channel_handlers engine_handlers(void *self, enum role_name peer)
{
    (void)peer;
    return (struct channel_handlers){.call = on_call, .closed = on_closed, .context = self};
}

static void engine_connected(void *self, enum role_name peer, struct channel *channel)
{
    struct engine *engine = self;
    LOG(LOG_INFO, "engine_channel_open", LOG_WORD("peer", role_text(peer)));
    if (peer == ROLE_FRONT && versions_join(engine->versions, channel) != ERR_OK)
        LOG(LOG_WARN, "engine_front_not_told", LOG_NUMBER("most", VERSIONS_FRONTS_MAX));
}

static void on_ready(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct engine *engine = context;
    engine->environment->ready(engine->environment->context);
}

static void engine_free(void *self)
{
    struct engine *engine = self;
    if (!engine)
        return;
    if (engine->store)
        store_close(engine->store);
    upkeep_free(engine->upkeep);
    turns_free(engine->turns);
    versions_free(engine->versions);
    if (engine->domain)
        domain_free(engine->domain);
    if (engine->probe)
        event_free(engine->probe);
    if (engine->ready)
        event_free(engine->ready);
    engine_config_free(&engine->config);
    mem_free(engine);
}

/* Not below the clock's milliseconds: a database that was restored from a backup gives no number a second time. */
static enum err make_versions(struct engine *engine)
{
    uint64_t version = 0;
    int64_t now_ms = clock_wall_ms(&engine->environment->clock);
    enum err e = load_version(engine->store, &version);
    if (now_ms > 0 && (uint64_t)now_ms > version)
        version = (uint64_t)now_ms;
    return e == ERR_OK ? versions_new(&engine->environment->random, version, &engine->versions) : e;
}

static enum err make_parts(struct engine *engine)
{
    const struct role_environment *environment = engine->environment;
    const struct turns_options options = {
        .base = environment->base,
        .store = engine->store,
        .versions = engine->versions,
        .clock = environment->clock,
        .random = environment->random,
        .commands_max = (size_t)settings_number(environment->settings, "commit_commands_max"),
        .wait_ms = (unsigned)settings_number(environment->settings, "commit_wait_ms"),
        .turned = turned,
        .failed = failed,
        .closed = closed,
        .context = engine,
    };
    enum err e = turns_new(&options, &engine->turns);
    if (e == ERR_OK)
        e = upkeep_new(environment->base, engine->turns, &engine->upkeep);
    if (e != ERR_OK)
        return e;
    engine->probe = evtimer_new(environment->base, on_probe, engine);
    engine->ready = event_new(environment->base, -1, 0, on_ready, engine);
    return engine->probe && engine->ready ? ERR_OK : ERR_MEMORY;
}

static enum err engine_start(const struct role_environment *environment, void **self)
{
    struct engine *engine;
    struct complaints complaints;
    enum err e = mem_alloc(1, sizeof *engine, &engine);
    if (e != ERR_OK)
        return e;
    engine->environment = environment;
    complaints_open(&complaints);
    e = engine_config_read(environment->settings, complaints.to, &engine->config);
    complaints_close(&complaints);
    if (e == ERR_OK)
        e = load_open_store(environment->folder, environment->base, &engine->store);
    if (e == ERR_OK)
        e = make_versions(engine);
    if (e == ERR_OK)
        e = make_parts(engine);
    if (e == ERR_OK)
        e = load_label_key(engine->store, &environment->random, &engine->config.options);
    if (e == ERR_OK)
        e = load(engine, false);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "engine_start_failed", LOG_WORD("error", err_text(e)));
        engine_free(engine);
        return e;
    }
    event_active(engine->ready, 0, 0);
    *self = engine;
    return ERR_OK;
}

static void engine_stop(void *self)
{
    struct engine *engine = self;
    engine->stopping = true;
    upkeep_stop(engine->upkeep);
    turns_close(engine->turns);
}

const struct role_operations engine_role = {
    .name = ROLE_ENGINE,
    .start = engine_start,
    .handlers = engine_handlers,
    .connected = engine_connected,
    .stop = engine_stop,
    .free = engine_free,
};
