#include "wire/h1_internal.h"

#include "base/log.h"

#include <stdio.h>

enum { STATUS_CLIENT_LEFT = 499 /* in logs alone */ };

/* Answered before its body came: the next request cannot be told from what is left of this one. */
static bool is_unread(const struct connection *connection)
{
    return connection->in_head && h1_has_body(&connection->h1);
}

static bool can_keep(const struct connection *connection)
{
    bool ended = connection->peer_ended && connection_waiting_bytes(connection) == 0;
    return h1_keeps_alive(&connection->h1) && !is_unread(connection) && !ended && !connection->server->is_stopping;
}

static void end_exchange(struct connection *connection)
{
    if (connection->is_owed)
        connection->server->counts.exchanges--;
    connection->is_owed = false;
    connection->is_probed = false;
    if (connection->is_proxied)
        client_uncount(connection);
    connection_drop_body(connection);
    connection->exchange.context = NULL;
    connection->exchange.id[0] = '\0';
}

/* The client had left: the answer goes nowhere. */
static void end_canceled(struct connection *connection, size_t body_bytes)
{
    connection_report(connection, STATUS_CLIENT_LEFT, body_bytes);
    end_exchange(connection);
    connection_set_state(connection, CONNECTION_CLOSED);
}

/* To be asked before the exchange ends. */
static bool can_close_at_once(const struct connection *connection)
{
    return !h1_keeps_alive(&connection->h1) && !is_unread(connection) && connection_waiting_bytes(connection) == 0;
}

/* Behind the last write of an answer: to the next request, or to the end of the connection. */
static void finish_answer(struct connection *connection)
{
    end_exchange(connection);
    if (connection->keeps)
        h1_next(&connection->h1);
    connection_after_write(connection);
    if (connection->is_driving)
        return;
    bool is_between = connection->state == CONNECTION_IDLE && connection->stream;
    if (is_between && (connection_waiting_bytes(connection) || connection->peer_ended))
        server_at_next_turn(connection);
    connection_settle(connection);
}

void exchange_respond(struct exchange *exchange, int status, const struct exchange_header *headers,
                      size_t header_count, struct text body)
{
    struct connection *connection = exchange->connection;
    if (connection->state == CONNECTION_CANCELED) {
        end_canceled(connection, 0);
        return;
    }
    if (connection->state != CONNECTION_HANDLING) {
        LOG(LOG_ERROR, "h1_answered_twice", LOG_NUMBER("status", status));
        return;
    }
    server_refresh_now(connection->server);
    connection->keeps = can_keep(connection);
    connection->may_close_at_once = can_close_at_once(connection);
    struct answer answer = {status,
                            exchange->id,
                            headers,
                            header_count,
                            body.length,
                            .closes = !connection->keeps,
                            .keeps_1_0 = h1_is_1_0(&connection->h1)};
    connection_write_answer(connection, &answer, body);
    finish_answer(connection);
}

const struct h1 *exchange_head(const struct exchange *exchange)
{
    return &exchange->connection->h1;
}

struct text exchange_body(const struct exchange *exchange)
{
    const struct connection *connection = exchange->connection;
    return (struct text){connection->body ? connection->body : "", connection->body_length};
}

const char *exchange_id(const struct exchange *exchange)
{
    return exchange->id;
}

struct address exchange_client(const struct exchange *exchange)
{
    return exchange->client;
}

int64_t exchange_started_us(const struct exchange *exchange)
{
    return exchange->started_us;
}

void exchange_set_context(struct exchange *exchange, void *context)
{
    exchange->context = context;
}

void *exchange_context(const struct exchange *exchange)
{
    return exchange->context;
}

bool exchange_is_canceled(const struct exchange *exchange)
{
    return exchange->connection->state == CONNECTION_CANCELED;
}

/* --- streams --- */

static void set_stream_deadline(struct connection *connection)
{
    size_t pending = connection_unwritten_bytes(connection);
    connection->unwritten_bytes = pending;
    if (pending)
        server_set_deadline(connection, DEADLINE_WRITE);
    else
        server_set_deadline(connection, connection->peer_ended ? DEADLINE_PROBE : DEADLINE_NONE);
}

void stream_peer_ended(struct connection *connection)
{
    set_stream_deadline(connection);
    if (connection->is_tls) /* libevent stops the stream behind the callback that said so */
        server_at_next_turn(connection);
}

void stream_break(struct connection *connection)
{
    connection->is_broken = true;
    server_at_next_turn(connection); /* stream_attend tells it */
}

/* After a write. `before` was pending before it; the deadline of what waited already goes on. */
static void after_stream_write(struct connection *connection, size_t before)
{
    if (connection->is_broken) {
        stream_break(connection);
        return;
    }
    size_t pending = connection_unwritten_bytes(connection);
    connection->streamed.waits = pending > 0;
    if (before == 0)
        set_stream_deadline(connection);
    else
        connection->unwritten_bytes += pending - before;
    connection_settle(connection);
}

