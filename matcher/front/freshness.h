/*
 * freshness.h - what the front knows of how new answers must be: the versions of views (api/views.h), as the engine tells them.
 *
 * The engine's channel is the one source: it tells of each turn that made something old before it answers any call of that turn, and
 * each answer that may be kept says which versions it rests on. A view that was heard of neither way since the channel was made
 * is unknown, and so is everything without a channel. So an answer that was kept is never given when this front could know better.
 *
 * That holds across fronts, too: the engine puts what it tells into every front's socket before it answers anybody, and a front
 * gives nothing that it kept while something lies unread there (kept.c). Only a socket that is full, of a front that does not
 * read at all, is passed by; nothing is kept longer than answer_cache_ms in any case.
 */
#ifndef FRONT_FRESHNESS_H
#define FRONT_FRESHNESS_H

#include "api/views.h"
#include "stagematch/internal/v1/frame.pb-c.h"

struct freshness {
    uint64_t epoch;  /* 0: no channel */
    uint64_t newest; /* version that was heard of in this epoch */
    uint64_t told, views_told;
    uint64_t places[VIEW_PLACES]; /* 0: unknown */
};

MUST_USE enum err freshness_new(struct freshness **out);
void freshness_free(struct freshness *freshness);

/* The engine told of a change; true where everything is unknown now. */
bool freshness_take(struct freshness *freshness, const Stagematch__Internal__V1__Changed *changed);

/* The channel is gone. */
void freshness_lost(struct freshness *freshness);

/*
 * What an answer of the engine rests on; *version is the newest of its views'. False: it rests on none that are known, or on
 * what is old by now, and must not be kept.
 */
MUST_USE bool freshness_of_reply(struct freshness *freshness, const Stagematch__Internal__V1__Reply *reply,
                                 uint64_t *version);

/* The newest version of these views; false where one is unknown. */
MUST_USE bool freshness_of(const struct freshness *freshness, const struct view_set *set, uint64_t *version);

/* Whether one of them is known to have changed after `version`. */
bool freshness_is_after(const struct freshness *freshness, const struct view_set *set, uint64_t version);

#endif
