/*
 * command.h - one command of the program; each lives in its own file.
 *
 * Exit statuses: 0 done, 1 the job failed (said on stderr), 2 wrong use. Results go to stdout or --out, everything else to
 * stderr.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "base/conf.h"

enum { EXIT_JOB_FAILED = 1, EXIT_WRONG_USE = 2, OPERANDS_MAX = 4 };

struct command;

struct invocation {
    const struct settings *settings;
    const char *const *operands;
    size_t operand_count;
    const struct command *command;
    int argc; /* the arguments behind the command's name, as they were given */
    char *const *argv;
};

struct command {
    const char *name;
    const char *usage; /* what follows the name */
    const char *summary;
    const char *details; /* more for --help; may be NULL */
    const struct option *options;
    size_t option_count;
    size_t min_operands, max_operands;
    bool reads_config; /* the configuration file gives values for its options */
    bool hidden;       /* for the program itself, not in its overview */
    int (*run)(const struct invocation *invocation);
};

extern const struct command command_match, command_solve, command_verify, command_explain, command_import_pc4,
    command_check_config, command_serve, command_demo, command_role, command_ledger, command_user, command_backup,
    command_restore, command_health, command_signal;

/* Finds the command, reads its options and runs it. argv as main got it; returns the exit status. */
int command_main(int argc, char **argv);

/* Reads the configuration file anew, and the command's arguments over it. What is wrong goes to `complaints`. */
MUST_USE enum err invocation_read_again(const struct invocation *invocation, struct settings *out, FILE *complaints);

/* The exit status for an error whose cause was said already. */
int exit_status(enum err e);

#endif
