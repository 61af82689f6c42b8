#include "call.h"

#include "any_json.h"
#include "api/message.h"

#include <stdio.h>
#include <string.h>

enum { DETAILS_MAX = 16 };

void answer_headers_add(struct answer_headers *headers, const char *name, const char *value)
{
    if (headers->count < ANSWER_HEADERS_MAX)
        headers->list[headers->count++] = (struct exchange_header){name, value};
}

void answer_headers_of(struct answer_headers *headers, const struct wish *wish, bool unary)
{
    for (size_t i = 0; i < wish->header_count; i++)
        for (size_t j = 0; j < wish->headers[i]->n_value; j++)
            answer_headers_add(headers, wish->headers[i]->name, wish->headers[i]->value[j]);
    for (size_t i = 0; unary && i < wish->trailer_count; i++) {
        for (size_t j = 0; j < wish->trailers[i]->n_value && headers->count < ANSWER_HEADERS_MAX; j++) {
            char *name = headers->trailers[headers->count];
            snprintf(name, TRAILER_NAME_BYTES, "trailer-%s", wish->trailers[i]->name);
            answer_headers_add(headers, name, wish->trailers[i]->value[j]);
        }
    }
}

enum err answer_put_status(enum kind kind, const struct status *status, struct buf *buf)
{
    const struct refusal *refusal = status->refusal;
    struct buf error;
    if (kind != KIND_STREAM)
        return connect_error_body(buf, refusal->code, refusal->message_en, NULL);
    buf_init(&error, ANSWER_BYTES_MAX);
    enum err e = connect_error_body(&error, refusal->code, refusal->message_en, NULL);
    if (e == ERR_OK)
        e = connect_stream_end(buf, buf_text(&error), NULL, 0);
    buf_free(&error);
    return e;
}

static const char *type_of_url(const char *url)
{
    const char *slash = strrchr(url, '/');
    return slash ? slash + 1 : url;
}

enum err answer_put_error(const Error *error, const RequestInfo *info, struct buf *buf)
{
    struct connect_detail details[DETAILS_MAX + 1];
    struct buf packed;
    size_t count = 0;
    enum err e = ERR_OK;
    buf_init(&packed, ANSWER_BYTES_MAX);
    for (; count < error->n_details && count < DETAILS_MAX; count++) {
        const Google__Protobuf__Any *any = error->details[count];
        struct text value = {(const char *)any->value.data, any->value.len};
        details[count] = (struct connect_detail){type_of_url(any->type_url), value, {NULL, 0}};
    }
    if (info) {
        e = message_pack_buf(info, &packed);
        details[count++] = (struct connect_detail){info->base.descriptor->name, buf_text(&packed), {NULL, 0}};
    }
    if (e == ERR_OK)
        e = connect_error_details(buf, (enum status_code)error->code, error->message, details, count);
    buf_free(&packed);
    return e;
}

enum err answer_put_message(enum connect_codec codec, const void *message, struct buf *buf)
{
    struct buf fields;
    if (codec == CONNECT_PROTO)
        return connect_encode(codec, message, buf);
    buf_init(&fields, ANSWER_BYTES_MAX);
    enum err e = connect_encode(codec, message, &fields);
    if (e == ERR_OK)
        e = any_json_from_fields(buf_text(&fields), buf);
    buf_free(&fields);
    return e;
}

enum err answer_put_end(const struct wish *wish, const RequestInfo *info, struct buf *buf)
{
    struct connect_metadata metadata[ANSWER_HEADERS_MAX];
    struct buf error;
    size_t count = 0;
    for (size_t i = 0; i < wish->trailer_count; i++)
        for (size_t j = 0; j < wish->trailers[i]->n_value && count < ANSWER_HEADERS_MAX; j++)
            metadata[count++] =
                (struct connect_metadata){text_of(wish->trailers[i]->name), text_of(wish->trailers[i]->value[j])};
    buf_init(&error, ANSWER_BYTES_MAX);
    enum err e = wish->error ? answer_put_error(wish->error, info, &error) : ERR_OK;
    if (e == ERR_OK)
        e = connect_stream_end(buf, buf_text(&error), metadata, count);
    buf_free(&error);
    return e;
}
