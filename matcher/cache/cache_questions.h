/*
 * cache_questions.h - commands in flight: their places, their deadlines, their answers. For use within cache alone.
 *
 * All have the same timeout and Redis answers in order, so the oldest is always the first to be due: one list and one timer do.
 */
#ifndef CACHE_CACHE_QUESTIONS_H
#define CACHE_CACHE_QUESTIONS_H

#include "base/err.h"

#include <stddef.h>

struct cache;

MUST_USE enum err questions_init(struct cache *cache, size_t places);
void questions_free(struct cache *cache);

#endif
