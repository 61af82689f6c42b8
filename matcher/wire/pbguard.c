#include "wire/pbguard.h"

#include "api/message.h"
#include "base/mem.h"

#include <malloc.h>
#include <sodium.h>
#include <string.h>

/* Less than this is not worth an arena's first block. */
enum { WHOLE_BYTES_MIN = 16 << 10 };

const struct pbguard_limits pbguard_limits_public = {PBGUARD_DEPTH_MAX, 1 << 20, 64, 64 << 10};
const struct pbguard_limits pbguard_limits_internal = {PBGUARD_DEPTH_MAX, 1 << 25, 64, 64 << 10};

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_64 = 1,
    WIRE_BYTES = 2,
    WIRE_GROUP = 3,
    WIRE_GROUP_END = 4,
    WIRE_32 = 5,
};

/* One message inside another: where it ends, and which singular messages it has had, by index of the field. */
struct level {
    const ProtobufCMessageDescriptor *descriptor;
    const uint8_t *end;
    uint64_t seen[PBGUARD_FIELDS_OF_A_MESSAGE_MAX / 64];
};

struct walk {
    const struct pbguard_limits *limits;
    const uint8_t *at;
    struct level levels[PBGUARD_DEPTH_MAX];
    size_t depth;
    size_t fields;
    size_t unknown_fields, unknown_bytes;
    const char *fault;
};

static enum err refuse(struct walk *walk, enum err e, const char *fault)
{
    walk->fault = fault;
    return e;
}

static struct level *innermost(struct walk *walk)
{
    return &walk->levels[walk->depth - 1];
}

static enum err enter(struct walk *walk, const ProtobufCMessageDescriptor *descriptor, size_t length)
{
    size_t depth_max = walk->limits->depth_max < PBGUARD_DEPTH_MAX ? walk->limits->depth_max : PBGUARD_DEPTH_MAX;
    if (walk->depth >= depth_max)
        return refuse(walk, ERR_RANGE, "messages nested too deeply");
    if (descriptor->n_fields > PBGUARD_FIELDS_OF_A_MESSAGE_MAX)
        return refuse(walk, ERR_RANGE, "a message type with too many fields");
    walk->levels[walk->depth++] = (struct level){.descriptor = descriptor, .end = walk->at + length};
    return ERR_OK;
}

/* Base 128, least significant group first; the shortest form alone, below 2^64. */
static enum err read_varint(struct walk *walk, const uint8_t *end, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (walk->at == end)
            return refuse(walk, ERR_INPUT, "cut short inside a varint");
        uint8_t byte = *walk->at++;
        if (shift == 63 && byte > 1)
            return refuse(walk, ERR_INPUT, "a varint beyond 64 bits");
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (byte == 0 && shift > 0)
            return refuse(walk, ERR_INPUT, "a varint longer than its value needs");
        *out = value;
        return ERR_OK;
    }
    return refuse(walk, ERR_INPUT, "a varint of more than 10 bytes");
}

static enum err count_field(struct walk *walk)
{
    if (walk->fields >= walk->limits->fields_max)
        return refuse(walk, ERR_RANGE, "too many fields");
    walk->fields++;
    return ERR_OK;
}

static enum wire_type wire_type_of(ProtobufCType type)
{
    static const uint8_t types[] = {
        [PROTOBUF_C_TYPE_INT32] = WIRE_VARINT,  [PROTOBUF_C_TYPE_SINT32] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SFIXED32] = WIRE_32,   [PROTOBUF_C_TYPE_INT64] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_SINT64] = WIRE_VARINT, [PROTOBUF_C_TYPE_SFIXED64] = WIRE_64,
        [PROTOBUF_C_TYPE_UINT32] = WIRE_VARINT, [PROTOBUF_C_TYPE_FIXED32] = WIRE_32,
        [PROTOBUF_C_TYPE_UINT64] = WIRE_VARINT, [PROTOBUF_C_TYPE_FIXED64] = WIRE_64,
        [PROTOBUF_C_TYPE_FLOAT] = WIRE_32,      [PROTOBUF_C_TYPE_DOUBLE] = WIRE_64,
        [PROTOBUF_C_TYPE_BOOL] = WIRE_VARINT,   [PROTOBUF_C_TYPE_ENUM] = WIRE_VARINT,
        [PROTOBUF_C_TYPE_STRING] = WIRE_BYTES,  [PROTOBUF_C_TYPE_BYTES] = WIRE_BYTES,
        [PROTOBUF_C_TYPE_MESSAGE] = WIRE_BYTES,
    };
    return (enum wire_type)types[type];
}

/* Whether the varint is a value of the type: protobuf-c would cut off what is too much, and go on with another value. */
static bool varint_fits(ProtobufCType type, uint64_t value)
{
    if (type == PROTOBUF_C_TYPE_BOOL)
        return value <= 1;
    if (type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_SINT32)
        return value <= UINT32_MAX;
    if (type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_ENUM)
        return value <= UINT32_MAX || value >= (uint64_t)(int64_t)INT32_MIN;
    return true;
}

