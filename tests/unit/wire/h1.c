#include "wire/h1.h"

#include "base/buf.h"
#include "base/mem.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { TRANSCRIPT_BYTES = 1 << 20, LIMIT_BYTES = 64, STEPS_MAX = 100000 };

#define HOST "Host: school.example\r\n"
#define POST "POST /x HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void write_head(struct buf *out, const struct h1 *h1)
{
    struct text name, value;
    const struct text parts[] = {h1_method(h1), h1_path(h1), h1_query(h1), h1_host(h1)};
    buf_put_string(out, "head");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_put_char(out, ' ');
        buf_put_text(out, parts[i]);
    }
    buf_printf(out, " keep=%d body=%d expects=%d\n", h1_keeps_alive(h1), h1_has_body(h1), h1_expects_continue(h1));
    for (size_t i = 0; h1_header_at(h1, i, &name, &value); i++) {
        buf_put_text(out, name);
        buf_put_char(out, '=');
        buf_put_text(out, value);
        buf_put_char(out, '\n');
    }
}

/* Feeds one piece to its end; false when no more will be taken. */
static bool feed_piece(struct h1 *h1, struct text piece, struct buf *body, struct buf *out)
{
    for (size_t step = 0; step < STEPS_MAX; step++) {
        struct h1_event event;
        size_t taken = h1_feed(h1, piece, &event);
        ck_assert_uint_le(taken, piece.length);
        piece = (struct text){piece.data + taken, piece.length - taken};
        switch (event.kind) {
        case H1_MORE:
            ck_assert_uint_eq(piece.length, 0);
            return true;
        case H1_HEAD:
            write_head(out, h1);
            h1_body_limit(h1, LIMIT_BYTES);
            break;
        case H1_BODY:
            ck_assert_uint_gt(event.body.length, 0);
            buf_put_text(body, event.body);
            break;
        case H1_END:
            buf_put_string(out, "body ");
            buf_put_text(out, buf_text(body));
            buf_put_string(out, "\nend\n");
            buf_clear(body);
            h1_next(h1);
            break;
        case H1_REFUSED:
            buf_printf(out, "refused %s\n", h1_refusal_name(event.refusal));
            return false;
        }
    }
    ck_abort_msg("it never ends");
    return false;
}

/* What comes of the bytes, fed in pieces that end at `cut` and at the end. */
static struct buf transcript_of(struct text bytes, size_t cut)
{
    struct h1 h1;
    struct buf out, body;
    h1_init(&h1);
    buf_init(&out, TRANSCRIPT_BYTES);
    buf_init(&body, TRANSCRIPT_BYTES);
    bool goes_on = feed_piece(&h1, (struct text){bytes.data, cut}, &body, &out);
    if (goes_on)
        goes_on = feed_piece(&h1, (struct text){bytes.data + cut, bytes.length - cut}, &body, &out);
    if (goes_on)
        buf_printf(&out, "more begun=%d\n", h1_begun(&h1));
    ck_assert_int_eq(buf_error(&out), ERR_OK);
    buf_free(&body);
    h1_free(&h1);
    return out;
}

static struct buf transcript_byte_by_byte(struct text bytes)
{
    struct h1 h1;
    struct buf out, body;
    bool goes_on = true;
    h1_init(&h1);
    buf_init(&out, TRANSCRIPT_BYTES);
    buf_init(&body, TRANSCRIPT_BYTES);
    for (size_t i = 0; i < bytes.length && goes_on; i++)
        goes_on = feed_piece(&h1, (struct text){bytes.data + i, 1}, &body, &out);
    if (goes_on)
        buf_printf(&out, "more begun=%d\n", h1_begun(&h1));
    buf_free(&body);
    h1_free(&h1);
    return out;
}

