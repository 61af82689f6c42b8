#include "front/answer_store.h"

#include "base/mem.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

enum { LIFE_US = 1000 };

static struct answer_key key_of(unsigned number)
{
    struct answer_key key = {{0}};
    memcpy(key.bytes, &number, sizeof number);
    return key;
}

static void put(struct answer_store *store, unsigned number, uint64_t version, const char *bytes, int64_t now_us)
{
    struct answer_key key = key_of(number);
    answer_store_put(store, &key, version, &(struct kept_answer){text_of(bytes), CONNECT_IDENTITY}, now_us);
}

/* NULL: nothing. */
static const char *found(struct answer_store *store, unsigned number, uint64_t version, int64_t now_us)
{
    static char copy[4096];
    struct kept_answer answer;
    struct answer_key key = key_of(number);
    if (!answer_store_find(store, &key, version, now_us, &answer))
        return NULL;
    snprintf(copy, sizeof copy, "%.*s", (int)answer.bytes.length, answer.bytes.data);
    return copy;
}

START_TEST(an_answer_is_found_under_its_key_and_version_for_its_time)
{
    struct answer_store *store;
    ck_assert_int_eq(answer_store_new(1 << 20, LIFE_US, &store), ERR_OK);
    ck_assert_ptr_null(found(store, 1, 5, 0));
    put(store, 1, 5, "five", 0);
    ck_assert_str_eq(found(store, 1, 5, LIFE_US - 1), "five");
    ck_assert_ptr_null(found(store, 2, 5, 0));
    ck_assert_ptr_null(found(store, 1, 5, LIFE_US)); /* over */
    put(store, 1, 5, "five", 0);
    ck_assert_ptr_null(found(store, 1, 6, 0)); /* old, and gone */
    ck_assert_ptr_null(found(store, 1, 5, 0));
    ck_assert_uint_eq(answer_store_counts(store).bytes, 0);
    answer_store_free(store);
}
END_TEST

START_TEST(a_newer_answer_stands_and_an_older_one_does_not_replace_it)
{
    struct answer_store *store;
    ck_assert_int_eq(answer_store_new(1 << 20, LIFE_US, &store), ERR_OK);
    put(store, 1, 5, "five", 0);
    put(store, 1, 7, "seven", 0);
    put(store, 1, 6, "six", 0);
    ck_assert_str_eq(found(store, 1, 7, 0), "seven");
    ck_assert_uint_eq(answer_store_counts(store).entries, 1);
    answer_store_clear(store);
    ck_assert_ptr_null(found(store, 1, 7, 0));
    answer_store_free(store);
}
END_TEST

START_TEST(memory_is_bounded_and_what_is_used_stays)
{
    enum { BYTES = 64 << 10, COUNT = 4000 };
    struct answer_store *store;
    char bytes[512];
    memset(bytes, 'x', sizeof bytes - 1);
    bytes[sizeof bytes - 1] = '\0';
    ck_assert_int_eq(answer_store_new(BYTES, LIFE_US, &store), ERR_OK);
    for (unsigned i = 0; i < COUNT; i++) {
        put(store, i, 1, bytes, 0);
        ck_assert_uint_le(answer_store_counts(store).bytes, BYTES);
        ck_assert_ptr_nonnull(found(store, 0, 1, 0)); /* used all the time */
    }
    ck_assert_ptr_nonnull(found(store, COUNT - 1, 1, 0));
    ck_assert_ptr_null(found(store, 1, 1, 0));
    struct answer_store_counts counts = answer_store_counts(store);
    ck_assert_uint_eq(counts.stored, COUNT);
    ck_assert_uint_eq(counts.stored - counts.evicted, counts.entries);
    answer_store_free(store);
}
END_TEST

START_TEST(what_is_too_large_is_not_kept)
{
    struct answer_store *store;
    static char large[9000];
    memset(large, 'x', sizeof large - 1);
    ck_assert_int_eq(answer_store_new(64 << 10, LIFE_US, &store), ERR_OK);
    put(store, 1, 1, large, 0);
    ck_assert_ptr_null(found(store, 1, 1, 0));
    answer_store_free(store);
    ck_assert_int_eq(answer_store_new(0, LIFE_US, &store), ERR_OK);
    put(store, 1, 1, "", 0);
    ck_assert_ptr_null(found(store, 1, 1, 0));
    answer_store_free(store);
}
END_TEST

START_TEST(without_memory_nothing_is_kept_and_nothing_is_lost)
{
    struct answer_store *store;
    ck_assert_int_eq(answer_store_new(1 << 20, LIFE_US, &store), ERR_OK);
    put(store, 1, 1, "one", 0);
    mem_fail_at(1);
    put(store, 2, 1, "two", 0);
    mem_fail_at(0);
    ck_assert_ptr_null(found(store, 2, 1, 0));
    ck_assert_str_eq(found(store, 1, 1, 0), "one");
    answer_store_free(store);
}
END_TEST

RUN_TESTS("front/answer_store", an_answer_is_found_under_its_key_and_version_for_its_time,
          a_newer_answer_stands_and_an_older_one_does_not_replace_it, memory_is_bounded_and_what_is_used_stays,
          what_is_too_large_is_not_kept, without_memory_nothing_is_kept_and_nothing_is_lost)
