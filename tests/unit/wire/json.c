#include "wire/json.h"

#include "api/message.h"
#include "api/method.h"
#include "base/mem.h"
#include "kinds.pb-c.h"
#include "stagematch/v1/common.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "support/random_message.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { BUDGET_BYTES = 1 << 20 };

static const ProtobufCMessageDescriptor *const kinds = &stagematch__test__kinds__descriptor;

/* Reads `json` as Kinds, writes it again and compares. */
static void assert_rewritten(const char *json, const char *expected)
{
    struct pbguard_message message;
    struct json_fault fault = {.what = "none"};
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    enum err e = json_decode(kinds, text_of(json), BUDGET_BYTES, true, &message, &fault);
    ck_assert_msg(e == ERR_OK, "%s: %s at '%s'", json, fault.what, fault.path);
    ck_assert_int_eq(json_encode(message.message, &buf), ERR_OK);
    buf_put_char(&buf, '\0');
    ck_assert_str_eq(buf.data, expected);
    buf_free(&buf);
    pbguard_free(&message);
}

static void assert_refused(const char *json, enum err expected, const char *path)
{
    struct pbguard_message message = {0};
    struct json_fault fault = {.what = NULL};
    enum err e = json_decode(kinds, text_of(json), BUDGET_BYTES, false, &message, &fault);
    ck_assert_msg(e == expected, "%s: %s", json, err_text(e));
    ck_assert_msg(strcmp(fault.path, path) == 0, "%s: %s at '%s'", json, fault.what, fault.path);
    ck_assert_ptr_nonnull(fault.what);
    ck_assert_ptr_null(message.message);
    ck_assert_int_eq(json_decode(kinds, text_of(json), BUDGET_BYTES, false, &message, NULL), expected);
}

struct rewrite {
    const char *json, *expected;
};

static void assert_rewrites(const struct rewrite *rewrites, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_rewritten(rewrites[i].json, rewrites[i].expected ? rewrites[i].expected : rewrites[i].json);
}

struct refusal_case {
    const char *json, *path;
};

