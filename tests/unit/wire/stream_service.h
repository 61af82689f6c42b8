/*
 * stream_service.h - a server whose answers to /stream are streamed by the test, and what it was told, for the tests of
 * streamed answers.
 */
#ifndef UNIT_WIRE_STREAM_SERVICE_H
#define UNIT_WIRE_STREAM_SERVICE_H

#include "h1_service.h"

struct streams {
    struct service service;
    struct exchange *exchange; /* of the newest stream */
    size_t begun, drained, gone, stopping;
    size_t answered_bytes;
    int answered_status;
    bool waits;    /* begins nothing by itself: the test does */
    bool says_why; /* ends its stream when it is told of the stop */
};

static inline void on_drained(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    ck_assert_ptr_eq(exchange, streams->exchange);
    ck_assert_uint_eq(exchange_stream_pending(exchange), 0);
    streams->drained++;
}

static inline void on_gone(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    ck_assert(exchange_is_canceled(exchange));
    ck_assert_int_eq(exchange_stream_write(exchange, text_of("lost")), ERR_IO);
    streams->gone++;
}

static inline void on_stopping(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    streams->stopping++;
    if (!streams->says_why)
        return;
    exchange_stream_end(exchange, text_of("stopping"));
}

static inline void begin(struct streams *streams, struct exchange *exchange)
{
    static const struct exchange_header headers[] = {{"Content-Type", "text/plain"}};
    const struct exchange_stream stream = {on_drained, on_gone, on_stopping, streams};
    exchange_stream_begin(exchange, 200, headers, 1, &stream);
    streams->exchange = exchange;
    streams->begun++;
}

static inline void on_stream_request(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    if (text_is(h1_path(exchange_head(exchange)), "/stream") && !streams->waits) {
        begin(streams, exchange);
        ck_assert_uint_eq(exchange_body(exchange).length, 0);
    } else {
        on_request(&streams->service, exchange);
    }
}

static inline uint64_t on_stream_head(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    return on_head(&streams->service, exchange);
}

static inline void on_stream_canceled(void *context, struct exchange *exchange)
{
    struct streams *streams = context;
    on_canceled(&streams->service, exchange);
}

static inline void on_answered(void *context, const struct exchange *exchange, int status, size_t bytes)
{
    struct streams *streams = context;
    (void)exchange;
    streams->answered_status = status;
    streams->answered_bytes = bytes;
}

static inline void start_streams(struct streams *streams, const struct h1_server_options *options)
{
    const struct h1_handler handler = {.head = on_stream_head,
                                       .request = on_stream_request,
                                       .canceled = on_stream_canceled,
                                       .context = streams,
                                       .answered = on_answered};
    *streams = (struct streams){.begun = 0};
    start_with(&streams->service, options, &handler);
}

static inline void end_streams(struct streams *streams)
{
    end(&streams->service);
}

/* Asks for a stream and lets it begin. */
static inline int dial_stream(struct streams *streams, const char *request)
{
    size_t begun = streams->begun;
    int fd = dial(&streams->service);
    say(fd, request);
    TURN_UNTIL(&streams->service, streams->begun == begun + 1);
    return fd;
}

static inline void put(struct streams *streams, const char *bytes)
{
    ck_assert_int_eq(exchange_stream_write(streams->exchange, text_of(bytes)), ERR_OK);
}

static inline void finish(struct streams *streams)
{
    exchange_stream_end(streams->exchange, text_of(""));
}

#endif
