#include "domain/saga.h"

#include "domain/answers.h"
#include "domain/handlers.h"
#include "domain/market.h"
#include "domain/proposal_move.h"
#include "domain/remarks.h"
#include "stagematch/v1/operation.pb-c.h"

#include <string.h>

enum { FORGET_AT_ONCE = 8 };

const REFUSAL(refusal_stage_fenced, STATUS_FAILED_PRECONDITION, "stage_given_up",
              "Dit duurde te lang en is afgebroken. Begin opnieuw, met een nieuw request_id.",
              "This took too long and was given up. Begin again, with a new request_id.");
const REFUSAL(refusal_stage_committed, STATUS_FAILED_PRECONDITION, "stage_committed", "Dit is al verwerkt.",
              "This was processed already.");
static const REFUSAL(refusal_no_stage, STATUS_INVALID_ARGUMENT, "stage_id", "Er hoort een stage_id bij.",
                     "It needs a stage_id.");

static const StageRecord *find_stage(const struct context *context, ProtobufCBinaryData stage_id)
{
    return state_find(context->state, RECORD_STAGE, text_of_bytes(stage_id));
}

struct status stage_check(const struct context *context, ProtobufCBinaryData stage_id)
{
    if (stage_id.len != ID_BYTES)
        return status_refuse_field(&refusal_no_stage, "stage_id");
    const StageRecord *stage = find_stage(context, stage_id);
    if (!stage || stage->outcome == STAGE_OUTCOME(OPEN))
        return STATUS_DONE;
    return status_refuse(stage->outcome == STAGE_OUTCOME(FENCED) ? &refusal_stage_fenced : &refusal_stage_committed);
}

/* The stage's record for writing, made where it is new. */
static StageRecord *stage_edit(struct context *context, ProtobufCBinaryData stage_id)
{
    if (!find_stage(context, stage_id)) {
        StageRecord *stage = CONTEXT_NEW(context, stagematch__internal__v1__stage_record__descriptor);
        if (!stage)
            return NULL;
        if (!context_ok(context, message_assign_bytes(&stage->stage_id, text_of_bytes(stage_id)))) {
            message_free(stage);
            return NULL;
        }
        stage->outcome = STAGE_OUTCOME(OPEN);
        stage->time_ms = context->now_ms;
        context_add(context, RECORD_STAGE, stage);
    }
    return context_edit(context, RECORD_STAGE, text_of_bytes(stage_id));
}

static void stage_end(struct context *context, ProtobufCBinaryData stage_id,
                      Stagematch__Internal__V1__StageRecord__Outcome outcome,
                      const Stagematch__Internal__V1__TextSubject *subject)
{
    StageRecord *stage = stage_edit(context, stage_id);
    if (!stage)
        return;
    stage->outcome = outcome;
    stage->time_ms = context->now_ms;
    stage->seq = state_ledger_seq(context->state);
    if (subject) {
        uint8_t *bytes;
        size_t length = protobuf_c_message_get_packed_size(&subject->base);
        if (context_ok(context, mem_alloc(1, length, &bytes))) {
            protobuf_c_message_pack(&subject->base, bytes);
            mem_free(stage->subject.data);
            stage->subject = (ProtobufCBinaryData){length, bytes};
        }
    }
    context_edited(context, RECORD_STAGE, stage);
}

void stage_open(struct context *context, ProtobufCBinaryData stage_id)
{
    (void)stage_edit(context, stage_id);
}

void stage_committed(struct context *context, ProtobufCBinaryData stage_id,
                     const Stagematch__Internal__V1__TextSubject *subject)
{
    stage_end(context, stage_id, STAGE_OUTCOME(COMMITTED), subject);
}

static void fence(struct context *context, ProtobufCBinaryData stage_id)
{
    import_abandon(context, stage_id);
    stage_end(context, stage_id, STAGE_OUTCOME(FENCED), NULL);
}

static const StageRecord *oldest_stage(const struct state *state, enum state_index index)
{
    struct scan scan;
    scan_all(&scan, state, index);
    return scan_next(&scan);
}

int64_t stage_give_up_ms(const struct state *state)
{
    const StageRecord *stage = oldest_stage(state, INDEX_STAGE_OPEN);
    return stage ? stage->time_ms + STAGE_OPEN_MS : INT64_MAX;
}

void stage_give_up(struct context *context)
{
    const StageRecord *stage = oldest_stage(context->state, INDEX_STAGE_OPEN);
    uint8_t id[ID_BYTES];
    if (!stage || stage->stage_id.len != sizeof id)
        return;
    memcpy(id, stage->stage_id.data, sizeof id);
    fence(context, (ProtobufCBinaryData){sizeof id, id});
}

