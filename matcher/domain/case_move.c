#include "domain/case.h"
#include "domain/task.h"

#include <stdio.h>
#include <string.h>

static const REFUSAL(refusal_wrong_case_state, STATUS_FAILED_PRECONDITION, "wrong_state",
                     "Dit kan niet in deze stap van de zaak, of niet door jou. Haal de zaak opnieuw op.",
                     "This is not possible at this step of the case, or not for you. Read it again.");
static const REFUSAL(refusal_case_text_needed, STATUS_INVALID_ARGUMENT, "text_needed", "Schrijf hier een tekst bij.",
                     "Write a text with it.");
static const REFUSAL(refusal_case_text_not_allowed, STATUS_INVALID_ARGUMENT, "text_not_allowed",
                     "Hier hoort geen tekst bij.", "No text goes with it.");
static const REFUSAL(refusal_case_text_apart, STATUS_INVALID_ARGUMENT, "text_apart",
                     "Een tekst gaat apart mee, via de kluis.", "A text goes apart, by way of the vault.");
static const REFUSAL(refusal_case_full, STATUS_RESOURCE_EXHAUSTED, "case_full",
                     "Deze zaak heeft te veel stappen. Sluit hem en open een nieuwe.",
                     "This case has too many steps. Close it and open another.");
static const REFUSAL(refusal_term_runs, STATUS_FAILED_PRECONDITION, "term_runs",
                     "Het bedrijf heeft nog tijd om te antwoorden.", "The company still has time to answer.");

static bool is_account(ProtobufCBinaryData account, const struct actor *actor)
{
    return text_equal(text_of_bytes(account), (struct text){(const char *)actor->account_id, ID_BYTES});
}

static bool has_account(const ProtobufCBinaryData *accounts, size_t count, const struct actor *actor)
{
    for (size_t i = 0; i < count; i++)
        if (is_account(accounts[i], actor))
            return true;
    return false;
}

static bool in_scope(const struct actor *actor, const char *school)
{
    for (size_t i = 0; school[0] && i < actor->scope_count; i++)
        if (strcmp(actor->scope[i], school) == 0)
            return true;
    return false;
}

bool case_is_tied(const struct context *context, const CaseRecord *record)
{
    return has_account(record->tied, record->n_tied, context->actor);
}

/* A behandelaar of the school that was asked to help closing it, while it closes or where they did. */
static bool is_asked(const struct actor *actor, const CaseRecord *record)
{
    bool open = record->state == CASE_STATE(CLOSING) || is_account(record->second, actor);
    return open && actor_is(actor, ROLE(BEHANDELAAR)) && in_scope(actor, record->second_school);
}

unsigned case_senders(const struct context *context, const CaseRecord *record)
{
    const struct actor *actor = context->actor;
    unsigned senders = 0;
    if (!actor || actor->role == 0)
        return CASE_SERVICE;
    if (actor_is(actor, ROLE(COMPANY)))
        return record->shown && actor_serves(actor, record->leerbedrijf, record->school) ? CASE_COMPANY : 0;
    if (!actor_is(actor, ROLE(BEHANDELAAR)) || case_is_tied(context, record))
        return 0;
    bool own = in_scope(actor, record->school);
    if (own)
        senders |= CASE_REVIEWER;
    if (own && is_account(record->handler, actor))
        senders |= CASE_HANDLER;
    if ((own || is_asked(actor, record)) && !has_account(record->handlers, record->n_handlers, actor) &&
        !is_account(record->proposed_by, actor))
        senders |= CASE_SECOND;
    return senders;
}

bool case_reads_all(const struct context *context, const CaseRecord *record)
{
    const struct actor *actor = context->actor;
    return actor_is(actor, ROLE(BEHANDELAAR)) && !case_is_tied(context, record) &&
           (in_scope(actor, record->school) || is_asked(actor, record));
}

struct status case_of_request(const struct context *context, const char *hex, const CaseRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    const struct actor *actor = context->actor;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const CaseRecord *record = state_find(context->state, RECORD_CASE, key);
    if (!record)
        return status_refuse(&refusal_not_found);
    bool reviews = (actor_is(actor, ROLE(BEHANDELAAR)) || actor_is(actor, ROLE(VERTROUWENSPERSOON))) &&
                   in_scope(actor, record->school);
    if (!reviews && !is_asked(actor, record) && !(case_senders(context, record) & CASE_COMPANY))
        return status_refuse(&refusal_not_found);
    *out = record;
    return STATUS_DONE;
}

struct status case_check(const struct context *context, const CaseRecord *record, const struct case_act *act)
{
    const struct case_move *move = case_move_of(record->state, act->event);
    if (!move || !(move->senders & case_senders(context, record)))
        return status_refuse(&refusal_wrong_case_state);
    if (act->event == CASE_EVENT(TAKEN) && is_account(record->handler, context->actor))
        return status_refuse(&refusal_wrong_case_state);
    if (act->event == CASE_EVENT(WENT_ON) && !record->overdue)
        return status_refuse(&refusal_term_runs);
    if (act->text && act->text[0])
        return status_refuse_field(&refusal_case_text_apart, "text");
    if (move->text == CASE_TEXT_NEEDED && !context->has_text)
        return status_refuse_field(&refusal_case_text_needed, "text");
    if (move->text == CASE_TEXT_NONE && context->has_text)
        return status_refuse_field(&refusal_case_text_not_allowed, "text");
    if (record->n_steps >= CASE_STEPS_MAX && !(move->senders & (CASE_SECOND | CASE_SERVICE)))
        return status_refuse(&refusal_case_full);
    return STATUS_DONE;
}

