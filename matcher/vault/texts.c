/*
 * Texts that go with a decision: staged under a key of their own, filed under the student's (or the school's) once the engine
 * said what they are about.
 */
#include "vault/texts.h"
#include "api/message.h"
#include "base/fault.h"
#include "base/log.h"
#include "vault/accounts.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/persons.h"
#include "vault/stages.h"
#include "vault/text_check.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 16 << 10, KIND_BYTES_MAX = 32, PROPOSAL_BYTES_MAX = 64 };

static enum err stage_text_key(struct vault *vault, struct edit *edit, struct text id, struct secret_key *out)
{
    struct secret_key stages;
    struct buf wrapped;
    buf_init(&wrapped, ROW_BYTES_MAX);
    keys_derive(vault->keys, KEY_STAGES, &stages);
    enum err e = edit_get(edit, TABLE_STAGE_KEY, id, &wrapped);
    if (e == ERR_OK)
        e = keys_unwrap(&stages, "stage_key", id, buf_text(&wrapped), out);
    key_wipe(&stages);
    buf_free(&wrapped);
    return e;
}

static enum err seal_staged(struct vault *vault, struct edit *edit, struct text id, const char *text, StageRow *row)
{
    struct secret_key stages, key;
    struct buf wrapped, sealed;
    buf_init(&wrapped, ROW_BYTES_MAX);
    buf_init(&sealed, ROW_BYTES_MAX);
    keys_derive(vault->keys, KEY_STAGES, &stages);
    keys_draw(vault->keys, &key);
    enum err e = keys_wrap(vault->keys, &stages, "stage_key", id, &key, &wrapped);
    if (e == ERR_OK)
        e = keys_seal(vault->keys, &key, "staged_text", id, text_of(text), &sealed);
    if (e == ERR_OK)
        e = message_assign_bytes(&row->sealed_text, buf_text(&sealed));
    if (e == ERR_OK)
        edit_put(edit, TABLE_STAGE_KEY, id, buf_text(&wrapped));
    key_wipe(&stages);
    key_wipe(&key);
    buf_free(&wrapped);
    buf_free(&sealed);
    return e;
}

