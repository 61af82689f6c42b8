/*
 * options.h - the options that the configuration file and several commands share, each written down once: those that the
 * service has too in ipc/service_options.h, the others here.
 *
 * A command's own table lists the ones it takes; config_options lists all that may stand in the file.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/conf.h"
#include "base/problem.h"
#include "ipc/service_options.h"
#include "match/market.h"

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
