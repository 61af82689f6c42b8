#include "api/message.h"

#include "base/mem.h"

#include <malloc.h>
#include <sodium.h>
#include <string.h>

static void *allocate(void *context, size_t size)
{
    (void)context;
    void *block = NULL;
    return mem_resize(&block, 1, size) == ERR_OK ? block : NULL;
}

static void release(void *context, void *block)
{
    (void)context;
    mem_free(block);
}

static void release_wiped(void *context, void *block)
{
    if (block)
        sodium_memzero(block, malloc_usable_size(block));
    release(context, block);
}

ProtobufCAllocator *message_allocator(void)
{
    static ProtobufCAllocator allocator = {.alloc = allocate, .free = release};
    return &allocator;
}

/* Sets the pointer at `out`, of whatever message type it is. */
static void hand_out(void *message, void *out)
{
    memcpy(out, &message, sizeof message);
}

enum err message_new(const ProtobufCMessageDescriptor *descriptor, void *out)
{
    ProtobufCMessage *message;
    enum err e = mem_alloc(1, descriptor->sizeof_message, &message);
    if (e != ERR_OK)
        return e;
    descriptor->message_init(message);
    hand_out(message, out);
    return ERR_OK;
}

/* Generated structs have no const members, though what only reads them never writes. */
char *message_borrow(const char *string)
{
    char *member;
    memcpy(&member, &string, sizeof member);
    return member;
}

ProtobufCBinaryData message_borrow_bytes(struct text bytes)
{
    ProtobufCBinaryData member = {bytes.length, NULL};
    memcpy(&member.data, &bytes.data, sizeof member.data);
    return member;
}

void message_free(void *message)
{
    if (message)
        protobuf_c_message_free_unpacked(message, message_allocator());
}

void message_free_wiped(void *message)
{
    ProtobufCAllocator wiping = {.alloc = allocate, .free = release_wiped};
    if (message)
        protobuf_c_message_free_unpacked(message, &wiping);
}

enum err message_dup(const void *message, void *out)
{
    const ProtobufCMessage *from = message;
    size_t length = protobuf_c_message_get_packed_size(from);
    uint8_t *bytes;
    enum err e = mem_alloc(length, 1, &bytes);
    if (e != ERR_OK)
        return e;
    protobuf_c_message_pack(from, bytes);
    ProtobufCMessage *copy = protobuf_c_message_unpack(from->descriptor, message_allocator(), length, bytes);
    sodium_memzero(bytes, length);
    mem_free(bytes);
    if (!copy)
        return ERR_MEMORY;
    hand_out(copy, out);
    return ERR_OK;
}

/* A struct buf as protobuf-c's buffer. */
struct pack_target {
    ProtobufCBuffer base;
    struct buf *buf;
};

static void append_packed(ProtobufCBuffer *buffer, size_t length, const uint8_t *bytes)
{
    struct pack_target *target = (struct pack_target *)buffer;
    buf_put(target->buf, bytes, length);
}

enum err message_pack_buf(const void *message, struct buf *buf)
{
    struct pack_target target = {{append_packed}, buf};
    protobuf_c_message_pack_to_buffer(message, &target.base);
    return buf_error(buf);
}

/* Memory that ran out is told apart from bytes that are wrong: protobuf-c answers NULL to both. */
static void *allocate_noting(void *context, size_t size)
{
    void *block = allocate(NULL, size);
    if (!block)
        *(bool *)context = true;
    return block;
}

enum err message_unpack(const ProtobufCMessageDescriptor *descriptor, struct text bytes, void *out)
{
    bool no_memory = false;
    ProtobufCAllocator noting = {.alloc = allocate_noting, .free = release, .allocator_data = &no_memory};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &noting, bytes.length, (const uint8_t *)bytes.data);
    if (!message)
        return no_memory ? ERR_MEMORY : ERR_INPUT;
    hand_out(message, out);
    return ERR_OK;
}

