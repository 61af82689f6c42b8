#include "serve/prepare.h"

#include "backup/backup.h"
#include "base/mem.h"
#include "base/random.h"
#include "cache/redis_address.h"
#include "front/numbers.h"
#include "wire/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LISTEN_BACKLOG = 4096 };

/* ---- checking ---- */

static bool is_endpoint(struct text value)
{
    struct address address;
    uint16_t port;
    return address_parse_endpoint(value, &address, &port) == ERR_OK;
}

static bool is_address_list(struct text value)
{
    struct address_list list;
    if (address_list_parse(value, &list) != ERR_OK)
        return false;
    address_list_free(&list);
    return true;
}

static bool is_url(struct text value)
{
    static const char *const starts[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(starts[i]);
        if (value.length > length && memcmp(value.data, starts[i], length) == 0)
            return !memchr(value.data, ' ', value.length) && value.data[value.length - 1] != '/';
    }
    return false;
}

static bool is_redis(struct text value)
{
    struct redis_address address;
    const char *why;
    return redis_address_parse(value, &address, &why) == ERR_OK;
}

static bool is_user(struct text value)
{
    return getpwnam(value.data) != NULL; /* a setting's text ends in NUL */
}

static const struct {
    const char *name;
    bool (*fits)(struct text value);
    const char *expected;
} checks[] = {
    {"listen", is_endpoint, "an address and a port, such as 127.0.0.1:8080 or [::1]:8080"},
    {"metrics_listen", is_endpoint, "an address and a port, such as 127.0.0.1:9180"},
    {"redirect_listen", is_endpoint, "an address and a port, such as 0.0.0.0:80"},
    {"trusted_proxies", is_address_list, "addresses or networks joined by blanks, such as 10.0.0.0/8 ::1"},
    {"shared_addresses", is_address_list, "addresses or networks joined by blanks, such as 10.0.0.0/8 ::1"},
    {"public_url", is_url, "http:// or https:// and a host, without a slash at the end"},
    {"redis", is_redis,
     "unix:/path, redis://[[user]:password@]host[:port][/db], rediss://…, or sentinel://host[:port],…/master; "
     "Redis Cluster is not supported, since what one request looks at would lie on several servers"},
    {"user_front", is_user, "a user of this system"},
    {"user_engine", is_user, "a user of this system"},
    {"user_vault", is_user, "a user of this system"},
};

/* Links in notices would lead nowhere: nothing answers plain HTTP where TLS was asked for. */
static enum err check_public_url(const struct settings *settings, FILE *complaints)
{
    static const char wanted[] = "https://";
    const char *url = settings_string(settings, "public_url");
    if (settings_string(settings, "redirect_listen") && !settings_string(settings, "tls_certificate")) {
        fprintf(complaints, "redirect_listen: there is nothing to send anybody on to without tls_certificate\n");
        return ERR_INPUT;
    }
    if (!settings_string(settings, "tls_certificate") || !url || strncmp(url, wanted, sizeof wanted - 1) == 0)
        return ERR_OK;
    fprintf(complaints, "public_url: expected https://, since tls_certificate is set\n");
    return ERR_INPUT;
}

enum err prepare_check(const struct settings *settings, FILE *complaints)
{
    enum err result = check_public_url(settings, complaints);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *value = settings_string(settings, checks[i].name);
        if (!value || checks[i].fits(text_of(value)))
            continue;
        fprintf(complaints, "%s: not a valid value; expected %s\n", checks[i].name, checks[i].expected);
        result = ERR_INPUT;
    }
    return result;
}

enum err prepare_check_same(const struct settings *now, const struct settings *next, FILE *complaints)
{
    static const char *const fixed[] = {"listen",      "metrics_listen", "data_dir", "master_key",     "user_front",
                                        "user_engine", "user_vault",     "fronts",   "redirect_listen"};
    enum err result = ERR_OK;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        const char *a = settings_string(now, fixed[i]), *b = settings_string(next, fixed[i]);
        if ((!a && !b) || (a && b && strcmp(a, b) == 0))
            continue;
        fprintf(complaints, "%s: cannot change while the service runs; stop it and start it again\n", fixed[i]);
        result = ERR_INPUT;
    }
    return result;
}

