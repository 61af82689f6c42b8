/*
 * assertion.h - who acts: what the vault asserted, checked before anything is done for it.
 *
 * The MAC is libsodium's crypto_auth under the key that only engine and vault have, over "stagematch/assertion/v1", a zero byte
 * and the packed ActorAssertion. Compared in constant time.
 */
#ifndef ENGINE_ASSERTION_H
#define ENGINE_ASSERTION_H

#include "api/status.h"
#include "base/text.h"
#include "domain/domain.h"
#include "wire/pbguard.h"

enum { ASSERTION_KEY_BYTES = 32, ASSERTION_MAC_BYTES = 32, ASSERTION_BYTES_MAX = 32 << 10 };

/* An actor and the message that its scope is borrowed from. */
struct asserted {
    struct pbguard_message message;
    struct actor actor;
};

/* refusal_unauthenticated for one that is forged, malformed or over. Free with asserted_free after STATUS_DONE. */
MUST_USE struct status assertion_check(struct text assertion, struct text mac, const uint8_t key[ASSERTION_KEY_BYTES],
                                       int64_t now_ms, struct asserted *out);

void asserted_free(struct asserted *asserted);

#endif
