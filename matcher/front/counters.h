/*
 * counters.h - what the front counts of its calls, and how it tells it (Prometheus' text format).
 *
 * Numbers by method and outcome and how long calls took: nothing that depends on what a call carries.
 */
#ifndef FRONT_COUNTERS_H
#define FRONT_COUNTERS_H

#include "api/method.h"
#include "api/status.h"
#include "base/buf.h"

enum { DURATION_BUCKETS = 10 };

struct counters {
    uint64_t calls[METHOD_COUNT][STATUS_CODE_COUNT];
    uint64_t durations[DURATION_BUCKETS + 1]; /* the last: longer than all */
    uint64_t duration_count, duration_sum_us;
};

void counters_add(struct counters *counters, enum method_id method, enum status_code code, int64_t duration_us);
void counters_write(const struct counters *counters, struct buf *out);

/* One metric without labels: HELP, TYPE and value. */
void counters_write_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value);

#endif
