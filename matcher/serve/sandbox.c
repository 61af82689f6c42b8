#include "serve/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

enum {
    OF_FRONT = 1 << ROLE_FRONT,
    OF_DATABASES = 1 << ROLE_ENGINE | 1 << ROLE_VAULT,
    OF_ALL = OF_FRONT | OF_DATABASES,
};

/* Calls that a role must never make. */
static const struct {
    int call;
    unsigned roles;
} forbidden[] = {
    /* sockets: the parent made all there are, but for the front's to Redis; socketpair reaches nobody */
    {SCMP_SYS(socket), OF_ALL},
    {SCMP_SYS(connect), OF_ALL},
    {SCMP_SYS(bind), OF_ALL},
    {SCMP_SYS(accept), OF_DATABASES},
    {SCMP_SYS(accept4), OF_DATABASES},
    {SCMP_SYS(listen), OF_DATABASES},
    /* programs */
    {SCMP_SYS(execve), OF_ALL},
    {SCMP_SYS(execveat), OF_ALL},
/* other processes */
#ifndef SANITIZED /* its leak check traces the process itself */
    {SCMP_SYS(ptrace), OF_ALL},
#endif
    {SCMP_SYS(process_vm_readv), OF_ALL},
    {SCMP_SYS(process_vm_writev), OF_ALL},
    {SCMP_SYS(pidfd_getfd), OF_ALL},
    {SCMP_SYS(kcmp), OF_ALL},
    /* users and privileges */
    {SCMP_SYS(setuid), OF_ALL},
    {SCMP_SYS(setgid), OF_ALL},
    {SCMP_SYS(setreuid), OF_ALL},
    {SCMP_SYS(setregid), OF_ALL},
    {SCMP_SYS(setresuid), OF_ALL},
    {SCMP_SYS(setresgid), OF_ALL},
    {SCMP_SYS(setgroups), OF_ALL},
    {SCMP_SYS(capset), OF_ALL},
    /* namespaces, mounts, devices, the kernel */
    {SCMP_SYS(unshare), OF_ALL},
    {SCMP_SYS(setns), OF_ALL},
    {SCMP_SYS(mount), OF_ALL},
    {SCMP_SYS(umount2), OF_ALL},
    {SCMP_SYS(pivot_root), OF_ALL},
    {SCMP_SYS(chroot), OF_ALL},
    {SCMP_SYS(mknod), OF_ALL},
    {SCMP_SYS(mknodat), OF_ALL},
    {SCMP_SYS(bpf), OF_ALL},
    {SCMP_SYS(perf_event_open), OF_ALL},
    {SCMP_SYS(userfaultfd), OF_ALL},
    {SCMP_SYS(keyctl), OF_ALL},
    {SCMP_SYS(add_key), OF_ALL},
    {SCMP_SYS(request_key), OF_ALL},
    {SCMP_SYS(init_module), OF_ALL},
    {SCMP_SYS(finit_module), OF_ALL},
    {SCMP_SYS(delete_module), OF_ALL},
    {SCMP_SYS(kexec_load), OF_ALL},
    {SCMP_SYS(kexec_file_load), OF_ALL},
    {SCMP_SYS(reboot), OF_ALL},
    {SCMP_SYS(swapon), OF_ALL},
    {SCMP_SYS(swapoff), OF_ALL},
    {SCMP_SYS(settimeofday), OF_ALL},
    {SCMP_SYS(clock_settime), OF_ALL},
    {SCMP_SYS(clock_adjtime), OF_ALL},
    /* a way around this filter */
    {SCMP_SYS(io_uring_setup), OF_ALL},
    {SCMP_SYS(io_uring_enter), OF_ALL},
    {SCMP_SYS(io_uring_register), OF_ALL},
    /* opening by handle, or by a struct that a filter cannot read */
    {SCMP_SYS(open_by_handle_at), OF_ALL},
    {SCMP_SYS(openat2), OF_FRONT},
    /* changes of files; opening for writing is below */
    {SCMP_SYS(creat), OF_FRONT},
    {SCMP_SYS(truncate), OF_FRONT},
    {SCMP_SYS(unlink), OF_FRONT},
    {SCMP_SYS(unlinkat), OF_FRONT},
    {SCMP_SYS(rename), OF_FRONT},
    {SCMP_SYS(renameat), OF_FRONT},
    {SCMP_SYS(renameat2), OF_FRONT},
    {SCMP_SYS(link), OF_FRONT},
    {SCMP_SYS(linkat), OF_FRONT},
    {SCMP_SYS(symlink), OF_FRONT},
    {SCMP_SYS(symlinkat), OF_FRONT},
    {SCMP_SYS(mkdir), OF_FRONT},
    {SCMP_SYS(mkdirat), OF_FRONT},
    {SCMP_SYS(rmdir), OF_FRONT},
    {SCMP_SYS(chmod), OF_FRONT},
    {SCMP_SYS(fchmodat), OF_FRONT},
    {SCMP_SYS(chown), OF_FRONT},
    {SCMP_SYS(lchown), OF_FRONT},
    {SCMP_SYS(fchownat), OF_FRONT},
};

