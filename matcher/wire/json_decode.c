#include "wire/json.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "wire/json_names.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct decoding {
    struct pbguard_budget budget;
    char path[JSON_PATH_BYTES];
    const char *what;
};

static enum err decode_message(struct decoding *decoding, const ProtobufCMessageDescriptor *descriptor, json_t *from,
                               unsigned depth, ProtobufCMessage **out);

static enum err refuse(struct decoding *decoding, const char *what)
{
    decoding->what = what;
    return ERR_INPUT;
}

static enum err allocate(struct decoding *decoding, size_t count, size_t size, void *out)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return ERR_MEMORY;
    void *block = decoding->budget.allocator.alloc(&decoding->budget, bytes);
    if (!block)
        return ERR_MEMORY;
    memset(block, 0, bytes);
    memcpy(out, &block, sizeof block);
    return ERR_OK;
}

static void release(struct decoding *decoding, void *block)
{
    decoding->budget.allocator.free(&decoding->budget, block);
}

static struct text string_of(const json_t *from)
{
    return (struct text){json_string_value(from), json_string_length(from)};
}

/* A whole number as sign and magnitude, from an integer, a real without a fraction, or a string. */
static bool read_whole(const json_t *from, bool *negative, uint64_t *magnitude)
{
    const double exact_max = 9007199254740992.0; /* 2^53: every whole number up to it is a double */
    if (json_is_integer(from)) {
        json_int_t value = json_integer_value(from);
        *negative = value < 0;
        *magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        return true;
    }
    if (json_is_real(from)) {
        double value = json_real_value(from);
        if (!(fabs(value) <= exact_max) || fabs(value) != floor(fabs(value)))
            return false;
        *negative = value < 0;
        *magnitude = (uint64_t)fabs(value);
        return true;
    }
    if (!json_is_string(from))
        return false;
    struct text digits = string_of(from);
    *negative = digits.length > 1 && digits.data[0] == '-';
    if (*negative)
        digits = (struct text){digits.data + 1, digits.length - 1};
    return text_to_u64(digits, 0, UINT64_MAX, magnitude) == ERR_OK;
}

/* Within -below .. above; 2's complement in *out. */
static enum err decode_whole(struct decoding *decoding, const json_t *from, uint64_t below, uint64_t above,
                             uint64_t *out)
{
    bool negative;
    uint64_t magnitude;
    if (!read_whole(from, &negative, &magnitude))
        return refuse(decoding, "not a whole number");
    if (magnitude > (negative ? below : above))
        return refuse(decoding, "a number out of range");
    *out = negative ? 0 - magnitude : magnitude;
    return ERR_OK;
}

static enum err decode_32(struct decoding *decoding, const json_t *from, bool is_signed, void *member)
{
    uint64_t value;
    uint64_t below = is_signed ? (uint64_t)INT32_MAX + 1 : 0, above = is_signed ? INT32_MAX : UINT32_MAX;
    enum err e = decode_whole(decoding, from, below, above, &value);
    if (e == ERR_OK)
        *(uint32_t *)member = (uint32_t)value;
    return e;
}

static enum err decode_64(struct decoding *decoding, const json_t *from, bool is_signed, void *member)
{
    uint64_t value;
    uint64_t below = is_signed ? (uint64_t)INT64_MAX + 1 : 0, above = is_signed ? INT64_MAX : UINT64_MAX;
    enum err e = decode_whole(decoding, from, below, above, &value);
    if (e == ERR_OK)
        *(uint64_t *)member = value;
    return e;
}

static bool read_real(const json_t *from, double *out)
{
    static const struct {
        const char *name;
        double value;
    } names[] = {{"NaN", (double)NAN}, {"Infinity", (double)INFINITY}, {"-Infinity", (double)-INFINITY}};
    if (json_is_number(from)) {
        *out = json_number_value(from);
        return true;
    }
    if (!json_is_string(from))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_is(string_of(from), names[i].name)) {
            *out = names[i].value;
            return true;
        }
    }
    return text_to_double(string_of(from), out) == ERR_OK;
}

