#include "store/snapshot.h"

#include "base/mem.h"
#include "store/database.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 1024, SQL_BYTES = 160 };

struct snapshot {
    size_t count;
    sqlite3 *locks[SNAPSHOT_DATABASES_MAX]; /* only while it is taken */
    sqlite3 *readers[SNAPSHOT_DATABASES_MAX];
};

static enum err complain(struct buf *complaint, enum err e, sqlite3 *handle, const char *path)
{
    buf_printf(complaint, "%s: %s", path, handle ? sqlite3_errmsg(handle) : err_text(e));
    return e;
}

/*
 * Only the first may go through the making of a file: opening and closing it beside SQLite drops the locks that SQLite already
 * has on it in this process.
 */
static enum err open_both(struct snapshot *snapshot, size_t i, const char *path, struct buf *complaint)
{
    if (access(path, F_OK) != 0)
        return complain(complaint, err_from_errno(errno), NULL, path);
    enum err e = database_open(path, false, &snapshot->locks[i], complaint);
    if (e == ERR_OK)
        e = database_check(snapshot->locks[i], complaint);
    return e == ERR_OK ? database_open(path, true, &snapshot->readers[i], complaint) : e;
}

static enum err run(sqlite3 *handle, const char *sql, const char *path, struct buf *complaint)
{
    enum err e = database_run(handle, sql);
    return e == ERR_OK ? ERR_OK : complain(complaint, e, handle, path);
}

static void drop_locks(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        database_close(snapshot->locks[i]); /* rolls back what is open */
        snapshot->locks[i] = NULL;
    }
}

enum err snapshot_take(const char *const *paths, size_t count, struct snapshot **out, struct buf *complaint)
{
    struct snapshot *snapshot;
    if (count > SNAPSHOT_DATABASES_MAX)
        return ERR_RANGE;
    enum err e = mem_alloc(1, sizeof *snapshot, &snapshot);
    if (e != ERR_OK)
        return complain(complaint, e, NULL, "snapshot");
    *snapshot = (struct snapshot){.count = count};
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = open_both(snapshot, i, paths[i], complaint);
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = run(snapshot->locks[i], "BEGIN IMMEDIATE", paths[i], complaint);
    /* A transaction sees the database as of its first read. */
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = run(snapshot->readers[i], "BEGIN; SELECT count(*) FROM sqlite_schema", paths[i], complaint);
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = run(snapshot->locks[i], "ROLLBACK", paths[i], complaint);
    drop_locks(snapshot);
    if (e != ERR_OK) {
        snapshot_free(snapshot);
        return e;
    }
    *out = snapshot;
    return ERR_OK;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    drop_locks(snapshot);
    for (size_t i = 0; i < snapshot->count; i++)
        database_close(snapshot->readers[i]);
    mem_free(snapshot);
}

static enum err copy_pages(sqlite3 *from, sqlite3 *to, void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *context)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int result = SQLITE_OK;
    if (!backup)
        return database_err(to, sqlite3_errcode(to));
    while (result == SQLITE_OK) {
        result = sqlite3_backup_step(backup, PAGES_AT_ONCE);
        uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);
        if (progress)
            progress(context, total - (uint64_t)sqlite3_backup_remaining(backup), total);
    }
    enum err e = result == SQLITE_DONE ? ERR_OK : database_err(to, result);
    int finished = sqlite3_backup_finish(backup);
    return e == ERR_OK ? database_err(to, finished) : e;
}

/* One row with "ok" is what a whole database answers. */
static enum err check_structure(sqlite3 *handle)
{
    sqlite3_stmt *statement;
    enum err e = database_err(handle, sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &statement, NULL));
    if (e != ERR_OK)
        return e;
    int result = sqlite3_step(statement);
    const unsigned char *answer = result == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    if (!answer)
        e = result == SQLITE_ROW ? ERR_MEMORY : database_err(handle, result);
    else if (strcmp((const char *)answer, "ok") != 0)
        e = ERR_MISMATCH;
    sqlite3_finalize(statement);
    return e;
}

static enum err open_plain(const char *path, int flags, sqlite3 **out, struct buf *complaint)
{
    sqlite3 *handle = NULL;
    int result = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
    enum err e = handle ? database_err(handle, result) : ERR_MEMORY;
    if (e != ERR_OK) {
        e = complain(complaint, e, handle, path);
        database_close(handle);
        return e;
    }
    sqlite3_extended_result_codes(handle, 1);
    *out = handle;
    return ERR_OK;
}

enum err snapshot_copy(struct snapshot *snapshot, size_t database, const char *path,
                       void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
                       struct buf *complaint)
{
    sqlite3 *copy;
    enum err e = open_plain(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &copy, complaint);
    if (e != ERR_OK)
        return e;
    /* Without a journal nothing but this file is there when the copying is cut off. */
    e = database_run(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL");
    if (e == ERR_OK)
        e = copy_pages(snapshot->readers[database], copy, progress, context);
    /* A copy of a database with a log asks for a log; it gets none, so it is one file. */
    if (e == ERR_OK)
        e = database_run(copy, "PRAGMA journal_mode=DELETE");
    if (e != ERR_OK)
        e = complain(complaint, e, copy, path);
    database_close(copy);
    return e == ERR_OK ? snapshot_check_file(path, complaint) : e;
}

enum err snapshot_check_file(const char *path, struct buf *complaint)
{
    sqlite3 *handle;
    enum err e = open_plain(path, SQLITE_OPEN_READONLY, &handle, complaint);
    if (e != ERR_OK)
        return e;
    e = database_check(handle, complaint);
    if (e == ERR_OK) {
        e = check_structure(handle);
        if (e != ERR_OK)
            e = complain(complaint, e, NULL, path);
    }
    database_close(handle);
    return e;
}

static enum err has_table(sqlite3 *handle, const char *table, bool *out)
{
    sqlite3_stmt *statement;
    static const char sql[] = "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?1";
    enum err e = database_err(handle, sqlite3_prepare_v2(handle, sql, -1, &statement, NULL));
    if (e != ERR_OK)
        return e;
    int result = sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    *out = result == SQLITE_ROW;
    e = result == SQLITE_ROW || result == SQLITE_DONE ? ERR_OK : database_err(handle, result);
    sqlite3_finalize(statement);
    return e;
}

enum err snapshot_empty_tables(const char *path, const char *const *tables, struct buf *complaint)
{
    sqlite3 *handle;
    enum err e = open_plain(path, SQLITE_OPEN_READWRITE, &handle, complaint);
    if (e != ERR_OK)
        return e;
    e = database_run(handle, "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; BEGIN IMMEDIATE");
    for (; e == ERR_OK && *tables; tables++) {
        char sql[SQL_BYTES];
        bool found = false;
        e = has_table(handle, *tables, &found);
        int length = snprintf(sql, sizeof sql, "DELETE FROM %s", *tables);
        if (e == ERR_OK && (length < 0 || (size_t)length >= sizeof sql))
            e = ERR_RANGE;
        if (e == ERR_OK && found)
            e = database_run(handle, sql);
    }
    if (e == ERR_OK)
        e = database_run(handle, "COMMIT");
    if (e != ERR_OK)
        e = complain(complaint, e, handle, path);
    database_close(handle);
    return e;
}
