/* Who calls: asked once, kept for a while, shared while asked. */
#include "fixture.h"

#include "front/auth.h"

#define GET_PROPOSAL "stagematch.v1.ProposalService/GetProposal"

static void open_with_proposal(void)
{
    Stagematch__V1__GetProposalResponse response = STAGEMATCH__V1__GET_PROPOSAL_RESPONSE__INIT;
    fixture_open();
    play_message(METHOD_GET_PROPOSAL, &response);
}

static void assert_status(const char *headers, int status)
{
    struct reply reply = post_with(METHOD_GET_PROPOSAL, "application/json", headers, "{}", 2);
    assert_reply(&reply, status, "");
}

START_TEST(an_actor_is_asked_for_once)
{
    open_with_proposal();
    for (int i = 0; i < 5; i++)
        assert_status(BEARER, 200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 1);
    ck_assert_uint_eq(asked_times(METHOD_GET_PROPOSAL), 5);
    ck_assert_str_eq(asked_of(METHOD_AUTHENTICATE, 0)->token, TOKEN);
    assert_status("Authorization: Bearer another\r\n", 200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    fixture_close();
}
END_TEST

START_TEST(only_a_bearer_token_counts)
{
    static const char *const none[] = {"",
                                       "Authorization: Basic dG9rZW4=\r\n",
                                       "Authorization: Bearer\r\n",
                                       "Authorization: Bearer \r\n",
                                       "Authorization: " TOKEN "\r\n",
                                       BEARER BEARER};
    char longer[400], token[TOKEN_BYTES_MAX + 2];
    open_with_proposal();
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_status(none[i], 401);
    memset(token, 'x', sizeof token - 1);
    token[sizeof token - 1] = '\0';
    snprintf(longer, sizeof longer, "Authorization: Bearer %s\r\n", token);
    assert_status(longer, 401);
    ck_assert_uint_eq(at.asked_count, 0);
    assert_status("authorization: bearer  " TOKEN "\r\n", 200);
    fixture_close();
}
END_TEST

START_TEST(a_refused_token_is_not_kept)
{
    open_with_proposal();
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    assert_status(BEARER, 401);
    assert_status(BEARER, 401);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
    assert_status(BEARER, 200);
    fixture_close();
}
END_TEST

START_TEST(an_actor_is_forgotten_when_it_expires)
{
    open_with_proposal();
    assert_status(BEARER, 200);
    at.clock_shift_ms += 50000;
    assert_status(BEARER, 200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 1);
    at.clock_shift_ms += 6000; /* within the margin before its end */
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 3600000);
    assert_status(BEARER, 200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 2);
    at.clock_shift_ms += 61000; /* the vault's hour is cut to a minute */
    assert_status(BEARER, 200);
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 3);
    fixture_close();
}
END_TEST

START_TEST(an_assertion_that_has_expired_is_none)
{
    open_with_proposal();
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", -1);
    assert_status(BEARER, 401);
    Stagematch__Internal__V1__AuthenticateResponse nobody = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_RESPONSE__INIT;
    play_message(METHOD_AUTHENTICATE, &nobody);
    assert_status(BEARER, 401);
    free(at.plays[METHOD_AUTHENTICATE].bytes);
    at.plays[METHOD_AUTHENTICATE].bytes = copy_of("\xff\xff\xff", 3);
    at.plays[METHOD_AUTHENTICATE].length = 3;
    assert_status(BEARER, 401);
    ck_assert_uint_eq(asked_times(METHOD_GET_PROPOSAL), 0);
    fixture_close();
}
END_TEST

