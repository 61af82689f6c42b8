#include "cmd/command.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/problem.h"
#include "cmd/options.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &command_serve, &command_demo,       &command_match,        &command_verify, &command_explain,
    &command_solve, &command_import_pc4, &command_check_config, &command_role,   &command_ledger,
    &command_user,  &command_backup,     &command_restore,      &command_health, &command_signal,
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_overview(FILE *to)
{
    fputs("stagematch: blind, stable and checkable matching of students to internship places\n\n"
          "usage: stagematch COMMAND [OPTIONS]\n\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!commands[i]->hidden)
            fprintf(to, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`stagematch COMMAND --help` tells more. Exit status: 0 done, 1 the job failed, 2 wrong use.\n", to);
}

static void print_help(const struct command *command)
{
    printf("usage: stagematch %s %s\n\n%s.\n", command->name, command->usage, command->summary);
    if (command->details)
        printf("\n%s\n", command->details);
    fputs("\noptions:\n", stdout);
    options_print_help(command->options, command->option_count, stdout);
    if (command->reads_config)
        fputs("  --config FILE            configuration file; also STAGEMATCH_CONFIG in the environment\n", stdout);
    fputs("  --help                   this text\n", stdout);
}

int exit_status(enum err e)
{
    return e == ERR_OK ? EXIT_SUCCESS : e == ERR_USAGE ? EXIT_WRONG_USE : EXIT_JOB_FAILED;
}

/* Takes `--config FILE` or `--config=FILE` out of the arguments. */
static const char *take_config_flag(int *argc, char **argv, bool *incomplete)
{
    const char *path = NULL;
    int kept = 0;
    *incomplete = false;
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--config") == 0) {
            if (i + 1 == *argc)
                *incomplete = true;
            else
                path = argv[++i];
        } else if (strncmp(argv[i], "--config=", 9) == 0) {
            path = argv[i] + 9;
        } else {
            argv[kept++] = argv[i];
        }
    }
    *argc = kept;
    return path;
}

/* Settings of this site, beside the file: local/stagematch.conf in its folder goes before it. */
static enum err read_local_config(struct settings *settings, const char *path, FILE *complaints)
{
    char local[4096];
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    int length = snprintf(local, sizeof local, "%.*slocal/stagematch.conf", folder, path);
    if (length <= 0 || (size_t)length >= sizeof local || access(local, F_OK) != 0)
        return ERR_OK;
    return settings_read_file(settings, local, config_options, config_option_count, complaints);
}

static enum err read_config(struct settings *settings, int *argc, char **argv, FILE *complaints)
{
    bool incomplete;
    const char *path = take_config_flag(argc, argv, &incomplete);
    if (incomplete) {
        fputs("--config needs a value\n", complaints);
        return ERR_USAGE;
    }
    bool named = path != NULL;
    if (!named && (path = getenv("STAGEMATCH_CONFIG")) && path[0])
        named = true;
    if (!named)
        path = STAGEMATCH_CONFIG_DEFAULT;
    if (!named && access(path, R_OK) != 0)
        return ERR_OK; /* nobody asked for it: the defaults of the table hold */
    enum err e = settings_read_file(settings, path, config_options, config_option_count, complaints);
    return e == ERR_OK ? read_local_config(settings, path, complaints) : e;
}

static void open_log(const struct settings *settings)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char *level = settings_string_if_known(settings, "log_level");
    for (int i = 0; level && i < 4; i++)
        if (strcmp(level, names[i]) == 0)
            log_open(STDERR_FILENO, (enum log_level)i, clock_system());
}

/* The file's settings, then the line's; argv stays as it is, so that it can be read again. */
static enum err read_all(const struct command *command, struct settings *settings, int argc, char *const *argv,
                         const char **operands, size_t *operand_count, FILE *complaints)
{
    char **left;
    enum err e = mem_alloc((size_t)argc + 1, sizeof *left, &left);
    if (e != ERR_OK)
        return e;
    if (argc)
        memcpy(left, argv, (size_t)argc * sizeof *left);
    e = command->reads_config ? read_config(settings, &argc, left, complaints) : ERR_OK;
    if (e == ERR_OK)
        e = settings_read_line(settings, argc, left, operands, command->max_operands, operand_count, complaints);
    if (e == ERR_OK)
        e = settings_check_required(settings, complaints);
    mem_free(left);
    return e;
}

enum err invocation_read_again(const struct invocation *invocation, struct settings *out, FILE *complaints)
{
    const struct command *command = invocation->command;
    struct settings settings;
    const char *operands[OPERANDS_MAX];
    size_t operand_count;
    enum err e = settings_new(command->options, command->option_count, &settings);
    if (e != ERR_OK)
        return e;
    e = read_all(command, &settings, invocation->argc, invocation->argv, operands, &operand_count, complaints);
    if (e == ERR_OK)
        *out = settings;
    else
        settings_free(&settings);
    return e;
}

static enum err read_arguments(const struct command *command, struct settings *settings, int argc, char *const *argv,
                               const char **operands, size_t *operand_count)
{
    enum err e = read_all(command, settings, argc, argv, operands, operand_count, stderr);
    if (e == ERR_OK && *operand_count < command->min_operands) {
        fprintf(stderr, "usage: stagematch %s %s\n", command->name, command->usage);
        e = ERR_USAGE;
    }
    if (e == ERR_USAGE)
        fprintf(stderr, "stagematch %s --help shows the use\n", command->name);
    if (e == ERR_MEMORY)
        fprintf(stderr, "stagematch %s: %s\n", command->name, err_text(e));
    return e;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct settings settings;
    const char *operands[OPERANDS_MAX];
    size_t operand_count = 0;
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            print_help(command);
            return EXIT_SUCCESS;
        }
    enum err e = settings_new(command->options, command->option_count, &settings);
    if (e != ERR_OK) {
        fprintf(stderr, "stagematch: %s\n", err_text(e));
        return EXIT_JOB_FAILED;
    }
    e = read_arguments(command, &settings, argc, argv, operands, &operand_count);
    int status = exit_status(e);
    if (e == ERR_OK) {
        open_log(&settings);
        status = command->run(&(struct invocation){&settings, operands, operand_count, command, argc, argv});
    }
    settings_free(&settings);
    return status;
}

/* Results that could not be written to the end are no results. */
static int close_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("stagematch: cannot write the output");
    return status ? status : EXIT_JOB_FAILED;
}

int command_main(int argc, char **argv)
{
    /* A limit on file sizes or a reader that left is an error of the write, which is said and cleaned up after. */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) {
        fputs("stagematch: libsodium cannot start\n", stderr);
        return EXIT_JOB_FAILED;
    }
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_WRONG_USE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return close_output(EXIT_SUCCESS);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("stagematch " STAGEMATCH_VERSION);
        return close_output(EXIT_SUCCESS);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return close_output(run_command(commands[i], argc - 2, argv + 2));
    fprintf(stderr, "stagematch: unknown command '%s'; `stagematch --help` lists them\n", argv[1]);
    return EXIT_WRONG_USE;
}
