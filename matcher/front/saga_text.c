/*
 * A decision that may come with a text. The text is staged in the vault under the school's key; the engine commits the
 * decision without it; the vault asks the engine what the text is about, and files it. Without a text the engine alone is
 * asked.
 */
#include "base/fault.h"
#include "front/saga.h"
#include "front/targets.h"

#include "api/message.h"
#include "base/mem.h"
#include "stagematch/v1/case.pb-c.h"

#include <string.h>

enum { STAGE_ID_BYTES = 16 };

enum text_state { STATE_STAGE, STATE_COMMIT, STATE_FINALISE, STATE_COUNT };

struct text_work {
    uint8_t stage_id[STAGE_ID_BYTES];
    struct pbguard_message committed; /* CommitWithTextResponse */
};

static void free_work(void *work)
{
    struct text_work *text = work;
    pbguard_free(&text->committed);
    mem_free(text);
}

static void on_staged(struct call *call, struct text body)
{
    struct text_work *work = call->work;
    struct pbguard_message staged;
    FAULT_POINT("front.staged");
    if (!call_unpack(call, &stagematch__internal__v1__stage_text_response__descriptor, body, &staged))
        return;
    const Stagematch__Internal__V1__StageTextResponse *said =
        (const Stagematch__Internal__V1__StageTextResponse *)staged.message;
    bool whole = said->stage_id.len == STAGE_ID_BYTES;
    if (whole)
        memcpy(work->stage_id, said->stage_id.data, STAGE_ID_BYTES);
    pbguard_free(&staged);
    if (!whole)
        call_fail(call, ERR_INTERNAL);
    else
        saga_go(call, STATE_COMMIT);
}

/* A decision of a case: its grounds go before the text, as one line, so that nobody but the vault keeps them. */
static enum err with_grounds(const struct call *call, struct buf *out)
{
    if (call->method->id == METHOD_DECIDE_CASE) {
        const Stagematch__V1__DecideCaseRequest *request = (const void *)call->request.message;
        for (size_t i = 0; i < request->n_grounds; i++) {
            buf_put_string(out, i ? "|" : "");
            buf_put_string(out, request->grounds[i]);
        }
        buf_put_string(out, "\n");
    }
    buf_put_text(out, message_text(call->request.message, "text"));
    buf_put_char(out, '\0');
    return buf_error(out);
}

static void enter_stage(struct call *call)
{
    Stagematch__Internal__V1__StageTextRequest request = STAGEMATCH__INTERNAL__V1__STAGE_TEXT_REQUEST__INIT;
    struct buf text;
    buf_init(&text, 2 * call->method->max_bytes);
    enum err e = with_grounds(call, &text);
    if (e == ERR_OK) {
        request.request_id = call_borrow(message_text(call->request.message, "request_id").data);
        request.text = text.data;
        call_ask_message(call, ROLE_VAULT, METHOD_STAGE_TEXT, &request, on_staged);
    }
    saga_wipe(&text);
    if (e != ERR_OK)
        call_fail(call, e);
}

static void on_committed(struct call *call, struct text body)
{
    struct text_work *work = call->work;
    FAULT_POINT("front.committed");
    if (call_unpack(call, &stagematch__internal__v1__commit_with_text_response__descriptor, body, &work->committed))
        saga_go(call, STATE_FINALISE);
}

static void commit(struct call *call, struct text body)
{
    struct text_work *work = call->work;
    Stagematch__Internal__V1__CommitWithTextRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_WITH_TEXT_REQUEST__INIT;
    struct buf packed;
    (void)body;
    buf_init(&packed, call->method->max_bytes * 2);
    enum err e = message_pack_buf(call->request.message, &packed);
    if (e == ERR_OK) {
        request.method = call_borrow(call->method->path);
        request.request = (ProtobufCBinaryData){packed.length, (uint8_t *)packed.data};
        request.stage_id = (ProtobufCBinaryData){STAGE_ID_BYTES, work->stage_id};
        call_ask_message(call, ROLE_ENGINE, METHOD_COMMIT_WITH_TEXT, &request, on_committed);
    }
    buf_free(&packed);
    if (e != ERR_OK)
        call_fail(call, e);
}

/* What the engine sees has no text in it: the old one is wiped when it is replaced. */
static void enter_commit(struct call *call)
{
    enum err e = message_set_string(call->request.message, "text", text_of(""));
    if (e != ERR_OK)
        call_fail(call, e);
    else
        call_renew(call, commit);
}

static void on_finalised(struct call *call, struct text body)
{
    const struct text_work *work = call->work;
    const Stagematch__Internal__V1__CommitWithTextResponse *said =
        (const Stagematch__Internal__V1__CommitWithTextResponse *)work->committed.message;
    FAULT_POINT("front.finalised");
    (void)body;
    call_answer_packed(call, (struct text){(const char *)said->response.data, said->response.len});
}

static void enter_finalise(struct call *call)
{
    struct text_work *work = call->work;
    Stagematch__Internal__V1__FinaliseRequest request = STAGEMATCH__INTERNAL__V1__FINALISE_REQUEST__INIT;
    request.stage_id = (ProtobufCBinaryData){STAGE_ID_BYTES, work->stage_id};
    call_ask_message(call, ROLE_VAULT, METHOD_FINALISE, &request, on_finalised);
}

static void enter_plain(struct call *call)
{
    call_ask_message(call, ROLE_ENGINE, call->method->id, call->request.message, call_answer_packed);
}

static const struct saga_state with_text_states[STATE_COUNT] = {
    [STATE_STAGE] = {"stage", 1u << STATE_COMMIT, enter_stage},
    [STATE_COMMIT] = {"commit", 1u << STATE_FINALISE, enter_commit},
    [STATE_FINALISE] = {"finalise", 0, enter_finalise},
};

static const struct saga with_text = {"text", with_text_states, STATE_COUNT};

void saga_text_start(struct call *call)
{
    if (message_text(call->request.message, "text").length == 0) {
        enter_plain(call);
        return;
    }
    enum err e = mem_alloc(1, sizeof(struct text_work), &call->work);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    call->free_work = free_work;
    saga_begin(call, &with_text);
}
