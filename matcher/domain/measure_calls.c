/* The menukaart, and taking, following up and lifting a measure. */
#include "base/date.h"
#include "domain/case.h"
#include "domain/case_outcomes.h"
#include "domain/handlers.h"
#include "domain/measure.h"
#include "domain/task.h"

#include <string.h>

static const REFUSAL(refusal_unknown_measure, STATUS_INVALID_ARGUMENT, "unknown_measure",
                     "Deze maatregel staat niet op de menukaart.", "This measure is not on the menukaart.");
static const REFUSAL(refusal_follow_up, STATUS_INVALID_ARGUMENT, "follow_up_date",
                     "Kies een dag na vandaag, binnen twee jaar, om te kijken hoe het gaat.",
                     "Choose a day after today, within two years, to see how it goes.");
static const REFUSAL(refusal_case_needed, STATUS_INVALID_ARGUMENT, "case_needed",
                     "De samenwerking stoppen of pauzeren kan alleen in een zaak.",
                     "Pausing or ending the cooperation is possible in a case alone.");
static const REFUSAL(refusal_measure_over, STATUS_FAILED_PRECONDITION, "measure_over",
                     "Deze maatregel is al voorbij.", "This measure is over.");
static const REFUSAL(refusal_stopped_already, STATUS_FAILED_PRECONDITION, "stopped_already",
                     "De samenwerking is al gestopt of gepauzeerd.", "The cooperation is paused or ended already.");

enum { LEERBEDRIJF_BYTES_MAX = 20, FOLLOW_UP_DAYS_MAX = 731 };

static bool fits(const Stagematch__V1__Measure *measure, const Stagematch__V1__ListMeasuresRequest *request)
{
    bool rule = !request->rule[0] || strings_have(measure->rules, measure->n_rules, text_of(request->rule));
    bool outcome =
        !request->outcome[0] || strings_have(measure->outcomes, measure->n_outcomes, text_of(request->outcome));
    return rule && outcome;
}

static void show_outcomes(struct context *context, Stagematch__V1__ListMeasuresResponse *response)
{
    const struct case_outcome *outcome;
    for (size_t i = 0; (outcome = case_outcome_at(context->options->case_outcomes, i)); i++) {
        Stagematch__V1__CaseOutcome *view = CONTEXT_NEW(context, stagematch__v1__case_outcome__descriptor);
        if (!view)
            return;
        (void)(context_ok(context, message_assign_string(&view->code, text_of(outcome->code))) &&
               context_ok(context, message_assign_string(&view->outcome_class,
                                                         text_of(outcome_class_name(outcome->outcome_class)))) &&
               context_ok(context, message_assign_string(&view->text_nl, text_of(outcome->nl))) &&
               context_ok(context, message_assign_string(&view->text_en, text_of(outcome->en))));
        (void)context_ok(context, message_append(&response->n_outcomes, &response->outcomes, view));
    }
}

static void show_grounds(struct context *context, Stagematch__V1__ListMeasuresResponse *response)
{
    const struct catalog *catalog = context->options->catalog;
    const struct named_entry *entry;
    for (size_t i = 0; catalog && (entry = catalog_name_at(catalog, CATALOG_GROUNDS, i)); i++) {
        Stagematch__V1__CaseGround *view = CONTEXT_NEW(context, stagematch__v1__case_ground__descriptor);
        if (!view)
            return;
        (void)(context_ok(context, message_assign_string(&view->code, text_of(entry->code))) &&
               context_ok(context, message_assign_string(&view->text_nl, text_of(entry->nl))) &&
               context_ok(context, message_assign_string(&view->text_en, text_of(entry->en))));
        (void)context_ok(context, message_append(&response->n_grounds, &response->grounds, view));
    }
}

static struct status list_measures(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListMeasuresRequest *request = message;
    Stagematch__V1__ListMeasuresResponse *response = answer;
    const Stagematch__V1__Measure *measure;
    for (size_t i = 0; (measure = menukaart_at(context->options->menukaart, i)) && context->error == ERR_OK; i++) {
        Stagematch__V1__Measure *copy;
        if (fits(measure, request) && context_ok(context, message_dup(measure, &copy)))
            (void)context_ok(context, message_append(&response->n_measures, &response->measures, copy));
    }
    show_outcomes(context, response);
    show_grounds(context, response);
    return context_status(context);
}

static struct status check_day(const struct context *context, const char *date, bool needed, int32_t *day)
{
    int32_t today = dutch_day(context->now_ms);
    *day = 0;
    if (!date[0] && !needed)
        return STATUS_DONE;
    if (date_parse(text_of(date), day) != ERR_OK || *day <= today || *day > today + FOLLOW_UP_DAYS_MAX)
        return status_refuse_field(&refusal_follow_up, "follow_up_date");
    return STATUS_DONE;
}

