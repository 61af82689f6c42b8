#include "domain/terms.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/table.h"

#include <stdio.h>

static const struct problem_kind bad_task = {
    "term.task",
    {"not a task", "geen taak"},
    {"the name of a task of this list", "de naam van een taak van deze lijst"}};
static const struct problem_kind task_twice = {"term.duplicate",
                                               {"a task that is there twice", "een taak die er twee keer staat"},
                                               {"each task once", "elke taak een keer"}};
static const struct problem_kind task_missing = {
    "term.missing", {"a task is missing", "er ontbreekt een taak"}, {"every task once", "elke taak een keer"}};
static const struct problem_kind bad_days = {
    "term.days",
    {"not a number of working days", "geen aantal werkdagen"},
    {"0 to 250, and a reminder before the term's end", "0 tot 250, en een herinnering voor het eind van de termijn"}};
static const struct problem_kind bad_date = {
    "holiday.date", {"not a date", "geen datum"}, {"a date such as 2027-04-27", "een datum zoals 2027-04-27"}};
static const struct problem_kind out_of_order = {
    "holiday.order",
    {"a date that is not after the one before it", "een datum die niet na de vorige komt"},
    {"dates in order, each once", "datums op volgorde, elk een keer"}};

enum { DAYS_MAX = 250, DAY_MS = 86400000, HOUR_MS = 3600000 };

static const char *const names[TERM_COUNT] = {
    [TERM_APPROVE] = "approve",
    [TERM_DECIDE] = "decide",
    [TERM_CONFIRM] = "confirm",
    [TERM_RELEASE] = "release",
    [TERM_PLAN_INTRODUCTION] = "plan_introduction",
    [TERM_AGREE_INTRODUCTION] = "agree_introduction",
    [TERM_PLACE] = "place",
    [TERM_START] = "start",
    [TERM_CHECK_IN] = "check_in",
    [TERM_COMPLETE] = "complete",
    [TERM_ESCALATION] = "escalation",
    [TERM_RED_ANSWER] = "red_answer",
    [TERM_CALL_COMPANY] = "call_company",
    [TERM_CONTESTED_LEVEL] = "contested_level",
    [TERM_REVIEW_REASON] = "review_reason",
    [TERM_NONCE] = "nonce",
    [TERM_REOPEN] = "reopen",
    [TERM_OPEN_ROUND] = "open_round",
    [TERM_SEAL_ROUND] = "seal_round",
    [TERM_SOLVE_ROUND] = "solve_round",
    [TERM_PUBLISH_ROUND] = "publish_round",
    [TERM_CLOSE_ROUND] = "close_round",
    [TERM_ROUND_FAILED] = "round_failed",
    [TERM_REMATCH_FAILED] = "rematch_failed",
    [TERM_PUBLISH_PLACEMENT] = "publish_placement",
    [TERM_POINT] = "point",
    [TERM_SIGNAL] = "signal",
    [TERM_ANSWER_REPORT] = "answer_report",
    [TERM_CASE_TAKE] = "case_take",
    [TERM_CASE_VERIFY] = "case_verify",
    [TERM_CASE_HEAR] = "case_hear",
    [TERM_CASE_ANSWER] = "case_answer",
    [TERM_CASE_ASSESS] = "case_assess",
    [TERM_CASE_MEASURE] = "case_measure",
    [TERM_CASE_SBB] = "case_sbb",
    [TERM_CASE_FEEDBACK] = "case_feedback",
    [TERM_CASE_AFTERCARE] = "case_aftercare",
    [TERM_CASE_CLOSE] = "case_close",
    [TERM_MEASURE_FOLLOW_UP] = "measure_follow_up",
    [TERM_TALK_TO_STUDENT] = "talk_to_student",
    [TERM_ERKENNING_LOST] = "erkenning_lost",
};

struct calendar {
    struct {
        bool known;
        uint32_t days, reminder;
    } terms[TERM_COUNT];
    int32_t *holidays; /* ascending */
    size_t count, capacity;
};

