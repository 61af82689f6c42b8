#include "api/message.h"

#include "base/mem.h"
#include "kinds.pb-c.h"
#include "support/random_message.h"
#include "support/support.h"

#include <string.h>

static const ProtobufCMessageDescriptor *const kinds = &stagematch__test__kinds__descriptor;

static Stagematch__Test__Kinds *new_kinds(void)
{
    Stagematch__Test__Kinds *message;
    ck_assert_int_eq(message_new(kinds, &message), ERR_OK);
    return message;
}

START_TEST(fields_are_read_and_set_by_name)
{
    Stagematch__Test__Kinds *message = new_kinds();
    ck_assert_uint_eq(message_text(message, "string_value").length, 0);
    ck_assert_int_eq(message_set_string(message, "string_value", text_of("first")), ERR_OK);
    ck_assert_int_eq(message_set_string(message, "string_value", text_of("second")), ERR_OK);
    ck_assert_int_eq(message_set_bytes(message, "bytes_value", (struct text){"a\0b", 3}), ERR_OK);
    ck_assert_int_eq(message_set_u64(message, "uint64_value", UINT64_MAX), ERR_OK);
    ck_assert_int_eq(message_set_u64(message, "uint32_value", UINT32_MAX), ERR_OK);
    ck_assert_int_eq(message_set_u64(message, "bool_value", 1), ERR_OK);
    ck_assert_int_eq(message_set_u64(message, "colour", 7), ERR_OK);
    message->int32_value = -1;
    ck_assert(text_is(message_text(message, "string_value"), "second"));
    ck_assert(text_equal(message_text(message, "bytes_value"), (struct text){"a\0b", 3}));
    ck_assert_uint_eq(message_u64(message, "uint64_value"), UINT64_MAX);
    ck_assert_uint_eq(message_u64(message, "uint32_value"), UINT32_MAX);
    ck_assert_uint_eq(message_u64(message, "bool_value"), 1);
    ck_assert_uint_eq(message_u64(message, "colour"), 7);
    ck_assert_uint_eq(message_u64(message, "int32_value"), UINT64_MAX);
    ck_assert(message_has_field(message, "int32_list") && !message_has_field(message, "no_such"));
    ck_assert_ptr_null(message_sub(message, "kinds"));
    message->kinds = new_kinds();
    ck_assert_ptr_eq(message_sub(message, "kinds"), message->kinds);
    message_free(message);
    message_free(NULL);
    message_free_wiped(NULL);
}
END_TEST

START_TEST(what_is_not_there_reads_as_nothing_and_is_not_set)
{
    Stagematch__Test__Kinds *message = new_kinds();
    static const char *const none[] = {"no_such", "int32_list", "kinds", "string_choice", "double_value"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ck_assert_uint_eq(message_text(message, none[i]).length, 0);
        ck_assert_uint_eq(message_u64(message, none[i]), 0);
        ck_assert_int_eq(message_set_string(message, none[i], text_of("x")), ERR_MISSING);
        ck_assert_int_eq(message_set_bytes(message, none[i], text_of("x")), ERR_MISSING);
        ck_assert_int_eq(message_set_u64(message, none[i], 1), ERR_MISSING);
    }
    ck_assert_int_eq(message_set_string(message, "string_value", (struct text){"a\0b", 3}), ERR_INPUT);
    ck_assert_int_eq(message_set_u64(message, "uint32_value", (uint64_t)UINT32_MAX + 1), ERR_RANGE);
    ck_assert_int_eq(message_set_u64(message, "int32_value", (uint64_t)INT32_MAX + 1), ERR_RANGE);
    ck_assert_int_eq(message_set_u64(message, "bool_value", 2), ERR_RANGE);
    message->choice_case = STAGEMATCH__TEST__KINDS__CHOICE_NUMBER_CHOICE;
    message->number_choice = 5;
    ck_assert_uint_eq(message_u64(message, "number_choice"), 5);
    ck_assert_uint_eq(message_text(message, "string_choice").length, 0); /* the same memory, another type */
    ck_assert_ptr_null(message_sub(message, "kinds_choice"));
    message_free(message);
}
END_TEST

