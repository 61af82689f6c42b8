/*
 * health.h - what engine and vault say of themselves (internal/GetMetrics): ready or not, and their numbers.
 *
 * Both are asked at most once a second, however many want to know; who comes while they are being asked waits with the others.
 */
#ifndef FRONT_HEALTH_H
#define FRONT_HEALTH_H

#include "base/buf.h"
#include "ipc/channel.h"
#include "wire/h1_server.h"

struct front;

enum { HEALTH_ROLES = 2, HEALTH_WAITERS_MAX = 64 };

struct role_health {
    struct front *front;
    enum role_name role;
    bool ready;
    struct buf reason; /* why it is not */
    struct buf numbers;
    struct channel *asked; /* whose answer is waited for */
    uint64_t ask_id;
};

typedef void health_known_cb(struct front *front, struct exchange *exchange);

struct health {
    struct role_health roles[HEALTH_ROLES];
    size_t waiting_for; /* answers that are still to come */
    bool known;
    int64_t known_until_us; /* monotonic */
    struct health_waiter {
        struct exchange *exchange;
        health_known_cb *known;
    } waiters[HEALTH_WAITERS_MAX];
    size_t waiter_count;
};

void health_init(struct front *front);

/* Gives up the questions; waiters are told with what is known. */
void health_free(struct front *front);

/* Calls `known` once, now or when both have answered. False: too many wait. */
bool health_ask(struct front *front, struct exchange *exchange, health_known_cb *known);

/* Both are there and ready. */
bool health_is_ready(const struct health *health);

#endif
