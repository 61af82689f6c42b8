#include "front/route.h"

#include "front/call.h"

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
    };
}

/* The method of "/stagematch.v1.Service/Method"; NULL where there is none, or it is one between roles. */
static const struct method *method_of_path(struct text path)
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

/* A large body is taken only from who says who they are. */
static bool refuse_large_from_nobody(struct front *front, struct exchange *exchange, const struct method *method,
                                     enum language language)
{
    enum { NOBODY_BYTES = 1 << 20 };
    struct connect_refusal refusal = {401, "WWW-Authenticate", "Bearer", status_refuse(&refusal_unauthenticated)};
    if (method->max_bytes <= NOBODY_BYTES || header(exchange_head(exchange), "Authorization").length)
        return false;
    refuse_head(front, exchange, method, &refusal, language);
    return true;
}

static uint64_t on_head(void *context, struct exchange *exchange)
{
    struct front *front = context;
    const struct h1 *head = exchange_head(exchange);
    struct connect_head connect_head;
    struct connect_request request = {.language = LANGUAGE_NL};
    struct connect_refusal refusal;
    const struct page *page = page_find(h1_path(head), PAGE_OF_API);
    if (page) {
        if (page_is_ready(page))
            page_answer(front, page, exchange);
        return 0;
    }
    const struct method *method = method_of_path(h1_path(head));
    if (!method) {
        page_respond(exchange, 404, NULL, NULL, NULL, text_of(""));
        return 0;
    }
    connect_head = connect_head_of(head);
    if (connect_check(method, &connect_head, &request, &refusal) != ERR_OK) {
        refuse_head(front, exchange, method, &refusal, request.language);
        return 0;
    }
    if (refuse_large_from_nobody(front, exchange, method, request.language))
        return 0;
    return method->max_bytes;
}

static void on_request(void *context, struct exchange *exchange)
{
    const struct h1 *head = exchange_head(exchange);
    struct connect_head connect_head = connect_head_of(head);
    struct connect_request request = {.language = LANGUAGE_NL};
    struct connect_refusal refusal = {0};
    const struct page *page = page_find(h1_path(head), PAGE_OF_API);
    if (page) {
        page_answer(context, page, exchange);
        return;
    }
    const struct method *method = method_of_path(h1_path(head));
    if (method && connect_check(method, &connect_head, &request, &refusal) == ERR_OK)
        call_start(context, exchange, method, &request);
    else /* the head was right before its body came */
        page_respond(exchange, 500, NULL, NULL, NULL, text_of(""));
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
    return (struct h1_handler){on_head, on_request, on_canceled, front};
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
    return (struct h1_handler){on_metrics_head, on_metrics_request, NULL, front};
}
