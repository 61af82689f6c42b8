/*
 * Erasing a student: the engine lets go of everything first; then the key, the rows, the account.
 */
#include "api/message.h"
#include "vault/audit.h"
#include "vault/led.h"
#include "vault/methods.h"
#include "vault/persons.h"
#include "vault/report_sweep.h"

#include <string.h>

#include "stagematch/v1/student.pb-c.h"

static enum err erasure_ask(struct vault *vault, const uint8_t stage_id[ID_BYTES], const StageRow *row,
                            const struct caller *caller, channel_answer_cb *answer, void *context)
{
    Stagematch__Internal__V1__CommitErasureRequest message = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    message.request_id = row->request_id;
    message.student_ref = row->student_ref;
    message.stage_id = binary_of(bytes_of(stage_id, ID_BYTES));
    return engine_call(vault, METHOD_COMMIT_ERASURE, &message, caller, answer, context);
}

static enum err erasure_finish(struct vault *vault, struct edit *edit, const StageRow *row, const void *answer,
                               const void **response)
{
    static Stagematch__V1__EraseStudentResponse message;
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    PersonRow *person = NULL;
    ProtobufCBinaryData reference = row->student_ref;
    (void)answer;
    stagematch__v1__erase_student_response__init(&message);
    *response = &message;
    enum err e = person_read(edit, binary_text(&row->person), &person);
    if (e == ERR_MISSING)
        return ERR_OK; /* done before */
    if (e == ERR_OK)
        e = reports_forget_person(vault, edit, person);
    if (e == ERR_OK)
        e = person_erase(vault, edit, binary_text(&row->person), person);
    if (e == ERR_OK) {
        payload.actor = row->account_id;
        payload.actor_role = row->role;
        payload.school = person->school;
        payload.n_student_refs = 1;
        payload.student_refs = &reference;
        audit_put(vault, edit, "student_erased", binary_text(&reference), NULL, &payload);
        vault->numbers.erasures++;
    }
    message_free(person);
    return e;
}

enum err erasure_drop(struct edit *edit, const StageRow *row)
{
    PersonRow *person;
    enum err e = person_read(edit, binary_text(&row->person), &person);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    person->erasing = false;
    edit_put_message(edit, TABLE_PERSON, binary_text(&row->person), person);
    message_free(person);
    return ERR_OK;
}

static const struct led_saga erasure_saga = {METHOD_COMMIT_ERASURE, erasure_ask, erasure_finish, erasure_drop};

void erasure_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request)
{
    led_run(&erasure_saga, vault, stage_id, request);
}

void method_erase_student(struct request *request)
{
    const Stagematch__V1__EraseStudentRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__EraseStudentRequest);
    uint8_t key[INDEX_BYTES];
    PersonRow *person = NULL;
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    enum err e = person_of_stagevraag(&edit, message->stagevraag_id, key, &person);
    if (e == ERR_OK && !caller_has(&request->caller, person->school))
        e = ERR_MISSING;
    if (e == ERR_OK && person->staged_count)
        e = ERR_IO; /* an import that names this student is under way */
    if (e != ERR_OK) {
        edit_abort(&edit);
        message_free(person);
        request_fail(request, e);
        return;
    }
    person->erasing = true;
    edit_put_message(&edit, TABLE_PERSON, TEXT_OF(key), person);
    struct led_plan plan = {
        .saga = &erasure_saga,
        .kind = STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_ERASURE,
        .use = "erasure",
        .request_id = message->request_id,
        .person = TEXT_OF(key),
        .student_ref = binary_text(&person->student_ref),
    };
    led_begin(&plan, request, &edit);
    message_free(person);
}
