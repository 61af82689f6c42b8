#include "engine/solver.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_BYTES_MAX = 512 << 20, READ_BYTES = 256 << 10, HEAD_BYTES = 9, CHILD_NICE = 5 };

/* What the child says: its enum err, the length of the result, the result. */
struct solver {
    struct event_base *base;
    struct event *readable, *deadline;
    unsigned seconds_max;
    solver_done_cb *done;
    void *context;
    pid_t child;
    int fd;
    struct buf answer;
    struct solve_request request;
    unsigned attempts; /* of this request */
    struct solver_numbers numbers;
};

enum err solver_new(struct event_base *base, unsigned seconds_max, solver_done_cb *done, void *context,
                    struct solver **out)
{
    struct solver *solver;
    enum err e = mem_alloc(1, sizeof *solver, &solver);
    if (e != ERR_OK)
        return e;
    *solver = (struct solver){.base = base, .seconds_max = seconds_max, .done = done, .context = context, .fd = -1};
    *out = solver;
    return ERR_OK;
}

bool solver_is_busy(const struct solver *solver)
{
    return solver->child != 0;
}

/* The child is gone or is made to be; what it said is dropped by the caller. */
static void reap(struct solver *solver)
{
    if (solver->readable)
        event_free(solver->readable);
    if (solver->deadline)
        event_free(solver->deadline);
    solver->readable = solver->deadline = NULL;
    if (solver->fd >= 0)
        close(solver->fd);
    solver->fd = -1;
    if (solver->child) {
        kill(solver->child, SIGKILL); /* it is ours and not waited for, so the number is still its own */
        while (waitpid(solver->child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    solver->child = 0;
}

void solver_stop(struct solver *solver)
{
    reap(solver);
    buf_free(&solver->answer);
}

void solver_free(struct solver *solver)
{
    if (!solver)
        return;
    solver_stop(solver);
    mem_free(solver);
}

static bool same_request(const struct solve_request *a, const struct solve_request *b)
{
    return memcmp(a->round_id, b->round_id, ID_BYTES) == 0 && a->rematch == b->rematch && a->seal == b->seal &&
           a->entries == b->entries;
}

static uint64_t read_length(const uint8_t *bytes)
{
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length = length << 8 | bytes[i];
    return length;
}

/* Takes the child's answer apart; NULL: it is whole. */
static const char *failure_of(const struct buf *answer, struct text *result)
{
    if (answer->error != ERR_OK)
        return "too_large";
    const uint8_t *head = (const uint8_t *)answer->data;
    if (answer->length < HEAD_BYTES || read_length(head + 1) != answer->length - HEAD_BYTES)
        return "killed";
    if (head[0] == ERR_MEMORY)
        return "memory";
    if (head[0] != ERR_OK)
        return head[0] == ERR_MISMATCH ? "not_stable" : "refused";
    *result = (struct text){answer->data + HEAD_BYTES, answer->length - HEAD_BYTES};
    return NULL;
}

static bool is_worth_repeating(const char *failure)
{
    return strcmp(failure, "killed") == 0 || strcmp(failure, "timeout") == 0 || strcmp(failure, "memory") == 0;
}

static void finish(struct solver *solver, const char *failure, struct text result)
{
    reap(solver);
    bool again = failure && is_worth_repeating(failure) && solver->attempts < SOLVER_ATTEMPTS_MAX;
    if (failure) {
        LOG(LOG_WARN, "solver_failed", LOG_WORD("failure", failure), LOG_NUMBER("attempt", solver->attempts));
        solver->numbers.failed++;
    } else {
        solver->numbers.solved++;
    }
    if (!again)
        solver->attempts = 0;
    struct buf answer = solver->answer; /* `done` may start the next child */
    solver->answer = (struct buf){0};
    solver->done(solver->context, &solver->request, result, failure, again);
    buf_free(&answer);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    finish(context, "timeout", (struct text){NULL, 0});
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct solver *solver = context;
    char piece[READ_BYTES];
    ssize_t got = read(fd, piece, sizeof piece);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        buf_put(&solver->answer, piece, (size_t)got);
        if (buf_error(&solver->answer) == ERR_OK)
            return;
    }
    struct text result = {NULL, 0};
    const char *failure = failure_of(&solver->answer, &result);
    finish(solver, failure, result);
}

static bool write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        length -= (size_t)written;
    }
    return true;
}

/* Only standard error and the pipe stay open: no database, no lock, no channel. */
static void close_others(int pipe_fd)
{
    if ((pipe_fd == 3 || close_range(3, (unsigned)pipe_fd - 1, 0) == 0) &&
        close_range((unsigned)pipe_fd + 1, ~0u, 0) == 0)
        return;
    for (int fd = 3; fd < (int)sysconf(_SC_OPEN_MAX); fd++) /* a kernel without close_range(2) */
        if (fd != pipe_fd)
            close(fd);
}

static void limit_child(unsigned seconds)
{
    const struct rlimit processor = {seconds, seconds}, none = {0, 0};
    (void)setrlimit(RLIMIT_CPU, &processor);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &none);
    (void)setpriority(PRIO_PROCESS, 0, CHILD_NICE);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP && number != SIGPIPE)
            (void)signal(number, SIG_DFL);
}

_Noreturn static void run_child(const struct domain *domain, const struct solve_request *request, pid_t parent,
                                int fd, unsigned seconds)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close_others(fd);
    limit_child(seconds);
    struct buf result;
    uint8_t head[HEAD_BYTES];
    buf_init(&result, RESULT_BYTES_MAX - HEAD_BYTES);
    enum err e = domain_solve(domain, request, &result);
    if (e == ERR_OK)
        e = buf_error(&result);
    size_t length = e == ERR_OK ? result.length : 0;
    head[0] = (uint8_t)e;
    for (int i = 0; i < 8; i++)
        head[1 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    bool whole = write_all(fd, head, sizeof head) && write_all(fd, result.data, length);
    _exit(whole ? 0 : 1);
}

static enum err watch(struct solver *solver)
{
    const struct timeval until = {.tv_sec = solver->seconds_max};
    solver->readable = event_new(solver->base, solver->fd, EV_READ | EV_PERSIST, on_readable, solver);
    solver->deadline = evtimer_new(solver->base, on_deadline, solver);
    if (!solver->readable || !solver->deadline || event_add(solver->readable, NULL) != 0 ||
        event_add(solver->deadline, &until) != 0)
        return ERR_MEMORY;
    return ERR_OK;
}

enum err solver_start(struct solver *solver, const struct domain *domain, const struct solve_request *request)
{
    int fds[2];
    if (solver->child)
        return ERR_EXISTS;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return err_from_errno(errno);
    pid_t self = getpid(), child = fork();
    if (child == 0)
        run_child(domain, request, self, fds[1], solver->seconds_max);
    int number = errno;
    close(fds[1]);
    if (child < 0) {
        close(fds[0]);
        return err_from_errno(number);
    }
    if (!same_request(&solver->request, request))
        solver->attempts = 0;
    solver->request = *request;
    solver->attempts++;
    solver->numbers.started++;
    solver->child = child;
    solver->fd = fds[0];
    buf_init(&solver->answer, RESULT_BYTES_MAX);
    enum err e = fcntl(solver->fd, F_SETFL, O_NONBLOCK) == 0 ? watch(solver) : ERR_IO;
    if (e != ERR_OK)
        solver_stop(solver);
    return e;
}

struct solver_numbers solver_read_numbers(const struct solver *solver)
{
    struct solver_numbers numbers = solver->numbers;
    numbers.child = solver->child;
    return numbers;
}
