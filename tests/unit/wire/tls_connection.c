#include "tls_service.h"

/* --- requests and answers --- */

START_TEST(what_is_pipelined_is_answered_in_order)
{
    struct secure secure;
    start_secure(&secure);
    struct peer peer = greet(&secure.service, TLS1_3_VERSION);
    TELL(&secure.service, &peer,
         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none" GET(
             "/later") "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nthree");
    TURN_UNTIL(&secure.service, secure.service.held_count == 1);
    exchange_respond(secure.service.held[0], 200, NULL, 0, text_of("two"));
    struct buf heard = listen_until(&secure.service, &peer, "\r\n\r\nthree", 1);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\none"), 1);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\ntwo"), 1);
    buf_free(&heard);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

START_TEST(large_bodies_go_both_ways)
{
    static char body[LARGE_LIMIT_BYTES];
    static const char head[] = "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n";
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct secure secure;
    start_secure(&secure);
    memset(body, 'x', sizeof body);
    static const char last[] = {'l', 'a', 's', 't'};
    memcpy(body + sizeof body - sizeof last, last, sizeof last);
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = greet(&secure.service, versions[i]);
        tell(&secure.service, &peer, head, sizeof head - 1);
        tell(&secure.service, &peer, body, sizeof body);
        struct buf heard = listen_until(&secure.service, &peer, "last", 1);
        ck_assert_uint_gt(heard.length, sizeof body);
        buf_free(&heard);
        TELL(&secure.service, &peer, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        heard = listen_until(&secure.service, &peer, NULL, 0);
        ck_assert_uint_gt(heard.length, BIG_ANSWER_BYTES);
        ck_assert_mem_eq(heard.data + heard.length - BIG_ANSWER_BYTES, secure.service.big, BIG_ANSWER_BYTES);
        buf_free(&heard);
        hang_up(&peer);
    }
    end_secure(&secure);
}
END_TEST

START_TEST(a_reader_that_stops_is_cut_off)
{
    struct secure secure;
    struct h1_server_options options = secure_options(&secure);
    options.write_timeout_ms = 100;
    start(&secure.service, &options);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    struct peer peer = greet(&secure.service, TLS1_3_VERSION);
    TELL(&secure.service, &peer, GET("/big"));
    TURN_UNTIL(&secure.service, counts->causes[H1_CAUSE_WRITE_LATE] == 1);
    TURN_UNTIL(&secure.service, counts->connections == 0);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

/* --- the end of a connection --- */

START_TEST(the_server_says_that_it_closes)
{
    static const char *const requests[] = {"GET /client HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                           "no request\r\n\r\n", GET("/refuse")};
    struct secure secure;
    start_secure(&secure);
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = greet(&secure.service, i ? TLS1_2_VERSION : TLS1_3_VERSION);
        tell(&secure.service, &peer, requests[i], strlen(requests[i]));
        struct buf heard = listen_until(&secure.service, &peer, NULL, 0);
        ck_assert_uint_eq(count_of(&heard, "\r\nConnection: close\r\n"), 1);
        buf_free(&heard);
        hang_up(&peer);
    }
    end_secure(&secure);
}
END_TEST

START_TEST(an_idle_connection_is_closed_with_a_word)
{
    struct secure secure;
    struct h1_server_options options = secure_options(&secure);
    options.idle_timeout_ms = 100;
    start(&secure.service, &options);
    struct peer peer = greet(&secure.service, TLS1_3_VERSION);
    TELL(&secure.service, &peer, GET("/client"));
    struct buf heard = listen_until(&secure.service, &peer, NULL, 0);
    ck_assert_uint_eq(count_of(&heard, "127.0.0.1"), 1);
    buf_free(&heard);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

START_TEST(a_peer_that_said_it_is_done_gets_its_answers)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct secure secure;
    start_secure(&secure);
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = greet(&secure.service, versions[i]);
        TELL(&secure.service, &peer, GET("/later") GET("/client"));
        ck_assert_int_eq(SSL_shutdown(peer.ssl), 0);
        TURN_UNTIL(&secure.service, secure.service.held_count == i + 1);
        turn_for(&secure.service, NAPS_MS);
        ck_assert_uint_eq(secure.service.canceled, 0);
        exchange_respond(secure.service.held[i], 200, NULL, 0, text_of("first"));
        struct buf heard = listen_until(&secure.service, &peer, NULL, 0);
        ck_assert_uint_eq(count_of(&heard, "\r\n\r\nfirst"), 1);
        ck_assert_uint_eq(count_of(&heard, "\r\n\r\n127.0.0.1"), 1);
        buf_free(&heard);
        hang_up(&peer);
    }
    end_secure(&secure);
}
END_TEST

