#include "vault/image.h"

#include "base/mem.h"
#include "support/support.h"
#include "vault/layer.h"

#include <event2/event.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static struct event_base *base;
static struct image *image;
static char folder[64];
static unsigned reloads, done_count, failed_count;

static void reload(void *context)
{
    (void)context;
    reloads++;
}

static void done(void *context, enum err result)
{
    (void)context;
    done_count++;
    failed_count += result != ERR_OK;
}

static void open_image(void)
{
    struct image_options options = {.folder = folder, .lock_wait_ms = 1000, .reload = reload};
    struct buf complaint;
    buf_init(&complaint, 1000);
    ck_assert_int_eq(image_open(&options, base, &image, &complaint), ERR_OK);
    buf_free(&complaint);
}

static void setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    strcpy(folder, "/tmp/stagematch-image-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    base = event_base_new();
    open_image();
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
    image_close(image);
    event_base_free(base);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void wait_for(unsigned count)
{
    while (done_count < count)
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
}

static void ck_row(enum table table, const char *key, const char *expected)
{
    struct buf value;
    buf_init(&value, 1000);
    enum err e = image_get(image, table, text_of(key), &value);
    ck_assert_int_eq(e, expected ? ERR_OK : ERR_MISSING);
    if (expected)
        ck_assert(text_is(buf_text(&value), expected));
    buf_free(&value);
}

static void put(const char *key, const char *value)
{
    struct edit edit;
    edit_begin(&edit, image);
    edit_put(&edit, TABLE_PERSON, text_of(key), text_of(value));
    edit_put(&edit, TABLE_PERSON_KEY, text_of(key), text_of(value));
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_OK);
}

START_TEST(an_edit_is_seen_by_itself_then_by_all_then_after_a_restart)
{
    struct edit edit;
    struct buf value;
    setup();
    buf_init(&value, 100);
    edit_begin(&edit, image);
    edit_put(&edit, TABLE_TEXT, text_of("a"), text_of("1"));
    edit_put(&edit, TABLE_TEXT, text_of("a"), text_of("2"));
    ck_assert_int_eq(edit_get(&edit, TABLE_TEXT, text_of("a"), &value), ERR_OK);
    ck_assert(text_is(buf_text(&value), "2"));
    ck_row(TABLE_TEXT, "a", NULL);
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_OK);
    ck_assert_uint_eq(done_count, 0); /* never inside the call */
    ck_row(TABLE_TEXT, "a", "2");
    ck_row(TABLE_GRANT, "a", NULL);
    wait_for(1);
    ck_row(TABLE_TEXT, "a", "2");
    image_close(image);
    open_image();
    ck_row(TABLE_TEXT, "a", "2");
    edit_begin(&edit, image);
    edit_delete(&edit, TABLE_TEXT, text_of("a"));
    buf_clear(&value);
    ck_assert_int_eq(edit_get(&edit, TABLE_TEXT, text_of("a"), &value), ERR_MISSING);
    edit_abort(&edit);
    ck_row(TABLE_TEXT, "a", "2");
    buf_free(&value);
    teardown();
}
END_TEST

START_TEST(edits_that_come_while_a_commit_runs_share_the_next)
{
    char key[16];
    setup();
    for (unsigned i = 0; i < 200; i++) {
        snprintf(key, sizeof key, "k%u", i);
        put(key, key);
        if (i % 20 == 0)
            ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
    }
    wait_for(200);
    ck_assert_uint_eq(failed_count, 0);
    ck_assert_uint_lt(image_numbers(image, false).commits, 30);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(key, sizeof key, "k%u", i);
        ck_row(TABLE_PERSON, key, key);
        ck_row(TABLE_PERSON_KEY, key, key);
    }
    teardown();
}
END_TEST

START_TEST(an_empty_edit_waits_for_what_is_on_its_way)
{
    struct edit edit;
    setup();
    put("a", "1");
    edit_begin(&edit, image);
    ck_assert(!edit_has_changes(&edit));
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_OK);
    wait_for(2);
    edit_begin(&edit, image);
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_OK);
    wait_for(3);
    ck_assert_uint_eq(failed_count, 0);
    teardown();
}
END_TEST

/* A file size limit makes writing fail as a full disk does. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_failed_commit_undoes_all_that_was_built_on_it_and_later_ones_work)
{
    static char large[256 << 10];
    struct edit edit;
    setup();
    put("a", "1");
    wait_for(1);
    /* Room for what Check writes about this test, none for the row. */
    limit_files(64 << 10);
    memset(large, 'x', sizeof large - 1);
    put("a", large);
    put("b", "3");
    wait_for(3);
    ck_assert_uint_eq(failed_count, 2);
    ck_assert_uint_eq(reloads, 1);
    ck_assert(!image_is_writable(image));
    ck_row(TABLE_PERSON, "a", "1");
    ck_row(TABLE_PERSON, "b", NULL);
    edit_begin(&edit, image);
    edit_put(&edit, TABLE_PERSON, text_of("c"), text_of("4"));
    ck_assert_int_eq(edit_commit(&edit, done, NULL), ERR_IO);
    limit_files(RLIM_INFINITY);
    while (!image_is_writable(image))
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    put("c", "5");
    wait_for(4);
    ck_assert_uint_eq(failed_count, 2);
    ck_row(TABLE_PERSON, "c", "5");
    teardown();
}
END_TEST

START_TEST(every_failed_allocation_of_an_edit_leaves_nothing)
{
    setup();
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        struct edit edit;
        mem_fail_at(nth);
        edit_begin(&edit, image);
        edit_put(&edit, TABLE_TEXT, text_of("x"), text_of("1"));
        edit_ledger(&edit, 1, "test", text_of("s"), text_of("p"));
        enum err e = edit_commit(&edit, done, NULL);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        ck_row(TABLE_TEXT, "x", failed ? NULL : "1");
    }
    wait_for(1);
    ck_assert_uint_eq(image_ledger_head(image).seq, 1);
    teardown();
}
END_TEST

START_TEST(a_layer_holds_many_rows)
{
    struct layer *a, *b;
    char key[16];
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(layer_new(&a), ERR_OK);
    ck_assert_int_eq(layer_new(&b), ERR_OK);
    for (int i = 0; i < 3000; i++) {
        snprintf(key, sizeof key, "%d", i);
        ck_assert_int_eq(layer_set(i % 3 ? a : b, TABLE_TEXT, text_of(key), i % 5 == 0, text_of(key)), ERR_OK);
    }
    ck_assert_int_eq(layer_join(a, b), ERR_OK);
    ck_assert(layer_is_empty(b));
    for (int i = 0; i < 3000; i++) {
        snprintf(key, sizeof key, "%d", i);
        const struct layer_row *row = layer_find(a, TABLE_TEXT, text_of(key));
        ck_assert_ptr_nonnull(row);
        ck_assert_int_eq(row->deleted, i % 5 == 0);
        ck_assert_ptr_null(layer_find(a, TABLE_GRANT, text_of(key)));
    }
    layer_free(a);
    layer_free(b);
}
END_TEST

RUN_TESTS("vault/image", an_edit_is_seen_by_itself_then_by_all_then_after_a_restart,
          edits_that_come_while_a_commit_runs_share_the_next, an_empty_edit_waits_for_what_is_on_its_way,
          a_failed_commit_undoes_all_that_was_built_on_it_and_later_ones_work,
          every_failed_allocation_of_an_edit_leaves_nothing, a_layer_holds_many_rows)
