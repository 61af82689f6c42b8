/* The index against a plain array, under random sets and takes. */
#include "store/key_index.h"

#include "base/mem.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 3000, STEPS = 60000 };

static struct text key_of(unsigned number, char bytes[16])
{
    int length = snprintf(bytes, 16, "key %u", number);
    return (struct text){bytes, (size_t)length};
}

START_TEST(finds_what_was_set_and_nothing_else)
{
    static int64_t rows[KEYS];
    struct key_index index;
    char bytes[16];
    size_t count = 0;
    memset(rows, 0, sizeof rows);
    key_index_init(&index);
    ck_assert_int_eq(key_index_find(&index, text_of("key 0")), 0);
    ck_assert_int_eq(key_index_take(&index, text_of("key 0")), 0);
    srand(7);
    for (int64_t step = 1; step <= STEPS; step++) {
        unsigned number = (unsigned)rand() % KEYS;
        struct text key = key_of(number, bytes);
        ck_assert_int_eq(key_index_find(&index, key), rows[number]);
        if (rows[number]) {
            ck_assert_int_eq(key_index_take(&index, key), rows[number]);
            rows[number] = 0;
            count--;
        } else {
            ck_assert_int_eq(key_index_reserve(&index, 1), ERR_OK);
            key_index_set(&index, key, step);
            rows[number] = step;
            count++;
        }
        ck_assert_uint_eq(index.key_count, count);
        ck_assert_uint_le(index.key_count, index.place_count / 3 * 2);
    }
    for (unsigned number = 0; number < KEYS; number++)
        ck_assert_int_eq(key_index_find(&index, key_of(number, bytes)), rows[number]);
    key_index_free(&index);
}
END_TEST

START_TEST(no_memory_leaves_it_as_it_was)
{
    struct key_index index;
    char bytes[16];
    unsigned known = 0;
    key_index_init(&index);
    for (; index.place_count < 256; known++) {
        ck_assert_int_eq(key_index_reserve(&index, 1), ERR_OK);
        key_index_set(&index, key_of(known, bytes), known + 1);
    }
    mem_fail_at(1);
    ck_assert_int_eq(key_index_reserve(&index, 100000), ERR_MEMORY);
    mem_fail_at(0);
    for (unsigned number = 0; number < known; number++)
        ck_assert_int_eq(key_index_find(&index, key_of(number, bytes)), number + 1);
    key_index_free(&index);
}
END_TEST

RUN_TESTS("store/key_index", finds_what_was_set_and_nothing_else, no_memory_leaves_it_as_it_was)
