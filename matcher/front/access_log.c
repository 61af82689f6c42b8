#include "front/access_log.h"

#include "base/log.h"
#include "front/call.h"
#include "front/route.h"
#include "front/web_answer.h"

#include <string.h>

/* Who reports something is nobody's to know: calls about reports are one kind, of no address. */
static bool is_about_reports(const struct method *method)
{
    static const char service[] = "stagematch.v1.ReportService/";
    return method && strncmp(method->path, service, sizeof service - 1) == 0;
}

/* The table's word for what was asked. */
static const char *name_of(const struct front *front, const struct exchange *exchange)
{
    if (!exchange_id(exchange)[0])
        return "none"; /* no head was understood */
    struct text path = h1_path(exchange_head(exchange));
    const struct page *page = page_find(path, PAGE_OF_API);
    const struct method *method = page ? NULL : route_method(path);
    if (page || method)
        return page ? page_path(page) : is_about_reports(method) ? "stagematch.v1.ReportService" : method->path;
    const char *file = web_path(front, path);
    return file ? file : "unknown";
}

void access_log(void *context, const struct exchange *exchange, int status, size_t bytes)
{
    const struct front *front = context;
    const struct call *call = exchange_context(exchange);
    char address[ADDRESS_TEXT_BYTES] = "";
    if (!log_wants(LOG_INFO))
        return;
    bool is_known = exchange_id(exchange)[0] != '\0';
    struct log_field fields[] = {
        LOG_WORD("method", name_of(front, exchange)),
        LOG_NUMBER("status", status),
        LOG_WORD("code", call && call->state == CALL_ENDED ? status_code_name(call->code) : "none"),
        LOG_NUMBER("us",
                   is_known ? clock_monotonic_us(&front->environment->clock) - exchange_started_us(exchange) : 0),
        LOG_NUMBER("bytes_in", exchange_body(exchange).length),
        LOG_NUMBER("bytes_out", bytes),
        LOG_WORD("client", address),
    };
    size_t count = sizeof fields / sizeof fields[0];
    if (front->logs_addresses && is_known && !is_about_reports(route_method(h1_path(exchange_head(exchange))))) {
        struct address client = exchange_client(exchange);
        address_format(&client, address);
    } else {
        count--; /* the last */
    }
    log_set_request(exchange_id(exchange));
    log_event(LOG_INFO, "request", fields, count);
    log_set_request(NULL);
}
