/*
 * role_process.h - the process of one role: it takes over from the parent, closes its sandbox, and runs the role's loop.
 *
 * In order: the settings come, it changes user, starts the spawner (vault), closes the sandbox, and only then receives keys and
 * reads anything of anybody. When the parent says stop, or is gone, the role finishes what was acknowledged, its answers are
 * written out, and the process ends.
 */
#ifndef SERVE_ROLE_PROCESS_H
#define SERVE_ROLE_PROCESS_H

#include "ipc/role.h"

enum { ROLE_STOP_SECONDS_MAX = 20 };

/* Runs it to its end, with the control socket on CONTROL_FD; `index`: which of the fronts. The exit status for the process. */
int role_process_run(const struct role_operations *operations, unsigned index);

#endif
