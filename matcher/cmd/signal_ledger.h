/*
 * signal_ledger.h - the counters of signals recomputed from the engine's ledger, and held against those that the engine kept.
 */
#ifndef CMD_SIGNAL_LEDGER_H
#define CMD_SIGNAL_LEDGER_H

#include "base/err.h"

#include <stdint.h>
#include <stdio.h>

/*
 * `path`: a data_dir of a service (it may be running), or an engine.sqlite. Prints to `out` what was counted, how many units have which status
 * by rule, and how many of the engine's rows differ; the time each part took to stderr. `threads`: 0: one for each processor.
 * ERR_MISMATCH: rows differ. The window ends with the quarter of the newest entry.
 */
MUST_USE enum err signal_ledger_recompute(const char *path, uint32_t threads, FILE *out);

#endif
