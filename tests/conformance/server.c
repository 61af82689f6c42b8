/*
 * server.c - the server under test for connectrpc.com/conformance: wire/h1_server, wire/connect and wire/tls with the service
 * that the suite asks for. It reads a ServerCompatRequest from standard input, answers with a ServerCompatResponse (both behind
 * four bytes of length), and serves until SIGTERM.
 */
#include "call.h"

#include "api/message.h"
#include "connectrpc/conformance/v1/server_compat.pb-c.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { METHODS = 4, MESSAGE_BYTES_DEFAULT = 16 << 20, COMPAT_BYTES_MAX = 1 << 20 };

typedef Connectrpc__Conformance__V1__ServerCompatRequest CompatRequest;
typedef Connectrpc__Conformance__V1__ServerCompatResponse CompatResponse;

struct server {
    struct event_base *base;
    struct h1_server *h1;
    struct conformance_method methods[METHODS];
};

#define METHOD(name, snake, kind, flags)                                                                             \
    {                                                                                                                \
        {0,                                                                                                          \
         "/connectrpc.conformance.v1.ConformanceService/" name,                                                      \
         TARGET_ENGINE,                                                                                              \
         0,                                                                                                          \
         MESSAGE_BYTES_DEFAULT,                                                                                      \
         flags,                                                                                                      \
         &connectrpc__conformance__v1__##snake##_request__descriptor,                                                \
         &connectrpc__conformance__v1__##snake##_response__descriptor},                                              \
            kind                                                                                                     \
    }

static const struct conformance_method methods[METHODS] = {
    METHOD("Unary", unary, KIND_UNARY, 0),
    METHOD("IdempotentUnary", idempotent_unary, KIND_UNARY, METHOD_GET),
    METHOD("ServerStream", server_stream, KIND_STREAM, 0),
    METHOD("Unimplemented", unimplemented, KIND_UNIMPLEMENTED, 0),
};

/* --- the handler --- */

static const struct conformance_method *find_method(const struct server *server, struct text path)
{
    for (size_t i = 0; i < METHODS; i++)
        if (text_is(path, server->methods[i].method.path))
            return &server->methods[i];
    return NULL;
}

static struct text header(const struct h1 *head, const char *name)
{
    struct text value = {NULL, 0};
    h1_header(head, name, &value);
    return value;
}

static enum err check(const struct conformance_method *method, const struct h1 *h1, struct connect_request *out,
                      struct connect_refusal *refusal)
{
    const struct connect_head head = {
        .verb = h1_method(h1),
        .query = h1_query(h1),
        .content_type = header(h1, "Content-Type"),
        .content_encoding = header(h1, "Content-Encoding"),
        .accept_encoding = header(h1, "Accept-Encoding"),
        .protocol_version = header(h1, "Connect-Protocol-Version"),
        .timeout_ms = header(h1, "Connect-Timeout-Ms"),
        .stream_content_encoding = header(h1, "Connect-Content-Encoding"),
        .stream_accept_encoding = header(h1, "Connect-Accept-Encoding"),
    };
    if (method->kind == KIND_STREAM)
        return connect_stream_check(&head, out, refusal);
    return connect_check(&method->method, &head, out, refusal);
}

static uint64_t on_head(void *context, struct exchange *exchange)
{
    struct connect_request request;
    struct connect_refusal refusal;
    const struct h1 *head = exchange_head(exchange);
    const struct conformance_method *method = find_method(context, h1_path(head));
    if (!method) {
        exchange_respond(exchange, 404, NULL, 0, text_of(""));
        return 0;
    }
    if (check(method, head, &request, &refusal) == ERR_OK)
        return method->kind == KIND_STREAM ? connect_stream_body_bytes_max(&method->method, request.codec)
                                           : connect_body_bytes_max(&method->method, request.codec);
    struct exchange_header added = {refusal.header_name, refusal.header_value};
    if (refusal.header_name)
        exchange_respond(exchange, refusal.http_status, &added, 1, text_of(""));
    else
        call_refuse(exchange, method->kind, &request, refusal.http_status, &refusal.status);
    return 0;
}

static void on_request(void *context, struct exchange *exchange)
{
    struct server *server = context;
    struct connect_request request;
    struct connect_refusal refusal;
    const struct h1 *head = exchange_head(exchange);
    const struct conformance_method *method = find_method(server, h1_path(head));
    if (method && check(method, head, &request, &refusal) == ERR_OK)
        call_start(server->base, method, &request, exchange);
    else /* on_head saw the same */
        exchange_respond(exchange, 500, NULL, 0, text_of(""));
}

static void on_too_large(void *context, struct exchange *exchange)
{
    struct connect_request request;
    struct connect_refusal refusal;
    const struct h1 *head = exchange_head(exchange);
    const struct conformance_method *method = find_method(context, h1_path(head));
    const struct status status = status_refuse(&refusal_too_large);
    if (!method || check(method, head, &request, &refusal) != ERR_OK)
        return;
    int http_status = method->kind == KIND_STREAM ? 200 : status_http(refusal_too_large.code);
    call_refuse(exchange, method->kind, &request, http_status, &status);
}

static void on_canceled(void *context, struct exchange *exchange)
{
    (void)context;
    call_cancel(exchange);
}

/* --- what the runner says and hears --- */

static enum err read_compat(struct pbguard_message *out)
{
    static char bytes[COMPAT_BYTES_MAX];
    unsigned char prefix[4];
    if (fread(prefix, 1, sizeof prefix, stdin) != sizeof prefix)
        return ERR_IO;
    size_t length = (size_t)prefix[0] << 24 | (size_t)prefix[1] << 16 | (size_t)prefix[2] << 8 | prefix[3];
    if (length > sizeof bytes || fread(bytes, 1, length, stdin) != length)
        return ERR_IO;
    return pbguard_unpack(&connectrpc__conformance__v1__server_compat_request__descriptor,
                          (struct text){bytes, length}, &pbguard_limits_internal, COMPAT_BYTES_MAX, false, out, NULL);
}

static enum err write_compat(uint16_t port, const CompatRequest *request)
{
    struct buf packed;
    static char host[] = "127.0.0.1";
    CompatResponse response = CONNECTRPC__CONFORMANCE__V1__SERVER_COMPAT_RESPONSE__INIT;
    response.host = host;
    response.port = port;
    if (request->use_tls && request->server_creds)
        response.pem_cert = request->server_creds->cert;
    buf_init(&packed, COMPAT_BYTES_MAX);
    enum err e = message_pack_buf(&response, &packed);
    const unsigned char prefix[4] = {(unsigned char)(packed.length >> 24), (unsigned char)(packed.length >> 16),
                                     (unsigned char)(packed.length >> 8), (unsigned char)packed.length};
    if (e == ERR_OK && (fwrite(prefix, 1, sizeof prefix, stdout) != sizeof prefix ||
                        fwrite(packed.data, 1, packed.length, stdout) != packed.length || fflush(stdout) != 0))
        e = ERR_IO;
    buf_free(&packed);
    return e;
}

/* --- from start to end --- */

static enum err listen_on_loopback(int *fd, uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0)
        return ERR_IO;
    if (bind(made, (struct sockaddr *)&address, sizeof address) != 0 || listen(made, 512) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &length) != 0) {
        close(made);
        return ERR_IO;
    }
    *fd = made;
    *port = ntohs(address.sin_port);
    return ERR_OK;
}

