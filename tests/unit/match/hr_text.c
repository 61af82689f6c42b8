#include "match/hr_text.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>

struct refused {
    const char *bytes, *code;
    uint64_t line;
    const char *column;
};

/* Lines and columns counted by hand: the column is that of the first character that could not be taken. */
static const struct refused cases[] = {
    /* the first line */
    {"x 1\n", "hr.size", 1, "1"},
    {"1\ns 0 lottery 0 :\n", "hr.size", 1, "2"},
    {"1 x\n", "hr.size", 1, "3"},
    {"-1 1\n", "hr.size", 1, "1"},
    {"1 1 1\ns 0 lottery 0 :\np 0 cap 1 :\n", "hr.size", 1, "4"},
    {"\n\n 9999 1\n", "hr.size", 3, "2"},
    {"4294967296 4294967296\n", "hr.size", 1, "1"},
    /* student lines */
    {"1 1\np 0 cap 1 :\n", "hr.student", 2, "1"},
    {"2 1\ns 0 lottery 0 :\ns 0 lottery 1 :\np 0 cap 1 :\n", "hr.student", 3, "3"},
    {"1 1\ns 1 lottery 0 :\np 0 cap 1 :\n", "hr.student", 2, "3"},
    {"1 1\ns 0 lotery 0 :\np 0 cap 1 :\n", "hr.student", 2, "5"},
    {"1 1\ns 0 lottery x :\np 0 cap 1 :\n", "hr.student", 2, "13"},
    {"1 1\ns 0 lottery 4294967296 :\np 0 cap 1 :\n", "hr.student", 2, "13"},
    {"1 1\ns 0 lottery 0\np 0 cap 1 :\n", "hr.student", 2, "14"},
    {"1 1\ns 0 lottery 0 : 1\np 0 cap 1 : (0)\n", "hr.list", 2, "17"},
    {"1 1\ns 0 lottery 0 : 0 0\np 0 cap 1 : (0)\n", "hr.list", 2, NULL},
    {"1 1\ns 0 lottery 0 : x\np 0 cap 1 : (0)\n", "hr.list", 2, "17"},
    {"1 1\ns 0 lottery 0 : 00\np 0 cap 1 : (0)\n", "hr.list", 2, "17"},
    {"1 0\ns 0 lottery 0 : 0\n", "hr.list", 2, "17"},
    /* placement lines */
    {"1 1\ns 0 lottery 0 : 0\ns 1 lottery 0 : 0\n", "hr.place", 3, "1"},
    {"1 1\ns 0 lottery 0 : 0\np 1 cap 1 : (0)\n", "hr.place", 3, "3"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cup 1 : (0)\n", "hr.place", 3, "5"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 0 : (0)\n", "hr.place", 3, "9"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 65536 : (0)\n", "hr.place", 3, "9"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 (0)\n", "hr.place", 3, "11"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : 0\n", "hr.groups", 3, "13"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (1)\n", "hr.groups", 3, "14"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (0 0)\n", "hr.groups", 3, NULL},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (0) (0)\n", "hr.groups", 3, NULL},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (0\n", "hr.groups", 3, "15"},
    {"1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (0))\n", "hr.groups", 3, "16"},
    {"0 1\np 0 cap 1 : (0)\n", "hr.groups", 2, "14"},
    {"2 1\ns 0 lottery 0 : 0\ns 1 lottery 1 : 0\np 0 cap 1 : (1)\n", "hr.not-mutual", 4, NULL},
    {"1 2\ns 0 lottery 0 : 1\np 0 cap 1 : (0)\np 1 cap 1 :\n", "hr.not-mutual", 4, NULL},
    /* the whole */
    {"2 1\ns 0 lottery 0 :\n", "hr.short", 3, "1"},
    {"1 1\ns 0 lottery 0 :\n", "hr.short", 3, "1"},
    {"1 1\ns 0 lottery 0 :\np 0 cap 1 :\n\np 1 cap 1 :\n", "hr.trailing", 5, "1"},
};

static void check_refused(const struct refused *refused)
{
    struct problems problems;
    struct hr hr = {.number = NULL};
    problems_init(&problems, "instance");
    ck_assert_msg(hr_text_read(text_of(refused->bytes), &hr, &problems) == ERR_INPUT, "accepted:\n%s",
                  refused->bytes);
    ck_assert_uint_eq(problems.total, 1);
    const struct problem *problem = &problems.list[0];
    bool fits = strcmp(problem->kind->code, refused->code) == 0 && problem->line == refused->line &&
                problem->column[0] && (!refused->column || strcmp(problem->column, refused->column) == 0);
    ck_assert_msg(fits, "%s, line %llu, column '%s', for:\n%s", problem->kind->code,
                  (unsigned long long)problem->line, problem->column, refused->bytes);
    ck_assert_ptr_null(hr.number);
    problems_free(&problems);
}

START_TEST(what_is_malformed_is_named_with_its_line_and_column)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_refused(&cases[i]);
}
END_TEST

START_TEST(the_line_of_a_lottery_number_that_is_there_twice_is_named)
{
    static const struct refused twice = {
        "3 1\ns 0 lottery 5 : 0\ns 1 lottery 4 : 0\ns 2 lottery 5 : 0\np 0 cap 1 : (0 1 2)\n", "hr.lottery", 4, NULL};
    check_refused(&twice);
}
END_TEST

