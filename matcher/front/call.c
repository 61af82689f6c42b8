#include "front/call.h"

#include "api/message.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/kept.h"
#include "front/targets.h"

#include <sodium.h>
#include <string.h>

_Static_assert((int)SESSION_TOKEN_BYTES_MAX == (int)TOKEN_BYTES_MAX, "what may be a token");

enum {
    ANSWER_BYTES_MAX = 64 << 20,
    GZIP_BYTES_MIN = 1400,
    GZIP_BYTES_MAX = 1 << 20, /* above it the loop would stand still too long */
    REPLY_BUDGET_BYTES = 256 << 20,
    KEPT_BYTES_MAX = 1 << 20, /* of the buffer of answers, between two of them */
    DECODE_BASE_BYTES = 16 * 1024,
    DECODE_FACTOR = 48,     /* memory for each byte of JSON: lists of small objects */
    DECODE_FACTOR_FILE = 4, /* the same where most of it is one file */
    DECODE_BYTES_MAX = 160 << 20,
};

/* Which state may follow which; bits. */
static const unsigned moves[CALL_STATE_COUNT] = {
    [CALL_RUNNING] = 1u << CALL_WAITING | 1u << CALL_ENDED,
    [CALL_WAITING] = 1u << CALL_RUNNING | 1u << CALL_ENDED,
    [CALL_ENDED] = 0,
};

/* A question to another role. It outlives its call where the channel broke before the answer. */
struct ask {
    struct call *call; /* NULL: nobody waits */
    struct channel *channel;
    enum role_name role;
    uint64_t id;
};

char *call_borrow(const char *text)
{
    union {
        const char *borrowed;
        char *plain;
    } same = {.borrowed = text};
    return same.plain;
}

static bool set_state(struct call *call, enum call_state to)
{
    if (!(moves[call->state] & 1u << to))
        return false;
    call->state = to;
    return true;
}

/* Goes on with what waits. */
static void run(struct call *call, struct text body)
{
    call_step *then = call->then;
    call->then = NULL;
    if (set_state(call, CALL_RUNNING))
        then(call, body);
}

static void drop_ask(struct call *call)
{
    struct ask *ask = call->ask;
    if (!ask)
        return;
    call->ask = NULL;
    ask->call = NULL;
    if (call->front->channels[ask->role] == ask->channel) {
        channel_cancel(ask->channel, ask->id);
        mem_free(ask);
    } /* else the channel is closing, and answers it still */
}

/* Lets go of all but the call's own memory. */
static void let_go(struct call *call)
{
    struct front *front = call->front;
    drop_ask(call);
    cache_cancel(front->cache, call->cache_question);
    mem_free(call->kept);
    call->kept = NULL;
    auth_leave(&call->waiter);
    event_del(&call->deadline);
    event_del(&call->turn);
    if (call->free_work)
        call->free_work(call->work);
    call->work = NULL;
    call->free_work = NULL;
    pbguard_free(&call->request);
    auth_release(front->auth, call->actor);
    call->actor = NULL;
    call->session.token = (struct text){NULL, 0};
    front->decode_bytes -= call->decode_bytes;
    call->decode_bytes = 0;
    front->file_count -= call->reads_file;
    call->reads_file = false;
}

static void wipe_answer(struct front *front)
{
    if (front->answer.data)
        sodium_memzero(front->answer.data, front->answer.length);
    if (front->answer.capacity > KEPT_BYTES_MAX)
        buf_free(&front->answer);
    else
        buf_clear(&front->answer);
}

struct answer_shape {
    int http_status;
    const char *content_type;
    enum connect_coding coding;
    bool may_be_kept;
};

/* A cookie that its answer makes; or the end of the one that it came with, where its session is over. NULL: neither. */
static const char *cookie_of_answer(const struct call *call)
{
    bool is_over =
        call->code == STATUS_UNAUTHENTICATED || (call->code == STATUS_OK && call->method->id == METHOD_LOGOUT);
    return call->set_cookie ? call->set_cookie : call->session.by_cookie && is_over ? session_cookie_end : NULL;
}

