/*
 * certificate.h - the certificate that the front serves TLS with: taken from the parent, replaced while it runs, watched.
 *
 * The parent reads the files and checks the pair (serve/certificate.h); the front gets the bytes and opens no file. Two weeks
 * before the certificate expires a warning is logged, and again every day.
 */
#ifndef FRONT_CERTIFICATE_H
#define FRONT_CERTIFICATE_H

#include "base/buf.h"
#include "wire/tls.h"

#include <event2/event_struct.h>

struct front;

struct certificate_state {
    struct tls *tls; /* NULL: plain HTTP */
    struct event watch;
};

/* Takes the environment's pair, if there is one. */
MUST_USE enum err certificate_open(struct front *front);

/* For the connections to come. What is there stays where this one cannot serve. */
void certificate_replace(struct front *front, const struct tls_pem *pem);

void certificate_close(struct front *front);

/* For /metrics; nothing without TLS. */
void certificate_write(const struct front *front, struct buf *out);

#endif
