#include "store/store.h"

#include "base/log.h"
#include "store/batch.h"
#include "store/database.h"
#include "store/lock.h"
#include "store/row_map.h"
#include "store/tables.h"
#include "store/writer.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOCK_PATH_BYTES = 4096 };

static const char ledger_columns[] = "SELECT seq, time_ms, kind, subject, payload, previous, hash FROM ledger ";

struct store {
    sqlite3 *reader;
    struct writer *writer; /* NULL: read only */
    struct event *results;
    int event_fd, lock_fd;
    struct ledger_head head;
    struct row_map rows;
    enum err failed; /* the cause, from a failed commit until a recovery succeeded */
    size_t pending;
    size_t table_count;
    const char *tables[STORE_TABLES_MAX];
    sqlite3_stmt *get[STORE_TABLES_MAX];
};

enum err store_table_index(const struct store *store, const char *table, uint32_t *out)
{
    for (size_t i = 0; i < store->table_count; i++) /* mostly it is the very string that it was opened with */
        if (store->tables[i] == table) {
            *out = (uint32_t)i;
            return ERR_OK;
        }
    for (size_t i = 0; i < store->table_count; i++)
        if (strcmp(store->tables[i], table) == 0) {
            *out = (uint32_t)i;
            return ERR_OK;
        }
    return ERR_MISSING;
}

bool store_is_read_only(const struct store *store)
{
    return !store->writer;
}

static void free_batches(struct store_batch *list)
{
    while (list) {
        struct store_batch *next = list->next;
        store_batch_free(list);
        list = next;
    }
}

/* What was placed for a commit that failed stands nowhere: where rows stand is read again when it is needed. */
static void note_result(struct store *store, const struct store_batch *batch)
{
    store->head = batch->head;
    if (batch->result != ERR_OK && store->failed == ERR_OK)
        row_map_unload(&store->rows);
    if (batch->result != ERR_OK || batch->is_probe)
        store->failed = batch->result;
}

/* Calls `done` of all that is finished. */
static void deliver_results(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct store *store = context;
    uint64_t wakes;
    if (read(fd, &wakes, sizeof wakes) < 0)
        return;
    struct store_batch *list = writer_take_finished(store->writer);
    while (list) {
        struct store_batch *batch = list;
        list = batch->next;
        store->pending--;
        note_result(store, batch);
        batch->done(batch->context, batch->result);
        store_batch_free(batch);
    }
}

static enum err copy_tables(struct store *store, const char *const *tables)
{
    for (size_t i = 0; tables && tables[i]; i++) {
        if (i == STORE_TABLES_MAX)
            return ERR_RANGE;
        store->tables[i] = tables[i];
        store->table_count = i + 1;
    }
    return ERR_OK;
}