/* ---- files ---- */

static enum err complain(FILE *complaints, const char *what, const char *path)
{
    fprintf(complaints, "stagematch serve: cannot %s %s: %s\n", what, path, strerror(errno));
    return err_from_errno(errno);
}

static enum err path_in(const char *folder, const char *name, char out[PATH_BYTES])
{
    int length = snprintf(out, PATH_BYTES, "%s/%s", folder, name);
    return length > 0 && length < PATH_BYTES ? ERR_OK : ERR_RANGE;
}

/* Makes the folder if it is not there, for `user` where root gives it away. */
static enum err make_folder(const char *path, mode_t mode, const char *user, FILE *complaints)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return complain(complaints, "make the folder", path);
    const struct passwd *owner = user && getuid() == 0 ? getpwnam(user) : NULL;
    if (owner && chown(path, owner->pw_uid, owner->pw_gid) != 0)
        return complain(complaints, "give away the folder", path);
    return chmod(path, mode) == 0 ? ERR_OK : complain(complaints, "protect the folder", path);
}

static enum err make_role_folder(const struct settings *settings, enum role_name role, char **out, FILE *complaints)
{
    char path[PATH_BYTES], user[32], *copy;
    snprintf(user, sizeof user, "user_%s", role_text(role));
    enum err e = path_in(settings_string(settings, "data_dir"), role_text(role), path);
    if (e == ERR_OK)
        e = make_folder(path, 0700, settings_string(settings, user), complaints);
    if (e == ERR_OK)
        e = mem_alloc(strlen(path) + 1, 1, &copy);
    if (e != ERR_OK)
        return e;
    memcpy(copy, path, strlen(path) + 1);
    *out = copy;
    return ERR_OK;
}

/* Half restored data look like a new service's: starting on them would lose the rest. */
static enum err check_restored(const char *data_dir, FILE *complaints)
{
    char path[PATH_BYTES];
    enum err e = path_in(data_dir, RESTORE_MARK, path);
    if (e != ERR_OK || access(path, F_OK) != 0)
        return e;
    fprintf(complaints,
            "stagematch serve: a restore into %s was cut off; run `stagematch restore` again, with --replace\n",
            data_dir);
    return ERR_MISMATCH;
}

static enum err make_folders(const struct settings *settings, struct preparation *made, FILE *complaints)
{
    const char *data_dir = settings_string(settings, "data_dir");
    bool gives_away =
        getuid() == 0 && (settings_string(settings, "user_engine") || settings_string(settings, "user_vault"));
    /* Other users need to pass through it to their own folder, not to look into it. */
    enum err e = make_folder(data_dir, gives_away ? 0711 : 0700, NULL, complaints);
    if (e == ERR_OK)
        e = check_restored(data_dir, complaints);
    if (e == ERR_OK)
        e = make_role_folder(settings, ROLE_ENGINE, &made->folders[ROLE_ENGINE], complaints);
    if (e == ERR_OK)
        e = make_role_folder(settings, ROLE_VAULT, &made->folders[ROLE_VAULT], complaints);
    return e;
}

/* A lock that was handed over must be that of the same folder. */
static enum err take_handed_lock(const char *path, struct handed *handed, struct preparation *made, FILE *complaints)
{
    struct stat own, other;
    made->is_anothers = true;
    made->lock_fd = handed->fds[HANDED_LOCK];
    handed->fds[HANDED_LOCK] = -1;
    if (stat(path, &own) == 0 && fstat(made->lock_fd, &other) == 0 && own.st_dev == other.st_dev &&
        own.st_ino == other.st_ino)
        return ERR_OK;
    fprintf(complaints, "data_dir: cannot change in an upgrade; stop the service and start it again\n");
    return ERR_INPUT;
}

