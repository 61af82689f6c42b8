/*
 * one_student.h - a vault with the accounts of one school and two companies, one student who is imported and one proposal that can
 * be released: what the tests of sagas and of releases begin with.
 */
#ifndef UNIT_VAULT_ONE_STUDENT_H
#define UNIT_VAULT_ONE_STUDENT_H

#include "world.h"

static inline void setup(void)
{
    world_setup(NULL);
    add_account("co@example.org", ROLE(COORDINATOR), "25LX", good_password);
    add_account("other@example.org", ROLE(COORDINATOR), "00AA", good_password);
    add_account("vp@example.org", ROLE(VERTROUWENSPERSOON), "25LX", good_password);
    add_account("bedrijf@example.org", ROLE(COMPANY), "bedrijf-1", good_password);
    add_account("ander@example.org", ROLE(COMPANY), "bedrijf-2", good_password);
    world_start();
}

static inline struct result stage(const char *token, unsigned request_id, uint32_t chunk, const char *school,
                                  const char *const *numbers, size_t count, const char *last_name)
{
    I(StageStudentsRequest) request = STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_REQUEST__INIT;
    I(StagedStudent) students[4], *pointers[4];
    V(Identity) identity = STAGEMATCH__V1__IDENTITY__INIT;
    identity.first_name = (char *)(uintptr_t) "Annelotte";
    identity.last_name = (char *)(uintptr_t)last_name;
    identity.email = (char *)(uintptr_t) "annelotte@leerling.example";
    identity.phone = (char *)(uintptr_t) "06-87654321";
    identity.birth_date = (char *)(uintptr_t) "2008-11-26";
    identity.postcode = (char *)(uintptr_t) "1012 AB";
    for (size_t i = 0; i < count; i++) {
        stagematch__internal__v1__staged_student__init(&students[i]);
        students[i].school = (char *)(uintptr_t)school;
        students[i].student_number = (char *)(uintptr_t)numbers[i];
        students[i].start_date = (char *)(uintptr_t) "2027-02-01";
        students[i].identity = &identity;
        pointers[i] = &students[i];
    }
    request.request_id = uuid(request_id);
    request.chunk = chunk;
    request.n_students = count;
    request.students = pointers;
    return call(METHOD_STAGE_STUDENTS, &request, token);
}

static const char *const one[] = {"1001"}, *const two[] = {"1001", "1002"};

/* Stages one student and remembers whom; gives the stage. */
static inline void stage_one(const char *token, unsigned request_id, uint8_t stage_id[16])
{
    struct result result = stage(token, request_id, 0, "25LX", one, 1, "Vandenberghe");
    ck_assert_msg(result.code == STATUS_OK, "%s", result.refusal);
    I(StageStudentsResponse) *response = (void *)result.message;
    memcpy(stage_id, response->stage_id.data, 16);
    sodium_bin2hex(world.student_ref, 33, response->references[0]->student_ref.data, 16);
    sodium_bin2hex(world.stagevraag_id, 33, response->references[0]->stagevraag_id.data, 16);
    memcpy(world.text_subject_ref, response->references[0]->student_ref.data, 16);
    message_free(response);
}

static inline void commit_in_engine(const uint8_t stage_id[16])
{
    engine_commit_stage(&(ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)stage_id});
}

static inline struct result say_it_is_committed(const uint8_t stage_id[16])
{
    I(FinaliseRequest) request = STAGEMATCH__INTERNAL__V1__FINALISE_REQUEST__INIT;
    request.stage_id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)stage_id};
    return call(METHOD_FINALISE, &request, NULL);
}

/* The engine commits it, as a text of this kind (NULL: no text), and the front says so. */
static inline void finalise(const uint8_t stage_id[16], const char *kind)
{
    commit_in_engine(stage_id);
    world.text_kind = kind;
    struct result result = say_it_is_committed(stage_id);
    ck_assert_msg(result.code == STATUS_OK, "%s", result.refusal);
    message_free(result.message);
}

static inline void import_one(const char *token)
{
    uint8_t stage_id[16];
    stage_one(token, 1, stage_id);
    commit_in_engine(stage_id);
    finalise(stage_id, NULL);
}

/* How many identities a coordinator gets for the student, and whose. */
static inline size_t read_identity(const char *token, char name[64])
{
    V(GetIdentitiesRequest) request = STAGEMATCH__V1__GET_IDENTITIES_REQUEST__INIT;
    char *ids[] = {world.stagevraag_id};
    request.n_stagevraag_ids = 1;
    request.stagevraag_ids = ids;
    V(GetIdentitiesResponse) *response = call_ok(METHOD_GET_IDENTITIES, &request, token);
    size_t count = response->n_students;
    if (count) {
        snprintf(name, 64, "%s", response->students[0]->identity->last_name);
        ck_assert_str_eq(response->students[0]->student_number, "1001");
        ck_assert_str_eq(response->students[0]->stagevraag_id, world.stagevraag_id);
    }
    message_free_wiped(response);
    return count;
}

static inline void wait_for_no_stage(void)
{
    for (int i = 0; i < 5000 && stages_count(((struct vault *)world.vault)->stages); i++)
        world_turn();
    ck_assert_uint_eq(stages_count(((struct vault *)world.vault)->stages), 0);
}

static inline struct result release(const char *token, unsigned request_id)
{
    V(ReleaseProposalRequest) request = STAGEMATCH__V1__RELEASE_PROPOSAL_REQUEST__INIT;
    request.request_id = uuid(request_id);
    request.proposal_id = (char *)(uintptr_t)proposal_hex;
    request.version = 3;
    return call(METHOD_RELEASE_PROPOSAL, &request, token);
}

static inline struct result read_candidate(const char *token)
{
    V(GetCandidateIdentityRequest) request = STAGEMATCH__V1__GET_CANDIDATE_IDENTITY_REQUEST__INIT;
    request.candidate = (char *)(uintptr_t)candidate_label;
    return call(METHOD_GET_CANDIDATE_IDENTITY, &request, token);
}

#endif
