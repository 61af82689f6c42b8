/*
 * fixture.h - a front on a loopback socket, with an engine and a vault that are played by the test in the same process and
 * loop, and a client of HTTP.
 *
 * The played roles answer by method, as a table says: with packed bytes, with a refusal, with a function, not at all (until
 * the test says so), or by closing their channel. Whatever they are asked is written down.
 */
#ifndef UNIT_FRONT_FIXTURE_H
#define UNIT_FRONT_FIXTURE_H

#include "api/message.h"
#include "base/buf.h"
#include "base/mem.h"
#include "front/front.h"
#include "ipc/service_options.h"
#include "support/support.h"
#include "wire/address.h"

#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/auth.pb-c.h"
#include "stagematch/v1/identity.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/placement.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/student.pb-c.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIXTURE static __attribute__((unused))

enum { ASKED_MAX = 64, HELD_MAX = 16 };
#define REQUEST_ID "11111111-2222-4333-8444-555555555555"
#define TOKEN "token-of-a-coordinator"

/* How a played role answers one method. */
enum play { PLAY_UNIMPLEMENTED, PLAY_BYTES, PLAY_REFUSE, PLAY_FUNCTION, PLAY_HOLD, PLAY_CLOSE };

struct asked {
    enum role_name role;
    const struct method *method;
    char *body, *token, *peer, *assertion;
    size_t body_length, token_length, assertion_length;
};

struct played {
    enum play play;
    char *bytes;
    size_t length;
    struct status status;
    void (*function)(struct incoming_call *incoming);
};

static struct {
    struct event_base *base;
    struct role_environment environment;
    struct settings settings;
    void *front;
    struct channel *near[ROLE_NAME_COUNT], *far[ROLE_NAME_COUNT]; /* the front's and the played roles' ends */
    struct played plays[METHOD_COUNT];
    struct asked asked[ASKED_MAX];
    size_t asked_count;
    struct incoming_call *held[HELD_MAX];
    size_t held_count;
    unsigned canceled_count;
    uint16_t port, metrics_port;
    bool ready, stopped;
    bool expects_head; /* an answer to HEAD has no body, whatever its length says */
    int64_t clock_shift_ms;
    struct clock system;
} at;

FIXTURE int64_t shifted_wall_ms(void *context)
{
    (void)context;
    return clock_wall_ms(&at.system) + at.clock_shift_ms;
}

FIXTURE int64_t shifted_monotonic_us(void *context)
{
    (void)context;
    return clock_monotonic_us(&at.system) + at.clock_shift_ms * 1000;
}

