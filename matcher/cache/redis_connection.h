/*
 * redis_connection.h - one connection to one Redis server or Sentinel, from opening to closing, through hiredis' asynchronous API.
 *
 * What it adds to hiredis 0.14: it is never freed while hiredis is in it, but in the next turn of the loop; who opened it
 * hears of its end once, whichever way it came; replies are guarded (reply_guard.h) and bounded; TLS goes through
 * a socketpair (tls_relay.h), since this hiredis has none. It does not try again and has no timers: that is redis_link.h.
 */
#ifndef CACHE_REDIS_CONNECTION_H
#define CACHE_REDIS_CONNECTION_H

#include "cache/redis_address.h"

#include <arpa/inet.h>
#include <hiredis/async.h>

struct event_base;
struct ssl_ctx_st;

enum { REDIS_WORDS_MAX = 24 };

/* Where to connect: found already. */
struct redis_endpoint {
    enum redis_kind kind; /* REDIS_UNIX, REDIS_TCP or REDIS_TLS */
    char path[REDIS_PATH_BYTES];
    char host[INET6_ADDRSTRLEN];
    uint16_t port;
    const char *tls_name; /* what its certificate must say; lives as long as the connection */
};

struct redis_connection;

struct redis_connection_options {
    struct event_base *base;
    struct ssl_ctx_st *tls; /* with REDIS_TLS */
    size_t reply_bytes_max;
    bool messages; /* for subscriptions */
    bool (*is_channel)(void *context, struct text name);

    /*
     * It is over; every command's callback was called before, those without an answer with NULL. `why` is a word:
     * "not_connected", "lost", "nonsense" (what came on it was refused), "closed" (by redis_connection_close). It is freed after this.
     */
    void (*closed)(void *context, const char *why);
    void *context;
};

/* Begins to connect. ERR_IO where that fails at once; otherwise `closed` is called some time. */
MUST_USE enum err redis_connection_open(const struct redis_connection_options *options,
                                        const struct redis_endpoint *endpoint, struct redis_connection **out);

/* Closes it in the next turn of the loop; no command is taken from now on. */
void redis_connection_close(struct redis_connection *connection);

/* Closes and frees it now; commands are answered with NULL, `closed` is not called. NULL is allowed. Not inside any of its callbacks. */
void redis_connection_free(struct redis_connection *connection);

/*
 * Sends a command of `count` words (at most REDIS_WORDS_MAX); `answered` gets a redisReply, or NULL when none will come. It may be called
 * before the connection stands. ERR_IO: it is closing; the callback is not called.
 */
MUST_USE enum err redis_connection_send(struct redis_connection *connection, const struct text *words, size_t count,
                                        redisCallbackFn *answered, void *context);

#endif
