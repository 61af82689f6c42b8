#include "match/instance.h"
#include "base/mem.h"
#include "support/support.h"

START_TEST(an_edge_gives_back_its_placement_and_class)
{
    static const struct {
        uint32_t placements, class_max;
        bool wide;
    } shapes[] = {
        {0, 0, false},         {1, 0, false},           {1, 65535, false},
        {2, 1, false},         {65536, 65535, false}, /* 16 bits and 16 bits: just fits */
        {65537, 65535, true},                         /* 17 and 16 */
        {65537, 32767, false}, {1u << 21, 2047, false}, {(1u << 21) + 1, 2047, true},
        {4000000, 100, false}, /* 22 and 7 */
        {4000000, 1024, true}, /* 22 and 11 */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct instance instance = {0};
        uint32_t last = shapes[i].placements ? shapes[i].placements - 1 : 0, top = shapes[i].class_max;
        ck_assert_int_eq(instance_new(3, shapes[i].placements, top, &instance), ERR_OK);
        ck_assert_msg((instance.wide != NULL) == shapes[i].wide, "shape %zu", i);
        ck_assert_int_eq(instance_reserve(&instance, 4), ERR_OK);
        const uint32_t pairs[4][2] = {{0, top}, {last, 0}, {last, top}, {0, 0}};
        for (uint64_t edge = 0; edge < 4; edge++)
            instance_set_edge(&instance, edge, pairs[edge][0], pairs[edge][1]);
        for (uint64_t edge = 0; edge < 4; edge++) {
            ck_assert_uint_eq(instance_place(&instance, edge), pairs[edge][0]);
            ck_assert_uint_eq(instance_class(&instance, edge), pairs[edge][1]);
        }
        instance_free(&instance);
    }
}
END_TEST

START_TEST(a_new_instance_is_empty)
{
    struct instance instance;
    ck_assert_int_eq(instance_new(2, 3, 10, &instance), ERR_OK);
    ck_assert_uint_eq(instance.student_count, 2);
    ck_assert_uint_eq(instance.placement_count, 3);
    ck_assert_uint_eq(instance.edge_count, 0);
    for (int i = 0; i < 2; i++)
        ck_assert_uint_eq(instance.length[i], 0);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(instance.capacity[i], 0);
    instance_free(&instance);
    ck_assert_ptr_null(instance.first);
}
END_TEST

START_TEST(edges_stay_when_room_is_added)
{
    struct instance instance;
    ck_assert_int_eq(instance_new(1, 70000, 65535, &instance), ERR_OK);
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(instance_reserve(&instance, 1), ERR_OK);
        instance_set_edge(&instance, instance.edge_count++, 69999 - i, i * 65);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(instance_place(&instance, i), 69999 - i);
        ck_assert_uint_eq(instance_class(&instance, i), (uint64_t)i * 65);
    }
    instance_free(&instance);
}
END_TEST

START_TEST(sizes_beyond_the_numbers_are_refused)
{
    struct instance instance = {.student_count = 77};
    ck_assert_int_eq(instance_new(1, UINT32_C(1) << 31, 0, &instance), ERR_RANGE);
    ck_assert_int_eq(instance_new(UINT32_MAX - 1, 1, 0, &instance), ERR_RANGE);
    ck_assert_int_eq(instance_new(UINT32_MAX, 1, 0, &instance), ERR_RANGE);
    ck_assert_int_eq(instance_new(1, 1, 65536, &instance), ERR_RANGE);
    ck_assert_uint_eq(instance.student_count, 77);
}
END_TEST

START_TEST(every_failing_allocation_is_answered)
{
    for (uint64_t nth = 1;; nth++) {
        struct instance instance;
        mem_fail_at(nth);
        enum err e = instance_new(4, 70000, 65535, &instance);
        if (e == ERR_OK) {
            e = instance_reserve(&instance, 100);
            instance_free(&instance);
        }
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed) {
            ck_assert_uint_ge(nth, 6); /* lists, lengths, capacities, classes, and both arrays of edges */
            return;
        }
    }
}
END_TEST

RUN_TESTS("match/instance", an_edge_gives_back_its_placement_and_class, a_new_instance_is_empty,
          edges_stay_when_room_is_added, sizes_beyond_the_numbers_are_refused, every_failing_allocation_is_answered)