static void respond(struct call *call, const struct answer_shape *shape)
{
    struct exchange_header headers[8];
    size_t count = 0;
    headers[count++] = (struct exchange_header){"Content-Type", shape->content_type};
    if (!shape->may_be_kept)
        headers[count++] = (struct exchange_header){"Cache-Control", "no-store"};
    if (shape->coding == CONNECT_GZIP)
        headers[count++] = (struct exchange_header){"Content-Encoding", "gzip"};
    if (shape->may_be_kept)
        headers[count++] = (struct exchange_header){"Vary", "Accept-Encoding"};
    if (shape->http_status == 401)
        headers[count++] = (struct exchange_header){"WWW-Authenticate", "Bearer"};
    if (shape->http_status == 503 || shape->http_status == 429)
        headers[count++] = (struct exchange_header){"Retry-After", "1"};
    const char *cookie = cookie_of_answer(call);
    if (cookie)
        headers[count++] = (struct exchange_header){"Set-Cookie", cookie};
    exchange_respond(call->exchange, shape->http_status, headers, count, buf_text(&call->front->answer));
    call->exchange = NULL;
}

/* The one end of every call; its answer's body is in front->answer. */
static void end(struct call *call, enum status_code code, const struct answer_shape *shape)
{
    struct front *front = call->front;
    let_go(call);
    (void)set_state(call, CALL_ENDED);
    call->code = code;
    counters_add(&front->counters, call->method->id, code,
                 clock_monotonic_us(&front->environment->clock) - call->start_us);
    respond(call, shape);
    wipe_answer(front);
    TAILQ_REMOVE(&front->calls, call, in_list);
    TAILQ_INSERT_TAIL(&front->ended, call, in_list);
    front->call_count--;
    event_add(&front->sweep, &(struct timeval){0, 0});
}

static void end_refused(struct call *call, enum status_code code)
{
    struct answer_shape shape = {status_http(code), CONNECT_ERROR_CONTENT_TYPE, CONNECT_IDENTITY, false};
    end(call, code, &shape);
}

void call_refuse(struct call *call, struct status status)
{
    if (call->state == CALL_ENDED)
        return;
    enum status_code code = status.refusal ? status.refusal->code : STATUS_INTERNAL;
    buf_clear(&call->front->answer);
    if (connect_error_status(&call->front->answer, &status, call->connect.language) != ERR_OK)
        buf_clear(&call->front->answer);
    end_refused(call, code);
}

void call_refuse_detail(struct call *call, enum status_code code, const Stagematch__V1__Refusal *refusal)
{
    if (call->state == CALL_ENDED)
        return;
    buf_clear(&call->front->answer);
    if (connect_error_refusal(&call->front->answer, code, refusal, call->connect.language) != ERR_OK)
        buf_clear(&call->front->answer);
    end_refused(call, code);
}

void call_fail(struct call *call, enum err e)
{
    const struct refusal *refusal = e == ERR_MEMORY    ? &refusal_memory
                                    : e == ERR_RANGE   ? &refusal_too_large
                                    : e == ERR_MISSING ? &refusal_unavailable /* the channel is closing */
                                                       : &refusal_internal;
    if (call->state == CALL_ENDED)
        return;
    LOG(LOG_WARN, "call_failed", LOG_WORD("method", call->method->path), LOG_WORD("why", err_text(e)));
    call_refuse(call, status_refuse(refusal));
}

void call_abandon(struct call *call)
{
    if (call->state == CALL_ENDED)
        return;
    buf_clear(&call->front->answer);
    end_refused(call, STATUS_CANCELED);
}

/* Makes gzip of the answer where the client takes it and it pays. */
static enum connect_coding compress_answer(struct call *call)
{
    struct front *front = call->front;
    struct text plain = buf_text(&front->answer);
    struct buf packed;
    if (call->connect.answer_coding != CONNECT_GZIP || call->method->flags & METHOD_SECRET ||
        plain.length < GZIP_BYTES_MIN || plain.length > GZIP_BYTES_MAX)
        return CONNECT_IDENTITY;
    buf_init(&packed, ANSWER_BYTES_MAX);
    if (connect_gzip(plain, &packed) != ERR_OK || packed.length >= plain.length) {
        buf_free(&packed);
        return CONNECT_IDENTITY;
    }
    sodium_memzero(front->answer.data, front->answer.length);
    buf_free(&front->answer);
    front->answer = packed;
    return CONNECT_GZIP;
}

