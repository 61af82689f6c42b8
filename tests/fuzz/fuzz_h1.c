/*
 * The HTTP/1.1 parser, fed whole, byte by byte and in pieces: the same events, whatever the pieces; bodies within the limit;
 * heads without what the standard forbids. The first byte of an input chooses the limit of a body.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/random.h"
#include "wire/h1.h"

#include <string.h>

enum { TRANSCRIPT_BYTES = 64 * 1024 * 1024, WHOLE = 0, LIMIT_UNIT_BYTES = 16 };

struct reading {
    struct h1 h1;
    struct buf transcript;
    uint64_t limit_bytes, body_bytes;
};

/* No line end, no NUL: what was taken in cannot be read as more than one line by whoever gets it next. */
static void claim_line(struct text text)
{
    CLAIM(!memchr(text.data, '\r', text.length) && !memchr(text.data, '\n', text.length) &&
          !memchr(text.data, '\0', text.length));
}

static void write_text(struct reading *reading, const char *label, struct text text)
{
    buf_printf(&reading->transcript, "%s %zu ", label, text.length);
    buf_put_text(&reading->transcript, text);
    buf_put_char(&reading->transcript, '\n');
}

static void on_head(struct reading *reading)
{
    const struct h1 *h1 = &reading->h1;
    struct text name, value, method = h1_method(h1), path = h1_path(h1), host = h1_host(h1);
    CLAIM(method.length >= 1 && method.length <= H1_METHOD_BYTES);
    CLAIM(path.length >= 1 && path.length <= H1_TARGET_BYTES && (path.data[0] == '/' || text_is(path, "*")));
    CLAIM(host.length > 0 || h1_is_1_0(h1));
    CLAIM(h1_header(h1, "HOST", &value) <= 1 && h1_header(h1, "content-length", &value) <= 1);
    CLAIM(h1_header(h1, "Transfer-Encoding", &value) + h1_header(h1, "Content-Length", &value) <= 1);
    write_text(reading, "method", method);
    write_text(reading, "path", path);
    write_text(reading, "query", h1_query(h1));
    write_text(reading, "host", host);
    for (size_t i = 0; h1_header_at(h1, i, &name, &value); i++) {
        CLAIM(name.length > 0 && i < H1_HEADERS);
        claim_line(name);
        claim_line(value);
        write_text(reading, "name", name);
        write_text(reading, "value", value);
    }
    buf_printf(&reading->transcript, "head %d %d %d %d\n", h1_keeps_alive(h1), h1_has_body(h1),
               h1_expects_continue(h1), h1_is_1_0(h1));
    h1_body_limit(&reading->h1, reading->limit_bytes);
    reading->body_bytes = 0;
}

static void on_body(struct reading *reading, struct text piece)
{
    reading->body_bytes += piece.length;
    CLAIM(piece.length > 0 && reading->body_bytes <= reading->limit_bytes);
    buf_put_text(&reading->transcript, piece);
}

/* Returns whether the parser takes more. */
static bool feed(struct reading *reading, const uint8_t *bytes, size_t length)
{
    struct text piece = {(const char *)bytes, length};
    for (;;) {
        struct h1_event event;
        size_t taken = h1_feed(&reading->h1, piece, &event);
        CLAIM(taken <= piece.length);
        piece = (struct text){piece.data + taken, piece.length - taken};
        switch (event.kind) {
        case H1_MORE:
            CLAIM(piece.length == 0);
            return true;
        case H1_HEAD:
            on_head(reading);
            break;
        case H1_BODY:
            on_body(reading, event.body);
            break;
        case H1_END:
            buf_put_string(&reading->transcript, "\nend\n");
            h1_next(&reading->h1);
            break;
        case H1_REFUSED:
            buf_printf(&reading->transcript, "\nrefused %s\n", h1_refusal_name(event.refusal));
            return false;
        }
    }
}

/* Reads all of it in pieces of 1 to piece_bytes_max bytes (or WHOLE) and writes down everything that came of it. */
static void transcribe(const uint8_t *bytes, size_t length, uint64_t limit_bytes, uint64_t piece_bytes_max,
                       struct buf *out)
{
    struct reading reading = {.limit_bytes = limit_bytes};
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, length);
    bool goes_on = true;
    h1_init(&reading.h1);
    buf_init(&reading.transcript, TRANSCRIPT_BYTES);
    while (length && goes_on) {
        size_t piece = piece_bytes_max == WHOLE ? length : (size_t)random_below(&random, piece_bytes_max) + 1;
        piece = piece < length ? piece : length;
        goes_on = feed(&reading, bytes, piece);
        bytes += piece;
        length -= piece;
    }
    if (goes_on)
        buf_printf(&reading.transcript, "\nmore %d\n", h1_begun(&reading.h1));
    CLAIM(buf_error(&reading.transcript) == ERR_OK);
    h1_free(&reading.h1);
    *out = reading.transcript;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const uint64_t pieces[] = {1, 3, 40, 700};
    struct buf whole, split;
    if (length == 0)
        return 0;
    uint64_t limit_bytes = (uint64_t)bytes[0] * LIMIT_UNIT_BYTES;
    transcribe(bytes + 1, length - 1, limit_bytes, WHOLE, &whole);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        transcribe(bytes + 1, length - 1, limit_bytes, pieces[i], &split);
        CLAIM(text_equal(buf_text(&whole), buf_text(&split)));
        buf_free(&split);
    }
    buf_free(&whole);
    return 0;
}
