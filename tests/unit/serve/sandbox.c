/* What a role must not be able to do, tried by a process in its sandbox. */
#include "serve/sandbox.h"

#include "base/log.h"
#include "support/support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE = 0, NOT_CLOSED = 9 };

/* Runs `act` in a child with the sandbox of `role`, which may reach this; how it ended. */
static int try_with(enum role_name role, unsigned reach, void (*act)(void))
{
    fflush(NULL);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int null_fd = open("/dev/null", O_WRONLY);
        dup2(null_fd, STDERR_FILENO);
        if (sandbox_close(role, reach) != ERR_OK)
            _exit(NOT_CLOSED);
        act();
        _exit(DONE);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int try_in(enum role_name role, void (*act)(void))
{
    return try_with(role, SANDBOX_REACH_NONE, act);
}

static void make_inet_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
}

static void make_inet6_socket(void)
{
    (void)socket(AF_INET6, SOCK_DGRAM, 0);
}

static void make_unix_socket(void)
{
    (void)socket(AF_UNIX, SOCK_STREAM, 0);
}

static void make_netlink_socket(void)
{
    (void)socket(AF_NETLINK, SOCK_RAW, 0);
}

static void connect_somewhere(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    (void)connect(0, (struct sockaddr *)&to, sizeof to);
}

static void run_program(void)
{
    char program[] = "/bin/true";
    char *arguments[] = {program, NULL};
    (void)execv(program, arguments);
}

static void accept_connection(void)
{
    (void)accept(0, NULL, NULL);
}

