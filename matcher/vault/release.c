/*
 * Releasing an identity: the vault checked the coördinator's own token, asks the engine itself, and writes the grant.
 */
#include "api/message.h"
#include "base/fault.h"
#include "base/log.h"
#include "vault/audit.h"
#include "vault/led.h"
#include "vault/methods.h"
#include "vault/persons.h"

#include <string.h>

#include "stagematch/v1/proposal.pb-c.h"

static const int64_t grant_days = 400; /* no stage is longer; the engine is asked at every read anyway */

static const char *const granted_fields[] = {"name", "email", "phone"};

/* The coördinator whose token began this has the school of the student, whatever the engine thinks whose it is. */
static bool school_releases(const StageRow *row, const PersonRow *person, const Stagematch__V1__Proposal *proposal)
{
    bool in_scope = false;
    for (size_t i = 0; i < row->n_scope; i++)
        in_scope = in_scope || strcmp(row->scope[i], person->school) == 0;
    return in_scope && strcmp(person->school, proposal->school) == 0;
}

static enum err write_grant(struct vault *vault, struct edit *edit, const StageRow *row,
                            const Stagematch__V1__Proposal *proposal, const uint8_t proposal_id[ID_BYTES],
                            const uint8_t student_ref[ID_BYTES])
{
    Stagematch__Internal__V1__GrantRow grant = STAGEMATCH__INTERNAL__V1__GRANT_ROW__INIT;
    uint8_t key[INDEX_BYTES];
    PersonRow *person;
    enum err e = person_of_reference(edit, bytes_of(student_ref, ID_BYTES), key, &person);
    if (e != ERR_OK)
        return e;
    if (!school_releases(row, person, proposal)) {
        message_free(person);
        return ERR_MISSING;
    }
    grant.proposal_id = binary_of(bytes_of(proposal_id, ID_BYTES));
    grant.leerbedrijf = proposal->leerbedrijf;
    grant.student_ref = binary_of(bytes_of(student_ref, ID_BYTES));
    grant.school = person->school;
    grant.create_ms = vault_now_ms(vault);
    grant.expire_ms = grant.create_ms + grant_days * MS_PER_DAY;
    grant.n_fields = sizeof granted_fields / sizeof granted_fields[0];
    grant.fields = (char **)(uintptr_t)granted_fields;
    edit_put_message(edit, TABLE_GRANT, text_of(proposal->candidate), &grant);
    bool known = false;
    for (size_t i = 0; i < person->n_candidates; i++)
        known = known || strcmp(person->candidates[i], proposal->candidate) == 0;
    if (!known)
        e = message_append_string(&person->n_candidates, &person->candidates, text_of(proposal->candidate));
    if (e == ERR_OK)
        edit_put_message(edit, TABLE_PERSON, TEXT_OF(key), person);
    message_free(person);
    return e;
}

static void audit_release(struct vault *vault, struct edit *edit, const StageRow *row,
                          const Stagematch__V1__Proposal *proposal, const uint8_t proposal_id[ID_BYTES],
                          const uint8_t student_ref[ID_BYTES])
{
    AuditPayload payload = STAGEMATCH__INTERNAL__V1__VAULT_LEDGER_PAYLOAD__INIT;
    ProtobufCBinaryData reference = binary_of(bytes_of(student_ref, ID_BYTES));
    payload.actor = row->account_id;
    payload.actor_role = row->role;
    payload.school = proposal->school;
    payload.leerbedrijf = proposal->leerbedrijf;
    payload.proposal_id = binary_of(bytes_of(proposal_id, ID_BYTES));
    payload.n_student_refs = 1;
    payload.student_refs = &reference;
    audit_put(vault, edit, "identity_released", bytes_of(proposal_id, ID_BYTES), NULL, &payload);
}

static bool is_granted(const Stagematch__V1__Proposal *proposal)
{
    return proposal->state == STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_RELEASED ||
           proposal->state == STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_PLACED ||
           proposal->state == STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_STARTED;
}

static enum err finish_release(struct vault *vault, struct edit *edit, const StageRow *row, const void *answer,
                               Stagematch__V1__ReleaseProposalResponse *response)
{
    const Stagematch__Internal__V1__CommitReleaseResponse *committed = answer;
    Stagematch__V1__Proposal *proposal = committed->proposal;
    uint8_t proposal_id[ID_BYTES], student_ref[ID_BYTES];
    if (!proposal) /* erased meanwhile */
        return ERR_OK;
    response->proposal = proposal;
    if (!is_granted(proposal)) /* it ended meanwhile, and nothing of it may be read any more */
        return ERR_OK;
    if (!proposal->candidate[0] || !proposal->leerbedrijf[0] ||
        id_parse(proposal->proposal_id, proposal_id) != ERR_OK ||
        id_parse(proposal->student_ref, student_ref) != ERR_OK)
        return ERR_MISMATCH;
    enum err e = write_grant(vault, edit, row, proposal, proposal_id, student_ref);
    if (e == ERR_MISSING) { /* erased meanwhile, or no student of the caller's: no grant */
        LOG(LOG_WARN, "release_of_nobody", LOG_NUMBER("kind", row->kind));
        return ERR_OK;
    }
    audit_release(vault, edit, row, proposal, proposal_id, student_ref);
    vault->numbers.releases++;
    return e;
}

static enum err release_finish(struct vault *vault, struct edit *edit, const StageRow *row, const void *answer,
                               const void **response)
{
    static Stagematch__V1__ReleaseProposalResponse message;
    stagematch__v1__release_proposal_response__init(&message);
    enum err e = finish_release(vault, edit, row, answer, &message);
    *response = &message;
    return e;
}

static enum err release_ask(struct vault *vault, const uint8_t stage_id[ID_BYTES], const StageRow *row,
                            const struct caller *caller, channel_answer_cb *answer, void *context)
{
    Stagematch__Internal__V1__CommitReleaseRequest message = STAGEMATCH__INTERNAL__V1__COMMIT_RELEASE_REQUEST__INIT;
    message.request_id = row->request_id;
    message.proposal_id = row->proposal_id;
    message.version = row->version;
    message.stage_id = binary_of(bytes_of(stage_id, ID_BYTES));
    return engine_call(vault, METHOD_COMMIT_RELEASE, &message, caller, answer, context);
}

static enum err release_drop(struct edit *edit, const StageRow *row)
{
    (void)edit;
    (void)row;
    return ERR_OK;
}

static const struct led_saga release_saga = {METHOD_COMMIT_RELEASE, release_ask, release_finish, release_drop};

void release_lead(struct vault *vault, const uint8_t stage_id[ID_BYTES], struct request *request)
{
    led_run(&release_saga, vault, stage_id, request);
}

void method_release_proposal(struct request *request)
{
    const Stagematch__V1__ReleaseProposalRequest *message =
        REQUEST_MESSAGE(request, Stagematch__V1__ReleaseProposalRequest);
    uint8_t proposal_id[ID_BYTES];
    if (id_parse(message->proposal_id, proposal_id) != ERR_OK) {
        request_refuse(request, &refusal_not_found);
        return;
    }
    struct led_plan plan = {
        .saga = &release_saga,
        .kind = STAGEMATCH__INTERNAL__V1__STAGE_KIND__STAGE_KIND_RELEASE,
        .use = "release",
        .request_id = message->request_id,
        .proposal_id = TEXT_OF(proposal_id),
        .version = message->version,
    };
    struct edit edit;
    edit_begin(&edit, request->vault->image);
    led_begin(&plan, request, &edit);
}
