/*
 * tls_self_signed.h - a certificate that vouches for itself, for the demo and for tests: for localhost, 127.0.0.1 and ::1.
 */
#ifndef WIRE_TLS_SELF_SIGNED_H
#define WIRE_TLS_SELF_SIGNED_H

#include "base/buf.h"

#include <stdint.h>

struct tls_wish {
    const char *name;         /* whose it is said to be */
    int64_t begins_s, ends_s; /* seconds since 1970 */
    unsigned rsa_bits;        /* 0: an elliptic curve, P-256 */
};

/* Appends both as PEM. The caller wipes `key`. ERR_MEMORY: it could not be made. */
MUST_USE enum err tls_self_signed(const struct tls_wish *wish, struct buf *certificate, struct buf *key);

#endif
