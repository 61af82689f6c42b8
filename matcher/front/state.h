/*
 * state.h - all that the front is at one moment. For use within front alone.
 */
#ifndef FRONT_STATE_H
#define FRONT_STATE_H

#include "cache/cache.h"
#include "front/answer_store.h"
#include "front/auth.h"
#include "front/certificate.h"
#include "front/counters.h"
#include "front/freshness.h"
#include "front/health.h"
#include "front/numbers.h"
#include "front/pages.h"
#include "front/rate_limit.h"
#include "front/shelf.h"
#include "intake/postcodes.h"
#include "ipc/role.h"
#include "wire/h1_server.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

enum {
    CALLS_MAX = 2048,              /* under way at a time; more are refused */
    FILES_MAX = 4,                 /* of these, those that read a file */
    DECODE_MEMORY_BYTES = 1 << 30, /* that the decoded requests of all may take */
};

struct call;
TAILQ_HEAD(call_list, call);

struct web_files;
struct watch;
TAILQ_HEAD(watch_list, watch);

/* All streams (front/watch.h). */
struct watches {
    struct watch_list open, ended; /* those that ended are freed in the next turn */
    struct event look, sweep;
    bool look_at_all; /* not only at those whose views are known to have changed */
    size_t most, per_account;
    int64_t heartbeat_us, interval_us;
    struct watch_counts counts;
};

struct front {
    const struct role_environment *environment;
    struct channel *channels[ROLE_NAME_COUNT]; /* to engine and vault; NULL while there is none */
    struct h1_server *api, *metrics, *redirect;
    struct address_list trusted_proxies, shared_addresses;
    struct auth *auth;
    struct postcodes *postcodes;
    struct cache *cache; /* Redis, or nothing; never NULL */
    struct shelf shelf;  /* in it, sealed */
    struct freshness *freshness;
    struct answer_store *answers;
    uint32_t answer_life_ms; /* 0: none are kept */
    struct kept_counts kept_counts;
    struct rate_limit *logins;
    uint64_t refused_origins;
    uint64_t logins_per_address, logins_per_shared_address;
    struct watches watches;
    struct call_list calls; /* under way */
    struct call_list ended; /* to be freed in the next turn */
    struct event sweep;
    size_t call_count, file_count;
    size_t decode_bytes; /* of DECODE_MEMORY_BYTES, taken */
    uint32_t call_timeout_ms;
    struct buf answer;        /* of the call that is being answered; wiped after each */
    struct counters counters; /* of this front; those of all are in `numbers` */
    struct numbers numbers;
    struct event publish;
    struct health health;
    struct buf security_text;
    struct web_files *web; /* the web application; NULL: there is none */
    struct certificate_state certificate;
    size_t servers_open; /* that have not stopped yet */
    bool stopping, logs_addresses;
};

/* Makes what this front has counted known to the others now. */
void front_publish(struct front *front);

#endif
