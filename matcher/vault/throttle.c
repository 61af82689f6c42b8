#include "vault/throttle.h"

#include "api/message.h"

#include <string.h>

#include "stagematch/internal/v1/vault.pb-c.h"

typedef Stagematch__Internal__V1__ThrottleRow ThrottleRow;

enum { KEY_LENGTH = 1 + INDEX_BYTES };

static const struct {
    char letter;
    uint32_t free_attempts;
    int64_t longest_wait_ms;
} kinds[THROTTLE_KIND_COUNT] = {
    [THROTTLE_ACCOUNT] = {'a', 5, 15 * MS_PER_MINUTE},
    [THROTTLE_PEER] = {'p', 50, MS_PER_MINUTE},
    [THROTTLE_RESET] = {'r', 3, MS_PER_HOUR},
    [THROTTLE_REPORT] = {'c', 20, 15 * MS_PER_MINUTE},
};

static void make_key(enum throttle_kind kind, const uint8_t index[INDEX_BYTES], uint8_t key[KEY_LENGTH])
{
    key[0] = (uint8_t)kinds[kind].letter;
    memcpy(key + 1, index, INDEX_BYTES);
}

/* After the n-th failure beyond the free ones: 2^n seconds. */
static int64_t wait_ms(enum throttle_kind kind, uint32_t failures)
{
    if (failures < kinds[kind].free_attempts)
        return 0;
    uint32_t doublings = failures - kinds[kind].free_attempts;
    int64_t wait = doublings < 20 ? (int64_t)1000 << doublings : kinds[kind].longest_wait_ms;
    return wait < kinds[kind].longest_wait_ms ? wait : kinds[kind].longest_wait_ms;
}

static enum err read_row(struct vault *vault, struct edit *edit, const uint8_t key[KEY_LENGTH], ThrottleRow **out)
{
    enum err e = edit_get_live(edit, TABLE_THROTTLE, bytes_of(key, KEY_LENGTH), vault_now_ms(vault),
                               &stagematch__internal__v1__throttle_row__descriptor, out);
    return e == ERR_MISSING ? message_new(&stagematch__internal__v1__throttle_row__descriptor, out) : e;
}

/* A day without failures forgets them. */
static void write_row(struct vault *vault, struct edit *edit, const uint8_t key[KEY_LENGTH], const ThrottleRow *row)
{
    if (row->failure_count)
        edit_put_live(edit, TABLE_THROTTLE, bytes_of(key, KEY_LENGTH), vault_now_ms(vault) + MS_PER_DAY, row);
    else
        edit_delete(edit, TABLE_THROTTLE, bytes_of(key, KEY_LENGTH));
}

enum err throttle_begin(struct vault *vault, struct edit *edit, enum throttle_kind kind,
                        const uint8_t index[INDEX_BYTES], bool *allowed)
{
    uint8_t key[KEY_LENGTH];
    ThrottleRow *row;
    int64_t now_ms = vault_now_ms(vault);
    make_key(kind, index, key);
    enum err e = read_row(vault, edit, key, &row);
    if (e != ERR_OK)
        return e;
    *allowed = now_ms >= row->wait_until_ms;
    if (*allowed) {
        row->failure_count++;
        row->wait_until_ms = now_ms + wait_ms(kind, row->failure_count);
        write_row(vault, edit, key, row);
    }
    message_free(row);
    return ERR_OK;
}

enum err throttle_undo(struct vault *vault, struct edit *edit, enum throttle_kind kind,
                       const uint8_t index[INDEX_BYTES], bool all)
{
    uint8_t key[KEY_LENGTH];
    ThrottleRow *row;
    make_key(kind, index, key);
    enum err e = read_row(vault, edit, key, &row);
    if (e != ERR_OK)
        return e;
    row->failure_count = all || !row->failure_count ? 0 : row->failure_count - 1;
    row->wait_until_ms = 0;
    write_row(vault, edit, key, row);
    message_free(row);
    return ERR_OK;
}
