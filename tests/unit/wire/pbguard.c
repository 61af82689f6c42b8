#include "wire/pbguard.h"

#include "api/message.h"
#include "api/method.h"
#include "base/mem.h"
#include "kinds.pb-c.h"
#include "support/random_message.h"
#include "support/support.h"

#include <string.h>

enum { BUDGET_BYTES = 1 << 20 };

static const ProtobufCMessageDescriptor *const kinds = &stagematch__test__kinds__descriptor;
static const struct pbguard_limits small = {
    .depth_max = 16, .fields_max = 20, .unknown_fields_max = 3, .unknown_bytes_max = 16};

#define BYTES(literal) ((struct text){literal, sizeof(literal) - 1})

struct one_case {
    struct text bytes;
    enum err expected;
    const char *why;
};

static void assert_cases(const struct one_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *fault = NULL;
        enum err e = pbguard_check(kinds, cases[i].bytes, &small, &fault);
        ck_assert_msg(e == cases[i].expected, "case %zu (%s): %s, fault %s", i, cases[i].why, err_text(e),
                      fault ? fault : "none");
        ck_assert((fault != NULL) == (e != ERR_OK));
        ck_assert_int_eq(pbguard_check(kinds, cases[i].bytes, &small, NULL), e);
    }
}

#define ASSERT_CASES(...)                                                                                            \
    assert_cases((const struct one_case[]){__VA_ARGS__},                                                             \
                 sizeof((const struct one_case[]){__VA_ARGS__}) / sizeof(struct one_case))

