#include "serve/demo.h"

#include "base/clock.h"
#include "base/mem.h"
#include "serve/demo_seed.h"
#include "serve/demo_signal.h"
#include "serve/demo_term.h"
#include "serve/prepare.h"
#include "vault/offline.h"
#include "wire/tls_self_signed.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

struct demo_files {
    char folder[PATH_BYTES], master_key[PATH_BYTES], mail[PATH_BYTES], notify[PATH_BYTES], vault[PATH_BYTES];
    char certificate[PATH_BYTES], key[PATH_BYTES];
    char web[PATH_BYTES]; /* "": there is no web application */
    bool temporary;
};

/* What the service reads: the configuration, with the demo's own folder, key and mailer in it. */
struct demo_source {
    const struct demo *demo;
    const struct demo_files *files;
};

/* Plain or not is the command's choice: the demo has no certificate of anybody's. */
static enum err set_tls(const struct demo_source *source, struct settings *out, FILE *complaints)
{
    char url[PATH_BYTES];
    if (!source->demo->tls && settings_string(out, "tls_certificate")) {
        fputs("stagematch demo: the configuration asks for TLS; with --tls the demo makes a certificate of its own\n",
              complaints);
        return ERR_USAGE;
    }
    if (!source->demo->tls)
        return ERR_OK;
    snprintf(url, sizeof url, "https://%s", settings_string(out, "listen"));
    enum err e = settings_set(out, "tls_certificate", source->files->certificate);
    if (e == ERR_OK)
        e = settings_set(out, "tls_key", source->files->key);
    return e == ERR_OK ? settings_set(out, "public_url", url) : e;
}

/* The web application that was built with this program lies beside it. */
static enum err find_web(const char *wanted, char out[PATH_BYTES])
{
    static const char index[] = "/web/index.html";
    char program[PATH_BYTES];
    if (wanted)
        return snprintf(out, PATH_BYTES, "%s", wanted) < PATH_BYTES ? ERR_OK : ERR_RANGE;
    out[0] = '\0';
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof index);
    while (length > 0 && program[length - 1] != '/')
        length--;
    if (length < 2)
        return ERR_OK;
    memcpy(program + length - 1, index, sizeof index);
    if (access(program, R_OK) == 0)
        snprintf(out, PATH_BYTES, "%.*sweb", (int)length, program);
    return ERR_OK;
}

static enum err read_settings(void *context, struct settings *out, FILE *complaints)
{
    const struct demo_source *source = context;
    enum err e = source->demo->source.read(source->demo->source.context, out, complaints);
    if (e != ERR_OK)
        return e;
    const char *const values[][2] = {
        {"data_dir", source->files->folder},         {"master_key", source->files->master_key},
        {"metrics_listen", "127.0.0.1:0"},           {"monitor_wait_days", DEMO_MONITOR_WAIT_DAYS},
        {"signal_reference", DEMO_SIGNAL_REFERENCE}, {"signal_level_ppm", DEMO_SIGNAL_LEVEL_PPM},
        {"notify_command", source->files->notify}};
    for (size_t i = 0; i < sizeof values / sizeof values[0] && e == ERR_OK; i++)
        e = settings_set(out, values[i][0], values[i][1]);
    if (e == ERR_OK)
        e = set_tls(source, out, complaints);
    if (e == ERR_OK && source->files->web[0])
        e = settings_set(out, "web_root", source->files->web);
    if (e != ERR_OK)
        settings_free(out);
    return e;
}

static enum err say(const char *path, int number)
{
    fprintf(stderr, "stagematch demo: %s: %s\n", path, strerror(number));
    return err_from_errno(number);
}

/* A mailer that keeps each message as a file. */
static enum err write_notify(const struct demo_files *files)
{
    FILE *script = fopen(files->notify, "w");
    if (!script)
        return say(files->notify, errno);
    fprintf(script, "#!/bin/sh\nexec cat >\"$(mktemp '%s/XXXXXXXX')\"\n", files->mail);
    if (fclose(script) != 0 || chmod(files->notify, 0700) != 0)
        return say(files->notify, errno);
    return ERR_OK;
}

static enum err name_files(const char *folder, struct demo_files *out)
{
    static const char *const names[] = {"master.key", "mail", "notify", "vault", "tls.crt", "tls.key"};
    char *const paths[] = {out->master_key, out->mail, out->notify, out->vault, out->certificate, out->key};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (snprintf(paths[i], PATH_BYTES, "%s/%s", folder, names[i]) >= PATH_BYTES)
            return ERR_RANGE;
    return ERR_OK;
}

