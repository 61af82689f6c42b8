/*
 * database.h - store/store.h in memory: what SQLite keeps, when it keeps it, and what a crash leaves of it.
 *
 * A batch waits in a queue. The scheduler has it written, alone or with those behind it as one transaction, or has that fail;
 * the loop hears of it in a later turn. A kill may come before, between and after: what was written stays although nobody
 * heard of it, what was not is gone. A transaction whose sync failed is not seen by the process that began it, but where that
 * process dies before it has written anything else, the next one may find it: the log had the bytes.
 *
 * Rows are counted and shared, so a copy of all databases costs its pointers alone.
 */
#ifndef SIM_DATABASE_H
#define SIM_DATABASE_H

#include "store/ledger.h"
#include "store/store.h"

enum database_name { DATABASE_ENGINE, DATABASE_VAULT, DATABASE_KEYS, DATABASE_COUNT };

struct database_row {
    unsigned users;
    struct text key, value; /* in one block with this */
};

/* What a transaction did to a row: either may be NULL. */
struct database_change {
    enum database_name database;
    const char *table;
    const struct database_row *before, *after;
};

/* Who looks at every transaction, as it becomes durable. */
struct database_watcher {
    void (*change)(const struct database_change *change);
    void (*entry)(enum database_name database, const struct ledger_entry *entry);
    void (*committed)(enum database_name database);
};
void databases_watch(const struct database_watcher *watcher);

const char *database_text(enum database_name database);

/* Databases in which something waits to be written. */
bool database_has_work(enum database_name database);

/* Writes some of it, or (`fail`) has that fail. */
void database_write(enum database_name database, bool fail);
void databases_write_all(void);

/* The process that has it open died. */
void database_crash(enum database_name database);

/* Rows as they are durable, in key order: for whoever checks. */
size_t database_count(enum database_name database, const char *table);
const struct database_row *database_at(enum database_name database, const char *table, size_t i);
const struct database_row *database_find(enum database_name database, const char *table, struct text key);
uint64_t database_ledger_count(enum database_name database);
const struct ledger_entry *database_ledger_at(enum database_name database, uint64_t i);

/* All databases as they are, to begin from again. */
struct database_copy;
struct database_copy *databases_save(void);
void databases_restore(const struct database_copy *copy);
void databases_discard(struct database_copy *copy);

/* Empty ones. Nothing may have them open. */
void databases_reset(void);

#endif
