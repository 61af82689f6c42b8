#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t limit_bytes)
{
    *buf = (struct buf){.limit_bytes = limit_bytes};
}

void buf_free(struct buf *buf)
{
    mem_free(buf->data);
    buf_init(buf, buf->limit_bytes);
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->error = ERR_OK;
}

enum err buf_error(const struct buf *buf)
{
    return buf->error;
}

struct text buf_text(const struct buf *buf)
{
    return (struct text){buf->data ? buf->data : "", buf->length};
}

static bool make_room(struct buf *buf, size_t more)
{
    if (buf->error != ERR_OK)
        return false;
    if (more > buf->limit_bytes - buf->length) {
        buf->error = ERR_MEMORY;
        return false;
    }
    buf->error = mem_grow(&buf->data, &buf->capacity, buf->length + more + 1, 1); /* one for vsnprintf's NUL */
    return buf->error == ERR_OK;
}

void buf_put(struct buf *buf, const void *bytes, size_t length)
{
    if (length == 0 || !make_room(buf, length))
        return;
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
}

void buf_put_text(struct buf *buf, struct text text)
{
    buf_put(buf, text.data, text.length);
}

void buf_put_string(struct buf *buf, const char *string)
{
    buf_put(buf, string, strlen(string));
}

void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_put_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_put(buf, digits + at, sizeof digits - at);
}

void buf_put_hex(struct buf *buf, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char pair[2] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]};
        buf_put(buf, pair, sizeof pair);
    }
}

void buf_put_double(struct buf *buf, double value)
{
    char shown[32];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(shown, sizeof shown, "%.*g", digits, value);
        if (strtod(shown, NULL) == value)
            break;
    }
    buf_put_string(buf, shown);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0 && make_room(buf, (size_t)length)) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

void buf_put_csv(struct buf *buf, struct text field, char separator)
{
    bool plain = true;
    for (size_t i = 0; i < field.length && plain; i++) {
        char c = field.data[i];
        plain = c != separator && c != '"' && c != '\n' && c != '\r';
    }
    if (plain) {
        buf_put_text(buf, field);
        return;
    }
    buf_put_char(buf, '"');
    for (size_t i = 0; i < field.length; i++) {
        if (field.data[i] == '"')
            buf_put_char(buf, '"');
        buf_put_char(buf, field.data[i]);
    }
    buf_put_char(buf, '"');
}
