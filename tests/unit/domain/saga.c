/* Repeats, stages, texts, release. */
#include "core_fixture.h"

#include "domain/answers.h"
#include "domain/saga.h"

static const struct caller vault = {0, NULL, 0};

/* Repeats. */

START_TEST(a_repeat_gets_the_same_answer_and_changes_nothing)
{
    struct about about = open_story();
    about.request_id = "0A1B2C3D-0000-4000-8000-000000000001";
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    uint64_t mutations = state_mutations(domain_state(domain));
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    ck_assert_uint_eq(state_mutations(domain_state(domain)), mutations);
    ck_assert_uint_eq(proposal_of(about.id)->version, 2);
    /* Upper and lower case are one id; but then the bytes differ, so it is another request. */
    about.request_id = "0a1b2c3d-0000-4000-8000-000000000001";
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    REFUSED("request_id_reused");
    close_domain();
}
END_TEST

START_TEST(another_request_with_the_same_id_is_refused)
{
    struct about about = open_story();
    about.request_id = "00000000-0000-4000-8000-00000000000a";
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    about.version = 2;
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    REFUSED("request_id_reused");
    /* Another method, and another account, have ids of their own. */
    about.reason = "plek-elders";
    move_as(&school, METHOD_WITHDRAW_PROPOSAL, &about, false);
    DONE();
    close_domain();
}
END_TEST

START_TEST(a_refusal_is_not_kept)
{
    struct about about = open_story();
    about.request_id = "00000000-0000-4000-8000-00000000000b";
    about.version = 9;
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    REFUSED("stale_version");
    about.version = 1;
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    close_domain();
}
END_TEST

START_TEST(a_request_id_must_be_a_uuid)
{
    static const char *const wrong[] = {"",
                                        "1",
                                        "00000000-0000-4000-8000-00000000000",
                                        "zzzzzzzz-0000-4000-8000-000000000000",
                                        "00000000000000000000000000000000",
                                        "00000000-0000-4000-8000-0000000000000",
                                        "000000000-000-4000-8000-000000000000"};
    struct about about = open_story();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        about.request_id = wrong[i];
        move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
        REFUSED("request_id");
    }
    close_domain();
}
END_TEST

START_TEST(an_answer_is_kept_a_day_and_then_forgotten)
{
    struct about about = open_story();
    about.request_id = "00000000-0000-4000-8000-00000000000c";
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_ANSWER), 1);
    wait_until(MONDAY_MS + ANSWER_KEPT_MS - 1);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_ANSWER), 1);
    move_as(&school, METHOD_APPROVE_PROPOSAL, &about, false);
    DONE();
    wait_until(MONDAY_MS + ANSWER_KEPT_MS);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_ANSWER), 0);
    close_domain();
}
END_TEST

/* Stages. */

static bool resolve(uint8_t byte, char kind[16])
{
    uint8_t stage[ID_BYTES];
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    memset(stage, byte, sizeof stage);
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    Stagematch__Internal__V1__ResolveStageResponse *answer = call(&vault, METHOD_RESOLVE_STAGE, &request);
    DONE();
    bool committed = answer->committed;
    if (kind)
        (void)snprintf(kind, 16, "%s", answer->subject ? answer->subject->kind : "");
    if (answer->subject) {
        ck_assert_str_eq(answer->subject->school, "99AA");
        ck_assert_str_eq(answer->subject->leerbedrijf, "100001");
        ck_assert(bytes_equal(answer->subject->student_ref, id_of(STUDENT)));
    }
    message_free(answer);
    return committed;
}

/* A call with a text, by CommitWithText under a stage of one byte. */
static void with_text(const struct caller *caller, const char *path, const ProtobufCMessage *inner, uint8_t byte)
{
    uint8_t packed[1024], stage[ID_BYTES];
    Stagematch__Internal__V1__CommitWithTextRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_WITH_TEXT_REQUEST__INIT;
    memset(stage, byte, sizeof stage);
    request.method = message_borrow(path);
    request.request = (ProtobufCBinaryData){protobuf_c_message_pack(inner, packed), packed};
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    Stagematch__Internal__V1__CommitWithTextResponse *answer = call(caller, METHOD_COMMIT_WITH_TEXT, &request);
    if (answer) {
        Stagematch__V1__VetoProposalResponse *response;
        ck_assert_int_eq(message_unpack(&stagematch__v1__veto_proposal_response__descriptor,
                                        text_of_bytes(answer->response), &response),
                         ERR_OK);
        ck_assert_int_eq(response->proposal->state, PROPOSAL_STATE(VETOED));
        message_free(response);
    }
    message_free(answer);
}