static enum err decode_real(struct decoding *decoding, const json_t *from, bool is_float, void *member)
{
    const double too_large = 0x1.ffffffp127; /* halfway between the largest float and what would come next */
    double value;
    if (!read_real(from, &value))
        return refuse(decoding, "not a number");
    if (!is_float) {
        *(double *)member = value;
        return ERR_OK;
    }
    if (isfinite(value) && fabs(value) >= too_large)
        return refuse(decoding, "a number out of range");
    *(float *)member = (float)value;
    return ERR_OK;
}

static enum err decode_bool(struct decoding *decoding, const json_t *from, void *member)
{
    if (!json_is_boolean(from))
        return refuse(decoding, "not true or false");
    *(protobuf_c_boolean *)member = json_is_true(from);
    return ERR_OK;
}

static enum err decode_enum(struct decoding *decoding, const ProtobufCEnumDescriptor *descriptor, const json_t *from,
                            void *member)
{
    if (!json_is_string(from))
        return decode_32(decoding, from, true, member);
    const ProtobufCEnumValue *named =
        protobuf_c_enum_descriptor_get_value_by_name(descriptor, json_string_value(from));
    if (!named)
        return refuse(decoding, "a name that is none of this field's");
    *(int32_t *)member = named->value;
    return ERR_OK;
}

static enum err decode_string(struct decoding *decoding, const json_t *from, void *member)
{
    if (!json_is_string(from))
        return refuse(decoding, "not a string");
    struct text text = string_of(from);
    char *copy;
    enum err e = allocate(decoding, text.length + 1, 1, &copy);
    if (e != ERR_OK)
        return e;
    memcpy(copy, text.data, text.length);
    *(char **)member = copy;
    return ERR_OK;
}

static enum err decode_bytes(struct decoding *decoding, const json_t *from, void *member)
{
    ProtobufCBinaryData *bytes = member;
    if (!json_is_string(from))
        return refuse(decoding, "not a string of base64");
    struct text text = string_of(from);
    uint8_t *data;
    size_t length;
    if (text.length == 0)
        return ERR_OK;
    enum err e = allocate(decoding, base64_bytes_max(text), 1, &data);
    if (e != ERR_OK)
        return e;
    if (base64_decode(text, data, &length) != ERR_OK) {
        release(decoding, data);
        return refuse(decoding, "not base64");
    }
    *bytes = (ProtobufCBinaryData){length, data};
    return ERR_OK;
}

static enum err decode_timestamp(struct decoding *decoding, const ProtobufCMessageDescriptor *descriptor,
                                 const json_t *from, ProtobufCMessage **out)
{
    int64_t seconds;
    int32_t nanos;
    if (!json_is_string(from) || timestamp_parse(string_of(from), &seconds, &nanos) != ERR_OK)
        return refuse(decoding, "not an instant of RFC 3339");
    Google__Protobuf__Timestamp *instant;
    enum err e = allocate(decoding, 1, descriptor->sizeof_message, &instant);
    if (e != ERR_OK)
        return e;
    google__protobuf__timestamp__init(instant);
    instant->seconds = seconds;
    instant->nanos = nanos;
    *out = &instant->base;
    return ERR_OK;
}

static enum err decode_value(struct decoding *decoding, const ProtobufCFieldDescriptor *field, json_t *from,
                             unsigned depth, void *member)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return decode_32(decoding, from, true, member);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return decode_32(decoding, from, false, member);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return decode_64(decoding, from, true, member);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return decode_64(decoding, from, false, member);
    case PROTOBUF_C_TYPE_FLOAT:
        return decode_real(decoding, from, true, member);
    case PROTOBUF_C_TYPE_DOUBLE:
        return decode_real(decoding, from, false, member);
    case PROTOBUF_C_TYPE_BOOL:
        return decode_bool(decoding, from, member);
    case PROTOBUF_C_TYPE_ENUM:
        return decode_enum(decoding, field->descriptor, from, member);
    case PROTOBUF_C_TYPE_STRING:
        return decode_string(decoding, from, member);
    case PROTOBUF_C_TYPE_BYTES:
        return decode_bytes(decoding, from, member);
    case PROTOBUF_C_TYPE_MESSAGE:
        return decode_message(decoding, field->descriptor, from, depth, member);
    }
    return ERR_INTERNAL;
}

