/*
 * quota.h - how much one account may make the engine keep, and how long it may keep the engine busy.
 *
 * Every change leaves an answer behind for repeats, and often a record, for as long as the answer is kept; nobody's account may
 * fill memory and disk with them. Some reads (what a student could choose from) go through a whole market, and the engine has
 * one thread. So each account has two leaky buckets: what it left behind drains within a day, the time that it took within
 * seconds; a whole measure may be used at once. Students are many and need little. A school's or a company's own system enters
 * much, and somebody answers for it: its time is not measured.
 *
 * In memory alone: a new engine begins with every bucket empty. Cost: a look-up each. Entries that have drained are forgotten.
 */
#ifndef ENGINE_QUOTA_H
#define ENGINE_QUOTA_H

#include "api/id.h"

#include <stdbool.h>

struct quota;

/* The measures of a role: a number of stagematch.v1.Role. */
struct quota_measure {
    uint64_t kept_bytes; /* a day */
    uint64_t busy_us;    /* at once; a tenth of every second comes back; 0: not measured */
};
struct quota_measure quota_measure_of(unsigned role);

/* Who is charged, and when. */
struct quota_account {
    const uint8_t *account_id; /* ID_BYTES */
    unsigned role;
    int64_t now_ms;
};

MUST_USE enum err quota_new(struct quota **out);
void quota_free(struct quota *quota);

/* Whether the account may take time of the engine now, and whether it may leave anything more behind. */
bool quota_allows_call(const struct quota *quota, const struct quota_account *account);
bool quota_allows_change(const struct quota *quota, const struct quota_account *account);

/* It took this long; it changed something, and this much was answered. Without memory nothing is counted. */
void quota_took(struct quota *quota, const struct quota_account *account, uint64_t busy_us);
void quota_left(struct quota *quota, const struct quota_account *account, size_t answer_bytes);

#endif
