#include "serve/certificate.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char certificate_setting[] = "tls_certificate", key_setting[] = "tls_key";

static enum err complain(FILE *complaints, const char *setting, const char *path, const char *what)
{
    fprintf(complaints, "%s: %s %s\n", setting, path, what);
    return ERR_INPUT;
}

static enum err complain_errno(FILE *complaints, const char *setting, const char *path)
{
    int number = errno;
    fprintf(complaints, "%s: %s cannot be read: %s\n", setting, path, strerror(number));
    return err_from_errno(number);
}

/* The whole file, without a buffer in between. */
static enum err read_whole(int fd, const char *setting, const char *path, char *to, size_t max, size_t *length,
                           FILE *complaints)
{
    size_t got = 0;
    for (;;) {
        ssize_t piece = read(fd, to + got, max - got);
        if (piece < 0 && errno == EINTR)
            continue;
        if (piece < 0)
            return complain_errno(complaints, setting, path);
        if (piece == 0)
            break;
        got += (size_t)piece;
        if (got == max)
            return complain(complaints, setting, path, "is longer than any PEM file of its kind");
    }
    *length = got;
    return ERR_OK;
}

static enum err read_file(const char *setting, const char *path, char *to, size_t max, size_t *length,
                          FILE *complaints)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return complain_errno(complaints, setting, path);
    enum err e = ERR_OK;
    if (fstat(fd, &info) != 0)
        e = complain_errno(complaints, setting, path);
    else if (!S_ISREG(info.st_mode))
        e = complain(complaints, setting, path, "is no file");
    else if (setting == key_setting && info.st_mode & S_IRWXO)
        e = complain(complaints, setting, path, "is open to everybody on this machine; chmod o= closes it");
    if (e == ERR_OK)
        e = read_whole(fd, setting, path, to, max, length, complaints);
    close(fd);
    return e;
}

static enum err check_pair(const struct certificate *certificate, const char *const paths[2], FILE *complaints)
{
    struct tls *tls;
    enum tls_fault fault;
    const struct tls_pem pem = certificate_pem(certificate);
    const struct clock clock = clock_system();
    enum err e = tls_new(&pem, &tls, &fault);
    if (e == ERR_OK) {
        fault = tls_fault_at(tls, clock_wall_ms(&clock) / 1000);
        tls_free(tls);
    }
    if (fault == TLS_FAULT_NONE)
        return e;
    bool of_key = tls_fault_is_of_key(fault);
    return complain(complaints, of_key ? key_setting : certificate_setting, paths[of_key], tls_fault_text(fault));
}

enum err certificate_read(const struct settings *settings, struct certificate *out, FILE *complaints)
{
    const char *const paths[2] = {settings_string(settings, certificate_setting),
                                  settings_string(settings, key_setting)};
    struct certificate read = {NULL, 0, 0};
    if (!paths[0] && !paths[1]) {
        *out = read;
        return ERR_OK;
    }
    if (!paths[0] || !paths[1]) {
        fprintf(complaints, "%s: is not set, and %s is; TLS needs both\n",
                paths[0] ? key_setting : certificate_setting, paths[0] ? certificate_setting : key_setting);
        return ERR_INPUT;
    }
    read.bytes = sodium_malloc(CERTIFICATE_BYTES_MAX + CERTIFICATE_KEY_BYTES_MAX);
    if (!read.bytes)
        return ERR_MEMORY;
    enum err e = read_file(certificate_setting, paths[0], read.bytes, CERTIFICATE_BYTES_MAX, &read.certificate_length,
                           complaints);
    if (e == ERR_OK)
        e = read_file(key_setting, paths[1], read.bytes + read.certificate_length, CERTIFICATE_KEY_BYTES_MAX,
                      &read.key_length, complaints);
    if (e == ERR_OK)
        e = check_pair(&read, paths, complaints);
    if (e == ERR_OK)
        *out = read;
    else
        certificate_free(&read);
    return e;
}

enum err certificate_check(const struct settings *settings, FILE *complaints)
{
    struct certificate certificate;
    enum err e = certificate_read(settings, &certificate, complaints);
    if (e == ERR_OK)
        certificate_free(&certificate);
    return e;
}

void certificate_free(struct certificate *certificate)
{
    sodium_free(certificate->bytes);
    *certificate = (struct certificate){NULL, 0, 0};
}

bool certificate_is_same(const struct certificate *a, const struct certificate *b)
{
    size_t length = a->certificate_length + a->key_length;
    return a->certificate_length == b->certificate_length && a->key_length == b->key_length &&
           (length == 0 || sodium_memcmp(a->bytes, b->bytes, length) == 0);
}

struct tls_pem certificate_pem(const struct certificate *certificate)
{
    if (!certificate->bytes)
        return (struct tls_pem){{"", 0}, {"", 0}};
    return (struct tls_pem){{certificate->bytes, certificate->certificate_length},
                            {certificate->bytes + certificate->certificate_length, certificate->key_length}};
}
