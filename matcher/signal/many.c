#include "signal/many.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double value;
    size_t at;
};

static int rising(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return a->at < b->at ? -1 : 1;
}

/* `sign` -1: the largest first. */
static enum err rank(const double *values, size_t count, double sign, struct ranked **out)
{
    struct ranked *ranked;
    enum err e = mem_alloc(count, sizeof *ranked, &ranked);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){sign * values[i], i};
    qsort(ranked, count, sizeof *ranked, rising);
    *out = ranked;
    return ERR_OK;
}

enum err bh_adjust(const double *log_p, size_t count, double *log_adjusted)
{
    struct ranked *ranked;
    enum err e = rank(log_p, count, 1, &ranked);
    double lowest = 0;
    if (e != ERR_OK)
        return e;
    for (size_t k = count; k > 0; k--) {
        lowest = fmin(lowest, ranked[k - 1].value + log((double)count) - log((double)k));
        log_adjusted[ranked[k - 1].at] = lowest;
    }
    mem_free(ranked);
    return ERR_OK;
}

enum err ebh_choose(const double *log_e, size_t count, double alpha, bool *chosen)
{
    struct ranked *ranked;
    size_t chosen_count = 0;
    enum err e = rank(log_e, count, -1, &ranked);
    if (e != ERR_OK)
        return e;
    for (size_t k = 1; k <= count; k++)
        if (-ranked[k - 1].value >= log((double)count) - log(alpha) - log((double)k))
            chosen_count = k;
    for (size_t k = 0; k < count; k++)
        chosen[ranked[k].at] = k < chosen_count;
    mem_free(ranked);
    return ERR_OK;
}
