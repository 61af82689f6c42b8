#include "front/security_headers.h"

/* What holds over TLS alone stands last. */
static const struct exchange_header table[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Strict-Transport-Security", "max-age=31536000"},
};

enum { ALL = sizeof table / sizeof table[0], OVER_TLS_ALONE = 1 };

struct security_headers security_headers(bool over_tls)
{
    return (struct security_headers){table, over_tls ? ALL : ALL - OVER_TLS_ALONE};
}
