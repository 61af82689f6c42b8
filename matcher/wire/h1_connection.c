#include "wire/h1_internal.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    BODY_FIRST_BYTES = 4096,
    REFUSAL_BODY_BYTES = 256,
    HEAD_AND_BODY_BYTES = EXCHANGE_HEAD_BYTES + 4096,
};

/* --- states --- */

#define TO(state) (1u << CONNECTION_##state)

static const struct {
    unsigned next; /* the states it may go to */
    enum deadline deadline;
    bool reads; /* takes in bytes without a bound on what waits */
} states[CONNECTION_STATE_COUNT] = {
    [CONNECTION_HANDSHAKE] = {TO(IDLE) | TO(CLOSED), DEADLINE_HANDSHAKE, true},
    [CONNECTION_IDLE] = {TO(HEAD) | TO(HANDLING) | TO(WRITING) | TO(LINGERING) | TO(CLOSED), DEADLINE_IDLE, true},
    [CONNECTION_HEAD] = {TO(HANDLING) | TO(WRITING) | TO(LINGERING) | TO(CLOSED), DEADLINE_HEAD, true},
    [CONNECTION_BODY] = {TO(HANDLING) | TO(WRITING) | TO(LINGERING) | TO(CLOSED), DEADLINE_BODY, true},
    [CONNECTION_HANDLING] = {TO(BODY) | TO(IDLE) | TO(STREAMING) | TO(WRITING) | TO(LINGERING) | TO(CANCELED) |
                                 TO(CLOSED),
                             DEADLINE_NONE, false},
    [CONNECTION_STREAMING] = {TO(IDLE) | TO(WRITING) | TO(LINGERING) | TO(CANCELED) | TO(CLOSED), DEADLINE_NONE,
                              false},
    [CONNECTION_WRITING] = {TO(IDLE) | TO(LINGERING) | TO(CLOSED), DEADLINE_WRITE, false},
    [CONNECTION_LINGERING] = {TO(CLOSED), DEADLINE_LINGER, true},
    [CONNECTION_CANCELED] = {TO(CLOSED), DEADLINE_NONE, false},
    [CONNECTION_CLOSED] = {0, DEADLINE_NONE, false},
};

/* The only place where a state changes. A move that is not in the table is an error of this file: the connection goes. */
void connection_set_state(struct connection *connection, enum connection_state state)
{
    if (!(states[connection->state].next & 1u << state)) {
        LOG(LOG_ERROR, "h1_state", LOG_NUMBER("from", connection->state), LOG_NUMBER("to", state));
        state = CONNECTION_CLOSED;
    }
    if (connection->state == CONNECTION_HANDSHAKE)
        connection->server->counts.handshakes--;
    connection->state = state;
    enum deadline deadline = states[state].deadline;
    if (state == CONNECTION_IDLE && connection->is_fresh)
        deadline = connection->server->is_stopping ? DEADLINE_LAST : DEADLINE_HEAD;
    server_set_deadline(connection, deadline);
    if (state == CONNECTION_CLOSED)
        server_at_next_turn(connection);
}

size_t connection_waiting_bytes(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_input(connection->stream));
}

/* Watches the socket, or not, as the state asks. */
void connection_settle(struct connection *connection)
{
    if (!connection->stream)
        return;
    /* libevent stops a stream that encrypts at the peer's close_notify, its writing too; TLS allows to go on. */
    if (connection->is_tls && connection->peer_ended)
        (void)bufferevent_enable(connection->stream, EV_WRITE);
    bool wants = !connection->peer_ended &&
                 (states[connection->state].reads || connection_waiting_bytes(connection) < PIPELINED_BYTES);
    if (wants == connection->is_reading)
        return;
    connection->is_reading = wants;
    if ((wants ? bufferevent_enable : bufferevent_disable)(connection->stream, EV_READ) == 0)
        return;
    if (connection->state == CONNECTION_STREAMING)
        stream_break(connection);
    else
        connection_close(connection);
}

/* --- the body --- */