START_TEST(varints_are_short_and_fit_their_field)
{
    ASSERT_CASES({BYTES(""), ERR_OK, "the empty message"}, {{NULL, 0}, ERR_OK, "no bytes at all"},
                 {BYTES("\x08\x00"), ERR_OK, "a default that is written"},
                 {BYTES("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ERR_OK, "2^64 - 1"},
                 {BYTES("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), ERR_INPUT, "2^64 and more"},
                 {BYTES("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ERR_INPUT, "11 bytes"},
                 {BYTES("\x48\x80\x00"), ERR_INPUT, "0 in two bytes"},
                 {BYTES("\x48\x81\x80\x80\x00"), ERR_INPUT, "1 in four bytes"},
                 {BYTES("\xc8\x00\x01"), ERR_INPUT, "a tag in two bytes that fits one"},
                 {BYTES("\x7a\x81\x00"
                        "a"),
                  ERR_INPUT, "a length in two bytes that fits one"},
                 {BYTES("\x48"), ERR_INPUT, "nothing behind the tag"},
                 {BYTES("\x48\x80"), ERR_INPUT, "half a varint"},
                 {BYTES("\x38\xff\xff\xff\xff\x0f"), ERR_OK, "uint32 2^32 - 1"},
                 {BYTES("\x38\x80\x80\x80\x80\x10"), ERR_INPUT, "uint32 2^32"},
                 {BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ERR_OK, "int32 -1"},
                 {BYTES("\x08\xff\xff\xff\xff\x0f"), ERR_OK, "int32 -1 in five bytes"},
                 {BYTES("\x08\x80\x80\x80\x80\xf8\xff\xff\xff\xff\x01"), ERR_OK, "int32 -2^31"},
                 {BYTES("\x08\xff\xff\xff\xff\xf7\xff\xff\xff\xff\x01"), ERR_INPUT, "int32 -2^31 - 1"},
                 {BYTES("\x68\x01"), ERR_OK, "true"}, {BYTES("\x68\x02"), ERR_INPUT, "a bool of 2"},
                 {BYTES("\x70\x63"), ERR_OK, "an enum's number without a name"});
}
END_TEST

START_TEST(tags_and_wire_types_are_the_fields_own)
{
    ASSERT_CASES({BYTES("\x00\x01"), ERR_INPUT, "field number 0"},
                 {BYTES("\x02\x00"), ERR_INPUT, "field number 0 with a length"},
                 {BYTES("\xf8\xff\xff\xff\x0f\x01"), ERR_OK, "the largest field number, unknown"},
                 {BYTES("\xf8\xff\xff\xff\x1f\x01"), ERR_INPUT, "a field number beyond"},
                 {BYTES("\x0b\x0c"), ERR_INPUT, "a group under a known number"},
                 {BYTES("\xa3\x06\xa4\x06"), ERR_INPUT, "an empty group under an unknown number"},
                 {BYTES("\x0c"), ERR_INPUT, "the end of no group"}, {BYTES("\x0e\x00"), ERR_INPUT, "wire type 6"},
                 {BYTES("\x0f\x00"), ERR_INPUT, "wire type 7"},
                 {BYTES("\x0a\x01\x01"), ERR_INPUT, "a singular number with a length"},
                 {BYTES("\x78\x01"), ERR_INPUT, "a string as varint"},
                 {BYTES("\x0d\x01\x02\x03\x04"), ERR_INPUT, "a varint as 32 bits"},
                 {BYTES("\x1d\x01\x02\x03\x04"), ERR_OK, "sfixed32"},
                 {BYTES("\x1d\x01\x02\x03"), ERR_INPUT, "sfixed32 of three bytes"},
                 {BYTES("\x61\x01\x02\x03\x04\x05\x06\x07\x08"), ERR_OK, "double"},
                 {BYTES("\x61\x01\x02\x03\x04\x05\x06\x07"), ERR_INPUT, "a double of seven bytes"},
                 {BYTES("\x59\x01\x02\x03\x04\x05\x06\x07\x08"), ERR_INPUT, "a float as 64 bits"});
}
END_TEST

START_TEST(lists_come_packed_or_one_by_one)
{
    ASSERT_CASES(
        {BYTES("\xba\x02\x03\x01\x80\x01"), ERR_OK, "uint64s, packed"},
        {BYTES("\xb8\x02\x01\xb8\x02\x02"), ERR_OK, "uint64s, one by one"},
        {BYTES("\xba\x02\x00"), ERR_OK, "none, packed"},
        {BYTES("\xba\x02\x02\x01\x80"), ERR_INPUT, "half a varint at the end of the packed"},
        {BYTES("\xba\x02\x05\x01"), ERR_INPUT, "cut short"},
        {BYTES("\xba\x02\x02\x80\x00"), ERR_INPUT, "a varint that is too long"},
        {BYTES("\xb2\x02\x04\x01\x02\x03\x04"), ERR_OK, "fixed32s, packed"},
        {BYTES("\xb2\x02\x05\x01\x02\x03\x04\x05"), ERR_INPUT, "fixed32s of five bytes"},
        {BYTES("\xda\x02\x01\x02"), ERR_INPUT, "bools, packed, one of 2"},
        {BYTES("\x8a\x03\x02\x01\x02"), ERR_OK, "packed though declared otherwise"},
        {BYTES("\xba\x02\x14\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"),
         ERR_RANGE, "elements count as fields"});
}
END_TEST

START_TEST(strings_are_utf8_without_nul)
{
    ASSERT_CASES(
        {BYTES("\x7a\x05"
               "abcde"),
         ERR_OK, "ASCII"},
        {BYTES("\x7a\x00"), ERR_OK, "empty"},
        {BYTES("\x7a\x03"
               "a\0b"),
         ERR_INPUT, "NUL"},
        {BYTES("\x7a\x0a"
               "12345678\0"
               "9"),
         ERR_INPUT, "NUL behind eight"},
        {BYTES("\x7a\x0a"
               "1234567\0"
               "89"),
         ERR_INPUT, "NUL as the eighth"},
        {BYTES("\x7a\x01\xff"), ERR_INPUT, "0xff"}, {BYTES("\x7a\x02\xc3\xa9"), ERR_OK, "two bytes"},
        {BYTES("\x7a\x01\xc3"), ERR_INPUT, "cut in two"}, {BYTES("\x7a\x02\xc0\x80"), ERR_INPUT, "NUL in two bytes"},
        {BYTES("\x7a\x03\xe0\x80\x80"), ERR_INPUT, "NUL in three bytes"},
        {BYTES("\x7a\x03\xed\xa0\x80"), ERR_INPUT, "a surrogate"}, {BYTES("\x7a\x03\xef\xbf\xbf"), ERR_OK, "U+FFFF"},
        {BYTES("\x7a\x04\xf0\x9f\x98\x80"), ERR_OK, "four bytes"},
        {BYTES("\x7a\x04\xf0\x80\x80\x80"), ERR_INPUT, "overlong in four bytes"},
        {BYTES("\x7a\x04\xf4\x8f\xbf\xbf"), ERR_OK, "U+10FFFF"},
        {BYTES("\x7a\x04\xf4\x90\x80\x80"), ERR_INPUT, "beyond U+10FFFF"},
        {BYTES("\x82\x01\x03"
               "a\0\xff"),
         ERR_OK, "bytes are bytes"},
        {BYTES("\xea\x02\x01\x80"), ERR_INPUT, "in a list"}, {BYTES("\xaa\x06\x01\x80"), ERR_INPUT, "in a oneof"},
        {BYTES("\x7a\x06"
               "abcde"),
         ERR_INPUT, "cut short"},
        {BYTES("\x7a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ERR_INPUT, "a length of 2^64 - 1"});
}
END_TEST

START_TEST(messages_end_within_each_other)
{
    ASSERT_CASES({BYTES("\x8a\x01\x02\x08\x01"), ERR_OK, "one inside"},
                 {BYTES("\x8a\x01\x00"), ERR_OK, "an empty one inside"},
                 {BYTES("\x8a\x01\x01\x08\x01"), ERR_INPUT, "its varint ends beyond it"},
                 {BYTES("\x8a\x01\x04\x7a\x03"
                        "ab"
                        "cd"),
                  ERR_INPUT, "its string ends beyond it"},
                 {BYTES("\x8a\x01\x03\x08\x01"), ERR_INPUT, "it ends beyond the whole"},
                 {BYTES("\x8a\x01\x00\x8a\x01\x00"), ERR_INPUT, "a singular one twice"},
                 {BYTES("\xba\x06\x00\xba\x06\x00"), ERR_INPUT, "one of a oneof twice"},
                 {BYTES("\xfa\x02\x00\xfa\x02\x00"), ERR_OK, "two in a list"},
                 {BYTES("\xfa\x02\x03\x8a\x01\x00\xfa\x02\x03\x8a\x01\x00"), ERR_OK, "one in each of a list"});
}
END_TEST

START_TEST(unknown_fields_are_few_and_short)
{
    ASSERT_CASES({BYTES("\xc0\x3e\x01\xc0\x3e\x01\xc0\x3e\x01"), ERR_OK, "three"},
                 {BYTES("\xc0\x3e\x01\xc0\x3e\x01\xc0\x3e\x01\xc0\x3e\x01"), ERR_RANGE, "four"},
                 {BYTES("\xc2\x3e\x0f"
                        "123456789012345"),
                  ERR_OK, "16 bytes"},
                 {BYTES("\xc2\x3e\x10"
                        "1234567890123456"),
                  ERR_RANGE, "17 bytes"},
                 {BYTES("\xc5\x3e\x01\x02\x03\x04"), ERR_OK, "32 bits"},
                 {BYTES("\xc1\x3e\x01\x02\x03\x04\x05\x06\x07\x08"), ERR_OK, "64 bits"},
                 {BYTES("\xc2\x3e\x05"
                        "123"),
                  ERR_INPUT, "cut short"},
                 {BYTES("\xc1\x3e\x01\x02"), ERR_INPUT, "64 bits cut short"});
}
END_TEST

/* `depth` messages inside each other, outermost included. */
static struct text nested(struct buf *buf, size_t depth)
{
    struct buf inner;
    buf_init(&inner, BUDGET_BYTES);
    buf_init(buf, BUDGET_BYTES);
    for (size_t i = 1; i < depth; i++) {
        uint8_t length[10];
        size_t used = 0, left = buf->length;
        for (; left >= 0x80; left >>= 7)
            length[used++] = (uint8_t)(left | 0x80);
        length[used++] = (uint8_t)left;
        buf_clear(&inner);
        buf_put_text(&inner, buf_text(buf));
        buf_clear(buf);
        buf_put(buf, "\x8a\x01", 2);
        buf_put(buf, length, used);
        buf_put_text(buf, buf_text(&inner));
    }
    buf_free(&inner);
    return buf_text(buf);
}

START_TEST(nesting_has_a_limit)
{
    static const struct {
        size_t depth;
        enum err expected;
    } cases[] = {{1, ERR_OK}, {15, ERR_OK}, {16, ERR_OK}, {17, ERR_RANGE}, {1000, ERR_RANGE}, {9000, ERR_RANGE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf buf;
        struct text bytes = nested(&buf, cases[i].depth);
        struct pbguard_limits limits = pbguard_limits_public;
        ck_assert_int_eq(pbguard_check(kinds, bytes, &limits, NULL), cases[i].expected);
        limits.depth_max = 1000000; /* never beyond what the walk can hold */
        ck_assert_int_eq(pbguard_check(kinds, bytes, &limits, NULL), cases[i].expected);
        limits.depth_max = 3;
        ck_assert_int_eq(pbguard_check(kinds, bytes, &limits, NULL), cases[i].depth <= 3 ? ERR_OK : ERR_RANGE);
        buf_free(&buf);
    }
}
END_TEST

START_TEST(a_megabyte_of_unknown_fields_costs_nothing)
{
    struct buf buf;
    struct pbguard_message message;
    const char *fault = NULL;
    buf_init(&buf, 2 << 20);
    for (int i = 0; i < 1 << 19; i++)
        buf_put(&buf, "\xc0\x3e\x01", 3);
    mem_fail_at(1); /* nothing is allocated before it is refused */
    enum err e = pbguard_unpack(kinds, buf_text(&buf), &pbguard_limits_public, BUDGET_BYTES, false, &message, &fault);
    mem_fail_at(0);
    ck_assert_int_eq(e, ERR_RANGE);
    ck_assert_str_eq(fault, "too many unknown fields");
    buf_free(&buf);
}
END_TEST

START_TEST(unpacking_stays_within_its_budget)
{
    struct buf buf;
    struct pbguard_message message;
    const char *fault = NULL;
    buf_init(&buf, BUDGET_BYTES);
    for (int i = 0; i < 10000; i++) /* 3 bytes each, some hundreds once unpacked */
        buf_put(&buf, "\xfa\x02\x00", 3);
    ck_assert_int_eq(
        pbguard_unpack(kinds, buf_text(&buf), &pbguard_limits_public, BUDGET_BYTES, false, &message, &fault),
        ERR_MEMORY);
    ck_assert_str_eq(fault, "more memory than its budget");
    ck_assert_int_eq(pbguard_unpack(kinds, buf_text(&buf), &pbguard_limits_public, 16 << 20, true, &message, NULL),
                     ERR_OK);
    ck_assert_uint_eq(((const Stagematch__Test__Kinds *)message.message)->n_kinds_list, 10000);
    ck_assert(message.wiped);
    pbguard_free(&message);
    ck_assert_ptr_null(message.message);
    pbguard_free(&message);
    fault = NULL;
    ck_assert_int_eq(
        pbguard_unpack_whole(kinds, buf_text(&buf), &pbguard_limits_public, BUDGET_BYTES, true, &message, &fault),
        ERR_MEMORY);
    ck_assert_str_eq(fault, "more memory than its budget");
    ck_assert_int_eq(
        pbguard_unpack_whole(kinds, buf_text(&buf), &pbguard_limits_public, 16 << 20, false, &message, NULL), ERR_OK);
    ck_assert_uint_eq(((const Stagematch__Test__Kinds *)message.message)->n_kinds_list, 10000);
    pbguard_free(&message);
    ck_assert_ptr_null(message.message);
    buf_free(&buf);
}
END_TEST

START_TEST(a_budget_is_given_back)
{
    struct pbguard_budget budget;
    pbguard_budget_init(&budget, 10000, true);
    for (int i = 0; i < 1000; i++) {
        void *block = budget.allocator.alloc(budget.allocator.allocator_data, 5000);
        ck_assert_ptr_nonnull(block);
        budget.allocator.free(budget.allocator.allocator_data, block);
        budget.allocator.free(budget.allocator.allocator_data, NULL);
    }
    ck_assert(!budget.exhausted);
    ck_assert_uint_eq(budget.left_bytes, 10000);
    ck_assert_ptr_null(budget.allocator.alloc(budget.allocator.allocator_data, 10001));
    ck_assert(budget.exhausted);
}
END_TEST

START_TEST(every_message_of_the_api_passes_and_comes_back)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(7));
    for (int i = 0; i < 4 * METHOD_COUNT; i++) {
        const struct method *method = method_of((enum method_id)(i / 4));
        const ProtobufCMessageDescriptor *descriptor = i % 3 == 0 ? kinds
                                                       : i % 2    ? method->request
                                                                  : method->response;
        ProtobufCMessage *made = random_message(descriptor, &random, 0);
        struct pbguard_message message;
        struct buf before, after;
        const char *fault = "none";
        buf_init(&before, BUDGET_BYTES);
        buf_init(&after, BUDGET_BYTES);
        ck_assert_int_eq(message_pack_buf(made, &before), ERR_OK);
        enum err e = pbguard_unpack(descriptor, buf_text(&before), &pbguard_limits_public, BUDGET_BYTES, i % 2,
                                    &message, &fault);
        ck_assert_msg(e == ERR_OK, "%s: %s", descriptor->name, fault);
        ck_assert_int_eq(message_pack_buf(message.message, &after), ERR_OK);
        ck_assert(text_equal(buf_text(&before), buf_text(&after)));
        for (size_t cut = 1; cut < before.length && cut < 40;
             cut++) /* shorter: right or wrong, never beyond the end */
            (void)!pbguard_check(descriptor, (struct text){before.data, before.length - cut}, &small, NULL);
        pbguard_free(&message);
        message_free(made);
        buf_free(&before);
        buf_free(&after);
    }
}
END_TEST

typedef enum err unpacker(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                          const struct pbguard_limits *limits, size_t budget_bytes, bool wiped,
                          struct pbguard_message *out, const char **fault);

static void fail_each_allocation(unpacker *unpack, struct text bytes, size_t budget_bytes)
{
    enum err e = ERR_MEMORY;
    for (uint64_t nth = 1; e != ERR_OK; nth++) {
        struct pbguard_message message = {0};
        mem_fail_at(nth);
        e = unpack(kinds, bytes, &pbguard_limits_public, budget_bytes, true, &message, NULL);
        mem_fail_at(0);
        ck_assert(e == ERR_OK || e == ERR_MEMORY);
        pbguard_free(&message);
    }
}

START_TEST(every_lack_of_memory_is_an_error_without_a_leak)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(3));
    ProtobufCMessage *made = random_message(kinds, &random, 0);
    struct buf bytes;
    buf_init(&bytes, BUDGET_BYTES);
    ck_assert_int_eq(message_pack_buf(made, &bytes), ERR_OK);
    message_free(made);
    fail_each_allocation(pbguard_unpack, buf_text(&bytes), BUDGET_BYTES);
    fail_each_allocation(pbguard_unpack_whole, buf_text(&bytes), BUDGET_BYTES);
    buf_clear(&bytes);
    for (int i = 0; i < 10000; i++) /* so much that it lies in an arena */
        buf_put(&bytes, "\xfa\x02\x00", 3);
    fail_each_allocation(pbguard_unpack_whole, buf_text(&bytes), 16 << 20);
    buf_free(&bytes);
}
END_TEST

RUN_TESTS("wire/pbguard", varints_are_short_and_fit_their_field, tags_and_wire_types_are_the_fields_own,
          lists_come_packed_or_one_by_one, strings_are_utf8_without_nul, messages_end_within_each_other,
          unknown_fields_are_few_and_short, nesting_has_a_limit, a_megabyte_of_unknown_fields_costs_nothing,
          unpacking_stays_within_its_budget, a_budget_is_given_back, every_message_of_the_api_passes_and_comes_back,
          every_lack_of_memory_is_an_error_without_a_leak)
