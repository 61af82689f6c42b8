#include "wire/connect_stream.h"

#include "api/message.h"
#include "support/support.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { BUDGET_BYTES = 1 << 20, COMPRESSED = 1, END = 2 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct method *a_method(void)
{
    return method_of(METHOD_GET_STAGEVRAAG);
}

static struct connect_head good_head(const char *content_type)
{
    return (struct connect_head){.verb = text_of("POST"), .content_type = text_of(content_type)};
}

static void put_envelope(struct buf *buf, unsigned flags, struct text message)
{
    buf_put_char(buf, (char)flags);
    for (unsigned shift = 24; shift <= 24; shift -= 8)
        buf_put_char(buf, (char)(message.length >> shift));
    buf_put_text(buf, message);
}

/* --- the head --- */

START_TEST(heads_that_are_right)
{
    static const struct {
        const char *type;
        enum connect_codec codec;
    } types[] = {{"application/connect+proto", CONNECT_PROTO},
                 {"application/connect+json", CONNECT_JSON},
                 {"Application/Connect+JSON; charset=utf-8", CONNECT_JSON}};
    for (size_t i = 0; i < COUNT(types); i++) {
        struct connect_head head = good_head(types[i].type);
        struct connect_request request;
        struct connect_refusal refusal;
        head.stream_content_encoding = text_of("gzip");
        head.stream_accept_encoding = text_of("br, gzip");
        head.protocol_version = text_of("1");
        head.timeout_ms = text_of("1500");
        head.accept_language = text_of("en");
        ck_assert_int_eq(connect_stream_check(&head, &request, &refusal), ERR_OK);
        ck_assert_int_eq(request.codec, types[i].codec);
        ck_assert_int_eq(request.coding, CONNECT_GZIP);
        ck_assert_int_eq(request.answer_coding, CONNECT_GZIP);
        ck_assert_int_eq(request.language, LANGUAGE_EN);
        ck_assert_uint_eq(request.timeout_ms, 1500);
        ck_assert(!request.is_get);
        ck_assert(text_is_nocase((struct text){types[i].type, strlen(connect_stream_content_type(request.codec))},
                                 connect_stream_content_type(request.codec)));
    }
}
END_TEST

START_TEST(the_headers_of_unary_calls_do_not_count)
{
    struct connect_head head = good_head("application/connect+proto");
    struct connect_request request;
    struct connect_refusal refusal;
    head.content_encoding = text_of("br");
    head.accept_encoding = text_of("gzip");
    ck_assert_int_eq(connect_stream_check(&head, &request, &refusal), ERR_OK);
    ck_assert_int_eq(request.coding, CONNECT_IDENTITY);
    ck_assert_int_eq(request.answer_coding, CONNECT_IDENTITY);
}
END_TEST

START_TEST(wrong_verbs_and_types_are_answered_by_http_alone)
{
    static const char *const types[] = {"application/proto",       "application/json", "application/connect",
                                        "application/connect+foo", "image/jpeg",       ""};
    struct connect_request request;
    struct connect_refusal refusal;
    struct connect_head head = good_head("application/connect+proto");
    head.verb = text_of("GET");
    ck_assert_int_eq(connect_stream_check(&head, &request, &refusal), ERR_INPUT);
    ck_assert_int_eq(refusal.http_status, 405);
    ck_assert_str_eq(refusal.header_value, "POST");
    for (size_t i = 0; i < COUNT(types); i++) {
        head = good_head(types[i]);
        ck_assert_int_eq(connect_stream_check(&head, &request, &refusal), ERR_INPUT);
        ck_assert_int_eq(refusal.http_status, 415);
        ck_assert_str_eq(refusal.header_name, "Accept-Post");
        ck_assert_ptr_nonnull(strstr(refusal.header_value, "application/connect+proto"));
    }
}
END_TEST

static void assert_refused(const struct connect_head *head, enum status_code code, const char *name)
{
    struct connect_request request;
    struct connect_refusal refusal;
    ck_assert_int_eq(connect_stream_check(head, &request, &refusal), ERR_INPUT);
    ck_assert_int_eq(refusal.http_status, 200); /* a stream that ends at once */
    ck_assert_ptr_null(refusal.header_name);
    ck_assert_int_eq(refusal.status.refusal->code, code);
    ck_assert_str_eq(refusal.status.refusal->name, name);
    ck_assert_int_eq(request.codec, CONNECT_JSON); /* for the content type */
}

