/*
 * numbers.h - what every front counts, where all of them can read it: one scrape answers for the whole service.
 *
 * The parent makes one piece of memory for all fronts (a sealed memfd, ipc/role.h) with a place for each. A front counts in its
 * own memory, without locks, and copies that to its place a few times a second, word by word; whoever is asked adds the places
 * up. A front that was started again goes on from what its predecessor had published, so that no counter goes backwards; what a
 * front had counted in its last quarter of a second before a kill is lost. Nothing here depends on what a call carries.
 */
#ifndef FRONT_NUMBERS_H
#define FRONT_NUMBERS_H

#include "cache/cache.h"
#include "front/answer_store.h"
#include "front/auth.h"
#include "front/counters.h"
#include "wire/h1_server.h"

enum { NUMBERS_PUBLISH_MS = 250, NUMBERS_ALIVE_MS = 3000 };

/* Of answers that are kept, by where the answer came from. */
struct kept_counts {
    uint64_t from_memory, from_redis, missed;
};

/* Of streams. */
struct watch_counts {
    uint64_t open; /* now */
    uint64_t started;
    uint64_t events, heartbeats; /* that were sent */
    uint64_t asked, unchanged;   /* questions to the engine, and answers that were the same as the last */
};

/* All members are 64 bits wide, and all but the gauges named in numbers.c may be added to those of another front. */
struct front_numbers {
    struct counters counters;
    struct h1_server_counts server;
    struct auth_counts auth;
    struct cache_counts redis;
    uint64_t redis_up; /* 1: connected */
    struct watch_counts watches;
    struct kept_counts kept;
    struct answer_store_counts answers;
    uint64_t refused_values;                   /* of Redis, that did not open */
    uint64_t refused_logins;                   /* above what one address may send */
    uint64_t refused_origins;                  /* a cookie from another origin */
    uint64_t invalidations, invalidated_views; /* that the engine told of */
    uint64_t calls_running;
    uint64_t published_us; /* monotonic, which all processes of a machine share; 0: never */
};

struct numbers {
    uint64_t *words; /* mapped: `fronts` places */
    size_t fronts, index;
    struct front_numbers carried; /* what predecessors had counted */
};

/* Bytes that so many fronts need. */
size_t numbers_bytes(size_t fronts);

/* Maps the memory, which stays when `fd` is closed; fd -1: memory of this process alone. */
MUST_USE enum err numbers_open(int fd, size_t fronts, size_t index, struct numbers *out);
void numbers_close(struct numbers *numbers);

/* Makes what this front has counted since its start known. */
void numbers_publish(struct numbers *numbers, const struct front_numbers *now);

/* What one front has published, and what all have. */
void numbers_read(const struct numbers *numbers, size_t index, struct front_numbers *out);
void numbers_sum(const struct numbers *numbers, struct front_numbers *out);

/* Whether a front has published lately. */
bool numbers_is_alive(const struct front_numbers *front, int64_t now_us);

#endif