static void assert_refusals(const struct refusal_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(cases[i].json, ERR_INPUT, cases[i].path);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

START_TEST(numbers)
{
    static const struct rewrite rewrites[] = {
        {"{}", NULL},
        {" { } ", "{}"},
        {"{\"int32Value\":-2147483648}", NULL},
        {"{\"int32_value\":5}", "{\"int32Value\":5}"},
        {"{\"int32Value\":\"5\"}", "{\"int32Value\":5}"},
        {"{\"int32Value\":5.0}", "{\"int32Value\":5}"},
        {"{\"int32Value\":1e3}", "{\"int32Value\":1000}"},
        {"{\"int32Value\":0}", "{}"},
        {"{\"int32Value\":null}", "{}"},
        {"{\"uint32Value\":4294967295}", NULL},
        {"{\"int64Value\":-9223372036854775808}", "{\"int64Value\":\"-9223372036854775808\"}"},
        {"{\"int64Value\":\"9223372036854775807\"}", NULL},
        {"{\"uint64Value\":\"18446744073709551615\"}", NULL},
        {"{\"uint64Value\":9007199254740993}", "{\"uint64Value\":\"9007199254740993\"}"},
        {"{\"fixed64List\":[1,\"2\"]}", "{\"fixed64List\":[\"1\",\"2\"]}"},
        {"{\"sint32List\":[0,-1,2]}", NULL},
        {"{\"boolValue\":true,\"boolList\":[false,true]}", NULL},
    };
    static const struct refusal_case refusals[] = {
        {"{\"int32Value\":2147483648}", "int32Value"},
        {"{\"int32Value\":-2147483649}", "int32Value"},
        {"{\"uint32Value\":-1}", "uint32Value"},
        {"{\"uint32Value\":4294967296}", "uint32Value"},
        {"{\"int32_value\":1.5}", "int32Value"},
        {"{\"int32Value\":\"1.5\"}", "int32Value"},
        {"{\"int32Value\":\"05\"}", "int32Value"},
        {"{\"int32Value\":\" 5\"}", "int32Value"},
        {"{\"int32Value\":\"\"}", "int32Value"},
        {"{\"int32Value\":\"-\"}", "int32Value"},
        {"{\"int32Value\":true}", "int32Value"},
        {"{\"int32Value\":[1]}", "int32Value"},
        {"{\"uint64Value\":\"18446744073709551616\"}", "uint64Value"},
        {"{\"uint64Value\":18446744073709551615}", ""},
        {"{\"int64Value\":1e16}", "int64Value"},
        {"{\"boolValue\":1}", "boolValue"},
        {"{\"boolValue\":\"true\"}", "boolValue"},
        {"{\"int32List\":[1,null]}", "int32List[1]"},
        {"{\"int32List\":1}", "int32List"},
    };
    assert_rewrites(rewrites, COUNT(rewrites));
    assert_refusals(refusals, COUNT(refusals));
}
END_TEST

START_TEST(reals)
{
    static const struct rewrite rewrites[] = {
        {"{\"doubleValue\":1.5}", NULL},
        {"{\"doubleValue\":0.1}", NULL},
        {"{\"doubleValue\":\"2.5\"}", "{\"doubleValue\":2.5}"},
        {"{\"doubleValue\":3}", NULL},
        {"{\"doubleValue\":0.0}", "{}"},
        {"{\"doubleValue\":-0.0}", NULL},
        {"{\"doubleValue\":1e+300}", NULL},
        {"{\"doubleValue\":5e-324}", "{\"doubleValue\":4.94065645841247e-324}"},
        {"{\"doubleList\":[\"NaN\",\"Infinity\",\"-Infinity\",0]}", NULL},
        {"{\"floatValue\":0.1,\"floatList\":[3.4028235e+38]}", NULL},
    };
    static const struct refusal_case refusals[] = {
        {"{\"floatValue\":1e39}", "floatValue"},   {"{\"doubleValue\":\"nan\"}", "doubleValue"},
        {"{\"doubleValue\":\"\"}", "doubleValue"}, {"{\"doubleValue\":{}}", "doubleValue"},
        {"{\"doubleValue\":1e400}", ""},           {"{\"doubleValue\":NaN}", ""},
    };
    assert_rewrites(rewrites, COUNT(rewrites));
    assert_refusals(refusals, COUNT(refusals));
}
END_TEST

START_TEST(enums_strings_and_bytes)
{
    static const struct rewrite rewrites[] = {
        {"{\"colour\":\"COLOUR_BLUE\"}", NULL},
        {"{\"colour\":7}", "{\"colour\":\"COLOUR_BLUE\"}"},
        {"{\"colour\":-3}", "{\"colour\":\"COLOUR_BELOW_ZERO\"}"},
        {"{\"colour\":99}", NULL},
        {"{\"colour\":\"COLOUR_UNSPECIFIED\"}", "{}"},
        {"{\"colourList\":[\"COLOUR_UNSPECIFIED\",1]}", "{\"colourList\":[\"COLOUR_UNSPECIFIED\",\"COLOUR_RED\"]}"},
        {"{\"stringValue\":\"a\\u00e9\\n\\/\\\"\\\\\\u0001\\ud83d\\ude00\"}",
         "{\"stringValue\":\"a\xc3\xa9\\n/\\\"\\\\\\u0001\xf0\x9f\x98\x80\"}"},
        {"{\"stringValue\":\"\"}", "{}"},
        {"{\"stringList\":[\"\",\"\\t\\b\\f\\r\"]}", NULL},
        {"{\"bytesValue\":\"AP/+\"}", NULL},
        {"{\"bytesValue\":\"AP_-\"}", "{\"bytesValue\":\"AP/+\"}"},
        {"{\"bytesValue\":\"YQ\"}", "{\"bytesValue\":\"YQ==\"}"},
        {"{\"bytesValue\":\"YWI=\"}", NULL},
        {"{\"bytesValue\":\"\"}", "{}"},
        {"{\"bytesList\":[\"\",\"YWJjZA==\"]}", NULL},
    };
    static const struct refusal_case refusals[] = {
        {"{\"colour\":\"COLOUR_GREEN\"}", "colour"},
        {"{\"colour\":\"colour_red\"}", "colour"},
        {"{\"colour\":true}", "colour"},
        {"{\"stringValue\":5}", "stringValue"},
        {"{\"stringValue\":\"\\u0000\"}", ""},
        {"{\"stringValue\":\"\\ud800\"}", ""},
        {"{\"stringValue\":\"\xff\"}", ""},
        {"{\"stringValue\":\"\xed\xa0\x80\"}", ""},
        {"{\"bytesValue\":\"Y\"}", "bytesValue"},
        {"{\"bytesValue\":\"YR\"}", "bytesValue"},
        {"{\"bytesValue\":\"YQ=\"}", "bytesValue"},
        {"{\"bytesValue\":\"YQ===\"}", "bytesValue"},
        {"{\"bytesValue\":\"Y Q=\"}", "bytesValue"},
        {"{\"bytesValue\":\"====\"}", "bytesValue"},
        {"{\"bytesList\":[\"\",\"*\"]}", "bytesList[1]"},
    };
    assert_rewrites(rewrites, COUNT(rewrites));
    assert_refusals(refusals, COUNT(refusals));
}
END_TEST

START_TEST(instants)
{
    static const struct rewrite rewrites[] = {
        {"{\"instant\":\"1970-01-01T00:00:00Z\"}", NULL},
        {"{\"instant\":\"2027-02-28T23:59:59.5Z\"}", "{\"instant\":\"2027-02-28T23:59:59.500Z\"}"},
        {"{\"instant\":\"2024-02-29T12:00:00.000001Z\"}", NULL},
        {"{\"instant\":\"2024-02-29T12:00:00.123456789Z\"}", NULL},
        {"{\"instant\":\"0001-01-01T00:00:00Z\"}", NULL},
        {"{\"instant\":\"9999-12-31T23:59:59.999999999Z\"}", NULL},
        {"{\"instant\":\"1969-12-31T23:59:59.1z\"}", "{\"instant\":\"1969-12-31T23:59:59.100Z\"}"},
        {"{\"instant\":\"2027-02-01t01:30:00+02:00\"}", "{\"instant\":\"2027-01-31T23:30:00Z\"}"},
        {"{\"instant\":\"2027-02-01T01:30:00-00:30\"}", "{\"instant\":\"2027-02-01T02:00:00Z\"}"},
        {"{\"instantList\":[\"2000-02-29T00:00:00Z\"]}", NULL},
        {"{\"instant\":null}", "{}"},
    };
    static const char *const wrong[] = {
        "2027-02-29T00:00:00Z",      "2100-02-29T00:00:00Z",      "2027-13-01T00:00:00Z",
        "2027-00-01T00:00:00Z",      "2027-01-00T00:00:00Z",      "2027-01-01T24:00:00Z",
        "2027-01-01T23:60:00Z",      "2027-01-01T23:59:60Z",      "2027-01-01T00:00:00",
        "2027-01-01 00:00:00Z",      "2027-01-01T00:00:00.Z",     "2027-01-01T00:00:00.1234567890Z",
        "0000-12-31T00:00:00Z",      "27-01-01T00:00:00Z",        "2027-1-1T00:00:00Z",
        "2027-01-01T00:00:00+0200",  "2027-01-01T00:00:00+24:00", "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01", "2027-01-01T00:00:00ZZ",     "",
        "2027-01-01T00:00:00+",
    };
    assert_rewrites(rewrites, COUNT(rewrites));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char json[100];
        snprintf(json, sizeof json, "{\"instant\":\"%s\"}", wrong[i]);
        assert_refused(json, ERR_INPUT, "instant");
    }
    assert_refused("{\"instant\":{\"seconds\":1}}", ERR_INPUT, "instant");
    assert_refused("{\"instant\":0}", ERR_INPUT, "instant");
}
END_TEST

