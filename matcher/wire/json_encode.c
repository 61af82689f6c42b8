#include "wire/json.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "wire/json_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err put_message(struct buf *buf, const ProtobufCMessage *message, unsigned depth);

void json_put_string(struct buf *buf, struct text text)
{
    static const char short_escapes[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    size_t from = 0;
    buf_put_char(buf, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(buf, text.data + from, i - from);
        from = i + 1;
        char escape = text.data[i];
        if (c < 32)
            escape = short_escapes[c];
        if (escape)
            buf_put(buf, (const char[]){'\\', escape}, 2);
        else
            buf_printf(buf, "\\u%04x", c);
    }
    buf_put(buf, text.data + from, text.length - from);
    buf_put_char(buf, '"');
}

void json_put_base64(struct buf *buf, struct text bytes, bool padded)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { PIECE_GROUPS = 256 };
    char piece[PIECE_GROUPS * 4];
    size_t used = 0;
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i;
        uint32_t group = (uint32_t)(uint8_t)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)(uint8_t)bytes.data[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(uint8_t)bytes.data[i + 2] : 0;
        size_t count = left > 2 ? 4 : left + 1;
        for (size_t k = 0; k < count; k++)
            piece[used++] = digits[group >> (18 - 6 * k) & 63];
        for (size_t k = count; k < 4 && padded; k++)
            piece[used++] = '=';
        if (used + 4 > sizeof piece) {
            buf_put(buf, piece, used);
            used = 0;
        }
    }
    buf_put(buf, piece, used);
}

static void put_signed(struct buf *buf, int64_t value)
{
    if (value < 0)
        buf_put_char(buf, '-');
    buf_put_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* The shortest of 15 to 17 digits (6 to 9 for a float) that reads back as the same number. */
static void put_double(struct buf *buf, double value, bool is_float)
{
    char text[40];
    if (isnan(value) || isinf(value)) {
        buf_put_string(buf, isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
        return;
    }
    if (value == 0) {
        buf_put_string(buf,
                       signbit(value) ? "-0.0" : "0"); /* "-0" would be read as a whole number, without its sign */
        return;
    }
    for (int digits = is_float ? 6 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (is_float ? (float)back == (float)value : back == value)
            break;
    }
    buf_put_string(buf, text);
}

static void put_enum(struct buf *buf, const ProtobufCFieldDescriptor *field, int32_t value)
{
    const ProtobufCEnumValue *named = protobuf_c_enum_descriptor_get_value(field->descriptor, value);
    if (named)
        json_put_string(buf, text_of(named->name));
    else
        put_signed(buf, value);
}

static void put_quoted_number(struct buf *buf, uint64_t value, bool is_signed)
{
    buf_put_char(buf, '"');
    if (is_signed)
        put_signed(buf, (int64_t)value);
    else
        buf_put_u64(buf, value);
    buf_put_char(buf, '"');
}

static enum err put_text(struct buf *buf, const char *string)
{
    struct text text = text_of(string ? string : "");
    if (!pbguard_is_text(text))
        return ERR_RANGE;
    json_put_string(buf, text);
    return ERR_OK;
}

/* One value: a singular member, or an element of a repeated one. */
static enum err put_value(struct buf *buf, const ProtobufCFieldDescriptor *field, const void *member, unsigned depth)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        put_signed(buf, *(const int32_t *)member);
        break;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        buf_put_u64(buf, *(const uint32_t *)member);
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        put_quoted_number(buf, *(const uint64_t *)member, true);
        break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        put_quoted_number(buf, *(const uint64_t *)member, false);
        break;
    case PROTOBUF_C_TYPE_FLOAT:
        put_double(buf, (double)*(const float *)member, true);
        break;
    case PROTOBUF_C_TYPE_DOUBLE:
        put_double(buf, *(const double *)member, false);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        buf_put_string(buf, *(const protobuf_c_boolean *)member ? "true" : "false");
        break;
    case PROTOBUF_C_TYPE_ENUM:
        put_enum(buf, field, *(const int32_t *)member);
        break;
    case PROTOBUF_C_TYPE_STRING:
        return put_text(buf, *(char *const *)member);
    case PROTOBUF_C_TYPE_BYTES: {
        const ProtobufCBinaryData *bytes = member;
        buf_put_char(buf, '"');
        json_put_base64(buf, (struct text){(const char *)bytes->data, bytes->len}, true);
        buf_put_char(buf, '"');
        break;
    }
    case PROTOBUF_C_TYPE_MESSAGE:
        return put_message(buf, *(ProtobufCMessage *const *)member, depth);
    }
    return ERR_OK;
}

static enum err put_list(struct buf *buf, const ProtobufCFieldDescriptor *field, const char *items, size_t count,
                         unsigned depth)
{
    size_t item_bytes = json_element_bytes(field->type);
    enum err e = ERR_OK;
    buf_put_char(buf, '[');
    for (size_t i = 0; i < count && e == ERR_OK; i++) {
        if (i)
            buf_put_char(buf, ',');
        e = put_value(buf, field, items + i * item_bytes, depth);
    }
    buf_put_char(buf, ']');
    return e;
}

static bool is_zero(const void *member, size_t length)
{
    static const char zero[8];
    return memcmp(member, zero, length) == 0;
}

/* Whether it is worth writing: set, and not at proto3's default. */
static bool is_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    const void *member = base + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)(const void *)(base + field->quantifier_offset) > 0;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        uint32_t set = *(const uint32_t *)(const void *)(base + field->quantifier_offset);
        return set == field->id && (field->type != PROTOBUF_C_TYPE_MESSAGE || *(void *const *)member);
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(void *const *)member != NULL;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(const char *const *)member && **(const char *const *)member;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)member)->len > 0;
    return !is_zero(member, json_element_bytes(field->type));
}

static enum err put_field(struct buf *buf, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                          bool first, unsigned depth)
{
    char name[JSON_NAME_BYTES];
    const char *base = (const char *)message;
    size_t length = json_name(field->name, name);
    buf_put_string(buf, first ? "\"" : ",\"");
    buf_put(buf, name, length);
    buf_put(buf, "\":", 2);
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return put_value(buf, field, base + field->offset, depth);
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    return put_list(buf, field, *(const char *const *)(const void *)(base + field->offset), count, depth);
}

static enum err put_timestamp(struct buf *buf, const ProtobufCMessage *message)
{
    const Google__Protobuf__Timestamp *instant = (const Google__Protobuf__Timestamp *)message;
    char text[TIMESTAMP_TEXT_BYTES];
    enum err e = timestamp_format(instant->seconds, instant->nanos, text);
    if (e == ERR_OK)
        json_put_string(buf, text_of(text));
    return e;
}

static enum err put_message(struct buf *buf, const ProtobufCMessage *message, unsigned depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    if (depth >= PBGUARD_DEPTH_MAX)
        return ERR_RANGE;
    if (json_is_timestamp(descriptor))
        return put_timestamp(buf, message);
    bool first = true;
    enum err e = ERR_OK;
    buf_put_char(buf, '{');
    for (unsigned i = 0; i < descriptor->n_fields && e == ERR_OK; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (!is_present(message, field))
            continue;
        e = put_field(buf, message, field, first, depth + 1);
        first = false;
    }
    buf_put_char(buf, '}');
    return e;
}

enum err json_encode(const void *message, struct buf *buf)
{
    enum err e = put_message(buf, message, 0);
    return e == ERR_OK ? buf_error(buf) : e;
}
