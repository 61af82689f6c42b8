#include "base/encoding.h"

#include "base/buf.h"
#include "support/support.h"

#include <iconv.h>
#include <string.h>

#define LITERAL(literal)                                                                                             \
    {                                                                                                                \
        (literal), sizeof(literal) - 1                                                                               \
    }
#define BYTES(literal) ((struct text)LITERAL(literal))

/* What a decoder found: its text, with "<?>" for a bad byte and "<0>" for a NUL. */
static enum err put_text(void *context, const char *utf8, size_t length)
{
    buf_put(context, utf8, length);
    return ERR_OK;
}

static enum err put_bad(void *context, bool is_nul)
{
    buf_put_string(context, is_nul ? "<0>" : "<?>");
    return ERR_OK;
}

static enum encoding guess_in_parts(struct text bytes, size_t first, size_t step)
{
    struct encoding_guess guess = {0};
    const unsigned char *at = (const unsigned char *)bytes.data;
    size_t left = bytes.length;
    for (size_t part = first; left; part = step) {
        if (part > left)
            part = left;
        encoding_guess_add(&guess, at, part);
        at += part;
        left -= part;
    }
    return encoding_guess_end(&guess);
}

static void decode_in_parts(struct text bytes, enum encoding encoding, size_t first, size_t step, struct buf *out)
{
    struct decoder decoder;
    struct decoder_sink sink = {put_text, put_bad, out};
    const unsigned char *at = (const unsigned char *)bytes.data;
    size_t left = bytes.length;
    buf_clear(out);
    ck_assert_int_eq(decoder_open(&decoder, encoding), ERR_OK);
    for (size_t part = first; left; part = step) {
        if (part > left)
            part = left;
        ck_assert_int_eq(decoder_feed(&decoder, at, part, &sink), ERR_OK);
        at += part;
        left -= part;
    }
    ck_assert_int_eq(decoder_end(&decoder, &sink), ERR_OK);
    decoder_close(&decoder);
}

#define MARK "\xef\xbb\xbf"

static const struct {
    struct text bytes;
    enum encoding encoding;
    const char *decoded;
} files[] = {
    {{"", 0}, ENCODING_UTF8, ""},
    {LITERAL("plain ascii, longer than eight bytes"), ENCODING_UTF8, "plain ascii, longer than eight bytes"},
    {LITERAL(MARK), ENCODING_UTF8, ""},
    {LITERAL(MARK "a;b\n"), ENCODING_UTF8, "a;b\n"},
    {LITERAL("a" MARK "b"), ENCODING_UTF8, "a" MARK "b"}, /* a mark further on is a character */
    {LITERAL("Jos\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x93 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf"), ENCODING_UTF8,
     "Jos\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x93 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf"},
    /* Bytes beyond ASCII, none of them UTF-8. */
    {LITERAL("Jos\xe9 en Zo\xeb"), ENCODING_WINDOWS_1252, "Jos\xc3\xa9 en Zo\xc3\xab"},
    {LITERAL("\x80 100"), ENCODING_WINDOWS_1252, "\xe2\x82\xac 100"},
    {LITERAL("\x81\x8d\x8f\x90\x9d"), ENCODING_WINDOWS_1252, "<?><?><?><?><?>"},
    {LITERAL("\xe9\0a"), ENCODING_WINDOWS_1252, "\xc3\xa9<0>a"},
    {LITERAL("ends in \xe9"), ENCODING_WINDOWS_1252, "ends in \xc3\xa9"},
    /* UTF-8 that was damaged half-way stays UTF-8, and each wrong byte is one. */
    {LITERAL("Zo\xc3\xab en Jos\xe9!"), ENCODING_UTF8, "Zo\xc3\xab en Jos<?>!"},
    {LITERAL(MARK "Jos\xe9!"), ENCODING_UTF8, "Jos<?>!"},
    {LITERAL("\xc3\xab\xc3"), ENCODING_UTF8, "\xc3\xab<?>"},
    {LITERAL("\xc3\xab\xf0\x9f\x8e"), ENCODING_UTF8, "\xc3\xab<?><?><?>"},
    {LITERAL("\xc3\xab\xf0\x9f\x8e;x"), ENCODING_UTF8, "\xc3\xab<?><?><?>;x"},
    {LITERAL("\xc3\xab\xc0\xaf"), ENCODING_UTF8, "\xc3\xab<?><?>"},               /* overlong */
    {LITERAL("\xc3\xab\xe0\x80\xaf"), ENCODING_UTF8, "\xc3\xab<?><?><?>"},        /* overlong */
    {LITERAL("\xc3\xab\xed\xa0\x80"), ENCODING_UTF8, "\xc3\xab<?><?><?>"},        /* a surrogate */
    {LITERAL("\xc3\xab\xf4\x90\x80\x80"), ENCODING_UTF8, "\xc3\xab<?><?><?><?>"}, /* beyond U+10FFFF */
    {LITERAL("\xc3\xab\x80z"), ENCODING_UTF8, "\xc3\xab<?>z"},                    /* a continuation alone */
    {LITERAL("a\0b"), ENCODING_UTF8, "a<0>b"},
    {LITERAL("abcdefgh\0ijklmnopqrs\0"), ENCODING_UTF8, "abcdefgh<0>ijklmnopqrs<0>"},
    {LITERAL(MARK "\0"), ENCODING_UTF8, "<0>"},
};
enum { FILE_COUNT = sizeof files / sizeof files[0] };

