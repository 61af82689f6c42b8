#include "stream_service.h"
#include "tls_service.h"

enum { PIECE_BYTES = 10000, LITTLE_BYTES = 64 * 1024, PIECES_MAX = 3000 };

struct secure_streams {
    struct secure secure;
    struct streams streams;
};

static void start_both(struct secure_streams *both)
{
    struct h1_server_options options = secure_options(&both->secure);
    options.stream_pending_bytes = LITTLE_BYTES;
    start_streams(&both->streams, &options);
}

static void end_both(struct secure_streams *both)
{
    end_streams(&both->streams);
    tls_free(both->secure.tls);
    free_pair(&both->secure.pair);
}

static struct peer greet_stream(struct secure_streams *both, int version)
{
    size_t begun = both->streams.begun;
    struct peer peer = greet(&both->streams.service, version);
    TELL(&both->streams.service, &peer, GET("/stream"));
    TURN_UNTIL(&both->streams.service, both->streams.begun == begun + 1);
    return peer;
}

START_TEST(chunks_come_one_by_one_and_the_connection_is_kept)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct secure_streams both;
    struct service *service = &both.streams.service;
    start_both(&both);
    for (size_t i = 0; i < 2; i++) {
        struct peer peer = greet_stream(&both, versions[i]);
        assert_listened(service, &peer, "\r\nTransfer-Encoding: chunked\r\n", 1);
        put(&both.streams, "first");
        assert_listened(service, &peer, "5\r\nfirst\r\n", 1);
        exchange_stream_end(both.streams.exchange, text_of("last"));
        assert_listened(service, &peer, "4\r\nlast\r\n0\r\n\r\n", 1);
        TELL(service, &peer, GET("/client"));
        assert_listened(service, &peer, "127.0.0.1", 1);
        hang_up(&peer);
    }
    end_both(&both);
}
END_TEST

START_TEST(a_slow_reader_holds_the_writer_up_and_gets_all)
{
    static char piece[PIECE_BYTES];
    struct secure_streams both;
    struct streams *streams = &both.streams;
    start_both(&both);
    struct peer peer = greet_stream(&both, TLS1_3_VERSION);
    size_t taken = 0;
    memset(piece, '#', sizeof piece);
    for (int quiet = 0; quiet < 20; quiet++) {
        enum err e = exchange_stream_write(streams->exchange, (struct text){piece, sizeof piece});
        ck_assert(e == ERR_OK || e == ERR_RANGE);
        ck_assert_uint_lt(exchange_stream_pending(streams->exchange), LITTLE_BYTES + PIECE_BYTES + 16);
        taken += e == ERR_OK;
        quiet = e == ERR_OK ? 0 : quiet;
        ck_assert_uint_lt(taken, PIECES_MAX);
        turn(&streams->service);
    }
    size_t drained = streams->drained;
    struct buf heard = listen_until(&streams->service, &peer, "2710\r\n", taken);
    TURN_UNTIL(&streams->service, streams->drained > drained);
    ck_assert_int_eq(exchange_stream_write(streams->exchange, text_of("behind")), ERR_OK);
    exchange_stream_end(streams->exchange, text_of(""));
    struct buf rest = listen_until(&streams->service, &peer, "\r\n6\r\nbehind\r\n0\r\n\r\n", 1);
    ck_assert_uint_eq(count_of(&heard, "#") + count_of(&rest, "#"), taken * PIECE_BYTES);
    buf_free(&heard);
    buf_free(&rest);
    hang_up(&peer);
    end_both(&both);
}
END_TEST

START_TEST(a_client_that_is_cut_is_gone_and_one_that_said_it_is_done_is_not)
{
    struct secure_streams both;
    struct streams *streams = &both.streams;
    start_both(&both);
    struct peer peer = greet_stream(&both, TLS1_3_VERSION);
    ck_assert_int_eq(SSL_shutdown(peer.ssl), 0); /* close_notify: it reads on */
    turn_for(&streams->service, NAPS_MS);
    ck_assert_uint_eq(streams->gone, 0);
    put(streams, "still");
    turn_for(&streams->service, NAPS_MS);
    exchange_stream_end(streams->exchange, text_of("here"));
    assert_listened(&streams->service, &peer, "5\r\nstill\r\n4\r\nhere\r\n0\r\n\r\n", 1);
    hang_up(&peer);
    peer = greet_stream(&both, TLS1_3_VERSION);
    close(peer.fd); /* without a word */
    TURN_UNTIL(&streams->service, streams->gone == 1);
    exchange_stream_end(streams->exchange, text_of(""));
    ck_assert_int_eq(streams->answered_status, 499);
    SSL_free(peer.ssl);
    ERR_clear_error();
    end_both(&both);
}
END_TEST

RUN_TESTS("wire/tls_stream", chunks_come_one_by_one_and_the_connection_is_kept,
          a_slow_reader_holds_the_writer_up_and_gets_all,
          a_client_that_is_cut_is_gone_and_one_that_said_it_is_done_is_not)
