#include "vault/image.h"

#include "api/message.h"
#include "base/log.h"
#include "base/mem.h"
#include "vault/layer.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

enum {
    LANDED_ROWS_MAX = 32768,
    LANDED_BYTES_MAX = 32 << 20,
    PATH_BYTES = 4096,
    VALUE_BYTES_MAX = 64 << 20,
    LIVE_HEAD_BYTES = 8,
    RETRY_SECONDS = 1
};

static const char *const table_names[TABLE_COUNT] = {
    [TABLE_PERSON] = "person",
    [TABLE_REFERENCE] = "reference",
    [TABLE_STAGEVRAAG] = "stagevraag",
    [TABLE_STAGE] = "stage",
    [TABLE_STAGE_CHUNK] = "stage_chunk",
    [TABLE_ATTEMPT] = "attempt",
    [TABLE_TEXT] = "text",
    [TABLE_GRANT] = "identity_grant",
    [TABLE_ACCOUNT] = "account",
    [TABLE_EMAIL] = "email",
    [TABLE_SESSION] = "session",
    [TABLE_API_TOKEN] = "api_token",
    [TABLE_CODE] = "code",
    [TABLE_THROTTLE] = "throttle",
    [TABLE_ANSWER] = "answer",
    [TABLE_NOTICE] = "notice",
    [TABLE_CURSOR] = "cursor",
    [TABLE_SCHOOL_KEY] = "school_key",
    [TABLE_CHECKPOINT] = "checkpoint",
    [TABLE_MISSING_CONTACT] = "missing_contact",
    [TABLE_ORIGIN] = "origin",
    [TABLE_GROUP_SCHOOL] = "group_school",
    [TABLE_GROUP_DECISION] = "group_decision",
    [TABLE_GROUP_BLOCK] = "group_block",
    [TABLE_GROUP_STATUS] = "group_status",
    [TABLE_MASTER] = "master",
    [TABLE_REPORT] = "report",
    [TABLE_REPORT_WAY] = "report_way",
    [TABLE_REPORT_PART] = "report_part",
    [TABLE_PERSON_KEY] = "person_key",
    [TABLE_STAGE_KEY] = "stage_key",
    [TABLE_REPORT_KEY] = "report_key",
};

enum { STORE_KEYS, STORE_VAULT, STORE_COUNT }; /* in the order in which they commit */

struct waiter {
    struct waiter *next;
    void (*done)(void *context, enum err result);
    void *context;
};

struct waiters {
    struct waiter *first, **last;
};

struct image {
    struct image_options options;
    struct store *stores[STORE_COUNT];
    struct layer *next, *flying, *landed;
    bool in_flight; /* a commit runs; otherwise `flying` is empty */
    struct waiters next_waiters, flying_waiters;
    int committing; /* the store whose commit runs */
    bool writable;
    struct event *flush, *retry;
    void (*idle)(void *context);
    void *idle_context;
    void (*watch)(void *context, enum table table, struct text key, int64_t expire_ms);
    void *watch_context;
};

static struct store *store_of(const struct image *image, enum table table)
{
    return image->stores[table < TABLE_VAULT_COUNT ? STORE_VAULT : STORE_KEYS];
}

static void waiters_clear(struct waiters *waiters)
{
    waiters->first = NULL;
    waiters->last = &waiters->first;
}

static void call_waiters(struct waiter *first, enum err result)
{
    while (first) {
        struct waiter *waiter = first;
        first = waiter->next;
        if (waiter->done)
            waiter->done(waiter->context, result);
        mem_free(waiter);
    }
}

static void fly(struct image *image);

static void become_idle(struct image *image)
{
    if (image->in_flight || !layer_is_empty(image->next) || image->next_waiters.first || !image->idle)
        return;
    void (*idle)(void *context) = image->idle;
    image->idle = NULL;
    idle(image->idle_context);
}

static void try_again(struct image *image)
{
    static const struct timeval pause = {RETRY_SECONDS, 0};
    (void)event_add(image->retry, &pause);
}

static void recovered(void *context, enum err result)
{
    struct image *image = context;
    if (result != ERR_OK) {
        try_again(image);
        return;
    }
    if (image->committing == STORE_KEYS) {
        image->committing = STORE_VAULT;
        if (store_recover(image->stores[STORE_VAULT], recovered, image) != ERR_OK)
            try_again(image);
        return;
    }
    image->writable = true;
    LOG(LOG_INFO, "vault_writable", LOG_NUMBER("seq", image_ledger_head(image).seq));
}

