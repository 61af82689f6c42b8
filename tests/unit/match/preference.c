#include "match/preference.h"
#include "base/mem.h"
#include "support/support.h"
#include "unit/match/market_builder.h"
#include "unit/match/naive_order.h"

enum { PLACES = 64 };

/* A market of one student and PLACES placements; only what the order looks at is filled in. */
static struct builder random_student(const struct random_source *random)
{
    struct builder builder = {0};
    uint32_t wishes[PLACES], tags[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct student student = plain_student();
    student.max_km = (uint16_t)(1 + drawn(random, drawn(random, 2) ? 20 : 300));
    student.tags = builder_tags(&builder, tags, drawn(random, 9));
    student.wishes = builder_wishes(&builder, wishes, drawn_set(random, PLACES, drawn(random, 12), wishes));
    for (uint32_t p = 0; p < PLACES; p++) {
        builder_placement(&builder, plain_placement(&builder, 1));
        if (drawn(random, 4)) /* some placements keep equal hashes: canonical order decides */
            random_fill(random, builder.market.placement_hashes[p], HASH_BYTES);
        else
            memset(builder.market.placement_hashes[p], 9, HASH_BYTES);
    }
    builder_student(&builder, student, 0);
    random_fill(random, &builder.market.draws[0], sizeof(struct draw));
    return builder;
}

static uint32_t random_candidates(const struct random_source *random, const struct market *market,
                                  struct candidate *out)
{
    uint32_t places[PLACES], count = drawn_set(random, PLACES, PLACES, places);
    uint32_t reach_m = 1000u * market->students[0].max_km;
    for (uint32_t i = 0; i < count; i++)
        out[i] = (struct candidate){.place = places[i],
                                    .distance_m = drawn(random, 8) ? drawn(random, reach_m + 1) : reach_m,
                                    .hash = market->placement_hashes[places[i]],
                                    .shared_tags = (uint8_t)drawn(random, market->students[0].tags.count + 1),
                                    .score = (uint8_t)drawn(random, 101)};
    return count;
}

static void compare_orders(struct preference *preference, const struct market *market,
                           const struct candidate *candidates, uint32_t count, uint32_t list_max)
{
    struct keyed expected[PLACES];
    const struct candidate *ordered;
    uint32_t kept, wished = naive_order(market, 0, candidates, count, expected);
    preference_order(preference, 0, candidates, count, list_max, &ordered, &kept);
    uint32_t most = list_max == 0 ? count : list_max > wished ? list_max : wished;
    ck_assert_uint_eq(kept, count < most ? count : most);
    for (uint32_t i = 0; i < kept; i++) {
        ck_assert_uint_eq(ordered[i].place, expected[i].candidate->place);
        ck_assert_mem_eq(&ordered[i], expected[i].candidate, sizeof ordered[i]);
    }
}

START_TEST(the_order_is_that_of_a_plain_sort_by_the_declared_keys)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(51));
    for (int round = 0; round < 1500; round++) {
        struct builder builder = random_student(&random);
        struct candidate candidates[PLACES];
        struct preference *preference;
        ck_assert_int_eq(preference_new(&builder.market, PLACES, &preference), ERR_OK);
        for (int again = 0; again < 3; again++) {
            uint32_t count = random_candidates(&random, &builder.market, candidates);
            compare_orders(preference, &builder.market, candidates, count, 0);
            compare_orders(preference, &builder.market, candidates, count, 1 + drawn(&random, 20));
        }
        preference_free(preference);
        builder_free(&builder);
    }
}
END_TEST

START_TEST(large_groups_of_equals_are_ordered_by_their_ties)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(52));
    for (int round = 0; round < 200; round++) {
        struct builder builder = random_student(&random);
        struct candidate candidates[PLACES];
        struct preference *preference;
        ck_assert_int_eq(preference_new(&builder.market, PLACES, &preference), ERR_OK);
        for (uint32_t i = 0; i < PLACES; i++)
            candidates[i] = (struct candidate){.place = i, .hash = builder.market.placement_hashes[i]};
        compare_orders(preference, &builder.market, candidates, PLACES, 0);
        preference_free(preference);
        builder_free(&builder);
    }
}
END_TEST

/* The order in which four candidates come out, as their placements' numbers. */
static void order_of_four(const struct builder *builder, const struct candidate candidates[4], uint32_t out[4])
{
    struct preference *preference;
    const struct candidate *ordered;
    uint32_t count;
    ck_assert_int_eq(preference_new(&builder->market, 4, &preference), ERR_OK);
    preference_order(preference, 0, candidates, 4, 0, &ordered, &count);
    ck_assert_uint_eq(count, 4);
    for (uint32_t i = 0; i < 4; i++)
        out[i] = ordered[i].place;
    preference_free(preference);
}

START_TEST(wishes_go_before_tags_and_tags_before_distance)
{
    static const uint32_t tags[] = {0, 1}, wishes[] = {3};
    static const uint32_t expected[] = {3, 1, 2, 0};
    struct builder builder = {0};
    uint32_t got[4];
    struct student student = plain_student();
    student.tags = builder_tags(&builder, tags, 2);
    student.wishes = builder_wishes(&builder, wishes, 1);
    builder_student(&builder, student, 1);
    for (int p = 0; p < 4; p++)
        builder_placement(&builder, plain_placement(&builder, 1));
    struct candidate candidates[4];
    static const uint32_t distance_m[] = {5000, 40000, 4999, 40000};
    static const uint8_t shared[] = {1, 2, 1, 0};
    for (uint32_t p = 0; p < 4; p++)
        candidates[p] = (struct candidate){.place = p,
                                           .distance_m = distance_m[p],
                                           .hash = builder.market.placement_hashes[p],
                                           .shared_tags = shared[p]};
    order_of_four(&builder, candidates, got);
    ck_assert_mem_eq(got, expected, sizeof got);
    builder_free(&builder);
}
END_TEST

START_TEST(a_wish_that_is_not_eligible_is_passed_over)
{
    static const uint32_t wishes[] = {5, 2, 4, 0}, expected[] = {2, 0};
    struct builder builder = {0};
    uint32_t got[4];
    struct student student = plain_student();
    student.wishes = builder_wishes(&builder, wishes, 4);
    builder_student(&builder, student, 1);
    for (int p = 0; p < 6; p++)
        builder_placement(&builder, plain_placement(&builder, 1));
    struct candidate candidates[4];
    for (uint32_t p = 0; p < 4; p++)
        candidates[p] = (struct candidate){.place = p, .hash = builder.market.placement_hashes[p]};
    order_of_four(&builder, candidates, got);
    ck_assert_mem_eq(got, expected, sizeof expected);
    builder_free(&builder);
}
END_TEST

START_TEST(every_failing_allocation_is_answered)
{
    struct builder builder = {0};
    builder_placement(&builder, plain_placement(&builder, 1));
    for (uint64_t nth = 1;; nth++) {
        struct preference *preference = NULL;
        mem_fail_at(nth);
        enum err e = preference_new(&builder.market, 10, &preference);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        preference_free(preference);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed) {
            ck_assert_uint_gt(nth, 2);
            break;
        }
    }
    builder_free(&builder);
}
END_TEST

RUN_TESTS("match/preference", the_order_is_that_of_a_plain_sort_by_the_declared_keys,
          large_groups_of_equals_are_ordered_by_their_ties, wishes_go_before_tags_and_tags_before_distance,
          a_wish_that_is_not_eligible_is_passed_over, every_failing_allocation_is_answered)
