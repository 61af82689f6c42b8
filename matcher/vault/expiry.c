#include "vault/expiry.h"

#include "base/log.h"
#include "base/mem.h"

#include <string.h>

enum { KEY_BYTES_MAX = 33, VALUE_BYTES_MAX = 64 << 20 };

struct moment {
    int64_t expire_ms;
    uint8_t table, key_bytes;
    uint8_t key[KEY_BYTES_MAX];
};

struct expiry {
    struct image *image;
    struct moment *heap;
    size_t count, capacity;
    bool lost;        /* a moment found no memory: that row waits for the next start */
    bool sweeping;    /* a piece is on its way */
    int64_t sweep_ms; /* what expired by then is swept */
};

static void sift_up(struct moment *heap, size_t at)
{
    while (at > 0 && heap[at].expire_ms < heap[(at - 1) / 2].expire_ms) {
        struct moment swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static void sift_down(struct moment *heap, size_t count)
{
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (heap[child].expire_ms < heap[least].expire_ms)
                least = child;
        if (least == at)
            return;
        struct moment swap = heap[at];
        heap[at] = heap[least];
        heap[least] = swap;
        at = least;
    }
}

static void watch(void *context, enum table table, struct text key, int64_t expire_ms)
{
    struct expiry *expiry = context;
    struct moment moment = {.expire_ms = expire_ms, .table = (uint8_t)table, .key_bytes = (uint8_t)key.length};
    if (key.length > KEY_BYTES_MAX ||
        mem_grow(&expiry->heap, &expiry->capacity, expiry->count + 1, sizeof *expiry->heap) != ERR_OK) {
        expiry->lost = true;
        return;
    }
    memcpy(moment.key, key.data, key.length);
    expiry->heap[expiry->count] = moment;
    sift_up(expiry->heap, expiry->count++);
}

enum err expiry_new(struct image *image, struct expiry **out)
{
    struct expiry *expiry;
    enum err e = mem_alloc(1, sizeof *expiry, &expiry);
    if (e != ERR_OK)
        return e;
    expiry->image = image;
    image_watch_expiry(image, watch, expiry);
    *out = expiry;
    return ERR_OK;
}

void expiry_free(struct expiry *expiry)
{
    if (!expiry)
        return;
    image_watch_expiry(expiry->image, NULL, NULL);
    mem_free(expiry->heap);
    mem_free(expiry);
}

struct loading {
    struct expiry *expiry;
    enum table table;
};

static enum err load_row(void *context, struct text key, struct text value)
{
    const struct loading *loading = context;
    watch(loading->expiry, loading->table, key, live_expire_ms(value));
    return ERR_OK;
}

enum err expiry_load(struct expiry *expiry)
{
    static const enum table tables[] = {TABLE_ATTEMPT, TABLE_SESSION,  TABLE_API_TOKEN,
                                        TABLE_CODE,    TABLE_THROTTLE, TABLE_ANSWER};
    enum err e = ERR_OK;
    expiry->count = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && e == ERR_OK; i++)
        e = image_load(expiry->image, tables[i], load_row, &(struct loading){expiry, tables[i]});
    return e;
}

/* Deletes the row whose moment came, unless it was put again since: then a later moment is its own. */
static void expire(struct edit *edit, const struct moment *moment, int64_t now_ms)
{
    struct text key = {(const char *)moment->key, moment->key_bytes};
    struct buf value;
    buf_init(&value, VALUE_BYTES_MAX);
    if (edit_get(edit, (enum table)moment->table, key, &value) == ERR_OK &&
        live_expire_ms(buf_text(&value)) <= now_ms)
        edit_delete(edit, (enum table)moment->table, key);
    buf_free(&value);
}

static bool is_due(const struct expiry *expiry)
{
    return expiry->count && expiry->heap[0].expire_ms <= expiry->sweep_ms && image_is_writable(expiry->image);
}

static void sweep_piece(struct expiry *expiry);

/* A failed commit has loaded every moment again (vault_reload). */
static void swept(void *context, enum err result)
{
    struct expiry *expiry = context;
    expiry->sweeping = false;
    if (result == ERR_OK)
        sweep_piece(expiry);
}

static void sweep_piece(struct expiry *expiry)
{
    struct edit edit;
    if (!is_due(expiry))
        return;
    edit_begin(&edit, expiry->image);
    for (size_t i = 0; i < SWEEP_ROWS && is_due(expiry); i++) {
        struct moment moment = expiry->heap[0];
        expiry->heap[0] = expiry->heap[--expiry->count];
        sift_down(expiry->heap, expiry->count);
        expire(&edit, &moment, expiry->sweep_ms);
    }
    expiry->sweeping = edit_commit(&edit, swept, expiry) == ERR_OK;
    if (!expiry->sweeping)
        LOG(LOG_WARN, "expiry_failed", LOG_NUMBER("rows", expiry->count));
}

void expiry_sweep(struct expiry *expiry, int64_t now_ms)
{
    expiry->sweep_ms = now_ms;
    if (!expiry->sweeping)
        sweep_piece(expiry);
}

size_t expiry_count(const struct expiry *expiry)
{
    return expiry->count;
}
