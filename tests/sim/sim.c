#include "sim.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim sim;

/* 2027-01-04 08:00 UTC, a Monday. */
static const int64_t first_wall_ms = 1799049600000;

static uint32_t sodium_word(void)
{
    uint32_t word;
    random_fill(&sim.secrets, &word, sizeof word);
    return word;
}

static void sodium_bytes(void *const out, const size_t length)
{
    random_fill(&sim.secrets, out, length);
}

static const char *sodium_name(void)
{
    return "simulated";
}

void sim_begin(uint64_t seed, bool tracing, bool printing)
{
    static struct randombytes_implementation seeded = {
        .implementation_name = sodium_name, .random = sodium_word, .buf = sodium_bytes};
    memset(&sim, 0, sizeof sim);
    sim.seed = seed;
    sim.dice = random_of_seed(&sim.dice_state, seed);
    sim.secrets = random_of_seed(&sim.secrets_state, seed ^ 0x5ec7e75ec7e75ec7u);
    sim.now_us = SIM_HOUR;
    sim.wall_offset_ms = first_wall_ms;
    sim.tracing = tracing;
    sim.printing = printing;
    SIM_MUST(randombytes_set_implementation(&seeded) == 0);
    SIM_MUST(sodium_init() >= 0);
}

uint64_t sim_below(uint64_t bound)
{
    return random_below(&sim.dice, bound);
}

bool sim_chance(unsigned in_a_thousand)
{
    return sim_below(1000) < in_a_thousand;
}

int64_t sim_wall_ms(void)
{
    return sim.now_us / 1000 + sim.wall_offset_ms;
}

static int64_t read_wall_ms(void *context)
{
    (void)context;
    return sim_wall_ms();
}

static int64_t read_monotonic_us(void *context)
{
    (void)context;
    return sim.now_us;
}

struct clock sim_clock(void)
{
    return (struct clock){read_wall_ms, read_monotonic_us, NULL};
}

static void add_line(const char *format, va_list arguments)
{
    char *line = sim.lines[sim.line_count++ % SIM_TRACE_LINES];
    int head = snprintf(line, SIM_TRACE_BYTES, "%6" PRIu64 " %10.3f  ", sim.steps, (double)sim.now_us / 1e6);
    (void)vsnprintf(line + head, (size_t)(SIM_TRACE_BYTES - head), format, arguments);
    if (sim.printing)
        puts(line);
}

void sim_trace(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_line(format, arguments);
    va_end(arguments);
}

void sim_fail(const char *invariant, const char *format, ...)
{
    if (sim.failed[0])
        return;
    int head = snprintf(sim.failed, sizeof sim.failed, "%s: ", invariant);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sim.failed + head, sizeof sim.failed - (size_t)head, format, arguments);
    va_end(arguments);
    SIM_TRACE("FAILED %s", sim.failed);
}

bool sim_has_failed(void)
{
    return sim.failed[0] != '\0';
}

void sim_print_trace(void)
{
    uint64_t first = sim.line_count > SIM_TRACE_LINES ? sim.line_count - SIM_TRACE_LINES : 0;
    for (uint64_t i = first; i < sim.line_count; i++)
        puts(sim.lines[i % SIM_TRACE_LINES]);
}

void sim_is_wrong(const char *what)
{
    printf("the simulator itself is wrong: %s (seed %" PRIu64 ", step %" PRIu64 ")\n", what, sim.seed, sim.steps);
    sim_print_trace();
    fflush(stdout);
    abort();
}
