/* What a role must not be able to do, tried by a process in its sandbox. */
#include "serve/sandbox.h"

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

/* Runs `act` in a child with the sandbox of `role`; how it ended. */
static int try_in(enum role_name role, void (*act)(void))
{
    fflush(NULL);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int null_fd = open("/dev/null", O_WRONLY);
        dup2(null_fd, STDERR_FILENO);
        if (sandbox_close(role) != ERR_OK)
            _exit(NOT_CLOSED);
        act();
        _exit(DONE);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
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

START_TEST(a_violation_is_said)
{
    int pipes[2];
    char said[256] = "";
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipes[1], STDERR_FILENO);
        if (sandbox_close(ROLE_ENGINE) == ERR_OK)
            make_inet_socket();
        _exit(DONE);
    }
    close(pipes[1]);
    ck_assert_int_gt(read(pipes[0], said, sizeof said - 1), 0);
    waitpid(pid, NULL, 0);
    char expected[64];
    snprintf(expected, sizeof expected, "event=sandbox_violation role=engine syscall=%d\n", (int)SYS_socket);
    ck_assert_ptr_nonnull(strstr(said, expected));
    close(pipes[0]);
}
END_TEST

RUN_TESTS("sandbox", each_role_can_do_its_work_and_nothing_that_is_forbidden, privileges_and_dumps_are_given_up,
          a_violation_is_said)
