/*
 * h1_server.h - an HTTP/1.1 server on one event loop: connections, deadlines, caps, and exchanges for a handler.
 *
 * A connection has one exchange at a time; what the client pipelines waits, and above a bound is not read. The handler gets
 * the head, says how large a body may be, gets the whole request, and answers when it can, now or in a later turn.
 *
 * The rule of ownership: an exchange that the handler got must be answered exactly once, with exchange_respond or as a stream
 * (exchange_stream_begin … exchange_stream_end), whatever happens; until then it and all its views are valid, and afterwards
 * none are. When the client leaves first, `canceled` says so: the answer is still owed, and goes nowhere. Nothing of the handler
 * is called from inside exchange_respond.
 *
 * What cannot be understood is answered here, as JSON {"code":…,"message":…}. Deadlines cover the whole head, the whole body,
 * idleness and a peer that does not read; how long the handler takes is the handler's matter. A peer that closes only its
 * sending side still gets its answer; one that is gone is found out by an interim 100 response.
 *
 * Addresses: behind a trusted proxy the client is the last address of X-Forwarded-For that is no trusted proxy, and a client
 * is counted by its exchanges under way; otherwise the header is ignored, and it is counted by its connections.
 *
 * With a `struct tls` the socket speaks TLS alone: what is no TLS is closed without an answer, and so is what comes over a cap.
 * A handshake counts as a connection, has a deadline of its own, and where there are too many at a time the oldest gives way: a
 * flood of half-open ones does not keep out who goes on. A peer that leaves without close_notify is gone, at once.
 *
 * The process must ignore SIGPIPE. Nothing of a request is logged. Bodies and heads are wiped when they are done with.
 */
#ifndef WIRE_H1_SERVER_H
#define WIRE_H1_SERVER_H

#include "base/clock.h"
#include "base/random.h"
#include "wire/address.h"
#include "wire/h1.h"
#include "wire/tls.h"

struct event_base;
struct h1_server;
struct exchange;
struct exchange_header;

struct h1_server_options {
    size_t connections_max;                     /* above it: 503 and close */
    size_t connections_per_address;             /* the same, for one client */
    size_t connections_per_shared_address;      /* for addresses in shared_addresses */
    const struct address_list *trusted_proxies; /* borrowed, may be NULL */
    const struct address_list *shared_addresses;
    uint32_t head_timeout_ms, body_timeout_ms, idle_timeout_ms, write_timeout_ms, handshake_timeout_ms;
    size_t handshakes_max; /* under way at a time */
    const struct tls *tls; /* borrowed; NULL: plain HTTP */
    /* Headers that every answer gets, also those of this server; one that an answer has itself goes before. Borrowed. */
    const struct exchange_header *headers;
    size_t header_count;
    size_t body_memory_bytes;    /* of all requests together; above it: 503 */
    size_t stream_pending_bytes; /* of one streamed answer; from there on its writes are not taken */
    struct clock clock;
    struct random_source random; /* for the ids of requests; none: they get none */
};

/* What the settings have by default. */
struct h1_server_options h1_server_defaults(void);

struct h1_handler {
    /*
     * The head is complete. Returns the largest body to take, in bytes; a larger one is answered with 413 here, and the
     * exchange is then not the handler's. Or answers at once with exchange_respond; then the value does not count. A
     * context set here must need no freeing: a client that leaves before its request is complete is not reported.
     */
    uint64_t (*head)(void *context, struct exchange *exchange);
    /* The request is complete; from now on the handler owes the answer. */
    void (*request)(void *context, struct exchange *exchange);
    /* After `request`, and before a stream began: the client left. May be NULL. */
    void (*canceled)(void *context, struct exchange *exchange);
    void *context;
    /*
     * An answer was given, by the handler or by this server to what it refused: for the log. The exchange is as it was when it
     * was answered. `bytes` is the body's length. Status 499: the client had left. May be NULL.
     */
    void (*answered)(void *context, const struct exchange *exchange, int status, size_t bytes);
    /*
     * The body is larger than `head` allowed, and the rest of it is not taken. May answer with exchange_respond; where it does
     * not, or is NULL, this server answers with 413.
     */
    void (*too_large)(void *context, struct exchange *exchange);
};

/* Takes the listening socket, which becomes non-blocking. Handler and options are copied. */
MUST_USE enum err h1_server_new(struct event_base *base, int listen_fd, const struct h1_server_options *options,
                                const struct h1_handler *handler, struct h1_server **out);

/* For the connections to come: another certificate. Borrowed; the one before is not needed any more. A plain server stays plain. */
void h1_server_set_tls(struct h1_server *server, const struct tls *tls);

/*
 * Stops accepting and closes what is idle; what has begun is finished, with `Connection: close`, and so is the first request
 * of a connection that came just before. Then, in a later turn, `done` (may be NULL) is called once; the server can be
 * freed in it.
 */
void h1_server_stop(struct h1_server *server, void (*done)(void *context), void *context);

/*
 * Closes everything at once. Exchanges under way are canceled (without a call of `canceled`); their answers are still owed,
 * and the memory goes with the last. A `done` that is not yet called is not called any more.
 */
