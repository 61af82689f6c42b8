/*
 * metrics.h - the engine's numbers in Prometheus' text format, for internal/GetMetrics.
 */
#ifndef ENGINE_METRICS_H
#define ENGINE_METRICS_H

#include "engine/solver.h"
#include "engine/turn.h"

struct metrics_sources {
    struct turns_numbers turns;
    struct store_numbers store;
    struct solver_numbers solver;
    struct versions_numbers versions;
    uint64_t ledger_seq;
    uint64_t recoveries;
    const struct state *state; /* NULL: not loaded */
};

/* Appends them. */
void metrics_write(const struct metrics_sources *sources, struct buf *out);

#endif
