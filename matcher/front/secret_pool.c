#include "front/secret_pool.h"

#include "base/mem.h"

#include <sodium.h>

enum { CHUNK_BYTES = 64 * 1024 };

struct secret_chunk {
    struct secret_chunk *next;
    size_t used, size;
    uint8_t bytes[];
};

void secret_pool_init(struct secret_pool *pool, size_t budget_bytes)
{
    *pool = (struct secret_pool){.budget_bytes = budget_bytes};
}

static enum err add_chunk(struct secret_pool *pool, size_t size)
{
    struct secret_chunk *chunk;
    if (size > pool->budget_bytes - pool->total_bytes)
        return ERR_MEMORY;
    enum err e = mem_alloc(1, sizeof *chunk + size, &chunk);
    if (e != ERR_OK)
        return e;
    chunk->size = size;
    chunk->next = pool->chunk;
    pool->chunk = chunk;
    pool->total_bytes += size;
    return ERR_OK;
}

enum err secret_pool_alloc(struct secret_pool *pool, size_t length, uint8_t **out)
{
    struct secret_chunk *chunk = pool->chunk;
    if (!chunk || chunk->size - chunk->used < length) {
        enum err e = add_chunk(pool, length > CHUNK_BYTES ? length : CHUNK_BYTES);
        if (e != ERR_OK)
            return e;
        chunk = pool->chunk;
    }
    *out = chunk->bytes + chunk->used;
    chunk->used += length;
    return ERR_OK;
}

void secret_pool_free(struct secret_pool *pool)
{
    while (pool->chunk) {
        struct secret_chunk *next = pool->chunk->next;
        sodium_memzero(pool->chunk->bytes, pool->chunk->used);
        mem_free(pool->chunk);
        pool->chunk = next;
    }
    pool->total_bytes = 0;
}
