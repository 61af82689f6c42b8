#include "stream_service.h"

enum { PIECE_BYTES = 10000, LITTLE_BYTES = 64 * 1024 };

static struct h1_server_options little_options(void)
{
    struct h1_server_options options = quick_options();
    options.stream_pending_bytes = LITTLE_BYTES;
    return options;
}

/* What stands behind the head. */
static const char *body_of(struct buf *heard)
{
    buf_put_char(heard, '\0');
    const char *end = strstr(heard->data, "\r\n\r\n");
    ck_assert_ptr_nonnull(end);
    return end + 4;
}

/* --- what goes over the wire --- */

START_TEST(each_write_is_a_chunk_and_the_connection_is_kept)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    struct buf heard = hear_until(&streams.service, fd, "\r\n\r\n", 1); /* the head, before anything else */
    ck_assert_uint_eq(count_of(&heard, "HTTP/1.1 200 OK\r\n"), 1);
    ck_assert_uint_eq(count_of(&heard, "\r\nTransfer-Encoding: chunked\r\n"), 1);
    ck_assert_uint_eq(count_of(&heard, "Content-Length"), 0);
    ck_assert_uint_eq(count_of(&heard, "Connection"), 0);
    buf_free(&heard);
    put(&streams, "hello");
    put(&streams, "");
    put(&streams, "a chunk of 26 bytes, so 1a");
    finish(&streams);
    heard = hear_until(&streams.service, fd, "0\r\n\r\n", 1);
    static const char chunks[] = "5\r\nhello\r\n1a\r\na chunk of 26 bytes, so 1a\r\n0\r\n\r\n";
    ck_assert_uint_eq(heard.length, sizeof chunks - 1);
    ck_assert_mem_eq(heard.data, chunks, sizeof chunks - 1);
    buf_free(&heard);
    ck_assert_int_eq(streams.answered_status, 200);
    ck_assert_uint_eq(streams.answered_bytes, 31);
    ck_assert_uint_eq(streams.drained, 0); /* nothing ever waited */
    const struct h1_server_counts *counts = h1_server_counts(streams.service.server);
    ck_assert_uint_eq(counts->streams, 0);
    ck_assert_uint_eq(counts->exchanges, 0);
    ck_assert_uint_eq(counts->responses[2], 1);
    say(fd, GET("/client"));
    assert_heard(&streams.service, fd, "127.0.0.1", 1);
    ck_assert_uint_eq(counts->accepted, 1);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(what_is_pipelined_behind_a_stream_waits_for_its_end)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream") GET("/client") GET("/stream"));
    put(&streams, "first");
    turn_for(&streams.service, NAPS_MS);
    ck_assert_uint_eq(streams.service.requests, 0);
    finish(&streams);
    ck_assert_uint_eq(streams.service.requests, 0); /* nothing is called from inside the end */
    TURN_UNTIL(&streams.service, streams.begun == 2);
    put(&streams, "second");
    finish(&streams);
    struct buf heard = hear_until(&streams.service, fd, "\r\n0\r\n\r\n", 2);
    ck_assert_uint_eq(count_of(&heard, "5\r\nfirst\r\n0\r\n\r\nHTTP/1.1 200 OK"), 1);
    ck_assert_uint_eq(count_of(&heard, "127.0.0.1HTTP/1.1 200 OK"), 1);
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(an_old_client_gets_no_chunks_and_a_close)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    put(&streams, "one");
    put(&streams, "two");
    finish(&streams);
    struct buf heard = hear_all(&streams.service, fd);
    ck_assert_uint_eq(count_of(&heard, "Transfer-Encoding"), 0);
    ck_assert_uint_eq(count_of(&heard, "Content-Length"), 0);
    ck_assert_uint_eq(count_of(&heard, "\r\nConnection: close\r\n"), 1);
    ck_assert_str_eq(body_of(&heard), "onetwo");
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(head_gets_no_body)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    put(&streams, "hello");
    finish(&streams);
    say(fd, GET("/client"));
    struct buf heard = hear_until(&streams.service, fd, "127.0.0.1", 1);
    ck_assert_uint_eq(count_of(&heard, "\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n"), 1);
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(a_client_that_wants_a_close_gets_it_behind_the_stream)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    put(&streams, "x");
    finish(&streams);
    assert_closes(&streams.service, fd, "HTTP/1.1 200 OK", "1\r\nx\r\n0\r\n\r\n");
    end_streams(&streams);
}
END_TEST

