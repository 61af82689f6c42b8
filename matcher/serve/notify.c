#include "serve/notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_BYTES_MAX = 512 };

static const char socket_name[] = "NOTIFY_SOCKET", period_name[] = "WATCHDOG_USEC", process_name[] = "WATCHDOG_PID";

/* A path, or a name in the abstract space, which the manager writes with '@' for its first byte. */
static bool read_address(const char *name, struct notifier *out)
{
    size_t length = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length >= sizeof out->to.sun_path)
        return false;
    out->to = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->to.sun_path, name, length);
    if (name[0] == '@')
        out->to.sun_path[0] = '\0';
    out->to_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

/* 0 where there is none for this process. */
static int64_t read_watchdog(void)
{
    const char *period = getenv(period_name), *process = getenv(process_name);
    intmax_t us = period ? strtoimax(period, NULL, 10) : 0;
    if (us <= 0 || us > INT64_MAX / 2 || (process && strtoimax(process, NULL, 10) != getpid()))
        return 0;
    return us;
}

void notify_open(struct notifier *out)
{
    const char *name = getenv(socket_name);
    *out = (struct notifier){.fd = -1};
    if (name && read_address(name, out)) {
        out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        out->watchdog_us = read_watchdog();
    }
    unsetenv(socket_name);
    unsetenv(period_name);
    unsetenv(process_name);
}

void notify_close(struct notifier *notifier)
{
    if (notifier->fd >= 0)
        close(notifier->fd);
    notifier->fd = -1;
}

void notify_hand_over(const struct notifier *notifier, int pid)
{
    char text[32], name[sizeof notifier->to.sun_path + 1] = "";
    if (notifier->fd < 0)
        return;
    memcpy(name, notifier->to.sun_path, sizeof notifier->to.sun_path);
    if (name[0] == '\0')
        name[0] = '@';
    setenv(socket_name, name, 1);
    if (notifier->watchdog_us == 0)
        return;
    snprintf(text, sizeof text, "%" PRId64, notifier->watchdog_us);
    setenv(period_name, text, 1);
    snprintf(text, sizeof text, "%d", pid);
    setenv(process_name, text, 1);
}

void notify_tell(const struct notifier *notifier, const char *format, ...)
{
    char message[MESSAGE_BYTES_MAX];
    va_list values;
    if (notifier->fd < 0)
        return;
    va_start(values, format);
    int length = vsnprintf(message, sizeof message, format, values);
    va_end(values);
    if (length <= 0 || (size_t)length >= sizeof message)
        return;
    ssize_t sent = sendto(notifier->fd, message, (size_t)length, MSG_NOSIGNAL, (const struct sockaddr *)&notifier->to,
                          notifier->to_length);
    (void)sent; /* a manager that does not listen has nobody to tell */
}
