/*
 * session_cookie.h - who a request says it is from: a token of its own (Authorization), or the cookie that a browser keeps.
 *
 * A browser's session lives in the cookie "__Host-stagematch": HttpOnly, so that no script reads it, Secure, SameSite=Strict, gone
 * with the browser. It is made where a request that begins a session says "X-Stagematch-Session: cookie": the token then leaves in
 * Set-Cookie and not in the message.
 *
 * A browser adds its cookies by itself, so a cookie counts only where the request says that it comes from the service's own pages:
 * `Origin` is this service's, and Sec-Fetch-Site, where there is one, says "same-origin". Two cookies of the name, or a value
 * that can be no token, count as a session that is over. With Authorization, and for GET and public methods, cookies are not
 * looked at.
 */
#ifndef FRONT_SESSION_COOKIE_H
#define FRONT_SESSION_COOKIE_H

#include "api/method.h"
#include "api/status.h"
#include "wire/h1.h"

enum { SESSION_TOKEN_BYTES_MAX = 256, SESSION_COOKIE_BYTES = 384 };

enum cookie_found { COOKIE_NONE, COOKIE_ONE, COOKIE_BAD /* several, or no token */ };

/* The cookie of a session in all Cookie headers; with COOKIE_ONE *token is a view into the head. */
enum cookie_found session_cookie_find(const struct h1 *head, struct text *token);

/* How the service is reached. */
struct session_place {
    bool over_tls;          /* the front speaks TLS itself */
    const char *public_url; /* may be NULL */
};

/*
 * Whether the request comes from a page of this service: Origin is public_url's, or that of the host that the request
 * names. Where public_url is https, so must the origin be: whoever can change what goes over plain HTTP is another site.
 */
bool session_is_same_origin(const struct h1 *head, const struct session_place *place);

/* What a request comes with. The token is a view into the head, empty where there is none. */
struct session {
    struct text token;
    bool by_cookie;                /* a cookie of this origin: tell the browser when it is over */
    bool wants_cookie;             /* the session that it begins is to be a cookie */
    const struct refusal *refusal; /* NULL: none; then there is no token */
};

/* The refusal of a cookie, or of the wish for one, that comes from another origin. */
extern const struct refusal refusal_cross_origin;

struct session session_of_request(const struct h1 *head, const struct method *method, bool is_get,
                                  const struct session_place *place);

/* The value of Set-Cookie for a token of 1 to SESSION_TOKEN_BYTES_MAX bytes. ERR_RANGE for another one. Wipe it after use. */
MUST_USE enum err session_cookie_write(struct text token, char out[SESSION_COOKIE_BYTES]);

/* The value of Set-Cookie that ends it. */
extern const char session_cookie_end[];

#endif
