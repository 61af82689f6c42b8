#include "front/wire_bytes.h"

#include "base/mem.h"

enum { WIRE_VARINT = 0, WIRE_LENGTH = 2 };

void wire_reserve(struct buf *out, size_t bytes)
{
    char *room;
    enum err e = bytes > out->limit_bytes ? ERR_MEMORY : mem_alloc(bytes, 1, &room);
    if (e != ERR_OK) {
        out->error = e;
        return;
    }
    mem_free(out->data);
    out->data = room;
    out->capacity = bytes;
}

static void put_varint(struct buf *out, uint64_t value)
{
    while (value > 0x7f) {
        buf_put_char(out, (char)((value & 0x7f) | 0x80));
        value >>= 7;
    }
    buf_put_char(out, (char)value);
}

static size_t varint_bytes(uint64_t value)
{
    size_t count = 1;
    while (value >>= 7)
        count++;
    return count;
}

static void put_key(struct buf *out, unsigned field, unsigned type)
{
    put_varint(out, (uint64_t)field << 3 | type);
}

void wire_put_bytes(struct buf *out, unsigned field, struct text bytes)
{
    put_key(out, field, WIRE_LENGTH);
    put_varint(out, bytes.length);
    buf_put_text(out, bytes);
}

void wire_put_number(struct buf *out, unsigned field, uint64_t value)
{
    if (value == 0)
        return;
    put_key(out, field, WIRE_VARINT);
    put_varint(out, value);
}

void wire_put_message(struct buf *out, unsigned field, const struct text *parts, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += varint_bytes((uint64_t)(i + 1) << 3) + varint_bytes(parts[i].length) + parts[i].length;
    put_key(out, field, WIRE_LENGTH);
    put_varint(out, length);
    for (size_t i = 0; i < count; i++)
        wire_put_bytes(out, (unsigned)i + 1, parts[i]);
}
