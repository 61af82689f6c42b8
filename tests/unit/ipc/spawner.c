#include "ipc/spawner.h"

#include "support/support.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct event_base *base;
static struct spawner *spawner;
static int results[SPAWNER_WAITING_MAX + 1], result_count;
static char folder[64];

static void on_done(void *context, int exit_status)
{
    (void)context;
    results[result_count++] = exit_status;
}

static int gone_count;

static void count_gone(void *context)
{
    (void)context;
    gone_count++;
}

static void open_spawner(const char *command)
{
    snprintf(folder, sizeof folder, "/tmp/stagematch-spawner-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(spawner_start(command, &spawner), ERR_OK);
    base = event_base_new();
    ck_assert_int_eq(spawner_attach(spawner, base, count_gone, NULL), ERR_OK);
}

static void close_spawner(void)
{
    spawner_free(spawner);
    event_base_free(base);
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
}

static void run_until(int count)
{
    for (int i = 0; i < 2000 && result_count < count; i++) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        usleep(2000);
    }
    ck_assert_int_eq(result_count, count);
}

START_TEST(the_command_gets_the_input_and_its_status_comes_back)
{
    char text[32] = "";
    open_spawner("  tee   first  second ");
    ck_assert_int_eq(spawner_run(spawner, "for you", 7, on_done, NULL), ERR_OK);
    ck_assert_int_eq(result_count, 0);
    run_until(1);
    ck_assert_int_eq(results[0], 0);
    FILE *file = fopen("second", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_str_eq(text, "for you");
    fclose(file);
    unlink("first");
    unlink("second");
    close_spawner();
}
END_TEST

START_TEST(a_command_that_fails_says_so)
{
    open_spawner("grep -q yes");
    ck_assert_int_eq(spawner_run(spawner, "no\n", 3, on_done, NULL), ERR_OK);
    ck_assert_int_eq(spawner_run(spawner, "yes\n", 4, on_done, NULL), ERR_OK);
    run_until(2);
    ck_assert_int_eq(results[0], 1);
    ck_assert_int_eq(results[1], 0);
    close_spawner();
}
END_TEST

START_TEST(a_command_that_is_not_there_is_no_status)
{
    open_spawner("/nowhere/sendmail -t");
    ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_OK);
    run_until(1);
    ck_assert_int_eq(results[0], -1);
    close_spawner();
}
END_TEST

START_TEST(a_shell_is_not_involved)
{
    open_spawner("echo hello ; touch made");
    ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_OK);
    run_until(1);
    ck_assert_int_eq(results[0], 0);
    ck_assert_int_ne(access("made", F_OK), 0);
    close_spawner();
}
END_TEST

START_TEST(without_a_command_nothing_runs)
{
    open_spawner(NULL);
    ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_MISSING);
    close_spawner();
}
END_TEST

START_TEST(a_process_that_ends_is_told_once)
{
    gone_count = 0;
    open_spawner("./ends-its-parent");
    FILE *file = fopen("ends-its-parent", "w");
    ck_assert_ptr_nonnull(file);
    fputs("#!/bin/sh\nkill -KILL $PPID\n", file);
    fclose(file);
    ck_assert_int_eq(chmod("ends-its-parent", 0700), 0);
    ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_OK);
    ck_assert_int_eq(spawner_run(spawner, "y", 1, on_done, NULL), ERR_OK);
    run_until(2);
    ck_assert_int_eq(results[0], -1);
    ck_assert_int_eq(results[1], -1);
    ck_assert_int_eq(gone_count, 1);
    ck_assert_int_eq(spawner_run(spawner, "z", 1, on_done, NULL), ERR_MISSING);
    unlink("ends-its-parent");
    close_spawner();
}
END_TEST

START_TEST(limits_hold)
{
    static char large[SPAWNER_INPUT_BYTES_MAX + 1];
    open_spawner("true");
    ck_assert_int_eq(spawner_run(spawner, large, sizeof large, on_done, NULL), ERR_RANGE);
    ck_assert_int_eq(spawner_run(spawner, large, 0, on_done, NULL), ERR_RANGE);
    ck_assert_int_eq(spawner_run(spawner, large, SPAWNER_INPUT_BYTES_MAX, on_done, NULL), ERR_OK);
    for (int i = 1; i < SPAWNER_WAITING_MAX; i++)
        ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_OK);
    ck_assert_int_eq(spawner_run(spawner, "x", 1, on_done, NULL), ERR_RANGE);
    run_until(1);
    spawner_free(spawner); /* who still waits hears that it will not be */
    ck_assert_int_eq(result_count, SPAWNER_WAITING_MAX);
    ck_assert_int_eq(results[SPAWNER_WAITING_MAX - 1], -1);
    event_base_free(base);
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
}
END_TEST

RUN_TESTS("spawner", the_command_gets_the_input_and_its_status_comes_back, a_command_that_fails_says_so,
          a_command_that_is_not_there_is_no_status, a_shell_is_not_involved, without_a_command_nothing_runs,
          a_process_that_ends_is_told_once, limits_hold)
