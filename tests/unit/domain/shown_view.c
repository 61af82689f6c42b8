#include "core_fixture.h"

typedef Stagematch__V1__GetShownViewResponse Shown;

static Shown *shown(const struct caller *caller, const char *proposal)
{
    Stagematch__V1__GetShownViewRequest request = STAGEMATCH__V1__GET_SHOWN_VIEW_REQUEST__INIT;
    request.proposal_id = message_borrow(proposal);
    return call(caller, METHOD_GET_SHOWN_VIEW, &request);
}

static Stagematch__V1__CandidateView *look(const char *label)
{
    Stagematch__V1__GetCandidateRequest request = STAGEMATCH__V1__GET_CANDIDATE_REQUEST__INIT;
    request.candidate = message_borrow(label);
    Stagematch__V1__GetCandidateResponse *answer = call(&company, METHOD_GET_CANDIDATE, &request);
    DONE();
    Stagematch__V1__CandidateView *view = answer->view;
    answer->view = NULL;
    message_free(answer);
    return view;
}

static void check_same(const Stagematch__V1__CandidateView *a, const Stagematch__V1__CandidateView *b)
{
    uint8_t bytes[2][1024];
    size_t length = protobuf_c_message_get_packed_size(&a->base);
    ck_assert_uint_le(length, sizeof bytes[0]);
    ck_assert_uint_eq(length, protobuf_c_message_get_packed_size(&b->base));
    protobuf_c_message_pack(&a->base, bytes[0]);
    protobuf_c_message_pack(&b->base, bytes[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], length);
}

START_TEST(before_the_company_was_asked_there_is_nothing_but_its_criteria)
{
    struct about about = open_story();
    Shown *answer = shown(&student, about.id);
    DONE();
    ck_assert_ptr_null(answer->view);
    ck_assert(!answer->shown && !answer->identity_released);
    ck_assert_uint_eq(answer->n_hard_criteria, 1);
    ck_assert_str_eq(answer->hard_criteria[0]->skill, "vca");
    ck_assert_uint_eq(answer->hard_criteria[0]->level, 1);
    ck_assert_uint_eq(answer->n_weighted_criteria, 2);
    ck_assert_str_eq(answer->weighted_criteria[0]->skill, "taal");
    ck_assert_uint_eq(answer->weighted_criteria[0]->weight, 3);
    ck_assert_uint_eq(answer->weighted_criteria[0]->minimum_level, 3);
    message_free(answer);
    close_domain();
}
END_TEST

/* Not a byte more than the company has, whatever the crowd left of it; and the label is the company's. */
START_TEST(the_student_sees_what_the_company_sees)
{
    for (unsigned crowd = 0; crowd < 2; crowd++) {
        struct about about = open_story();
        for (unsigned i = 0; i < crowd * 6; i++)
            add_stagevraag(STAGEVRAAG + 20 + i, 0xC0 + i, "99AB", 1, 3);
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        Stagematch__V1__CandidateView *view = look(about.label);
        ck_assert_uint_eq(view->reduction, crowd ? 0 : 3);
        Shown *by_school = shown(&school, about.id);
        DONE();
        check_same(by_school->view, view);
        Shown *by_student = shown(&student, about.id);
        DONE();
        ck_assert(by_student->shown && !by_student->identity_released);
        ck_assert_str_eq(by_student->view->candidate, "");
        ck_assert_str_eq(by_student->view->bands[0]->band, crowd ? "below" : "");
        ck_assert_int_eq(message_assign_string(&view->candidate, text_of("")), ERR_OK);
        check_same(by_student->view, view);
        message_free(by_school);
        message_free(by_student);
        message_free(view);
        close_domain();
    }
}
END_TEST

START_TEST(others_find_nothing)
{
    struct about about = open_story();
    const struct caller *const strangers[] = {&other_student, &other_school};
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    for (size_t i = 0; i < 2; i++) {
        ck_assert_ptr_null(shown(strangers[i], about.id));
        REFUSED("not_found");
    }
    const struct caller *const roles[] = {&company, &reviewer, &handler_of_cases};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_null(shown(roles[i], about.id));
        REFUSED("not_your_role");
    }
    ck_assert_ptr_null(shown(&student, "00000000000000000000000000000000"));
    REFUSED("not_found");
    close_domain();
}
END_TEST

static bool is_released(const struct about *about)
{
    Shown *answer = shown(&student, about->id);
    DONE();
    bool released = answer->identity_released;
    message_free(answer);
    return released;
}

/* The name once given is known, also where the company may no longer read it. */
START_TEST(a_release_stays_told)
{
    static const struct {
        Stagematch__V1__ProposalState state;
        bool released;
    } states[] = {{PROPOSAL_STATE(PROPOSED), false},
                  {PROPOSAL_STATE(CONFIRMED), false},
                  {PROPOSAL_STATE(RELEASED), true},
                  {PROPOSAL_STATE(PLACED), true},
                  {PROPOSAL_STATE(COMPLETED), true}};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        for (unsigned withdrawn = 0; withdrawn < 2; withdrawn++) {
            struct about about = open_story();
            bring_to(&about, states[i].state);
            const struct proposal_move *move = proposal_move_of(states[i].state, EVENT_STUDENT_WITHDRAWN);
            if (withdrawn && move && move->senders & SENDER_SCHOOL) {
                about.version = proposal_of(about.id)->version;
                about.reason = "gestopt-met-opleiding";
                move_as(&school, METHOD_WITHDRAW_PROPOSAL, &about, false);
                DONE();
                ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(WITHDRAWN_STUDENT));
            }
            ck_assert_int_eq(is_released(&about), states[i].released);
            close_domain();
        }
    }
}
END_TEST

/* A record of before there was the mark. */
START_TEST(a_release_is_known_from_the_state_too)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(COMPLETED));
    ProposalRecord *record =
        state_edit(domain_state(domain), RECORD_PROPOSAL, text_of_bytes(proposal_of(about.id)->proposal_id));
    ck_assert(record->identity_released);
    record->identity_released = false;
    ck_assert(is_released(&about));
    close_domain();
}
END_TEST

START_TEST(an_answer_needs_memory)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    for (fail_nth = 1;; fail_nth++) {
        Shown *answer = shown(&student, about.id);
        if (!has_failed) {
            DONE();
            message_free(answer);
            break;
        }
        ck_assert_ptr_null(answer);
        REFUSED("no_memory");
        ck_assert(!domain_is_broken(domain));
    }
    ck_assert_uint_gt(fail_nth, 10);
    fail_nth = 0;
    close_domain();
}
END_TEST

RUN_TESTS("domain/shown_view", before_the_company_was_asked_there_is_nothing_but_its_criteria,
          the_student_sees_what_the_company_sees, others_find_nothing, a_release_stays_told,
          a_release_is_known_from_the_state_too, an_answer_needs_memory)