START_TEST(other_faults_of_the_head_are_told_in_the_stream)
{
    struct connect_head head = good_head("application/connect+json");
    head.stream_content_encoding = text_of("br");
    assert_refused(&head, STATUS_UNIMPLEMENTED, "compression");
    head = good_head("application/connect+json");
    head.protocol_version = text_of("2");
    assert_refused(&head, STATUS_INVALID_ARGUMENT, "protocol_version");
    head = good_head("application/connect+json");
    head.timeout_ms = text_of("12345678901");
    assert_refused(&head, STATUS_INVALID_ARGUMENT, "timeout");
}
END_TEST

/* --- the message --- */

/* Takes the message of a body; `expected` NULL: it is refused with this code. */
static void assert_message(enum connect_coding coding, const struct buf *body, const char *expected,
                           enum status_code code)
{
    const struct connect_request request = {.codec = CONNECT_PROTO, .coding = coding};
    const struct refusal *refusal = NULL;
    struct buf scratch;
    struct text out;
    buf_init(&scratch, BUDGET_BYTES);
    enum err e = connect_stream_message(a_method(), &request, buf_text(body), &scratch, &out, &refusal);
    if (expected) {
        ck_assert_int_eq(e, ERR_OK);
        ck_assert(text_is(out, expected));
    } else {
        ck_assert_int_ne(e, ERR_OK);
        ck_assert_int_eq(refusal->code, code);
    }
    buf_free(&scratch);
}

START_TEST(one_message_is_taken_out)
{
    struct buf body, gzip;
    buf_init(&body, BUDGET_BYTES);
    buf_init(&gzip, BUDGET_BYTES);
    put_envelope(&body, 0, text_of("hello"));
    assert_message(CONNECT_IDENTITY, &body, "hello", STATUS_OK);
    assert_message(CONNECT_GZIP, &body, "hello", STATUS_OK); /* compressing is a choice for each message */
    buf_clear(&body);
    put_envelope(&body, 0, text_of(""));
    assert_message(CONNECT_IDENTITY, &body, "", STATUS_OK);
    buf_clear(&body);
    put_envelope(&body, COMPRESSED, text_of(""));
    assert_message(CONNECT_GZIP, &body, "", STATUS_OK);
    buf_clear(&body);
    ck_assert_int_eq(connect_gzip(text_of("hello"), &gzip), ERR_OK);
    put_envelope(&body, COMPRESSED, buf_text(&gzip));
    assert_message(CONNECT_GZIP, &body, "hello", STATUS_OK);
    assert_message(CONNECT_IDENTITY, &body, NULL, STATUS_INTERNAL);
    buf_free(&gzip);
    buf_free(&body);
}
END_TEST

START_TEST(none_or_several_messages_are_refused)
{
    struct buf body;
    buf_init(&body, BUDGET_BYTES);
    assert_message(CONNECT_IDENTITY, &body, NULL, STATUS_UNIMPLEMENTED);
    put_envelope(&body, 0, text_of("one"));
    put_envelope(&body, 0, text_of("two"));
    assert_message(CONNECT_IDENTITY, &body, NULL, STATUS_UNIMPLEMENTED);
    buf_free(&body);
}
END_TEST

START_TEST(damaged_envelopes_are_refused)
{
    static const unsigned flags[] = {END, END | COMPRESSED, 4, 0x80, 0xff};
    static const char long_prefix[] = {0, '\xff', '\xff', '\xff', '\xff', 'a', 'b'};
    struct buf body;
    buf_init(&body, BUDGET_BYTES);
    put_envelope(&body, 0, text_of("hello"));
    for (size_t length = 1, whole = body.length; length < whole; length++) {
        body.length = length;
        assert_message(CONNECT_IDENTITY, &body, NULL, STATUS_INVALID_ARGUMENT);
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        buf_clear(&body);
        put_envelope(&body, flags[i], text_of("{}"));
        assert_message(CONNECT_GZIP, &body, NULL, STATUS_INVALID_ARGUMENT);
    }
    buf_clear(&body);
    buf_put(&body, long_prefix, sizeof long_prefix);
    assert_message(CONNECT_IDENTITY, &body, NULL, STATUS_INVALID_ARGUMENT);
    buf_clear(&body);
    put_envelope(&body, COMPRESSED, text_of("not gzip"));
    assert_message(CONNECT_GZIP, &body, NULL, STATUS_INVALID_ARGUMENT);
    buf_free(&body);
}
END_TEST