static enum err take_lock(const struct settings *settings, struct handed *handed, struct preparation *made,
                          FILE *complaints)
{
    char path[PATH_BYTES];
    enum err e = path_in(settings_string(settings, "data_dir"), "lock", path);
    if (e != ERR_OK)
        return e;
    if (handed->fds[HANDED_LOCK] >= 0)
        return take_handed_lock(path, handed, made, complaints);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return complain(complaints, "open", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fprintf(complaints, "stagematch serve: a service runs already on this data_dir (%s is locked)\n", path);
        close(fd);
        return ERR_EXISTS;
    }
    made->lock_fd = fd;
    return ERR_OK;
}

void prepare_own(struct preparation *preparation)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d\n", (int)getpid());
    preparation->is_anothers = false;
    ssize_t written =
        ftruncate(preparation->lock_fd, 0) == 0 ? pwrite(preparation->lock_fd, text, (size_t)length, 0) : 0;
    (void)written; /* a help for people; the lock is what counts */
}

/* ---- sockets ---- */

/* Where a socket is bound, as people write it. */
static enum err find_bound(int fd, struct address *address, uint16_t *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4; /* the port stands at the same place in both families' addresses */
        struct sockaddr_storage storage;
    } bound = {.storage = {.ss_family = AF_UNSPEC}};
    socklen_t length = sizeof bound;
    if (getsockname(fd, &bound.any, &length) != 0)
        return err_from_errno(errno);
    *port = ntohs(bound.ipv4.sin_port);
    return address_of_sockaddr(&bound.any, address);
}

static void write_endpoint(const struct address *address, uint16_t port, char out[SERVICE_ADDRESS_BYTES])
{
    char text[ADDRESS_TEXT_BYTES];
    address_format(address, text);
    snprintf(out, SERVICE_ADDRESS_BYTES, strchr(text, ':') ? "[%s]:%u" : "%s:%u", text, (unsigned)port);
}

static enum err bind_socket(const char *endpoint, int *out, FILE *complaints)
{
    struct address address;
    struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
    uint16_t port;
    enum err e = address_parse_endpoint(text_of(endpoint), &address, &port);
    if (e != ERR_OK)
        return e;
    socklen_t length = (socklen_t)address_to_sockaddr(&address, port, &storage);
    int yes = 1, fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return complain(complaints, "make a socket for", endpoint);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (struct sockaddr *)&storage, length) != 0 || listen(fd, LISTEN_BACKLOG) != 0) {
        e = complain(complaints, "listen on", endpoint);
        close(fd);
        return e;
    }
    *out = fd;
    return ERR_OK;
}

/* A socket that the service had before is the setting's, unless that was changed; one of systemd's goes before the setting. */
static enum err check_handed_socket(const struct preparation *made, const char *setting, const char *endpoint,
                                    const struct address *bound, uint16_t bound_port, FILE *complaints)
{
    struct address wanted;
    uint16_t port;
    if (!made->is_anothers || address_parse_endpoint(text_of(endpoint), &wanted, &port) != ERR_OK)
        return ERR_OK;
    if (address_equal(&wanted, bound) && (port == 0 || port == bound_port))
        return ERR_OK;
    fprintf(complaints, "%s: cannot change in an upgrade; stop the service and start it again\n", setting);
    return ERR_INPUT;
}

/* The socket of one setting: the one that was handed over, or a new one. */
static enum err open_socket(const struct settings *settings, const char *setting, int *handed,
                            struct preparation *made, int *out, char bound_text[SERVICE_ADDRESS_BYTES],
                            FILE *complaints)
{
    const char *endpoint = settings_string(settings, setting);
    struct address bound = {{0}};
    uint16_t port = 0;
    bool is_handed = *handed >= 0;
    enum err e = is_handed ? ERR_OK : bind_socket(endpoint, out, complaints);
    if (is_handed)
        *out = *handed;
    *handed = -1;
    if (e == ERR_OK && (e = find_bound(*out, &bound, &port)) != ERR_OK)
        fprintf(complaints, "stagematch serve: the socket of %s has no address that it could have\n", setting);
    if (e == ERR_OK && is_handed)
        e = check_handed_socket(made, setting, endpoint, &bound, port, complaints);
    if (e == ERR_OK)
        write_endpoint(&bound, port, bound_text);
    return e;
}

