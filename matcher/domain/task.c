#include "domain/task.h"

#include "domain/case.h"
#include "domain/handlers.h"
#include "domain/placement.h"
#include "domain/proposal_move.h"
#include "domain/round.h"
#include "domain/state_index.h"

#include <string.h>

/* What is fixed for each kind. Whoever makes a draft is not told at once that it is there, only reminded. */
static const struct {
    enum term term;
    const char *notice; /* when it appears; NULL: nobody is told */
    bool manual;        /* only a person can say that it is done */
} kinds[] = {
    [TASK_KIND(UNSPECIFIED)] = {TERM_COUNT, NULL, false},
    [TASK_KIND(APPROVE)] = {TERM_APPROVE, "task_approve", false},
    [TASK_KIND(DECIDE)] = {TERM_DECIDE, "task_decide", false},
    [TASK_KIND(CONFIRM)] = {TERM_CONFIRM, "task_confirm", false},
    [TASK_KIND(RELEASE)] = {TERM_RELEASE, "task_release", false},
    [TASK_KIND(PLAN_INTRODUCTION)] = {TERM_PLAN_INTRODUCTION, "task_plan_introduction", false},
    [TASK_KIND(AGREE_INTRODUCTION)] = {TERM_AGREE_INTRODUCTION, "task_agree_introduction", false},
    [TASK_KIND(PLACE)] = {TERM_PLACE, "task_place", false},
    [TASK_KIND(START)] = {TERM_START, "task_start", false},
    [TASK_KIND(CHECK_IN)] = {TERM_CHECK_IN, "task_check_in", false},
    [TASK_KIND(COMPLETE)] = {TERM_COMPLETE, "task_complete", false},
    [TASK_KIND(ESCALATION)] = {TERM_ESCALATION, "task_escalation", true},
    [TASK_KIND(RED_ANSWER)] = {TERM_RED_ANSWER, "task_red_answer", true},
    [TASK_KIND(CALL_COMPANY)] = {TERM_CALL_COMPANY, "task_call_company", true},
    [TASK_KIND(CONTESTED_LEVEL)] = {TERM_CONTESTED_LEVEL, "task_contested_level", false},
    [TASK_KIND(REVIEW_REASON)] = {TERM_REVIEW_REASON, "task_review_reason", true},
    [TASK_KIND(NONCE)] = {TERM_NONCE, "task_nonce", false},
    [TASK_KIND(REOPEN)] = {TERM_REOPEN, "task_reopen", false},
    [TASK_KIND(OPEN_ROUND)] = {TERM_OPEN_ROUND, NULL, false},
    [TASK_KIND(SEAL_ROUND)] = {TERM_SEAL_ROUND, "task_seal_round", false},
    [TASK_KIND(SOLVE_ROUND)] = {TERM_SOLVE_ROUND, "task_solve_round", false},
    [TASK_KIND(PUBLISH_ROUND)] = {TERM_PUBLISH_ROUND, "task_publish_round", false},
    [TASK_KIND(CLOSE_ROUND)] = {TERM_CLOSE_ROUND, NULL, false},
    [TASK_KIND(ROUND_FAILED)] = {TERM_ROUND_FAILED, "task_round_failed", true},
    [TASK_KIND(REMATCH_FAILED)] = {TERM_REMATCH_FAILED, "task_rematch_failed", false},
    [TASK_KIND(PUBLISH_PLACEMENT)] = {TERM_PUBLISH_PLACEMENT, NULL, false},
    [TASK_KIND(POINT)] = {TERM_POINT, "task_point", false},
    [TASK_KIND(SIGNAL)] = {TERM_SIGNAL, "task_signal", false},
    [TASK_KIND(CASE_TAKE)] = {TERM_CASE_TAKE, "task_case_take", false},
    [TASK_KIND(CASE_VERIFY)] = {TERM_CASE_VERIFY, "task_case_verify", false},
    [TASK_KIND(CASE_HEAR)] = {TERM_CASE_HEAR, "task_case_hear", false},
    [TASK_KIND(CASE_ANSWER)] = {TERM_CASE_ANSWER, "task_case_answer", false},
    [TASK_KIND(CASE_ASSESS)] = {TERM_CASE_ASSESS, "task_case_assess", false},
    [TASK_KIND(CASE_MEASURE)] = {TERM_CASE_MEASURE, "task_case_measure", false},
    [TASK_KIND(CASE_SBB)] = {TERM_CASE_SBB, "task_case_sbb", false},
    [TASK_KIND(CASE_FEEDBACK)] = {TERM_CASE_FEEDBACK, "task_case_feedback", false},
    [TASK_KIND(CASE_AFTERCARE)] = {TERM_CASE_AFTERCARE, "task_case_aftercare", false},
    [TASK_KIND(CASE_CLOSE)] = {TERM_CASE_CLOSE, "task_case_close", false},
    [TASK_KIND(MEASURE_FOLLOW_UP)] = {TERM_MEASURE_FOLLOW_UP, "task_measure_follow_up", false},
    [TASK_KIND(TALK_TO_STUDENT)] = {TERM_TALK_TO_STUDENT, "task_talk_to_student", true},
    [TASK_KIND(ERKENNING_LOST)] = {TERM_ERKENNING_LOST, "task_erkenning_lost", true},
};

