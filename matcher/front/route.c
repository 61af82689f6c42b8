#include "front/route.h"

#include "front/access_log.h"
#include "front/call.h"
#include "front/watch.h"
#include "front/web_answer.h"
#include "wire/connect_stream.h"

static struct text header(const struct h1 *head, const char *name)
{
    struct text value = {NULL, 0};
    (void)h1_header(head, name, &value);
    return value;
}

static struct connect_head connect_head_of(const struct h1 *head)
{
    return (struct connect_head){
        .verb = h1_method(head),
        .query = h1_query(head),
        .content_type = header(head, "Content-Type"),
        .content_encoding = header(head, "Content-Encoding"),
        .accept_encoding = header(head, "Accept-Encoding"),
        .protocol_version = header(head, "Connect-Protocol-Version"),
        .timeout_ms = header(head, "Connect-Timeout-Ms"),
        .accept_language = header(head, "Accept-Language"),
        .stream_content_encoding = header(head, "Connect-Content-Encoding"),
        .stream_accept_encoding = header(head, "Connect-Accept-Encoding"),
    };
}

static bool streams(const struct method *method)
{
    return (method->flags & METHOD_STREAM) != 0;
}

static enum err check_head(const struct method *method, const struct h1 *head, struct connect_request *out,
                           struct connect_refusal *refusal)
{
    struct connect_head connect_head = connect_head_of(head);
    return streams(method) ? connect_stream_check(&connect_head, out, refusal)
                           : connect_check(method, &connect_head, out, refusal);
}

const struct method *route_method(struct text path)
{
    if (path.length < 2 || path.data[0] != '/')
        return NULL;
    const struct method *method = method_find((struct text){path.data + 1, path.length - 1});
    return method && method->target != TARGET_INTERNAL ? method : NULL;
}

/* Answers with what connect_check found. */
static void refuse_head(struct front *front, struct exchange *exchange, const struct method *method,
                        const struct connect_refusal *refusal, enum language language)
{
    const char *type = NULL;
    buf_clear(&front->answer);
    if (refusal->http_status != 405 && refusal->http_status != 415 &&
        connect_error_status(&front->answer, &refusal->status, language) == ERR_OK)
        type = CONNECT_ERROR_CONTENT_TYPE;
    enum status_code code = refusal->status.refusal ? refusal->status.refusal->code : STATUS_UNKNOWN;
    counters_add(&front->counters, method->id, code, 0);
    page_respond(exchange, refusal->http_status, refusal->header_name, refusal->header_value, type,
                 buf_text(&front->answer));
    buf_clear(&front->answer);
}

/* The same for a method that streams: what is no matter of HTTP alone is a stream of one envelope. */
static void refuse_stream(struct front *front, struct exchange *exchange, const struct method *method,
                          const struct connect_request *request, const struct connect_refusal *refusal)
{
    if (refusal->http_status == 405 || refusal->http_status == 415) {
        refuse_head(front, exchange, method, refusal, request->language);
        return;
    }
    buf_clear(&front->answer);
    if (connect_stream_end_status(&front->answer, &refusal->status, request->language) != ERR_OK)
        buf_clear(&front->answer);
    counters_add(&front->counters, method->id, refusal->status.refusal->code, 0);
    page_respond(exchange, 200, NULL, NULL, connect_stream_content_type(request->codec), buf_text(&front->answer));
    buf_clear(&front->answer);
}

/* A large body is taken only from who says who they are. */
static bool refuse_large_from_nobody(struct front *front, struct exchange *exchange, const struct method *method,
                                     const struct connect_request *request)
{
    enum { NOBODY_BYTES = 1 << 20 };
    struct connect_refusal refusal = {401, "WWW-Authenticate", "Bearer", status_refuse(&refusal_unauthenticated)};
    if (method->max_bytes <= NOBODY_BYTES || call_session(front, exchange, method, request).token.length)
        return false;
    refuse_head(front, exchange, method, &refusal, request->language);
    return true;
}

static uint64_t on_head(void *context, struct exchange *exchange)
{
    struct front *front = context;
    const struct h1 *head = exchange_head(exchange);
    struct connect_request request = {.language = LANGUAGE_NL};
    struct connect_refusal refusal;
    const struct page *page = page_find(h1_path(head), PAGE_OF_API);
    if (page) {
        if (page_is_ready(page))
            page_answer(front, page, exchange);
        return 0;
    }
    const struct method *method = route_method(h1_path(head));
    if (!method) {
        if (!web_answer(front, exchange))
            page_respond(exchange, 404, NULL, NULL, NULL, text_of(""));
        return 0;
    }
    if (check_head(method, head, &request, &refusal) != ERR_OK) {
        if (streams(method))
            refuse_stream(front, exchange, method, &request, &refusal);
        else
            refuse_head(front, exchange, method, &refusal, request.language);
        return 0;
    }
    if (streams(method))
        return connect_stream_body_bytes_max(method, request.codec);
    if (refuse_large_from_nobody(front, exchange, method, &request))
        return 0;
    return connect_body_bytes_max(method, request.codec);
}

static void on_request(void *context, struct exchange *exchange)
{
    const struct h1 *head = exchange_head(exchange);
    struct connect_request request = {.language = LANGUAGE_NL};
    struct connect_refusal refusal = {0};
    const struct page *page = page_find(h1_path(head), PAGE_OF_API);
    if (page) {
        page_answer(context, page, exchange);
        return;
    }
    const struct method *method = route_method(h1_path(head));
    bool is_right = method && check_head(method, head, &request, &refusal) == ERR_OK;
    if (is_right && streams(method))
        watch_start(context, exchange, method, &request);
    else if (is_right)
        call_start(context, exchange, method, &request);
    else /* the head was right before its body came */
        page_respond(exchange, 500, NULL, NULL, NULL, text_of(""));
}

/* A stream says so itself; the server answers for all others. */
static void on_too_large(void *context, struct exchange *exchange)
{
    struct connect_request request = {.language = LANGUAGE_NL};
    struct connect_refusal refusal;
    const struct h1 *head = exchange_head(exchange);
    const struct method *method = route_method(h1_path(head));
    if (!method || !streams(method) || check_head(method, head, &request, &refusal) != ERR_OK)
        return;
    refusal = (struct connect_refusal){.http_status = 200, .status = status_refuse(&refusal_too_large)};
    refuse_stream(context, exchange, method, &request, &refusal);
}

/* A page that is being gathered takes its time whether or not somebody waits; only calls have something to give up. */
static void on_canceled(void *context, struct exchange *exchange)
{
    struct call *call = exchange_context(exchange);
    (void)context;
    if (call)
        call_abandon(call);
}

struct h1_handler route_api(struct front *front)
{
    return (struct h1_handler){
        .head = on_head,
        .request = on_request,
        .canceled = on_canceled,
        .context = front,
        .answered = access_log,
        .too_large = on_too_large,
    };
}

static uint64_t on_metrics_head(void *context, struct exchange *exchange)
{
    const struct page *page = page_find(h1_path(exchange_head(exchange)), PAGE_OF_METRICS);
    if (!page)
        page_respond(exchange, 404, NULL, NULL, NULL, text_of(""));
    else if (page_is_ready(page))
        page_answer(context, page, exchange);
    return 0;
}

static void on_metrics_request(void *context, struct exchange *exchange)
{
    page_answer(context, page_find(h1_path(exchange_head(exchange)), PAGE_OF_METRICS), exchange);
}

struct h1_handler route_metrics(struct front *front)
{
    return (struct h1_handler){.head = on_metrics_head, .request = on_metrics_request, .context = front};
}
