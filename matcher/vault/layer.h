/*
 * layer.h - changes of rows that are not committed yet, found by table and key; and ledger entries in order. For image.c.
 *
 * Open addressing under SipHash with a key drawn per process; O(1).
 */
#ifndef VAULT_LAYER_H
#define VAULT_LAYER_H

#include "vault/image.h"

struct layer_row {
    uint64_t hash;
    enum table table;
    bool deleted;
    struct text key, value; /* behind the struct */
};

struct layer_entry {
    struct layer_entry *next;
    int64_t time_ms;
    const char *kind;
    struct text subject, payload; /* behind the struct */
};

struct layer {
    struct layer_row **slots;
    size_t slot_count, row_count, value_bytes;
    struct layer_entry *first_entry, **last_entry;
};

MUST_USE enum err layer_new(struct layer **out);
void layer_free(struct layer *layer);

/* Empties it. */
void layer_clear(struct layer *layer);

/* NULL: this layer says nothing of the row. */
const struct layer_row *layer_find(const struct layer *layer, enum table table, struct text key);

MUST_USE enum err layer_set(struct layer *layer, enum table table, struct text key, bool deleted, struct text value);
MUST_USE enum err layer_ledger(struct layer *layer, int64_t time_ms, const char *kind, struct text subject,
                               struct text payload);

/* Moves everything of `from` over what `to` says, leaving it empty. On error neither changed. */
MUST_USE enum err layer_join(struct layer *to, struct layer *from);

/* Forgets its ledger entries; rows stay. */
void layer_drop_entries(struct layer *layer);

bool layer_is_empty(const struct layer *layer);

#endif