static enum err skip(struct walk *walk, const uint8_t *end, uint64_t length)
{
    if (length > (size_t)(end - walk->at))
        return refuse(walk, ERR_INPUT, "cut short");
    walk->at += length;
    return ERR_OK;
}

/* One value that is no length: a varint of the type, or 4 or 8 bytes. */
static enum err check_scalar(struct walk *walk, const uint8_t *end, ProtobufCType type)
{
    enum wire_type wire = wire_type_of(type);
    if (wire != WIRE_VARINT)
        return skip(walk, end, wire == WIRE_64 ? 8 : 4);
    uint64_t value;
    enum err e = read_varint(walk, end, &value);
    if (e == ERR_OK && !varint_fits(type, value))
        return refuse(walk, ERR_INPUT, "a number too large for its field");
    return e;
}

static enum err check_packed(struct walk *walk, const uint8_t *end, ProtobufCType type)
{
    enum err e = ERR_OK;
    while (e == ERR_OK && walk->at < end) {
        e = count_field(walk);
        if (e == ERR_OK)
            e = check_scalar(walk, end, type);
    }
    return e;
}

/* protobuf-c would merge the second into the first. */
static enum err note_singular(struct walk *walk, const ProtobufCFieldDescriptor *field)
{
    struct level *level = innermost(walk);
    size_t index = (size_t)(field - level->descriptor->fields);
    uint64_t bit = (uint64_t)1 << (index % 64);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return ERR_OK;
    if (level->seen[index / 64] & bit)
        return refuse(walk, ERR_INPUT, "a message that may be there once is there twice");
    level->seen[index / 64] |= bit;
    return ERR_OK;
}

/* A value with a length in front: a string, bytes, a message that is entered, or packed numbers. */
static enum err check_bytes(struct walk *walk, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *end = innermost(walk)->end;
    uint64_t length;
    enum err e = read_varint(walk, end, &length);
    if (e != ERR_OK)
        return e;
    if (length > (size_t)(end - walk->at))
        return refuse(walk, ERR_INPUT, "cut short");
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        e = note_singular(walk, field);
        return e == ERR_OK ? enter(walk, field->descriptor, (size_t)length) : e;
    }
    if (wire_type_of(field->type) != WIRE_BYTES)
        return check_packed(walk, walk->at + length, field->type);
    if (field->type == PROTOBUF_C_TYPE_STRING &&
        !pbguard_is_text((struct text){(const char *)walk->at, (size_t)length}))
        return refuse(walk, ERR_INPUT, "a string that is not UTF-8, or with a NUL");
    return skip(walk, end, length);
}

static enum err check_unknown(struct walk *walk, enum wire_type wire)
{
    const uint8_t *end = innermost(walk)->end, *begin = walk->at;
    uint64_t length = wire == WIRE_64 ? 8 : 4;
    enum err e = wire == WIRE_VARINT || wire == WIRE_BYTES ? read_varint(walk, end, &length) : ERR_OK;
    if (e == ERR_OK && wire != WIRE_VARINT)
        e = skip(walk, end, length);
    if (e != ERR_OK)
        return e;
    walk->unknown_fields++;
    walk->unknown_bytes += (size_t)(walk->at - begin);
    if (walk->unknown_fields > walk->limits->unknown_fields_max ||
        walk->unknown_bytes > walk->limits->unknown_bytes_max)
        return refuse(walk, ERR_RANGE, "too many unknown fields");
    return ERR_OK;
}

static enum err check_field(struct walk *walk)
{
    const struct level *level = innermost(walk);
    uint64_t tag;
    enum err e = count_field(walk);
    if (e == ERR_OK)
        e = read_varint(walk, level->end, &tag);
    if (e != ERR_OK)
        return e;
    enum wire_type wire = (enum wire_type)(tag & 7);
    if (tag > UINT32_MAX || tag >> 3 == 0)
        return refuse(walk, ERR_INPUT, "a field number that is none");
    if (wire > WIRE_32 || wire == WIRE_GROUP || wire == WIRE_GROUP_END)
        return refuse(walk, ERR_INPUT, "a group, or a wire type that is none");
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(level->descriptor, (unsigned)(tag >> 3));
    if (!field)
        return check_unknown(walk, wire);
    bool packed = wire == WIRE_BYTES && field->label == PROTOBUF_C_LABEL_REPEATED;
    if (wire != wire_type_of(field->type) && !packed)
        return refuse(walk, ERR_INPUT, "a field of another wire type");
    return wire == WIRE_BYTES ? check_bytes(walk, field) : check_scalar(walk, level->end, field->type);
}

enum err pbguard_check(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                       const struct pbguard_limits *limits, const char **fault)
{
    static const uint8_t nothing[1];
    struct walk walk = {.limits = limits, .at = bytes.length ? (const uint8_t *)bytes.data : nothing};
    enum err e = enter(&walk, descriptor, bytes.length);
    while (e == ERR_OK && walk.depth > 0) {
        if (walk.at < innermost(&walk)->end)
            e = check_field(&walk);
        else
            walk.depth--;
    }
    if (e != ERR_OK && fault)
        *fault = walk.fault;
    return e;
}

