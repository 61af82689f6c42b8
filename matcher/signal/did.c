#include "signal/did.h"

#include "base/mem.h"
#include "signal/log_math.h"

#include <math.h>

static uint64_t highest_of(const struct distribution *distribution)
{
    return distribution->lowest + distribution->count - 1;
}

/* q(j) ∝ C1(total - j)·C2(j), for every j that is possible. */
static enum err given_total(const struct distribution *first, const struct distribution *second, uint64_t total,
                            struct distribution *out)
{
    uint64_t from_first = total > highest_of(first) ? total - highest_of(first) : 0;
    uint64_t lowest = from_first > second->lowest ? from_first : second->lowest;
    uint64_t left = total - first->lowest, highest = left < highest_of(second) ? left : highest_of(second);
    struct distribution q = {lowest, (size_t)(highest - lowest + 1), NULL};
    enum err e = mem_alloc(q.count, sizeof *q.log_p, &q.log_p);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < q.count; i++)
        q.log_p[i] = distribution_log_at(first, total - lowest - i) + distribution_log_at(second, lowest + i);
    double all = log_sum(q.log_p, q.count);
    for (size_t i = 0; i < q.count; i++)
        q.log_p[i] -= all;
    *out = q;
    return ERR_OK;
}

static void conclude(const struct distribution *q, uint64_t x, const struct grid *grid, struct did *out)
{
    out->lowest = q->lowest;
    out->highest = highest_of(q);
    out->log_p_greater = distribution_log_at_least(q, x, 0);
    out->log_p_less = distribution_log_at_most(q, x, 0);
    out->excess = (double)x - distribution_mean(q, 0);
    out->odds_ratio_ratio = distribution_odds_ratio(q, x);
    for (int g = 0; g < GRID_COUNT; g++) {
        double theta = log(grid->odds_ratio[g]);
        out->log_e[g] = q->count == 1 ? 0 : theta * (double)(x - q->lowest) - distribution_log_m(q, theta);
    }
}

enum err did_run(const struct block *first, size_t first_count, const struct block *second, size_t second_count,
                 const struct grid *grid, struct did *out)
{
    struct distribution one = {0, 0, NULL}, two = {0, 0, NULL}, q = {0, 0, NULL};
    uint64_t x1 = 0, x2 = 0;
    enum err e = distribution_of_blocks(first, first_count, &one, &x1);
    if (e == ERR_OK)
        e = distribution_of_blocks(second, second_count, &two, &x2);
    if (e == ERR_OK)
        e = given_total(&one, &two, x1 + x2, &q);
    if (e == ERR_OK)
        conclude(&q, x2, grid, out);
    distribution_free(&one);
    distribution_free(&two);
    distribution_free(&q);
    return e;
}
