/*
 * tls_relay.h - TLS for a client that knows only plain sockets: one end of a socketpair for it, whose bytes go through OpenSSL.
 *
 * TLS 1.2 or newer; the server's certificate must be valid for the name that was asked for, and signed by one of the trusted. When
 * either side ends, the other's end is closed.
 */
#ifndef CACHE_TLS_RELAY_H
#define CACHE_TLS_RELAY_H

#include "base/err.h"

struct event_base;
struct redis_endpoint;
struct ssl_ctx_st;
struct tls_relay;

/* What every connection shares: certificates of `ca_file`, or the system's for NULL. ERR_INPUT where they cannot be read. */
MUST_USE enum err tls_context_new(const char *ca_file, struct ssl_ctx_st **out);
void tls_context_free(struct ssl_ctx_st *context);

/* Begins to connect. *fd is the plain end, non-blocking, the caller's to close. */
MUST_USE enum err tls_relay_new(struct event_base *base, struct ssl_ctx_st *context,
                                const struct redis_endpoint *endpoint, int *fd, struct tls_relay **out);

/* NULL is allowed. Not inside an event of it. */
void tls_relay_free(struct tls_relay *relay);

#endif
