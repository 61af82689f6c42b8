#include "front/redirect.h"

#include <stdio.h>
#include <string.h>

enum { LOCATION_BYTES = 2048 };

/* False where it would be longer than clients take. */
static bool write_location(const char *url, const struct h1 *head, char out[LOCATION_BYTES])
{
    struct text path = h1_path(head), query = h1_query(head);
    if (path.length >= LOCATION_BYTES || query.length >= LOCATION_BYTES || path.length == 0 || path.data[0] != '/')
        return false;
    int length = snprintf(out, LOCATION_BYTES, "%s%.*s%s%.*s", url, (int)path.length, path.data,
                          query.length ? "?" : "", (int)query.length, query.data);
    return length > 0 && length < LOCATION_BYTES;
}

static uint64_t on_head(void *context, struct exchange *exchange)
{
    const struct front *front = context;
    const struct h1 *head = exchange_head(exchange);
    const char *url = settings_string(front->environment->settings, "public_url");
    char location[LOCATION_BYTES];
    struct text verb = h1_method(head);
    if (!text_is(verb, "GET") && !text_is(verb, "HEAD"))
        page_respond(exchange, 405, "Allow", "GET, HEAD", NULL, text_of(""));
    else if (write_location(url, head, location))
        page_respond(exchange, 308, "Location", location, NULL, text_of(""));
    else
        page_respond(exchange, 414, NULL, NULL, NULL, text_of(""));
    return 0;
}

/* Everything was answered at its head. */
static void on_request(void *context, struct exchange *exchange)
{
    (void)context;
    page_respond(exchange, 500, NULL, NULL, NULL, text_of(""));
}

struct h1_handler redirect_handler(struct front *front)
{
    return (struct h1_handler){.head = on_head, .request = on_request, .context = front};
}
