#include "vault/cursor.h"

enum { CURSOR_BYTES = 8 };

void cursor_put(struct edit *edit, const char *name, uint64_t seq)
{
    uint8_t bytes[CURSOR_BYTES];
    for (int i = 0; i < CURSOR_BYTES; i++)
        bytes[i] = (uint8_t)(seq >> (8 * (CURSOR_BYTES - 1 - i)));
    edit_put(edit, TABLE_CURSOR, text_of(name), TEXT_OF(bytes));
}

enum err cursor_read(struct vault *vault, const char *name, uint64_t *seq)
{
    struct buf value;
    buf_init(&value, CURSOR_BYTES);
    enum err e = image_get(vault->image, TABLE_CURSOR, text_of(name), &value);
    *seq = 0;
    for (size_t i = 0; e == ERR_OK && i < value.length; i++)
        *seq = *seq << 8 | (uint8_t)value.data[i];
    buf_free(&value);
    return e == ERR_MISSING ? ERR_OK : e;
}
