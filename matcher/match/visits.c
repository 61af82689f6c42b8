#include "match/visits.h"

#include "base/mem.h"

#include <stdlib.h>

static int compare_visits(const void *left, const void *right)
{
    const struct visit *a = left, *b = right;
    if (a->qualification != b->qualification)
        return a->qualification < b->qualification ? -1 : 1;
    if (a->leerweg != b->leerweg)
        return a->leerweg < b->leerweg ? -1 : 1;
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

enum err visits_plan(const struct market *market, const uint32_t *students, uint32_t count, struct visit **out)
{
    struct visit *visits;
    enum err e = mem_alloc(count, sizeof *visits, &visits);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < count; i++) {
        const struct student *student = &market->students[students[i]];
        visits[i] = (struct visit){student->qualification, student->point, i, student->leerweg};
    }
    qsort(visits, count, sizeof *visits, compare_visits);
    *out = visits;
    return ERR_OK;
}
