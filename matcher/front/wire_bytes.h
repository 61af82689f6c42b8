/*
 * wire_bytes.h - protobuf messages put together from parts that are packed already.
 *
 * A list of a thousand packed rows becomes a request without unpacking them: a message that holds others is their bytes one
 * after another, each with its field number and length (protobuf.dev/programming-guides/encoding).
 */
#ifndef FRONT_WIRE_BYTES_H
#define FRONT_WIRE_BYTES_H

#include "base/buf.h"

/* Makes room in an empty buffer, so that secret bytes are not left behind where it grows. */
void wire_reserve(struct buf *out, size_t bytes);

/* A string, bytes, or message. */
void wire_put_bytes(struct buf *out, unsigned field, struct text bytes);

/* An unsigned number or a bool; 0 is not written. */
void wire_put_number(struct buf *out, unsigned field, uint64_t value);

/* A message whose fields 1, 2, … are these bytes. */
void wire_put_message(struct buf *out, unsigned field, const struct text *parts, size_t count);

#endif