void h1_server_free(struct h1_server *server);

/* Why a connection or a request was turned away or cut off, beside the refusals of h1.h. */
enum h1_server_cause {
    H1_CAUSE_CONNECTIONS,   /* over connections_max */
    H1_CAUSE_ADDRESS,       /* over the cap of one address */
    H1_CAUSE_BODY_MEMORY,   /* over body_memory_bytes, or no memory */
    H1_CAUSE_HEAD_LATE,     /* 408 */
    H1_CAUSE_BODY_LATE,     /* 408 */
    H1_CAUSE_WRITE_LATE,    /* the peer did not read its answer */
    H1_CAUSE_CUT_SHORT,     /* the peer ended in the middle of a request */
    H1_CAUSE_ACCEPT_PAUSED, /* no descriptor or memory to accept with */
    H1_CAUSE_HANDSHAKE_LATE,
    H1_CAUSE_HANDSHAKES, /* over handshakes_max: it was the oldest */
    H1_CAUSE_COUNT,
};

struct h1_server_counts {
    size_t connections; /* now */
    size_t exchanges;   /* now, with the handler */
    size_t streams;     /* now, of the exchanges */
    size_t body_bytes;  /* now */
    size_t handshakes;  /* now, under way */
    uint64_t handshakes_done;
    uint64_t handshakes_failed[TLS_FAILURE_COUNT];
    uint64_t accepted, requests, canceled;
    uint64_t responses[6]; /* by the first digit of the status */
    uint64_t refused[H1_REFUSAL_COUNT];
    uint64_t causes[H1_CAUSE_COUNT];
};

/* Valid while the server is. */
const struct h1_server_counts *h1_server_counts(const struct h1_server *server);
const char *h1_server_cause_name(enum h1_server_cause cause);

/* The request. Views are borrowed until exchange_respond. */
const struct h1 *exchange_head(const struct exchange *exchange);
struct text exchange_body(const struct exchange *exchange); /* whole; empty in `head` */
struct address exchange_client(const struct exchange *exchange);
int64_t exchange_started_us(const struct exchange *exchange); /* when its head was complete; monotonic */

/*
 * The id of the request, which its answer has as X-Request-Id: what a trusted proxy says where that is 16 to 64 hexadecimal
 * digits and dashes (a name does not fit), otherwise 32 random digits; "" where no head was understood.
 */
enum { EXCHANGE_ID_BYTES = 65 };
const char *exchange_id(const struct exchange *exchange);

/* Something of the handler's own; NULL at first. */
void exchange_set_context(struct exchange *exchange, void *context);
void *exchange_context(const struct exchange *exchange);

/* Whether the client left. */
bool exchange_is_canceled(const struct exchange *exchange);

struct exchange_header {
    const char *name, *value; /* "Content-Type", "application/json" */
};

/*
 * Answers, and ends the exchange. Everything is copied. Date, Content-Length and Connection are added; no body is sent for
 * HEAD, 204 and 304. A header with a control character in it is left out; a head above EXCHANGE_HEAD_BYTES becomes a 500.
 */
enum { EXCHANGE_HEAD_BYTES = 8 * 1024 };
void exchange_respond(struct exchange *exchange, int status, const struct exchange_header *headers,
                      size_t header_count, struct text body);

/*
 * A streamed answer. exchange_stream_begin sends the head; then exchange_stream_write as often as there is something, each
 * a chunk of its own that leaves at once; then exactly one exchange_stream_end, whatever happens. The head of the request is
 * valid until then, its body only until exchange_stream_begin.
 *
 * To HTTP/1.0 the answer goes without chunks and ends with the connection: only a format that marks its own end can be
 * streamed to it. To HEAD only the head is sent.
 */
struct exchange_stream {
    /* What a write, or the head, left pending is with the system now. With nothing pending it is not called. May be NULL. */
    void (*drained)(void *context, struct exchange *exchange);
    /* The client left, or did not read in time: what is written goes nowhere, the end is still owed. May be NULL. */
    void (*gone)(void *context, struct exchange *exchange);
    /* h1_server_stop was called: end soon, saying why. Told once. May be NULL. */
    void (*stopping)(void *context, struct exchange *exchange);
    void *context;
};

/* Once `request` was called and instead of exchange_respond. `stream` is copied; none of it is called from inside here. */
void exchange_stream_begin(struct exchange *exchange, int status, const struct exchange_header *headers,
                           size_t header_count, const struct exchange_stream *stream);

/*
 * Sends the bytes, which are copied; nothing for none. ERR_RANGE: stream_pending_bytes or more wait already and nothing was
 * taken; try again in `drained`. ERR_IO: the client left, or there is no memory to go on with it; `gone` says or said so.
 * Calls nothing of the stream's owner.
 */
MUST_USE enum err exchange_stream_write(struct exchange *exchange, struct text bytes);

/* Bytes that are not yet with the system. A client that takes none of them for write_timeout_ms is gone. */
size_t exchange_stream_pending(const struct exchange *exchange);

/* Sends the last bytes (or none), which are taken however much waits, and ends the stream and the exchange. */
void exchange_stream_end(struct exchange *exchange, struct text last);

#endif