static void write_stream_head(struct connection *connection, int status, const struct exchange_header *headers,
                              size_t header_count)
{
    char out[EXCHANGE_HEAD_BYTES];
    struct answer answer = {status,
                            connection->exchange.id,
                            headers,
                            header_count,
                            .is_stream = true,
                            .is_chunked = connection->streamed.is_chunked,
                            .closes = !connection->keeps};
    struct text head = {out, answer_write_head(connection->server, &answer, out)};
    if (head.length == 0) {
        LOG(LOG_ERROR, "h1_answer_head_long", LOG_NUMBER("status", status));
        connection->is_broken = true;
    }
    connection_write(connection, &head, 1);
    connection_count_answer(connection, status);
}

void exchange_stream_begin(struct exchange *exchange, int status, const struct exchange_header *headers,
                           size_t header_count, const struct exchange_stream *stream)
{
    struct connection *connection = exchange->connection;
    struct h1_server *server = connection->server;
    bool is_open = connection->state == CONNECTION_HANDLING && !connection->in_head;
    if (!is_open && connection->state != CONNECTION_CANCELED) {
        LOG(LOG_ERROR, "h1_answered_twice", LOG_NUMBER("status", status));
        return;
    }
    connection->streamed = (struct streamed){.owner = *stream, .status = status, .is_begun = true};
    server->counts.streams++;
    connection_drop_body(connection);
    if (!is_open)
        return;
    server_refresh_now(server);
    connection->streamed.is_chunked = !h1_is_1_0(&connection->h1);
    connection->streamed.has_body = !text_is(h1_method(&connection->h1), "HEAD");
    connection->keeps = can_keep(connection) && connection->streamed.is_chunked;
    connection_set_state(connection, CONNECTION_STREAMING);
    write_stream_head(connection, status, headers, header_count);
    after_stream_write(connection, 0);
    if (server->is_stopping)
        server_at_next_turn(connection);
}

/* Puts them on their way as a chunk. Returns how much was pending before. */
static size_t write_chunk(struct connection *connection, struct text bytes)
{
    struct streamed *streamed = &connection->streamed;
    char size[24];
    size_t before = connection_unwritten_bytes(connection);
    streamed->body_bytes += bytes.length;
    if (bytes.length == 0 || !streamed->has_body)
        return before;
    int length = snprintf(size, sizeof size, "%zx\r\n", bytes.length);
    struct text chunk[] = {{size, (size_t)length}, bytes, {"\r\n", 2}};
    if (streamed->is_chunked)
        connection_write(connection, chunk, 3);
    else
        connection_write(connection, &bytes, 1);
    return before;
}

enum err exchange_stream_write(struct exchange *exchange, struct text bytes)
{
    struct connection *connection = exchange->connection;
    if (connection->state != CONNECTION_STREAMING || connection->is_broken)
        return ERR_IO;
    if (connection_unwritten_bytes(connection) >= connection->server->options.stream_pending_bytes)
        return ERR_RANGE;
    server_refresh_now(connection->server);
    after_stream_write(connection, write_chunk(connection, bytes));
    return connection->is_broken ? ERR_IO : ERR_OK;
}

size_t exchange_stream_pending(const struct exchange *exchange)
{
    const struct connection *connection = exchange->connection;
    return connection->state == CONNECTION_STREAMING ? connection_unwritten_bytes(connection) : 0;
}

void exchange_stream_end(struct exchange *exchange, struct text last)
{
    static const struct text end = {"0\r\n\r\n", 5};
    struct connection *connection = exchange->connection;
    struct streamed *streamed = &connection->streamed;
    if (!streamed->is_begun) {
        LOG(LOG_ERROR, "h1_ended_twice", LOG_NUMBER("state", connection->state));
        return;
    }
    streamed->is_begun = false;
    connection->server->counts.streams--;
    if (connection->state == CONNECTION_CANCELED) {
        end_canceled(connection, streamed->body_bytes);
        return;
    }
    server_refresh_now(connection->server);
    (void)write_chunk(connection, last);
    if (streamed->is_chunked && streamed->has_body)
        connection_write(connection, &end, 1);
    connection->keeps = connection->keeps && can_keep(connection);
    connection->may_close_at_once = can_close_at_once(connection);
    connection_report(connection, connection->is_broken ? STATUS_CLIENT_LEFT : streamed->status,
                      streamed->body_bytes);
    finish_answer(connection);
}

void stream_written(struct connection *connection)
{
    struct streamed *streamed = &connection->streamed;
    if (connection_unwritten_bytes(connection) > 0)
        return;
    set_stream_deadline(connection);
    bool tells = streamed->waits && streamed->owner.drained;
    streamed->waits = false;
    if (tells)
        streamed->owner.drained(streamed->owner.context, &connection->exchange);
}

void stream_tell_gone(struct connection *connection)
{
    const struct exchange_stream *owner = &connection->streamed.owner;
    if (owner->gone)
        owner->gone(owner->context, &connection->exchange);
}

void stream_attend(struct connection *connection)
{
    struct streamed *streamed = &connection->streamed;
    if (connection->is_broken) {
        connection_lose_peer(connection);
    } else if (connection->server->is_stopping && !streamed->knows_of_stop) {
        streamed->knows_of_stop = true;
        if (streamed->owner.stopping)
            streamed->owner.stopping(streamed->owner.context, &connection->exchange);
    }
}
