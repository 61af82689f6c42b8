#include "database.h"

#include "rows.h"
#include "sim.h"

#include "base/mem.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

/* A change or a ledger entry of a batch; an entry's kind is borrowed, as with the real store. */
enum operation_kind { OPERATION_PUT, OPERATION_DELETE, OPERATION_ENTRY };
struct operation {
    enum operation_kind kind;
    unsigned table;
    struct database_row *row; /* of a deletion: a row with the key alone; of an entry: subject and payload */
    const char *entry_kind;
    int64_t time_ms;
};

struct store_batch {
    struct store *store;
    struct operation *operations;
    size_t count, capacity;
    struct store_batch *next;
    bool is_probe;
    enum err refusal, result;
    struct ledger_head head;
    void (*done)(void *context, enum err result);
    void *context;
};

struct batches {
    struct store_batch *first, **end;
};

/* What a process has open. */
struct store {
    enum database_name name;
    bool crashed;
    struct event *results;
    struct batches waiting, finished;
    struct ledger_head head; /* of the newest commit that the loop has heard of */
    enum err failed;         /* as the loop knows it */
    enum err broken;         /* as the writer knows it */
    struct batches lost;     /* their sync failed, and nothing was written after */
    size_t pending;
    struct store_numbers numbers;
};

static struct rows databases[DATABASE_COUNT];
static struct store *open_stores[DATABASE_COUNT];
static struct database_watcher watcher;

const char *database_text(enum database_name database)
{
    static const char *const texts[DATABASE_COUNT] = {"engine", "vault", "keys"};
    return texts[database];
}

void databases_watch(const struct database_watcher *who)
{
    watcher = *who;
}

/* ---- batches ---- */

static void batches_init(struct batches *batches)
{
    *batches = (struct batches){.end = &batches->first};
}

static void batches_add(struct batches *batches, struct store_batch *batch)
{
    batch->next = NULL;
    *batches->end = batch;
    batches->end = &batch->next;
}

static struct store_batch *batches_take(struct batches *batches)
{
    struct store_batch *batch = batches->first;
    if (!batch)
        return NULL;
    batches->first = batch->next;
    if (!batches->first)
        batches->end = &batches->first;
    return batch;
}

void store_batch_free(struct store_batch *batch)
{
    if (!batch)
        return;
    for (size_t i = 0; i < batch->count; i++)
        row_drop(batch->operations[i].row);
    free(batch->operations);
    free(batch);
}

static void batches_free(struct batches *batches)
{
    struct store_batch *batch;
    while ((batch = batches_take(batches)))
        store_batch_free(batch);
}

enum err store_batch_new(struct store *store, struct store_batch **out)
{
    *out = calloc(1, sizeof **out);
    SIM_MUST(*out != NULL);
    (*out)->store = store;
    return ERR_OK;
}

static struct operation *add_operation(struct store_batch *batch, enum operation_kind kind)
{
    if (batch->count == batch->capacity) {
        batch->capacity = batch->capacity ? 2 * batch->capacity : 8;
        batch->operations = realloc(batch->operations, batch->capacity * sizeof *batch->operations);
        SIM_MUST(batch->operations != NULL);
    }
    struct operation *operation = &batch->operations[batch->count++];
    *operation = (struct operation){.kind = kind};
    return operation;
}

enum err store_batch_put(struct store_batch *batch, const char *table, struct text key, struct text value)
{
    struct operation *operation = add_operation(batch, OPERATION_PUT);
    operation->table = rows_table(&databases[batch->store->name], table);
    operation->row = row_new(key, value);
    return ERR_OK;
}

enum err store_batch_delete(struct store_batch *batch, const char *table, struct text key)
{
    struct operation *operation = add_operation(batch, OPERATION_DELETE);
    operation->table = rows_table(&databases[batch->store->name], table);
    operation->row = row_new(key, (struct text){NULL, 0});
    return ERR_OK;
}

