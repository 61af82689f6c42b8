/*
 * versions.h - how new what answers are made of is (api/views.h), and the fronts that are told when it changes.
 *
 * The version is a count of the turns that changed something. It is stored with each turn's changes, so it goes up over restarts too, and a
 * number that a client was given once never means something older; each start begins at the clock's milliseconds where that is more, so that
 * this holds for a database that was restored from a backup as well. Which view changed in which turn is known from this start
 * on alone; a view that did not change since has the version of the start. What somebody keeps is bound to the *epoch*, a
 * random number that is drawn at the start and again when the engine loaded its state anew: what the failed turns would have
 * changed may be stored or not.
 *
 * Fronts are told in the order of the turns, after the commit and before any of the turn's answers, over the channel that the answers
 * take: who reads the answer to a change has read what it made old. A front that joins hears the epoch and the version first.
 */
#ifndef ENGINE_VERSIONS_H
#define ENGINE_VERSIONS_H

#include "api/views.h"
#include "base/random.h"
#include "domain/state.h"
#include "ipc/channel.h"

struct versions;

/* What one turn made old; owned by the turn. */
struct outdated {
    uint64_t version; /* 0: nothing */
    uint32_t *views;
    size_t count;
    bool all;
};

MUST_USE enum err versions_new(const struct random_source *random, uint64_t version, struct versions **out);
void versions_free(struct versions *versions);

/* Another epoch: all that is kept is worth nothing any more. Fronts are told. */
void versions_restart(struct versions *versions);

/* A front's channel; it is left when it closes. ERR_RANGE: too many. */
enum { VERSIONS_FRONTS_MAX = 64 };
MUST_USE enum err versions_join(struct versions *versions, struct channel *front);
void versions_leave(struct versions *versions, const struct channel *front);

/* A turn changed this: the next version. Without memory for the list everything counts as changed. */
void versions_advance(struct versions *versions, const struct changes *changes, struct outdated *out);

/* The turn is durable: the fronts are told. Frees the list, as outdated_free does without telling. */
void versions_announce(struct versions *versions, struct outdated *outdated);
void outdated_free(struct outdated *outdated);

uint64_t versions_now(const struct versions *versions);

/* The versions of these views, of what was applied so far; `out` has room for set->count. */
void versions_of(const struct versions *versions, const struct view_set *set,
                 Stagematch__Internal__V1__Invalidation *out);

struct versions_numbers {
    uint64_t announced, views,
        everything; /* turns told of, views named in them, turns that touched too many to name */
    uint64_t epochs;
    size_t fronts;
};
struct versions_numbers versions_read_numbers(const struct versions *versions);

#endif
