#include "serve/upgrade.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXEC_FAILED = 71, LINE_BYTES_MAX = 64 << 10 };

/* Points into the bytes, each argument's start, and NULL at the end. */
static enum err split(struct command_line *line, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += line->bytes[i] == '\0';
    enum err e =
        mem_alloc(count + 1, sizeof(char *), &line->arguments); // NOLINT(bugprone-sizeof-expression): pointers
    if (e != ERR_OK)
        return e;
    char *at = line->bytes;
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        line->arguments[i] = at;
    return count ? ERR_OK : ERR_MISSING;
}

enum err command_line_read(struct command_line *out)
{
    struct command_line line = {NULL, NULL};
    enum err e = mem_alloc(LINE_BYTES_MAX, 1, &line.bytes);
    if (e != ERR_OK)
        return e;
    FILE *file = fopen("/proc/self/cmdline", "re");
    size_t length = file ? fread(line.bytes, 1, LINE_BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    e = length > 0 && length < LINE_BYTES_MAX ? split(&line, length) : ERR_RANGE;
    if (e == ERR_OK)
        *out = line;
    else
        command_line_free(&line);
    return e;
}

void command_line_free(struct command_line *line)
{
    mem_free(line->bytes);
    mem_free(line->arguments);
    *line = (struct command_line){NULL, NULL};
}

/* Between fork and exec, in a process that has one thread. */
static void become_successor(const struct command_line *line, const struct handed *given,
                             const struct notifier *notifier)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    notify_hand_over(notifier, getpid());
    if (handed_give(given, getpid()) == ERR_OK)
        execvp(line->arguments[0], line->arguments);
    _exit(EXEC_FAILED);
}

enum err upgrade_start(const struct command_line *line, const struct handed *given, const struct notifier *notifier,
                       struct successor *out)
{
    int fds[2];
    enum err e = control_pair(fds);
    if (e != ERR_OK)
        return e;
    struct handed all = *given;
    all.fds[HANDED_UPGRADE] = fds[1];
    pid_t pid = fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0 ? fork() : -1;
    if (pid == 0)
        become_successor(line, &all, notifier);
    int number = errno;
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return err_from_errno(number);
    }
    *out = (struct successor){pid, fds[0]};
    return ERR_OK;
}

enum err upgrade_wait(int control_fd)
{
    struct control_packet packet;
    enum err e = control_send_kind(control_fd, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_PREPARED);
    if (e == ERR_OK)
        e = control_receive(control_fd, &packet);
    if (e != ERR_OK)
        return ERR_MISSING;
    bool taken_over =
        packet.message && packet.message->kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_TAKE_OVER;
    control_packet_free(&packet);
    return taken_over ? ERR_OK : ERR_MISSING;
}