static void end_answered(struct call *call, enum err e)
{
    if (e != ERR_OK) {
        wipe_answer(call->front);
        call_fail(call, e);
        return;
    }
    struct answer_shape shape = {200, connect_content_type(call->connect.codec), compress_answer(call),
                                 (call->method->flags & METHOD_GET) != 0};
    kept_put(call, &(struct kept_answer){buf_text(&call->front->answer), shape.coding});
    end(call, STATUS_OK, &shape);
}

void call_answer_encoded(struct call *call, const struct kept_answer *answer)
{
    struct front *front = call->front;
    if (call->state == CALL_ENDED)
        return;
    buf_clear(&front->answer);
    buf_put_text(&front->answer, answer->bytes);
    if (buf_error(&front->answer) != ERR_OK) {
        wipe_answer(front);
        call_fail(call, ERR_MEMORY);
        return;
    }
    struct answer_shape shape = {200, connect_content_type(call->connect.codec), answer->coding,
                                 (call->method->flags & METHOD_GET) != 0};
    end(call, STATUS_OK, &shape);
}

void call_answer(struct call *call, const void *message)
{
    if (call->state == CALL_ENDED)
        return;
    buf_clear(&call->front->answer);
    end_answered(call, connect_encode(call->connect.codec, message, &call->front->answer));
}

void call_answer_packed(struct call *call, struct text packed)
{
    if (call->state == CALL_ENDED)
        return;
    buf_clear(&call->front->answer);
    end_answered(call, connect_encode_packed(call->method, call->connect.codec, packed, REPLY_BUDGET_BYTES,
                                             &call->front->answer));
}

/* Time that is left, at least a millisecond. */
static uint32_t left_ms(const struct call *call)
{
    int64_t left = (call->deadline_us - clock_monotonic_us(&call->front->environment->clock)) / 1000;
    return left < 1 ? 1 : (uint32_t)left;
}

static void on_ask_answered(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct ask *ask = context;
    struct call *call = ask->call;
    mem_free(ask);
    if (!call)
        return;
    call->ask = NULL;
    if (!reply)
        call_refuse(call, status);
    else if (channel_reply_code(reply) != STATUS_OK)
        call_refuse_detail(call, channel_reply_code(reply), reply->refusal);
    else {
        call->reply = reply;
        run(call, (struct text){(const char *)reply->body.data, reply->body.len});
        call->reply = NULL;
    }
}

void call_peer(const struct exchange *exchange, char out[ADDRESS_TEXT_BYTES])
{
    struct address client = exchange_client(exchange);
    struct address counted = address_key(&client);
    address_format(&counted, out);
}

static enum err send_ask(struct call *call, struct ask *ask, const struct method *method, struct text body)
{
    char peer[ADDRESS_TEXT_BYTES];
    Stagematch__Internal__V1__Call frame = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    frame.method = call_borrow(method->path);
    frame.timeout_ms = left_ms(call);
    frame.trace = call_borrow(exchange_id(call->exchange));
    frame.body = (ProtobufCBinaryData){body.length, (uint8_t *)call_borrow(body.data)};
    if (ask->role == ROLE_VAULT) {
        call_peer(call->exchange, peer);
        frame.peer = peer;
        frame.token =
            (ProtobufCBinaryData){call->session.token.length, (uint8_t *)call_borrow(call->session.token.data)};
    } else if (call->actor) {
        frame.assertion = call->actor->said->assertion;
        frame.assertion_mac = call->actor->said->assertion_mac;
    }
    return channel_call(ask->channel, method, &frame, on_ask_answered, ask, &ask->id);
}

void call_ask(struct call *call, enum role_name role, enum method_id method, struct text body, call_step *then)
{
    struct ask *ask;
    struct channel *channel = call->front->channels[role];
    if (call->state != CALL_RUNNING)
        return;
    if (!channel) {
        call_refuse(call, status_refuse(&refusal_unavailable));
        return;
    }
    enum err e = mem_alloc(1, sizeof *ask, &ask);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    *ask = (struct ask){call, channel, role, 0};
    e = send_ask(call, ask, method_of(method), body);
    if (e != ERR_OK) {
        mem_free(ask);
        call_fail(call, e);
        return;
    }
    call->ask = ask;
    call->then = then;
    (void)set_state(call, CALL_WAITING);
}

void call_ask_message(struct call *call, enum role_name role, enum method_id method, const void *message,
                      call_step *then)
{
    uint8_t *bytes;
    size_t length = protobuf_c_message_get_packed_size(message);
    if (call->state != CALL_RUNNING)
        return;
    enum err e = mem_alloc(length, 1, &bytes);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    protobuf_c_message_pack(message, bytes);
    call_ask(call, role, method, (struct text){(const char *)bytes, length}, then);
    sodium_memzero(bytes, length);
    mem_free(bytes);
}

