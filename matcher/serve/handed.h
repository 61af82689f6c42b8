/*
 * handed.h - descriptors that are open when the program starts: the listening sockets of systemd's socket activation, and what
 * a service hands over to the one that takes its place (upgrade.h).
 *
 * Both come as sd_listen_fds(3) says: from descriptor 3 on, as many as LISTEN_FDS, for the process LISTEN_PID, with names in
 * LISTEN_FDNAMES. A socket named "metrics" is that of metrics_listen, "redirect" that of redirect_listen; one with any
 * other name is the API's.
 */
#ifndef SERVE_HANDED_H
#define SERVE_HANDED_H

#include "base/err.h"

#include <stdio.h>

enum handed_kind {
    HANDED_API,      /* any name that is not below */
    HANDED_METRICS,  /* "metrics" */
    HANDED_REDIRECT, /* "redirect" */
    HANDED_LOCK,     /* "stagematch-lock": the lock on data_dir */
    HANDED_UPGRADE,  /* "stagematch-upgrade": the control socket to the service whose place this one takes */
    HANDED_KIND_COUNT,
};

enum { HANDED_FIRST_FD = 3 };

struct handed {
    int fds[HANDED_KIND_COUNT]; /* -1: did not come */
};

/* The name under which it is handed over. */
const char *handed_name(enum handed_kind kind);

/*
 * Takes what came, close-on-exec, and takes it out of the environment. ERR_INPUT: two of one kind, or a socket that does not
 * listen; what is wrong goes to `complaints`.
 */
MUST_USE enum err handed_take(struct handed *out, FILE *complaints);

/* Closes what nobody took out (set to -1). */
void handed_close(struct handed *handed);

/* In the process that takes this one's place, before it executes the program: puts all that is there in its place. */
MUST_USE enum err handed_give(const struct handed *given, int pid);

#endif