static enum err take_lock(struct store *store, const struct store_options *options, struct buf *complaint)
{
    char path[LOCK_PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s.lock", options->path);
    enum err e = length < 0 || (size_t)length >= sizeof path
                     ? ERR_RANGE
                     : lock_take(path, options->lock_wait_ms, &store->lock_fd);
    if (e == ERR_EXISTS)
        buf_printf(complaint, "%s: another process has it open", options->path);
    else if (e != ERR_OK)
        buf_printf(complaint, "%s: cannot be locked: %s", options->path, err_text(e));
    if (e != ERR_OK)
        LOG(LOG_ERROR, "store_lock_failed", LOG_WORD("error", err_text(e)));
    return e;
}

/* Row by row; `row` gets the statement. */
static enum err each_row(sqlite3_stmt *statement, sqlite3 *handle, enum err (*row)(void *context, sqlite3_stmt *at),
                         void *context)
{
    enum err e = ERR_OK;
    int result;
    while (e == ERR_OK && (result = sqlite3_step(statement)) != SQLITE_DONE)
        e = result == SQLITE_ROW ? row(context, statement) : database_err(handle, result);
    return e;
}

struct entry_reader {
    enum err (*entry)(void *context, const struct ledger_entry *entry);
    void *context;
};

static enum err read_entry(void *context, sqlite3_stmt *at)
{
    const struct entry_reader *reader = context;
    struct ledger_entry entry = {.seq = (uint64_t)sqlite3_column_int64(at, 0),
                                 .time_ms = sqlite3_column_int64(at, 1),
                                 .kind = database_column(at, 2),
                                 .subject = database_column(at, 3),
                                 .payload = database_column(at, 4)};
    struct text previous = database_column(at, 5), hash = database_column(at, 6);
    if (previous.length != LEDGER_HASH_BYTES || hash.length != LEDGER_HASH_BYTES)
        return ERR_MISMATCH;
    memcpy(entry.previous, previous.data, LEDGER_HASH_BYTES);
    memcpy(entry.hash, hash.data, LEDGER_HASH_BYTES);
    return reader->entry(reader->context, &entry);
}

static enum err take_head(void *context, const struct ledger_entry *entry)
{
    struct ledger_head *head = context;
    head->seq = entry->seq;
    memcpy(head->hash, entry->hash, LEDGER_HASH_BYTES);
    return ERR_OK;
}

static enum err read_head(sqlite3 *handle, struct ledger_head *head)
{
    sqlite3_stmt *statement;
    struct entry_reader reader = {take_head, head};
    enum err e = database_prepare(handle, "%sORDER BY seq DESC LIMIT 1", ledger_columns, &statement);
    if (e != ERR_OK)
        return e;
    e = each_row(statement, handle, read_entry, &reader);
    sqlite3_finalize(statement);
    return e;
}

static enum err open_reader(struct store *store, const struct store_options *options, struct buf *complaint)
{
    enum err e = database_open(options->path, true, &store->reader, complaint);
    if (e == ERR_OK)
        e = database_check(store->reader, complaint);
    if (e != ERR_OK)
        return e;
    e = read_head(store->reader, &store->head);
    if (e != ERR_OK)
        buf_printf(complaint, "%s: the ledger cannot be read: %s", options->path, err_text(e));
    return e;
}

/* The writer's connection comes first: it makes and migrates what the reader's then finds. */
static enum err open_writable(struct store *store, const struct store_options *options, struct event_base *base,
                              struct buf *complaint)
{
    sqlite3 *handle = NULL;
    enum err e = take_lock(store, options, complaint);
    if (e == ERR_OK)
        e = database_open(options->path, false, &handle, complaint);
    if (e == ERR_OK)
        e = database_migrate(handle, complaint);
    for (size_t i = 0; e == ERR_OK && i < store->table_count; i++)
        e = database_make_table(handle, store->tables[i], complaint);
    if (e == ERR_OK)
        e = open_reader(store, options, complaint);
    if (e == ERR_OK)
        e = row_map_load(&store->rows, store->reader, store->tables);
    if (e == ERR_OK && (store->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        e = ERR_IO;
    if (e == ERR_OK &&
        !(store->results = event_new(base, store->event_fd, EV_READ | EV_PERSIST, deliver_results, store)))
        e = ERR_MEMORY;
    if (e == ERR_OK && event_add(store->results, NULL) != 0)
        e = ERR_MEMORY;
    if (e == ERR_OK)
        e = writer_start(handle, store->tables, store->table_count, store->head, store->event_fd, &store->writer);
    if (e != ERR_OK)
        database_close(handle);
    if (e != ERR_OK && !complaint->length)
        buf_printf(complaint, "%s: cannot be opened: %s", options->path, err_text(e));
    return e;
}

enum err store_open(const struct store_options *options, struct event_base *base, struct store **out,
                    struct buf *complaint)
{
    struct store *store;
    enum err e = mem_alloc(1, sizeof *store, &store);
    if (e != ERR_OK)
        return e;
    store->event_fd = store->lock_fd = -1;
    e = copy_tables(store, options->tables);
    row_map_init(&store->rows, store->table_count);
    if (e == ERR_OK)
        e = options->read_only ? open_reader(store, options, complaint)
                               : open_writable(store, options, base, complaint);
    if (e != ERR_OK) {
        store_close(store);
        return e;
    }
    *out = store;
    return ERR_OK;
}

void store_close(struct store *store)
{
    for (size_t i = 0; i < store->table_count; i++)
        sqlite3_finalize(store->get[i]);
    database_close(store->reader);
    if (store->writer)
        free_batches(writer_stop(store->writer));
    if (store->results)
        event_free(store->results);
    if (store->event_fd >= 0)
        close(store->event_fd);
    lock_drop(store->lock_fd);
    row_map_free(&store->rows);
    mem_free(store);
}

struct row_reader {
    enum err (*row)(void *context, struct text key, struct text value);
    void *context;
};

static enum err read_row(void *context, sqlite3_stmt *at)
{
    const struct row_reader *reader = context;
    return reader->row(reader->context, database_column(at, 0), database_column(at, 1));
}

enum err store_load(struct store *store, const char *table,
                    enum err (*row)(void *context, struct text key, struct text value), void *context)
{
    uint32_t index;
    sqlite3_stmt *statement;
    struct row_reader reader = {row, context};
    enum err e = store_table_index(store, table, &index);
    if (e == ERR_OK)
        e = database_prepare(store->reader, "SELECT key, value FROM %s ORDER BY key", table, &statement);
    if (e != ERR_OK)
        return e;
    e = each_row(statement, store->reader, read_row, &reader);
    sqlite3_finalize(statement);
    return e;
}

static enum err take_count(void *context, sqlite3_stmt *at)
{
    *(uint64_t *)context = (uint64_t)sqlite3_column_int64(at, 0);
    return ERR_OK;
}

enum err store_count(struct store *store, const char *table, uint64_t *out)
{
    uint32_t index;
    uint64_t count = 0;
    sqlite3_stmt *statement;
    enum err e = store_table_index(store, table, &index);
    if (e == ERR_OK)
        e = database_prepare(store->reader, "SELECT count(*) FROM %s", table, &statement);
    if (e != ERR_OK)
        return e;
    e = each_row(statement, store->reader, take_count, &count);
    sqlite3_finalize(statement);
    if (e == ERR_OK)
        *out = count;
    return e;
}

struct value_reader {
    struct buf *out;
    bool found;
};

static enum err read_value(void *context, sqlite3_stmt *at)
{
    struct value_reader *reader = context;
    buf_put_text(reader->out, database_column(at, 0));
    reader->found = true;
    return buf_error(reader->out);
}

static enum err find_row(struct store *store, uint32_t table, struct text key, int64_t *out)
{
    if (store_is_read_only(store))
        row_map_unload(&store->rows); /* somebody else writes beside us */
    enum err e = row_map_load(&store->rows, store->reader, store->tables);
    if (e == ERR_OK)
        *out = row_map_find(&store->rows, table, key);
    return e == ERR_OK && *out == 0 ? ERR_MISSING : e;
}

enum err store_get(struct store *store, const char *table, struct text key, struct buf *out)
{
    uint32_t index;
    int64_t row;
    enum err e = store_table_index(store, table, &index);
    if (e == ERR_OK)
        e = find_row(store, index, key, &row);
    if (e == ERR_OK && !store->get[index])
        e = database_prepare(store->reader, "SELECT value FROM %s WHERE id = ?", table, &store->get[index]);
    if (e != ERR_OK)
        return e;
    struct value_reader reader = {out, false};
    sqlite3_stmt *statement = store->get[index];
    e = database_err(store->reader, sqlite3_bind_int64(statement, 1, row));
    if (e == ERR_OK)
        e = each_row(statement, store->reader, read_value, &reader);
    (void)sqlite3_reset(statement);
    return e == ERR_OK && !reader.found ? ERR_MISSING : e;
}

struct ledger_head store_ledger_head(const struct store *store)
{
    return store->head;
}

enum err store_ledger_read(struct store *store, uint64_t after_seq, uint32_t limit,
                           enum err (*entry)(void *context, const struct ledger_entry *entry), void *context)
{
    sqlite3_stmt *statement;
    struct entry_reader reader = {entry, context};
    if (after_seq > INT64_MAX)
        return ERR_RANGE;
    enum err e = database_prepare(store->reader, "%sWHERE seq > ? ORDER BY seq LIMIT ?", ledger_columns, &statement);
    if (e != ERR_OK)
        return e;
    /* From the start means everything: a row with a number below 1 was smuggled in, and a verifier must see it. */
    int result = sqlite3_bind_int64(statement, 1, after_seq ? (sqlite3_int64)after_seq : INT64_MIN);
    if (result == SQLITE_OK)
        result = sqlite3_bind_int64(statement, 2, limit);
    e = database_err(store->reader, result);
    if (e == ERR_OK)
        e = each_row(statement, store->reader, read_entry, &reader);
    sqlite3_finalize(statement);
    return e;
}

static void push(struct store *store, struct store_batch *batch, void (*done)(void *context, enum err result),
                 void *context)
{
    batch->done = done;
    batch->context = context;
    store->pending++;
    writer_push(store->writer, batch);
}

void store_commit(struct store *store, struct store_batch *batch, void (*done)(void *context, enum err result),
                  void *context)
{
    batch->refusal = store->failed;
    if (batch->refusal == ERR_OK)
        batch->refusal = row_map_load(&store->rows, store->reader, store->tables);
    if (batch->refusal == ERR_OK)
        batch->refusal = row_map_place(&store->rows, batch);
    push(store, batch, done, context);
}

enum err store_recover(struct store *store, void (*done)(void *context, enum err result), void *context)
{
    struct store_batch *probe;
    enum err e = store_batch_new(store, &probe);
    if (e != ERR_OK)
        return e;
    probe->is_probe = true;
    push(store, probe, done, context);
    return ERR_OK;
}

size_t store_pending(const struct store *store)
{
    return store->pending;
}

struct store_numbers store_read_numbers(const struct store *store)
{
    return store->writer ? writer_numbers(store->writer) : (struct store_numbers){0};
}
