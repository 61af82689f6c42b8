#include "engine/assertion.h"

#include "api/schools.h"
#include "stagematch/internal/v1/frame.pb-c.h"

#include <sodium.h>
#include <string.h>

enum { UNPACKED_BYTES_MAX = 256 << 10 };

static bool is_authentic(struct text assertion, struct text mac, const uint8_t key[ASSERTION_KEY_BYTES])
{
    static const char use[] = "stagematch/assertion/v1"; /* with its NUL */
    uint8_t expected[ASSERTION_MAC_BYTES];
    crypto_auth_hmacsha512256_state state;
    _Static_assert(ASSERTION_MAC_BYTES == crypto_auth_hmacsha512256_BYTES, "crypto_auth is HMAC-SHA512-256");
    if (assertion.length == 0 || assertion.length > ASSERTION_BYTES_MAX || mac.length != ASSERTION_MAC_BYTES)
        return false;
    crypto_auth_hmacsha512256_init(&state, key, ASSERTION_KEY_BYTES);
    crypto_auth_hmacsha512256_update(&state, (const uint8_t *)use, sizeof use);
    crypto_auth_hmacsha512256_update(&state, (const uint8_t *)assertion.data, assertion.length);
    crypto_auth_hmacsha512256_final(&state, expected);
    bool same = sodium_memcmp(expected, mac.data, sizeof expected) == 0;
    sodium_memzero(&state, sizeof state);
    return same;
}

struct status assertion_check(struct text assertion, struct text mac, const uint8_t key[ASSERTION_KEY_BYTES],
                              int64_t now_ms, struct asserted *out)
{
    struct asserted read = {0};
    if (!is_authentic(assertion, mac, key))
        return status_refuse(&refusal_unauthenticated);
    enum err e = pbguard_unpack(&stagematch__internal__v1__actor_assertion__descriptor, assertion,
                                &pbguard_limits_internal, UNPACKED_BYTES_MAX, false, &read.message, NULL);
    if (e != ERR_OK)
        return status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_unauthenticated);
    const Stagematch__Internal__V1__ActorAssertion *message = (const void *)read.message.message;
    if (message->expire_ms <= now_ms || message->account_id.len != ID_BYTES || message->n_scope > SCOPE_MAX ||
        (unsigned)message->role >= 32 || message->n_checked_by > CHECKED_SCHOOLS_MAX ||
        !schools_ascend((const char *const *)message->checked_by, message->n_checked_by)) {
        pbguard_free(&read.message);
        return status_refuse(&refusal_unauthenticated);
    }
    memcpy(read.actor.account_id, message->account_id.data, ID_BYTES);
    read.actor.role = (unsigned)message->role;
    read.actor.scope = (const char *const *)message->scope;
    read.actor.scope_count = message->n_scope;
    read.actor.checked_by = (const char *const *)message->checked_by;
    read.actor.checked_count = message->n_checked_by;
    *out = read;
    return STATUS_DONE;
}

void asserted_free(struct asserted *asserted)
{
    pbguard_free(&asserted->message);
    *asserted = (struct asserted){0};
}