static const StageRecord *oldest_done_stage(const struct state *state)
{
    const StageRecord *committed = oldest_stage(state, INDEX_STAGE_COMMITTED);
    const StageRecord *fenced = oldest_stage(state, INDEX_STAGE_FENCED);
    return !committed || (fenced && fenced->time_ms < committed->time_ms) ? fenced : committed;
}

int64_t stage_forget_ms(const struct state *state)
{
    const StageRecord *stage = oldest_done_stage(state);
    return stage ? stage->time_ms + STAGE_KEPT_MS : INT64_MAX;
}

/* With what it was of: an import has its stage's id. */
static void forget(struct context *context, const StageRecord *stage)
{
    struct text id = text_of_bytes(stage->stage_id);
    if (import_can_go(context->state, stage->stage_id))
        context_remove(context, RECORD_IMPORT, id);
    context_remove(context, RECORD_STAGE, id);
}

void stage_forget(struct context *context)
{
    forget(context, oldest_done_stage(context->state));
}

/* Commits that the vault is done with. A question comes with each stage, so a few at a time keep up. */
static void forget_settled(struct context *context, uint64_t settled_seq)
{
    for (int i = 0; i < FORGET_AT_ONCE && context->error == ERR_OK; i++) {
        const StageRecord *stage = oldest_stage(context->state, INDEX_STAGE_COMMITTED);
        if (!stage || stage->seq >= settled_seq || stage->time_ms + STAGE_SETTLED_KEPT_MS > context->now_ms)
            return;
        forget(context, stage);
    }
}

static struct status resolve_stage(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__ResolveStageRequest *request = message;
    Stagematch__Internal__V1__ResolveStageResponse *response = answer;
    if (request->stage_id.len != ID_BYTES)
        return status_refuse_field(&refusal_no_stage, "stage_id");
    forget_settled(context, request->settled_seq);
    response->ledger_seq = state_ledger_seq(context->state);
    const StageRecord *stage = find_stage(context, request->stage_id);
    if (stage && stage->outcome == STAGE_OUTCOME(COMMITTED)) {
        StageRecord *noting =
            request->text ? context_edit(context, RECORD_STAGE, text_of_bytes(stage->stage_id)) : NULL;
        if (noting)
            remarks_note_text(context, noting, request->text);
        response->committed = true;
        if (stage->subject.len && message_unpack(&stagematch__internal__v1__text_subject__descriptor,
                                                 text_of_bytes(stage->subject), &response->subject) != ERR_OK)
            (void)context_ok(context, ERR_MEMORY);
        return STATUS_DONE;
    }
    if (stage && stage->outcome == STAGE_OUTCOME(FENCED))
        return STATUS_DONE;
    fence(context, request->stage_id);
    return STATUS_DONE;
}

/* CommitWithText: a public call whose text is in the vault. */

static struct status inner_method(const struct context *context, const char *path, const struct handler **out)
{
    const struct method *method = method_find(text_of(path));
    const struct handler *handler = method ? handler_of(method->id) : NULL;
    if (!handler || method->target != TARGET_SAGA_TEXT)
        return status_refuse_field(&refusal_bad_value, "method");
    if (!(method->roles & ROLE_BIT(context->actor->role)))
        return status_refuse(&refusal_permission);
    *out = handler;
    return STATUS_DONE;
}

static void fill_response(struct context *context, const ProtobufCMessage *inner,
                          Stagematch__Internal__V1__CommitWithTextResponse *response)
{
    size_t length = protobuf_c_message_get_packed_size(inner);
    if (!context_ok(context, mem_alloc(1, length, &response->response.data)))
        return;
    protobuf_c_message_pack(inner, response->response.data);
    response->response.len = length;
}

static struct status commit_with_text(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__CommitWithTextRequest *request = message;
    const struct handler *handler;
    ProtobufCMessage *inner_request = NULL, *inner_response = NULL;
    struct status status = stage_check(context, request->stage_id);
    if (!status.refusal)
        status = inner_method(context, request->method, &handler);
    if (status.refusal)
        return status;
    const struct method *method = method_of(handler->method);
    if (message_unpack(method->request, text_of_bytes(request->request), &inner_request) != ERR_OK)
        return status_refuse_field(&refusal_malformed, "request");
    if (context_ok(context, message_new(method->response, &inner_response))) {
        context->has_text = true;
        status = handler->run(context, inner_request, inner_response);
    }
    if (!status.refusal && context->error == ERR_OK) {
        stage_committed(context, request->stage_id, context->text_subject);
        fill_response(context, inner_response, answer);
    }
    message_free(inner_request);
    message_free(inner_response);
    return status;
}

