#include "domain/signal_view.h"

#include "domain/signal_state.h"

#include <string.h>

enum { EVENTS_MAX = 200, PEERS_MAX = 500 };

_Static_assert((int)JUDGED_SIGNAL == (int)STAGEMATCH__V1__SIGNAL_STATUS__SIGNAL_STATUS_SIGNAL, "as in the API");
_Static_assert((int)RULE_SCHOOL_LEVELS == (int)STAGEMATCH__V1__SIGNAL_RULE__SIGNAL_RULE_SCHOOL_LEVELS,
               "as in the API");
_Static_assert((int)UNIT_SCHOOL == (int)STAGEMATCH__V1__SIGNAL_UNIT__SIGNAL_UNIT_SCHOOL, "as in the API");

static void set(struct context *context, char **field, const char *value)
{
    if (value && value[0])
        (void)context_ok(context, message_assign_string(field, text_of(value)));
}

static const char *company_name(const struct context *context, const char *leerbedrijf)
{
    const PlacementRecord *placement = signal_any_placement(context->state, leerbedrijf);
    return placement ? placement->placement->company_name : "";
}

/* The school's own row of counters. */
static const SignalCountsRecord *own_counts(const struct context *context, const SignalRecord *signal)
{
    uint8_t id[ID_BYTES];
    signal_counts_id_of(signal->unit_kind, signal->unit, signal->school, id);
    return state_find(context->state, RECORD_SIGNAL_COUNTS, (struct text){(const char *)id, sizeof id});
}

static const char *unit_name(const struct context *context, const SignalRecord *signal)
{
    if (signal->unit_kind == UNIT_COMPANY)
        return company_name(context, signal->unit);
    const SignalCountsRecord *counts = signal->unit_kind == UNIT_CONCERN ? own_counts(context, signal) : NULL;
    return counts && counts->n_companies ? company_name(context, counts->companies[0]) : "";
}

/* What the school may see in numbers: its share, and what is expected of it. */
struct own {
    struct signal_pool all, share;
    struct judge_sample sample;
    struct judgement judged;
    struct judge_settings settings;
};

static void look(const struct context *context, const SignalRecord *signal, struct own *out)
{
    out->settings = signal_options_of(context).judge;
    signal_pool(context, &(struct signal_unit){(enum unit_kind)signal->unit_kind, signal->unit, NULL}, &out->all);
    signal_pool(context, &(struct signal_unit){(enum unit_kind)signal->unit_kind, signal->unit, signal->school},
                &out->share);
    out->sample = signal_sample(context, &out->all, &out->share, signal->rule);
    out->judged = judge(&out->sample, &out->settings);
}

static Stagematch__V1__Signal *show(struct context *context, const SignalRecord *signal, const struct own *own)
{
    Stagematch__V1__Signal *view = CONTEXT_NEW(context, stagematch__v1__signal__descriptor);
    if (!view)
        return NULL;
    context_id(context, signal->signal_id, &view->signal_id);
    view->rule = (Stagematch__V1__SignalRule)signal->rule;
    view->unit_kind = (Stagematch__V1__SignalUnit)signal->unit_kind;
    set(context, &view->unit, signal->unit);
    set(context, &view->company_name, unit_name(context, signal));
    set(context, &view->school, signal->school);
    view->status = (Stagematch__V1__SignalStatus)signal->status;
    context_time(context, signal->status_ms, &view->status_time);
    view->event_count = own->sample.events;
    view->decision_count = own->sample.decisions;
    view->expected_count = own->judged.expected;
    view->other_schools = rule_decisions(signal->rule, own->all.total) > own->sample.decisions ||
                          rule_events(signal->rule, own->all.total) > own->sample.events;
    view->assessment = (Stagematch__V1__SignalAssessment)signal->assessment;
    context_time(context, signal->assess_ms, &view->assess_time);
    context_time(context, signal->last_event_ms, &view->last_event_time);
    view->version = signal->version;
    return view;
}

Stagematch__V1__Signal *signal_view(struct context *context, const SignalRecord *signal)
{
    struct own own;
    look(context, signal, &own);
    return show(context, signal, &own);
}

