#include "fixture.h"

#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

START_TEST(what_was_committed_is_there_after_a_restart)
{
    struct fixture fixture;
    fixture_open(&fixture);
    ck_assert_int_eq(fixture_put(&fixture, "a", "1"), ERR_OK);
    ck_assert_int_eq(fixture_put(&fixture, "b", ""), ERR_OK);
    ck_assert_int_eq(fixture_put(&fixture, "a", "2"), ERR_OK);
    struct ledger_head head = store_ledger_head(fixture.store);
    ck_assert_uint_eq(head.seq, 3);
    store_close(fixture.store);
    ck_assert_int_eq(fixture_reopen(&fixture), ERR_OK);
    ck_assert(fixture_has(&fixture, "first", "a", "2"));
    ck_assert(fixture_has(&fixture, "first", "b", ""));
    ck_assert(fixture_has(&fixture, "second", "a", NULL));
    struct ledger_head again = store_ledger_head(fixture.store);
    ck_assert_uint_eq(again.seq, 3);
    ck_assert_mem_eq(again.hash, head.hash, LEDGER_HASH_BYTES);
    fixture_close(&fixture);
}
END_TEST

struct order {
    int expected;
    bool inside_commit;
};

struct order_item {
    struct order *order;
    int number;
};

static void expect_in_order(void *context, enum err result)
{
    struct order_item *item = context;
    ck_assert_int_eq(result, ERR_OK);
    ck_assert(!item->order->inside_commit);
    ck_assert_int_eq(item->order->expected++, item->number);
}

START_TEST(done_comes_later_and_in_order)
{
    enum { COMMITS = 500 };
    struct fixture fixture;
    struct order order = {0};
    static struct order_item items[COMMITS];
    fixture_open(&fixture);
    order.inside_commit = true;
    for (int i = 0; i < COMMITS; i++) {
        struct store_batch *batch;
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        items[i] = (struct order_item){&order, i};
        ck_assert_int_eq(store_batch_new(fixture.store, &batch), ERR_OK);
        ck_assert_int_eq(store_batch_put(batch, i % 2 ? "first" : "second", text_of(key), text_of("x")), ERR_OK);
        store_commit(fixture.store, batch, expect_in_order, &items[i]);
    }
    order.inside_commit = false;
    ck_assert_uint_eq(store_pending(fixture.store), COMMITS);
    fixture_wait(&fixture);
    ck_assert_int_eq(order.expected, COMMITS);
    struct store_numbers numbers = store_read_numbers(fixture.store);
    ck_assert_uint_eq(numbers.commits, COMMITS);
    ck_assert_uint_eq(numbers.rows, COMMITS);
    ck_assert_uint_le(numbers.transactions, COMMITS);
    uint64_t count;
    ck_assert_int_eq(store_count(fixture.store, "first", &count), ERR_OK);
    ck_assert_uint_eq(count, COMMITS / 2);
    fixture_close(&fixture);
}
END_TEST

START_TEST(later_changes_of_a_key_win_and_empty_values_stay)
{
    struct fixture fixture;
    struct store_batch *batch;
    enum err result = ERR_INTERNAL;
    fixture_open(&fixture);
    ck_assert_int_eq(store_batch_new(fixture.store, &batch), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "first", text_of("k"), text_of("1")), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "first", text_of("k"), text_of("2")), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "first", text_of("gone"), text_of("1")), ERR_OK);
    ck_assert_int_eq(store_batch_delete(batch, "first", text_of("gone")), ERR_OK);
    ck_assert_int_eq(store_batch_delete(batch, "second", text_of("never")), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "second", (struct text){"\0\0", 2}, (struct text){NULL, 0}), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "unknown", text_of("k"), text_of("1")), ERR_MISSING);
    store_commit(fixture.store, batch, keep_result, &result);
    fixture_wait(&fixture);
    ck_assert_int_eq(result, ERR_OK);
    ck_assert(fixture_has(&fixture, "first", "k", "2"));
    ck_assert(fixture_has(&fixture, "first", "gone", NULL));
    struct buf out;
    buf_init(&out, 100);
    ck_assert_int_eq(store_get(fixture.store, "second", (struct text){"\0\0", 2}, &out), ERR_OK);
    ck_assert_uint_eq(out.length, 0);
    buf_free(&out);
    fixture_close(&fixture);
}
END_TEST

static enum err expect_sorted(void *context, struct text key, struct text value)
{
    int *next = context;
    char expected[16];
    snprintf(expected, sizeof expected, "%04d", (*next)++);
    ck_assert(text_is(key, expected));
    ck_assert(text_is(value, expected));
    return *next == 700 ? ERR_RANGE : ERR_OK;
}

