/*
 * mem.h - memory: checked allocation, growing arrays, and an arena with a budget.
 *
 * All heap memory of the program comes through mem_alloc and mem_resize, so that a test can make the n-th request
 * fail (mem_fail_at) and show that every caller answers with ERR_MEMORY and leaks nothing.
 *
 * Where a function gives or takes a pointer it sets, it asks for the address of that pointer, of whatever object type:
 * `struct x *list; mem_alloc(n, sizeof *list, &list)`.
 *
 * An arena serves one request or one job: pieces are handed out in order and all freed together. When its budget is
 * used up it answers ERR_MEMORY; it never ends the process.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Allocates count * size zeroed bytes; the product is checked. A zero product gives a unique pointer. */
MUST_USE enum err mem_alloc(size_t count, size_t size, void *out);

/* As mem_alloc, not cleared, at an address that is a multiple of `alignment` (a power of two). */
MUST_USE enum err mem_alloc_aligned(size_t alignment, size_t count, size_t size, void *out);

/* Resizes *block to count * size bytes, keeping its content; new bytes are not cleared. On error it is as before. */
MUST_USE enum err mem_resize(void *block, size_t count, size_t size);

/* Frees what the three above gave; NULL is allowed. */
void mem_free(void *block);

/*
 * Makes room for `need` items in a growing array: *items holds *capacity items of `size` bytes. Grows by half, so n
 * appends cost O(n); large blocks move by remapping, not copying.
 */
MUST_USE enum err mem_grow(void *items, size_t *capacity, size_t need, size_t size);

/* Test hook: the n-th allocation from now (1 = the next) and every later one fails; 0 switches it off. */
void mem_fail_at(uint64_t nth);

/* Test hook: whether an allocation failed by mem_fail_at since it was set. */
bool mem_has_failed(void);

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* newest first */
    size_t used_bytes;         /* of the newest chunk */
    size_t total_bytes;        /* of all chunks */
    size_t budget_bytes;
};

/* Starts an empty arena that will take at most budget_bytes from the heap. Allocates nothing yet. */
void arena_init(struct arena *arena, size_t budget_bytes);

/* Hands out count * size zeroed bytes, aligned for any type. They live until arena_free. */
MUST_USE enum err arena_alloc(struct arena *arena, size_t count, size_t size, void *out);

/* Copies `length` bytes and a terminating NUL into the arena. */
MUST_USE enum err arena_dup(struct arena *arena, const char *text, size_t length, const char **out);

/* Frees everything the arena handed out; the arena can be used again. */
void arena_free(struct arena *arena);

/* The same, overwriting it first. */
void arena_wipe(struct arena *arena);

#endif
