#include "engine/versions.h"

#include "base/log.h"
#include "base/mem.h"

#include <string.h>

struct versions {
    struct random_source random;
    uint64_t epoch, start, now;
    uint64_t places[VIEW_PLACES]; /* 0: did not change since the start */
    struct channel *fronts[VERSIONS_FRONTS_MAX];
    struct versions_numbers numbers;
};

static void draw_epoch(struct versions *versions)
{
    do
        random_fill(&versions->random, (uint8_t *)&versions->epoch, sizeof versions->epoch);
    while (versions->epoch == 0);
    versions->numbers.epochs++;
}

enum err versions_new(const struct random_source *random, uint64_t version, struct versions **out)
{
    struct versions *versions;
    enum err e = mem_alloc(1, sizeof *versions, &versions);
    if (e != ERR_OK)
        return e;
    versions->random = *random;
    versions->start = versions->now = version + 1; /* never 0, and of no epoch before */
    draw_epoch(versions);
    *out = versions;
    return ERR_OK;
}

void versions_free(struct versions *versions)
{
    mem_free(versions);
}

static void tell(const struct versions *versions, struct channel *front, const struct outdated *outdated)
{
    Stagematch__Internal__V1__Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    changed.epoch = versions->epoch;
    changed.version = outdated->version;
    changed.all = outdated->all;
    changed.scopes = outdated->views;
    changed.n_scopes = outdated->all ? 0 : outdated->count;
    channel_tell(front, &changed);
}

static void tell_all(const struct versions *versions, const struct outdated *outdated)
{
    for (size_t i = 0; i < VERSIONS_FRONTS_MAX; i++)
        if (versions->fronts[i])
            tell(versions, versions->fronts[i], outdated);
}

void versions_restart(struct versions *versions)
{
    memset(versions->places, 0, sizeof versions->places);
    versions->start = ++versions->now;
    draw_epoch(versions);
    tell_all(versions, &(struct outdated){.version = versions->now, .all = true});
}

enum err versions_join(struct versions *versions, struct channel *front)
{
    for (size_t i = 0; i < VERSIONS_FRONTS_MAX; i++)
        if (!versions->fronts[i]) {
            versions->fronts[i] = front;
            versions->numbers.fronts++;
            tell(versions, front, &(struct outdated){.version = versions->now, .all = true});
            return ERR_OK;
        }
    return ERR_RANGE;
}

void versions_leave(struct versions *versions, const struct channel *front)
{
    for (size_t i = 0; i < VERSIONS_FRONTS_MAX; i++)
        if (versions->fronts[i] == front) {
            versions->fronts[i] = NULL;
            versions->numbers.fronts--;
        }
}

static void change_all(struct versions *versions)
{
    for (size_t i = 0; i < VIEW_PLACES; i++)
        versions->places[i] = versions->now;
    versions->numbers.everything++;
}

void versions_advance(struct versions *versions, const struct changes *changes, struct outdated *out)
{
    *out = (struct outdated){.version = ++versions->now, .all = changes->all_views};
    if (!out->all && mem_alloc(changes->view_count, sizeof *out->views, &out->views) != ERR_OK) {
        out->views = NULL;
        out->all = true;
    }
    if (out->all) {
        change_all(versions);
        return;
    }
    for (size_t i = 0; i < changes->view_count; i++) {
        out->views[i] = changes->views[i];
        versions->places[view_place(changes->views[i])] = versions->now;
    }
    out->count = changes->view_count;
}

void outdated_free(struct outdated *outdated)
{
    mem_free(outdated->views);
    *outdated = (struct outdated){0};
}

void versions_announce(struct versions *versions, struct outdated *outdated)
{
    if (outdated->all || outdated->count) {
        tell_all(versions, outdated);
        versions->numbers.announced++;
        versions->numbers.views += outdated->count;
    }
    outdated_free(outdated);
}

uint64_t versions_now(const struct versions *versions)
{
    return versions->now;
}

void versions_of(const struct versions *versions, const struct view_set *set,
                 Stagematch__Internal__V1__Invalidation *out)
{
    for (size_t i = 0; i < set->count; i++) {
        uint64_t version = versions->places[view_place(set->views[i])];
        stagematch__internal__v1__invalidation__init(&out[i]);
        out[i].scope = set->views[i];
        out[i].version = version ? version : versions->start;
    }
}

struct versions_numbers versions_read_numbers(const struct versions *versions)
{
    return versions->numbers;
}
