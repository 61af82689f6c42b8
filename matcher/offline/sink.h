/*
 * sink.h - where the bytes of a result go: into a file that is written, or against a file that is checked.
 *
 * The writers of a round's files fill a buffer and hand it on in pieces; they do not know which of the two it is. So what
 * `match` writes and what `verify` expects come from the same code, byte for byte.
 */
#ifndef OFFLINE_SINK_H
#define OFFLINE_SINK_H

#include "base/buf.h"

enum { SINK_PIECE_BYTES = 64 * 1024, SINK_BUF_BYTES = 1024 * 1024 };

struct sink {
    enum err (*put)(void *context, struct buf *buf); /* takes and empties the buffer */
    void *context;
};

/* Hands the buffer on when it has grown to a piece, or at the end of the file. */
static inline enum err sink_flush(const struct sink *sink, struct buf *buf, bool at_end)
{
    if (buf_error(buf) != ERR_OK)
        return buf_error(buf);
    if (buf->length < SINK_PIECE_BYTES && !at_end)
        return ERR_OK;
    return sink->put(sink->context, buf);
}

#endif
