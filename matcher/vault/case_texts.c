/*
 * Texts of a case: who may read one is the engine's to say, which knows the case; the vault asks it with the caller's own assertion, opens
 * the text and writes down that it was read. Texts with a decision begin with a line of grounds, which are kept nowhere else.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/texts.h"

#include <stdio.h>
#include <string.h>

enum { GROUNDS_MAX = 20, KIND_BYTES = 32 };

typedef Stagematch__Internal__V1__CheckCaseTextResponse Check;

/* Takes the line of grounds off the text, as pieces of it. */
static void split_grounds(char *text, Stagematch__V1__GetCaseTextResponse *response, char *grounds[GROUNDS_MAX])
{
    char *end = strchr(text, '\n');
    response->text = text;
    if (!end)
        return;
    *end = '\0';
    response->text = end + 1;
    response->grounds = grounds;
    for (char *at = text; *at && response->n_grounds < GROUNDS_MAX;) {
        char *bar = strchr(at, '|');
        grounds[response->n_grounds++] = at;
        if (!bar)
            break;
        *bar = '\0';
        at = bar + 1;
    }
}

static void audit_reading(struct request *request, struct edit *edit, const uint8_t id[ID_BYTES], const char *kind,
                          Stagematch__Internal__V1__TextRow *row)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    payload.school = row->school;
    payload.proposal_id = row->proposal_id;
    payload.code = message_borrow(kind);
    audit_put(request->vault, edit, "text_read", bytes_of(id, ID_BYTES), &request->caller, &payload);
    request->vault->numbers.texts_read++;
}

/* Answers the request when ERR_OK. What the engine says of the case must be what the text was filed under. */
static enum err read_text(struct request *request, struct edit *edit, const Check *check)
{
    const Stagematch__V1__GetCaseTextRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__GetCaseTextRequest);
    Stagematch__V1__GetCaseTextResponse response = STAGEMATCH__V1__GET_CASE_TEXT_RESPONSE__INIT;
    Stagematch__Internal__V1__TextRow *row = NULL;
    char kind[KIND_BYTES], *grounds[GROUNDS_MAX];
    uint8_t id[ID_BYTES];
    struct buf plain;
    if (id_parse(message->case_id, id) != ERR_OK)
        return ERR_MISSING;
    (void)snprintf(kind, sizeof kind, "case.%u", message->step);
    buf_init(&plain, ROW_BYTES_MAX);
    enum err e = text_read(request->vault, edit, TEXT_OF(id), kind, &row, &plain);
    if (e == ERR_OK && strcmp(row->school, check->school) != 0)
        e = ERR_MISSING;
    if (e == ERR_OK) {
        response.text = plain.data;
        if (check->has_grounds)
            split_grounds(plain.data, &response, grounds);
        audit_reading(request, edit, id, kind, row);
        request_commit(request, edit, &response);
    }
    message_free(row);
    buf_wipe(&plain);
    return e;
}

static void text_checked(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct request *request = context;
    struct pbguard_message answer = {0};
    struct edit edit;
    if (status.refusal || !reply || channel_reply_code(reply) != STATUS_OK) {
        request_relay(request, status, reply);
        return;
    }
    enum err e = engine_answer(METHOD_CHECK_CASE_TEXT, reply, &answer);
    const Check *check = (const Check *)(const void *)answer.message;
    if (e == ERR_OK && !check->may_read)
        e = ERR_MISSING;
    edit_begin(&edit, request->vault->image);
    if (e == ERR_OK)
        e = read_text(request, &edit, check);
    if (e != ERR_OK) {
        edit_abort(&edit);
        request_fail(request, e);
    }
    pbguard_free(&answer);
}

void method_get_case_text(struct request *request)
{
    const Stagematch__V1__GetCaseTextRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__GetCaseTextRequest);
    Stagematch__Internal__V1__CheckCaseTextRequest check = STAGEMATCH__INTERNAL__V1__CHECK_CASE_TEXT_REQUEST__INIT;
    check.case_id = message->case_id;
    check.step = message->step;
    enum err e = engine_call(request->vault, METHOD_CHECK_CASE_TEXT, &check, &request->caller, text_checked, request);
    if (e != ERR_OK)
        request_fail(request, e);
}
