#include "base/mem.h"

#include "support/support.h"

#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

START_TEST(alloc_gives_zeroed_bytes_and_a_unique_pointer_for_nothing)
{
    unsigned char *block, *none, *also_none;
    ck_assert_int_eq(mem_alloc(1000, 7, &block), ERR_OK);
    ck_assert(is_zero(block, 7000));
    ck_assert_int_eq(mem_alloc(0, 8, &none), ERR_OK);
    ck_assert_int_eq(mem_alloc(8, 0, &also_none), ERR_OK);
    ck_assert_ptr_nonnull(none);
    ck_assert_ptr_nonnull(also_none);
    ck_assert_ptr_ne(none, also_none);
    mem_free(block);
    mem_free(none);
    mem_free(also_none);
    mem_free(NULL);
}
END_TEST

START_TEST(a_product_that_overflows_is_refused_and_leaves_the_output)
{
    char here, *block = &here, *held;
    ck_assert_int_eq(mem_alloc(SIZE_MAX / 2 + 1, 2, &block), ERR_MEMORY);
    ck_assert_int_eq(mem_alloc_aligned(64, SIZE_MAX / 4 + 1, 4, &block), ERR_MEMORY);
    ck_assert_ptr_eq(block, &here);
    ck_assert_int_eq(mem_alloc(4, 1, &held), ERR_OK);
    memcpy(held, "abc", 4);
    ck_assert_int_eq(mem_resize(&held, SIZE_MAX / 2 + 1, 2), ERR_MEMORY);
    ck_assert_str_eq(held, "abc");
    mem_free(held);
}
END_TEST

START_TEST(aligned_blocks_are_aligned)
{
    for (size_t alignment = 16; alignment <= 4096; alignment *= 2) {
        char *block;
        ck_assert_int_eq(mem_alloc_aligned(alignment, 3, 5, &block), ERR_OK);
        ck_assert_uint_eq((uintptr_t)block % alignment, 0);
        memset(block, 1, 15);
        mem_free(block);
    }
}
END_TEST

START_TEST(growing_keeps_the_items_and_grows_by_half)
{
    uint32_t *items = NULL;
    size_t capacity = 0, moves = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        size_t before = capacity;
        if (mem_grow(&items, &capacity, i + 1, sizeof *items) != ERR_OK || capacity <= i)
            ck_abort_msg("item %u of %zu", i, capacity);
        moves += capacity != before;
        items[i] = i * 7;
    }
    for (uint32_t i = 0; i < 100000; i++)
        if (items[i] != i * 7)
            ck_abort_msg("item %u is %u", i, items[i]);
    ck_assert_uint_le(moves, 25); /* log(100000 / 16) / log(1.5) = 21.6 */
    mem_free(items);
}
END_TEST

START_TEST(a_growth_that_fails_changes_nothing)
{
    uint32_t *items = NULL;
    size_t capacity = 0;
    ck_assert_int_eq(mem_grow(&items, &capacity, 20, sizeof *items), ERR_OK);
    uint32_t *before = items;
    size_t capacity_before = capacity;
    items[0] = 77;
    ck_assert_int_eq(mem_grow(&items, &capacity, SIZE_MAX, sizeof *items), ERR_MEMORY);
    mem_fail_at(1);
    ck_assert_int_eq(mem_grow(&items, &capacity, capacity_before, sizeof *items), ERR_OK);
    ck_assert_int_eq(mem_grow(&items, &capacity, capacity_before + 1, sizeof *items), ERR_MEMORY);
    mem_fail_at(0);
    ck_assert_ptr_eq(items, before);
    ck_assert_uint_eq(capacity, capacity_before);
    ck_assert_uint_eq(items[0], 77);
    mem_free(items);
}
END_TEST

START_TEST(the_nth_allocation_and_all_later_ones_fail)
{
    for (uint64_t nth = 1; nth <= 5; nth++) {
        mem_fail_at(nth);
        for (uint64_t i = 1; i <= 8; i++) {
            char *block = NULL;
            enum err e = i % 3 == 0   ? mem_alloc(1, 1, &block)
                         : i % 3 == 1 ? mem_resize(&block, 1, 1)
                                      : mem_alloc_aligned(16, 1, 1, &block);
            ck_assert_int_eq(e, i < nth ? ERR_OK : ERR_MEMORY);
            ck_assert_int_eq(mem_has_failed(), i >= nth);
            mem_free(block);
        }
    }
    mem_fail_at(0);
    ck_assert(!mem_has_failed());
    char *block;
    ck_assert_int_eq(mem_alloc(1, 1, &block), ERR_OK);
    mem_free(block);
}
END_TEST

