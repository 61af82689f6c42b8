/*
 * stand_ins.h - what the simulator knows of its stand-ins beyond the headers whose functions they have.
 */
#ifndef SIM_STAND_INS_H
#define SIM_STAND_INS_H

#include "base/text.h"

struct event_base;
struct spawner;

/* A notify command that hands every letter to whoever listens; spawner_free (ipc/spawner.h). */
struct spawner *spawner_simulated(struct event_base *base);
void letters_listen(void (*letter)(struct text letter));

#endif
