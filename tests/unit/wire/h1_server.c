#include "h1_service.h"

/* --- requests and answers --- */

START_TEST(a_request_is_answered_and_the_connection_kept)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    struct buf heard = hear_until(&service, fd, "hello", 1);
    static const char before[] = "HTTP/1.1 200 OK\r\nDate: ";
    static const char after[] = " GMT\r\nContent-Type: text/plain\r\nX-Last: z\r\nContent-Length: 5\r\n\r\nhello";
    ck_assert_mem_eq(heard.data, before, sizeof before - 1);
    ck_assert_mem_eq(heard.data + heard.length - sizeof after + 1, after, sizeof after - 1);
    ck_assert_uint_eq(heard.length, sizeof before - 1 + 25 + sizeof after - 1);
    buf_free(&heard);
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    assert_heard(&service, fd, "\r\n\r\nabcde", 1);
    say(fd, GET("/nothing"));
    heard = hear_until(&service, fd, "HTTP/1.1 204 No Content\r\n", 1);
    ck_assert_uint_eq(count_of(&heard, "Content-Length"), 0);
    buf_free(&heard);
    say(fd, "HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n");
    heard = hear_until(&service, fd, "\r\n\r\n", 1);
    ck_assert_uint_eq(count_of(&heard, "Content-Length: 16777216\r\n"), 1);
    buf_free(&heard);
    say(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_closes(&service, fd, "HTTP/1.1 200 OK", "\r\n\r\n");
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    ck_assert_uint_eq(counts->requests, 5);
    ck_assert_uint_eq(counts->responses[2], 5);
    ck_assert_uint_eq(counts->accepted, 1);
    TURN_UNTIL(&service, counts->connections == 0);
    ck_assert_uint_eq(counts->body_bytes, 0);
    end(&service);
}
END_TEST

START_TEST(old_clients_are_served)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_heard(&service, fd, "Connection: keep-alive\r\n\r\n", 1);
    say(fd, "GET / HTTP/1.0\r\n\r\n");
    assert_closes(&service, fd, "HTTP/1.1 200 OK", "\r\n\r\n");
    end(&service);
}
END_TEST

