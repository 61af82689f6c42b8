#include "h1_service.h"

/* --- peers that leave --- */

START_TEST(a_half_closed_peer_gets_its_answers)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/later") GET("/client"));
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    TURN_UNTIL(&service, service.held_count == 1);
    turn_for(&service, 1300); /* it is probed, and stays */
    ck_assert_uint_eq(service.canceled, 0);
    exchange_respond(service.held[0], 200, NULL, 0, text_of("first"));
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\nfirst"), 1);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\n127.0.0.1"), 1);
    ck_assert_uint_eq(count_of(&heard, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"), 1);
    buf_free(&heard);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(a_request_that_ends_early_is_answered_so)
{
    struct service service;
    struct h1_server_options options = quick_options();
    static const char *const cut[] = {"GET / HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"};
    start(&service, &options);
    for (size_t i = 0; i < 2; i++) {
        int fd = dial(&service);
        say(fd, cut[i]);
        ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
        assert_closes(&service, fd, "HTTP/1.1 400 Bad Request\r\n", "before it was complete.\"}");
    }
    ck_assert_uint_eq(h1_server_counts(service.server)->causes[H1_CAUSE_CUT_SHORT], 2);
    int fd = dial(&service);
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(heard.length, 0);
    close(fd);
    end(&service);
}
END_TEST

static void reset_on_close(int fd)
{
    const struct linger at_once = {1, 0};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
}

START_TEST(a_client_that_left_is_noticed_while_the_handler_runs)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    for (size_t i = 0; i < 2; i++) {
        int fd = dial(&service);
        say(fd, GET("/later"));
        TURN_UNTIL(&service, service.held_count == i + 1);
        if (i == 0)
            reset_on_close(fd); /* once with a reset, once with an orderly close */
        close(fd);
        TURN_UNTIL(&service, service.canceled == i + 1);
        ck_assert_uint_eq(counts->exchanges, 1);
        ck_assert(text_is(h1_path(exchange_head(service.held[i])), "/later")); /* valid until answered */
        exchange_respond(service.held[i], 200, NULL, 0, text_of("nobody reads this"));
        TURN_UNTIL(&service, counts->connections == 0);
        ck_assert_uint_eq(counts->exchanges, 0);
    }
    ck_assert_uint_eq(counts->canceled, 2);
    end(&service);
}
END_TEST

/* --- caps --- */

START_TEST(connections_are_capped_in_all_and_per_address)
{
    for (int per_address = 0; per_address < 2; per_address++) {
        struct service service;
        struct h1_server_options options = quick_options();
        *(per_address ? &options.connections_per_address : &options.connections_max) = 2;
        start(&service, &options);
        int first = dial(&service), second = dial(&service), third = dial(&service);
        say(third, GET("/"));
        assert_closes(
            &service, third, "HTTP/1.1 503 Service Unavailable\r\n",
            "{\"code\":\"unavailable\",\"message\":\"There are too many connections now. Try again later.\"}");
        const struct h1_server_counts *counts = h1_server_counts(service.server);
        ck_assert_uint_eq(counts->causes[per_address ? H1_CAUSE_ADDRESS : H1_CAUSE_CONNECTIONS], 1);
        close(first);
        TURN_UNTIL(&service, counts->connections == 1);
        third = dial(&service);
        say(third, GET("/"));
        assert_heard(&service, third, "HTTP/1.1 200 OK", 1);
        say(second, GET("/"));
        assert_heard(&service, second, "HTTP/1.1 200 OK", 1);
        close(second);
        close(third);
        end(&service);
    }
}
END_TEST

START_TEST(a_flood_beyond_the_cap_costs_a_bounded_number_of_connections)
{
    struct service service;
    struct h1_server_options options = quick_options();
    enum { FLOOD = 300 };
    int flood[FLOOD];
    options.connections_max = 4;
    start(&service, &options);
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    for (size_t i = 0; i < FLOOD; i++) {
        flood[i] = dial(&service);
        turn(&service);
        ck_assert_uint_le(counts->connections, 4 + 64);
    }
    TURN_UNTIL(&service, counts->accepted == FLOOD);
    ck_assert_uint_eq(counts->causes[H1_CAUSE_CONNECTIONS], FLOOD - 4);
    for (size_t i = 0; i < FLOOD; i++)
        close(flood[i]);
    TURN_UNTIL(&service, counts->connections == 0);
    end(&service);
}
END_TEST

START_TEST(an_address_that_many_share_has_a_cap_of_its_own)
{
    struct service service;
    struct address_list shared;
    struct h1_server_options options = quick_options();
    ck_assert_int_eq(address_list_parse(text_of("127.0.0.0/8"), &shared), ERR_OK);
    options.connections_per_address = 1;
    options.connections_per_shared_address = 3;
    options.shared_addresses = &shared;
    start(&service, &options);
    int fds[4];
    for (size_t i = 0; i < 4; i++)
        fds[i] = dial(&service);
    say(fds[2], GET("/"));
    assert_heard(&service, fds[2], "HTTP/1.1 200 OK", 1);
    assert_closes(&service, fds[3], "HTTP/1.1 503", "}");
    for (size_t i = 0; i < 3; i++)
        close(fds[i]);
    end(&service);
    address_list_free(&shared);
}
END_TEST

START_TEST(the_client_behind_a_trusted_proxy_is_the_last_that_is_none)
{
    static const struct {
        const char *headers, *client;
    } cases[] = {
        {"", "127.0.0.1"},
        {"X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
        {"X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n",
         "192.0.2.1"}, /* what the client wrote itself does not count */
        {"X-Forwarded-For: 203.0.113.9, 192.0.2.1 , 10.0.0.1\r\n", "192.0.2.1"},
        {"X-Forwarded-For: 203.0.113.9\r\nx-forwarded-for: 192.0.2.1\r\n", "192.0.2.1"},
        {"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.0.0.1,10.2.3.4\r\n", "192.0.2.1"},
        {"X-Forwarded-For: 10.0.0.7,10.0.0.1\r\n", "10.0.0.7"},
        {"X-Forwarded-For: 192.0.2.1:4711\r\n", "192.0.2.1"},
        {"X-Forwarded-For: 2001:db8::7\r\n", "2001:db8::7"},
        {"X-Forwarded-For: [2001:db8::7]:99\r\n", "2001:db8::7"},
        {"X-Forwarded-For: [2001:db8::7]\r\n", "2001:db8::7"},
        {"X-Forwarded-For: ::ffff:192.0.2.1\r\n", "192.0.2.1"},
        {"X-Forwarded-For: unknown\r\n", "127.0.0.1"},
        {"X-Forwarded-For: 203.0.113.9, junk, 10.0.0.1\r\n", "10.0.0.1"},
        {"X-Forwarded-For:\r\n", "127.0.0.1"},
        {"X-Forwarded-For: 192.0.2.1,\r\n", "127.0.0.1"},
    };
    struct service service;
    struct address_list trusted;
    struct h1_server_options options = quick_options();
    ck_assert_int_eq(address_list_parse(text_of("127.0.0.1 10.0.0.0/8"), &trusted), ERR_OK);
    for (int trusts = 1; trusts >= 0; trusts--) {
        options.trusted_proxies = trusts ? &trusted : NULL;
        start(&service, &options);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            char request[256];
            int fd = dial(&service);
            snprintf(request, sizeof request, "GET /client HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n",
                     cases[i].headers);
            say(fd, request);
            assert_closes(&service, fd, "HTTP/1.1 200", trusts ? cases[i].client : "127.0.0.1");
        }
        end(&service);
    }
    address_list_free(&trusted);
}
END_TEST

START_TEST(behind_a_proxy_a_client_is_counted_by_its_exchanges)
{
    struct service service;
    struct address_list trusted;
    struct h1_server_options options = quick_options();
    int fds[4];
    ck_assert_int_eq(address_list_parse(text_of("127.0.0.1"), &trusted), ERR_OK);
    options.trusted_proxies = &trusted;
    options.connections_per_address = 2;
    start(&service, &options);
    for (size_t i = 0; i < 4; i++)
        fds[i] = dial(&service);
    for (size_t i = 0; i < 2; i++)
        say(fds[i], "GET /later HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    TURN_UNTIL(&service, service.held_count == 2);
    say(fds[2], "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    assert_closes(&service, fds[2], "HTTP/1.1 503", "}");
    say(fds[3], "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.2\r\n\r\n");
    assert_heard(&service, fds[3], "192.0.2.2", 1);
    exchange_respond(service.held[0], 200, NULL, 0, text_of(""));
    say(fds[3], "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    assert_heard(&service, fds[3], "192.0.2.1", 1);
    exchange_respond(service.held[1], 200, NULL, 0, text_of(""));
    close(fds[0]);
    close(fds[1]);
    close(fds[3]);
    end(&service);
    address_list_free(&trusted);
}
END_TEST

START_TEST(accepting_pauses_when_descriptors_are_out_and_goes_on)
{
    struct service service;
    struct h1_server_options options = quick_options();
    struct rlimit limit, tight;
    start(&service, &options);
    int waiting = dial(&service), spare = dup(0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    tight = (struct rlimit){(rlim_t)spare + 1, limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
    say(waiting, GET("/"));
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    TURN_UNTIL(&service, counts->causes[H1_CAUSE_ACCEPT_PAUSED] > 0);
    turn_for(&service, 250);
    ck_assert_uint_le(counts->causes[H1_CAUSE_ACCEPT_PAUSED], 5); /* it waits, it does not spin */
    ck_assert_uint_eq(counts->accepted, 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_heard(&service, waiting, "HTTP/1.1 200 OK", 1);
    close(spare);
    close(waiting);
    end(&service);
}
END_TEST

/* What `/` is answered with as the id of a request with this header. */
static void assert_id(const struct h1_server_options *options, const char *header, const char *expected)
{
    struct service service;
    char request[256];
    start(&service, options);
    snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", header);
    int fd = dial(&service);
    say(fd, request);
    struct buf heard = hear_until(&service, fd, "\r\n\r\n", 1);
    buf_put_char(&heard, '\0');
    const char *id = strstr(heard.data, "\r\nX-Request-Id: ");
    ck_assert_ptr_nonnull(id);
    id += strlen("\r\nX-Request-Id: ");
    size_t length = strcspn(id, "\r");
    if (expected)
        ck_assert_msg(length == strlen(expected) && strncmp(id, expected, length) == 0, "%.*s", (int)length, id);
    else
        ck_assert_msg(length == 32 && strspn(id, "0123456789abcdef") == 32, "%.*s", (int)length, id);
    buf_free(&heard);
    close(fd);
    end(&service);
}

START_TEST(an_id_is_a_trusted_proxys_where_it_is_one_and_otherwise_new)
{
    static const char uuid[] = "X-Request-Id: 0F3e4a5b-1111-4222-8333-0123456789ab\r\n";
    static const char *const others[] = {
        "",
        "X-Request-Id: \r\n",
        "X-Request-Id: 0123456789abcde\r\n",
        "X-Request-Id: jan.de.vries.janssen\r\n",
        "X-Request-Id: 0123456789abcdef\r\nX-Request-Id: 0123456789abcdef\r\n",
        "X-Request-Id: 01234567890123456789012345678901234567890123456789012345678901234\r\n"};
    struct random_seeded seeded;
    struct h1_server_options options = quick_options();
    struct address_list trusted;
    options.random = random_of_seed(&seeded, 1);
    assert_id(&options, uuid, NULL); /* from anybody */
    ck_assert_int_eq(address_list_parse(text_of("127.0.0.1"), &trusted), ERR_OK);
    options.trusted_proxies = &trusted;
    assert_id(&options, uuid, "0F3e4a5b-1111-4222-8333-0123456789ab");
    assert_id(&options, "X-Request-Id: 0123456789abcdef\r\n", "0123456789abcdef");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_id(&options, others[i], NULL);
    address_list_free(&trusted);
}
END_TEST

RUN_TESTS("wire/h1_server_peers", a_half_closed_peer_gets_its_answers, a_request_that_ends_early_is_answered_so,
          a_client_that_left_is_noticed_while_the_handler_runs, connections_are_capped_in_all_and_per_address,
          a_flood_beyond_the_cap_costs_a_bounded_number_of_connections,
          an_address_that_many_share_has_a_cap_of_its_own, the_client_behind_a_trusted_proxy_is_the_last_that_is_none,
          behind_a_proxy_a_client_is_counted_by_its_exchanges, accepting_pauses_when_descriptors_are_out_and_goes_on,
          an_id_is_a_trusted_proxys_where_it_is_one_and_otherwise_new)
