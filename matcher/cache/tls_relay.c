#include "cache/tls_relay.h"

#include "base/log.h"
#include "base/mem.h"
#include "cache/redis_connection.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PENDING_BYTES_MAX = 256 << 10 };

struct tls_relay {
    struct bufferevent *plain, *tls;
    bool up;
};

enum err tls_context_new(const char *ca_file, struct ssl_ctx_st **out)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return ERR_MEMORY;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    bool trusted = ca_file ? SSL_CTX_load_verify_locations(context, ca_file, NULL) == 1
                           : SSL_CTX_set_default_verify_paths(context) == 1;
    if (!trusted || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", "redis_ca"));
        SSL_CTX_free(context);
        return ERR_INPUT;
    }
    *out = context;
    return ERR_OK;
}

void tls_context_free(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}

/* The client sees its connection end; what else there is goes with the relay. */
static void end(struct tls_relay *relay)
{
    bufferevent_disable(relay->tls, EV_READ | EV_WRITE);
    if (relay->plain)
        bufferevent_free(relay->plain);
    relay->plain = NULL;
}

/* Moves what came in at one side out at the other, unless that has too much already. */
static void move(struct bufferevent *from, struct bufferevent *to)
{
    struct evbuffer *out = bufferevent_get_output(to);
    if (bufferevent_read_buffer(from, out) != 0 || evbuffer_get_length(out) < PENDING_BYTES_MAX)
        return;
    bufferevent_disable(from, EV_READ);
}

static void on_readable(struct bufferevent *from, void *context)
{
    struct tls_relay *relay = context;
    move(from, from == relay->plain ? relay->tls : relay->plain);
}

/* What was to be written is: reading the other side may go on. */
static void on_written(struct bufferevent *to, void *context)
{
    struct tls_relay *relay = context;
    bufferevent_enable(to == relay->plain ? relay->tls : relay->plain, EV_READ);
}

static void on_event(struct bufferevent *side, short what, void *context)
{
    struct tls_relay *relay = context;
    if (what & BEV_EVENT_CONNECTED) {
        int on = 1;
        relay->up = true;
        setsockopt(bufferevent_getfd(relay->tls), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return;
    }
    unsigned long error = side == relay->tls ? bufferevent_get_openssl_error(side) : 0;
    if (error && !relay->up)
        LOG(LOG_WARN, "redis_tls_failed", LOG_NUMBER("reason", ERR_GET_REASON(error)),
            LOG_NUMBER("verify", SSL_get_verify_result(bufferevent_openssl_get_ssl(side))));
    end(relay);
}

static enum err name_server(SSL *ssl, const char *name)
{
    struct in6_addr address;
    bool numeric = inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
    if (numeric)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1 ? ERR_OK : ERR_MEMORY;
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1 ? ERR_OK : ERR_MEMORY;
}

static enum err open_tls(struct tls_relay *relay, struct event_base *base, struct ssl_ctx_st *context,
                         const struct redis_endpoint *endpoint)
{
    struct sockaddr_storage to;
    int length = sizeof to;
    char written[INET6_ADDRSTRLEN + 16];
    SSL *ssl = SSL_new(context);
    if (!ssl)
        return ERR_MEMORY;
    enum err e = name_server(ssl, endpoint->tls_name);
    if (e != ERR_OK) {
        SSL_free(ssl);
        return e;
    }
    relay->tls = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
    if (!relay->tls) /* which freed `ssl` */
        return ERR_MEMORY;
    bufferevent_openssl_set_allow_dirty_shutdown(relay->tls, 1); /* replies have lengths of their own */
    snprintf(written, sizeof written, strchr(endpoint->host, ':') ? "[%s]:%u" : "%s:%u", endpoint->host,
             (unsigned)endpoint->port);
    memset(&to, 0, sizeof to);
    if (evutil_parse_sockaddr_port(written, (struct sockaddr *)&to, &length) != 0)
        return ERR_RANGE;
    bufferevent_setcb(relay->tls, on_readable, on_written, on_event, relay);
    if (bufferevent_socket_connect(relay->tls, (struct sockaddr *)&to, length) != 0)
        return ERR_IO;
    return bufferevent_enable(relay->tls, EV_READ | EV_WRITE) == 0 ? ERR_OK : ERR_IO;
}

enum err tls_relay_new(struct event_base *base, struct ssl_ctx_st *context, const struct redis_endpoint *endpoint,
                       int *fd, struct tls_relay **out)
{
    int ends[2];
    struct tls_relay *relay;
    enum err e = mem_alloc(1, sizeof *relay, &relay);
    if (e != ERR_OK)
        return e;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        mem_free(relay);
        return err_from_errno(errno);
    }
    relay->plain = bufferevent_socket_new(base, ends[0], BEV_OPT_CLOSE_ON_FREE);
    if (!relay->plain)
        close(ends[0]);
    e = relay->plain ? open_tls(relay, base, context, endpoint) : ERR_MEMORY;
    if (e != ERR_OK) {
        close(ends[1]);
        tls_relay_free(relay);
        return e;
    }
    bufferevent_setcb(relay->plain, on_readable, on_written, on_event, relay);
    bufferevent_enable(relay->plain, EV_READ | EV_WRITE);
    *fd = ends[1];
    *out = relay;
    return ERR_OK;
}

void tls_relay_free(struct tls_relay *relay)
{
    if (!relay)
        return;
    if (relay->plain)
        bufferevent_free(relay->plain);
    if (relay->tls)
        bufferevent_free(relay->tls);
    mem_free(relay);
}
