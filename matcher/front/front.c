#include "front/front.h"

#include "base/complaints.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/call.h"
#include "front/redirect.h"
#include "front/redis.h"
#include "front/route.h"
#include "front/security_headers.h"
#include "front/wake.h"
#include "front/watch.h"
#include "front/web_answer.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES_MAX = 64 << 20 };

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    struct front *front = context;
    struct call *call;
    (void)fd;
    (void)what;
    while ((call = TAILQ_FIRST(&front->ended))) {
        TAILQ_REMOVE(&front->ended, call, in_list);
        mem_free(call);
    }
}

void front_publish(struct front *front)
{
    struct front_numbers now = {
        .counters = front->counters,
        .auth = auth_counts(front->auth),
        .redis = cache_counts(front->cache),
        .redis_up = cache_state(front->cache) == CACHE_UP,
        .watches = front->watches.counts,
        .kept = front->kept_counts,
        .answers = answer_store_counts(front->answers),
        .refused_values = front->shelf.refused,
        .refused_logins = rate_limit_refused(front->logins),
        .refused_origins = front->refused_origins,
        .invalidations = front->freshness->told,
        .invalidated_views = front->freshness->views_told,
        .calls_running = front->call_count,
        .published_us = (uint64_t)clock_monotonic_us(&front->environment->clock),
    };
    if (front->api)
        now.server = *h1_server_counts(front->api);
    numbers_publish(&front->numbers, &now);
}

static void on_publish(evutil_socket_t fd, short what, void *context)
{
    static const struct timeval again = {.tv_usec = NUMBERS_PUBLISH_MS * 1000L};
    struct front *front = context;
    (void)fd;
    (void)what;
    front_publish(front);
    event_add(&front->publish, &again);
}

static enum err read_addresses(const struct front *front, const char *setting, struct address_list *out)
{
    const char *value = settings_string(front->environment->settings, setting);
    enum err e = address_list_parse(text_of(value ? value : ""), out);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", setting), LOG_WORD("why", err_text(e)));
    return e;
}

static enum err read_postcodes(struct front *front)
{
    struct problems problems;
    const char *path = settings_string(front->environment->settings, "pc4");
    if (!path) {
        LOG(LOG_ERROR, "setting_missing", LOG_WORD("setting", "pc4"));
        return ERR_USAGE;
    }
    enum err e = mem_alloc(1, sizeof *front->postcodes, &front->postcodes);
    if (e != ERR_OK)
        return e;
    problems_init(&problems, path);
    e = postcodes_read(path, front->postcodes, &problems);
    if (e != ERR_OK) {
        struct complaints complaints;
        complaints_open(&complaints);
        problems_print(&problems, LANGUAGE_EN, complaints.to);
        complaints_close(&complaints);
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", "pc4"), LOG_WORD("why", err_text(e)));
    }
    problems_free(&problems);
    return e;
}

static struct h1_server_options server_options(const struct front *front, const struct tls *tls)
{
    enum { CONNECTIONS_A_HANDSHAKE = 4 }; /* of those that may be open, this part may be at its beginning */
    const struct settings *settings = front->environment->settings;
    struct h1_server_options options = h1_server_defaults();
    options.connections_max = (size_t)settings_number(settings, "connections_max");
    options.connections_per_address = (size_t)settings_number(settings, "connections_per_address");
    options.connections_per_shared_address = (size_t)settings_number(settings, "connections_per_shared_address");
    options.trusted_proxies = &front->trusted_proxies;
    options.shared_addresses = &front->shared_addresses;
    options.head_timeout_ms = (uint32_t)settings_number(settings, "head_timeout_ms");
    options.body_timeout_ms = (uint32_t)settings_number(settings, "body_timeout_ms");
    options.idle_timeout_ms = (uint32_t)settings_number(settings, "idle_timeout_ms");
    options.handshake_timeout_ms = (uint32_t)settings_number(settings, "tls_handshake_timeout_ms");
    options.handshakes_max = options.connections_max / CONNECTIONS_A_HANDSHAKE + 1;
    options.tls = tls;
    options.headers = security_headers(tls != NULL).headers;
    options.header_count = security_headers(tls != NULL).count;
    options.clock = front->environment->clock;
    options.random = front->environment->random;
    return options;
}

