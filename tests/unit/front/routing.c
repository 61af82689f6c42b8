/* The order of refusals, both codecs, who may call, and the pages. */
#include "fixture.h"

#define GET_PROPOSAL "stagematch.v1.ProposalService/GetProposal"
#define JSON_HEAD "Host: x\r\nContent-Type: application/json\r\n"

static void expect(const char *request, int status, const char *in_head, const char *in_body)
{
    struct reply reply = exchange_raw(at.port, request);
    ck_assert_msg(strstr(reply.head, in_head) != NULL, "'%s' is not in:\n%s", in_head, reply.head);
    assert_reply(&reply, status, in_body);
}

START_TEST(refusals_come_in_order)
{
    fixture_open();
    expect("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404, "404", "");
    expect("POST /stagematch.v1.ProposalService/Nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404, "404",
           "");
    expect("POST /internal/Authenticate HTTP/1.1\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{}", 404, "404", "");
    expect("GET /" GET_PROPOSAL " HTTP/1.1\r\nHost: x\r\n\r\n", 405, "Allow: POST", "");
    expect("DELETE /" GET_PROPOSAL " HTTP/1.1\r\nHost: x\r\n\r\n", 405, "Allow: POST", "");
    expect("POST /" GET_PROPOSAL " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
           415, "Accept-Post", "");
    expect("POST /" GET_PROPOSAL " HTTP/1.1\r\n" JSON_HEAD
           "Connect-Protocol-Version: 2\r\nContent-Length: 2\r\n\r\n{}",
           400, "application/json", "invalid_argument");
    expect("POST /" GET_PROPOSAL " HTTP/1.1\r\n" JSON_HEAD
           "Connect-Timeout-Ms: 12345678901\r\nContent-Length: 2\r\n\r\n{}",
           400, "application/json", "invalid_argument");
    expect("POST /" GET_PROPOSAL " HTTP/1.1\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{]", 401, "no-store",
           "unauthenticated"); /* nothing of nobody's is decoded */
    expect("POST /" GET_PROPOSAL " HTTP/1.1\r\n" JSON_HEAD "Content-Length: 2\r\n\r\n{}", 401,
           "WWW-Authenticate: Bearer", "unauthenticated");
    ck_assert_uint_eq(at.asked_count, 0);
    fixture_close();
}
END_TEST

START_TEST(what_the_engine_does_not_know_is_unimplemented)
{
    fixture_open();
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{\"proposalId\":\"00\"}");
    assert_reply(&reply, 501, "unimplemented");
    fixture_close();
}
END_TEST

static void play_proposal(void)
{
    Stagematch__V1__GetProposalResponse response = STAGEMATCH__V1__GET_PROPOSAL_RESPONSE__INIT;
    Stagematch__V1__Proposal proposal = STAGEMATCH__V1__PROPOSAL__INIT;
    char id[] = "abcd", school[] = "25PT";
    proposal.proposal_id = id;
    proposal.school = school;
    response.proposal = &proposal;
    play_message(METHOD_GET_PROPOSAL, &response);
}

START_TEST(json_and_protobuf_reach_the_engine_alike)
{
    char id[] = "abcd";
    Stagematch__V1__GetProposalRequest request = STAGEMATCH__V1__GET_PROPOSAL_REQUEST__INIT;
    fixture_open();
    play_proposal();
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{\"proposalId\":\"abcd\"}");
    ck_assert_ptr_nonnull(strstr(reply.head, "Cache-Control: no-store"));
    ck_assert_ptr_nonnull(strstr(reply.head, "X-Content-Type-Options: nosniff"));
    ck_assert_str_eq(reply.body, "{\"proposal\":{\"proposalId\":\"abcd\",\"school\":\"25PT\"}}");
    reply_free(&reply);
    request.proposal_id = id;
    reply = post_message(METHOD_GET_PROPOSAL, &request);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_ptr_nonnull(strstr(reply.head, "application/proto"));
    ck_assert_uint_eq(reply.body_length, at.plays[METHOD_GET_PROPOSAL].length);
    ck_assert_mem_eq(reply.body, at.plays[METHOD_GET_PROPOSAL].bytes, reply.body_length);
    reply_free(&reply);
    const struct asked *first = asked_of(METHOD_GET_PROPOSAL, 0), *second = asked_of(METHOD_GET_PROPOSAL, 1);
    ck_assert_uint_eq(first->body_length, second->body_length);
    ck_assert_mem_eq(first->body, second->body, first->body_length);
    ck_assert_str_eq(first->assertion, "assertion");
    ck_assert_uint_eq(first->token_length, 0);
    fixture_close();
}
END_TEST

START_TEST(the_vault_gets_token_and_address_and_no_assertion)
{
    fixture_open();
    Stagematch__V1__GetSessionResponse response = STAGEMATCH__V1__GET_SESSION_RESPONSE__INIT;
    play_message(METHOD_GET_SESSION, &response);
    struct reply reply = post_json(METHOD_GET_SESSION, "{}");
    assert_reply(&reply, 200, "{}");
    const struct asked *asked = asked_of(METHOD_GET_SESSION, 0);
    ck_assert_str_eq(asked->token, TOKEN);
    ck_assert_str_eq(asked->peer, "127.0.0.1");
    ck_assert_uint_eq(asked->assertion_length, 0);
    fixture_close();
}
END_TEST

START_TEST(whoever_has_a_network_has_one_try_in_it)
{
    static const char *const clients[] = {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "192.0.2.7"};
    static const char *const counted[] = {"2001:db8:1:2::", "2001:db8:1:2::", "192.0.2.7"};
    for (size_t i = 0; i < 3; i++) {
        char head[400];
        fixture_open_with("trusted_proxies", "127.0.0.1");
        snprintf(head, sizeof head,
                 "POST /stagematch.v1.AuthService/Login HTTP/1.1\r\n" JSON_HEAD
                 "X-Forwarded-For: %s\r\nContent-Length: 2\r\n\r\n{}",
                 clients[i]);
        struct reply reply = exchange_raw(at.port, head);
        assert_reply(&reply, 501, "unimplemented");
        ck_assert_str_eq(asked_of(METHOD_LOGIN, 0)->peer, counted[i]);
        fixture_close();
    }
}
END_TEST

START_TEST(a_public_method_needs_nobody_and_may_be_got)
{
    fixture_open();
    Stagematch__V1__GetLedgerHeadResponse response = STAGEMATCH__V1__GET_LEDGER_HEAD_RESPONSE__INIT;
    response.seq = 7;
    play_message(METHOD_GET_LEDGER_HEAD, &response);
    struct reply reply =
        exchange_raw(at.port, "GET /stagematch.v1.LedgerService/GetLedgerHead?connect=v1&encoding=json"
                              "&message=%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_ptr_null(strstr(reply.head, "no-store"));
    assert_reply(&reply, 200, "{\"seq\":\"7\"}");
    ck_assert_uint_eq(asked_times(METHOD_AUTHENTICATE), 0);
    fixture_close();
}
END_TEST

START_TEST(a_refusal_of_another_role_is_handed_on_with_its_detail)
{
    fixture_open();
    play_refusal(METHOD_GET_PROPOSAL, &refusal_not_found);
    struct reply reply =
        post_with(METHOD_GET_PROPOSAL, "application/json", BEARER "Accept-Language: en\r\n", "{}", 2);
    ck_assert_ptr_nonnull(strstr(reply.body, "stagematch.v1.Refusal"));
    ck_assert_ptr_nonnull(strstr(reply.body, refusal_not_found.message_en));
    assert_reply(&reply, 404, "not_found");
    reply = post_with(METHOD_GET_PROPOSAL, "application/json", BEARER "Accept-Language: nl\r\n", "{}", 2);
    assert_reply(&reply, 404, refusal_not_found.message_nl);
    fixture_close();
}
END_TEST

START_TEST(a_role_that_may_not_is_refused_before_anybody_is_asked)
{
    fixture_open();
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COMPANY, "100000001", 60000);
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 403, "permission_denied");
    reply = post_json(METHOD_GET_PROPOSAL, "{]");
    assert_reply(&reply, 403, "permission_denied"); /* and what it says is not even read */
    ck_assert_uint_eq(at.asked_count, 1);
    fixture_close();
}
END_TEST

