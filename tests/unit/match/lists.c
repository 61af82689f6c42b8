#include "match/lists.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

/* One student of each level 0..5, and placements that score them 20 a level, always 0, and always 100. */
static struct builder six_levels(void)
{
    static const struct criterion level = {.skill = 0, .weight = 3}, other = {.skill = 1, .weight = 3};
    struct builder builder = {.market = {.skill_numbers = 2}};
    builder_point(&builder, 52, 5);
    for (int p = 0; p < 3; p++)
        builder_placement(&builder, plain_placement(&builder, 1));
    builder.market.placements[0].weighted = builder_criteria(&builder, &level, 1);
    builder.market.placements[1].weighted = builder_criteria(&builder, &other, 1);
    for (uint8_t s = 0; s <= 5; s++) {
        struct skill_level skill = {0, s};
        struct student student = plain_student();
        student.skills = builder_skills(&builder, &skill, 1);
        builder_student(&builder, student, s);
    }
    return builder;
}

static const uint32_t as_numbered[] = {0, 1, 2, 3, 4, 5};
static const uint16_t one_seat[] = {1, 1, 1};

static struct instance build(const struct builder *builder, const struct match_rules *rules,
                             const struct list_request *request, bool *cut, struct list_counts *counts)
{
    struct list_maker maker;
    struct instance instance;
    ck_assert_int_eq(list_maker_open(&builder->market, rules, &maker), ERR_OK);
    ck_assert_int_eq(lists_build(&maker, request, &instance, cut, counts), ERR_OK);
    list_maker_close(&maker);
    return instance;
}

static uint32_t class_at(const struct instance *instance, uint32_t student, uint32_t place)
{
    for (uint64_t k = 0; k < instance->length[student]; k++)
        if (instance_place(instance, instance->first[student] + k) == place)
            return instance_class(instance, instance->first[student] + k);
    ck_abort_msg("placement %u is not on the list of %u", place, student);
    return 0;
}