void connection_drop_body(struct connection *connection)
{
    if (connection->body)
        sodium_memzero(connection->body, connection->body_length);
    connection->body_length = 0;
    if (connection->body_capacity <= BODY_KEPT_BYTES)
        return;
    connection->server->counts.body_bytes -= connection->body_capacity;
    mem_free(connection->body);
    connection->body = NULL;
    connection->body_capacity = 0;
}

/* Room for `more` bytes. Not by realloc: that would leave a copy of what may be somebody's name behind. */
static bool reserve_body(struct connection *connection, size_t more)
{
    struct h1_server *server = connection->server;
    size_t need = connection->body_length + more, capacity = connection->body_capacity;
    if (need <= capacity)
        return true;
    capacity = capacity ? capacity * 2 : BODY_FIRST_BYTES;
    capacity = capacity < need ? need : capacity;
    size_t others = server->counts.body_bytes - connection->body_capacity;
    char *grown = NULL;
    if (others > server->options.body_memory_bytes || capacity > server->options.body_memory_bytes - others ||
        mem_resize(&grown, capacity, 1) != ERR_OK)
        return false;
    if (connection->body) {
        memcpy(grown, connection->body, connection->body_length);
        sodium_memzero(connection->body, connection->body_length);
        mem_free(connection->body);
    }
    server->counts.body_bytes = others + capacity;
    connection->body = grown;
    connection->body_capacity = capacity;
    return true;
}

static bool append_body(struct connection *connection, struct text piece)
{
    if (!reserve_body(connection, piece.length))
        return false;
    memcpy(connection->body + connection->body_length, piece.data, piece.length);
    connection->body_length += piece.length;
    return true;
}

/* --- writing --- */

/* Ends TLS so that the peer knows that it has all; not where it has not. */
static void end_tls(const struct connection *connection)
{
    if (connection->is_tls && !connection->is_broken && connection->state != CONNECTION_HANDSHAKE &&
        evbuffer_get_length(bufferevent_get_output(connection->stream)) == 0)
        tls_stream_end(connection->stream);
}

static void close_socket(struct connection *connection)
{
    if (connection->stream)
        end_tls(connection);
    if (connection->stream)
        bufferevent_free(connection->stream);
    connection->stream = NULL;
    connection->fd = -1;
}

void connection_close(struct connection *connection)
{
    close_socket(connection);
    if (connection->is_owed && connection->state != CONNECTION_CANCELED)
        connection_set_state(connection, CONNECTION_CANCELED);
    else if (connection->state != CONNECTION_CANCELED && connection->state != CONNECTION_CLOSED)
        connection_set_state(connection, CONNECTION_CLOSED);
}

/* What the system takes of the pieces at once, in bytes. */
static size_t send_at_once(struct connection *connection, const struct text *pieces, size_t count)
{
    struct iovec vector[WRITE_PIECES_MAX] = {{NULL, 0}};
    for (size_t i = 0; i < count; i++) {
        memcpy(&vector[i].iov_base, &pieces[i].data,
               sizeof vector[i].iov_base); /* not const there, and not written */
        vector[i].iov_len = pieces[i].length;
    }
    struct msghdr message = {.msg_iov = vector, .msg_iovlen = count};
    ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        connection->is_broken = true;
    return sent > 0 ? (size_t)sent : 0;
}

/*
 * Everything that goes out goes through here. What the system takes at once it gets at once, without a turn of the loop; the
 * rest waits in the stream. A stream that encrypts must get all of it.
 */
void connection_write(struct connection *connection, const struct text *pieces, size_t count)
{
    size_t sent = 0;
    if (connection->is_broken)
        return;
    struct evbuffer *output = bufferevent_get_output(connection->stream);
    if (evbuffer_get_length(output) == 0 && !connection->is_tls)
        sent = send_at_once(connection, pieces, count);
    for (size_t i = 0; i < count && !connection->is_broken; i++) {
        size_t done = sent < pieces[i].length ? sent : pieces[i].length;
        sent -= done;
        if (done < pieces[i].length && evbuffer_add(output, pieces[i].data + done, pieces[i].length - done) != 0)
            connection->is_broken = true;
    }
}

