#include "base/stage.h"

#include "support/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static const char *below(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *out = path[next++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/stagematch-stage-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

/* The names in a folder, in order, hidden ones included, with a blank between. */
static const char *names_in(const char *path)
{
    static char names[1024];
    struct dirent **entries;
    size_t length = 0;
    names[0] = '\0';
    int count = scandir(path, &entries, NULL, alphasort);
    ck_assert_int_ge(count, 0);
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0) {
            int added =
                snprintf(names + length, sizeof names - length, "%s%s", length ? " " : "", entries[i]->d_name);
            ck_assert_int_gt(added, 0);
            length += (size_t)added;
            ck_assert_uint_lt(length, sizeof names);
        }
        free(entries[i]);
    }
    free(entries);
    return names;
}

static void remove_folder(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(remove(below(names[i])), 0);
    ck_assert_int_eq(rmdir(folder), 0); /* and nothing else was left */
}
#define REMOVE_FOLDER(...)                                                                                           \
    remove_folder((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void write_file(struct stage *stage, const char *name, const char *content, char hex[DIGEST_HEX_BYTES])
{
    struct stage_file file;
    struct buf buf;
    buf_init(&buf, 1000);
    ck_assert_int_eq(stage_file_open(stage, name, &file), ERR_OK);
    for (; *content; content++) { /* in pieces */
        buf_put_char(&buf, *content);
        ck_assert_int_eq(stage_file_put(&file, &buf), ERR_OK);
        ck_assert_uint_eq(buf_text(&buf).length, 0);
    }
    ck_assert_int_eq(stage_file_close(&file, hex), ERR_OK);
    buf_free(&buf);
}

static void assert_content(const char *name, const char *expected)
{
    char content[100] = "";
    FILE *file = fopen(below(name), "r");
    ck_assert_ptr_nonnull(file);
    content[fread(content, 1, sizeof content - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(content, expected);
}

static void put_plain_file(const char *path)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("mine", file);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_result_appears_whole_and_only_at_the_end)
{
    struct stage stage;
    char hex[DIGEST_HEX_BYTES];
    make_folder();
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    ck_assert_int_eq(stage_folder(&stage, "in"), ERR_OK);
    write_file(&stage, "in/a.csv", "abc", hex);
    /* SHA-256 of "abc": FIPS 180-2, appendix B.1 */
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    write_file(&stage, "b.csv", "", NULL);
    ck_assert_int_ne(access(below("out"), F_OK), 0);
    ck_assert_int_eq(stage_commit(&stage), ERR_OK);
    ck_assert_str_eq(names_in(folder), "out");
    ck_assert_str_eq(names_in(below("out")), "b.csv in");
    assert_content("out/in/a.csv", "abc");
    assert_content("out/b.csv", "");
    struct stat status;
    ck_assert_int_eq(stat(below("out"), &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0755);
    REMOVE_FOLDER("out/in/a.csv", "out/in", "out/b.csv", "out");
}
END_TEST

START_TEST(an_abort_leaves_nothing)
{
    struct stage stage;
    struct stage_file file;
    make_folder();
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    ck_assert_int_eq(stage_folder(&stage, "in"), ERR_OK);
    write_file(&stage, "in/a.csv", "abc", NULL);
    ck_assert_int_eq(stage_file_open(&stage, "half.csv", &file), ERR_OK);
    ck_assert_int_eq(stage_file_close(&file, NULL), ERR_OK);
    stage_abort(&stage);
    ck_assert_str_eq(names_in(folder), "");
    stage_abort(&stage);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(what_stands_there_already_is_not_touched)
{
    struct stage stage;
    make_folder();
    ck_assert_int_eq(mkdir(below("full"), 0700), 0);
    put_plain_file(below("full/mine"));
    put_plain_file(below("plain"));
    ck_assert_int_eq(symlink("full", below("link")), 0);
    static const char *const names[] = {"full", "full/", "plain", "link"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(stage_begin(&stage, below(names[i]), NULL) == ERR_EXISTS, "%s", names[i]);
        ck_assert_ptr_nonnull(stage.failed_name);
        ck_assert_int_ne(stage.failed_errno, 0);
        stage_abort(&stage);
    }
    ck_assert_int_eq(stage_begin(&stage, below("plain"), "mark"), ERR_EXISTS); /* not a directory, so not ours */
    stage_abort(&stage);
    ck_assert_str_eq(names_in(folder), "full link plain");
    assert_content("full/mine", "mine");
    assert_content("plain", "mine");
    REMOVE_FOLDER("full/mine", "full", "plain", "link");
}
END_TEST

START_TEST(an_empty_directory_may_be_filled)
{
    struct stage stage;
    make_folder();
    ck_assert_int_eq(mkdir(below("out"), 0700), 0);
    ck_assert_int_eq(stage_begin(&stage, below("out///"), NULL), ERR_OK);
    write_file(&stage, "a", "new", NULL);
    ck_assert_int_eq(stage_commit(&stage), ERR_OK);
    ck_assert_str_eq(names_in(folder), "out");
    assert_content("out/a", "new");
    REMOVE_FOLDER("out/a", "out");
}
END_TEST

START_TEST(an_empty_directory_stays_when_the_work_ends_early)
{
    struct stage stage;
    make_folder();
    ck_assert_int_eq(mkdir(below("out"), 0700), 0);
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    write_file(&stage, "a", "new", NULL);
    stage_abort(&stage);
    ck_assert_str_eq(names_in(folder), "out");
    REMOVE_FOLDER("out");
}
END_TEST

/* A result of one marked folder; `commit` or abort. */
static void make_marked(const char *content, bool commit)
{
    struct stage stage;
    ck_assert_int_eq(stage_begin(&stage, below("out"), "mark"), ERR_OK);
    ck_assert_int_eq(stage_folder(&stage, "in"), ERR_OK);
    write_file(&stage, "in/a", content, NULL);
    write_file(&stage, "mark", "", NULL);
    if (!commit) {
        stage_abort(&stage);
        return;
    }
    ck_assert_int_eq(stage_commit(&stage), ERR_OK);
}

START_TEST(replacing_exchanges_the_old_result_for_the_new)
{
    make_folder();
    make_marked("old", true);
    make_marked("new", false);
    assert_content("out/in/a", "old"); /* until the end the old one stays */
    make_marked("new", true);
    ck_assert_str_eq(names_in(folder), "out");
    assert_content("out/in/a", "new");
    REMOVE_FOLDER("out/in/a", "out/in", "out/mark", "out");
}
END_TEST

START_TEST(only_an_earlier_result_is_replaced)
{
    struct stage stage;
    make_folder();
    make_marked("old", true);
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_EXISTS);
    ck_assert_int_eq(stage_begin(&stage, below("out"), "other"), ERR_EXISTS);
    ck_assert_int_eq(stage_begin(&stage, below("out"), "in"), ERR_EXISTS); /* a folder is no mark */
    assert_content("out/in/a", "old");
    REMOVE_FOLDER("out/in/a", "out/in", "out/mark", "out");
}
END_TEST

START_TEST(an_old_result_with_files_of_others_stays_as_it_was)
{
    static const char *const foreign[] = {"out/mine", "out/in/mine"};
    for (size_t i = 0; i < 2; i++) {
        struct stage stage;
        make_folder();
        make_marked("old", true);
        put_plain_file(below(foreign[i]));
        ck_assert_int_eq(stage_begin(&stage, below("out"), "mark"), ERR_OK);
        write_file(&stage, "mark", "", NULL);
        ck_assert_int_eq(stage_folder(&stage, "in"), ERR_OK);
        write_file(&stage, "in/a", "new", NULL);
        ck_assert_int_eq(stage_commit(&stage), ERR_EXISTS);
        ck_assert_str_eq(names_in(folder), "out");
        assert_content("out/in/a", "old");
        ck_assert_int_eq(remove(below(foreign[i])), 0);
        REMOVE_FOLDER("out/in/a", "out/in", "out/mark", "out");
    }
}
END_TEST

START_TEST(a_name_taken_meanwhile_ends_it_with_nothing_left)
{
    struct stage stage;
    make_folder();
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    write_file(&stage, "a", "new", NULL);
    ck_assert_int_eq(mkdir(below("out"), 0700), 0);
    put_plain_file(below("out/mine"));
    ck_assert_int_eq(stage_commit(&stage), ERR_EXISTS);
    ck_assert_str_eq(names_in(folder), "out");
    assert_content("out/mine", "mine");
    REMOVE_FOLDER("out/mine", "out");
}
END_TEST

START_TEST(a_parent_that_cannot_hold_it_is_an_error)
{
    struct stage stage;
    char long_path[STAGE_PATH_BYTES + 10];
    make_folder();
    put_plain_file(below("file"));
    ck_assert_int_eq(stage_begin(&stage, below("file/out"), NULL), ERR_IO);
    ck_assert_int_eq(stage.failed_errno, ENOTDIR);
    stage_abort(&stage);
    ck_assert_int_eq(stage_begin(&stage, below("missing/out"), NULL), ERR_MISSING);
    stage_abort(&stage);
    ck_assert_int_eq(stage_begin(&stage, "", NULL), ERR_IO);
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    ck_assert_int_eq(stage_begin(&stage, long_path, NULL), ERR_IO);
    if (geteuid() != 0) { /* root may write everywhere */
        ck_assert_int_eq(chmod(folder, 0500), 0);
        ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_IO);
        ck_assert_int_eq(stage.failed_errno, EACCES);
        ck_assert_int_eq(chmod(folder, 0700), 0);
    }
    ck_assert_str_eq(names_in(folder), "file");
    REMOVE_FOLDER("file");
}
END_TEST

START_TEST(a_bare_name_goes_into_the_working_directory)
{
    struct stage stage;
    make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(stage_begin(&stage, "out", NULL), ERR_OK);
    write_file(&stage, "a", "new", NULL);
    ck_assert_int_eq(stage_commit(&stage), ERR_OK);
    ck_assert_str_eq(names_in("."), "out");
    REMOVE_FOLDER("out/a", "out");
}
END_TEST

START_TEST(a_buffer_that_failed_is_not_written)
{
    struct stage stage;
    struct stage_file file;
    struct buf buf;
    make_folder();
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    ck_assert_int_eq(stage_file_open(&stage, "a", &file), ERR_OK);
    buf_init(&buf, 3);
    buf_put_string(&buf, "abcd");
    ck_assert_int_eq(stage_file_put(&file, &buf), ERR_MEMORY);
    ck_assert_int_eq(stage_file_close(&file, NULL), ERR_OK);
    ck_assert_int_eq(stage_file_open(&stage, "a", &file), ERR_EXISTS);
    stage_abort(&stage);
    buf_free(&buf);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(more_files_than_it_can_clean_up_are_refused)
{
    struct stage stage;
    struct stage_file file;
    char names[STAGE_FILES_MAX + 1][16], long_name[STAGE_NAME_BYTES + 1];
    make_folder();
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    memset(long_name, 'x', STAGE_NAME_BYTES);
    long_name[STAGE_NAME_BYTES] = '\0';
    ck_assert_int_eq(stage_file_open(&stage, long_name, &file), ERR_INTERNAL);
    for (int i = 0; i <= STAGE_FILES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        if (i < STAGE_FILES_MAX)
            write_file(&stage, names[i], "x", NULL);
        else
            ck_assert_int_eq(stage_file_open(&stage, names[i], &file), ERR_INTERNAL);
    }
    stage_abort(&stage);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_full_device_is_said_as_such)
{
    struct stage stage;
    struct stage_file file;
    struct buf buf;
    make_folder();
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_put_string(&buf, "0123456789");
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    ck_assert_int_eq(stage_file_open(&stage, "a", &file), ERR_OK);
    int real = file.fd;
    file.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (file.fd >= 0) {
        ck_assert_int_eq(stage_file_put(&file, &buf), ERR_SPACE);
        ck_assert_int_eq(stage.failed_errno, ENOSPC);
        ck_assert_str_eq(stage.failed_name, "a");
        close(file.fd);
    }
    file.fd = real;
    ck_assert_int_eq(stage_file_close(&file, NULL), ERR_OK);
    stage_abort(&stage);
    buf_free(&buf);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

START_TEST(a_signal_removes_what_was_begun)
{
    make_folder();
    for (size_t i = 0; i < 3; i++)
        signal(numbers[i], SIG_DFL); /* as in a program; the test runner catches some */
    for (size_t i = 0; i < 3; i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            struct stage stage;
            struct stage_file file;
            if (stage_begin(&stage, below("out"), NULL) == ERR_OK && stage_folder(&stage, "in") == ERR_OK &&
                stage_file_open(&stage, "in/a", &file) == ERR_OK)
                raise(numbers[i]);
            _exit(0);
        }
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status));
        ck_assert_int_eq(WTERMSIG(status), numbers[i]);
        ck_assert_str_eq(names_in(folder), "");
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(signals_are_left_as_they_were)
{
    struct stage stage;
    struct sigaction now;
    make_folder();
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_IGN); /* as nohup does: it must stay ignored */
    ck_assert_int_eq(stage_begin(&stage, below("out"), NULL), ERR_OK);
    ck_assert_int_eq(sigaction(SIGHUP, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_IGN);
    ck_assert_int_eq(sigaction(SIGTERM, NULL, &now), 0);
    ck_assert(now.sa_handler != SIG_DFL);
    stage_abort(&stage);
    ck_assert_int_eq(sigaction(SIGTERM, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_DFL);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

RUN_TESTS("base/stage", a_result_appears_whole_and_only_at_the_end, an_abort_leaves_nothing,
          what_stands_there_already_is_not_touched, an_empty_directory_may_be_filled,
          an_empty_directory_stays_when_the_work_ends_early, replacing_exchanges_the_old_result_for_the_new,
          only_an_earlier_result_is_replaced, an_old_result_with_files_of_others_stays_as_it_was,
          a_name_taken_meanwhile_ends_it_with_nothing_left, a_parent_that_cannot_hold_it_is_an_error,
          a_bare_name_goes_into_the_working_directory, a_buffer_that_failed_is_not_written,
          more_files_than_it_can_clean_up_are_refused, a_full_device_is_said_as_such, a_signal_removes_what_was_begun,
          signals_are_left_as_they_were)