START_TEST(rows_are_loaded_in_key_order_until_the_reader_stops)
{
    struct fixture fixture;
    struct store_batch *batch;
    enum err result = ERR_INTERNAL;
    int next = 0;
    fixture_open(&fixture);
    ck_assert_int_eq(store_batch_new(fixture.store, &batch), ERR_OK);
    for (int i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%04d", (i * 7) % 1000);
        ck_assert_int_eq(store_batch_put(batch, "first", text_of(key), text_of(key)), ERR_OK);
    }
    store_commit(fixture.store, batch, keep_result, &result);
    fixture_wait(&fixture);
    ck_assert_int_eq(store_load(fixture.store, "first", expect_sorted, &next), ERR_RANGE);
    ck_assert_int_eq(next, 700);
    ck_assert_int_eq(store_load(fixture.store, "none", expect_sorted, &next), ERR_MISSING);
    fixture_close(&fixture);
}
END_TEST

START_TEST(files_are_for_the_owner_alone)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture fixture;
    fixture_open(&fixture);
    ck_assert_int_eq(fixture_put(&fixture, "a", "1"), ERR_OK);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof path, "%s%s", fixture.path, endings[i]);
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_uint_eq(status.st_mode & 0777, 0600);
    }
    fixture_close(&fixture);
}
END_TEST

/* Waits for a byte of the parent, finds the database taken, and then waits for it. */
static int be_second(const char *path, int from_parent)
{
    struct store *store;
    struct buf complaint;
    char go;
    const struct store_options now = {.path = path, .tables = test_tables};
    struct store_options later = now;
    later.lock_wait_ms = 10000;
    buf_init(&complaint, 1000);
    struct event_base *base = event_base_new();
    if (read(from_parent, &go, 1) != 1)
        return 3;
    if (store_open(&now, base, &store, &complaint) != ERR_EXISTS || complaint.length == 0)
        return 1;
    return store_open(&later, base, &store, &complaint) == ERR_OK ? 0 : 2;
}

START_TEST(a_second_process_is_kept_out_until_the_first_ends)
{
    struct fixture fixture;
    int pipes[2], status;
    char path[] = "/tmp/stagematch_store_lock_XXXXXX", file[64];
    ck_assert_ptr_nonnull(mkdtemp(path));
    snprintf(file, sizeof file, "%s/test.sqlite", path);
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork(); /* before a database is open here: SQLite does not cross a fork */
    if (child == 0)
        _exit(be_second(file, pipes[0]));
    fixture_open_at(&fixture, path);
    ck_assert_int_eq(write(pipes[1], "x", 1), 1);
    usleep(300000);
    store_close(fixture.store);
    fixture.store = NULL;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_reader_beside_the_writer_sees_what_is_committed)
{
    struct fixture fixture;
    struct store *beside;
    fixture_open(&fixture);
    ck_assert_int_eq(fixture_put(&fixture, "a", "1"), ERR_OK);
    const struct store_options options = {.path = fixture.path, .tables = test_tables, .read_only = true};
    ck_assert_int_eq(store_open(&options, NULL, &beside, &fixture.complaint), ERR_OK);
    ck_assert_uint_eq(store_ledger_head(beside).seq, 1);
    struct store_batch *batch;
    ck_assert_int_eq(store_batch_new(beside, &batch), ERR_INTERNAL);
    ck_assert_int_eq(fixture_put(&fixture, "b", "2"), ERR_OK);
    uint64_t count;
    ck_assert_int_eq(store_count(beside, "first", &count), ERR_OK);
    ck_assert_uint_eq(count, 2);
    store_close(beside);
    fixture_close(&fixture);
}
END_TEST

