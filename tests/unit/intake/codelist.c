#include "intake/codelist.h"

#include "fixture.h"

static struct problems problems;
static size_t count;

static enum err check(enum codelist_kind kind, const char *bytes)
{
    problems_init(&problems, "LIST");
    buf_init(&shown, 1 << 20);
    return codelist_check(temporary_file(bytes, strlen(bytes)), kind, &problems, &count);
}

static void close_check(void)
{
    problems_free(&problems);
    buf_free(&shown);
}

#define SKILLS "code;nl;en\n"
#define REASONS "code;nl;en;class;needs_criterion;allowed\n"
#define GROUNDS "code;nl;en;basis\n"

static const struct {
    enum codelist_kind kind;
    const char *bytes, *expected;
} refused[] = {
    {CODELIST_SKILLS, SKILLS ";a;b\n", "list.empty@2:code"},
    {CODELIST_SKILLS, SKILLS "x;;b\n", "list.empty@2:nl"},
    {CODELIST_SKILLS, SKILLS "x;a;\n", "list.empty@2:en"},
    {CODELIST_SKILLS, SKILLS "a b;a;b\n", "list.code@2:code"},
    {CODELIST_SKILLS, SKILLS "abcdefghijklmnopqrstuvwxyz0123456;a;b\n", "list.code@2:code"},
    {CODELIST_SKILLS, SKILLS "x;a;b\ny;a;b\nx;c;d\nx;e;f\n", "list.duplicate@4:code list.duplicate@5:code"},
    {CODELIST_SKILLS, SKILLS "x;a;\n;a;b\n;a;b\n", "list.empty@2:en list.empty@3:code list.empty@4:code"},
    {CODELIST_SKILLS, "code;nl\nx;a\n", "column.missing@1:en"},
    {CODELIST_SKILLS, "code;nl;en;kleur\nx;a;b;c\n", "column.unknown@1:kleur"},
    {CODELIST_REASONS, REASONS "x;a;b;klik;no;school_veto\n", "list.choice@2:class"},
    {CODELIST_REASONS, REASONS "x;a;b;Place;no;school_veto\n", "list.choice@2:class"},
    {CODELIST_REASONS, REASONS "x;a;b;place;maybe;school_veto\n", "list.choice@2:needs_criterion"},
    {CODELIST_REASONS, REASONS "x;a;b;place;no;school_veto|nothing\n", "list.choice@2:allowed"},
    {CODELIST_REASONS, REASONS "x;a;b;place;no;school_veto|\n", "list.choice@2:allowed"},
    {CODELIST_REASONS, REASONS "x;a;b;;no;school_veto\n", "list.empty@2:class"},
    {CODELIST_REASONS, REASONS "x;a;b;place;;school_veto\n", "list.empty@2:needs_criterion"},
    {CODELIST_REASONS, REASONS "x;a;b;place;no;\n", "list.empty@2:allowed"},
    {CODELIST_REASONS, SKILLS "x;a;b\n",
     "column.missing@1:class column.missing@1:needs_criterion column.missing@1:allowed"},
    {CODELIST_GROUNDS, GROUNDS "x;a;b;\n", "list.empty@2:basis"},
    {CODELIST_GROUNDS, SKILLS "x;a;b\n", "column.missing@1:basis"},
    {CODELIST_GROUNDS, "", "file.empty@0:"},
};

START_TEST(each_rule_of_a_list_is_one_problem_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ck_assert_msg(check(refused[i].kind, refused[i].bytes) == ERR_INPUT, "%s", refused[i].bytes);
        ck_assert_msg(strcmp(listed(&problems), refused[i].expected) == 0, "%s: %s", refused[i].bytes,
                      listed(&problems));
        close_check();
    }
}
END_TEST

START_TEST(right_lists_are_counted)
{
    ck_assert_int_eq(check(CODELIST_SKILLS, SKILLS "x;a;b\nX;a;b\n\ny;a;b\n"), ERR_OK);
    ck_assert_uint_eq(count, 3);
    close_check();
    ck_assert_int_eq(check(CODELIST_REASONS,
                           REASONS "a;n;e;place;no;school_veto|company_objects|student_declines\n"
                                   "b;n;e;criterion;yes;company_drops_after_release|cancelled_before_start\n"
                                   "c;n;e;fact;no;ended_early|withdrawn_student\nd;n;e;other;no;withdrawn_place\n"),
                     ERR_OK);
    ck_assert_uint_eq(count, 4);
    close_check();
    ck_assert_int_eq(check(CODELIST_GROUNDS, GROUNDS "ras;n;e;Awgb\n"), ERR_OK);
    ck_assert_uint_eq(count, 1);
    close_check();
}
END_TEST

/* How many lines behind the header a file has. */
static size_t count_rows(const char *path)
{
    size_t lines = 0;
    int c;
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while ((c = getc(file)) != EOF)
        lines += c == '\n';
    fclose(file);
    ck_assert_uint_gt(lines, 1);
    return lines - 1;
}

START_TEST(the_lists_of_the_repository_are_right)
{
    static const struct {
        enum codelist_kind kind;
        const char *name;
    } lists[] = {{CODELIST_SKILLS, "skills"}, {CODELIST_REASONS, "reasons"}, {CODELIST_GROUNDS, "grounds"}};
    const char *source = getenv("STAGEMATCH_SOURCE");
    ck_assert_ptr_nonnull(source);
    for (size_t i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/config/%s.csv", source, lists[i].name);
        problems_init(&problems, path);
        buf_init(&shown, 1 << 20);
        ck_assert_msg(codelist_check(path, lists[i].kind, &problems, &count) == ERR_OK, "%s: %s", path,
                      listed(&problems));
        ck_assert_uint_eq(count, count_rows(path));
        close_check();
    }
}
END_TEST

START_TEST(every_failed_allocation_is_answered)
{
    bool failed = true;
    unsigned tries = 0;
    for (uint64_t nth = 1; failed; nth++, tries++) {
        static const char bytes[] = SKILLS "x;a;b\ny;a;b\n";
        const char *path = temporary_file(bytes, sizeof bytes - 1);
        problems_init(&problems, "LIST");
        mem_fail_at(nth);
        enum err e = codelist_check(path, CODELIST_SKILLS, &problems, &count);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        problems_free(&problems);
    }
    ck_assert_uint_gt(tries, 5);
}
END_TEST

RUN_TESTS("intake/codelist", each_rule_of_a_list_is_one_problem_in_its_place, right_lists_are_counted,
          the_lists_of_the_repository_are_right, every_failed_allocation_is_answered)
