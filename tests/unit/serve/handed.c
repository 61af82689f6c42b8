/*
 * Descriptors that are open at the start, and what a service manager is told: the environment's side of both. Descriptors from 3 on
 * are Check's own, so what uses them runs in a process apart, which ends with the line that was wrong.
 */
#include "serve/handed.h"

#include "serve/notify.h"
#include "support/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEED(condition)                                                                                              \
    do {                                                                                                             \
        if (!(condition))                                                                                            \
            return __LINE__;                                                                                         \
    } while (0)

/* Runs it in a process with nothing open but the standard three. */
static void run_apart(int (*steps)(void))
{
    int status = 0, ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
        close_range(STDERR_FILENO + 1, ~0u, 0);
        int line = steps();
        ssize_t written = write(STDOUT_FILENO, &line, sizeof line);
        _exit(written == (ssize_t)sizeof line ? 0 : 1);
    }
    int line = -1;
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &line, sizeof line), sizeof line);
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(line == 0, "line %d", line);
}

static void set_number(const char *name, long number)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", number);
    setenv(name, text, 1);
}

/* A socket, listening or not, on this descriptor. */
static int put_socket(int at, bool listens)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    NEED(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    NEED(!listens || listen(fd, 1) == 0);
    if (fd != at) {
        NEED(dup2(fd, at) == at);
        close(fd);
    }
    return 0;
}

static void announce(int count, const char *names, long pid)
{
    set_number("LISTEN_FDS", count);
    set_number("LISTEN_PID", pid);
    if (names)
        setenv("LISTEN_FDNAMES", names, 1);
}

static char said[256];

static enum err take(struct handed *out)
{
    memset(said, 0, sizeof said);
    FILE *complaints = fmemopen(said, sizeof said, "w");
    enum err e = complaints ? handed_take(out, complaints) : ERR_MEMORY;
    if (complaints)
        fclose(complaints);
    return e;
}

static int take_by_name(void)
{
    struct handed handed;
    NEED(put_socket(3, true) == 0);
    NEED(put_socket(4, true) == 0);
    announce(2, "metrics:stagematch.socket", getpid());
    NEED(take(&handed) == ERR_OK);
    NEED(handed.fds[HANDED_METRICS] == 3);
    NEED(handed.fds[HANDED_API] == 4);
    NEED(handed.fds[HANDED_LOCK] == -1);
    NEED(fcntl(3, F_GETFD) == FD_CLOEXEC);
    NEED(!getenv("LISTEN_FDS") && !getenv("LISTEN_PID") && !getenv("LISTEN_FDNAMES"));
    handed_close(&handed);
    NEED(fcntl(3, F_GETFD) == -1);
    return 0;
}

START_TEST(sockets_are_taken_by_name)
{
    run_apart(take_by_name);
}
END_TEST

START_TEST(what_is_for_another_process_is_left)
{
    struct handed handed;
    static const struct {
        long count, pid_shift;
    } others[] = {{1, 1}, {0, 0}, {-1, 0}, {100000, 0}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        announce((int)others[i].count, NULL, getpid() + others[i].pid_shift);
        ck_assert_int_eq(take(&handed), ERR_OK);
        for (int kind = 0; kind < HANDED_KIND_COUNT; kind++)
            ck_assert_int_eq(handed.fds[kind], -1);
    }
}
END_TEST

static int take_what_cannot_be_used(void)
{
    struct handed handed;
    NEED(put_socket(3, true) == 0);
    NEED(put_socket(4, true) == 0);
    announce(2, NULL, getpid());
    NEED(take(&handed) == ERR_INPUT);
    NEED(strstr(said, "two sockets came for one purpose (api)"));
    NEED(fcntl(3, F_GETFD) == -1 && fcntl(4, F_GETFD) == -1);
    NEED(put_socket(3, false) == 0);
    announce(1, "api", getpid());
    NEED(take(&handed) == ERR_INPUT);
    NEED(strstr(said, "no listening socket"));
    return 0;
}

