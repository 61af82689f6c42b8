/*
 * A case as a dossier. The engine writes down that it is made and gives case and evidence; the vault opens each text that is asked for, to
 * this caller alone; they meet here, in the answer alone.
 */
#include "front/dossier.h"
#include "front/saga.h"
#include "front/targets.h"

#include "api/message.h"
#include "base/clock.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum dossier_state { STATE_CASE, STATE_TEXT, STATE_COUNT };

struct dossier_work {
    struct pbguard_message about; /* CommitCaseExportResponse */
    struct pbguard_message texts[DOSSIER_TEXTS_MAX];
    uint32_t steps[DOSSIER_TEXTS_MAX];
    size_t step_count, at;
    struct buf json, pdf;
};

static void free_work(void *context)
{
    struct dossier_work *work = context;
    pbguard_free(&work->about);
    for (size_t i = 0; i < work->at; i++)
        pbguard_free(&work->texts[i]);
    saga_wipe(&work->json);
    saga_wipe(&work->pdf);
    mem_free(work);
}

const struct dossier_text *dossier_text_of(const struct dossier *dossier, uint32_t step)
{
    for (size_t i = 0; i < dossier->text_count; i++)
        if (dossier->texts[i].step == step)
            return &dossier->texts[i];
    return NULL;
}

void dossier_time(const Google__Protobuf__Timestamp *time, bool for_people, char out[32])
{
    struct tm parts;
    time_t seconds = time ? (time_t)time->seconds : 0;
    if (!time || !gmtime_r(&seconds, &parts) ||
        strftime(out, 32, for_people ? "%Y-%m-%d %H:%M UTC" : "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        out[0] = '\0';
}

/* "CASE_STATE_RECEIVED" is shown as "received". */
static const char *enum_word(const ProtobufCEnumDescriptor *descriptor, int value, size_t prefix)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    return found && strlen(found->name) > prefix ? found->name + prefix : "";
}

const char *dossier_state_name(Stagematch__V1__CaseState state)
{
    return enum_word(&stagematch__v1__case_state__descriptor, (int)state, strlen("CASE_STATE_"));
}

const char *dossier_event_name(Stagematch__V1__CaseEvent event)
{
    return enum_word(&stagematch__v1__case_event__descriptor, (int)event, strlen("CASE_EVENT_"));
}

static void answer(struct call *call)
{
    struct dossier_work *work = call->work;
    const Stagematch__Internal__V1__CommitCaseExportResponse *said =
        (const Stagematch__Internal__V1__CommitCaseExportResponse *)work->about.message;
    Stagematch__V1__ExportCaseResponse message = STAGEMATCH__V1__EXPORT_CASE_RESPONSE__INIT;
    struct dossier_text texts[DOSSIER_TEXTS_MAX];
    for (size_t i = 0; i < work->at; i++)
        texts[i] = (struct dossier_text){
            work->steps[i], (const Stagematch__V1__GetCaseTextResponse *)(const void *)work->texts[i].message};
    const struct dossier dossier = {said->case_, said->evidence, said->n_evidence,
                                    texts,       work->at,       clock_wall_ms(&call->front->environment->clock)};
    enum err e = said->case_ ? dossier_json(&dossier, &work->json) : ERR_INTERNAL;
    if (e == ERR_OK)
        e = dossier_pdf(&dossier, &work->pdf);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    message.json = (ProtobufCBinaryData){work->json.length, (uint8_t *)work->json.data};
    message.pdf = (ProtobufCBinaryData){work->pdf.length, (uint8_t *)work->pdf.data};
    call_answer(call, &message);
}

static void next_text(struct call *call)
{
    const struct dossier_work *work = call->work;
    if (work->at < work->step_count)
        saga_go(call, STATE_TEXT);
    else
        answer(call);
}

static void on_text(struct call *call, struct text body)
{
    struct dossier_work *work = call->work;
    if (!call_unpack(call, &stagematch__v1__get_case_text_response__descriptor, body, &work->texts[work->at]))
        return;
    work->at++;
    next_text(call);
}

static void enter_text(struct call *call)
{
    const struct dossier_work *work = call->work;
    Stagematch__V1__GetCaseTextRequest request = STAGEMATCH__V1__GET_CASE_TEXT_REQUEST__INIT;
    request.case_id = call_borrow(message_text(call->request.message, "case_id").data);
    request.step = work->steps[work->at];
    call_ask_message(call, ROLE_VAULT, METHOD_GET_CASE_TEXT, &request, on_text);
}

static void on_case(struct call *call, struct text body)
{
    struct dossier_work *work = call->work;
    if (call_unpack(call, &stagematch__internal__v1__commit_case_export_response__descriptor, body, &work->about))
        next_text(call);
}

static void enter_case(struct call *call)
{
    struct dossier_work *work = call->work;
    Stagematch__Internal__V1__CommitCaseExportRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_CASE_EXPORT_REQUEST__INIT;
    request.case_id = call_borrow(message_text(call->request.message, "case_id").data);
    request.n_steps = work->step_count;
    request.steps = work->steps;
    call_ask_message(call, ROLE_ENGINE, METHOD_COMMIT_CASE_EXPORT, &request, on_case);
}

static const struct saga_state states[STATE_COUNT] = {
    [STATE_CASE] = {"case", 1u << STATE_TEXT, enter_case},
    [STATE_TEXT] = {"text", 1u << STATE_TEXT, enter_text},
};

static const struct saga dossier_saga = {"dossier", states, STATE_COUNT};

void dossier_start(struct call *call)
{
    const Stagematch__V1__ExportCaseRequest *request = (const void *)call->request.message;
    struct dossier_work *work;
    if (request->n_steps > DOSSIER_TEXTS_MAX) {
        call_refuse(call, status_refuse_field(&refusal_too_large, "steps"));
        return;
    }
    enum err e = mem_alloc(1, sizeof *work, &work);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    for (size_t i = 0; i < request->n_steps; i++)
        work->steps[work->step_count++] = request->steps[i];
    buf_init(&work->json, DOSSIER_BYTES_MAX);
    buf_init(&work->pdf, DOSSIER_BYTES_MAX);
    call->work = work;
    call->free_work = free_work;
    saga_begin(call, &dossier_saga);
}
