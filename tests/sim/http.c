#include "http.h"

#include "sim.h"

#include "wire/h1_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 1024 };

struct exchange {
    struct exchange *next;
    struct h1_server *server; /* NULL: the server was freed */
    uint64_t number;
    struct h1 head;
    char *body;
    size_t body_bytes;
    int64_t started_us;
    void *context;
    bool canceled, answered, inside; /* inside: http_send still looks at it */
    char id[EXCHANGE_ID_BYTES];
};

struct h1_server {
    struct h1_handler handler;
    struct h1_server_counts counts;
    struct exchange *exchanges;
};

static struct h1_server *server; /* the front's that is there; NULL: none */
static uint64_t last_number;
static void (*tell)(uint64_t request, int status, struct text body);

void http_listen(void (*answered)(uint64_t request, int status, struct text body))
{
    tell = answered;
}

struct h1_server_options h1_server_defaults(void)
{
    return (struct h1_server_options){0};
}

enum err h1_server_new(struct event_base *base, int listen_fd, const struct h1_server_options *options,
                       const struct h1_handler *handler, struct h1_server **out)
{
    (void)base;
    (void)listen_fd;
    (void)options;
    *out = calloc(1, sizeof **out);
    SIM_MUST(*out && !server);
    (*out)->handler = *handler;
    server = *out;
    return ERR_OK;
}

void h1_server_set_tls(struct h1_server *which, const struct tls *tls)
{
    (void)which;
    (void)tls;
}

void h1_server_stop(struct h1_server *which, void (*done)(void *context), void *context)
{
    (void)which;
    (void)done;
    (void)context;
    sim_is_wrong("fronts are only killed");
}

void h1_server_free(struct h1_server *which)
{
    if (!which)
        return;
    for (struct exchange *exchange = which->exchanges; exchange; exchange = exchange->next) {
        exchange->server = NULL;
        exchange->canceled = true;
    }
    if (server == which)
        server = NULL;
    free(which);
}

const struct h1_server_counts *h1_server_counts(const struct h1_server *which)
{
    return &which->counts;
}

const char *h1_server_cause_name(enum h1_server_cause cause)
{
    (void)cause;
    return "none";
}

const struct h1 *exchange_head(const struct exchange *exchange)
{
    return &exchange->head;
}

struct text exchange_body(const struct exchange *exchange)
{
    return (struct text){exchange->body, exchange->body_bytes};
}

struct address exchange_client(const struct exchange *exchange)
{
    struct address loopback;
    (void)exchange;
    SIM_MUST(address_parse(text_of("127.0.0.1"), &loopback) == ERR_OK);
    return loopback;
}

int64_t exchange_started_us(const struct exchange *exchange)
{
    return exchange->started_us;
}

const char *exchange_id(const struct exchange *exchange)
{
    return exchange->id;
}

void exchange_set_context(struct exchange *exchange, void *context)
{
    exchange->context = context;
}

void *exchange_context(const struct exchange *exchange)
{
    return exchange->context;
}

bool exchange_is_canceled(const struct exchange *exchange)
{
    return exchange->canceled;
}

static void free_exchange(struct exchange *exchange)
{
    struct exchange **at = exchange->server ? &exchange->server->exchanges : NULL;
    while (at && *at != exchange)
        at = &(*at)->next;
    if (at)
        *at = exchange->next;
    h1_free(&exchange->head);
    free(exchange->body);
    free(exchange);
}

void exchange_respond(struct exchange *exchange, int status, const struct exchange_header *headers,
                      size_t header_count, struct text body)
{
    (void)headers;
    (void)header_count;
    exchange->answered = true;
    if (!exchange->canceled && !sim.muted)
        tell(exchange->number, status, body);
    if (!exchange->inside)
        free_exchange(exchange);
}

/* No client of the simulator asks for a stream. */
void exchange_stream_begin(struct exchange *exchange, int status, const struct exchange_header *headers,
                           size_t header_count, const struct exchange_stream *stream)
{
    (void)exchange;
    (void)status;
    (void)headers;
    (void)header_count;
    (void)stream;
    sim_is_wrong("streams are not simulated");
}

enum err exchange_stream_write(struct exchange *exchange, struct text bytes)
{
    (void)exchange;
    (void)bytes;
    return ERR_IO;
}

size_t exchange_stream_pending(const struct exchange *exchange)
{
    (void)exchange;
    return 0;
}

void exchange_stream_end(struct exchange *exchange, struct text last)
{
    (void)exchange;
    (void)last;
}

/* Gives the head to the real parser, whose views the front reads. */
static void read_head(struct exchange *exchange, const char *path, const char *token)
{
    char head[HEAD_BYTES], authorization[HEAD_BYTES / 2] = "";
    struct h1_event event;
    if (token[0])
        (void)snprintf(authorization, sizeof authorization, "Authorization: Bearer %s\r\n", token);
    int length = snprintf(head, sizeof head,
                          "POST /%s HTTP/1.1\r\nHost: sim\r\nContent-Type: application/proto\r\n"
                          "Connect-Protocol-Version: 1\r\n%s\r\n",
                          path, authorization);
    SIM_MUST(length > 0 && (size_t)length < sizeof head);
    h1_init(&exchange->head);
    (void)h1_feed(&exchange->head, (struct text){head, (size_t)length}, &event);
    SIM_MUST(event.kind == H1_HEAD);
}

static struct exchange *new_exchange(const char *path, const char *token, struct text body)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    SIM_MUST(exchange != NULL);
    exchange->server = server;
    exchange->number = ++last_number;
    exchange->started_us = sim.now_us;
    exchange->inside = true;
    (void)snprintf(exchange->id, sizeof exchange->id, "%032" PRIx64, exchange->number);
    read_head(exchange, path, token);
    exchange->body = malloc(body.length + 1);
    SIM_MUST(exchange->body != NULL);
    if (body.length)
        memcpy(exchange->body, body.data, body.length);
    exchange->body_bytes = body.length;
    exchange->next = server->exchanges;
    server->exchanges = exchange;
    return exchange;
}

uint64_t http_send(const char *path, const char *token, struct text body)
{
    if (!server)
        return 0;
    struct exchange *exchange = new_exchange(path, token, body);
    uint64_t number = exchange->number;
    const struct h1_handler *handler = &exchange->server->handler;
    (void)handler->head(handler->context, exchange);
    if (!exchange->answered)
        handler->request(handler->context, exchange);
    exchange->inside = false;
    if (exchange->answered)
        free_exchange(exchange);
    return number;
}

void http_leave(uint64_t request)
{
    struct exchange *exchange = server ? server->exchanges : NULL;
    while (exchange && exchange->number != request)
        exchange = exchange->next;
    if (!exchange)
        return;
    exchange->canceled = true;
    server->handler.canceled(server->handler.context, exchange);
}
