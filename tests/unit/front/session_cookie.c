/* The cookie of a session: how it is found, where a request comes from, and what it then counts for. */
#include "front/session_cookie.h"

#include "support/support.h"

#include <stdio.h>
#include <string.h>

#define TOKEN "0123456789abcdef"
#define COOKIE "Cookie: __Host-stagematch=" TOKEN "\r\n"
#define OURS "Origin: https://stage.example.nl\r\n"

static struct h1 h1;

/* A request with these header lines, each with its CRLF. Its head is in `h1` until the next. */
static const struct h1 *head_with(const char *lines)
{
    char request[2048];
    struct h1_event event;
    int length = snprintf(request, sizeof request, "POST /x HTTP/1.1\r\nHost: stage.example.nl\r\n%s\r\n", lines);
    h1_free(&h1);
    h1_init(&h1);
    ck_assert_int_lt(length, (int)sizeof request);
    ck_assert_uint_eq(h1_feed(&h1, (struct text){request, (size_t)length}, &event), (size_t)length);
    ck_assert_int_eq(event.kind, H1_HEAD);
    return &h1;
}

static void assert_found(const char *lines, enum cookie_found expected, const char *token)
{
    struct text found = text_of("untouched");
    ck_assert_msg(session_cookie_find(head_with(lines), &found) == expected, "not as expected: %s", lines);
    ck_assert_msg(text_is(found, token), "another token: %s", lines);
}

START_TEST(the_cookie_is_found_among_others)
{
    static const char *const found[] = {
        COOKIE, "Cookie: a=b; __Host-stagematch=" TOKEN "; c=d\r\n", "Cookie: a=b;__Host-stagematch=" TOKEN "\r\n",
        "cookie:\t__Host-stagematch=" TOKEN "\t;\r\n", "Cookie: a\r\nCookie: =; ; __Host-stagematch=" TOKEN ";\r\n"};
    static const char *const none[] = {"",
                                       "Cookie: \r\n",
                                       "Cookie: a=__Host-stagematch\r\n",
                                       "Cookie: __host-stagematch=" TOKEN "\r\n",
                                       "Cookie: __Host-stagematchx=" TOKEN "\r\n",
                                       "Cookie: x__Host-stagematch=" TOKEN "\r\n",
                                       "X-Cookie: __Host-stagematch=" TOKEN "\r\n",
                                       "Cookie: =__Host-stagematch=" TOKEN "\r\n"};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
        assert_found(found[i], COOKIE_ONE, TOKEN);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_found(none[i], COOKIE_NONE, "untouched");
}
END_TEST

START_TEST(two_of_them_or_one_that_is_no_token_are_bad)
{
    static const char *const bad[] = {"Cookie: __Host-stagematch=a; __Host-stagematch=a\r\n",
                                      "Cookie: __Host-stagematch=a\r\nCookie: b=c; __Host-stagematch=a\r\n",
                                      "Cookie: __Host-stagematch=a; __Host-stagematch=a; __Host-stagematch=a\r\n",
                                      "Cookie: __Host-stagematch=; __Host-stagematch=a\r\n",
                                      "Cookie: __Host-stagematch=\r\n",
                                      "Cookie: __Host-stagematch\r\n",
                                      "Cookie: __Host-stagematch=\"a\"\r\n",
                                      "Cookie: __Host-stagematch=a b\r\n",
                                      "Cookie: __Host-stagematch= a\r\n",
                                      "Cookie: __Host-stagematch=a=b\r\n",
                                      "Cookie: __Host-stagematch=a,b\r\n"};
    char lines[512];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_found(bad[i], COOKIE_BAD, "untouched");
    for (int length = SESSION_TOKEN_BYTES_MAX; length <= SESSION_TOKEN_BYTES_MAX + 1; length++) {
        char token[SESSION_TOKEN_BYTES_MAX + 2] = "";
        memset(token, 'a', (size_t)length);
        snprintf(lines, sizeof lines, "Cookie: __Host-stagematch=%s\r\n", token);
        bool fits = length <= SESSION_TOKEN_BYTES_MAX;
        assert_found(lines, fits ? COOKIE_ONE : COOKIE_BAD, fits ? token : "untouched");
    }
}
END_TEST

