#include "wire/h1_internal.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_A_TURN = 64,
    ACCEPT_RETRY_US = 100 * 1000,
    TICKS_A_DEADLINE = 8, /* how finely the shortest deadline is held */
    TICK_MS_MIN = 5,
    TICK_MS_MAX = 250,
};

struct h1_server_options h1_server_defaults(void)
{
    return (struct h1_server_options){
        .connections_max = 4096,
        .connections_per_address = 256,
        .connections_per_shared_address = 2048,
        .head_timeout_ms = 10000,
        .body_timeout_ms = 60000,
        .idle_timeout_ms = 60000,
        .write_timeout_ms = 30000,
        .handshake_timeout_ms = 10000,
        .handshakes_max = 1024,
        .body_memory_bytes = (size_t)256 << 20,
        .stream_pending_bytes = (size_t)64 << 10,
        .clock = clock_system(),
    };
}

const char *h1_server_cause_name(enum h1_server_cause cause)
{
    static const char *const names[H1_CAUSE_COUNT] = {
        [H1_CAUSE_CONNECTIONS] = "connections",       [H1_CAUSE_ADDRESS] = "address",
        [H1_CAUSE_BODY_MEMORY] = "body_memory",       [H1_CAUSE_HEAD_LATE] = "head_late",
        [H1_CAUSE_BODY_LATE] = "body_late",           [H1_CAUSE_WRITE_LATE] = "write_late",
        [H1_CAUSE_CUT_SHORT] = "cut_short",           [H1_CAUSE_ACCEPT_PAUSED] = "accept_paused",
        [H1_CAUSE_HANDSHAKE_LATE] = "handshake_late", [H1_CAUSE_HANDSHAKES] = "handshakes",
    };
    return names[cause];
}

void server_refresh_now(struct h1_server *server)
{
    server->now_us = clock_monotonic_us(&server->options.clock);
}

static struct timeval timeval_of_us(int64_t us)
{
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

/* --- deadlines --- */

static void leave_deadline(struct connection *connection)
{
    struct deadline_list *list = &connection->server->deadlines[connection->deadline];
    if (connection->deadline == DEADLINE_NONE)
        return;
    if (connection->earlier)
        connection->earlier->later = connection->later;
    else
        list->first = connection->later;
    if (connection->later)
        connection->later->earlier = connection->earlier;
    else
        list->last = connection->earlier;
    connection->earlier = connection->later = NULL;
    connection->deadline = DEADLINE_NONE;
}

void server_set_deadline(struct connection *connection, enum deadline deadline)
{
    struct h1_server *server = connection->server;
    leave_deadline(connection);
    if (deadline == DEADLINE_NONE)
        return;
    struct deadline_list *list = &server->deadlines[deadline];
    connection->deadline = deadline;
    connection->deadline_us = server->now_us + list->length_us;
    connection->earlier = list->last;
    if (list->last)
        list->last->later = connection;
    else
        list->first = connection;
    list->last = connection;
}

/* One timer for the whole server, and none while there is nobody to wait for. */
static void keep_ticking(struct h1_server *server)
{
    bool wants = server->counts.connections > 0 && !server->is_freed;
    if (wants == server->is_ticking)
        return;
    struct timeval tick = timeval_of_us(server->tick_us);
    server->is_ticking = wants;
    if (wants)
        (void)event_add(server->tick_event, &tick);
    else
        (void)event_del(server->tick_event);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct h1_server *server = context;
    (void)fd;
    (void)what;
    server_refresh_now(server);
    server->depth++;
    for (size_t i = DEADLINE_NONE + 1; i < DEADLINE_COUNT; i++)
        while (server->deadlines[i].first && server->deadlines[i].first->deadline_us <= server->now_us)
            connection_expire(server->deadlines[i].first);
    server->depth--;
}

static void set_deadlines(struct h1_server *server)
{
    const struct h1_server_options *options = &server->options;
    const uint32_t lengths_ms[DEADLINE_COUNT] = {
        [DEADLINE_HANDSHAKE] = options->handshake_timeout_ms,
        [DEADLINE_HEAD] = options->head_timeout_ms,
        [DEADLINE_BODY] = options->body_timeout_ms,
        [DEADLINE_IDLE] = options->idle_timeout_ms,
        [DEADLINE_WRITE] = options->write_timeout_ms,
        [DEADLINE_LAST] = LAST_MS,
        [DEADLINE_LINGER] = LINGER_MS,
        [DEADLINE_PROBE] = PROBE_MS,
    };
    uint32_t tick_ms = TICK_MS_MAX;
    for (size_t i = DEADLINE_NONE + 1; i < DEADLINE_COUNT; i++) {
        server->deadlines[i].length_us = (int64_t)lengths_ms[i] * 1000;
        if (lengths_ms[i] / TICKS_A_DEADLINE < tick_ms)
            tick_ms = lengths_ms[i] / TICKS_A_DEADLINE;
    }
    server->tick_us = (tick_ms > TICK_MS_MIN ? tick_ms : TICK_MS_MIN) * (int64_t)1000;
}

/* --- the next turn: what is closed is freed there, never inside a callback of its own --- */

static void destroy(struct h1_server *server)
{
    struct event *events[] = {server->accept_event, server->retry_event, server->tick_event, server->turn_event};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (events[i])
            event_free(events[i]);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    address_counter_free(&server->counter);
    mem_free(server);
}

static void take_turns(struct h1_server *server)
{
    struct connection *next, *turn = server->turn;
    server->turn = NULL;
    for (; turn; turn = next) {
        next = turn->next_in_turn;
        turn->in_turn = false;
        if (turn->state == CONNECTION_CLOSED)
            connection_free(turn);
        else
            connection_drive(turn);
    }
    keep_ticking(server);
}

/* What is to be done when the last connection is gone. The server may be freed by it. */
static void end_if_empty(struct h1_server *server)
{
    void (*done)(void *context) = server->done;
    if (server->connections || server->depth > 0)
        return;
    if (server->is_stopping && done && !server->is_freed) {
        server->done = NULL;
        server->depth++;
        done(server->done_context);
        server->depth--;
    }
    if (server->is_freed)
        destroy(server);
}

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    struct h1_server *server = context;
    (void)fd;
    (void)what;
    server_refresh_now(server);
    server->depth++;
    take_turns(server);
    server->depth--;
    end_if_empty(server);
}