static enum err open_server(struct front *front, int fd, const struct tls *tls, struct h1_handler handler,
                            struct h1_server **out)
{
    struct h1_server_options options = server_options(front, tls);
    if (fd < 0)
        return ERR_OK;
    enum err e = h1_server_new(front->environment->base, fd, &options, &handler, out);
    front->servers_open += e == ERR_OK;
    return e;
}

static void front_free(void *self)
{
    struct front *front = self;
    if (!front)
        return;
    front->stopping = true;
    calls_end(front);
    watches_end(front);
    health_free(front);
    h1_server_free(front->api);
    h1_server_free(front->metrics);
    h1_server_free(front->redirect);
    certificate_close(front);
    on_sweep(-1, 0, front);
    event_del(&front->sweep);
    event_del(&front->publish);
    numbers_close(&front->numbers);
    auth_free(front->auth);
    cache_free(front->cache);
    rate_limit_free(front->logins);
    shelf_wipe(&front->shelf);
    answer_store_free(front->answers);
    freshness_free(front->freshness);
    pages_free(front);
    web_close(front);
    buf_free(&front->answer);
    address_list_free(&front->trusted_proxies);
    address_list_free(&front->shared_addresses);
    mem_free(front->postcodes);
    mem_free(front);
}

static enum err open_logins(struct front *front)
{
    const struct role_environment *environment = front->environment;
    front->logins_per_address = (uint64_t)settings_number(environment->settings, "logins_per_address");
    front->logins_per_shared_address = (uint64_t)settings_number(environment->settings, "logins_per_shared_address");
    return rate_limit_new(&environment->clock, &front->shelf, &front->logins);
}

static enum err open_answers(struct front *front)
{
    const struct role_environment *environment = front->environment;
    size_t bytes = (size_t)settings_number(environment->settings, "answer_cache_mb") << 20;
    int64_t life_ms = settings_number(environment->settings, "answer_cache_ms");
    front->answer_life_ms = bytes ? (uint32_t)life_ms : 0;
    shelf_init(&front->shelf, front->cache, environment->cache_key, &environment->random);
    return answer_store_new(bytes, life_ms * 1000, &front->answers);
}

static enum err open_all(struct front *front)
{
    const struct role_environment *environment = front->environment;
    enum err e = numbers_open(environment->numbers_fd, (size_t)settings_number(environment->settings, "fronts"),
                              environment->index, &front->numbers);
    if (e == ERR_OK)
        e = freshness_new(&front->freshness);
    if (e == ERR_OK)
        e = auth_new(&environment->clock, &environment->random, &front->auth);
    if (e == ERR_OK)
        e = redis_open(environment, &front->cache);
    if (e == ERR_OK)
        e = open_answers(front);
    if (e == ERR_OK)
        e = open_logins(front);
    if (e == ERR_OK)
        e = wake_open(front);
    if (e == ERR_OK)
        e = auth_share_through(front->auth, &front->shelf, &front->channels[ROLE_VAULT]);
    if (e == ERR_OK)
        e = pages_init(front);
    if (e == ERR_OK)
        e = read_addresses(front, "trusted_proxies", &front->trusted_proxies);
    if (e == ERR_OK)
        e = read_addresses(front, "shared_addresses", &front->shared_addresses);
    if (e == ERR_OK)
        e = read_postcodes(front);
    if (e == ERR_OK)
        e = web_open(front);
    if (e == ERR_OK)
        e = certificate_open(front);
    if (e == ERR_OK)
        e = open_server(front, environment->metrics_fd, NULL, route_metrics(front), &front->metrics);
    if (e == ERR_OK)
        e = open_server(front, environment->redirect_fd, NULL, redirect_handler(front), &front->redirect);
    return e;
}

