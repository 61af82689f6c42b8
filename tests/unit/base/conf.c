#include "base/conf.h"

#include "base/mem.h"
#include "support/support.h"

#include <string.h>

#define BOTH (OPTION_IN_FILE | OPTION_ON_LINE)

static const struct option options[] = {
    {.name = "days_max",
     .flag = "days",
     .type = OPTION_NUMBER,
     .where = BOTH,
     .min = 2,
     .max = 31,
     .unit = "DAYS",
     .fallback = "7",
     .text = "how many days"},
    {.name = "order_by",
     .type = OPTION_CHOICE,
     .where = BOTH,
     .choices = "name date size",
     .text = "what goes first"},
    {.name = "table", .type = OPTION_PATH, .where = BOTH, .unit = "FILE", .text = "where the table is"},
    {.name = "title", .type = OPTION_TEXT, .where = BOTH, .fallback = "none", .text = "what it is called"},
    {.name = "only_file", .type = OPTION_TEXT, .where = OPTION_IN_FILE, .text = "for the file alone"},
    {.name = "only_line",
     .type = OPTION_TEXT,
     .where = OPTION_ON_LINE | OPTION_REQUIRED,
     .text = "for the line alone"},
    {.name = "force", .type = OPTION_FLAG, .where = OPTION_ON_LINE, .text = "do it anyway"},
};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static const struct option others[] = {
    {.name = "elsewhere", .type = OPTION_TEXT, .where = BOTH, .text = "another's"}};

static struct settings settings;
static char *complaints;
static size_t complaints_length;
static const char *path;

static void open_settings(void)
{
    ck_assert_int_eq(settings_new(options, OPTION_COUNT, &settings), ERR_OK);
}

/* Reads `content` as a file, then forgets the complaints of before. */
static enum err read_file(const char *content)
{
    path = temporary_file(content, strlen(content));
    free(complaints);
    FILE *to = open_memstream(&complaints, &complaints_length);
    enum err e = settings_read_file(&settings, path, others, 1, to);
    ck_assert_int_eq(fclose(to), 0);
    return e;
}

static const char *operands[4];
static size_t operand_count;

/* Reads the words of `line`, at most two of them operands. */
static enum err read_line(const char *line)
{
    char copy[400], *words[20], *rest = NULL;
    int count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " ", &rest); word && count < 20; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    free(complaints);
    FILE *to = open_memstream(&complaints, &complaints_length);
    enum err e = settings_read_line(&settings, count, words, operands, 2, &operand_count, to);
    ck_assert_int_eq(fclose(to), 0);
    return e;
}

static void close_settings(void)
{
    settings_free(&settings);
    free(complaints);
    complaints = NULL;
}

START_TEST(the_defaults_come_from_the_table)
{
    open_settings();
    ck_assert_int_eq(settings_number(&settings, "days_max"), 7);
    ck_assert_str_eq(settings_string(&settings, "title"), "none");
    ck_assert_ptr_null(settings_string(&settings, "order_by"));
    ck_assert_ptr_null(settings_string(&settings, "table"));
    ck_assert(!settings_flag(&settings, "force"));
    close_settings();
}
END_TEST

START_TEST(a_default_that_breaks_its_own_rule_is_an_internal_error)
{
    static const struct option wrong[] = {
        {.name = "n", .type = OPTION_NUMBER, .where = BOTH, .min = 1, .max = 5, .fallback = "6", .text = "t"}};
    struct settings made;
    ck_assert_int_eq(settings_new(wrong, 1, &made), ERR_INTERNAL);
}
END_TEST

START_TEST(a_file_has_settings_comments_and_blanks)
{
    open_settings();
    ck_assert_int_eq(read_file("# comment\n\n  \t\n days_max = 31 \r\norder_by=date\n\ttitle =  a = b # c \n"
                               "  # another\nelsewhere = passed over\nonly_file = x"),
                     ERR_OK);
    ck_assert_str_eq(complaints, "");
    ck_assert_int_eq(settings_number(&settings, "days_max"), 31);
    ck_assert_str_eq(settings_string(&settings, "order_by"), "date");
    ck_assert_str_eq(settings_string(&settings, "title"), "a = b # c");
    ck_assert_str_eq(settings_string(&settings, "only_file"), "x");
    close_settings();
}
END_TEST

