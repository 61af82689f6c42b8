#include "domain/terms.h"

#include "base/date.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERMS_HEAD "task;working_days;reminder\n"
#define TERMS_REST                                                                                                   \
    "decide;5;3\nconfirm;5;3\nrelease;5;3\nplan_introduction;5;3\nagree_introduction;5;3\nplace;10;5\nstart;5;3\n"   \
    "check_in;5;3\ncomplete;10;5\nescalation;2;1\nred_answer;2;0\ncall_company;2;1\ncontested_level;5;3\n"           \
    "review_reason;5;3\nnonce;0;0\nreopen;10;5\nopen_round;10;5\nseal_round;5;3\nsolve_round;5;3\n"                  \
    "publish_round;5;3\nclose_round;60;40\nround_failed;2;1\nrematch_failed;2;1\npublish_placement;10;5\nanswer_"    \
    "report;3;2\npoint;10;5\nsignal;10;5\n"                                                                          \
    "case_take;2;1\ncase_verify;5;3\ncase_hear;5;3\ncase_answer;10;5\ncase_assess;10;5\ncase_measure;10;5\n"         \
    "case_sbb;15;8\ncase_feedback;5;3\ncase_aftercare;30;15\ncase_close;5;3\nmeasure_follow_up;5;3\ntalk_to_"        \
    "student;3;2\nerkenning_lost;5;3\n"
#define TERMS TERMS_HEAD "approve;5;3\n" TERMS_REST

static struct problems terms_problems, holidays_problems;

static const char *config(const char *name)
{
    static char paths[2][1024];
    static unsigned at;
    const char *root = getenv("STAGEMATCH_SOURCE");
    at = 1 - at;
    (void)snprintf(paths[at], sizeof paths[at], "%s/config/%s", root ? root : ".", name);
    return paths[at];
}

static struct calendar *shipped(void)
{
    struct calendar *calendar;
    problems_init(&terms_problems, "terms");
    problems_init(&holidays_problems, "holidays");
    ck_assert_int_eq(calendar_read_files(config("terms.csv"), config("holidays.csv"), &terms_problems,
                                         &holidays_problems, &calendar),
                     ERR_OK);
    return calendar;
}

static int32_t day(const char *date)
{
    int32_t days;
    ck_assert_int_eq(date_parse(text_of(date), &days), ERR_OK);
    return days;
}

START_TEST(the_shipped_holidays_are_no_working_days)
{
    struct calendar *calendar = shipped();
    static const char *const free_days[] = {
        "2026-01-01", "2026-04-05", "2026-04-06", "2026-04-27", "2026-05-05", "2026-05-14", "2026-05-24",
        "2026-05-25", "2026-12-25", "2026-12-26", "2027-03-29", "2027-05-06", "2027-05-17", "2029-04-27",
        "2030-04-22", "2030-04-27", "2031-04-26", /* 27 April 2031 is a Sunday: Koningsdag is the day before */
        "2032-03-29", "2033-05-05", "2034-05-18", "2035-03-26", "2035-12-25", "2027-02-27", "2027-02-28"};
    static const char *const working_days[] = {"2027-03-26", /* Goede Vrijdag is no public holiday */
                                               "2027-03-01", "2031-04-28", "2027-04-26", "2027-12-31", "2028-04-18"};
    for (size_t i = 0; i < sizeof free_days / sizeof free_days[0]; i++)
        ck_assert_msg(!calendar_is_working_day(calendar, day(free_days[i])), "%s", free_days[i]);
    for (size_t i = 0; i < sizeof working_days / sizeof working_days[0]; i++)
        ck_assert_msg(calendar_is_working_day(calendar, day(working_days[i])), "%s", working_days[i]);
    calendar_free(calendar);
}
END_TEST

START_TEST(working_days_pass_over_weekends_and_holidays)
{
    static const struct {
        const char *from;
        uint32_t count;
        const char *to;
    } sums[] = {{"2027-03-01", 0, "2027-03-01"}, {"2027-03-01", 1, "2027-03-02"},
                {"2027-03-01", 5, "2027-03-08"}, {"2027-03-05", 1, "2027-03-08"},
                {"2027-03-06", 1, "2027-03-08"}, {"2027-03-26", 1, "2027-03-30"}, /* over Easter */
                {"2026-12-24", 1, "2026-12-28"},                                  /* over Christmas and a weekend */
                {"2027-04-26", 1, "2027-04-28"},                                  /* over Koningsdag */
                {"2026-04-30", 5, "2026-05-08"},                                  /* over Bevrijdingsdag */
                {"2027-12-31", 1, "2028-01-03"}};
    struct calendar *calendar = shipped();
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        char got[11];
        date_format(calendar_add(calendar, day(sums[i].from), sums[i].count), got);
        ck_assert_str_eq(got, sums[i].to);
    }
    calendar_free(calendar);
}
END_TEST

#define UTC(date, hours) ((int64_t)day(date) * 86400000 + (int64_t)(hours)*3600000)