START_TEST(objects_lists_and_oneofs)
{
    static const struct rewrite rewrites[] = {
        {"{\"kinds\":{}}", NULL},
        {"{\"kinds\":null,\"kindsList\":null}", "{}"},
        {"{\"kindsList\":[{},{\"int32Value\":1}]}", NULL},
        {"{\"kindsList\":[]}", "{}"},
        {"{\"numberChoice\":0}", NULL},
        {"{\"stringChoice\":\"\"}", NULL},
        {"{\"bytesChoice\":\"YQ==\"}", NULL},
        {"{\"kindsChoice\":{\"colourChoice\":\"COLOUR_RED\"}}", NULL},
        {"{\"numberChoice\":null,\"stringChoice\":\"a\"}", "{\"stringChoice\":\"a\"}"},
        {"{\"instantChoice\":\"2027-02-01T00:00:00Z\"}", NULL},
        {"{\"noSuch\":{\"a\":[1,2,{\"b\":null}]},\"int32Value\":1}", "{\"int32Value\":1}"},
        {"{\"unpackedList\":[1,2]}", NULL},
        {"{\"stringValue\":\"b\",\"int32Value\":1}", "{\"int32Value\":1,\"stringValue\":\"b\"}"},
    };
    static const struct refusal_case refusals[] = {
        {"", ""},
        {" ", ""},
        {"[]", ""},
        {"5", ""},
        {"null", ""},
        {"{", ""},
        {"{}}", ""},
        {"{} x", ""},
        {"{\"int32Value\":1,}", ""},
        {"{\"int32Value\":1,\"int32Value\":1}", ""},
        {"{\"noSuch\":1,\"noSuch\":1}", ""},
        {"{\"int32Value\":1,\"int32_value\":1}", "int32Value"},
        {"{\"numberChoice\":1,\"stringChoice\":\"a\"}", "stringChoice"},
        {"{\"kinds\":[]}", "kinds"},
        {"{\"kindsList\":[{},{\"kinds\":{\"colour\":\"x\"}}]}", "kindsList[1].kinds.colour"},
        {"{\"kindsList\":[null]}", "kindsList[0]"},
        {"{\"kindsChoice\":{\"string_list\":[\"a\",{}]}}", "kindsChoice.stringList[1]"},
    };
    assert_rewrites(rewrites, COUNT(rewrites));
    assert_refusals(refusals, COUNT(refusals));
}
END_TEST