START_TEST(a_path_is_relative_to_the_files_folder)
{
    static const struct {
        const char *written, *expected;
    } cases[] = {{"pc4.csv", "/tmp/pc4.csv"}, {"a/b.csv", "/tmp/a/b.csv"}, {"/etc/b.csv", "/etc/b.csv"}};
    char content[100];
    open_settings();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(content, sizeof content, "table = %s\ntitle = %s\n", cases[i].written, cases[i].written);
        ck_assert_int_eq(read_file(content), ERR_OK);
        ck_assert_str_eq(settings_string(&settings, "table"), cases[i].expected);
        ck_assert_str_eq(settings_string(&settings, "title"), cases[i].written);
    }
    ck_assert_int_eq(read_line("--table pc4.csv"), ERR_OK);
    ck_assert_str_eq(settings_string(&settings, "table"), "pc4.csv"); /* from the folder one stands in */
    close_settings();
}
END_TEST

START_TEST(each_wrong_line_of_a_file_is_said)
{
    static const struct {
        const char *line, *complaint;
    } cases[] = {
        {"days_max", "line 2: not a setting; expected a line `name = value`"},
        {"colour = red", "line 2: unknown setting 'colour'; see `stagematch check-config --help`"},
        {"Days_max = 5", "line 2: unknown setting 'Days_max'; see `stagematch check-config --help`"},
        {"days = 5", "line 2: unknown setting 'days'; see `stagematch check-config --help`"},
        {"only_line = x", "line 2: 'only_line' is given on the command line, not in a file"},
        {"force = 1", "line 2: 'force' is given on the command line, not in a file"},
        {"days_max = 1", "line 2, days_max: not a valid value; expected a whole number from 2 to 31 DAYS"},
        {"days_max = 32", "line 2, days_max: not a valid value; expected a whole number from 2 to 31 DAYS"},
        {"days_max = 5x", "line 2, days_max: not a valid value; expected a whole number from 2 to 31 DAYS"},
        {"days_max =", "line 2, days_max: not a valid value; expected a whole number from 2 to 31 DAYS"},
        {"order_by = colour", "line 2, order_by: not a valid value; expected one of: name date size"},
        {"order_by = name date", "line 2, order_by: not a valid value; expected one of: name date size"},
        {"table =", "line 2, table: not a valid value; expected a value"},
        {"title =", "line 2, title: not a valid value; expected a value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char content[200], expected[300];
        open_settings();
        snprintf(content, sizeof content, "# first\n%s\ntitle = still read\n", cases[i].line);
        ck_assert_msg(read_file(content) == ERR_INPUT, "%s", cases[i].line);
        snprintf(expected, sizeof expected, "%s: %s\n", path, cases[i].complaint);
        ck_assert_str_eq(complaints, expected);
        ck_assert_str_eq(settings_string(&settings, "title"), "still read");
        ck_assert_int_eq(settings_number(&settings, "days_max"), 7);
        close_settings();
    }
}
END_TEST

START_TEST(all_wrong_lines_of_a_file_are_said_at_once)
{
    open_settings();
    ck_assert_int_eq(read_file("x = 1\ndays_max = 99\nnonsense\n"), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(complaints, "line 1: unknown"));
    ck_assert_ptr_nonnull(strstr(complaints, "line 2, days_max"));
    ck_assert_ptr_nonnull(strstr(complaints, "line 3: not a setting"));
    close_settings();
}
END_TEST

START_TEST(a_file_has_a_longest_length)
{
    enum { LONGEST = 1 << 20 };
    char *content = malloc(LONGEST + 2);
    ck_assert_ptr_nonnull(content);
    for (size_t length = LONGEST; length <= LONGEST + 1; length++) {
        memset(content, '\n', length);
        memcpy(content, "days_max = 9", 12);
        content[length] = '\0';
        open_settings();
        ck_assert_int_eq(read_file(content), length == LONGEST ? ERR_OK : ERR_MEMORY);
        ck_assert_int_eq(settings_number(&settings, "days_max"), length == LONGEST ? 9 : 7);
        ck_assert_int_eq(strstr(complaints, "larger than a configuration file may be") != NULL, length > LONGEST);
        close_settings();
    }
    free(content);
}
END_TEST

START_TEST(a_nul_in_a_value_is_refused)
{
    static const char content[] = "title = a\0b\ndays_max = 9\n";
    open_settings();
    const char *file = temporary_file(content, sizeof content - 1);
    free(complaints);
    FILE *to = open_memstream(&complaints, &complaints_length);
    ck_assert_int_eq(settings_read_file(&settings, file, NULL, 0, to), ERR_INPUT);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_ptr_nonnull(strstr(complaints, "line 1, title: not a valid value"));
    ck_assert_int_eq(settings_number(&settings, "days_max"), 9);
    close_settings();
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_said)
{
    static const struct {
        const char *path;
        enum err expected;
    } cases[] = {{"/nonexistent/stagematch.conf", ERR_MISSING}, {"/tmp", ERR_IO}};
    open_settings();
    for (size_t i = 0; i < 2; i++) {
        free(complaints);
        FILE *to = open_memstream(&complaints, &complaints_length);
        ck_assert_int_eq(settings_read_file(&settings, cases[i].path, NULL, 0, to), cases[i].expected);
        ck_assert_int_eq(fclose(to), 0);
        ck_assert_mem_eq(complaints, cases[i].path, strlen(cases[i].path));
        ck_assert_ptr_nonnull(strstr(complaints, ": cannot be read: "));
    }
    close_settings();
}
END_TEST

START_TEST(a_line_has_flags_with_values_and_operands)
{
    open_settings();
    ck_assert_int_eq(read_line("first --days 5 --order-by=size --title=a=b --force second"), ERR_OK);
    ck_assert_uint_eq(operand_count, 2);
    ck_assert_int_eq(settings_number(&settings, "days_max"), 5);
    ck_assert_str_eq(settings_string(&settings, "order_by"), "size");
    ck_assert_str_eq(settings_string(&settings, "title"), "a=b");
    ck_assert(settings_flag(&settings, "force"));
    ck_assert_int_eq(read_line("--days=6 -- --days --force"), ERR_OK);
    ck_assert_int_eq(settings_number(&settings, "days_max"), 6);
    ck_assert_uint_eq(operand_count, 2);
    ck_assert_int_eq(read_line(""), ERR_OK);
    ck_assert_uint_eq(operand_count, 0);
    ck_assert_int_eq(read_line("- -x"), ERR_OK); /* one dash: a name */
    ck_assert_uint_eq(operand_count, 2);
    close_settings();
}
END_TEST

START_TEST(each_wrong_use_of_a_line_is_one_sentence)
{
    static const struct {
        const char *line, *complaint;
    } cases[] = {
        {"--colour red", "unknown option --colour; --help lists the options\n"},
        {"--colour=red", "unknown option --colour; --help lists the options\n"},
        {"--days_max 5", "unknown option --days_max; --help lists the options\n"},
        {"--days-max 5", "unknown option --days-max; --help lists the options\n"},
        {"--only-file x", "unknown option --only-file; --help lists the options\n"},
        {"--days", "--days needs a value\n"},
        {"--days=", "--days: not a valid value; expected a whole number from 2 to 31 DAYS\n"},
        {"--days 99", "--days: not a valid value; expected a whole number from 2 to 31 DAYS\n"},
        {"--days -5", "--days: not a valid value; expected a whole number from 2 to 31 DAYS\n"},
        {"--order-by x", "--order-by: not a valid value; expected one of: name date size\n"},
        {"--title=", "--title: not a valid value; expected a value\n"},
        {"--force=yes", "--force takes no value\n"},
        {"a b c", "unexpected argument 'c'; --help shows the use\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_settings();
        ck_assert_msg(read_line(cases[i].line) == ERR_USAGE, "%s", cases[i].line);
        ck_assert_str_eq(complaints, cases[i].complaint);
        ck_assert_int_eq(settings_number(&settings, "days_max"), 7);
        close_settings();
    }
}
END_TEST

START_TEST(the_line_goes_before_the_file_and_that_before_the_default)
{
    open_settings();
    ck_assert_int_eq(read_file("days_max = 8\ntitle = file\n"), ERR_OK);
    ck_assert_int_eq(read_line("--title line"), ERR_OK);
    ck_assert_int_eq(settings_number(&settings, "days_max"), 8);
    ck_assert_str_eq(settings_string(&settings, "title"), "line");
    close_settings();
}
END_TEST

START_TEST(a_required_option_must_be_given)
{
    open_settings();
    FILE *to = open_memstream(&complaints, &complaints_length);
    ck_assert_int_eq(settings_check_required(&settings, to), ERR_USAGE);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_str_eq(complaints, "--only-line is required\n");
    ck_assert_int_eq(read_line("--only-line x"), ERR_OK);
    ck_assert_int_eq(settings_check_required(&settings, stderr), ERR_OK);
    close_settings();
}
END_TEST

START_TEST(help_has_every_option_of_the_line)
{
    char *help = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&help, &length);
    options_print_help(options, OPTION_COUNT, to);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_str_eq(help, "  --days DAYS              how many days (2..31) [7]\n"
                           "  --order-by CHOICE        what goes first (name date size)\n"
                           "  --table FILE             where the table is\n"
                           "  --title VALUE            what it is called [none]\n"
                           "  --only-line VALUE        for the line alone (required)\n"
                           "  --force                  do it anyway\n");
    free(help);
}
END_TEST

START_TEST(the_markdown_table_has_every_option_of_the_file)
{
    char *table = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&table, &length);
    options_print_markdown(options, OPTION_COUNT, to);
    ck_assert_int_eq(fclose(to), 0);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[50];
        snprintf(name, sizeof name, "| `%s` | ", options[i].name);
        ck_assert_msg((strstr(table, name) != NULL) == ((options[i].where & OPTION_IN_FILE) != 0), "%s", name);
    }
    ck_assert_ptr_nonnull(strstr(table, "| `days_max` | `--days` | 2..31 | DAYS | 7 | how many days |\n"));
    ck_assert_ptr_nonnull(strstr(table, "| `order_by` | `--order-by` | name date size |  |  | what goes first |\n"));
    ck_assert_ptr_nonnull(strstr(table, "| `table` | `--table` | path | FILE |  | where the table is |\n"));
    for (const char *line = table; *line; line = strchr(line, '\n') + 1) {
        size_t bars = 0;
        for (const char *c = line; *c != '\n'; c++)
            bars += *c == '|';
        ck_assert_uint_eq(bars, 7);
    }
    free(table);
}
END_TEST