void server_at_next_turn(struct connection *connection)
{
    if (connection->in_turn)
        return;
    connection->in_turn = true;
    connection->next_in_turn = connection->server->turn;
    connection->server->turn = connection;
    event_active(connection->server->turn_event, 0, 0);
}

/* --- accepting --- */

static void pause_accepting(struct h1_server *server)
{
    struct timeval pause = timeval_of_us(ACCEPT_RETRY_US);
    if (server->counts.causes[H1_CAUSE_ACCEPT_PAUSED]++ == 0)
        LOG(LOG_WARN, "accept_paused", LOG_NUMBER("errno", errno));
    (void)event_del(server->accept_event);
    (void)event_add(server->retry_event, &pause);
}

static void on_retry(evutil_socket_t fd, short what, void *context)
{
    struct h1_server *server = context;
    (void)fd;
    (void)what;
    (void)event_add(server->accept_event, NULL);
}

/* A cap that stands in the way, or H1_CAUSE_COUNT; otherwise the connection is counted. */
static enum h1_server_cause admit(struct connection *connection)
{
    struct h1_server *server = connection->server;
    const struct address_list *proxies = server->options.trusted_proxies;
    if (server->counts.connections - server->turned_away > server->options.connections_max)
        return H1_CAUSE_CONNECTIONS;
    connection->is_proxied = proxies && address_list_has(proxies, &connection->peer);
    if (!connection->is_proxied && !client_count(connection, &connection->peer))
        return H1_CAUSE_ADDRESS;
    return H1_CAUSE_COUNT;
}

