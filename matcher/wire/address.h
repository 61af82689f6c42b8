/*
 * address.h - addresses of clients: IPv4 and IPv6, lists of networks, and the key by which clients are counted.
 *
 * An IPv4 address is kept as its IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), so that a client is the same whichever
 * kind of socket took it in. A network of IPv6 never holds an IPv4 address.
 */
#ifndef WIRE_ADDRESS_H
#define WIRE_ADDRESS_H

#include "base/text.h"

struct sockaddr;
struct sockaddr_storage;

enum { ADDRESS_BYTES = 16, ADDRESS_TEXT_BYTES = 46 };

struct address {
    uint8_t bytes[ADDRESS_BYTES];
};

/* "192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"; nothing else (no port, no zone, no brackets). ERR_RANGE. */
MUST_USE enum err address_parse(struct text text, struct address *out);

/* "127.0.0.1:8080" or "[::1]:8080"; port 0 is allowed. ERR_RANGE. */
MUST_USE enum err address_parse_endpoint(struct text text, struct address *out, uint16_t *port);

/* ERR_RANGE for a family other than IPv4 and IPv6. */
MUST_USE enum err address_of_sockaddr(const struct sockaddr *from, struct address *out);

/* For bind and connect; an IPv4 address becomes an AF_INET one. Returns its length. */
uint32_t address_to_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *out);

bool address_is_ipv4(const struct address *address);
bool address_equal(const struct address *a, const struct address *b);

/* As people write it; NUL-terminated. */
void address_format(const struct address *address, char out[ADDRESS_TEXT_BYTES]);

/*
 * What connections are counted by: an IPv4 address whole, of an IPv6 address its /64, because that is what one customer
 * gets.
 */
struct address address_key(const struct address *address);

struct network {
    struct address first;
    uint8_t prefix_bits; /* of 128 */
};

struct address_list {
    struct network *networks;
    size_t count;
};

/*
 * "127.0.0.0/8 ::1 10.0.0.0/8": networks and single addresses joined by blanks or commas; may be empty. ERR_RANGE where one
 * is none (bits behind its prefix are such a fault too), ERR_MEMORY.
 */
MUST_USE enum err address_list_parse(struct text text, struct address_list *out);
void address_list_free(struct address_list *list);
bool address_list_has(const struct address_list *list, const struct address *address);

#endif
