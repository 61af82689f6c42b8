/*
 * encoding.h - bytes of a file into UTF-8, one chunk after another.
 *
 * Dutch spreadsheets write UTF-8 (with or without a byte order mark) or Windows-1252, and do not say which.
 * encoding_guess looks at the whole file first: bytes that are UTF-8 throughout are UTF-8; a file with bytes that are
 * not, and with no character beyond ASCII that is, is Windows-1252; a file with both is UTF-8 that was damaged
 * half-way, and each wrong byte is an error, because guessing would turn names into other names.
 */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include "base/text.h"

enum encoding { ENCODING_UTF8, ENCODING_WINDOWS_1252 };

struct encoding_guess {
    uint64_t offset;     /* bytes seen */
    uint64_t characters; /* well-formed characters beyond ASCII */
    uint64_t wrong;      /* bytes that are not UTF-8 */
    bool marked;         /* a byte order mark stands in front */
    unsigned char carry[4];
    size_t carried;
};

/* Start with a zeroed guess; add the whole file in chunks of any size; ask at the end. */
void encoding_guess_add(struct encoding_guess *guess, const unsigned char *bytes, size_t length);
enum encoding encoding_guess_end(struct encoding_guess *guess);

struct decoder {
    enum encoding encoding;
    void *iconv; /* Windows-1252 only */
    uint64_t offset;
    unsigned char carry[4];
    size_t carried;
};

/* What a decoder finds, in order. Return an error to stop it. */
struct decoder_sink {
    enum err (*text)(void *context, const char *utf8, size_t length);
    enum err (*bad_byte)(void *context, bool is_nul); /* one byte that is no character here, or a NUL */
    void *context;
};

MUST_USE enum err decoder_open(struct decoder *decoder, enum encoding encoding);
void decoder_close(struct decoder *decoder);

/* Decodes a chunk; characters that are split over chunks are kept for the next. A byte order mark in front is dropped. */
MUST_USE enum err decoder_feed(struct decoder *decoder, const unsigned char *bytes, size_t length,
                               const struct decoder_sink *sink);

/* Says that the file ends here: a character cut short becomes a bad byte. */
MUST_USE enum err decoder_end(struct decoder *decoder, const struct decoder_sink *sink);

#endif
