/*
 * tls.h - TLS for the server side of a connection: a certificate with its key, and streams of libevent that encrypt.
 *
 * What is offered follows the "good" settings of the TLS guidelines of the Dutch NCSC: TLS 1.3 and 1.2 alone; for 1.2 ECDHE with
 * AES-GCM or ChaCha20-Poly1305; X25519, P-256 and P-384; no SHA-1; the server's order goes; no compression, no renegotiation, no
 * early data. Nothing of a session outlives its connection (no cache, no tickets), so that no key of ours opens a recorded
 * one; connections are kept alive instead. The one application protocol is http/1.1: a client that names others alone is
 * refused (RFC 7301). OpenSSL's configuration file is not read: what holds is written here.
 *
 * A `struct tls` may be replaced while its connections go on; they keep what they began with. The private key is in OpenSSL's
 * memory alone, which wipes it; nothing here logs or copies it.
 */
#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct bufferevent;
struct event_base;
struct tls;

/* PEM texts. Borrowed. */
struct tls_pem {
    struct text certificate; /* the server's own first, then those that lead from it to a root */
    struct text key;         /* PKCS #8 or the older kinds, without a password */
};

/* What is wrong with a pair. */
enum tls_fault {
    TLS_FAULT_NONE,
    TLS_FAULT_CERTIFICATE, /* no PEM certificate in it, a damaged one, or too many */
    TLS_FAULT_WEAK,        /* a key or signature below 112 bits of security */
    TLS_FAULT_KEY,         /* no PEM private key, or one behind a password */
    TLS_FAULT_PAIR,        /* the key is not the certificate's */
    TLS_FAULT_NOT_YET,
    TLS_FAULT_EXPIRED,
    TLS_FAULT_COUNT,
};

/* ERR_INPUT with the fault (not those of time), or ERR_MEMORY. The texts are not needed afterwards. */
MUST_USE enum err tls_new(const struct tls_pem *pem, struct tls **out, enum tls_fault *fault);

/* Connections that use it go on. NULL is allowed. */
void tls_free(struct tls *tls);

/* Whether all its certificates are valid at this time (seconds since 1970): TLS_FAULT_NOT_YET, _EXPIRED or _NONE. */
enum tls_fault tls_fault_at(const struct tls *tls, int64_t now_s);

/* When the first of its certificates expires, in seconds since 1970. */
int64_t tls_expires_s(const struct tls *tls);

/* One sentence, for people. "" for TLS_FAULT_NONE. */
const char *tls_fault_text(enum tls_fault fault);
bool tls_fault_is_of_key(enum tls_fault fault);

/* Why a handshake failed. */
enum tls_failure {
    TLS_FAILURE_VERSION, /* the client has neither TLS 1.2 nor 1.3 */
    TLS_FAILURE_SHARED,  /* no cipher, group, signature or application protocol in common */
    TLS_FAILURE_NOT_TLS, /* what came was no TLS: plain HTTP, noise */
    TLS_FAILURE_REFUSED, /* the client sent an alert: it does not trust the certificate, mostly */
    TLS_FAILURE_CUT,     /* the client left */
    TLS_FAILURE_OTHER,
    TLS_FAILURE_COUNT,
};

const char *tls_failure_name(enum tls_failure failure);

/*
 * A stream on an accepted, non-blocking socket, which it closes when it is freed. It tells BEV_EVENT_CONNECTED after the
 * handshake, BEV_EVENT_EOF for a close_notify alone: a connection that ends without one is an error, since it may have been cut.
 * NULL: no memory; the socket is then the caller's.
 */
struct bufferevent *tls_stream_new(const struct tls *tls, struct event_base *base, int fd);

/* Tells the peer that nothing more comes (close_notify), as far as the socket takes it now. All output must be out. */
void tls_stream_end(struct bufferevent *stream);

/* After an error event before BEV_EVENT_CONNECTED. */
enum tls_failure tls_stream_failure(struct bufferevent *stream);

#endif