/* The count grows with every element that is whole, so that what was read can be freed at any moment. */
static enum err decode_list(struct decoding *decoding, const ProtobufCFieldDescriptor *field, json_t *from,
                            unsigned depth, char *base)
{
    size_t *count = (size_t *)(void *)(base + field->quantifier_offset);
    size_t length = json_array_size(from), item_bytes = json_element_bytes(field->type);
    size_t path_length = strlen(decoding->path);
    char *items;
    if (!json_is_array(from))
        return refuse(decoding, "not a list");
    if (length == 0)
        return ERR_OK;
    enum err e = allocate(decoding, length, item_bytes, &items);
    if (e != ERR_OK)
        return e;
    *(char **)(void *)(base + field->offset) = items;
    for (size_t i = 0; i < length && e == ERR_OK; i++) {
        snprintf(decoding->path + path_length, sizeof decoding->path - path_length, "[%zu]", i);
        e = decode_value(decoding, field, json_array_get(from, i), depth, items + i * item_bytes);
        *count += e == ERR_OK;
    }
    if (e == ERR_OK)
        decoding->path[path_length] = '\0';
    return e;
}

static enum err decode_member(struct decoding *decoding, const ProtobufCFieldDescriptor *field, json_t *from,
                              unsigned depth, ProtobufCMessage *message)
{
    char *base = (char *)message;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return decode_list(decoding, field, from, depth, base);
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return decode_value(decoding, field, from, depth, base + field->offset);
    uint32_t *set = (uint32_t *)(void *)(base + field->quantifier_offset);
    if (*set != 0)
        return refuse(decoding, "excluded by another field that is there");
    enum err e = decode_value(decoding, field, from, depth, base + field->offset);
    if (e == ERR_OK)
        *set = field->id;
    return e;
}

/* Looks for the field under both of its names. */
static enum err decode_field(struct decoding *decoding, const ProtobufCFieldDescriptor *field, const json_t *object,
                             unsigned depth, ProtobufCMessage *message)
{
    char name[JSON_NAME_BYTES];
    size_t path_length = strlen(decoding->path);
    json_name(field->name, name);
    json_t *from = json_object_get(object, name);
    json_t *other = strcmp(name, field->name) != 0 ? json_object_get(object, field->name) : NULL;
    if (!from && !other)
        return ERR_OK;
    snprintf(decoding->path + path_length, sizeof decoding->path - path_length, "%s%s", path_length ? "." : "", name);
    if (from && other)
        return refuse(decoding, "there under both of its names");
    from = from ? from : other;
    enum err e = json_is_null(from) ? ERR_OK : decode_member(decoding, field, from, depth, message);
    if (e == ERR_OK)
        decoding->path[path_length] = '\0';
    return e;
}

static enum err decode_message(struct decoding *decoding, const ProtobufCMessageDescriptor *descriptor, json_t *from,
                               unsigned depth, ProtobufCMessage **out)
{
    if (json_is_timestamp(descriptor))
        return decode_timestamp(decoding, descriptor, from, out);
    if (!json_is_object(from))
        return refuse(decoding, "not an object");
    if (depth >= PBGUARD_DEPTH_MAX) {
        decoding->what = "nested too deeply";
        return ERR_RANGE;
    }
    ProtobufCMessage *message;
    enum err e = allocate(decoding, 1, descriptor->sizeof_message, &message);
    if (e != ERR_OK)
        return e;
    descriptor->message_init(message);
    for (unsigned i = 0; i < descriptor->n_fields && e == ERR_OK; i++)
        e = decode_field(decoding, &descriptor->fields[i], from, depth + 1, message);
    if (e == ERR_OK)
        *out = message;
    else
        protobuf_c_message_free_unpacked(message, &decoding->budget.allocator);
    return e;
}

