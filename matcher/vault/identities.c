/*
 * Reading who somebody is: a coördinator those of the own schools, a company whom it holds a grant for, where the student's school
 * has checked the contact who asks.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/methods.h"
#include "vault/persons.h"
#include "vault/stages.h"
#include "vault/texts.h"

#include <sodium.h>
#include <string.h>

enum { IDENTITIES_MAX = 1000, LABEL_BYTES_MAX = 128, READING_BYTES_MAX = 1 << 20 };

/* What one call reads; rows live until its answer is packed. */
struct reading {
    struct request *request;
    struct edit edit;
    struct arena arena;
    size_t count;
    Stagematch__Internal__V1__IdentityPlain **plains;
    Stagematch__V1__StudentIdentity *students, **pointers;
    ProtobufCBinaryData *references;
};

static enum err reading_alloc(struct reading *reading, size_t count)
{
    enum err e = arena_alloc(&reading->arena, count, sizeof(void *), &reading->plains);
    if (e == ERR_OK)
        e = arena_alloc(&reading->arena, count, sizeof *reading->students, &reading->students);
    if (e == ERR_OK)
        e = arena_alloc(&reading->arena, count, sizeof(void *), &reading->pointers);
    if (e == ERR_OK)
        e = arena_alloc(&reading->arena, count, sizeof *reading->references, &reading->references);
    return e;
}

/* Adds one; what is not the caller's, not there, or not finalised is left out. */
static enum err read_one(struct reading *reading, const char *stagevraag_id)
{
    uint8_t key[INDEX_BYTES];
    PersonRow *person;
    const char *reference;
    size_t at = reading->count;
    enum err e = person_of_stagevraag(&reading->edit, stagevraag_id, key, &person);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    e = caller_has(&reading->request->caller, person->school)
            ? person_identity(reading->request->vault, &reading->edit, person, &reading->plains[at])
            : ERR_MISSING;
    if (e == ERR_OK)
        e = arena_dup(&reading->arena, (const char *)person->student_ref.data, person->student_ref.len, &reference);
    if (e == ERR_OK) {
        Stagematch__V1__StudentIdentity *student = &reading->students[at];
        stagematch__v1__student_identity__init(student);
        student->stagevraag_id = (char *)(uintptr_t)stagevraag_id;
        student->school = reading->plains[at]->school;
        student->student_number = reading->plains[at]->student_number;
        student->identity = reading->plains[at]->identity;
        reading->references[at] = binary_of((struct text){reference, person->student_ref.len});
        reading->pointers[at] = student;
        reading->count++;
    }
    message_free(person);
    return e == ERR_MISSING ? ERR_OK : e;
}

static void audit_reading(struct reading *reading)
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    struct request *request = reading->request;
    if (!reading->count)
        return;
    payload.n_student_refs = reading->count;
    payload.student_refs = reading->references;
    audit_put(request->vault, &reading->edit, "identities_read", TEXT_OF(request->caller.account_id),
              &request->caller, &payload);
    request->vault->numbers.identities_read += reading->count;
}

void method_get_identities(struct request *request)
{
    const Stagematch__V1__GetIdentitiesRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetIdentitiesRequest);
    Stagematch__V1__GetIdentitiesResponse response = STAGEMATCH__V1__GET_IDENTITIES_RESPONSE__INIT;
    struct reading reading = {.request = request};
    if (message->n_stagevraag_ids < 1 || message->n_stagevraag_ids > IDENTITIES_MAX) {
        request_refuse_field(request, &refusal_bad_value, "stagevraag_ids");
        return;
    }
    arena_init(&reading.arena, READING_BYTES_MAX);
    edit_begin(&reading.edit, request->vault->image);
    enum err e = reading_alloc(&reading, message->n_stagevraag_ids);
    for (size_t i = 0; i < message->n_stagevraag_ids && e == ERR_OK; i++)
        e = read_one(&reading, message->stagevraag_ids[i]);
    if (e == ERR_OK) {
        response.n_students = reading.count;
        response.students = reading.pointers;
        audit_reading(&reading);
        request_commit(request, &reading.edit, &response);
    } else {
        edit_abort(&reading.edit);
        request_fail(request, e);
    }
    for (size_t i = 0; reading.plains && i < reading.count; i++)
        message_free_wiped(reading.plains[i]);
    arena_free(&reading.arena);
}

/* The grant of this candidate, where it is one of the caller's that has not ended. */
static enum err read_grant(struct request *request, struct edit *edit, const char *candidate,
                           Stagematch__Internal__V1__GrantRow **out)
{
    Stagematch__Internal__V1__GrantRow *row;
    if (!candidate[0] || strlen(candidate) > LABEL_BYTES_MAX)
        return ERR_MISSING;
    enum err e = edit_get_message(edit, TABLE_GRANT, text_of(candidate),
                                  &stagematch__internal__v1__grant_row__descriptor, &row);
    if (e != ERR_OK)
        return e;
    if (!caller_has(&request->caller, row->leerbedrijf) || !caller_is_checked_by(&request->caller, row->school) ||
        row->expire_ms <= vault_now_ms(request->vault)) {
        message_free(row);
        return ERR_MISSING;
    }
    *out = row;
    return ERR_OK;
}

