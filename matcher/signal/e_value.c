#include "signal/e_value.h"

#include "signal/log_math.h"

#include <math.h>

const struct grid grid_unit = {{1.5, 2, 3, 4.5, 7}, {.1, .3, .3, .2, .1}};
const struct grid grid_large = {{1.08, 1.2, 1.5, 2.2, 4}, {.2, .2, .2, .2, .2}};

void e_value_of_block(const struct block *block, const struct grid *grid, double gamma, double log_e[GRID_COUNT])
{
    double delta = log(gamma), at_delta = block_log_m(block, delta);
    bool no_choice = block_lowest(block) == block_highest(block);
    for (int g = 0; g < GRID_COUNT; g++) {
        double beyond = log(grid->odds_ratio[g]), theta = delta + beyond;
        log_e[g] = no_choice ? 0 : beyond * block->x - block_log_m(block, theta) + at_delta;
    }
}

struct e_process e_process_start(void)
{
    return (struct e_process){{0}, 0};
}

void e_process_add(struct e_process *process, const struct block *block, const struct grid *grid, double gamma)
{
    double log_e[GRID_COUNT];
    e_value_of_block(block, grid, gamma, log_e);
    for (int g = 0; g < GRID_COUNT; g++)
        process->log_e[g] += log_e[g];
    process->log_highest = fmax(process->log_highest, e_process_log_value(process, grid));
}

double grid_mix(const struct grid *grid, const double log_e[GRID_COUNT])
{
    double terms[GRID_COUNT];
    for (int g = 0; g < GRID_COUNT; g++)
        terms[g] = log(grid->weight[g]) + log_e[g];
    return log_sum(terms, GRID_COUNT);
}

double e_process_log_value(const struct e_process *process, const struct grid *grid)
{
    return grid_mix(grid, process->log_e);
}

double e_process_log_p(const struct e_process *process)
{
    return fmin(0, -process->log_highest);
}

double e_adjust(double log_highest)
{
    double l = log_highest;
    if (l < 1e-3) /* s - 1 - ln s by its series, where it would cancel */
        return log(0.5 + l / 6 + l * l / 24);
    if (l > 500) /* s alone counts */
        return l - 2 * log(l);
    return log(expm1(l) - l) - 2 * log(l);
}