/* The case that it is taken in: the caller's own to handle, in a state that has measures. */
static struct status check_case(const struct context *context, const Stagematch__V1__TakeMeasureRequest *request,
                                const CaseRecord **out)
{
    const struct case_act act = {.event = CASE_EVENT(MEASURE)};
    *out = NULL;
    if (!request->case_id[0])
        return STATUS_DONE;
    struct status status = case_of_request(context, request->case_id, out);
    if (!status.refusal &&
        (strcmp((*out)->school, request->school) != 0 || strcmp((*out)->leerbedrijf, request->leerbedrijf) != 0))
        status = status_refuse_field(&refusal_not_found, "case_id");
    return status.refusal ? status : case_check(context, *out, &act);
}

static void open_follow_up(struct context *context, const MeasureRecord *record, int32_t day)
{
    if (day)
        task_open(context, &(struct task_spec){.kind = TASK_KIND(MEASURE_FOLLOW_UP),
                                               .role = task_owner_role(record->role),
                                               .scope = record->school,
                                               .subject_id = record->measure_id,
                                               .detail = record->measure,
                                               .from_day = day});
}

static void note(struct context *context, const MeasureRecord *record, const char *code)
{
    (void)context_fact(context, &(struct fact){.kind = "measure",
                                               .subject = record->measure_id,
                                               .school = record->school,
                                               .leerbedrijf = record->leerbedrijf,
                                               .code = code,
                                               .reason = record->measure});
    const CaseRecord *of =
        record->case_id.len ? state_find(context->state, RECORD_CASE, text_of_bytes(record->case_id)) : NULL;
    const struct case_act act = {.event = CASE_EVENT(MEASURE), .about = record->measure};
    if (of && !case_check(context, of, &act).refusal)
        case_step(context, of, &act);
}

static MeasureRecord *new_measure(struct context *context, const Stagematch__V1__TakeMeasureRequest *request,
                                  const Stagematch__V1__Measure *measure, const CaseRecord *of)
{
    uint8_t id[ID_BYTES];
    struct text account = {(const char *)context->actor->account_id, ID_BYTES};
    context_draw(context, id);
    struct text key = {(const char *)id, sizeof id};
    MeasureRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__measure_record__descriptor);
    if (!record)
        return NULL;
    record->effect = measure->effect;
    record->state = MEASURE_STATE(ACTIVE);
    record->version = 1;
    record->role = context->actor->role;
    record->take_ms = context->now_ms;
    (void)context_ok(context, message_assign_bytes(&record->measure_id, key));
    (void)context_ok(context, message_assign_bytes(&record->taken_by, account));
    if (of)
        (void)context_ok(context, message_assign_bytes(&record->case_id, text_of_bytes(of->case_id)));
    (void)context_ok(context, message_assign_string(&record->measure, text_of(measure->code)));
    (void)context_ok(context, message_assign_string(&record->school, text_of(request->school)));
    (void)context_ok(context, message_assign_string(&record->leerbedrijf, text_of(request->leerbedrijf)));
    (void)context_ok(context, message_assign_string(&record->follow_up_date, text_of(request->follow_up_date)));
    context_add(context, RECORD_MEASURE, record);
    return context_edit(context, RECORD_MEASURE, key);
}

static struct status check_take(const struct context *context, const Stagematch__V1__TakeMeasureRequest *request,
                                const Stagematch__V1__Measure *measure, int32_t *day, const CaseRecord **of)
{
    bool stops = measure && measure->effect != MEASURE_EFFECT(AGREEMENT);
    if (!actor_has_school(context->actor, request->school))
        return status_refuse_field(&refusal_not_found, "school");
    if (!text_is_code(text_of(request->leerbedrijf), LEERBEDRIJF_BYTES_MAX))
        return status_refuse_field(&refusal_bad_value, "leerbedrijf");
    if (!measure)
        return status_refuse_field(&refusal_unknown_measure, "measure");
    if (stops && !request->case_id[0])
        return status_refuse_field(&refusal_case_needed, "case_id");
    struct status status = check_day(context, request->follow_up_date, measure->effect != MEASURE_EFFECT(END), day);
    if (!status.refusal)
        status = check_case(context, request, of);
    if (!status.refusal && stops && cooperation_is_stopped(context->state, request->school, request->leerbedrijf))
        status = status_refuse(&refusal_stopped_already);
    return status;
}

