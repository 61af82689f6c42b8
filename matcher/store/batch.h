/*
 * batch.h - changes that are stored together, as a list of operations over copied bytes. Inside the store only.
 *
 * Made in the loop, handed to the writer, and freed in the loop again; so only one thread at a time has it.
 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "base/mem.h"
#include "store/store.h"

enum operation_kind { OPERATION_PUT, OPERATION_DELETE, OPERATION_LEDGER };

struct operation {
    enum operation_kind kind;
    uint32_t table;    /* index, for put and delete */
    struct text key;   /* of a ledger entry: the subject */
    struct text value; /* of a ledger entry: the payload */
    const char *entry_kind;
    int64_t time_ms;
    int64_t row; /* its number in the table, from when it is committed; 0: a row to delete that is not there */
};

struct store_batch {
    struct store *store;
    struct operation *operations;
    size_t count, capacity;
    struct arena bytes;

    /* While it is in the writer's queue. */
    struct store_batch *next;
    bool is_probe; /* no changes: whether the database can be written */
    void (*done)(void *context, enum err result);
    void *context;
    enum err refusal; /* why it cannot be committed, known before the writer has it */
    enum err result;
    struct ledger_head head; /* after it */
};

#endif