START_TEST(an_arena_hands_out_zeroed_aligned_pieces_that_do_not_overlap)
{
    enum { COUNT = 3000 };
    struct arena arena;
    unsigned char *pieces[COUNT];
    arena_init(&arena, 64 << 20);
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = 1 + i * 7 % 300 + (i == 1000 ? 200000 : 0);
        ck_assert_int_eq(arena_alloc(&arena, size, 1, &pieces[i]), ERR_OK);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        ck_assert(is_zero(pieces[i], size));
        memset(pieces[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = 1 + i * 7 % 300 + (i == 1000 ? 200000 : 0);
        ck_assert_uint_eq(pieces[i][0], i % 255 + 1);
        ck_assert_uint_eq(pieces[i][size - 1], i % 255 + 1);
    }
    arena_free(&arena);
    ck_assert_uint_eq(arena.total_bytes, 0);
    ck_assert_int_eq(arena_alloc(&arena, 1, 1, &pieces[0]), ERR_OK); /* it can be used again */
    arena_free(&arena);
    arena_free(&arena);
}
END_TEST

START_TEST(an_arena_stops_at_its_budget_and_stays_whole)
{
    enum { BUDGET = 200000 };
    struct arena arena;
    const char *copies[BUDGET / 16 + 1], *untouched = "untouched", *out = untouched;
    size_t count = 0;
    arena_init(&arena, BUDGET);
    while (count <= BUDGET / 16 && arena_dup(&arena, "fifteen bytes..", 15, &copies[count]) == ERR_OK)
        count++;
    ck_assert_uint_le(count, BUDGET / 16);
    ck_assert_uint_gt(count, BUDGET / 16 - 4 * BUDGET / 65536 - 4); /* all but the ends of a few chunks */
    ck_assert_uint_le(arena.total_bytes, BUDGET);
    ck_assert_int_eq(arena_dup(&arena, "once more......", 15, &out), ERR_MEMORY);
    ck_assert_ptr_eq(out, untouched);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(copies[i], "fifteen bytes..");
    arena_free(&arena);
}
END_TEST

START_TEST(one_piece_may_take_the_whole_budget_but_no_byte_more)
{
    struct arena arena;
    char *piece;
    arena_init(&arena, 1 << 20);
    ck_assert_int_eq(arena_alloc(&arena, 1 << 20, 1, &piece), ERR_OK);
    memset(piece, 1, 1 << 20);
    ck_assert_int_eq(arena_alloc(&arena, 1, 1, &piece), ERR_MEMORY);
    arena_free(&arena);
    ck_assert_int_eq(arena_alloc(&arena, (1 << 20) + 1, 1, &piece), ERR_MEMORY);
    ck_assert_int_eq(arena_alloc(&arena, SIZE_MAX, 1, &piece), ERR_MEMORY);
    ck_assert_int_eq(arena_alloc(&arena, SIZE_MAX / 2, 3, &piece), ERR_MEMORY);
    const char *copy;
    ck_assert_int_eq(arena_dup(&arena, "x", SIZE_MAX, &copy), ERR_MEMORY);
    arena_free(&arena);
}
END_TEST

START_TEST(an_arena_without_memory_says_so)
{
    struct arena arena;
    char *piece = NULL;
    arena_init(&arena, 1 << 20);
    mem_fail_at(1);
    ck_assert_int_eq(arena_alloc(&arena, 8, 1, &piece), ERR_MEMORY);
    ck_assert_ptr_null(piece);
    ck_assert(mem_has_failed());
    mem_fail_at(0);
    ck_assert_int_eq(arena_alloc(&arena, 8, 1, &piece), ERR_OK);
    arena_free(&arena);
}
END_TEST

START_TEST(a_copy_keeps_nul_bytes_and_ends_in_one)
{
    struct arena arena;
    const char *copy;
    arena_init(&arena, 1 << 20);
    ck_assert_int_eq(arena_dup(&arena, "a\0b", 3, &copy), ERR_OK);
    ck_assert_mem_eq(copy, "a\0b\0", 4);
    ck_assert_int_eq(arena_dup(&arena, NULL, 0, &copy), ERR_OK);
    ck_assert_str_eq(copy, "");
    arena_free(&arena);
}
END_TEST

RUN_TESTS("base/mem", alloc_gives_zeroed_bytes_and_a_unique_pointer_for_nothing,
          a_product_that_overflows_is_refused_and_leaves_the_output, aligned_blocks_are_aligned,
          growing_keeps_the_items_and_grows_by_half, a_growth_that_fails_changes_nothing,
          the_nth_allocation_and_all_later_ones_fail, an_arena_hands_out_zeroed_aligned_pieces_that_do_not_overlap,
          an_arena_stops_at_its_budget_and_stays_whole, one_piece_may_take_the_whole_budget_but_no_byte_more,
          an_arena_without_memory_says_so, a_copy_keeps_nul_bytes_and_ends_in_one)
