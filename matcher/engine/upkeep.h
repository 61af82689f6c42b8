/*
 * upkeep.h - what the engine does without being called: timers that are due, long work in pieces, rounds to solve.
 *
 * Each piece is a turn (turn.h) and calls come in between. The domain says what there is to do; upkeep_look asks it again after
 * every turn. A timer is never slept for longer than a minute, so that a wall clock that is set forward is noticed.
 */
#ifndef ENGINE_UPKEEP_H
#define ENGINE_UPKEEP_H

#include "engine/solver.h"
#include "engine/turn.h"

struct upkeep;

enum { UPKEEP_DUE_LIMIT = 1000, UPKEEP_SLEEP_MS_MAX = 60000, UPKEEP_RETRY_MS = 1000, UPKEEP_FAILED_MS = 10000 };

MUST_USE enum err upkeep_new(struct event_base *base, struct turns *turns, struct upkeep **out);
void upkeep_free(struct upkeep *upkeep);

/* Looks what this domain, the one that the turns have, has to do. O(1) when that is nothing. */
void upkeep_look(struct upkeep *upkeep, struct domain *domain);

/* The domain goes: kills the solver's child and forgets what it said. */
void upkeep_stop(struct upkeep *upkeep);

struct solver_numbers upkeep_solver_numbers(const struct upkeep *upkeep);

#endif
