/*
 * kept.h - calls that are served from answers that were given before: from memory, then from Redis, then from the engine.
 *
 * An answer is kept under a keyed hash of all that it depends on besides the state: the method, the request, codec and compression, and
 * what the caller may see: role, scope, and whoever checked a company's contact, as the vault asserted them; not who it is. So two
 * callers share an answer where the engine would give them the same, and only there. It is good for the version that its views had when
 * it was made (front/freshness.h), and for answer_cache_ms. Only the engine's answers are kept, which know no identity; never an
 * answer of the vault, a refusal, or what changes something.
 *
 * In Redis it lies under sm:answer:EPOCH:VIEWS:VERSION:HASH, sealed (front/shelf.h).
 *
 * A client that was told of its change by this front never gets an older answer: the engine tells the front what became old before it
 * answers, and where the vault led the change the front asks the engine once more before it tells the client (kept_settle). With
 * several fronts an answer from memory is given a turn of the loop later, behind what the engine had said until then.
 */
#ifndef FRONT_KEPT_H
#define FRONT_KEPT_H

#include "front/call.h"

/* Serves a call of the engine, from what is kept where that is possible. */
void kept_serve(struct call *call);

/* The call's answer was encoded: keep it, where kept_serve asked for it. */
void kept_put(struct call *call, const struct kept_answer *answer);

/* A step, after a change that the vault led in the engine: answers with what came, once all that the engine told of it was read. */
void kept_settle(struct call *call, struct text body);

/* Of a caller's answers: what differs for those who may see other things. Actor NULL: nobody in particular. */
void kept_key(const uint8_t secret[SHELF_KEY_BYTES], const struct call *call, struct answer_key *out);

#endif
