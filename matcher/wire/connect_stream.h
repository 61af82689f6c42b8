/*
 * connect_stream.h - the server-streaming part of the Connect protocol (https://connectrpc.com/docs/protocol) without any
 * input or output.
 *
 * The request is one message in an envelope: flags (1 byte; bit 0: compressed, bit 1: end of the stream), length (4 bytes, big
 * endian), bytes. The answer is HTTP 200, whatever happens, and then such envelopes; the last one, the end of the stream, holds
 * JSON: {} or {"error":{…}}, with metadata where there is any. connect_stream_check looks at the head, connect_stream_message
 * gives the bytes of the message, connect_decode (connect.h) the message itself. What comes back as a refusal is sent as the
 * stream's end. Whoever owns the connection keeps the time that the client gave, and ends the stream with refusal_deadline.
 */
#ifndef WIRE_CONNECT_STREAM_H
#define WIRE_CONNECT_STREAM_H

#include "wire/connect.h"

enum {
    CONNECT_ENVELOPE_BYTES = 5,       /* before each message */
    CONNECT_STREAM_GZIP_BYTES = 1024, /* shorter messages are sent as they are */
};

/*
 * Checks the head of a request for a method that streams: verb (405), content type (415), compression, version, timeout.
 * ERR_OK: *out. ERR_INPUT: *refusal; with 405 and 415 an answer without a body, with 200 a stream whose end alone is sent, with
 * refusal->status; out->language is set then too, and with 200 out->codec for the content type.
 */
MUST_USE enum err connect_stream_check(const struct connect_head *head, struct connect_request *out,
                                       struct connect_refusal *refusal);

/* How long a body may be: connect_body_bytes_max and an envelope. */
size_t connect_stream_body_bytes_max(const struct method *method, enum connect_codec codec);

/*
 * The bytes of the message in a body. Where it is compressed it is put into `scratch` (empty; its limit bounds the decompressed
 * size) and *out points there, otherwise into `body`. On error *refusal is a constant: none or several messages are
 * `unimplemented` (as Connect has it), a compressed one without a compression named in the head `internal`; beyond
 * connect_body_bytes_max or the limit refusal_too_large; refusal_malformed, refusal_memory.
 */
MUST_USE enum err connect_stream_message(const struct method *method, const struct connect_request *request,
                                         struct text body, struct buf *scratch, struct text *out,
                                         const struct refusal **refusal);

/* "application/connect+proto" or "application/connect+json". */
const char *connect_stream_content_type(enum connect_codec codec);

/* Appends a message of the answer in its envelope, compressed where the coding says so and it is worth it. */
MUST_USE enum err connect_stream_put(enum connect_coding coding, struct text message, struct buf *buf);

/* Several values of one name stand behind each other. */
struct connect_metadata {
    struct text name, value; /* UTF-8 */
};

/* Appends the end of a stream. `error` is the JSON of connect_error_…; empty: all went well. */
MUST_USE enum err connect_stream_end(struct buf *buf, struct text error, const struct connect_metadata *metadata,
                                     size_t metadata_count);

/* The same from a status, without metadata. STATUS_DONE: all went well. */
MUST_USE enum err connect_stream_end_status(struct buf *buf, const struct status *status, enum language language);

/* The same from a refusal that another role gave. */
MUST_USE enum err connect_stream_end_refusal(struct buf *buf, enum status_code code,
                                             const Stagematch__V1__Refusal *refusal, enum language language);

#endif
