#include "base/conf.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, WHERE_BYTES = 4096 + 128, FLAG_BYTES = 64 };

static const char *flag_of(const struct option *option, char out[FLAG_BYTES])
{
    snprintf(out, FLAG_BYTES, "%s", option->flag ? option->flag : option->name);
    for (char *c = out; *c; c++)
        if (*c == '_')
            *c = '-';
    return out;
}

static bool is_choice(const char *choices, struct text value)
{
    struct text rest = text_of(choices), choice;
    while (text_next(&rest, ' ', &choice))
        if (text_equal(choice, value))
            return true;
    return false;
}

/* "a whole number of days from 0 to 31"; what the option takes, for a complaint. */
static void describe_expected(const struct option *option, char *out, size_t size)
{
    switch (option->type) {
    case OPTION_NUMBER:
        snprintf(out, size, "a whole number from %" PRId64 " to %" PRId64 "%s%s", option->min, option->max,
                 option->unit ? " " : "", option->unit ? option->unit : "");
        return;
    case OPTION_CHOICE:
        snprintf(out, size, "one of: %s", option->choices);
        return;
    case OPTION_PATH:
    case OPTION_TEXT:
    case OPTION_FLAG:
        snprintf(out, size, "a value");
        return;
    }
}

/* Joins the folder of `base_path` and a relative path; NULL base: the path as it is. */
static enum err join_path(const char *base_path, struct text path, char **out)
{
    const char *slash = base_path && path.data[0] != '/' ? strrchr(base_path, '/') : NULL;
    size_t folder = slash ? (size_t)(slash - base_path) + 1 : 0;
    char *joined;
    enum err e = mem_alloc(folder + path.length + 1, 1, &joined);
    if (e != ERR_OK)
        return e;
    if (folder)
        memcpy(joined, base_path, folder);
    memcpy(joined + folder, path.data, path.length);
    *out = joined;
    return ERR_OK;
}

/* Checks and keeps one value. ERR_RANGE when it does not fit. `base_path`: the file it stands in, or NULL. */
static enum err set_value(struct settings *settings, size_t index, struct text value, const char *base_path)
{
    const struct option *option = &settings->options[index];
    struct option_value *kept = &settings->values[index];
    int64_t number = 0;
    if (option->type == OPTION_NUMBER) {
        uint64_t parsed;
        if (text_to_u64(value, (uint64_t)option->min, (uint64_t)option->max, &parsed) != ERR_OK)
            return ERR_RANGE;
        number = (int64_t)parsed;
    }
    if (value.length == 0 || memchr(value.data, '\0', value.length) ||
        (option->type == OPTION_CHOICE && !is_choice(option->choices, value)))
        return ERR_RANGE;
    char *string;
    enum err e = join_path(option->type == OPTION_PATH ? base_path : NULL, value, &string);
    if (e != ERR_OK)
        return e;
    mem_free((void *)(uintptr_t)kept->string);
    *kept = (struct option_value){true, number, string};
    return ERR_OK;
}

enum err settings_new(const struct option *options, size_t count, struct settings *out)
{
    struct settings settings = {options, count, NULL};
    enum err e = mem_alloc(count, sizeof *settings.values, &settings.values);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < count && e == ERR_OK; i++)
        if (options[i].fallback)
            e = set_value(&settings, i, text_of(options[i].fallback), NULL);
    if (e != ERR_OK) {
        settings_free(&settings);
        return e == ERR_RANGE ? ERR_INTERNAL : e;
    }
    *out = settings;
    return ERR_OK;
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; settings->values && i < settings->count; i++)
        mem_free((void *)(uintptr_t)settings->values[i].string);
    mem_free(settings->values);
    *settings = (struct settings){0};
}

static bool find_by_name(const struct option *options, size_t count, struct text name, size_t *index)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, options[i].name)) {
            *index = i;
            return true;
        }
    return false;
}

enum err settings_set(struct settings *settings, const char *name, const char *value)
{
    size_t index;
    if (!find_by_name(settings->options, settings->count, text_of(name), &index))
        return ERR_MISSING;
    return set_value(settings, index, text_of(value), NULL);
}