enum err store_batch_ledger(struct store_batch *batch, int64_t time_ms, const char *kind, struct text subject,
                            struct text payload)
{
    struct operation *operation = add_operation(batch, OPERATION_ENTRY);
    operation->row = row_new(subject, payload);
    operation->entry_kind = kind;
    operation->time_ms = time_ms;
    return ERR_OK;
}

/* ---- transactions ---- */

static void apply_change(enum database_name name, const struct operation *operation)
{
    struct rows *rows = &databases[name];
    struct database_row *after = operation->kind == OPERATION_PUT ? operation->row : NULL;
    struct database_row *before = rows_set(rows, operation->table, operation->row->key, after);
    const struct database_change change = {name, rows_name(rows, operation->table), before, after};
    if (watcher.change)
        watcher.change(&change);
    row_drop(before);
}

static void apply_entry(enum database_name name, const struct operation *operation)
{
    const struct ledger_entry *entry = rows_append(&databases[name], operation->time_ms, operation->entry_kind,
                                                   operation->row->key, operation->row->value);
    if (watcher.entry)
        watcher.entry(name, entry);
}

static void apply_batch(enum database_name name, struct store_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->operations[i].kind == OPERATION_ENTRY)
            apply_entry(name, &batch->operations[i]);
        else
            apply_change(name, &batch->operations[i]);
    }
    batch->head = rows_head(&databases[name]);
}

static void apply_group(enum database_name name, struct batches *group)
{
    for (struct store_batch *batch = group->first; batch; batch = batch->next)
        apply_batch(name, batch);
    if (watcher.committed)
        watcher.committed(name);
}

/* As store/writer.c takes it: what can share a transaction; what cannot be committed, and a probe, stand alone. */
static void take_group(struct store *store, struct batches *group)
{
    size_t most = 1 + (size_t)sim_below(4);
    batches_init(group);
    do {
        struct store_batch *batch = batches_take(&store->waiting);
        batches_add(group, batch);
        if (batch->is_probe || batch->refusal != ERR_OK)
            return;
    } while (--most && store->waiting.first && !store->waiting.first->is_probe &&
             store->waiting.first->refusal == ERR_OK);
}

static void finish_group(struct store *store, struct batches *group, enum err result)
{
    struct store_batch *batch;
    while ((batch = batches_take(group))) {
        batch->result = result;
        if (result != ERR_OK || batch->is_probe)
            batch->head = rows_head(&databases[store->name]);
        batches_add(&store->finished, batch);
    }
    event_active(store->results, EV_READ, 0);
}

/* A transaction that failed at its sync may be in the log whole: its operations are kept, without anybody to tell. */
static void keep_lost(struct store *store, const struct batches *group)
{
    for (const struct store_batch *batch = group->first; batch; batch = batch->next) {
        struct store_batch *copy;
        SIM_MUST(store_batch_new(store, &copy) == ERR_OK);
        for (size_t i = 0; i < batch->count; i++) {
            *add_operation(copy, batch->operations[i].kind) = batch->operations[i];
            row_hold(batch->operations[i].row);
        }
        batches_add(&store->lost, copy);
    }
}

bool database_has_work(enum database_name database)
{
    return open_stores[database] && open_stores[database]->waiting.first;
}

void database_write(enum database_name database, bool fail)
{
    struct store *store = open_stores[database];
    struct batches group;
    take_group(store, &group);
    bool is_probe = group.first->is_probe;
    if (is_probe && !fail)
        store->broken = ERR_OK;
    enum err result = fail ? ERR_IO : is_probe ? ERR_OK : store->broken ? store->broken : group.first->refusal;
    if (result == ERR_OK) {
        batches_free(&store->lost);
        if (!is_probe)
            apply_group(database, &group);
    } else if (store->broken == ERR_OK) {
        store->broken = result;
        if (!is_probe && group.first->refusal == ERR_OK && sim_below(2))
            keep_lost(store, &group);
    }
    SIM_TRACE("%s database: %s %s", database_text(database), is_probe ? "probe" : "commit",
              result == ERR_OK ? "written" : "failed");
    finish_group(store, &group, result);
}