/* --- back-pressure --- */

/* Writes until nothing more is taken; returns how many pieces were. The piece number n is filled with the letter n. */
static size_t fill(struct streams *streams, size_t from)
{
    char piece[PIECE_BYTES];
    for (size_t taken = from;; taken++) {
        memset(piece, 'a' + (char)(taken % 26), sizeof piece);
        enum err e = exchange_stream_write(streams->exchange, (struct text){piece, sizeof piece});
        if (exchange_stream_pending(streams->exchange) >= LITTLE_BYTES + PIECE_BYTES + 16)
            ck_abort_msg("%zu bytes are pending", exchange_stream_pending(streams->exchange));
        if (e == ERR_OK)
            continue;
        ck_assert_int_eq(e, ERR_RANGE);
        return taken;
    }
}

/* The same until the system, whose buffers grow, takes nothing more either. */
static size_t stuff(struct streams *streams, size_t from)
{
    do {
        from = fill(streams, from);
        turn_for(&streams->service, NAPS_MS);
    } while (exchange_stream_pending(streams->exchange) < LITTLE_BYTES);
    return from;
}

static void assert_pieces(struct buf *heard, size_t pieces)
{
    const char *at = body_of(heard);
    for (size_t i = 0; i < pieces; i++) {
        char piece[PIECE_BYTES];
        memset(piece, 'a' + (char)(i % 26), sizeof piece);
        ck_assert_int_eq(strncmp(at, "2710\r\n", 6), 0);
        ck_assert_mem_eq(at + 6, piece, sizeof piece);
        ck_assert_int_eq(strncmp(at + 6 + PIECE_BYTES, "\r\n", 2), 0);
        at += 6 + PIECE_BYTES + 2;
    }
    ck_assert_str_eq(at, "1\r\nZ\r\n0\r\n\r\n");
}

