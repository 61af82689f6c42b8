#include "signal/distribution.h"

#include "base/mem.h"
#include "signal/log_math.h"

#include <math.h>

enum { HALVINGS = 200 };

static const double theta_max = 700; /* e^700 is near the end of a double */

uint32_t block_lowest(const struct block *block)
{
    uint64_t both = (uint64_t)block->m + block->r;
    return both > block->n ? (uint32_t)(both - block->n) : 0;
}

uint32_t block_highest(const struct block *block)
{
    return block->m < block->r ? block->m : block->r;
}

bool block_is_valid(const struct block *block)
{
    return block->m <= block->n && block->r <= block->n && block->x >= block_lowest(block) &&
           block->x <= block_highest(block);
}

static double log_hypergeometric(const struct block *block, uint32_t j)
{
    return log_choose(block->m, j) + log_choose(block->n - block->m, block->r - j) - log_choose(block->n, block->r);
}

/* One pass, rescaled whenever a larger term comes. */
double block_log_m(const struct block *block, double theta)
{
    double high = -INFINITY, sum = 0;
    for (uint32_t j = block_lowest(block); j <= block_highest(block); j++) {
        double term = log_hypergeometric(block, j) + theta * j;
        if (term > high) {
            sum = sum * exp(high - term) + 1;
            high = term;
        } else {
            sum += exp(term - high);
        }
    }
    return high + log(sum);
}

static enum err distribution_of_block(const struct block *block, struct distribution *out)
{
    size_t count = (size_t)block_highest(block) - block_lowest(block) + 1;
    enum err e = block_is_valid(block) ? mem_alloc(count, sizeof *out->log_p, &out->log_p) : ERR_INPUT;
    if (e != ERR_OK)
        return e;
    out->lowest = block_lowest(block);
    out->count = count;
    for (size_t i = 0; i < count; i++)
        out->log_p[i] = log_hypergeometric(block, (uint32_t)(out->lowest + i));
    return ERR_OK;
}

/* Σ a(i)·b(k - i), as logarithms. */
static double convolved_at(const struct distribution *a, const struct distribution *b, size_t k)
{
    size_t first = k >= b->count ? k - b->count + 1 : 0, last = k < a->count ? k : a->count - 1;
    double high = -INFINITY, sum = 0;
    for (size_t i = first; i <= last; i++)
        high = fmax(high, a->log_p[i] + b->log_p[k - i]);
    for (size_t i = first; i <= last; i++)
        sum += exp(a->log_p[i] + b->log_p[k - i] - high);
    return high + log(sum);
}

static enum err convolve(struct distribution *sum, const struct distribution *block)
{
    struct distribution next = {sum->lowest + block->lowest, sum->count + block->count - 1, NULL};
    enum err e = mem_alloc(next.count, sizeof *next.log_p, &next.log_p);
    if (e != ERR_OK)
        return e;
    for (size_t k = 0; k < next.count; k++)
        next.log_p[k] = convolved_at(sum, block, k);
    distribution_free(sum);
    *sum = next;
    return ERR_OK;
}

/* A block that leaves no choice only moves the sum. */
static enum err add_block(struct distribution *sum, const struct block *block)
{
    struct distribution one = {0, 0, NULL};
    if (block_is_valid(block) && block_lowest(block) == block_highest(block)) {
        sum->lowest += block->x;
        return ERR_OK;
    }
    enum err e = distribution_of_block(block, &one);
    if (e == ERR_OK)
        e = convolve(sum, &one);
    distribution_free(&one);
    return e;
}

enum err distribution_of_blocks(const struct block *blocks, size_t count, struct distribution *out, uint64_t *sum)
{
    struct distribution all = {0, 1, NULL};
    uint64_t total = 0;
    enum err e = mem_alloc(1, sizeof *all.log_p, &all.log_p); /* zeroed: ln 1 */
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = add_block(&all, &blocks[i]);
        total += blocks[i].x;
    }
    if (e != ERR_OK) {
        distribution_free(&all);
        return e;
    }
    *out = all;
    *sum = total;
    return ERR_OK;
}

void distribution_free(struct distribution *distribution)
{
    mem_free(distribution->log_p);
    *distribution = (struct distribution){0, 0, NULL};
}

/* ln Σ of the tilted terms first .. last - 1. */
static double tilted_sum(const struct distribution *distribution, size_t first, size_t last, double theta)
{
    double high = -INFINITY, sum = 0;
    for (size_t i = first; i < last; i++)
        high = fmax(high, distribution->log_p[i] + theta * (double)i);
    if (isinf(high))
        return high;
    for (size_t i = first; i < last; i++)
        sum += exp(distribution->log_p[i] + theta * (double)i - high);
    return high + log(sum);
}

/* A part of the whole: never above it, whatever rounding does. */
static double part(const struct distribution *distribution, size_t first, size_t last, double theta)
{
    return fmin(0, tilted_sum(distribution, first, last, theta) -
                       tilted_sum(distribution, 0, distribution->count, theta));
}

double distribution_log_at_least(const struct distribution *distribution, uint64_t s, double theta)
{
    if (s <= distribution->lowest)
        return 0;
    uint64_t first = s - distribution->lowest;
    return first >= distribution->count ? -INFINITY : part(distribution, first, distribution->count, theta);
}

double distribution_log_at_most(const struct distribution *distribution, uint64_t s, double theta)
{
    if (s < distribution->lowest)
        return -INFINITY;
    uint64_t last = s - distribution->lowest;
    return last + 1 >= distribution->count ? 0 : part(distribution, 0, last + 1, theta);
}

double distribution_log_at(const struct distribution *distribution, uint64_t s)
{
    bool outside = s < distribution->lowest || s - distribution->lowest >= distribution->count;
    return outside ? -INFINITY : distribution->log_p[s - distribution->lowest];
}

double distribution_mean(const struct distribution *distribution, double theta)
{
    double all = tilted_sum(distribution, 0, distribution->count, theta), mean = 0;
    for (size_t i = 0; i < distribution->count; i++)
        mean += (double)i * exp(distribution->log_p[i] + theta * (double)i - all);
    return (double)distribution->lowest + mean;
}

double distribution_log_m(const struct distribution *distribution, double theta)
{
    return tilted_sum(distribution, 0, distribution->count, theta);
}

double distribution_solve(const struct distribution *distribution, uint64_t s, distribution_measure *of,
                          double target, bool rises)
{
    double low = -1, high = 1;
    while (low > -theta_max && (of(distribution, s, low) > target) == rises)
        low *= 2;
    while (high < theta_max && (of(distribution, s, high) < target) == rises)
        high *= 2;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if ((of(distribution, s, middle) < target) == rises)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double mean_at(const struct distribution *distribution, uint64_t s, double theta)
{
    (void)s;
    return distribution_mean(distribution, theta);
}

double distribution_odds_ratio(const struct distribution *distribution, uint64_t s)
{
    bool at_low = s == distribution->lowest, at_high = s == distribution->lowest + distribution->count - 1;
    if (at_low && at_high)
        return NAN;
    if (at_low || at_high)
        return at_low ? 0 : INFINITY;
    return exp(distribution_solve(distribution, s, mean_at, (double)s, true));
}