START_TEST(an_empty_file_is_refused)
{
    static const char *const empty[] = {"", "\n", " \n\t\n"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        struct problems problems;
        struct hr hr;
        problems_init(&problems, "instance");
        ck_assert_int_eq(hr_text_read(text_of(empty[i]), &hr, &problems), ERR_INPUT);
        ck_assert_str_eq(problems.list[0].kind->code, "hr.size");
        problems_free(&problems);
    }
}
END_TEST

static struct hr read_good(const char *bytes)
{
    struct problems problems;
    struct hr hr;
    problems_init(&problems, "instance");
    enum err e = hr_text_read(text_of(bytes), &hr, &problems);
    problems_print(&problems, LANGUAGE_EN, stderr);
    ck_assert_int_eq(e, ERR_OK);
    ck_assert_uint_eq(problems.total, 0);
    return hr;
}

START_TEST(students_are_numbered_by_lottery_and_groups_become_classes)
{
    struct hr hr = read_good("3 2\n"
                             "s 0 lottery 4 : 1 0\n"
                             "s 1 lottery 4000000000 : 0\n"
                             "s 2 lottery 0 :\n"
                             "p 0 cap 7 : (0) (2 1)\n"
                             "p 1 cap 65535 : (2) () (0)\n");
    const struct instance *instance = &hr.instance;
    ck_assert_uint_eq(instance->student_count, 3);
    ck_assert_uint_eq(instance->placement_count, 2);
    ck_assert_uint_eq(instance->edge_count, 3);
    ck_assert_uint_eq(instance->capacity[0], 7);
    ck_assert_uint_eq(instance->capacity[1], 65535);
    ck_assert_uint_eq(hr.number[1], 0);
    ck_assert_uint_eq(hr.number[0], 1);
    ck_assert_uint_eq(hr.number[2], 2);
    ck_assert_uint_eq(instance->length[0], 1);
    ck_assert_uint_eq(instance->length[1], 2);
    ck_assert_uint_eq(instance->length[2], 0);
    uint64_t first = instance->first[1];
    ck_assert_uint_eq(instance_place(instance, first), 1);
    ck_assert_uint_eq(instance_place(instance, first + 1), 0);
    /* At placement 0 student 0 stands in a better group than student 1. */
    ck_assert_uint_gt(instance_class(instance, first + 1), instance_class(instance, instance->first[0]));
    hr_free(&hr);
}
END_TEST

START_TEST(one_group_is_one_class_and_the_best_group_the_highest)
{
    struct hr hr = read_good("4 1\ns 0 lottery 0 : 0\ns 1 lottery 1 : 0\ns 2 lottery 2 : 0\ns 3 lottery 3 : 0\n"
                             "p 0 cap 1 : (2) (0 3) (1)\n");
    uint32_t class[4];
    for (size_t s = 0; s < 4; s++)
        class[s] = instance_class(&hr.instance, hr.instance.first[hr.number[s]]);
    ck_assert_uint_eq(class[0], class[3]);
    ck_assert_uint_gt(class[2], class[0]);
    ck_assert_uint_gt(class[0], class[1]);
    hr_free(&hr);
}
END_TEST

START_TEST(blank_lines_crlf_and_spacing_do_not_matter)
{
    struct hr hr =
        read_good("\r\n  2   1 \r\n\r\n\ts 0 lottery 1:0\r\ns 1\tlottery 0 :\t0 \r\n\r\np 0 cap 1:(0\t1 )\r\n\r\n");
    ck_assert_uint_eq(hr.instance.edge_count, 2);
    hr_free(&hr);
    hr = read_good("1 1\ns 0 lottery 0 : 0\np 0 cap 1 : (0)"); /* no line end at the end */
    ck_assert_uint_eq(hr.instance.edge_count, 1);
    hr_free(&hr);
}
END_TEST

START_TEST(nobody_and_nothing_are_instances)
{
    struct hr hr = read_good("0 0\n");
    ck_assert_uint_eq(hr.instance.student_count, 0);
    hr_free(&hr);
    hr = read_good("1 0\ns 0 lottery 3 :\n");
    ck_assert_uint_eq(hr.instance.student_count, 1);
    hr_free(&hr);
    hr = read_good("0 1\np 0 cap 3 :\n");
    ck_assert_uint_eq(hr.instance.placement_count, 1);
    hr_free(&hr);
}
END_TEST

START_TEST(every_failing_allocation_is_answered)
{
    static const char bytes[] = "2 1\ns 0 lottery 0 : 0\ns 1 lottery 1 : 0\np 0 cap 1 : (1 0)\n";
    for (uint64_t nth = 1;; nth++) {
        struct problems problems;
        struct hr hr = {.number = NULL};
        problems_init(&problems, "instance");
        mem_fail_at(nth);
        enum err e = hr_text_read(text_of(bytes), &hr, &problems);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        ck_assert_uint_eq(problems.total, 0);
        if (!failed) {
            ck_assert_uint_gt(nth, 8);
            hr_free(&hr);
            return;
        }
        ck_assert_ptr_null(hr.number);
    }
}
END_TEST

RUN_TESTS("match/hr_text", what_is_malformed_is_named_with_its_line_and_column,
          the_line_of_a_lottery_number_that_is_there_twice_is_named, an_empty_file_is_refused,
          students_are_numbered_by_lottery_and_groups_become_classes,
          one_group_is_one_class_and_the_best_group_the_highest, blank_lines_crlf_and_spacing_do_not_matter,
          nobody_and_nothing_are_instances, every_failing_allocation_is_answered)