START_TEST(a_slow_reader_holds_the_writer_up_and_gets_all)
{
    struct streams streams;
    struct h1_server_options options = little_options();
    start_streams(&streams, &options);
    struct buf heard;
    buf_init(&heard, ANSWER_BYTES);
    int fd = dial_stream(&streams, GET("/stream"));
    size_t first = stuff(&streams, 0), drained = streams.drained;
    TURN_UNTIL(&streams.service, hear(fd, &heard) && streams.drained > drained);
    size_t all = fill(&streams, first);
    ck_assert_uint_gt(all, first);
    exchange_stream_end(streams.exchange, text_of("Z")); /* however much is pending, and that goes out too */
    TURN_UNTIL(&streams.service, hear(fd, &heard) && count_of(&heard, "\r\n0\r\n\r\n") == 1);
    assert_pieces(&heard, all);
    ck_assert_uint_eq(streams.gone, 0);
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

/* The clock is the test's: no time passes but what is said here. */
START_TEST(a_reader_that_goes_on_is_kept_and_one_that_stops_is_gone)
{
    struct streams streams;
    struct clock_manual manual = {0, 0};
    struct h1_server_options options = little_options();
    options.clock = clock_of_manual(&manual);
    options.write_timeout_ms = 1000;
    start_streams(&streams, &options);
    const struct h1_server_counts *counts = h1_server_counts(streams.service.server);
    int fd = dial_stream(&streams, GET("/stream"));
    size_t taken = stuff(&streams, 0);
    for (int i = 0; i < 5; i++) {
        static char piece[LITTLE_BYTES];
        size_t pending = exchange_stream_pending(streams.exchange);
        for (; exchange_stream_pending(streams.exchange) == pending; turn(&streams.service))
            (void)recv(fd, piece, sizeof piece, 0);
        taken = stuff(&streams, taken);
        manual.monotonic_us += 900000;
        turn_for(&streams.service, 3 * NAPS_MS); /* the server looks at its deadlines several times */
        ck_assert_uint_eq(streams.gone, 0);
    }
    manual.monotonic_us += 1100000;
    TURN_UNTIL(&streams.service, streams.gone == 1);
    ck_assert_uint_eq(counts->causes[H1_CAUSE_WRITE_LATE], 1);
    ck_assert_int_eq(streams.answered_status, 0); /* the end is still owed */
    finish(&streams);
    ck_assert_int_eq(streams.answered_status, 499);
    TURN_UNTIL(&streams.service, counts->connections == 0);
    ck_assert_uint_eq(streams.gone, 1);
    close(fd);
    end_streams(&streams);
}
END_TEST

/* --- clients that leave --- */

static void reset(int fd)
{
    const struct linger at_once = {1, 0};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(fd);
}

START_TEST(a_client_that_resets_is_gone)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    const struct h1_server_counts *counts = h1_server_counts(streams.service.server);
    int fd = dial_stream(&streams, GET("/stream"));
    put(&streams, "hello");
    reset(fd);
    TURN_UNTIL(&streams.service, streams.gone == 1);
    ck_assert_uint_eq(counts->canceled, 1);
    ck_assert_uint_eq(counts->streams, 1);
    ck_assert_uint_eq(exchange_stream_pending(streams.exchange), 0);
    finish(&streams);
    ck_assert_int_eq(streams.answered_status, 499);
    ck_assert_uint_eq(streams.answered_bytes, 5);
    TURN_UNTIL(&streams.service, counts->connections == 0);
    ck_assert_uint_eq(counts->streams, 0);
    ck_assert_uint_eq(streams.service.canceled, 0); /* it was told to the stream */
    end_streams(&streams);
}
END_TEST

START_TEST(a_client_that_closes_is_gone_once_something_is_written)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream"));
    struct buf heard = hear_until(&streams.service, fd, "\r\n\r\n", 1);
    buf_free(&heard);
    close(fd);
    turn_for(&streams.service, NAPS_MS);
    for (int left = PATIENCE_MS; streams.gone == 0; turn(&streams.service)) {
        enum err e = exchange_stream_write(streams.exchange, text_of("beat"));
        ck_assert(e == ERR_OK || e == ERR_IO);
        ck_assert_int_gt(left--, 0);
    }
    finish(&streams);
    TURN_UNTIL(&streams.service, h1_server_counts(streams.service.server)->connections == 0);
    ck_assert_uint_eq(streams.gone, 1);
    end_streams(&streams);
}
END_TEST

START_TEST(a_client_that_closes_is_gone_even_when_nothing_more_is_written)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream"));
    struct buf heard = hear_until(&streams.service, fd, "\r\n\r\n", 1);
    buf_free(&heard);
    close(fd);
    turn_for(&streams.service, NAPS_MS);
    put(&streams, "the answer to this is a reset");
    TURN_UNTIL(&streams.service, streams.gone == 1);
    finish(&streams);
    end_streams(&streams);
}
END_TEST

START_TEST(a_half_closed_client_gets_its_stream)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream"));
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    put(&streams, "early");
    turn_for(&streams.service, NAPS_MS);
    put(&streams, "late");
    turn_for(&streams.service, 600); /* longer than the pause between two looks at whether it is there */
    put(&streams, "last");
    finish(&streams);
    struct buf heard = hear_all(&streams.service, fd);
    ck_assert_str_eq(body_of(&heard), "5\r\nearly\r\n4\r\nlate\r\n4\r\nlast\r\n0\r\n\r\n");
    ck_assert_uint_eq(streams.gone, 0);
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(a_stream_for_a_client_that_left_before_goes_nowhere)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial(&streams.service);
    streams.waits = true;
    say(fd, GET("/later"));
    TURN_UNTIL(&streams.service, streams.service.held_count == 1);
    reset(fd);
    TURN_UNTIL(&streams.service, streams.service.canceled == 1);
    begin(&streams, streams.service.held[0]);
    ck_assert_int_eq(exchange_stream_write(streams.exchange, text_of("x")), ERR_IO);
    finish(&streams);
    ck_assert_int_eq(streams.answered_status, 499);
    TURN_UNTIL(&streams.service, h1_server_counts(streams.service.server)->connections == 0);
    ck_assert_uint_eq(streams.gone, 0);
    end_streams(&streams);
}
END_TEST

