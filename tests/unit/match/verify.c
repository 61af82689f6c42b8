#include "match/verify.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>

enum { NONE = -1 };

/* An instance of four students and three placements: classes[s][k] is what lists[s][k] gives s. */
struct planted {
    uint16_t capacity[3];
    int lists[4][3];
    uint32_t classes[4][3];
};

static struct instance build(const struct planted *planted)
{
    struct instance instance;
    ck_assert_int_eq(instance_new(4, 3, 9, &instance), ERR_OK);
    ck_assert_int_eq(instance_reserve(&instance, 12), ERR_OK);
    for (uint32_t p = 0; p < 3; p++)
        instance.capacity[p] = planted->capacity[p];
    for (uint32_t s = 0; s < 4; s++) {
        instance.first[s] = instance.edge_count;
        for (uint32_t k = 0; k < 3 && planted->lists[s][k] != NONE; k++, instance.length[s]++)
            instance_set_edge(&instance, instance.edge_count++, (uint32_t)planted->lists[s][k],
                              planted->classes[s][k]);
    }
    return instance;
}

static struct verdict verdict_on(const struct planted *planted, const int match[4])
{
    struct instance instance = build(planted);
    struct verdict verdict = {FINDING_NONE, 99, 99};
    uint32_t place[4];
    for (size_t s = 0; s < 4; s++)
        place[s] = match[s] == NONE ? INSTANCE_UNMATCHED : (uint32_t)match[s];
    enum err e = verify_matching(&instance, place, &verdict);
    ck_assert_int_eq(e, verdict.finding == FINDING_NONE ? ERR_OK : ERR_MISMATCH);
    instance_free(&instance);
    return verdict;
}

#define EXPECT(planted, match, expected, who, where)                                                                 \
    do {                                                                                                             \
        struct verdict verdict = verdict_on(planted, match);                                                         \
        ck_assert_int_eq(verdict.finding, expected);                                                                 \
        if ((expected) != FINDING_NONE) {                                                                            \
            ck_assert_uint_eq(verdict.student, who);                                                                 \
            ck_assert_uint_eq(verdict.place, where);                                                                 \
        }                                                                                                            \
    } while (0)

/* Students 0 and 1 want 0 (one seat); 2 and 3 want 1 (two seats). 0 has the lower class at 0. */
static const struct planted two_places = {
    .capacity = {1, 2, 1},
    .lists = {{0, 1, NONE}, {0, 1, NONE}, {1, NONE}, {1, 2, NONE}},
    .classes = {{4, 5}, {6, 5}, {5}, {5, 1}},
};

START_TEST(the_stable_matching_is_accepted)
{
    /* 0 goes on to 1 and displaces 3, the latest of three equals there; 3 goes on to 2. */
    EXPECT(&two_places, ((const int[]){1, 0, 1, 2}), FINDING_NONE, 0u, 0u);
}
END_TEST

START_TEST(a_placement_off_the_list_is_found)
{
    EXPECT(&two_places, ((const int[]){1, 0, 2, NONE}), FINDING_NOT_ON_LIST, 2u, 2u);
    EXPECT(&two_places, ((const int[]){1, 0, 1, 3}), FINDING_NOT_ON_LIST, 3u, 3u); /* no such placement */
    EXPECT(&two_places, ((const int[]){1, 0, 1, 77}), FINDING_NOT_ON_LIST, 3u, 77u);
}
END_TEST

START_TEST(a_placement_above_its_capacity_is_found)
{
    EXPECT(&two_places, ((const int[]){0, 0, 1, 1}), FINDING_OVER_CAPACITY, 1u, 0u);
    EXPECT(&two_places, ((const int[]){1, 0, 1, 1}), FINDING_OVER_CAPACITY, 3u, 1u);
}
END_TEST

START_TEST(a_match_off_the_list_is_found_before_one_above_the_capacity)
{
    EXPECT(&two_places, ((const int[]){0, 0, 1, 0}), FINDING_NOT_ON_LIST, 3u, 0u);
}
END_TEST

