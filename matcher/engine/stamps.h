/*
 * stamps.h - what an answer that may be kept says of itself: the views that it rests on and the versions they had.
 *
 * They are taken when the call was applied, before its turn counts as a change: an answer that a change in its own turn came before is
 * taken for older than it is, and is not kept.
 */
#ifndef ENGINE_STAMPS_H
#define ENGINE_STAMPS_H

#include "engine/versions.h"

struct view_stamps {
    size_t count;
    Stagematch__Internal__V1__Invalidation *list[VIEWS_MAX]; /* into `stamps` */
    Stagematch__Internal__V1__Invalidation stamps[];
};

/* NULL where the answer rests on no views, or without memory: it is not kept then. Freed with mem_free. */
struct view_stamps *stamps_take(const struct versions *versions, const struct method *method, const void *request,
                                const struct view_asker *asker);

#endif
