/*
 * cache_state.h - all that a cache is at one moment. For use within cache alone.
 */
#ifndef CACHE_CACHE_STATE_H
#define CACHE_CACHE_STATE_H

#include "cache/cache.h"
#include "cache/redis_link.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

enum question_kind { QUESTION_GET, QUESTION_COUNT, QUESTION_STORE, QUESTION_PUBLISH };

/* One command from its sending until hiredis gives its reply, or says that none comes; also when its asker has given up. */
struct question {
    TAILQ_ENTRY(question) in_order;
    struct cache *cache;
    uint32_t generation; /* of this place in the table: old ids do not fit */
    enum question_kind kind;
    bool in_flight;
    bool awaited; /* the callback is still owed */
    bool expired;
    int64_t sent_us;
    size_t bytes;
    cache_value_cb *value;
    cache_count_cb *count;
    void *context;
};
TAILQ_HEAD(question_list, question);

struct subscription {
    char name[CACHE_KEY_BYTES_MAX];
    size_t length;
    cache_message_cb *heard;
    void *context;
};

struct cache {
    struct event_base *base;
    struct redis_address address;
    char password[REDIS_SECRET_BYTES];
    struct ssl_ctx_st *tls;
    struct redis_link *commands, *messages; /* NULL: off; nothing subscribed */
    struct clock clock;
    struct random_source random;
    int64_t timeout_us;

    struct question *questions; /* the table */
    size_t question_count;
    struct question_list free_places;
    struct question_list in_flight; /* oldest first, as the replies will come */
    struct question *next_due;      /* the oldest of them that has not expired */
    size_t bytes_in_flight;
    struct event overdue;
    int64_t armed_us; /* when `overdue` comes; that it comes too early does no harm */

    struct subscription channels[CACHE_CHANNELS_MAX];
    size_t channel_count;

    struct cache_counts counts;
    bool ending;
};

#endif