START_TEST(lists_grow_behind_what_was_unpacked)
{
    for (size_t unpacked = 0; unpacked < 40; unpacked++) {
        Stagematch__Test__Kinds *made = new_kinds(), *message;
        for (size_t i = 0; i < unpacked; i++) {
            ck_assert_int_eq(message_append_string(&made->n_string_list, &made->string_list, text_of("s")), ERR_OK);
            ck_assert_int_eq(message_append_u64(&made->n_uint64_list, &made->uint64_list, i), ERR_OK);
            ck_assert_int_eq(message_append(&made->n_kinds_list, &made->kinds_list, new_kinds()), ERR_OK);
            ck_assert_int_eq(message_append_bytes(&made->n_bytes_list, &made->bytes_list, text_of("b")), ERR_OK);
        }
        ck_assert_int_eq(message_dup(made, &message), ERR_OK);
        for (size_t i = 0; i < 10; i++) {
            ck_assert_int_eq(message_append_string(&message->n_string_list, &message->string_list, text_of("x")),
                             ERR_OK);
            ck_assert_int_eq(message_append_u64(&message->n_uint64_list, &message->uint64_list, 7), ERR_OK);
            ck_assert_int_eq(message_append(&message->n_kinds_list, &message->kinds_list, new_kinds()), ERR_OK);
            ck_assert_int_eq(message_append_bytes(&message->n_bytes_list, &message->bytes_list, text_of("")), ERR_OK);
        }
        ck_assert_uint_eq(message->n_string_list, unpacked + 10);
        ck_assert_uint_eq(message->n_kinds_list, unpacked + 10);
        ck_assert_uint_eq(message->uint64_list[unpacked + 9], 7);
        message_free(made);
        message_free_wiped(message);
    }
}
END_TEST

static void assert_same_bytes(const void *a, const void *b)
{
    struct buf left, right;
    buf_init(&left, 1 << 20);
    buf_init(&right, 1 << 20);
    ck_assert_int_eq(message_pack_buf(a, &left), ERR_OK);
    ck_assert_int_eq(message_pack_buf(b, &right), ERR_OK);
    ck_assert(text_equal(buf_text(&left), buf_text(&right)));
    buf_free(&left);
    buf_free(&right);
}

START_TEST(a_copy_has_the_same_bytes)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(1));
    for (int i = 0; i < 200; i++) {
        ProtobufCMessage *message = random_message(kinds, &random, 0), *copy, *unpacked;
        struct buf bytes;
        buf_init(&bytes, 1 << 20);
        ck_assert_int_eq(message_dup(message, &copy), ERR_OK);
        assert_same_bytes(message, copy);
        ck_assert_int_eq(message_pack_buf(message, &bytes), ERR_OK);
        ck_assert_int_eq(message_unpack(kinds, buf_text(&bytes), &unpacked), ERR_OK);
        assert_same_bytes(message, unpacked);
        buf_free(&bytes);
        message_free(message);
        message_free(unpacked);
        message_free_wiped(copy);
    }
}
END_TEST

START_TEST(bytes_that_are_no_message_and_a_full_buffer_are_errors)
{
    void *out = NULL;
    ck_assert_int_eq(message_unpack(kinds, (struct text){"\x7a\xff", 2}, &out), ERR_INPUT);
    ck_assert_ptr_null(out);
    Stagematch__Test__Kinds message = STAGEMATCH__TEST__KINDS__INIT;
    message.string_value = message_borrow("eleven char");
    message.bytes_value = message_borrow_bytes(text_of("more"));
    struct buf small;
    buf_init(&small, 10);
    ck_assert_int_eq(message_pack_buf(&message, &small), ERR_MEMORY);
    buf_free(&small);
}
END_TEST

/* Builds, copies and changes a message; the first error ends it. */
static enum err live(void)
{
    Stagematch__Test__Kinds *message = NULL, *copy = NULL;
    enum err e = message_new(kinds, &message);
    if (e == ERR_OK)
        e = message_assign_string(&message->string_value, text_of("text"));
    if (e == ERR_OK)
        e = message_assign_bytes(&message->bytes_value, text_of("bytes"));
    for (int i = 0; i < 5 && e == ERR_OK; i++) {
        void *item;
        e = message_append_string(&message->n_string_list, &message->string_list, text_of("s"));
        if (e == ERR_OK)
            e = message_new(kinds, &item);
        if (e == ERR_OK)
            e = message_append(&message->n_kinds_list, &message->kinds_list, item);
    }
    if (e == ERR_OK)
        e = message_dup(message, &copy);
    message_free_wiped(copy);
    message_free(message);
    return e;
}

START_TEST(every_lack_of_memory_is_an_error_without_a_leak)
{
    enum err e = ERR_MEMORY;
    for (uint64_t nth = 1; e != ERR_OK; nth++) {
        mem_fail_at(nth);
        e = live();
        ck_assert(e == ERR_OK || (e == ERR_MEMORY && mem_has_failed()));
        ck_assert_uint_lt(nth, 1000);
    }
    mem_fail_at(0);
}
END_TEST

RUN_TESTS("api/message", fields_are_read_and_set_by_name, what_is_not_there_reads_as_nothing_and_is_not_set,
          lists_grow_behind_what_was_unpacked, a_copy_has_the_same_bytes,
          bytes_that_are_no_message_and_a_full_buffer_are_errors, every_lack_of_memory_is_an_error_without_a_leak)
