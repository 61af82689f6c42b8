#include "vault/hasher.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(HASH_TEXT_BYTES == crypto_pwhash_STRBYTES, "libsodium's strings");

enum { TRIES_MAX = 3 };

/* One packet each way. Workers are forks of this very program, so the layout is the same on both sides. */
struct question {
    bool check;
    unsigned long long operations;
    size_t memory_bytes;
    size_t password_bytes;
    char password[PASSWORD_BYTES_MAX];
    char hash[HASH_TEXT_BYTES];
};

struct answer {
    enum err result;
    char hash[HASH_TEXT_BYTES];
};

struct job {
    struct job *next;
    struct question question;
    hasher_done_cb *done;
    void *context;
    unsigned tries;
};

struct worker {
    struct hasher *hasher;
    pid_t pid; /* 0: none */
    int fd;
    struct event *readable;
    struct job *job; /* what it computes; NULL: idle */
};

struct hasher {
    struct hasher_options options;
    struct event_base *base;
    struct worker *workers;
    struct event *start; /* hands waiting jobs to idle workers, in a turn of its own */
    struct job *first, **last;
    char decoy[HASH_TEXT_BYTES]; /* what unknown accounts are compared with */
    struct hasher_numbers numbers;
};

static enum err compute(const struct question *question, char hash[HASH_TEXT_BYTES])
{
    if (question->check) {
        memcpy(hash, question->hash, HASH_TEXT_BYTES);
        return crypto_pwhash_str_verify(question->hash, question->password, question->password_bytes) == 0
                   ? ERR_OK
                   : ERR_MISMATCH;
    }
    return crypto_pwhash_str(hash, question->password, question->password_bytes, question->operations,
                             question->memory_bytes) == 0
               ? ERR_OK
               : ERR_MEMORY;
}

/* The worker's whole life. It ends when the vault does: its socket closes. */
static void work(int fd)
{
    struct question question;
    for (;;) {
        struct answer answer = {ERR_OK, ""};
        ssize_t got = recv(fd, &question, sizeof question, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != (ssize_t)sizeof question || question.password_bytes > PASSWORD_BYTES_MAX)
            _exit(0);
        answer.result = compute(&question, answer.hash);
        sodium_memzero(&question, sizeof question);
        if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) != (ssize_t)sizeof answer)
            _exit(0);
    }
}

static void become_worker(int fd)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGTERM, SIG_IGN); /* a stop is the vault's to hear; the worker ends with its socket */
    (void)signal(SIGINT, SIG_IGN);
    /* Nothing of the vault but this socket: no database, no lock, no channel. */
    if (dup2(fd, STDIN_FILENO) != STDIN_FILENO || syscall(SYS_close_range, 3u, ~0u, 0u) != 0)
        _exit(1);
    work(STDIN_FILENO);
}

static void stop_worker(struct worker *worker)
{
    if (worker->readable)
        event_free(worker->readable);
    worker->readable = NULL;
    if (worker->fd >= 0)
        close(worker->fd);
    worker->fd = -1;
    if (worker->pid > 0) {
        (void)kill(worker->pid, SIGKILL);
        while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    worker->pid = 0;
}

static void readable(int fd, short what, void *context);

static enum err start_worker(struct worker *worker)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return err_from_errno(errno);
    pid_t pid = fork();
    if (pid == 0) {
        become_worker(fds[1]);
        _exit(0);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return ERR_IO;
    }
    worker->pid = pid;
    worker->fd = fds[0];
    (void)evutil_make_socket_nonblocking(worker->fd);
    worker->readable = event_new(worker->hasher->base, worker->fd, EV_READ | EV_PERSIST, readable, worker);
    if (worker->readable && event_add(worker->readable, NULL) == 0)
        return ERR_OK;
    stop_worker(worker);
    return ERR_MEMORY;
}

static void free_job(struct job *job)
{
    sodium_memzero(job, sizeof *job);
    mem_free(job);
}

static void finish_job(struct hasher *hasher, struct job *job, enum err result, const char *hash)
{
    hasher->numbers.done++;
    job->done(job->context, result, hash);
    free_job(job);
}

static void push_front(struct hasher *hasher, struct job *job)
{
    job->next = hasher->first;
    if (!hasher->first)
        hasher->last = &job->next;
    hasher->first = job;
    hasher->numbers.waiting++;
}

static struct job *take_first(struct hasher *hasher)
{
    struct job *job = hasher->first;
    hasher->first = job->next;
    if (!hasher->first)
        hasher->last = &hasher->first;
    hasher->numbers.waiting--;
    return job;
}

/* A worker that failed: another takes its work, unless that work ends every worker. */
static void lost(struct worker *worker)
{
    struct hasher *hasher = worker->hasher;
    struct job *job = worker->job;
    worker->job = NULL;
    stop_worker(worker);
    hasher->numbers.restarts++;
    LOG(LOG_ERROR, "hasher_lost", LOG_NUMBER("restarts", hasher->numbers.restarts));
    if (start_worker(worker) != ERR_OK)
        LOG(LOG_ERROR, "hasher_no_worker", LOG_NUMBER("errno", errno));
    if (job && ++job->tries < TRIES_MAX)
        push_front(hasher, job);
    else if (job)
        finish_job(hasher, job, ERR_IO, "");
    event_active(hasher->start, 0, 0);
}

