/*
 * random_lines: what the memory allows. Touches two random cache lines a step, one in each of two arrays, and prints the
 * time. A solver's proposal needs at least that: the student's next edge and the placement's head.
 *
 * usage: random_lines STEPS BYTES_A BYTES_B
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { LINE_BYTES = 64, AHEAD = 24, HUGE_PAGE_BYTES = 1 << 21 };

static size_t round_up(size_t bytes)
{
    return (bytes + HUGE_PAGE_BYTES - 1) & ~(size_t)(HUGE_PAGE_BYTES - 1);
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The line of a step: a multiplication instead of a division maps the hash evenly to the array. */
static const volatile uint8_t *line_of(const uint8_t *array, uint64_t lines, uint64_t step, uint64_t salt)
{
    uint64_t line = (uint64_t)(((unsigned __int128)mix(step * 2 + salt) * lines) >> 64);
    return array + line * LINE_BYTES;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: random_lines STEPS BYTES_A BYTES_B\n");
        return 2;
    }
    uint64_t steps = strtoull(argv[1], NULL, 10), lines_a = strtoull(argv[2], NULL, 10) / LINE_BYTES + 1,
             lines_b = strtoull(argv[3], NULL, 10) / LINE_BYTES + 1, sum = 0;
    uint8_t *a = aligned_alloc(HUGE_PAGE_BYTES, round_up(lines_a * LINE_BYTES));
    uint8_t *b = aligned_alloc(HUGE_PAGE_BYTES, round_up(lines_b * LINE_BYTES));
    if (!a || !b)
        return 1;
    madvise(a, round_up(lines_a * LINE_BYTES), MADV_HUGEPAGE); /* as the program's own large blocks */
    madvise(b, round_up(lines_b * LINE_BYTES), MADV_HUGEPAGE);
    memset(a, 1, lines_a * LINE_BYTES);
    memset(b, 1, lines_b * LINE_BYTES);
    double began_s = now_s();
    for (uint64_t step = 0; step < steps; step++) {
        __builtin_prefetch((const void *)line_of(a, lines_a, step + AHEAD, 0));
        __builtin_prefetch((const void *)line_of(b, lines_b, step + AHEAD, 1));
        sum += *line_of(a, lines_a, step, 0);
        sum += *line_of(b, lines_b, step, 1);
    }
    double took_s = now_s() - began_s;
    printf("lines_s=%.6f checksum=%" PRIu64 "\n", took_s, sum);
    free(a);
    free(b);
    return 0;
}
