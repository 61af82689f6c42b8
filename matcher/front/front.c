#include "front/front.h"

#include "base/log.h"
#include "base/mem.h"
#include "front/call.h"
#include "front/route.h"

#include <stdlib.h>

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
        problems_print(&problems, LANGUAGE_EN, stderr);
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", "pc4"), LOG_WORD("why", err_text(e)));
    }
    problems_free(&problems);
    return e;
}

static struct h1_server_options server_options(const struct front *front)
{
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
    options.clock = front->environment->clock;
    return options;
}

static enum err open_server(struct front *front, int fd, struct h1_handler handler, struct h1_server **out)
{
    struct h1_server_options options = server_options(front);
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
    health_free(front);
    h1_server_free(front->api);
    h1_server_free(front->metrics);
    on_sweep(-1, 0, front);
    event_del(&front->sweep);
    auth_free(front->auth);
    pages_free(front);
    buf_free(&front->answer);
    address_list_free(&front->trusted_proxies);
    address_list_free(&front->shared_addresses);
    mem_free(front->postcodes);
    mem_free(front);
}

static enum err open_all(struct front *front)
{
    const struct role_environment *environment = front->environment;
    enum err e = auth_new(&environment->clock, &environment->random, &front->auth);
    if (e == ERR_OK)
        e = pages_init(front);
    if (e == ERR_OK)
        e = read_addresses(front, "trusted_proxies", &front->trusted_proxies);
    if (e == ERR_OK)
        e = read_addresses(front, "shared_addresses", &front->shared_addresses);
    if (e == ERR_OK)
        e = read_postcodes(front);
    if (e == ERR_OK)
        e = open_server(front, environment->listen_fd, route_api(front), &front->api);
    if (e == ERR_OK)
        e = open_server(front, environment->metrics_fd, route_metrics(front), &front->metrics);
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
    TAILQ_INIT(&front->calls);
    TAILQ_INIT(&front->ended);
    buf_init(&front->answer, ANSWER_BYTES_MAX);
    evtimer_assign(&front->sweep, environment->base, on_sweep, front);
    health_init(front);
    e = open_all(front);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "front_not_started", LOG_WORD("why", err_text(e)));
        front_free(front);
        return e;
    }
    *self = front;
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
    return (struct channel_handlers){.call = on_call, .closed = on_channel_closed, .context = self};
}

static void front_connected(void *self, enum role_name peer, struct channel *channel)
{
    struct front *front = self;
    front->channels[peer] = channel;
    front->health.known = false;
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
}

const struct role_operations front_role = {
    .name = ROLE_FRONT,
    .start = front_start,
    .handlers = front_handlers,
    .connected = front_connected,
    .stop = front_stop,
    .free = front_free,
};