Stagematch__V1__Point *signal_point_view(struct context *context, const PointRecord *point)
{
    Stagematch__V1__Point *view = CONTEXT_NEW(context, stagematch__v1__point__descriptor);
    if (!view)
        return NULL;
    context_id(context, point->point_id, &view->point_id);
    view->rule = (Stagematch__V1__SignalRule)point->rule;
    set(context, &view->school, point->school);
    set(context, &view->leerbedrijf, point->leerbedrijf);
    set(context, &view->company_name, company_name(context, point->leerbedrijf));
    context_id(context, point->proposal_id, &view->proposal_id);
    context_id(context, point->placement_id, &view->placement_id);
    context_time(context, point->create_ms, &view->create_time);
    view->outcome = (Stagematch__V1__PointOutcome)point->outcome;
    context_time(context, point->complete_ms, &view->complete_time);
    return view;
}

/* Evidence. */

static void sum_quarter(const SignalCountsRecord *counts, uint32_t quarter, uint32_t out[RULE_COUNTERS])
{
    memset(out, 0, RULE_COUNTERS * sizeof *out);
    for (size_t i = 0; counts && i < counts->n_windows; i++)
        for (size_t c = 0; counts->windows[i]->quarter == quarter && c < counts->windows[i]->n_counts; c++)
            if (c < RULE_COUNTERS)
                out[c] += counts->windows[i]->counts[c];
}

static void add_periods(struct context *context, const SignalRecord *signal, const struct own *own,
                        Stagematch__V1__GetSignalResponse *response)
{
    const SignalCountsRecord *counts = own_counts(context, signal);
    uint32_t present = rule_quarter(context->now_ms), quarters = signal_options_of(context).window_quarters;
    double share = own->sample.decisions ? own->judged.expected / own->sample.decisions : 0;
    for (uint32_t back = quarters; back-- > 0;) {
        uint32_t sums[RULE_COUNTERS];
        char name[QUARTER_NAME_BYTES];
        Stagematch__V1__SignalPeriod *period = CONTEXT_NEW(context, stagematch__v1__signal_period__descriptor);
        if (!period)
            return;
        sum_quarter(counts, present - back, sums);
        rule_quarter_name(present - back, name);
        set(context, &period->quarter, name);
        period->event_count = rule_events(signal->rule, sums);
        period->decision_count = rule_decisions(signal->rule, sums);
        period->expected_count = share * period->decision_count;
        if (!context_ok(context, message_append(&response->n_periods, &response->periods, period)))
            return;
    }
}

static bool is_of_unit(const SignalRecord *signal, const SignalEventRecord *event)
{
    const char *const names[UNIT_KINDS] = {[UNIT_COMPANY] = event->leerbedrijf,
                                           [UNIT_CONCERN] = event->kvk,
                                           [UNIT_COORDINATOR] = event->account,
                                           [UNIT_SCHOOL] = event->school};
    const char *name = signal->unit_kind < UNIT_KINDS ? names[signal->unit_kind] : NULL;
    return name && strcmp(name, signal->unit) == 0;
}

static void add_event(struct context *context, const SignalEventRecord *event,
                      Stagematch__V1__GetSignalResponse *response)
{
    Stagematch__V1__SignalEvent *view = CONTEXT_NEW(context, stagematch__v1__signal_event__descriptor);
    if (!view)
        return;
    context_time(context, event->time_ms, &view->time);
    set(context, &view->leerbedrijf, event->leerbedrijf);
    context_id(context, event->proposal_id, &view->proposal_id);
    context_id(context, event->placement_id, &view->placement_id);
    set(context, &view->code, event->code);
    set(context, &view->criterion, event->criterion);
    view->on_behalf = event->on_behalf;
    (void)context_ok(context, message_append(&response->n_events, &response->events, view));
}

static void add_events(struct context *context, const SignalRecord *signal,
                       Stagematch__V1__GetSignalResponse *response)
{
    struct scan scan;
    struct index_key prefix;
    unsigned looks = 0;
    index_key_start(&prefix);
    index_key_string(&prefix, signal->school);
    index_key_u8(&prefix, signal->rule);
    scan_start(&scan, context->state, INDEX_SIGNAL_EVENT_SCHOOL, &prefix);
    for (const SignalEventRecord *event; (event = scan_next(&scan)) && looks < PAGE_LOOKS; looks++)
        if (is_of_unit(signal, event) && response->n_events < EVENTS_MAX && context->error == ERR_OK)
            add_event(context, event, response);
}