static const char *nested(const char *open, const char *middle, const char *close, size_t depth, struct buf *buf)
{
    buf_init(buf, BUDGET_BYTES);
    for (size_t i = 1; i < depth; i++)
        buf_put_string(buf, open);
    buf_put_string(buf, middle);
    for (size_t i = 1; i < depth; i++)
        buf_put_string(buf, close);
    buf_put_char(buf, '\0');
    return buf->data;
}

START_TEST(nesting_has_a_limit)
{
    struct buf buf;
    struct json_fault fault;
    struct pbguard_message message;
    const char *json = nested("{\"kinds\":", "{}", "}", 16, &buf);
    assert_rewritten(json, json);
    buf_free(&buf);
    json = nested("{\"kinds\":", "{}", "}", 17, &buf);
    ck_assert_int_eq(json_decode(kinds, text_of(json), BUDGET_BYTES, false, &message, &fault), ERR_RANGE);
    buf_free(&buf);
    assert_refused(nested("{\"kinds\":", "{}", "}", 4000, &buf), ERR_RANGE, "");
    buf_free(&buf);
    assert_refused(nested("[", "", "]", 100000, &buf), ERR_RANGE, "");
    buf_free(&buf);
    assert_refused(nested("[", "", "", 100000, &buf), ERR_RANGE, "");
    buf_free(&buf);
    assert_rewritten("{\"stringValue\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{\\\"[[[\"}",
                     "{\"stringValue\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{\\\"[[[\"}");
    assert_rewritten("{\"noSuch\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", "{}");
    assert_refused("{\"noSuch\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", ERR_RANGE, "");
}
END_TEST