static enum err complain_value(const struct option *option, const char *shown, FILE *complaints)
{
    char expected[256];
    describe_expected(option, expected, sizeof expected);
    fprintf(complaints, "%s: not a valid value; expected %s\n", shown, expected);
    return ERR_INPUT;
}

static enum err read_setting(struct settings *settings, struct text line, const char *path, uint64_t number,
                             const struct option *known, size_t known_count, FILE *complaints)
{
    char where[WHERE_BYTES];
    struct text name, rest = line;
    size_t index;
    snprintf(where, sizeof where, "%s: line %" PRIu64, path, number);
    if (!text_next(&rest, '=', &name) || !rest.data) {
        fprintf(complaints, "%s: not a setting; expected a line `name = value`\n", where);
        return ERR_INPUT;
    }
    name = text_trim(name);
    if (!find_by_name(settings->options, settings->count, name, &index)) {
        if (known && find_by_name(known, known_count, name, &index))
            return ERR_OK;
        fprintf(complaints, "%s: unknown setting '%.*s'; see `stagematch check-config --help`\n", where,
                (int)(name.length < 64 ? name.length : 64), name.data);
        return ERR_INPUT;
    }
    const struct option *option = &settings->options[index];
    if (!(option->where & OPTION_IN_FILE)) {
        fprintf(complaints, "%s: '%s' is given on the command line, not in a file\n", where, option->name);
        return ERR_INPUT;
    }
    enum err e = set_value(settings, index, text_trim(rest), path);
    if (e != ERR_RANGE)
        return e;
    snprintf(where, sizeof where, "%s: line %" PRIu64 ", %s", path, number, option->name);
    return complain_value(option, where, complaints);
}

enum err settings_read_file(struct settings *settings, const char *path, const struct option *known,
                            size_t known_count, FILE *complaints)
{
    struct buf bytes;
    buf_init(&bytes, FILE_BYTES_MAX);
    enum err result = file_read_all(path, &bytes);
    if (result != ERR_OK)
        fprintf(complaints, "%s: cannot be read: %s\n", path,
                result == ERR_MEMORY ? "larger than a configuration file may be, or not enough memory"
                                     : strerror(errno));
    struct text rest = buf_text(&bytes), line;
    for (uint64_t number = 1; result != ERR_MEMORY && text_next(&rest, '\n', &line); number++) {
        if (line.length && line.data[line.length - 1] == '\r')
            line.length--;
        line = text_trim(line);
        if (line.length == 0 || line.data[0] == '#')
            continue;
        enum err e = read_setting(settings, line, path, number, known, known_count, complaints);
        if (e != ERR_OK)
            result = e;
    }
    buf_free(&bytes);
    return result;
}

static bool find_by_flag(const struct settings *settings, struct text flag, size_t *index)
{
    char name[FLAG_BYTES];
    for (size_t i = 0; i < settings->count; i++)
        if ((settings->options[i].where & OPTION_ON_LINE) && text_is(flag, flag_of(&settings->options[i], name))) {
            *index = i;
            return true;
        }
    return false;
}

static enum err read_flag(struct settings *settings, int argc, char *const *argv, int *at, FILE *complaints)
{
    struct text rest = text_of(argv[*at] + 2), flag;
    size_t index;
    text_next(&rest, '=', &flag);
    if (!find_by_flag(settings, flag, &index)) {
        fprintf(complaints, "unknown option --%.*s; --help lists the options\n", (int)flag.length, flag.data);
        return ERR_USAGE;
    }
    const struct option *option = &settings->options[index];
    if (option->type == OPTION_FLAG) {
        settings->values[index].set = true;
        if (!rest.data)
            return ERR_OK;
        fprintf(complaints, "--%.*s takes no value\n", (int)flag.length, flag.data);
        return ERR_USAGE;
    }
    if (!rest.data) {
        if (*at + 1 >= argc) {
            fprintf(complaints, "--%.*s needs a value\n", (int)flag.length, flag.data);
            return ERR_USAGE;
        }
        rest = text_of(argv[++*at]);
    }
    enum err e = set_value(settings, index, rest, NULL);
    if (e != ERR_RANGE)
        return e;
    char shown[FLAG_BYTES + 8];
    snprintf(shown, sizeof shown, "--%.*s", (int)flag.length, flag.data);
    (void)complain_value(option, shown, complaints);
    return ERR_USAGE;
}