START_TEST(what_is_pipelined_is_answered_in_order)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/later") "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecond" GET("/later")
                GET("/refuse"));
    TURN_UNTIL(&service, service.held_count == 1);
    turn_for(&service, NAPS_MS);
    ck_assert_uint_eq(service.requests, 1); /* one at a time */
    exchange_respond(service.held[0], 200, NULL, 0, text_of("first"));
    ck_assert_uint_eq(service.requests, 1); /* nothing is called from inside the answer */
    struct buf heard = hear_until(&service, fd, "\r\n\r\nsecond", 1);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\nfirstHTTP/1.1 200 OK"), 1);
    buf_free(&heard);
    TURN_UNTIL(&service, service.held_count == 2);
    exchange_respond(service.held[1], 200, NULL, 0, text_of("third"));
    heard = hear_until(&service, fd, "HTTP/1.1 403 Forbidden", 1);
    ck_assert_uint_eq(count_of(&heard, "third"), 1);
    buf_free(&heard);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(a_pipeline_without_end_is_not_read)
{
    enum { QUIET_TURNS = 20 };
    const size_t requests = 1000;
    struct service service;
    struct h1_server_options options = quick_options();
    struct buf many;
    size_t sent = 0, unit = strlen(GET("/"));
    start(&service, &options);
    buf_init(&many, 1 << 20);
    for (size_t i = 0; i <= requests; i++)
        buf_put_string(&many, GET("/"));
    int fd = dial(&service);
    say(fd, GET("/later"));
    TURN_UNTIL(&service, service.held_count == 1);
    for (int quiet = 0; quiet < QUIET_TURNS;) {
        ssize_t more = send(fd, many.data + sent % unit, requests * unit, MSG_NOSIGNAL);
        turn(&service);
        quiet = more > 0 ? 0 : quiet + 1;
        sent += more > 0 ? (size_t)more : 0;
        ck_assert_uint_lt(sent, (size_t)64 << 20);
    }
    exchange_respond(service.held[0], 200, NULL, 0, text_of("first"));
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(count_of(&heard, "HTTP/1.1 200"), 1 + sent / unit);
    buf_free(&heard);
    buf_free(&many);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(an_answer_larger_than_the_socket_takes_is_written_whole)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/big") GET("/refuse"));
    struct buf heard = hear_until(&service, fd, "HTTP/1.1 403", 1);
    ck_assert_uint_eq(count_of(&heard, "bbbbbbbbbbbbbbbb"), BIG_ANSWER_BYTES - 15);
    buf_free(&heard);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(a_body_is_taken_up_to_the_limit_that_the_handler_says)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    assert_refusal(&service, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n",
                   "HTTP/1.1 413 Content Too Large\r\n",
                   "{\"code\":\"resource_exhausted\",\"message\":\"The request body is too large.\"}");
    assert_refusal(&service, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
                   "HTTP/1.1 413 Content Too Large\r\n", "}");
    ck_assert_uint_eq(service.requests, 0);
    int fd = dial(&service);
    say(fd, "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
    for (int i = 0; i < 1024; i++) {
        char kilobyte[1025];
        memset(kilobyte, 'k', 1024);
        kilobyte[1024] = '\0';
        say(fd, kilobyte);
        turn(&service);
    }
    struct buf heard = hear_until(&service, fd, "kkkk", LARGE_LIMIT_BYTES - 3);
    buf_free(&heard);
    close(fd);
    ck_assert_uint_eq(h1_server_counts(service.server)->body_bytes, 0);
    end(&service);
}
END_TEST

START_TEST(bodies_together_stay_within_their_memory)
{
    struct service service;
    struct h1_server_options options = quick_options();
    options.body_memory_bytes = 200000;
    start(&service, &options);
    int fd = dial(&service);
    char kilobyte[1025] = {0};
    memset(kilobyte, 'k', 1024);
    say(fd, "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
    for (int i = 0; i < 300; i++) {
        (void)!send(fd, kilobyte, 1024, MSG_NOSIGNAL);
        turn(&service);
        ck_assert_uint_le(h1_server_counts(service.server)->body_bytes, options.body_memory_bytes);
    }
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    assert_closes(&service, fd, "HTTP/1.1 503 Service Unavailable", "}");
    ck_assert_uint_eq(h1_server_counts(service.server)->causes[H1_CAUSE_BODY_MEMORY], 1);
    end(&service);
}
END_TEST

START_TEST(a_body_is_asked_for_when_the_client_expects_it)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_heard(&service, fd, "HTTP/1.1 100 Continue\r\n\r\n", 1);
    say(fd, "hello");
    assert_heard(&service, fd, "\r\n\r\nhello", 1);
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
    assert_closes(&service, fd, "HTTP/1.1 413", "}");
    fd = dial(&service);
    say(fd, "POST /refuse HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_closes(&service, fd, "HTTP/1.1 403", "no");
    end(&service);
}
END_TEST

START_TEST(an_answer_is_not_lost_when_the_client_goes_on_sending)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, "POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 100; i++) {
        say(fd, "0123456789012345678901234567890123456789");
        turn(&service);
    }
    assert_closes(&service, fd, "HTTP/1.1 403 Forbidden", "no");
    ck_assert_uint_eq(service.heads, 1);
    end(&service);
}
END_TEST

START_TEST(what_cannot_be_understood_is_answered_in_json)
{
    static const struct {
        const char *request, *status_line, *body;
    } cases[] = {
        {"GET /\n", "HTTP/1.1 400 Bad Request\r\n",
         "\r\n\r\n{\"code\":\"invalid_argument\",\"message\":\"The request line is not valid.\"}"},
        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "Host header.\"}"},
        {"GET / HTTP/2.0\r\n", "HTTP/1.1 505 HTTP Version Not Supported\r\n", "}"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n", "}"},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "HTTP/1.1 417 Expectation Failed\r\n", "}"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\n",
         "HTTP/1.1 400 Bad Request\r\n", "}"},
        {"\x16\x03\x01", "HTTP/1.1 400 Bad Request\r\n", "}"},
    };
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refusal(&service, cases[i].request, cases[i].status_line, cases[i].body);
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    ck_assert_uint_eq(counts->refused[H1_BAD_LINE], 2);
    ck_assert_uint_eq(counts->refused[H1_BAD_HOST], 1);
    ck_assert_uint_eq(counts->responses[4], 5);
    ck_assert_uint_eq(counts->responses[5], 2);
    ck_assert_uint_eq(service.requests, 0);
    struct buf long_target;
    buf_init(&long_target, 1 << 20);
    buf_put_string(&long_target, "GET /");
    for (int i = 0; i < H1_TARGET_BYTES; i++)
        buf_put_char(&long_target, 'a');
    buf_put_char(&long_target, '\0');
    assert_refusal(&service, long_target.data, "HTTP/1.1 414 URI Too Long\r\n", "}");
    buf_free(&long_target);
    end(&service);
}
END_TEST

/* --- time --- */