START_TEST(a_large_answer_goes_on_after_the_peer_said_it_is_done)
{
    struct secure secure;
    start_secure(&secure);
    struct peer peer = greet(&secure.service, TLS1_3_VERSION);
    TELL(&secure.service, &peer, GET("/big"));
    TURN_UNTIL(&secure.service, secure.service.requests == 1);
    ck_assert_int_eq(SSL_shutdown(peer.ssl), 0);
    turn_for(&secure.service, NAPS_MS);
    struct buf heard = listen_until(&secure.service, &peer, NULL, 0);
    ck_assert_uint_gt(heard.length, BIG_ANSWER_BYTES);
    buf_free(&heard);
    hang_up(&peer);
    end_secure(&secure);
}
END_TEST

START_TEST(a_connection_that_is_cut_is_no_end_of_a_request)
{
    static const char *const cut[] = {"GET / HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"};
    struct secure secure;
    start_secure(&secure);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    for (size_t i = 0; i < 4; i++) { /* once as a cut, once with a word */
        struct peer peer = greet(&secure.service, TLS1_3_VERSION);
        tell(&secure.service, &peer, cut[i % 2], strlen(cut[i % 2]));
        turn_for(&secure.service, NAPS_MS);
        if (i >= 2) {
            ck_assert_int_eq(SSL_shutdown(peer.ssl), 0);
            struct buf heard = listen_until(&secure.service, &peer, NULL, 0);
            ck_assert_uint_eq(count_of(&heard, "HTTP/1.1 400 Bad Request\r\n"), 1);
            buf_free(&heard);
        }
        hang_up(&peer);
        TURN_UNTIL(&secure.service, counts->connections == 0);
    }
    ck_assert_uint_eq(counts->causes[H1_CAUSE_CUT_SHORT], 2);
    ck_assert_uint_eq(secure.service.requests, 0);
    end_secure(&secure);
}
END_TEST

START_TEST(a_client_that_left_is_noticed_while_the_handler_runs)
{
    struct secure secure;
    start_secure(&secure);
    const struct h1_server_counts *counts = h1_server_counts(secure.service.server);
    for (size_t i = 0; i < 2; i++) { /* without a word; with one, and then gone */
        struct peer peer = greet(&secure.service, TLS1_3_VERSION);
        TELL(&secure.service, &peer, GET("/later"));
        TURN_UNTIL(&secure.service, secure.service.held_count == i + 1);
        if (i == 1)
            ck_assert_int_eq(SSL_shutdown(peer.ssl), 0);
        hang_up(&peer);
        TURN_UNTIL(&secure.service, secure.service.canceled == i + 1);
        exchange_respond(secure.service.held[i], 200, NULL, 0, text_of("nobody reads this"));
        TURN_UNTIL(&secure.service, counts->connections == 0);
    }
    end_secure(&secure);
}
END_TEST

static void on_stopped(void *context)
{
    struct service *service = context;
    service->stopped = true;
}

