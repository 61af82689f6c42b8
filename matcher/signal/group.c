#include "signal/group.h"

#include "base/mem.h"
#include "signal/did.h"
#include "signal/log_math.h"
#include "signal/many.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct group_rules group_rules_default = {0.05, 0.05, 1.25, 20, 5};

/* The odds ratio that a sector's blinded stage leaves possible is looked for up to here. */
static const double gamma_most = 64, limit_z = 1.6448536269514722; /* one-sided 95% */

static const struct grid *const grids[GROUP_LEVEL_COUNT] = {&grid_unit, &grid_unit, &grid_large};

struct unit {
    double log_e[GROUP_STAGE_COUNT][GRID_COUNT], log_did[GRID_COUNT];
    double log_highest[GROUP_STAGE_COUNT];
    double excess; /* of the stage after release over the blinded one */
    uint64_t decided, focal;
};

struct work {
    const struct group_rules *rules;
    struct unit *units[GROUP_LEVEL_COUNT];
    struct block *blinded, *released; /* of one company and period */
    double *gamma;                    /* of each sector, from earlier periods */
};

static int by_time_and_company(const void *left, const void *right)
{
    const struct group_block *a = left, *b = right;
    const uint32_t x[] = {a->period,
                          a->unit[GROUP_COMPANY],
                          (uint32_t)a->stage,
                          a->sector,
                          a->unit[GROUP_CONCERN],
                          a->unit[GROUP_REGION],
                          a->block.n,
                          a->block.m,
                          a->block.r};
    const uint32_t y[] = {b->period,
                          b->unit[GROUP_COMPANY],
                          (uint32_t)b->stage,
                          b->sector,
                          b->unit[GROUP_CONCERN],
                          b->unit[GROUP_REGION],
                          b->block.n,
                          b->block.m,
                          b->block.r};
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* Mean and variance of x in one block at θ. */
static void block_moments(const struct block *block, double theta, double *mean, double *variance)
{
    uint32_t low = block_lowest(block), high = block_highest(block);
    double log_m = block_log_m(block, theta), total = log_choose(block->n, block->r), first = 0, second = 0;
    for (uint32_t j = low; j <= high; j++) {
        double p =
            exp(log_choose(block->m, j) + log_choose(block->n - block->m, block->r - j) - total + theta * j - log_m);
        first += p * j;
        second += p * j * j;
    }
    *mean = first;
    *variance = fmax(0, second - first * first);
}

/* How far Σ x lies above its mean at θ, in standard deviations; falls as θ rises. */
static double standing(const struct group_block *blocks, size_t count, uint32_t sector, double theta)
{
    double distance = 0, variance = 0;
    for (size_t i = 0; i < count; i++) {
        double mean, more;
        if (blocks[i].sector != sector || blocks[i].stage != GROUP_BLINDED)
            continue;
        block_moments(&blocks[i].block, theta, &mean, &more);
        distance += blocks[i].block.x - mean;
        variance += more;
    }
    return variance > 0 ? (distance + 0.5) / sqrt(variance) : NAN;
}

/*
 * The upper limit of a sector's odds ratio while blinded, from the blocks of earlier periods: where Σ x would lie at its lower 5%. By the
 * normal approximation with a correction for continuity, since a sector has many blocks; where it has few, the limit is wide, and so Γ.
 * Where it has none, nothing is known, and Γ is infinite.
 */
static double gamma_of(const struct group_rules *rules, const struct group_block *blocks, size_t count,
                       uint32_t sector)
{
    double low = 0, high = log(gamma_most);
    double at_low = standing(blocks, count, sector, low);
    if (isnan(at_low))
        return INFINITY;
    if (at_low < -limit_z)
        return rules->gamma_least;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (standing(blocks, count, sector, middle) > -limit_z)
            low = middle;
        else
            high = middle;
    }
    return fmax(rules->gamma_least, exp(high));
}

static double log_mean(double a, double b)
{
    return log_add(a, b) - log(2);
}

static void look(struct unit *unit, const struct grid *grid)
{
    double blinded = grid_mix(grid, unit->log_e[GROUP_BLINDED]);
    double released = log_mean(grid_mix(grid, unit->log_e[GROUP_RELEASED]), grid_mix(grid, unit->log_did));
    unit->log_highest[GROUP_BLINDED] = fmax(unit->log_highest[GROUP_BLINDED], blinded);
    unit->log_highest[GROUP_RELEASED] = fmax(unit->log_highest[GROUP_RELEASED], released);
}

static void add_block(struct work *work, const struct group_block *block)
{
    for (int level = 0; level < GROUP_LEVEL_COUNT; level++) {
        struct unit *unit = &work->units[level][block->unit[level]];
        double log_e[GRID_COUNT] = {0};
        if (isfinite(work->gamma[block->sector]))
            e_value_of_block(&block->block, grids[level], work->gamma[block->sector], log_e);
        for (int g = 0; g < GRID_COUNT; g++)
            unit->log_e[block->stage][g] += log_e[g];
        unit->decided += block->block.n;
        unit->focal += block->block.m;
    }
}

/* What one company did in one period, its two stages side by side. A company is of one concern; its region may differ by block, and
 * then the largest number of the region counts: any rule that does not look at outcomes would do. */
