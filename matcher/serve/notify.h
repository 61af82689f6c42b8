/*
 * notify.h - what the service manager is told: sd_notify(3) over the datagram socket that NOTIFY_SOCKET names.
 *
 * The protocol is lines of NAME=value in one datagram, which systemd documents for programs without its library. Where nobody
 * asked, all of it does nothing. What is told is lost where the manager is gone: nothing here waits or fails.
 */
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

#include "base/clock.h"
#include "base/err.h"

#include <sys/socket.h>
#include <sys/un.h>

struct notifier {
    int fd; /* -1: nobody asked */
    struct sockaddr_un to;
    socklen_t to_length;
    int64_t watchdog_us; /* how often the manager wants to hear from this process; 0: not */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of the environment: they are for no child. */
void notify_open(struct notifier *out);
void notify_close(struct notifier *notifier);

/* Puts them back, for the process `pid` that takes this one's place: called in it, before it executes the program. */
void notify_hand_over(const struct notifier *notifier, int pid);

/* Sends one datagram: "READY=1\nSTATUS=…". */
void notify_tell(const struct notifier *notifier, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
