#include "cache/redis_connection.h"

#include "base/mem.h"
#include "cache/reply_guard.h"
#include "cache/tls_relay.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <hiredis/adapters/libevent.h>
#include <unistd.h>

struct redis_connection {
    struct redis_connection_options options;
    redisAsyncContext *hiredis; /* NULL once hiredis freed it */
    struct reply_guard guard;
    struct tls_relay *relay;
    struct event sweep;
    const char *why;
    bool connected, closing;
};

/* The first cause counts. */
static void end_soon(struct redis_connection *connection, const char *why)
{
    if (connection->closing)
        return;
    connection->closing = true;
    connection->why = why;
    event_active(&connection->sweep, EV_TIMEOUT, 0);
}

static void free_hiredis(struct redis_connection *connection)
{
    redisAsyncContext *hiredis = connection->hiredis;
    if (hiredis)
        redisAsyncFree(hiredis);
    connection->hiredis = NULL;
}

void redis_connection_free(struct redis_connection *connection)
{
    if (!connection)
        return;
    connection->closing = true;
    event_del(&connection->sweep);
    free_hiredis(connection);
    tls_relay_free(connection->relay);
    mem_free(connection);
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_connection *connection = context;
    free_hiredis(connection);
    connection->options.closed(connection->options.context, connection->why);
    redis_connection_free(connection);
}

/* ---- what hiredis says ---- */

/* With an error hiredis frees its context right after this. */
static void on_connect(const redisAsyncContext *hiredis, int status)
{
    struct redis_connection *connection = hiredis->data;
    connection->connected = status == REDIS_OK;
    if (connection->connected)
        return;
    connection->hiredis = NULL;
    end_soon(connection, "not_connected");
}

/* hiredis frees its context right after this. */
static void on_disconnect(const redisAsyncContext *hiredis, int status)
{
    (void)status;
    struct redis_connection *connection = hiredis->data;
    bool nonsense = connection->guard.refused || hiredis->err == REDIS_ERR_PROTOCOL;
    connection->hiredis = NULL;
    end_soon(connection, nonsense ? "nonsense" : "lost");
}

/* In the place of the adapter's own: a reply that grows beyond its limit is not read on. */
static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_connection *connection = context;
    if (connection->closing || !connection->hiredis)
        return;
    if (reply_guard_is_over(&connection->guard))
        end_soon(connection, "nonsense");
    else
        redisAsyncHandleRead(connection->hiredis);
}

/* ---- opening ---- */

/*
 * A hiredis context on a descriptor that stands already; takes it. hiredis 0.14 has no function for that: it makes the context
 * for a socket that cannot connect, and closes that socket itself.
 */
static enum err adopt(int fd, redisAsyncContext **out)
{
    redisAsyncContext *hiredis = redisAsyncConnectUnix("/dev/null/none");
    if (!hiredis) {
        close(fd);
        return ERR_MEMORY;
    }
    if (hiredis->c.fd > 0)
        close(hiredis->c.fd);
    hiredis->c.fd = fd;
    hiredis->c.err = hiredis->err = 0;
    hiredis->c.errstr[0] = '\0';
    *out = hiredis;
    return ERR_OK;
}

static enum err connect_tls(struct redis_connection *connection, const struct redis_endpoint *endpoint)
{
    const struct redis_connection_options *options = &connection->options;
    int fd;
    enum err e = tls_relay_new(options->base, options->tls, endpoint, &fd, &connection->relay);
    return e == ERR_OK ? adopt(fd, &connection->hiredis) : e;
}

static enum err connect_plainly(struct redis_connection *connection, const struct redis_endpoint *endpoint)
{
    redisAsyncContext *hiredis = endpoint->kind == REDIS_UNIX ? redisAsyncConnectUnix(endpoint->path)
                                                              : redisAsyncConnect(endpoint->host, endpoint->port);
    if (!hiredis)
        return ERR_MEMORY;
    if (hiredis->err) {
        redisAsyncFree(hiredis);
        return ERR_IO;
    }
    if (endpoint->kind == REDIS_TCP)
        redisEnableKeepAlive(&hiredis->c);
    connection->hiredis = hiredis;
    return ERR_OK;
}

static enum err attach(struct redis_connection *connection)
{
    redisAsyncContext *hiredis = connection->hiredis;
    struct event_base *base = connection->options.base;
    struct event *readable = event_new(base, hiredis->c.fd, EV_READ, on_readable, connection);
    if (!readable)
        return ERR_MEMORY;
    if (fcntl(hiredis->c.fd, F_SETFD, FD_CLOEXEC) != 0 || redisLibeventAttach(hiredis, base) != REDIS_OK) {
        event_free(readable);
        return ERR_IO;
    }
    redisLibeventEvents *events = hiredis->ev.data;
    event_free(events->rev);
    events->rev = readable;
    event_add(readable, NULL);
    hiredis->data = connection;
    reply_guard_attach(&connection->guard, hiredis);
    redisAsyncSetConnectCallback(hiredis, on_connect);
    redisAsyncSetDisconnectCallback(hiredis, on_disconnect);
    return ERR_OK;
}

enum err redis_connection_open(const struct redis_connection_options *options, const struct redis_endpoint *endpoint,
                               struct redis_connection **out)
{
    struct redis_connection *connection;
    enum err e = mem_alloc(1, sizeof *connection, &connection);
    if (e != ERR_OK)
        return e;
    connection->options = *options;
    connection->guard = (struct reply_guard){.limit_bytes = options->reply_bytes_max,
                                             .messages = options->messages,
                                             .is_channel = options->is_channel,
                                             .context = options->context};
    evtimer_assign(&connection->sweep, options->base, on_sweep, connection);
    e = endpoint->kind == REDIS_TLS ? connect_tls(connection, endpoint) : connect_plainly(connection, endpoint);
    if (e == ERR_OK)
        e = attach(connection);
    if (e != ERR_OK) {
        redis_connection_free(connection);
        return e;
    }
    *out = connection;
    return ERR_OK;
}

void redis_connection_close(struct redis_connection *connection)
{
    end_soon(connection, "closed");
}

enum err redis_connection_send(struct redis_connection *connection, const struct text *words, size_t count,
                               redisCallbackFn *answered, void *context)
{
    const char *values[REDIS_WORDS_MAX];
    size_t lengths[REDIS_WORDS_MAX];
    if (count > REDIS_WORDS_MAX)
        return ERR_RANGE;
    if (connection->closing || !connection->hiredis)
        return ERR_IO;
    for (size_t i = 0; i < count; i++) {
        values[i] = words[i].length ? words[i].data : "";
        lengths[i] = words[i].length;
    }
    return redisAsyncCommandArgv(connection->hiredis, answered, context, (int)count, values, lengths) == REDIS_OK
               ? ERR_OK
               : ERR_IO;
}
