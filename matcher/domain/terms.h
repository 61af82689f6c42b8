/*
 * terms.h - when something is due: working days of the Netherlands, and the term of each task.
 *
 * A working day is Monday to Friday and no holiday (config/holidays.csv). A term of n working days that begins on some day ends
 * with the n-th working day after it: it is due at the first instant of the day behind that, in Dutch local time. Dutch time is
 * CET, and CEST from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC (Directive 2000/84/EC): computed
 * here, so that no machine's tables of zones can make a difference.
 */
#ifndef DOMAIN_TERMS_H
#define DOMAIN_TERMS_H

#include "base/problem.h"

enum term {
    TERM_APPROVE,
    TERM_DECIDE,
    TERM_CONFIRM,
    TERM_RELEASE,
    TERM_PLAN_INTRODUCTION,
    TERM_AGREE_INTRODUCTION,
    TERM_PLACE,
    TERM_START,
    TERM_CHECK_IN,
    TERM_COMPLETE,
    TERM_ESCALATION,
    TERM_RED_ANSWER,
    TERM_CALL_COMPANY,
    TERM_CONTESTED_LEVEL,
    TERM_REVIEW_REASON,
    TERM_NONCE,
    TERM_REOPEN,
    TERM_OPEN_ROUND,
    TERM_SEAL_ROUND,
    TERM_SOLVE_ROUND,
    TERM_PUBLISH_ROUND,
    TERM_CLOSE_ROUND,
    TERM_ROUND_FAILED,
    TERM_REMATCH_FAILED,
    TERM_PUBLISH_PLACEMENT,
    TERM_ANSWER_REPORT, /* by when a school answers who reported */
    TERM_POINT,
    TERM_SIGNAL,
    TERM_CASE_TAKE,
    TERM_CASE_VERIFY,
    TERM_CASE_HEAR,
    TERM_CASE_ANSWER,
    TERM_CASE_ASSESS,
    TERM_CASE_MEASURE,
    TERM_CASE_SBB,
    TERM_CASE_FEEDBACK,
    TERM_CASE_AFTERCARE,
    TERM_CASE_CLOSE,
    TERM_MEASURE_FOLLOW_UP,
    TERM_TALK_TO_STUDENT,
    TERM_ERKENNING_LOST,
    TERM_COUNT,
};

struct calendar;

/*
 * Reads config/terms.csv (task;working_days;reminder: each task once; a reminder after so many working days, 0 for none) and
 * config/holidays.csv (date;name). What is wrong becomes a problem of the list for its file; then the result is ERR_INPUT.
 */
MUST_USE enum err calendar_read_files(const char *terms_path, const char *holidays_path,
                                      struct problems *terms_problems, struct problems *holidays_problems,
                                      struct calendar **out);
MUST_USE enum err calendar_read_bytes(struct text terms, struct text holidays, struct problems *terms_problems,
                                      struct problems *holidays_problems, struct calendar **out);
void calendar_free(struct calendar *calendar);

/* "approve", …: as in terms.csv; static. */
const char *term_name(enum term term);

/* Its line of terms.csv. */
void term_days(const struct calendar *calendar, enum term term, uint32_t *working_days, uint32_t *reminder);

/* Days since 1970-01-01. */
bool calendar_is_working_day(const struct calendar *calendar, int32_t day);

/* The n-th working day after `day` (0: `day` itself, whatever it is). */
int32_t calendar_add(const struct calendar *calendar, int32_t day, uint32_t working_days);

/* When a term that begins on `day` is due, and when its reminder goes (0: none). */
int64_t term_due_ms(const struct calendar *calendar, enum term term, int32_t day);
int64_t term_reminder_ms(const struct calendar *calendar, enum term term, int32_t day);

/* The Dutch calendar day of an instant, and the instant at which a Dutch day begins. */
int32_t dutch_day(int64_t ms);
int64_t dutch_day_start_ms(int32_t day);

#endif
