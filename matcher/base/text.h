/*
 * text.h - a view of bytes, and strict readers of small values.
 *
 * A struct text borrows: it never owns its bytes and need not end in NUL. Every reader takes the whole view and
 * answers ERR_RANGE when one byte of it does not belong: no sign, no blanks, no "12abc", no leading zeros.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    const char *data;
    size_t length;
};

/* The view of a C string. */
struct text text_of(const char *string);

bool text_equal(struct text a, struct text b);
bool text_is(struct text a, const char *string);

/* Equal when ASCII letters are compared without regard to case. */
bool text_is_nocase(struct text a, const char *string);

/* Bytewise order, a prefix first: negative, zero or positive. */
int text_compare(struct text a, struct text b);

/* Without the blanks and tabs at both ends. */
struct text text_trim(struct text a);

/*
 * Splits at `separator`: sets *part to the next piece and moves *rest behind it; false when nothing is left, which is
 * said by a NULL in rest->data. "a||b|" gives "a", "", "b" and ""; an empty view gives one empty piece.
 */
bool text_next(struct text *rest, char separator, struct text *part);

/* Whether it is a code of the data format: 1..max characters of [A-Za-z0-9._-]. */
bool text_is_code(struct text a, size_t max);

/* A decimal number of digits alone, within [min, max]. */
MUST_USE enum err text_to_u64(struct text a, uint64_t min, uint64_t max, uint64_t *out);

/* A finite decimal number such as -5.25 or 1e-3, whole view, point as decimal sign whatever the locale. */
MUST_USE enum err text_to_double(struct text a, double *out);

#endif
