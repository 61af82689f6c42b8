/*
 * connect.h - the unary part of the Connect protocol (https://connectrpc.com/docs/protocol) without any input or output.
 *
 * connect_check looks at the head of a request for a method that is known, before its body is read; connect_message then
 * gives the bytes of its message, connect_decode the message itself. The answers are bodies in a buffer with a status and
 * a content type; whoever owns the connection writes them. Order of the checks: verb (405 with Allow), content type (415 with
 * Accept-Post), compression, version, timeout.
 */
#ifndef WIRE_CONNECT_H
#define WIRE_CONNECT_H

#include "api/method.h"
#include "api/status.h"
#include "base/buf.h"
#include "base/problem.h"
#include "stagematch/v1/common.pb-c.h"
#include "wire/json.h"

enum connect_codec { CONNECT_PROTO, CONNECT_JSON };
enum connect_coding { CONNECT_IDENTITY, CONNECT_GZIP };

/* The parts of a request's head that the protocol looks at. An absent header has data NULL. */
struct connect_head {
    struct text verb;                    /* "POST" */
    struct text query;                   /* behind the '?', without it; of GET alone */
    struct text content_type;            /* Content-Type */
    struct text content_encoding;        /* Content-Encoding */
    struct text accept_encoding;         /* Accept-Encoding */
    struct text protocol_version;        /* Connect-Protocol-Version */
    struct text timeout_ms;              /* Connect-Timeout-Ms */
    struct text accept_language;         /* Accept-Language */
    struct text stream_content_encoding; /* Connect-Content-Encoding; these two are looked at for streams alone */
    struct text stream_accept_encoding;  /* Connect-Accept-Encoding */
};

/* A request whose head is right. Views are into the head. */
struct connect_request {
    enum connect_codec codec;
    enum connect_coding coding;        /* of the request's message */
    enum connect_coding answer_coding; /* that the client takes for the answer */
    enum language language;
    uint64_t timeout_ms; /* 0: the client named none */
    bool is_get;
    bool base64;             /* GET: the message is base64url */
    struct text get_message; /* GET: percent-encoded as it came */
};

/* An answer without a message of the method: either one of HTTP alone or an error. */
struct connect_refusal {
    int http_status;                        /* 405 and 415 have an empty body */
    const char *header_name, *header_value; /* to add: "Allow", "Accept-Post"; NULL: none */
    struct status status;                   /* with other http statuses: the body is connect_error_status of it */
};

/*
 * Checks the head. ERR_OK: *out. ERR_INPUT: *refusal, to be sent as it says; out->language is set then too, for its body.
 */
MUST_USE enum err connect_check(const struct method *method, const struct connect_head *head,
                                struct connect_request *out, struct connect_refusal *refusal);

/* How long a body may be: in JSON twice the method's max_bytes, which bounds the message once it is decoded. */
size_t connect_body_bytes_max(const struct method *method, enum connect_codec codec);

/*
 * The bytes of the message: of a POST its body, of a GET its query, without percent-encoding, base64 and compression. Where
 * that needs memory it is put into `scratch` (empty; its limit bounds the decompressed size) and *out points there,
 * otherwise at `body`. On error *refusal is a constant: refusal_too_large beyond connect_body_bytes_max or the limit,
 * refusal_malformed, refusal_memory.
 */
MUST_USE enum err connect_message(const struct method *method, const struct connect_request *request,
                                  struct text body, struct buf *scratch, struct text *out,
                                  const struct refusal **refusal);

/*
 * A budget for a message of this many bytes: 16 times as much and 64 KiB, at most 256 MiB. Measured need of the API's
 * messages: 7 times for protobuf, 14 for JSON of many small fields, 3 for one long string.
 */
size_t connect_budget_bytes(size_t length);

/*
 * Decodes them as the method's request message. On error *status is what to answer; its `field` points into *fault, which must
 * live as long.
 */
MUST_USE enum err connect_decode(const struct method *method, const struct connect_request *request,
                                 struct text bytes, size_t budget_bytes, struct pbguard_message *out,
                                 struct json_fault *fault, struct status *status);

/* Appends an answer's message in the request's codec. `message` is of the method's response type. */
MUST_USE enum err connect_encode(enum connect_codec codec, const void *message, struct buf *buf);

/* The same from packed bytes that another role made: copied for proto, unpacked and rewritten for JSON. */
MUST_USE enum err connect_encode_packed(const struct method *method, enum connect_codec codec, struct text packed,
                                        size_t budget_bytes, struct buf *buf);

/* Appends gzip of `bytes` to `buf`; for answers to clients that take it, worth it from about 1 KiB. */
MUST_USE enum err connect_gzip(struct text bytes, struct buf *buf);

/* gzip where an Accept-Encoding takes it. */
enum connect_coding connect_accepted_coding(struct text accept_encoding);

/* "application/proto" or "application/json". */
const char *connect_content_type(enum connect_codec codec);

/* "identity" or "gzip". */
const char *connect_coding_name(enum connect_coding coding);

/* Errors are always JSON. */
#define CONNECT_ERROR_CONTENT_TYPE "application/json"

/* Something typed that belongs to an error. */
struct connect_detail {
    const char *type;  /* "stagematch.v1.Refusal" */
    struct text value; /* the message, packed */
    struct text debug; /* the same as JSON, for people; may be empty */
};

/* Appends the body of an error. An empty message, or NULL, is left out. */
MUST_USE enum err connect_error_details(struct buf *buf, enum status_code code, const char *message,
                                        const struct connect_detail *details, size_t detail_count);

/* Appends the body of an error. `refusal` (may be NULL) becomes its typed detail. */
MUST_USE enum err connect_error_body(struct buf *buf, enum status_code code, const char *message,
                                     const Stagematch__V1__Refusal *refusal);

/* The same from a status: its texts in the language for the message, both in the detail. status.field need only live during
   the call. */
MUST_USE enum err connect_error_status(struct buf *buf, const struct status *status, enum language language);

/* The same from a refusal that another role gave. */
MUST_USE enum err connect_error_refusal(struct buf *buf, enum status_code code,
                                        const Stagematch__V1__Refusal *refusal, enum language language);

/* Dutch, unless the header prefers English to it: the first of nl and en by weight. */
enum language connect_language(struct text accept_language);

#endif
