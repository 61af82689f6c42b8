/* A session that becomes a cookie, where the vault's answer is not as it should be and where there is no memory. */
#include "fixture.h"

#define WISH "X-Stagematch-Session: cookie\r\nOrigin: http://127.0.0.1:8080\r\n"
#define BY_COOKIE "Cookie: __Host-stagematch=" TOKEN "\r\nOrigin: http://127.0.0.1:8080\r\n"

static void play_login(const char *token)
{
    Stagematch__V1__LoginResponse answer = STAGEMATCH__V1__LOGIN_RESPONSE__INIT;
    char copy[512];
    snprintf(copy, sizeof copy, "%s", token);
    answer.token = copy;
    play_message(METHOD_LOGIN, &answer);
}

static struct reply log_in(const char *headers)
{
    static const char json[] = "{\"email\":\"x@example.nl\",\"password\":\"a long password\"}";
    return post_with(METHOD_LOGIN, "application/json", headers, json, sizeof json - 1);
}

START_TEST(the_token_leaves_in_the_cookie_alone)
{
    fixture_open();
    play_login(TOKEN);
    struct reply reply = log_in(WISH);
    ck_assert_ptr_nonnull(strstr(reply.head, "Set-Cookie: __Host-stagematch=" TOKEN "; Path=/; Secure;"));
    ck_assert_str_eq(reply.body, "{}");
    reply_free(&reply);
    reply = log_in("");
    ck_assert_ptr_null(strstr(reply.head, "Set-Cookie"));
    assert_reply(&reply, 200, TOKEN);
    play_login("");
    reply = log_in(WISH);
    ck_assert_ptr_null(strstr(reply.head, "Set-Cookie"));
    assert_reply(&reply, 200, "{}");
    play_login("not a token; Domain=example.nl");
    reply = log_in(WISH);
    ck_assert_ptr_null(strstr(reply.head, "Set-Cookie"));
    assert_reply(&reply, 500, "internal");
    play_refusal(METHOD_LOGIN, &refusal_unauthenticated);
    reply = log_in(WISH);
    ck_assert_ptr_null(strstr(reply.head, "Set-Cookie"));
    assert_reply(&reply, 401, "unauthenticated");
    fixture_close();
}
END_TEST

START_TEST(what_comes_from_elsewhere_reaches_nobody)
{
    fixture_open();
    play_login(TOKEN);
    struct reply reply = log_in("X-Stagematch-Session: cookie\r\n");
    assert_reply(&reply, 403, "cross_origin");
    reply = post_with(METHOD_GET_PROPOSAL, "application/json", "Cookie: __Host-stagematch=" TOKEN "\r\n", "{}", 2);
    assert_reply(&reply, 403, "cross_origin");
    ck_assert_uint_eq(at.asked_count, 0);
    fixture_close();
}
END_TEST

START_TEST(the_vault_gets_the_token_of_the_cookie)
{
    fixture_open();
    struct reply reply = post_with(METHOD_GET_SESSION, "application/json", BY_COOKIE, "{}", 2);
    assert_reply(&reply, 501, "unimplemented"); /* by the played vault */
    const struct asked *asked = asked_of(METHOD_GET_SESSION, 0);
    ck_assert(asked && asked->token_length == strlen(TOKEN) && memcmp(asked->token, TOKEN, strlen(TOKEN)) == 0);
    play_refusal(METHOD_GET_SESSION, &refusal_unauthenticated);
    reply = post_with(METHOD_GET_SESSION, "application/json", BY_COOKIE, "{}", 2);
    ck_assert_ptr_nonnull(strstr(reply.head, "Set-Cookie: __Host-stagematch=; Max-Age=0;"));
    assert_reply(&reply, 401, "unauthenticated");
    reply = post_with(METHOD_GET_SESSION, "application/json", BEARER, "{}", 2);
    ck_assert_ptr_null(strstr(reply.head, "Set-Cookie"));
    assert_reply(&reply, 401, "unauthenticated");
    fixture_close();
}
END_TEST

RUN_TESTS("front/web_session", the_token_leaves_in_the_cookie_alone, what_comes_from_elsewhere_reaches_nobody,
          the_vault_gets_the_token_of_the_cookie)
