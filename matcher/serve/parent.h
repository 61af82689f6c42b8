/*
 * parent.h - the process that runs the service: it starts the roles, joins them by socketpairs, starts again what dies, and
 * ends them in order. It reads no data and answers nobody.
 *
 * There may be several fronts: processes that share the listening sockets, each with channels of its own to engine and vault.
 *
 * A role is this program again (fork and exec of /proc/self/exe, `role NAME`), so that roles share no memory, not even its
 * layout. SIGTERM and SIGINT end the service: the front first, so that nothing new comes in, then the engine, then the vault.
 * SIGHUP reads the configuration again: where it is good every role is replaced in turn by one with the new settings, while
 * the listening sockets stay open here and nobody is refused; where it is bad it is said and the old one stays.
 *
 * SIGUSR2 starts the program anew, by the name it was started by, to take this one's place (upgrade.h).
 *
 * A caller that must not be ended between its own work and this may block these signals first: they are taken from here.
 */
#ifndef SERVE_PARENT_H
#define SERVE_PARENT_H

#include "base/conf.h"

struct serve_source {
    /* Reads the settings anew; what is wrong goes to `complaints`, with file and line. */
    enum err (*read)(void *context, struct settings *out, FILE *complaints);
    void *context;
    bool ends_on_hangup;  /* SIGHUP ends it as SIGTERM does: for a service that belongs to a terminal */
    bool can_be_upgraded; /* the program's arguments start the same service again */
};

/*
 * Runs the service until a signal ends it. ERR_OK: it ran and everything was finished. What is wrong at the start is written
 * to stderr. A role that cannot start at the service's own start ends it (ERR_INTERNAL); later it is tried again and again.
 */
MUST_USE enum err serve_run(const struct serve_source *source);

#endif