struct reading {
    struct calendar *calendar;
    struct problems *problems;
};

enum { TASK, DAYS, REMINDER, TERM_COLUMNS };
static const struct table_column term_columns[TERM_COLUMNS] = {
    {"task", true}, {"working_days", true}, {"reminder", true}};
static const struct table_spec term_spec = {term_columns, TERM_COLUMNS, NULL, false};

enum { DATE, NAME, HOLIDAY_COLUMNS };
static const struct table_column holiday_columns[HOLIDAY_COLUMNS] = {{"date", true}, {"name", true}};
static const struct table_spec holiday_spec = {holiday_columns, HOLIDAY_COLUMNS, NULL, false};

const char *term_name(enum term term)
{
    return term < TERM_COUNT ? names[term] : "none";
}

void term_days(const struct calendar *calendar, enum term term, uint32_t *working_days, uint32_t *reminder)
{
    *working_days = calendar->terms[term].days;
    *reminder = calendar->terms[term].reminder;
}

static void complain(struct reading *reading, const struct problem_kind *kind, uint64_t line, const char *column)
{
    problems_add(reading->problems, kind, line, text_of(column), text_of(""));
}

static enum err on_term(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    uint64_t days = 0, reminder = 0;
    unsigned term = 0;
    while (term < TERM_COUNT && !text_is(row->values[TASK], names[term]))
        term++;
    if (term == TERM_COUNT)
        complain(reading, &bad_task, row->line, "task");
    else if (reading->calendar->terms[term].known)
        complain(reading, &task_twice, row->line, "task");
    if (text_to_u64(row->values[DAYS], 0, DAYS_MAX, &days) != ERR_OK)
        complain(reading, &bad_days, row->line, "working_days");
    else if (text_to_u64(row->values[REMINDER], 0, days ? days - 1 : 0, &reminder) != ERR_OK)
        complain(reading, &bad_days, row->line, "reminder");
    if (term < TERM_COUNT) {
        reading->calendar->terms[term].known = true;
        reading->calendar->terms[term].days = (uint32_t)days;
        reading->calendar->terms[term].reminder = (uint32_t)reminder;
    }
    return ERR_OK;
}

static enum err on_holiday(void *context, const struct table_row *row)
{
    struct reading *reading = context;
    struct calendar *calendar = reading->calendar;
    int32_t day;
    if (date_parse(row->values[DATE], &day) != ERR_OK) {
        complain(reading, &bad_date, row->line, "date");
        return ERR_OK;
    }
    if (calendar->count && calendar->holidays[calendar->count - 1] >= day)
        complain(reading, &out_of_order, row->line, "date");
    enum err e = mem_grow(&calendar->holidays, &calendar->capacity, calendar->count + 1, sizeof *calendar->holidays);
    if (e == ERR_OK)
        calendar->holidays[calendar->count++] = day;
    return e;
}

/* A file, or bytes where there is no path. */
struct source {
    const char *path;
    struct text bytes;
};

static enum err read_table(const struct source *source, const struct table_spec *spec,
                           enum err (*row)(void *, const struct table_row *), struct calendar *calendar,
                           struct problems *problems)
{
    struct reading reading = {calendar, problems};
    struct table_handler handler = {.row = row, .context = &reading};
    enum err e = source->path ? table_read_file(source->path, spec, &handler, problems)
                              : table_read_bytes(source->bytes, spec, &handler, problems);
    return e == ERR_OK ? problems_result(problems) : e;
}

static void check_all_terms(const struct calendar *calendar, struct problems *problems)
{
    for (unsigned term = 0; term < TERM_COUNT; term++)
        if (!calendar->terms[term].known)
            problems_add(problems, &task_missing, 0, text_of("task"), text_of(names[term]));
}

