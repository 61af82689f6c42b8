/*
 * schools.h - lists of schools (brin) in ascending order of bytes, each once: whom a company's contact was checked by. The vault
 * keeps and asserts them, the engine looks in them.
 */
#ifndef API_SCHOOLS_H
#define API_SCHOOLS_H

#include <stdbool.h>
#include <stddef.h>

enum { CHECKED_SCHOOLS_MAX = 512 };

/* Where `school` is, or would be put. Cost: O(log count). */
size_t schools_position(const char *const *schools, size_t count, const char *school);

/* Cost: O(log count). */
bool schools_have(const char *const *schools, size_t count, const char *school);

/* Whether a list is one. */
bool schools_ascend(const char *const *schools, size_t count);

#endif
