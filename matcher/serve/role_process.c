#include "serve/role_process.h"

#include "base/log.h"
#include "base/mem.h"
#include "cache/redis_address.h"
#include "ipc/control.h"
#include "ipc/service_options.h"
#include "serve/sandbox.h"
#include "serve/serve_log.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Control Control;

enum { KEY_BYTES = 32, DRAIN_POLL_US = 5000, DRAIN_POLLS_MAX = 400 };

/* A place for each front, then one for each other role. */
enum { LINK_OF_ROLES = FRONTS_MAX, LINK_COUNT = LINK_OF_ROLES + ROLE_NAME_COUNT };

struct process;

/* The channel with one other role: what the role hears of it goes through here, so that a lost one is not used again. */
struct link {
    struct process *process;
    enum role_name peer;
    struct channel *channel; /* NULL: none now */
    struct channel_handlers handlers;
};

struct process {
    const struct role_operations *operations;
    struct role_environment environment;
    struct settings settings;
    struct event_base *base;
    struct event *control, *drain, *overdue;
    struct link links[LINK_COUNT];
    char name[ROLE_PROCESS_BYTES];
    void *role;
    char *folder;
    struct control_packet keys_packet; /* until the role has started */
    uint8_t *keys;                     /* assertion key, then master key; guarded memory */
    bool stopping, stopped, failed;
    int drain_polls;
};

/* ---- channels ---- */

static void on_call(void *context, struct incoming_call *incoming)
{
    const struct link *link = context;
    if (link->handlers.call)
        link->handlers.call(link->handlers.context, incoming);
    else
        channel_refuse(incoming, status_refuse(&refusal_unimplemented));
}

static void on_canceled(void *context, struct incoming_call *incoming)
{
    const struct link *link = context;
    if (link->handlers.canceled)
        link->handlers.canceled(link->handlers.context, incoming);
}

static void lose_channel(struct link *link)
{
    struct channel *channel = link->channel;
    link->channel = NULL;
    if (channel && link->handlers.closed)
        link->handlers.closed(link->handlers.context, channel);
}

static void on_closed(void *context, struct channel *channel)
{
    struct link *link = context;
    if (link->channel == channel)
        lose_channel(link);
}

static void on_told(void *context, struct channel *channel, const Stagematch__Internal__V1__Changed *changed)
{
    const struct link *link = context;
    if (link->handlers.told)
        link->handlers.told(link->handlers.context, channel, changed);
}

/* NULL: there is no such peer. */
static struct link *link_of(struct process *process, enum role_name peer, uint32_t index)
{
    if (peer == ROLE_FRONT)
        return index < FRONTS_MAX ? &process->links[index] : NULL;
    return peer < ROLE_NAME_COUNT && index == 0 ? &process->links[LINK_OF_ROLES + (int)peer] : NULL;
}

/* Takes `fd`. */
static void join(struct link *link, int fd)
{
    struct process *process = link->process;
    enum role_name peer = link->peer;
    struct channel_handlers handlers = {on_call, on_canceled, on_closed, on_told, link};
    struct channel *old = link->channel, *channel;
    lose_channel(link);
    if (old)
        channel_close(old);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        close(fd);
        return;
    }
    link->handlers = process->operations->handlers(process->role, peer);
    enum err e = channel_new(process->base, fd, process->operations->name, peer, &handlers, &channel);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "channel_failed", LOG_WORD("peer", role_text(peer)), LOG_WORD("error", err_text(e)));
        return;
    }
    link->channel = channel;
    process->operations->connected(process->role, peer, channel);
}

/* ---- the end ---- */

static void begin_stop(struct process *process)
{
    const struct timeval bound = {.tv_sec = ROLE_STOP_SECONDS_MAX};
    if (process->stopping)
        return;
    process->stopping = true;
    event_add(process->overdue, &bound);
    LOG(LOG_INFO, "role_stopping", LOG_WORD("role", role_text(process->operations->name)));
    process->operations->stop(process->role);
}

/* A sandboxed role cannot start another; the parent can, with a new process of this role. */
static void on_spawner_gone(void *context)
{
    begin_stop(context);
}

static void on_stopped(void *context)
{
    struct process *process = context;
    const struct timeval soon = {0};
    process->stopped = true;
    event_add(process->drain, &soon);
}

static void on_overdue(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct process *process = context;
    LOG(LOG_ERROR, "role_stop_overdue", LOG_WORD("role", role_text(process->operations->name)));
    process->failed = true;
    event_base_loopbreak(process->base);
}

/* The last answers are still on their way out; a peer that does not read them is not waited for long. */
static void on_drain(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct process *process = context;
    const struct timeval soon = {.tv_usec = DRAIN_POLL_US};
    size_t backlog_bytes = 0;
    for (int i = 0; i < LINK_COUNT; i++)
        if (process->links[i].channel)
            backlog_bytes += channel_backlog_bytes(process->links[i].channel);
    if (backlog_bytes == 0 || ++process->drain_polls > DRAIN_POLLS_MAX)
        event_base_loopbreak(process->base);
    else
        event_add(process->drain, &soon);
}