START_TEST(a_dutch_day_begins_an_hour_or_two_before_the_utc_day)
{
    ck_assert_int_eq(dutch_day_start_ms(day("2027-01-15")), UTC("2027-01-14", 23));
    ck_assert_int_eq(dutch_day_start_ms(day("2027-07-15")), UTC("2027-07-14", 22));
    /* Summer time begins on Sunday 28 March 2027 at 01:00 UTC: that day still begins in winter time. */
    ck_assert_int_eq(dutch_day_start_ms(day("2027-03-28")), UTC("2027-03-27", 23));
    ck_assert_int_eq(dutch_day_start_ms(day("2027-03-29")), UTC("2027-03-28", 22));
    /* It ends on Sunday 31 October. */
    ck_assert_int_eq(dutch_day_start_ms(day("2027-10-31")), UTC("2027-10-30", 22));
    ck_assert_int_eq(dutch_day_start_ms(day("2027-11-01")), UTC("2027-10-31", 23));
    ck_assert_int_eq(dutch_day(UTC("2027-03-27", 23) - 1), day("2027-03-27"));
    ck_assert_int_eq(dutch_day(UTC("2027-03-27", 23)), day("2027-03-28"));
    ck_assert_int_eq(dutch_day(UTC("2027-07-14", 22) - 1), day("2027-07-14"));
    ck_assert_int_eq(dutch_day(UTC("2027-07-14", 22)), day("2027-07-15"));
    ck_assert_int_eq(dutch_day(0), 0);
    ck_assert_int_eq(dutch_day(-7200000), -1);
}
END_TEST

START_TEST(day_and_start_fit_each_other_on_every_day_of_fifty_years)
{
    for (int32_t d = day("2000-01-01"); d < day("2050-01-01"); d++) {
        ck_assert_int_eq(dutch_day(dutch_day_start_ms(d)), d);
        ck_assert_int_eq(dutch_day(dutch_day_start_ms(d) - 1), d - 1);
    }
}
END_TEST

START_TEST(a_term_is_due_behind_its_last_working_day)
{
    struct calendar *calendar = shipped();
    ck_assert_int_eq(term_due_ms(calendar, TERM_DECIDE, day("2027-03-01")), UTC("2027-03-08", 23));
    ck_assert_int_eq(term_reminder_ms(calendar, TERM_DECIDE, day("2027-03-01")), UTC("2027-03-03", 23));
    /* Over Easter and the change to summer time. */
    ck_assert_int_eq(term_due_ms(calendar, TERM_DECIDE, day("2027-03-25")), UTC("2027-04-02", 22));
    ck_assert_int_eq(term_due_ms(calendar, TERM_RED_ANSWER, day("2027-03-05")), UTC("2027-03-09", 23));
    calendar_free(calendar);
}
END_TEST

static const struct {
    const char *terms, *holidays, *code;
    bool in_holidays;
} refused[] = {
    {TERMS_HEAD TERMS_REST, "date;name\n", "term.missing", false},
    {TERMS "approve;5;3\n", "date;name\n", "term.duplicate", false},
    {TERMS "klik;5;3\n", "date;name\n", "term.task", false},
    {TERMS_HEAD "approve;251;3\n" TERMS_REST, "date;name\n", "term.days", false},
    {TERMS_HEAD "approve;five;3\n" TERMS_REST, "date;name\n", "term.days", false},
    {TERMS_HEAD "approve;-5;3\n" TERMS_REST, "date;name\n", "term.days", false},
    {TERMS_HEAD "approve;5;5\n" TERMS_REST, "date;name\n", "term.days", false},
    {"task;working_days\n", "date;name\n", "column.missing", false},
    {TERMS, "date;name\n2027-02-30;Geen dag\n", "holiday.date", true},
    {TERMS, "date;name\n2027-04-27;Koningsdag\n2027-01-01;Nieuwjaar\n", "holiday.order", true},
    {TERMS, "date;name\n2027-04-27;Koningsdag\n2027-04-27;Koningsdag\n", "holiday.order", true},
};

START_TEST(what_is_wrong_in_a_list_is_said)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct calendar *calendar = NULL;
        problems_init(&terms_problems, "terms");
        problems_init(&holidays_problems, "holidays");
        ck_assert_int_eq(calendar_read_bytes(text_of(refused[i].terms), text_of(refused[i].holidays), &terms_problems,
                                             &holidays_problems, &calendar),
                         ERR_INPUT);
        const struct problems *problems = refused[i].in_holidays ? &holidays_problems : &terms_problems;
        ck_assert_uint_eq(problems->total, 1);
        ck_assert_str_eq(problems->list[0].kind->code, refused[i].code);
        problems_free(&terms_problems);
        problems_free(&holidays_problems);
    }
}
END_TEST

RUN_TESTS("terms", the_shipped_holidays_are_no_working_days, working_days_pass_over_weekends_and_holidays,
          a_dutch_day_begins_an_hour_or_two_before_the_utc_day,
          day_and_start_fit_each_other_on_every_day_of_fifty_years, a_term_is_due_behind_its_last_working_day,
          what_is_wrong_in_a_list_is_said)