enum err settings_read_line(struct settings *settings, int argc, char *const *argv, const char **operands,
                            size_t max_operands, size_t *operand_count, FILE *complaints)
{
    size_t count = 0;
    bool flags_over = false;
    for (int at = 0; at < argc; at++) {
        if (!flags_over && strcmp(argv[at], "--") == 0) {
            flags_over = true;
            continue;
        }
        if (!flags_over && strncmp(argv[at], "--", 2) == 0) {
            enum err e = read_flag(settings, argc, argv, &at, complaints);
            if (e != ERR_OK)
                return e;
            continue;
        }
        if (count == max_operands) {
            fprintf(complaints, "unexpected argument '%s'; --help shows the use\n", argv[at]);
            return ERR_USAGE;
        }
        operands[count++] = argv[at];
    }
    *operand_count = count;
    return ERR_OK;
}

enum err settings_check_required(const struct settings *settings, FILE *complaints)
{
    enum err result = ERR_OK;
    char flag[FLAG_BYTES];
    for (size_t i = 0; i < settings->count; i++)
        if ((settings->options[i].where & OPTION_REQUIRED) && !settings->values[i].set) {
            fprintf(complaints, "--%s is required\n", flag_of(&settings->options[i], flag));
            result = ERR_USAGE;
        }
    return result;
}

static const struct option_value *value_of(const struct settings *settings, const char *name)
{
    size_t index;
    if (!find_by_name(settings->options, settings->count, text_of(name), &index))
        abort(); /* a name that is not in the table is a slip of the programmer, found by the first test */
    return &settings->values[index];
}

int64_t settings_number(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->number;
}

const char *settings_string(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->string;
}

bool settings_flag(const struct settings *settings, const char *name)
{
    return value_of(settings, name)->set;
}

bool settings_have(const struct settings *settings, const char *name)
{
    size_t index;
    return find_by_name(settings->options, settings->count, text_of(name), &index);
}

const char *settings_string_if_known(const struct settings *settings, const char *name)
{
    return settings_have(settings, name) ? settings_string(settings, name) : NULL;
}

void options_print_help(const struct option *options, size_t count, FILE *to)
{
    char flag[FLAG_BYTES], left[128];
    for (size_t i = 0; i < count; i++) {
        const struct option *option = &options[i];
        if (!(option->where & OPTION_ON_LINE))
            continue;
        bool takes_value = option->type != OPTION_FLAG;
        snprintf(left, sizeof left, "--%s%s%s", flag_of(option, flag), takes_value ? " " : "",
                 !takes_value      ? ""
                 : option->unit    ? option->unit
                 : option->choices ? "CHOICE"
                                   : "VALUE");
        fprintf(to, "  %-24s %s", left, option->text);
        if (option->choices)
            fprintf(to, " (%s)", option->choices);
        if (option->type == OPTION_NUMBER)
            fprintf(to, " (%" PRId64 "..%" PRId64 ")", option->min, option->max);
        if (option->fallback)
            fprintf(to, " [%s]", option->fallback);
        if (option->where & OPTION_REQUIRED)
            fputs(" (required)", to);
        fputc('\n', to);
    }
}

void options_print_markdown(const struct option *options, size_t count, FILE *to)
{
    char flag[FLAG_BYTES];
    fputs("| setting | flag | values | unit | default | meaning |\n|---|---|---|---|---|---|\n", to);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = &options[i];
        if (!(option->where & OPTION_IN_FILE))
            continue;
        fprintf(to, "| `%s` | ", option->name);
        if (option->where & OPTION_ON_LINE)
            fprintf(to, "`--%s`", flag_of(option, flag));
        if (option->type == OPTION_NUMBER)
            fprintf(to, " | %" PRId64 "..%" PRId64, option->min, option->max);
        else
            fprintf(to, " | %s", option->choices ? option->choices : option->type == OPTION_PATH ? "path" : "text");
        fprintf(to, " | %s | %s | %s |\n", option->unit ? option->unit : "", option->fallback ? option->fallback : "",
                option->text);
    }
}
