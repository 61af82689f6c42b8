/*
 * h1.h - HTTP/1.1 requests out of a stream of bytes (RFC 9112), strict and incremental.
 *
 * Pure: bytes in, events out; no socket, no clock. feed(a + b) gives the same events as feed(a) and then feed(b), wherever
 * the stream is cut (pieces of a body aside, which are joined). What the standard calls invalid is refused at the first byte
 * that shows it, and so is whatever two programs could read differently: a repeated or listed Content-Length, one beside
 * Transfer-Encoding, any coding but `chunked`, a bare CR or LF, a folded line, NUL, a blank before a colon, a missing, empty or
 * second Host, a target with characters outside RFC 3986. After a refusal the parser takes nothing more.
 *
 * HTTP/1.0 is understood (Host may be absent, no Transfer-Encoding). A target is a path, `*` for OPTIONS, or absolute with the
 * authority that Host names. Chunk extensions and trailers are checked, bounded and dropped.
 *
 * Memory: the head is copied into one buffer that grows to H1_HEAD_BYTES at most; headers are a table of offsets. A body is
 * never kept here. Cost: one pass, about 1 ns a byte.
 */
#ifndef WIRE_H1_H
#define WIRE_H1_H

#include "base/text.h"

enum {
    H1_METHOD_BYTES = 24,       /* longer: H1_METHOD_LONG */
    H1_TARGET_BYTES = 8 * 1024, /* longer: H1_TARGET_LONG */
    H1_HEAD_BYTES = 16 * 1024,  /* request line and headers with their line ends */
    H1_HEADERS = 64,
    H1_EXTENSION_BYTES = 256, /* chunk extensions of one body, all together */
    H1_TRAILER_BYTES = 4096,
};

enum h1_event_kind {
    H1_MORE,    /* everything was taken; more bytes are needed */
    H1_HEAD,    /* the head is complete: look at it, then say h1_body_limit (0 when it is not said) */
    H1_BODY,    /* a piece of the body, borrowed from what was fed */
    H1_END,     /* the request is complete; stands until h1_next */
    H1_REFUSED, /* stands */
};

enum h1_refusal {
    H1_BAD_LINE,       /* request line: characters, blanks, line end */
    H1_BAD_TARGET,     /* not one that a server may get */
    H1_BAD_FIELD,      /* header or trailer line: name, colon, value, fold, line end */
    H1_BAD_HOST,       /* absent, repeated, empty, or not host[:port] */
    H1_BAD_LENGTH,     /* Content-Length: repeated, a list, not digits alone; or beside Transfer-Encoding */
    H1_BAD_CODING,     /* Transfer-Encoding: repeated, empty, or in HTTP/1.0 */
    H1_BAD_CHUNK,      /* size, extension or line end of a chunk; extensions or trailers too long */
    H1_METHOD_LONG,    /* 501 */
    H1_TARGET_LONG,    /* 414 */
    H1_HEAD_LONG,      /* 431: too many bytes or headers */
    H1_BODY_LONG,      /* 413: beyond the limit that was said */
    H1_CODING_UNKNOWN, /* 501: a coding other than `chunked` */
    H1_EXPECT_UNKNOWN, /* 417: Expect other than 100-continue */
    H1_VERSION,        /* 505: neither HTTP/1.1 nor HTTP/1.0 */
    H1_NO_MEMORY,      /* 503: no memory for the head */
    H1_REFUSAL_COUNT,
};

struct h1_event {
    enum h1_event_kind kind;
    enum h1_refusal refusal; /* with H1_REFUSED */
    struct text body;        /* with H1_BODY; never empty */
};

/* A header as offsets into the head. */
struct h1_field {
    uint16_t name, name_length, value, value_length;
};

/* One request on its way; private to h1.c. Offsets are into the head. */
struct h1_request {
    uint8_t state, refusal;
    bool line_skipped, version_1_0, has_length, has_coding, has_host, asks_close, asks_keep, expects_continue;
    uint32_t length; /* bytes of the head that are held */
    uint32_t at;     /* and those that are parsed */
    uint32_t mark;   /* where what is being read began */
    uint16_t method, method_length, path, path_length, query, query_length;
    uint16_t authority, authority_length, host, host_length, field_count;
    uint32_t chunk_digits, extension_bytes, trailer_bytes;
    uint64_t left_bytes; /* of the body or of the chunk */
    uint64_t room_bytes; /* what the limit still allows */
};

/* Open so that a connection can hold it in itself; its members are h1.c's alone. */
struct h1 {
    char *head;
    uint32_t capacity;
    struct h1_request request;
    struct h1_field fields[H1_HEADERS];
};

void h1_init(struct h1 *h1);
void h1_free(struct h1 *h1); /* wipes the head */

/*
 * Takes bytes from the front of `bytes`, says how many, and gives the next event. Call again with the rest, even when
 * nothing is left, until it says H1_MORE, H1_END or H1_REFUSED.
 */
size_t h1_feed(struct h1 *h1, struct text bytes, struct h1_event *event);

/* Between H1_HEAD and the next h1_feed: the largest body to take. */
void h1_body_limit(struct h1 *h1, uint64_t limit_bytes);

/* After H1_END: forgets the request and begins the next. */
void h1_next(struct h1 *h1);

/* Whether a request has begun: a byte of it was taken. */
bool h1_begun(const struct h1 *h1);

/* The head: from H1_HEAD until h1_next. Views are borrowed. */
struct text h1_method(const struct h1 *h1);
struct text h1_path(const struct h1 *h1);  /* "/x/y" as sent, not decoded; "*" for OPTIONS */
struct text h1_query(const struct h1 *h1); /* behind '?', without it; empty where there is none */
struct text h1_host(const struct h1 *h1);  /* empty in HTTP/1.0 without Host */

/* How often the header (written in any case) is there; *value is its first, untouched when there is none. */
size_t h1_header(const struct h1 *h1, const char *name, struct text *value);

/* The i-th header, false behind the last. */
bool h1_header_at(const struct h1 *h1, size_t i, struct text *name, struct text *value);

bool h1_keeps_alive(const struct h1 *h1);
bool h1_has_body(const struct h1 *h1);         /* at H1_HEAD: Content-Length above 0, or chunked */
bool h1_expects_continue(const struct h1 *h1); /* and a body follows */
bool h1_is_1_0(const struct h1 *h1);

/* The status to answer a refusal with, a code for counters, and a sentence for people; static. */
int h1_refusal_status(enum h1_refusal refusal);
const char *h1_refusal_name(enum h1_refusal refusal);
const char *h1_refusal_message(enum h1_refusal refusal);

#endif
