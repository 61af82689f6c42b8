#include "wire/connect_coding.h"

#include "base/mem.h"
#include "wire/json_names.h"

#include <limits.h>
#include <malloc.h>
#include <sodium.h>
#include <string.h>
#include <zlib.h>

enum { PIECE_BYTES = 16 * 1024, GZIP_WINDOW_BITS = 16 + MAX_WBITS, GZIP_LEVEL = 1, GZIP_MEMORY_LEVEL = 8 };

static void *zlib_alloc(void *context, unsigned count, unsigned size)
{
    (void)context;
    void *block;
    return mem_alloc(count, size, &block) == ERR_OK ? block : NULL;
}

/* zlib's window holds the last 32 KiB of the text. */
static void zlib_free(void *context, void *block)
{
    (void)context;
    if (block)
        sodium_memzero(block, malloc_usable_size(block));
    mem_free(block);
}

static z_stream stream_over(struct text bytes)
{
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free};
    memcpy(&stream.next_in, &bytes.data, sizeof stream.next_in); /* zlib's input is not const, and not written */
    stream.avail_in = (unsigned)bytes.length;
    return stream;
}

enum err coding_gunzip(struct text gzip, size_t bytes_max, struct buf *out)
{
    unsigned char piece[PIECE_BYTES];
    size_t limit = out->limit_bytes - out->length, total = 0;
    limit = bytes_max < limit ? bytes_max : limit;
    if (gzip.length == 0 || gzip.length > UINT_MAX)
        return ERR_INPUT;
    z_stream stream = stream_over(gzip);
    if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK)
        return ERR_MEMORY;
    enum err e = ERR_OK;
    int step = Z_OK;
    while (e == ERR_OK && step == Z_OK) {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        step = inflate(&stream, Z_NO_FLUSH);
        size_t made = sizeof piece - stream.avail_out;
        total += made;
        if (total > limit)
            e = ERR_RANGE;
        else
            buf_put(out, piece, made);
    }
    if (e == ERR_OK && step != Z_STREAM_END)
        e = step == Z_MEM_ERROR ? ERR_MEMORY : ERR_INPUT;
    if (e == ERR_OK && stream.avail_in > 0)
        e = ERR_INPUT;
    inflateEnd(&stream);
    sodium_memzero(piece, sizeof piece);
    return e == ERR_OK ? buf_error(out) : e;
}

static enum err gzip_at(int level, struct text bytes, struct buf *out)
{
    unsigned char piece[PIECE_BYTES];
    if (bytes.length > UINT_MAX)
        return ERR_RANGE;
    z_stream stream = stream_over(bytes);
    if (deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_MEMORY;
    int step = Z_OK;
    while (step == Z_OK && buf_error(out) == ERR_OK) {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        step = deflate(&stream, Z_FINISH);
        buf_put(out, piece, sizeof piece - stream.avail_out);
    }
    deflateEnd(&stream);
    sodium_memzero(piece, sizeof piece);
    if (buf_error(out) != ERR_OK)
        return buf_error(out);
    return step == Z_STREAM_END ? ERR_OK : ERR_INTERNAL;
}

enum err coding_gzip(struct text bytes, struct buf *out)
{
    return gzip_at(GZIP_LEVEL, bytes, out);
}

enum err coding_gzip_small(struct text bytes, struct buf *out)
{
    return gzip_at(Z_BEST_COMPRESSION, bytes, out);
}

/* The value of a hexadecimal digit; 16 for any other character. */
static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

enum err coding_percent_decode(struct text value, struct buf *out)
{
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];
        if (c == '%') {
            if (value.length - i < 3)
                return ERR_INPUT;
            unsigned high = hex_value(value.data[i + 1]), low = hex_value(value.data[i + 2]);
            if (high > 15 || low > 15)
                return ERR_INPUT;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        buf_put_char(out, c);
    }
    return buf_error(out);
}

enum err coding_base64_in_place(struct buf *buf)
{
    size_t length;
    if (buf_error(buf) != ERR_OK)
        return buf_error(buf);
    if (buf->length == 0)
        return ERR_OK;
    /* 3 bytes are written for 4 that were read, and never before they were. */
    enum err e = base64_decode(buf_text(buf), (uint8_t *)buf->data, &length);
    if (e == ERR_OK)
        buf->length = length;
    return e;
}
