/* What people must be told: kept until the vault has it. */
#include "domain/handlers.h"
#include "domain/queue.h"
#include "domain/task.h"

static uint64_t seq_of(const void *record)
{
    return ((const NoticeRecord *)record)->seq;
}

static const struct queue notices = {RECORD_NOTICE, seq_of};

static void send(struct context *context, const char *template, unsigned role, const char *scope, const char *school,
                 const char *subject)
{
    uint64_t seq = queue_next_seq(&notices, context->state);
    NoticeRecord *notice = CONTEXT_NEW(context, stagematch__internal__v1__notice_record__descriptor);
    if (!notice)
        return;
    notice->seq = seq;
    notice->role = role;
    if (!context_ok(context, message_assign_string(&notice->template_, text_of(template))) ||
        !context_ok(context, message_assign_string(&notice->scope, text_of(scope))) ||
        !context_ok(context, message_assign_string(&notice->school, text_of(school))) ||
        !context_ok(context, message_assign_string(&notice->subject, text_of(subject)))) {
        message_free(notice);
        return;
    }
    context_add(context, RECORD_NOTICE, notice);
}

void notice_send(struct context *context, const char *template, unsigned role, const char *scope, const char *subject)
{
    send(context, template, role, scope, "", subject);
}

void notice_send_contacts(struct context *context, const char *template, const ProposalRecord *proposal,
                          const char *subject)
{
    send(context, template, ROLE(COMPANY), proposal->leerbedrijf, proposal->school, subject);
}

void notice_send_case(struct context *context, const char *template, const CaseRecord *record, const char *subject)
{
    send(context, template, ROLE(COMPANY), record->leerbedrijf, record->school, subject);
}

static Stagematch__Internal__V1__EngineNotice *view(struct context *context, const NoticeRecord *record)
{
    Stagematch__Internal__V1__EngineNotice *notice =
        CONTEXT_NEW(context, stagematch__internal__v1__engine_notice__descriptor);
    if (!notice)
        return NULL;
    notice->seq = record->seq;
    notice->role = (Stagematch__V1__Role)record->role;
    (void)(context_ok(context, message_assign_string(&notice->template_, text_of(record->template_))) &&
           context_ok(context, message_assign_string(&notice->scope, text_of(record->scope))) &&
           context_ok(context, message_assign_string(&notice->school, text_of(record->school))) &&
           context_ok(context, message_assign_string(&notice->subject, text_of(record->subject))));
    return notice;
}

struct status handle_pull_notices(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__PullNoticesRequest *request = message;
    Stagematch__Internal__V1__PullNoticesResponse *response = answer;
    uint32_t limit = request->limit == 0 || request->limit > QUEUE_PULL_MAX ? QUEUE_PULL_MAX : request->limit;
    queue_forget(&notices, context, request->after_seq);
    const NoticeRecord *notice = queue_after(&notices, context->state, request->after_seq);
    for (uint32_t i = 0; notice && i < limit; i++) {
        Stagematch__Internal__V1__EngineNotice *seen = view(context, notice);
        if (!seen || !context_ok(context, message_append(&response->n_notices, &response->notices, seen)))
            break;
        notice = queue_after(&notices, context->state, notice->seq);
    }
    return STATUS_DONE;
}