START_TEST(every_failed_allocation_is_no_memory)
{
    static const char content[] = "days_max = 9\ntable = x\ntitle = y\n";
    path = temporary_file(content, sizeof content - 1);
    bool failed = true;
    unsigned tries = 0;
    for (uint64_t nth = 1; failed; nth++, tries++) {
        mem_fail_at(nth);
        enum err e = settings_new(options, OPTION_COUNT, &settings);
        bool made = e == ERR_OK;
        if (made)
            e = settings_read_file(&settings, path, NULL, 0, stderr);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (made)
            settings_free(&settings);
    }
    ck_assert_uint_ge(tries, 6);
}
END_TEST

RUN_TESTS("base/conf", the_defaults_come_from_the_table, a_default_that_breaks_its_own_rule_is_an_internal_error,
          a_file_has_settings_comments_and_blanks, a_path_is_relative_to_the_files_folder,
          each_wrong_line_of_a_file_is_said, all_wrong_lines_of_a_file_are_said_at_once, a_file_has_a_longest_length,
          a_nul_in_a_value_is_refused, a_file_that_cannot_be_read_is_said, a_line_has_flags_with_values_and_operands,
          each_wrong_use_of_a_line_is_one_sentence, the_line_goes_before_the_file_and_that_before_the_default,
          a_required_option_must_be_given, help_has_every_option_of_the_line,
          the_markdown_table_has_every_option_of_the_file, every_failed_allocation_is_no_memory)