START_TEST(a_message_that_cannot_be_written_is_an_error)
{
    Stagematch__Test__Kinds message = STAGEMATCH__TEST__KINDS__INIT;
    Google__Protobuf__Timestamp late = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    message.instant = &late;
    late.seconds = 253402300800; /* year 10000 */
    ck_assert_int_eq(json_encode(&message, &buf), ERR_RANGE);
    late.seconds = 0;
    late.nanos = 1000000000;
    ck_assert_int_eq(json_encode(&message, &buf), ERR_RANGE);
    message.instant = NULL;
    message.string_value = message_borrow("\xff");
    ck_assert_int_eq(json_encode(&message, &buf), ERR_RANGE);
    message.string_value = message_borrow("longer than the buffer");
    buf_free(&buf);
    buf_init(&buf, 10);
    ck_assert_int_eq(json_encode(&message, &buf), ERR_MEMORY);
    buf_free(&buf);
    buf_init(&buf, BUDGET_BYTES);
    message.kinds = &message; /* in itself */
    ck_assert_int_eq(json_encode(&message, &buf), ERR_RANGE);
    buf_free(&buf);
}
END_TEST

START_TEST(the_budget_holds_for_document_and_message)
{
    struct buf buf;
    struct pbguard_message message;
    struct json_fault fault;
    buf_init(&buf, BUDGET_BYTES);
    buf_put_string(&buf, "{\"noSuch\":[[]");
    for (int i = 0; i < 30000; i++) /* 3 bytes each; more than 100 as jansson's */
        buf_put_string(&buf, ",[]");
    buf_put_string(&buf, "]}");
    ck_assert_int_eq(json_decode(kinds, buf_text(&buf), BUDGET_BYTES, true, &message, &fault), ERR_MEMORY);
    buf_clear(&buf);
    buf_put_string(&buf, "{\"kindsList\":[{}");
    for (int i = 0; i < 3000; i++)
        buf_put_string(&buf, ",{}");
    buf_put_string(&buf, "]}");
    ck_assert_int_eq(json_decode(kinds, buf_text(&buf), BUDGET_BYTES, false, &message, &fault), ERR_MEMORY);
    ck_assert_int_eq(json_decode(kinds, buf_text(&buf), 8 << 20, false, &message, &fault), ERR_OK);
    pbguard_free(&message);
    buf_free(&buf);
}
END_TEST

START_TEST(a_budget_of_any_size_is_held)
{
    static const char json[] =
        "{\"stringValue\":\"a string that is longer than the first buffer of the reader's lexer\","
        "\"stringList\":[\"b\",\"c\"],\"kinds\":{\"int32Value\":1},\"noSuch\":{\"d\":[1.5]}}";
    enum err e = ERR_MEMORY;
    for (size_t budget_bytes = 0; e != ERR_OK; budget_bytes += 8) {
        struct pbguard_message message = {0};
        e = json_decode(kinds, text_of(json), budget_bytes, true, &message, NULL);
        ck_assert(e == ERR_OK || e == ERR_MEMORY);
        pbguard_free(&message);
        ck_assert_uint_lt(budget_bytes, 100000);
    }
}
END_TEST

/* JSON and back is the same bytes, and the same JSON. */
static void assert_comes_back(const ProtobufCMessageDescriptor *descriptor, const struct random_source *random)
{
    ProtobufCMessage *made = random_message(descriptor, random, 0);
    struct pbguard_message message;
    struct json_fault fault = {.what = "none"};
    struct buf json, again, before, after;
    struct buf *const all[] = {&json, &again, &before, &after};
    for (size_t i = 0; i < COUNT(all); i++)
        buf_init(all[i], BUDGET_BYTES);
    ck_assert_msg(json_encode(made, &json) == ERR_OK, "%s", descriptor->name);
    enum err e = json_decode(descriptor, buf_text(&json), (size_t)8 * BUDGET_BYTES, true, &message, &fault);
    ck_assert_msg(e == ERR_OK, "%s: %s at '%s' in %.*s", descriptor->name, fault.what, fault.path, (int)json.length,
                  json.data);
    ck_assert_int_eq(json_encode(message.message, &again), ERR_OK);
    ck_assert(text_equal(buf_text(&json), buf_text(&again)));
    ck_assert_int_eq(message_pack_buf(made, &before), ERR_OK);
    ck_assert_int_eq(message_pack_buf(message.message, &after), ERR_OK);
    ck_assert_msg(text_equal(buf_text(&before), buf_text(&after)), "%s: %.*s", descriptor->name, (int)json.length,
                  json.data);
    ck_assert_int_eq(pbguard_check(descriptor, buf_text(&after), &pbguard_limits_public, NULL), ERR_OK);
    for (size_t i = 0; i < COUNT(all); i++)
        buf_free(all[i]);
    pbguard_free(&message);
    message_free(made);
}

