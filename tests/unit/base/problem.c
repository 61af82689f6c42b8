#include "base/problem.h"

#include "base/mem.h"
#include "support/support.h"

#include <string.h>

static const struct problem_kind wrong = {
    "test.wrong", {"this is wrong", "dit is fout"}, {"something right", "iets goeds"}};
static const struct problem_kind bare = {"test.bare", {"look here", "kijk hier"}, {NULL, NULL}};

/* What is printed; free it. */
static char *printed(const struct problems *problems, enum language language)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(to);
    problems_print(problems, language, to);
    ck_assert_int_eq(fclose(to), 0);
    return text;
}

START_TEST(a_problem_is_one_line_in_either_language)
{
    struct problems problems;
    problems_init(&problems, "map/s.csv");
    ck_assert_int_eq(problems_result(&problems), ERR_OK);
    problems_add(&problems, &wrong, 12, text_of("postcode"), text_of(""));
    problems_add(&problems, &bare, 0, text_of(""), text_of(""));
    problems_add(&problems, &wrong, 3, text_of(""), text_of("first on line 2"));
    problems_add(&problems, &bare, 0, text_of("pc4"), text_of("x"));
    ck_assert_int_eq(problems_result(&problems), ERR_INPUT);
    char *english = printed(&problems, LANGUAGE_EN), *dutch = printed(&problems, LANGUAGE_NL);
    ck_assert_str_eq(english, "map/s.csv: line 12, column postcode: this is wrong; expected: something right\n"
                              "map/s.csv: look here\n"
                              "map/s.csv: line 3: this is wrong (first on line 2); expected: something right\n"
                              "map/s.csv: column pc4: look here (x)\n");
    ck_assert_str_eq(dutch, "map/s.csv: regel 12, kolom postcode: dit is fout; verwacht: iets goeds\n"
                            "map/s.csv: kijk hier\n"
                            "map/s.csv: regel 3: dit is fout (first on line 2); verwacht: iets goeds\n"
                            "map/s.csv: kolom pc4: kijk hier (x)\n");
    free(english);
    free(dutch);
    problems_free(&problems);
    ck_assert_int_eq(problems_result(&problems), ERR_OK);
    ck_assert_str_eq(problems.file, "map/s.csv");
}
END_TEST

START_TEST(a_thousand_are_kept_and_all_are_counted)
{
    struct problems problems;
    problems_init(&problems, "F");
    for (uint64_t line = 1; line <= 1000; line++)
        problems_add(&problems, &bare, line, text_of("c"), text_of(""));
    char *text = printed(&problems, LANGUAGE_EN);
    ck_assert_ptr_null(strstr(text, "more like these"));
    free(text);
    for (uint64_t line = 1001; line <= 2345; line++)
        problems_add(&problems, &bare, line, text_of("c"), text_of(""));
    ck_assert_uint_eq(problems.kept, 1000);
    ck_assert_uint_eq(problems.total, 2345);
    ck_assert_uint_eq(problems.list[999].line, 1000);
    text = printed(&problems, LANGUAGE_EN);
    ck_assert_ptr_nonnull(strstr(text, "line 1000, column c: look here\nF: and more like these: 1345\n"));
    free(text);
    text = printed(&problems, LANGUAGE_NL);
    ck_assert_ptr_nonnull(strstr(text, "regel 1000, kolom c: kijk hier\nF: en nog meer: 1345\n"));
    free(text);
    problems_free(&problems);
}
END_TEST