static const REFUSAL(refusal_task_closes_itself, STATUS_FAILED_PRECONDITION, "task_closes_itself",
                     "Deze taak sluit vanzelf als je doet wat hij vraagt.",
                     "This task closes by itself when you do what it asks for.");

static bool id_set(struct context *context, ProtobufCBinaryData *field, ProtobufCBinaryData id)
{
    return id.len == 0 || context_ok(context, message_assign_bytes(field, text_of_bytes(id)));
}

static bool string_set(struct context *context, char **field, const char *value)
{
    return !value || !value[0] || context_ok(context, message_assign_string(field, text_of(value)));
}

/* The index under which a task with this subject is found. */
static enum state_index subject_index(const struct task_spec *spec, ProtobufCBinaryData *subject)
{
    if (spec->subject_id.len) {
        *subject = spec->subject_id;
        return INDEX_TASK_SUBJECT;
    }
    if (spec->proposal_id.len) {
        *subject = spec->proposal_id;
        return INDEX_TASK_PROPOSAL;
    }
    if (spec->placement_id.len) {
        *subject = spec->placement_id;
        return INDEX_TASK_PLACEMENT;
    }
    *subject = spec->stagevraag_id.len ? spec->stagevraag_id : spec->round_id;
    return spec->stagevraag_id.len ? INDEX_TASK_STAGEVRAAG : INDEX_TASK_ROUND;
}

static bool is_open(const struct context *context, const struct task_spec *spec)
{
    struct scan scan;
    ProtobufCBinaryData subject;
    enum state_index index = subject_index(spec, &subject);
    scan_id(&scan, context->state, index, text_of_bytes(subject));
    for (const TaskRecord *task; (task = scan_next(&scan));)
        if (task->kind == spec->kind && task->role == spec->role && strcmp(task->scope, spec->scope) == 0 &&
            strcmp(task->detail, spec->detail ? spec->detail : "") == 0)
            return true;
    return false;
}

/* Of a company's task about a student: the proposal, by whose school it is for some contacts and not for others. */
static const ProposalRecord *candidate_of(const struct state *state, const TaskRecord *task)
{
    bool about_candidate = task->role == ROLE(COMPANY) && task->proposal_id.len;
    return about_candidate ? state_find(state, RECORD_PROPOSAL, text_of_bytes(task->proposal_id)) : NULL;
}

/* Of a company's task in a case: the case, by whose school it is for some contacts and not for others. */
static const CaseRecord *case_of_task(const struct state *state, const TaskRecord *task)
{
    bool about_case = task->role == ROLE(COMPANY) && task->subject_id.len;
    return about_case ? state_find(state, RECORD_CASE, text_of_bytes(task->subject_id)) : NULL;
}

static bool same_school(const ProposalRecord *a, const ProposalRecord *b)
{
    return a && b ? strcmp(a->school, b->school) == 0 : a == b;
}

/* A notice names what it is about by an id that its reader can open: companies know candidates by their label alone. */
static void tell(struct context *context, const char *template, const TaskRecord *task)
{
    char subject[ID_HEX_BYTES];
    const ProtobufCBinaryData *ids[] = {&task->proposal_id, &task->placement_id, &task->stagevraag_id,
                                        &task->round_id, &task->subject_id};
    subject[0] = '\0';
    for (size_t i = 0; i < sizeof ids / sizeof ids[0] && !subject[0]; i++)
        id_format_bytes(*ids[i], subject);
    bool by_label = task->role == ROLE(COMPANY) && task->candidate[0];
    const char *about = by_label ? task->candidate : subject;
    const ProposalRecord *candidate = candidate_of(context->state, task);
    const CaseRecord *heard = case_of_task(context->state, task);
    if (candidate)
        notice_send_contacts(context, template, candidate, about);
    else if (heard)
        notice_send_case(context, template, heard, about);
    else
        notice_send(context, template, task->role, task->scope, about);
    if (task->role == ROLE(VERTROUWENSPERSOON))
        notice_send(context, template, ROLE(BEHANDELAAR), task->scope, about);
}

