/*
 * redis.h - the front's Redis: opened as the settings say, and what there is to tell of it.
 *
 * There is always a cache (cache/cache.h) as long as the front runs; without the setting `redis` everything is absent from it. The front
 * is ready without it: it only becomes slower.
 */
#ifndef FRONT_REDIS_H
#define FRONT_REDIS_H

#include "base/buf.h"
#include "cache/cache.h"
#include "ipc/role.h"

/* ERR_INPUT for a setting that cannot be used, or a password file that cannot be read; it was logged. */
MUST_USE enum err redis_open(const struct role_environment *environment, struct cache **out);

/* "off", "up", or "down", which it is while it connects too. */
const char *redis_state_text(const struct cache *cache);

/* As metrics: `connected` of `fronts` are, and what all of them counted. */
void redis_write(const struct cache_counts *counts, uint64_t connected, struct buf *out);

#endif
