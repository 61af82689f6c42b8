/*
 * redis_address.h - where Redis is, as a setting says it.
 *
 *   (empty)                                              none
 *   unix:/path/of/socket[?db=N]
 *   redis://[[user]:password@]host[:port][/db]           port 6379 and db 0 unless said; an IPv6 address in brackets
 *   rediss://…                                           the same over TLS; host must be in the server's certificate
 *   sentinel://[[user]:password@]host[:port],…/master[/db]  port 26379; user and password are for the master
 *
 * "user:@" names a user whose password comes from elsewhere. Bytes of user and password that are not [A-Za-z0-9._~-] are written %XX. Redis Cluster is not supported: what one request
 * looks at would be spread over servers, and a redirect to another is not followed.
 */
#ifndef CACHE_REDIS_ADDRESS_H
#define CACHE_REDIS_ADDRESS_H

#include "base/text.h"

enum {
    REDIS_HOST_BYTES = 256,
    REDIS_PATH_BYTES = 108, /* sun_path */
    REDIS_SECRET_BYTES = 256,
    REDIS_SENTINELS_MAX = 8,
    REDIS_DATABASE_MAX = 1023,
};

enum redis_kind { REDIS_OFF, REDIS_UNIX, REDIS_TCP, REDIS_TLS, REDIS_SENTINEL };

struct redis_host {
    char name[REDIS_HOST_BYTES]; /* a name or an address, without brackets */
    uint16_t port;
};

struct redis_address {
    enum redis_kind kind;
    char path[REDIS_PATH_BYTES];                  /* REDIS_UNIX */
    struct redis_host hosts[REDIS_SENTINELS_MAX]; /* REDIS_TCP, REDIS_TLS: one; REDIS_SENTINEL: some */
    size_t host_count;
    char master[REDIS_HOST_BYTES];
    char user[REDIS_SECRET_BYTES], password[REDIS_SECRET_BYTES]; /* "": none */
    uint32_t database;
};

/* ERR_INPUT with *why, a static English sentence without anything of `text` (there may be a password in it). */
MUST_USE enum err redis_address_parse(struct text text, struct redis_address *out, const char **why);

/* Whether a host has to be looked up: it is no address. */
bool redis_host_is_name(const struct redis_host *host);

#endif
