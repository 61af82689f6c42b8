#include "serve/handed.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COUNT_MAX = 64, NAMES_BYTES = 128 };

static const char count_name[] = "LISTEN_FDS", process_name[] = "LISTEN_PID", names_name[] = "LISTEN_FDNAMES";

const char *handed_name(enum handed_kind kind)
{
    static const char *const names[HANDED_KIND_COUNT] = {"api", "metrics", "redirect", "stagematch-lock",
                                                         "stagematch-upgrade"};
    return names[kind];
}

static enum handed_kind kind_of(struct text name)
{
    for (int kind = HANDED_API + 1; kind < HANDED_KIND_COUNT; kind++)
        if (text_is(name, handed_name((enum handed_kind)kind)))
            return (enum handed_kind)kind;
    return HANDED_API;
}

static bool listens(int fd)
{
    int yes = 0;
    socklen_t length = sizeof yes;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &length) == 0 && yes;
}

static enum err take_one(struct handed *handed, int fd, struct text name, FILE *complaints)
{
    enum handed_kind kind = kind_of(name);
    if (handed->fds[kind] >= 0) {
        fprintf(complaints,
                "stagematch serve: two sockets came for one purpose (%s); name that of metrics_listen \"metrics\"\n",
                handed_name(kind));
        close(fd);
        return ERR_INPUT;
    }
    handed->fds[kind] = fd;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return err_from_errno(errno);
    if ((kind == HANDED_API || kind == HANDED_METRICS || kind == HANDED_REDIRECT) && !listens(fd)) {
        fprintf(complaints, "stagematch serve: the descriptor that came as %s is no listening socket\n",
                handed_name(kind));
        return ERR_INPUT;
    }
    return ERR_OK;
}

/* How many came for this process. */
static int count_handed(void)
{
    const char *count = getenv(count_name), *process = getenv(process_name);
    if (!count || !process || strtoimax(process, NULL, 10) != getpid())
        return 0;
    intmax_t number = strtoimax(count, NULL, 10);
    return number > 0 && number <= COUNT_MAX ? (int)number : 0;
}

enum err handed_take(struct handed *out, FILE *complaints)
{
    struct handed handed;
    const char *names = getenv(names_name);
    struct text rest = text_of(names ? names : ""), name;
    enum err e = ERR_OK;
    for (int kind = 0; kind < HANDED_KIND_COUNT; kind++)
        handed.fds[kind] = -1;
    for (int i = 0, count = count_handed(); i < count && e == ERR_OK; i++) {
        if (!text_next(&rest, ':', &name))
            name = text_of("");
        e = take_one(&handed, HANDED_FIRST_FD + i, name, complaints);
    }
    unsetenv(count_name);
    unsetenv(process_name);
    unsetenv(names_name);
    if (e == ERR_OK)
        *out = handed;
    else
        handed_close(&handed);
    return e;
}

void handed_close(struct handed *handed)
{
    for (int kind = 0; kind < HANDED_KIND_COUNT; kind++) {
        if (handed->fds[kind] >= 0)
            close(handed->fds[kind]);
        handed->fds[kind] = -1;
    }
}

enum err handed_give(const struct handed *given, int pid)
{
    enum { ABOVE_ALL = HANDED_FIRST_FD + HANDED_KIND_COUNT };
    int moved[HANDED_KIND_COUNT], count = 0;
    char names[NAMES_BYTES] = "", text[16];
    size_t length = 0;
    /* First out of the way, so that none is put upon another. */
    for (int kind = 0; kind < HANDED_KIND_COUNT; kind++) {
        if (given->fds[kind] < 0)
            continue;
        moved[count] = fcntl(given->fds[kind], F_DUPFD, ABOVE_ALL);
        if (moved[count] < 0)
            return err_from_errno(errno);
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", count ? ":" : "",
                                   handed_name((enum handed_kind)kind));
        count++;
    }
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], HANDED_FIRST_FD + i) < 0)
            return err_from_errno(errno);
    if (close_range((unsigned)(HANDED_FIRST_FD + count), ~0u, 0) != 0)
        return err_from_errno(errno);
    setenv(names_name, names, 1);
    snprintf(text, sizeof text, "%d", count);
    setenv(count_name, text, 1);
    snprintf(text, sizeof text, "%d", pid);
    setenv(process_name, text, 1);
    return ERR_OK;
}