static void sum_record(const struct context *context, const SignalCountsRecord *counts, uint32_t out[RULE_COUNTERS])
{
    uint32_t present = rule_quarter(context->now_ms), quarters = signal_options_of(context).window_quarters;
    memset(out, 0, RULE_COUNTERS * sizeof *out);
    for (size_t i = 0; i < counts->n_windows; i++)
        for (size_t c = 0; c < counts->windows[i]->n_counts && c < RULE_COUNTERS; c++)
            if (rule_in_window(counts->windows[i]->quarter, present, quarters))
                out[c] += counts->windows[i]->counts[c];
}

/* Other units as the school's own decisions show them, in the order of their random-looking keys: no name goes out. */
static uint32_t add_peers(struct context *context, const SignalRecord *signal,
                          Stagematch__V1__GetSignalResponse *response)
{
    struct scan scan;
    struct index_key prefix;
    uint32_t most = 0;
    index_key_start(&prefix);
    index_key_string(&prefix, signal->school);
    index_key_u8(&prefix, signal->unit_kind);
    scan_start(&scan, context->state, INDEX_SIGNAL_COUNTS_SCHOOL, &prefix);
    for (const SignalCountsRecord *counts; (counts = scan_next(&scan)) && response->n_peers < PEERS_MAX;) {
        uint32_t sums[RULE_COUNTERS];
        sum_record(context, counts, sums);
        uint32_t decisions = rule_decisions(signal->rule, sums);
        if (strcmp(counts->unit, signal->unit) == 0 || decisions == 0)
            continue;
        Stagematch__V1__SignalPeer *peer = CONTEXT_NEW(context, stagematch__v1__signal_peer__descriptor);
        if (!peer)
            break;
        peer->event_count = rule_events(signal->rule, sums);
        peer->decision_count = decisions;
        most = decisions > most ? decisions : most;
        if (!context_ok(context, message_append(&response->n_peers, &response->peers, peer)))
            break;
    }
    return most;
}

static void add_limits(struct context *context, const struct own *own, uint32_t most,
                       Stagematch__V1__GetSignalResponse *response)
{
    static const uint32_t at[] = {3,  5,  8,   12,  16,  20,  25,  30,  40,   50,
                                  60, 80, 100, 130, 160, 200, 300, 500, 1000, 2000};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct judge_sample sample = own->sample;
        sample.decisions = at[i];
        sample.events = 0;
        struct judgement judged = judge(&sample, &own->settings);
        Stagematch__V1__SignalLimit *limit = CONTEXT_NEW(context, stagematch__v1__signal_limit__descriptor);
        if (!limit)
            return;
        limit->decision_count = at[i];
        limit->expected_count = judged.expected;
        limit->observe_from = judged.observe_from;
        limit->signal_from = judged.signal_from;
        if (!context_ok(context, message_append(&response->n_limits, &response->limits, limit)) || at[i] >= most)
            return;
    }
}

static unsigned chance_of(const struct own *own)
{
    const struct unit_share *largest = NULL;
    for (size_t i = 0; i < own->share.count; i++)
        if (!largest || own->share.shares[i].counts[COUNT_SHOWN] > largest->counts[COUNT_SHOWN])
            largest = &own->share.shares[i];
    return largest ? stratum_chance(largest->levels[STRATUM_LEVELS - 1]) : 0;
}

void signal_evidence(struct context *context, const SignalRecord *signal, Stagematch__V1__GetSignalResponse *response)
{
    struct own own;
    look(context, signal, &own);
    response->signal = show(context, signal, &own);
    add_periods(context, signal, &own, response);
    add_events(context, signal, response);
    uint32_t most = add_peers(context, signal, response);
    add_limits(context, &own, most > own.sample.decisions ? most : own.sample.decisions, response);
    response->expected_share = own.sample.decisions ? own.judged.expected / own.sample.decisions : 0;
    response->reference_count = own.sample.reference < UINT32_MAX ? (uint32_t)own.sample.reference : UINT32_MAX;
    response->chance = chance_of(&own);
}
