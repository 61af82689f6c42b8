#include "front/shelf.h"

#include "support/support.h"

#include <string.h>

static const uint8_t key[SHELF_KEY_BYTES] = {1, 2, 3}, other_key[SHELF_KEY_BYTES] = {3, 2, 1};

static struct shelf shelf_with(const uint8_t *with)
{
    struct shelf shelf;
    struct random_source random;
    ck_assert_int_eq(random_system(&random), ERR_OK);
    shelf_init(&shelf, NULL, with, &random);
    return shelf;
}

static bool opens(struct shelf *shelf, const char *name, struct text sealed, const char *expected)
{
    struct buf plain;
    buf_init(&plain, 1 << 20);
    enum err e = shelf_open(shelf, name, sealed, &plain);
    ck_assert(e == ERR_OK || e == ERR_MISSING);
    bool is_same = e == ERR_OK && text_equal(buf_text(&plain), text_of(expected));
    ck_assert(e != ERR_OK || is_same);
    ck_assert(e == ERR_OK || plain.length == 0);
    buf_free(&plain);
    return is_same;
}

START_TEST(only_the_same_key_and_name_open_it)
{
    struct shelf ours = shelf_with(key), theirs = shelf_with(other_key), without = shelf_with(NULL);
    struct buf sealed;
    buf_init(&sealed, 1 << 20);
    shelf_seal(&ours, "sm:a", text_of("what was kept"), &sealed);
    ck_assert(opens(&ours, "sm:a", buf_text(&sealed), "what was kept"));
    ck_assert(!opens(&ours, "sm:b", buf_text(&sealed), ""));
    ck_assert(!opens(&theirs, "sm:a", buf_text(&sealed), ""));
    ck_assert(!opens(&without, "sm:a", buf_text(&sealed), ""));
    ck_assert(!opens(&ours, "sm:a", (struct text){NULL, 0}, ""));
    ck_assert_uint_eq(ours.refused, 1);
    ck_assert_ptr_null(memmem(sealed.data, sealed.length, "kept", 4));
    buf_free(&sealed);
}
END_TEST

START_TEST(no_byte_can_be_changed_cut_or_added)
{
    struct shelf shelf = shelf_with(key);
    struct buf sealed;
    buf_init(&sealed, 1 << 20);
    shelf_seal(&shelf, "sm:a", text_of("0123456789"), &sealed);
    for (size_t i = 0; i < sealed.length; i++) {
        sealed.data[i] ^= 1;
        ck_assert(!opens(&shelf, "sm:a", buf_text(&sealed), ""));
        sealed.data[i] ^= 1;
        ck_assert(!opens(&shelf, "sm:a", (struct text){sealed.data, i}, ""));
    }
    ck_assert(opens(&shelf, "sm:a", buf_text(&sealed), "0123456789"));
    buf_put_char(&sealed, 'x');
    ck_assert(!opens(&shelf, "sm:a", buf_text(&sealed), ""));
    buf_free(&sealed);
}
END_TEST

START_TEST(two_seals_of_one_value_differ)
{
    struct shelf shelf = shelf_with(key);
    struct buf first, second;
    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    shelf_seal(&shelf, "sm:a", text_of("value"), &first);
    shelf_seal(&shelf, "sm:a", text_of("value"), &second);
    ck_assert(!text_equal(buf_text(&first), buf_text(&second)));
    ck_assert(opens(&shelf, "sm:a", buf_text(&second), "value"));
    buf_free(&first);
    buf_free(&second);
}
END_TEST

START_TEST(a_hash_is_of_this_start_alone)
{
    struct shelf ours = shelf_with(key), same = shelf_with(key), theirs = shelf_with(other_key);
    uint8_t a[SHELF_HASH_BYTES], b[SHELF_HASH_BYTES], c[SHELF_HASH_BYTES], d[SHELF_HASH_BYTES];
    shelf_hash(&ours, text_of("token"), a);
    shelf_hash(&same, text_of("token"), b);
    shelf_hash(&theirs, text_of("token"), c);
    shelf_hash(&ours, text_of("another"), d);
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert_mem_ne(a, c, sizeof a);
    ck_assert_mem_ne(a, d, sizeof a);
}
END_TEST

RUN_TESTS("front/shelf", only_the_same_key_and_name_open_it, no_byte_can_be_changed_cut_or_added,
          two_seals_of_one_value_differ, a_hash_is_of_this_start_alone)