static void take_in(struct h1_server *server, int fd, const struct sockaddr *from)
{
    struct address peer;
    struct connection *connection;
    server->counts.accepted++;
    if (address_of_sockaddr(from, &peer) != ERR_OK ||
        server->counts.connections >= server->options.connections_max + TURNED_AWAY_MAX ||
        connection_new(server, fd, &peer, &connection) != ERR_OK) {
        server->counts.causes[H1_CAUSE_CONNECTIONS]++;
        close(fd);
        return;
    }
    enum h1_server_cause cause = admit(connection);
    if (cause == H1_CAUSE_COUNT) {
        if (server->counts.handshakes > server->options.handshakes_max)
            connection_give_way(server->deadlines[DEADLINE_HANDSHAKE].first);
        return;
    }
    if (server->turned_away < TURNED_AWAY_MAX && !connection->is_tls) {
        connection_turn_away(connection, cause);
        return;
    }
    server->counts.causes[cause]++;
    connection_close(connection);
}

static bool is_passing(int number)
{
    return number == EINTR || number == ECONNABORTED || number == EPROTO || number == EPERM;
}

static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
    struct h1_server *server = context;
    (void)what;
    server_refresh_now(server);
    server->depth++;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        int accepted = accept4(fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) {
            take_in(server, accepted, (const struct sockaddr *)&from);
        } else if (!is_passing(errno)) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                pause_accepting(server);
            break;
        }
    }
    keep_ticking(server);
    server->depth--;
}

/* --- from start to end --- */

static enum err make_events(struct h1_server *server)
{
    struct event_base *base = server->base;
    server->accept_event = event_new(base, server->listen_fd, EV_READ | EV_PERSIST, on_acceptable, server);
    server->retry_event = event_new(base, -1, 0, on_retry, server);
    server->tick_event = event_new(base, -1, EV_PERSIST, on_tick, server);
    server->turn_event = event_new(base, -1, 0, on_turn, server);
    bool made = server->accept_event && server->retry_event && server->tick_event && server->turn_event;
    return made && event_add(server->accept_event, NULL) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err h1_server_new(struct event_base *base, int listen_fd, const struct h1_server_options *options,
                       const struct h1_handler *handler, struct h1_server **out)
{
    struct h1_server *server;
    const int on = 1;
    if (evutil_make_socket_nonblocking(listen_fd) != 0)
        return ERR_IO;
    /* What is accepted inherits it (Linux). On a socket that is no TCP it fails, and is not needed. */
    (void)setsockopt(listen_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    enum err e = mem_alloc(1, sizeof *server, &server);
    if (e != ERR_OK)
        return e;
    *server = (struct h1_server){.base = base, .options = *options, .handler = *handler, .listen_fd = listen_fd};
    server_refresh_now(server);
    set_deadlines(server);
    e = address_counter_new(options->connections_max + TURNED_AWAY_MAX, &server->counter);
    if (e == ERR_OK)
        e = make_events(server);
    if (e != ERR_OK) {
        server->listen_fd = -1; /* stays the caller's */
        destroy(server);
        return e;
    }
    *out = server;
    return ERR_OK;
}

static void stop_accepting(struct h1_server *server)
{
    (void)event_del(server->accept_event);
    (void)event_del(server->retry_event);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    server->listen_fd = -1;
}

void h1_server_set_tls(struct h1_server *server, const struct tls *tls)
{
    if (server->options.tls && tls)
        server->options.tls = tls;
}

void h1_server_stop(struct h1_server *server, void (*done)(void *context), void *context)
{
    stop_accepting(server);
    server_refresh_now(server);
    server->is_stopping = true;
    server->done = done;
    server->done_context = context;
    for (struct connection *connection = server->connections; connection; connection = connection->next)
        if (connection->state == CONNECTION_HANDSHAKE ||
            (connection->state == CONNECTION_IDLE && connection->is_fresh))
            server_set_deadline(connection, DEADLINE_LAST);
        else if (connection->state == CONNECTION_IDLE || connection->state == CONNECTION_STREAMING)
            server_at_next_turn(connection);
    event_active(server->turn_event, 0, 0);
}

void h1_server_free(struct h1_server *server)
{
    if (!server)
        return;
    stop_accepting(server);
    server->is_stopping = true;
    server->is_freed = true;
    for (struct connection *connection = server->connections; connection; connection = connection->next)
        connection_close(connection);
    if (server->depth > 0) {
        event_active(server->turn_event, 0, 0);
        return;
    }
    take_turns(server);
    end_if_empty(server);
}

const struct h1_server_counts *h1_server_counts(const struct h1_server *server)
{
    return &server->counts;
}