static void retry(int fd, short what, void *context)
{
    struct image *image = context;
    (void)fd;
    (void)what;
    image->committing = STORE_KEYS;
    if (store_recover(image->stores[STORE_KEYS], recovered, image) != ERR_OK)
        try_again(image);
}

/* Whatever was not durable is gone; who waited for it is told, and memory is made again from the databases. */
static void fail(struct image *image, enum err result)
{
    struct waiter *first = image->flying_waiters.first;
    *image->flying_waiters.last = image->next_waiters.first;
    waiters_clear(&image->flying_waiters);
    waiters_clear(&image->next_waiters);
    layer_clear(image->flying);
    layer_clear(image->next);
    layer_clear(image->landed);
    image->in_flight = false;
    image->writable = false;
    LOG(LOG_ERROR, "vault_commit_failed", LOG_WORD("error", err_text(result)));
    call_waiters(first, result);
    image->options.reload(image->options.context);
    retry(-1, 0, image);
    become_idle(image);
}

static void committed(void *context, enum err result);

/* The rows of the flying layer that belong to one store, as its batch; *out is NULL where there are none. */
static enum err batch_of(struct image *image, int which, struct store_batch **out)
{
    struct store_batch *batch = NULL;
    const struct layer *layer = image->flying;
    enum err e = ERR_OK;
    for (size_t i = 0; i < layer->slot_count && e == ERR_OK; i++) {
        const struct layer_row *row = layer->slots[i];
        if (!row || (row->table < TABLE_VAULT_COUNT) != (which == STORE_VAULT))
            continue;
        if (!batch)
            e = store_batch_new(image->stores[which], &batch);
        if (e == ERR_OK)
            e = row->deleted ? store_batch_delete(batch, table_names[row->table], row->key)
                             : store_batch_put(batch, table_names[row->table], row->key, row->value);
    }
    for (const struct layer_entry *entry = layer->first_entry; which == STORE_VAULT && entry && e == ERR_OK;
         entry = entry->next) {
        if (!batch)
            e = store_batch_new(image->stores[which], &batch);
        if (e == ERR_OK)
            e = store_batch_ledger(batch, entry->time_ms, entry->kind, entry->subject, entry->payload);
    }
    if (e != ERR_OK) {
        store_batch_free(batch);
        return e;
    }
    *out = batch;
    return ERR_OK;
}

/* What was committed last is what is read next: a stage is finalised, a session used. Kept in memory, up to a bound. */
static void keep_landed(struct image *image)
{
    if (image->landed->row_count + image->flying->row_count > LANDED_ROWS_MAX ||
        image->landed->value_bytes + image->flying->value_bytes > LANDED_BYTES_MAX)
        layer_clear(image->landed);
    if (layer_join(image->landed, image->flying) != ERR_OK)
        layer_clear(image->landed); /* it may not say anything that is older than what flew */
    layer_drop_entries(image->landed);
    layer_clear(image->flying);
}

static void land(struct image *image)
{
    struct waiter *first = image->flying_waiters.first;
    waiters_clear(&image->flying_waiters);
    keep_landed(image);
    call_waiters(first, ERR_OK); /* what they change joins `next`: a commit counts as running until they are done */
    image->in_flight = false;
    if (!layer_is_empty(image->next) || image->next_waiters.first)
        fly(image);
    else
        become_idle(image);
}

static void commit_store(struct image *image)
{
    struct store_batch *batch = NULL;
    enum err e = ERR_OK;
    while (image->committing < STORE_COUNT) {
        e = batch_of(image, image->committing, &batch);
        if (e != ERR_OK || batch)
            break;
        image->committing++;
    }
    if (e != ERR_OK)
        fail(image, e);
    else if (batch)
        store_commit(image->stores[image->committing], batch, committed, image);
    else
        land(image);
}

static void committed(void *context, enum err result)
{
    struct image *image = context;
    if (result != ERR_OK) {
        fail(image, result);
        return;
    }
    image->committing++;
    commit_store(image);
}

static void fly(struct image *image)
{
    struct layer *empty = image->flying;
    image->flying = image->next;
    image->next = empty;
    image->flying_waiters = image->next_waiters;
    if (!image->flying_waiters.first)
        image->flying_waiters.last = &image->flying_waiters.first;
    waiters_clear(&image->next_waiters);
    image->in_flight = true;
    image->committing = STORE_KEYS;
    commit_store(image);
}

static void flush(int fd, short what, void *context)
{
    struct image *image = context;
    (void)fd;
    (void)what;
    if (!image->in_flight && (!layer_is_empty(image->next) || image->next_waiters.first))
        fly(image);
    become_idle(image);
}