const ProtobufCFieldDescriptor *message_field(const ProtobufCMessageDescriptor *descriptor, const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
}

bool message_has_field(const void *message, const char *name)
{
    const ProtobufCMessage *held = message;
    return message_field(held->descriptor, name) != NULL;
}

/* The singular field of that name, where it can be read: not repeated, and of its oneof the one that is set. */
static const void *readable(const void *message, const char *name, const ProtobufCFieldDescriptor **field)
{
    const ProtobufCMessage *held = message;
    *field = message_field(held->descriptor, name);
    if (!*field || (*field)->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    const char *base = message;
    if ((*field)->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        uint32_t set;
        memcpy(&set, base + (*field)->quantifier_offset, sizeof set);
        if (set != (*field)->id)
            return NULL;
    }
    return base + (*field)->offset;
}

struct text message_text(const void *message, const char *name)
{
    const ProtobufCFieldDescriptor *field;
    const void *member = readable(message, name, &field);
    if (member && field->type == PROTOBUF_C_TYPE_STRING) {
        const char *string = *(char *const *)member;
        return text_of(string ? string : "");
    }
    if (member && field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCBinaryData *bytes = member;
        return (struct text){bytes->data ? (const char *)bytes->data : "", bytes->len};
    }
    return text_of("");
}

enum number_shape { NO_NUMBER, BOOLEAN, SIGNED_32, UNSIGNED_32, WHOLE_64 };

static enum number_shape number_shape(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return BOOLEAN;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_ENUM:
        return SIGNED_32;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return UNSIGNED_32;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return WHOLE_64;
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return NO_NUMBER;
    }
    return NO_NUMBER;
}

uint64_t message_u64(const void *message, const char *name)
{
    const ProtobufCFieldDescriptor *field;
    const void *member = readable(message, name, &field);
    if (!member)
        return 0;
    switch (number_shape(field->type)) {
    case BOOLEAN:
        return *(const protobuf_c_boolean *)member ? 1 : 0;
    case SIGNED_32:
        return (uint64_t)(int64_t) * (const int32_t *)member;
    case UNSIGNED_32:
        return *(const uint32_t *)member;
    case WHOLE_64:
        return *(const uint64_t *)member;
    case NO_NUMBER:
        return 0;
    }
    return 0;
}

const void *message_sub(const void *message, const char *name)
{
    const ProtobufCFieldDescriptor *field;
    const void *member = readable(message, name, &field);
    return member && field->type == PROTOBUF_C_TYPE_MESSAGE ? *(ProtobufCMessage *const *)member : NULL;
}