/* Name, e-mail and phone: what the grant covers, and nothing else of the person. */
static void show_granted(const Stagematch__V1__Identity *identity, Stagematch__V1__Identity *out)
{
    stagematch__v1__identity__init(out);
    out->first_name = identity->first_name;
    out->infix = identity->infix;
    out->last_name = identity->last_name;
    out->email = identity->email;
    out->phone = identity->phone;
}

static enum err answer_granted(struct request *request, struct edit *edit, Stagematch__Internal__V1__GrantRow *grant,
                               const Stagematch__Internal__V1__IdentityPlain *plain, const char *introduction)
{
    Stagematch__V1__GetCandidateIdentityResponse response = STAGEMATCH__V1__GET_CANDIDATE_IDENTITY_RESPONSE__INIT;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    Stagematch__V1__Identity shown;
    if (!plain->identity)
        return ERR_MISSING;
    show_granted(plain->identity, &shown);
    response.identity = &shown;
    response.introduction = (char *)(uintptr_t)introduction;
    payload.school = grant->school;
    payload.leerbedrijf = grant->leerbedrijf;
    payload.proposal_id = grant->proposal_id;
    payload.n_student_refs = 1;
    payload.student_refs = &grant->student_ref;
    payload.code = (char *)(uintptr_t)(introduction[0] ? "introduction" : "identity");
    audit_put(request->vault, edit, "candidate_read", binary_text(&grant->proposal_id), &request->caller, &payload);
    request->vault->numbers.identities_read++;
    request_commit(request, edit, &response);
    return ERR_OK;
}

/* Everything is read again after the engine answered: an erasure may have come between. Answers the request when ERR_OK. */
static enum err read_granted(struct request *request, struct edit *edit, bool introduction_agreed)
{
    const Stagematch__V1__GetCandidateIdentityRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetCandidateIdentityRequest);
    Stagematch__Internal__V1__GrantRow *grant;
    Stagematch__Internal__V1__IdentityPlain *plain = NULL;
    Stagematch__Internal__V1__TextRow *text = NULL;
    PersonRow *person = NULL;
    uint8_t key[INDEX_BYTES];
    struct buf introduction;
    enum err e = read_grant(request, edit, message->candidate, &grant);
    if (e != ERR_OK)
        return e;
    buf_init(&introduction, ROW_BYTES_MAX);
    e = person_of_reference(edit, binary_text(&grant->student_ref), key, &person);
    if (e == ERR_OK)
        e = person_identity(request->vault, edit, person, &plain);
    if (e == ERR_OK && introduction_agreed) {
        e = text_read(request->vault, edit, binary_text(&grant->proposal_id), "introduction", &text, &introduction);
        e = e == ERR_MISSING ? ERR_OK : e;
    }
    if (e == ERR_OK)
        e = answer_granted(request, edit, grant, plain, text ? introduction.data : "");
    message_free_wiped(plain);
    message_free(person);
    message_free(text);
    message_free(grant);
    buf_wipe(&introduction);
    return e;
}

static void grant_checked(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct request *request = context;
    struct pbguard_message answer = {0};
    struct edit edit;
    if (status.refusal || !reply || channel_reply_code(reply) != STATUS_OK) {
        request_relay(request, status, reply);
        return;
    }
    enum err e = engine_answer(METHOD_CHECK_GRANT, reply, &answer);
    const Stagematch__Internal__V1__CheckGrantResponse *check =
        (const Stagematch__Internal__V1__CheckGrantResponse *)(const void *)answer.message;
    if (e == ERR_OK && !check->granted)
        e = ERR_MISSING;
    edit_begin(&edit, request->vault->image);
    if (e == ERR_OK)
        e = read_granted(request, &edit, check->introduction_agreed);
    if (e != ERR_OK) {
        edit_abort(&edit);
        request_fail(request, e);
    }
    pbguard_free(&answer);
}

void method_get_candidate_identity(struct request *request)
{
    const Stagematch__V1__GetCandidateIdentityRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__GetCandidateIdentityRequest);
    Stagematch__Internal__V1__CheckGrantRequest check = STAGEMATCH__INTERNAL__V1__CHECK_GRANT_REQUEST__INIT;
    Stagematch__Internal__V1__GrantRow *grant = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = read_grant(request, &edit, message->candidate, &grant);
    edit_abort(&edit);
    if (e == ERR_OK) {
        check.candidate = message->candidate;
        check.leerbedrijf = grant->leerbedrijf;
        e = engine_call(request->vault, METHOD_CHECK_GRANT, &check, &request->caller, grant_checked, request);
    }
    message_free(grant);
    if (e != ERR_OK)
        request_fail(request, e);
}