static void readable(int fd, short what, void *context)
{
    struct worker *worker = context;
    struct hasher *hasher = worker->hasher;
    struct answer answer;
    (void)what;
    ssize_t got = recv(fd, &answer, sizeof answer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got != (ssize_t)sizeof answer || !worker->job) {
        lost(worker);
        return;
    }
    struct job *job = worker->job;
    worker->job = NULL;
    answer.hash[HASH_TEXT_BYTES - 1] = '\0';
    if (!job->question.hash[0] && job->question.check)
        answer.result = ERR_MISMATCH;
    finish_job(hasher, job, answer.result, answer.hash);
    event_active(hasher->start, 0, 0);
}

static void give(struct worker *worker, struct job *job)
{
    struct question question = job->question;
    if (question.check && !question.hash[0])
        memcpy(question.hash, worker->hasher->decoy, HASH_TEXT_BYTES);
    worker->job = job;
    ssize_t sent = send(worker->fd, &question, sizeof question, MSG_NOSIGNAL);
    sodium_memzero(&question, sizeof question);
    if (sent != (ssize_t)sizeof question)
        lost(worker);
}

static void start_jobs(int fd, short what, void *context)
{
    struct hasher *hasher = context;
    bool any = false;
    (void)fd;
    (void)what;
    for (unsigned i = 0; i < hasher->options.workers; i++) {
        struct worker *worker = &hasher->workers[i];
        if (!worker->pid && start_worker(worker) != ERR_OK)
            continue;
        any = true;
        if (!worker->job && hasher->first)
            give(worker, take_first(hasher));
    }
    while (!any && hasher->first)
        finish_job(hasher, take_first(hasher), ERR_IO, "");
}

/* A real hash with the cost of real ones, of a password that nobody knows. */
static enum err make_decoy(struct hasher *hasher)
{
    uint8_t password[16];
    randombytes_buf(password, sizeof password);
    int failed = crypto_pwhash_str(hasher->decoy, (const char *)password, sizeof password, hasher->options.operations,
                                   hasher->options.memory_bytes);
    sodium_memzero(password, sizeof password);
    return failed ? ERR_MEMORY : ERR_OK;
}

static enum err start_all(struct hasher *hasher)
{
    enum err e = mem_alloc(hasher->options.workers, sizeof *hasher->workers, &hasher->workers);
    if (e != ERR_OK)
        return e;
    for (unsigned i = 0; i < hasher->options.workers; i++)
        hasher->workers[i] = (struct worker){.hasher = hasher, .fd = -1};
    for (unsigned i = 0; i < hasher->options.workers && e == ERR_OK; i++)
        e = start_worker(&hasher->workers[i]);
    return e;
}

enum err hasher_new(const struct hasher_options *options, struct event_base *base, struct hasher **out)
{
    struct hasher *hasher;
    enum err e = mem_alloc(1, sizeof *hasher, &hasher);
    if (e != ERR_OK)
        return e;
    hasher->options = *options;
    if (!hasher->options.operations) {
        hasher->options.operations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
        hasher->options.memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    }
    hasher->base = base;
    hasher->last = &hasher->first;
    e = start_all(hasher);
    if (e == ERR_OK)
        e = make_decoy(hasher);
    if (e == ERR_OK) {
        hasher->start = event_new(base, -1, 0, start_jobs, hasher);
        e = hasher->start ? ERR_OK : ERR_MEMORY;
    }
    if (e != ERR_OK) {
        hasher_free(hasher);
        return e;
    }
    *out = hasher;
    return ERR_OK;
}

void hasher_free(struct hasher *hasher)
{
    if (!hasher)
        return;
    for (unsigned i = 0; hasher->workers && i < hasher->options.workers; i++) {
        stop_worker(&hasher->workers[i]);
        if (hasher->workers[i].job)
            free_job(hasher->workers[i].job);
    }
    while (hasher->first)
        free_job(take_first(hasher));
    if (hasher->start)
        event_free(hasher->start);
    mem_free(hasher->workers);
    mem_free(hasher);
}

static enum err push(struct hasher *hasher, bool check, struct text password, const char *hash, hasher_done_cb *done,
                     void *context)
{
    struct job *job;
    size_t hash_bytes = strlen(hash);
    if (password.length > PASSWORD_BYTES_MAX || hash_bytes >= HASH_TEXT_BYTES)
        return ERR_RANGE;
    if (hasher->numbers.waiting >= HASHER_WAITING_MAX) {
        hasher->numbers.refused++;
        return ERR_RANGE;
    }
    enum err e = mem_alloc(1, sizeof *job, &job);
    if (e != ERR_OK)
        return e;
    job->done = done;
    job->context = context;
    job->question.check = check;
    job->question.operations = hasher->options.operations;
    job->question.memory_bytes = hasher->options.memory_bytes;
    job->question.password_bytes = password.length;
    if (password.length)
        memcpy(job->question.password, password.data, password.length);
    memcpy(job->question.hash, hash, hash_bytes);
    *hasher->last = job;
    hasher->last = &job->next;
    hasher->numbers.waiting++;
    event_active(hasher->start, 0, 0);
    return ERR_OK;
}

enum err hasher_make(struct hasher *hasher, struct text password, hasher_done_cb *done, void *context)
{
    return push(hasher, false, password, "", done, context);
}

enum err hasher_check(struct hasher *hasher, struct text password, const char *hash, hasher_done_cb *done,
                      void *context)
{
    return push(hasher, true, password, hash, done, context);
}

struct hasher_numbers hasher_read_numbers(const struct hasher *hasher)
{
    return hasher->numbers;
}
