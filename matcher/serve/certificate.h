/*
 * certificate.h - the files that tls_certificate and tls_key name: read and checked by the parent, which may be root, and
 * handed to the fronts as bytes, which need no file for it.
 *
 * Both lie in guarded memory, without a copy in a stream's buffer, and are wiped when they are freed.
 */
#ifndef SERVE_CERTIFICATE_H
#define SERVE_CERTIFICATE_H

#include "base/conf.h"
#include "wire/tls.h"

/* Together they fit one packet of the control socket (ipc/control.h). */
enum { CERTIFICATE_BYTES_MAX = 40 << 10, CERTIFICATE_KEY_BYTES_MAX = 16 << 10 };

struct certificate {
    char *bytes; /* guarded: the certificates, then the key; NULL: no TLS */
    size_t certificate_length, key_length;
};

/*
 * Reads and checks them; without the settings there is nothing to read, and `bytes` is NULL. ERR_INPUT, or what the system
 * says: `complaints` names the setting and its file. Others than its owner and group may not be able to read the key.
 */
MUST_USE enum err certificate_read(const struct settings *settings, struct certificate *out, FILE *complaints);

/* Reads, checks and forgets them. */
MUST_USE enum err certificate_check(const struct settings *settings, FILE *complaints);

void certificate_free(struct certificate *certificate);

bool certificate_is_same(const struct certificate *a, const struct certificate *b);

/* Views of it. */
struct tls_pem certificate_pem(const struct certificate *certificate);

#endif
