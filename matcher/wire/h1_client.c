#include "wire/h1_internal.h"

#include <string.h>

static bool is_listed(const struct address_list *list, const struct address *address)
{
    return list && address_list_has(list, address);
}

/* An element of X-Forwarded-For: an address, in brackets or with a port as some proxies write it. */
static enum err parse_element(struct text element, struct address *out)
{
    uint16_t port;
    if (address_parse(element, out) == ERR_OK || address_parse_endpoint(element, out, &port) == ERR_OK)
        return ERR_OK;
    if (element.length < 2 || element.data[0] != '[' || element.data[element.length - 1] != ']')
        return ERR_RANGE;
    return address_parse((struct text){element.data + 1, element.length - 2}, out);
}

/* Takes the element behind the last comma off the list. */
static struct text take_last(struct text *list)
{
    size_t begin = list->length;
    while (begin > 0 && list->data[begin - 1] != ',')
        begin--;
    struct text element = {list->data + begin, list->length - begin};
    list->length = begin ? begin - 1 : 0;
    return text_trim(element);
}

/*
 * Walks one header from the right, past trusted proxies. Returns whether to walk on: false once an address is found that is
 * no proxy, or an element that is no address (then the hop before it is all that is known).
 */
static bool walk_back(const struct h1_server *server, struct text list, struct address *client)
{
    while (list.length > 0) {
        struct address hop;
        if (parse_element(take_last(&list), &hop) != ERR_OK)
            return false;
        *client = hop;
        if (!is_listed(server->options.trusted_proxies, &hop))
            return false;
    }
    return true;
}

struct address client_of(const struct connection *connection)
{
    struct address client = connection->peer;
    struct text name, value;
    size_t count = 0;
    if (!connection->is_proxied)
        return client;
    while (h1_header_at(&connection->h1, count, &name, &value))
        count++;
    while (count-- > 0) {
        (void)h1_header_at(&connection->h1, count, &name, &value);
        if (text_is_nocase(name, "x-forwarded-for") && !walk_back(connection->server, value, &client))
            break;
    }
    return client;
}

bool client_count(struct connection *connection, const struct address *client)
{
    struct h1_server *server = connection->server;
    struct address key = address_key(client);
    size_t cap = is_listed(server->options.shared_addresses, client) ? server->options.connections_per_shared_address
                                                                     : server->options.connections_per_address;
    if (address_counter_get(&server->counter, &key) >= cap)
        return false;
    address_counter_add(&server->counter, &key);
    connection->counted_key = key;
    connection->is_counted = true;
    return true;
}

void client_uncount(struct connection *connection)
{
    if (connection->is_counted)
        address_counter_remove(&connection->server->counter, &connection->counted_key);
    connection->is_counted = false;
}

/* Hexadecimal digits and dashes: what proxies make (nginx, Envoy, HAProxy), and nothing that could be a name. */
static bool is_request_id(struct text value)
{
    enum { LENGTH_MIN = 16, LENGTH_MAX = EXCHANGE_ID_BYTES - 1 };
    if (value.length < LENGTH_MIN || value.length > LENGTH_MAX)
        return false;
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-'))
            return false;
    }
    return true;
}

void client_identify(const struct connection *connection, char out[EXCHANGE_ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    const struct random_source *random = &connection->server->options.random;
    struct text value;
    uint8_t drawn[16];
    if (connection->is_proxied && h1_header(&connection->h1, "X-Request-Id", &value) == 1 && is_request_id(value)) {
        memcpy(out, value.data, value.length);
        out[value.length] = '\0';
        return;
    }
    out[0] = '\0';
    if (!random->fill)
        return;
    random_fill(random, drawn, sizeof drawn);
    for (size_t i = 0; i < sizeof drawn; i++) {
        out[2 * i] = digits[drawn[i] >> 4];
        out[2 * i + 1] = digits[drawn[i] & 15];
    }
    out[2 * sizeof drawn] = '\0';
}
