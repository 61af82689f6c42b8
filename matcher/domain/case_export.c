/* A dossier is made of a case: that is a step of it. The texts are the vault's; the front joins them. */
#include "domain/case.h"

#include <string.h>

enum { TEXTS_MAX = 50 };

struct status handle_commit_case_export(struct context *context, const void *message, void *answer)
{
    const Stagematch__Internal__V1__CommitCaseExportRequest *request = message;
    Stagematch__Internal__V1__CommitCaseExportResponse *response = answer;
    const struct case_act act = {.event = CASE_EVENT(EXPORTED)};
    const CaseRecord *record;
    struct status status = case_of_request(context, request->case_id, &record);
    if (!status.refusal)
        status = case_check(context, record, &act);
    if (!status.refusal && request->n_steps > TEXTS_MAX)
        status = status_refuse_field(&refusal_too_large, "steps");
    for (size_t i = 0; !status.refusal && i < request->n_steps; i++)
        if (request->steps[i] < 1 || request->steps[i] > record->n_steps ||
            !record->steps[request->steps[i] - 1]->has_text)
            status = status_refuse_field(&refusal_bad_value, "steps");
    if (status.refusal)
        return status;
    case_step(context, record, &act);
    response->case_ = case_view(context, record, true);
    const CaseEvidenceRecord *kept = state_find(context->state, RECORD_CASE_EVIDENCE, text_of_bytes(record->case_id));
    for (size_t i = 0; kept && i < kept->n_evidence && context->error == ERR_OK; i++) {
        Stagematch__V1__CaseEvidence *copy;
        if (context_ok(context, message_dup(kept->evidence[i], &copy)))
            (void)context_ok(context, message_append(&response->n_evidence, &response->evidence, copy));
    }
    return context_status(context);
}
