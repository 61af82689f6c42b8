#include "vault/cursor.h"

void seq_write(uint64_t seq, uint8_t out[SEQ_BYTES])
{
    for (int i = 0; i < SEQ_BYTES; i++)
        out[i] = (uint8_t)(seq >> (8 * (SEQ_BYTES - 1 - i)));
}

uint64_t seq_read(struct text bytes)
{
    uint64_t seq = 0;
    for (size_t i = 0; i < bytes.length; i++)
        seq = seq << 8 | (uint8_t)bytes.data[i];
    return seq;
}

void cursor_put(struct edit *edit, const char *name, uint64_t seq)
{
    uint8_t bytes[SEQ_BYTES];
    seq_write(seq, bytes);
    edit_put(edit, TABLE_CURSOR, text_of(name), TEXT_OF(bytes));
}

enum err cursor_read(struct vault *vault, const char *name, uint64_t *seq)
{
    struct buf value;
    buf_init(&value, SEQ_BYTES);
    enum err e = image_get(vault->image, TABLE_CURSOR, text_of(name), &value);
    *seq = e == ERR_OK ? seq_read(buf_text(&value)) : 0;
    buf_free(&value);
    return e == ERR_MISSING ? ERR_OK : e;
}
