/*
 * parallel.h - the same work on pieces of a range, by several threads.
 *
 * For pure computation alone: pieces share only what none of them writes. The first piece runs on the calling thread; where
 * no further thread can be had, its piece runs there too, so the work is always done.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

enum { PARALLEL_THREADS_MAX = 64 };

/* Calls work(context, piece, begin, end) for every piece of 0 .. count-1, `threads` pieces of about equal size. */
void parallel_run(uint32_t threads, size_t count,
                  void (*work)(void *context, uint32_t piece, size_t begin, size_t end), void *context);

/* How many processors this process may use; at least 1. */
uint32_t parallel_processors(void);

#endif
