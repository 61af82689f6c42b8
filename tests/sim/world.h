/*
 * world.h - the scheduler: what happens next is drawn from all that could.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

/* Begins from a chapter: databases and clients are there, no role runs yet. */
void world_begin(void);

/* One event. `clients_begin`: clients may begin something new. */
void world_step(bool clients_begin);

/* No more faults: everything runs, until all clients have their answers and nothing is left to do. */
void world_heal(void);

/* Ends the roles without a trace of them. */
void world_end(void);

#endif