static void on_cached(void *context, struct text value)
{
    struct call *call = context;
    call->cache_question = 0;
    run(call, value);
}

void call_get(struct call *call, const char *name, call_step *then)
{
    if (call->state != CALL_RUNNING)
        return;
    call->cache_question = cache_get(call->front->cache, text_of(name), on_cached, call);
    if (!call->cache_question) {
        then(call, (struct text){NULL, 0});
        return;
    }
    call->then = then;
    (void)set_state(call, CALL_WAITING);
}

bool call_unpack(struct call *call, const ProtobufCMessageDescriptor *descriptor, struct text body,
                 struct pbguard_message *out)
{
    const char *fault = "memory";
    enum err e =
        pbguard_unpack_whole(descriptor, body, &pbguard_limits_internal, REPLY_BUDGET_BYTES, true, out, &fault);
    if (e == ERR_OK)
        return true;
    LOG(LOG_ERROR, "answer_refused", LOG_WORD("method", call->method->path), LOG_WORD("why", fault));
    call_fail(call, e == ERR_MEMORY ? ERR_MEMORY : ERR_INTERNAL);
    return false;
}

bool call_reads_file(struct call *call)
{
    if (call->front->file_count == FILES_MAX) {
        call_refuse(call, status_refuse(&refusal_too_many));
        return false;
    }
    call->reads_file = true;
    call->front->file_count++;
    return true;
}

void call_later(struct call *call, call_step *then)
{
    if (call->state != CALL_RUNNING)
        return;
    call->then = then;
    (void)set_state(call, CALL_WAITING);
    event_add(&call->turn, &(struct timeval){0, 0}); /* behind what the loop polls, so that others have their turn */
}

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    run(context, (struct text){NULL, 0});
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    call_refuse(context, status_refuse(&refusal_deadline));
}

static void on_actor(void *context, struct actor *actor, struct status status,
                     const Stagematch__Internal__V1__Reply *reply)
{
    struct call *call = context;
    if (actor) {
        auth_release(call->front->auth, call->actor);
        call->actor = actor;
        run(call, (struct text){NULL, 0});
    } else if (reply) {
        call_refuse_detail(call, channel_reply_code(reply), reply->refusal);
    } else {
        call_refuse(call, status);
    }
}

static void ask_actor(struct call *call)
{
    char peer[ADDRESS_TEXT_BYTES];
    struct front *front = call->front;
    call_peer(call->exchange, peer);
    call->waiter.known = on_actor;
    call->waiter.context = call;
    if (!front->channels[ROLE_VAULT]) {
        call_refuse(call, status_refuse(&refusal_unavailable));
        return;
    }
    log_set_request(exchange_id(call->exchange)); /* the question's, too */
    /* Others may wait for the same answer: it gets the service's time, not this client's. */
    enum err e = auth_ask(front->auth, front->channels[ROLE_VAULT], call->session.token, peer, front->call_timeout_ms,
                          &call->waiter);
    log_set_request(NULL);
    if (e != ERR_OK) {
        call_fail(call, e);
        return;
    }
    (void)set_state(call, CALL_WAITING);
}

void call_renew(struct call *call, call_step *then)
{
    if (call->state != CALL_RUNNING)
        return;
    if (call->actor && !auth_expires_soon(call->front->auth, call->actor)) {
        then(call, (struct text){NULL, 0});
        return;
    }
    struct actor *found = auth_find(call->front->auth, call->session.token);
    if (found) {
        auth_release(call->front->auth, call->actor);
        call->actor = found;
        then(call, (struct text){NULL, 0});
        return;
    }
    call->then = then;
    ask_actor(call);
}

/* What ends sessions: from then on nobody is known from memory. */
static bool ends_sessions(enum method_id method)
{
    static const enum method_id ending[] = {METHOD_DISABLE_ACCOUNT, METHOD_REVOKE_API_TOKEN, METHOD_RESET_PASSWORD,
                                            METHOD_CHANGE_PASSWORD, METHOD_LOGOUT};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        if (ending[i] == method)
            return true;
    return false;
}

