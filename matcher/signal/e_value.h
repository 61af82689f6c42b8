/*
 * e_value.h - evidence that may be looked at after each closed block: e-values and e-processes.
 *
 * An e-value is a bet on the alternative whose expectation is at most 1 while the odds ratio is at most Γ, so a large one is
 * evidence, and it stays valid whenever one looks. A unit's process is the mixture of the products over its blocks: the grid is mixed
 * after the product, never block by block. A block is closed by a count or the calendar, never by outcomes.
 *
 * Sources: Grünwald, de Heide & Koolen, Safe Testing (2024); Ramdas et al., Stat. Sci. 38 (2023); signals' grid and weights below.
 */
#ifndef SIGNAL_E_VALUE_H
#define SIGNAL_E_VALUE_H

#include "signal/distribution.h"

enum { GRID_COUNT = 5 };

/* Alternatives as odds ratios, multiplied by Γ, with their weights, which sum to 1. */
struct grid {
    double odds_ratio[GRID_COUNT];
    double weight[GRID_COUNT];
};

extern const struct grid grid_unit;  /* a company or a concern */
extern const struct grid grid_large; /* a large unit whose effect is diluted */

/*
 * ln e of one block for each alternative of the grid, against an odds ratio of gamma at most. A block without a choice gives
 * exactly 0. O(support · GRID_COUNT), no memory.
 */
void e_value_of_block(const struct block *block, const struct grid *grid, double gamma, double log_e[GRID_COUNT]);

/* What a unit has gathered: Σ ln e over its closed blocks, for each alternative, and the largest mixture so far. */
struct e_process {
    double log_e[GRID_COUNT];
    double log_highest; /* of the mixture, at the ends of blocks; at least 0 */
};

struct e_process e_process_start(void);
void e_process_add(struct e_process *process, const struct block *block, const struct grid *grid, double gamma);

/* ln of the mixture, now. */
double e_process_log_value(const struct e_process *process, const struct grid *grid);

/* ln p that is valid at any time: min(1, 1 / highest). */
double e_process_log_p(const struct e_process *process);

/*
 * The mixture of ln e over the grid: for several blocks of one test, such as did.h's.
 */
double grid_mix(const struct grid *grid, const double log_e[GRID_COUNT]);

/*
 * A highest value that was reached is no e-value; adjusted it is one: (s - 1 - ln s) / (ln s)², for s > 1 (Shafer et al., 2011;
 * Dawid et al., 2011). In: ln s; out: ln of the adjusted. -INFINITY at s = 1 would say nothing: there it is ln 1/2, the limit.
 */
double e_adjust(double log_highest);

#endif
