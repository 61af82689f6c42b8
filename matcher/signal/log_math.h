/*
 * log_math.h - numbers as their natural logarithms: sums, factorials, choices. 0 is -INFINITY.
 *
 * Probabilities down to 1e-300 and likelihood ratios up to 1e300 are ordinary here; products of hundreds of blocks would leave the
 * range of a double. Pure; the table of factorials is filled by the first call of the process (its loops are single-threaded).
 */
#ifndef SIGNAL_LOG_MATH_H
#define SIGNAL_LOG_MATH_H

#include <stddef.h>
#include <stdint.h>

/* ln n!. O(1); from a table below 8,192, by lgamma above. Relative error below 1e-14. */
double log_factorial(uint64_t n);

/* ln of the number of ways to choose k of n; -INFINITY where k > n. */
double log_choose(uint64_t n, uint64_t k);

/* ln(e^a + e^b). */
double log_add(double a, double b);

/* ln of the sum of e^values; -INFINITY for none. O(count). */
double log_sum(const double *values, size_t count);

#endif
