#include "cmd/checkpoints.h"

#include "api/message.h"
#include "base/mem.h"
#include "stagematch/internal/v1/vault.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPLAINT_BYTES = 4096 };

typedef Stagematch__Internal__V1__CheckpointRow CheckpointRow;

void checkpoints_init(struct checkpoints *checkpoints, const char *chain, const uint8_t *public_key)
{
    *checkpoints = (struct checkpoints){.chain = chain, .has_key = public_key != NULL};
    if (public_key)
        memcpy(checkpoints->public_key, public_key, CHECKPOINT_KEY_BYTES);
}

void checkpoints_free(struct checkpoints *checkpoints)
{
    mem_free(checkpoints->list);
    *checkpoints = (struct checkpoints){0};
}

static enum err add(struct checkpoints *checkpoints, const struct ledger_checkpoint *added, size_t count)
{
    enum err e =
        mem_grow(&checkpoints->list, &checkpoints->capacity, checkpoints->count + count, sizeof *checkpoints->list);
    if (e != ERR_OK || count == 0)
        return e;
    memcpy(checkpoints->list + checkpoints->count, added, count * sizeof *added);
    checkpoints->count += count;
    return ERR_OK;
}

enum err checkpoints_add_file(struct checkpoints *checkpoints, const char *path)
{
    struct ledger_checkpoint *list = NULL;
    size_t count = 0;
    uint64_t line = 0;
    enum err e = ledger_checkpoints_read(path, checkpoints->chain,
                                         checkpoints->has_key ? checkpoints->public_key : NULL, &list, &count, &line);
    if (e == ERR_MISMATCH)
        fprintf(stderr, "%s: line %" PRIu64 ": not signed by this key\n", path, line);
    else if (e == ERR_INPUT)
        fprintf(stderr, "%s: line %" PRIu64 ": no checkpoint; expected `chain seq hash time signature`\n", path,
                line);
    else if (e != ERR_OK)
        fprintf(stderr, "%s: %s\n", path, err_text(e));
    if (e == ERR_OK)
        e = add(checkpoints, list, count);
    mem_free(list);
    return e;
}

/* ERR_MISMATCH: it is none, or not signed by the key of the others. */
static enum err take_row(struct checkpoints *checkpoints, const CheckpointRow *row)
{
    struct ledger_checkpoint read = {.is_signed = true, .time_ms = row->time_ms, .head.seq = row->seq};
    if (row->hash.len != LEDGER_HASH_BYTES || row->signature.len != LEDGER_SIGNATURE_BYTES ||
        row->public_key.len != CHECKPOINT_KEY_BYTES || !text_is_code(text_of(row->chain), LEDGER_CHAIN_BYTES - 1))
        return ERR_MISMATCH;
    if (checkpoints->chain && strcmp(row->chain, checkpoints->chain) != 0)
        return ERR_OK;
    (void)snprintf(read.chain, sizeof read.chain, "%s", row->chain);
    memcpy(read.head.hash, row->hash.data, LEDGER_HASH_BYTES);
    memcpy(read.signature, row->signature.data, LEDGER_SIGNATURE_BYTES);
    if (!checkpoints->has_key)
        memcpy(checkpoints->public_key, row->public_key.data, CHECKPOINT_KEY_BYTES);
    checkpoints->has_key = true;
    if (!ledger_checkpoint_signed_by(&read, checkpoints->public_key))
        return ERR_MISMATCH;
    checkpoints->signed_count++;
    return add(checkpoints, &read, 1);
}

static enum err take(void *context, struct text key, struct text value)
{
    CheckpointRow *row;
    (void)key;
    enum err e = message_unpack(&stagematch__internal__v1__checkpoint_row__descriptor, value, &row);
    if (e != ERR_OK)
        return e;
    e = take_row(context, row);
    if (e == ERR_MISMATCH)
        fprintf(stderr, "the vault's signed head %" PRIu64 " of the %.16s's ledger: not signed by this key\n",
                row->seq, row->chain);
    message_free(row);
    return e;
}

enum err checkpoints_add_stored(struct checkpoints *checkpoints, const char *path)
{
    static const char *const tables[] = {"checkpoint", NULL};
    const struct store_options open = {.path = path, .tables = tables, .read_only = true};
    struct store *store = NULL;
    struct buf complaint;
    buf_init(&complaint, COMPLAINT_BYTES);
    enum err e = store_open(&open, NULL, &store, &complaint);
    if (e != ERR_OK)
        fprintf(stderr, "stagematch ledger: %.*s\n", (int)complaint.length, complaint.length ? complaint.data : "");
    buf_free(&complaint);
    if (e != ERR_OK)
        return e;
    e = store_load(store, tables[0], take, checkpoints);
    if (e != ERR_OK && e != ERR_MISMATCH)
        fprintf(stderr, "%s: the signed heads cannot be read: %s\n", path, err_text(e));
    store_close(store);
    return e;
}

static int compare_seq(const void *a, const void *b)
{
    const struct ledger_checkpoint *x = a, *y = b;
    return x->head.seq < y->head.seq ? -1 : x->head.seq > y->head.seq;
}

void checkpoints_sort(struct checkpoints *checkpoints)
{
    if (checkpoints->count)
        qsort(checkpoints->list, checkpoints->count, sizeof *checkpoints->list, compare_seq);
}
