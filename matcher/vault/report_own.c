/*
 * What the reporter does who comes back with the code: read, write more, give and withdraw consent.
 */
#include "vault/report_own.h"

#include "api/message.h"
#include "vault/methods.h"
#include "vault/report_saga.h"
#include "vault/throttle.h"

#include <string.h>

static const REFUSAL(refusal_come_back, STATUS_NOT_FOUND, "come_back_code_not_valid",
                     "Deze code klopt niet, of de melding is er niet meer. Kijk of je hem goed hebt overgenomen.",
                     "This code is not right, or the report is no longer there. Check whether you copied it well.");
static const REFUSAL(refusal_report_closed, STATUS_FAILED_PRECONDITION, "report_closed",
                     "Deze melding is gesloten. Je kunt een nieuwe melding doen.",
                     "This report is closed. You can make a new one.");

const struct refusal *const report_refusal_closed = &refusal_report_closed;

/* The report of this code; ERR_MISSING. */
static enum err find(struct edit *edit, const char *code, struct own_report *out)
{
    uint8_t hash[BLAKE_BYTES];
    struct buf id;
    buf_init(&id, ID_BYTES);
    report_code_hash(text_of(code), hash);
    enum err e = edit_get(edit, TABLE_REPORT_WAY, TEXT_OF(hash), &id);
    if (e == ERR_OK && id.length != ID_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK) {
        memcpy(out->id, id.data, ID_BYTES);
        e = report_read(edit, TEXT_OF(out->id), &out->row);
    }
    buf_free(&id);
    return e;
}

bool own_report_open(struct request *request, struct edit *edit, const char *code, struct own_report *out)
{
    struct vault *vault = request->vault;
    uint8_t peer[INDEX_BYTES];
    bool allowed = false;
    *out = (struct own_report){.row = NULL};
    keys_peer_index(vault->keys, text_of(request->incoming->call->peer), peer);
    edit_begin(edit, vault->image);
    enum err e = throttle_begin(vault, edit, THROTTLE_REPORT, peer, &allowed);
    if (e == ERR_OK && allowed) {
        e = find(edit, code, out);
        if (e == ERR_OK)
            e = report_open(vault, edit, TEXT_OF(out->id), out->row, &out->plain);
        if (e == ERR_MISSING) {
            own_report_free(out);
            request_commit_refuse(request, edit, &refusal_come_back);
            return false;
        }
        if (e == ERR_OK)
            e = throttle_undo(vault, edit, THROTTLE_REPORT, peer, false);
    }
    if (e == ERR_OK && allowed)
        return true;
    own_report_free(out);
    edit_abort(edit);
    if (e == ERR_OK)
        request_refuse(request, &refusal_too_many);
    else
        request_fail(request, e);
    return false;
}

void own_report_free(struct own_report *own)
{
    message_free(own->row);
    message_free_wiped(own->plain);
    *own = (struct own_report){.row = NULL};
}

void method_get_own_report(struct request *request)
{
    const Stagematch__V1__GetOwnReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetOwnReportRequest);
    Stagematch__V1__GetOwnReportResponse response = STAGEMATCH__V1__GET_OWN_REPORT_RESPONSE__INIT;
    Stagematch__V1__OwnReport view = STAGEMATCH__V1__OWN_REPORT__INIT;
    struct own_report own;
    struct report_shown shown;
    struct report_letters letters;
    struct edit edit;
    if (!own_report_open(request, &edit, message->come_back_code, &own))
        return;
    enum err e = report_letters_fill(&request->arena, own.plain, &letters);
    if (e == ERR_OK) {
        report_show(own.id, own.row, &shown);
        view.state = own.row->state;
        view.outcome = own.row->outcome;
        view.desk = own.row->desk;
        view.consent = &shown.consent;
        view.text = own.plain->text;
        view.n_messages = letters.message_count;
        view.messages = letters.messages;
        view.n_files = letters.file_count;
        view.files = letters.files;
        view.create_time = &shown.created;
        view.answer_by = &shown.answer_by;
        view.school = own.row->school;
        response.report = &view;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    own_report_free(&own);
}

