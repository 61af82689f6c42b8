/*
 * frame.h - frames in and out of a byte stream: four bytes of big-endian length, then a Frame.
 *
 * Pure over the bytes of an evbuffer, so that it can be tested and fuzzed without sockets; however the bytes are split
 * over reads, the same frames come out. A frame is checked by wire/pbguard.h before it is unpacked, and its memory has a
 * budget that follows from its length.
 */
#ifndef IPC_FRAME_H
#define IPC_FRAME_H

#include "base/err.h"
#include "stagematch/internal/v1/frame.pb-c.h"

struct evbuffer;

enum { FRAME_HEAD_BYTES = 4, FRAME_BYTES_MAX = 40 << 20 };

/*
 * Takes the next whole frame off the front: ERR_OK with *out, which is NULL while more bytes are needed. ERR_INPUT: no frame,
 * or longer than FRAME_BYTES_MAX, which is known from its head alone; ERR_MEMORY. After an error the stream is of no
 * further use.
 */
MUST_USE enum err frame_take(struct evbuffer *input, Stagematch__Internal__V1__Frame **out);

/* Wipes what may be personal (bodies, tokens) and frees it; NULL is allowed. */
void frame_free(Stagematch__Internal__V1__Frame *frame);

/* Appends the frame, packed in place. ERR_RANGE: longer than FRAME_BYTES_MAX; ERR_MEMORY. */
MUST_USE enum err frame_put(struct evbuffer *output, const Stagematch__Internal__V1__Frame *frame);

#endif