static enum err calendar_read(const struct source *terms, const struct source *holidays,
                              struct problems *terms_problems, struct problems *holidays_problems,
                              struct calendar **out)
{
    struct calendar *calendar;
    enum err e = mem_alloc(1, sizeof *calendar, &calendar);
    if (e != ERR_OK)
        return e;
    enum err first = read_table(terms, &term_spec, on_term, calendar, terms_problems);
    if (first == ERR_OK) {
        check_all_terms(calendar, terms_problems);
        first = problems_result(terms_problems);
    }
    enum err second = read_table(holidays, &holiday_spec, on_holiday, calendar, holidays_problems);
    e = first != ERR_OK ? first : second;
    if (e != ERR_OK)
        calendar_free(calendar);
    else
        *out = calendar;
    return e;
}

enum err calendar_read_files(const char *terms_path, const char *holidays_path, struct problems *terms_problems,
                             struct problems *holidays_problems, struct calendar **out)
{
    return calendar_read(&(struct source){terms_path, {NULL, 0}}, &(struct source){holidays_path, {NULL, 0}},
                         terms_problems, holidays_problems, out);
}

enum err calendar_read_bytes(struct text terms, struct text holidays, struct problems *terms_problems,
                             struct problems *holidays_problems, struct calendar **out)
{
    return calendar_read(&(struct source){NULL, terms}, &(struct source){NULL, holidays}, terms_problems,
                         holidays_problems, out);
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    mem_free(calendar->holidays);
    mem_free(calendar);
}

/* 0 = Monday; 1970-01-01 was a Thursday. */
static unsigned weekday(int32_t day)
{
    return (unsigned)(((int64_t)day % 7 + 10) % 7);
}

static bool is_holiday(const struct calendar *calendar, int32_t day)
{
    size_t low = 0, high = calendar->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->count && calendar->holidays[low] == day;
}

bool calendar_is_working_day(const struct calendar *calendar, int32_t day)
{
    return weekday(day) < 5 && !is_holiday(calendar, day);
}

int32_t calendar_add(const struct calendar *calendar, int32_t day, uint32_t working_days)
{
    while (working_days > 0) {
        day++;
        if (calendar_is_working_day(calendar, day))
            working_days--;
    }
    return day;
}

int64_t term_due_ms(const struct calendar *calendar, enum term term, int32_t day)
{
    return dutch_day_start_ms(calendar_add(calendar, day, calendar->terms[term].days) + 1);
}

int64_t term_reminder_ms(const struct calendar *calendar, enum term term, int32_t day)
{
    uint32_t reminder = calendar->terms[term].reminder;
    return reminder ? dutch_day_start_ms(calendar_add(calendar, day, reminder)) : 0;
}

/* Of March or October, which have 31 days. Years beyond the calendar's own reach keep its last year's Sundays. */
static int32_t last_sunday(int32_t year, const char *month)
{
    char text[16];
    int32_t last = 0;
    (void)snprintf(text, sizeof text, "%04d-%s-31", year < 1900 ? 1900 : year > 2199 ? 2199 : (int)year, month);
    if (date_parse(text_of(text), &last) != ERR_OK)
        return 0;
    return last - (int32_t)((weekday(last) + 1) % 7);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int32_t year_of(int32_t day)
{
    char text[11];
    date_format(day, text);
    int32_t year = 0;
    for (size_t i = 0; i < 4; i++)
        year = 10 * year + (text[i] - '0');
    return year;
}

static int64_t offset_ms(int64_t ms)
{
    int32_t year = year_of((int32_t)floor_div(ms, DAY_MS));
    int64_t begin = (int64_t)last_sunday(year, "03") * DAY_MS + HOUR_MS;
    int64_t end = (int64_t)last_sunday(year, "10") * DAY_MS + HOUR_MS;
    return ms >= begin && ms < end ? 2 * HOUR_MS : HOUR_MS;
}

int32_t dutch_day(int64_t ms)
{
    return (int32_t)floor_div(ms + offset_ms(ms), DAY_MS);
}

/* The clocks change in the night at 01:00 UTC, never at midnight, so the offset an hour before UTC midnight decides. */
int64_t dutch_day_start_ms(int32_t day)
{
    int64_t utc_midnight = (int64_t)day * DAY_MS;
    return utc_midnight - offset_ms(utc_midnight - HOUR_MS);
}