static enum err open_store(const struct image_options *options, int which, struct event_base *base,
                           struct store **out, struct buf *complaint)
{
    const char *names[TABLE_COUNT + 1] = {NULL};
    char path[PATH_BYTES];
    int first = which == STORE_VAULT ? 0 : TABLE_VAULT_COUNT;
    int end = which == STORE_VAULT ? TABLE_VAULT_COUNT : TABLE_COUNT;
    for (int i = first; i < end; i++)
        names[i - first] = table_names[i];
    int length =
        snprintf(path, sizeof path, "%s/%s.sqlite", options->folder, which == STORE_VAULT ? "vault" : "keys");
    if (length < 0 || (size_t)length >= sizeof path)
        return ERR_RANGE;
    struct store_options store = {.path = path, .tables = names, .lock_wait_ms = options->lock_wait_ms};
    return store_open(&store, base, out, complaint);
}

static enum err prepare(struct image *image, struct event_base *base)
{
    waiters_clear(&image->next_waiters);
    waiters_clear(&image->flying_waiters);
    image->writable = true;
    image->flush = event_new(base, -1, 0, flush, image);
    image->retry = event_new(base, -1, 0, retry, image);
    if (!image->flush || !image->retry)
        return ERR_MEMORY;
    enum err e = layer_new(&image->next);
    if (e == ERR_OK)
        e = layer_new(&image->flying);
    return e == ERR_OK ? layer_new(&image->landed) : e;
}

enum err image_open(const struct image_options *options, struct event_base *base, struct image **out,
                    struct buf *complaint)
{
    struct image *image;
    enum err e = mem_alloc(1, sizeof *image, &image);
    if (e != ERR_OK)
        return e;
    image->options = *options;
    e = prepare(image, base);
    /* The vault's database first: whoever holds its lock holds both. */
    if (e == ERR_OK)
        e = open_store(options, STORE_VAULT, base, &image->stores[STORE_VAULT], complaint);
    if (e == ERR_OK)
        e = open_store(options, STORE_KEYS, base, &image->stores[STORE_KEYS], complaint);
    if (e != ERR_OK) {
        image_close(image);
        return e;
    }
    *out = image;
    return ERR_OK;
}

static void drop_waiters(struct waiters *waiters)
{
    while (waiters->first) {
        struct waiter *next = waiters->first->next;
        mem_free(waiters->first);
        waiters->first = next;
    }
}

void image_close(struct image *image)
{
    if (!image)
        return;
    for (int i = STORE_COUNT - 1; i >= 0; i--)
        if (image->stores[i])
            store_close(image->stores[i]);
    drop_waiters(&image->flying_waiters);
    drop_waiters(&image->next_waiters);
    layer_free(image->flying);
    layer_free(image->next);
    layer_free(image->landed);
    if (image->flush)
        event_free(image->flush);
    if (image->retry)
        event_free(image->retry);
    mem_free(image);
}

/* What a layer says of a row: true, with *result, where it says anything. */
static bool look(const struct layer *layer, enum table table, struct text key, struct buf *out, enum err *result)
{
    const struct layer_row *row = layer ? layer_find(layer, table, key) : NULL;
    if (!row)
        return false;
    if (row->deleted) {
        *result = ERR_MISSING;
    } else {
        buf_put_text(out, row->value);
        *result = buf_error(out);
    }
    return true;
}

enum err image_get(struct image *image, enum table table, struct text key, struct buf *out)
{
    enum err e;
    if (look(image->next, table, key, out, &e) || look(image->flying, table, key, out, &e) ||
        look(image->landed, table, key, out, &e))
        return e;
    return store_get(store_of(image, table), table_names[table], key, out);
}

enum err image_load(struct image *image, enum table table,
                    enum err (*row)(void *context, struct text key, struct text value), void *context)
{
    return store_load(store_of(image, table), table_names[table], row, context);
}

void image_when_idle(struct image *image, void (*idle)(void *context), void *context)
{
    image->idle = idle;
    image->idle_context = context;
    event_active(image->flush, 0, 0);
}

struct ledger_head image_ledger_head(const struct image *image)
{
    return store_ledger_head(image->stores[STORE_VAULT]);
}

bool image_is_writable(const struct image *image)
{
    return image->writable;
}

struct store_numbers image_numbers(const struct image *image, bool keys)
{
    return store_read_numbers(image->stores[keys ? STORE_KEYS : STORE_VAULT]);
}

void image_watch_expiry(struct image *image,
                        void (*watch)(void *context, enum table table, struct text key, int64_t expire_ms),
                        void *context)
{
    image->watch = watch;
    image->watch_context = context;
}