/* The token of the session that began goes to the browser as a cookie, and not into the message. */
static void answer_with_cookie(struct call *call, struct text body)
{
    char cookie[SESSION_COOKIE_BYTES];
    struct pbguard_message answer;
    enum err e = pbguard_unpack(call->method->response, body, &pbguard_limits_internal, REPLY_BUDGET_BYTES, true,
                                &answer, NULL);
    if (e != ERR_OK) {
        call_fail(call, e == ERR_MEMORY ? ERR_MEMORY : ERR_INTERNAL);
        return;
    }
    struct text token = message_text(answer.message, "token");
    bool has_token = token.length > 0; /* who has to be checked first has no session yet */
    if (has_token)
        e = session_cookie_write(token, cookie);
    if (has_token && e == ERR_OK)
        e = message_set_string(answer.message, "token", text_of(""));
    call->set_cookie = has_token ? cookie : NULL;
    if (e == ERR_OK)
        call_answer(call, answer.message);
    call->set_cookie = NULL;
    sodium_memzero(cookie, sizeof cookie);
    pbguard_free(&answer);
    if (e != ERR_OK)
        call_fail(call, ERR_INTERNAL);
}

void call_pass(struct call *call, struct text body)
{
    if (ends_sessions(call->method->id))
        auth_forget_all(call->front->auth);
    if (call->session.wants_cookie)
        answer_with_cookie(call, body);
    else
        call_answer_packed(call, body);
}

static void serve_vault(struct call *call)
{
    bool changes_engine = call->method->id == METHOD_RELEASE_PROPOSAL || call->method->id == METHOD_ERASE_STUDENT;
    call_ask_message(call, ROLE_VAULT, call->method->id, call->request.message,
                     changes_engine ? kept_settle : call_pass);
}

static void serve_nobody(struct call *call)
{
    call_refuse(call, status_refuse(&refusal_unimplemented));
}

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" in hexadecimal digits. */
static bool is_uuid(struct text id)
{
    if (id.length != 36)
        return false;
    for (size_t i = 0; i < id.length; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = id.data[i];
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit)
            return false;
    }
    return true;
}

static size_t decode_budget(const struct call *call, size_t length)
{
    bool is_file = call->method->id == METHOD_IMPORT_STUDENTS || call->method->id == METHOD_IMPORT_PLACEMENTS;
    size_t budget = DECODE_BASE_BYTES + length * (is_file ? DECODE_FACTOR_FILE : DECODE_FACTOR);
    return budget < DECODE_BYTES_MAX ? budget : DECODE_BYTES_MAX;
}

/* Takes the memory that decoding may need out of what all calls together may; it is given back at the call's end. */
static bool charge(struct call *call, size_t budget)
{
    struct front *front = call->front;
    if (budget > DECODE_MEMORY_BYTES - front->decode_bytes)
        return false;
    front->decode_bytes += budget;
    call->decode_bytes = budget;
    return true;
}

/* False: the call was refused. */
static bool decode(struct call *call)
{
    struct buf scratch;
    struct text bytes;
    struct json_fault fault;
    const struct refusal *refusal = NULL;
    struct status status = STATUS_DONE;
    buf_init(&scratch, call->method->max_bytes + 1);
    enum err e =
        connect_message(call->method, &call->connect, exchange_body(call->exchange), &scratch, &bytes, &refusal);
    if (e != ERR_OK) {
        status = status_refuse(refusal);
    } else if (!charge(call, decode_budget(call, bytes.length))) {
        status = status_refuse(&refusal_too_many);
        e = ERR_MEMORY;
    } else {
        e = connect_decode(call->method, &call->connect, bytes, call->decode_bytes, &call->request, &fault, &status);
    }
    if (e == ERR_OK && call->method->flags & METHOD_CHANGES &&
        !is_uuid(message_text(call->request.message, "request_id"))) {
        status = status_refuse_field(&refusal_request_id, "request_id");
        e = ERR_INPUT;
    }
    if (scratch.data)
        sodium_memzero(scratch.data, scratch.length);
    buf_free(&scratch);
    if (e != ERR_OK)
        call_refuse(call, status);
    return e == ERR_OK;
}

