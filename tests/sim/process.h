/*
 * process.h - front, engine and vault as processes of the simulated machine, and the parent that starts them again.
 *
 * A process is the role's own code (ipc/role.h) on a loop of its own. Killing it cuts its channels and databases first, where a
 * seed says, and only then frees its memory, muted: so nothing that freeing does is seen by anybody, and no memory leaks.
 */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include "ipc/role.h"

/* Reads the settings; once. */
void processes_prepare(void);

/* Starts a role and joins it with those that run. */
void process_start(enum role_name role);
void process_kill(enum role_name role);

/* SIGTERM: it finishes what it acknowledged, and has ended once process_has_stopped says so. Not for the front. */
void process_stop(enum role_name role);
bool process_has_stopped(enum role_name role);
void process_end(enum role_name role);

/* A new pair of sockets in place of the one that two running roles have. */
void process_rejoin(enum role_name a, enum role_name b);

bool process_runs(enum role_name role);
bool process_has_turn(enum role_name role);
void process_turn(enum role_name role);
int64_t process_due_us(enum role_name role);

/* Another key for assertions: the whole service was started again. Nothing may run. */
void processes_draw_key(void);

extern const uint8_t process_master_key[32];
#define SIM_VAULT_FOLDER "sim/vault"

#endif
