/*
 * auth_share.h - callers that one front knows, for the others: the vault's answer in Redis, sealed (front/shelf.h), under a keyed hash
 * of the token.
 *
 * An answer counts from when the vault was asked, and not when that was before the last time that sessions ended at this front, or at
 * another one that could say so (a message over Redis). Where that message is lost, what was known stays known until the assertion is
 * over: at most 60 seconds after the vault gave it, wherever it was kept in between.
 */
#ifndef FRONT_AUTH_SHARE_H
#define FRONT_AUTH_SHARE_H

#include "base/clock.h"
#include "front/shelf.h"

struct auth_share {
    struct shelf *shelf; /* borrowed; NULL: nothing is shared */
    const struct clock *clock;
    int64_t after_ms; /* wall clock: what the vault was asked until then does not count */
};

bool auth_share_is_open(const struct auth_share *share);
void auth_share_name(const struct auth_share *share, struct text token, char out[SHELF_NAME_BYTES]);

/* The vault's answer to a question of `asked_ms`, valid for ttl_ms. */
void auth_share_put(struct auth_share *share, const char *name, int64_t asked_ms, struct text answer,
                    uint32_t ttl_ms);

/* The vault's answer out of what was found, or ERR_MISSING. It is appended to `out`, with nothing else in that. */
MUST_USE enum err auth_share_open(struct auth_share *share, const char *name, struct text value, struct buf *out);

/* Sessions ended: nothing from before counts. `tell`: the other fronts, too. */
void auth_share_forget(struct auth_share *share, bool tell);

/* Whether a message is one: of a front of this start, or that some may have been lost. */
bool auth_share_heard(struct auth_share *share, struct text message);

/* Hears of sessions that ended at other fronts. Errors: those of cache_subscribe. */
MUST_USE enum err auth_share_listen(struct auth_share *share, cache_message_cb *heard, void *context);

#endif
