#include "domain/state.h"

#include "domain/index.h"
#include "domain/state_index.h"
#include "domain/touched.h"

#include <string.h>

enum { INDEXES_OF_KIND_MAX = 12 };

/* One record and its places in the indexes of its kind, in the order of index_table; NULL where it does not stand in one. */
struct entry {
    ProtobufCMessage *message;
    struct index_node *marked; /* its node in state.marked; NULL: it did not change */
    struct index_node *places[];
};

struct state {
    struct index records[RECORD_KIND_COUNT];
    struct index indexes[STATE_INDEX_COUNT];
    enum state_index indexes_of[RECORD_KIND_COUNT][INDEXES_OF_KIND_MAX];
    size_t index_count[RECORD_KIND_COUNT];
    struct index marked; /* kind (1 byte) and key of what changed → its entry, NULL where it was removed */
    struct ledger_change *entries;
    size_t entry_count, entry_capacity;
    struct arena pending; /* behind `entries` */
    uint64_t ledger_seq, mutations;
    struct touched touched; /* whose answers `marked` makes old */
};

const char *record_kind_name(enum record_kind kind)
{
    return kind_table[kind].name;
}

enum err state_new(struct state **out)
{
    struct state *state;
    enum err e = mem_alloc(1, sizeof *state, &state);
    if (e != ERR_OK)
        return e;
    for (unsigned i = 0; i < STATE_INDEX_COUNT; i++) {
        enum record_kind kind = index_table[i].kind;
        if (state->index_count[kind] < INDEXES_OF_KIND_MAX)
            state->indexes_of[kind][state->index_count[kind]++] = (enum state_index)i;
    }
    arena_init(&state->pending, SIZE_MAX);
    *out = state;
    return ERR_OK;
}

static void entry_free(struct entry *entry)
{
    message_free(entry->message);
    mem_free(entry);
}

void state_free(struct state *state)
{
    if (!state)
        return;
    for (unsigned kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct index_node *node = index_seek(&state->records[kind], (struct text){"", 0}, true);
        for (; node; node = index_seek(&state->records[kind], index_node_key(node), false))
            entry_free(node->value);
        index_clear(&state->records[kind]);
    }
    for (unsigned i = 0; i < STATE_INDEX_COUNT; i++)
        index_clear(&state->indexes[i]);
    index_clear(&state->marked);
    mem_free(state->entries);
    arena_free(&state->pending);
    mem_free(state);
}

static struct text text_of_key(const struct index_key *key)
{
    return (struct text){(const char *)key->bytes, key->length};
}

static struct entry *find_entry(const struct state *state, enum record_kind kind, struct text key)
{
    struct index_node *node = index_find(&state->records[kind], key);
    return node ? node->value : NULL;
}

/* Remembers that this record changed, once until the changes are taken. */
static enum err mark(struct state *state, enum record_kind kind, struct text key, struct entry *entry)
{
    state->mutations++;
    if (entry->marked)
        return ERR_OK;
    struct index_key marked;
    index_key_start(&marked);
    index_key_u8(&marked, kind);
    index_key_bytes(&marked, key);
    struct index_node *node = index_find(&state->marked, text_of_key(&marked));
    if (!node) {
        enum err e = index_reserve(&state->marked);
        if (e == ERR_OK)
            e = index_node_new(text_of_key(&marked), NULL, &node);
        if (e != ERR_OK)
            return e;
        index_insert(&state->marked, node);
    }
    node->value = entry;
    entry->marked = node;
    return ERR_OK;
}

/* The same of a record that was there before: the views of what it was are touched. */
static enum err mark_known(struct state *state, enum record_kind kind, struct text key, struct entry *entry)
{
    if (!entry->marked)
        touched_note(&state->touched, state, kind, entry->message);
    return mark(state, kind, key, entry);
}