void edit_begin(struct edit *edit, struct image *image)
{
    *edit = (struct edit){.image = image};
    edit->error = layer_new(&edit->layer);
}

enum err edit_get(struct edit *edit, enum table table, struct text key, struct buf *out)
{
    enum err e;
    if (edit->error != ERR_OK)
        return edit->error;
    return look(edit->layer, table, key, out, &e) ? e : image_get(edit->image, table, key, out);
}

enum err edit_get_message(struct edit *edit, enum table table, struct text key,
                          const ProtobufCMessageDescriptor *descriptor, void *out)
{
    struct buf value;
    buf_init(&value, VALUE_BYTES_MAX);
    enum err e = edit_get(edit, table, key, &value);
    if (e == ERR_OK)
        e = message_unpack(descriptor, buf_text(&value), out);
    buf_free(&value);
    return e == ERR_INPUT ? ERR_MISMATCH : e; /* a row that this program did not write */
}

void edit_put(struct edit *edit, enum table table, struct text key, struct text value)
{
    if (edit->error == ERR_OK)
        edit->error = layer_set(edit->layer, table, key, false, value);
}

void edit_put_message(struct edit *edit, enum table table, struct text key, const void *message)
{
    struct buf value;
    if (edit->error != ERR_OK)
        return;
    buf_init(&value, VALUE_BYTES_MAX);
    edit->error = message_pack_buf(message, &value);
    edit_put(edit, table, key, buf_text(&value));
    buf_free(&value);
}

void edit_delete(struct edit *edit, enum table table, struct text key)
{
    if (edit->error == ERR_OK)
        edit->error = layer_set(edit->layer, table, key, true, (struct text){"", 0});
}

void edit_ledger(struct edit *edit, int64_t time_ms, const char *kind, struct text subject, struct text payload)
{
    if (edit->error == ERR_OK)
        edit->error = layer_ledger(edit->layer, time_ms, kind, subject, payload);
}

bool edit_has_changes(const struct edit *edit)
{
    return edit->layer && !layer_is_empty(edit->layer);
}

enum err edit_commit(struct edit *edit, void (*done)(void *context, enum err result), void *context)
{
    struct image *image = edit->image;
    struct waiter *waiter;
    enum err e = edit->error;
    if (e == ERR_OK && !image->writable)
        e = ERR_IO;
    if (e == ERR_OK)
        e = mem_alloc(1, sizeof *waiter, &waiter);
    if (e == ERR_OK) {
        *waiter = (struct waiter){NULL, done, context};
        e = layer_join(image->next, edit->layer);
        if (e != ERR_OK)
            mem_free(waiter);
    }
    edit_abort(edit);
    if (e != ERR_OK)
        return e;
    *image->next_waiters.last = waiter;
    image->next_waiters.last = &waiter->next;
    if (!image->in_flight)
        event_active(image->flush, 0, 0);
    return ERR_OK;
}

void edit_abort(struct edit *edit)
{
    layer_free(edit->layer);
    edit->layer = NULL;
}

int64_t live_expire_ms(struct text value)
{
    uint64_t expire_ms = 0;
    if (value.length < LIVE_HEAD_BYTES)
        return 0;
    for (size_t i = 0; i < LIVE_HEAD_BYTES; i++)
        expire_ms = expire_ms << 8 | (uint8_t)value.data[i];
    return (int64_t)expire_ms;
}

void edit_put_live(struct edit *edit, enum table table, struct text key, int64_t expire_ms, const void *message)
{
    struct buf value;
    buf_init(&value, VALUE_BYTES_MAX);
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_put_char(&value, (char)((uint64_t)expire_ms >> shift & 0xff));
    if (edit->error == ERR_OK)
        edit->error = message_pack_buf(message, &value);
    edit_put(edit, table, key, buf_text(&value));
    buf_free(&value);
    if (edit->error == ERR_OK && edit->image->watch)
        edit->image->watch(edit->image->watch_context, table, key, expire_ms);
}

enum err edit_get_live(struct edit *edit, enum table table, struct text key, int64_t now_ms,
                       const ProtobufCMessageDescriptor *descriptor, void *out)
{
    struct buf value;
    buf_init(&value, VALUE_BYTES_MAX);
    enum err e = edit_get(edit, table, key, &value);
    if (e == ERR_OK && live_expire_ms(buf_text(&value)) <= now_ms)
        e = ERR_MISSING;
    if (e == ERR_OK)
        e = message_unpack(descriptor, (struct text){value.data + LIVE_HEAD_BYTES, value.length - LIVE_HEAD_BYTES},
                           out);
    buf_free(&value);
    return e == ERR_INPUT ? ERR_MISMATCH : e;
}
