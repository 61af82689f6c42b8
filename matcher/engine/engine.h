/*
 * engine.h - the role that matches and decides: the state machine of domain/ in memory, its store, and one loop.
 *
 * Calls of a turn are applied together, their changes committed in one transaction, and answered when that is durable
 * (turn.h). Timers, long work and the solver's results are turns of their own (upkeep.h). A failed commit loads the state
 * again from the store and leaves the engine read-only while the cause lasts.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "ipc/role.h"

extern const struct role_operations engine_role;

#endif
