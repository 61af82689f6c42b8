#include "cmd/command.h"
#include "cmd/options.h"

#include "base/random.h"
#include "offline/match_job.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    {.name = "students",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE | OPTION_REQUIRED,
     .unit = "FILE",
     .text = "students.csv: one row for each stagevraag"},
    {.name = "placements",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE | OPTION_REQUIRED,
     .unit = "FILE",
     .text = "placements.csv: one row for each placement"},
    {.name = "out",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE | OPTION_REQUIRED,
     .unit = "DIR",
     .text = "the result directory to make"},
    {.name = "force", .type = OPTION_FLAG, .where = OPTION_ON_LINE, .text = "replace an earlier result in --out"},
    {.name = "seed",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "HEX",
     .text = "1 to 64 hexadecimal digits that decide the lottery; drawn and printed when absent"},
    {.name = "schools",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "BRINS",
     .text = "the only schools the file may name, joined by commas"},
    OPTION_PC4,
    OPTION_OPLEIDINGEN,
    OPTION_MECHANISM,
    OPTION_SPELING,
    OPTION_LIST_MAX,
    OPTION_BAND_WIDTH,
    OPTION_THREADS,
    OPTION_LANGUAGE,
    OPTION_LOG_LEVEL,
};

static enum err choose_seed(const char *hex, uint8_t seed[SEED_BYTES])
{
    struct random_source random;
    if (hex) {
        enum err e = lottery_parse_seed(text_of(hex), seed);
        if (e != ERR_OK)
            fputs("--seed: expected 1 to 64 hexadecimal digits\n", stderr);
        return e == ERR_OK ? ERR_OK : ERR_USAGE;
    }
    enum err e = random_system(&random);
    if (e == ERR_OK)
        random_fill(&random, seed, SEED_BYTES);
    return e;
}

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    struct job_inputs inputs = {
        .students = settings_string(settings, "students"),
        .placements = settings_string(settings, "placements"),
        .pc4 = settings_string(settings, "pc4"),
        .scope = settings_string(settings, "schools"),
    };
    struct match_rules rules = options_rules(settings);
    struct job job;
    struct names names = {.count = 0};
    if (!inputs.pc4) {
        fputs("no postcode table: give --pc4 FILE, or name one in the configuration file\n", stderr);
        return EXIT_WRONG_USE;
    }
    job_init(&job, &inputs, &rules, clock_system(), options_language(settings));
    job.threads = (uint32_t)settings_number(settings, "threads");
    enum err e = choose_seed(settings_string(settings, "seed"), job.seed);
    if (e == ERR_OK)
        e = names_read(settings_string(settings, "opleidingen"), &names); /* before anything is written */
    if (e == ERR_OK)
        e = match_job_run(&job, settings_string(settings, "out"), settings_flag(settings, "force"));
    if (e == ERR_OK)
        e = match_job_summary(&job, &names, stdout);
    names_free(&names);
    job_free(&job);
    return exit_status(e);
}

const struct command command_match = {
    .name = "match",
    .usage = "--students FILE --placements FILE --out DIR [OPTIONS]",
    .summary = "Play a whole round: two CSV files in, a fair and checkable match out",
    .details =
        "DIR gets matches.csv, unmatched.csv (with the binding reason), round.json (counts, rank distribution,\n"
        "seed, digests) and inputs/ (the blinded inputs); it appears completely or not at all. A file with an\n"
        "error is refused as a whole, with every error's line and column.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .reads_config = true,
    .run = run,
};