static enum err add_company(struct work *work, const struct group_block *blocks, size_t count)
{
    size_t found[GROUP_STAGE_COUNT] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        struct block *side = blocks[i].stage == GROUP_BLINDED ? work->blinded : work->released;
        side[found[blocks[i].stage]++] = blocks[i].block;
        add_block(work, &blocks[i]);
    }
    for (int level = 0; found[GROUP_BLINDED] && found[GROUP_RELEASED] && level < GROUP_LEVEL_COUNT; level++) {
        struct unit *unit = &work->units[level][blocks[count - 1].unit[level]];
        struct did did;
        enum err e =
            did_run(work->blinded, found[GROUP_BLINDED], work->released, found[GROUP_RELEASED], grids[level], &did);
        if (e != ERR_OK)
            return e;
        for (int g = 0; g < GRID_COUNT; g++)
            unit->log_did[g] += did.log_e[g];
        unit->excess += did.excess;
    }
    return ERR_OK;
}

static size_t same_company(const struct group_block *blocks, size_t count)
{
    size_t i = 1;
    while (i < count && blocks[i].period == blocks[0].period &&
           blocks[i].unit[GROUP_COMPANY] == blocks[0].unit[GROUP_COMPANY])
        i++;
    return i;
}

static size_t same_period(const struct group_block *blocks, size_t count)
{
    size_t i = 1;
    while (i < count && blocks[i].period == blocks[0].period)
        i++;
    return i;
}

/* All blocks of a period close at once, so a unit is looked at once a period. */
static enum err run_periods(struct work *work, const struct group_block *blocks, size_t count, size_t sector_count,
                            const size_t unit_count[GROUP_LEVEL_COUNT])
{
    for (size_t from = 0; from < count;) {
        size_t length = same_period(blocks + from, count - from);
        for (size_t sector = 0; sector < sector_count; sector++)
            work->gamma[sector] = gamma_of(work->rules, blocks, from, (uint32_t)sector);
        for (size_t i = 0; i < length;) {
            size_t run = same_company(blocks + from + i, length - i);
            enum err e = add_company(work, blocks + from + i, run);
            if (e != ERR_OK)
                return e;
            i += run;
        }
        for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
            for (size_t i = 0; i < unit_count[level]; i++)
                look(&work->units[level][i], grids[level]);
        from += length;
    }
    return ERR_OK;
}

static bool has_enough(const struct group_rules *rules, const struct unit *unit)
{
    return unit->decided >= rules->decisions_least && unit->focal >= rules->each_group_least &&
           unit->decided - unit->focal >= rules->each_group_least;
}

static enum err judge_level(const struct group_rules *rules, const struct unit *units, size_t count,
                            struct group_finding *findings)
{
    double *log_p, *adjusted;
    enum err e = mem_alloc(2 * count, sizeof *log_p, &log_p);
    if (e != ERR_OK)
        return e;
    adjusted = log_p + count;
    for (size_t i = 0; i < count; i++)
        findings[i].status = has_enough(rules, &units[i]) ? GROUP_NONE : GROUP_INSUFFICIENT;
    for (int stage = 0; e == ERR_OK && stage < GROUP_STAGE_COUNT; stage++) {
        for (size_t i = 0; i < count; i++) {
            bool guarded = stage == GROUP_RELEASED && units[i].excess < 0;
            log_p[i] = guarded ? 0 : fmin(0, -units[i].log_highest[stage]);
            findings[i].log_p[stage] = log_p[i];
        }
        e = bh_adjust(log_p, count, adjusted);
        for (size_t i = 0; e == ERR_OK && i < count; i++) {
            enum group_status status = adjusted[i] <= log(rules->alpha / GROUP_STAGE_COUNT) ? GROUP_SIGNAL
                                       : log_p[i] <= log(rules->observe_p)                  ? GROUP_OBSERVE
                                                                                            : GROUP_NONE;
            if (findings[i].status != GROUP_INSUFFICIENT && status > findings[i].status)
                findings[i].status = status;
        }
    }
    mem_free(log_p);
    return e;
}

static enum err check(const struct group_block *blocks, size_t count, const size_t unit_count[GROUP_LEVEL_COUNT],
                      size_t sector_count)
{
    for (size_t i = 0; i < count; i++) {
        bool known = blocks[i].sector < sector_count && block_is_valid(&blocks[i].block) &&
                     (unsigned)blocks[i].stage < GROUP_STAGE_COUNT;
        for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
            known = known && blocks[i].unit[level] < unit_count[level];
        if (!known)
            return ERR_INPUT;
    }
    return ERR_OK;
}

enum err group_judge(const struct group_rules *rules, struct group_block *blocks, size_t count,
                     const size_t unit_count[GROUP_LEVEL_COUNT], size_t sector_count,
                     struct group_finding *const findings[GROUP_LEVEL_COUNT])
{
    struct work work = {.rules = rules};
    enum err e = check(blocks, count, unit_count, sector_count);
    for (int level = 0; e == ERR_OK && level < GROUP_LEVEL_COUNT; level++)
        e = mem_alloc(unit_count[level], sizeof(struct unit), &work.units[level]);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *work.blinded, &work.blinded);
    if (e == ERR_OK)
        e = mem_alloc(count, sizeof *work.released, &work.released);
    if (e == ERR_OK)
        e = mem_alloc(sector_count, sizeof *work.gamma, &work.gamma);
    if (e == ERR_OK && count)
        qsort(blocks, count, sizeof *blocks, by_time_and_company);
    if (e == ERR_OK)
        e = run_periods(&work, blocks, count, sector_count, unit_count);
    for (int level = 0; e == ERR_OK && level < GROUP_LEVEL_COUNT; level++)
        e = judge_level(rules, work.units[level], unit_count[level], findings[level]);
    for (int level = 0; level < GROUP_LEVEL_COUNT; level++)
        mem_free(work.units[level]);
    mem_free(work.blinded);
    mem_free(work.released);
    mem_free(work.gamma);
    return e;
}