START_TEST(the_limit_holds_on_what_a_message_is_when_decompressed)
{
    size_t max = connect_body_bytes_max(a_method(), CONNECT_PROTO);
    ck_assert_uint_eq(connect_stream_body_bytes_max(a_method(), CONNECT_PROTO), max + CONNECT_ENVELOPE_BYTES);
    for (size_t over = 0; over <= 1; over++) {
        struct buf body, gzip;
        char *plain = calloc(1, max + 2);
        ck_assert_ptr_nonnull(plain);
        memset(plain, 'a', max + over);
        buf_init(&body, max + BUDGET_BYTES);
        buf_init(&gzip, BUDGET_BYTES);
        put_envelope(&body, 0, (struct text){plain, max + over});
        assert_message(CONNECT_IDENTITY, &body, over ? NULL : plain, STATUS_RESOURCE_EXHAUSTED);
        buf_clear(&body);
        ck_assert_int_eq(connect_gzip((struct text){plain, max + over}, &gzip), ERR_OK);
        ck_assert_uint_lt(gzip.length, max / 2);
        put_envelope(&body, COMPRESSED, buf_text(&gzip));
        assert_message(CONNECT_GZIP, &body, over ? NULL : plain, STATUS_RESOURCE_EXHAUSTED);
        buf_free(&gzip);
        buf_free(&body);
        free(plain);
    }
}
END_TEST

/* --- the answer --- */

START_TEST(messages_are_compressed_where_it_is_worth_it)
{
    char plain[CONNECT_STREAM_GZIP_BYTES + 1] = {0};
    memset(plain, 'a', CONNECT_STREAM_GZIP_BYTES);
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    ck_assert_int_eq(connect_stream_put(CONNECT_GZIP, text_of("short"), &buf), ERR_OK);
    ck_assert_uint_eq(buf.length, 10);
    ck_assert_mem_eq(buf.data, "\0\0\0\0\5short", 10);
    buf_clear(&buf);
    ck_assert_int_eq(connect_stream_put(CONNECT_IDENTITY, text_of(plain), &buf), ERR_OK);
    ck_assert_uint_eq(buf.length, CONNECT_ENVELOPE_BYTES + CONNECT_STREAM_GZIP_BYTES);
    ck_assert_mem_eq(buf.data, "\0\0\0\4\0", 5);
    buf_clear(&buf);
    ck_assert_int_eq(connect_stream_put(CONNECT_GZIP, text_of(plain), &buf), ERR_OK);
    ck_assert_int_eq(buf.data[0], COMPRESSED);
    ck_assert_uint_lt(buf.length, CONNECT_STREAM_GZIP_BYTES / 2);
    assert_message(CONNECT_GZIP, &buf, plain, STATUS_OK);
    buf_free(&buf);
}
END_TEST

START_TEST(several_messages_stand_behind_each_other)
{
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    ck_assert_int_eq(connect_stream_put(CONNECT_IDENTITY, text_of("a"), &buf), ERR_OK);
    ck_assert_int_eq(connect_stream_put(CONNECT_IDENTITY, text_of(""), &buf), ERR_OK);
    ck_assert_int_eq(connect_stream_end(&buf, text_of(""), NULL, 0), ERR_OK);
    static const char expected[] = "\0\0\0\0\1a\0\0\0\0\0\2\0\0\0\2{}";
    ck_assert_uint_eq(buf.length, sizeof expected - 1);
    ck_assert_mem_eq(buf.data, expected, sizeof expected - 1);
    buf_free(&buf);
}
END_TEST