CaseRecord *case_edit(struct context *context, const CaseRecord *record)
{
    return context_edit(context, RECORD_CASE, text_of_bytes(record->case_id));
}

/* The vault files the text under the case's id and the number of the step. */
static void name_text(struct context *context, const CaseRecord *record, size_t step)
{
    char kind[32];
    Stagematch__Internal__V1__TextSubject *subject =
        CONTEXT_NEW(context, stagematch__internal__v1__text_subject__descriptor);
    if (!subject)
        return;
    (void)snprintf(kind, sizeof kind, "case.%zu", step);
    (void)(context_ok(context, message_assign_bytes(&subject->proposal_id, text_of_bytes(record->case_id))) &&
           context_ok(context, message_assign_string(&subject->kind, text_of(kind))) &&
           context_ok(context, message_assign_string(&subject->school, text_of(record->school))) &&
           context_ok(context, message_assign_string(&subject->leerbedrijf, text_of(record->leerbedrijf))));
    message_free(context->text_subject);
    context->text_subject = subject;
}

static void append_step(struct context *context, CaseRecord *record, const struct case_act *act)
{
    const struct actor *actor = context->actor;
    Stagematch__Internal__V1__CaseStepRecord *step =
        CONTEXT_NEW(context, stagematch__internal__v1__case_step_record__descriptor);
    if (!step)
        return;
    step->event = act->event;
    step->time_ms = context->now_ms;
    step->state = record->state;
    step->has_text = context->has_text;
    bool whole = context_ok(context, message_assign_string(&step->about, text_of(act->about ? act->about : "")));
    if (whole && actor && actor->role) {
        step->role = actor->role;
        whole = context_ok(context, message_assign_bytes(&step->account_id,
                                                         (struct text){(const char *)actor->account_id, ID_BYTES}));
    }
    if (!whole) {
        message_free(step);
        return;
    }
    (void)context_ok(context, message_append(&record->n_steps, &record->steps, step));
    if (context->has_text)
        name_text(context, record, record->n_steps);
}

static Stagematch__V1__CaseState state_after(const CaseRecord *record, const struct case_move *move)
{
    switch (move->target) {
    case CASE_TO:
        return move->to;
    case CASE_TO_END:
        return record->end_as;
    case CASE_TO_BACK:
        return record->back_to;
    }
    return move->to;
}

void case_open_tasks(struct context *context, const CaseRecord *record)
{
    const struct case_state_facts *facts = case_state_facts(record->state);
    struct task_spec spec = {.kind = facts->task,
                             .role = facts->role,
                             .scope = facts->role == ROLE(COMPANY) ? record->leerbedrijf : record->school,
                             .subject_id = record->case_id};
    if (facts->task == TASK_KIND(UNSPECIFIED))
        return;
    if (facts->runs && record->handler.len == 0 && record->state != CASE_STATE(CLOSING))
        spec.kind = TASK_KIND(CASE_TAKE);
    if (record->state == CASE_STATE(CLOSING) && record->second_school[0])
        spec.scope = record->second_school;
    task_open(context, &spec);
}

/* Whether the step ends what the state waited for: another state, a handler where there was none, another question. */
static bool begins_anew(const CaseRecord *record, Stagematch__V1__CaseState before, Stagematch__V1__CaseEvent event)
{
    return record->state != before || event == CASE_EVENT(ASKED) || event == CASE_EVENT(SECOND_ASKED);
}

void case_step(struct context *context, const CaseRecord *found, const struct case_act *act)
{
    const struct case_move *move = case_move_of(found->state, act->event);
    CaseRecord *record = move ? case_edit(context, found) : NULL;
    if (!record) {
        (void)context_ok(context, move ? ERR_OK : ERR_INTERNAL);
        return;
    }
    Stagematch__V1__CaseState before = record->state;
    record->state = state_after(record, move);
    record->version++;
    append_step(context, record, act);
    if (begins_anew(record, before, act->event)) {
        record->overdue = false;
        task_close(context, INDEX_TASK_SUBJECT, record->case_id, TASK_KIND(UNSPECIFIED), NULL);
    }
    context_edited(context, RECORD_CASE, record);
    (void)context_fact(context, &(struct fact){.kind = "case",
                                               .subject = record->case_id,
                                               .code = case_event_name(act->event),
                                               .reason = act->about});
}

/* The company may still answer; that it goes on without is for the handler to say. */
void case_task_overdue(struct context *context, const TaskRecord *task)
{
    const CaseRecord *record = state_find(context->state, RECORD_CASE, text_of_bytes(task->subject_id));
    bool waits =
        record && (case_state_facts(record->state)->task == task->kind || task->kind == TASK_KIND(CASE_TAKE));
    if (!waits || record->overdue || !case_move_of(record->state, CASE_EVENT(OVERDUE)))
        return;
    case_step(context, record,
              &(struct case_act){.event = CASE_EVENT(OVERDUE), .about = case_state_facts(record->state)->name});
    CaseRecord *edited = case_edit(context, record);
    if (!edited)
        return;
    edited->overdue = true;
    context_edited(context, RECORD_CASE, edited);
    if (edited->state == CASE_STATE(WEDERHOOR))
        task_open(context, &(struct task_spec){.kind = TASK_KIND(CASE_HEAR),
                                               .role = ROLE(VERTROUWENSPERSOON),
                                               .scope = edited->school,
                                               .subject_id = edited->case_id});
}