static bool is_same(const char *lines, bool over_tls, const char *public_url)
{
    const struct session_place place = {over_tls, public_url};
    return session_is_same_origin(head_with(lines), &place);
}

START_TEST(the_origin_is_the_services_own)
{
    static const char https[] = "https://stage.example.nl", http[] = "http://127.0.0.1:8080";
    ck_assert(is_same(OURS, true, https));
    ck_assert(is_same(OURS, false, https)); /* a proxy ends TLS */
    ck_assert(is_same(OURS, true, "https://other.example.nl"));
    ck_assert(is_same(OURS, true, "https://stage.example.nl:443"));
    ck_assert(is_same(OURS, true, "https://other.example.nl/stage"));
    ck_assert(is_same(OURS, true, NULL));
    ck_assert(is_same("Origin: https://STAGE.example.nl\r\nSec-Fetch-Site: same-origin\r\n", true, https));
    ck_assert(is_same("Origin: http://stage.example.nl\r\n", false, http));
    ck_assert(is_same("Origin: http://127.0.0.1:8080\r\n", false, http));
    ck_assert(is_same("Origin: https://stage.example.nl\r\n", true, "https://stage.example.nl/pad"));
}
END_TEST

START_TEST(an_origin_of_others_is_none)
{
    static const char https[] = "https://stage.example.nl", http[] = "http://127.0.0.1:8080";
    static const char *const others[] = {"",
                                         "Origin: null\r\n",
                                         "Origin: \r\n",
                                         "Origin: https://\r\n",
                                         "Origin: stage.example.nl\r\n",
                                         "Origin: http://stage.example.nl\r\n",
                                         "Origin: https://stage.example.nl/\r\n",
                                         "Origin: https://stage.example.nl.evil.example\r\n",
                                         "Origin: https://stage.example.n\r\n",
                                         "Origin: https://stage.example.nl:8443\r\n",
                                         "Origin: https://a@stage.example.nl\r\n",
                                         OURS OURS,
                                         OURS "Sec-Fetch-Site: cross-site\r\n",
                                         OURS "Sec-Fetch-Site: same-site\r\n",
                                         OURS "Sec-Fetch-Site: none\r\n",
                                         OURS "Sec-Fetch-Site: \r\n",
                                         OURS "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin\r\n"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        for (int over_tls = 0; over_tls < 2; over_tls++)
            ck_assert_msg(!is_same(others[i], over_tls != 0, https), "taken: %s", others[i]);
    ck_assert(!is_same(OURS, false, http));
    ck_assert(!is_same("Origin: http://stage.example.nl\r\n", true, http));
    ck_assert(!is_same("Origin: http://stage.example.nl\r\n", false, https));
    ck_assert(!is_same("Origin: https://\r\n", true, "https://"));
    ck_assert(!is_same("Origin: \r\n", true, ""));
}
END_TEST

static struct session session_with(const char *lines, enum method_id method, bool is_get)
{
    static const struct session_place place = {true, "https://stage.example.nl"};
    return session_of_request(head_with(lines), method_of(method), is_get, &place);
}

/* `refusal` NULL: none. */
static void assert_session(const char *lines, enum method_id method, const char *token, bool by_cookie,
                           bool wants_cookie, const char *refusal)
{
    struct session session = session_with(lines, method, false);
    ck_assert_msg(text_is(session.token, token), "another token: %s", lines);
    ck_assert_msg(session.by_cookie == by_cookie && session.wants_cookie == wants_cookie, "not as expected: %s",
                  lines);
    ck_assert_msg((session.refusal == NULL) == (refusal == NULL), "refused or not: %s", lines);
    if (refusal)
        ck_assert_str_eq(session.refusal->name, refusal);
}

START_TEST(what_a_request_comes_with)
{
    assert_session("", METHOD_GET_SESSION, "", false, false, NULL);
    assert_session(OURS COOKIE, METHOD_GET_SESSION, TOKEN, true, false, NULL);
    assert_session(COOKIE, METHOD_GET_SESSION, "", false, false, "cross_origin");
    assert_session(OURS "Sec-Fetch-Site: cross-site\r\n" COOKIE, METHOD_GET_SESSION, "", false, false,
                   "cross_origin");
    assert_session(OURS COOKIE COOKIE, METHOD_GET_SESSION, "", true, false, "unauthenticated");
    assert_session(COOKIE COOKIE, METHOD_GET_SESSION, "", false, false, "cross_origin");
    assert_session("Authorization: Bearer other\r\n" OURS COOKIE, METHOD_GET_SESSION, "other", false, false, NULL);
    assert_session("Authorization: Bearer other\r\n" COOKIE, METHOD_GET_SESSION, "other", false, false, NULL);
    assert_session("Authorization: Basic other\r\n" OURS COOKIE, METHOD_GET_SESSION, "", false, false, NULL);
    assert_session("Authorization: Bearer a\r\nAuthorization: Bearer a\r\n" OURS COOKIE, METHOD_GET_SESSION, "",
                   false, false, NULL);
    assert_session("Authorization: bearer  other \r\n", METHOD_WATCH_TASKS, "other", false, false, NULL);
    assert_session(OURS COOKIE, METHOD_WATCH_TASKS, TOKEN, true, false, NULL);
    assert_session(COOKIE, METHOD_LIST_REASONS, "", false, false, NULL);
    ck_assert_uint_eq(session_with(OURS COOKIE, METHOD_GET_SESSION, true).token.length, 0);
}
END_TEST

START_TEST(what_begins_a_session_may_ask_for_a_cookie)
{
    static const char wish[] = "X-Stagematch-Session: cookie\r\n" OURS;
    static const enum method_id methods[] = {METHOD_LOGIN, METHOD_ACCEPT_INVITATION, METHOD_RESET_PASSWORD};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        assert_session(wish, methods[i], "", false, true, NULL);
        assert_session(OURS COOKIE, methods[i], "", false, false, NULL);
        assert_session("X-Stagematch-Session: cookie\r\n", methods[i], "", false, false, "cross_origin");
        assert_session("X-Stagematch-Session: \r\n" OURS, methods[i], "", false, false, "session_header");
        assert_session("X-Stagematch-Session: cookie\r\nX-Stagematch-Session: cookie\r\n" OURS, methods[i], "", false,
                       false, "session_header");
    }
    assert_session("X-Stagematch-Session: cookie\r\n" OURS, METHOD_REQUEST_PASSWORD_RESET, "", false, false, NULL);
}
END_TEST