START_TEST(a_change_needs_a_uuid)
{
    static const char *const bad[] = {"{}", "{\"requestId\":\"\"}", "{\"requestId\":\"1\"}",
                                      "{\"requestId\":\"11111111-2222-4333-8444-55555555555g\"}",
                                      "{\"requestId\":\"11111111022220433308444055555555555\"}"};
    fixture_open();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct reply reply = post_json(METHOD_APPROVE_PROPOSAL, bad[i]);
        assert_reply(&reply, 400, "invalid_argument");
    }
    ck_assert_uint_eq(at.asked_count, 1); /* who it is */
    struct reply reply = post_json(METHOD_APPROVE_PROPOSAL, "{\"requestId\":\"" REQUEST_ID "\"}");
    assert_reply(&reply, 501, "unimplemented");
    fixture_close();
}
END_TEST

START_TEST(a_request_beyond_its_methods_size_is_refused)
{
    char body[16384];
    fixture_open();
    memset(body, ' ', sizeof body);
    body[0] = '{';
    body[1] = '}';
    struct reply reply = post_with(METHOD_GET_PROPOSAL, "application/json", BEARER, body, sizeof body);
    ck_assert_int_eq(reply.status, 413);
    reply_free(&reply);
    ck_assert_uint_eq(at.asked_count, 0);
    fixture_close();
}
END_TEST