START_TEST(a_slow_head_is_given_up)
{
    struct service service;
    struct h1_server_options options = quick_options();
    options.head_timeout_ms = 100;
    start(&service, &options);
    int silent = dial(&service), slow = dial(&service);
    say(slow, "GET /");
    for (int i = 0; i < 200; i++) { /* a byte now and then does not help */
        (void)!send(slow, "a", 1, MSG_NOSIGNAL);
        turn(&service);
    }
    assert_closes(&service, slow, "HTTP/1.1 408 Request Timeout\r\n",
                  "{\"code\":\"deadline_exceeded\",\"message\":\"The head of the request took too long.\"}");
    struct buf heard = hear_all(&service, silent);
    ck_assert_uint_eq(heard.length, 0);
    close(silent);
    ck_assert_uint_eq(h1_server_counts(service.server)->causes[H1_CAUSE_HEAD_LATE], 1);
    end(&service);
}
END_TEST

START_TEST(a_slow_body_is_given_up)
{
    struct service service;
    struct h1_server_options options = quick_options();
    options.body_timeout_ms = 100;
    start(&service, &options);
    int fd = dial(&service);
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
    for (int i = 0; i < 200; i++) {
        (void)!send(fd, "a", 1, MSG_NOSIGNAL);
        turn(&service);
    }
    assert_closes(&service, fd, "HTTP/1.1 408 Request Timeout\r\n", "}");
    ck_assert_uint_eq(h1_server_counts(service.server)->causes[H1_CAUSE_BODY_LATE], 1);
    ck_assert_uint_eq(service.requests, 0);
    end(&service);
}
END_TEST

START_TEST(an_idle_connection_is_closed_and_a_handler_is_not_hurried)
{
    struct service service;
    struct h1_server_options options = quick_options();
    options.idle_timeout_ms = options.head_timeout_ms = options.body_timeout_ms = 60;
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/later"));
    TURN_UNTIL(&service, service.held_count == 1);
    turn_for(&service, 200);
    exchange_respond(service.held[0], 200, NULL, 0, text_of("done"));
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(count_of(&heard, "\r\n\r\ndone"), 1);
    ck_assert_uint_eq(count_of(&heard, "Connection: close"), 0);
    buf_free(&heard);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_given_up)
{
    struct service service;
    struct h1_server_options options = quick_options();
    options.write_timeout_ms = 60;
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/big"));
    const struct h1_server_counts *counts = h1_server_counts(service.server);
    TURN_UNTIL(&service, counts->causes[H1_CAUSE_WRITE_LATE] == 1);
    TURN_UNTIL(&service, counts->connections == 0);
    close(fd);
    end(&service);
}
END_TEST

/* --- the end --- */

static void on_stopped(void *context)
{
    struct service *service = context;
    service->stopped = true;
    if (service->frees_when_stopped) {
        h1_server_free(service->server);
        service->server = NULL;
    }
}

START_TEST(stopping_finishes_what_has_begun)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    service.frees_when_stopped = true;
    int idle = dial(&service), running = dial(&service), begun = dial(&service);
    say(idle, GET("/"));
    assert_heard(&service, idle, "HTTP/1.1 200 OK", 1);
    say(running, GET("/later"));
    say(begun, "GET / HT");
    TURN_UNTIL(&service, service.held_count == 1);
    turn_for(&service, NAPS_MS);
    h1_server_stop(service.server, on_stopped, &service);
    struct buf heard = hear_all(&service, idle);
    ck_assert_uint_eq(heard.length, 0);
    int refused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(service.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_ne(connect(refused, (struct sockaddr *)&address, sizeof address), 0);
    say(begun, "TP/1.1\r\nHost: a\r\n\r\n");
    assert_closes(&service, begun, "HTTP/1.1 200 OK", "\r\n\r\n");
    ck_assert(!service.stopped);
    exchange_respond(service.held[0], 200, NULL, 0, text_of("finished"));
    assert_closes(&service, running, "HTTP/1.1 200 OK", "finished");
    TURN_UNTIL(&service, service.stopped);
    close(idle);
    close(refused);
    end(&service);
}
END_TEST

START_TEST(stopping_serves_who_came_just_before_and_does_not_wait_long)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    service.frees_when_stopped = true;
    int late = dial(&service), silent = dial(&service);
    TURN_UNTIL(&service, h1_server_counts(service.server)->connections == 2);
    h1_server_stop(service.server, on_stopped, &service);
    turn_for(&service, NAPS_MS);
    say(late, GET("/"));
    assert_closes(&service, late, "HTTP/1.1 200 OK", "\r\n\r\n");
    ck_assert(!service.stopped);
    TURN_UNTIL(&service, service.stopped);
    close(silent);
    end(&service);
}
END_TEST

