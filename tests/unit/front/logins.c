/* Calls without a session: so many of one address reach the vault. */
#include "stamped.h"

#include "front/rate_limit.h"
#include "stagematch/v1/auth.pb-c.h"

static const struct known callers[] = {{"coordinator", ROLE_OF(COORDINATOR), "25PT", NULL, 1}};

enum { MOST = 3 };

static void assert_login(int status)
{
    static const char json[] = "{\"email\":\"x@example.nl\",\"password\":\"wrong wrong wrong\"}";
    struct reply reply = post_with(METHOD_LOGIN, "application/json", "", json, sizeof json - 1);
    if (status == 429)
        ck_assert_ptr_nonnull(strstr(reply.head, "Retry-After: "));
    assert_reply(&reply, status, "");
}

START_TEST(an_address_logs_in_so_often_a_minute)
{
    stamped_open(callers, 1, "logins_per_address", MOST);
    play_refusal(METHOD_LOGIN, &refusal_unauthenticated);
    for (int i = 0; i < MOST; i++)
        assert_login(401);
    assert_login(429);
    assert_login(429);
    ck_assert_uint_eq(asked_times(METHOD_LOGIN), MOST);
    at.clock_shift_ms += RATE_WINDOW_MS;
    assert_login(401);
    fixture_close();
}
END_TEST

START_TEST(who_has_a_session_and_who_reads_what_is_public_is_not_counted)
{
    Stagematch__V1__ListReasonsResponse reasons = STAGEMATCH__V1__LIST_REASONS_RESPONSE__INIT;
    stamped_open(callers, 1, "logins_per_address", 1);
    play_refusal(METHOD_LOGIN, &refusal_unauthenticated);
    play_message(METHOD_LIST_REASONS, &reasons);
    assert_login(401);
    assert_login(429);
    for (int i = 0; i < 5; i++) {
        struct reply reply = post_with(METHOD_LIST_REASONS, "application/json", "", "{}", 2);
        assert_reply(&reply, 200, "");
        reply = post_with(METHOD_LIST_TASKS, "application/json", "Authorization: Bearer coordinator\r\n", "{}", 2);
        assert_reply(&reply, 200, "first-task");
    }
    fixture_close();
}
END_TEST

RUN_TESTS("front/logins", an_address_logs_in_so_often_a_minute,
          who_has_a_session_and_who_reads_what_is_public_is_not_counted)
