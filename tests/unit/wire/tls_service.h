/*
 * tls_service.h - a server that speaks TLS, certificates made for it, and clients of OpenSSL's to talk to it.
 */
#ifndef UNIT_WIRE_TLS_SERVICE_H
#define UNIT_WIRE_TLS_SERVICE_H

#include "h1_service.h"

#include "wire/tls.h"
#include "wire/tls_self_signed.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

enum { NOW_S = 1800000000, DAY_S = 86400 };

struct pair {
    struct buf certificate, key;
};

static inline struct pair make_pair(const char *name, unsigned rsa_bits)
{
    struct pair pair;
    struct tls_wish wish = {name, NOW_S - DAY_S, NOW_S + DAY_S, rsa_bits};
    buf_init(&pair.certificate, 1 << 20);
    buf_init(&pair.key, 1 << 20);
    ck_assert_int_eq(tls_self_signed(&wish, &pair.certificate, &pair.key), ERR_OK);
    return pair;
}

static inline void free_pair(struct pair *pair)
{
    buf_free(&pair->certificate);
    buf_free(&pair->key);
}

static inline struct tls *tls_of(const struct pair *pair)
{
    struct tls *tls;
    enum tls_fault fault;
    const struct tls_pem pem = {buf_text(&pair->certificate), buf_text(&pair->key)};
    ck_assert_int_eq(tls_new(&pem, &tls, &fault), ERR_OK);
    ck_assert_int_eq(fault, TLS_FAULT_NONE);
    return tls;
}

/* --- a server, and clients of OpenSSL's --- */

struct secure {
    struct service service;
    struct pair pair;
    struct tls *tls;
};

static inline struct h1_server_options secure_options(struct secure *secure)
{
    struct h1_server_options options = quick_options();
    secure->pair = make_pair("first", 0);
    secure->tls = tls_of(&secure->pair);
    options.tls = secure->tls;
    options.handshake_timeout_ms = 20 * PATIENCE_MS;
    return options;
}

static inline void start_secure(struct secure *secure)
{
    struct h1_server_options options = secure_options(secure);
    start(&secure->service, &options);
}

static inline void end_secure(struct secure *secure)
{
    end(&secure->service);
    tls_free(secure->tls);
    free_pair(&secure->pair);
}

struct peer {
    int fd;
    SSL *ssl;
};

static inline SSL_CTX *client_context(int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    ck_assert_ptr_nonnull(context);
    SSL_CTX_set_security_level(context, 0); /* a client may offer what it likes */
    ck_assert_int_eq(SSL_CTX_set_min_proto_version(context, version), 1);
    ck_assert_int_eq(SSL_CTX_set_max_proto_version(context, version), 1);
    return context;
}

static inline struct peer dial_tls(const struct service *service, SSL_CTX *context)
{
    struct peer peer = {dial(service), SSL_new(context)};
    ck_assert_ptr_nonnull(peer.ssl);
    ck_assert_int_eq(SSL_set_fd(peer.ssl, peer.fd), 1);
    SSL_CTX_free(context);
    return peer;
}

static inline void hang_up(struct peer *peer)
{
    SSL_free(peer->ssl);
    close(peer->fd);
    ERR_clear_error();
}

/* Whether a call of OpenSSL's has only to be made again; lets the server work. */
static inline bool again(struct service *service, const struct peer *peer, int result)
{
    int error = SSL_get_error(peer->ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return false;
    turn(service);
    return true;
}

static inline bool shake(struct service *service, struct peer *peer)
{
    int result, left = PATIENCE_MS;
    while ((result = SSL_connect(peer->ssl)) != 1 && again(service, peer, result))
        ck_assert_int_gt(left--, 0);
    ERR_clear_error();
    return result == 1;
}

static inline struct peer greet(struct service *service, int version)
{
    struct peer peer = dial_tls(service, client_context(version));
    ck_assert(shake(service, &peer));
    return peer;
}

static inline void tell(struct service *service, struct peer *peer, const void *bytes, size_t length)
{
    size_t sent = 0, piece;
    int result, left = PATIENCE_MS;
    while (sent < length) {
        result = SSL_write_ex(peer->ssl, (const char *)bytes + sent, length - sent, &piece);
        if (result == 1)
            sent += piece;
        else
            ck_assert(again(service, peer, result) && left-- > 0);
    }
}

/* Reads until the needle was heard so often, or, without one, to the end, which must be a close_notify. */
static inline struct buf listen_until(struct service *service, struct peer *peer, const char *needle, size_t times)
{
    static char piece[1 << 16];
    struct buf heard;
    size_t got;
    int left = 2 * PATIENCE_MS;
    buf_init(&heard, ANSWER_BYTES);
    while (!needle || count_of(&heard, needle) < times) {
        int result = SSL_read_ex(peer->ssl, piece, sizeof piece, &got);
        if (result == 1) {
            buf_put(&heard, piece, got);
        } else if (!again(service, peer, result)) {
            ck_assert_msg(!needle, "closed before '%s'", needle ? needle : "");
            ck_assert_int_eq(SSL_get_error(peer->ssl, result), SSL_ERROR_ZERO_RETURN);
            break;
        }
        ck_assert_int_gt(left--, 0);
    }
    return heard;
}

static inline void assert_listened(struct service *service, struct peer *peer, const char *needle, size_t times)
{
    struct buf heard = listen_until(service, peer, needle, times);
    ck_assert_uint_eq(count_of(&heard, needle), times);
    buf_free(&heard);
}

#define TELL(service, peer, literal) tell((service), (peer), (literal), sizeof(literal) - 1)

#endif
