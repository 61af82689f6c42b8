#include "cmd/command.h"
#include "cmd/options.h"

#include "base/mem.h"
#include "offline/explain.h"
#include "offline/verify_dir.h"

#include <string.h>

static const struct option options[] = {
    {.name = "student",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "KEY",
     .text = "school/studentnummer, or school/studentnummer/van for one of several requests"},
    {.name = "placement",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE,
     .unit = "KEY",
     .text = "leerbedrijf/leerplaats: what its criteria cost"},
    {.name = "most",
     .type = OPTION_NUMBER,
     .where = OPTION_ON_LINE,
     .min = 1,
     .max = 100000,
     .unit = "PLACES",
     .fallback = "20",
     .text = "how much of a list to show"},
    OPTION_OPLEIDINGEN,
    OPTION_LANGUAGE,
    OPTION_LOG_LEVEL,
};

static enum err tell(const struct settings *settings, const struct job *job, const struct names *names)
{
    const char *student = settings_string(settings, "student"), *placement = settings_string(settings, "placement");
    size_t first, count, most = (size_t)settings_number(settings, "most");
    enum err e = ERR_OK;
    if (student) {
        e = explain_find_student(job, text_of(student), &first, &count);
        if (e != ERR_OK)
            fprintf(stderr, "--student: no such request in this round; expected school/studentnummer[/van]\n");
        for (size_t i = 0; e == ERR_OK && i < count; i++)
            e = explain_student(job, names, first + i, most, stdout);
    }
    if (placement && e == ERR_OK) {
        e = explain_find_placement(job, text_of(placement), &first);
        if (e != ERR_OK)
            fprintf(stderr, "--placement: no such placement in this round; expected leerbedrijf/leerplaats\n");
        else
            e = explain_placement(job, names, first, stdout);
    }
    return e;
}

static int run(const struct invocation *invocation)
{
    const struct settings *settings = invocation->settings;
    enum language language = options_language(settings);
    struct names names;
    struct replay *replay;
    if (!settings_string(settings, "student") && !settings_string(settings, "placement")) {
        fputs("give --student KEY or --placement KEY\n", stderr);
        return EXIT_WRONG_USE;
    }
    enum err e = names_read(settings_string(settings, "opleidingen"), &names);
    if (e != ERR_OK)
        return exit_status(e);
    e = mem_alloc(1, sizeof *replay, &replay);
    if (e == ERR_OK) {
        e = replay_open(invocation->operands[0], clock_system(), language, replay);
        if (e == ERR_OK)
            e = tell(settings, &replay->job, &names);
        replay_close(replay);
        mem_free(replay);
    }
    names_free(&names);
    return exit_status(e);
}

const struct command command_explain = {
    .name = "explain",
    .usage = "DIR --student KEY | --placement KEY",
    .summary = "Tell why a student got this placement and no other, or what a criterion costs",
    .details = "For the school alone: it shows one student's scores and distances. Plays the round in DIR again.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .min_operands = 1,
    .max_operands = 1,
    .reads_config = true,
    .run = run,
};
