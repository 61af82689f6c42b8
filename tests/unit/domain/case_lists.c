#include "domain/case_outcomes.h"
#include "domain/menukaart.h"

#include "support/support.h"

#include <stdio.h>
#include <string.h>

static const char *source_path(const char *name)
{
    static char path[1024];
    const char *root = getenv("STAGEMATCH_SOURCE");
    (void)snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    return path;
}

static enum err read_outcomes(const char *text, struct case_outcomes **out, size_t *problem_count)
{
    struct problems problems;
    problems_init(&problems, "case_outcomes");
    enum err e = case_outcomes_read_bytes(text_of(text), &problems, out);
    *problem_count = (size_t)problems.total;
    problems_free(&problems);
    return e;
}

START_TEST(outcomes_are_read_and_found)
{
    struct case_outcomes *outcomes;
    size_t count;
    ck_assert_int_eq(read_outcomes("code;class;nl;en\na;upheld;Ja;Yes\nb;withdrawn;Nee;No\n", &outcomes, &count),
                     ERR_OK);
    ck_assert_int_eq(case_outcome_find(outcomes, "b")->outcome_class, OUTCOME_WITHDRAWN);
    ck_assert_str_eq(case_outcome_at(outcomes, 0)->en, "Yes");
    ck_assert_ptr_null(case_outcome_at(outcomes, 2));
    ck_assert_ptr_null(case_outcome_find(outcomes, "c"));
    ck_assert_ptr_null(case_outcome_find(NULL, "a"));
    case_outcomes_free(outcomes);
}
END_TEST

START_TEST(each_fault_of_an_outcome_is_a_problem)
{
    static const char *const rows[] = {"a;perhaps;Ja;Yes\n", "a b;upheld;Ja;Yes\n", "a;upheld;;Yes\n",
                                       "a;upheld;Ja;\n", "a;upheld;Ja;Yes\na;upheld;Ja;Yes\n"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_outcomes *outcomes;
        char text[256];
        size_t count;
        (void)snprintf(text, sizeof text, "code;class;nl;en\n%s", rows[i]);
        ck_assert_int_eq(read_outcomes(text, &outcomes, &count), ERR_INPUT);
        ck_assert_uint_ge(count, 1);
    }
}
END_TEST

#define HEAD "code;effect;title_nl;title_en;text_nl;text_en;for_whom;effort;evidence;source;phases;rules;outcomes\n"
#define ROW(code, effect, whom, effort, grade, phases, rules)                                                        \
    code ";" effect ";T;T;x;x;" whom ";" effort ";" grade ";bron;" phases ";" rules ";gegrond\n"

static enum err read_menu(const char *text, struct menukaart **out)
{
    struct problems problems;
    problems_init(&problems, "menukaart");
    enum err e = menukaart_read_bytes(text_of(text), &problems, out);
    problems_free(&problems);
    return e;
}

START_TEST(a_measure_is_read_whole)
{
    struct menukaart *menu;
    ck_assert_int_eq(
        read_menu(HEAD ROW("m", "pause", "company|student", "low", "none", "matching|nazorg", "R1|R11"), &menu),
        ERR_OK);
    const Stagematch__V1__Measure *measure = menukaart_find(menu, "m");
    ck_assert_ptr_nonnull(measure);
    ck_assert_int_eq(measure->effect, MEASURE_EFFECT(PAUSE));
    ck_assert_str_eq(measure->for_whom, "company student");
    ck_assert_uint_eq(measure->n_phases, 2);
    ck_assert_str_eq(measure->rules[1], "R11");
    ck_assert_str_eq(measure->outcomes[0], "gegrond");
    ck_assert_ptr_null(menukaart_at(menu, 1));
    menukaart_free(menu);
}
END_TEST

START_TEST(each_fault_of_a_measure_is_a_problem)
{
    static const char *const texts[] = {
        HEAD ROW("m m", "pause", "company", "low", "none", "matching", "R1"),
        HEAD ROW("m", "stop", "company", "low", "none", "matching", "R1"),
        HEAD ROW("m", "pause", "everybody", "low", "none", "matching", "R1"),
        HEAD ROW("m", "pause", "company", "some", "none", "matching", "R1"),
        HEAD ROW("m", "pause", "company", "low", "maybe", "matching", "R1"),
        HEAD ROW("m", "pause", "company", "low", "none", "later", "R1"),
        HEAD ROW("m", "pause", "company", "low", "none", "matching", "R12"),
        HEAD ROW("m", "pause", "company", "low", "none", "matching", "R1")
            ROW("m", "pause", "company", "low", "none", "matching", "R1"),
        HEAD "m;pause;;T;x;x;company;low;none;bron;matching;R1;gegrond\n",
        "code;effect\nm;pause\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct menukaart *menu;
        ck_assert_msg(read_menu(texts[i], &menu) == ERR_INPUT, "%zu", i);
    }
}
END_TEST

START_TEST(the_lists_of_the_configuration_fit_each_other)
{
    struct case_outcomes *outcomes;
    struct menukaart *menu;
    struct problems problems;
    problems_init(&problems, "lists");
    ck_assert_int_eq(case_outcomes_read_file(source_path("config/case_outcomes.csv"), &problems, &outcomes), ERR_OK);
    ck_assert_int_eq(menukaart_read_file(source_path("config/menukaart.csv"), &problems, &menu), ERR_OK);
    bool has[OUTCOME_CLASS_COUNT] = {false}, effects[4] = {false};
    for (size_t i = 0; case_outcome_at(outcomes, i); i++)
        has[case_outcome_at(outcomes, i)->outcome_class] = true;
    for (size_t i = 0; i < OUTCOME_CLASS_COUNT; i++)
        ck_assert(has[i]);
    for (size_t i = 0; menukaart_at(menu, i); i++) {
        const Stagematch__V1__Measure *measure = menukaart_at(menu, i);
        effects[measure->effect] = true;
        for (size_t k = 0; k < measure->n_outcomes; k++)
            ck_assert_msg(case_outcome_find(outcomes, measure->outcomes[k]) != NULL, "%s", measure->outcomes[k]);
    }
    ck_assert(effects[MEASURE_EFFECT(AGREEMENT)] && effects[MEASURE_EFFECT(PAUSE)] && effects[MEASURE_EFFECT(END)]);
    case_outcomes_free(outcomes);
    menukaart_free(menu);
    problems_free(&problems);
}
END_TEST

RUN_TESTS("case_lists", outcomes_are_read_and_found, each_fault_of_an_outcome_is_a_problem, a_measure_is_read_whole,
          each_fault_of_a_measure_is_a_problem, the_lists_of_the_configuration_fit_each_other)