/*
 * Whether this task is the first of its like that gets so far: same owner (of a company: same contacts), kind and term. A round that is published gives a
 * school thousands of tasks in one moment; one notice tells of all of them.
 */
static bool is_first_of_its_like(const struct context *context, const TaskRecord *task)
{
    struct index_key prefix;
    struct scan scan;
    index_key_start(&prefix);
    index_key_u8(&prefix, task->role);
    index_key_string(&prefix, task->scope);
    index_key_u64(&prefix, (uint64_t)task->due_ms);
    scan_start(&scan, context->state, INDEX_TASK_OWNER, &prefix);
    for (const TaskRecord *other; (other = scan_next(&scan));)
        if (other != task && other->kind == task->kind && task_next_ms(other) >= task_next_ms(task) &&
            other->overdue == task->overdue &&
            same_school(candidate_of(context->state, other), candidate_of(context->state, task)))
            return false;
    return true;
}

static void tell_first(struct context *context, const char *template, const TaskRecord *task)
{
    if (template && is_first_of_its_like(context, task))
        tell(context, template, task);
}

void task_open(struct context *context, const struct task_spec *spec)
{
    if (context->error != ERR_OK || is_open(context, spec))
        return;
    const struct calendar *calendar = context->options->calendar;
    enum term term = kinds[spec->kind].term;
    int32_t today = dutch_day(context->now_ms), day = spec->from_day > today ? spec->from_day : today;
    uint8_t id[ID_BYTES];
    context_draw(context, id);
    TaskRecord *task = CONTEXT_NEW(context, stagematch__internal__v1__task_record__descriptor);
    if (!task)
        return;
    task->kind = spec->kind;
    task->role = spec->role;
    task->create_ms = context->now_ms;
    task->open_ms = day > today ? dutch_day_start_ms(day) : 0;
    task->reminder_ms = term_reminder_ms(calendar, term, day);
    task->due_ms = term_due_ms(calendar, term, day);
    if (!context_ok(context, message_assign_bytes(&task->task_id, (struct text){(const char *)id, sizeof id})) ||
        !string_set(context, &task->scope, spec->scope) || !string_set(context, &task->detail, spec->detail) ||
        !string_set(context, &task->candidate, spec->candidate) ||
        !id_set(context, &task->proposal_id, spec->proposal_id) ||
        !id_set(context, &task->placement_id, spec->placement_id) ||
        !id_set(context, &task->stagevraag_id, spec->stagevraag_id) ||
        !id_set(context, &task->round_id, spec->round_id) || !id_set(context, &task->subject_id, spec->subject_id)) {
        message_free(task);
        return;
    }
    if (task->open_ms == 0)
        tell_first(context, kinds[spec->kind].notice, task);
    context_add(context, RECORD_TASK, task);
}

void task_close(struct context *context, enum state_index index, ProtobufCBinaryData subject,
                Stagematch__V1__TaskKind kind, const char *detail)
{
    struct scan scan;
    if (subject.len != ID_BYTES)
        return;
    scan_id(&scan, context->state, index, text_of_bytes(subject));
    for (const TaskRecord *task; context->error == ERR_OK && (task = scan_next(&scan));)
        if ((kind == TASK_KIND(UNSPECIFIED) || task->kind == kind) && (!detail || strcmp(task->detail, detail) == 0))
            context_remove(context, RECORD_TASK, text_of_bytes(task->task_id));
}

int64_t task_due_ms(const struct state *state, enum state_index index, ProtobufCBinaryData subject,
                    Stagematch__V1__TaskKind kind)
{
    struct scan scan;
    if (subject.len != ID_BYTES)
        return 0;
    scan_id(&scan, state, index, text_of_bytes(subject));
    for (const TaskRecord *task; (task = scan_next(&scan));)
        if (task->kind == kind)
            return task->due_ms;
    return 0;
}