/* Whole or not at all, so that who waits for the file reads an address. */
static enum err write_address(const char *data_dir, const char *name, const char *bound, FILE *complaints)
{
    char path[PATH_BYTES], draft[PATH_BYTES];
    enum err e = path_in(data_dir, name, path);
    if (e == ERR_OK)
        e = path_in(data_dir, "address.draft", draft);
    if (e != ERR_OK)
        return e;
    FILE *file = fopen(draft, "we");
    if (!file)
        return complain(complaints, "write", draft);
    bool written = fprintf(file, "%s\n", bound) > 0;
    written = fclose(file) == 0 && written;
    return written && rename(draft, path) == 0 ? ERR_OK : complain(complaints, "write", path);
}

static void write_url(struct preparation *made)
{
    snprintf(made->url, sizeof made->url, "%s%s", made->certificate.bytes ? "https://" : "http://", made->address);
}

static enum err open_redirect(const struct settings *settings, struct handed *handed, struct preparation *made,
                              FILE *complaints)
{
    char bound[SERVICE_ADDRESS_BYTES];
    enum err e = open_socket(settings, "redirect_listen", &handed->fds[HANDED_REDIRECT], made, &made->redirect_fd,
                             bound, complaints);
    return e == ERR_OK ? write_address(settings_string(settings, "data_dir"), "redirect_address", bound, complaints)
                       : e;
}

static enum err open_sockets(const struct settings *settings, struct handed *handed, struct preparation *made,
                             FILE *complaints)
{
    const char *data_dir = settings_string(settings, "data_dir");
    char metrics[SERVICE_ADDRESS_BYTES];
    enum err e =
        open_socket(settings, "listen", &handed->fds[HANDED_API], made, &made->listen_fd, made->address, complaints);
    if (e == ERR_OK)
        e = open_socket(settings, "metrics_listen", &handed->fds[HANDED_METRICS], made, &made->metrics_fd, metrics,
                        complaints);
    if (e == ERR_OK)
        e = write_address(data_dir, "metrics_address", metrics, complaints);
    if (e == ERR_OK && settings_string(settings, "redirect_listen"))
        e = open_redirect(settings, handed, made, complaints);
    write_url(made);
    return e == ERR_OK ? write_address(data_dir, "address", made->address, complaints) : e;
}

/* A front that was taken over could otherwise cut it short under the others. */
static enum err make_numbers(const struct settings *settings, struct preparation *made, FILE *complaints)
{
    size_t bytes = numbers_bytes((size_t)settings_number(settings, "fronts"));
    made->numbers_fd = memfd_create("stagematch-numbers", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (made->numbers_fd < 0 || ftruncate(made->numbers_fd, (off_t)bytes) != 0 ||
        fcntl(made->numbers_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return complain(complaints, "make", "memory for metrics");
    return ERR_OK;
}

/* ---- keys ---- */

static enum err check_key_file(int fd, const char *path, FILE *complaints)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return complain(complaints, "look at", path);
    if (!S_ISREG(info.st_mode) || info.st_size != SERVICE_KEY_BYTES) {
        fprintf(complaints, "stagematch serve: %s is no master key: expected a file of %d bytes\n", path,
                SERVICE_KEY_BYTES);
        return ERR_INPUT;
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO)) {
        fprintf(complaints, "stagematch serve: others can read %s; make it its owner's alone: chmod 600\n", path);
        return ERR_INPUT;
    }
    return ERR_OK;
}

static enum err read_master_key(const char *path, uint8_t *key, FILE *complaints)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        enum err e = complain(complaints, "open the master key", path);
        if (e == ERR_MISSING)
            fprintf(complaints,
                    "Make one for a new service, and keep a copy in a safe place (without it nobody can read what "
                    "the vault holds): (umask 077 && head -c %d /dev/urandom > FILE)\n",
                    SERVICE_KEY_BYTES);
        return e;
    }
    enum err e = check_key_file(fd, path, complaints);
    if (e == ERR_OK && read(fd, key, SERVICE_KEY_BYTES) != SERVICE_KEY_BYTES)
        e = complain(complaints, "read", path);
    close(fd);
    return e;
}

