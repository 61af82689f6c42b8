#include "vault/layer.h"

#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum { FIRST_SLOTS = 16 };

static uint64_t hash_of(enum table table, struct text key)
{
    static uint8_t secret[crypto_shorthash_KEYBYTES];
    static bool drawn;
    uint64_t hash;
    if (!drawn) {
        crypto_shorthash_keygen(secret);
        drawn = true;
    }
    (void)crypto_shorthash((uint8_t *)&hash, (const uint8_t *)key.data, key.length, secret);
    return hash ^ ((uint64_t)table * 0x9e3779b97f4a7c15u);
}

enum err layer_new(struct layer **out)
{
    struct layer *layer;
    enum err e = mem_alloc(1, sizeof *layer, &layer);
    if (e != ERR_OK)
        return e;
    layer->last_entry = &layer->first_entry;
    *out = layer;
    return ERR_OK;
}

void layer_drop_entries(struct layer *layer)
{
    while (layer->first_entry) {
        struct layer_entry *next = layer->first_entry->next;
        mem_free(layer->first_entry);
        layer->first_entry = next;
    }
    layer->last_entry = &layer->first_entry;
}

void layer_clear(struct layer *layer)
{
    for (size_t i = 0; i < layer->slot_count; i++)
        mem_free(layer->slots[i]);
    mem_free(layer->slots);
    layer_drop_entries(layer);
    *layer = (struct layer){.last_entry = &layer->first_entry};
}

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    layer_clear(layer);
    mem_free(layer);
}

/* The slot of a row, or the free one where it belongs; there is one, slots being at most half full. */
static struct layer_row **slot_of(const struct layer *layer, uint64_t hash, enum table table, struct text key)
{
    size_t mask = layer->slot_count - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        struct layer_row *row = layer->slots[at];
        if (!row || (row->hash == hash && row->table == table && text_equal(row->key, key)))
            return &layer->slots[at];
    }
}

const struct layer_row *layer_find(const struct layer *layer, enum table table, struct text key)
{
    return layer->row_count ? *slot_of(layer, hash_of(table, key), table, key) : NULL;
}

/* Room for `more` rows. */
static enum err reserve(struct layer *layer, size_t more)
{
    size_t wanted = layer->slot_count ? layer->slot_count : FIRST_SLOTS;
    while (wanted / 2 < layer->row_count + more)
        wanted *= 2;
    if (wanted == layer->slot_count)
        return ERR_OK;
    struct layer old = *layer;
    struct layer_row **slots;
    enum err e = mem_alloc(wanted, sizeof(struct layer_row *), &slots);
    if (e != ERR_OK)
        return e;
    layer->slots = slots;
    layer->slot_count = wanted;
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i])
            *slot_of(layer, old.slots[i]->hash, old.slots[i]->table, old.slots[i]->key) = old.slots[i];
    mem_free(old.slots);
    return ERR_OK;
}

static void place(struct layer *layer, struct layer_row *row)
{
    struct layer_row **slot = slot_of(layer, row->hash, row->table, row->key);
    if (*slot) {
        layer->value_bytes -= (*slot)->value.length;
        mem_free(*slot);
    } else {
        layer->row_count++;
    }
    layer->value_bytes += row->value.length;
    *slot = row;
}

static struct text keep(char **at, struct text bytes)
{
    struct text kept = {*at, bytes.length};
    if (bytes.length)
        memcpy(*at, bytes.data, bytes.length);
    *at += bytes.length;
    return kept;
}

enum err layer_set(struct layer *layer, enum table table, struct text key, bool deleted, struct text value)
{
    struct layer_row *row;
    enum err e = reserve(layer, 1);
    if (e == ERR_OK)
        e = mem_alloc(1, sizeof *row + key.length + value.length, &row);
    if (e != ERR_OK)
        return e;
    char *at = (char *)(row + 1);
    row->hash = hash_of(table, key);
    row->table = table;
    row->deleted = deleted;
    row->key = keep(&at, key);
    row->value = keep(&at, value);
    place(layer, row);
    return ERR_OK;
}

enum err layer_ledger(struct layer *layer, int64_t time_ms, const char *kind, struct text subject,
                      struct text payload)
{
    struct layer_entry *entry;
    enum err e = mem_alloc(1, sizeof *entry + subject.length + payload.length, &entry);
    if (e != ERR_OK)
        return e;
    char *at = (char *)(entry + 1);
    entry->time_ms = time_ms;
    entry->kind = kind;
    entry->subject = keep(&at, subject);
    entry->payload = keep(&at, payload);
    *layer->last_entry = entry;
    layer->last_entry = &entry->next;
    return ERR_OK;
}

enum err layer_join(struct layer *to, struct layer *from)
{
    enum err e = reserve(to, from->row_count);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < from->slot_count; i++) {
        if (from->slots[i])
            place(to, from->slots[i]);
        from->slots[i] = NULL;
    }
    from->row_count = from->value_bytes = 0;
    if (from->first_entry) {
        *to->last_entry = from->first_entry;
        to->last_entry = from->last_entry;
        from->first_entry = NULL;
        from->last_entry = &from->first_entry;
    }
    return ERR_OK;
}

bool layer_is_empty(const struct layer *layer)
{
    return layer->row_count == 0 && !layer->first_entry;
}
