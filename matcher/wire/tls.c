#include "wire/tls.h"

#include "base/mem.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

enum { CHAIN_MAX = 10, SECURITY_LEVEL = 2 };

struct tls {
    SSL_CTX *context;
    int64_t begins_s, expires_s; /* the last that begins, the first that ends */
};

/* --- words --- */

static const struct {
    const char *text;
    bool is_of_key;
} faults[TLS_FAULT_COUNT] = {
    [TLS_FAULT_NONE] = {"", false},
    [TLS_FAULT_CERTIFICATE] = {"is no certificate in PEM form, with those that lead to its root behind it", false},
    [TLS_FAULT_WEAK] = {"is too weak: expected RSA of 2048 bits or more, or an elliptic curve, and SHA-256 or better",
                        false},
    [TLS_FAULT_KEY] = {"is no private key in PEM form without a password", true},
    [TLS_FAULT_PAIR] = {"does not belong to the certificate", true},
    [TLS_FAULT_NOT_YET] = {"is not valid yet", false},
    [TLS_FAULT_EXPIRED] = {"has expired", false},
};

const char *tls_fault_text(enum tls_fault fault)
{
    return faults[fault].text;
}

bool tls_fault_is_of_key(enum tls_fault fault)
{
    return faults[fault].is_of_key;
}

const char *tls_failure_name(enum tls_failure failure)
{
    static const char *const names[TLS_FAILURE_COUNT] = {
        [TLS_FAILURE_VERSION] = "version", [TLS_FAILURE_SHARED] = "nothing_shared",
        [TLS_FAILURE_NOT_TLS] = "not_tls", [TLS_FAILURE_REFUSED] = "refused_by_client",
        [TLS_FAILURE_CUT] = "cut",         [TLS_FAILURE_OTHER] = "other",
    };
    return names[failure];
}

/* --- what is offered --- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                           const unsigned char *offered, unsigned int offered_length, void *context)
{
    static const char ours[] = "http/1.1";
    (void)ssl, (void)context;
    for (unsigned int at = 0; at < offered_length; at += 1u + offered[at])
        if (offered[at] == sizeof ours - 1 && offered_length - at > sizeof ours - 1 &&
            memcmp(offered + at + 1, ours, sizeof ours - 1) == 0) {
            *out = offered + at + 1;
            *out_length = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool offer(SSL_CTX *context)
{
    static const char ciphers_1_3[] = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
    static const char ciphers_1_2[] =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
        "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
    static const char signatures[] = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:"
                                     "RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512";
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    (void)SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                           SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    /* Buffers of an idle connection go back: thousands are kept alive. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
           SSL_CTX_set_ciphersuites(context, ciphers_1_3) == 1 &&
           SSL_CTX_set_cipher_list(context, ciphers_1_2) == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set1_sigalgs_list(context, signatures) == 1;
}

/* --- the pair --- */

/* Nobody is asked for a password: a service has nobody to ask. */
static int no_password(char *out, int size, int writing, void *context)
{
    (void)out, (void)size, (void)writing, (void)context;
    return 0;
}

static BIO *open_text(struct text text)
{
    return text.length <= INT_MAX ? BIO_new_mem_buf(text.data, (int)text.length) : NULL;
}

static bool seconds_of(const ASN1_TIME *time, int64_t *out)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool known = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    if (known)
        *out = (int64_t)days * 86400 + seconds;
    return known;
}

/* Notes from when to when it is valid. */
static bool take_times(struct tls *tls, const X509 *certificate)
{
    int64_t begins_s, expires_s;
    if (!seconds_of(X509_get0_notBefore(certificate), &begins_s) ||
        !seconds_of(X509_get0_notAfter(certificate), &expires_s))
        return false;
    tls->begins_s = begins_s > tls->begins_s ? begins_s : tls->begins_s;
    tls->expires_s = expires_s < tls->expires_s ? expires_s : tls->expires_s;
    return true;
}

static bool is_weakness(unsigned long error)
{
    static const int reasons[] = {SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL, SSL_R_CA_MD_TOO_WEAK};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == reasons[i])
            return true;
    return false;
}

/* The first is the server's own, the others lead to a root. */
static enum tls_fault use_one(struct tls *tls, X509 *certificate, size_t number)
{
    if (!take_times(tls, certificate))
        return TLS_FAULT_CERTIFICATE;
    if ((number == 0 ? SSL_CTX_use_certificate(tls->context, certificate)
                     : (int)SSL_CTX_add1_chain_cert(tls->context, certificate)) == 1)
        return TLS_FAULT_NONE;
    return is_weakness(ERR_peek_last_error()) ? TLS_FAULT_WEAK : TLS_FAULT_CERTIFICATE;
}

static enum tls_fault use_certificates(struct tls *tls, BIO *from)
{
    enum tls_fault fault = TLS_FAULT_NONE;
    size_t count = 0;
    X509 *certificate;
    while (fault == TLS_FAULT_NONE && (certificate = PEM_read_bio_X509(from, NULL, no_password, NULL))) {
        fault = count < CHAIN_MAX ? use_one(tls, certificate, count) : TLS_FAULT_CERTIFICATE;
        X509_free(certificate);
        count++;
    }
    if (fault != TLS_FAULT_NONE)
        return fault;
    unsigned long end = ERR_peek_last_error(); /* the end of the text; anything else is damage */
    bool ended = ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
    return count > 0 && ended ? TLS_FAULT_NONE : TLS_FAULT_CERTIFICATE;
}

