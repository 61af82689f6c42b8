#include "wire/connect.h"

#include "api/message.h"
#include "base/mem.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "support/support.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { BUDGET_BYTES = 1 << 20 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct method *post_method(void)
{
    return method_of(METHOD_GET_STAGEVRAAG);
}

static const struct method *get_method(void)
{
    return method_of(METHOD_GET_PUBLIC_ROUND);
}

static struct connect_head post_head(const char *content_type)
{
    return (struct connect_head){.verb = text_of("POST"), .content_type = text_of(content_type)};
}

static void assert_refused(const struct method *method, const struct connect_head *head, int http_status,
                           const char *name, const char *value)
{
    struct connect_request request;
    struct connect_refusal refusal;
    ck_assert_int_eq(connect_check(method, head, &request, &refusal), ERR_INPUT);
    ck_assert_int_eq(refusal.http_status, http_status);
    if (name) {
        ck_assert_str_eq(refusal.header_name, name);
        ck_assert_str_eq(refusal.header_value, value);
        ck_assert_ptr_null(refusal.status.refusal);
    } else {
        ck_assert_ptr_null(refusal.header_name);
        ck_assert_str_eq(refusal.status.refusal->name, value);
    }
}

START_TEST(verbs)
{
    static const char *const wrong[] = {"PUT", "DELETE", "HEAD", "OPTIONS", "post", "get", "PATCH", ""};
    struct connect_head head = post_head("application/json");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        head.verb = text_of(wrong[i]);
        assert_refused(post_method(), &head, 405, "Allow", "POST");
        assert_refused(get_method(), &head, 405, "Allow", "GET, POST");
    }
    head.verb = text_of("GET"); /* has personal data: never in a query */
    assert_refused(post_method(), &head, 405, "Allow", "POST");
}
END_TEST

START_TEST(content_types)
{
    static const struct {
        const char *type;
        enum connect_codec codec;
    } good[] = {
        {"application/json", CONNECT_JSON},
        {"application/proto", CONNECT_PROTO},
        {"Application/JSON; charset=utf-8", CONNECT_JSON},
        {" application/proto ;x=y", CONNECT_PROTO},
    };
    static const char *const wrong[] = {"",
                                        "text/plain",
                                        "application/jsonx",
                                        "application/connect+json",
                                        "application/grpc",
                                        "application/x-www-form-urlencoded",
                                        "json"};
    struct connect_request request;
    struct connect_refusal refusal;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct connect_head head = post_head(good[i].type);
        ck_assert_int_eq(connect_check(post_method(), &head, &request, &refusal), ERR_OK);
        ck_assert_int_eq(request.codec, good[i].codec);
        ck_assert(!request.is_get && request.timeout_ms == 0 && request.coding == CONNECT_IDENTITY);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct connect_head head = post_head(wrong[i]);
        assert_refused(post_method(), &head, 415, "Accept-Post", "application/json, application/proto");
    }
    struct connect_head none = {.verb = text_of("POST")};
    assert_refused(post_method(), &none, 415, "Accept-Post", "application/json, application/proto");
}
END_TEST

START_TEST(versions_timeouts_and_codings)
{
    static const struct {
        const char *timeout;
        uint64_t expected; /* 0: refused */
    } timeouts[] = {{"1", 1},           {"0", 1},  {"30000", 30000}, {"9999999999", 9999999999},
                    {"0000000005", 5},  {"", 0},   {"-1", 0},        {"+1", 0},
                    {"12345678901", 0}, {"1 ", 0}, {"1e3", 0},       {"abc", 0}};
    struct connect_request request;
    struct connect_refusal refusal;
    struct connect_head head = post_head("application/json");
    for (size_t i = 0; i < COUNT(timeouts); i++) {
        head.timeout_ms = text_of(timeouts[i].timeout);
        if (!timeouts[i].expected) {
            assert_refused(post_method(), &head, 400, NULL, "timeout");
            continue;
        }
        ck_assert_int_eq(connect_check(post_method(), &head, &request, &refusal), ERR_OK);
        ck_assert_uint_eq(request.timeout_ms, timeouts[i].expected);
    }
    head = post_head("application/json");
    head.protocol_version = text_of("1");
    head.content_encoding = text_of("GZip");
    head.accept_encoding = text_of("br, gzip;q=0.5");
    ck_assert_int_eq(connect_check(post_method(), &head, &request, &refusal), ERR_OK);
    ck_assert_int_eq(request.coding, CONNECT_GZIP);
    ck_assert_int_eq(request.answer_coding, CONNECT_GZIP);
    head.accept_encoding = text_of("gzip;q=0, br");
    ck_assert_int_eq(connect_check(post_method(), &head, &request, &refusal), ERR_OK);
    ck_assert_int_eq(request.answer_coding, CONNECT_IDENTITY);
    head.content_encoding = text_of("br");
    assert_refused(post_method(), &head, 501, NULL, "compression");
    head.content_encoding = text_of("identity");
    head.protocol_version = text_of("2");
    assert_refused(post_method(), &head, 400, NULL, "protocol_version");
    head.protocol_version = text_of("");
    assert_refused(post_method(), &head, 400, NULL, "protocol_version");
}
END_TEST