START_TEST(a_buffer_that_is_too_small_is_told)
{
    for (size_t limit = 0; limit < 10; limit++) {
        struct buf buf;
        buf_init(&buf, limit);
        ck_assert_int_ne(connect_stream_put(CONNECT_IDENTITY, text_of("hello"), &buf), ERR_OK);
        buf_free(&buf);
    }
}
END_TEST

/* The JSON of an end of stream. */
static json_t *end_of(const struct buf *buf)
{
    ck_assert_uint_gt(buf->length, CONNECT_ENVELOPE_BYTES);
    ck_assert_int_eq(buf->data[0], END);
    ck_assert_uint_eq((unsigned char)buf->data[4] + ((size_t)(unsigned char)buf->data[3] << 8),
                      buf->length - CONNECT_ENVELOPE_BYTES);
    json_t *json = json_loadb(buf->data + CONNECT_ENVELOPE_BYTES, buf->length - CONNECT_ENVELOPE_BYTES,
                              JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

START_TEST(the_end_has_the_error_and_the_metadata)
{
    const struct connect_metadata metadata[] = {
        {text_of("x-a"), text_of("1")}, {text_of("x-a"), text_of("2\"")}, {text_of("x-b"), text_of("3")}};
    struct buf buf, error;
    buf_init(&buf, BUDGET_BYTES);
    buf_init(&error, BUDGET_BYTES);
    ck_assert_int_eq(connect_error_details(&error, STATUS_ABORTED, "why", NULL, 0), ERR_OK);
    ck_assert_int_eq(connect_stream_end(&buf, buf_text(&error), metadata, COUNT(metadata)), ERR_OK);
    json_t *json = end_of(&buf);
    const char *code, *message, *first, *second, *third;
    ck_assert_int_eq(json_unpack(json, "{s:{s:s,s:s!},s:{s:[s,s!],s:[s!]!}!}", "error", "code", &code, "message",
                                 &message, "metadata", "x-a", &first, &second, "x-b", &third),
                     0);
    ck_assert_str_eq(code, "aborted");
    ck_assert_str_eq(message, "why");
    ck_assert_str_eq(first, "1");
    ck_assert_str_eq(second, "2\"");
    ck_assert_str_eq(third, "3");
    json_decref(json);
    buf_free(&error);
    buf_free(&buf);
}
END_TEST

START_TEST(the_end_tells_a_status)
{
    struct status status = status_refuse(&refusal_deadline);
    struct buf buf;
    const char *code, *message, *type, *value;
    json_t *debug;
    buf_init(&buf, BUDGET_BYTES);
    ck_assert_int_eq(connect_stream_end_status(&buf, &status, LANGUAGE_EN), ERR_OK);
    json_t *json = end_of(&buf);
    ck_assert_int_eq(json_unpack(json, "{s:{s:s,s:s,s:[{s:s,s:s,s:o!}!]!}!}", "error", "code", &code, "message",
                                 &message, "details", "type", &type, "value", &value, "debug", &debug),
                     0);
    ck_assert_str_eq(code, "deadline_exceeded");
    ck_assert_str_eq(message, refusal_deadline.message_en);
    ck_assert_str_eq(type, "stagematch.v1.Refusal");
    json_decref(json);
    buf_clear(&buf);
    status = STATUS_DONE;
    ck_assert_int_eq(connect_stream_end_status(&buf, &status, LANGUAGE_EN), ERR_OK);
    ck_assert_mem_eq(buf.data, "\2\0\0\0\2{}", 7);
    buf_free(&buf);
}
END_TEST

RUN_TESTS("wire/connect_stream", heads_that_are_right, the_headers_of_unary_calls_do_not_count,
          wrong_verbs_and_types_are_answered_by_http_alone, other_faults_of_the_head_are_told_in_the_stream,
          one_message_is_taken_out, none_or_several_messages_are_refused, damaged_envelopes_are_refused,
          the_limit_holds_on_what_a_message_is_when_decompressed, messages_are_compressed_where_it_is_worth_it,
          several_messages_stand_behind_each_other, a_buffer_that_is_too_small_is_told,
          the_end_has_the_error_and_the_metadata, the_end_tells_a_status)