/* ---- what the parent says ---- */

static struct tls_pem pem_of(const Control *message)
{
    return (struct tls_pem){{(const char *)message->tls_certificate.data, message->tls_certificate.len},
                            {(const char *)message->tls_key.data, message->tls_key.len}};
}

static void on_ready(void *context)
{
    struct process *process = context;
    enum err e = control_send_kind(CONTROL_FD, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_READY);
    if (e == ERR_OK)
        LOG(LOG_INFO, "role_ready", LOG_WORD("role", role_text(process->operations->name)));
}

static void take_packet(struct process *process, struct control_packet *packet)
{
    struct link *link = link_of(process, role_of_text(packet->message->peer_role), packet->message->peer_index);
    if (packet->message->kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_STOP)
        begin_stop(process);
    if (packet->message->kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_CERTIFICATE &&
        process->operations->certificate && !process->stopping) {
        const struct tls_pem pem = pem_of(packet->message);
        process->operations->certificate(process->role, &pem);
    }
    if (packet->message->kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_CHANNEL && packet->fds[0] >= 0 &&
        link && !process->stopped) {
        join(link, packet->fds[0]);
        packet->fds[0] = -1;
    }
}

static void on_control(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct process *process = context;
    struct control_packet packet;
    enum err e = control_receive(fd, &packet);
    if (e != ERR_OK) {
        LOG(LOG_WARN, "parent_gone", LOG_WORD("role", role_text(process->operations->name)));
        event_del(process->control);
        begin_stop(process);
        return;
    }
    if (packet.message)
        take_packet(process, &packet);
    control_packet_free(&packet);
}

/* Waits for the packet of this kind, which must be the next. */
static enum err expect(Stagematch__Internal__V1__Control__Kind kind, struct control_packet *out)
{
    enum err e = control_receive(CONTROL_FD, out);
    if (e == ERR_OK && (!out->message || out->message->kind != kind)) {
        control_packet_free(out);
        e = ERR_INPUT;
    }
    if (e != ERR_OK)
        LOG(LOG_ERROR, "parent_silent", LOG_NUMBER("expected", kind), LOG_WORD("error", err_text(e)));
    return e;
}

/* ---- the beginning ---- */

static enum err take_settings(struct process *process)
{
    struct control_packet packet;
    enum err e = expect(STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_SETUP, &packet);
    if (e != ERR_OK)
        return e;
    e = settings_new(service_options, service_option_count, &process->settings);
    for (size_t i = 0; i < packet.message->n_settings && e == ERR_OK; i++)
        e = settings_set(&process->settings, packet.message->settings[i]->name, packet.message->settings[i]->value);
    if (e == ERR_OK && packet.message->folder[0]) {
        size_t size = strlen(packet.message->folder) + 1;
        e = mem_alloc(size, 1, &process->folder);
        if (e == ERR_OK)
            memcpy(process->folder, packet.message->folder, size);
    }
    process->environment.listen_fd = packet.fds[0];
    process->environment.metrics_fd = packet.fds[1];
    process->environment.numbers_fd = packet.fds[2];
    process->environment.redirect_fd = packet.fds[3];
    packet.fds[0] = packet.fds[1] = packet.fds[2] = packet.fds[3] = -1;
    control_packet_free(&packet);
    return e;
}

static enum err copy_key(uint8_t *to, const ProtobufCBinaryData *from, const uint8_t **out)
{
    if (from->len == 0)
        return ERR_OK;
    if (from->len != KEY_BYTES)
        return ERR_INPUT;
    memcpy(to, from->data, KEY_BYTES);
    *out = to;
    return ERR_OK;
}

static enum err take_keys(struct process *process)
{
    struct control_packet packet;
    enum err e = expect(STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_KEYS, &packet);
    if (e != ERR_OK)
        return e;
    process->keys = sodium_malloc((size_t)3 * KEY_BYTES);
    if (!process->keys)
        e = ERR_MEMORY;
    if (e == ERR_OK)
        e = copy_key(process->keys, &packet.message->assertion_key, &process->environment.assertion_key);
    if (e == ERR_OK)
        e = copy_key(process->keys + KEY_BYTES, &packet.message->master_key, &process->environment.master_key);
    if (e == ERR_OK)
        e = copy_key(process->keys + (size_t)2 * KEY_BYTES, &packet.message->cache_key,
                     &process->environment.cache_key);
    process->environment.tls = pem_of(packet.message);
    process->keys_packet = packet;
    return e;
}

/* The role took what it needs of them; they are wiped. */
static void forget_packet(struct process *process)
{
    process->environment.tls = (struct tls_pem){{"", 0}, {"", 0}};
    if (process->keys_packet.message)
        control_packet_free(&process->keys_packet);
}

