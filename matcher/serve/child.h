/*
 * child.h - starting a role's process and handing over to it.
 */
#ifndef SERVE_CHILD_H
#define SERVE_CHILD_H

#include "ipc/control.h"
#include "serve/prepare.h"

#include <sys/types.h>

struct child {
    pid_t pid;
    int control_fd; /* the parent's end, non-blocking */
};

/* Forks and re-executes as the role, of fronts as the one with this index; the process then has nothing open but its end of the control socket and stdin to stderr. */
MUST_USE enum err child_start(enum role_name role, unsigned index, struct child *out);

/* Sends it settings, sockets, folder and keys: to each role what it may have. */
MUST_USE enum err child_hand_over(const struct child *child, enum role_name role, const struct settings *settings,
                                  const struct preparation *preparation);

/* Gives a running front another certificate. ERR_IO: it does not take it. */
MUST_USE enum err child_send_certificate(const struct child *child, const struct certificate *certificate);

/* Gives both a new channel to each other; `index` is of the one that is a front. ERR_IO: one of them does not take it. */
MUST_USE enum err child_join(const struct child *a, enum role_name role_a, const struct child *b,
                             enum role_name role_b, unsigned index);

#endif
