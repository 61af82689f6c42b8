#include "wire/h1_text.h"

static const struct {
    int status;
    const char *name, *message;
} refusals[H1_REFUSAL_COUNT] = {
    [H1_BAD_LINE] = {400, "bad_line", "The request line is not valid."},
    [H1_BAD_TARGET] = {400, "bad_target", "The request target is not valid."},
    [H1_BAD_FIELD] = {400, "bad_field", "A header line is not valid."},
    [H1_BAD_HOST] = {400, "bad_host", "There must be one valid Host header."},
    [H1_BAD_LENGTH] = {400, "bad_length",
                       "There must be at most one Content-Length, digits alone, without Transfer-Encoding."},
    [H1_BAD_CODING] = {400, "bad_coding", "The Transfer-Encoding header is not valid here."},
    [H1_BAD_CHUNK] = {400, "bad_chunk", "A chunk of the body is not valid."},
    [H1_METHOD_LONG] = {501, "method_long", "This method is not known here."},
    [H1_TARGET_LONG] = {414, "target_long", "The request target is too long."},
    [H1_HEAD_LONG] = {431, "head_long", "The request has too many or too long headers."},
    [H1_BODY_LONG] = {413, "body_long", "The request body is too large."},
    [H1_CODING_UNKNOWN] = {501, "coding_unknown", "The only transfer coding that is known here is chunked."},
    [H1_EXPECT_UNKNOWN] = {417, "expect_unknown", "The only expectation that is known here is 100-continue."},
    [H1_VERSION] = {505, "version", "Only HTTP/1.1 is spoken here."},
    [H1_NO_MEMORY] = {503, "no_memory", "There is no memory for this request now. Try again later."},
};

int h1_refusal_status(enum h1_refusal refusal)
{
    return refusals[refusal].status;
}

const char *h1_refusal_name(enum h1_refusal refusal)
{
    return refusals[refusal].name;
}

const char *h1_refusal_message(enum h1_refusal refusal)
{
    return refusals[refusal].message;
}

struct text h1_method(const struct h1 *h1)
{
    return h1_view(h1, h1->request.method, h1->request.method_length);
}

struct text h1_path(const struct h1 *h1)
{
    if (h1->request.path_length == 0)
        return text_of("/"); /* "http://host" */
    return h1_view(h1, h1->request.path, h1->request.path_length);
}

struct text h1_query(const struct h1 *h1)
{
    return h1_view(h1, h1->request.query, h1->request.query_length);
}

struct text h1_host(const struct h1 *h1)
{
    const struct h1_request *request = &h1->request;
    if (!request->has_host)
        return h1_view(h1, request->authority, request->authority_length);
    return h1_view(h1, request->host, request->host_length);
}

size_t h1_header(const struct h1 *h1, const char *name, struct text *value)
{
    struct text wanted = text_of(name);
    size_t count = 0;
    for (size_t i = 0; i < h1->request.field_count; i++) {
        const struct h1_field *field = &h1->fields[i];
        if (!h1_equal_nocase(h1_view(h1, field->name, field->name_length), wanted))
            continue;
        if (count++ == 0)
            *value = h1_view(h1, field->value, field->value_length);
    }
    return count;
}

bool h1_header_at(const struct h1 *h1, size_t i, struct text *name, struct text *value)
{
    if (i >= h1->request.field_count)
        return false;
    *name = h1_view(h1, h1->fields[i].name, h1->fields[i].name_length);
    *value = h1_view(h1, h1->fields[i].value, h1->fields[i].value_length);
    return true;
}

bool h1_keeps_alive(const struct h1 *h1)
{
    const struct h1_request *request = &h1->request;
    return !request->asks_close && (!request->version_1_0 || request->asks_keep);
}

bool h1_has_body(const struct h1 *h1)
{
    return h1->request.has_coding || h1->request.left_bytes > 0;
}

bool h1_expects_continue(const struct h1 *h1)
{
    return h1->request.expects_continue && h1_has_body(h1);
}

bool h1_is_1_0(const struct h1 *h1)
{
    return h1->request.version_1_0;
}