static void write_bytes(struct connection *connection, struct text bytes)
{
    if (bytes.length > 0)
        connection_write(connection, &bytes, 1);
}

size_t connection_unwritten_bytes(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_output(connection->stream));
}

void connection_report(const struct connection *connection, int status, size_t body_bytes)
{
    const struct h1_handler *handler = &connection->server->handler;
    if (handler->answered)
        handler->answered(handler->context, &connection->exchange, status, body_bytes);
}

void connection_count_answer(struct connection *connection, int status)
{
    connection->server->counts.responses[status >= 100 && status < 600 ? status / 100 : 0]++;
}

/* Head and body in one piece where they are small, so that they leave in one packet and one call. */
void connection_write_answer(struct connection *connection, struct answer *answer, struct text body)
{
    char out[HEAD_AND_BODY_BYTES];
    size_t length = answer_write_head(connection->server, answer, out);
    if (length == 0) {
        LOG(LOG_ERROR, "h1_answer_head_long", LOG_NUMBER("status", answer->status));
        *answer = (struct answer){.status = 500, .request_id = connection->exchange.id, .closes = true};
        connection->keeps = false;
        body.length = 0;
        length = answer_write_head(connection->server, answer, out);
    }
    if (!answer_has_body(answer->status) || text_is(h1_method(&connection->h1), "HEAD"))
        body.length = 0;
    if (body.length && body.length <= sizeof out - length) {
        memcpy(out + length, body.data, body.length);
        length += body.length;
        body.length = 0;
    }
    write_bytes(connection, (struct text){out, length});
    sodium_memzero(out, length); /* a head may make a cookie, a body show a token */
    write_bytes(connection, body);
    connection_count_answer(connection, answer->status);
    connection_report(connection, answer->status, answer->body_bytes);
}

/* Our side is done: closes, or first lets the peer finish what it is sending. */
static void finish_connection(struct connection *connection)
{
    end_tls(connection);
    if (connection->peer_ended || connection->may_close_at_once || shutdown(connection->fd, SHUT_WR) != 0) {
        connection_close(connection);
        return;
    }
    connection_set_state(connection, CONNECTION_LINGERING);
    struct evbuffer *input = bufferevent_get_input(connection->stream);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
}

/* The answer is with the system. */
static void after_answer(struct connection *connection)
{
    if (!connection->keeps) {
        finish_connection(connection);
        return;
    }
    connection->is_fresh = false;
    connection_set_state(connection, CONNECTION_IDLE);
}

/* Behind every write of an answer: on, or wait for the network. */
void connection_after_write(struct connection *connection)
{
    if (connection->is_broken) {
        connection_close(connection);
    } else if (connection_unwritten_bytes(connection)) {
        connection->unwritten_bytes = connection_unwritten_bytes(connection);
        connection_set_state(connection, CONNECTION_WRITING);
    } else {
        after_answer(connection);
    }
}

/* Answers for the server itself, and closes. */
static void refuse(struct connection *connection, int status, const char *message)
{
    static const struct exchange_header headers[] = {{"Content-Type", "application/json"},
                                                     {"Cache-Control", "no-store"}};
    char body[REFUSAL_BODY_BYTES];
    size_t length = answer_write_refusal(status, message, body, sizeof body);
    struct answer answer = {status, connection->exchange.id, headers, 2, length, .closes = true};
    connection->keeps = false;
    connection->may_close_at_once = false;
    connection_write_answer(connection, &answer, (struct text){body, length});
    if (connection->is_proxied)
        client_uncount(connection);
    connection_drop_body(connection);
    connection_after_write(connection);
}

static void refuse_for(struct connection *connection, enum h1_server_cause cause, int status, const char *message)
{
    connection->server->counts.causes[cause]++;
    refuse(connection, status, message);
}

void connection_turn_away(struct connection *connection, enum h1_server_cause cause)
{
    connection->is_turned_away = true;
    connection->server->turned_away++;
    refuse_for(connection, cause, 503, "There are too many connections now. Try again later.");
    connection_settle(connection);
}

