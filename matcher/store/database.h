/*
 * database.h - one SQLite connection as the store uses it: settings, migrations, tables, errors.
 *
 * Write-ahead log, synchronous=FULL (a commit that returned is on disk), secure_delete (what is deleted is overwritten).
 * The log is copied back by the store's writer alone, never inside a commit.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include "base/buf.h"

#include <sqlite3.h>

enum {
    DATABASE_APPLICATION_ID = 0x53744d61, /* "StMa" */
    DATABASE_VERSION = 1,                 /* the number of migrations */
    DATABASE_BUSY_WAIT_MS = 5000,         /* for a lock that somebody else has */
};

/*
 * Opens a connection; makes the file (mode 0600) where it may be written and is missing. Check it with
 * database_migrate or database_check before use. What is wrong is said in `complaint`.
 */
MUST_USE enum err database_open(const char *path, bool read_only, sqlite3 **out, struct buf *complaint);

/* Closes; NULL is allowed. Every statement must be finalized. */
void database_close(sqlite3 *handle);

/* Brings an empty or older database up to date. ERR_MISMATCH for one of another program or a newer version. */
MUST_USE enum err database_migrate(sqlite3 *handle, struct buf *complaint);

/* That it is one of ours and of this version. */
MUST_USE enum err database_check(sqlite3 *handle, struct buf *complaint);

/* Makes the table of row number, key and value where it is missing. The name must be [a-z_]+. */
MUST_USE enum err database_make_table(sqlite3 *handle, const char *name, struct buf *complaint);

MUST_USE enum err database_run(sqlite3 *handle, const char *sql);

/* Prepares a statement that is kept for long. `format` takes a table's name at its one %s. */
MUST_USE enum err database_prepare(sqlite3 *handle, const char *format, const char *table, sqlite3_stmt **out);

/* The err that fits a result of SQLite. ERR_MISMATCH: the file is damaged or no database. */
enum err database_err(sqlite3 *handle, int result);

/* A blob's or text's bytes in a column of the present row; borrowed until the next step. */
struct text database_column(sqlite3_stmt *statement, int column);

/* Binds bytes that stay where they are until the statement is reset. A NULL pointer binds an empty value, never NULL. */
int database_bind(sqlite3_stmt *statement, int parameter, struct text bytes);

#endif