void databases_write_all(void)
{
    for (int i = 0; i < DATABASE_COUNT; i++)
        while (database_has_work((enum database_name)i))
            database_write((enum database_name)i, false);
}

/* Of what waits some was written before the end, in order; the rest was not. */
void database_crash(enum database_name database)
{
    struct store *store = open_stores[database];
    if (!store)
        return;
    if (store->broken != ERR_OK && store->lost.first && sim_below(2)) {
        SIM_TRACE("%s database: finds what failed in its log", database_text(database));
        apply_group(database, &store->lost);
    }
    while (store->broken == ERR_OK && store->waiting.first && sim_below(2))
        database_write(database, false);
    store->crashed = true;
    open_stores[database] = NULL;
}

/* ---- the port ---- */

static enum database_name name_of_path(const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    for (int i = 0; i < DATABASE_COUNT; i++)
        if (strncmp(base, database_text((enum database_name)i), strlen(database_text((enum database_name)i))) == 0)
            return (enum database_name)i;
    sim_is_wrong("a database that is not simulated");
    return DATABASE_ENGINE;
}

/* As store/store.c: what was built on a commit that failed is nothing any more. */
static void deliver_results(evutil_socket_t fd, short what, void *context)
{
    struct store *store = context;
    struct batches finished = store->finished;
    struct store_batch *batch;
    (void)fd;
    (void)what;
    if (!finished.first)
        return;
    batches_init(&store->finished);
    while ((batch = batches_take(&finished))) {
        store->pending--;
        store->head = batch->head;
        if (batch->result != ERR_OK || batch->is_probe)
            store->failed = batch->result;
        batch->done(batch->context, batch->result);
        store_batch_free(batch);
    }
}

enum err store_open(const struct store_options *options, struct event_base *base, struct store **out,
                    struct buf *complaint)
{
    (void)complaint;
    struct store *store = calloc(1, sizeof *store);
    SIM_MUST(store != NULL);
    store->name = name_of_path(options->path);
    SIM_MUST(open_stores[store->name] == NULL);
    for (size_t i = 0; options->tables[i]; i++)
        (void)rows_table(&databases[store->name], options->tables[i]);
    batches_init(&store->waiting);
    batches_init(&store->finished);
    batches_init(&store->lost);
    store->head = rows_head(&databases[store->name]);
    store->results = event_new(base, -1, EV_READ | EV_PERSIST, deliver_results, store);
    open_stores[store->name] = store;
    *out = store;
    return ERR_OK;
}

void store_close(struct store *store)
{
    while (!store->crashed && store->waiting.first)
        database_write(store->name, false);
    if (!store->crashed)
        open_stores[store->name] = NULL;
    batches_free(&store->waiting);
    batches_free(&store->finished);
    batches_free(&store->lost);
    event_free(store->results);
    free(store);
}

enum err store_load(struct store *store, const char *table,
                    enum err (*row)(void *context, struct text key, struct text value), void *context)
{
    const struct rows *rows = &databases[store->name];
    unsigned index = rows_table(&databases[store->name], table);
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < rows_count(rows, index); i++)
        e = row(context, rows_at(rows, index, i)->key, rows_at(rows, index, i)->value);
    return e;
}

enum err store_count(struct store *store, const char *table, uint64_t *out)
{
    *out = rows_count(&databases[store->name], rows_table(&databases[store->name], table));
    return ERR_OK;
}

