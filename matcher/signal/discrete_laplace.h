/*
 * discrete_laplace.h - whole-number noise for published counts: P(k) ∝ e^(-|k|·ε/Δ), drawn exactly.
 *
 * A count that each person changes by at most Δ, with this noise, is ε-differentially private. Drawn with integers alone, from a
 * source of random bits: noise from floating point numbers gives secrets away (Mironov 2012).
 * Algorithm: Canonne, Kamath & Steinke, The Discrete Gaussian for Differential Privacy (2020), algorithm 2.
 */
#ifndef SIGNAL_DISCRETE_LAPLACE_H
#define SIGNAL_DISCRETE_LAPLACE_H

#include "base/random.h"

#include <stdint.h>

/* With scale Δ/ε = numerator/denominator, both 1 .. 1,000,000. Expected number of draws: a few. */
int64_t discrete_laplace_draw(const struct random_source *source, uint32_t numerator, uint32_t denominator);

/* P(k) for ε/Δ. */
double discrete_laplace_at(double epsilon_per_unit, int64_t k);

#endif