static void assert_same(const struct buf *a, const struct buf *b, size_t cut)
{
    struct text left = buf_text(a), right = buf_text(b);
    ck_assert_msg(text_equal(left, right), "cut at %zu:\n%.*s--\n%.*s", cut, (int)left.length, left.data,
                  (int)right.length, right.data);
}

/* The transcript of the bytes, after it was shown to be the same wherever they are cut. */
static struct buf transcript_at_every_cut(struct text bytes)
{
    struct buf whole = transcript_of(bytes, bytes.length);
    for (size_t cut = 0; cut < bytes.length; cut++) {
        struct buf split = transcript_of(bytes, cut);
        assert_same(&whole, &split, cut);
        buf_free(&split);
    }
    struct buf split = transcript_byte_by_byte(bytes);
    assert_same(&whole, &split, 1);
    buf_free(&split);
    return whole;
}

static void assert_transcript(struct text bytes, const char *expected)
{
    struct buf held = transcript_at_every_cut(bytes);
    ck_assert_msg(text_is(buf_text(&held), expected), "%.*s\ngives\n%.*s, not\n%s", (int)bytes.length, bytes.data,
                  (int)held.length, held.data, expected);
    buf_free(&held);
}

START_TEST(requests_are_read_the_same_at_every_cut)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
         "head GET /  a keep=1 body=0 expects=0\nHost=a\nbody \nend\nmore begun=0\n"},
        {"\r\nGET /a/b%20c?x=1&y=/?%2F HTTP/1.1\r\nhOST:\t a.example:8080 \t\r\nAccept:\r\nX-Y: \xc3\xa9 \"z\" "
         "\r\n\r\n",
         "head GET /a/b%20c x=1&y=/?%2F a.example:8080 keep=1 body=0 expects=0\nhOST=a.example:8080\nAccept=\n"
         "X-Y=\xc3\xa9 \"z\"\nbody \nend\nmore begun=0\n"},
        {POST "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\nhelloGET",
         "head POST /x  school.example keep=1 body=1 expects=1\nHost=school.example\nContent-Length=5\n"
         "Expect=100-Continue\nbody hello\nend\nmore begun=1\n"},
        {POST "Content-Length: 0\r\nConnection: foo ,  Close\r\n\r\n",
         "head POST /x  school.example keep=0 body=0 expects=0\nHost=school.example\nContent-Length=0\n"
         "Connection=foo ,  Close\nbody \nend\nmore begun=0\n"},
        {CHUNKED
         "5\r\nhello\r\n00B;name=\"v w\";x\r\n, dear you\n\r\n0\r\nTrailer-Field: x\r\nContent-Length: 3\r\n\r\n",
         "head POST /x  school.example keep=1 body=1 expects=0\nHost=school.example\nTransfer-Encoding=chunked\n"
         "body hello, dear you\n\nend\nmore begun=0\n"},
        {CHUNKED "0\r\n\r\n"
                 "DELETE /y HTTP/1.1\r\nhost:[::1]:80\r\n\r\n",
         "head POST /x  school.example keep=1 body=1 expects=0\nHost=school.example\nTransfer-Encoding=chunked\n"
         "body \nend\nhead DELETE /y  [::1]:80 keep=1 body=0 expects=0\nhost=[::1]:80\nbody \nend\nmore begun=0\n"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
         "head OPTIONS *  a keep=1 body=0 expects=0\nHost=a\nbody \nend\nmore begun=0\n"},
        {"GET http://A.example?q HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n",
         "head GET / q a.EXAMPLE keep=1 body=0 expects=0\nHost=a.EXAMPLE\nbody \nend\nmore begun=0\n"},
        {"GET HTTPS://a/p? HTTP/1.1\r\nHost: a\r\n\r\n",
         "head GET /p  a keep=1 body=0 expects=0\nHost=a\nbody \nend\nmore begun=0\n"},
        {"GET / HTTP/1.0\r\n\r\n", "head GET /   keep=0 body=0 expects=0\nbody \nend\nmore begun=0\n"},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
         "head GET /   keep=1 body=1 expects=0\nConnection=Keep-Alive\nExpect=100-continue\nContent-Length=1\nbody "
         "x\n"
         "end\nmore begun=0\n"},
        {"\r\n", "more begun=0\n"},
        {"G", "more begun=1\n"},
        {POST "Content-Length: 64\r\n\r\n0123", "head POST /x  school.example keep=1 body=1 "
                                                "expects=0\nHost=school.example\nContent-Length=64\nmore begun=1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_transcript(text_of(cases[i].bytes), cases[i].expected);
}
END_TEST