static Stagematch__V1__VetoProposalRequest veto_of(const struct about *about)
{
    Stagematch__V1__VetoProposalRequest veto = STAGEMATCH__V1__VETO_PROPOSAL_REQUEST__INIT;
    veto.request_id = message_borrow("00000000-0000-4000-8000-00000000000d");
    veto.proposal_id = message_borrow(about->id);
    veto.version = about->version;
    veto.reason = message_borrow("anders");
    return veto;
}
#define VETO_PATH "stagematch.v1.ProposalService/VetoProposal"

START_TEST(a_text_is_committed_with_its_decision)
{
    char kind[16];
    struct about about = open_story();
    Stagematch__V1__VetoProposalRequest veto = veto_of(&about);
    with_text(&school, VETO_PATH, &veto.base, 0x21);
    DONE();
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(VETOED));
    ck_assert(resolve(0x21, kind));
    ck_assert_str_eq(kind, "reason");
    /* A repeat finds the answer, though the stage was committed. */
    with_text(&school, VETO_PATH, &veto.base, 0x21);
    DONE();
    /* Another text under the same id is another request. */
    with_text(&school, VETO_PATH, &veto.base, 0x22);
    REFUSED("request_id_reused");
    ck_assert(!resolve(0x22, NULL));
    close_domain();
}
END_TEST

START_TEST(what_the_vault_gave_up_can_never_be_committed)
{
    struct about about = open_story();
    Stagematch__V1__VetoProposalRequest veto = veto_of(&about);
    ck_assert(!resolve(0x23, NULL));
    with_text(&school, VETO_PATH, &veto.base, 0x23);
    REFUSED("stage_given_up");
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(PROPOSED));
    ck_assert(!resolve(0x23, NULL));
    /* Long after, it is forgotten that it was there. */
    wait_until(MONDAY_MS + 31 * DAY_MS_LONG);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGE), 0);
    close_domain();
}
END_TEST

/* The vault asks about a stage, and says up to where in the ledger it is done; how long the ledger is. */
static uint64_t ask(uint8_t byte, uint64_t settled_seq, bool committed)
{
    uint8_t stage[ID_BYTES];
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    memset(stage, byte, sizeof stage);
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    request.settled_seq = settled_seq;
    Stagematch__Internal__V1__ResolveStageResponse *answer = call(&vault, METHOD_RESOLVE_STAGE, &request);
    DONE();
    ck_assert_int_eq(answer->committed, committed);
    uint64_t length = answer->ledger_seq;
    message_free(answer);
    return length;
}

START_TEST(what_the_vault_has_finished_is_forgotten_in_two_days)
{
    struct about about = open_story();
    Stagematch__V1__VetoProposalRequest veto = veto_of(&about);
    with_text(&school, VETO_PATH, &veto.base, 0x25);
    DONE();
    uint64_t length = ask(0x25, 0, true);
    ck_assert_uint_eq(length, state_ledger_seq(domain_state(domain)));
    wait_until(MONDAY_MS + STAGE_SETTLED_KEPT_MS - 1);
    ask(0x26, length + 1, false);
    ask(0x25, 0, true); /* too early */
    wait_until(MONDAY_MS + STAGE_SETTLED_KEPT_MS);
    ask(0x25, length, true); /* something is open there that was staged before */
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGE), 2);
    ask(0x26, length + 1, false);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGE), 1);
    /* A fence stays, whatever the vault has finished. */
    wait_until(MONDAY_MS + 3 * DAY_MS_LONG);
    ask(0x26, UINT64_MAX, false);
    with_text(&school, VETO_PATH, &veto.base, 0x26);
    ck_assert_ptr_nonnull(last.refusal);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGE), 1);
    close_domain();
}
END_TEST