/* --- from bytes to the handler --- */

static void on_refused(struct connection *connection, enum h1_refusal refusal)
{
    const struct h1_handler *handler = &connection->server->handler;
    connection->server->counts.refused[refusal]++;
    if (refusal == H1_BODY_LONG && handler->too_large) {
        connection_set_state(connection, CONNECTION_HANDLING);
        connection->in_head = true;
        handler->too_large(handler->context, &connection->exchange);
        connection->in_head = false;
        if (connection->state != CONNECTION_HANDLING)
            return;
    }
    refuse(connection, h1_refusal_status(refusal), h1_refusal_message(refusal));
}

/* A body too large is refused before it is asked for. */
static void ask_for_body(struct connection *connection)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct h1_event event;
    (void)h1_feed(&connection->h1, (struct text){"", 0}, &event);
    if (event.kind == H1_REFUSED)
        on_refused(connection, event.refusal);
    else if (event.kind == H1_MORE && connection_waiting_bytes(connection) == 0)
        write_bytes(connection, (struct text){go_on, sizeof go_on - 1});
}

static void on_head(struct connection *connection)
{
    struct h1_server *server = connection->server;
    struct exchange *exchange = &connection->exchange;
    server->counts.requests++;
    *exchange = (struct exchange){connection, NULL, client_of(connection), server->now_us, ""};
    client_identify(connection, exchange->id);
    if (connection->is_proxied && !client_count(connection, &exchange->client)) {
        refuse_for(connection, H1_CAUSE_ADDRESS, 503,
                   "There are too many requests from this address now. Try again later.");
        return;
    }
    connection_set_state(connection, CONNECTION_HANDLING);
    connection->in_head = true;
    uint64_t limit_bytes = server->handler.head(server->handler.context, exchange);
    connection->in_head = false;
    if (connection->state != CONNECTION_HANDLING)
        return;
    h1_body_limit(&connection->h1, limit_bytes);
    connection_set_state(connection, CONNECTION_BODY);
    if (h1_expects_continue(&connection->h1))
        ask_for_body(connection);
}

static void on_request(struct connection *connection)
{
    struct h1_server *server = connection->server;
    connection_set_state(connection, CONNECTION_HANDLING);
    connection->is_owed = true;
    server->counts.exchanges++;
    if (connection->peer_ended)
        server_set_deadline(connection, DEADLINE_PROBE);
    server->handler.request(server->handler.context, &connection->exchange);
}

/* Nothing is left to parse. Returns whether there is more to do. */
static bool on_more(struct connection *connection)
{
    if (connection_waiting_bytes(connection) > 0)
        return true;
    if (h1_begun(&connection->h1) && connection->state == CONNECTION_IDLE)
        connection_set_state(connection, CONNECTION_HEAD);
    bool is_done_with = connection->server->is_stopping && !connection->is_fresh;
    if (connection->state == CONNECTION_IDLE && (connection->peer_ended || is_done_with))
        connection_close(connection);
    else if (connection->peer_ended)
        refuse_for(connection, H1_CAUSE_CUT_SHORT, 400, "The request ended before it was complete.");
    return false;
}

static struct text first_waiting(struct connection *connection)
{
    struct evbuffer_iovec piece = {NULL, 0};
    if (evbuffer_peek(bufferevent_get_input(connection->stream), -1, NULL, &piece, 1) < 1)
        return (struct text){"", 0};
    return (struct text){piece.iov_base, piece.iov_len};
}

/* Parses up to the next event and acts on it. Returns whether to go on. */
static bool step(struct connection *connection)
{
    struct h1_event event;
    size_t taken = h1_feed(&connection->h1, first_waiting(connection), &event);
    bool kept = event.kind != H1_BODY || append_body(connection, event.body);
    (void)evbuffer_drain(bufferevent_get_input(connection->stream), taken);
    if (!kept) {
        refuse_for(connection, H1_CAUSE_BODY_MEMORY, 503,
                   "There is no memory for this request now. Try again later.");
        return false;
    }
    switch (event.kind) {
    case H1_MORE:
        return on_more(connection);
    case H1_HEAD:
        on_head(connection);
        return true;
    case H1_BODY:
        return true;
    case H1_END:
        on_request(connection);
        return true;
    case H1_REFUSED:
        on_refused(connection, event.refusal);
        return false;
    }
    return false;
}

