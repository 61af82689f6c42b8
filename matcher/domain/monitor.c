#include "domain/monitor.h"

#include "base/date.h"
#include "domain/market.h"
#include "domain/placement.h"

#include <stdio.h>
#include <string.h>

enum { UNITS_BYTES_MAX = 8 << 20, UNIT_KEY_BYTES = 64 };

void monitor_work_free(struct monitor_work *work)
{
    if (work->running)
        intern_free(&work->units);
    mem_free(work->counts);
    *work = (struct monitor_work){.running = false};
}

/* The term that is not frozen: always the last one. NULL before there is any. */
static const MonitorRecord *open_record(const struct state *state)
{
    return state_last(state, RECORD_MONITOR);
}

int64_t monitor_due_ms(const struct state *state, const struct domain_options *options)
{
    if (!options->monitor.months)
        return INT64_MAX;
    const MonitorRecord *record = open_record(state);
    if (!record)
        return 0;
    return record->closing ? INT64_MAX
                           : dutch_day_start_ms(record->last_day + 1 + (int32_t)options->monitor.wait_days);
}

void monitor_open(struct context *context, const struct monitor_term *term)
{
    MonitorRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__monitor_record__descriptor);
    if (!record)
        return;
    (void)context_ok(context, message_assign_string(&record->term, text_of(term->code)));
    record->first_day = term->first_day;
    record->last_day = term->last_day;
    context_add(context, RECORD_MONITOR, record);
}

/* A service that begins in the weeks after a term still counts that one. */
void monitor_run_due(struct context *context)
{
    const struct monitor_options *options = &context->options->monitor;
    const MonitorRecord *record = open_record(context->state);
    struct monitor_term term, before;
    if (record) {
        monitor_close(context, record);
        return;
    }
    int32_t today = dutch_day(context->now_ms);
    monitor_term_of(options->months, today, &term);
    monitor_term_before(options->months, &term, &before);
    monitor_open(context, today <= before.last_day + (int32_t)options->wait_days ? &before : &term);
}

void monitor_close(struct context *context, const MonitorRecord *record)
{
    MonitorRecord *closing = context_edit(context, RECORD_MONITOR, text_of(record->term));
    if (!closing)
        return;
    closing->closing = true;
    context_edited(context, RECORD_MONITOR, closing);
}

bool monitor_has_work(const struct state *state)
{
    const MonitorRecord *record = open_record(state);
    return record && record->closing;
}

/* The row of a unit, made where it is new; NULL without memory. */
static struct monitor_count *row_of(struct context *context, struct monitor_work *work, const char *sector,
                                    const char *postcode, const char *school)
{
    char key[UNIT_KEY_BYTES];
    uint32_t number = 0;
    int length = snprintf(key, sizeof key, "%s%c%.2s%c%.20s", sector, 0, postcode, 0, school);
    size_t before = work->units.count;
    if (length < 0 || (size_t)length >= sizeof key)
        return NULL;
    if (!context_ok(context, intern_put(&work->units, (struct text){key, (size_t)length}, &number)) ||
        !context_ok(context, mem_grow(&work->counts, &work->capacity, work->units.count, sizeof *work->counts)))
        return NULL;
    if (number == before)
        work->counts[number] = (struct monitor_count){{0}};
    return &work->counts[number];
}

/* A student's stagevragen stand beside each other: the first that is of the term counts. */
static void count_student(struct context *context, struct monitor_work *work, const StagevraagRecord *stagevraag,
                          const struct monitor_term *term)
{
    char sector[STRATUM_BYTES];
    struct text student = text_of_bytes(stagevraag->student_ref);
    bool again = work->has_last && text_equal(student, (struct text){(const char *)work->last_student, ID_BYTES});
    if (again || student.length != ID_BYTES || !monitor_is_of(context->state, stagevraag, term))
        return;
    memcpy(work->last_student, student.data, ID_BYTES);
    work->has_last = true;
    monitor_sector(context, stagevraag->profile->qualification, stagevraag->profile->pc4, sector);
    struct monitor_count *row = row_of(context, work, sector, stagevraag->profile->pc4, stagevraag->school);
    if (row)
        monitor_count_stagevraag(context, stagevraag, row);
}

static void count_place(struct context *context, struct monitor_work *work, const PlacementRecord *record,
                        const struct monitor_term *term)
{
    char sector[STRATUM_BYTES];
    int32_t day;
    const Stagematch__V1__Placement *placement = record->placement;
    bool offered = record->state == PLACEMENT_STATE(PUBLISHED) || record->state == PLACEMENT_STATE(PAUSED);
    if (!offered || !placement || placement->n_qualifications == 0 || !placement_is_visible(context->state, record) ||
        date_parse(text_of(placement->start_date), &day) != ERR_OK || day < term->first_day || day > term->last_day)
        return;
    monitor_sector(context, placement->qualifications[0], placement->postcode, sector);
    struct monitor_count *row = row_of(context, work, sector, placement->postcode, "");
    if (row)
        row->columns[MONITOR_SEATS] += placement->capacity;
}

static void begin(struct monitor_work *work, const struct state *state)
{
    *work = (struct monitor_work){.running = true};
    intern_init(&work->units, UNITS_BYTES_MAX);
    scan_all(&work->scan, state, INDEX_STAGEVRAAG_STUDENT);
}

enum { PHASE_STUDENTS, PHASE_PLACES, PHASE_REPORTS, PHASE_MEASURES, PHASES };
static const enum state_index phase_indexes[PHASES] = {INDEX_STAGEVRAAG_STUDENT, INDEX_PLACEMENT_STATE,
                                                       INDEX_REPORT_SCHOOL, INDEX_MEASURE_SCHOOL};

/* False: nothing is left. */
static bool count_next(struct context *context, struct monitor_work *work, const struct monitor_term *term)
{
    const void *record = scan_next(&work->scan);
    if (!record) {
        if (++work->phase == PHASES)
            return false;
        scan_all(&work->scan, context->state, phase_indexes[work->phase]);
        return true;
    }
    if (work->phase == PHASE_STUDENTS)
        count_student(context, work, record, term);
    else if (work->phase == PHASE_PLACES)
        count_place(context, work, record, term);
    else if (work->phase == PHASE_REPORTS)
        monitor_count_report(record, term, &work->market);
    else
        monitor_count_measure(record, term, &work->market);
    return true;
}

void monitor_work_piece(struct context *context)
{
    struct monitor_work *work = context->monitor;
    const MonitorRecord *record = open_record(context->state);
    struct monitor_term term = {.first_day = record->first_day, .last_day = record->last_day};
    bool more = true;
    if (!work->running)
        begin(work, context->state);
    for (size_t i = 0; i < WORK_RECORDS_MAX && more && context->error == ERR_OK; i++)
        more = count_next(context, work, &term);
    if (more && context->error == ERR_OK)
        return;
    if (context->error == ERR_OK)
        monitor_freeze(context, record, work);
    monitor_work_free(work);
}
