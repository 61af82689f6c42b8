#include "cmd/command.h"
#include "cmd/options.h"

#include "offline/verify_dir.h"

static const struct option options[] = {
    {.name = "students",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "the original students.csv, to check that the round was made from it"},
    {.name = "placements",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "the original placements.csv, likewise"},
    OPTION_LOG_LEVEL,
};

static int run(const struct invocation *invocation)
{
    const char *students = settings_string(invocation->settings, "students");
    const char *placements = settings_string(invocation->settings, "placements");
    if (!students != !placements) {
        fputs("give both --students and --placements, or neither\n", stderr);
        return EXIT_WRONG_USE;
    }
    enum err e = verify_dir_run(invocation->operands[0], students, placements, clock_system(),
                                language_of_environment(), stdout);
    if (e == ERR_OK)
        puts("verified: the round is stable, and every file is what its inputs, rules and seed give");
    else if (e == ERR_MISMATCH)
        puts("NOT verified: see above");
    else
        fprintf(stderr, "stagematch verify: could not be checked: %s\n", err_text(e));
    return exit_status(e);
}

const struct command command_verify = {
    .name = "verify",
    .usage = "DIR [--students FILE --placements FILE]",
    .summary = "Recompute a round from its inputs and compare every byte",
    .details =
        "Reads DIR/round.json, checks the digests of DIR/inputs, plays the round again under the recorded rules\n"
        "and seed, checks that it is stable, and names the first difference in each file.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
