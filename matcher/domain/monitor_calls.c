/* What is asked of the monitor. */
#include "base/date.h"
#include "domain/handlers.h"
#include "domain/monitor.h"

#include <string.h>

static const REFUSAL(refusal_term_not_frozen, STATUS_FAILED_PRECONDITION, "term_not_frozen",
                     "De cijfers van deze periode zijn er nog niet.", "The figures of this term are not there yet.");
static const REFUSAL(refusal_term_not_over, STATUS_FAILED_PRECONDITION, "term_not_over",
                     "Deze periode is nog niet voorbij.", "This term is not over yet.");

static const struct column_facts {
    const char *code, *nl, *en, *group;
} columns[MONITOR_COLUMNS] = {
    [MONITOR_STUDENTS] = {"students", "Studenten die een plek zochten", "Students who looked for a place",
                          "students"},
    [MONITOR_PLACED_FIRST] = {"placed_first", "Plek bij het eerste voorstel", "Place with the first proposal",
                              "students"},
    [MONITOR_PLACED_SOON] = {"placed_second_third", "Plek bij het tweede of derde voorstel",
                             "Place with the second or third proposal", "students"},
    [MONITOR_PLACED_LATE] = {"placed_later", "Plek na meer voorstellen", "Place after more proposals", "students"},
    [MONITOR_ELSEWHERE] = {"placed_elsewhere", "Zelf een plek gevonden", "Found a place without a round", "students"},
    [MONITOR_SEARCHING] = {"searching", "Nog geen plek", "No place yet", "students"},
    [MONITOR_WITHDRAWN] = {"withdrawn", "Gestopt met zoeken", "Stopped looking", "students"},
    [MONITOR_WITHIN_2_WEEKS] = {"within_2_weeks", "Binnen 2 weken ja van een bedrijf",
                                "A company's yes within 2 weeks", "time"},
    [MONITOR_WITHIN_6_WEEKS] = {"within_6_weeks", "Na 2 tot 6 weken", "After 2 to 6 weeks", "time"},
    [MONITOR_AFTER_6_WEEKS] = {"after_6_weeks", "Na meer dan 6 weken", "After more than 6 weeks", "time"},
    [MONITOR_BLIND_PLACE] = {"blinded_place", "Bezwaar voor de vrijgave: de plek",
                             "Objection while blinded: the place", "refusals"},
    [MONITOR_BLIND_CRITERION] = {"blinded_criterion", "Bezwaar voor de vrijgave: een criterium",
                                 "Objection while blinded: a criterion", "refusals"},
    [MONITOR_BLIND_OTHER] = {"blinded_other", "Bezwaar voor de vrijgave: anders", "Objection while blinded: other",
                             "refusals"},
    [MONITOR_BLIND_SILENCE] = {"blinded_silence", "Geen antwoord van het bedrijf", "No answer of the company",
                               "refusals"},
    [MONITOR_RELEASED_FACT] = {"released_fact", "Nee na de vrijgave: een feit", "No after release: a fact",
                               "refusals"},
    [MONITOR_RELEASED_PLACE] = {"released_place", "Nee na de vrijgave: de plek", "No after release: the place",
                                "refusals"},
    [MONITOR_RELEASED_OTHER] = {"released_other", "Nee na de vrijgave: anders", "No after release: other",
                                "refusals"},
    [MONITOR_BY_SCHOOL] = {"by_school", "Nee van de school", "No of the school", "refusals"},
    [MONITOR_BY_STUDENT] = {"by_student", "Nee van de student", "No of the student", "refusals"},
    [MONITOR_PLACE_GONE] = {"place_gone", "Plek vervallen", "The place went", "refusals"},
    [MONITOR_ENDED_EARLY] = {"ended_early", "Stage eerder gestopt", "Internship ended early", "ends"},
    [MONITOR_REPORTS_OPEN] = {"reports_open", "Meldingen die nog lopen", "Reports that are open", "reports"},
    [MONITOR_REPORTS_HEARD] = {"reports_heard", "Meldingen: gehoord of advies gekregen", "Reports: heard or advised",
                               "reports"},
    [MONITOR_REPORTS_CASE] = {"reports_case", "Meldingen die een zaak werden", "Reports that became a case",
                              "reports"},
    [MONITOR_REPORTS_REFERRED] = {"reports_referred", "Meldingen: doorgegeven", "Reports: passed on", "reports"},
    [MONITOR_REPORTS_ENDED] = {"reports_ended", "Meldingen: ingetrokken of geen melding",
                               "Reports: withdrawn or no report", "reports"},
    [MONITOR_MEASURES] = {"measures", "Maatregelen die scholen namen", "Measures that schools took", "measures"},
    [MONITOR_SEATS] = {"seats", "Plaatsen bij bedrijven", "Seats at companies", "places"},
};

