/*
 * wake.h - streams of all fronts are woken over Redis, too (pub/sub, channel sm:wake).
 *
 * Every front hears of changes from the engine itself, so this is a second way to the same: where a front's own channel is behind, its
 * streams ask earlier. The first front tells what the engine told it; a front that hears of a version which it does not know yet lets
 * the streams whose views are named ask the engine. What they tell is the engine's answer. Messages are sealed (front/shelf.h). One
 * that is lost, or comes again, costs a question later, or one too many in stream_interval_ms.
 */
#ifndef FRONT_WAKE_H
#define FRONT_WAKE_H

#include "front/state.h"

/* Listens from now on, where there are several fronts. Errors: those of cache_subscribe. */
MUST_USE enum err wake_open(struct front *front);

/* The engine told this front of a change. */
void wake_tell(struct front *front, const Stagematch__Internal__V1__Changed *changed);

#endif
