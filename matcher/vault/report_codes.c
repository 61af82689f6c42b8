/*
 * Codes that people carry: drawn and read; and limits of so many reports a day.
 */
#include "api/message.h"
#include "vault/report_lists.h"
#include "vault/reports.h"

#include <sodium.h>
#include <string.h>

typedef Stagematch__Internal__V1__ThrottleRow ThrottleRow;

/* Without I, L, O and U, which are read as others (Crockford's base 32). */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void report_code_draw(const struct vault *vault, size_t characters, char out[REPORT_CODE_BYTES])
{
    uint8_t bytes[REPORT_BACK_CHARACTERS];
    size_t length = 0;
    random_fill(&vault->environment->random, bytes, characters);
    for (size_t i = 0; i < characters; i++) {
        if (i && i % REPORT_CODE_GROUP == 0)
            out[length++] = '-';
        out[length++] = alphabet[bytes[i] & 31];
    }
    out[length] = '\0';
    sodium_memzero(bytes, sizeof bytes);
}

/* As the alphabet writes it; 0: a separator. */
static char plain_character(char c)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (c >= 'a' && c <= 'z')
        c = capitals[c - 'a'];
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    if (c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r')
        c = '\0';
    return c;
}

void report_code_hash(struct text typed, uint8_t out[BLAKE_BYTES])
{
    char plain[REPORT_CODE_BYTES];
    size_t length = 0;
    for (size_t i = 0; i < typed.length && length < sizeof plain; i++) {
        char c = plain_character(typed.data[i]);
        if (c)
            plain[length++] = c;
    }
    hash_of_text((struct text){plain, length}, out);
    sodium_memzero(plain, sizeof plain);
}

enum { QUOTA_KEY_BYTES = 1 + INDEX_BYTES };

static const struct {
    char letter;
    const char *setting; /* NULL: the fallback */
    int64_t fallback;
} quotas[] = {
    [REPORT_QUOTA_ADDRESS] = {'R', "reports_per_address", 20},
    [REPORT_QUOTA_SCHOOL] = {'S', "reports_per_school", 100},
    [REPORT_QUOTA_ACCOUNT] = {'A', NULL, 10},
    [REPORT_QUOTA_PARTS] = {'P', NULL, 250}, /* all files twice, and some */
};

enum err report_quota_take(struct vault *vault, struct edit *edit, enum report_quota quota, struct text name,
                           bool *allowed)
{
    uint8_t key[QUOTA_KEY_BYTES];
    ThrottleRow *row = NULL;
    int64_t now_ms = vault_now_ms(vault), most = quotas[quota].fallback;
    key[0] = (uint8_t)quotas[quota].letter;
    keys_peer_index(vault->keys, name, key + 1);
    if (quotas[quota].setting)
        most = report_setting(vault->environment->settings, quotas[quota].setting, most);
    enum err e = edit_get_live(edit, TABLE_THROTTLE, TEXT_OF(key), now_ms,
                               &stagematch__internal__v1__throttle_row__descriptor, &row);
    if (e == ERR_MISSING) {
        e = message_new(&stagematch__internal__v1__throttle_row__descriptor, &row);
        if (e == ERR_OK)
            row->wait_until_ms = now_ms + MS_PER_DAY; /* when the count begins anew */
    }
    if (e != ERR_OK)
        return e;
    *allowed = row->failure_count < most;
    if (*allowed) {
        row->failure_count++;
        edit_put_live(edit, TABLE_THROTTLE, TEXT_OF(key), row->wait_until_ms, row);
    }
    message_free(row);
    return ERR_OK;
}
