/*
 * writer.h - the thread that commits: takes batches in order, answers in order. Inside the store only.
 *
 * It alone uses its connection. Batches that wait are committed in one transaction, so that they share a flush to disk. After
 * a failure everything that is queued fails too, until a probe succeeds. When nothing waits it copies the write-ahead log
 * back into the database and cuts it, so that deleted rows do not linger there either.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/batch.h"
#include "store/database.h"

struct writer;

/*
 * Starts the thread. It takes `handle` and closes it at the end. `event_fd` (eventfd(2)) is written when results wait.
 * `tables` must outlive it.
 */
MUST_USE enum err writer_start(sqlite3 *handle, const char *const *tables, size_t table_count,
                               struct ledger_head head, int event_fd, struct writer **out);

void writer_push(struct writer *writer, struct store_batch *batch);

/* The batches that are finished, in order, linked by `next`. */
struct store_batch *writer_take_finished(struct writer *writer);

/* Commits what is queued, ends the thread, and gives what is finished. */
struct store_batch *writer_stop(struct writer *writer);

struct store_numbers writer_numbers(struct writer *writer);

#endif