static enum tls_fault use_key(struct tls *tls, BIO *from)
{
    EVP_PKEY *key = PEM_read_bio_PrivateKey(from, NULL, no_password, NULL);
    if (!key)
        return TLS_FAULT_KEY;
    bool fits = SSL_CTX_use_PrivateKey(tls->context, key) == 1 && SSL_CTX_check_private_key(tls->context) == 1;
    EVP_PKEY_free(key);
    return fits ? TLS_FAULT_NONE : TLS_FAULT_PAIR;
}

static enum err use_pair(struct tls *tls, const struct tls_pem *pem, enum tls_fault *fault)
{
    BIO *certificate = open_text(pem->certificate), *key = open_text(pem->key);
    enum err e = certificate && key ? ERR_OK : ERR_MEMORY;
    if (e == ERR_OK)
        *fault = use_certificates(tls, certificate);
    if (e == ERR_OK && *fault == TLS_FAULT_NONE)
        *fault = use_key(tls, key);
    BIO_free(certificate);
    BIO_free(key);
    ERR_clear_error();
    return e == ERR_OK && *fault != TLS_FAULT_NONE ? ERR_INPUT : e;
}

enum err tls_new(const struct tls_pem *pem, struct tls **out, enum tls_fault *fault)
{
    struct tls *tls;
    *fault = TLS_FAULT_NONE;
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return ERR_MEMORY;
    enum err e = mem_alloc(1, sizeof *tls, &tls);
    if (e != ERR_OK)
        return e;
    *tls = (struct tls){.context = SSL_CTX_new(TLS_server_method()), .begins_s = INT64_MIN, .expires_s = INT64_MAX};
    e = tls->context && offer(tls->context) ? use_pair(tls, pem, fault) : ERR_MEMORY;
    if (e == ERR_OK)
        *out = tls;
    else
        tls_free(tls);
    return e;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->context); /* each connection holds it, too */
    mem_free(tls);
}

enum tls_fault tls_fault_at(const struct tls *tls, int64_t now_s)
{
    if (now_s < tls->begins_s)
        return TLS_FAULT_NOT_YET;
    return now_s >= tls->expires_s ? TLS_FAULT_EXPIRED : TLS_FAULT_NONE;
}

int64_t tls_expires_s(const struct tls *tls)
{
    return tls->expires_s;
}

/* --- streams --- */

struct bufferevent *tls_stream_new(const struct tls *tls, struct event_base *base, int fd)
{
    SSL *ssl = SSL_new(tls->context);
    if (!ssl)
        return NULL;
    struct bufferevent *stream =
        bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    ERR_clear_error();
    return stream; /* where it was not made, libevent has freed `ssl` */
}

void tls_stream_end(struct bufferevent *stream)
{
    SSL *ssl = bufferevent_openssl_get_ssl(stream);
    if (SSL_is_init_finished(ssl) && !(SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN))
        (void)SSL_shutdown(ssl);
    ERR_clear_error();
}

static const struct {
    int reason;
    enum tls_failure failure;
} failures[] = {
    {SSL_R_UNSUPPORTED_PROTOCOL, TLS_FAILURE_VERSION},
    {SSL_R_UNKNOWN_PROTOCOL, TLS_FAILURE_VERSION},
    {SSL_R_VERSION_TOO_LOW, TLS_FAILURE_VERSION},
    {SSL_R_NO_SHARED_CIPHER, TLS_FAILURE_SHARED},
    {SSL_R_NO_SHARED_GROUPS, TLS_FAILURE_SHARED},
    {SSL_R_NO_SUITABLE_KEY_SHARE, TLS_FAILURE_SHARED},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, TLS_FAILURE_SHARED},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, TLS_FAILURE_SHARED},
    {SSL_R_NO_APPLICATION_PROTOCOL, TLS_FAILURE_SHARED},
    {SSL_R_HTTP_REQUEST, TLS_FAILURE_NOT_TLS},
    {SSL_R_HTTPS_PROXY_REQUEST, TLS_FAILURE_NOT_TLS},
    {SSL_R_WRONG_VERSION_NUMBER, TLS_FAILURE_NOT_TLS},
    {SSL_R_PACKET_LENGTH_TOO_LONG, TLS_FAILURE_NOT_TLS},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, TLS_FAILURE_CUT},
};

static enum tls_failure failure_of(unsigned long error)
{
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return TLS_FAILURE_OTHER;
    int reason = ERR_GET_REASON(error);
    if (reason > SSL_AD_REASON_OFFSET)
        return TLS_FAILURE_REFUSED;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].reason == reason)
            return failures[i].failure;
    return TLS_FAILURE_OTHER;
}

enum tls_failure tls_stream_failure(struct bufferevent *stream)
{
    unsigned long error;
    bool said = false;
    enum tls_failure failure = TLS_FAILURE_OTHER;
    while ((error = bufferevent_get_openssl_error(stream))) {
        if (ERR_GET_LIB(error) == 0) /* a kind of error without one of OpenSSL's behind it: the socket's */
            continue;
        said = true;
        if (failure == TLS_FAILURE_OTHER)
            failure = failure_of(error);
    }
    return said ? failure : TLS_FAILURE_CUT;
}
