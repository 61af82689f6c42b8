#include "base/buf.h"

#include "base/mem.h"
#include "support/support.h"

#include <string.h>

static void assert_holds(const struct buf *buf, const char *expected)
{
    struct text held = buf_text(buf);
    ck_assert_msg(text_is(held, expected), "'%.*s' is not '%s'", (int)held.length, held.data, expected);
}

START_TEST(it_holds_what_is_put)
{
    struct buf buf;
    buf_init(&buf, 1000);
    assert_holds(&buf, "");
    buf_put(&buf, "ab", 2);
    buf_put_text(&buf, (struct text){"cdX", 2});
    buf_put_string(&buf, "ef");
    buf_put_char(&buf, '/');
    buf_put_u64(&buf, 0);
    buf_put_char(&buf, '/');
    buf_put_u64(&buf, UINT64_MAX);
    buf_put_char(&buf, '/');
    buf_put_hex(&buf, (const uint8_t[]){0x00, 0x7f, 0xa0, 0xff}, 4);
    buf_printf(&buf, "/%d-%s", -5, "x");
    buf_put(&buf, NULL, 0);
    assert_holds(&buf, "abcdef/0/18446744073709551615/007fa0ff/-5-x");
    ck_assert_int_eq(buf_error(&buf), ERR_OK);
    buf_clear(&buf);
    assert_holds(&buf, "");
    buf_put_string(&buf, "again");
    assert_holds(&buf, "again");
    buf_free(&buf);
    buf_put_string(&buf, "reused");
    assert_holds(&buf, "reused");
    buf_free(&buf);
}
END_TEST

START_TEST(the_limit_itself_fits_whatever_way_it_is_filled)
{
    struct buf buf;
    buf_init(&buf, 5);
    buf_put(&buf, "12345", 5);
    ck_assert_int_eq(buf_error(&buf), ERR_OK);
    buf_clear(&buf);
    buf_printf(&buf, "%d", 12345);
    ck_assert_int_eq(buf_error(&buf), ERR_OK);
    assert_holds(&buf, "12345");
    buf_printf(&buf, "%s", "");
    ck_assert_int_eq(buf_error(&buf), ERR_OK);
    buf_free(&buf);
}
END_TEST

START_TEST(the_first_failure_sticks_until_it_is_cleared)
{
    struct buf buf;
    buf_init(&buf, 5);
    buf_put_string(&buf, "1234");
    buf_put_string(&buf, "56");
    ck_assert_int_eq(buf_error(&buf), ERR_MEMORY);
    buf_put_char(&buf, '5'); /* would fit, but the text would have a hole */
    buf_printf(&buf, "%d", 5);
    assert_holds(&buf, "1234");
    ck_assert_int_eq(buf_error(&buf), ERR_MEMORY);
    buf_clear(&buf);
    ck_assert_int_eq(buf_error(&buf), ERR_OK);
    buf_printf(&buf, "%d", 123456);
    ck_assert_int_eq(buf_error(&buf), ERR_MEMORY);
    assert_holds(&buf, "");
    buf_free(&buf);
}
END_TEST

START_TEST(no_memory_is_remembered_like_the_limit)
{
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_put_string(&buf, "kept");
    mem_fail_at(1);
    for (int i = 0; i < 1000; i++)
        buf_put_string(&buf, "abc");
    ck_assert(mem_has_failed());
    mem_fail_at(0);
    ck_assert_int_eq(buf_error(&buf), ERR_MEMORY);
    buf_put_string(&buf, "late");
    struct text held = buf_text(&buf);
    ck_assert_uint_lt(held.length, 100);
    ck_assert_mem_eq(held.data, "keptabc", 7);
    ck_assert_uint_eq(held.length % 3, 1); /* whole appends alone */
    buf_free(&buf);
}
END_TEST

START_TEST(a_csv_field_is_quoted_where_it_must_be)
{
    static const struct {
        const char *field, *semicolon, *comma;
    } cases[] = {
        {"", "", ""},
        {"plain text", "plain text", "plain text"},
        {"a;b", "\"a;b\"", "a;b"},
        {"a,b", "a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\""},
        {"\"", "\"\"\"\"", "\"\"\"\""},
        {"two\nlines", "\"two\nlines\"", "\"two\nlines\""},
        {"return\r", "\"return\r\"", "\"return\r\""},
        {"caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9"},
    };
    struct buf buf;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&buf);
        buf_put_csv(&buf, text_of(cases[i].field), ';');
        assert_holds(&buf, cases[i].semicolon);
        buf_clear(&buf);
        buf_put_csv(&buf, text_of(cases[i].field), ',');
        assert_holds(&buf, cases[i].comma);
    }
    buf_free(&buf);
}
END_TEST

RUN_TESTS("base/buf", it_holds_what_is_put, the_limit_itself_fits_whatever_way_it_is_filled,
          the_first_failure_sticks_until_it_is_cleared, no_memory_is_remembered_like_the_limit,
          a_csv_field_is_quoted_where_it_must_be)