START_TEST(a_class_is_the_score_divided_by_the_band_width)
{
    static const struct {
        uint32_t width, expected[6], full; /* for scores 0, 20, 40, 60, 80, 100 */
    } cases[] = {{1, {0, 20, 40, 60, 80, 100}, 100}, {7, {0, 2, 5, 8, 11, 14}, 14}, {10, {0, 2, 4, 6, 8, 10}, 10},
                 {50, {0, 0, 0, 1, 1, 2}, 2},        {99, {0, 0, 0, 0, 0, 1}, 1},   {100, {0, 0, 0, 0, 0, 1}, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct builder builder = six_levels();
        struct match_rules rules = {.slack_days = 7, .band_width = cases[i].width};
        struct list_request request = {
            .students = as_numbered, .student_count = 6, .capacity = one_seat, .threads = 1};
        struct list_counts counts;
        struct instance instance = build(&builder, &rules, &request, NULL, &counts);
        for (uint32_t s = 0; s < 6; s++) {
            ck_assert_uint_eq(class_at(&instance, s, 0), cases[i].expected[s]);
            ck_assert_uint_eq(class_at(&instance, s, 1), 0);
            ck_assert_uint_eq(class_at(&instance, s, 2), cases[i].full);
        }
        instance_free(&instance);
        builder_free(&builder);
    }
}
END_TEST

START_TEST(students_stand_in_the_order_that_was_asked_for)
{
    static const uint32_t asked[] = {5, 2};
    struct builder builder = six_levels();
    struct match_rules rules = {.slack_days = 7, .band_width = 1};
    struct list_request request = {.students = asked, .student_count = 2, .capacity = one_seat, .threads = 1};
    struct list_counts counts;
    struct instance instance = build(&builder, &rules, &request, NULL, &counts);
    ck_assert_uint_eq(instance.student_count, 2);
    ck_assert_uint_eq(class_at(&instance, 0, 0), 100);
    ck_assert_uint_eq(class_at(&instance, 1, 0), 40);
    instance_free(&instance);
    builder_free(&builder);
}
END_TEST

START_TEST(a_placement_without_a_seat_is_on_no_list)
{
    static const uint16_t seats[] = {1, 0, 2};
    struct builder builder = six_levels();
    struct match_rules rules = {.slack_days = 7, .band_width = 10};
    struct list_request request = {.students = as_numbered, .student_count = 6, .capacity = seats, .threads = 1};
    struct list_counts counts;
    struct instance instance = build(&builder, &rules, &request, NULL, &counts);
    for (uint32_t s = 0; s < 6; s++) {
        ck_assert_uint_eq(instance.length[s], 2);
        for (uint64_t k = 0; k < 2; k++)
            ck_assert_uint_ne(instance_place(&instance, instance.first[s] + k), 1);
    }
    for (uint32_t p = 0; p < 3; p++)
        ck_assert_uint_eq(instance.capacity[p], seats[p]);
    ck_assert_uint_eq(counts.eligible_pairs, 18);
    instance_free(&instance);
    builder_free(&builder);
}
END_TEST

START_TEST(cut_lists_are_marked_and_counted)
{
    static const uint32_t excluded[] = {0, 2};
    struct builder builder = six_levels();
    struct match_rules rules = {.slack_days = 7, .band_width = 10};
    builder.market.students[3].exclusions = builder_exclusions(&builder, excluded, 2);
    builder.market.students[4].qualification = 1;
    struct list_request request = {
        .students = as_numbered, .student_count = 6, .capacity = one_seat, .list_max = 2, .threads = 1};
    struct list_counts counts;
    bool cut[6];
    struct instance instance = build(&builder, &rules, &request, cut, &counts);
    static const uint32_t lengths[] = {2, 2, 2, 1, 0, 2};
    static const bool expected[] = {true, true, true, false, false, true};
    for (uint32_t s = 0; s < 6; s++) {
        ck_assert_uint_eq(instance.length[s], lengths[s]);
        ck_assert_uint_eq(cut[s], expected[s]);
    }
    ck_assert_uint_eq(counts.cut_lists, 4);
    ck_assert_uint_eq(counts.eligible_pairs, 13);
    ck_assert_uint_eq(instance.edge_count, 9);
    instance_free(&instance);
    builder_free(&builder);
}
END_TEST

START_TEST(a_full_list_is_never_cut)
{
    struct builder builder = six_levels();
    struct match_rules rules = {.slack_days = 7, .list_max = 1, .band_width = 10};
    struct list_maker maker;
    const struct candidate *list;
    uint32_t count;
    ck_assert_int_eq(list_maker_open(&builder.market, &rules, &maker), ERR_OK);
    list_maker_full(&maker, 2, &list, &count);
    ck_assert_uint_eq(count, 3);
    list_maker_close(&maker);
    builder_free(&builder);
}
END_TEST

static void check_equal(const struct instance *a, const struct instance *b)
{
    ck_assert_uint_eq(a->edge_count, b->edge_count);
    for (uint32_t s = 0; s < a->student_count; s++) {
        ck_assert_uint_eq(a->length[s], b->length[s]);
        for (uint64_t k = 0; k < a->length[s]; k++) {
            ck_assert_uint_eq(instance_place(a, a->first[s] + k), instance_place(b, b->first[s] + k));
            ck_assert_uint_eq(instance_class(a, a->first[s] + k), instance_class(b, b->first[s] + k));
        }
    }
}

START_TEST(the_instance_is_the_same_whatever_the_number_of_threads)
{
    enum { STUDENTS = 13000, PLACES = 64 }; /* a thread is not started for fewer than 4096 */
    static uint32_t students[STUDENTS];
    static const uint32_t threads[] = {2, 3, PARALLEL_THREADS_MAX};
    uint16_t capacity[PLACES];
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(71));
    struct builder builder = random_market(&random, STUDENTS, PLACES);
    struct match_rules rules = {.slack_days = 7, .band_width = 10};
    for (uint32_t p = 0; p < PLACES; p++)
        capacity[p] = (uint16_t)drawn(&random, 3);
    for (uint32_t s = 0; s < STUDENTS; s++)
        students[s] = STUDENTS - 1 - s;
    struct list_request request = {
        .students = students, .student_count = STUDENTS, .capacity = capacity, .list_max = 5, .threads = 1};
    struct list_counts one_counts, counts;
    struct instance one = build(&builder, &rules, &request, NULL, &one_counts);
    ck_assert_uint_gt(one.edge_count, STUDENTS);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        request.threads = threads[i];
        struct instance many = build(&builder, &rules, &request, NULL, &counts);
        check_equal(&one, &many);
        ck_assert_uint_eq(one_counts.eligible_pairs, counts.eligible_pairs);
        ck_assert_uint_eq(one_counts.cut_lists, counts.cut_lists);
        instance_free(&many);
    }
    instance_free(&one);
    builder_free(&builder);
}
END_TEST

START_TEST(a_number_of_threads_out_of_range_is_refused)
{
    static const uint32_t threads[] = {0, PARALLEL_THREADS_MAX + 1, UINT32_MAX};
    struct builder builder = six_levels();
    struct match_rules rules = {.slack_days = 7, .band_width = 10};
    struct list_request request = {.students = as_numbered, .student_count = 6, .capacity = one_seat};
    struct list_counts counts;
    struct list_maker maker;
    struct instance instance;
    ck_assert_int_eq(list_maker_open(&builder.market, &rules, &maker), ERR_OK);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        request.threads = threads[i];
        ck_assert_int_eq(lists_build(&maker, &request, &instance, NULL, &counts), ERR_RANGE);
    }
    list_maker_close(&maker);
    builder_free(&builder);
}
END_TEST

RUN_TESTS("match/lists", a_class_is_the_score_divided_by_the_band_width,
          students_stand_in_the_order_that_was_asked_for, a_placement_without_a_seat_is_on_no_list,
          cut_lists_are_marked_and_counted, a_full_list_is_never_cut,
          the_instance_is_the_same_whatever_the_number_of_threads, a_number_of_threads_out_of_range_is_refused)