void method_add_to_own_report(struct request *request)
{
    const Stagematch__V1__AddToOwnReportRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__AddToOwnReportRequest);
    Stagematch__V1__AddToOwnReportResponse response = STAGEMATCH__V1__ADD_TO_OWN_REPORT_RESPONSE__INIT;
    struct own_report own;
    struct edit edit;
    if (!message->text[0] || strlen(message->text) > REPORT_TEXT_BYTES_MAX) {
        request_refuse_field(request, message->text[0] ? &refusal_too_large : &refusal_missing_field, "text");
        return;
    }
    if (!own_report_open(request, &edit, message->come_back_code, &own))
        return;
    enum err e = own.row->state == REPORT_STATE(CLOSED)
                     ? ERR_USAGE
                     : report_add_letter(request->vault, own.plain, message->text, NULL);
    if (e == ERR_OK)
        e = report_seal(request->vault, &edit, TEXT_OF(own.id), own.plain, own.row);
    if (e == ERR_OK) {
        if (!own.row->waits_for_school)
            report_tell(request->vault, &edit, "task", own.row->school, own.row->desk);
        own.row->waits_for_school = true;
        report_write(request->vault, &edit, own.id, own.row);
        report_audit(request->vault, &edit, "report_added_to", TEXT_OF(own.id), NULL);
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        if (e == ERR_USAGE)
            request_refuse(request, &refusal_report_closed);
        else
            request_fail(request, e);
    }
    own_report_free(&own);
}

void method_set_own_report_consent(struct request *request)
{
    const Stagematch__V1__SetOwnReportConsentRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__SetOwnReportConsentRequest);
    ReportChange change = STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__INIT;
    const Stagematch__V1__ReportConsent *consent = message->consent;
    struct own_report own;
    struct edit edit;
    if (!consent) {
        request_refuse_field(request, &refusal_missing_field, "consent");
        return;
    }
    if (report_saga_resume(request, "report_consent", message->request_id) ||
        !own_report_open(request, &edit, message->come_back_code, &own))
        return;
    if (own.row->state == REPORT_STATE(CLOSED)) {
        edit_abort(&edit);
        request_refuse(request, &refusal_report_closed);
    } else {
        change.kind = REPORT_CHANGE(CONSENT);
        change.case_consent = consent->open_case;
        change.hand_over_consent = consent->hand_over || consent->open_case;
        change.identity_consent = consent->name_to_company;
        report_saga_begin(request, &edit, "report_consent", message->request_id, own.id, &change);
    }
    own_report_free(&own);
}

enum err report_letters_fill(struct arena *arena, const ReportPlain *plain, struct report_letters *out)
{
    Stagematch__V1__ReportMessage *messages;
    Google__Protobuf__Timestamp *times;
    Stagematch__V1__ReportFile *files;
    char(*ids)[ID_HEX_BYTES];
    *out = (struct report_letters){.message_count = plain->n_letters};
    enum err e = arena_alloc(arena, plain->n_letters + 1, sizeof *messages, &messages);
    if (e == ERR_OK)
        e = arena_alloc(arena, plain->n_letters + 1, sizeof *times, &times);
    if (e == ERR_OK)
        e = arena_alloc(arena, plain->n_letters + 1, sizeof(void *), &out->messages);
    if (e == ERR_OK)
        e = arena_alloc(arena, plain->n_files + 1, sizeof *files, &files);
    if (e == ERR_OK)
        e = arena_alloc(arena, plain->n_files + 1, sizeof *ids, &ids);
    if (e == ERR_OK)
        e = arena_alloc(arena, plain->n_files + 1, sizeof(void *), &out->files);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < plain->n_letters; i++) {
        stagematch__v1__report_message__init(&messages[i]);
        report_time(plain->letters[i]->time_ms, &times[i]);
        messages[i].from_reporter = plain->letters[i]->from_reporter;
        messages[i].text = plain->letters[i]->text;
        messages[i].time = &times[i];
        out->messages[i] = &messages[i];
    }
    for (size_t i = 0; i < plain->n_files; i++) {
        if (!plain->files[i]->complete)
            continue;
        report_file_show(plain->files[i], ids[i], &files[i]);
        out->files[out->file_count++] = &files[i];
    }
    return ERR_OK;
}

void report_file_show(const Stagematch__Internal__V1__ReportFilePlain *file, char id[ID_HEX_BYTES],
                      Stagematch__V1__ReportFile *out)
{
    stagematch__v1__report_file__init(out);
    id_format_bytes(file->file_id, id);
    out->file_id = id;
    out->name = file->name;
    out->type = file->type;
    out->size_bytes = file->size_bytes;
    out->part_count = file->part_count;
}
