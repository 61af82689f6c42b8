/*
 * watch.h - streams that tell the newest state of one thing: Watch… of the API (target TARGET_WATCH).
 *
 * A watch asks the engine what a unary method would answer, on behalf of its caller, whenever a view that the answer rests on may have
 * changed (front/freshness.h), and sends it on as an event where it is another than the last. So there is nothing that a stream
 * could show or miss that the unary method would not; and the engine knows nothing of streams.
 *
 * The seq of an event is the version of its views, which the engine counts over restarts. A stream that resumes is told the state where
 * that version is above its after_seq, and otherwise only that it lives.
 *
 * Back-pressure: nothing is asked or written while bytes of the last event wait for the client: what changes meanwhile is told once, as
 * it is then. Memory for one stream is that of one event. A client that takes nothing for the write timeout is cut off.
 *
 * Who watches is looked up again for every event and every sign of life: from what the front knows for at most 60 seconds, then from
 * the vault. While engine or vault are away a stream waits for WATCH_PATIENCE_MS before it ends.
 */
#ifndef FRONT_WATCH_H
#define FRONT_WATCH_H

#include "front/state.h"
#include "wire/connect.h"

enum { WATCH_PATIENCE_MS = 15000, WATCH_RETRY_MS = 500 };

/* Serves a request for a method that streams, whose head was right. It ends by itself. */
void watch_start(struct front *front, struct exchange *exchange, const struct method *method,
                 const struct connect_request *connect);

/* The engine told of a change, or is there again: those whom it may concern ask, in a later turn. `all`: everybody. */
void watches_changed(struct front *front, bool all);

/* Somebody says that these views may have changed: streams that rest on one of them ask. */
void watches_hint(struct front *front, const uint32_t *views, size_t count);

/* Before the first stream, and after the last. */
void watches_init(struct front *front);
void watches_end(struct front *front);

#endif
