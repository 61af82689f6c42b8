/*
 * buf.h - a growing output buffer with a limit and a sticky error.
 *
 * Appending never fails visibly: the first failure (no memory, or more than the limit) is remembered, later appends do
 * nothing, and whoever takes the bytes asks buf_error once. So code that writes a page of output has one check.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/text.h"

struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t limit_bytes;
    enum err error;
};

/* An empty buffer that holds at most limit_bytes. Allocates nothing yet. */
void buf_init(struct buf *buf, size_t limit_bytes);
void buf_free(struct buf *buf);

/* Empties it, keeping the memory and forgetting the error. */
void buf_clear(struct buf *buf);

MUST_USE enum err buf_error(const struct buf *buf);

/* What it holds; valid until the next append. */
struct text buf_text(const struct buf *buf);

void buf_put(struct buf *buf, const void *bytes, size_t length);
void buf_put_text(struct buf *buf, struct text text);
void buf_put_string(struct buf *buf, const char *string);
void buf_put_char(struct buf *buf, char c);
void buf_put_u64(struct buf *buf, uint64_t value);
void buf_put_hex(struct buf *buf, const uint8_t *bytes, size_t length);
void buf_put_double(struct buf *buf, double value); /* the shortest decimal that reads back as the same number */
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* One field of a CSV line, quoted where `separator`, a quote or a line end is in it. */
void buf_put_csv(struct buf *buf, struct text field, char separator);

#endif
