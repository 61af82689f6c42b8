/*
 * rate_limit.h - how many calls without a session one address may send in a minute: logging in, invitations, passwords.
 *
 * They cost the vault far more than they cost whoever sends them. The vault slows down who guesses by itself, durably (vault/throttle.h);
 * this keeps a flood from reaching it at all.
 *
 * Each front counts what it sees, and the fronts together count in Redis, where there is one: a call goes by the larger number that is
 * known, and waits for nothing. So with Redis the limit holds for all fronts together, but for the calls of the last
 * milliseconds; without it, for each front. Minutes are those of the monotonic clock. In Redis an address is a keyed hash
 * (front/shelf.h), for a minute.
 *
 * Memory is fixed: RATE_ADDRESSES addresses at a time; beyond that the one with the fewest calls in its group is forgotten, so
 * a flood from many addresses cannot make the front forget who sends much. O(1) a call.
 */
#ifndef FRONT_RATE_LIMIT_H
#define FRONT_RATE_LIMIT_H

#include "base/clock.h"
#include "front/shelf.h"
#include "wire/address.h"

enum { RATE_ADDRESSES = 8192, RATE_WINDOW_MS = 60000 };

struct rate_limit;

/* The shelf is borrowed, and its cache freed before this. */
MUST_USE enum err rate_limit_new(const struct clock *clock, struct shelf *shelf, struct rate_limit **out);
void rate_limit_free(struct rate_limit *limit);

/* Counts a call by this key (address_key) and says whether it is among the first `most` of this minute. */
MUST_USE bool rate_limit_admit(struct rate_limit *limit, const struct address *key, uint64_t most);

/* Calls that were not admitted. */
uint64_t rate_limit_refused(const struct rate_limit *limit);

#endif
