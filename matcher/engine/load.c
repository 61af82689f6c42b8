#include "engine/load.h"

#include "base/log.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 4096, LOCK_WAIT_MS = 30000, LABEL_KEY_BYTES = sizeof((struct domain_options *)0)->label_key };

static const char meta_table[] = "meta", label_key_name[] = "label_key";

enum err load_open_store(const char *folder, struct event_base *base, struct store **out)
{
    const char *tables[RECORD_KIND_COUNT + 2] = {0};
    char path[PATH_BYTES];
    struct buf complaint;
    int length = snprintf(path, sizeof path, "%s/engine.sqlite", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return ERR_RANGE;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        tables[kind] = record_kind_name((enum record_kind)kind);
    tables[RECORD_KIND_COUNT] = meta_table;
    const struct store_options options = {.path = path, .tables = tables, .lock_wait_ms = LOCK_WAIT_MS};
    buf_init(&complaint, PATH_BYTES);
    enum err e = store_open(&options, base, out, &complaint);
    if (e != ERR_OK)
        fprintf(stderr, "engine: %.*s\n", (int)complaint.length, complaint.length ? complaint.data : "");
    buf_free(&complaint);
    return e;
}

static void label_key_stored(void *context, enum err result)
{
    (void)context;
    if (result != ERR_OK)
        LOG(LOG_ERROR, "engine_label_key_not_stored", LOG_WORD("error", err_text(result)));
}

static enum err store_label_key(struct store *store, const uint8_t key[LABEL_KEY_BYTES])
{
    struct store_batch *batch;
    enum err e = store_batch_new(store, &batch);
    if (e != ERR_OK)
        return e;
    e = store_batch_put(batch, meta_table, text_of(label_key_name),
                        (struct text){(const char *)key, LABEL_KEY_BYTES});
    if (e != ERR_OK) {
        store_batch_free(batch);
        return e;
    }
    store_commit(store, batch, label_key_stored, NULL);
    return ERR_OK;
}

enum err load_label_key(struct store *store, const struct random_source *random, struct domain_options *options)
{
    struct buf value;
    buf_init(&value, LABEL_KEY_BYTES);
    enum err e = store_get(store, meta_table, text_of(label_key_name), &value);
    if (e == ERR_OK && value.length != LABEL_KEY_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK)
        memcpy(options->label_key, value.data, LABEL_KEY_BYTES);
    if (value.data)
        sodium_memzero(value.data, value.length);
    buf_free(&value);
    if (e != ERR_MISSING)
        return e;
    if (sodium_is_zero(options->label_key, LABEL_KEY_BYTES))
        random_fill(random, options->label_key, LABEL_KEY_BYTES);
    return store_label_key(store, options->label_key);
}

struct restoring {
    struct state *state;
    enum record_kind kind;
};

static enum err restore_row(void *context, struct text key, struct text value)
{
    const struct restoring *restoring = context;
    return state_restore(restoring->state, restoring->kind, key, value);
}

static enum err restore_all(struct store *store, struct state *state)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct restoring restoring = {state, (enum record_kind)kind};
        const char *table = record_kind_name(restoring.kind);
        enum err e = store_load(store, table, restore_row, &restoring);
        if (e != ERR_OK) {
            LOG(LOG_ERROR, "engine_load_failed", LOG_WORD("table", table), LOG_WORD("error", err_text(e)));
            return e;
        }
    }
    return ERR_OK;
}

static enum err take_time(void *context, const struct ledger_entry *entry)
{
    *(int64_t *)context = entry->time_ms;
    return ERR_OK;
}

static enum err newest_time(struct store *store, int64_t *time_ms)
{
    uint64_t seq = store_ledger_head(store).seq;
    *time_ms = 0;
    return seq ? store_ledger_read(store, seq - 1, 1, take_time, time_ms) : ERR_OK;
}

enum err load_domain(struct store *store, const struct domain_options *options, struct domain **out, int64_t *time_ms)
{
    struct domain *domain;
    int64_t newest_ms = 0;
    enum err e = domain_new(options, &domain);
    if (e != ERR_OK)
        return e;
    e = restore_all(store, domain_state(domain));
    if (e == ERR_OK) {
        state_restore_ledger(domain_state(domain), store_ledger_head(store).seq);
        e = domain_restored(domain);
    }
    if (e == ERR_OK)
        e = newest_time(store, &newest_ms);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "engine_state_refused", LOG_WORD("error", err_text(e)));
        domain_free(domain);
        return e;
    }
    *out = domain;
    *time_ms = newest_ms;
    return ERR_OK;
}