START_TEST(a_free_seat_that_somebody_prefers_is_found)
{
    EXPECT(&two_places, ((const int[]){1, 0, 1, NONE}), FINDING_BLOCKING_CLASS, 3u, 2u);
    EXPECT(&two_places, ((const int[]){1, NONE, 1, 2}), FINDING_BLOCKING_CLASS, 0u, 0u);
}
END_TEST

START_TEST(a_holder_of_a_lower_class_is_found)
{
    EXPECT(&two_places, ((const int[]){0, 1, 1, 2}), FINDING_BLOCKING_CLASS, 1u, 0u);
}
END_TEST

START_TEST(a_holder_with_a_later_number_is_found)
{
    EXPECT(&two_places, ((const int[]){NONE, 0, 1, 1}), FINDING_BLOCKING_LOTTERY, 0u, 1u);
    EXPECT(&two_places, ((const int[]){1, 0, NONE, 1}), FINDING_BLOCKING_LOTTERY, 2u, 1u);
}
END_TEST

START_TEST(only_a_weakly_stable_matching_blocks_by_lottery_alone)
{
    /* 0 blocks by the lottery at 1, where 3 is equal and later; 3 is there rightly, but 1 blocks by class at 2. */
    static const struct planted both = {
        .capacity = {1, 1, 1},
        .lists = {{1, NONE}, {2, NONE}, {2, NONE}, {1, NONE}},
        .classes = {{5}, {7}, {6}, {5}},
    };
    EXPECT(&both, ((const int[]){NONE, NONE, 2, 1}), FINDING_BLOCKING_CLASS, 1u, 2u);
    EXPECT(&both, ((const int[]){NONE, 2, NONE, 1}), FINDING_BLOCKING_LOTTERY, 0u, 1u);
}
END_TEST

START_TEST(what_a_student_likes_less_does_not_block)
{
    static const struct planted content = {
        .capacity = {1, 1, 1},
        .lists = {{0, 1, 2}, {1, NONE}, {2, NONE}, {NONE}},
        .classes = {{1, 9, 9}, {1}, {1}, {0}},
    };
    EXPECT(&content, ((const int[]){0, 1, 2, NONE}), FINDING_NONE, 0u, 0u);
}
END_TEST

START_TEST(a_placement_without_a_seat_blocks_nobody)
{
    static const struct planted closed = {
        .capacity = {0, 1, 1},
        .lists = {{0, NONE}, {0, 1, NONE}, {NONE}, {NONE}},
        .classes = {{9}, {9, 1}, {0}, {0}},
    };
    EXPECT(&closed, ((const int[]){NONE, 1, NONE, NONE}), FINDING_NONE, 0u, 0u);
    EXPECT(&closed, ((const int[]){0, 1, NONE, NONE}), FINDING_OVER_CAPACITY, 0u, 0u);
}
END_TEST

START_TEST(every_finding_has_words_of_its_own)
{
    for (enum finding a = FINDING_NONE; a <= FINDING_BLOCKING_LOTTERY; a++)
        for (enum finding b = FINDING_NONE; b < a; b++)
            ck_assert_str_ne(finding_text(a), finding_text(b));
}
END_TEST

START_TEST(a_failing_allocation_is_answered_and_is_no_verdict)
{
    struct instance instance = build(&two_places);
    struct verdict verdict = {FINDING_NONE, 99, 99};
    uint32_t place[4] = {1, 0, 1, 2};
    mem_fail_at(1);
    enum err e = verify_matching(&instance, place, &verdict);
    mem_fail_at(0);
    ck_assert_int_eq(e, ERR_MEMORY);
    ck_assert_uint_eq(verdict.student, 99);
    instance_free(&instance);
}
END_TEST

RUN_TESTS("match/verify", the_stable_matching_is_accepted, a_placement_off_the_list_is_found,
          a_placement_above_its_capacity_is_found, a_match_off_the_list_is_found_before_one_above_the_capacity,
          a_free_seat_that_somebody_prefers_is_found, a_holder_of_a_lower_class_is_found,
          a_holder_with_a_later_number_is_found, only_a_weakly_stable_matching_blocks_by_lottery_alone,
          what_a_student_likes_less_does_not_block, a_placement_without_a_seat_blocks_nobody,
          every_finding_has_words_of_its_own, a_failing_allocation_is_answered_and_is_no_verdict)
