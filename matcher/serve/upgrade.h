/*
 * upgrade.h - a service whose place is taken by a new one, without a connection that is refused.
 *
 *   old parent                                       new parent
 *   starts the program anew, hands it sockets   ──►  reads its configuration, checks it, makes what it needs
 *   ends its roles in order                     ◄──  PREPARED
 *   all of them ended, the databases are free   ──►  TAKE_OVER: starts its roles
 *   ends                                        ◄──  READY
 *
 * Between the end of the old front and the start of the new one connections wait in the listening socket's queue. Until READY
 * nothing is final: where the new one ends or is silent too long, the old one starts its roles again. The lock on data_dir goes
 * over with the descriptor, so that no third service comes between.
 */
#ifndef SERVE_UPGRADE_H
#define SERVE_UPGRADE_H

#include "ipc/control.h"
#include "serve/handed.h"
#include "serve/notify.h"

#include <sys/types.h>

enum { UPGRADE_PREPARE_SECONDS_MAX = 60, UPGRADE_READY_SECONDS_MAX = 600 };

/* The program and its arguments as they were at the start. */
struct command_line {
    char *bytes; /* each ends in NUL */
    char **arguments;
};

MUST_USE enum err command_line_read(struct command_line *out);
void command_line_free(struct command_line *line);

struct successor {
    pid_t pid;
    int control_fd; /* to it; non-blocking */
};

/*
 * Starts the program by the name that this one was started by, which is another file where the program was replaced. It gets
 * `given` (whose HANDED_UPGRADE is made here) and the notifier's socket.
 */
MUST_USE enum err upgrade_start(const struct command_line *line, const struct handed *given,
                                const struct notifier *notifier, struct successor *out);

/* In the new one: says PREPARED and waits for TAKE_OVER. ERR_MISSING: the old one stays, or is gone. */
MUST_USE enum err upgrade_wait(int control_fd);

#endif
