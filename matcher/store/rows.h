/*
 * rows.h - operations of a batch as SQL, through statements that are prepared once. Inside the store only.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/batch.h"
#include "store/database.h"
#include "store/tables.h"

struct rows {
    sqlite3 *handle;
    const char *const *tables;
    sqlite3_stmt *put[STORE_TABLES_MAX], *remove[STORE_TABLES_MAX];
    sqlite3_stmt *append, *begin, *commit, *rollback, *probe, *unprobe;
};

/* Prepares what every store has; the tables' statements come when they are first used. */
MUST_USE enum err rows_open(struct rows *rows, sqlite3 *handle, const char *const *tables);
void rows_close(struct rows *rows);

MUST_USE enum err rows_begin(struct rows *rows);
MUST_USE enum err rows_commit(struct rows *rows);
void rows_rollback(struct rows *rows);

/* Applies a batch inside a transaction; *head is the ledger's, before and after. */
MUST_USE enum err rows_apply(struct rows *rows, const struct store_batch *batch, struct ledger_head *head);

/* Whether a transaction can be written at all. */
MUST_USE enum err rows_probe(struct rows *rows);

#endif
