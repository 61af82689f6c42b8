/*
 * sim.h - one simulated machine: its clock, its dice, what happened, and what was found wrong.
 *
 * There is one at a time, and everything in it follows from the seed: the order of turns, what the roles draw as random,
 * which commit fails, who dies. The dice of the scheduler and those of the roles are apart, so that another draw of a role moves
 * no event.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"

#include <inttypes.h>

#define SIM_MS ((int64_t)1000)
#define SIM_SECOND (1000 * SIM_MS)
#define SIM_MINUTE (60 * SIM_SECOND)
#define SIM_HOUR (60 * SIM_MINUTE)

enum { SIM_TRACE_LINES = 256, SIM_TRACE_BYTES = 200, SIM_FOLDER_BYTES = 16 };

struct sim {
    uint64_t seed;
    struct random_seeded dice_state, secrets_state;
    struct random_source dice, secrets;
    int64_t now_us;         /* monotonic */
    int64_t wall_offset_ms; /* wall clock = monotonic + this; jumps */
    int64_t latest_wall_ms; /* before the wall clock was set back */
    int64_t jumped_us;      /* when the wall clock last went forward by much */
    uint64_t steps;
    bool muted;      /* a role is being taken apart: nothing of what it does leaves it */
    bool faults_off; /* the world heals: from here on nothing fails any more */
    bool tracing, printing;
    char failed[SIM_TRACE_BYTES]; /* the invariant that did not hold; empty: none */
    char lines[SIM_TRACE_LINES][SIM_TRACE_BYTES];
    uint64_t line_count;
};
extern struct sim sim;

void sim_begin(uint64_t seed, bool tracing, bool printing);

/* Dice. */
uint64_t sim_below(uint64_t bound);
bool sim_chance(unsigned in_a_thousand);

/* The clock that everything reads. */
struct clock sim_clock(void);
int64_t sim_wall_ms(void);

/* A line of what happened; costs nothing when nobody looks. */
#define SIM_TRACE(...)                                                                                               \
    do {                                                                                                             \
        if (sim.tracing)                                                                                             \
            sim_trace(__VA_ARGS__);                                                                                  \
    } while (0)
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An invariant does not hold. Only the first is kept. */
void sim_fail(const char *invariant, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool sim_has_failed(void);
void sim_print_trace(void);

/* For what only fails when the simulator itself is wrong. */
void sim_is_wrong(const char *what) __attribute__((noreturn));
#define SIM_MUST(holds) ((holds) ? (void)0 : sim_is_wrong(#holds))

#endif