START_TEST(a_stop_waits_for_what_has_begun_and_not_for_silence)
{
    struct secure secure;
    start_secure(&secure);
    struct peer busy = greet(&secure.service, TLS1_3_VERSION);
    int silent = dial(&secure.service);
    TELL(&secure.service, &busy, GET("/later"));
    TURN_UNTIL(&secure.service, secure.service.held_count == 1);
    TURN_UNTIL(&secure.service, h1_server_counts(secure.service.server)->handshakes == 1);
    h1_server_stop(secure.service.server, on_stopped, &secure.service);
    turn_for(&secure.service, NAPS_MS);
    ck_assert(!secure.service.stopped);
    exchange_respond(secure.service.held[0], 200, NULL, 0, text_of("done"));
    struct buf heard = listen_until(&secure.service, &busy, NULL, 0);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\ndone"), 1);
    buf_free(&heard);
    hang_up(&busy);
    TURN_UNTIL(&secure.service, secure.service.stopped);
    close(silent);
    end_secure(&secure);
}
END_TEST

/* --- another certificate --- */

static void assert_name(const struct peer *peer, const char *expected)
{
    char name[64];
    X509 *certificate = SSL_get1_peer_certificate(peer->ssl);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_int_gt(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name),
                     0);
    ck_assert_str_eq(name, expected);
    X509_free(certificate);
}

START_TEST(a_new_certificate_is_for_new_connections)
{
    struct secure secure;
    start_secure(&secure);
    struct peer before = greet(&secure.service, TLS1_3_VERSION);
    struct peer between = dial_tls(&secure.service, client_context(TLS1_3_VERSION));
    TURN_UNTIL(&secure.service, h1_server_counts(secure.service.server)->accepted == 2);
    struct pair pair = make_pair("second", 2048);
    struct tls *tls = tls_of(&pair);
    h1_server_set_tls(secure.service.server, tls);
    tls_free(secure.tls);
    secure.tls = tls;
    struct peer after = greet(&secure.service, TLS1_3_VERSION);
    ck_assert(shake(&secure.service, &between));
    assert_name(&before, "first");
    assert_name(&between, "first");
    assert_name(&after, "second");
    struct peer *peers[] = {&before, &between, &after};
    for (size_t i = 0; i < 3; i++) {
        TELL(&secure.service, peers[i], GET("/client"));
        assert_listened(&secure.service, peers[i], "127.0.0.1", 1);
        hang_up(peers[i]);
    }
    free_pair(&pair);
    end_secure(&secure);
}
END_TEST

/* --- headers that every answer gets --- */

START_TEST(every_answer_has_the_common_headers_once)
{
    static const struct exchange_header common[] = {{"X-Common", "all"}, {"content-type", "from/common"}};
    struct service service;
    struct h1_server_options options = quick_options();
    options.headers = common;
    options.header_count = 2;
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/echo") GET("/nothing") "no request\r\n\r\n");
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(count_of(&heard, "\r\nX-Common: all\r\n"), 3);
    ck_assert_uint_eq(count_of(&heard, "\r\nContent-Type: text/plain\r\n"), 1);
    ck_assert_uint_eq(count_of(&heard, "\r\nContent-Type: application/json\r\n"), 1);
    ck_assert_uint_eq(count_of(&heard, "\r\ncontent-type: from/common\r\n"), 1); /* that of the 204 */
    buf_free(&heard);
    close(fd);
    end(&service);
}
END_TEST

RUN_TESTS("wire/tls_connection", what_is_pipelined_is_answered_in_order, large_bodies_go_both_ways,
          a_reader_that_stops_is_cut_off, the_server_says_that_it_closes, an_idle_connection_is_closed_with_a_word,
          a_peer_that_said_it_is_done_gets_its_answers, a_large_answer_goes_on_after_the_peer_said_it_is_done,
          a_connection_that_is_cut_is_no_end_of_a_request, a_client_that_left_is_noticed_while_the_handler_runs,
          a_stop_waits_for_what_has_begun_and_not_for_silence, a_new_certificate_is_for_new_connections,
          every_answer_has_the_common_headers_once)
