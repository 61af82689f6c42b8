/*
 * connect_coding.h - what may lie around a message of Connect: gzip, and in a query percent-encoding and base64.
 */
#ifndef WIRE_CONNECT_CODING_H
#define WIRE_CONNECT_CODING_H

#include "base/buf.h"

/*
 * Appends what the gzip stream holds. ERR_RANGE beyond bytes_max or the buffer's limit, however small the stream: inflating
 * stops there. ERR_INPUT: no whole gzip stream, or bytes behind it.
 */
MUST_USE enum err coding_gunzip(struct text gzip, size_t bytes_max, struct buf *out);

/* Appends a gzip stream, at a level that is fast. Answers with secrets beside text of the caller's must not be compressed. */
MUST_USE enum err coding_gzip(struct text bytes, struct buf *out);

/* The same at the level that makes it smallest: for what is compressed once and sent often. About 20 times as slow. */
MUST_USE enum err coding_gzip_small(struct text bytes, struct buf *out);

/* Appends the value of a query's parameter: '+' is a blank, "%41" an A. ERR_INPUT for a '%' without two digits. */
MUST_USE enum err coding_percent_decode(struct text value, struct buf *out);

/* Replaces what the buffer holds by what it stands for as base64. */
MUST_USE enum err coding_base64_in_place(struct buf *buf);

#endif
