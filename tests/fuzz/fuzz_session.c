/*
 * Who a request says it is from: header lines of any kind behind a head that is well-formed. The first byte chooses how the service is
 * reached and which method is called. A token is one that may be a token and stands in the head; it counts from this service's own pages alone,
 * whose origin is looked for here in another way; a cookie that is written is found again.
 */
#include "fuzz.h"

#include "front/session_cookie.h"

#include <ctype.h>
#include <string.h>

enum { REQUEST_BYTES = 16 << 10, ORIGIN_BYTES = 600 };
enum { OVER_TLS = 1, IS_GET = 2, URL_SHIFT = 2, METHOD_SHIFT = 4 };

static const char host[] = "stage.example.nl:8443";
static const char *const public_urls[] = {NULL, "https://stage.example.nl:8443", "http://stage.example.nl/",
                                          "nothing"};
static const enum method_id methods[] = {METHOD_LOGIN, METHOD_LIST_PROPOSALS, METHOD_APPROVE_PROPOSAL,
                                         METHOD_LIST_REASONS};

/* The values of a header, one behind the other; how many there are. */
static size_t values_of(const struct h1 *head, const char *wanted, struct text *last)
{
    struct text name, value;
    size_t count = 0;
    for (size_t i = 0; h1_header_at(head, i, &name, &value); i++)
        if (name.length == strlen(wanted) && strncasecmp(name.data, wanted, name.length) == 0) {
            *last = value;
            count++;
        }
    return count;
}

/* The origins of this service, written out; in small letters. */
static bool is_own_origin(struct text origin, const struct session_place *place)
{
    static const char *const own[] = {"http://stage.example.nl:8443", "https://stage.example.nl:8443",
                                      "http://stage.example.nl"};
    char small[ORIGIN_BYTES];
    if (origin.length >= sizeof small)
        return false;
    for (size_t i = 0; i < origin.length; i++)
        small[i] = (char)tolower((unsigned char)origin.data[i]);
    small[origin.length] = '\0';
    bool is_https = place->over_tls || (place->public_url && strncmp(place->public_url, "https:", 6) == 0);
    return strcmp(small, own[is_https]) == 0 || (place->public_url == public_urls[2] && strcmp(small, own[2]) == 0);
}

static void claim_origin(const struct h1 *head, const struct session_place *place)
{
    struct text origin = text_of(""), site = text_of("same-origin");
    size_t sites = values_of(head, "sec-fetch-site", &site);
    bool own = values_of(head, "origin", &origin) == 1 && is_own_origin(origin, place) && sites <= 1 &&
               site.length == 11 && memcmp(site.data, "same-origin", 11) == 0;
    CLAIM(session_is_same_origin(head, place) == own);
}

/* What is found in a header that has nothing else is the same token. */
static void claim_written(struct text token)
{
    static const char begin[] = "POST /x HTTP/1.1\r\nHost: a\r\nCookie: a=b; ";
    char cookie[SESSION_COOKIE_BYTES], request[sizeof begin + SESSION_COOKIE_BYTES + 8];
    struct h1 again;
    struct h1_event event;
    struct text found;
    CLAIM(session_cookie_write(token, cookie) == ERR_OK);
    int length = snprintf(request, sizeof request, "%s%s\r\n\r\n", begin, cookie);
    h1_init(&again);
    CLAIM(h1_feed(&again, (struct text){request, (size_t)length}, &event) == (size_t)length && event.kind == H1_HEAD);
    CLAIM(session_cookie_find(&again, &found) == COOKIE_ONE && text_equal(found, token));
    h1_free(&again);
}

static void claim_cookie(const struct h1 *head, enum cookie_found found, struct text token)
{
    struct text last;
    CLAIM(found == COOKIE_NONE || values_of(head, "cookie", &last) > 0);
    if (found != COOKIE_ONE)
        return;
    CLAIM(token.length >= 1 && text_is_code(token, SESSION_TOKEN_BYTES_MAX));
    claim_written(token);
}

static void claim_session(const struct h1 *head, const struct method *method, bool is_get,
                          const struct session_place *place, enum cookie_found found, struct text cookie)
{
    struct text last;
    struct session session = session_of_request(head, method, is_get, place);
    bool begins = method->id == METHOD_LOGIN, own = session_is_same_origin(head, place);
    bool authorized = values_of(head, "authorization", &last) > 0;
    CLAIM(!session.refusal || session.token.length == 0);
    CLAIM(!session.wants_cookie || (begins && own && !session.refusal));
    CLAIM(!session.by_cookie || (own && found != COOKIE_NONE && !authorized && !begins && !is_get));
    CLAIM(session.refusal != &refusal_cross_origin || !own);
    CLAIM(!session.by_cookie || session.refusal || text_equal(session.token, cookie));
    CLAIM(session.token.length == 0 || session.by_cookie || authorized);
    CLAIM(!(method->flags & METHOD_PUBLIC) || !session.by_cookie);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char end[] = {'\r', '\n', '\r', '\n'};
    static char request[REQUEST_BYTES];
    struct h1 head;
    struct h1_event event;
    if (length == 0 || length > REQUEST_BYTES / 2)
        return 0;
    const struct session_place place = {.over_tls = bytes[0] & OVER_TLS,
                                        .public_url = public_urls[bytes[0] >> URL_SHIFT & 3]};
    const struct method *method = method_of(methods[bytes[0] >> METHOD_SHIFT & 3]);
    size_t size = (size_t)snprintf(request, sizeof request, "POST /x HTTP/1.1\r\nHost: %s\r\n", host);
    memcpy(request + size, bytes + 1, length - 1);
    size += length - 1;
    memcpy(request + size, end, sizeof end);
    h1_init(&head);
    (void)h1_feed(&head, (struct text){request, size + sizeof end}, &event);
    if (event.kind == H1_HEAD) {
        struct text token = {NULL, 0};
        enum cookie_found found = session_cookie_find(&head, &token);
        claim_cookie(&head, found, token);
        claim_origin(&head, &place);
        claim_session(&head, method, bytes[0] & IS_GET, &place, found, token);
    }
    h1_free(&head);
    return 0;
}