/* The length of the well-formed character at `at`, of RFC 3629's table; 0 where there is none. */
static size_t character_length(const uint8_t *at, size_t left)
{
    uint8_t first = at[0], least = 0x80, most = 0xbf;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length > left)
        return 0;
    if (first == 0xe0)
        least = 0xa0;
    else if (first == 0xed)
        most = 0x9f;
    else if (first == 0xf0)
        least = 0x90;
    else if (first == 0xf4)
        most = 0x8f;
    if (at[1] < least || at[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* Whether the next 8 bytes are ASCII without a NUL: no high bit, and adding 0x7f to each sets it (unless the byte is 0). */
static bool plain_8(const uint8_t *at)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return (word & high) == 0 && ((word + UINT64_C(0x7f7f7f7f7f7f7f7f)) & high) == high;
}

bool pbguard_is_text(struct text bytes)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    size_t left = bytes.length;
    while (left) {
        size_t step = 1;
        if (left >= 8 && plain_8(at))
            step = 8;
        else if (*at >= 0x80)
            step = character_length(at, left);
        else if (*at == 0)
            step = 0;
        if (step == 0)
            return false;
        at += step;
        left -= step;
    }
    return true;
}

static void *budget_alloc(void *context, size_t size)
{
    struct pbguard_budget *budget = context;
    void *block = NULL;
    if (size > budget->left_bytes || mem_resize(&block, 1, size) != ERR_OK) {
        budget->exhausted = true;
        return NULL;
    }
    size_t taken = malloc_usable_size(block);
    if (taken > budget->left_bytes) {
        mem_free(block);
        budget->exhausted = true;
        return NULL;
    }
    budget->left_bytes -= taken;
    return block;
}

static void budget_free(void *context, void *block)
{
    struct pbguard_budget *budget = context;
    if (!block)
        return;
    size_t taken = malloc_usable_size(block);
    budget->left_bytes += taken;
    if (budget->wiped)
        sodium_memzero(block, taken);
    mem_free(block);
}

void pbguard_budget_init(struct pbguard_budget *budget, size_t budget_bytes, bool wiped)
{
    *budget = (struct pbguard_budget){{budget_alloc, budget_free, budget}, budget_bytes, wiped, false};
}

static enum err not_unpacked(bool exhausted, const char **fault)
{
    if (fault)
        *fault = exhausted ? "more memory than its budget" : "refused by protobuf-c";
    return exhausted ? ERR_MEMORY : ERR_INPUT;
}

enum err pbguard_unpack(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                        const struct pbguard_limits *limits, size_t budget_bytes, bool wiped,
                        struct pbguard_message *out, const char **fault)
{
    enum err e = pbguard_check(descriptor, bytes, limits, fault);
    if (e != ERR_OK)
        return e;
    struct pbguard_budget budget;
    pbguard_budget_init(&budget, budget_bytes, wiped);
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &budget.allocator, bytes.length, (const uint8_t *)bytes.data);
    if (message) {
        *out = (struct pbguard_message){.message = message, .wiped = wiped};
        return ERR_OK;
    }
    return not_unpacked(budget.exhausted, fault);
}

struct whole_budget {
    ProtobufCAllocator allocator;
    struct arena arena;
    bool exhausted;
};

static void *whole_alloc(void *context, size_t size)
{
    struct whole_budget *budget = context;
    void *block = NULL;
    budget->exhausted |= arena_alloc(&budget->arena, 1, size, &block) != ERR_OK;
    return block;
}

static void whole_free(void *context, void *block)
{
    (void)context;
    (void)block;
}

enum err pbguard_unpack_whole(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                              const struct pbguard_limits *limits, size_t budget_bytes, bool wiped,
                              struct pbguard_message *out, const char **fault)
{
    if (bytes.length < WHOLE_BYTES_MIN)
        return pbguard_unpack(descriptor, bytes, limits, budget_bytes, wiped, out, fault);
    enum err e = pbguard_check(descriptor, bytes, limits, fault);
    if (e != ERR_OK)
        return e;
    struct whole_budget budget = {.allocator = {whole_alloc, whole_free, &budget}};
    arena_init(&budget.arena, budget_bytes);
    struct pbguard_message whole = {.wiped = wiped};
    whole.message =
        protobuf_c_message_unpack(descriptor, &budget.allocator, bytes.length, (const uint8_t *)bytes.data);
    whole.arena = budget.arena;
    if (whole.message) {
        *out = whole;
        return ERR_OK;
    }
    pbguard_free(&whole);
    return not_unpacked(budget.exhausted, fault);
}

void pbguard_free(struct pbguard_message *message)
{
    if (message->arena.chunk && message->wiped)
        arena_wipe(&message->arena);
    else if (message->arena.chunk)
        arena_free(&message->arena);
    else if (message->wiped)
        message_free_wiped(message->message);
    else
        message_free(message->message);
    *message = (struct pbguard_message){0};
}