START_TEST(languages)
{
    static const struct {
        const char *header;
        enum language expected;
    } cases[] = {
        {"", LANGUAGE_NL},
        {"nl", LANGUAGE_NL},
        {"en", LANGUAGE_EN},
        {"en-US,en;q=0.9,nl;q=0.8", LANGUAGE_EN},
        {"de, en;q=0.7, nl;q=0.8", LANGUAGE_NL},
        {"fr, *", LANGUAGE_NL},
        {"EN-gb ; q=0.1", LANGUAGE_EN},
        {"en;q=0, nl;q=0.1", LANGUAGE_NL},
        {"nl;q=x, en;q=0.001", LANGUAGE_EN},
        {"english", LANGUAGE_NL},
        {";;,,;q=", LANGUAGE_NL},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(connect_language(text_of(cases[i].header)) == cases[i].expected, "%s", cases[i].header);
    ck_assert_int_eq(connect_language((struct text){NULL, 0}), LANGUAGE_NL);
}
END_TEST

/* The round_id that a GET with this query asks for, or the refusal's name. */
static void assert_query(const char *query, const char *expected)
{
    struct connect_head head = {.verb = text_of("GET"), .query = text_of(query)};
    struct connect_request request;
    struct connect_refusal refused;
    const struct refusal *why = NULL;
    struct pbguard_message message = {0};
    struct json_fault fault;
    struct status status = STATUS_DONE;
    struct text bytes;
    struct buf scratch;
    buf_init(&scratch, BUDGET_BYTES);
    if (connect_check(get_method(), &head, &request, &refused) != ERR_OK)
        ck_assert_str_eq(refused.status.refusal ? refused.status.refusal->name : refused.header_name, expected);
    else if (connect_message(get_method(), &request, text_of(""), &scratch, &bytes, &why) != ERR_OK)
        ck_assert_str_eq(why->name, expected);
    else if (connect_decode(get_method(), &request, bytes, BUDGET_BYTES, &message, &fault, &status) != ERR_OK)
        ck_assert_str_eq(status.refusal->name, expected);
    else
        ck_assert(text_is(message_text(message.message, "round_id"), expected));
    pbguard_free(&message);
    buf_free(&scratch);
}

START_TEST(queries)
{
    static const struct {
        const char *query, *expected;
    } cases[] = {
        {"connect=v1&encoding=json&message=%7B%22roundId%22:%22a+b%22%7d", "a b"},
        {"message=%7B%22roundId%22:%22ab%22%7D&encoding=json", "ab"},
        {"base64=1&message=eyJyb3VuZElkIjoiYWIifQ&encoding=json&other=1", "ab"},
        {"base64=1&message=eyJyb3VuZElkIjoiYWIifQ%3D%3D&encoding=json", "ab"},
        {"base64=1&message=CgJhYg&encoding=proto&compression=identity", "ab"},
        {"base64=0&message=%0A%02ab&encoding=proto&compression=", "ab"},
        {"message=&encoding=proto", ""},
        {"message&encoding=proto&base64=1", ""},
        {"message=&encoding=json", "malformed"},
        {"encoding=proto", "query"},
        {"message=", "query"},
        {"", "query"},
        {"message=&message=&encoding=proto", "query"},
        {"message=&encoding=proto&base64=2", "query"},
        {"message=&encoding=xml", "Accept-Post"},
        {"message=&encoding=proto&connect=v2", "protocol_version"},
        {"message=&encoding=proto&compression=br", "compression"},
        {"message=%4&encoding=proto", "malformed"},
        {"message=%4g&encoding=proto", "malformed"},
        {"message=*&encoding=proto&base64=1", "malformed"},
        {"message=CgJh&encoding=proto&base64=1", "malformed"},
        {"message=CgJhYg&encoding=proto&base64=1&compression=gzip", "malformed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_query(cases[i].query, cases[i].expected);
}
END_TEST

/* What a POST with this body of the method comes to: STATUS_OK or the refusal's name, and its field. */
static void assert_body(const struct method *method, enum connect_codec codec, struct text body, const char *refusal,
                        const char *field)
{
    struct connect_request request = {.codec = codec};
    struct pbguard_message message = {0};
    struct json_fault fault;
    struct status status = STATUS_DONE;
    enum err e = connect_decode(method, &request, body, BUDGET_BYTES, &message, &fault, &status);
    ck_assert_int_eq(e == ERR_OK, refusal == NULL);
    if (refusal) {
        ck_assert_str_eq(status.refusal->name, refusal);
        ck_assert_str_eq(status.field ? status.field : "", field);
        ck_assert_ptr_nonnull(fault.what);
    }
    pbguard_free(&message);
}

START_TEST(bodies)
{
    const struct method *submit = method_of(METHOD_SUBMIT_STUDENTS);
    struct buf large;
    assert_body(post_method(), CONNECT_PROTO, text_of(""), NULL, NULL);
    assert_body(post_method(), CONNECT_PROTO, text_of("\x0a\x02"), "malformed", "");
    assert_body(post_method(), CONNECT_JSON, text_of("{}"), NULL, NULL);
    assert_body(post_method(), CONNECT_JSON, text_of(""), "malformed", "");
    assert_body(post_method(), CONNECT_JSON, text_of("{\"stagevraagId\":5}"), "bad_value", "stagevraagId");
    assert_body(submit, CONNECT_JSON, text_of("{\"students\":[{},{\"profile\":{\"leerweg\":\"MBO\"}}]}"), "bad_value",
                "students[1].profile.leerweg");
    buf_init(&large, BUDGET_BYTES);
    buf_put_string(&large, "{\"stagevraagId\":\"");
    for (int i = 0; i < 5000; i++)
        buf_put_char(&large, 'a');
    buf_put_string(&large, "\"}"); /* below the 8 KiB of its JSON, above the 4 KiB of its message */
    assert_body(post_method(), CONNECT_JSON, buf_text(&large), "too_large", "");
    buf_free(&large);
}
END_TEST

static enum err message_of(const struct method *method, struct text gzip, struct buf *scratch, struct text *out,
                           const struct refusal **why)
{
    struct connect_request request = {.codec = CONNECT_PROTO, .coding = CONNECT_GZIP};
    return connect_message(method, &request, gzip, scratch, out, why);
}

START_TEST(gzip_is_bounded_by_what_it_holds)
{
    const struct method *method = method_of(METHOD_SUBMIT_STUDENTS);
    static const size_t lengths[] = {0, 1, 1000, 20000, 8 << 20, (8 << 20) + 1};
    char *plain;
    ck_assert_int_eq(mem_alloc(9 << 20, 1, &plain), ERR_OK);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct buf gzip, scratch;
        struct text out = {NULL, 0};
        const struct refusal *why = NULL;
        buf_init(&gzip, 1 << 20);
        buf_init(&scratch, 64 << 20);
        ck_assert_int_eq(connect_gzip((struct text){plain, lengths[i]}, &gzip), ERR_OK);
        enum err e = message_of(method, buf_text(&gzip), &scratch, &out, &why);
        if (lengths[i] <= method->max_bytes) {
            ck_assert_int_eq(e, ERR_OK);
            ck_assert(text_equal(out, (struct text){plain, lengths[i]}));
        } else {
            ck_assert_int_eq(e, ERR_RANGE);
            ck_assert_ptr_eq(why, &refusal_too_large);
            ck_assert_uint_le(scratch.length, method->max_bytes);
        }
        buf_free(&scratch);
        buf_free(&gzip);
    }
    mem_free(plain);
}
END_TEST

START_TEST(gzip_that_is_damaged_is_refused)
{
    struct buf gzip, scratch;
    struct text out;
    const struct refusal *why;
    buf_init(&gzip, BUDGET_BYTES);
    buf_init(&scratch, BUDGET_BYTES);
    ck_assert_int_eq(connect_gzip(text_of("some text that is some text"), &gzip), ERR_OK);
    for (size_t length = 1; length < gzip.length; length++) {
        buf_clear(&scratch);
        ck_assert_int_eq(message_of(post_method(), (struct text){gzip.data, length}, &scratch, &out, &why),
                         ERR_INPUT);
        ck_assert_ptr_eq(why, &refusal_malformed);
    }
    buf_clear(&scratch);
    ck_assert_int_eq(message_of(post_method(), text_of(""), &scratch, &out, &why), ERR_OK); /* nothing at all */
    ck_assert_uint_eq(out.length, 0);
    buf_put_char(&gzip, 'x');
    ck_assert_int_eq(message_of(post_method(), buf_text(&gzip), &scratch, &out, &why), ERR_INPUT);
    buf_free(&gzip);
    buf_free(&scratch);
}
END_TEST

START_TEST(a_body_is_not_copied_and_not_too_long)
{
    struct connect_request request = {.codec = CONNECT_PROTO};
    const struct method *method = post_method();
    struct text body = {"", method->max_bytes + 1}, out;
    const struct refusal *why;
    struct buf scratch;
    buf_init(&scratch, BUDGET_BYTES);
    ck_assert_int_eq(connect_message(method, &request, body, &scratch, &out, &why), ERR_RANGE);
    ck_assert_ptr_eq(why, &refusal_too_large);
    body = text_of("abc");
    ck_assert_int_eq(connect_message(method, &request, body, &scratch, &out, &why), ERR_OK);
    ck_assert_ptr_eq(out.data, body.data);
    ck_assert_uint_eq(connect_body_bytes_max(method, CONNECT_PROTO), method->max_bytes);
    ck_assert_uint_eq(connect_body_bytes_max(method, CONNECT_JSON), 2 * method->max_bytes);
    ck_assert_uint_eq(connect_budget_bytes(0), 64 << 10);
    ck_assert_uint_eq(connect_budget_bytes(1000), (64 << 10) + 16000);
    ck_assert_uint_eq(connect_budget_bytes(SIZE_MAX), 256 << 20);
    buf_free(&scratch);
}
END_TEST

START_TEST(answers_come_in_the_codec_of_the_request)
{
    const struct method *method = method_of(METHOD_GET_LEDGER_HEAD);
    Stagematch__V1__GetLedgerHeadResponse head = STAGEMATCH__V1__GET_LEDGER_HEAD_RESPONSE__INIT;
    struct buf packed, proto, json;
    buf_init(&packed, BUDGET_BYTES);
    buf_init(&proto, BUDGET_BYTES);
    buf_init(&json, BUDGET_BYTES);
    head.seq = 5;
    ck_assert_int_eq(connect_encode(CONNECT_PROTO, &head, &packed), ERR_OK);
    ck_assert_int_eq(connect_encode_packed(method, CONNECT_PROTO, buf_text(&packed), BUDGET_BYTES, &proto), ERR_OK);
    ck_assert(text_equal(buf_text(&packed), buf_text(&proto)));
    ck_assert_int_eq(connect_encode_packed(method, CONNECT_JSON, buf_text(&packed), BUDGET_BYTES, &json), ERR_OK);
    ck_assert(text_is(buf_text(&json), "{\"seq\":\"5\"}"));
    ck_assert_int_eq(connect_encode_packed(method, CONNECT_JSON, text_of("\xff"), BUDGET_BYTES, &json), ERR_INPUT);
    ck_assert_str_eq(connect_content_type(CONNECT_PROTO), "application/proto");
    ck_assert_str_eq(connect_content_type(CONNECT_JSON), "application/json");
    ck_assert_str_eq(connect_coding_name(CONNECT_GZIP), "gzip");
    ck_assert_str_eq(connect_coding_name(CONNECT_IDENTITY), "identity");
    buf_free(&packed);
    buf_free(&proto);
    buf_free(&json);
}
END_TEST

static json_t *load(const struct buf *buf)
{
    json_t *body = json_loadb(buf->data, buf->length, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(body);
    return body;
}

START_TEST(an_error_has_a_code_a_message_and_a_typed_detail)
{
    static const enum language tongues[] = {LANGUAGE_NL, LANGUAGE_EN};
    for (size_t i = 0; i < COUNT(tongues); i++) {
        struct status status = status_refuse_field(&refusal_stale_version, "version");
        const char *code, *message, *type, *value, *name, *field, *now;
        struct buf buf;
        status.current_version = 9;
        buf_init(&buf, BUDGET_BYTES);
        ck_assert_int_eq(connect_error_status(&buf, &status, tongues[i]), ERR_OK);
        json_t *body = load(&buf);
        ck_assert_int_eq(json_unpack(body, "{s:s,s:s,s:[{s:s,s:s,s:{s:s,s:s,s:s}}]}", "code", &code, "message",
                                     &message, "details", "type", &type, "value", &value, "debug", "code", &name,
                                     "field", &field, "currentVersion", &now),
                         0);
        ck_assert_str_eq(code, "aborted");
        ck_assert_str_eq(message, tongues[i] == LANGUAGE_NL ? refusal_stale_version.message_nl
                                                            : refusal_stale_version.message_en);
        ck_assert_str_eq(type, "stagematch.v1.Refusal");
        ck_assert_str_eq(name, "stale_version");
        ck_assert_str_eq(field, "version");
        ck_assert_str_eq(now, "9");
        ck_assert_ptr_null(strchr(value, '='));
        ck_assert_int_eq(strncmp(value, "Cg1zdGFsZV92ZXJzaW9u", 20), 0); /* field 1, 13 bytes, "stale_version" */
        json_decref(body);
        buf_free(&buf);
    }
}
END_TEST

START_TEST(an_error_may_have_less)
{
    struct buf buf;
    struct status none = STATUS_DONE;
    buf_init(&buf, BUDGET_BYTES);
    ck_assert_int_eq(connect_error_body(&buf, STATUS_NOT_FOUND, NULL, NULL), ERR_OK);
    ck_assert(text_is(buf_text(&buf), "{\"code\":\"not_found\"}"));
    buf_clear(&buf);
    ck_assert_int_eq(connect_error_body(&buf, STATUS_UNAVAILABLE, "a \"b\"", NULL), ERR_OK);
    ck_assert(text_is(buf_text(&buf), "{\"code\":\"unavailable\",\"message\":\"a \\\"b\\\"\"}"));
    buf_clear(&buf);
    ck_assert_int_eq(connect_error_status(&buf, &none, LANGUAGE_EN), ERR_OK); /* no refusal: an error all the same */
    json_decref(load(&buf));
    ck_assert_ptr_nonnull(memmem(buf.data, buf.length, "\"internal\"", 10));
    buf_free(&buf);
    buf_init(&buf, 20);
    ck_assert_int_eq(connect_error_status(&buf, &none, LANGUAGE_EN), ERR_MEMORY);
    buf_free(&buf);
}
END_TEST

START_TEST(every_lack_of_memory_is_an_error_without_a_leak)
{
    struct connect_head head = {.verb = text_of("GET"),
                                .query = text_of("base64=1&message=eyJyb3VuZElkIjoiYWIifQ&encoding=json")};
    struct connect_request request;
    struct connect_refusal refused;
    ck_assert_int_eq(connect_check(get_method(), &head, &request, &refused), ERR_OK);
    enum err e = ERR_MEMORY;
    for (uint64_t nth = 1; e != ERR_OK; nth++) {
        const struct refusal *why = NULL;
        struct pbguard_message message = {0};
        struct json_fault fault;
        struct status status;
        struct text bytes;
        struct buf scratch, gzip;
        buf_init(&scratch, BUDGET_BYTES);
        buf_init(&gzip, BUDGET_BYTES);
        mem_fail_at(nth);
        e = connect_message(get_method(), &request, text_of(""), &scratch, &bytes, &why);
        if (e == ERR_OK)
            e = connect_decode(get_method(), &request, bytes, BUDGET_BYTES, &message, &fault, &status);
        if (e == ERR_OK)
            e = connect_gzip(bytes, &gzip);
        mem_fail_at(0);
        ck_assert(e == ERR_OK || e == ERR_MEMORY);
        pbguard_free(&message);
        buf_free(&scratch);
        buf_free(&gzip);
    }
}
END_TEST

RUN_TESTS("wire/connect", verbs, content_types, versions_timeouts_and_codings, languages, queries, bodies,
          gzip_is_bounded_by_what_it_holds, gzip_that_is_damaged_is_refused, a_body_is_not_copied_and_not_too_long,
          answers_come_in_the_codec_of_the_request, an_error_has_a_code_a_message_and_a_typed_detail,
          an_error_may_have_less, every_lack_of_memory_is_an_error_without_a_leak)