START_TEST(a_large_body_is_not_taken_from_nobody)
{
    fixture_open();
    struct reply reply =
        exchange_raw(at.port, "POST /stagematch.v1.StudentService/ImportStudents HTTP/1.1\r\n" JSON_HEAD
                              "Content-Length: 30000000\r\n\r\n");
    assert_reply(&reply, 401, "unauthenticated");
    fixture_close();
}
END_TEST

START_TEST(without_a_role_the_answer_is_unavailable)
{
    fixture_open();
    play_proposal();
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 200, "abcd");
    channel_close(at.far[ROLE_ENGINE]);
    at.far[ROLE_ENGINE] = NULL;
    turns(5);
    reply = post_json(METHOD_GET_PROPOSAL, "{}");
    ck_assert_ptr_nonnull(strstr(reply.head, "Retry-After"));
    assert_reply(&reply, 503, "unavailable");
    connect_role(ROLE_ENGINE);
    reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 200, "abcd");
    fixture_close();
}
END_TEST

START_TEST(a_call_under_way_survives_a_new_channel)
{
    fixture_open();
    at.plays[METHOD_GET_PROPOSAL].play = PLAY_HOLD;
    struct client client = client_open();
    client_post(&client, GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    for (int i = 0; i < 2000 && at.held_count == 0; i++)
        turn();
    ck_assert_uint_eq(at.held_count, 1);
    channel_close(at.far[ROLE_ENGINE]);
    turns(5);
    connect_role(ROLE_ENGINE);
    struct reply reply = client_wait(&client);
    assert_reply(&reply, 503, "unavailable");
    client_close(&client);
    play_proposal();
    reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 200, "abcd");
    fixture_close();
}
END_TEST

START_TEST(a_deadline_of_the_client_holds)
{
    fixture_open();
    at.plays[METHOD_GET_PROPOSAL].play = PLAY_HOLD;
    struct reply reply =
        post_with(METHOD_GET_PROPOSAL, "application/json", BEARER "Connect-Timeout-Ms: 50\r\n", "{}", 2);
    assert_reply(&reply, 504, "deadline_exceeded");
    turns(5);
    ck_assert_uint_eq(at.canceled_count, 1);
    fixture_close();
}
END_TEST