static enum role_name closed_around = ROLE_PARENT;

/* Formats without the library: a signal may come in the middle of it. */
static size_t put_number(char *at, unsigned number)
{
    char digits[12];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < count; i++)
        at[i] = digits[count - 1 - i];
    return count;
}

static size_t put_string(char *at, const char *string)
{
    size_t length = 0;
    for (; string[length]; length++)
        at[length] = string[length];
    return length;
}

static void on_violation(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    static const char *const shapes[][3] = {
        [LOG_AS_TEXT] = {"level=error event=sandbox_violation role=", " syscall=", "\n"},
        [LOG_AS_JSON] = {"{\"level\":\"error\",\"event\":\"sandbox_violation\",\"role\":\"",
                         "\",\"fields\":{\"syscall\":", "}}\n"},
    };
    const char *const *shape = shapes[log_get_format()];
    char line[256];
    size_t length = put_string(line, shape[0]);
    length += put_string(line + length, role_text(closed_around));
    length += put_string(line + length, shape[1]);
    length += put_number(line + length, (unsigned)info->si_syscall);
    length += put_string(line + length, shape[2]);
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* nobody else to tell */
    _exit(SANDBOX_VIOLATION_STATUS);
}

static enum err log_failure(const char *step)
{
    LOG(LOG_ERROR, "sandbox_failed", LOG_WORD("step", step), LOG_NUMBER("errno", errno));
    return ERR_IO;
}

enum err sandbox_become(const char *user)
{
    if (!user || getuid() != 0)
        return ERR_OK;
    const struct passwd *entry = getpwnam(user);
    if (!entry)
        return log_failure("find_user");
    if (entry->pw_uid == 0)
        return ERR_OK;
    if (initgroups(user, entry->pw_gid) != 0 || setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
        setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0)
        return log_failure("change_user");
    return setuid(0) != 0 ? ERR_OK : log_failure("stay_changed");
}

/* The front may open files to read them alone. */
static int forbid_writing(scmp_filter_ctx filter)
{
    static const struct {
        scmp_datum_t mask, value;
    } ways[] = {{O_ACCMODE, O_WRONLY}, {O_ACCMODE, O_RDWR}, {O_CREAT, O_CREAT}, {O_TRUNC, O_TRUNC}};
    int failed = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && !failed; i++) {
        failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(openat), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, ways[i].mask, ways[i].value));
        if (!failed)
            failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(open), 1,
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, ways[i].mask, ways[i].value));
    }
    return failed;
}

/* Sockets of the wrong family or type; the others may be made and connected. */
static int forbid_other_sockets(scmp_filter_ctx filter, unsigned reach)
{
    const struct {
        int family;
        unsigned reach;
    } families[] = {{AF_UNIX, SANDBOX_REACH_UNIX}, {AF_INET, SANDBOX_REACH_TCP}, {AF_INET6, SANDBOX_REACH_TCP}};
    enum { TYPE_MASK = 0xf };
    int failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_INET6));
    for (int family = 0; family <= AF_INET6 && !failed; family++) {
        bool allowed = false;
        for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
            allowed = allowed || (families[i].family == family && families[i].reach & reach);
        if (!allowed)
            failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(socket), 1,
                                      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family));
    }
    for (scmp_datum_t type = 0; type <= TYPE_MASK && !failed; type++)
        if (type != SOCK_STREAM && !(type == SOCK_DGRAM && reach & SANDBOX_REACH_NAMES))
            failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(socket), 1,
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_MASK, type));
    return failed;
}

static bool is_for_reach(int call)
{
    return call == SCMP_SYS(socket) || call == SCMP_SYS(connect);
}

static int load_filter(enum role_name role, unsigned reach)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return -ENOMEM;
    bool reaches = role == ROLE_FRONT && reach != SANDBOX_REACH_NONE;
    int failed = role == ROLE_FRONT ? forbid_writing(filter) : 0;
    if (reaches && !failed)
        failed = forbid_other_sockets(filter, reach);
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0] && !failed; i++)
        if (forbidden[i].roles & 1u << role && !(reaches && is_for_reach(forbidden[i].call)))
            failed = seccomp_rule_add(filter, SCMP_ACT_TRAP, forbidden[i].call, 0);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed;
}

enum err sandbox_close(enum role_name role, unsigned reach)
{
    struct sigaction violation = {.sa_sigaction = on_violation, .sa_flags = SA_SIGINFO};
    const struct rlimit none = {0, 0};
    closed_around = role;
    if (sigaction(SIGSYS, &violation, NULL) != 0)
        return log_failure("signal");
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return log_failure("no_core");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return log_failure("not_dumpable");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return log_failure("no_new_privileges");
    int failed = load_filter(role, reach);
    if (failed) {
        errno = -failed;
        return log_failure("filter");
    }
    return ERR_OK;
}