START_TEST(a_call_with_a_text_is_checked_as_without)
{
    struct about about = open_story();
    Stagematch__V1__VetoProposalRequest veto = veto_of(&about);
    with_text(&student, VETO_PATH, &veto.base, 0x24);
    REFUSED("not_your_role");
    with_text(&other_school, VETO_PATH, &veto.base, 0x24);
    REFUSED("not_found");
    with_text(&school, "stagematch.v1.ProposalService/ApproveProposal", &veto.base, 0x24);
    REFUSED("bad_value"); /* no call that takes a text */
    with_text(&school, "internal/CommitRelease", &veto.base, 0x24);
    ck_assert_ptr_nonnull(last.refusal);
    with_text(&school, "nothing", &veto.base, 0x24);
    REFUSED("request_id"); /* none that could have an id */
    veto.text = message_borrow("in clear");
    with_text(&school, VETO_PATH, &veto.base, 0x24);
    REFUSED("text_apart");
    veto.text = message_borrow("");
    veto.reason = message_borrow("plek-elders");
    with_text(&school, VETO_PATH, &veto.base, 0x24);
    REFUSED("text_not_allowed");
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(PROPOSED));
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_STAGE), 0);
    close_domain();
}
END_TEST

/* Release. */

static bool granted(const char *label, const char *leerbedrijf)
{
    Stagematch__Internal__V1__CheckGrantRequest request = STAGEMATCH__INTERNAL__V1__CHECK_GRANT_REQUEST__INIT;
    request.candidate = message_borrow(label);
    request.leerbedrijf = message_borrow(leerbedrijf);
    Stagematch__Internal__V1__CheckGrantResponse *answer = call(&company, METHOD_CHECK_GRANT, &request);
    DONE();
    bool result = answer->granted;
    message_free(answer);
    return result;
}

START_TEST(only_a_confirmed_proposal_is_released_by_its_own_school)
{
    struct about about = open_story();
    release_as(&school, &about, 0x31);
    REFUSED("wrong_state");
    bring_to(&about, PROPOSAL_STATE(CONFIRMED));
    release_as(&other_school, &about, 0x32);
    REFUSED("not_found");
    release_as(&company, &about, 0x32);
    REFUSED("not_found");
    ck_assert(!granted(about.label, "100001"));
    about.request_id = "00000000-0000-4000-8000-00000000000e";
    release_as(&school, &about, 0x33);
    DONE();
    release_as(&school, &about, 0x33); /* repeated: nothing more happens */
    DONE();
    ck_assert(resolve(0x33, NULL));
    ck_assert(granted(about.label, "100001"));
    ck_assert(!granted(about.label, "100002"));
    ck_assert(!granted("", "100001"));
    ck_assert(!granted("0000", "100001"));
    close_domain();
}
END_TEST

START_TEST(the_grant_lasts_while_the_company_has_the_student)
{
    static const struct {
        Stagematch__V1__ProposalState state;
        bool granted;
    } states[] = {{PROPOSAL_STATE(PROPOSED), false}, {PROPOSAL_STATE(APPROVED), false},
                  {PROPOSAL_STATE(ACCEPTED), false}, {PROPOSAL_STATE(CONFIRMED), false},
                  {PROPOSAL_STATE(RELEASED), true},  {PROPOSAL_STATE(PLACED), true},
                  {PROPOSAL_STATE(STARTED), true},   {PROPOSAL_STATE(COMPLETED), false}};
    struct about about = open_story();
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        bring_to(&about, states[i].state);
        ck_assert_int_eq(granted(about.label, "100001"), states[i].granted);
    }
    close_domain();
}
END_TEST

START_TEST(a_withdrawal_after_release_takes_the_grant_back)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    ck_assert(granted(about.label, "100001"));
    about.reason = "plek-elders";
    move_as(&school, METHOD_WITHDRAW_PROPOSAL, &about, false);
    DONE();
    ck_assert(!granted(about.label, "100001"));
    close_domain();
}
END_TEST