/* Release, led by the vault. */

/*
 * The vault asks until it knows, however long that takes and whatever happened since. So no answer is kept for it: a release that was
 * committed before is answered with its proposal as it is by now, or with none where that was erased.
 */
static struct status commit_release(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__CommitReleaseRequest *request = message;
    Stagematch__Internal__V1__CommitReleaseResponse *response = answer;
    const ProposalRecord *proposal = state_find(context->state, RECORD_PROPOSAL, text_of_bytes(request->proposal_id));
    struct status status = stage_check(context, request->stage_id);
    bool again = status.refusal == &refusal_stage_committed;
    if (again && !proposal)
        return STATUS_DONE;
    if (again)
        status = STATUS_DONE;
    if (!status.refusal && (!proposal || !actor_coordinates(context->actor, proposal->school) ||
                            !round_is_visible(context->state, proposal->round_id)))
        status = status_refuse(&refusal_not_found);
    if (!status.refusal && !again)
        status = version_of_request(request->version, proposal->version);
    if (!status.refusal && !again)
        status = proposal_check_move(context, proposal, EVENT_SCHOOL_RELEASES);
    if (status.refusal)
        return status;
    if (!again) {
        stage_committed(context, request->stage_id, NULL);
        proposal_move(context, proposal, EVENT_SCHOOL_RELEASES, NULL);
    }
    response->proposal = proposal_view(context, proposal);
    return STATUS_DONE;
}

static struct status check_grant(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__CheckGrantRequest *request = message;
    Stagematch__Internal__V1__CheckGrantResponse *response = answer;
    const ProposalRecord *proposal =
        request->candidate[0] ? state_candidate(context->state, request->candidate) : NULL;
    if (!proposal || strcmp(proposal->leerbedrijf, request->leerbedrijf) != 0 ||
        !actor_serves(context->actor, proposal->leerbedrijf, proposal->school) ||
        !proposal_state_facts(proposal->state)->granted)
        return STATUS_DONE;
    response->granted = true;
    response->introduction_agreed = proposal->introduction_agreed;
    (void)context_ok(context, message_assign_bytes(&response->proposal_id, text_of_bytes(proposal->proposal_id)));
    return STATUS_DONE;
}

/* The catalogue. */

static Stagematch__V1__Reason *reason_view(struct context *context, const struct reason *reason)
{
    Stagematch__V1__Reason *view = CONTEXT_NEW(context, stagematch__v1__reason__descriptor);
    if (!view)
        return NULL;
    view->needs_criterion = reason->needs_criterion;
    (void)(context_ok(context, message_assign_string(&view->code, text_of(reason->code))) &&
           context_ok(context, message_assign_string(&view->text_nl, text_of(reason->nl))) &&
           context_ok(context, message_assign_string(&view->text_en, text_of(reason->en))) &&
           context_ok(context,
                      message_assign_string(&view->reason_class, text_of(reason_class_name(reason->reason_class)))));
    for (unsigned event = 0; event < REASON_EVENT_COUNT && context->error == ERR_OK; event++)
        if (reason->events & 1u << event)
            (void)context_ok(context, message_append_string(&view->n_events, &view->events,
                                                            text_of(reason_event_name((enum reason_event)event))));
    return view;
}

static struct status list_reasons(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListReasonsRequest *request = message;
    Stagematch__V1__ListReasonsResponse *response = answer;
    enum reason_event event = reason_event_of(text_of(request->event));
    if (request->event[0] && event == REASON_EVENT_COUNT)
        return status_refuse_field(&refusal_bad_value, "event");
    const struct reason *reason;
    for (size_t i = 0; (reason = reason_at(context->options->reasons, i)); i++) {
        if (request->event[0] && !(reason->events & 1u << event))
            continue;
        Stagematch__V1__Reason *view = reason_view(context, reason);
        if (!view || !context_ok(context, message_append(&response->n_reasons, &response->reasons, view)))
            break;
    }
    return STATUS_DONE;
}

const struct handler saga_handlers[] = {
    {METHOD_RESOLVE_STAGE, resolve_stage, false},
    {METHOD_COMMIT_WITH_TEXT, commit_with_text, true},
    {METHOD_COMMIT_RELEASE, commit_release, false},
    {METHOD_CHECK_GRANT, check_grant, false},
    {METHOD_PULL_NOTICES, handle_pull_notices, false},
    {METHOD_PULL_DECISIONS, handle_pull_decisions, false},
    {METHOD_LIST_REASONS, list_reasons, false},
    {METHOD_GET_CATALOG, handle_get_catalog, false},
    {METHOD_COUNT, NULL, false},
};