/* As many descriptors as the system lets it have: a front holds thousands of connections. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* What the way to Redis takes. A Sentinel may answer with a name; TLS goes through a socket that hiredis makes first. */
static unsigned reach_of(const struct settings *settings)
{
    static const unsigned reaches[] = {[REDIS_OFF] = SANDBOX_REACH_NONE,
                                       [REDIS_UNIX] = SANDBOX_REACH_UNIX,
                                       [REDIS_TCP] = SANDBOX_REACH_TCP,
                                       [REDIS_TLS] = SANDBOX_REACH_TCP | SANDBOX_REACH_UNIX,
                                       [REDIS_SENTINEL] = SANDBOX_REACH_TCP | SANDBOX_REACH_NAMES};
    const char *value = settings_string(settings, "redis"), *why;
    struct redis_address address;
    if (!value || redis_address_parse(text_of(value), &address, &why) != ERR_OK)
        return SANDBOX_REACH_NONE;
    bool is_name = address.host_count && redis_host_is_name(&address.hosts[0]);
    return reaches[address.kind] | (is_name ? SANDBOX_REACH_NAMES : SANDBOX_REACH_NONE);
}

static enum err confine(struct process *process)
{
    enum role_name role = process->operations->name;
    char user[32];
    snprintf(user, sizeof user, "user_%s", role_text(role));
    raise_descriptor_limit();
    enum err e = sandbox_become(settings_string(&process->settings, user));
    if (e == ERR_OK && role == ROLE_VAULT)
        e = spawner_start(settings_string(&process->settings, "notify_command"), &process->environment.spawner);
    return e == ERR_OK ? sandbox_close(role, reach_of(&process->settings)) : e;
}

static enum err open_loop(struct process *process)
{
    process->base = event_base_new();
    if (!process->base)
        return ERR_MEMORY;
    process->control = event_new(process->base, CONTROL_FD, EV_READ | EV_PERSIST, on_control, process);
    process->drain = event_new(process->base, -1, 0, on_drain, process);
    process->overdue = event_new(process->base, -1, 0, on_overdue, process);
    if (!process->control || !process->drain || !process->overdue || event_add(process->control, NULL) != 0)
        return ERR_MEMORY;
    process->environment.base = process->base;
    if (process->environment.spawner)
        return spawner_attach(process->environment.spawner, process->base, on_spawner_gone, process);
    return ERR_OK;
}

static enum err begin(struct process *process)
{
    struct role_environment *environment = &process->environment;
    enum err e = take_settings(process);
    if (e != ERR_OK) { /* before this there is no log */
        fputs("stagematch role: no settings came; `stagematch serve` starts this command\n", stderr);
        return e;
    }
    serve_log_open(&process->settings, process->name);
    environment->settings = &process->settings;
    environment->folder = process->folder;
    e = random_system(&environment->random); /* opens what it needs while it may */
    if (e == ERR_OK)
        e = confine(process);
    if (e == ERR_OK)
        e = take_keys(process);
    if (e == ERR_OK && fcntl(CONTROL_FD, F_SETFL, O_NONBLOCK) != 0)
        e = err_from_errno(errno);
    if (e == ERR_OK)
        e = open_loop(process);
    if (e == ERR_OK)
        e = process->operations->start(environment, &process->role);
    forget_packet(process);
    return e;
}

static void close_channels(struct process *process)
{
    for (int i = 0; i < LINK_COUNT; i++) {
        if (process->links[i].channel)
            channel_close(process->links[i].channel);
        process->links[i].channel = NULL;
    }
}

static void end(struct process *process)
{
    if (process->control)
        event_free(process->control);
    if (process->drain)
        event_free(process->drain);
    if (process->overdue)
        event_free(process->overdue);
    close_channels(process);
    if (process->base)
        event_base_loop(process->base, EVLOOP_NONBLOCK); /* channels free themselves in a turn of the loop */
    if (process->role)
        process->operations->free(process->role);
    spawner_free(process->environment.spawner);
    if (process->base)
        event_base_free(process->base);
    sodium_free(process->keys);
    settings_free(&process->settings);
    mem_free(process->folder);
}

static void ignore_signals(void)
{
    /* The parent hears them and says what to do: in order, and once. */
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        signal(numbers[i], SIG_IGN);
}

int role_process_run(const struct role_operations *operations, unsigned index)
{
    struct process process = {.operations = operations};
    role_process_name(operations->name, index, process.name);
    process.environment = (struct role_environment){.clock = clock_system(),
                                                    .listen_fd = -1,
                                                    .metrics_fd = -1,
                                                    .redirect_fd = -1,
                                                    .numbers_fd = -1,
                                                    .index = index,
                                                    .ready = on_ready,
                                                    .stopped = on_stopped,
                                                    .context = &process};
    for (int i = 0; i < LINK_COUNT; i++) {
        enum role_name peer = i < LINK_OF_ROLES ? ROLE_FRONT : (enum role_name)(i - LINK_OF_ROLES);
        process.links[i] = (struct link){.process = &process, .peer = peer};
    }
    ignore_signals();
    enum err e = begin(&process);
    if (e == ERR_OK)
        event_base_dispatch(process.base);
    else
        LOG(LOG_ERROR, "role_failed", LOG_WORD("role", role_text(operations->name)), LOG_WORD("error", err_text(e)));
    bool failed = e != ERR_OK || process.failed;
    end(&process);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