static bool is_parsing(const struct connection *connection)
{
    return connection->state == CONNECTION_IDLE || connection->state == CONNECTION_HEAD ||
           connection->state == CONNECTION_BODY;
}

void connection_drive(struct connection *connection)
{
    if (connection->is_driving)
        return;
    if (connection->state == CONNECTION_STREAMING)
        stream_attend(connection);
    connection->is_driving = true;
    while (is_parsing(connection) && step(connection))
        continue;
    connection->is_driving = false;
    connection_settle(connection);
}

/* --- what the loop tells --- */

/* The peer is gone: the handler, where it owes an answer, learns it. */
void connection_lose_peer(struct connection *connection)
{
    struct h1_server *server = connection->server;
    bool is_streaming = connection->state == CONNECTION_STREAMING;
    connection->is_broken = true;
    connection_close(connection);
    if (connection->state != CONNECTION_CANCELED)
        return;
    server->counts.canceled++;
    if (is_streaming)
        stream_tell_gone(connection);
    else if (server->handler.canceled)
        server->handler.canceled(server->handler.context, &connection->exchange);
}

static void on_readable(struct bufferevent *stream, void *context)
{
    struct connection *connection = context;
    struct evbuffer *input = bufferevent_get_input(stream);
    server_refresh_now(connection->server);
    connection->server->depth++;
    if (connection->state == CONNECTION_LINGERING)
        (void)evbuffer_drain(input, evbuffer_get_length(input));
    else
        connection_drive(connection);
    connection->server->depth--;
}

static void on_written(struct bufferevent *stream, void *context)
{
    struct connection *connection = context;
    (void)stream;
    server_refresh_now(connection->server);
    connection->server->depth++;
    if (connection->state == CONNECTION_STREAMING)
        stream_written(connection);
    if (connection->state == CONNECTION_WRITING) {
        after_answer(connection);
        connection_drive(connection);
    }
    connection->server->depth--;
}

/* A peer that closed its sending side may still wait for answers; what it sent before is worked off first. */
static void on_peer_ended(struct connection *connection)
{
    connection->peer_ended = true;
    connection->is_reading = false;
    if (connection->state == CONNECTION_LINGERING)
        connection_close(connection);
    else if (connection->state == CONNECTION_HANDLING)
        server_set_deadline(connection, DEADLINE_PROBE);
    else if (connection->state == CONNECTION_STREAMING)
        stream_peer_ended(connection);
    else
        connection_drive(connection);
}

/* --- TLS --- */

static void on_handshake(struct connection *connection)
{
    connection->server->counts.handshakes_done++;
    connection_set_state(connection, CONNECTION_IDLE);
    connection_settle(connection);
}

static void fail_handshake(struct connection *connection, enum tls_failure failure)
{
    connection->server->counts.handshakes_failed[failure]++;
    connection_close(connection);
}

void connection_give_way(struct connection *connection)
{
    if (!connection)
        return;
    connection->server->counts.causes[H1_CAUSE_HANDSHAKES]++;
    connection_close(connection);
}

static void on_event(struct bufferevent *stream, short what, void *context)
{
    struct connection *connection = context;
    server_refresh_now(connection->server);
    connection->server->depth++;
    if (what & BEV_EVENT_CONNECTED)
        on_handshake(connection);
    else if (connection->state == CONNECTION_HANDSHAKE)
        fail_handshake(connection, tls_stream_failure(stream));
    else if (what & BEV_EVENT_EOF)
        on_peer_ended(connection);
    else
        connection_lose_peer(connection);
    connection->server->depth--;
}

/* --- deadlines --- */

