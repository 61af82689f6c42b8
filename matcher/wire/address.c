#include "wire/address.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { IPV4_AT = 12, IPV4_BYTES = 4, BITS = 128, IPV4_PREFIX_BITS = 96, KEY_PREFIX_BYTES = 8 };

static const uint8_t mapped_prefix[IPV4_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum err address_parse(struct text text, struct address *out)
{
    char copy[ADDRESS_TEXT_BYTES];
    struct address parsed;
    if (text.length == 0 || text.length >= sizeof copy || memchr(text.data, '\0', text.length))
        return ERR_RANGE;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (!memchr(copy, ':', text.length)) {
        memcpy(parsed.bytes, mapped_prefix, IPV4_AT);
        if (inet_pton(AF_INET, copy, parsed.bytes + IPV4_AT) != 1)
            return ERR_RANGE;
    } else if (inet_pton(AF_INET6, copy, parsed.bytes) != 1) {
        return ERR_RANGE;
    }
    *out = parsed;
    return ERR_OK;
}

enum err address_parse_endpoint(struct text text, struct address *out, uint16_t *port)
{
    size_t colon = text.length;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return ERR_RANGE;
    struct text host = {text.data, colon - 1};
    bool bracketed = host.length >= 2 && host.data[0] == '[' && host.data[host.length - 1] == ']';
    if (bracketed)
        host = (struct text){host.data + 1, host.length - 2};
    if (bracketed != (host.length && memchr(host.data, ':', host.length) != NULL))
        return ERR_RANGE;
    struct address parsed;
    uint64_t number;
    enum err e = text_to_u64((struct text){text.data + colon, text.length - colon}, 0, UINT16_MAX, &number);
    if (e == ERR_OK)
        e = address_parse(host, &parsed);
    if (e != ERR_OK)
        return e;
    *out = parsed;
    *port = (uint16_t)number;
    return ERR_OK;
}

enum err address_of_sockaddr(const struct sockaddr *from, struct address *out)
{
    if (from->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, from, sizeof ipv4);
        memcpy(out->bytes, mapped_prefix, IPV4_AT);
        memcpy(out->bytes + IPV4_AT, &ipv4.sin_addr, IPV4_BYTES);
        return ERR_OK;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, from, sizeof ipv6);
        memcpy(out->bytes, &ipv6.sin6_addr, ADDRESS_BYTES);
        return ERR_OK;
    }
    return ERR_RANGE;
}

uint32_t address_to_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (address_is_ipv4(address)) {
        struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&ipv4.sin_addr, address->bytes + IPV4_AT, IPV4_BYTES);
        memcpy(out, &ipv4, sizeof ipv4);
        return sizeof ipv4;
    }
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memcpy(&ipv6.sin6_addr, address->bytes, ADDRESS_BYTES);
    memcpy(out, &ipv6, sizeof ipv6);
    return sizeof ipv6;
}

bool address_is_ipv4(const struct address *address)
{
    return memcmp(address->bytes, mapped_prefix, IPV4_AT) == 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, ADDRESS_BYTES) == 0;
}

void address_format(const struct address *address, char out[ADDRESS_TEXT_BYTES])
{
    bool ipv4 = address_is_ipv4(address);
    const uint8_t *bytes = address->bytes + (ipv4 ? IPV4_AT : 0);
    if (!inet_ntop(ipv4 ? AF_INET : AF_INET6, bytes, out, ADDRESS_TEXT_BYTES))
        out[0] = '\0';
}

struct address address_key(const struct address *address)
{
    struct address key = *address;
    if (!address_is_ipv4(address))
        memset(key.bytes + KEY_PREFIX_BYTES, 0, ADDRESS_BYTES - KEY_PREFIX_BYTES);
    return key;
}

static uint8_t byte_mask(unsigned prefix_bits, unsigned index)
{
    unsigned begin = index * 8;
    if (prefix_bits >= begin + 8)
        return 0xff;
    if (prefix_bits <= begin)
        return 0;
    return (uint8_t)(0xff << (begin + 8 - prefix_bits));
}

static bool network_has(const struct network *network, const struct address *address)
{
    if (network->prefix_bits < IPV4_PREFIX_BITS && address_is_ipv4(address))
        return false;
    for (unsigned i = 0; i < ADDRESS_BYTES; i++)
        if ((address->bytes[i] ^ network->first.bytes[i]) & byte_mask(network->prefix_bits, i))
            return false;
    return true;
}

static enum err network_parse(struct text text, struct network *out)
{
    struct text rest = text, host;
    struct network parsed = {.prefix_bits = BITS};
    (void)text_next(&rest, '/', &host);
    enum err e = address_parse(host, &parsed.first);
    if (e != ERR_OK)
        return e;
    if (rest.data) {
        uint64_t bits;
        bool ipv4 = !memchr(host.data, ':', host.length);
        e = text_to_u64(rest, 0, ipv4 ? IPV4_BYTES * 8 : BITS, &bits);
        if (e != ERR_OK)
            return e;
        parsed.prefix_bits = (uint8_t)(bits + (ipv4 ? IPV4_PREFIX_BITS : 0));
    }
    for (unsigned i = 0; i < ADDRESS_BYTES; i++)
        if (parsed.first.bytes[i] & (uint8_t)~byte_mask(parsed.prefix_bits, i))
            return ERR_RANGE;
    *out = parsed;
    return ERR_OK;
}

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

enum err address_list_parse(struct text text, struct address_list *out)
{
    struct address_list list = {NULL, 0};
    size_t capacity = 0;
    enum err e = ERR_OK;
    for (size_t at = 0, end; at < text.length && e == ERR_OK; at = end + 1) {
        for (end = at; end < text.length && !is_separator(text.data[end]);)
            end++;
        if (end == at)
            continue;
        e = mem_grow(&list.networks, &capacity, list.count + 1, sizeof *list.networks);
        if (e == ERR_OK)
            e = network_parse((struct text){text.data + at, end - at}, &list.networks[list.count]);
        if (e == ERR_OK)
            list.count++;
    }
    if (e != ERR_OK) {
        address_list_free(&list);
        return e;
    }
    *out = list;
    return ERR_OK;
}

void address_list_free(struct address_list *list)
{
    mem_free(list->networks);
    *list = (struct address_list){NULL, 0};
}

bool address_list_has(const struct address_list *list, const struct address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (network_has(&list->networks[i], address))
            return true;
    return false;
}
