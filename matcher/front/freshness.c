#include "front/freshness.h"

#include "base/mem.h"

#include <string.h>

enum err freshness_new(struct freshness **out)
{
    return mem_alloc(1, sizeof **out, out);
}

void freshness_free(struct freshness *freshness)
{
    mem_free(freshness);
}

static void learn(struct freshness *freshness, uint32_t view, uint64_t version)
{
    uint64_t *place = &freshness->places[view_place(view)];
    if (version > *place)
        *place = version;
    if (version > freshness->newest)
        freshness->newest = version;
}

bool freshness_take(struct freshness *freshness, const Stagematch__Internal__V1__Changed *changed)
{
    bool all = changed->all || changed->epoch != freshness->epoch;
    freshness->told++;
    freshness->views_told += changed->n_scopes;
    if (all) {
        memset(freshness->places, 0, sizeof freshness->places);
        freshness->epoch = changed->epoch;
        freshness->newest = changed->version;
    }
    for (size_t i = 0; i < changed->n_scopes; i++)
        learn(freshness, changed->scopes[i], changed->version);
    return all;
}

void freshness_lost(struct freshness *freshness)
{
    memset(freshness->places, 0, sizeof freshness->places);
    freshness->epoch = 0;
}

bool freshness_of_reply(struct freshness *freshness, const Stagematch__Internal__V1__Reply *reply, uint64_t *version)
{
    bool is_new = reply->n_invalidations > 0 && freshness->epoch != 0;
    uint64_t newest = 0;
    for (size_t i = 0; i < reply->n_invalidations; i++) {
        const Stagematch__Internal__V1__Invalidation *view = reply->invalidations[i];
        if (view->version < freshness->places[view_place(view->scope)])
            is_new = false;
        if (view->version > newest)
            newest = view->version;
        if (freshness->epoch)
            learn(freshness, view->scope, view->version);
    }
    *version = newest;
    return is_new;
}

bool freshness_of(const struct freshness *freshness, const struct view_set *set, uint64_t *version)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < set->count; i++) {
        uint64_t known = freshness->places[view_place(set->views[i])];
        if (known == 0)
            return false;
        if (known > newest)
            newest = known;
    }
    if (set->count == 0)
        return false;
    *version = newest;
    return true;
}

bool freshness_is_after(const struct freshness *freshness, const struct view_set *set, uint64_t version)
{
    for (size_t i = 0; i < set->count; i++)
        if (freshness->places[view_place(set->views[i])] > version)
            return true;
    return false;
}
