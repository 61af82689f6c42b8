/*
 * auth.h - who a token belongs to: asked of the vault once, known here for at most 60 seconds.
 *
 * The vault answers with an assertion for the engine and a view of the actor (internal/Authenticate). It is kept by a keyed
 * BLAKE2b hash of the token; the token itself is not. Calls with one token that come while the vault is being asked wait for
 * the same answer. A refusal is not kept. At most ACTORS_MAX are known at a time, the least recently used goes first.
 *
 * What the vault answered is shared with the other fronts through Redis, where there is one (front/auth_share.h): that is asked first.
 *
 * An actor that is about to expire (ACTOR_MARGIN_MS) is not found any more, so that who finds one can finish a short call
 * with it; a long one asks again.
 */
#ifndef FRONT_AUTH_H
#define FRONT_AUTH_H

#include "base/clock.h"
#include "base/random.h"
#include "front/auth_share.h"
#include "ipc/channel.h"
#include "stagematch/internal/v1/saga.pb-c.h"

enum { ACTORS_MAX = 8192, ACTOR_LIFE_MS = 60000, ACTOR_MARGIN_MS = 5000, TOKEN_BYTES_MAX = 256 };

struct auth;

/* Somebody who calls. Counted: give it back with auth_release. */
struct actor {
    const Stagematch__Internal__V1__AuthenticateResponse *said; /* by the vault; its actor is there */
    int64_t expire_us;                                          /* monotonic */
};

MUST_USE enum err auth_new(const struct clock *clock, const struct random_source *random, struct auth **out);

/*
 * Shares what is known through the shelf. `vault` is where the channel to the vault stands, for when Redis had nothing. Once, before the
 * first question. Errors: those of cache_subscribe.
 */
MUST_USE enum err auth_share_through(struct auth *auth, struct shelf *shelf, struct channel *const *vault);

/* Waiters must have left; an answer of the vault that is still to come is nobody's. */
void auth_free(struct auth *auth);

/* The actor if known and not about to expire, otherwise NULL. */
struct actor *auth_find(struct auth *auth, struct text token);
void auth_release(struct auth *auth, struct actor *actor);

/* Whether a call that takes long should ask again. */
bool auth_expires_soon(const struct auth *auth, const struct actor *actor);

/* How a question ended: with an actor, which the receiver releases, or with a refusal: `status`, or a reply of the vault. */
typedef void auth_known_cb(void *context, struct actor *actor, struct status status,
                           const Stagematch__Internal__V1__Reply *reply);

/* One who waits for an answer; in memory of the one who asks. */
struct auth_waiter {
    struct auth_waiter *next, **link;
    auth_known_cb *known;
    void *context;
};

/*
 * Asks the vault, or waits with those who asked already. `waiter->known` is called once, in a later turn, unless auth_leave
 * comes before. Errors: those of channel_call.
 */
MUST_USE enum err auth_ask(struct auth *auth, struct channel *vault, struct text token, const char *peer,
                           uint32_t timeout_ms, struct auth_waiter *waiter);

/* Waits no longer; allowed for one that does not wait. */
void auth_leave(struct auth_waiter *waiter);

/* Forgets one token; or all, after what ends a session, which the other fronts are told. */
void auth_forget(struct auth *auth, struct text token);
void auth_forget_all(struct auth *auth);

struct auth_counts {
    uint64_t found, asked, joined, refused;
    uint64_t shared; /* found in Redis */
    size_t known;
};
struct auth_counts auth_counts(const struct auth *auth);

#endif