FIXTURE char *copy_of(const void *bytes, size_t length)
{
    char *copy = calloc(1, length + 1);
    ck_assert_ptr_nonnull(copy);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

FIXTURE void write_down(enum role_name role, const struct incoming_call *incoming)
{
    const Stagematch__Internal__V1__Call *call = incoming->call;
    ck_assert_uint_lt(at.asked_count, ASKED_MAX);
    at.asked[at.asked_count++] = (struct asked){
        .role = role,
        .method = incoming->method,
        .body = copy_of(call->body.data, call->body.len),
        .body_length = call->body.len,
        .token = copy_of(call->token.data, call->token.len),
        .token_length = call->token.len,
        .assertion = copy_of(call->assertion.data, call->assertion.len),
        .assertion_length = call->assertion.len,
        .peer = copy_of(call->peer, strlen(call->peer)),
    };
}

FIXTURE void answer_bytes(struct incoming_call *incoming, const void *bytes, size_t length)
{
    Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    char *copy = copy_of(bytes, length);
    reply.body = (ProtobufCBinaryData){length, (uint8_t *)copy};
    channel_answer(incoming, &reply);
    free(copy);
}

FIXTURE void play_call(enum role_name role, struct incoming_call *incoming)
{
    const struct played *played = &at.plays[incoming->method->id];
    write_down(role, incoming);
    switch (played->play) {
    case PLAY_UNIMPLEMENTED:
        channel_refuse(incoming, status_refuse(&refusal_unimplemented));
        break;
    case PLAY_BYTES:
        answer_bytes(incoming, played->bytes, played->length);
        break;
    case PLAY_REFUSE:
        channel_refuse(incoming, played->status);
        break;
    case PLAY_FUNCTION:
        played->function(incoming);
        break;
    case PLAY_HOLD:
        ck_assert_uint_lt(at.held_count, HELD_MAX);
        at.held[at.held_count++] = incoming;
        break;
    case PLAY_CLOSE:
        channel_close(at.far[role]);
        at.far[role] = NULL;
        channel_refuse(incoming, status_refuse(&refusal_unavailable));
        break;
    }
}

FIXTURE void on_engine_call(void *context, struct incoming_call *incoming)
{
    (void)context;
    play_call(ROLE_ENGINE, incoming);
}

FIXTURE void on_vault_call(void *context, struct incoming_call *incoming)
{
    (void)context;
    play_call(ROLE_VAULT, incoming);
}

FIXTURE void on_far_canceled(void *context, struct incoming_call *incoming)
{
    (void)context;
    (void)incoming;
    at.canceled_count++;
}

FIXTURE void on_far_closed(void *context, struct channel *channel)
{
    (void)context;
    for (size_t i = 0; i < ROLE_NAME_COUNT; i++)
        if (at.far[i] == channel)
            at.far[i] = NULL;
}

/* Turns the loop once and waits a moment. */
FIXTURE void turn(void)
{
    event_base_loop(at.base, EVLOOP_NONBLOCK);
    poll(NULL, 0, 1);
}

FIXTURE void turns(int count)
{
    while (count--)
        turn();
}

/* A new channel between the front and a played role, as the parent makes when it restarts one. */
FIXTURE void connect_role(enum role_name role)
{
    int fds[2];
    struct channel_handlers far = {.call = role == ROLE_ENGINE ? on_engine_call : on_vault_call,
                                   .canceled = on_far_canceled,
                                   .closed = on_far_closed};
    struct channel_handlers handlers = front_role.handlers(at.front, role);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    ck_assert_int_eq(channel_new(at.base, fds[0], ROLE_FRONT, role, &handlers, &at.near[role]), ERR_OK);
    ck_assert_int_eq(channel_new(at.base, fds[1], role, ROLE_FRONT, &far, &at.far[role]), ERR_OK);
    front_role.connected(at.front, role, at.near[role]);
}

FIXTURE int listening(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 64), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

FIXTURE void on_ready(void *context)
{
    (void)context;
    at.ready = true;
}

FIXTURE void on_stopped(void *context)
{
    (void)context;
    at.stopped = true;
}

FIXTURE void play_message(enum method_id method, const void *message)
{
    struct played *played = &at.plays[method];
    free(played->bytes);
    played->length = protobuf_c_message_get_packed_size(message);
    played->bytes = copy_of("", 0);
    played->bytes = realloc(played->bytes, played->length + 1);
    protobuf_c_message_pack(message, (uint8_t *)played->bytes);
    played->play = PLAY_BYTES;
}

FIXTURE void play_refusal(enum method_id method, const struct refusal *refusal)
{
    at.plays[method].play = PLAY_REFUSE;
    at.plays[method].status = status_refuse(refusal);
}

FIXTURE void play_function(enum method_id method, void (*function)(struct incoming_call *incoming))
{
    at.plays[method].play = PLAY_FUNCTION;
    at.plays[method].function = function;
}

/* The caller that the vault knows, until life_ms from now. */
FIXTURE void play_actor(Stagematch__V1__Role role, const char *scope, int64_t life_ms)
{
    char school[32];
    char *schools[] = {school};
    Stagematch__Internal__V1__AuthenticateResponse said = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_RESPONSE__INIT;
    Stagematch__Internal__V1__ActorView actor = STAGEMATCH__INTERNAL__V1__ACTOR_VIEW__INIT;
    snprintf(school, sizeof school, "%s", scope);
    actor.account_id = (ProtobufCBinaryData){16, (uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    actor.role = role;
    actor.n_scope = 1;
    actor.scope = schools;
    actor.expire_ms = shifted_wall_ms(NULL) + life_ms;
    said.assertion = (ProtobufCBinaryData){9, (uint8_t[]){'a', 's', 's', 'e', 'r', 't', 'i', 'o', 'n'}};
    said.assertion_mac = (ProtobufCBinaryData){3, (uint8_t[]){'m', 'a', 'c'}};
    said.actor = &actor;
    play_message(METHOD_AUTHENTICATE, &said);
}

FIXTURE void set_path(const char *name, const char *path)
{
    char *copy;
    size_t i = 0;
    while (strcmp(service_options[i].name, name) != 0)
        i++;
    ck_assert_int_eq(mem_alloc(1, strlen(path) + 1, &copy), ERR_OK);
    at.settings.values[i].string = strcpy(copy, path);
}

/* With one setting that is not its default (NULL: none), and the key under which fronts keep things in Redis (NULL: none). */
FIXTURE void fixture_open_keyed(const char *setting, const char *value, const uint8_t *cache_key)
{
    static const char postcodes[] = "pc4,lat,lon\n1011,52.372,4.906\n1012,52.374,4.896\n3511,52.092,5.114\n";
    memset(&at, 0, sizeof at);
    signal(SIGPIPE, SIG_IGN);
    at.system = clock_system();
    at.base = event_base_new();
    ck_assert_int_eq(settings_new(service_options, service_option_count, &at.settings), ERR_OK);
    set_path("pc4", temporary_file(postcodes, sizeof postcodes - 1));
    if (setting)
        set_path(setting, value);
    at.environment = (struct role_environment){
        .base = at.base,
        .settings = &at.settings,
        .clock = {shifted_wall_ms, shifted_monotonic_us, NULL},
        .ready = on_ready,
        .stopped = on_stopped,
        .numbers_fd = -1,
        .redirect_fd = -1,
        .cache_key = cache_key,
    };
    ck_assert_int_eq(random_system(&at.environment.random), ERR_OK);
    at.environment.listen_fd = listening(&at.port);
    at.environment.metrics_fd = listening(&at.metrics_port);
    ck_assert_int_eq(front_role.start(&at.environment, &at.front), ERR_OK);
    ck_assert(at.ready);
    connect_role(ROLE_ENGINE);
    connect_role(ROLE_VAULT);
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
}

FIXTURE void fixture_open_with(const char *setting, const char *value)
{
    fixture_open_keyed(setting, value, NULL);
}

FIXTURE void fixture_open(void)
{
    fixture_open_with(NULL, NULL);
}

FIXTURE void release_held(void)
{
    while (at.held_count)
        channel_refuse(at.held[--at.held_count], status_refuse(&refusal_unavailable));
}

FIXTURE void forget_asked(void)
{
    for (size_t i = 0; i < at.asked_count; i++) {
        free(at.asked[i].body);
        free(at.asked[i].token);
        free(at.asked[i].assertion);
        free(at.asked[i].peer);
    }
    at.asked_count = 0;
}

FIXTURE void fixture_close(void)
{
    front_role.free(at.front);
    release_held();
    for (size_t i = 0; i < ROLE_NAME_COUNT; i++)
        if (at.far[i]) {
            channel_close(at.near[i]);
            channel_close(at.far[i]);
        }
    turns(5);
    forget_asked();
    for (size_t i = 0; i < METHOD_COUNT; i++)
        free(at.plays[i].bytes);
    settings_free(&at.settings);
    event_base_free(at.base);
}

/* The i-th question of this method; NULL where there were fewer. */
FIXTURE const struct asked *asked_of(enum method_id method, size_t i)
{
    for (size_t k = 0; k < at.asked_count; k++)
        if (at.asked[k].method->id == method && i-- == 0)
            return &at.asked[k];
    return NULL;
}

FIXTURE size_t asked_times(enum method_id method)
{
    size_t count = 0;
    while (asked_of(method, count))
        count++;
    return count;
}

/* Whether any byte that a role got has this text in it. */
FIXTURE bool role_saw(enum role_name role, const char *text)
{
    for (size_t i = 0; i < at.asked_count; i++)
        if (at.asked[i].role == role && memmem(at.asked[i].body, at.asked[i].body_length, text, strlen(text)))
            return true;
    return false;
}

struct client {
    int fd;
    char *bytes;
    size_t length;
};

struct reply {
    int status;
    char *head, *body; /* with a NUL */
    size_t body_length;
};

FIXTURE struct client client_open_port(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct client client = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ck_assert_int_eq(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
    fcntl(client.fd, F_SETFL, O_NONBLOCK);
    return client;
}

FIXTURE struct client client_open(void)
{
    return client_open_port(at.port);
}

FIXTURE void client_close(struct client *client)
{
    close(client->fd);
    free(client->bytes);
    *client = (struct client){.fd = -1};
}

FIXTURE void client_send(const struct client *client, const void *bytes, size_t length)
{
    const char *from = bytes;
    while (length) {
        ssize_t sent = send(client->fd, from, length, MSG_NOSIGNAL);
        if (sent > 0) {
            from += sent;
            length -= (size_t)sent;
        }
        if (length)
            turn();
    }
}

FIXTURE bool reply_is_whole(const struct client *client, struct reply *out)
{
    const char *end = client->bytes ? memmem(client->bytes, client->length, "\r\n\r\n", 4) : NULL;
    size_t body_length = 0;
    if (!end)
        return false;
    size_t head_length = (size_t)(end - client->bytes) + 4;
    char *head = copy_of(client->bytes, head_length);
    const char *field = strcasestr(head, "\r\nContent-Length:");
    if (field && !at.expects_head)
        body_length = strtoul(field + 17, NULL, 10);
    if (client->length < head_length + body_length) {
        free(head);
        return false;
    }
    out->status = atoi(head + 9);
    out->head = head;
    out->body = copy_of(client->bytes + head_length, body_length);
    out->body_length = body_length;
    return true;
}

FIXTURE struct reply client_wait(struct client *client)
{
    struct reply reply = {0};
    for (int i = 0; i < 20000; i++) {
        char piece[65536];
        turn();
        ssize_t got = recv(client->fd, piece, sizeof piece, 0);
        if (got > 0) {
            client->bytes = realloc(client->bytes, client->length + (size_t)got);
            memcpy(client->bytes + client->length, piece, (size_t)got);
            client->length += (size_t)got;
        }
        if (reply_is_whole(client, &reply)) {
            client->length = 0;
            return reply;
        }
        ck_assert_msg(got != 0, "closed without an answer");
    }
    ck_abort_msg("no answer");
    return reply;
}

FIXTURE void reply_free(struct reply *reply)
{
    free(reply->head);
    free(reply->body);
    *reply = (struct reply){0};
}

/* Sends a POST of a method; `headers` are lines with CRLF, or "". */
FIXTURE void client_post(const struct client *client, const char *path, const char *type, const char *headers,
                         const void *body, size_t length)
{
    char head[2048];
    int used = snprintf(head, sizeof head,
                        "POST /%s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n", path,
                        type, headers, length);
    client_send(client, head, (size_t)used);
    client_send(client, body, length);
}

#define BEARER "Authorization: Bearer " TOKEN "\r\n"

FIXTURE struct reply post_with(enum method_id method, const char *type, const char *headers, const void *body,
                               size_t length)
{
    struct client client = client_open();
    client_post(&client, method_of(method)->path, type, headers, body, length);
    struct reply reply = client_wait(&client);
    client_close(&client);
    return reply;
}

FIXTURE struct reply post_json(enum method_id method, const char *json)
{
    return post_with(method, "application/json", BEARER, json, strlen(json));
}

FIXTURE struct reply post_message(enum method_id method, const void *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    char *bytes = copy_of("", 0);
    bytes = realloc(bytes, length + 1);
    protobuf_c_message_pack(message, (uint8_t *)bytes);
    struct reply reply = post_with(method, "application/proto", BEARER, bytes, length);
    free(bytes);
    return reply;
}

/* Sends a whole request as it is. */
FIXTURE struct reply exchange_raw(uint16_t port, const char *request)
{
    struct client client = client_open_port(port);
    client_send(&client, request, strlen(request));
    struct reply reply = client_wait(&client);
    client_close(&client);
    return reply;
}

/* The reply has this status, and this text somewhere in its body. */
FIXTURE void assert_reply(struct reply *reply, int status, const char *in_body)
{
    ck_assert_msg(reply->status == status && strstr(reply->body, in_body), "%d is not %d, or '%s' is not in:\n%s%s",
                  reply->status, status, in_body, reply->head, reply->body);
    reply_free(reply);
}

#endif
