#include "store/batch.h"

#include "store/tables.h"

#include <string.h>

enum { BATCH_BYTES_MAX = 256 << 20 };

enum err store_batch_new(struct store *store, struct store_batch **out)
{
    struct store_batch *batch;
    enum err e = store_is_read_only(store) ? ERR_INTERNAL : mem_alloc(1, sizeof *batch, &batch);
    if (e != ERR_OK)
        return e;
    batch->store = store;
    arena_init(&batch->bytes, BATCH_BYTES_MAX);
    *out = batch;
    return ERR_OK;
}

void store_batch_free(struct store_batch *batch)
{
    if (!batch)
        return;
    mem_free(batch->operations);
    arena_free(&batch->bytes);
    mem_free(batch);
}

static enum err copy(struct store_batch *batch, struct text from, struct text *to)
{
    const char *bytes;
    enum err e = arena_dup(&batch->bytes, from.data, from.length, &bytes);
    if (e == ERR_OK)
        *to = (struct text){bytes, from.length};
    return e;
}

static enum err add(struct store_batch *batch, struct operation operation)
{
    enum err e = mem_grow(&batch->operations, &batch->capacity, batch->count + 1, sizeof *batch->operations);
    if (e == ERR_OK)
        e = copy(batch, operation.key, &operation.key);
    if (e == ERR_OK)
        e = copy(batch, operation.value, &operation.value);
    if (e == ERR_OK)
        batch->operations[batch->count++] = operation;
    return e;
}

enum err store_batch_put(struct store_batch *batch, const char *table, struct text key, struct text value)
{
    struct operation operation = {.kind = OPERATION_PUT, .key = key, .value = value};
    enum err e = store_table_index(batch->store, table, &operation.table);
    return e == ERR_OK ? add(batch, operation) : e;
}

enum err store_batch_delete(struct store_batch *batch, const char *table, struct text key)
{
    struct operation operation = {.kind = OPERATION_DELETE, .key = key};
    enum err e = store_table_index(batch->store, table, &operation.table);
    return e == ERR_OK ? add(batch, operation) : e;
}

enum err store_batch_ledger(struct store_batch *batch, int64_t time_ms, const char *kind, struct text subject,
                            struct text payload)
{
    struct operation operation = {.kind = OPERATION_LEDGER, .time_ms = time_ms, .key = subject, .value = payload};
    enum err e = arena_dup(&batch->bytes, kind, strlen(kind), &operation.entry_kind);
    return e == ERR_OK ? add(batch, operation) : e;
}