START_TEST(every_file_has_one_encoding_however_it_is_cut)
{
    for (size_t i = 0; i < FILE_COUNT; i++)
        for (size_t first = 0; first <= files[i].bytes.length; first++) {
            enum encoding whole = guess_in_parts(files[i].bytes, first ? first : 1, files[i].bytes.length + 1);
            ck_assert_msg(whole == files[i].encoding, "file %zu cut at %zu", i, first);
            enum encoding bytewise = guess_in_parts(files[i].bytes, first ? first : 1, 1);
            ck_assert_msg(bytewise == files[i].encoding, "file %zu cut at %zu, then bytes", i, first);
        }
}
END_TEST

START_TEST(every_file_decodes_alike_however_it_is_cut)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < FILE_COUNT; i++)
        for (size_t first = 1; first <= files[i].bytes.length + 1; first++)
            for (size_t step = 1; step <= 3; step++) {
                decode_in_parts(files[i].bytes, files[i].encoding, first, step == 3 ? SIZE_MAX : step, &out);
                struct text got = buf_text(&out);
                ck_assert_msg(text_is(got, files[i].decoded), "file %zu cut at %zu, step %zu: '%.*s'", i, first, step,
                              (int)got.length, got.data);
            }
    buf_free(&out);
}
END_TEST

START_TEST(an_incomplete_mark_is_bad_bytes)
{
    struct buf out;
    buf_init(&out, 1000);
    for (size_t step = 1; step <= 4; step++) {
        decode_in_parts(BYTES("\xef\xbb"), ENCODING_UTF8, step, step, &out);
        ck_assert(text_is(buf_text(&out), "<?><?>"));
        decode_in_parts(BYTES("\xef\xbb;"), ENCODING_UTF8, step, step, &out);
        ck_assert(text_is(buf_text(&out), "<?><?>;"));
        decode_in_parts(BYTES("\xefx"), ENCODING_UTF8, step, step, &out);
        ck_assert(text_is(buf_text(&out), "<?>x"));
    }
    buf_free(&out);
}
END_TEST

START_TEST(windows_1252_is_iconvs_table)
{
    struct buf out;
    buf_init(&out, 100);
    iconv_t table = iconv_open("UTF-8", "CP1252");
    ck_assert(table != (iconv_t)-1);
    size_t undefined = 0;
    for (int value = 0; value < 256; value++) {
        char byte = (char)value, expected[8], *from = &byte, *to = expected;
        size_t from_left = 1, to_left = sizeof expected;
        bool known = iconv(table, &from, &from_left, &to, &to_left) != (size_t)-1;
        struct text wanted = {expected, sizeof expected - to_left};
        if (!known)
            wanted = BYTES("<?>");
        if (value == 0)
            wanted = BYTES("<0>");
        undefined += !known;
        decode_in_parts((struct text){&byte, 1}, ENCODING_WINDOWS_1252, 1, 1, &out);
        ck_assert_msg(text_equal(buf_text(&out), wanted), "byte %d", value);
    }
    ck_assert_uint_eq(undefined, 5); /* 81, 8D, 8F, 90, 9D */
    iconv_close(table);
    buf_free(&out);
}
END_TEST

struct stopping {
    unsigned calls;
    enum err answer;
};

static enum err stop_text(void *context, const char *utf8, size_t length)
{
    struct stopping *stopping = context;
    (void)utf8;
    (void)length;
    stopping->calls++;
    return stopping->answer;
}

static enum err stop_bad(void *context, bool is_nul)
{
    return stop_text(context, "", is_nul);
}

START_TEST(an_error_of_the_sink_stops_the_decoder_at_once)
{
    static const char *const inputs[] = {"text \xe9 text \xe9", "\xe9 text"};
    for (size_t i = 0; i < 2; i++)
        for (int encoding = ENCODING_UTF8; encoding <= ENCODING_WINDOWS_1252; encoding++) {
            struct stopping stopping = {0, ERR_MISMATCH};
            struct decoder_sink sink = {stop_text, stop_bad, &stopping};
            struct decoder decoder;
            ck_assert_int_eq(decoder_open(&decoder, (enum encoding)encoding), ERR_OK);
            ck_assert_int_eq(decoder_feed(&decoder, (const unsigned char *)inputs[i], strlen(inputs[i]), &sink),
                             ERR_MISMATCH);
            ck_assert_uint_eq(stopping.calls, 1);
            decoder_close(&decoder);
        }
}
END_TEST

RUN_TESTS("base/encoding", every_file_has_one_encoding_however_it_is_cut, every_file_decodes_alike_however_it_is_cut,
          an_incomplete_mark_is_bad_bytes, windows_1252_is_iconvs_table,
          an_error_of_the_sink_stops_the_decoder_at_once)
