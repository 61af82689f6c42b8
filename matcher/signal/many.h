/*
 * many.h - many units at once: which of them stand out, so that of those named only a stated share is expected to be named wrongly.
 */
#ifndef SIGNAL_MANY_H
#define SIGNAL_MANY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Benjamini & Hochberg (1995): adjusted p-values, as logarithms, in the order of log_p. A unit stands out at level α where its own is
 * at most ln α. O(n log n). Valid for independent and for positively dependent p-values.
 */
MUST_USE enum err bh_adjust(const double *log_p, size_t count, double *log_adjusted);

/* Wang & Ramdas (2022): which e-values stand out at level α, under any dependence. O(n log n). */
MUST_USE enum err ebh_choose(const double *log_e, size_t count, double alpha, bool *chosen);

#endif
