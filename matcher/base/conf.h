/*
 * conf.h - settings as a table of options.
 *
 * One table says everything about an option: its name in the configuration file, its flag on the command line, type,
 * bounds, unit, default and a sentence for people. From that table come the parser of the file, the parser of the
 * command line, --help and the README's table, so none of them can disagree.
 *
 * The file has lines `name = value`; `#` starts a comment line; a path in it is taken from the file's own folder. A
 * value on the command line goes before one in the file, and that before the default.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/text.h"

#include <stdio.h>

enum option_type {
    OPTION_NUMBER, /* a whole number within min..max */
    OPTION_CHOICE, /* one of `choices`, separated by blanks */
    OPTION_PATH,
    OPTION_TEXT,
    OPTION_FLAG, /* on the command line alone, takes no value */
};

enum { OPTION_IN_FILE = 1, OPTION_ON_LINE = 2, OPTION_REQUIRED = 4 };

struct option {
    const char *name; /* in the file; words joined by '_' */
    const char *flag; /* on the command line, without the dashes; NULL: the name with '-' for '_' */
    enum option_type type;
    unsigned where;
    int64_t min, max;
    const char *unit;     /* "days", "FILE", "HEX"; shown in help */
    const char *fallback; /* the default as it would be written; NULL: none */
    const char *choices;
    const char *text;
};

struct option_value {
    bool set;
    int64_t number;
    const char *string; /* NUL-terminated; owned by the settings */
};

struct settings {
    const struct option *options;
    size_t count;
    struct option_value *values;
};

/* Takes the defaults of the table. The table must outlive the settings. */
MUST_USE enum err settings_new(const struct option *options, size_t count, struct settings *out);
void settings_free(struct settings *settings);

/*
 * Reads a configuration file. What is wrong is written to `complaints`, one line each with file and line number, all of
 * them; then ERR_INPUT. An option of the line alone, or not of this table but of `known` (may be NULL), is an error or
 * passed over, in that order.
 */
MUST_USE enum err settings_read_file(struct settings *settings, const char *path, const struct option *known,
                                     size_t known_count, FILE *complaints);

/* Sets one option from a value that settings of the same table gave. ERR_MISSING: no such option; ERR_RANGE: a wrong value. */
MUST_USE enum err settings_set(struct settings *settings, const char *name, const char *value);

/*
 * Reads the arguments behind a command's name: `--flag value` or `--flag=value`. What is no flag is counted into
 * `operands` (at most max_operands of them). ERR_USAGE with one sentence in `complaints`.
 */
MUST_USE enum err settings_read_line(struct settings *settings, int argc, char *const *argv, const char **operands,
                                     size_t max_operands, size_t *operand_count, FILE *complaints);

/* ERR_USAGE, naming each, when a required option has no value. */
MUST_USE enum err settings_check_required(const struct settings *settings, FILE *complaints);

/* The value of the option with this name, which must be in the table. */
int64_t settings_number(const struct settings *settings, const char *name);
const char *settings_string(const struct settings *settings, const char *name); /* NULL where there is none */
bool settings_flag(const struct settings *settings, const char *name);

/* For whoever is given tables that may lack the option: whether it is there, and its string; NULL where the table lacks it. */
bool settings_have(const struct settings *settings, const char *name);
const char *settings_string_if_known(const struct settings *settings, const char *name);

/* The options for a person at a terminal, and as a Markdown table. */
void options_print_help(const struct option *options, size_t count, FILE *to);
void options_print_markdown(const struct option *options, size_t count, FILE *to);

#endif
