#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_BYTES = 64 * 1024, ALIGNMENT = 16, HUGE_PAGE_BYTES = 1 << 21, HUGE_FROM_BYTES = 1 << 22 };

/* Written only by tests, before the code under test runs. */
static uint64_t fail_at;
static bool failed;

struct arena_chunk {
    struct arena_chunk *next;
    size_t size_bytes;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static bool allowed(void)
{
    if (fail_at == 0)
        return true;
    if (fail_at == 1) {
        failed = true;
        return false;
    }
    fail_at--;
    return true;
}

/*
 * Asks for huge pages under a large block: random reads over hundreds of megabytes otherwise spend their time on address
 * translation. Only a hint; pages come when they are touched, as ever.
 */
static void prefer_huge_pages(void *block, size_t bytes)
{
    if (bytes < HUGE_FROM_BYTES)
        return;
    uintptr_t begin = ((uintptr_t)block + HUGE_PAGE_BYTES - 1) & ~(uintptr_t)(HUGE_PAGE_BYTES - 1);
    uintptr_t end = ((uintptr_t)block + bytes) & ~(uintptr_t)(HUGE_PAGE_BYTES - 1);
    if (end > begin)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

enum err mem_alloc(size_t count, size_t size, void *out)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || !allowed())
        return ERR_MEMORY;
    void *block = calloc(bytes ? bytes : 1, 1);
    if (!block)
        return ERR_MEMORY;
    prefer_huge_pages(block, bytes);
    memcpy(out, &block, sizeof block);
    return ERR_OK;
}

enum err mem_alloc_aligned(size_t alignment, size_t count, size_t size, void *out)
{
    size_t bytes;
    void *block;
    if (__builtin_mul_overflow(count, size, &bytes) || !allowed())
        return ERR_MEMORY;
    if (posix_memalign(&block, alignment, bytes ? bytes : 1) != 0)
        return ERR_MEMORY;
    prefer_huge_pages(block, bytes);
    memcpy(out, &block, sizeof block);
    return ERR_OK;
}

enum err mem_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    void *held;
    memcpy(&held, block, sizeof held);
    if (__builtin_mul_overflow(count, size, &bytes) || !allowed())
        return ERR_MEMORY;
    void *resized = realloc(held, bytes ? bytes : 1);
    if (!resized)
        return ERR_MEMORY;
    prefer_huge_pages(resized, bytes);
    memcpy(block, &resized, sizeof resized);
    return ERR_OK;
}

void mem_free(void *block)
{
    free(block);
}

enum err mem_grow(void *items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return ERR_OK;
    size_t wanted;
    if (__builtin_add_overflow(*capacity, *capacity / 2, &wanted))
        return ERR_MEMORY;
    if (wanted < need)
        wanted = need;
    if (wanted < 16)
        wanted = 16;
    enum err e = mem_resize(items, wanted, size);
    if (e == ERR_OK)
        *capacity = wanted;
    return e;
}

void mem_fail_at(uint64_t nth)
{
    fail_at = nth;
    failed = false;
}

bool mem_has_failed(void)
{
    return failed;
}

void arena_init(struct arena *arena, size_t budget_bytes)
{
    *arena = (struct arena){.budget_bytes = budget_bytes};
}

static enum err add_chunk(struct arena *arena, size_t need_bytes)
{
    size_t size_bytes = need_bytes > CHUNK_BYTES ? need_bytes : CHUNK_BYTES;
    size_t left_bytes = arena->budget_bytes - arena->total_bytes;
    if (size_bytes > left_bytes)
        size_bytes = left_bytes;
    if (size_bytes < need_bytes)
        return ERR_MEMORY;
    void *block;
    size_t with_header;
    if (__builtin_add_overflow(size_bytes, sizeof(struct arena_chunk), &with_header))
        return ERR_MEMORY;
    enum err e = mem_alloc(1, with_header, &block);
    if (e != ERR_OK)
        return e;
    struct arena_chunk *chunk = block;
    chunk->next = arena->chunk;
    chunk->size_bytes = size_bytes;
    arena->chunk = chunk;
    arena->used_bytes = 0;
    arena->total_bytes += size_bytes;
    return ERR_OK;
}

enum err arena_alloc(struct arena *arena, size_t count, size_t size, void *out)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || __builtin_add_overflow(bytes, ALIGNMENT - 1, &bytes))
        return ERR_MEMORY;
    bytes &= ~(size_t)(ALIGNMENT - 1);
    if (!arena->chunk || arena->chunk->size_bytes - arena->used_bytes < bytes) {
        enum err e = add_chunk(arena, bytes);
        if (e != ERR_OK)
            return e;
    }
    void *block = arena->chunk->bytes + arena->used_bytes;
    memcpy(out, &block, sizeof block);
    arena->used_bytes += bytes;
    return ERR_OK;
}

enum err arena_dup(struct arena *arena, const char *text, size_t length, const char **out)
{
    char *block;
    size_t with_nul;
    if (__builtin_add_overflow(length, 1, &with_nul))
        return ERR_MEMORY;
    enum err e = arena_alloc(arena, with_nul, 1, &block);
    if (e != ERR_OK)
        return e;
    if (length)
        memcpy(block, text, length);
    *out = block;
    return ERR_OK;
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->chunk; chunk; chunk = chunk->next)
        explicit_bzero(chunk->bytes, chunk == arena->chunk ? arena->used_bytes : chunk->size_bytes);
    arena_free(arena);
}

void arena_free(struct arena *arena)
{
    while (arena->chunk) {
        struct arena_chunk *next = arena->chunk->next;
        mem_free(arena->chunk);
        arena->chunk = next;
    }
    arena->used_bytes = arena->total_bytes = 0;
}
