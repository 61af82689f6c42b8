#include "cmd/command.h"
#include "cmd/options.h"

#include "base/clock.h"
#include "base/file.h"
#include "match/hr_binary.h"
#include "match/hr_text.h"
#include "match/solve.h"
#include "match/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct option options[] = {OPTION_MECHANISM, OPTION_LOG_LEVEL};

static const size_t file_bytes_max = (size_t)8 << 30;

static enum err read_instance(const char *path, struct hr *out)
{
    struct buf bytes;
    struct problems problems;
    buf_init(&bytes, file_bytes_max);
    problems_init(&problems, path);
    enum err e = file_read_all(path, &bytes);
    if (e != ERR_OK) {
        fprintf(stderr, "%s: cannot be read: %s\n", path, e == ERR_MEMORY ? err_text(e) : strerror(errno));
    } else {
        struct text text = buf_text(&bytes);
        e = hr_binary_is(text) ? hr_binary_read(text, out, &problems) : hr_text_read(text, out, &problems);
        problems_print(&problems, language_of_environment(), stderr);
        if (e != ERR_OK && !problems.total)
            fprintf(stderr, "%s: %s\n", path, err_text(e));
    }
    problems_free(&problems);
    buf_free(&bytes);
    return e;
}

static void print_solution(const struct hr *hr, const struct solution *solution)
{
    for (uint32_t s = 0; s < hr->instance.student_count; s++) {
        uint32_t place = solution->place[hr->number[s]];
        if (place == INSTANCE_UNMATCHED)
            printf("%" PRIu32 " -1\n", s);
        else
            printf("%" PRIu32 " %" PRIu32 "\n", s, place);
    }
}

static int run(const struct invocation *invocation)
{
    struct clock clock = clock_system();
    struct hr hr = {0};
    struct solution solution = {0};
    struct verdict verdict = {FINDING_NONE, 0, 0};
    enum err e = read_instance(invocation->operands[0], &hr);
    if (e != ERR_OK)
        return exit_status(e);
    int64_t began_us = clock_monotonic_us(&clock);
    e = solve_stb(&hr.instance, &solution);
    int64_t solved_us = clock_monotonic_us(&clock);
    if (e == ERR_OK)
        e = verify_matching(&hr.instance, solution.place, &verdict);
    int64_t verified_us = clock_monotonic_us(&clock);
    if (e == ERR_OK) {
        print_solution(&hr, &solution);
        fflush(stdout);
        fprintf(stderr, "size=%" PRIu64 " proposals=%" PRIu64 " solve_s=%.6f verify_s=%.6f\n", solution.matched,
                solution.proposals, (double)(solved_us - began_us) / 1e6, (double)(verified_us - solved_us) / 1e6);
    } else {
        fprintf(stderr, "stagematch solve: %s\n", e == ERR_MISMATCH ? finding_text(verdict.finding) : err_text(e));
    }
    solution_free(&solution);
    hr_free(&hr);
    return exit_status(e);
}

const struct command command_solve = {
    .name = "solve",
    .usage = "[--mechanism M] FILE",
    .summary = "Solve one instance in text or binary (HRB1) form, for tests and benchmarks",
    .details = "Prints `student place` on each line (-1: unmatched), and as the last line on stderr\n"
               "`size=N proposals=N solve_s=S verify_s=S`.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
