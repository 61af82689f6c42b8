#include "store/database.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SQL_BYTES_MAX = 512, PATH_BYTES_MAX = 4096 };

/* Migration n brings version n to n + 1. What was released is never changed here, only added to. */
static const char *const migrations[DATABASE_VERSION] = {
    "CREATE TABLE ledger (seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject BLOB NOT "
    "NULL,"
    " payload BLOB NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE store_probe (key INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;",
};

static const char settings_of_both[] = "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                                       "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;";
static const char settings_of_writer[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                                         "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384;";

enum err database_err(sqlite3 *handle, int result)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ERR_OK;
    case SQLITE_NOMEM:
        return ERR_MEMORY;
    case SQLITE_FULL:
        return ERR_SPACE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_MISMATCH;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: {
        int number = handle ? sqlite3_system_errno(handle) : 0;
        enum err e = number ? err_from_errno(number) : ERR_IO;
        return e == ERR_SPACE || e == ERR_MISSING ? e : ERR_IO;
    }
    default:
        return ERR_IO;
    }
}

/* The database's file is made here, so that nobody else can read it for a moment; SQLite gives its other files this mode. */
static enum err make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_from_errno(errno);
    struct stat status;
    enum err e = ERR_OK;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        e = ERR_IO;
    else if ((status.st_mode & 077) != 0 && fchmod(fd, 0600) != 0)
        e = err_from_errno(errno);
    close(fd);
    return e;
}

/* A new file survives a power cut only once its folder is on disk. */
static enum err sync_folder(const char *path)
{
    char copy[PATH_BYTES_MAX];
    int length = snprintf(copy, sizeof copy, "%s", path);
    if (length < 0 || (size_t)length >= sizeof copy)
        return ERR_RANGE;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    enum err e = fsync(fd) == 0 ? ERR_OK : err_from_errno(errno);
    close(fd);
    return e;
}

static enum err complain(struct buf *complaint, enum err e, sqlite3 *handle, const char *what)
{
    buf_printf(complaint, "%s: %s", what, handle ? sqlite3_errmsg(handle) : err_text(e));
    LOG(LOG_ERROR, "store_failed", LOG_WORD("error", err_text(e)),
        LOG_NUMBER("sqlite", handle ? sqlite3_extended_errcode(handle) : 0));
    return e;
}

enum err database_run(sqlite3 *handle, const char *sql)
{
    return database_err(handle, sqlite3_exec(handle, sql, NULL, NULL, NULL));
}

enum err database_open(const char *path, bool read_only, sqlite3 **out, struct buf *complaint)
{
    sqlite3 *handle = NULL;
    enum err e = read_only ? ERR_OK : make_file(path);
    if (e == ERR_OK && !read_only)
        e = sync_folder(path);
    if (e != ERR_OK)
        return complain(complaint, e, NULL, path);
    int flags =
        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    int result = sqlite3_open_v2(path, &handle, flags, NULL);
    e = handle ? database_err(handle, result) : ERR_MEMORY;
    if (e == ERR_OK) {
        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, DATABASE_BUSY_WAIT_MS);
        e = database_run(handle, settings_of_both);
    }
    if (e == ERR_OK && !read_only)
        e = database_run(handle, settings_of_writer);
    if (e != ERR_OK) {
        e = complain(complaint, e, handle, path);
        database_close(handle);
        return e;
    }
    *out = handle;
    return ERR_OK;
}

void database_close(sqlite3 *handle)
{
    int result = sqlite3_close(handle);
    if (result != SQLITE_OK)
        LOG(LOG_ERROR, "store_close_failed", LOG_NUMBER("sqlite", result));
}

static enum err read_number(sqlite3 *handle, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement;
    enum err e = database_err(handle, sqlite3_prepare_v2(handle, sql, -1, &statement, NULL));
    if (e != ERR_OK)
        return e;
    int result = sqlite3_step(statement);
    e = result == SQLITE_ROW ? ERR_OK : result == SQLITE_DONE ? ERR_INTERNAL : database_err(handle, result);
    if (e == ERR_OK)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return e;
}

