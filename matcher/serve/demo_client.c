#include "serve/demo_client.h"

#include "base/buf.h"
#include "base/mem.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES_MAX = 64 << 20, CALL_SECONDS = 60, UUID_BYTES = 37 };

struct demo_client {
    struct event_base *base;
    SSL_CTX *tls; /* NULL: plain HTTP */
    char host[64];
    uint16_t port;
    int status; /* of the last answer; 0: none came */
    struct buf body;
};

enum err demo_client_trust(struct demo_client *client, const char *file)
{
    SSL_CTX *tls = OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (!tls)
        return ERR_MEMORY;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_file(tls, file) != 1) {
        SSL_CTX_free(tls);
        return ERR_IO;
    }
    SSL_CTX_free(client->tls);
    client->tls = tls;
    return ERR_OK;
}

enum err demo_client_new(const char *address, struct demo_client **out)
{
    struct demo_client *client;
    uint64_t port;
    const char *colon = strrchr(address, ':');
    if (!colon || (size_t)(colon - address) >= sizeof client->host ||
        text_to_u64(text_of(colon + 1), 1, UINT16_MAX, &port) != ERR_OK)
        return ERR_RANGE;
    enum err e = mem_alloc(1, sizeof *client, &client);
    if (e != ERR_OK)
        return e;
    memcpy(client->host, address, (size_t)(colon - address));
    client->port = (uint16_t)port;
    buf_init(&client->body, ANSWER_BYTES_MAX);
    client->base = event_base_new();
    if (!client->base) {
        demo_client_free(client);
        return ERR_MEMORY;
    }
    *out = client;
    return ERR_OK;
}

void demo_client_free(struct demo_client *client)
{
    if (!client)
        return;
    if (client->base)
        event_base_free(client->base);
    SSL_CTX_free(client->tls);
    buf_free(&client->body);
    mem_free(client);
}

static void on_answer(struct evhttp_request *request, void *context)
{
    struct demo_client *client = context;
    struct evbuffer *input = request ? evhttp_request_get_input_buffer(request) : NULL;
    client->status = request ? evhttp_request_get_response_code(request) : 0;
    if (input)
        buf_put(&client->body, evbuffer_pullup(input, -1), evbuffer_get_length(input));
    event_base_loopbreak(client->base);
}

static struct evhttp_connection *connect_to(struct demo_client *client)
{
    struct bufferevent *stream = NULL;
    if (client->tls) {
        SSL *ssl = SSL_new(client->tls);
        if (!ssl || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), client->host) != 1) {
            SSL_free(ssl);
            return NULL;
        }
        stream =
            bufferevent_openssl_socket_new(client->base, -1, ssl, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
        if (!stream)
            return NULL;
    }
    return evhttp_connection_base_bufferevent_new(client->base, NULL, stream, client->host, client->port);
}

/* One exchange on a connection of its own; leaves status and body in the client. */
static void exchange(struct demo_client *client, enum evhttp_cmd_type verb, const char *path, const char *token,
                     const char *body)
{
    struct evhttp_connection *connection = connect_to(client);
    struct evhttp_request *request = connection ? evhttp_request_new(on_answer, client) : NULL;
    client->status = 0;
    buf_clear(&client->body);
    if (!request) {
        if (connection)
            evhttp_connection_free(connection);
        return;
    }
    evhttp_connection_set_timeout(connection, CALL_SECONDS);
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    char host[96], bearer[256];
    snprintf(host, sizeof host, "%s:%u", client->host, client->port);
    snprintf(bearer, sizeof bearer, "Bearer %s", token ? token : "");
    evhttp_add_header(headers, "Host", host);
    if (token)
        evhttp_add_header(headers, "Authorization", bearer);
    if (body) {
        evhttp_add_header(headers, "Content-Type", "application/json");
        evbuffer_add(evhttp_request_get_output_buffer(request), body, strlen(body));
    }
    if (evhttp_make_request(connection, request, verb, path) == 0)
        event_base_dispatch(client->base);
    evhttp_connection_free(connection);
}

bool demo_client_is_ok(struct demo_client *client, const char *path)
{
    exchange(client, EVHTTP_REQ_GET, path, NULL, NULL);
    return client->status == 200;
}

static void say_refused(const struct demo_client *client, const char *method, const json_t *answer)
{
    const char *message = json_string_value(json_object_get(answer, "message"));
    fprintf(stderr, "stagematch demo: %s: %d %s\n", method, client->status,
            message          ? message
            : client->status ? "refused"
                             : "no answer");
}

enum err demo_client_call(struct demo_client *client, const char *method, const char *token, json_t *request,
                          json_t **answer)
{
    char path[128];
    char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!body)
        return ERR_MEMORY;
    snprintf(path, sizeof path, "/stagematch.v1.%s", method);
    exchange(client, EVHTTP_REQ_POST, path, token, body);
    sodium_memzero(body, strlen(body));
    free(body); /* jansson's own allocation */
    json_t *parsed = json_loadb(client->body.data ? client->body.data : "", client->body.length, 0, NULL);
    if (client->status == 200 && parsed) {
        *answer = parsed;
        return ERR_OK;
    }
    say_refused(client, method, parsed);
    json_decref(parsed);
    return client->status ? ERR_INPUT : ERR_IO;
}

static void draw_uuid(char out[UUID_BYTES])
{
    uint8_t bytes[16];
    char hex[33];
    randombytes_buf(bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    snprintf(out, UUID_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

enum err demo_client_change(struct demo_client *client, const char *method, const char *token, json_t *request,
                            json_t **answer)
{
    char uuid[UUID_BYTES];
    draw_uuid(uuid);
    if (request)
        json_object_set_new(request, "requestId", json_string(uuid));
    return demo_client_call(client, method, token, request, answer);
}
