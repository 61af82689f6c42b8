#include "domain/records.h"

#include <sodium.h>
#include <string.h>

static enum err packed(const void *message, uint8_t **bytes, size_t *length)
{
    *length = protobuf_c_message_get_packed_size(message);
    enum err e = mem_alloc(1, *length, bytes);
    if (e == ERR_OK)
        protobuf_c_message_pack(message, *bytes);
    return e;
}

enum err message_same(const void *a, const void *b, bool *same)
{
    uint8_t *first, *second;
    size_t first_length, second_length;
    enum err e = packed(a, &first, &first_length);
    if (e != ERR_OK)
        return e;
    e = packed(b, &second, &second_length);
    if (e == ERR_OK) {
        *same = first_length == second_length && memcmp(first, second, first_length) == 0;
        mem_free(second);
    }
    mem_free(first);
    return e;
}

void message_clear_strings(char ***field, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        mem_free((*field)[i]);
    mem_free(*field);
    *field = NULL;
    *count = 0;
}

void message_clear_bytes(ProtobufCBinaryData **field, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        mem_free((*field)[i].data);
    mem_free(*field);
    *field = NULL;
    *count = 0;
}

struct text text_of_bytes(ProtobufCBinaryData bytes)
{
    return (struct text){(const char *)bytes.data, bytes.len};
}

bool bytes_equal(ProtobufCBinaryData a, ProtobufCBinaryData b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool strings_have(char *const *list, size_t count, struct text value)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(text_of(list[i]), value))
            return true;
    return false;
}
