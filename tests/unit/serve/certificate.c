#include "serve/certificate.h"

#include "base/buf.h"
#include "base/clock.h"
#include "ipc/service_options.h"
#include "support/support.h"
#include "wire/tls_self_signed.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 256 };

static const int64_t day_s = 86400;

static char folder[PATH_BYTES], certificate_path[PATH_BYTES], key_path[PATH_BYTES];
static struct settings settings;
static char *complaint;
static size_t complaint_length;

static void write_file(const char *path, const void *bytes, size_t length, mode_t mode)
{
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static int64_t now_s(void)
{
    const struct clock clock = clock_system();
    return clock_wall_ms(&clock) / 1000;
}

/* A pair that is good from `from_s` to `until_s`, seen from now. */
static void write_pair(int64_t from_s, int64_t until_s)
{
    struct buf certificate, key;
    const struct tls_wish wish = {"a", now_s() + from_s, now_s() + until_s, 0};
    buf_init(&certificate, 1 << 20);
    buf_init(&key, 1 << 20);
    ck_assert_int_eq(tls_self_signed(&wish, &certificate, &key), ERR_OK);
    write_file(certificate_path, certificate.data, certificate.length, 0644);
    write_file(key_path, key.data, key.length, 0600);
    buf_free(&certificate);
    buf_free(&key);
}

static void open_all(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    snprintf(folder, sizeof folder, "/tmp/stagematch-certificate-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_lt(snprintf(certificate_path, PATH_BYTES, "%.200s/tls.crt", folder), PATH_BYTES);
    ck_assert_int_lt(snprintf(key_path, PATH_BYTES, "%.200s/tls.key", folder), PATH_BYTES);
    ck_assert_int_eq(settings_new(service_options, service_option_count, &settings), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "tls_certificate", certificate_path), ERR_OK);
    ck_assert_int_eq(settings_set(&settings, "tls_key", key_path), ERR_OK);
    write_pair(-day_s, day_s);
}

static void close_all(void)
{
    settings_free(&settings);
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    ck_assert_int_eq(rmdir(folder), 0);
    free(complaint);
    complaint = NULL;
}

static enum err read_pair(struct certificate *out)
{
    free(complaint);
    FILE *to = open_memstream(&complaint, &complaint_length);
    ck_assert_ptr_nonnull(to);
    enum err e = certificate_read(&settings, out, to);
    fclose(to);
    return e;
}

/* The one complaint starts with the setting, and says why. */
static void assert_refused(const char *setting, const char *why)
{
    struct certificate certificate;
    ck_assert_int_ne(read_pair(&certificate), ERR_OK);
    ck_assert_msg(strncmp(complaint, setting, strlen(setting)) == 0 && complaint[strlen(setting)] == ':', "%s",
                  complaint);
    ck_assert_msg(strstr(complaint, why) != NULL, "%s", complaint);
    ck_assert_ptr_eq(strchr(complaint, '\n'), complaint + complaint_length - 1);
    ck_assert_ptr_null(strstr(complaint, "BEGIN"));
}

START_TEST(a_good_pair_is_read_as_it_is)
{
    struct certificate first, again, other;
    open_all();
    ck_assert_int_eq(read_pair(&first), ERR_OK);
    ck_assert_int_eq(read_pair(&again), ERR_OK);
    ck_assert(certificate_is_same(&first, &again));
    struct tls_pem pem = certificate_pem(&first);
    ck_assert_int_eq(strncmp(pem.certificate.data, "-----BEGIN CERTIFICATE-----", 27), 0);
    ck_assert_int_eq(strncmp(pem.key.data, "-----BEGIN PRIVATE KEY-----", 27), 0);
    write_pair(-day_s, day_s);
    ck_assert_int_eq(read_pair(&other), ERR_OK);
    ck_assert(!certificate_is_same(&first, &other));
    certificate_free(&other);
    ck_assert(!certificate_is_same(&first, &other));
    ck_assert_uint_eq(certificate_pem(&other).certificate.length, 0);
    certificate_free(&first);
    certificate_free(&again);
    ck_assert(certificate_is_same(&first, &again));
    close_all();
}
END_TEST

START_TEST(without_settings_there_is_none_and_one_alone_is_wrong)
{
    struct certificate certificate;
    open_all();
    settings_free(&settings);
    ck_assert_int_eq(settings_new(service_options, service_option_count, &settings), ERR_OK);
    ck_assert_int_eq(read_pair(&certificate), ERR_OK);
    ck_assert_ptr_null(certificate.bytes);
    ck_assert_int_eq(settings_set(&settings, "tls_key", key_path), ERR_OK);
    assert_refused("tls_certificate", "is not set");
    close_all();
}
END_TEST

START_TEST(what_cannot_serve_is_said_with_its_setting)
{
    static char long_text[CERTIFICATE_BYTES_MAX + 1];
    open_all();
    write_pair(-2 * day_s, -day_s);
    assert_refused("tls_certificate", "has expired");
    write_pair(day_s, 2 * day_s);
    assert_refused("tls_certificate", "is not valid yet");
    write_pair(-day_s, day_s);
    ck_assert_int_eq(chmod(key_path, 0640), 0);
    struct certificate certificate;
    ck_assert_int_eq(read_pair(&certificate), ERR_OK); /* a group may have it */
    certificate_free(&certificate);
    ck_assert_int_eq(chmod(key_path, 0604), 0);
    assert_refused("tls_key", "chmod o=");
    write_file(key_path, "secret", 6, 0600);
    assert_refused("tls_key", "no private key");
    memset(long_text, 'x', sizeof long_text);
    write_file(key_path, long_text, CERTIFICATE_KEY_BYTES_MAX, 0600);
    assert_refused("tls_key", "longer");
    write_file(certificate_path, long_text, CERTIFICATE_BYTES_MAX, 0644);
    assert_refused("tls_certificate", "longer");
    ck_assert_int_eq(unlink(certificate_path), 0);
    assert_refused("tls_certificate", "cannot be read");
    ck_assert_int_eq(mkfifo(certificate_path, 0600), 0); /* nobody waits for a writer */
    assert_refused("tls_certificate", "is no file");
    close_all();
}
END_TEST

RUN_TESTS("serve/certificate", a_good_pair_is_read_as_it_is, without_settings_there_is_none_and_one_alone_is_wrong,
          what_cannot_serve_is_said_with_its_setting)