START_TEST(calls_of_one_token_share_a_question)
{
    enum { CALLS = 8 };
    struct client clients[CALLS];
    open_with_proposal();
    struct played known = at.plays[METHOD_AUTHENTICATE];
    at.plays[METHOD_AUTHENTICATE].play = PLAY_HOLD;
    for (int i = 0; i < CALLS; i++) {
        clients[i] = client_open();
        client_post(&clients[i], GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    }
    turns(50);
    ck_assert_uint_eq(at.held_count, 1);
    client_close(&clients[0]); /* whoever asked first may leave */
    turns(20);
    answer_bytes(at.held[0], known.bytes, known.length);
    at.held_count = 0;
    for (int i = 1; i < CALLS; i++) {
        struct reply reply = client_wait(&clients[i]);
        assert_reply(&reply, 200, "{}");
        client_close(&clients[i]);
    }
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 1);
    fixture_close();
}
END_TEST

START_TEST(a_short_deadline_does_not_fail_those_who_share)
{
    open_with_proposal();
    struct played known = at.plays[METHOD_AUTHENTICATE];
    at.plays[METHOD_AUTHENTICATE].play = PLAY_HOLD;
    struct client hasty = client_open(), patient = client_open();
    client_post(&hasty, GET_PROPOSAL, "application/json", BEARER "Connect-Timeout-Ms: 40\r\n", "{}", 2);
    turns(10);
    client_post(&patient, GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    struct reply reply = client_wait(&hasty);
    assert_reply(&reply, 504, "deadline_exceeded");
    ck_assert_uint_eq(at.held_count, 1);
    answer_bytes(at.held[0], known.bytes, known.length);
    at.held_count = 0;
    reply = client_wait(&patient);
    assert_reply(&reply, 200, "{}");
    client_close(&hasty);
    client_close(&patient);
    fixture_close();
}
END_TEST

START_TEST(a_vault_that_dies_while_asked_gives_unavailable)
{
    open_with_proposal();
    at.plays[METHOD_AUTHENTICATE].play = PLAY_CLOSE;
    assert_status(BEARER, 503);
    assert_status(BEARER, 503);
    connect_role(ROLE_VAULT);
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
    assert_status(BEARER, 200);
    fixture_close();
}
END_TEST

START_TEST(logging_out_forgets_at_once)
{
    open_with_proposal();
    Stagematch__V1__LogoutResponse response = STAGEMATCH__V1__LOGOUT_RESPONSE__INIT;
    play_message(METHOD_LOGOUT, &response);
    assert_status(BEARER, 200);
    struct reply reply = post_json(METHOD_LOGOUT, "{}");
    assert_reply(&reply, 200, "{}");
    play_refusal(METHOD_AUTHENTICATE, &refusal_unauthenticated);
    assert_status(BEARER, 401);
    fixture_close();
}
END_TEST

START_TEST(many_tokens_stay_within_the_bound)
{
    struct auth *auth;
    struct clock clock = clock_system();
    struct random_source random;
    struct auth_waiter waiter = {0};
    open_with_proposal();
    ck_assert_int_eq(random_system(&random), ERR_OK);
    ck_assert_int_eq(auth_new(&clock, &random, &auth), ERR_OK);
    at.plays[METHOD_AUTHENTICATE].play = PLAY_UNIMPLEMENTED;
    for (unsigned i = 0; i < ACTORS_MAX + 100; i++) {
        char token[32];
        snprintf(token, sizeof token, "t%u", i);
        ck_assert_int_eq(auth_ask(auth, at.near[ROLE_VAULT], text_of(token), "::1", 60000, &waiter), ERR_OK);
        auth_leave(&waiter);
        ck_assert_uint_le(auth_counts(auth).known, ACTORS_MAX);
    }
    auth_free(auth);
    fixture_close();
}
END_TEST

RUN_TESTS("front/auth", an_actor_is_asked_for_once, only_a_bearer_token_counts, a_refused_token_is_not_kept,
          an_actor_is_forgotten_when_it_expires, an_assertion_that_has_expired_is_none,
          calls_of_one_token_share_a_question, a_short_deadline_does_not_fail_those_who_share,
          a_vault_that_dies_while_asked_gives_unavailable, logging_out_forgets_at_once,
          many_tokens_stay_within_the_bound)