static enum err new_text_stage(struct request *request, struct edit *edit, const uint8_t base[ID_BYTES],
                               const uint8_t id[ID_BYTES], struct text digest, const char *text)
{
    StageRow *row;
    enum err e = message_new(&stagematch__internal__v1__stage_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    row->kind = STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_TEXT;
    e = message_assign_bytes(&row->account_id, TEXT_OF(request->caller.account_id));
    if (e == ERR_OK)
        e = message_assign_bytes(&row->base_id, bytes_of(base, ID_BYTES));
    if (e == ERR_OK)
        e = message_append_bytes(&row->n_digests, &row->digests, digest);
    if (e == ERR_OK)
        e = text_check_facts(request->vault->text_check, text_of(text), &row->text_facts);
    if (e == ERR_OK)
        e = seal_staged(request->vault, edit, bytes_of(id, ID_BYTES), text, row);
    if (e == ERR_OK)
        stage_write(request->vault, edit, id, row);
    message_free(row);
    return e;
}

void method_stage_text(struct request *request)
{
    const Stagematch__Internal__V1__StageTextRequest *message =
        REQUEST_MESSAGE(request, Stagematch__Internal__V1__StageTextRequest);
    Stagematch__Internal__V1__StageTextResponse response = STAGEMATCH__INTERNAL__V1__STAGE_TEXT_RESPONSE__INIT;
    uint8_t base[ID_BYTES], id[ID_BYTES], digest[BLAKE_BYTES];
    StageRow *row = NULL;
    struct edit edit;
    bool fits = false;
    if (!message->request_id[0] || !message->text[0] || strlen(message->text) > TEXT_BYTES_MAX) {
        request_refuse_field(request,
                             !message->request_id[0] ? &refusal_request_id
                             : message->text[0]      ? &refusal_too_large
                                                     : &refusal_missing_field,
                             message->request_id[0] ? "text" : "request_id");
        return;
    }
    hash_of_text(binary_text(&request->incoming->call->body), digest);
    edit_begin(&edit, request->vault->image);
    enum err e = stage_id_of(request->vault, &edit, &request->caller, "text", message->request_id, base, id);
    if (e == ERR_OK)
        e = stage_read(&edit, TEXT_OF(id), &row);
    bool is_new = e == ERR_MISSING;
    if (is_new)
        e = ERR_OK;
    if (e == ERR_OK)
        e = stage_digest_fits(&edit, vault_now_ms(request->vault), base, row, 0, TEXT_OF(digest), &fits);
    if (e == ERR_OK && fits && is_new)
        e = new_text_stage(request, &edit, base, id, TEXT_OF(digest), message->text);
    if (e == ERR_OK && fits) {
        response.stage_id = binary_of(TEXT_OF(id));
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        if (e == ERR_OK)
            request_refuse_field(request, &refusal_request_reused, "request_id");
        else
            request_fail(request, e);
    }
    message_free(row);
}

enum err text_key(struct text proposal_id, const char *kind, struct buf *out)
{
    buf_put_text(out, proposal_id);
    buf_put_char(out, '\0');
    buf_put_string(out, kind);
    return buf_error(out);
}

/* The student's key where it is about one who is there; otherwise the school's. */
static enum err filing_key(struct vault *vault, struct edit *edit, const char *school, struct text student_ref,
                           struct secret_key *out)
{
    return student_ref.length ? person_key(vault, edit, school, student_ref, out)
                              : school_key(vault, edit, school, out);
}

/* Tells the person's row of it, so that an erasure finds it. */
static enum err note_text(struct edit *edit, struct text student_ref, struct text key)
{
    uint8_t person[INDEX_BYTES];
    PersonRow *row;
    enum err e = person_of_reference(edit, student_ref, person, &row);
    if (e != ERR_OK)
        return e;
    bool known = false;
    for (size_t i = 0; i < row->n_text_keys; i++)
        known = known || text_equal(binary_text(&row->text_keys[i]), key);
    if (!known)
        e = message_append_bytes(&row->n_text_keys, &row->text_keys, key);
    if (e == ERR_OK)
        edit_put_message(edit, TABLE_PERSON, TEXT_OF(person), row);
    message_free(row);
    return e;
}

static enum err file_text(struct vault *vault, struct edit *edit,
                          const Stagematch__Internal__V1__TextSubject *subject, struct text key, struct text plain)
{
    Stagematch__Internal__V1__TextRow row = STAGEMATCH__INTERNAL__V1__TEXT_ROW__INIT;
    struct secret_key secret;
    struct buf sealed;
    struct text student_ref = binary_text(&subject->student_ref);
    enum err e = student_ref.length ? note_text(edit, student_ref, key) : ERR_OK;
    if (e == ERR_OK)
        e = filing_key(vault, edit, subject->school, student_ref, &secret);
    if (e != ERR_OK)
        return e;
    buf_init(&sealed, ROW_BYTES_MAX);
    e = keys_seal(vault->keys, &secret, "text", key, plain, &sealed);
    if (e == ERR_OK) {
        row.proposal_id = subject->proposal_id;
        row.kind = subject->kind;
        row.school = subject->school;
        row.student_ref = subject->student_ref;
        row.sealed_text = binary_of(buf_text(&sealed));
        edit_put_message(edit, TABLE_TEXT, key, &row);
    }
    key_wipe(&secret);
    buf_free(&sealed);
    return e;
}

/* What no school entered is nobody's: its text is for the school that looks after the company's contact who wrote it. */
static enum err school_of_writer(struct edit *edit, const StageRow *row, char school[SCHOOL_BYTES_MAX + 1])
{
    AccountRow *account;
    enum err e = account_read(edit, binary_text(&row->account_id), &account);
    if (e != ERR_OK)
        return e;
    if (account->n_managed_by && strlen(account->managed_by[0]) <= SCHOOL_BYTES_MAX)
        memcpy(school, account->managed_by[0], strlen(account->managed_by[0]) + 1);
    message_free(account);
    return ERR_OK;
}

static bool subject_fits(const Stagematch__Internal__V1__TextSubject *subject)
{
    return text_is_code(text_of(subject->kind), KIND_BYTES_MAX) &&
           text_is_code(text_of(subject->school), SCHOOL_BYTES_MAX) && subject->proposal_id.len <= PROPOSAL_BYTES_MAX;
}

enum err stage_text_finish(struct vault *vault, struct edit *edit, const uint8_t stage_id[ID_BYTES],
                           const StageRow *row, const Stagematch__Internal__V1__TextSubject *subject)
{
    Stagematch__Internal__V1__TextSubject about = STAGEMATCH__INTERNAL__V1__TEXT_SUBJECT__INIT;
    char school[SCHOOL_BYTES_MAX + 1] = "";
    struct secret_key key;
    struct buf plain, name;
    struct text id = bytes_of(stage_id, ID_BYTES);
    enum err e = ERR_OK;
    if (subject)
        about = *subject;
    if (subject && !about.school[0]) {
        e = school_of_writer(edit, row, school);
        about.school = school;
    }
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (!subject_fits(&about)) {
        LOG(LOG_ERROR, "text_without_subject", LOG_NUMBER("kind", row->kind));
        return ERR_OK; /* nobody could ever read it: it goes */
    }
    buf_init(&plain, ROW_BYTES_MAX);
    buf_init(&name, ROW_BYTES_MAX);
    e = stage_text_key(vault, edit, id, &key);
    if (e == ERR_OK) {
        e = keys_open(&key, "staged_text", id, binary_text(&row->sealed_text), &plain);
        key_wipe(&key);
    }
    if (e == ERR_OK)
        e = text_key(about.proposal_id.len ? binary_text(&about.proposal_id) : id, about.kind, &name);
    if (e == ERR_OK)
        e = file_text(vault, edit, &about, buf_text(&name), buf_text(&plain));
    buf_wipe(&plain);
    buf_free(&name);
    if (e == ERR_MISSING) {
        LOG(LOG_WARN, "text_of_nobody", LOG_NUMBER("kind", row->kind)); /* the student was erased meanwhile */
        return ERR_OK;
    }
    return e;
}

void stage_text_drop(struct edit *edit, const uint8_t stage_id[ID_BYTES])
{
    edit_delete(edit, TABLE_STAGE_KEY, bytes_of(stage_id, ID_BYTES));
}

enum err text_read(struct vault *vault, struct edit *edit, struct text proposal_id, const char *kind,
                   Stagematch__Internal__V1__TextRow **row_out, struct buf *plain)
{
    Stagematch__Internal__V1__TextRow *row = NULL;
    struct secret_key key;
    struct buf name;
    buf_init(&name, ROW_BYTES_MAX);
    enum err e = text_key(proposal_id, kind, &name);
    if (e == ERR_OK)
        e = edit_get_message(edit, TABLE_TEXT, buf_text(&name), &stagematch__internal__v1__text_row__descriptor,
                             &row);
    if (e == ERR_OK)
        e = filing_key(vault, edit, row->school, binary_text(&row->student_ref), &key);
    if (e == ERR_OK) {
        e = keys_open(&key, "text", buf_text(&name), binary_text(&row->sealed_text), plain);
        key_wipe(&key);
    }
    /* As a C string, for the message that shows it. */
    if (e == ERR_OK)
        e = buf_reserve_secret(plain, 1);
    if (e == ERR_OK)
        plain->data[plain->length] = '\0';
    buf_free(&name);
    if (e == ERR_OK)
        *row_out = row;
    else
        message_free(row);
    return e;
}

/* A reason is the school's to read; an introduction also the student's. */
static bool may_read(const struct caller *caller, const Stagematch__Internal__V1__TextRow *row)
{
    char reference[ID_HEX_BYTES];
    bool introduction = strcmp(row->kind, "introduction") == 0;
    bool of_case = strncmp(row->kind, "case.", strlen("case.")) == 0;
    if (of_case) /* case_texts.c asks the engine */
        return false;
    switch ((Stagematch__V1__Role)caller->role) {
    case STAGEMATCH__V1__ROLE__ROLE_COORDINATOR:
        return caller_has(caller, row->school);
    case STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON:
    case STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR:
        return !introduction && caller_has(caller, row->school);
    case STAGEMATCH__V1__ROLE__ROLE_STUDENT:
        if (!introduction || row->student_ref.len != ID_BYTES)
            return false;
        id_format(row->student_ref.data, reference);
        return caller_has(caller, reference);
    case STAGEMATCH__V1__ROLE__ROLE_COMPANY: /* gets the introduction with the released identity */
    case STAGEMATCH__V1__ROLE__ROLE_OPERATOR:
    case STAGEMATCH__V1__ROLE__ROLE_UNSPECIFIED:
    case _STAGEMATCH__V1__ROLE_IS_INT_SIZE:
        break;
    }
    return false;
}

void method_get_text(struct request *request)
{
    const Stagematch__V1__GetTextRequest *message = REQUEST_MESSAGE(request, Stagematch__V1__GetTextRequest);
    Stagematch__V1__GetTextResponse response = STAGEMATCH__V1__GET_TEXT_RESPONSE__INIT;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    Stagematch__Internal__V1__TextRow *row = NULL;
    uint8_t id[ID_BYTES];
    struct buf plain;
    struct edit edit;
    buf_init(&plain, ROW_BYTES_MAX);
    edit_begin(&edit, request->vault->image);
    enum err e = id_parse(message->proposal_id, id) == ERR_OK && text_is_code(text_of(message->kind), KIND_BYTES_MAX)
                     ? ERR_OK
                     : ERR_MISSING;
    if (e == ERR_OK)
        e = text_read(request->vault, &edit, TEXT_OF(id), message->kind, &row, &plain);
    if (e == ERR_OK && !may_read(&request->caller, row))
        e = ERR_MISSING;
    if (e == ERR_OK) {
        payload.school = row->school;
        payload.proposal_id = row->proposal_id;
        payload.code = row->kind;
        payload.n_student_refs = row->student_ref.len ? 1 : 0;
        payload.student_refs = &row->student_ref;
        audit_put(request->vault, &edit, "text_read", TEXT_OF(id), &request->caller, &payload);
        request->vault->numbers.texts_read++;
        response.text = plain.data;
        request_commit(request, &edit, &response);
    } else {
        edit_abort(&edit);
        request_fail(request, e);
    }
    message_free(row);
    buf_wipe(&plain);
}
