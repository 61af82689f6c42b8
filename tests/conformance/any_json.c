#include "any_json.h"

#include "api/message.h"
#include "connectrpc/conformance/v1/service.pb-c.h"
#include "wire/json.h"
#include "wire/json_names.h"

#include <jansson.h>
#include <string.h>

enum { DOCUMENT_BYTES_MAX = 64 << 20 };

static const ProtobufCMessageDescriptor *const types[] = {
    &connectrpc__conformance__v1__unary_request__descriptor,
    &connectrpc__conformance__v1__idempotent_unary_request__descriptor,
    &connectrpc__conformance__v1__server_stream_request__descriptor,
    &connectrpc__conformance__v1__conformance_payload__request_info__descriptor,
    &connectrpc__conformance__v1__header__descriptor,
};

static const ProtobufCMessageDescriptor *find_type(const char *url)
{
    const char *slash = url ? strrchr(url, '/') : NULL;
    for (size_t i = 0; slash && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i]->name, slash + 1) == 0)
            return types[i];
    return NULL;
}

static enum err dump(json_t *value, struct buf *out)
{
    char *text = json_dumps(value, JSON_COMPACT);
    if (!text)
        return ERR_MEMORY;
    buf_put_string(out, text);
    free(text);
    return buf_error(out);
}

/* Turns one object into the other form, in place; its own members are done already. */
typedef enum err turn_fn(json_t *object);

static enum err turn_all(json_t *value, turn_fn *turn)
{
    enum err e = ERR_OK;
    const char *name;
    json_t *member;
    size_t i;
    if (json_is_array(value)) {
        json_array_foreach(value, i, member) if (e == ERR_OK) e = turn_all(member, turn);
        return e;
    }
    if (!json_is_object(value))
        return ERR_OK;
    json_object_foreach(value, name, member) if (e == ERR_OK) e = turn_all(member, turn);
    return e == ERR_OK ? turn(value) : e;
}

/* The message that an object is, packed and in base64. */
static enum err pack_object(const ProtobufCMessageDescriptor *type, json_t *object, struct buf *base64)
{
    struct buf text, packed;
    struct pbguard_message message = {.message = NULL};
    buf_init(&text, DOCUMENT_BYTES_MAX);
    buf_init(&packed, DOCUMENT_BYTES_MAX);
    enum err e = dump(object, &text);
    if (e == ERR_OK)
        e = json_decode(type, buf_text(&text), DOCUMENT_BYTES_MAX, false, &message, NULL);
    if (e == ERR_OK)
        e = message_pack_buf(message.message, &packed);
    if (e == ERR_OK)
        json_put_base64(base64, buf_text(&packed), true);
    pbguard_free(&message);
    buf_free(&packed);
    buf_free(&text);
    return e == ERR_OK ? buf_error(base64) : e;
}

static enum err turn_to_fields(json_t *object)
{
    json_t *url = json_object_get(object, "@type");
    if (!url)
        return ERR_OK;
    const ProtobufCMessageDescriptor *type = find_type(json_string_value(url));
    if (!type)
        return ERR_INPUT;
    json_incref(url);
    json_object_del(object, "@type");
    struct buf base64;
    buf_init(&base64, DOCUMENT_BYTES_MAX);
    enum err e = pack_object(type, object, &base64);
    json_object_clear(object);
    if (json_object_set_new(object, "typeUrl", url) != 0 ||
        json_object_set_new(object, "value", json_stringn(base64.data ? base64.data : "", base64.length)) != 0)
        e = ERR_MEMORY;
    buf_free(&base64);
    return e;
}

/* The members of the message that stands in base64. */
static enum err unpack_object(const ProtobufCMessageDescriptor *type, const char *base64, json_t **out)
{
    struct buf text;
    uint8_t *packed = NULL;
    size_t length;
    struct pbguard_message message = {.message = NULL};
    buf_init(&text, DOCUMENT_BYTES_MAX);
    enum err e = mem_alloc(base64_bytes_max(text_of(base64)) + 1, 1, &packed);
    if (e == ERR_OK)
        e = base64_decode(text_of(base64), packed, &length);
    if (e == ERR_OK)
        e = pbguard_unpack(type, (struct text){(const char *)packed, length}, &pbguard_limits_public,
                           DOCUMENT_BYTES_MAX, false, &message, NULL);
    if (e == ERR_OK)
        e = json_encode(message.message, &text);
    if (e == ERR_OK) {
        *out = json_loadb(text.data, text.length, 0, NULL);
        e = *out ? ERR_OK : ERR_MEMORY;
    }
    pbguard_free(&message);
    buf_free(&text);
    mem_free(packed);
    return e;
}

static enum err turn_from_fields(json_t *object)
{
    const char *url = json_string_value(json_object_get(object, "typeUrl"));
    const char *value = json_string_value(json_object_get(object, "value"));
    json_t *members = NULL;
    if (!url)
        return ERR_OK;
    const ProtobufCMessageDescriptor *type = find_type(url);
    if (!type)
        return ERR_INPUT;
    json_t *name = json_string(url);
    enum err e = unpack_object(type, value ? value : "", &members);
    if (e == ERR_OK)
        e = turn_all(members, turn_from_fields);
    json_object_clear(object);
    if (json_object_set_new(object, "@type", name) != 0 || (e == ERR_OK && json_object_update(object, members) != 0))
        e = ERR_MEMORY;
    json_decref(members);
    return e;
}

static enum err turn_document(struct text json, turn_fn *turn, struct buf *out)
{
    json_t *document = json_loadb(json.data, json.length, JSON_REJECT_DUPLICATES, NULL);
    if (!document)
        return ERR_INPUT;
    enum err e = turn_all(document, turn);
    if (e == ERR_OK)
        e = dump(document, out);
    json_decref(document);
    return e;
}

enum err any_json_to_fields(struct text json, struct buf *out)
{
    return turn_document(json, turn_to_fields, out);
}

enum err any_json_from_fields(struct text json, struct buf *out)
{
    return turn_document(json, turn_from_fields, out);
}