START_TEST(what_cannot_be_used_is_said)
{
    run_apart(take_what_cannot_be_used);
}
END_TEST

static int give_and_take(void)
{
    struct handed given, handed;
    struct sockaddr_in api, found;
    socklen_t length = sizeof api;
    NEED(put_socket(4, true) == 0); /* in the way of the places that they go to */
    NEED(put_socket(3, true) == 0);
    for (int kind = 0; kind < HANDED_KIND_COUNT; kind++)
        given.fds[kind] = -1;
    given.fds[HANDED_API] = 4;
    given.fds[HANDED_METRICS] = 3;
    given.fds[HANDED_UPGRADE] = dup(STDIN_FILENO);
    NEED(getsockname(4, (struct sockaddr *)&api, &length) == 0);
    NEED(handed_give(&given, getpid()) == ERR_OK);
    NEED(take(&handed) == ERR_OK);
    NEED(handed.fds[HANDED_API] == 3 && handed.fds[HANDED_METRICS] == 4);
    NEED(handed.fds[HANDED_LOCK] == -1 && handed.fds[HANDED_UPGRADE] == 5);
    length = sizeof found;
    NEED(getsockname(3, (struct sockaddr *)&found, &length) == 0);
    NEED(found.sin_port == api.sin_port);
    NEED(fcntl(6, F_GETFD) == -1);
    return 0;
}

START_TEST(what_is_given_arrives)
{
    run_apart(give_and_take);
}
END_TEST

static int bind_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    size_t length = strlen(name);
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, (socklen_t)(sizeof(sa_family_t) + length)), 0);
    return fd;
}

START_TEST(the_manager_is_told_in_one_datagram)
{
    struct notifier notifier;
    char name[64], heard[128];
    snprintf(name, sizeof name, "@stagematch-unit-%d", (int)getpid());
    int manager = bind_manager(name);
    setenv("NOTIFY_SOCKET", name, 1);
    set_number("WATCHDOG_USEC", 500);
    set_number("WATCHDOG_PID", getpid());
    notify_open(&notifier);
    ck_assert_int_eq(notifier.watchdog_us, 500);
    ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
    ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
    notify_tell(&notifier, "READY=1\nSTATUS=%s", "here");
    ssize_t got = recv(manager, heard, sizeof heard, 0);
    ck_assert_int_eq(got, 19);
    ck_assert_mem_eq(heard, "READY=1\nSTATUS=here", 19);
    notify_hand_over(&notifier, 77);
    ck_assert_str_eq(getenv("NOTIFY_SOCKET"), name);
    ck_assert_str_eq(getenv("WATCHDOG_PID"), "77");
    notify_close(&notifier);
    notify_open(&notifier);
    ck_assert_int_ge(notifier.fd, 0);
    ck_assert_int_eq(notifier.watchdog_us, 0); /* it was for 77 */
    close(manager);
    notify_tell(&notifier, "STOPPING=1"); /* nobody listens: nothing happens */
    notify_close(&notifier);
}
END_TEST

START_TEST(without_a_manager_nothing_is_told)
{
    static const char *const names[] = {NULL, "", "relative/path", "vsock:2:1"};
    struct notifier notifier;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unsetenv("NOTIFY_SOCKET");
        if (names[i])
            setenv("NOTIFY_SOCKET", names[i], 1);
        set_number("WATCHDOG_USEC", 500);
        notify_open(&notifier);
        ck_assert_int_eq(notifier.fd, -1);
        ck_assert_int_eq(notifier.watchdog_us, 0);
        notify_tell(&notifier, "READY=1");
        notify_hand_over(&notifier, 77);
        ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
        notify_close(&notifier);
    }
}
END_TEST

RUN_TESTS("serve/handed", sockets_are_taken_by_name, what_is_for_another_process_is_left, what_cannot_be_used_is_said,
          what_is_given_arrives, the_manager_is_told_in_one_datagram, without_a_manager_nothing_is_told)
