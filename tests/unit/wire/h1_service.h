/*
 * h1_service.h - a server with its loop and a handler that does as the path says, and a client to talk to it, for the tests
 * of wire/h1_server.
 */
#ifndef UNIT_WIRE_H1_SERVICE_H
#define UNIT_WIRE_H1_SERVICE_H

#include "wire/h1_server.h"

#include "base/buf.h"
#include "base/mem.h"
#include "support/support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HELD_MAX = 64,
    BODY_LIMIT_BYTES = 1000,
    LARGE_LIMIT_BYTES = 1 << 20,
    BIG_ANSWER_BYTES = 16 << 20,
    PATIENCE_MS = 5000,
    ANSWER_BYTES = 32 << 20,
    NAPS_MS = 50,
};

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

/* One server with its loop, and what its handler was told. */
struct service {
    struct event_base *base;
    struct h1_server *server;
    uint16_t port;
    struct exchange *held[HELD_MAX];
    size_t held_count, canceled, heads, requests, too_large;
    bool frees_when_stopped, stopped;
    char *big;
};

/* --- the handler --- */

static inline uint64_t on_head(void *context, struct exchange *exchange)
{
    struct service *service = context;
    struct text path = h1_path(exchange_head(exchange));
    service->heads++;
    ck_assert_uint_eq(exchange_body(exchange).length, 0);
    if (text_is(path, "/refuse"))
        exchange_respond(exchange, 403, NULL, 0, text_of("no"));
    return text_is(path, "/large") ? LARGE_LIMIT_BYTES : BODY_LIMIT_BYTES;
}

static inline void answer_client(struct exchange *exchange)
{
    char client[ADDRESS_TEXT_BYTES];
    struct address address = exchange_client(exchange);
    address_format(&address, client);
    exchange_respond(exchange, 200, NULL, 0, text_of(client));
}

static inline void on_request(void *context, struct exchange *exchange)
{
    static const struct exchange_header headers[] = {
        {"Content-Type", "text/plain"}, {"X-Forged", "a\r\nSet-Cookie: b"}, {"X-Last", "z"}};
    struct service *service = context;
    struct text path = h1_path(exchange_head(exchange));
    service->requests++;
    ck_assert_int_gt(exchange_started_us(exchange), 0);
    if (text_is(path, "/later"))
        service->held[service->held_count++] = exchange;
    else if (text_is(path, "/client"))
        answer_client(exchange);
    else if (text_is(path, "/big"))
        exchange_respond(exchange, 200, NULL, 0, (struct text){service->big, BIG_ANSWER_BYTES});
    else if (text_is(path, "/nothing"))
        exchange_respond(exchange, 204, NULL, 0, text_of(""));
    else if (text_is(path, "/free"))
        h1_server_free(service->server);
    else
        exchange_respond(exchange, 200, headers, 3, exchange_body(exchange));
    if (text_is(path, "/free"))
        exchange_respond(exchange, 200, NULL, 0, text_of("")); /* still owed */
}

static inline void on_canceled(void *context, struct exchange *exchange)
{
    struct service *service = context;
    ck_assert(exchange_is_canceled(exchange));
    service->canceled++;
}

/* --- the service --- */

static inline int listen_on_loopback(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 512), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static inline struct h1_server_options quick_options(void)
{
    struct h1_server_options options = h1_server_defaults();
    options.head_timeout_ms = options.body_timeout_ms = options.idle_timeout_ms = 20 * PATIENCE_MS;
    options.write_timeout_ms = 20 * PATIENCE_MS;
    return options;
}

static inline void start_with(struct service *service, const struct h1_server_options *options,
                              const struct h1_handler *handler)
{
    *service = (struct service){.base = event_base_new()};
    signal(SIGPIPE, SIG_IGN);
    ck_assert_ptr_nonnull(service->base);
    int fd = listen_on_loopback(&service->port);
    ck_assert_int_eq(h1_server_new(service->base, fd, options, handler, &service->server), ERR_OK);
    service->big = malloc(BIG_ANSWER_BYTES);
    ck_assert_ptr_nonnull(service->big);
    memset(service->big, 'b', BIG_ANSWER_BYTES);
}

