/*
 * solver.h - a round solved in a forked child: the loop goes on, and a child that dies takes nothing with it.
 *
 * The child has the state as it was when it was forked. It closes every descriptor but its end of a pipe, so it has no database,
 * no channel and no lock; it works at a lower priority, under a limit of processor time, and dies with its parent. Its answer
 * comes through the pipe: what domain_solve wrote, or the error. One child at a time.
 */
#ifndef ENGINE_SOLVER_H
#define ENGINE_SOLVER_H

#include "base/buf.h"
#include "domain/domain.h"

struct event_base;
struct solver;

enum { SOLVER_SECONDS_MAX = 1800, SOLVER_ATTEMPTS_MAX = 3 };

/*
 * What comes of it, in a later turn of the loop: `failure` NULL with the result, which is borrowed, or a static word. Where the child
 * was killed or ran out of time or memory it is begun again first, SOLVER_ATTEMPTS_MAX times in all: then `again` is set and the
 * solver is free.
 */
typedef void solver_done_cb(void *context, const struct solve_request *request, struct text result,
                            const char *failure, bool again);

MUST_USE enum err solver_new(struct event_base *base, unsigned seconds_max, solver_done_cb *done, void *context,
                             struct solver **out);

/* Kills a child that runs. */
void solver_free(struct solver *solver);

bool solver_is_busy(const struct solver *solver);

/* Starts a child over this domain. ERR_EXISTS: one runs. */
MUST_USE enum err solver_start(struct solver *solver, const struct domain *domain,
                               const struct solve_request *request);

/* Kills the child that runs, if any; `done` is not called for it. */
void solver_stop(struct solver *solver);

struct solver_numbers {
    uint64_t started, solved, failed;
    int64_t child; /* its process id; 0: none */
};
struct solver_numbers solver_read_numbers(const struct solver *solver);

#endif
