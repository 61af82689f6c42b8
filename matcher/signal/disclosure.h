/*
 * disclosure.h - which counts of a hierarchy may be published, and with what noise, so that nobody is found by subtracting.
 *
 * Units form one tree: the whole, its sectors, their regions, the schools in each. Three things guard a person in it:
 *
 * - **No small difference.** A unit is shown only with `threshold` persons or more, below a unit that is shown, and only where what is left of
 *   that unit beside its shown parts is nobody or `threshold` persons or more; otherwise the smallest shown parts are hidden too, until it is.
 *   Units are nested or apart, so every set that can be made of shown units by adding and subtracting is a union of these remainders: none
 *   holds fewer than `threshold` persons, and some.
 * - **Noise.** Every remainder that holds somebody gets discrete Laplace noise once, in each of its counts (discrete_laplace.h), and a unit's
 *   count is the sum of those below it. A person is in one remainder, and changes its counts by `cap` in all; with scale cap/ε the whole table is ε-differentially
 *   private (Dwork et al. 2006; a sum of published things costs nothing more). Which units are shown is decided on exact numbers: that much is
 *   not covered by the noise.
 * - **Rounding** to a multiple; what comes out below the threshold is 0, "fewer than the threshold".
 *
 * Pure; the noise's bits are handed in.
 */
#ifndef SIGNAL_DISCLOSURE_H
#define SIGNAL_DISCLOSURE_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISCLOSURE_NONE UINT32_MAX

struct disclosure_unit {
    uint32_t parent;  /* an earlier one; DISCLOSURE_NONE: the whole */
    uint64_t persons; /* exact; of a unit with parts, theirs together */
    bool shown;
    uint32_t home;  /* the unit whose remainder its persons are in, if it has no parts: the nearest shown one */
    uint64_t rest;  /* of a shown unit: the persons in its remainder */
    uint32_t parts; /* of a shown unit: the remainders with noise that its counts are the sum of */
};

struct disclosure_rule {
    uint32_t threshold, rounding;
    uint32_t scale_numerator, scale_denominator; /* of the noise: cap/ε */
};

/*
 * Sets all but `parent` and `persons`. The first unit is the whole, a unit comes behind its parent, and the parts of one stand beside each other.
 * O(count) but for the parts of units in which some are hidden.
 */
void disclosure_decide(struct disclosure_unit *units, size_t count, const struct disclosure_rule *rule);

/*
 * `counts` has `width` numbers for each unit: at units without parts the exact ones, of which a person adds up to `cap` in all. They become, at
 * shown units, the sum with noise, neither rounded nor cut; elsewhere 0.
 */
void disclosure_add_noise(const struct disclosure_unit *units, size_t count, int64_t *counts, size_t width,
                          const struct disclosure_rule *rule, const struct random_source *random);

/* How far a unit's published count is off in at most 1 of 20 draws. `parts`: as above. */
uint32_t disclosure_margin(uint32_t parts, const struct disclosure_rule *rule);

/* The number that is published: rounded, and 0 below the threshold. */
uint32_t disclosure_round(int64_t count, const struct disclosure_rule *rule);

#endif
