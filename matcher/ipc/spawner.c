#include "ipc/spawner.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 32, NOT_STARTED = 127, SPAWNER_FD = 3 };

struct waiting {
    struct waiting *next;
    spawner_done_cb *done;
    void *context;
    size_t length;
    uint8_t input[];
};

struct spawner {
    int fd; /* -1: no command, or the process is gone */
    pid_t pid;
    struct event *readable;
    struct waiting *first, **last; /* the first is with the process */
    size_t count;
    bool sent;
    void (*gone)(void *context);
    void *gone_context;
};

/* ---- the process ---- */

/* The command's words; they point into `text`, which is cut up. */
static void split_command(char *text, char *arguments[ARGUMENTS_MAX + 1])
{
    char *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(text, " \t", &rest); word && count < ARGUMENTS_MAX;
         word = strtok_r(NULL, " \t", &rest))
        arguments[count++] = word;
    arguments[count] = NULL;
}

static int file_of_input(const uint8_t *input, size_t length)
{
    int fd = memfd_create("notice", MFD_CLOEXEC);
    if (fd >= 0 && (write(fd, input, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* In the child: becomes the command. */
static void become_command(int input_fd, char *const *arguments)
{
    int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null_fd >= 0 && dup2(input_fd, STDIN_FILENO) >= 0 && dup2(null_fd, STDOUT_FILENO) >= 0 && setsid() >= 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        execvp(arguments[0], arguments);
    }
    _exit(NOT_STARTED);
}

/* Waits until it ends, or ends it and what it started. */
static int32_t wait_for(pid_t pid)
{
    int status = 0;
    int pidfd = pidfd_open(pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0 || poll(&ended, 1, SPAWNER_RUN_SECONDS_MAX * 1000) != 1)
        kill(-pid, SIGKILL);
    if (pidfd >= 0)
        close(pidfd);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == NOT_STARTED)
        return -1;
    return WEXITSTATUS(status);
}

static int32_t run_command(char *const *arguments, const uint8_t *input, size_t length)
{
    int input_fd = file_of_input(input, length);
    if (input_fd < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        become_command(input_fd, arguments);
    close(input_fd);
    return pid < 0 ? -1 : wait_for(pid);
}

/* What the process does until its role is gone. Nothing of the role but this socket stays open. */
static void serve_role(int fd, char *command)
{
    static uint8_t input[SPAWNER_INPUT_BYTES_MAX];
    char *arguments[ARGUMENTS_MAX + 1];
    if (dup2(fd, SPAWNER_FD) < 0 || fcntl(SPAWNER_FD, F_SETFD, FD_CLOEXEC) != 0)
        _exit(1);
    close_range(SPAWNER_FD + 1, ~0u, 0);
    split_command(command, arguments);
    for (;;) {
        ssize_t length = recv(SPAWNER_FD, input, sizeof input, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            _exit(0);
        int32_t status = arguments[0] ? run_command(arguments, input, (size_t)length) : -1;
        explicit_bzero(input, (size_t)length);
        if (send(SPAWNER_FD, &status, sizeof status, MSG_NOSIGNAL) != (ssize_t)sizeof status)
            _exit(0);
    }
}

/* ---- the role's side ---- */

static enum err fork_spawner(struct spawner *spawner, const char *command)
{
    int fds[2];
    char *copy;
    size_t size = strlen(command) + 1;
    enum err e = mem_alloc(size, 1, &copy);
    if (e != ERR_OK)
        return e;
    memcpy(copy, command, size);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
        mem_free(copy);
        return err_from_errno(errno);
    }
    spawner->pid = fork();
    if (spawner->pid == 0 && fcntl(fds[1], F_SETFL, 0) == 0)
        serve_role(fds[1], copy);
    if (spawner->pid == 0)
        _exit(1);
    int number = errno;
    close(fds[1]);
    mem_free(copy);
    if (spawner->pid < 0) {
        close(fds[0]);
        return err_from_errno(number);
    }
    spawner->fd = fds[0];
    return ERR_OK;
}

enum err spawner_start(const char *command, struct spawner **out)
{
    struct spawner *spawner;
    enum err e = mem_alloc(1, sizeof *spawner, &spawner);
    if (e != ERR_OK)
        return e;
    spawner->fd = -1;
    spawner->pid = -1;
    spawner->last = &spawner->first;
    e = command ? fork_spawner(spawner, command) : ERR_OK;
    if (e != ERR_OK) {
        mem_free(spawner);
        return e;
    }
    *out = spawner;
    return ERR_OK;
}

static void free_waiting(struct waiting *waiting)
{
    explicit_bzero(waiting->input, waiting->length);
    mem_free(waiting);
}

static struct waiting *take_first(struct spawner *spawner)
{
    struct waiting *first = spawner->first;
    spawner->first = first->next;
    if (!spawner->first)
        spawner->last = &spawner->first;
    spawner->count--;
    spawner->sent = false;
    return first;
}

static void finish_first(struct spawner *spawner, int exit_status)
{
    struct waiting *first = take_first(spawner);
    first->done(first->context, exit_status);
    free_waiting(first);
}

/* The process is gone: who waits hears so, and later calls are refused. */
static void give_up(struct spawner *spawner)
{
    if (spawner->fd >= 0) {
        if (spawner->readable)
            event_del(spawner->readable);
        close(spawner->fd);
        spawner->fd = -1;
    }
    while (spawner->first)
        finish_first(spawner, -1);
}

static void send_first(struct spawner *spawner)
{
    if (!spawner->first || spawner->sent)
        return;
    ssize_t sent = send(spawner->fd, spawner->first->input, spawner->first->length, MSG_NOSIGNAL);
    spawner->sent = sent == (ssize_t)spawner->first->length;
    if (!spawner->sent)
        shutdown(spawner->fd, SHUT_RDWR); /* the loop finds the end and tells those that wait */
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct spawner *spawner = context;
    int32_t status;
    ssize_t length = recv(fd, &status, sizeof status, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length != (ssize_t)sizeof status || !spawner->sent) {
        LOG(LOG_ERROR, "spawner_gone", LOG_NUMBER("waiting", spawner->count));
        give_up(spawner);
        if (spawner->gone)
            spawner->gone(spawner->gone_context);
        return;
    }
    finish_first(spawner, status);
    send_first(spawner);
}

enum err spawner_attach(struct spawner *spawner, struct event_base *base, void (*gone)(void *context), void *context)
{
    spawner->gone = gone;
    spawner->gone_context = context;
    if (spawner->fd < 0)
        return ERR_OK;
    spawner->readable = event_new(base, spawner->fd, EV_READ | EV_PERSIST, on_readable, spawner);
    return spawner->readable && event_add(spawner->readable, NULL) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err spawner_run(struct spawner *spawner, const void *input, size_t length, spawner_done_cb *done, void *context)
{
    struct waiting *waiting;
    if (spawner->fd < 0)
        return ERR_MISSING;
    if (length == 0 || length > SPAWNER_INPUT_BYTES_MAX || spawner->count == SPAWNER_WAITING_MAX)
        return ERR_RANGE;
    enum err e = mem_alloc(1, sizeof *waiting + length, &waiting);
    if (e != ERR_OK)
        return e;
    waiting->done = done;
    waiting->context = context;
    waiting->length = length;
    memcpy(waiting->input, input, length);
    *spawner->last = waiting;
    spawner->last = &waiting->next;
    spawner->count++;
    send_first(spawner);
    return ERR_OK;
}

void spawner_free(struct spawner *spawner)
{
    if (!spawner)
        return;
    give_up(spawner);
    if (spawner->readable)
        event_free(spawner->readable);
    if (spawner->pid > 0)
        waitpid(spawner->pid, NULL, WNOHANG); /* it ends by itself when its socket does */
    mem_free(spawner);
}
