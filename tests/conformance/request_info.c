#include "call.h"

#include "api/message.h"
#include "wire/connect_coding.h"

#include <stdio.h>

enum { VALUE_BYTES_MAX = 1 << 20 };

/* The header of that name in a list, made where there is none yet. */
static enum err header_in(Header ***list, size_t *count, struct text name, Header **out)
{
    Header *made = NULL;
    for (size_t i = 0; i < *count; i++) {
        if (text_is_nocase(name, (*list)[i]->name)) {
            *out = (*list)[i];
            return ERR_OK;
        }
    }
    enum err e = message_new(&connectrpc__conformance__v1__header__descriptor, &made);
    if (e != ERR_OK)
        return e;
    e = message_assign_string(&made->name, name);
    if (e != ERR_OK) {
        message_free(made);
        return e;
    }
    e = message_append(count, list, made);
    if (e == ERR_OK)
        *out = made;
    return e;
}

static enum err add_value(Header ***list, size_t *count, struct text name, struct text value)
{
    Header *header;
    enum err e = header_in(list, count, name, &header);
    return e == ERR_OK ? message_append_string(&header->n_value, &header->value, value) : e;
}

static enum err add_headers(RequestInfo *info, const struct h1 *head)
{
    enum err e = ERR_OK;
    struct text name, value;
    for (size_t i = 0; e == ERR_OK && h1_header_at(head, i, &name, &value); i++)
        e = add_value(&info->request_headers, &info->n_request_headers, name, value);
    return e;
}

static enum err add_query(RequestInfo *info, struct text query)
{
    struct text pair, name;
    struct buf value;
    enum err e = message_new(&connectrpc__conformance__v1__conformance_payload__connect_get_info__descriptor,
                             &info->connect_get_info);
    buf_init(&value, VALUE_BYTES_MAX);
    while (e == ERR_OK && text_next(&query, '&', &pair)) {
        text_next(&pair, '=', &name);
        buf_clear(&value);
        e = coding_percent_decode(pair, &value);
        if (e == ERR_OK)
            e = add_value(&info->connect_get_info->query_params, &info->connect_get_info->n_query_params, name,
                          buf_text(&value));
    }
    buf_free(&value);
    return e;
}

static enum err add_request(RequestInfo *info, const ProtobufCMessage *message)
{
    Google__Protobuf__Any *any = NULL;
    char url[256];
    struct buf packed;
    snprintf(url, sizeof url, "type.googleapis.com/%s", message->descriptor->name);
    buf_init(&packed, ANSWER_BYTES_MAX);
    enum err e = message_pack_buf(message, &packed);
    if (e == ERR_OK)
        e = message_new(&google__protobuf__any__descriptor, &any);
    if (e == ERR_OK)
        e = message_assign_string(&any->type_url, text_of(url));
    if (e == ERR_OK)
        e = message_assign_bytes(&any->value, buf_text(&packed));
    buf_free(&packed);
    if (e == ERR_OK)
        return message_append(&info->n_requests, &info->requests, any);
    message_free(any);
    return e;
}

enum err request_info_new(const struct h1 *head, const struct connect_request *request,
                          const ProtobufCMessage *message, RequestInfo **out)
{
    RequestInfo *info;
    enum err e = message_new(&connectrpc__conformance__v1__conformance_payload__request_info__descriptor, &info);
    if (e != ERR_OK)
        return e;
    e = add_headers(info, head);
    if (e == ERR_OK && request->is_get)
        e = add_query(info, h1_query(head));
    if (e == ERR_OK && message)
        e = add_request(info, message);
    if (request->timeout_ms > 0) {
        info->has_timeout_ms_case =
            CONNECTRPC__CONFORMANCE__V1__CONFORMANCE_PAYLOAD__REQUEST_INFO__HAS_TIMEOUT_MS_TIMEOUT_MS;
        info->timeout_ms = (int64_t)request->timeout_ms;
    }
    if (e == ERR_OK)
        *out = info;
    else
        message_free(info);
    return e;
}
