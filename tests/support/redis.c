#include "support/redis.h"

#include "support/support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 60000, ARGUMENTS_MAX = 48 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool redis_is_there(void)
{
    bool there = access("/usr/bin/redis-server", X_OK) == 0 || access("/usr/local/bin/redis-server", X_OK) == 0;
    if (!there)
        fputs("redis-server is not installed: skipped\n", stderr);
    return there;
}

static int connect_to(const struct redis_process *redis)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    memcpy(to.sun_path, redis->socket, strlen(redis->socket));
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

void redis_again(struct redis_process *redis, const char *const *arguments)
{
    const char *words[ARGUMENTS_MAX] = {"redis-server"};
    size_t count = 1;
    bool has_config = arguments[0] && arguments[0][0] == '/';
    if (has_config)
        words[count++] = *arguments++;
    const char *const ours[] = {"--unixsocket", redis->socket, "--dir", redis->folder, "--loglevel", "warning"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        words[count++] = ours[i];
    if (!has_config) {
        const char *const plain[] = {"--save", "", "--appendonly", "no"};
        for (size_t i = 0; i < 4; i++)
            words[count++] = plain[i];
    }
    for (; *arguments; arguments++)
        words[count++] = *arguments;
    ck_assert_uint_lt(count, ARGUMENTS_MAX);
    redis->pid = fork();
    ck_assert_int_ge(redis->pid, 0);
    if (redis->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int null_fd = open("/dev/null", O_RDWR);
        dup2(null_fd, STDIN_FILENO);
        dup2(null_fd, STDOUT_FILENO);
        char *copy[ARGUMENTS_MAX];
        memcpy(copy, words, sizeof copy);
        execvp("redis-server", copy);
        _exit(127);
    }
    int fd = -1;
    for (int64_t end = now_ms() + WAIT_MS; fd < 0 && now_ms() < end;) {
        ck_assert_msg(waitpid(redis->pid, NULL, WNOHANG) == 0, "redis-server ended");
        usleep(5000);
        fd = connect_to(redis);
    }
    ck_assert_msg(fd >= 0, "redis-server does not listen");
    close(fd);
}

void redis_begin(struct redis_process *redis, const char *const *arguments)
{
    strcpy(redis->folder, "/tmp/stagematch-redis-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(redis->folder));
    snprintf(redis->socket, sizeof redis->socket, "%s/socket", redis->folder);
    redis_again(redis, arguments);
}

void redis_kill(struct redis_process *redis)
{
    if (redis->pid <= 0)
        return;
    kill(redis->pid, SIGKILL);
    while (waitpid(redis->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    redis->pid = 0;
    unlink(redis->socket);
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about, (void)kind, (void)walk;
    return remove(path);
}

void redis_end(struct redis_process *redis)
{
    redis_kill(redis);
    nftw(redis->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void redis_tell(const struct redis_process *redis, const char *command, char *answer, size_t size)
{
    char line[1024];
    int fd = connect_to(redis), length = snprintf(line, sizeof line, "%s\r\n", command);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, line, (size_t)length), length);
    ssize_t got = read(fd, answer, size - 1);
    ck_assert_int_gt(got, 0);
    answer[got] = '\0';
    close(fd);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what, (void)context;
}

static void turn(struct event_base *base)
{
    const struct timeval soon = {.tv_usec = 2000};
    event_base_once(base, -1, EV_TIMEOUT, on_tick, NULL, &soon);
    event_base_loop(base, EVLOOP_ONCE);
}

void loop_until(struct event_base *base, bool (*holds)(void *context), void *context, const char *what)
{
    for (int64_t end = now_ms() + WAIT_MS; !holds(context);) {
        ck_assert_msg(now_ms() < end, "never: %s", what);
        turn(base);
    }
}

void loop_for(struct event_base *base, int ms)
{
    for (int64_t end = now_ms() + ms; now_ms() < end;)
        turn(base);
}

int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, length), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    close(fd);
    return ntohs(at.sin_port);
}
