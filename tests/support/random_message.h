/*
 * random_message.h - messages of any type with random content: edges of every type, all kinds of characters, some fields
 * left at their default. Free them with message_free.
 */
#ifndef SUPPORT_RANDOM_MESSAGE_H
#define SUPPORT_RANDOM_MESSAGE_H

#include "api/message.h"
#include "base/mem.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_DEPTH_MAX = 5, RANDOM_TEXT_BYTES = 64 };

static inline uint64_t random_whole(const struct random_source *random)
{
    static const uint64_t edges[] = {
        0,          1,         127,        128,        INT32_MAX,  0x80000000,      UINT32_MAX,
        1ull << 32, INT64_MAX, 1ull << 63, UINT64_MAX, 1ull << 53, 9007199254740993};
    uint64_t value = 0;
    if (random_below(random, 3))
        return edges[random_below(random, sizeof edges / sizeof edges[0])];
    random_fill(random, &value, sizeof value);
    return value;
}

static inline double random_real(const struct random_source *random)
{
    static const double edges[] = {0,
                                   -0.0,
                                   1,
                                   -1.5,
                                   0.1,
                                   1e-7,
                                   123456789.125,
                                   1e21,
                                   3.4028234663852886e38,
                                   5e-324,
                                   (double)NAN,
                                   (double)INFINITY,
                                   (double)-INFINITY};
    return edges[random_below(random, sizeof edges / sizeof edges[0])];
}

static inline struct text random_text(const struct random_source *random, bool only_text, char out[RANDOM_TEXT_BYTES])
{
    static const char *const pieces[] = {
        "a",  "Z", " ",  "\n",   "\t",       "\"",           "\\",           "/",
        "\1", "<", "\b", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "\xe2\x80\xa8", "\xf0\x9f\x98\x80"};
    size_t length = 0, pieces_wanted = (size_t)random_below(random, 12);
    if (!only_text) {
        length = (size_t)random_below(random, 20);
        random_fill(random, out, length);
        return (struct text){out, length};
    }
    for (size_t i = 0; i < pieces_wanted; i++) {
        const char *piece = pieces[random_below(random, sizeof pieces / sizeof pieces[0])];
        memcpy(out + length, piece, strlen(piece));
        length += strlen(piece);
    }
    return (struct text){out, length};
}

static inline ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor,
                                               const struct random_source *random, unsigned depth);

static inline int32_t random_enum(const ProtobufCEnumDescriptor *descriptor, const struct random_source *random)
{
    if (random_below(random, 8) == 0)
        return 12345;
    return descriptor->values[random_below(random, descriptor->n_values)].value;
}

/* Fills one value; its memory was cleared, or holds the default. */
static inline enum err random_value(const ProtobufCFieldDescriptor *field, const struct random_source *random,
                                    unsigned depth, void *member)
{
    char text[RANDOM_TEXT_BYTES];
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)member = random_below(random, 2) == 1;
        return ERR_OK;
    case PROTOBUF_C_TYPE_FLOAT:
        *(float *)member = (float)random_real(random);
        return ERR_OK;
    case PROTOBUF_C_TYPE_DOUBLE:
        *(double *)member = random_real(random);
        return ERR_OK;
    case PROTOBUF_C_TYPE_ENUM:
        *(int32_t *)member = random_enum(field->descriptor, random);
        return ERR_OK;
    case PROTOBUF_C_TYPE_STRING:
        return message_assign_string(member, random_text(random, true, text));
    case PROTOBUF_C_TYPE_BYTES:
        return message_assign_bytes(member, random_text(random, false, text));
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)member = random_message(field->descriptor, random, depth);
        return ERR_OK;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        *(uint64_t *)member = random_whole(random);
        return ERR_OK;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        *(uint32_t *)member = (uint32_t)random_whole(random);
        return ERR_OK;
    }
    return ERR_INTERNAL;
}

static inline size_t random_value_bytes(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return 4;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return 8;
    }
    return 8;
}

static inline void random_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                                const struct random_source *random, unsigned depth)
{
    char *base = (char *)message, *items;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && depth >= RANDOM_DEPTH_MAX)
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = (size_t)random_below(random, depth > 2 ? 2 : 4), bytes = random_value_bytes(field->type);
        if (count == 0 || mem_alloc(count, bytes, &items) != ERR_OK)
            return;
        for (size_t i = 0; i < count; i++)
            if (random_value(field, random, depth, items + i * bytes) != ERR_OK)
                abort();
        *(char **)(void *)(base + field->offset) = items;
        *(size_t *)(void *)(base + field->quantifier_offset) = count;
        return;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        uint32_t *set = (uint32_t *)(void *)(base + field->quantifier_offset);
        if (*set)
            return;
        *set = field->id;
    }
    if (random_value(field, random, depth, base + field->offset) != ERR_OK)
        abort();
}

static inline ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *descriptor,
                                               const struct random_source *random, unsigned depth)
{
    ProtobufCMessage *message;
    if (message_new(descriptor, &message) != ERR_OK)
        abort();
    if (strcmp(descriptor->name, "google.protobuf.Timestamp") ==
        0) { /* JSON has only instants of the years 1 to 9999 */
        static const uint32_t parts[] = {0, 500000000, 123456789, 999000, 1};
        char *base = (char *)message;
        *(int64_t *)(void *)(base + descriptor->fields[0].offset) =
            (int64_t)random_below(random, 315537897600ull) - 62135596800ll;
        *(int32_t *)(void *)(base + descriptor->fields[1].offset) = (int32_t)parts[random_below(random, 5)];
        return message;
    }
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (random_below(random, depth > 2 ? 6 : 2) == 0)
            random_field(message, &descriptor->fields[i], random, depth + 1);
    return message;
}

#endif