/* jansson recurses as deep as its input; brackets are counted before it is asked. */
static bool nesting_fits(struct text json)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < json.length; i++) {
        char c = json.data[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return false;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

/*
 * jansson's memory while one document is read. Its lexer writes beyond its buffer where an allocation fails (2.14), so that
 * none may: what does not fit ends the whole reading from inside, and all of its blocks are freed from this list.
 */
struct block {
    struct block *next, **from; /* `from` points at what points here */
    _Alignas(max_align_t) unsigned char bytes[];
};

struct document {
    struct pbguard_budget *budget;
    struct block *blocks;
    jmp_buf ran_out;
};

static struct document *reading; /* jansson's hooks have no context */

static void *document_alloc(size_t size)
{
    size_t with_head;
    struct block *block = NULL;
    if (!__builtin_add_overflow(size, sizeof *block, &with_head))
        block = reading->budget->allocator.alloc(reading->budget, with_head);
    if (!block)
        longjmp(reading->ran_out, 1);
    block->next = reading->blocks;
    block->from = &reading->blocks;
    if (block->next)
        block->next->from = &block->next;
    reading->blocks = block;
    return block->bytes;
}

static void document_free(void *bytes)
{
    if (!bytes)
        return;
    struct block *block = (struct block *)(void *)((unsigned char *)bytes - offsetof(struct block, bytes));
    *block->from = block->next;
    if (block->next)
        block->next->from = block->from;
    reading->budget->allocator.free(reading->budget, block);
}

void json_start(void)
{
    json_object_seed(0);
}

/* NULL: wrong (see the error), or out of memory. */
static json_t *load_within_budget(struct document *document, struct text json, json_error_t *error)
{
    if (setjmp(document->ran_out) == 0)
        return json_loadb(json.data, json.length, JSON_REJECT_DUPLICATES, error);
    while (document->blocks)
        document_free(document->blocks->bytes);
    return NULL;
}

static enum err load(struct decoding *decoding, struct document *document, struct text json, json_t **out)
{
    json_error_t error = {.line = 0};
    json_t *loaded = load_within_budget(document, json, &error);
    if (loaded) {
        *out = loaded;
        return ERR_OK;
    }
    if (decoding->budget.exhausted)
        return ERR_MEMORY;
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_duplicate_key)
        return refuse(decoding, "a name that is there twice");
    if (code == json_error_invalid_utf8 || code == json_error_null_character)
        return refuse(decoding, "text that is not UTF-8, or with a NUL");
    return refuse(decoding, code == json_error_numeric_overflow ? "a number out of range" : "not JSON");
}

static enum err load_and_decode(struct decoding *decoding, const ProtobufCMessageDescriptor *descriptor,
                                struct text json, ProtobufCMessage **out)
{
    struct document document = {.budget = &decoding->budget};
    json_malloc_t alloc_before;
    json_free_t free_before;
    json_t *loaded = NULL;
    json_get_alloc_funcs(&alloc_before, &free_before);
    reading = &document;
    json_set_alloc_funcs(document_alloc, document_free);
    enum err e = load(decoding, &document, json, &loaded);
    if (e == ERR_OK)
        e = decode_message(decoding, descriptor, loaded, 0, out);
    json_decref(loaded);
    json_set_alloc_funcs(alloc_before, free_before);
    reading = NULL;
    return e;
}

enum err json_decode(const ProtobufCMessageDescriptor *descriptor, struct text json, size_t budget_bytes, bool wiped,
                     struct pbguard_message *out, struct json_fault *fault)
{
    struct decoding decoding = {.what = "more memory than its budget"};
    ProtobufCMessage *message;
    enum err e = ERR_RANGE;
    pbguard_budget_init(&decoding.budget, budget_bytes, wiped);
    if (json.length == 0)
        e = refuse(&decoding, "empty");
    else if (nesting_fits(json))
        e = load_and_decode(&decoding, descriptor, json, &message);
    else
        decoding.what = "nested too deeply";
    if (e == ERR_OK) {
        *out = (struct pbguard_message){.message = message, .wiped = wiped};
    } else if (fault) {
        fault->what = decoding.what;
        memcpy(fault->path, decoding.path, sizeof fault->path);
    }
    return e;
}
