/*
 * sim - plays schedules of the whole service on a simulated machine (README.md beside this file).
 */
#include "chapter.h"
#include "client.h"
#include "database.h"
#include "process.h"
#include "quiet.h"
#include "sim.h"
#include "witness.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS = 400 };

static const char usage[] =
    "usage: sim --schedules N [--from SEED] [--steps N]   plays N schedules and stops at the first that fails\n"
    "       sim --seed SEED [--steps N] [--trace]          plays one; with --trace prints all that happens\n";

struct wishes {
    uint64_t seed, schedules, from, steps;
    bool has_seed, trace;
};

/* Plays one schedule; false where something did not hold. */
static bool play(uint64_t seed, uint64_t steps, bool tracing, bool printing)
{
    sim_begin(seed, tracing, printing);
    chapter_open();
    witness_begin();
    world_begin();
    while (!sim_has_failed() && sim.steps < steps)
        world_step(true);
    if (!sim_has_failed())
        world_heal();
    if (!sim_has_failed())
        quiet_check();
    struct sim found = sim; /* taking roles apart may trip over what is wrong already */
    world_end();
    sim = found;
    return !sim_has_failed();
}

/* The same schedule again, now with its trace: everything follows from the seed. */
static void explain(uint64_t seed, uint64_t steps)
{
    (void)play(seed, steps, true, false);
    sim_print_trace();
    printf("seed %" PRIu64 ", step %" PRIu64 ": %s\n", seed, sim.steps, sim.failed);
    printf("again: sim --seed %" PRIu64 " --steps %" PRIu64 " --trace\n", seed, steps);
}

static int play_many(const struct wishes *wishes)
{
    uint64_t answers = 0, refusals = 0, steps = 0;
    clock_t begun = clock();
    for (uint64_t i = 0; i < wishes->schedules; i++) {
        uint64_t seed = wishes->from + i;
        if (!play(seed, wishes->steps, false, false)) {
            printf("schedule %" PRIu64 " of %" PRIu64 " failed\n", i + 1, wishes->schedules);
            explain(seed, wishes->steps);
            return EXIT_FAILURE;
        }
        answers += clients.answers;
        refusals += clients.refusals;
        steps += sim.steps;
    }
    printf("%" PRIu64 " schedules from seed %" PRIu64 ": %" PRIu64 " steps, %" PRIu64 " answers, %" PRIu64
           " refusals, %.1f s of processor time\n",
           wishes->schedules, wishes->from, steps, answers, refusals,
           (double)(clock() - begun) / (double)CLOCKS_PER_SEC);
    return EXIT_SUCCESS;
}

static int play_one(const struct wishes *wishes)
{
    if (play(wishes->seed, wishes->steps, wishes->trace, wishes->trace)) {
        printf("seed %" PRIu64 " holds: %" PRIu64 " steps\n", wishes->seed, sim.steps);
        return EXIT_SUCCESS;
    }
    if (wishes->trace)
        printf("seed %" PRIu64 ", step %" PRIu64 ": %s\n", wishes->seed, sim.steps, sim.failed);
    else
        explain(wishes->seed, wishes->steps);
    return EXIT_FAILURE;
}

static bool read_number(const char *value, uint64_t *out)
{
    return value && text_to_u64(text_of(value), 0, UINT64_MAX, out) == ERR_OK;
}

static bool read_wishes(int argc, char **argv, struct wishes *out)
{
    const struct {
        const char *flag;
        uint64_t *number;
    } flags[] = {
        {"--seed", &out->seed}, {"--schedules", &out->schedules}, {"--from", &out->from}, {"--steps", &out->steps}};
    for (int i = 1; i < argc; i++) {
        bool known = strcmp(argv[i], "--trace") == 0;
        out->trace = out->trace || known;
        out->has_seed = out->has_seed || strcmp(argv[i], "--seed") == 0;
        for (size_t j = 0; !known && j < sizeof flags / sizeof flags[0]; j++)
            if (strcmp(argv[i], flags[j].flag) == 0)
                known = i + 1 < argc && read_number(argv[++i], flags[j].number);
        if (!known)
            return false;
    }
    return out->has_seed != (out->schedules > 0);
}

int main(int argc, char **argv)
{
    struct wishes wishes = {.from = 1, .steps = STEPS};
    if (!read_wishes(argc, argv, &wishes)) {
        fputs(usage, stderr);
        return 2;
    }
    processes_prepare();
    chapters_make();
    int status = wishes.has_seed ? play_one(&wishes) : play_many(&wishes);
    chapters_free();
    return status;
}