/* Brings one place of a record up to date. */
static enum err place(struct state *state, enum state_index index, struct entry *entry, struct text own_key,
                      struct index_node **held)
{
    struct index_key key;
    index_key_start(&key);
    bool stands = index_table[index].key(entry->message, &key);
    index_key_bytes(&key, own_key);
    if (stands && *held && text_equal(index_node_key(*held), text_of_key(&key)))
        return ERR_OK;
    struct index_node *node = NULL;
    if (stands) {
        enum err e = index_reserve(&state->indexes[index]);
        if (e == ERR_OK)
            e = index_node_new(text_of_key(&key), entry, &node);
        if (e != ERR_OK)
            return e;
    }
    if (*held)
        index_node_free(index_take(&state->indexes[index], index_node_key(*held)));
    if (node)
        index_insert(&state->indexes[index], node);
    *held = node;
    return ERR_OK;
}

static enum err place_all(struct state *state, enum record_kind kind, struct entry *entry, struct text key)
{
    for (size_t i = 0; i < state->index_count[kind]; i++) {
        enum err e = place(state, state->indexes_of[kind][i], entry, key, &entry->places[i]);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static void displace(struct state *state, enum record_kind kind, struct entry *entry)
{
    for (size_t i = 0; i < state->index_count[kind]; i++)
        if (entry->places[i])
            index_node_free(
                index_take(&state->indexes[state->indexes_of[kind][i]], index_node_key(entry->places[i])));
}

/* Takes the message. */
static enum err put_in(struct state *state, enum record_kind kind, ProtobufCMessage *message, struct text key,
                       struct entry **out)
{
    struct entry *entry = NULL;
    struct index_node *node = NULL;
    enum err e = find_entry(state, kind, key) ? ERR_EXISTS : ERR_OK;
    if (e == ERR_OK)
        e = mem_alloc(1, sizeof *entry + state->index_count[kind] * sizeof(struct index_node *), &entry);
    if (e == ERR_OK) {
        entry->message = message;
        e = index_node_new(key, entry, &node);
    }
    if (e == ERR_OK)
        e = index_reserve(&state->records[kind]);
    if (e == ERR_OK)
        e = place_all(state, kind, entry, key);
    if (e != ERR_OK) {
        if (entry)
            displace(state, kind, entry);
        index_node_free(node);
        mem_free(entry);
        message_free(message);
        return e;
    }
    index_insert(&state->records[kind], node);
    *out = entry;
    return ERR_OK;
}

enum err state_restore(struct state *state, enum record_kind kind, struct text key, struct text value)
{
    ProtobufCMessage *message;
    enum err e = message_unpack(kind_table[kind].descriptor, value, &message);
    if (e != ERR_OK)
        return e;
    struct index_key own;
    index_key_start(&own);
    if (!kind_table[kind].key(message, &own) || !text_equal(text_of_key(&own), key)) {
        message_free(message);
        return ERR_INPUT;
    }
    struct entry *entry;
    e = put_in(state, kind, message, key, &entry);
    return e == ERR_EXISTS ? ERR_INPUT : e;
}

void state_restore_ledger(struct state *state, uint64_t last_seq)
{
    state->ledger_seq = last_seq;
}

uint64_t state_ledger_seq(const struct state *state)
{
    return state->ledger_seq;
}

const void *state_find(const struct state *state, enum record_kind kind, struct text key)
{
    const struct entry *entry = find_entry(state, kind, key);
    return entry ? entry->message : NULL;
}

enum err state_add(struct state *state, enum record_kind kind, ProtobufCMessage *message)
{
    struct index_key key;
    index_key_start(&key);
    if (!kind_table[kind].key(message, &key)) {
        message_free(message);
        return ERR_INTERNAL;
    }
    struct entry *entry;
    enum err e = put_in(state, kind, message, text_of_key(&key), &entry);
    return e == ERR_OK ? mark(state, kind, text_of_key(&key), entry) : e;
}

void *state_edit(struct state *state, enum record_kind kind, struct text key)
{
    struct entry *entry = find_entry(state, kind, key);
    return entry && mark_known(state, kind, key, entry) == ERR_OK ? entry->message : NULL;
}

enum err state_edited(struct state *state, enum record_kind kind, void *record)
{
    struct index_key key;
    index_key_start(&key);
    if (!kind_table[kind].key(record, &key))
        return ERR_INTERNAL;
    struct entry *entry = find_entry(state, kind, text_of_key(&key));
    return entry ? place_all(state, kind, entry, text_of_key(&key)) : ERR_INTERNAL;
}

enum err state_remove(struct state *state, enum record_kind kind, struct text key)
{
    struct entry *entry = find_entry(state, kind, key);
    if (!entry)
        return ERR_MISSING;
    enum err e = mark_known(state, kind, key, entry);
    if (e != ERR_OK)
        return e;
    entry->marked->value = NULL;
    displace(state, kind, entry);
    /* `key` may lie in the record, so the record goes last. */
    index_node_free(index_take(&state->records[kind], key));
    entry_free(entry);
    return ERR_OK;
}

size_t state_count(const struct state *state, enum record_kind kind)
{
    return state->records[kind].count;
}

uint64_t state_mutations(const struct state *state)
{
    return state->mutations;
}

const void *state_next(const struct state *state, enum record_kind kind, struct text after)
{
    const struct index_node *node = index_seek(&state->records[kind], after, after.length == 0);
    const struct entry *entry = node ? node->value : NULL;
    return entry ? entry->message : NULL;
}

const void *state_last(const struct state *state, enum record_kind kind)
{
    const struct index_node *node = index_last(&state->records[kind]);
    const struct entry *entry = node ? node->value : NULL;
    return entry ? entry->message : NULL;
}

enum err state_each(const struct state *state, enum record_kind kind,
                    enum err (*visit)(void *context, const ProtobufCMessage *record), void *context)
{
    const struct index *records = &state->records[kind];
    const struct index_node *node = index_seek(records, (struct text){"", 0}, true);
    for (; node; node = index_seek(records, index_node_key(node), false)) {
        const struct entry *entry = node->value;
        enum err e = visit(context, entry->message);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

void scan_start(struct scan *scan, const struct state *state, enum state_index index, const struct index_key *prefix)
{
    *scan = (struct scan){
        .state = state, .index = index, .prefix_length = prefix->length, .inclusive = true, .at = *prefix};
}

void scan_id(struct scan *scan, const struct state *state, enum state_index index, struct text id)
{
    struct index_key prefix;
    index_key_start(&prefix);
    index_key_bytes(&prefix, id);
    scan_start(scan, state, index, &prefix);
}

void scan_string(struct scan *scan, const struct state *state, enum state_index index, const char *string)
{
    struct index_key prefix;
    index_key_start(&prefix);
    index_key_string(&prefix, string);
    scan_start(scan, state, index, &prefix);
}

void scan_all(struct scan *scan, const struct state *state, enum state_index index)
{
    struct index_key prefix;
    index_key_start(&prefix);
    scan_start(scan, state, index, &prefix);
}

const void *scan_next(struct scan *scan)
{
    const struct index_node *node =
        index_seek(&scan->state->indexes[scan->index], text_of_key(&scan->at), scan->inclusive);
    if (!node || node->length < scan->prefix_length || memcmp(node->key, scan->at.bytes, scan->prefix_length) != 0)
        return NULL;
    index_key_start(&scan->at);
    index_key_bytes(&scan->at, index_node_key(node));
    scan->inclusive = false;
    const struct entry *entry = node->value;
    return entry->message;
}

const void *state_placement_at(const struct state *state, const char *leerbedrijf, const char *leerplaats)
{
    struct index_key prefix;
    struct scan scan;
    index_key_start(&prefix);
    index_key_string(&prefix, leerbedrijf);
    index_key_string(&prefix, leerplaats);
    scan_start(&scan, state, INDEX_PLACEMENT_LEERBEDRIJF, &prefix);
    return scan_next(&scan);
}

const void *state_candidate(const struct state *state, const char *candidate)
{
    struct scan scan;
    scan_string(&scan, state, INDEX_PROPOSAL_CANDIDATE, candidate);
    return scan_next(&scan);
}

static enum err pack_in(struct arena *arena, const ProtobufCMessage *message, struct text *out)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes;
    enum err e = arena_alloc(arena, 1, length, &bytes);
    if (e != ERR_OK)
        return e;
    protobuf_c_message_pack(message, bytes);
    *out = (struct text){(const char *)bytes, length};
    return ERR_OK;
}

static enum err copy_in(struct arena *arena, struct text text, struct text *out)
{
    const char *copy;
    enum err e = arena_dup(arena, text.data ? text.data : "", text.length, &copy);
    if (e == ERR_OK)
        *out = (struct text){copy, text.length};
    return e;
}

enum err state_ledger(struct state *state, int64_t time_ms, const char *kind, struct text subject,
                      const ProtobufCMessage *payload, uint64_t *seq)
{
    struct ledger_change change = {.time_ms = time_ms, .kind = kind, .seq = state->ledger_seq + 1};
    enum err e = mem_grow(&state->entries, &state->entry_capacity, state->entry_count + 1, sizeof *state->entries);
    if (e == ERR_OK)
        e = copy_in(&state->pending, subject, &change.subject);
    if (e == ERR_OK)
        e = pack_in(&state->pending, payload, &change.payload);
    if (e != ERR_OK)
        return e;
    state->entries[state->entry_count++] = change;
    state->ledger_seq = change.seq;
    state->mutations++;
    *seq = change.seq;
    return ERR_OK;
}

/* Everything that a set of changes views. */
struct taken {
    struct arena arena, entry_arena;
    struct ledger_change *entries;
    struct change *records;
};

static enum err take_record(struct state *state, struct taken *taken, const struct index_node *node,
                            struct change *change)
{
    struct text marked = index_node_key(node);
    change->kind = (enum record_kind)(uint8_t)marked.data[0];
    change->value = (struct text){NULL, 0};
    enum err e = copy_in(&taken->arena, (struct text){marked.data + 1, marked.length - 1}, &change->key);
    if (e != ERR_OK)
        return e;
    const struct entry *entry = node->value;
    if (!entry)
        return ERR_OK;
    touched_note(&state->touched, state, change->kind, entry->message);
    return pack_in(&taken->arena, entry->message, &change->value);
}

static enum err take_views(struct state *state, struct taken *taken, struct changes *out)
{
    uint32_t *views;
    struct touched *touched = &state->touched;
    touched_finish(touched);
    enum err e = arena_alloc(&taken->arena, touched->count + 1, sizeof *views, &views);
    if (e != ERR_OK)
        return e;
    memcpy(views, touched->views, touched->count * sizeof *views);
    out->views = views;
    out->view_count = touched->count;
    out->all_views = touched->all;
    return ERR_OK;
}

static void unmark(struct state *state)
{
    const struct index_node *node = index_seek(&state->marked, (struct text){"", 0}, true);
    for (; node; node = index_seek(&state->marked, index_node_key(node), false)) {
        struct entry *entry = node->value;
        if (entry)
            entry->marked = NULL;
    }
    index_clear(&state->marked);
}

enum err state_take_changes(struct state *state, struct changes *out)
{
    struct taken *taken;
    enum err e = mem_alloc(1, sizeof *taken, &taken);
    if (e != ERR_OK)
        return e;
    arena_init(&taken->arena, SIZE_MAX);
    e = mem_alloc(state->marked.count, sizeof *taken->records, &taken->records);
    size_t count = 0;
    const struct index_node *node = index_seek(&state->marked, (struct text){"", 0}, true);
    for (; e == ERR_OK && node; node = index_seek(&state->marked, index_node_key(node), false))
        e = take_record(state, taken, node, &taken->records[count++]);
    if (e == ERR_OK)
        e = take_views(state, taken, out);
    if (e != ERR_OK) {
        mem_free(taken->records);
        arena_free(&taken->arena);
        mem_free(taken);
        return e;
    }
    taken->entry_arena = state->pending;
    arena_init(&state->pending, SIZE_MAX);
    taken->entries = state->entries;
    out->records = taken->records;
    out->record_count = count;
    out->entries = taken->entries;
    out->entry_count = state->entry_count;
    out->owner = taken;
    touched_clear(&state->touched);
    state->entries = NULL;
    state->entry_count = state->entry_capacity = 0;
    unmark(state);
    return ERR_OK;
}

void changes_free(struct changes *changes)
{
    struct taken *taken = changes->owner;
    if (taken) {
        mem_free(taken->records);
        mem_free(taken->entries);
        arena_free(&taken->arena);
        arena_free(&taken->entry_arena);
        mem_free(taken);
    }
    *changes = (struct changes){0};
}