/* Runs SQL on the closed database, as another program would. */
static void tamper(struct fixture *fixture, const char *sql)
{
    sqlite3 *handle;
    ck_assert_int_eq(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

START_TEST(what_is_not_ours_or_newer_or_damaged_is_refused)
{
    static const char *const changes[] = {"PRAGMA application_id=7",
                                          "PRAGMA application_id=1400131937; PRAGMA user_version=99",
                                          "PRAGMA user_version=-1"};
    struct fixture fixture;
    fixture_open(&fixture);
    store_close(fixture.store);
    fixture.store = NULL;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        tamper(&fixture, changes[i]);
        ck_assert_int_eq(fixture_reopen(&fixture), ERR_MISMATCH);
        ck_assert_uint_gt(fixture.complaint.length, 0);
    }
    FILE *file = fopen(fixture.path, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database", file);
    fclose(file);
    ck_assert_int_eq(fixture_reopen(&fixture), ERR_MISMATCH);
    fixture.store = NULL;
    fixture_close(&fixture);
}
END_TEST

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_fails_all_until_there_is_room_again)
{
    enum { QUEUED = 8 };
    struct fixture fixture;
    enum err results[QUEUED], big = ERR_OK, probe = ERR_OK;
    char *much = calloc(1, 1 << 20);
    struct store_batch *batch;
    signal(SIGXFSZ, SIG_IGN);
    fixture_open(&fixture);
    ck_assert_int_eq(fixture_put(&fixture, "before", "1"), ERR_OK);
    struct ledger_head head = store_ledger_head(fixture.store);
    limit_files(200000);
    ck_assert_int_eq(store_batch_new(fixture.store, &batch), ERR_OK);
    ck_assert_int_eq(store_batch_delete(batch, "first", text_of("before")), ERR_OK);
    ck_assert_int_eq(store_batch_ledger(batch, 1, "big", text_of("s"), text_of("p")), ERR_OK);
    ck_assert_int_eq(store_batch_put(batch, "first", text_of("big"), (struct text){much, 1 << 20}), ERR_OK);
    store_commit(fixture.store, batch, keep_result, &big);
    for (int i = 0; i < QUEUED; i++)
        fixture_commit(&fixture, "after", "1", &results[i]);
    fixture_wait(&fixture);
    ck_assert(big == ERR_SPACE || big == ERR_IO); /* SQLite does not always know which */
    for (int i = 0; i < QUEUED; i++)
        ck_assert_int_eq(results[i], big);
    ck_assert(fixture_has(&fixture, "first", "before", "1"));
    ck_assert(fixture_has(&fixture, "first", "after", NULL));
    limit_files(4096);
    ck_assert_int_eq(store_recover(fixture.store, keep_result, &probe), ERR_OK);
    fixture_wait(&fixture);
    ck_assert_int_ne(probe, ERR_OK);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(fixture_put(&fixture, "after", "1"), probe); /* nobody said that it is over */
    ck_assert_int_eq(store_recover(fixture.store, keep_result, &probe), ERR_OK);
    fixture_wait(&fixture);
    ck_assert_int_eq(probe, ERR_OK);
    ck_assert(fixture_has(&fixture, "first", "before", "1"));
    ck_assert(fixture_has(&fixture, "first", "big", NULL));
    ck_assert(fixture_has(&fixture, "first", "after", NULL));
    ck_assert_uint_eq(store_ledger_head(fixture.store).seq, head.seq);
    ck_assert_int_eq(fixture_put(&fixture, "after", "2"), ERR_OK);
    ck_assert_uint_eq(store_ledger_head(fixture.store).seq, head.seq + 1);
    ck_assert(fixture_has(&fixture, "first", "before", "1"));
    ck_assert(fixture_has(&fixture, "first", "after", "2"));
    ck_assert_uint_eq(store_read_numbers(fixture.store).failed_commits, QUEUED + 2);
    free(much);
    fixture_close(&fixture);
}
END_TEST

START_TEST(the_log_is_copied_back_and_cut_when_it_is_quiet)
{
    struct fixture fixture;
    char path[128];
    struct stat status = {.st_size = -1};
    fixture_open(&fixture);
    for (int i = 0; i < 300; i++)
        ck_assert_int_eq(fixture_put(&fixture, "a", "1"), ERR_OK);
    snprintf(path, sizeof path, "%s-wal", fixture.path);
    for (int i = 0; i < 100 && status.st_size != 0; i++) {
        usleep(50000);
        ck_assert_int_eq(stat(path, &status), 0);
    }
    ck_assert_int_eq(status.st_size, 0);
    ck_assert_int_eq(fixture_put(&fixture, "a", "2"), ERR_OK);
    fixture_close(&fixture);
}
END_TEST

START_TEST(no_memory_is_an_error_of_the_batch)
{
    struct fixture fixture;
    struct store_batch *batch = NULL;
    fixture_open(&fixture);
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = store_batch_new(fixture.store, &batch);
        if (e == ERR_OK)
            e = store_batch_put(batch, "first", text_of("k"), text_of("v"));
        if (e == ERR_OK)
            e = store_batch_ledger(batch, 1, "kind", text_of("s"), text_of("p"));
        bool failed = mem_has_failed();
        mem_fail_at(0);
        store_batch_free(batch);
        batch = NULL;
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed)
            break;
    }
    fixture_close(&fixture);
}
END_TEST

RUN_TESTS("store/store", what_was_committed_is_there_after_a_restart, done_comes_later_and_in_order,
          later_changes_of_a_key_win_and_empty_values_stay, rows_are_loaded_in_key_order_until_the_reader_stops,
          files_are_for_the_owner_alone, a_second_process_is_kept_out_until_the_first_ends,
          a_reader_beside_the_writer_sees_what_is_committed, what_is_not_ours_or_newer_or_damaged_is_refused,
          a_full_disk_fails_all_until_there_is_room_again, the_log_is_copied_back_and_cut_when_it_is_quiet,
          no_memory_is_an_error_of_the_batch)