START_TEST(the_cookie_is_written_for_a_token_alone)
{
    static const char *const wrong[] = {"", "a b", "a;b", "a\r\nX: y", "a,b", "a=b"};
    char out[SESSION_COOKIE_BYTES], token[SESSION_TOKEN_BYTES_MAX + 2] = "";
    ck_assert_int_eq(session_cookie_write(text_of(TOKEN), out), ERR_OK);
    ck_assert_str_eq(out, "__Host-stagematch=" TOKEN "; Path=/; Secure; HttpOnly; SameSite=Strict");
    memset(token, 'a', SESSION_TOKEN_BYTES_MAX);
    ck_assert_int_eq(session_cookie_write(text_of(token), out), ERR_OK);
    ck_assert_ptr_nonnull(strstr(out, "a; Path=/; Secure; HttpOnly; SameSite=Strict"));
    token[SESSION_TOKEN_BYTES_MAX] = 'a';
    ck_assert_int_eq(session_cookie_write(text_of(token), out), ERR_RANGE);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(session_cookie_write(text_of(wrong[i]), out), ERR_RANGE);
    ck_assert_str_eq(session_cookie_end, "__Host-stagematch=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
}
END_TEST

RUN_TESTS("front/session_cookie", the_cookie_is_found_among_others, two_of_them_or_one_that_is_no_token_are_bad,
          the_origin_is_the_services_own, an_origin_of_others_is_none, what_a_request_comes_with,
          what_begins_a_session_may_ask_for_a_cookie, the_cookie_is_written_for_a_token_alone)