START_TEST(stopping_waits_for_an_answer_on_its_way)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/big"));
    TURN_UNTIL(&service, h1_server_counts(service.server)->responses[2] == 1);
    h1_server_stop(service.server, on_stopped, &service);
    turn_for(&service, NAPS_MS);
    ck_assert(!service.stopped);
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(count_of(&heard, "bbbbbbbbbbbbbbbb"), BIG_ANSWER_BYTES - 15);
    buf_free(&heard);
    TURN_UNTIL(&service, service.stopped);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(stopping_an_unused_server_is_told_in_a_later_turn)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    h1_server_stop(service.server, on_stopped, &service);
    ck_assert(!service.stopped);
    TURN_UNTIL(&service, service.stopped);
    end(&service);
}
END_TEST

START_TEST(freeing_leaves_what_is_owed_to_its_handler)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service), other = dial(&service);
    say(fd, GET("/later"));
    TURN_UNTIL(&service, service.held_count == 1);
    h1_server_free(service.server);
    service.server = NULL;
    turn_for(&service, NAPS_MS);
    ck_assert(exchange_is_canceled(service.held[0]));
    ck_assert(text_is(h1_path(exchange_head(service.held[0])), "/later"));
    exchange_respond(service.held[0], 200, NULL, 0, text_of(""));
    turn_for(&service, NAPS_MS);
    ck_assert_uint_eq(service.canceled, 0);
    close(fd);
    close(other);
    end(&service);
}
END_TEST

START_TEST(freeing_from_inside_a_handler_is_safe)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    int fd = dial(&service);
    say(fd, GET("/free") GET("/free"));
    struct buf heard = hear_all(&service, fd);
    ck_assert_uint_eq(heard.length, 0);
    ck_assert_uint_eq(service.requests, 1);
    service.server = NULL;
    turn_for(&service, NAPS_MS);
    close(fd);
    end(&service);
}
END_TEST

START_TEST(no_memory_is_an_answer_and_no_end)
{
    struct service service;
    struct h1_server_options options = quick_options();
    start(&service, &options);
    for (uint64_t nth = 1; nth < 20; nth++) {
        int fd = dial(&service);
        say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        mem_fail_at(nth);
        struct buf heard = hear_all(&service, fd);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert(failed || count_of(&heard, "HTTP/1.1 200 OK") == 1);
        ck_assert_uint_eq(count_of(&heard, "HTTP/1.1 200 OK") + count_of(&heard, "HTTP/1.1 503"), heard.length > 0);
        buf_free(&heard);
        close(fd);
        if (!failed)
            break;
        ck_assert_uint_lt(nth, 19);
    }
    end(&service);
}
END_TEST

static void on_too_large(void *context, struct exchange *exchange)
{
    struct service *service = context;
    service->too_large++;
    if (!text_is(h1_path(exchange_head(exchange)), "/mute"))
        exchange_respond(exchange, 429, NULL, 0, text_of("my own words"));
}

START_TEST(a_handler_may_say_itself_that_a_body_is_too_large)
{
    static const char *const requests[] = {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3e8\r\n",
    };
    struct service service;
    struct h1_server_options options = quick_options();
    const struct h1_handler handler = {
        .head = on_head, .request = on_request, .context = &service, .too_large = on_too_large};
    start_with(&service, &options, &handler);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        assert_refusal(&service, requests[i], "HTTP/1.1 429 Too Many Requests\r\n", "my own words");
    assert_refusal(&service, "POST /mute HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n",
                   "HTTP/1.1 413 Content Too Large\r\n", "}");
    ck_assert_uint_eq(service.too_large, 4); /* told once each */
    ck_assert_uint_eq(service.requests, 0);
    ck_assert_uint_eq(h1_server_counts(service.server)->refused[H1_BODY_LONG], 4);
    ck_assert_uint_eq(h1_server_counts(service.server)->exchanges, 0);
    end(&service);
}
END_TEST

RUN_TESTS("wire/h1_server", a_handler_may_say_itself_that_a_body_is_too_large,
          a_request_is_answered_and_the_connection_kept, old_clients_are_served,
          what_is_pipelined_is_answered_in_order, a_pipeline_without_end_is_not_read,
          an_answer_larger_than_the_socket_takes_is_written_whole,
          a_body_is_taken_up_to_the_limit_that_the_handler_says, bodies_together_stay_within_their_memory,
          a_body_is_asked_for_when_the_client_expects_it, an_answer_is_not_lost_when_the_client_goes_on_sending,
          what_cannot_be_understood_is_answered_in_json, a_slow_head_is_given_up, a_slow_body_is_given_up,
          an_idle_connection_is_closed_and_a_handler_is_not_hurried, a_peer_that_does_not_read_is_given_up,
          stopping_finishes_what_has_begun, stopping_serves_who_came_just_before_and_does_not_wait_long,
          stopping_waits_for_an_answer_on_its_way, stopping_an_unused_server_is_told_in_a_later_turn,
          freeing_leaves_what_is_owed_to_its_handler, freeing_from_inside_a_handler_is_safe,
          no_memory_is_an_answer_and_no_end)