/* The singular field of that name outside a oneof. */
static void *writable(void *message, const char *name, const ProtobufCFieldDescriptor **field)
{
    const ProtobufCMessage *held = message;
    *field = message_field(held->descriptor, name);
    bool plain =
        *field && (*field)->label == PROTOBUF_C_LABEL_NONE && !((*field)->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
    return plain ? (char *)message + (*field)->offset : NULL;
}

enum err message_set_string(void *message, const char *name, struct text value)
{
    const ProtobufCFieldDescriptor *field;
    char **member = writable(message, name, &field);
    return member && field->type == PROTOBUF_C_TYPE_STRING ? message_assign_string(member, value) : ERR_MISSING;
}

enum err message_set_bytes(void *message, const char *name, struct text value)
{
    const ProtobufCFieldDescriptor *field;
    ProtobufCBinaryData *member = writable(message, name, &field);
    return member && field->type == PROTOBUF_C_TYPE_BYTES ? message_assign_bytes(member, value) : ERR_MISSING;
}

enum err message_set_u64(void *message, const char *name, uint64_t value)
{
    static const uint64_t largest[] = {
        [BOOLEAN] = 1, [SIGNED_32] = INT32_MAX, [UNSIGNED_32] = UINT32_MAX, [WHOLE_64] = UINT64_MAX};
    const ProtobufCFieldDescriptor *field;
    void *member = writable(message, name, &field);
    enum number_shape shape = member ? number_shape(field->type) : NO_NUMBER;
    if (shape == NO_NUMBER)
        return ERR_MISSING;
    if (value > largest[shape])
        return ERR_RANGE;
    if (shape == BOOLEAN)
        *(protobuf_c_boolean *)member = (protobuf_c_boolean)value;
    else if (shape == WHOLE_64)
        *(uint64_t *)member = value;
    else
        *(uint32_t *)member = (uint32_t)value;
    return ERR_OK;
}

static enum err copy_text(struct text value, char **out)
{
    size_t with_nul;
    if (value.length && memchr(value.data, '\0', value.length))
        return ERR_INPUT;
    if (__builtin_add_overflow(value.length, 1, &with_nul))
        return ERR_MEMORY;
    char *copy;
    enum err e = mem_alloc(with_nul, 1, &copy);
    if (e != ERR_OK)
        return e;
    if (value.length)
        memcpy(copy, value.data, value.length);
    *out = copy;
    return ERR_OK;
}

enum err message_assign_string(char **member, struct text value)
{
    char *copy;
    enum err e = copy_text(value, &copy);
    if (e != ERR_OK)
        return e;
    if (*member && *member != protobuf_c_empty_string)
        release_wiped(NULL, *member);
    *member = copy;
    return ERR_OK;
}

static enum err copy_bytes(struct text value, ProtobufCBinaryData *out)
{
    ProtobufCBinaryData copy = {value.length, NULL};
    enum err e = value.length ? mem_alloc(value.length, 1, &copy.data) : ERR_OK;
    if (e != ERR_OK)
        return e;
    if (value.length)
        memcpy(copy.data, value.data, value.length);
    *out = copy;
    return ERR_OK;
}

enum err message_assign_bytes(ProtobufCBinaryData *member, struct text value)
{
    ProtobufCBinaryData copy;
    enum err e = copy_bytes(value, &copy);
    if (e != ERR_OK)
        return e;
    release_wiped(NULL, member->data);
    *member = copy;
    return ERR_OK;
}

/* Makes room for one more. A list keeps no capacity of its own: the block's size is asked, which protobuf-c's are too. */
static enum err room_for_one(size_t count, void *list, size_t size)
{
    void *held;
    size_t need_bytes, wanted;
    memcpy(&held, list, sizeof held);
    if (__builtin_add_overflow(count, 1, &wanted) || __builtin_mul_overflow(wanted, size, &need_bytes))
        return ERR_MEMORY;
    if (malloc_usable_size(held) >= need_bytes)
        return ERR_OK;
    if (__builtin_add_overflow(wanted, count / 2 + 3, &wanted))
        return ERR_MEMORY;
    return mem_resize(list, wanted, size);
}

enum err message_append_string(size_t *count, char ***list, struct text value)
{
    char *copy;
    enum err e = room_for_one(*count, list, sizeof **list);
    if (e == ERR_OK)
        e = copy_text(value, &copy);
    if (e == ERR_OK)
        (*list)[(*count)++] = copy;
    return e;
}

enum err message_append_bytes(size_t *count, ProtobufCBinaryData **list, struct text value)
{
    enum err e = room_for_one(*count, list, sizeof **list);
    if (e == ERR_OK)
        e = copy_bytes(value, &(*list)[*count]);
    if (e == ERR_OK)
        (*count)++;
    return e;
}

enum err message_append_u64(size_t *count, uint64_t **list, uint64_t value)
{
    enum err e = room_for_one(*count, list, sizeof **list);
    if (e == ERR_OK)
        (*list)[(*count)++] = value;
    return e;
}

enum err message_append(size_t *count, void *list, void *item)
{
    enum err e = room_for_one(*count, list, sizeof item);
    if (e != ERR_OK) {
        message_free(item);
        return e;
    }
    char *items;
    memcpy(&items, list, sizeof items);
    memcpy(items + *count * sizeof item, &item, sizeof item);
    ++*count;
    return ERR_OK;
}