static enum err make_keys(const struct settings *settings, struct preparation *made, FILE *complaints)
{
    struct random_source random;
    enum err e = random_system(&random);
    if (e != ERR_OK)
        return e;
    made->assertion_key = sodium_malloc(SERVICE_KEY_BYTES);
    made->cache_key = sodium_malloc(SERVICE_KEY_BYTES);
    made->master_key = sodium_malloc(SERVICE_KEY_BYTES);
    if (!made->assertion_key || !made->cache_key || !made->master_key)
        return ERR_MEMORY;
    random_fill(&random, made->cache_key, SERVICE_KEY_BYTES);
    random_fill(&random, made->assertion_key, SERVICE_KEY_BYTES);
    return read_master_key(settings_string(settings, "master_key"), made->master_key, complaints);
}

enum err prepare_master_key(const char *path)
{
    uint8_t key[SERVICE_KEY_BYTES];
    struct random_source random;
    enum err e = random_system(&random);
    if (e != ERR_OK)
        return e;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_from_errno(errno);
    random_fill(&random, key, sizeof key);
    if (write(fd, key, sizeof key) != (ssize_t)sizeof key || fsync(fd) != 0)
        e = err_from_errno(errno);
    sodium_memzero(key, sizeof key);
    close(fd);
    if (e != ERR_OK)
        unlink(path);
    return e;
}

/* ---- all of it ---- */

enum err prepare_service(const struct settings *settings, struct handed *handed, struct preparation *out,
                         FILE *complaints)
{
    struct preparation made = {.lock_fd = -1, .listen_fd = -1, .metrics_fd = -1, .redirect_fd = -1, .numbers_fd = -1};
    enum err e = make_keys(settings, &made, complaints);
    if (e == ERR_OK)
        e = certificate_read(settings, &made.certificate, complaints);
    if (e == ERR_OK)
        e = make_folders(settings, &made, complaints);
    if (e == ERR_OK)
        e = take_lock(settings, handed, &made, complaints);
    if (e == ERR_OK)
        e = open_sockets(settings, handed, &made, complaints);
    if (e == ERR_OK)
        e = make_numbers(settings, &made, complaints);
    if (e == ERR_OK)
        *out = made;
    else
        prepare_undo(settings, &made);
    return e;
}

void prepare_replace_certificate(struct preparation *preparation, const struct certificate *next)
{
    certificate_free(&preparation->certificate);
    preparation->certificate = *next;
    write_url(preparation);
}

static void remove_address(const char *data_dir, const char *name)
{
    char path[PATH_BYTES];
    if (path_in(data_dir, name, path) == ERR_OK)
        unlink(path);
}

void prepare_undo(const struct settings *settings, struct preparation *preparation)
{
    const int fds[] = {preparation->lock_fd, preparation->listen_fd, preparation->metrics_fd,
                       preparation->redirect_fd, preparation->numbers_fd};
    if (preparation->lock_fd >= 0 && !preparation->is_anothers) {
        remove_address(settings_string(settings, "data_dir"), "address");
        remove_address(settings_string(settings, "data_dir"), "metrics_address");
        remove_address(settings_string(settings, "data_dir"), "redirect_address");
    }
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    for (int role = 0; role < ROLE_NAME_COUNT; role++)
        mem_free(preparation->folders[role]);
    sodium_free(preparation->assertion_key);
    sodium_free(preparation->cache_key);
    sodium_free(preparation->master_key);
    certificate_free(&preparation->certificate);
    *preparation =
        (struct preparation){.lock_fd = -1, .listen_fd = -1, .metrics_fd = -1, .redirect_fd = -1, .numbers_fd = -1};
}
