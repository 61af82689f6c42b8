#include "serve/inputs.h"

#include "ipc/service_options.h"
#include "support/support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 256 };

static char folder[PATH_BYTES], list[PATH_BYTES], notices[PATH_BYTES], notice[PATH_BYTES], certificate[PATH_BYTES];
static struct settings settings;

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void in_folder(char out[PATH_BYTES], const char *name)
{
    ck_assert_int_lt(snprintf(out, PATH_BYTES, "%.200s/%s", folder, name), PATH_BYTES);
}

static void open_all(void)
{
    snprintf(folder, sizeof folder, "/tmp/stagematch-inputs-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    in_folder(list, "reasons.csv");
    in_folder(notices, "notices");
    in_folder(notice, "notices/invitation.txt");
    in_folder(certificate, "tls.crt");
    ck_assert_int_eq(mkdir(notices, 0700), 0);
    write_file(list, "one");
    write_file(notice, "one");
    write_file(certificate, "one");
    ck_assert_int_eq(settings_new(service_options, service_option_count, &settings), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "reasons", list), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "notices", notices), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "tls_certificate", certificate), ERR_OK);
}

static void close_all(void)
{
    settings_free(&settings);
    (void)unlink(list);
    (void)unlink(notice);
    (void)unlink(certificate);
    ck_assert_int_eq(rmdir(notices), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Whether the inputs are others than at the last call. */
static bool changed(void)
{
    static char before[DIGEST_HEX_BYTES];
    char now[DIGEST_HEX_BYTES];
    inputs_digest(&settings, now);
    bool differs = strcmp(now, before) != 0;
    memcpy(before, now, sizeof now);
    return differs;
}

START_TEST(what_a_role_was_started_with_is_told_from_what_is_there_now)
{
    open_all();
    ck_assert(changed());
    ck_assert(!changed());
    write_file(list, "longer");
    ck_assert_msg(changed(), "a list");
    write_file(notice, "longer");
    ck_assert_msg(changed(), "a file in a folder");
    ck_assert_int_eq(unlink(notice), 0);
    ck_assert_msg(changed(), "a file that left a folder");
    ck_assert_int_eq(unlink(list), 0);
    ck_assert_msg(changed(), "a list that is gone");
    ck_assert_int_eq(settings_set(&settings, "log_level", "debug"), ERR_OK);
    ck_assert_msg(changed(), "a setting");
    ck_assert(!changed());
    close_all();
}
END_TEST

START_TEST(the_certificate_is_left_out_and_its_path_is_not)
{
    open_all();
    (void)changed();
    write_file(certificate, "longer");
    ck_assert_int_eq(chmod(certificate, 0600), 0);
    ck_assert(!changed());
    ck_assert_int_eq(settings_set(&settings, "tls_certificate", list), ERR_OK);
    ck_assert(changed());
    close_all();
}
END_TEST

START_TEST(a_file_beside_a_folder_is_no_file_in_it)
{
    char other[PATH_BYTES];
    open_all();
    (void)changed();
    in_folder(other, "other");
    write_file(other, "one");
    ck_assert(!changed());
    ck_assert_int_eq(unlink(other), 0);
    close_all();
}
END_TEST

RUN_TESTS("serve/inputs", what_a_role_was_started_with_is_told_from_what_is_there_now,
          the_certificate_is_left_out_and_its_path_is_not, a_file_beside_a_folder_is_no_file_in_it)
