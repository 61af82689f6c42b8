/*
 * store.h - the durable image of one role's state: tables of key and value, and a ledger, committed together.
 *
 * The state machines hold their state in memory and are the only readers of what it means; a database holds the same
 * records, one table a kind, so that a restart finds them. Changes go in batches: store_commit hands a batch to the
 * writer, which commits it in one transaction (one fsync), and `done` is called in a later turn of the loop, in the order
 * of the commits. Between the two the loop goes on with the next batch. The port is asynchronous so that another engine
 * can stand behind it.
 *
 * A store belongs to one event base. One process at a time has a database open: store_open takes an exclusive lock on a file
 * beside it and waits for it (a predecessor may still be finishing its last commit).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/text.h"
#include "store/ledger.h"

struct event_base;
struct store;
struct store_batch;

struct store_options {
    const char *path;
    const char *const *tables; /* names, [a-z_]+; NULL-terminated. New ones are made, none is dropped. */
    unsigned lock_wait_ms;     /* how long to wait for the lock */
    bool read_only;            /* for `ledger verify` beside a running service: takes no lock, no writer */
};

/*
 * Opens or makes the database and brings it up to date (numbered migrations, forward only). What is wrong is logged and, to
 * `complaint`, said in one sentence. ERR_EXISTS: another process has it; ERR_MISMATCH: made by a newer version, or damaged.
 */
MUST_USE enum err store_open(const struct store_options *options, struct event_base *base, struct store **out,
                             struct buf *complaint);

/* Waits for commits under way, then closes. Their `done` is not called any more. Not from within a `done`. */
void store_close(struct store *store);

/* Hands every row of a table to `row`, in key order; its error ends the reading and is the result. At start, before commits. */
MUST_USE enum err store_load(struct store *store, const char *table,
                             enum err (*row)(void *context, struct text key, struct text value), void *context);

/* Rows of a table as of the last finished commit. */
MUST_USE enum err store_count(struct store *store, const char *table, uint64_t *out);

/*
 * One row as of the last finished commit, or, of a row that a commit under way removes, ERR_MISSING already. ERR_MISSING where there
 * is none. Appends the value to `out`. Slow in a store that is read only.
 */
MUST_USE enum err store_get(struct store *store, const char *table, struct text key, struct buf *out);

/* The newest ledger entry that is committed; seq 0 for an empty ledger. */
struct ledger_head store_ledger_head(const struct store *store);

/* Ledger entries after `after_seq`, at most `limit`, in order. */
MUST_USE enum err store_ledger_read(struct store *store, uint64_t after_seq, uint32_t limit,
                                    enum err (*entry)(void *context, const struct ledger_entry *entry),
                                    void *context);

MUST_USE enum err store_batch_new(struct store *store, struct store_batch **out);
void store_batch_free(struct store_batch *batch); /* one that was not committed; NULL is allowed */

/* Key and value are copied. A later change of the same key in a batch goes before an earlier one. */
MUST_USE enum err store_batch_put(struct store_batch *batch, const char *table, struct text key, struct text value);
MUST_USE enum err store_batch_delete(struct store_batch *batch, const char *table, struct text key);

/* Appends to the ledger; entries get consecutive sequence numbers in the order of these calls and of the commits. */
MUST_USE enum err store_batch_ledger(struct store_batch *batch, int64_t time_ms, const char *kind,
                                     struct text subject, struct text payload);

/*
 * Commits. Takes the batch, whatever happens. `done` comes in a later turn of the loop with ERR_OK, or the cause: then
 * nothing of the batch is stored, and neither is any batch committed after it before `done` came (they fail too), so memory
 * must be loaded again from the store.
 */
void store_commit(struct store *store, struct store_batch *batch, void (*done)(void *context, enum err result),
                  void *context);

/*
 * After a failed commit the store takes none (they fail, in order) until this has found that the database can be written
 * again: it tries a small transaction behind all that is queued. `done` comes in a later turn, with ERR_OK or the cause that
 * is still there. Load again from the store after it, or before: nothing of what failed is ever seen. ERR_MEMORY: it was not begun.
 */
MUST_USE enum err store_recover(struct store *store, void (*done)(void *context, enum err result), void *context);

/* Commits and recoveries whose `done` has not come yet. */
size_t store_pending(const struct store *store);

/*
 * Numbers for /metrics: batches committed and failed, transactions (several batches that wait share one), their rows and
 * ledger entries, microseconds in transactions, checkpoints of the write-ahead log and those that failed, and its pages.
 */
struct store_numbers {
    uint64_t commits, failed_commits, transactions, rows, ledger_entries, commit_us;
    uint64_t checkpoints, failed_checkpoints, wal_pages;
};
struct store_numbers store_read_numbers(const struct store *store);

#endif
