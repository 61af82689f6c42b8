/*
 * secret_pool.h - memory for identities on their way to the vault: never moved, wiped when freed.
 *
 * A buffer that grows leaves copies behind; a pool hands out pieces of fixed chunks instead, so that one wipe reaches all.
 */
#ifndef FRONT_SECRET_POOL_H
#define FRONT_SECRET_POOL_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct secret_chunk;

struct secret_pool {
    struct secret_chunk *chunk; /* newest first */
    size_t total_bytes;
    size_t budget_bytes;
};

/* An empty pool that takes at most budget_bytes from the heap. */
void secret_pool_init(struct secret_pool *pool, size_t budget_bytes);

/* Hands out `length` bytes, zeroed; they live until secret_pool_free. ERR_MEMORY when the budget is used up. */
MUST_USE enum err secret_pool_alloc(struct secret_pool *pool, size_t length, uint8_t **out);

/* Wipes and frees all; the pool can be used again. */
void secret_pool_free(struct secret_pool *pool);

#endif