static enum err front_start(const struct role_environment *environment, void **self)
{
    struct front *front;
    enum err e = mem_alloc(1, sizeof *front, &front);
    if (e != ERR_OK)
        return e;
    front->environment = environment;
    front->call_timeout_ms = (uint32_t)settings_number(environment->settings, "call_timeout_ms");
    front->logs_addresses = strcmp(settings_string(environment->settings, "log_addresses"), "yes") == 0;
    TAILQ_INIT(&front->calls);
    TAILQ_INIT(&front->ended);
    buf_init(&front->answer, ANSWER_BYTES_MAX);
    evtimer_assign(&front->sweep, environment->base, on_sweep, front);
    evtimer_assign(&front->publish, environment->base, on_publish, front);
    health_init(front);
    watches_init(front);
    e = open_all(front);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "front_not_started", LOG_WORD("why", err_text(e)));
        front_free(front);
        return e;
    }
    *self = front;
    on_publish(-1, 0, front);
    environment->ready(environment->context);
    return ERR_OK;
}

static void on_channel_closed(void *context, struct channel *channel)
{
    struct front *front = context;
    enum role_name peer = channel_peer(channel);
    if (front->channels[peer] == channel)
        front->channels[peer] = NULL;
    front->health.known = false;
    if (peer == ROLE_ENGINE && !front->channels[peer])
        freshness_lost(front->freshness);
}

/* What a channel that was replaced still said is of no use. */
static void on_told(void *context, struct channel *channel, const Stagematch__Internal__V1__Changed *changed)
{
    struct front *front = context;
    if (front->channels[ROLE_ENGINE] != channel)
        return;
    bool all = freshness_take(front->freshness, changed);
    if (all)
        answer_store_clear(front->answers);
    watches_changed(front, all);
    wake_tell(front, changed);
}

/* Nobody calls the front: the table of allowed calls has none, so the channel is closed before this. */
static void on_call(void *context, struct incoming_call *incoming)
{
    (void)context;
    channel_refuse(incoming, status_refuse(&refusal_unimplemented));
}

static struct channel_handlers front_handlers(void *self, enum role_name peer)
{
    (void)peer;
    return (struct channel_handlers){.call = on_call, .closed = on_channel_closed, .told = on_told, .context = self};
}

/* Who comes before there is anybody to ask waits in the socket's queue, instead of hearing that nobody is there. */
static void open_api(struct front *front)
{
    if (front->api || front->stopping || !front->channels[ROLE_ENGINE] || !front->channels[ROLE_VAULT])
        return;
    enum err e =
        open_server(front, front->environment->listen_fd, front->certificate.tls, route_api(front), &front->api);
    if (e == ERR_OK)
        return;
    LOG(LOG_ERROR, "front_not_listening", LOG_WORD("why", err_text(e)));
    front->environment->stopped(front->environment->context); /* the parent starts another one */
}

static void front_connected(void *self, enum role_name peer, struct channel *channel)
{
    struct front *front = self;
    front->channels[peer] = channel;
    front->health.known = false;
    open_api(front);
}

static void front_certificate(void *self, const struct tls_pem *pem)
{
    certificate_replace(self, pem);
}

static void on_server_stopped(void *context)
{
    struct front *front = context;
    if (--front->servers_open == 0)
        front->environment->stopped(front->environment->context);
}

static void front_stop(void *self)
{
    struct front *front = self;
    front->stopping = true;
    if (front->servers_open == 0) {
        front->environment->stopped(front->environment->context);
        return;
    }
    if (front->api)
        h1_server_stop(front->api, on_server_stopped, front);
    if (front->metrics)
        h1_server_stop(front->metrics, on_server_stopped, front);
    if (front->redirect)
        h1_server_stop(front->redirect, on_server_stopped, front);
}

const struct role_operations front_role = {
    .name = ROLE_FRONT,
    .start = front_start,
    .handlers = front_handlers,
    .connected = front_connected,
    .certificate = front_certificate,
    .stop = front_stop,
    .free = front_free,
};