/* Whether the bytes, cut anywhere, end in this refusal. */
static void assert_refused(struct text bytes, enum h1_refusal refusal)
{
    struct buf held = transcript_at_every_cut(bytes);
    char expected[64];
    snprintf(expected, sizeof expected, "refused %s\n", h1_refusal_name(refusal));
    struct text text = buf_text(&held);
    size_t length = strlen(expected);
    ck_assert_msg(text.length >= length && memcmp(text.data + text.length - length, expected, length) == 0,
                  "%.*s\ngives\n%.*s, not\n%s", (int)bytes.length, bytes.data, (int)text.length, text.data, expected);
    buf_free(&held);
}

struct refused {
    enum h1_refusal refusal;
    struct text bytes;
};

#define CASE(refusal, literal)                                                                                       \
    {                                                                                                                \
        refusal,                                                                                                     \
        {                                                                                                            \
            literal, sizeof(literal) - 1                                                                             \
        }                                                                                                            \
    }
#define GET_WITH(lines) "GET / HTTP/1.1\r\n" HOST lines "\r\n\r\n"

START_TEST(what_a_request_line_must_not_be)
{
    static const struct refused cases[] = {
        CASE(H1_BAD_LINE, "\n"),
        CASE(H1_BAD_LINE, "\r\r"),
        CASE(H1_BAD_LINE, "\r\n\r\nGET / HTTP/1.1\r\n"), /* one empty line is passed over, not two */
        CASE(H1_BAD_LINE, "\nGET / HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, " GET / HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "G\0T / HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "G(T / HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET\t/ HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET  / HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET /  HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET /\tHTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/1.1 \r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/1.1\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/1.1\r\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/1.1\rX"),
        CASE(H1_BAD_LINE, "GET / http/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/11\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/1.11\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/ 1.1\r\n"),
        CASE(H1_BAD_LINE, "GET / HTTP/+1.1\r\n"),
        CASE(H1_BAD_LINE, "GET /\r\n"),
        CASE(H1_BAD_LINE, "GET\r\n"),
        CASE(H1_BAD_LINE, "\x16\x03\x01\x02"), /* TLS */
        CASE(H1_VERSION, "GET / HTTP/1.2\r\n"),
        CASE(H1_VERSION, "GET / HTTP/0.9\r\n"),
        CASE(H1_VERSION, "GET / HTTP/3.0\r\n"),
        CASE(H1_BAD_TARGET, "PRI * HTTP/2.0\r\n"),
        CASE(H1_BAD_LINE, "GET /a\0b HTTP/1.1\r\n"),
        CASE(H1_BAD_LINE, "GET /a\x7f HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /caf\xc3\xa9 HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /a#b HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /a\\b HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /a|b HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /\"<>^`{} HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /a[1] HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /%zz HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /?a=%2 HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET /% HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET x HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET * HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "OPTIONS ** HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "CONNECT a.example:443 HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET ftp://a/ HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET http:/// HTTP/1.1\r\n"),
        CASE(H1_BAD_TARGET, "GET http://user@a/ HTTP/1.1\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].bytes, cases[i].refusal);
}
END_TEST

START_TEST(what_header_lines_must_not_be)
{
    static const struct refused cases[] = {
        CASE(H1_BAD_FIELD, GET_WITH("X : y")),
        CASE(H1_BAD_FIELD, GET_WITH("X\t: y")),
        CASE(H1_BAD_FIELD, GET_WITH(": y")),
        CASE(H1_BAD_FIELD, GET_WITH("X")),
        CASE(H1_BAD_FIELD, GET_WITH("X y: z")),
        CASE(H1_BAD_FIELD, GET_WITH("X(y): z")),
        CASE(H1_BAD_FIELD, GET_WITH("X\xc3\xa9: z")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\0b")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\x01")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\x7f")),
        CASE(H1_BAD_FIELD, GET_WITH("X\0: a")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\r\n folded")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\r\n\tfolded")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\nY: b")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\rY: b")),
        CASE(H1_BAD_FIELD, GET_WITH("X: a\r\r\nY: b")),
        CASE(H1_BAD_FIELD, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        CASE(H1_BAD_FIELD, "GET / HTTP/1.1\r\n" HOST "\n"),
        CASE(H1_BAD_FIELD, "GET / HTTP/1.1\r\n" HOST "\rX"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        CASE(H1_BAD_HOST, GET_WITH("Host: school.example")),
        CASE(H1_BAD_HOST, GET_WITH("hOSt: other.example")),
        CASE(H1_BAD_HOST, "GET / HTTP/1.0\r\n" HOST HOST "\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        CASE(H1_BAD_HOST, "GET http://b/ HTTP/1.1\r\n\r\n"),
        CASE(H1_EXPECT_UNKNOWN, GET_WITH("Expect: the-unexpected")),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].bytes, cases[i].refusal);
}
END_TEST

START_TEST(how_a_body_must_not_be_framed)
{
    static const struct refused cases[] = {
        CASE(H1_BAD_LENGTH, POST "Content-Length: +5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: -5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 0x5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5.0\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5 5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5, 5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5,\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: \r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: \"5\"\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5\xc2\xa0\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5\r\ncontent-LENGTH: 6\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 18446744073709551621\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 00000000000000000005\r\n\r\nhello"),
        CASE(H1_BAD_LENGTH, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        CASE(H1_BAD_LENGTH, POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"),
        CASE(H1_BAD_FIELD, POST "Content-Length : 5\r\n\r\nhello"),
        CASE(H1_BAD_FIELD, POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        CASE(H1_BAD_CODING, POST "Transfer-Encoding:\r\n chunked\r\n\r\n"),
        CASE(H1_BAD_FIELD, POST "Transfer-Encoding: \x0b"
                                "chunked\r\n\r\n"),
        CASE(H1_BAD_CODING, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        CASE(H1_BAD_CODING, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"),
        CASE(H1_BAD_CODING, POST "Transfer-Encoding:\r\n\r\n"),
        CASE(H1_BAD_CODING, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: chunked, chunked\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: chunked, identity\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: identity\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: xchunked\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: \"chunked\"\r\n\r\n"),
        CASE(H1_CODING_UNKNOWN, POST "Transfer-Encoding: chunked;q=1\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].bytes, cases[i].refusal);
}
END_TEST

START_TEST(how_chunks_must_not_be_written)
{
    static const struct refused cases[] = {
        CASE(H1_BAD_CHUNK, CHUNKED "0x3\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "+3\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "-3\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED " 3\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3 \r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED ";x\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\rabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\r\nabcd\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\r\nabc0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\r\nabc\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3\r\nabc\rX0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3;a\nb\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "3;a\0b\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "0000000000000003\r\nabc\r\n0\r\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\n\n"),
        CASE(H1_BAD_CHUNK, CHUNKED "0\r\n\rX"),
        CASE(H1_BAD_CHUNK, CHUNKED "0\r\nX: y\r\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\nX: y\r\n folded\r\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\nX : y\r\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\n: y\r\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\nX: y\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\nX: \0\r\n\r\n"),
        CASE(H1_BAD_FIELD, CHUNKED "0\r\nX\r\n\r\n"),
        CASE(H1_BODY_LONG, POST "Content-Length: 65\r\n\r\n"),
        CASE(H1_BODY_LONG, POST "Content-Length: 9999999999999999999\r\n\r\n"),
        CASE(H1_BODY_LONG, CHUNKED "41\r\n"),
        CASE(H1_BODY_LONG, CHUNKED "fffffffffffffff\r\n"),
        CASE(H1_BODY_LONG, CHUNKED "1\r\nx\r\n40\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].bytes, cases[i].refusal);
}
END_TEST

/* Appends `count` times the string. */
static void repeat(struct buf *out, const char *string, size_t count)
{
    while (count-- > 0)
        buf_put_string(out, string);
}

/* Feeds `front`, `count` times `unit`, and `back`, whole and byte by byte; the refusal, or H1_REFUSAL_COUNT. */
static enum h1_refusal refusal_of(const char *front, const char *unit, size_t count, const char *back)
{
    struct buf bytes;
    enum h1_refusal refusal = H1_REFUSAL_COUNT;
    buf_init(&bytes, TRANSCRIPT_BYTES);
    buf_put_string(&bytes, front);
    repeat(&bytes, unit, count);
    buf_put_string(&bytes, back);
    struct buf whole = transcript_of(buf_text(&bytes), bytes.length),
               split = transcript_byte_by_byte(buf_text(&bytes));
    assert_same(&whole, &split, 1);
    struct text rest = buf_text(&whole), line;
    while (text_next(&rest, '\n', &line))
        for (unsigned i = 0; i < H1_REFUSAL_COUNT; i++)
            if (line.length > 8 && memcmp(line.data, "refused ", 8) == 0 &&
                text_is((struct text){line.data + 8, line.length - 8}, h1_refusal_name(i)))
                refusal = i;
    buf_free(&split);
    buf_free(&whole);
    buf_free(&bytes);
    return refusal;
}

START_TEST(each_bound_holds_to_the_byte)
{
    static const struct {
        const char *front, *unit, *back;
        size_t most;
        enum h1_refusal refusal;
    } cases[] = {
        {"", "M", " / HTTP/1.1\r\n" HOST "\r\n", H1_METHOD_BYTES, H1_METHOD_LONG},
        {"GET /", "a", " HTTP/1.1\r\n" HOST "\r\n", H1_TARGET_BYTES - 1, H1_TARGET_LONG},
        {"GET / HTTP/1.1\r\n" HOST, "a:\r\n", "\r\n", H1_HEADERS - 1, H1_HEAD_LONG},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: ", "y", "\r\n\r\n", H1_HEAD_BYTES - 32, H1_HEAD_LONG},
        {"GET / HTTP/1.1\r\nHost: a\r\n", "y", ":\r\n\r\n", H1_HEAD_BYTES - 30, H1_HEAD_LONG},
        {CHUNKED "0;", "x", "\r\n\r\n", H1_EXTENSION_BYTES, H1_BAD_CHUNK},
        {CHUNKED "0\r\n", "x:\r\n", "\r\n", H1_TRAILER_BYTES / 3, H1_BAD_CHUNK},
        {CHUNKED, "1;\r\nx\r\n", "0\r\n\r\n", LIMIT_BYTES, H1_BODY_LONG},
        {CHUNKED, "1;abcdefgh\r\nx\r\n", "0\r\n\r\n", H1_EXTENSION_BYTES / 8, H1_BAD_CHUNK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum h1_refusal at_most = refusal_of(cases[i].front, cases[i].unit, cases[i].most, cases[i].back);
        enum h1_refusal above = refusal_of(cases[i].front, cases[i].unit, cases[i].most + 1, cases[i].back);
        ck_assert_msg(at_most == H1_REFUSAL_COUNT, "case %zu: %s", i, h1_refusal_name(at_most));
        ck_assert_msg(above == cases[i].refusal, "case %zu: %d", i, (int)above);
    }
}
END_TEST

START_TEST(a_limit_that_is_not_said_is_zero)
{
    struct h1 h1;
    struct h1_event event;
    struct text bytes = text_of(POST "Content-Length: 1\r\n\r\nx");
    h1_init(&h1);
    size_t taken = h1_feed(&h1, bytes, &event);
    ck_assert_int_eq(event.kind, H1_HEAD);
    ck_assert_uint_eq(taken, bytes.length - 1);
    ck_assert_uint_eq(h1_feed(&h1, text_of("x"), &event), 0);
    ck_assert_int_eq(event.kind, H1_REFUSED);
    ck_assert_int_eq(event.refusal, H1_BODY_LONG);
    ck_assert_uint_eq(h1_feed(&h1, text_of("x"), &event), 0);
    ck_assert_int_eq(event.kind, H1_REFUSED);
    h1_free(&h1);
}
END_TEST

START_TEST(headers_are_found_in_any_case_and_counted)
{
    struct h1 h1;
    struct h1_event event;
    struct text value = {"untouched", 9};
    h1_init(&h1);
    (void)h1_feed(&h1, text_of(GET_WITH("Accept: one\r\naCCEPT: two\r\nX-Empty:\r\nFull-Stop: .")), &event);
    ck_assert_int_eq(event.kind, H1_HEAD);
    ck_assert_uint_eq(h1_header(&h1, "absent", &value), 0);
    ck_assert(text_is(value, "untouched"));
    ck_assert_uint_eq(h1_header(&h1, "accept", &value), 2);
    ck_assert(text_is(value, "one"));
    ck_assert_uint_eq(h1_header(&h1, "X-EMPTY", &value), 1);
    ck_assert(text_is(value, ""));
    ck_assert_uint_eq(h1_header(&h1, "full-stop", &value), 1);
    ck_assert(text_is(value, "."));
    (void)h1_feed(&h1, (struct text){"", 0}, &event);
    ck_assert_int_eq(event.kind, H1_END);
    ck_assert_uint_eq(h1_feed(&h1, text_of("GET"), &event), 0); /* the end stands until h1_next */
    ck_assert_int_eq(event.kind, H1_END);
    ck_assert_uint_eq(h1_header(&h1, "accept", &value), 2);
    h1_next(&h1);
    ck_assert_uint_eq(h1_header(&h1, "accept", &value), 0);
    h1_free(&h1);
}
END_TEST

START_TEST(no_memory_is_refused)
{
    struct h1 h1;
    struct h1_event event;
    h1_init(&h1);
    mem_fail_at(1);
    (void)h1_feed(&h1, text_of("GET / HTTP/1.1\r\n"), &event);
    mem_fail_at(0);
    ck_assert_int_eq(event.kind, H1_REFUSED);
    ck_assert_int_eq(event.refusal, H1_NO_MEMORY);
    h1_free(&h1);
}
END_TEST

START_TEST(every_refusal_has_an_answer)
{
    for (unsigned i = 0; i < H1_REFUSAL_COUNT; i++) {
        ck_assert_int_ge(h1_refusal_status(i), 400);
        ck_assert_int_le(h1_refusal_status(i), 505);
        ck_assert_uint_gt(strlen(h1_refusal_name(i)), 0);
        ck_assert_ptr_null(strpbrk(h1_refusal_message(i), "\"\\\n"));
    }
}
END_TEST

RUN_TESTS("wire/h1", requests_are_read_the_same_at_every_cut, what_a_request_line_must_not_be,
          what_header_lines_must_not_be, how_a_body_must_not_be_framed, how_chunks_must_not_be_written,
          each_bound_holds_to_the_byte, a_limit_that_is_not_said_is_zero, headers_are_found_in_any_case_and_counted,
          no_memory_is_refused, every_refusal_has_an_answer)
