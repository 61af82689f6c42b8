/* One step: counted, made into what it calls for, and judged. */
#include "domain/signal.h"
#include "domain/signal_state.h"
#include "domain/task.h"

#include <string.h>

enum { UNITS_OF_STEP_MAX = 4, ACCOUNT_HEX_BYTES = ID_HEX_BYTES };

/* The units of one step. */
struct concerned {
    struct signal_unit units[UNITS_OF_STEP_MAX];
    size_t count;
    char account[ACCOUNT_HEX_BYTES];
};

static void add_unit(struct concerned *concerned, enum unit_kind kind, const char *name, const char *school)
{
    if (name[0] && school[0])
        concerned->units[concerned->count++] = (struct signal_unit){kind, name, school};
}

static void find_units(const struct context *context, const struct signal_step *step, const char *kvk,
                       struct concerned *out)
{
    out->count = 0;
    add_unit(out, UNIT_COMPANY, step->leerbedrijf, step->school);
    add_unit(out, UNIT_CONCERN, kvk, step->school);
    if (context->actor && actor_is(context->actor, ROLE(COORDINATOR))) {
        id_format(context->actor->account_id, out->account);
        add_unit(out, UNIT_COORDINATOR, out->account, step->school);
        add_unit(out, UNIT_SCHOOL, step->school, step->school);
    }
}

static void note_company(struct context *context, const struct signal_unit *concern, const char *leerbedrijf)
{
    enum { ENOUGH = 2 };
    uint8_t id[ID_BYTES];
    signal_counts_id_of(concern->kind, concern->name, concern->school, id);
    struct text key = {(const char *)id, sizeof id};
    const SignalCountsRecord *found = state_find(context->state, RECORD_SIGNAL_COUNTS, key);
    if (!found || found->n_companies >= ENOUGH ||
        strings_have(found->companies, found->n_companies, text_of(leerbedrijf)))
        return;
    SignalCountsRecord *record = context_edit(context, RECORD_SIGNAL_COUNTS, key);
    if (record)
        (void)context_ok(context,
                         message_append_string(&record->n_companies, &record->companies, text_of(leerbedrijf)));
}

static void count_units(struct context *context, const struct signal_step *step, const struct concerned *concerned,
                        const char *stratum)
{
    enum rule_counter counters[RULE_ADDS_MAX];
    for (size_t i = 0; i < concerned->count; i++) {
        const struct signal_unit *unit = &concerned->units[i];
        size_t count = rule_adds(step->step, step->marks, unit->kind, counters);
        signal_unit_add(context, unit, stratum, counters, count);
        if (count && unit->kind == UNIT_CONCERN && step->leerbedrijf[0])
            note_company(context, unit, step->leerbedrijf);
    }
    size_t count = rule_adds(step->step, step->marks, UNIT_STRATUM, counters);
    for (unsigned level = 0; level < STRATUM_LEVELS; level++) {
        char name[STRATUM_BYTES];
        stratum_at(stratum, level, name);
        signal_unit_add(context, &(struct signal_unit){UNIT_STRATUM, name, ""}, "", counters, count);
    }
}

/* The event as evidence; false where it was there already, or without memory. */
static bool add_event(struct context *context, const struct signal_step *step, unsigned rule, const char *kvk,
                      const char *account)
{
    uint8_t id[ID_BYTES];
    struct text key = {(const char *)id, sizeof id};
    signal_event_id_of(rule, step->subject, id);
    if (state_find(context->state, RECORD_SIGNAL_EVENT, key))
        return false;
    SignalEventRecord *event = CONTEXT_NEW(context, stagematch__internal__v1__signal_event_record__descriptor);
    if (!event)
        return false;
    event->rule = rule;
    event->time_ms = context->now_ms;
    event->on_behalf = (step->marks & MARK_ON_BEHALF) != 0;
    if (!context_ok(context, message_assign_bytes(&event->event_id, key)) ||
        !context_ok(context, message_assign_string(&event->school, text_of(step->school))) ||
        !context_ok(context, message_assign_string(&event->leerbedrijf, text_of(step->leerbedrijf))) ||
        !context_ok(context, message_assign_string(&event->kvk, text_of(kvk))) ||
        !context_ok(context, message_assign_string(&event->account, text_of(account))) ||
        !context_ok(context, message_assign_bytes(&event->proposal_id, text_of_bytes(step->proposal_id))) ||
        !context_ok(context, message_assign_bytes(&event->placement_id, text_of_bytes(step->placement_id))) ||
        !context_ok(context, message_assign_string(&event->code, text_of(step->code ? step->code : ""))) ||
        !context_ok(context,
                    message_assign_string(&event->criterion, text_of(step->criterion ? step->criterion : "")))) {
        message_free(event);
        return false;
    }
    context_add(context, RECORD_SIGNAL_EVENT, event);
    return context->error == ERR_OK;
}

