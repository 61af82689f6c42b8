#include "match/seed.h"
#include "support/support.h"

#include <sodium.h>
#include <string.h>

static const char *hex_of(const uint8_t hash[HASH_BYTES])
{
    static char hex[2 * HASH_BYTES + 1];
    return sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
}

/* Vectors of Python's hashlib. */
START_TEST(the_parts_of_a_seed_are_the_hashes_that_are_declared)
{
    uint8_t nonces[2][NONCE_BYTES], digest[HASH_BYTES], out[HASH_BYTES];
    memset(nonces[0], 0x11, NONCE_BYTES);
    memset(nonces[1], 0x22, NONCE_BYTES);
    memset(digest, 0x33, sizeof digest);
    seed_commitment(text_of("25PT"), nonces[0], out);
    ck_assert_str_eq(hex_of(out), "e291052c5edbce2ef006062c86ff709768f83f812cef7aa7dc887e176a4da6e1");
    seed_withheld_nonce(nonces[1], digest, out);
    ck_assert_str_eq(hex_of(out), "0865dd0d5612cae5a833662f009589046905a9568a2a6f01aadc146c6f8e043a");
    seed_draw(digest, (const uint8_t(*)[NONCE_BYTES])nonces, 2, text_of("trekking 42"), out);
    ck_assert_str_eq(hex_of(out), "18c72289729647db35d07a3bc94f1fe475bfa71fb52c730de87f5ef09274a9de");
    seed_draw(digest, (const uint8_t(*)[NONCE_BYTES])nonces, 2, text_of(""), out);
    ck_assert_str_eq(hex_of(out), "0893406f93b6a207372318560ae825501f02bb277713e635e922b3eb46daadc1");
}
END_TEST

RUN_TESTS("match/seed", the_parts_of_a_seed_are_the_hashes_that_are_declared)
