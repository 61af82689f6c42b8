/*
 * spawner.h - running the notify command for a role whose sandbox lets it start no program.
 *
 * The spawner is a process of its own that serve/ starts before the role reads a key or closes its sandbox. It runs one
 * command, which was fixed at its start, and feeds it what the role hands over; the role cannot choose another. One
 * command runs at a time, the others wait in order.
 */
#ifndef IPC_SPAWNER_H
#define IPC_SPAWNER_H

#include "base/err.h"

#include <stddef.h>

struct event_base;
struct spawner;

enum { SPAWNER_INPUT_BYTES_MAX = 64 << 10, SPAWNER_WAITING_MAX = 256, SPAWNER_RUN_SECONDS_MAX = 60 };

/* How it ended: the command's exit status, or -1 where it did not start, was killed, or took too long. */
typedef void spawner_done_cb(void *context, int exit_status);

/*
 * Runs the command with `input` as its standard input (copied). `done` comes in a later turn of the loop. Errors: ERR_RANGE
 * (input too long, too many wait), ERR_MEMORY, ERR_MISSING (no command is configured, or the spawner is gone).
 */
MUST_USE enum err spawner_run(struct spawner *spawner, const void *input, size_t length, spawner_done_cb *done,
                              void *context);

/*
 * For serve/: forks the process; `command` is split at blanks, no shell is involved. With a NULL command there is no process
 * and spawner_run answers ERR_MISSING.
 */
MUST_USE enum err spawner_start(const char *command, struct spawner **out);

/*
 * For serve/: from here on answers come through this loop. `gone` (may be NULL) is called once, in a turn of it, should the
 * process end by itself: nothing can be run any more, so the role had better be started anew.
 */
MUST_USE enum err spawner_attach(struct spawner *spawner, struct event_base *base, void (*gone)(void *context),
                                 void *context);

/* Callbacks that are owed are called with -1 first. */
void spawner_free(struct spawner *spawner);

#endif
