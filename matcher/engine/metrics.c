#include "engine/metrics.h"

#include <inttypes.h>

struct metric {
    const char *name, *type, *help;
    uint64_t value;
};

static void write_metric(const struct metric *metric, struct buf *out)
{
    buf_printf(out,
               "# HELP stagematch_engine_%s %s\n# TYPE stagematch_engine_%s %s\nstagematch_engine_%s %" PRIu64 "\n",
               metric->name, metric->help, metric->name, metric->type, metric->name, metric->value);
}

static void write_commit_seconds(const struct store_numbers *store, struct buf *out)
{
    buf_printf(out,
               "# HELP stagematch_engine_commit_seconds Time spent in transactions.\n"
               "# TYPE stagematch_engine_commit_seconds summary\n"
               "stagematch_engine_commit_seconds_sum %" PRIu64 ".%06" PRIu64 "\n"
               "stagematch_engine_commit_seconds_count %" PRIu64 "\n",
               store->commit_us / 1000000, store->commit_us % 1000000, store->transactions);
}

static void write_records(const struct state *state, struct buf *out)
{
    buf_put_string(out, "# HELP stagematch_engine_records Records in memory, by kind.\n"
                        "# TYPE stagematch_engine_records gauge\n");
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        buf_printf(out, "stagematch_engine_records{kind=\"%s\"} %zu\n", record_kind_name((enum record_kind)kind),
                   state_count(state, (enum record_kind)kind));
}

void metrics_write(const struct metrics_sources *sources, struct buf *out)
{
    const struct metric metrics[] = {
        {"calls_total", "counter", "Calls that were taken.", sources->turns.calls},
        {"calls_refused_total", "counter", "Calls that were refused without being applied, or whose turn failed.",
         sources->turns.refused},
        {"turns_total", "counter", "Turns that were applied.", sources->turns.turns},
        {"turn_calls_total", "counter", "Calls that were applied in turns.", sources->turns.turn_calls},
        {"turn_failures_total", "counter", "Turns that failed, so that the state was loaded again.",
         sources->turns.failures},
        {"waiting_calls", "gauge", "Calls that wait for a turn.", sources->turns.waiting},
        {"commits_in_flight", "gauge", "Turns whose commit is under way.", sources->turns.in_flight},
        {"read_only", "gauge", "1 while changes are refused because the store cannot be written.",
         sources->turns.read_only},
        {"recoveries_total", "counter", "Times that the store could be written again.", sources->recoveries},
        {"commits_total", "counter", "Commits that are durable.", sources->store.commits},
        {"commits_failed_total", "counter", "Commits that failed.", sources->store.failed_commits},
        {"commit_rows_total", "counter", "Rows written or removed.", sources->store.rows},
        {"ledger_entries_total", "counter", "Entries appended to the ledger since the start.",
         sources->store.ledger_entries},
        {"ledger_seq", "gauge", "Number of the ledger's newest entry.", sources->ledger_seq},
        {"wal_pages", "gauge", "Pages of the write-ahead log that are not copied back.", sources->store.wal_pages},
        {"checkpoints_total", "counter", "Times that the write-ahead log was copied back.",
         sources->store.checkpoints},
        {"checkpoints_failed_total", "counter", "Times that it could not be.", sources->store.failed_checkpoints},
        {"solver_runs_total", "counter", "Children that were started to solve a round.", sources->solver.started},
        {"solver_solved_total", "counter", "Children that gave a result.", sources->solver.solved},
        {"solver_failed_total", "counter", "Children that failed.", sources->solver.failed},
        {"invalidations_total", "counter", "Turns whose changes the fronts were told of.",
         sources->versions.announced},
        {"invalidated_views_total", "counter", "Views named in them.", sources->versions.views},
        {"invalidated_all_total", "counter", "Turns that touched too many views to name.",
         sources->versions.everything},
        {"epochs_total", "counter", "Epochs since the start; more than one: the state was loaded again.",
         sources->versions.epochs},
        {"fronts", "gauge", "Fronts that are told what changes.", sources->versions.fronts},
        {"solver_running", "gauge", "1 while a child solves a round.", sources->solver.child != 0},
    };
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        write_metric(&metrics[i], out);
    write_commit_seconds(&sources->store, out);
    if (sources->state)
        write_records(sources->state, out);
}
