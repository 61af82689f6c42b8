/*
 * clock.h - time as a thing that is handed in, so that a test or a simulator can own it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(void *context);      /* milliseconds since 1970-01-01 UTC; may jump */
    int64_t (*monotonic_us)(void *context); /* microseconds since some start; never goes back */
    void *context;
};

/* The machine's own clocks. */
struct clock clock_system(void);

/* A clock that stands still until the test moves it. */
struct clock_manual {
    int64_t wall_ms;
    int64_t monotonic_us;
};

struct clock clock_of_manual(struct clock_manual *manual);

int64_t clock_wall_ms(const struct clock *clock);
int64_t clock_monotonic_us(const struct clock *clock);

#endif
