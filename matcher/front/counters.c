#include "front/counters.h"

#include <inttypes.h>

static const int64_t bounds_us[DURATION_BUCKETS] = {1000,   2500,   5000,    10000,   25000,
                                                    100000, 500000, 1000000, 5000000, 30000000};

void counters_add(struct counters *counters, enum method_id method, enum status_code code, int64_t duration_us)
{
    size_t bucket = 0;
    while (bucket < DURATION_BUCKETS && duration_us > bounds_us[bucket])
        bucket++;
    counters->calls[method][(unsigned)code < STATUS_CODE_COUNT ? code : STATUS_UNKNOWN]++;
    counters->durations[bucket]++;
    counters->duration_count++;
    counters->duration_sum_us += (uint64_t)(duration_us > 0 ? duration_us : 0);
}

void counters_write_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type, name, value);
}

static void write_calls(const struct counters *counters, struct buf *out)
{
    buf_put_string(out, "# HELP stagematch_front_calls_total Calls of the API that were answered.\n"
                        "# TYPE stagematch_front_calls_total counter\n");
    for (unsigned m = 0; m < METHOD_COUNT; m++)
        for (unsigned code = 0; code < STATUS_CODE_COUNT; code++)
            if (counters->calls[m][code])
                buf_printf(out, "stagematch_front_calls_total{method=\"%s\",code=\"%s\"} %" PRIu64 "\n",
                           method_of((enum method_id)m)->path, status_code_name((enum status_code)code),
                           counters->calls[m][code]);
}

static void write_durations(const struct counters *counters, struct buf *out)
{
    uint64_t below = 0;
    buf_put_string(out, "# HELP stagematch_front_call_seconds How long calls took.\n"
                        "# TYPE stagematch_front_call_seconds histogram\n");
    for (size_t i = 0; i < DURATION_BUCKETS; i++) {
        below += counters->durations[i];
        buf_printf(out, "stagematch_front_call_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", (double)bounds_us[i] / 1e6,
                   below);
    }
    buf_printf(out, "stagematch_front_call_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", counters->duration_count);
    buf_printf(out, "stagematch_front_call_seconds_sum %.6f\n", (double)counters->duration_sum_us / 1e6);
    buf_printf(out, "stagematch_front_call_seconds_count %" PRIu64 "\n", counters->duration_count);
}

void counters_write(const struct counters *counters, struct buf *out)
{
    write_calls(counters, out);
    write_durations(counters, out);
}
