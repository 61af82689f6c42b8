/*
 * state.h - all that the front is at one moment. For use within front alone.
 */
#ifndef FRONT_STATE_H
#define FRONT_STATE_H

#include "front/auth.h"
#include "front/counters.h"
#include "front/health.h"
#include "front/pages.h"
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

struct front {
    const struct role_environment *environment;
    struct channel *channels[ROLE_NAME_COUNT]; /* to engine and vault; NULL while there is none */
    struct h1_server *api, *metrics;
    struct address_list trusted_proxies, shared_addresses;
    struct auth *auth;
    struct postcodes *postcodes;
    struct call_list calls; /* under way */
    struct call_list ended; /* to be freed in the next turn */
    struct event sweep;
    size_t call_count, file_count;
    size_t decode_bytes; /* of DECODE_MEMORY_BYTES, taken */
    uint32_t call_timeout_ms;
    struct buf answer; /* of the call that is being answered; wiped after each */
    struct counters counters;
    struct health health;
    struct buf security_text;
    size_t servers_open; /* that have not stopped yet */
    bool stopping;
};

#endif