START_TEST(every_message_of_the_api_comes_back)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(11));
    for (int i = 0; i < METHOD_COUNT; i++) {
        for (int k = 0; k < 5; k++) {
            assert_comes_back(method_of((enum method_id)i)->request, &random);
            assert_comes_back(method_of((enum method_id)i)->response, &random);
        }
    }
    for (int i = 0; i < 1000; i++)
        assert_comes_back(kinds, &random);
    for (int i = 0; i < 20; i++)
        assert_comes_back(&stagematch__v1__refusal__descriptor, &random);
}
END_TEST

START_TEST(names_are_the_canonical_ones)
{
    Stagematch__V1__GetStagevraagRequest request = STAGEMATCH__V1__GET_STAGEVRAAG_REQUEST__INIT;
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    request.stagevraag_id = message_borrow("0123");
    ck_assert_int_eq(json_encode(&request, &buf), ERR_OK);
    ck_assert(text_is(buf_text(&buf), "{\"stagevraagId\":\"0123\"}"));
    buf_free(&buf);
}
END_TEST

START_TEST(base64_in_both_forms)
{
    static const char *const expected[] = {"", "AA==", "AAE=", "AAEC", "AAECAw==", "AAECAwQ="};
    struct buf buf;
    buf_init(&buf, BUDGET_BYTES);
    for (size_t length = 0; length < COUNT(expected); length++) {
        size_t digits = strlen(expected[length]);
        buf_clear(&buf);
        json_put_base64(&buf, (struct text){"\0\1\2\3\4", length}, true);
        ck_assert(text_is(buf_text(&buf), expected[length]));
        buf_clear(&buf);
        json_put_base64(&buf, (struct text){"\0\1\2\3\4", length}, false);
        while (digits && expected[length][digits - 1] == '=')
            digits--;
        ck_assert(text_equal(buf_text(&buf), (struct text){expected[length], digits}));
    }
    buf_free(&buf);
}
END_TEST

START_TEST(every_lack_of_memory_is_an_error_without_a_leak)
{
    static const char json[] = "{\"stringList\":[\"a\",\"b\"],\"kindsList\":[{\"bytesValue\":\"YWI=\"},{\"instant\":"
                               "\"2027-02-01T00:00:00Z\"}],\"kindsChoice\":{\"doubleValue\":0.5},\"noSuch\":[1,{}]}";
    enum err e = ERR_MEMORY;
    for (uint64_t nth = 1; e != ERR_OK; nth++) {
        struct pbguard_message message = {0};
        mem_fail_at(nth);
        e = json_decode(kinds, text_of(json), BUDGET_BYTES, true, &message, NULL);
        mem_fail_at(0);
        ck_assert_msg(e == ERR_OK || e == ERR_MEMORY, "%llu: %s", (unsigned long long)nth, err_text(e));
        pbguard_free(&message);
        ck_assert_uint_lt(nth, 1000);
    }
}
END_TEST

RUN_TESTS("wire/json", numbers, reals, enums_strings_and_bytes, instants, objects_lists_and_oneofs,
          nesting_has_a_limit, a_message_that_cannot_be_written_is_an_error,
          the_budget_holds_for_document_and_message, a_budget_of_any_size_is_held,
          every_message_of_the_api_comes_back, names_are_the_canonical_ones, base64_in_both_forms,
          every_lack_of_memory_is_an_error_without_a_leak)