void monitor_show_columns(struct context *context, size_t *count, Stagematch__V1__MonitorColumn ***list)
{
    for (size_t i = 0; i < MONITOR_COLUMNS && context->error == ERR_OK; i++) {
        Stagematch__V1__MonitorColumn *shown = CONTEXT_NEW(context, stagematch__v1__monitor_column__descriptor);
        if (!shown)
            return;
        (void)(context_ok(context, message_assign_string(&shown->code, text_of(columns[i].code))) &&
               context_ok(context, message_assign_string(&shown->text_nl, text_of(columns[i].nl))) &&
               context_ok(context, message_assign_string(&shown->text_en, text_of(columns[i].en))) &&
               context_ok(context, message_assign_string(&shown->group, text_of(columns[i].group))));
        (void)context_ok(context, message_append(count, list, shown));
    }
}

void monitor_show_term(struct context *context, const MonitorRecord *record, Stagematch__V1__MonitorTerm **field)
{
    char first[11], last[11];
    Stagematch__V1__MonitorTerm *shown = CONTEXT_NEW(context, stagematch__v1__monitor_term__descriptor);
    if (!shown)
        return;
    date_format(record->first_day, first);
    date_format(record->last_day, last);
    (void)(context_ok(context, message_assign_string(&shown->term, text_of(record->term))) &&
           context_ok(context, message_assign_string(&shown->first_date, text_of(first))) &&
           context_ok(context, message_assign_string(&shown->last_date, text_of(last))));
    shown->frozen = record->frozen;
    context_time(context, record->freeze_ms, &shown->freeze_time);
    message_free(*field);
    *field = shown;
}

static struct status list_terms(struct context *context, const void *request, void *answer)
{
    Stagematch__V1__ListMonitorTermsResponse *response = answer;
    (void)request;
    const MonitorRecord *record = state_next(context->state, RECORD_MONITOR, text_of(""));
    for (; record; record = state_next(context->state, RECORD_MONITOR, text_of(record->term))) {
        Stagematch__V1__MonitorTerm *shown = NULL;
        monitor_show_term(context, record, &shown);
        if (!shown || !context_ok(context, message_append(&response->n_terms, &response->terms, shown)))
            break;
    }
    return context_status(context);
}

/* The newest that is frozen stands before the one that is not. */
static const MonitorRecord *newest_frozen(const struct state *state)
{
    const MonitorRecord *found = NULL, *record = state_next(state, RECORD_MONITOR, text_of(""));
    for (; record; record = state_next(state, RECORD_MONITOR, text_of(record->term)))
        if (record->frozen)
            found = record;
    return found;
}

static struct status get_monitor(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetMonitorRequest *request = message;
    Stagematch__V1__GetMonitorResponse *response = answer, *kept = NULL;
    const MonitorRecord *record = request->term[0]
                                      ? state_find(context->state, RECORD_MONITOR, text_of(request->term))
                                      : newest_frozen(context->state);
    if (!record)
        return status_refuse(&refusal_not_found);
    if (!record->frozen)
        return status_refuse(&refusal_term_not_frozen);
    if (!context_ok(context, message_unpack(&stagematch__v1__get_monitor_response__descriptor,
                                            text_of_bytes(record->answer), &kept)))
        return context_status(context);
    /* The parts of it become the answer's; its shell goes. */
    response->term = kept->term;
    response->n_columns = kept->n_columns;
    response->columns = kept->columns;
    response->n_units = kept->n_units;
    response->units = kept->units;
    response->protection = kept->protection;
    kept->term = NULL;
    kept->protection = NULL;
    kept->n_columns = kept->n_units = 0;
    kept->columns = NULL;
    kept->units = NULL;
    message_free(kept);
    return STATUS_DONE;
}

/* Own figures: the school's students, and by sector. */

struct own {
    const char *school;
    struct monitor_term term;
    struct monitor_count all;
    struct intern sectors;
    struct monitor_count *counts;
    size_t capacity;
};

/* Of a student's stagevragen at this school the first of the term. */
static bool is_first(const struct context *context, const struct own *own, const StagevraagRecord *stagevraag)
{
    const StagevraagRecord *other;
    struct scan scan;
    scan_id(&scan, context->state, INDEX_STAGEVRAAG_STUDENT, text_of_bytes(stagevraag->student_ref));
    while ((other = scan_next(&scan)) != NULL && other != stagevraag)
        if (strcmp(other->school, own->school) == 0 && monitor_is_of(context->state, other, &own->term))
            return false;
    return true;
}

static void count_own(struct context *context, struct own *own, const StagevraagRecord *stagevraag)
{
    char sector[STRATUM_BYTES];
    uint32_t number = 0;
    size_t before = own->sectors.count;
    if (!monitor_is_of(context->state, stagevraag, &own->term) || !is_first(context, own, stagevraag))
        return;
    monitor_sector(context, stagevraag->profile->qualification, stagevraag->profile->pc4, sector);
    if (!context_ok(context, intern_put(&own->sectors, text_of(sector), &number)) ||
        !context_ok(context, mem_grow(&own->counts, &own->capacity, own->sectors.count, sizeof *own->counts)))
        return;
    if (number == before)
        own->counts[number] = (struct monitor_count){{0}};
    monitor_count_stagevraag(context, stagevraag, &own->counts[number]);
    monitor_count_stagevraag(context, stagevraag, &own->all);
}