const char *task_kind_name(Stagematch__V1__TaskKind kind)
{
    return term_name(kinds[kind].term);
}

unsigned task_owner_role(unsigned role)
{
    return role == ROLE(BEHANDELAAR) ? ROLE(VERTROUWENSPERSOON) : role;
}

void task_run_due(struct context *context, const TaskRecord *due)
{
    TaskRecord *task = context_edit(context, RECORD_TASK, text_of_bytes(due->task_id));
    if (!task)
        return;
    bool overdue = false;
    if (task->open_ms) {
        task->open_ms = 0;
        tell_first(context, kinds[task->kind].notice, task);
    } else if (task->reminder_ms) {
        task->reminder_ms = 0;
        tell_first(context, "task_reminder", task);
    } else {
        overdue = true;
        task->overdue = true;
        tell_first(context, "task_overdue", task);
    }
    context_edited(context, RECORD_TASK, task);
    if (overdue && task->proposal_id.len)
        proposal_task_overdue(context, task);
    else if (overdue && task->round_id.len)
        round_task_overdue(context, task);
    else if (overdue && task->subject_id.len)
        case_task_overdue(context, task);
}

/* The API. */

static Stagematch__V1__Task *view(struct context *context, const TaskRecord *record)
{
    Stagematch__V1__Task *task = CONTEXT_NEW(context, stagematch__v1__task__descriptor);
    if (!task)
        return NULL;
    task->kind = record->kind;
    task->overdue = record->overdue;
    context_id(context, record->task_id, &task->task_id);
    /* A company knows a candidate by the label alone. */
    if (record->role != ROLE(COMPANY)) {
        context_id(context, record->proposal_id, &task->proposal_id);
        context_id(context, record->stagevraag_id, &task->stagevraag_id);
        context_id(context, record->round_id, &task->round_id);
    }
    context_id(context, record->placement_id, &task->placement_id);
    context_id(context, record->subject_id, &task->subject_id);
    context_time(context, record->due_ms, &task->due_time);
    if (record->role != ROLE(STUDENT))
        (void)string_set(context, &task->candidate, record->candidate);
    (void)string_set(context, &task->detail, record->detail);
    return task;
}

/*
 * Not while the round is being published, or the import that brings the placement is under way; and what is about a student is for
 * contacts whom the school has checked.
 */
static bool is_visible(const struct context *context, const TaskRecord *task)
{
    const struct state *state = context->state;
    const ProposalRecord *candidate = candidate_of(state, task);
    if (candidate && !actor_is_checked_by(context->actor, candidate->school))
        return false;
    const CaseRecord *heard = case_of_task(state, task);
    if (heard && !actor_is_checked_by(context->actor, heard->school))
        return false;
    const PlacementRecord *placement =
        task->placement_id.len ? state_find(state, RECORD_PLACEMENT, text_of_bytes(task->placement_id)) : NULL;
    return round_is_visible(state, task->round_id) && (!placement || placement_is_visible(state, placement));
}

static struct status list_tasks(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListTasksRequest *request = message;
    Stagematch__V1__ListTasksResponse *response = answer;
    struct page page;
    struct status status = page_open_owner(&page, context, INDEX_TASK_OWNER, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    for (const TaskRecord *task; (task = page_next(&page));) {
        if (!is_visible(context, task))
            continue;
        Stagematch__V1__Task *seen = view(context, task);
        if (!seen || !context_ok(context, message_append(&response->n_tasks, &response->tasks, seen)))
            break;
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}

static struct status complete_task(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CompleteTaskRequest *request = message;
    uint8_t id[ID_BYTES];
    struct text key;
    (void)answer;
    struct status status = id_of_request(request->task_id, id, &key);
    if (status.refusal)
        return status;
    const TaskRecord *task = state_find(context->state, RECORD_TASK, key);
    if (!task || task->open_ms || task->role != task_owner_role(context->actor->role) ||
        !actor_has_school(context->actor, task->scope))
        return status_refuse(&refusal_not_found);
    if (!kinds[task->kind].manual)
        return status_refuse(&refusal_task_closes_itself);
    proposal_task_completed(context, task);
    context_remove(context, RECORD_TASK, key);
    return STATUS_DONE;
}

const struct handler task_handlers[] = {
    {METHOD_LIST_TASKS, list_tasks, false},
    {METHOD_COMPLETE_TASK, complete_task, false},
    {METHOD_COUNT, NULL, false},
};
