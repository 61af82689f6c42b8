#include "vault/expiry.h"

#include "stagematch/internal/v1/vault.pb-c.h"
#include "support/support.h"

#include <event2/event.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 3000, KEY_BYTES = 16, EXPIRE_MS = 1000, LATER_MS = 5000, TURNS_MAX = 10000 };

static struct event_base *base;
static struct image *image;
static struct expiry *expiry;
static char folder[64];
static unsigned done_count;

static void reload(void *context)
{
    (void)context;
    ck_assert_int_eq(expiry_load(expiry), ERR_OK);
}

static void done(void *context, enum err result)
{
    (void)context;
    ck_assert_int_eq(result, ERR_OK);
    done_count++;
}

static void open_all(void)
{
    struct image_options options = {.folder = folder, .lock_wait_ms = 1000, .reload = reload};
    struct buf complaint;
    buf_init(&complaint, 1000);
    ck_assert_int_eq(image_open(&options, base, &image, &complaint), ERR_OK);
    ck_assert_int_eq(expiry_new(image, &expiry), ERR_OK);
    ck_assert_int_eq(expiry_load(expiry), ERR_OK);
    buf_free(&complaint);
}

static void close_all(void)
{
    expiry_free(expiry);
    image_close(image);
}

static void setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    strcpy(folder, "/tmp/stagematch-expiry-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    base = event_base_new();
    open_all();
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void teardown(void)
{
    close_all();
    event_base_free(base);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static struct text key_of(int number, char key[KEY_BYTES + 1])
{
    snprintf(key, KEY_BYTES + 1, "%016d", number);
    return (struct text){key, KEY_BYTES};
}

static void put_rows(int from, int end, int64_t expire_ms)
{
    Stagematch__Internal__V1__AttemptRow row = STAGEMATCH__INTERNAL__V1__ATTEMPT_ROW__INIT;
    char key[KEY_BYTES + 1];
    struct edit edit;
    unsigned before = done_count;
    edit_begin(&edit, image);
    for (int i = from; i < end; i++)
        edit_put_live(&edit, TABLE_ATTEMPT, key_of(i, key), expire_ms, &row);
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_OK);
    while (done_count == before)
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
}

/* Until so many moments are left. */
static void run_until(size_t left)
{
    for (int i = 0; i < TURNS_MAX && expiry_count(expiry) != left; i++)
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    ck_assert_uint_eq(expiry_count(expiry), left);
}

static int rows_there(void)
{
    char key[KEY_BYTES + 1];
    struct buf value;
    int there = 0;
    buf_init(&value, 1000);
    for (int i = 0; i < ROWS; i++) {
        buf_clear(&value);
        there += image_get(image, TABLE_ATTEMPT, key_of(i, key), &value) == ERR_OK;
    }
    buf_free(&value);
    return there;
}

START_TEST(one_sweep_deletes_all_that_expired)
{
    setup();
    put_rows(0, ROWS, EXPIRE_MS);
    expiry_sweep(expiry, EXPIRE_MS - 1);
    ck_assert_uint_eq(expiry_count(expiry), ROWS);
    expiry_sweep(expiry, EXPIRE_MS);
    ck_assert_uint_eq(expiry_count(expiry), ROWS - SWEEP_ROWS); /* a piece in this turn: calls come in between */
    expiry_sweep(expiry, EXPIRE_MS);
    ck_assert_uint_eq(expiry_count(expiry), ROWS - SWEEP_ROWS); /* one at a time */
    run_until(0);
    ck_assert_int_eq(rows_there(), 0);
    put_rows(0, 1, EXPIRE_MS); /* and it is ready for the next */
    expiry_sweep(expiry, LATER_MS);
    run_until(0);
    teardown();
}
END_TEST

START_TEST(a_row_that_was_put_again_stays)
{
    setup();
    put_rows(0, ROWS, EXPIRE_MS);
    put_rows(100, 200, LATER_MS);
    expiry_sweep(expiry, EXPIRE_MS);
    run_until(100);
    ck_assert_int_eq(rows_there(), 100);
    close_all();
    open_all(); /* what is not durable here came too early */
    ck_assert_int_eq(rows_there(), (int)expiry_count(expiry));
    expiry_sweep(expiry, LATER_MS);
    run_until(0);
    ck_assert_int_eq(rows_there(), 0);
    teardown();
}
END_TEST

RUN_TESTS("vault/expiry", one_sweep_deletes_all_that_expired, a_row_that_was_put_again_stays)
