/* What companies decided, as the vault gets it: every decision once, in order, with what group statistics need and no more. */
#include "core_fixture.h"

static const struct caller vault = {0, NULL, 0};

static Stagematch__Internal__V1__PullDecisionsResponse *pull(uint64_t after_seq)
{
    Stagematch__Internal__V1__PullDecisionsRequest request = STAGEMATCH__INTERNAL__V1__PULL_DECISIONS_REQUEST__INIT;
    request.after_seq = after_seq;
    Stagematch__Internal__V1__PullDecisionsResponse *answer = call(&vault, METHOD_PULL_DECISIONS, &request);
    DONE();
    return answer;
}

START_TEST(agreeing_and_placing_are_decisions_and_the_school_s_steps_are_not)
{
    struct about about = open_story();
    PlacementRecord *placement = state_edit(domain_state(domain), RECORD_PLACEMENT, key_of(PLACEMENT));
    ck_assert_int_eq(message_assign_string(&placement->placement->postcode, text_of("3511 AB")), ERR_OK);
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    Stagematch__Internal__V1__PullDecisionsResponse *answer = pull(0);
    ck_assert_uint_eq(answer->n_decisions, 0);
    message_free(answer);
    bring_to(&about, PROPOSAL_STATE(STARTED));
    answer = pull(0);
    ck_assert_uint_eq(answer->n_decisions, 2);
    const DecisionRecord *agreed = answer->decisions[0], *placed = answer->decisions[1];
    ck_assert_uint_eq(agreed->seq, 1);
    ck_assert_uint_eq(placed->seq, 2);
    ck_assert(!agreed->released && !agreed->rejected && placed->released && !placed->rejected);
    ck_assert_str_eq(agreed->leerbedrijf, "100001");
    ck_assert_str_eq(agreed->school, "99AA");
    ck_assert_str_eq(agreed->region, "35");
    ck_assert_str_ne(agreed->qualification, "");
    ck_assert_int_eq(placed->first_ms, agreed->time_ms);
    ck_assert_int_eq(agreed->first_ms, agreed->time_ms);
    message_free(answer);
    close_domain();
}
END_TEST

START_TEST(objecting_and_dropping_are_rejections)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "geen-vog";
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
    DONE();
    now_ms += 1000;
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 2, 4);
    about = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    about.reason = "geen-capaciteit";
    move_as(&company, METHOD_OBJECT_TO_CANDIDATE, &about, false);
    DONE();
    Stagematch__Internal__V1__PullDecisionsResponse *answer = pull(0);
    ck_assert_uint_eq(answer->n_decisions, 3);
    ck_assert(answer->decisions[1]->released && answer->decisions[1]->rejected);
    ck_assert(!answer->decisions[2]->released && answer->decisions[2]->rejected);
    ck_assert_int_eq(answer->decisions[2]->first_ms, now_ms); /* of another student */
    message_free(answer);
    close_domain();
}
END_TEST

/* What the vault has is let go; the numbers go on, so that nothing counts twice. */
START_TEST(what_was_taken_is_forgotten)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(PLACED));
    message_free(pull(0));
    Stagematch__Internal__V1__PullDecisionsResponse *answer = pull(2);
    ck_assert_uint_eq(answer->n_decisions, 0);
    message_free(answer);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_DECISION), 1); /* the number to count on from */
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 2, 4);
    about = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(ACCEPTED));
    answer = pull(2);
    ck_assert_uint_eq(answer->n_decisions, 1);
    ck_assert_uint_eq(answer->decisions[0]->seq, 3);
    message_free(answer);
    close_domain();
}
END_TEST

RUN_TESTS("decided", agreeing_and_placing_are_decisions_and_the_school_s_steps_are_not,
          objecting_and_dropping_are_rejections, what_was_taken_is_forgotten)