/* --- the end of the server --- */

static void on_stopped(void *context)
{
    struct streams *streams = context;
    streams->service.stopped = true;
}

START_TEST(a_stop_asks_open_streams_to_end)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream"));
    put(&streams, "hello");
    streams.says_why = true;
    h1_server_stop(streams.service.server, on_stopped, &streams);
    ck_assert_uint_eq(streams.stopping, 0); /* not from inside the call */
    TURN_UNTIL(&streams.service, streams.service.stopped);
    ck_assert_uint_eq(streams.stopping, 1);
    struct buf heard = hear_all(&streams.service, fd);
    ck_assert_str_eq(body_of(&heard), "5\r\nhello\r\n8\r\nstopping\r\n0\r\n\r\n");
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

START_TEST(a_stop_waits_for_a_stream_that_takes_its_time)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial(&streams.service);
    streams.waits = true;
    say(fd, GET("/later"));
    TURN_UNTIL(&streams.service, streams.service.held_count == 1);
    h1_server_stop(streams.service.server, on_stopped, &streams);
    turn_for(&streams.service, NAPS_MS);
    begin(&streams, streams.service.held[0]); /* one that begins after the stop is told too */
    TURN_UNTIL(&streams.service, streams.stopping == 1);
    turn_for(&streams.service, NAPS_MS);
    ck_assert(!streams.service.stopped);
    ck_assert_uint_eq(streams.stopping, 1);
    put(&streams, "at last");
    finish(&streams);
    assert_closes(&streams.service, fd, "HTTP/1.1 200 OK", "7\r\nat last\r\n0\r\n\r\n");
    TURN_UNTIL(&streams.service, streams.service.stopped);
    end_streams(&streams);
}
END_TEST

START_TEST(freeing_the_server_leaves_the_end_owed_and_calls_nothing)
{
    struct streams streams;
    struct h1_server_options options = quick_options();
    start_streams(&streams, &options);
    int fd = dial_stream(&streams, GET("/stream"));
    h1_server_free(streams.service.server);
    streams.service.server = NULL;
    ck_assert(exchange_is_canceled(streams.exchange));
    ck_assert_int_eq(exchange_stream_write(streams.exchange, text_of("x")), ERR_IO);
    finish(&streams);
    turn_for(&streams.service, NAPS_MS);
    ck_assert_uint_eq(streams.gone + streams.stopping + streams.drained, 0);
    struct buf heard = hear_all(&streams.service, fd);
    ck_assert_uint_eq(count_of(&heard, "0\r\n\r\n"), 0); /* the client can tell that it was cut short */
    buf_free(&heard);
    close(fd);
    end_streams(&streams);
}
END_TEST

RUN_TESTS("wire/h1_stream", each_write_is_a_chunk_and_the_connection_is_kept,
          what_is_pipelined_behind_a_stream_waits_for_its_end, an_old_client_gets_no_chunks_and_a_close,
          head_gets_no_body, a_client_that_wants_a_close_gets_it_behind_the_stream,
          a_slow_reader_holds_the_writer_up_and_gets_all, a_reader_that_goes_on_is_kept_and_one_that_stops_is_gone,
          a_client_that_resets_is_gone, a_client_that_closes_is_gone_once_something_is_written,
          a_client_that_closes_is_gone_even_when_nothing_more_is_written, a_half_closed_client_gets_its_stream,
          a_stream_for_a_client_that_left_before_goes_nowhere, a_stop_asks_open_streams_to_end,
          a_stop_waits_for_a_stream_that_takes_its_time, freeing_the_server_leaves_the_end_owed_and_calls_nothing)