START_TEST(control_characters_cannot_reach_a_terminal)
{
    static const struct {
        struct text written;
        const char *shown;
    } cases[] = {
        {{"a\nb\rc\td", 7}, "a?b?c?d"},
        {{"\0\x01\x1b[31m\x7f", 8}, "???[31m?"},
        {{"\xc2\x9b"
          "31m \xc2\x85 \xc2\xa0 \xc2\xa9",
          14},
         "??31m ?? \xc2\xa0 \xc2\xa9"}, /* U+009B, U+0085 */
        {{"\xc3\xa9 \xe2\x82\xac", 6}, "\xc3\xa9 \xe2\x82\xac"},
    };
    struct problems problems;
    problems_init(&problems, "F");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        problems_add(&problems, &bare, 1, cases[i].written, cases[i].written);
        ck_assert_str_eq(problems.list[i].column, cases[i].shown);
        ck_assert_str_eq(problems.list[i].detail, cases[i].shown);
    }
    problems_free(&problems);
}
END_TEST

START_TEST(long_names_are_cut_between_characters)
{
    char ascii[200], accents[201];
    struct problems problems;
    problems_init(&problems, "F");
    memset(ascii, 'x', sizeof ascii);
    accents[0] = 'x';
    for (size_t i = 1; i + 1 < sizeof accents; i += 2) {
        accents[i] = '\xc3';
        accents[i + 1] = '\xa9';
    }
    problems_add(&problems, &bare, 1, (struct text){ascii, sizeof ascii}, (struct text){ascii, sizeof ascii});
    problems_add(&problems, &bare, 1, (struct text){accents, sizeof accents},
                 (struct text){accents + 1, sizeof accents - 1});
    ck_assert_uint_eq(strlen(problems.list[0].column), PROBLEM_COLUMN_BYTES - 1);
    ck_assert_uint_eq(strlen(problems.list[0].detail), PROBLEM_DETAIL_BYTES - 1);
    ck_assert_uint_eq(strlen(problems.list[1].column), PROBLEM_COLUMN_BYTES - 1); /* 71 = 1 + 35 * 2 */
    ck_assert_uint_eq(strlen(problems.list[1].detail), PROBLEM_DETAIL_BYTES - 2); /* 126 = 63 * 2 */
    ck_assert_mem_eq(problems.list[1].detail + PROBLEM_DETAIL_BYTES - 4, "\xc3\xa9", 3);
    problems_free(&problems);
}
END_TEST

START_TEST(without_memory_a_problem_is_counted_all_the_same)
{
    struct problems problems;
    problems_init(&problems, "F");
    mem_fail_at(1);
    problems_add(&problems, &bare, 1, text_of("c"), text_of(""));
    ck_assert(mem_has_failed());
    mem_fail_at(0);
    ck_assert_uint_eq(problems.total, 1);
    ck_assert_uint_eq(problems.kept, 0);
    ck_assert_int_eq(problems_result(&problems), ERR_INPUT);
    char *text = printed(&problems, LANGUAGE_EN);
    ck_assert_str_eq(text, "F: and more like these: 1\n");
    free(text);
    problems_free(&problems);
}
END_TEST

START_TEST(the_environment_chooses_the_language)
{
    static const struct {
        const char *all, *messages, *lang;
        enum language expected;
    } cases[] = {
        {NULL, NULL, NULL, LANGUAGE_EN},          {NULL, NULL, "nl_NL.UTF-8", LANGUAGE_NL},
        {NULL, NULL, "en_GB.UTF-8", LANGUAGE_EN}, {NULL, "nl", "en_GB", LANGUAGE_NL},
        {"C", "nl", "nl", LANGUAGE_EN},           {"", "", "nl_BE", LANGUAGE_NL},
        {"nl_NL", "en", "en", LANGUAGE_NL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {cases[i].all, cases[i].messages, cases[i].lang};
        for (size_t k = 0; k < 3; k++)
            ck_assert_int_eq(values[k] ? setenv(names[k], values[k], 1) : unsetenv(names[k]), 0);
        ck_assert_msg(language_of_environment() == cases[i].expected, "case %zu", i);
    }
}
END_TEST

RUN_TESTS("base/problem", a_problem_is_one_line_in_either_language, a_thousand_are_kept_and_all_are_counted,
          control_characters_cannot_reach_a_terminal, long_names_are_cut_between_characters,
          without_memory_a_problem_is_counted_all_the_same, the_environment_chooses_the_language)