static void count_own_market(const struct context *context, struct own *own)
{
    const ReportRecord *report;
    const MeasureRecord *measure;
    struct scan scan;
    scan_string(&scan, context->state, INDEX_REPORT_SCHOOL, own->school);
    while ((report = scan_next(&scan)) != NULL)
        monitor_count_report(report, &own->term, &own->all);
    scan_string(&scan, context->state, INDEX_MEASURE_SCHOOL, own->school);
    while ((measure = scan_next(&scan)) != NULL)
        monitor_count_measure(measure, &own->term, &own->all);
}

static void show_own(struct context *context, const struct own *own, const char *sector,
                     const struct monitor_count *count, Stagematch__V1__GetOwnFiguresResponse *response)
{
    Stagematch__V1__MonitorUnit *unit = CONTEXT_NEW(context, stagematch__v1__monitor_unit__descriptor);
    if (!unit)
        return;
    unit->level = *sector ? STAGEMATCH__V1__MONITOR_LEVEL__MONITOR_LEVEL_SECTOR
                          : STAGEMATCH__V1__MONITOR_LEVEL__MONITOR_LEVEL_SCHOOL;
    if (*sector)
        (void)context_ok(context, message_assign_string(&unit->sector, text_of(sector)));
    (void)context_ok(context, message_assign_string(&unit->school, text_of(own->school)));
    if (context_ok(context, mem_alloc(MONITOR_COLUMNS, sizeof *unit->counts, &unit->counts))) {
        unit->n_counts = MONITOR_COLUMNS;
        for (size_t i = 0; i < MONITOR_COLUMNS; i++)
            unit->counts[i] = (uint32_t)count->columns[i];
    }
    (void)context_ok(context, message_append(&response->n_units, &response->units, unit));
}

/* Sectors in the order of their names. */
static void show_sectors(struct context *context, const struct own *own,
                         Stagematch__V1__GetOwnFiguresResponse *response)
{
    struct text after = {"", 0};
    for (size_t shown = 0; shown < own->sectors.count && context->error == ERR_OK; shown++) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < own->sectors.count; i++) {
            struct text name = intern_text(&own->sectors, (uint32_t)i);
            if (text_compare(name, after) > 0 &&
                (next == SIZE_MAX || text_compare(name, intern_text(&own->sectors, (uint32_t)next)) < 0))
                next = i;
        }
        after = intern_text(&own->sectors, (uint32_t)next);
        show_own(context, own, after.data, &own->counts[next], response);
    }
}

static struct status get_own_figures(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetOwnFiguresRequest *request = message;
    Stagematch__V1__GetOwnFiguresResponse *response = answer;
    struct own own = {.school = request->school};
    const StagevraagRecord *stagevraag;
    struct scan scan;
    if (!actor_has_school(context->actor, request->school))
        return status_refuse_field(&refusal_not_found, "school");
    const MonitorRecord *record = request->term[0]
                                      ? state_find(context->state, RECORD_MONITOR, text_of(request->term))
                                      : state_last(context->state, RECORD_MONITOR);
    if (!record)
        return status_refuse_field(&refusal_not_found, "term");
    own.term = (struct monitor_term){.first_day = record->first_day, .last_day = record->last_day};
    intern_init(&own.sectors, 1 << 16);
    scan_string(&scan, context->state, INDEX_STAGEVRAAG_SCHOOL, request->school);
    while (context->error == ERR_OK && (stagevraag = scan_next(&scan)) != NULL)
        count_own(context, &own, stagevraag);
    count_own_market(context, &own);
    monitor_show_term(context, record, &response->term);
    monitor_show_columns(context, &response->n_columns, &response->columns);
    show_own(context, &own, "", &own.all, response);
    show_sectors(context, &own, response);
    intern_free(&own.sectors);
    mem_free(own.counts);
    return context_status(context);
}

static struct status close_term(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CloseMonitorTermRequest *request = message;
    Stagematch__V1__CloseMonitorTermResponse *response = answer;
    const MonitorRecord *record = state_find(context->state, RECORD_MONITOR, text_of(request->term));
    if (!record || record->frozen)
        return status_refuse_field(&refusal_not_found, "term");
    if (dutch_day(context->now_ms) <= record->last_day)
        return status_refuse(&refusal_term_not_over);
    if (!record->closing)
        monitor_close(context, record);
    monitor_show_term(context, record, &response->term);
    return context_status(context);
}

const struct handler monitor_handlers[] = {
    {METHOD_LIST_MONITOR_TERMS, list_terms, false},
    {METHOD_GET_MONITOR, get_monitor, false},
    {METHOD_GET_OWN_FIGURES, get_own_figures, false},
    {METHOD_CLOSE_MONITOR_TERM, close_term, true},
    {METHOD_COUNT, NULL, false},
};
