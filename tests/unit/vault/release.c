/* The release of an identity: led by the vault, decided by the engine, finished whatever was lost on the way. */
#include "one_student.h"

START_TEST(a_release_gives_the_company_name_mail_and_phone_and_nothing_else)
{
    setup();
    const char *token = login("co@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    world.grant = true;
    ck_assert_str_eq(read_candidate(company).refusal, "not_found");
    struct result released = release(token, 5);
    ck_assert_msg(released.code == STATUS_OK, "%s", released.refusal);
    struct result repeated = release(token, 5);
    ck_assert_int_eq(repeated.code, STATUS_OK);
    ck_assert_uint_eq(world.engine_calls[METHOD_COMMIT_RELEASE], 1); /* the answer was kept */
    ck_assert_str_eq(((V(ReleaseProposalResponse) *)(void *)repeated.message)->proposal->candidate, candidate_label);
    message_free(released.message);
    message_free(repeated.message);
    struct result read = read_candidate(company);
    ck_assert_msg(read.code == STATUS_OK, "%s", read.refusal);
    const V(Identity) *identity = ((V(GetCandidateIdentityResponse) *)(void *)read.message)->identity;
    ck_assert_str_eq(identity->first_name, "Annelotte");
    ck_assert_str_eq(identity->last_name, "Vandenberghe");
    ck_assert_str_eq(identity->email, "annelotte@leerling.example");
    ck_assert_str_eq(identity->phone, "06-87654321");
    ck_assert_str_eq(identity->birth_date, "");
    ck_assert_str_eq(identity->sex, "");
    ck_assert_str_eq(identity->postcode, "");
    message_free_wiped(read.message);
    ck_assert_str_eq(read_candidate(login("ander@example.org", good_password)).refusal, "not_found");
    ck_assert_str_eq(read_candidate(token).refusal, "not_your_role");
    world.grant = false; /* the engine withdrew it */
    ck_assert_str_eq(read_candidate(company).refusal, "not_found");
    ck_assert_str_eq(release(company, 6).refusal, "not_your_role");
    world_teardown();
}
END_TEST

START_TEST(a_refused_release_leaves_nothing)
{
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    world.engine_refusal = &refusal_stale_version;
    ck_assert_str_eq(release(token, 5).refusal, "stale_version");
    wait_for_no_stage();
    world.engine_refusal = NULL;
    struct result released = release(token, 5); /* a refusal is not kept */
    ck_assert_int_eq(released.code, STATUS_OK);
    message_free(released.message);
    world_teardown();
}
END_TEST

START_TEST(a_release_whose_answer_was_lost_is_finished)
{
    setup();
    const char *token = login("co@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    world.grant = true;
    world.engine_silent = true;
    ck_assert_str_eq(release(token, 5).refusal, "unavailable");
    ck_assert_uint_eq(world.committed_count, 2);
    world_restart();
    world.engine_silent = false;
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    struct result read = read_candidate(company);
    ck_assert_int_eq(read.code, STATUS_OK);
    message_free_wiped(read.message);
    unsigned before = world.engine_calls[METHOD_COMMIT_RELEASE];
    struct result repeated = release(token, 5);
    ck_assert_int_eq(repeated.code, STATUS_OK); /* with the answer that reconciliation kept */
    ck_assert_uint_eq(world.engine_calls[METHOD_COMMIT_RELEASE], before);
    message_free(repeated.message);
    world_teardown();
}
END_TEST

START_TEST(a_release_that_was_withdrawn_before_its_answer_came_gives_nothing)
{
    setup();
    const char *token = login("co@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    world.grant = true; /* an engine that says so at a read finds no grant of the vault's */
    world.engine_silent = true;
    ck_assert_str_eq(release(token, 5).refusal, "unavailable");
    world_restart();
    world.engine_silent = false;
    world.release_is_over = true;
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    ck_assert_str_eq(read_candidate(company).refusal, "not_found");
    struct result repeated = release(token, 5);
    ck_assert_int_eq(repeated.code, STATUS_OK); /* it did happen */
    message_free(repeated.message);
    world_teardown();
}
END_TEST

/* The first try was committed; the second comes so late that the engine does not look at it. */
START_TEST(a_repeat_that_the_engine_did_not_look_at_drops_no_release)
{
    setup();
    const char *token = login("co@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    world.grant = true;
    world.engine_silent = true;
    ck_assert_str_eq(release(token, 5).refusal, "unavailable");
    world_restart();
    world.engine_silent = false;
    world.engine_refusal = &refusal_unauthenticated;
    ck_assert_str_eq(release(token, 5).refusal, "unavailable");
    world.engine_refusal = NULL;
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    struct result read = read_candidate(company);
    ck_assert_int_eq(read.code, STATUS_OK);
    message_free_wiped(read.message);
    world_teardown();
}
END_TEST

START_TEST(a_release_that_never_reached_the_engine_is_dropped)
{
    setup();
    const char *token = login("co@example.org", good_password);
    import_one(token);
    V(ReleaseProposalRequest) request = STAGEMATCH__V1__RELEASE_PROPOSAL_REQUEST__INIT;
    struct result unheard;
    request.request_id = uuid(5);
    request.proposal_id = (char *)(uintptr_t)proposal_hex;
    channel_close(world.engine); /* the engine is away */
    for (int i = 0; i < 20; i++)
        world_turn();
    send_call(METHOD_RELEASE_PROPOSAL, &request, token, &unheard);
    wait_for(&unheard);
    ck_assert_str_eq(unheard.refusal, "unavailable");
    world_join_engine();
    world.clock.wall_ms += 10001;
    wait_for_no_stage();
    ck_assert_uint_eq(world.fenced_count, 1);
    struct result released = release(token, 5);
    ck_assert_int_eq(released.code, STATUS_OK);
    message_free(released.message);
    world_teardown();
}
END_TEST

START_TEST(a_school_releases_its_own_students_alone)
{
    setup();
    const char *token = login("co@example.org", good_password), *other = login("other@example.org", good_password),
               *company = login("bedrijf@example.org", good_password);
    import_one(token);
    world.grant = true;
    world.release_school = "00AA"; /* an engine that was told so takes the student for one of this school */
    struct result released = release(other, 5);
    ck_assert_int_eq(released.code, STATUS_OK);
    message_free(released.message);
    ck_assert_str_eq(read_candidate(company).refusal, "not_found");
    world.release_school = NULL;
    released = release(other, 6);
    ck_assert_int_eq(released.code, STATUS_OK);
    message_free(released.message);
    ck_assert_str_eq(read_candidate(company).refusal, "not_found");
    world_teardown();
}
END_TEST

RUN_TESTS("vault/release", a_release_gives_the_company_name_mail_and_phone_and_nothing_else,
          a_refused_release_leaves_nothing, a_release_whose_answer_was_lost_is_finished,
          a_repeat_that_the_engine_did_not_look_at_drops_no_release,
          a_release_that_was_withdrawn_before_its_answer_came_gives_nothing,
          a_release_that_never_reached_the_engine_is_dropped, a_school_releases_its_own_students_alone)
