/*
 * monitor.h - the figures of a term, for everybody: counted once a while after it is over, protected (signal/disclosure.h), frozen in a
 * record, and given out as they are from then on.
 *
 * A term begins with each of the months that are set. There is always one term that is not frozen: when `wait_days` have passed
 * since its last day it is counted, in pieces between the turns (monitor_work), and the next term takes its place. What was counted so far is
 * in memory alone: a service that is started again counts from the beginning.
 *
 * A student is counted once in a term, with the first stagevraag (by id) whose period begins in it. What a student can be counted in
 * (MONITOR_CAP counts in all) is fixed here, because the noise is drawn for it: MONITOR_CAP times the terms of a year, divided by a budget of ε = 1 for a student and year.
 * A school that tells others its own exact figures takes the protection off its own students; of others only what is left of a unit without
 * them can then be guessed, through the noise.
 */
#ifndef DOMAIN_MONITOR_H
#define DOMAIN_MONITOR_H

#include "base/intern.h"
#include "domain/command.h"
#include "stagematch/v1/monitor.pb-c.h"

enum monitor_column {
    MONITOR_STUDENTS,
    MONITOR_PLACED_FIRST,
    MONITOR_PLACED_SOON, /* the second or third proposal */
    MONITOR_PLACED_LATE, /* a later one */
    MONITOR_ELSEWHERE,
    MONITOR_SEARCHING,
    MONITOR_WITHDRAWN,
    MONITOR_WITHIN_2_WEEKS, /* from the request to a company's yes */
    MONITOR_WITHIN_6_WEEKS,
    MONITOR_AFTER_6_WEEKS,
    MONITOR_BLIND_PLACE, /* ends on the way: by stage, and class of the reason */
    MONITOR_BLIND_CRITERION,
    MONITOR_BLIND_OTHER,
    MONITOR_BLIND_SILENCE,
    MONITOR_RELEASED_FACT,
    MONITOR_RELEASED_PLACE,
    MONITOR_RELEASED_OTHER,
    MONITOR_BY_SCHOOL,
    MONITOR_BY_STUDENT,
    MONITOR_PLACE_GONE,
    MONITOR_ENDED_EARLY,
    MONITOR_REPORTS_OPEN, /* from here on of the whole market alone, as nobody says of which programme a report is */
    MONITOR_REPORTS_HEARD,
    MONITOR_REPORTS_CASE,
    MONITOR_REPORTS_REFERRED,
    MONITOR_REPORTS_ENDED,
    MONITOR_MEASURES, /* of schools, with companies: no noise */
    MONITOR_SEATS,    /* of companies: no noise; of all but schools */
    MONITOR_COLUMNS,
};

/*
 * The student, one outcome, one time, two ends on the way (early ones first), one report. Nobody knows who reported, so who reports more than
 * once in a term is in more counts than that.
 */
enum { MONITOR_CAP = 6, MONITOR_THRESHOLD = 10, MONITOR_ROUNDING = 5, MONITOR_ENDS_MAX = 2 };

struct monitor_count {
    int64_t columns[MONITOR_COLUMNS];
};

/* Days since 1970-01-01, both included. */
struct monitor_term {
    char code[8];
    int32_t first_day, last_day;
};

/* The term of a day, and the one behind another. `months`: bit 1 << month (1 to 12), at least one. */
void monitor_term_of(unsigned months, int32_t day, struct monitor_term *out);
void monitor_term_before(unsigned months, const struct monitor_term *term, struct monitor_term *out);
void monitor_term_after(unsigned months, const struct monitor_term *term, struct monitor_term *out);

/* "2 9" as bits; ERR_RANGE for anything but different months, ascending, joined by blanks. */
MUST_USE enum err monitor_months_parse(struct text text, unsigned *months);

/* What is being counted. In the domain's memory; all zero where nothing is. */
struct monitor_work {
    bool running;
    unsigned phase;              /* which records are gone through */
    struct monitor_count market; /* reports and measures */
    bool has_last;
    struct intern units; /* sector, NUL, region, NUL, school: "" with a placement */
    struct monitor_count *counts;
    size_t capacity;
    struct scan scan;
    uint8_t last_student[ID_BYTES]; /* that was counted; their other stagevragen stand behind it */
};
void monitor_work_free(struct monitor_work *work);

/* monitor_student.c: what one stagevraag counts in; `after` adds to `out`. O(its proposals). */
void monitor_count_stagevraag(const struct context *context, const StagevraagRecord *stagevraag,
                              struct monitor_count *out);
/* A report, and a measure that was taken, where they are of the term. */
void monitor_count_report(const ReportRecord *report, const struct monitor_term *term, struct monitor_count *out);
void monitor_count_measure(const MeasureRecord *measure, const struct monitor_term *term, struct monitor_count *out);
/* Whether it counts in this term. */
bool monitor_is_of(const struct state *state, const StagevraagRecord *stagevraag, const struct monitor_term *term);
/* Its sector. */
void monitor_sector(const struct context *context, const char *qualification, const char *postcode,
                    char out[STRATUM_BYTES]);

/* When the next thing is due (INT64_MAX: nothing), and doing it. */
int64_t monitor_due_ms(const struct state *state, const struct domain_options *options);
void monitor_run_due(struct context *context);

/* A term that begins to be filled, and one that is to be counted now. */
void monitor_open(struct context *context, const struct monitor_term *term);
void monitor_close(struct context *context, const MonitorRecord *record);

/* Counting, a piece at a time. */
bool monitor_has_work(const struct state *state);
void monitor_work_piece(struct context *context);

/* monitor_freeze.c: the record of the term that was counted, and that of the next. */
void monitor_freeze(struct context *context, const MonitorRecord *record, struct monitor_work *work);

/* monitor_calls.c: the columns of an answer. */
void monitor_show_term(struct context *context, const MonitorRecord *record, Stagematch__V1__MonitorTerm **field);
void monitor_show_columns(struct context *context, size_t *count, Stagematch__V1__MonitorColumn ***list);

extern const struct handler monitor_handlers[];

#endif