/* Who made it and how far it is; an empty database has both 0. */
static enum err read_version(sqlite3 *handle, int64_t *version, struct buf *complaint)
{
    int64_t application, objects;
    enum err e = read_number(handle, "PRAGMA application_id", &application);
    if (e == ERR_OK)
        e = read_number(handle, "PRAGMA user_version", version);
    if (e == ERR_OK)
        e = read_number(handle, "SELECT count(*) FROM sqlite_schema", &objects);
    if (e != ERR_OK)
        return complain(complaint, e, handle, "the database cannot be read");
    bool empty = application == 0 && *version == 0 && objects == 0;
    if (!empty && application != DATABASE_APPLICATION_ID)
        return complain(complaint, ERR_MISMATCH, NULL, "the file is a database of another program");
    if (*version < 0 || *version > DATABASE_VERSION)
        return complain(complaint, ERR_MISMATCH, NULL, "the database was made by a newer version of stagematch");
    return ERR_OK;
}

enum err database_check(sqlite3 *handle, struct buf *complaint)
{
    int64_t version;
    enum err e = read_version(handle, &version, complaint);
    if (e == ERR_OK && version != DATABASE_VERSION)
        return complain(complaint, ERR_MISMATCH, NULL, "the database is of an older version: start the service once");
    return e;
}

static enum err migrate_once(sqlite3 *handle, int64_t version)
{
    char mark[128];
    int length = snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
                          DATABASE_APPLICATION_ID, (int)version + 1);
    if (length < 0 || (size_t)length >= sizeof mark)
        return ERR_INTERNAL;
    enum err e = database_run(handle, "BEGIN IMMEDIATE");
    if (e == ERR_OK)
        e = database_run(handle, migrations[version]);
    if (e == ERR_OK)
        e = database_run(handle, mark);
    if (e != ERR_OK && !sqlite3_get_autocommit(handle))
        (void)sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

enum err database_migrate(sqlite3 *handle, struct buf *complaint)
{
    int64_t version;
    enum err e = read_version(handle, &version, complaint);
    for (; e == ERR_OK && version < DATABASE_VERSION; version++) {
        e = migrate_once(handle, version);
        if (e != ERR_OK)
            return complain(complaint, e, handle, "the database cannot be brought up to date");
    }
    return e;
}

enum err database_make_table(sqlite3 *handle, const char *name, struct buf *complaint)
{
    char sql[SQL_BYTES_MAX];
    int length = snprintf(
        sql, sizeof sql,
        "CREATE TABLE IF NOT EXISTS %s (id INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB NOT NULL) STRICT",
        name);
    if (length < 0 || (size_t)length >= sizeof sql || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name))
        return ERR_RANGE;
    enum err e = database_run(handle, sql);
    return e == ERR_OK ? ERR_OK : complain(complaint, e, handle, "a table cannot be made");
}

enum err database_prepare(sqlite3 *handle, const char *format, const char *table, sqlite3_stmt **out)
{
    char sql[SQL_BYTES_MAX];
    const char *hole = strstr(format, "%s");
    int before = hole ? (int)(hole - format) : (int)strlen(format);
    int length = snprintf(sql, sizeof sql, "%.*s%s%s", before, format, hole ? table : "", hole ? hole + 2 : "");
    if (length < 0 || (size_t)length >= sizeof sql)
        return ERR_RANGE;
    return database_err(handle, sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

struct text database_column(sqlite3_stmt *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return (struct text){bytes && length > 0 ? bytes : "", length > 0 ? (size_t)length : 0};
}

int database_bind(sqlite3_stmt *statement, int parameter, struct text bytes)
{
    return sqlite3_bind_blob64(statement, parameter, bytes.length ? bytes.data : "", bytes.length, SQLITE_STATIC);
}
