#include "call.h"

#include "any_json.h"
#include "api/message.h"

#include <event2/event.h>

struct call {
    const struct conformance_method *method;
    struct exchange *exchange;
    struct connect_request request;
    struct pbguard_message message;
    struct wish wish;
    RequestInfo *info;
    struct event *timer;    /* the next message, or the answer */
    struct event *deadline; /* the client's */
    size_t sent;            /* messages of the stream */
    bool has_begun;         /* the stream */
};

static void free_call(struct call *call)
{
    if (call->timer)
        event_free(call->timer);
    if (call->deadline)
        event_free(call->deadline);
    message_free(call->info);
    pbguard_free(&call->message);
    mem_free(call);
}

/* --- answers --- */

void call_refuse(struct exchange *exchange, enum kind kind, const struct connect_request *request, int http_status,
                 const struct status *status)
{
    struct exchange_header type = {"Content-Type", CONNECT_ERROR_CONTENT_TYPE};
    struct buf body;
    buf_init(&body, ANSWER_BYTES_MAX);
    if (kind == KIND_STREAM)
        type.value = connect_stream_content_type(request->codec);
    enum err e = answer_put_status(kind, status, &body);
    exchange_respond(exchange, e == ERR_OK ? http_status : 500, &type, 1, buf_text(&body));
    buf_free(&body);
}

/* Ends a call that cannot be answered as it wants. */
static void fail(struct call *call, struct status status)
{
    struct exchange *exchange = call->exchange;
    struct buf last;
    buf_init(&last, ANSWER_BYTES_MAX);
    if (!call->has_begun) {
        int http_status = call->method->kind == KIND_STREAM ? 200 : status_http(status.refusal->code);
        call_refuse(exchange, call->method->kind, &call->request, http_status, &status);
    } else {
        enum err e = answer_put_status(KIND_STREAM, &status, &last);
        exchange_stream_end(exchange, e == ERR_OK ? buf_text(&last) : text_of(""));
    }
    buf_free(&last);
    free_call(call);
}

static struct status status_of(enum err e)
{
    return status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_malformed);
}

/* The payload with this data, and with what was seen of the request, on the stack. */
static Payload payload_of(const struct call *call, const ProtobufCBinaryData *data, bool with_info)
{
    Payload payload = CONNECTRPC__CONFORMANCE__V1__CONFORMANCE_PAYLOAD__INIT;
    if (data)
        payload.data = *data;
    if (with_info)
        payload.request_info = call->info;
    return payload;
}

static enum err put_unary_body(const struct call *call, struct buf *body)
{
    Payload payload = payload_of(call, call->wish.data, true);
    if (call->wish.error)
        return answer_put_error(call->wish.error, call->info, body);
    /* IdempotentUnaryResponse is the same by its bytes and in JSON. */
    Connectrpc__Conformance__V1__UnaryResponse response = CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE__INIT;
    response.payload = &payload;
    return answer_put_message(call->request.codec, &response, body);
}

static void answer_unary(struct call *call)
{
    static struct answer_headers headers;
    const Error *error = call->wish.error;
    struct buf body, packed;
    buf_init(&body, ANSWER_BYTES_MAX);
    buf_init(&packed, ANSWER_BYTES_MAX);
    headers.count = 0;
    answer_headers_add(&headers, "Content-Type",
                       error ? CONNECT_ERROR_CONTENT_TYPE : connect_content_type(call->request.codec));
    answer_headers_of(&headers, &call->wish, true);
    enum err e = put_unary_body(call, &body);
    bool packs = !error && call->request.answer_coding == CONNECT_GZIP;
    if (e == ERR_OK && packs) {
        answer_headers_add(&headers, "Content-Encoding", connect_coding_name(CONNECT_GZIP));
        e = connect_gzip(buf_text(&body), &packed);
    }
    if (e == ERR_OK) {
        exchange_respond(call->exchange, error ? status_http((enum status_code)error->code) : 200, headers.list,
                         headers.count, buf_text(packs ? &packed : &body));
        free_call(call);
    } else {
        fail(call, status_of(e));
    }
    buf_free(&body);
    buf_free(&packed);
}

/* --- streams --- */

static void start_timer(struct event *timer, uint64_t ms)
{
    struct timeval wait = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    (void)event_add(timer, &wait);
}

static void end_stream(struct call *call)
{
    struct buf last;
    buf_init(&last, ANSWER_BYTES_MAX);
    enum err e = answer_put_end(&call->wish, call->sent == 0 ? call->info : NULL, &last);
    exchange_stream_end(call->exchange, e == ERR_OK ? buf_text(&last) : text_of(""));
    buf_free(&last);
    free_call(call);
}

static enum err put_stream_message(const struct call *call, struct buf *out)
{
    struct buf message;
    Payload payload = payload_of(call, &call->wish.data[call->sent], call->sent == 0);
    Connectrpc__Conformance__V1__ServerStreamResponse response =
        CONNECTRPC__CONFORMANCE__V1__SERVER_STREAM_RESPONSE__INIT;
    response.payload = &payload;
    buf_init(&message, ANSWER_BYTES_MAX);
    enum err e = answer_put_message(call->request.codec, &response, &message);
    if (e == ERR_OK)
        e = connect_stream_put(call->request.answer_coding, buf_text(&message), out);
    buf_free(&message);
    return e;
}

