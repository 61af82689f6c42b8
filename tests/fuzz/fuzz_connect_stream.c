/*
 * A request for a stream of Connect: three lines (Content-Type, Connect-Content-Encoding, Connect-Timeout-Ms), then the body. What
 * is taken out of an envelope lies within the limits, and comes back the same out of a new envelope; what is refused has a reason.
 */
#include "fuzz.h"

#include "wire/connect_stream.h"

#include <string.h>

enum { BUDGET_BYTES = 4 << 20, SCRATCH_BYTES = 1 << 20 };

static struct text line(struct text *rest)
{
    struct text first = {rest->data, 0};
    if (!text_next(rest, '\n', &first) || !rest->data)
        *rest = (struct text){"", 0};
    return first;
}

static void claim_comes_back(const struct method *method, struct connect_request request, struct text message)
{
    struct buf body, scratch;
    struct text again;
    const struct refusal *refusal = NULL;
    buf_init(&body, BUDGET_BYTES);
    buf_init(&scratch, SCRATCH_BYTES);
    request.coding = CONNECT_GZIP;
    CLAIM(connect_stream_put(CONNECT_GZIP, message, &body) == ERR_OK);
    CLAIM(connect_stream_message(method, &request, buf_text(&body), &scratch, &again, &refusal) == ERR_OK);
    CLAIM(text_equal(message, again));
    buf_free(&scratch);
    buf_free(&body);
}

static void read_message(const struct method *method, const struct connect_request *request, struct text body)
{
    struct buf scratch;
    struct text bytes;
    const struct refusal *refusal = NULL;
    buf_init(&scratch, SCRATCH_BYTES);
    enum err e = connect_stream_message(method, request, body, &scratch, &bytes, &refusal);
    CLAIM((e == ERR_OK) == (refusal == NULL));
    if (e == ERR_OK) {
        struct pbguard_message message;
        struct json_fault fault;
        struct status status;
        CLAIM(bytes.length <= connect_body_bytes_max(method, request->codec));
        claim_comes_back(method, *request, bytes);
        e = connect_decode(method, request, bytes, connect_budget_bytes(bytes.length), &message, &fault, &status);
        if (e == ERR_OK)
            pbguard_free(&message);
        else
            CLAIM(status.refusal);
    }
    buf_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct text rest = {(const char *)bytes, length};
    struct connect_request request;
    struct connect_refusal refusal;
    struct connect_head head = {.verb = text_of("POST")};
    head.content_type = line(&rest);
    head.stream_content_encoding = line(&rest);
    head.timeout_ms = line(&rest);
    if (connect_stream_check(&head, &request, &refusal) == ERR_OK) {
        read_message(method_of(METHOD_GET_STAGEVRAAG), &request, rest);
        return 0;
    }
    struct buf end;
    buf_init(&end, BUDGET_BYTES);
    CLAIM((refusal.http_status == 415) == (refusal.header_name != NULL));
    if (!refusal.header_name) {
        CLAIM(refusal.http_status == 200);
        CLAIM(connect_stream_end_status(&end, &refusal.status, request.language) == ERR_OK);
    }
    buf_free(&end);
    return 0;
}