/* The vault asks again where it missed the answer, with the request that it made then. */
static Stagematch__V1__ProposalState release_again(const struct about *about, uint8_t stage_byte)
{
    uint8_t id[ID_BYTES], stage[ID_BYTES];
    char request_id[] = "00000000-0000-4000-8000-00000000000f";
    Stagematch__Internal__V1__CommitReleaseRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_RELEASE_REQUEST__INIT;
    ck_assert_int_eq(id_parse(about->id, id), ERR_OK);
    memset(stage, stage_byte, sizeof stage);
    request.request_id = request_id;
    request.proposal_id = (ProtobufCBinaryData){sizeof id, id};
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    request.version = about->version;
    uint64_t mutations = state_mutations(domain_state(domain));
    Stagematch__Internal__V1__CommitReleaseResponse *answer = call(&school, METHOD_COMMIT_RELEASE, &request);
    DONE();
    ck_assert_uint_eq(state_mutations(domain_state(domain)), mutations);
    Stagematch__V1__ProposalState state = answer->proposal ? answer->proposal->state : PROPOSAL_STATE(UNSPECIFIED);
    message_free(answer);
    return state;
}

START_TEST(a_release_is_told_again_however_late_and_as_it_is_by_then)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(CONFIRMED));
    const struct about asked = about;
    about.request_id = "00000000-0000-4000-8000-00000000000f";
    release_as(&school, &about, 0x34);
    DONE();
    ck_assert_int_eq(release_again(&asked, 0x34), PROPOSAL_STATE(RELEASED));
    wait_until(now_ms + ANSWER_KEPT_MS + 1);
    ck_assert_int_eq(release_again(&asked, 0x34), PROPOSAL_STATE(RELEASED));
    about = (struct about){.id = about.id, .label = about.label, .version = proposal_of(about.id)->version};
    about.reason = "plek-elders";
    move_as(&school, METHOD_WITHDRAW_PROPOSAL, &about, false);
    DONE();
    ck_assert_int_eq(release_again(&asked, 0x34), PROPOSAL_STATE(WITHDRAWN_STUDENT));
    close_domain();
}
END_TEST

START_TEST(the_catalogue_lists_reasons_by_event)
{
    Stagematch__V1__ListReasonsRequest request = STAGEMATCH__V1__LIST_REASONS_REQUEST__INIT;
    open_domain();
    Stagematch__V1__ListReasonsResponse *answer = call(&vault, METHOD_LIST_REASONS, &request);
    DONE();
    size_t all = answer->n_reasons;
    ck_assert_str_eq(answer->reasons[all - 1]->code, "anders");
    message_free(answer);
    request.event = message_borrow("company_objects");
    answer = call(&vault, METHOD_LIST_REASONS, &request);
    DONE();
    ck_assert_uint_lt(answer->n_reasons, all);
    for (size_t i = 0; i < answer->n_reasons; i++)
        ck_assert_str_ne(answer->reasons[i]->reason_class, "fact"); /* no fact before release */
    message_free(answer);
    request.event = message_borrow("klik");
    message_free(call(&vault, METHOD_LIST_REASONS, &request));
    REFUSED("bad_value");
    close_domain();
}
END_TEST

START_TEST(without_memory_nothing_is_half_done_in_silence)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    close_domain();
    bool finished = false;
    for (uint64_t nth = 1; !finished && nth < 400; nth++) {
        about = open_story();
        bring_to(&about, PROPOSAL_STATE(RELEASED));
        about.reason = "geen-vog";
        uint64_t before = state_mutations(domain_state(domain));
        fail_nth = nth;
        move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
        fail_nth = 0;
        finished = !has_failed;
        if (finished) {
            DONE();
            ck_assert(!domain_is_broken(domain));
        } else {
            REFUSED("no_memory");
            ck_assert_int_eq(domain_is_broken(domain), state_mutations(domain_state(domain)) != before);
        }
        close_domain();
    }
    ck_assert(finished);
}
END_TEST

RUN_TESTS("saga", a_repeat_gets_the_same_answer_and_changes_nothing, another_request_with_the_same_id_is_refused,
          a_refusal_is_not_kept, a_request_id_must_be_a_uuid, an_answer_is_kept_a_day_and_then_forgotten,
          a_text_is_committed_with_its_decision, what_the_vault_gave_up_can_never_be_committed,
          what_the_vault_has_finished_is_forgotten_in_two_days, a_call_with_a_text_is_checked_as_without,
          only_a_confirmed_proposal_is_released_by_its_own_school, the_grant_lasts_while_the_company_has_the_student,
          a_withdrawal_after_release_takes_the_grant_back, a_release_is_told_again_however_late_and_as_it_is_by_then,
          the_catalogue_lists_reasons_by_event, without_memory_nothing_is_half_done_in_silence)
