/*
 * snapshot.h - several databases as they were at one and the same moment, while their writers go on.
 *
 * For a moment (milliseconds, unless a writer is in a long transaction) it holds the write lock of each database, opens a
 * reader on each, and lets go: the writers wait that long, as they wait for any lock, and nothing is refused. What is copied
 * afterwards is a state in which all processes could have been killed at once, so what recovers from that recovers from a copy.
 *
 * For a process of its own, such as `stagematch backup`: it may run beside the service, or without one.
 */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "base/buf.h"

enum { SNAPSHOT_DATABASES_MAX = 8 };

struct snapshot;

/*
 * Takes it, of at most SNAPSHOT_DATABASES_MAX databases that exist. ERR_MISSING, ERR_MISMATCH (not ours, or of another
 * version), ERR_IO (a lock did not come within seconds): said in `complaint`.
 */
MUST_USE enum err snapshot_take(const char *const *paths, size_t count, struct snapshot **out, struct buf *complaint);
void snapshot_free(struct snapshot *snapshot); /* NULL is allowed */

/*
 * Copies one database into the file `path`, which may be there but must be empty; then checks the copy's structure. It is a
 * single file without a log beside it, flushed to disk. `progress` (may be NULL) hears of pages done and all pages. On error
 * the file holds anything: ERR_SPACE, ERR_IO, ERR_MISMATCH (the database is damaged), said in `complaint`.
 */
MUST_USE enum err snapshot_copy(struct snapshot *snapshot, size_t database, const char *path,
                                void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                                struct buf *complaint);

/* Whether the file is a whole database of this program and version: reads all of it. ERR_MISMATCH, said in `complaint`. */
MUST_USE enum err snapshot_check_file(const char *path, struct buf *complaint);

/* Empties tables of a database that nobody has open, [a-z_]+, NULL-terminated; those that it does not have are left out. */
MUST_USE enum err snapshot_empty_tables(const char *path, const char *const *tables, struct buf *complaint);

#endif