static enum err make_tls(const CompatRequest *request, struct tls **out)
{
    enum tls_fault fault;
    const Connectrpc__Conformance__V1__TLSCreds *creds = request->server_creds;
    if (!request->use_tls)
        return ERR_OK;
    if (!creds)
        return ERR_INPUT;
    const struct tls_pem pem = {{(const char *)creds->cert.data, creds->cert.len},
                                {(const char *)creds->key.data, creds->key.len}};
    return tls_new(&pem, out, &fault);
}

static void on_stopped(void *context)
{
    const struct server *server = context;
    (void)event_base_loopbreak(server->base);
}

/* Calls whose client has given up are still under way; they end by their own deadlines. */
static void on_term(evutil_socket_t fd, short what, void *context)
{
    const struct server *server = context;
    (void)fd;
    (void)what;
    if (server->h1)
        h1_server_stop(server->h1, on_stopped, context);
}

static enum err serve(struct server *server, const CompatRequest *request, const struct tls *tls)
{
    const struct h1_handler handler = {.head = on_head,
                                       .request = on_request,
                                       .canceled = on_canceled,
                                       .context = server,
                                       .too_large = on_too_large};
    struct h1_server_options options = h1_server_defaults();
    int fd;
    uint16_t port;
    options.tls = tls;
    options.connections_per_address = options.connections_max;
    for (size_t i = 0; i < METHODS; i++) {
        server->methods[i] = methods[i];
        if (request->message_receive_limit > 0)
            server->methods[i].method.max_bytes = request->message_receive_limit;
    }
    enum err e = listen_on_loopback(&fd, &port);
    if (e == ERR_OK)
        e = h1_server_new(server->base, fd, &options, &handler, &server->h1);
    if (e == ERR_OK)
        e = write_compat(port, request);
    if (e == ERR_OK)
        (void)event_base_dispatch(server->base);
    h1_server_free(server->h1);
    (void)event_base_loop(server->base, EVLOOP_NONBLOCK); /* libevent frees streams there */
    return e;
}

int main(void)
{
    struct server server = {.base = event_base_new()};
    struct pbguard_message message = {.message = NULL};
    struct tls *tls = NULL;
    signal(SIGPIPE, SIG_IGN);
    json_start();
    struct event *term = server.base ? evsignal_new(server.base, SIGTERM, on_term, &server) : NULL;
    if (!term || event_add(term, NULL) != 0)
        return EXIT_FAILURE;
    enum err e = read_compat(&message);
    const CompatRequest *request = (const CompatRequest *)(const void *)message.message;
    if (e == ERR_OK)
        e = make_tls(request, &tls);
    if (e == ERR_OK)
        e = serve(&server, request, tls);
    if (e != ERR_OK)
        fprintf(stderr, "conformance_server: %s\n", err_text(e));
    tls_free(tls);
    pbguard_free(&message);
    event_free(term);
    event_base_free(server.base);
    return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
