#include "match/visits.h"

#include "base/mem.h"

#include <stdlib.h>

static int compare_visits(const void *left, const void *right)
{
    const struct visit *a = left, *b = right;
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    if (a->qualification != b->qualification)
        return a->qualification < b->qualification ? -1 : 1;
    if (a->leerweg != b->leerweg)
        return a->leerweg < b->leerweg ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Gives all visits of a postcode the reach of the farthest traveller among them. */
static void share_reach(struct visit *visits, uint32_t count)
{
    for (uint32_t from = 0, to; from < count; from = to) {
        uint16_t reach_km = 0;
        for (to = from; to < count && visits[to].point == visits[from].point; to++)
            if (visits[to].reach_km > reach_km)
                reach_km = visits[to].reach_km;
        for (uint32_t i = from; i < to; i++)
            visits[i].reach_km = reach_km;
    }
}

enum err visits_plan(const struct market *market, const uint32_t *students, uint32_t count, struct visit **out)
{
    struct visit *visits;
    enum err e = mem_alloc(count, sizeof *visits, &visits);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < count; i++) {
        const struct student *student = &market->students[students[i]];
        visits[i] = (struct visit){student->point, student->qualification, i, student->max_km, student->leerweg};
    }
    qsort(visits, count, sizeof *visits, compare_visits);
    share_reach(visits, count);
    *out = visits;
    return ERR_OK;
}
