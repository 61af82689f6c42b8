#include "base/encoding.h"

#include <iconv.h>
#include <string.h>

static const unsigned char byte_order_mark[3] = {0xef, 0xbb, 0xbf};

/* How many leading bytes are ASCII other than NUL; eight at a time. */
static size_t ascii_run(const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    while (length - at >= 8) {
        uint64_t word;
        memcpy(&word, bytes + at, sizeof word);
        uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
        if ((word & high) || ((word - ones) & ~word & high))
            break;
        at += 8;
    }
    while (at < length && bytes[at] != 0 && bytes[at] < 0x80)
        at++;
    return at;
}

enum { SEQUENCE_BAD = 0, SEQUENCE_CUT = -1 };

/*
 * The length of the character beyond ASCII that starts here (2..4), SEQUENCE_BAD, or SEQUENCE_CUT when the chunk ends
 * within it. The table is Unicode's "well-formed UTF-8 byte sequences": no overlong forms, no surrogates, no more than
 * U+10FFFF.
 */
static int sequence_length(const unsigned char *bytes, size_t length)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        int length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (bytes[0] < forms[i].first_min || bytes[0] > forms[i].first_max)
            continue;
        for (int k = 1; k < forms[i].length; k++) {
            if ((size_t)k >= length)
                return SEQUENCE_CUT;
            unsigned char min = k == 1 ? forms[i].second_min : 0x80, max = k == 1 ? forms[i].second_max : 0xbf;
            if (bytes[k] < min || bytes[k] > max)
                return SEQUENCE_BAD;
        }
        return forms[i].length;
    }
    return SEQUENCE_BAD;
}

static void guess_run(struct encoding_guess *guess, const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        at += ascii_run(bytes + at, length - at);
        if (at == length)
            return;
        int sequence = bytes[at] == 0 ? 1 : sequence_length(bytes + at, length - at);
        if (sequence == SEQUENCE_CUT) {
            guess->carried = length - at;
            memcpy(guess->carry, bytes + at, guess->carried);
            return;
        }
        guess->wrong += sequence == SEQUENCE_BAD;
        guess->characters += sequence > 1;
        at += sequence == SEQUENCE_BAD ? 1 : (size_t)sequence;
    }
}

void encoding_guess_add(struct encoding_guess *guess, const unsigned char *bytes, size_t length)
{
    if (guess->offset == 0 && length >= 3)
        guess->marked = memcmp(bytes, byte_order_mark, 3) == 0;
    guess->offset += length;
    while (guess->carried && length) { /* a character was cut: give it one byte after another */
        unsigned char whole[5];
        size_t count = guess->carried;
        memcpy(whole, guess->carry, count);
        whole[count++] = *bytes++;
        length--;
        guess->carried = 0;
        guess_run(guess, whole, count);
    }
    guess_run(guess, bytes, length);
}

enum encoding encoding_guess_end(struct encoding_guess *guess)
{
    guess->wrong += guess->carried;
    guess->carried = 0;
    bool damaged = guess->marked || guess->characters > 0;
    return guess->wrong == 0 || damaged ? ENCODING_UTF8 : ENCODING_WINDOWS_1252;
}

enum err decoder_open(struct decoder *decoder, enum encoding encoding)
{
    struct decoder opened = {.encoding = encoding};
    if (encoding == ENCODING_WINDOWS_1252) {
        iconv_t handle = iconv_open("UTF-8", "CP1252");
        if (handle == (iconv_t)-1)
            return ERR_INTERNAL;
        opened.iconv = handle;
    }
    *decoder = opened;
    return ERR_OK;
}

void decoder_close(struct decoder *decoder)
{
    if (decoder->iconv)
        iconv_close(decoder->iconv);
    *decoder = (struct decoder){0};
}

static enum err put_ascii(const unsigned char *bytes, size_t length, const struct decoder_sink *sink)
{
    return length ? sink->text(sink->context, (const char *)bytes, length) : ERR_OK;
}

/* One Windows-1252 byte beyond ASCII. */
static enum err put_1252(struct decoder *decoder, unsigned char byte, const struct decoder_sink *sink)
{
    char in = (char)byte, out[4], *in_at = &in, *out_at = out;
    size_t in_left = 1, out_left = sizeof out;
    if (iconv(decoder->iconv, &in_at, &in_left, &out_at, &out_left) == (size_t)-1)
        return sink->bad_byte(sink->context, false);
    return sink->text(sink->context, out, sizeof out - out_left);
}

/* Decodes what it can; the bytes of a character that is cut at the end go into the carry. */
static enum err decode_run(struct decoder *decoder, const unsigned char *bytes, size_t length,
                           const struct decoder_sink *sink)
{
    enum err e = ERR_OK;
    size_t start = 0, at = 0; /* bytes from start to at are well-formed and not yet handed on */
    while (at < length && e == ERR_OK) {
        at += ascii_run(bytes + at, length - at);
        if (at == length)
            break;
        int sequence = SEQUENCE_BAD;
        if (bytes[at] != 0 && decoder->encoding == ENCODING_UTF8)
            sequence = sequence_length(bytes + at, length - at);
        if (sequence > 0) {
            at += (size_t)sequence;
            continue;
        }
        e = put_ascii(bytes + start, at - start, sink);
        if (e == ERR_OK && sequence == SEQUENCE_CUT) {
            decoder->carried = length - at;
            memcpy(decoder->carry, bytes + at, decoder->carried);
            return ERR_OK;
        }
        if (e == ERR_OK && decoder->encoding == ENCODING_WINDOWS_1252 && bytes[at] != 0)
            e = put_1252(decoder, bytes[at], sink);
        else if (e == ERR_OK)
            e = sink->bad_byte(sink->context, bytes[at] == 0);
        start = ++at;
    }
    return e == ERR_OK ? put_ascii(bytes + start, at - start, sink) : e;
}

/* Feeds past the carry of an earlier chunk; the mark in front is dropped before anything else. */
static enum err feed_carried(struct decoder *decoder, const unsigned char **bytes, size_t *length,
                             const struct decoder_sink *sink)
{
    enum err e = ERR_OK;
    while (decoder->carried && *length && e == ERR_OK) {
        unsigned char whole[5];
        size_t count = decoder->carried;
        memcpy(whole, decoder->carry, count);
        whole[count++] = *(*bytes)++;
        (*length)--;
        decoder->carried = 0;
        e = decode_run(decoder, whole, count, sink);
    }
    return e;
}

enum err decoder_feed(struct decoder *decoder, const unsigned char *bytes, size_t length,
                      const struct decoder_sink *sink)
{
    while (decoder->offset < 3 && length && decoder->encoding == ENCODING_UTF8) {
        /* The first bytes go one by one, so that a mark split over chunks is seen. */
        if (*bytes != byte_order_mark[decoder->offset])
            break;
        decoder->carry[decoder->carried++] = *bytes++;
        length--;
        if (++decoder->offset == 3)
            decoder->carried = 0;
    }
    if (length == 0)
        return ERR_OK;
    decoder->offset = 3;
    enum err e = feed_carried(decoder, &bytes, &length, sink);
    return e == ERR_OK ? decode_run(decoder, bytes, length, sink) : e;
}

enum err decoder_end(struct decoder *decoder, const struct decoder_sink *sink)
{
    enum err e = ERR_OK;
    for (; decoder->carried && e == ERR_OK; decoder->carried--)
        e = sink->bad_byte(sink->context, false);
    return e;
}