/* A request is decoded once it is known that its caller may send it: what nobody answers for costs little. */
static void serve(struct call *call, struct text body)
{
    static void (*const targets[])(struct call * call) = {
        [TARGET_ENGINE] = kept_serve,
        [TARGET_VAULT] = serve_vault,
        [TARGET_SAGA_STUDENTS] = saga_students_start,
        [TARGET_PLACEMENTS_FILE] = saga_placements_start,
        [TARGET_SAGA_TEXT] = saga_text_start,
        [TARGET_JOIN] = join_results_start,
        [TARGET_DOSSIER] = dossier_start,
        [TARGET_WATCH] = serve_nobody, /* no call: route.c starts a watch */
        [TARGET_INTERNAL] = serve_nobody,
    };
    (void)body;
    bool is_public = (call->method->flags & METHOD_PUBLIC) != 0;
    unsigned role = is_public ? 0 : (unsigned)call->actor->said->actor->role;
    if (!is_public && (role > 31 || !(call->method->roles & ROLE_BIT(role))))
        call_refuse(call, status_refuse(&refusal_permission));
    else if (decode(call))
        targets[call->method->target](call);
}

struct session call_session(const struct front *front, const struct exchange *exchange, const struct method *method,
                            const struct connect_request *connect)
{
    const struct session_place place = {front->certificate.tls != NULL,
                                        settings_string(front->environment->settings, "public_url")};
    return session_of_request(exchange_head(exchange), method, connect->is_get, &place);
}

struct status call_refused_session(struct front *front, const struct session *session)
{
    front->refused_origins += session->refusal == &refusal_cross_origin;
    return status_refuse(session->refusal);
}

static void set_deadline(struct call *call)
{
    uint64_t own_ms = call->front->call_timeout_ms;
    uint64_t asked_ms = call->connect.timeout_ms;
    uint64_t ms = asked_ms && asked_ms < own_ms ? asked_ms : own_ms;
    struct timeval after = {(time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000)};
    call->deadline_us = call->start_us + (int64_t)ms * 1000;
    evtimer_assign(&call->deadline, call->front->environment->base, on_deadline, call);
    evtimer_assign(&call->turn, call->front->environment->base, on_turn, call);
    event_add(&call->deadline, &after);
}

/* False: from this address came too many calls that cost the vault much and need no session. */
static bool admit_login(const struct call *call)
{
    struct front *front = call->front;
    if (call->method->target != TARGET_VAULT)
        return true;
    const struct address client = exchange_client(call->exchange), key = address_key(&client);
    return rate_limit_admit(front->logins, &key,
                            address_list_has(&front->shared_addresses, &client) ? front->logins_per_shared_address
                                                                                : front->logins_per_address);
}

static void begin(struct call *call)
{
    if (call->front->call_count > CALLS_MAX) {
        call_refuse(call, status_refuse(&refusal_too_many));
        return;
    }
    if (call->session.refusal)
        call_refuse(call, call_refused_session(call->front, &call->session));
    else if (call->method->flags & METHOD_PUBLIC && !admit_login(call))
        call_refuse(call, status_refuse(&refusal_too_many));
    else if (call->method->flags & METHOD_PUBLIC)
        serve(call, (struct text){NULL, 0});
    else if (call->session.token.length == 0)
        call_refuse(call, status_refuse(&refusal_unauthenticated));
    else
        call_renew(call, serve);
}

static void refuse_without_memory(struct exchange *exchange)
{
    static const char body[] = "{\"code\":\"resource_exhausted\"}";
    struct exchange_header type = {"Content-Type", CONNECT_ERROR_CONTENT_TYPE};
    exchange_respond(exchange, status_http(STATUS_RESOURCE_EXHAUSTED), &type, 1, text_of(body));
}

void call_start(struct front *front, struct exchange *exchange, const struct method *method,
                const struct connect_request *connect)
{
    struct call *call;
    if (mem_alloc(1, sizeof *call, &call) != ERR_OK) {
        refuse_without_memory(exchange);
        return;
    }
    call->front = front;
    call->exchange = exchange;
    call->method = method;
    call->connect = *connect;
    call->session = call_session(front, exchange, method, connect);
    call->start_us = clock_monotonic_us(&front->environment->clock);
    exchange_set_context(exchange, call);
    TAILQ_INSERT_TAIL(&front->calls, call, in_list);
    front->call_count++;
    set_deadline(call);
    begin(call);
}

void calls_end(struct front *front)
{
    struct call *call;
    while ((call = TAILQ_FIRST(&front->calls)))
        call_refuse(call, status_refuse(&refusal_unavailable));
}
