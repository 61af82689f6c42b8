#include "engine/quota.h"

#include "base/mem.h"
#include "stagematch/v1/common.pb-c.h"

#include <sodium.h>
#include <string.h>

enum { FIRST_SLOTS = 256, CHANGE_BYTES = 512 }; /* CHANGE_BYTES: of the records around the shortest answer */

static const int64_t day_ms = 86400000;
enum { BUSY_US_A_MS = 100 }; /* drains: a tenth of the time */

struct bucket {
    uint8_t account_id[ID_BYTES];
    unsigned role;
    uint64_t kept_bytes, busy_us; /* both 0: a free slot */
    int64_t time_ms;
};

/* Open addressing; at most half full. */
struct quota {
    struct bucket *slots;
    size_t slot_count, used;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
};

struct quota_measure quota_measure_of(unsigned role)
{
    if (role == STAGEMATCH__V1__ROLE__ROLE_STUDENT)
        return (struct quota_measure){UINT64_C(4) << 20, 2000000};
    if (role == STAGEMATCH__V1__ROLE__ROLE_COMPANY)
        return (struct quota_measure){UINT64_C(256) << 20, 0};
    return (struct quota_measure){UINT64_C(1) << 30, 0};
}

enum err quota_new(struct quota **out)
{
    struct quota *quota;
    enum err e = mem_alloc(1, sizeof *quota, &quota);
    if (e != ERR_OK)
        return e;
    quota->slot_count = FIRST_SLOTS;
    e = mem_alloc(quota->slot_count, sizeof *quota->slots, &quota->slots);
    if (e != ERR_OK) {
        mem_free(quota);
        return e;
    }
    crypto_shorthash_keygen(quota->hash_key);
    *out = quota;
    return ERR_OK;
}

void quota_free(struct quota *quota)
{
    if (!quota)
        return;
    mem_free(quota->slots);
    mem_free(quota);
}

static bool is_free(const struct bucket *bucket)
{
    return !bucket->kept_bytes && !bucket->busy_us;
}

/* The bucket as it has drained by now. */
static struct bucket drained(const struct bucket *bucket, int64_t now_ms)
{
    struct bucket left = *bucket;
    uint64_t passed_ms = now_ms > left.time_ms ? (uint64_t)(now_ms - left.time_ms) : 0;
    if (passed_ms > (uint64_t)day_ms)
        passed_ms = (uint64_t)day_ms;
    uint64_t bytes = quota_measure_of(left.role).kept_bytes * passed_ms / (uint64_t)day_ms; /* below 2^57 */
    uint64_t busy_us = passed_ms * BUSY_US_A_MS;
    left.kept_bytes = left.kept_bytes > bytes ? left.kept_bytes - bytes : 0;
    left.busy_us = left.busy_us > busy_us ? left.busy_us - busy_us : 0;
    if (now_ms > left.time_ms)
        left.time_ms = now_ms;
    return left;
}

/* The account's slot, or the free one where it would stand. */
static struct bucket *slot_of(const struct quota *quota, const uint8_t account_id[ID_BYTES])
{
    uint64_t hash;
    (void)crypto_shorthash((uint8_t *)&hash, account_id, ID_BYTES, quota->hash_key);
    size_t at = (size_t)hash & (quota->slot_count - 1);
    while (!is_free(&quota->slots[at]) && memcmp(quota->slots[at].account_id, account_id, ID_BYTES) != 0)
        at = (at + 1) & (quota->slot_count - 1);
    return &quota->slots[at];
}

/* Forgets what has drained, and makes the table larger where that is not enough. */
static enum err make_room(struct quota *quota, int64_t now_ms)
{
    struct quota fresh = *quota;
    fresh.used = 0;
    for (size_t i = 0; i < quota->slot_count; i++) {
        quota->slots[i] = drained(&quota->slots[i], now_ms);
        fresh.used += !is_free(&quota->slots[i]);
    }
    while (fresh.slot_count < 4 * fresh.used)
        fresh.slot_count *= 2;
    enum err e = mem_alloc(fresh.slot_count, sizeof *fresh.slots, &fresh.slots);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < quota->slot_count; i++)
        if (!is_free(&quota->slots[i]))
            *slot_of(&fresh, quota->slots[i].account_id) = quota->slots[i];
    mem_free(quota->slots);
    *quota = fresh;
    return ERR_OK;
}

static struct bucket level_of(const struct quota *quota, const struct quota_account *account)
{
    return drained(slot_of(quota, account->account_id), account->now_ms);
}

bool quota_allows_call(const struct quota *quota, const struct quota_account *account)
{
    uint64_t measure_us = quota_measure_of(account->role).busy_us;
    return !measure_us || level_of(quota, account).busy_us < measure_us;
}

bool quota_allows_change(const struct quota *quota, const struct quota_account *account)
{
    return level_of(quota, account).kept_bytes < quota_measure_of(account->role).kept_bytes;
}

/* The account's slot, taken where it has none; NULL without memory. */
static struct bucket *open_slot(struct quota *quota, const struct quota_account *account)
{
    struct bucket *slot = slot_of(quota, account->account_id);
    if (is_free(slot)) {
        if (2 * (quota->used + 1) > quota->slot_count && make_room(quota, account->now_ms) != ERR_OK)
            return NULL;
        slot = slot_of(quota, account->account_id);
        quota->used++;
        memcpy(slot->account_id, account->account_id, ID_BYTES);
        slot->role = account->role;
        slot->time_ms = account->now_ms;
    }
    return slot;
}

static void charge(struct quota *quota, const struct quota_account *account, uint64_t kept_bytes, uint64_t busy_us)
{
    struct bucket *slot = open_slot(quota, account);
    if (!slot)
        return;
    struct bucket left = drained(slot, account->now_ms);
    left.kept_bytes += kept_bytes;
    left.busy_us += busy_us;
    *slot = left;
}

void quota_took(struct quota *quota, const struct quota_account *account, uint64_t busy_us)
{
    if (busy_us && quota_measure_of(account->role).busy_us)
        charge(quota, account, 0, busy_us);
}

void quota_left(struct quota *quota, const struct quota_account *account, size_t answer_bytes)
{
    charge(quota, account, CHANGE_BYTES + answer_bytes, 0);
}
