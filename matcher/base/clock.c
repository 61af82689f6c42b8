#include "base/clock.h"

#include "base/fault.h"

#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now); /* cannot fail for these ids and a valid pointer */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_wall_ms(void *context)
{
    (void)context;
    return read_us(CLOCK_REALTIME) / 1000 + fault_clock_offset_ms();
}

static int64_t system_monotonic_us(void *context)
{
    (void)context;
    return read_us(CLOCK_MONOTONIC);
}

struct clock clock_system(void)
{
    return (struct clock){system_wall_ms, system_monotonic_us, NULL};
}

static int64_t manual_wall_ms(void *context)
{
    const struct clock_manual *manual = context;
    return manual->wall_ms;
}

static int64_t manual_monotonic_us(void *context)
{
    const struct clock_manual *manual = context;
    return manual->monotonic_us;
}

struct clock clock_of_manual(struct clock_manual *manual)
{
    return (struct clock){manual_wall_ms, manual_monotonic_us, manual};
}

int64_t clock_wall_ms(const struct clock *clock)
{
    return clock->wall_ms(clock->context);
}

int64_t clock_monotonic_us(const struct clock *clock)
{
    return clock->monotonic_us(clock->context);
}