/* The next message, or the end. */
static void step_stream(struct call *call)
{
    struct buf out;
    if (call->sent == call->wish.data_count) {
        end_stream(call);
        return;
    }
    buf_init(&out, ANSWER_BYTES_MAX);
    enum err e = put_stream_message(call, &out);
    if (e == ERR_OK)
        e = exchange_stream_write(call->exchange, buf_text(&out));
    buf_free(&out);
    if (e == ERR_OK)
        call->sent++;
    if (e != ERR_OK && e != ERR_IO) {
        fail(call, status_of(e));
        return;
    }
    if (e == ERR_OK && exchange_stream_pending(call->exchange) == 0) /* otherwise on_drained or on_gone goes on */
        start_timer(call->timer, call->sent < call->wish.data_count ? call->wish.delay_ms : 0);
}

static void on_drained(void *context, struct exchange *exchange)
{
    struct call *call = exchange_context(exchange);
    (void)context;
    start_timer(call->timer, call->sent < call->wish.data_count ? call->wish.delay_ms : 0);
}

static void on_gone(void *context, struct exchange *exchange)
{
    struct call *call = exchange_context(exchange);
    (void)context;
    exchange_stream_end(exchange, text_of(""));
    free_call(call);
}

static void begin_stream(struct call *call)
{
    static struct answer_headers headers;
    const struct exchange_stream stream = {.drained = on_drained, .gone = on_gone};
    headers.count = 0;
    answer_headers_add(&headers, "Content-Type", connect_stream_content_type(call->request.codec));
    if (call->request.answer_coding == CONNECT_GZIP)
        answer_headers_add(&headers, "Connect-Content-Encoding", connect_coding_name(CONNECT_GZIP));
    answer_headers_of(&headers, &call->wish, false);
    exchange_stream_begin(call->exchange, 200, headers.list, headers.count, &stream);
    call->has_begun = true;
    start_timer(call->timer, call->wish.data_count > 0 ? call->wish.delay_ms : 0);
}

/* --- time --- */

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    struct call *call = context;
    (void)fd;
    (void)what;
    if (call->method->kind == KIND_STREAM)
        step_stream(call);
    else
        answer_unary(call);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    fail(context, status_refuse(&refusal_deadline));
}

/* --- from the request to the wish --- */

static enum err message_bytes(struct call *call, struct buf *scratch, struct text *out, struct status *status)
{
    const struct refusal *refusal = NULL;
    struct text body = exchange_body(call->exchange);
    enum err e = call->method->kind == KIND_STREAM
                     ? connect_stream_message(&call->method->method, &call->request, body, scratch, out, &refusal)
                     : connect_message(&call->method->method, &call->request, body, scratch, out, &refusal);
    if (e != ERR_OK)
        *status = status_refuse(refusal);
    return e;
}

static enum err read_request(struct call *call, struct status *status)
{
    struct buf scratch, fields;
    struct text bytes;
    struct json_fault fault;
    buf_init(&scratch, ANSWER_BYTES_MAX);
    buf_init(&fields, ANSWER_BYTES_MAX);
    enum err e = message_bytes(call, &scratch, &bytes, status);
    if (e == ERR_OK && call->request.codec == CONNECT_JSON) {
        e = any_json_to_fields(bytes, &fields);
        *status = status_of(e);
        bytes = buf_text(&fields);
    }
    if (e == ERR_OK)
        e = connect_decode(&call->method->method, &call->request, bytes, connect_budget_bytes(bytes.length),
                           &call->message, &fault, status);
    if (e != ERR_OK)
        status->field = NULL; /* it would point into the fault */
    buf_free(&scratch);
    buf_free(&fields);
    return e;
}

static void read_wish(struct call *call)
{
    const void *definition = message_sub(call->message.message, "response_definition");
    if (call->method->kind == KIND_STREAM)
        wish_of_stream(definition, &call->wish);
    else
        wish_of_unary(definition, &call->wish);
}

static enum err prepare(struct call *call, struct event_base *base, struct status *status)
{
    enum err e = read_request(call, status);
    if (e != ERR_OK)
        return e;
    read_wish(call);
    e = request_info_new(exchange_head(call->exchange), &call->request, call->message.message, &call->info);
    call->timer = event_new(base, -1, 0, on_timer, call);
    call->deadline = event_new(base, -1, 0, on_deadline, call);
    if (!call->timer || !call->deadline)
        e = ERR_MEMORY;
    *status = status_of(e);
    return e;
}

void call_start(struct event_base *base, const struct conformance_method *method,
                const struct connect_request *request, struct exchange *exchange)
{
    struct call *call;
    struct status status = status_refuse(&refusal_unimplemented);
    if (method->kind == KIND_UNIMPLEMENTED || mem_alloc(1, sizeof *call, &call) != ERR_OK) {
        call_refuse(exchange, KIND_UNARY, request, status_http(status.refusal->code), &status);
        return;
    }
    *call = (struct call){.method = method, .exchange = exchange, .request = *request};
    exchange_set_context(exchange, call);
    if (prepare(call, base, &status) != ERR_OK) {
        fail(call, status);
        return;
    }
    if (request->timeout_ms > 0)
        start_timer(call->deadline, request->timeout_ms);
    if (method->kind == KIND_STREAM)
        begin_stream(call);
    else
        start_timer(call->timer, call->wish.delay_ms);
}

void call_cancel(struct exchange *exchange)
{
    exchange_respond(exchange, 499, NULL, 0, text_of(""));
    free_call(exchange_context(exchange));
}