/* Something to talk about, for the school alone: its coördinatoren have the task, its reviewers see it too. */
static void open_point(struct context *context, const struct signal_step *step, unsigned rule)
{
    uint8_t id[ID_BYTES];
    signal_event_id_of(rule, step->subject, id);
    PointRecord *point = CONTEXT_NEW(context, stagematch__internal__v1__point_record__descriptor);
    if (!point)
        return;
    point->rule = rule;
    point->create_ms = context->now_ms;
    if (!context_ok(context, message_assign_bytes(&point->point_id, (struct text){(const char *)id, sizeof id})) ||
        !context_ok(context, message_assign_string(&point->school, text_of(step->school))) ||
        !context_ok(context, message_assign_string(&point->leerbedrijf, text_of(step->leerbedrijf))) ||
        !context_ok(context, message_assign_bytes(&point->proposal_id, text_of_bytes(step->proposal_id))) ||
        !context_ok(context, message_assign_bytes(&point->placement_id, text_of_bytes(step->placement_id)))) {
        message_free(point);
        return;
    }
    context_add(context, RECORD_POINT, point);
    task_open(context, &(struct task_spec){.kind = TASK_KIND(POINT),
                                           .role = ROLE(COORDINATOR),
                                           .scope = step->school,
                                           .subject_id = {sizeof id, id}});
}

/* The rules of which this step is an event, over all its units. */
static unsigned event_rules(const struct signal_step *step)
{
    return rules_of_step(step->step, step->marks, UNIT_COMPANY) |
           rules_of_step(step->step, step->marks, UNIT_COORDINATOR);
}

static bool is_known(const struct context *context, unsigned rules, ProtobufCBinaryData subject)
{
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++)
        if (rules >> rule & 1 && signal_event_known(context, rule, subject))
            return true;
    return false;
}

static void make_events(struct context *context, const struct signal_step *step, const struct concerned *concerned,
                        const char *kvk, unsigned rules)
{
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++) {
        const struct rule_facts *facts = rule_facts(rule);
        if (!(rules >> rule & 1) || !facts)
            continue;
        bool of_school = (facts->units >> UNIT_SCHOOL & 1) != 0;
        if (!add_event(context, step, rule, kvk, of_school ? concerned->account : ""))
            continue;
        if (facts->opens_point && step->school[0])
            open_point(context, step, rule);
        for (size_t i = 0; i < concerned->count; i++)
            if (facts->units >> concerned->units[i].kind & 1)
                signal_note_event(context, &concerned->units[i], rule);
    }
}

static void write_observation(struct context *context, const struct signal_step *step,
                              const struct signal_place *place)
{
    (void)context_fact(context, &(struct fact){.kind = "observation",
                                               .subject = step->subject,
                                               .school = step->school,
                                               .leerbedrijf = step->leerbedrijf,
                                               .code = rule_step_name(step->step),
                                               .criterion = step->criterion,
                                               .proposal_id = step->proposal_id,
                                               .placement_id = step->placement_id,
                                               .kvk = place->kvk,
                                               .stratum = place->stratum,
                                               .marks = step->marks});
}

bool signal_count(struct context *context, const struct signal_step *step, bool decision)
{
    struct signal_place place;
    struct concerned concerned = {.account = ""};
    unsigned rules = event_rules(step);
    if (context->error != ERR_OK || step->step == STEP_OTHER || is_known(context, rules, step->subject))
        return false;
    signal_place_of(context, step->placement, &place);
    find_units(context, step, place.kvk, &concerned);
    if (!decision)
        write_observation(context, step, &place);
    count_units(context, step, &concerned, place.stratum);
    make_events(context, step, &concerned, place.kvk, rules);
    for (size_t i = 0; i < concerned.count; i++)
        signal_judge_unit(context, &concerned.units[i],
                          rules_touched(step->step, step->marks, concerned.units[i].kind));
    return context->error == ERR_OK;
}

void signal_report_received(struct context *context, const struct signal_report *report)
{
    const PlacementRecord *placement = signal_any_placement(context->state, report->leerbedrijf);
    if (!report->leerbedrijf[0] || !report->school[0])
        return;
    (void)signal_count(context,
                       &(struct signal_step){.step = STEP_REPORTED,
                                             .school = report->school,
                                             .leerbedrijf = report->leerbedrijf,
                                             .placement = placement,
                                             .subject = report->report_id,
                                             .code = rule_step_name(STEP_REPORTED)},
                       false);
}
