/*
 * call.h - one call of connectrpc.conformance.v1.ConformanceService: read, answered as its request says, and freed.
 *
 * https://github.com/connectrpc/conformance/blob/main/docs/testing_servers.md says what a server under test does.
 */
#ifndef CONFORMANCE_CALL_H
#define CONFORMANCE_CALL_H

#include "connectrpc/conformance/v1/service.pb-c.h"
#include "wire/connect_stream.h"
#include "wire/h1_server.h"

struct event_base;

enum { ANSWER_BYTES_MAX = 64 << 20 };

enum kind { KIND_UNARY, KIND_STREAM, KIND_UNIMPLEMENTED };

/* A method of the service, with the limit that the runner asked for. */
struct conformance_method {
    struct method method;
    enum kind kind;
};

typedef Connectrpc__Conformance__V1__Header Header;
typedef Connectrpc__Conformance__V1__Error Error;
typedef Connectrpc__Conformance__V1__ConformancePayload Payload;
typedef Connectrpc__Conformance__V1__ConformancePayload__RequestInfo RequestInfo;

/* What a request wants of its answer; views into it. */
struct wish {
    Header **headers, **trailers;
    size_t header_count, trailer_count;
    const ProtobufCBinaryData *data; /* NULL: there is none */
    size_t data_count;
    const Error *error; /* NULL: none */
    uint32_t delay_ms;
};

/* wish.c */

void wish_of_unary(const Connectrpc__Conformance__V1__UnaryResponseDefinition *definition, struct wish *out);
void wish_of_stream(const Connectrpc__Conformance__V1__StreamResponseDefinition *definition, struct wish *out);

/* request_info.c */

/* What was seen of a request: to be freed with message_free. `message` is its message, NULL where there is none. */
MUST_USE enum err request_info_new(const struct h1 *head, const struct connect_request *request,
                                   const ProtobufCMessage *message, RequestInfo **out);

/* call.c */

/* Takes an exchange whose request is complete. The request was checked. */
void call_start(struct event_base *base, const struct conformance_method *method,
                const struct connect_request *request, struct exchange *exchange);

/* Answers with a status alone, without a Refusal in it: that is a type of Stagematch's API, not of this service. */
void call_refuse(struct exchange *exchange, enum kind kind, const struct connect_request *request, int http_status,
                 const struct status *status);

/* Its client left. */
void call_cancel(struct exchange *exchange);

/* answer.c: headers and trailers of an answer, as an array for the server and as metadata */

enum { ANSWER_HEADERS_MAX = 64, TRAILER_NAME_BYTES = 128 };

struct answer_headers {
    struct exchange_header list[ANSWER_HEADERS_MAX];
    char trailers[ANSWER_HEADERS_MAX][TRAILER_NAME_BYTES]; /* "trailer-…" */
    size_t count;
};

void answer_headers_add(struct answer_headers *headers, const char *name, const char *value);
/* The headers, and with `unary` the trailers too. */
void answer_headers_of(struct answer_headers *headers, const struct wish *wish, bool unary);

/* Appends what tells a status: the JSON of an error, and for a stream its end. */
MUST_USE enum err answer_put_status(enum kind kind, const struct status *status, struct buf *buf);

/* Appends the JSON of an error, with what was seen of the request as its last detail where `info` is not NULL. */
MUST_USE enum err answer_put_error(const Error *error, const RequestInfo *info, struct buf *buf);

/* Appends a message of the service in the codec. */
MUST_USE enum err answer_put_message(enum connect_codec codec, const void *message, struct buf *buf);

/* Appends the end of a stream. `error` may be NULL. */
MUST_USE enum err answer_put_end(const struct wish *wish, const RequestInfo *info, struct buf *buf);

#endif
