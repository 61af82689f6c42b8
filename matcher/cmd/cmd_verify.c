#include "cmd/command.h"
#include "cmd/options.h"

#include "offline/verify_dir.h"
#include "offline/verify_export.h"

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
    {.name = "export",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "in place of DIR: the JSON answer of RoundService/ExportRound"},
    {.name = "pc4",
     .type = OPTION_PATH,
     .where = OPTION_ON_LINE,
     .unit = "FILE",
     .text = "with --export: a table of postcodes to compute distances from, in place of the export's own"},
    OPTION_LOG_LEVEL,
};

/* What was found, and how far it goes. */
static int say_verdict(enum err e, const char *verified)
{
    if (e == ERR_OK)
        puts(verified);
    else if (e == ERR_MISMATCH)
        puts("NOT verified: see above");
    else if (e == ERR_MISSING)
        puts("NOT verified: the input is no longer whole, so nothing can be recomputed from it");
    else
        fprintf(stderr, "stagematch verify: could not be checked: %s\n", err_text(e));
    return exit_status(e);
}

static int verify_export(const struct invocation *invocation, const char *export)
{
    enum err e =
        verify_export_run(export, settings_string(invocation->settings, "pc4"), language_of_environment(), stdout);
    return say_verdict(
        e, "verified: from the input with this digest, these nonces and these rules, this matching and no other "
           "follows, and it is stable\n"
           "not proved by this file: that digest and commitments are those published before the round "
           "(compare GetPublicRound), that profiles and coordinates are true, and what people decided "
           "afterwards (the ledger)");
}

static int verify_dir(const struct invocation *invocation, const char *students, const char *placements)
{
    enum err e = verify_dir_run(invocation->operands[0], students, placements, clock_system(),
                                language_of_environment(), stdout);
    return say_verdict(e, "verified: the round is stable, and every file is what its inputs, rules and seed give");
}

static int run(const struct invocation *invocation)
{
    const char *students = settings_string(invocation->settings, "students");
    const char *placements = settings_string(invocation->settings, "placements");
    const char *export = settings_string(invocation->settings, "export");
    const char *pc4 = settings_string(invocation->settings, "pc4");
    const char *wrong = !export == !invocation->operand_count ? "give a result directory, or --export FILE\n"
                        : export && (students || placements)
                            ? "--students and --placements go with a result directory\n"
                        : pc4 && !export           ? "--pc4 goes with --export\n"
                        : !students != !placements ? "give both --students and --placements, or neither\n"
                                                   : NULL;
    if (wrong) {
        fputs(wrong, stderr);
        return EXIT_WRONG_USE;
    }
    return export ? verify_export(invocation, export) : verify_dir(invocation, students, placements);
}

const struct command command_verify = {
    .name = "verify",
    .usage = "DIR [--students FILE --placements FILE] | --export FILE [--pc4 FILE]",
    .summary = "Recompute a round from its inputs and compare every byte",
    .details =
        "Reads DIR/round.json, checks the digests of DIR/inputs, plays the round again under the recorded rules\n"
        "and seed, checks that it is stable, and names the first difference in each file.\n"
        "With --export it does the same for a round of the service, from the JSON answer of "
        "RoundService/ExportRound:\n"
        "it checks the digest, the root of the entries, the nonces and the seed too, and says what that proves and\n"
        "what it does not.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
