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

static const struct exchange_header of_web[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "font-src 'self'; connect-src 'self'; worker-src 'self'; "
                                "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                                "require-trusted-types-for 'script'; trusted-types stagematch-worker"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
     "encrypted-media=(), "
     "fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), "
     "magnetometer=(), "
     "microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), "
     "serial=(), usb=(), xr-spatial-tracking=()"},
};

struct security_headers security_headers_of_web(void)
{
    return (struct security_headers){of_web, sizeof of_web / sizeof of_web[0]};
}