/*
 * A peer that ended its side either waits for the answer or is gone; the two look the same until something is sent. An
 * interim answer, which every HTTP/1.1 client must be able to skip (RFC 9110 §15.2), brings a reset from one that is gone.
 */
static void probe(struct connection *connection)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct pollfd now = {.fd = connection->fd};
    if (connection->state == CONNECTION_HANDLING && !connection->is_probed && !h1_is_1_0(&connection->h1))
        write_bytes(connection, (struct text){interim, sizeof interim - 1});
    connection->is_probed = true;
    if (connection->is_broken || (poll(&now, 1, 0) == 1 && (now.revents & (POLLERR | POLLHUP))))
        connection_lose_peer(connection);
    else
        server_set_deadline(connection, DEADLINE_PROBE);
}

static void expire_write(struct connection *connection)
{
    size_t left = connection_unwritten_bytes(connection);
    if (left < connection->unwritten_bytes) {
        connection->unwritten_bytes = left;
        server_set_deadline(connection, DEADLINE_WRITE);
        return;
    }
    connection->server->counts.causes[H1_CAUSE_WRITE_LATE]++;
    connection_lose_peer(connection);
}

void connection_expire(struct connection *connection)
{
    switch (connection->deadline) {
    case DEADLINE_HANDSHAKE:
        connection->server->counts.causes[H1_CAUSE_HANDSHAKE_LATE]++;
        connection_close(connection);
        break;
    case DEADLINE_HEAD:
        if (connection->state == CONNECTION_IDLE)
            connection_close(connection);
        else
            refuse_for(connection, H1_CAUSE_HEAD_LATE, 408, "The head of the request took too long.");
        break;
    case DEADLINE_BODY:
        refuse_for(connection, H1_CAUSE_BODY_LATE, 408, "The body of the request took too long.");
        break;
    case DEADLINE_WRITE:
        expire_write(connection);
        break;
    case DEADLINE_PROBE:
        probe(connection);
        break;
    case DEADLINE_NONE:
    case DEADLINE_IDLE:
    case DEADLINE_LAST:
    case DEADLINE_LINGER:
    case DEADLINE_COUNT:
        connection_close(connection);
        break;
    }
    connection_settle(connection);
}

/* --- birth and death --- */

/* The one place that makes a stream. */
static struct bufferevent *stream_new(struct h1_server *server, int fd)
{
    if (server->options.tls)
        return tls_stream_new(server->options.tls, server->base, fd);
    return bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

enum err connection_new(struct h1_server *server, int fd, const struct address *peer, struct connection **out)
{
    struct connection *connection;
    enum err e = mem_alloc(1, sizeof *connection, &connection);
    if (e != ERR_OK)
        return e;
    *connection = (struct connection){.server = server, .fd = fd, .peer = *peer, .is_fresh = true};
    connection->is_tls = server->options.tls != NULL;
    connection->stream = stream_new(server, fd);
    if (!connection->stream) {
        mem_free(connection);
        return ERR_MEMORY;
    }
    h1_init(&connection->h1);
    connection->exchange.connection = connection;
    bufferevent_setcb(connection->stream, on_readable, on_written, on_event, connection);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    server->counts.connections++;
    connection->state = connection->is_tls ? CONNECTION_HANDSHAKE : CONNECTION_IDLE;
    server->counts.handshakes += connection->is_tls;
    server_set_deadline(connection, connection->is_tls ? DEADLINE_HANDSHAKE : DEADLINE_HEAD);
    connection_settle(connection);
    *out = connection;
    return ERR_OK;
}

void connection_free(struct connection *connection)
{
    struct h1_server *server = connection->server;
    close_socket(connection);
    server_set_deadline(connection, DEADLINE_NONE);
    client_uncount(connection);
    if (connection->is_turned_away)
        server->turned_away--;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    server->counts.connections--;
    if (connection->body) {
        sodium_memzero(connection->body, connection->body_length);
        server->counts.body_bytes -= connection->body_capacity;
        mem_free(connection->body);
    }
    h1_free(&connection->h1);
    mem_free(connection);
}
