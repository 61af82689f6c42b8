#include "front/session_cookie.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NAME "__Host-stagematch"
#define ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Strict"

static const char https[] = "https://", http[] = "http://";

const char session_cookie_end[] = NAME "=; Max-Age=0" ATTRIBUTES;

const REFUSAL(refusal_cross_origin, STATUS_PERMISSION_DENIED, "cross_origin",
              "Dit verzoek komt niet van een pagina van deze dienst. Open de dienst zelf en probeer het opnieuw.",
              "This request does not come from a page of this service. Open the service itself and try again.");
static const REFUSAL(refusal_session_header, STATUS_INVALID_ARGUMENT, "session_header",
                     "De header X-Stagematch-Session kan alleen 'cookie' zijn.",
                     "The header X-Stagematch-Session can only be 'cookie'.");

/* ---- the cookie ---- */

/* Looks at one Cookie header. */
static enum cookie_found find_in(struct text header, enum cookie_found found, struct text *token)
{
    struct text pair;
    while (text_next(&header, ';', &pair)) {
        struct text value = text_trim(pair), name;
        if (!text_next(&value, '=', &name) || !text_is(name, NAME))
            continue;
        if (found != COOKIE_NONE || !value.data || !text_is_code(value, SESSION_TOKEN_BYTES_MAX)) {
            found = COOKIE_BAD;
            continue;
        }
        *token = value;
        found = COOKIE_ONE;
    }
    return found;
}

enum cookie_found session_cookie_find(const struct h1 *head, struct text *token)
{
    struct text name, value, only = {NULL, 0};
    enum cookie_found found = COOKIE_NONE;
    for (size_t i = 0; h1_header_at(head, i, &name, &value); i++)
        if (text_is_nocase(name, "Cookie"))
            found = find_in(value, found, &only);
    if (found == COOKIE_ONE)
        *token = only;
    return found;
}

enum err session_cookie_write(struct text token, char out[SESSION_COOKIE_BYTES])
{
    if (!text_is_code(token, SESSION_TOKEN_BYTES_MAX))
        return ERR_RANGE;
    int length = snprintf(out, SESSION_COOKIE_BYTES, NAME "=%.*s" ATTRIBUTES, (int)token.length, token.data);
    return length > 0 && length < SESSION_COOKIE_BYTES ? ERR_OK : ERR_RANGE;
}

/* ---- the origin ---- */

/* Takes the prefix away, in any case of letters. */
static bool skip(struct text *text, const char *prefix)
{
    size_t length = strlen(prefix);
    if (text->length < length || !text_is_nocase((struct text){text->data, length}, prefix))
        return false;
    *text = (struct text){text->data + length, text->length - length};
    return true;
}

/* A browser leaves out the port that the scheme has anyway. */
static struct text without_port(struct text authority, const char *port)
{
    size_t length = strlen(port);
    if (authority.length > length && text_is((struct text){authority.data + authority.length - length, length}, port))
        authority.length -= length;
    return authority;
}

static bool equal_nocase(struct text a, struct text b)
{
    return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

/* Whether `origin` is this scheme with this authority. */
static bool is_origin(struct text origin, bool is_https, struct text authority)
{
    authority = without_port(authority, is_https ? ":443" : ":80");
    return authority.length > 0 && skip(&origin, is_https ? https : http) && equal_nocase(origin, authority);
}

/* Host and port of a URL. */
static struct text authority_of(struct text url, bool *is_https)
{
    struct text authority = {"", 0};
    *is_https = skip(&url, https);
    if (*is_https || skip(&url, http))
        (void)text_next(&url, '/', &authority);
    return authority;
}

/* The header's value where there is exactly one. */
static bool one_header(const struct h1 *head, const char *name, struct text *value)
{
    return h1_header(head, name, value) == 1;
}

bool session_is_same_origin(const struct h1 *head, const struct session_place *place)
{
    struct text origin, site;
    bool public_is_https;
    struct text public_authority =
        authority_of(text_of(place->public_url ? place->public_url : ""), &public_is_https);
    size_t sites = h1_header(head, "Sec-Fetch-Site", &site);
    if (sites > 1 || (sites == 1 && !text_is(site, "same-origin")) || !one_header(head, "Origin", &origin))
        return false;
    return is_origin(origin, public_is_https, public_authority) ||
           is_origin(origin, public_is_https || place->over_tls, h1_host(head));
}

/* ---- the request ---- */

/* The token of "Authorization: Bearer TOKEN"; empty where it is none, or there are two. */
static struct text bearer_of(const struct h1 *head)
{
    struct text value, scheme;
    if (!one_header(head, "Authorization", &value))
        return (struct text){NULL, 0};
    if (!text_next(&value, ' ', &scheme) || !text_is_nocase(scheme, "Bearer") || !value.data)
        return (struct text){NULL, 0};
    value = text_trim(value);
    return value.length <= SESSION_TOKEN_BYTES_MAX ? value : (struct text){NULL, 0};
}

/* Methods that may begin a session, or end in one. */
static bool begins_session(enum method_id method)
{
    static const enum method_id beginning[] = {METHOD_LOGIN, METHOD_ACCEPT_INVITATION, METHOD_RESET_PASSWORD};
    for (size_t i = 0; i < sizeof beginning / sizeof beginning[0]; i++)
        if (beginning[i] == method)
            return true;
    return false;
}

static struct session of_beginning(const struct h1 *head, const struct session_place *place)
{
    struct text wish = {NULL, 0};
    size_t wishes = h1_header(head, "X-Stagematch-Session", &wish);
    if (wishes == 0)
        return (struct session){.wants_cookie = false};
    if (wishes > 1 || !text_is(wish, "cookie"))
        return (struct session){.refusal = &refusal_session_header};
    if (!session_is_same_origin(head, place))
        return (struct session){.refusal = &refusal_cross_origin};
    return (struct session){.wants_cookie = true};
}

static struct session of_cookie(const struct h1 *head, const struct session_place *place)
{
    struct text token = {NULL, 0};
    enum cookie_found found = session_cookie_find(head, &token);
    if (found == COOKIE_NONE)
        return (struct session){.by_cookie = false};
    if (!session_is_same_origin(head, place))
        return (struct session){.refusal = &refusal_cross_origin};
    if (found == COOKIE_BAD)
        return (struct session){.by_cookie = true, .refusal = &refusal_unauthenticated};
    return (struct session){.token = token, .by_cookie = true};
}

struct session session_of_request(const struct h1 *head, const struct method *method, bool is_get,
                                  const struct session_place *place)
{
    struct text authorization;
    if (begins_session(method->id))
        return of_beginning(head, place);
    if (h1_header(head, "Authorization", &authorization) > 0)
        return (struct session){.token = bearer_of(head)};
    if (is_get || method->flags & METHOD_PUBLIC)
        return (struct session){.by_cookie = false};
    return of_cookie(head, place);
}
