/* What one stagevraag counts in: how it ended, how long that took, who said no on the way. And a report, and a measure. */
#include "base/date.h"
#include "domain/monitor.h"
#include "domain/stagevraag.h"

#include <string.h>

#define S(name) PROPOSAL_STATE(name)
#define MS_PER_WEEK ((int64_t)7 * 24 * 3600 * 1000)

bool monitor_is_of(const struct state *state, const StagevraagRecord *stagevraag, const struct monitor_term *term)
{
    int32_t day;
    return stagevraag->profile && stagevraag_is_visible(state, stagevraag) &&
           date_parse(text_of(stagevraag->profile->start_date), &day) == ERR_OK && day >= term->first_day &&
           day <= term->last_day;
}

void monitor_sector(const struct context *context, const char *qualification, const char *postcode,
                    char out[STRATUM_BYTES])
{
    chances_stratum(context->options->chances, qualification, postcode, out);
    out[strcspn(out, "/")] = '\0';
}

static bool was_placed(const ProposalRecord *proposal)
{
    return proposal->state == S(PLACED) || proposal->state == S(STARTED) || proposal->state == S(COMPLETED) ||
           proposal->state == S(ENDED_EARLY);
}

/* When the company said yes; where it was not asked, when it was so. */
static int64_t yes_ms(const ProposalRecord *proposal)
{
    return proposal->decided_ms ? proposal->decided_ms : proposal->state_since_ms;
}

/* By class of the reason: of the place, of a criterion or fact, any other. */
static enum monitor_column by_class(const struct context *context, const ProposalRecord *proposal,
                                    enum reason_class second, const enum monitor_column columns[3])
{
    const struct reason *reason = reason_find(context->options->reasons, proposal->reason);
    if (reason && reason->reason_class == REASON_PLACE)
        return columns[0];
    return reason && reason->reason_class == second ? columns[1] : columns[2];
}

/* MONITOR_COLUMNS: it is no refusal. */
static enum monitor_column refusal_of(const struct context *context, const ProposalRecord *proposal)
{
    static const enum monitor_column blind[] = {MONITOR_BLIND_PLACE, MONITOR_BLIND_CRITERION, MONITOR_BLIND_OTHER};
    static const enum monitor_column released[] = {MONITOR_RELEASED_PLACE, MONITOR_RELEASED_FACT,
                                                   MONITOR_RELEASED_OTHER};
    static const struct {
        Stagematch__V1__ProposalState state;
        enum monitor_column column;
    } others[] = {{S(EXPIRED_COMPANY), MONITOR_BLIND_SILENCE}, {S(VETOED), MONITOR_BY_SCHOOL},
                  {S(DECLINED), MONITOR_BY_STUDENT},           {S(EXPIRED_STUDENT), MONITOR_BY_STUDENT},
                  {S(WITHDRAWN_PLACE), MONITOR_PLACE_GONE},    {S(CANCELLED_BEFORE_START), MONITOR_PLACE_GONE}};
    if (proposal->state == S(REJECTED))
        return by_class(context, proposal, REASON_CRITERION, blind);
    if (proposal->state == S(DROPPED_AFTER_RELEASE))
        return by_class(context, proposal, REASON_FACT, released);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].state == proposal->state)
            return others[i].column;
    return MONITOR_COLUMNS;
}

/* The first proposal that became a place, and how many candidates' proposals had ended before its yes. */
static const ProposalRecord *placed_of(const struct state *state, const StagevraagRecord *stagevraag,
                                       unsigned *before)
{
    const ProposalRecord *placed = NULL, *proposal;
    struct scan scan;
    scan_id(&scan, state, INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
    while ((proposal = scan_next(&scan)) != NULL)
        if (was_placed(proposal) && (!placed || yes_ms(proposal) < yes_ms(placed)))
            placed = proposal;
    *before = 0;
    scan_id(&scan, state, INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
    while (placed && (proposal = scan_next(&scan)) != NULL)
        *before += proposal != placed && proposal->shown && !was_placed(proposal) &&
                   proposal->state_since_ms <= yes_ms(placed);
    return placed;
}

static void count_placed(const StagevraagRecord *stagevraag, const ProposalRecord *placed, unsigned before,
                         struct monitor_count *out)
{
    int64_t took_ms = yes_ms(placed) - stagevraag->create_ms;
    out->columns[before == 0 ? MONITOR_PLACED_FIRST : before < 3 ? MONITOR_PLACED_SOON : MONITOR_PLACED_LATE]++;
    out->columns[took_ms <= 2 * MS_PER_WEEK   ? MONITOR_WITHIN_2_WEEKS
                 : took_ms <= 6 * MS_PER_WEEK ? MONITOR_WITHIN_6_WEEKS
                                              : MONITOR_AFTER_6_WEEKS]++;
}

static void count_ends(const struct context *context, const StagevraagRecord *stagevraag, struct monitor_count *out)
{
    unsigned ends = 0;
    const ProposalRecord *proposal;
    struct scan scan;
    scan_id(&scan, context->state, INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
    while (ends == 0 && (proposal = scan_next(&scan)) != NULL)
        ends = proposal->state == S(ENDED_EARLY);
    out->columns[MONITOR_ENDED_EARLY] += ends;
    scan_id(&scan, context->state, INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
    while (ends < MONITOR_ENDS_MAX && (proposal = scan_next(&scan)) != NULL) {
        enum monitor_column column = refusal_of(context, proposal);
        if (column == MONITOR_COLUMNS)
            continue;
        out->columns[column]++;
        ends++;
    }
}

void monitor_count_stagevraag(const struct context *context, const StagevraagRecord *stagevraag,
                              struct monitor_count *out)
{
    unsigned before;
    const ProposalRecord *placed = placed_of(context->state, stagevraag, &before);
    out->columns[MONITOR_STUDENTS]++;
    if (placed)
        count_placed(stagevraag, placed, before, out);
    else if (stagevraag->state == STAGEVRAAG_STATE(PLACED_ELSEWHERE))
        out->columns[MONITOR_ELSEWHERE]++;
    else if (stagevraag->state == STAGEVRAAG_STATE(WITHDRAWN))
        out->columns[MONITOR_WITHDRAWN]++;
    else
        out->columns[MONITOR_SEARCHING]++;
    count_ends(context, stagevraag, out);
}

static bool is_in(int64_t ms, const struct monitor_term *term)
{
    int32_t day = dutch_day(ms);
    return day >= term->first_day && day <= term->last_day;
}

#define OUTCOME(name) STAGEMATCH__V1__REPORT_OUTCOME__REPORT_OUTCOME_##name

void monitor_count_report(const ReportRecord *report, const struct monitor_term *term, struct monitor_count *out)
{
    static const struct {
        Stagematch__V1__ReportOutcome outcome;
        enum monitor_column column;
    } outcomes[] = {{OUTCOME(UNSPECIFIED), MONITOR_REPORTS_OPEN},
                    {OUTCOME(HEARD), MONITOR_REPORTS_HEARD},
                    {OUTCOME(ADVISED), MONITOR_REPORTS_HEARD},
                    {OUTCOME(CASE), MONITOR_REPORTS_CASE},
                    {OUTCOME(REFERRED), MONITOR_REPORTS_REFERRED}};
    enum monitor_column column = MONITOR_REPORTS_ENDED;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (outcomes[i].outcome == report->outcome)
            column = outcomes[i].column;
    out->columns[column] += is_in(report->create_ms, term);
}

void monitor_count_measure(const MeasureRecord *measure, const struct monitor_term *term, struct monitor_count *out)
{
    out->columns[MONITOR_MEASURES] += is_in(measure->take_ms, term);
}