static inline void start(struct service *service, const struct h1_server_options *options)
{
    const struct h1_handler handler = {
        .head = on_head, .request = on_request, .canceled = on_canceled, .context = service};
    start_with(service, options, &handler);
}

static inline void end(struct service *service)
{
    if (service->server)
        h1_server_free(service->server);
    event_base_free(service->base);
    free(service->big);
}

/* Lets the loop run for about a millisecond. */
static inline void turn(struct service *service)
{
    struct timeval millisecond = {0, 1000};
    event_base_loopexit(service->base, &millisecond);
    event_base_dispatch(service->base);
}

static inline int64_t now_ms(void)
{
    struct clock clock = clock_system();
    return clock_monotonic_us(&clock) / 1000;
}

static inline void turn_for(struct service *service, int ms)
{
    int64_t end_ms = now_ms() + ms;
    while (now_ms() < end_ms)
        turn(service);
}

#define TURN_UNTIL(service, condition)                                                                               \
    do {                                                                                                             \
        int left = PATIENCE_MS;                                                                                      \
        while (!(condition) && left-- > 0)                                                                           \
            turn(service);                                                                                           \
        ck_assert_msg((condition), "never: %s", #condition);                                                         \
    } while (0)

/* --- the client --- */

static inline int dial(const struct service *service)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(service->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static inline void say(int fd, const char *bytes)
{
    size_t length = strlen(bytes);
    ck_assert_int_eq(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* Appends what has come; false at the end of the stream. */
static inline bool hear(int fd, struct buf *heard)
{
    static char piece[1 << 16];
    for (;;) {
        ssize_t got = recv(fd, piece, sizeof piece, 0);
        if (got > 0)
            buf_put(heard, piece, (size_t)got);
        else
            return got < 0 && errno == EAGAIN;
    }
}

/* Reads until the server closes. */
static inline struct buf hear_all(struct service *service, int fd)
{
    struct buf heard;
    int left = PATIENCE_MS;
    buf_init(&heard, ANSWER_BYTES);
    while (hear(fd, &heard)) {
        turn(service);
        ck_assert_msg(left-- > 0, "still open after: %.*s", (int)(heard.length < 2000 ? heard.length : 2000),
                      heard.data);
    }
    return heard;
}

static inline size_t count_of(const struct buf *heard, const char *needle)
{
    size_t count = 0, length = strlen(needle);
    for (size_t i = 0; i + length <= heard->length; i++)
        count += memcmp(heard->data + i, needle, length) == 0;
    return count;
}

/* Reads until the needle was heard so often. */
static inline struct buf hear_until(struct service *service, int fd, const char *needle, size_t times)
{
    struct buf heard;
    int left = PATIENCE_MS;
    buf_init(&heard, ANSWER_BYTES);
    bool open = true;
    while (count_of(&heard, needle) < times) {
        ck_assert_msg(open && left-- > 0, "no '%s' in: %.*s", needle, (int)heard.length, heard.data);
        turn(service);
        open = hear(fd, &heard);
    }
    return heard;
}

static inline void assert_heard(struct service *service, int fd, const char *needle, size_t times)
{
    struct buf heard = hear_until(service, fd, needle, times);
    ck_assert_uint_eq(count_of(&heard, needle), times);
    buf_free(&heard);
}

/* What is sent is answered so, and then the connection closes. */
static inline void assert_closes(struct service *service, int fd, const char *status_line, const char *body)
{
    struct buf heard = hear_all(service, fd);
    size_t length = strlen(body);
    ck_assert_msg(heard.length >= strlen(status_line) && memcmp(heard.data, status_line, strlen(status_line)) == 0 &&
                      heard.length >= length && memcmp(heard.data + heard.length - length, body, length) == 0,
                  "%.*s", (int)heard.length, heard.data);
    ck_assert_uint_eq(count_of(&heard, "\r\nConnection: close\r\n"), 1);
    buf_free(&heard);
    close(fd);
}

static inline void assert_refusal(struct service *service, const char *request, const char *status_line,
                                  const char *body)
{
    int fd = dial(service);
    say(fd, request);
    assert_closes(service, fd, status_line, body);
}

#endif
