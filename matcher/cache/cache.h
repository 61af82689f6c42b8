/*
 * cache.h - Redis as a place for what may be lost: an asynchronous client that never makes its caller wait for long.
 *
 * Keys and values are bytes. Nothing that is stored here is the truth: every value has a time to live of at most
 * CACHE_TTL_MS_MAX, a message may be lost, and "absent" is an answer that any call may get at any time. That is what a caller
 * hears when Redis has no such key, and as well when there is no Redis, it is slow, hangs, refuses, or answers nonsense.
 *
 * A question (cache_get, cache_incr_window) gives an id, and its callback is called exactly once, in a later turn of the loop, at most
 * `timeout_ms` later. Id 0: absent, known at once; the callback is not called. That is so while there is no connection, while the
 * oldest question is overdue (so a Redis that hangs costs one timeout, not one for each request), and above
 * `in_flight_max`. Nothing waits in a queue for a connection. cache_set, cache_delete and cache_publish are done or not
 * done; who needs to know must not ask a cache.
 *
 * Two connections: one for commands, one for messages, which exists once something is subscribed. Each is made again by
 * itself when it is lost or hangs (its oldest command has no answer after CACHE_HANG_TIMEOUTS times timeout_ms), after a pause that grows
 * from 20 ms to 5 s with jitter. Replies are checked before hiredis takes them (cache/reply_guard.h). Names of hosts are looked
 * up without blocking; a master is looked up again from its Sentinels at every attempt.
 *
 * One thread. A callback may call everything here but cache_free. Cost: one slot a question, allocated at the start; O(1) a call.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "base/clock.h"
#include "base/random.h"
#include "cache/redis_address.h"

struct event_base;

enum {
    CACHE_TTL_MS_MAX = 60000,
    CACHE_KEY_BYTES_MAX = 512,
    CACHE_VALUE_BYTES_MAX = 1 << 20,
    CACHE_HANG_TIMEOUTS = 4,
    CACHE_CHANNELS_MAX = 16,
};

struct cache;

struct cache_options {
    const struct redis_address *address; /* copied */
    const char *password;                /* NULL: the address's own, if any; copied, wiped when freed */
    const char *ca_file;                 /* certificates to trust for rediss; NULL: the system's */
    uint32_t timeout_ms;                 /* for one command; 0: 50 */
    uint32_t in_flight_max;              /* commands without an answer yet; 0: 1024 */
    struct clock clock;
    struct random_source random; /* jitter */
};

/* How keys and channels begin: config/redis.conf lets the front touch no others. Whoever makes them puts it there. */
#define CACHE_PREFIX "sm:"

/*
 * Starts connecting in `base`; which need not succeed, now or ever. An address of kind REDIS_OFF gives a cache for
 * which everything is absent. ERR_MEMORY, or ERR_INPUT (logged) for certificates that
 * cannot be read, or a user without a password.
 */
MUST_USE enum err cache_new(struct event_base *base, const struct cache_options *options, struct cache **out);

/* Ends connections; no callback is called any more. NULL is allowed. Not inside a callback of it. */
void cache_free(struct cache *cache);

/* `value` is valid during the call alone; its data is NULL when absent (an empty value is not). */
typedef void cache_value_cb(void *context, struct text value);

MUST_USE uint64_t cache_get(struct cache *cache, struct text key, cache_value_cb *done, void *context);

/* Stores `value` for ttl_ms (1 .. CACHE_TTL_MS_MAX; longer is cut to that). Too long a key or value is not stored. */
void cache_set(struct cache *cache, struct text key, struct text value, uint32_t ttl_ms);

void cache_delete(struct cache *cache, struct text key);

/* `count` with this call in it; 0: absent. */
typedef void cache_count_cb(void *context, uint64_t count);

/*
 * Counts one in a window that starts with the first count and ends window_ms later (1 .. CACHE_TTL_MS_MAX), in one step:
 * a counter never stays without an end.
 */
MUST_USE uint64_t cache_incr_window(struct cache *cache, struct text key, uint32_t window_ms, cache_count_cb *done,
                                    void *context);

/* The callback of this question will not be called. An id of one that was answered is allowed. */
void cache_cancel(struct cache *cache, uint64_t id);

/* To all subscribers of the channel, in whatever process, this one as well. */
void cache_publish(struct cache *cache, struct text channel, struct text message);

/*
 * `message` is valid during the call alone. A message whose data is NULL says that messages may have been lost (the
 * channel was joined, at first or again): look for yourself at what they would have told.
 */
typedef void cache_message_cb(void *context, struct text channel, struct text message);

/* From now until cache_free. ERR_RANGE: too many channels, or a name that is too long; ERR_EXISTS: subscribed already. */
MUST_USE enum err cache_subscribe(struct cache *cache, struct text channel, cache_message_cb *heard, void *context);

enum cache_state { CACHE_OFF, CACHE_DOWN, CACHE_CONNECTING, CACHE_UP, CACHE_STATE_COUNT };

/* "off", "down", "connecting", "up". */
const char *cache_state_text(enum cache_state state);

/* Of the connection for commands; and of the one for messages, which is off without subscriptions. */
enum cache_state cache_state(const struct cache *cache);
enum cache_state cache_messages_state(const struct cache *cache);

/* One type alone, so that the counts of several processes can be added up word by word. */
struct cache_counts {
    uint64_t in_flight;    /* commands without an answer, now */
    uint64_t hits, misses; /* answers to cache_get */
    uint64_t counted;      /* answers to cache_incr_window */
    uint64_t stored;       /* cache_set and cache_delete that were done */
    uint64_t messages_sent, messages_heard;
    uint64_t absent_down, absent_slow, absent_full; /* not asked: no connection, one overdue, too many in flight */
    uint64_t absent_large;                          /* not asked: key, value or channel too long */
    uint64_t timeouts;                              /* commands without an answer in time */
    uint64_t errors;                                /* error replies to commands, and replies of the wrong kind */
    uint64_t connects, disconnects;                 /* connections that came up; that were lost then */
    uint64_t connect_failures;                      /* attempts that did not come up */
    uint64_t refused_replies;                       /* connections closed for what came on them */
};

struct cache_counts cache_counts(const struct cache *cache);

#endif
