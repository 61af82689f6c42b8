#include "store/rows.h"

#include "base/log.h"

#include <string.h>

enum { PROBE_BYTES = 64 * 1024 };

enum err rows_open(struct rows *rows, sqlite3 *handle, const char *const *tables)
{
    *rows = (struct rows){.handle = handle, .tables = tables};
    const struct {
        const char *sql;
        sqlite3_stmt **out;
    } statements[] = {
        {"BEGIN IMMEDIATE", &rows->begin},
        {"COMMIT", &rows->commit},
        {"ROLLBACK", &rows->rollback},
        {"INSERT INTO ledger (seq, time_ms, kind, subject, payload, previous, hash) VALUES (?,?,?,?,?,?,?)",
         &rows->append},
        {"INSERT OR REPLACE INTO store_probe (key, value) VALUES (1, zeroblob(?))", &rows->probe},
        {"DELETE FROM store_probe", &rows->unprobe},
    };
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        enum err e = database_prepare(handle, statements[i].sql, NULL, statements[i].out);
        if (e != ERR_OK) {
            rows_close(rows);
            return e;
        }
    }
    return ERR_OK;
}

void rows_close(struct rows *rows)
{
    sqlite3_stmt *const single[] = {rows->begin,  rows->commit, rows->rollback,
                                    rows->append, rows->probe,  rows->unprobe};
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        sqlite3_finalize(single[i]);
    for (size_t i = 0; i < STORE_TABLES_MAX; i++) {
        sqlite3_finalize(rows->put[i]);
        sqlite3_finalize(rows->remove[i]);
    }
    *rows = (struct rows){0};
}

/* Runs a statement to its end and makes it ready for the next time. */
static enum err run(struct rows *rows, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    enum err e = database_err(rows->handle, result);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "store_statement_failed", LOG_NUMBER("sqlite", sqlite3_extended_errcode(rows->handle)),
            LOG_NUMBER("errno", sqlite3_system_errno(rows->handle)));
    (void)sqlite3_reset(statement);
    return e;
}

enum err rows_begin(struct rows *rows)
{
    return run(rows, rows->begin);
}

enum err rows_commit(struct rows *rows)
{
    return run(rows, rows->commit);
}

void rows_rollback(struct rows *rows)
{
    /* After some errors SQLite has rolled back by itself. */
    if (sqlite3_get_autocommit(rows->handle))
        return;
    enum err e = run(rows, rows->rollback);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "store_rollback_failed", LOG_WORD("error", err_text(e)));
}

static enum err statement_of(struct rows *rows, const struct operation *operation, sqlite3_stmt **out)
{
    bool put = operation->kind == OPERATION_PUT;
    sqlite3_stmt **kept = put ? &rows->put[operation->table] : &rows->remove[operation->table];
    if (!*kept) {
        enum err e = database_prepare(rows->handle,
                                      put ? "INSERT OR REPLACE INTO %s (id, key, value) VALUES (?,?,?)"
                                          : "DELETE FROM %s WHERE id = ?",
                                      rows->tables[operation->table], kept);
        if (e != ERR_OK)
            return e;
    }
    *out = *kept;
    return ERR_OK;
}

static enum err change_row(struct rows *rows, const struct operation *operation)
{
    sqlite3_stmt *statement;
    if (operation->row == 0)
        return ERR_OK;
    enum err e = statement_of(rows, operation, &statement);
    if (e != ERR_OK)
        return e;
    bool put = operation->kind == OPERATION_PUT;
    int result = sqlite3_bind_int64(statement, 1, operation->row);
    if (result == SQLITE_OK && put)
        result = database_bind(statement, 2, operation->key);
    if (result == SQLITE_OK && put)
        result = database_bind(statement, 3, operation->value);
    e = database_err(rows->handle, result);
    return e == ERR_OK ? run(rows, statement) : e;
}

static enum err append_entry(struct rows *rows, const struct operation *operation, struct ledger_head *head)
{
    struct ledger_entry entry = {.seq = head->seq + 1,
                                 .time_ms = operation->time_ms,
                                 .kind = text_of(operation->entry_kind),
                                 .subject = operation->key,
                                 .payload = operation->value};
    memcpy(entry.previous, head->hash, LEDGER_HASH_BYTES);
    ledger_hash(&entry);
    sqlite3_stmt *statement = rows->append;
    const struct text blobs[] = {entry.subject,
                                 entry.payload,
                                 {(const char *)entry.previous, LEDGER_HASH_BYTES},
                                 {(const char *)entry.hash, LEDGER_HASH_BYTES}};
    int result = sqlite3_bind_int64(statement, 1, (sqlite3_int64)entry.seq);
    if (result == SQLITE_OK)
        result = sqlite3_bind_int64(statement, 2, entry.time_ms);
    if (result == SQLITE_OK)
        result = sqlite3_bind_text(statement, 3, entry.kind.data, (int)entry.kind.length, SQLITE_STATIC);
    for (int i = 0; result == SQLITE_OK && i < 4; i++)
        result = database_bind(statement, 4 + i, blobs[i]);
    enum err e = database_err(rows->handle, result);
    if (e == ERR_OK)
        e = run(rows, statement);
    if (e == ERR_OK) {
        head->seq = entry.seq;
        memcpy(head->hash, entry.hash, LEDGER_HASH_BYTES);
    }
    return e;
}

enum err rows_apply(struct rows *rows, const struct store_batch *batch, struct ledger_head *head)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < batch->count; i++) {
        const struct operation *operation = &batch->operations[i];
        e = operation->kind == OPERATION_LEDGER ? append_entry(rows, operation, head) : change_row(rows, operation);
    }
    return e;
}

static enum err in_transaction(struct rows *rows, sqlite3_stmt *statement)
{
    enum err e = rows_begin(rows);
    if (e == ERR_OK)
        e = run(rows, statement);
    if (e == ERR_OK)
        e = rows_commit(rows);
    if (e != ERR_OK)
        rows_rollback(rows);
    return e;
}

enum err rows_probe(struct rows *rows)
{
    rows_rollback(rows);
    enum err e = database_err(rows->handle, sqlite3_bind_int64(rows->probe, 1, PROBE_BYTES));
    if (e == ERR_OK)
        e = in_transaction(rows, rows->probe);
    if (e == ERR_OK)
        e = in_transaction(rows, rows->unprobe);
    return e;
}
