#include "vault/hasher.h"

#include "support/support.h"

#include <dirent.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct event_base *base;
static struct hasher *hasher;
static unsigned done_count;
static enum err last_result;
static char last_hash[HASH_TEXT_BYTES];

static void setup(unsigned long long operations)
{
    struct hasher_options options = {2, operations, crypto_pwhash_MEMLIMIT_MIN};
    ck_assert_int_ge(sodium_init(), 0);
    base = event_base_new();
    ck_assert_int_eq(hasher_new(&options, base, &hasher), ERR_OK);
}

static void teardown(void)
{
    hasher_free(hasher);
    event_base_free(base);
}

static void done(void *context, enum err result, const char *hash)
{
    (void)context;
    done_count++;
    last_result = result;
    snprintf(last_hash, sizeof last_hash, "%s", hash);
}

static void wait_for(unsigned count)
{
    while (done_count < count)
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
}

START_TEST(a_hash_fits_its_password_alone)
{
    setup(1);
    ck_assert_int_eq(hasher_make(hasher, text_of("correct paard"), done, NULL), ERR_OK);
    ck_assert_uint_eq(done_count, 0);
    wait_for(1);
    ck_assert_int_eq(last_result, ERR_OK);
    ck_assert_int_eq(strncmp(last_hash, "$argon2id$", 10), 0);
    char hash[HASH_TEXT_BYTES];
    memcpy(hash, last_hash, sizeof hash);
    ck_assert_int_eq(hasher_check(hasher, text_of("correct paard"), hash, done, NULL), ERR_OK);
    wait_for(2);
    ck_assert_int_eq(last_result, ERR_OK);
    ck_assert_int_eq(hasher_check(hasher, text_of("correct paarD"), hash, done, NULL), ERR_OK);
    wait_for(3);
    ck_assert_int_eq(last_result, ERR_MISMATCH);
    ck_assert_int_eq(hasher_check(hasher, text_of("correct paard"), "", done, NULL), ERR_OK);
    wait_for(4);
    ck_assert_int_eq(last_result, ERR_MISMATCH);
    ck_assert_int_eq(hasher_check(hasher, text_of(""), "not a hash", done, NULL), ERR_OK);
    wait_for(5);
    ck_assert_int_eq(last_result, ERR_MISMATCH);
    teardown();
}
END_TEST

START_TEST(what_waits_is_bounded)
{
    char longest[PASSWORD_BYTES_MAX + 1] = {0};
    unsigned taken = 0;
    setup(1);
    memset(longest, 'x', sizeof longest);
    ck_assert_int_eq(hasher_make(hasher, (struct text){longest, sizeof longest}, done, NULL), ERR_RANGE);
    while (hasher_make(hasher, text_of("correct paard"), done, NULL) == ERR_OK)
        taken++;
    ck_assert_uint_eq(taken, HASHER_WAITING_MAX);
    ck_assert_uint_eq(hasher_read_numbers(hasher).refused, 1);
    wait_for(taken);
    ck_assert_uint_eq(hasher_read_numbers(hasher).waiting, 0);
    ck_assert_int_eq(hasher_make(hasher, text_of("correct paard"), done, NULL), ERR_OK);
    wait_for(taken + 1);
    teardown();
}
END_TEST

/* The children of this process; how many. */
static size_t find_children(pid_t children[16])
{
    char path[64], line[256] = "";
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    char *rest = line;
    for (long pid; count < 16 && (pid = strtol(rest, &rest, 10)) > 0;)
        children[count++] = (pid_t)pid;
    return count;
}

static size_t kill_children(void)
{
    pid_t children[16];
    size_t count = find_children(children);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(kill(children[i], SIGKILL), 0);
    return count;
}

/* A signal reaches a busy machine's process when it reaches it. */
static void wait_for_restarts(unsigned wanted)
{
    for (int i = 0; i < 10000 && hasher_read_numbers(hasher).restarts < wanted; i++) {
        ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
        usleep(1000);
    }
    ck_assert_uint_eq(hasher_read_numbers(hasher).restarts, wanted);
}

START_TEST(a_worker_that_dies_is_made_again_and_its_work_is_done)
{
    setup(3);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 6; i++)
            ck_assert_int_eq(hasher_make(hasher, text_of("correct paard"), done, NULL), ERR_OK);
        ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
        ck_assert_uint_eq(kill_children(), 2);
        wait_for(6 * (unsigned)(round + 1));
        ck_assert_int_eq(last_result, ERR_OK);
        wait_for_restarts(2 * (unsigned)(round + 1));
    }
    teardown();
}
END_TEST

/* How many open files a process has beside its standard ones. */
static unsigned count_other_files(pid_t process)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", process);
    DIR *fds = opendir(path);
    ck_assert_ptr_nonnull(fds);
    for (const struct dirent *fd; (fd = readdir(fds));)
        count += fd->d_name[0] != '.' && (!strchr("012", fd->d_name[0]) || fd->d_name[1]);
    closedir(fds);
    return count;
}

START_TEST(workers_have_nothing_of_the_vault)
{
    pid_t children[16];
    setup(1);
    ck_assert_int_eq(hasher_make(hasher, text_of("correct paard"), done, NULL), ERR_OK);
    wait_for(1);
    ck_assert_uint_eq(find_children(children), 2);
    for (size_t i = 0; i < 2; i++) {
        /* One of the two may only just have been made. */
        for (int tries = 0; tries < 2000 && count_other_files(children[i]); tries++)
            usleep(1000);
        ck_assert_uint_eq(count_other_files(children[i]), 0);
    }
    teardown();
}
END_TEST

START_TEST(freeing_with_work_under_way_forgets_it)
{
    setup(3);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(hasher_make(hasher, text_of("correct paard"), done, NULL), ERR_OK);
    ck_assert_int_ge(event_base_loop(base, EVLOOP_NONBLOCK), 0);
    teardown();
    ck_assert_uint_lt(done_count, 20);
}
END_TEST

RUN_TESTS("vault/hasher", a_hash_fits_its_password_alone, what_waits_is_bounded,
          a_worker_that_dies_is_made_again_and_its_work_is_done, workers_have_nothing_of_the_vault,
          freeing_with_work_under_way_forgets_it)
