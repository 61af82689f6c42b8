/*
 * fixture.h - a store in a temporary folder, and a loop that runs until its commits are done.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "store/store.h"
#include "support/support.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const test_tables[] = {"first", "second", NULL};

struct fixture {
    char folder[64];
    char path[96];
    struct event_base *base;
    struct store *store;
    struct buf complaint;
};

static inline enum err fixture_reopen(struct fixture *fixture)
{
    const struct store_options options = {.path = fixture->path, .tables = test_tables, .lock_wait_ms = 200};
    buf_clear(&fixture->complaint);
    return store_open(&options, fixture->base, &fixture->store, &fixture->complaint);
}

/* In a folder that is there. */
static inline void fixture_open_at(struct fixture *fixture, const char *folder)
{
    *fixture = (struct fixture){.base = event_base_new()};
    snprintf(fixture->folder, sizeof fixture->folder, "%s", folder);
    snprintf(fixture->path, sizeof fixture->path, "%s/test.sqlite", folder);
    buf_init(&fixture->complaint, 4096);
    ck_assert_int_eq(fixture_reopen(fixture), ERR_OK);
}

static inline void fixture_open(struct fixture *fixture)
{
    char folder[] = "/tmp/stagematch_store_XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    fixture_open_at(fixture, folder);
}

/* Removes everything. */
static inline void fixture_close(struct fixture *fixture)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    if (fixture->store)
        store_close(fixture->store);
    event_base_free(fixture->base);
    buf_free(&fixture->complaint);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", fixture->path, endings[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(fixture->folder), 0);
}

static inline void fixture_wait(struct fixture *fixture)
{
    while (store_pending(fixture->store))
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
}

static inline void keep_result(void *context, enum err result)
{
    *(enum err *)context = result;
}

/* One row and one ledger entry in a batch of their own; the result comes later. */
static inline void fixture_commit(struct fixture *fixture, const char *key, const char *value, enum err *result)
{
    struct store_batch *batch;
    ck_assert_int_eq(store_batch_new(fixture->store, &batch), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "first", text_of(key), text_of(value)), ERR_OK);
    ck_assert_int_eq(store_batch_ledger(batch, 1000, "put", text_of(key), text_of(value)), ERR_OK);
    store_commit(fixture->store, batch, keep_result, result);
}

static inline enum err fixture_put(struct fixture *fixture, const char *key, const char *value)
{
    enum err result = ERR_INTERNAL;
    fixture_commit(fixture, key, value, &result);
    fixture_wait(fixture);
    return result;
}

/* Whether a key has this value; NULL: whether it is absent. */
static inline bool fixture_has(struct fixture *fixture, const char *table, const char *key, const char *value)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    enum err e = store_get(fixture->store, table, text_of(key), &out);
    bool same = value ? e == ERR_OK && text_is(buf_text(&out), value) : e == ERR_MISSING;
    buf_free(&out);
    return same;
}

#endif
