/*
 * redis_link.h - a connection to Redis that is made again whenever it is lost: found, connected, logged in, up; down; again.
 *
 *   down ──pause over──► connecting ──AUTH, SELECT, PING answered──► up
 *     ▲                      │                                        │
 *     └── failed, or LINK_CONNECT_MS over ◄──┴───── lost ◄────────────┘
 *
 * The pause doubles from LINK_PAUSE_MS_MIN to LINK_PAUSE_MS_MAX, half of it drawn at random, and starts anew after a
 * connection that stood for LINK_STEADY_MS. Events are logged where the state changes for good: the first failure, not each.
 */
#ifndef CACHE_REDIS_LINK_H
#define CACHE_REDIS_LINK_H

#include "base/clock.h"
#include "base/random.h"
#include "cache/redis_connection.h"

enum { LINK_PAUSE_MS_MIN = 20, LINK_PAUSE_MS_MAX = 5000, LINK_STEADY_MS = 5000, LINK_CONNECT_MS = 3000 };

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_UP, LINK_STATE_COUNT };

struct redis_link;

struct redis_link_options {
    struct event_base *base;
    const struct redis_address *address; /* borrowed */
    const char *password;                /* NULL: none; borrowed */
    struct ssl_ctx_st *tls;
    size_t reply_bytes_max;
    const char *name; /* for the log: "commands", "messages" */
    bool messages;
    bool (*is_channel)(void *context, struct text name);
    void (*up)(void *context);   /* commands may be sent */
    void (*down)(void *context); /* it was up; every command's callback was called before */
    void *context;
    struct clock clock;
    struct random_source random;
};

struct redis_link_counts {
    uint64_t connects, disconnects, failures, nonsense;
};

/* Begins to connect. */
MUST_USE enum err redis_link_new(const struct redis_link_options *options, struct redis_link **out);

/* Commands are answered with NULL; neither `up` nor `down` is called. NULL is allowed. Not inside any of its callbacks. */
void redis_link_free(struct redis_link *link);

enum link_state redis_link_state(const struct redis_link *link);
const struct redis_link_counts *redis_link_counts(const struct redis_link *link);

/* As redis_connection_send; ERR_IO where it is not up. */
MUST_USE enum err redis_link_send(struct redis_link *link, const struct text *words, size_t count,
                                  redisCallbackFn *answered, void *context);

/* Gives the connection up and makes a new one, in a later turn. `why` is a word for the log. */
void redis_link_lose(struct redis_link *link, const char *why);

#endif