static struct status take_measure(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__TakeMeasureRequest *request = message;
    Stagematch__V1__TakeMeasureResponse *response = answer;
    const Stagematch__V1__Measure *measure = menukaart_find(context->options->menukaart, request->measure);
    const CaseRecord *of;
    int32_t day;
    struct status status = check_take(context, request, measure, &day, &of);
    if (status.refusal)
        return status;
    MeasureRecord *record = new_measure(context, request, measure, of);
    if (!record)
        return context_status(context);
    note(context, record, "taken");
    if (measure->effect != MEASURE_EFFECT(AGREEMENT))
        cooperation_stop(context, record);
    context_edited(context, RECORD_MEASURE, record);
    open_follow_up(context, record, day);
    response->taken = measure_view(context, record);
    return context_status(context);
}

/* One that is active, of the caller's school. */
static struct status measure_for_change(const struct context *context, const char *hex, uint64_t version,
                                        const MeasureRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const MeasureRecord *record = state_find(context->state, RECORD_MEASURE, key);
    const CaseRecord *of = record && record->case_id.len
                               ? state_find(context->state, RECORD_CASE, text_of_bytes(record->case_id))
                               : NULL;
    bool tied = of && case_is_tied(context, of);
    if (!record || tied || !actor_has_school(context->actor, record->school))
        return status_refuse(&refusal_not_found);
    status = version_of_request(version, record->version);
    if (!status.refusal && record->state != MEASURE_STATE(ACTIVE))
        status = status_refuse(&refusal_measure_over);
    *out = record;
    return status;
}

static MeasureRecord *change(struct context *context, const MeasureRecord *found)
{
    MeasureRecord *record = context_edit(context, RECORD_MEASURE, text_of_bytes(found->measure_id));
    if (record)
        record->version++;
    task_close(context, INDEX_TASK_SUBJECT, found->measure_id, TASK_KIND(MEASURE_FOLLOW_UP), NULL);
    return record;
}

static struct status follow_up_measure(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__FollowUpMeasureRequest *request = message;
    Stagematch__V1__FollowUpMeasureResponse *response = answer;
    const MeasureRecord *found = NULL;
    int32_t day = 0;
    struct status status = measure_for_change(context, request->measure_id, request->version, &found);
    /* A cooperation that is paused or ended is lifted, not done. */
    if (!status.refusal && request->done && found->effect != MEASURE_EFFECT(AGREEMENT))
        status = status_refuse_field(&refusal_bad_value, "done");
    if (!status.refusal && !request->done)
        status = check_day(context, request->follow_up_date, true, &day);
    MeasureRecord *record = status.refusal ? NULL : change(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    if (request->done) {
        record->state = MEASURE_STATE(DONE);
        record->end_ms = context->now_ms;
    } else {
        (void)context_ok(context, message_assign_string(&record->follow_up_date, text_of(request->follow_up_date)));
        open_follow_up(context, record, day);
    }
    context_edited(context, RECORD_MEASURE, record);
    note(context, record, request->done ? "done" : "followed_up");
    response->taken = measure_view(context, record);
    return context_status(context);
}

static struct status lift_measure(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__LiftMeasureRequest *request = message;
    Stagematch__V1__LiftMeasureResponse *response = answer;
    const MeasureRecord *found = NULL;
    struct status status = measure_for_change(context, request->measure_id, request->version, &found);
    MeasureRecord *record = status.refusal ? NULL : change(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    record->state = MEASURE_STATE(LIFTED);
    record->end_ms = context->now_ms;
    context_edited(context, RECORD_MEASURE, record);
    note(context, record, "lifted");
    if (record->effect != MEASURE_EFFECT(AGREEMENT))
        cooperation_resume(context, record);
    response->taken = measure_view(context, record);
    return context_status(context);
}

static struct status list_taken_measures(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListTakenMeasuresRequest *request = message;
    Stagematch__V1__ListTakenMeasuresResponse *response = answer;
    struct page page;
    struct status status =
        page_open_scopes(&page, context, INDEX_MEASURE_SCHOOL, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const MeasureRecord *record; (record = page_next(&page));) {
        if (request->leerbedrijf[0] && strcmp(request->leerbedrijf, record->leerbedrijf) != 0)
            continue;
        Stagematch__V1__TakenMeasure *view = measure_view(context, record);
        if (!view || !context_ok(context, message_append(&response->n_taken, &response->taken, view)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return context_status(context);
}

const struct handler measure_handlers[] = {
    {METHOD_LIST_MEASURES, list_measures, false},
    {METHOD_TAKE_MEASURE, take_measure, false},
    {METHOD_LIST_TAKEN_MEASURES, list_taken_measures, false},
    {METHOD_FOLLOW_UP_MEASURE, follow_up_measure, false},
    {METHOD_LIFT_MEASURE, lift_measure, false},
    {METHOD_IMPORT_ERKENNING_MUTATIONS, handle_import_erkenning_mutations, false},
    {METHOD_COUNT, NULL, false},
};