static void read_other_process(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    (void)process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static void change_namespace(void)
{
    (void)syscall(SYS_unshare, 0);
}

static void use_io_uring(void)
{
    (void)syscall(SYS_io_uring_setup, 1, NULL);
}

static void become_root(void)
{
    (void)syscall(SYS_setuid, 0);
}

static void write_file(void)
{
    (void)open("/tmp/stagematch-sandbox-file", O_WRONLY | O_CLOEXEC);
}

static void create_file(void)
{
    (void)open("/tmp/stagematch-sandbox-file", O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void change_file(void)
{
    (void)open("/tmp/stagematch-sandbox-file", O_RDWR | O_CLOEXEC);
}

static void remove_file(void)
{
    (void)unlink("/tmp/stagematch-sandbox-file");
}

static void make_folder(void)
{
    (void)mkdir("/tmp/stagematch-sandbox-file", 0700);
}

static void do_ordinary_work(void)
{
    int fds[2];
    char byte = 0;
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    void *memory = malloc(1 << 20);
    bool good = file >= 0 && read(file, &byte, 1) == 1 && memory && socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0 &&
                write(fds[0], &byte, 1) == 1 && read(fds[1], &byte, 1) == 1;
    free(memory);
    pid_t child = good ? fork() : -1; /* the engine's solver, the vault's password helper */
    if (child == 0)
        _exit(DONE);
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        _exit(NOT_CLOSED);
}

enum { F = 1 << ROLE_FRONT, E = 1 << ROLE_ENGINE, V = 1 << ROLE_VAULT };

static const struct {
    const char *name;
    void (*act)(void);
    unsigned forbidden;
} acts[] = {
    {"an IPv4 socket", make_inet_socket, F | E | V},
    {"an IPv6 socket", make_inet6_socket, F | E | V},
    {"a UNIX socket", make_unix_socket, F | E | V},
    {"a netlink socket", make_netlink_socket, F | E | V},
    {"connect", connect_somewhere, F | E | V},
    {"accept", accept_connection, E | V},
    {"a program", run_program, F | E | V},
    {"another process's memory", read_other_process, F | E | V},
    {"a namespace", change_namespace, F | E | V},
    {"io_uring", use_io_uring, F | E | V},
    {"another user", become_root, F | E | V},
    {"writing a file", write_file, F},
    {"creating a file", create_file, F},
    {"changing a file", change_file, F},
    {"removing a file", remove_file, F},
    {"making a folder", make_folder, F},
    {"ordinary work", do_ordinary_work, 0},
};

START_TEST(each_role_can_do_its_work_and_nothing_that_is_forbidden)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        for (int role = ROLE_FRONT; role <= ROLE_VAULT; role++) {
            int expected = acts[i].forbidden & 1u << role ? SANDBOX_VIOLATION_STATUS : DONE;
            int status = try_in((enum role_name)role, acts[i].act);
            ck_assert_msg(status == expected, "%s in %s: %d, expected %d", acts[i].name,
                          role_text((enum role_name)role), status, expected);
        }
    rmdir("/tmp/stagematch-sandbox-file");
    unlink("/tmp/stagematch-sandbox-file");
}
END_TEST

static void make_datagram_socket(void)
{
    (void)socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void make_raw_socket(void)
{
    (void)socket(AF_INET, SOCK_RAW, 0);
}

static void make_hidden_socket(void)
{
    (void)syscall(SYS_socket, AF_NETLINK | 1L << 32, SOCK_STREAM, 0); /* the kernel looks at the lower half */
}

static void bind_somewhere(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    (void)bind(0, (struct sockaddr *)&to, sizeof to);
}

enum { UNIX = SANDBOX_REACH_UNIX, TCP = SANDBOX_REACH_TCP, NAMES = SANDBOX_REACH_NAMES };

START_TEST(the_front_reaches_redis_and_nothing_else)
{
    static const struct {
        const char *name;
        void (*act)(void);
        bool with_unix, with_tcp, with_names;
    } reached[] = {
        {"a UNIX socket", make_unix_socket, true, false, false},
        {"an IPv4 socket", make_inet_socket, false, true, true},
        {"an IPv4 datagram", make_datagram_socket, false, false, true},
        {"an IPv6 datagram", make_inet6_socket, false, false, true},
        {"a raw socket", make_raw_socket, false, false, false},
        {"a netlink socket", make_netlink_socket, false, false, false},
        {"a hidden family", make_hidden_socket, false, false, false},
        {"connect", connect_somewhere, true, true, true},
        {"bind", bind_somewhere, false, false, false},
        {"a program", run_program, false, false, false},
        {"ordinary work", do_ordinary_work, true, true, true},
    };
    for (size_t i = 0; i < sizeof reached / sizeof reached[0]; i++) {
        int with_unix = try_with(ROLE_FRONT, UNIX, reached[i].act),
            with_tcp = try_with(ROLE_FRONT, TCP, reached[i].act);
        int with_names = try_with(ROLE_FRONT, TCP | NAMES, reached[i].act);
        ck_assert_msg((with_unix == DONE) == reached[i].with_unix, "%s with Unix: %d", reached[i].name, with_unix);
        ck_assert_msg((with_tcp == DONE) == reached[i].with_tcp, "%s with TCP: %d", reached[i].name, with_tcp);
        ck_assert_msg((with_names == DONE) == reached[i].with_names, "%s with names: %d", reached[i].name,
                      with_names);
    }
    ck_assert_int_eq(try_with(ROLE_VAULT, UNIX | TCP | NAMES, make_unix_socket), SANDBOX_VIOLATION_STATUS);
    ck_assert_int_eq(try_with(ROLE_ENGINE, UNIX | TCP | NAMES, connect_somewhere), SANDBOX_VIOLATION_STATUS);
}
END_TEST

static void tell_flags(void)
{
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        _exit(NOT_CLOSED);
}

START_TEST(privileges_and_dumps_are_given_up)
{
    ck_assert_int_eq(try_in(ROLE_VAULT, tell_flags), DONE);
}
END_TEST

/* What the engine says of a forbidden call, with a log of this format. */
static void assert_said(enum log_format format, const char *expected)
{
    int pipes[2];
    char said[256] = "";
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipes[1], STDERR_FILENO);
        log_identify(format, "engine");
        if (sandbox_close(ROLE_ENGINE, SANDBOX_REACH_NONE) == ERR_OK)
            make_inet_socket();
        _exit(DONE);
    }
    close(pipes[1]);
    ck_assert_int_gt(read(pipes[0], said, sizeof said - 1), 0);
    waitpid(pid, NULL, 0);
    ck_assert_str_eq(said, expected);
    close(pipes[0]);
}

START_TEST(a_violation_is_said_in_the_form_of_the_log)
{
    char expected[128];
    snprintf(expected, sizeof expected, "level=error event=sandbox_violation role=engine syscall=%d\n",
             (int)SYS_socket);
    assert_said(LOG_AS_TEXT, expected);
    snprintf(
        expected, sizeof expected,
        "{\"level\":\"error\",\"event\":\"sandbox_violation\",\"role\":\"engine\",\"fields\":{\"syscall\":%d}}\n",
        (int)SYS_socket);
    assert_said(LOG_AS_JSON, expected);
}
END_TEST

RUN_TESTS("sandbox", each_role_can_do_its_work_and_nothing_that_is_forbidden,
          the_front_reaches_redis_and_nothing_else, privileges_and_dumps_are_given_up,
          a_violation_is_said_in_the_form_of_the_log)