/* Whether a commit under way removes this row: then the store does not give it any more. */
static bool is_being_removed(const struct store *store, unsigned table, struct text key)
{
    const struct batches *const lists[] = {&store->finished, &store->waiting};
    bool removed = false;
    for (size_t list = 0; store->failed == ERR_OK && list < sizeof lists / sizeof lists[0]; list++)
        for (const struct store_batch *batch = lists[list]->first; batch; batch = batch->next)
            for (size_t i = 0; i < batch->count; i++)
                if (batch->operations[i].kind == OPERATION_DELETE && batch->operations[i].table == table &&
                    text_equal(batch->operations[i].row->key, key))
                    removed = true;
    return removed;
}

enum err store_get(struct store *store, const char *table, struct text key, struct buf *out)
{
    unsigned index = rows_table(&databases[store->name], table);
    const struct database_row *row = rows_find(&databases[store->name], index, key);
    if (!row || is_being_removed(store, index, key))
        return ERR_MISSING;
    buf_put_text(out, row->value);
    return buf_error(out);
}

struct ledger_head store_ledger_head(const struct store *store)
{
    return store->head;
}

enum err store_ledger_read(struct store *store, uint64_t after_seq, uint32_t limit,
                           enum err (*entry)(void *context, const struct ledger_entry *entry), void *context)
{
    enum err e = ERR_OK;
    uint64_t count = database_ledger_count(store->name);
    for (uint64_t i = after_seq; e == ERR_OK && i < count && i - after_seq < limit; i++)
        e = entry(context, database_ledger_at(store->name, i));
    return e;
}

static void push(struct store *store, struct store_batch *batch, void (*done)(void *context, enum err result),
                 void *context)
{
    if (store->crashed) {
        store_batch_free(batch);
        return;
    }
    batch->done = done;
    batch->context = context;
    store->pending++;
    batches_add(&store->waiting, batch);
}

void store_commit(struct store *store, struct store_batch *batch, void (*done)(void *context, enum err result),
                  void *context)
{
    batch->refusal = store->failed;
    push(store, batch, done, context);
}

enum err store_recover(struct store *store, void (*done)(void *context, enum err result), void *context)
{
    struct store_batch *probe;
    enum err e = store_batch_new(store, &probe);
    probe->is_probe = true;
    push(store, probe, done, context);
    return e;
}

size_t store_pending(const struct store *store)
{
    return store->pending;
}

struct store_numbers store_read_numbers(const struct store *store)
{
    return store->numbers;
}

/* ---- for whoever checks ---- */

size_t database_count(enum database_name database, const char *table)
{
    return rows_count(&databases[database], rows_table(&databases[database], table));
}

const struct database_row *database_at(enum database_name database, const char *table, size_t i)
{
    return rows_at(&databases[database], rows_table(&databases[database], table), i);
}

const struct database_row *database_find(enum database_name database, const char *table, struct text key)
{
    return rows_find(&databases[database], rows_table(&databases[database], table), key);
}

uint64_t database_ledger_count(enum database_name database)
{
    return rows_head(&databases[database]).seq;
}

const struct ledger_entry *database_ledger_at(enum database_name database, uint64_t i)
{
    return rows_entry(&databases[database], i);
}

struct database_copy {
    struct rows databases[DATABASE_COUNT];
};

struct database_copy *databases_save(void)
{
    struct database_copy *copy = calloc(1, sizeof *copy);
    SIM_MUST(copy != NULL);
    for (int i = 0; i < DATABASE_COUNT; i++)
        rows_copy(&databases[i], &copy->databases[i]);
    return copy;
}

void databases_reset(void)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        SIM_MUST(open_stores[i] == NULL);
        rows_free(&databases[i]);
    }
}

void databases_restore(const struct database_copy *copy)
{
    databases_reset();
    for (int i = 0; i < DATABASE_COUNT; i++)
        rows_copy(&copy->databases[i], &databases[i]);
}

void databases_discard(struct database_copy *copy)
{
    for (int i = 0; i < DATABASE_COUNT; i++)
        rows_free(&copy->databases[i]);
    free(copy);
}