START_TEST(a_client_that_leaves_is_noticed)
{
    fixture_open();
    at.plays[METHOD_GET_PROPOSAL].play = PLAY_HOLD;
    struct client client = client_open();
    client_post(&client, GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    for (int i = 0; i < 2000 && at.held_count == 0; i++)
        turn();
    struct linger at_once = {1, 0};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client_close(&client);
    for (int i = 0; i < 2000 && at.canceled_count == 0; i++)
        turn();
    ck_assert_uint_eq(at.canceled_count, 1);
    fixture_close();
}
END_TEST

START_TEST(the_pages_are_there)
{
    fixture_open();
    expect("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200, "text/plain", "ok\n");
    at.expects_head = true;
    expect("HEAD /healthz HTTP/1.0\r\n\r\n", 200, "Content-Length: 3", "");
    at.expects_head = false;
    expect("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "text/plain", "Stagematch");
    expect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405, "Allow: GET, HEAD", "");
    expect("GET /.well-known/security.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200, "text/plain", "Expires: 20");
    expect("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 404, "404", "");
    fixture_close();
}
END_TEST

static void play_health(bool ready)
{
    char numbers[] = "stagematch_played_total 1\n", reason[] = "reading \"rows\"";
    Stagematch__Internal__V1__GetMetricsResponse response = STAGEMATCH__INTERNAL__V1__GET_METRICS_RESPONSE__INIT;
    response.text = numbers;
    response.ready = ready;
    if (!ready)
        response.reason = reason;
    play_message(METHOD_GET_METRICS, &response);
}

START_TEST(readiness_is_what_engine_and_vault_say)
{
    static const char request[] = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";
    fixture_open();
    play_health(true);
    expect(request, 200, "application/json",
           "{\"ready\":true,\"roles\":{\"front.0\":true,\"engine\":true,\"vault\":true}");
    expect(request, 200, "application/json",
           "{\"ready\":true,\"roles\":{\"front.0\":true,\"engine\":true,\"vault\":true}");
    ck_assert_uint_eq(asked_times(METHOD_GET_METRICS), 2);
    play_health(false);
    at.clock_shift_ms += 1100;
    expect(request, 503, "application/json", "\"engine\":\"reading \\\"rows\\\"\"");
    channel_close(at.far[ROLE_VAULT]);
    at.far[ROLE_VAULT] = NULL;
    turns(5);
    play_health(true);
    at.clock_shift_ms += 1100;
    expect(request, 503, "application/json",
           "{\"ready\":false,\"reasons\":{\"vault\":\"it is not there\"},"
           "\"roles\":{\"front.0\":true,\"engine\":true,\"vault\":false}");
    fixture_close();
}
END_TEST

START_TEST(metrics_have_all_three_roles)
{
    fixture_open();
    play_health(true);
    play_proposal();
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{}");
    reply_free(&reply);
    reply = exchange_raw(at.metrics_port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    ck_assert_ptr_nonnull(
        strstr(reply.body, "stagematch_front_calls_total{method=\"" GET_PROPOSAL "\",code=\"ok\"} 1"));
    ck_assert_ptr_nonnull(strstr(reply.body, "stagematch_front_call_seconds_count 1"));
    ck_assert_ptr_nonnull(strstr(reply.body, "stagematch_http_requests_total"));
    assert_reply(&reply, 200, "stagematch_played_total 1");
    reply = exchange_raw(at.metrics_port, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_reply(&reply, 404, "");
    fixture_close();
}
END_TEST

START_TEST(stopping_finishes_what_began)
{
    fixture_open();
    at.plays[METHOD_GET_PROPOSAL].play = PLAY_HOLD;
    struct client client = client_open();
    client_post(&client, GET_PROPOSAL, "application/json", BEARER, "{}", 2);
    for (int i = 0; i < 2000 && at.held_count == 0; i++)
        turn();
    front_role.stop(at.front);
    turns(20);
    ck_assert(!at.stopped);
    play_proposal();
    answer_bytes(at.held[0], at.plays[METHOD_GET_PROPOSAL].bytes, at.plays[METHOD_GET_PROPOSAL].length);
    at.held_count = 0;
    struct reply reply = client_wait(&client);
    assert_reply(&reply, 200, "abcd");
    client_close(&client);
    for (int i = 0; i < 2000 && !at.stopped; i++)
        turn();
    ck_assert(at.stopped);
    fixture_close();
}
END_TEST

RUN_TESTS("front/routing", refusals_come_in_order, what_the_engine_does_not_know_is_unimplemented,
          json_and_protobuf_reach_the_engine_alike, the_vault_gets_token_and_address_and_no_assertion,
          whoever_has_a_network_has_one_try_in_it, a_public_method_needs_nobody_and_may_be_got,
          a_refusal_of_another_role_is_handed_on_with_its_detail,
          a_role_that_may_not_is_refused_before_anybody_is_asked, a_change_needs_a_uuid,
          a_request_beyond_its_methods_size_is_refused, a_large_body_is_not_taken_from_nobody,
          without_a_role_the_answer_is_unavailable, a_call_under_way_survives_a_new_channel,
          a_deadline_of_the_client_holds, a_client_that_leaves_is_noticed, the_pages_are_there,
          readiness_is_what_engine_and_vault_say, metrics_have_all_three_roles, stopping_finishes_what_began)