static enum err make_folder(const char *wanted, struct demo_files *out)
{
    const char *temporary = getenv("TMPDIR");
    out->temporary = !wanted;
    if (snprintf(out->folder, PATH_BYTES, "%s%s",
                 wanted      ? wanted
                 : temporary ? temporary
                             : "/tmp",
                 wanted ? "" : "/stagematch-demo-XXXXXX") >= PATH_BYTES)
        return ERR_RANGE;
    if (!wanted)
        return mkdtemp(out->folder) ? ERR_OK : say(out->folder, errno);
    if (mkdir(wanted, 0700) != 0) {
        say(wanted, errno);
        if (errno == EEXIST)
            fputs("stagematch demo: --data names a folder that is not there yet\n", stderr);
        return ERR_EXISTS;
    }
    char *real = realpath(wanted, NULL);
    if (!real || strlen(real) >= PATH_BYTES) {
        free(real);
        return ERR_RANGE;
    }
    strncpy(out->folder, real, PATH_BYTES);
    free(real); /* realpath's own allocation */
    return ERR_OK;
}

static enum err write_pem(const char *path, struct text pem, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return say(path, errno);
    bool written = write(fd, pem.data, pem.length) == (ssize_t)pem.length;
    enum err e = written ? ERR_OK : say(path, errno);
    close(fd);
    return e;
}

static enum err make_certificate(const struct demo_files *files)
{
    enum { PEM_BYTES_MAX = 64 << 10, VALID_S = 90 * 86400, PAST_S = 3600 };
    const struct clock clock = clock_system();
    int64_t now_s = clock_wall_ms(&clock) / 1000;
    const struct tls_wish wish = {"Stagematch demo", now_s - PAST_S, now_s + VALID_S, 0};
    struct buf certificate, key;
    buf_init(&certificate, PEM_BYTES_MAX);
    buf_init(&key, PEM_BYTES_MAX);
    enum err e = tls_self_signed(&wish, &certificate, &key);
    if (e == ERR_OK)
        e = write_pem(files->certificate, buf_text(&certificate), 0644);
    if (e == ERR_OK)
        e = write_pem(files->key, buf_text(&key), 0600);
    if (key.data)
        sodium_memzero(key.data, key.length);
    buf_free(&key);
    buf_free(&certificate);
    return e;
}

static enum err make_files(const char *wanted, bool tls, struct demo_files *out, char password[DEMO_PASSWORD_BYTES])
{
    uint8_t key[MASTER_KEY_BYTES];
    struct buf complaint;
    enum err e = make_folder(wanted, out);
    if (e == ERR_OK)
        e = name_files(out->folder, out);
    if (e == ERR_OK && (mkdir(out->mail, 0700) != 0 || mkdir(out->vault, 0700) != 0))
        e = say(out->folder, errno);
    if (e == ERR_OK)
        e = write_notify(out);
    if (e == ERR_OK && tls)
        e = make_certificate(out);
    if (e == ERR_OK && (e = prepare_master_key(out->master_key)) != ERR_OK)
        fprintf(stderr, "stagematch demo: %s: %s\n", out->master_key, err_text(e));
    if (e != ERR_OK)
        return e;
    buf_init(&complaint, 4096);
    e = master_key_read(out->master_key, key, &complaint);
    if (e == ERR_OK)
        e = demo_seed_accounts(out->vault, key, password);
    sodium_memzero(key, sizeof key);
    buf_free(&complaint);
    return e;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* The seeder is a process beside the service; where it fails the service ends. */
static pid_t start_seeder(const struct demo *demo, const struct demo_files *files, const char *password,
                          const sigset_t *blocked)
{
    pid_t service = getpid();
    pid_t seeder = fork();
    if (seeder != 0)
        return seeder;
    sigprocmask(SIG_UNBLOCK, blocked, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    enum err e = demo_seed_service(&(struct demo_place){files->folder, demo->config_folder,
                                                        demo->tls ? files->certificate : NULL, files->web[0] != '\0'},
                                   password);
    if (e != ERR_OK)
        kill(service, SIGTERM);
    _exit(e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* From the first file on, whatever ends the demo must leave nothing behind: the service takes these signals when it is there. */
static void block_ending(sigset_t *blocked)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(blocked, numbers[i]);
    sigprocmask(SIG_BLOCK, blocked, NULL);
}

static void nothing(int number)
{
    (void)number;
}

/* Behind the service's own handlers: a second signal, or the seeder's, that comes when those are gone ends nothing half-way. */
static void survive_ending(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)signal(numbers[i], nothing);
}

enum err demo_run(const struct demo *demo)
{
    struct demo_files files = {.folder = ""};
    char password[DEMO_PASSWORD_BYTES];
    int status = 0;
    sigset_t blocked;
    block_ending(&blocked);
    enum err e = find_web(demo->web, files.web);
    if (e == ERR_OK)
        e = make_files(demo->folder, demo->tls, &files, password);
    if (e == ERR_OK) {
        pid_t seeder = start_seeder(demo, &files, password, &blocked);
        struct demo_source source = {demo, &files};
        survive_ending();
        e = serve_run(&(struct serve_source){.read = read_settings, .context = &source, .ends_on_hangup = true});
        if (seeder > 0 && kill(seeder, SIGTERM) == 0)
            while (waitpid(seeder, &status, 0) < 0 && errno == EINTR)
                ;
        if (e == ERR_OK && WIFEXITED(status) && WEXITSTATUS(status) != 0)
            e = ERR_IO;
    }
    sodium_memzero(password, sizeof password);
    if (files.temporary && files.folder[0])
        nftw(files.folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return e;
}
