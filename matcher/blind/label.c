#include "blind/label.h"

#include <sodium.h>

void blind_label(const uint8_t key[LABEL_KEY_BYTES], const uint8_t proposal_id[LABEL_ID_BYTES], char out[LABEL_BYTES])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256(mac, proposal_id, LABEL_ID_BYTES, key);
    uint64_t bits = 0;
    for (unsigned i = 0; i < 8; i++)
        bits = bits << 8 | mac[i];
    for (unsigned i = 0; i < LABEL_BYTES - 1; i++)
        out[i] = digits[bits >> (59 - 5 * i) & 31];
    out[LABEL_BYTES - 1] = '\0';
}
