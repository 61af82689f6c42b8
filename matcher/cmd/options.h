/*
 * options.h - the options that the configuration file and several commands share, each written down once.
 *
 * A command's own table lists the ones it takes; config_options lists all that may stand in the file.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/conf.h"
#include "base/problem.h"
#include "match/market.h"

#define BOTH (OPTION_IN_FILE | OPTION_ON_LINE)

#define OPTION_PC4                                                                                                   \
    {                                                                                                                \
        .name = "pc4", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                           \
        .text = "postcode table: CSV with columns pc4, lat, lon"                                                     \
    }
#define OPTION_OPLEIDINGEN                                                                                           \
    {                                                                                                                \
        .name = "opleidingen", .type = OPTION_PATH, .where = BOTH, .unit = "FILE",                                   \
        .text = "names of qualifications: CSV with columns code (or crebo, isat) and naam"                           \
    }
#define OPTION_SKILLS                                                                                                \
    {                                                                                                                \
        .name = "skills", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                              \
        .text = "skill codes with their names in Dutch and English"                                                  \
    }
#define OPTION_REASONS                                                                                               \
    {                                                                                                                \
        .name = "reasons", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                             \
        .text = "the closed list of reasons for a decision"                                                          \
    }
#define OPTION_GROUNDS                                                                                               \
    {                                                                                                                \
        .name = "grounds", .type = OPTION_PATH, .where = OPTION_IN_FILE, .unit = "FILE",                             \
        .text = "grounds of discrimination that a report can name"                                                   \
    }
#define OPTION_SPELING                                                                                               \
    {                                                                                                                \
        .name = "speling_dagen", .flag = "speling", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 366,      \
        .unit = "DAYS", .fallback = "7",                                                                             \
        .text = "slack at both ends when a request and a placement's window are compared"                            \
    }
#define OPTION_LIST_MAX                                                                                              \
    {                                                                                                                \
        .name = "list_max", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 1000000, .unit = "PLACES",        \
        .fallback = "1000", .text = "longest list of one student; 0 for no limit"                                    \
    }
#define OPTION_BAND_WIDTH                                                                                            \
    {                                                                                                                \
        .name = "band_width", .type = OPTION_NUMBER, .where = BOTH, .min = 1, .max = SCORE_MAX, .unit = "POINTS",    \
        .fallback = "10",                                                                                            \
        .text = "points of score (0 to 100) that make one band, within which only the lottery orders"                \
    }
#define OPTION_MECHANISM                                                                                             \
    {                                                                                                                \
        .name = "mechanism", .type = OPTION_CHOICE, .where = BOTH, .fallback = "stb", .choices = "stb",              \
        .text = "how the match is made: deferred acceptance with one lottery"                                        \
    }
#define OPTION_THREADS                                                                                               \
    {                                                                                                                \
        .name = "threads", .type = OPTION_NUMBER, .where = BOTH, .min = 0, .max = 64, .fallback = "0",               \
        .text = "threads that make the students' lists; 0: one for each processor; the result is the same"           \
    }
#define OPTION_LOG_LEVEL                                                                                             \
    {                                                                                                                \
        .name = "log_level", .type = OPTION_CHOICE, .where = BOTH, .fallback = "warn",                               \
        .choices = "debug info warn error", .text = "from which level on events are logged to stderr"                \
    }
#define OPTION_LANGUAGE                                                                                              \
    {                                                                                                                \
        .name = "taal", .flag = "lang", .type = OPTION_CHOICE, .where = BOTH, .choices = "nl en",                    \
        .text = "language of messages about files; without it the environment's (LANG)"                              \
    }

extern const struct option config_options[];
extern const size_t config_option_count;

/* The rules of a round, from the options above. */
struct match_rules options_rules(const struct settings *settings);

/* The language that `--lang` or the file asks for, otherwise the environment's. */
enum language options_language(const struct settings *settings);

#endif
