/*
 * Fault injection: the first allocation fails, then the second, and so on until none does. Every time the answer is
 * ERR_MEMORY and nothing is left behind (the leak sanitizer ends the test where something is).
 *
 * No thread can be had here either: the calling thread does all shares, so which allocation is the n-th is always the same.
 */
#include "base/mem.h"
#include "match/hr_text.h"
#include "match/lists.h"
#include "match/lottery.h"
#include "match/round.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

#include <errno.h>
#include <pthread.h>

/* In place of the system's. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *context)
{
    (void)thread, (void)attributes, (void)start, (void)context;
    return EAGAIN;
}

typedef enum err attempt(void *context);

/* Gives the number of allocations that one undisturbed attempt makes. */
static uint64_t fail_each_allocation(attempt *try, void *context)
{
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = try(context);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_msg(e == (failed ? ERR_MEMORY : ERR_OK), "allocation %llu: %s", (unsigned long long)nth,
                      err_text(e));
        if (!failed)
            return nth - 1;
    }
}

static const struct match_rules rules = {.slack_days = 7, .list_max = 2, .band_width = 10};

static enum err try_round(void *context)
{
    struct round_result result;
    enum err e = round_run(context, &rules, 1, NULL, &result);
    if (e == ERR_OK)
        round_result_free(&result);
    else
        ck_assert_ptr_null(result.outcomes);
    return e;
}

START_TEST(a_round)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(301));
    for (int i = 0; i < 30; i++) {
        struct builder builder = random_market(&random, 15, 20);
        struct round_result result;
        ck_assert_int_eq(round_run(&builder.market, &rules, 1, NULL, &result), ERR_OK);
        round_result_free(&result);
        ck_assert_uint_gt(fail_each_allocation(try_round, &builder.market), 20);
        builder_free(&builder);
    }
}
END_TEST

START_TEST(a_market_that_plays_a_second_pass_and_has_somebody_without_a_place)
{
    static const uint32_t wish[] = {0};
    struct match_rules cut = rules;
    cut.list_max = 1;
    struct builder builder = {0};
    builder_point(&builder, 52, 5);
    for (int p = 0; p < 2; p++)
        builder_placement(&builder, plain_placement(&builder, 1));
    for (uint32_t s = 0; s < 3; s++) {
        struct student student = plain_student();
        student.wishes = builder_wishes(&builder, wish, 1);
        builder_student(&builder, student, s);
    }
    struct student misfit = plain_student();
    misfit.qualification = 1;
    builder_student(&builder, misfit, 9);
    struct round_result result;
    ck_assert_int_eq(round_run(&builder.market, &cut, 1, NULL, &result), ERR_OK);
    ck_assert_uint_eq(result.counts.matched_second_pass, 1);
    ck_assert_uint_eq(result.removed_count, 1);
    round_result_free(&result);
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = round_run(&builder.market, &cut, 1, NULL, &result);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (failed)
            continue;
        round_result_free(&result);
        break;
    }
    builder_free(&builder);
}
END_TEST

static enum err try_lists(void *context)
{
    static const uint32_t students[] = {2, 0, 1};
    struct market *market = context;
    struct list_maker maker;
    struct instance instance;
    struct list_counts counts;
    uint16_t capacity[20];
    bool cut[3];
    for (size_t p = 0; p < market->placement_count; p++)
        capacity[p] = market->placements[p].capacity;
    struct list_request request = {
        .students = students, .student_count = 3, .capacity = capacity, .list_max = 2, .threads = 1};
    enum err e = list_maker_open(market, &rules, &maker);
    if (e != ERR_OK)
        return e;
    e = lists_build(&maker, &request, &instance, cut, &counts);
    if (e == ERR_OK)
        instance_free(&instance);
    list_maker_close(&maker);
    return e;
}

START_TEST(making_lists)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(302));
    struct builder builder = random_market(&random, 3, 20);
    ck_assert_uint_gt(fail_each_allocation(try_lists, &builder.market), 12);
    builder_free(&builder);
}
END_TEST

static enum err try_round_in_shares(void *context)
{
    struct round_result result;
    enum err e = round_run(context, &rules, 3, NULL, &result);
    if (e == ERR_OK)
        round_result_free(&result);
    return e;
}

START_TEST(a_round_in_three_shares)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(304));
    struct builder builder = random_market(&random, 8200, 3); /* a share has at least 4096 students */
    uint64_t whole = fail_each_allocation(try_round, &builder.market);
    uint64_t shares = fail_each_allocation(try_round_in_shares, &builder.market);
    ck_assert_uint_gt(shares, whole);
    builder_free(&builder);
}
END_TEST

static enum err try_solve(void *context)
{
    struct solution solution;
    enum err e = solve_stb(context, &solution);
    if (e == ERR_OK)
        solution_free(&solution);
    return e;
}

static enum err try_verify(void *context)
{
    static const uint32_t place[] = {0, INSTANCE_UNMATCHED};
    struct verdict verdict;
    return verify_matching(context, place, &verdict);
}

START_TEST(solving_and_verifying)
{
    static const uint16_t capacities[] = {1, 60000}; /* the second: more seats than students, which are counted */
    for (size_t i = 0; i < 2; i++) {
        struct instance instance;
        ck_assert_int_eq(instance_new(2, 1, 0, &instance), ERR_OK);
        ck_assert_int_eq(instance_reserve(&instance, 2), ERR_OK);
        instance.capacity[0] = capacities[i];
        for (uint32_t s = 0; s < 2; s++) {
            instance.first[s] = instance.edge_count;
            instance.length[s] = i == 0 || s == 0;
            instance_set_edge(&instance, instance.edge_count++, 0, 0);
        }
        ck_assert_uint_ge(fail_each_allocation(try_solve, &instance), 5);
        ck_assert_uint_eq(fail_each_allocation(try_verify, &instance), 1);
        instance_free(&instance);
    }
}
END_TEST

/* A file with a fault, while memory runs out: a problem is counted even where it cannot be kept. */
START_TEST(a_refused_instance)
{
    for (uint64_t nth = 1;; nth++) {
        struct problems problems;
        struct hr hr;
        problems_init(&problems, "instance");
        mem_fail_at(nth);
        enum err e = hr_text_read(text_of("1 1\ns 0 lottery 0 : 0\np 0 cap 1 :\n"), &hr, &problems);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert(e == ERR_MEMORY || (e == ERR_INPUT && problems.total == 1));
        ck_assert(failed || problems.kept == 1);
        problems_free(&problems);
        if (!failed)
            break;
    }
}
END_TEST

static enum err try_order(void *context)
{
    uint32_t order[3];
    return lottery_order(context, order);
}

START_TEST(ordering_by_lottery)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(303));
    struct builder builder = random_market(&random, 3, 1);
    ck_assert_uint_ge(fail_each_allocation(try_order, &builder.market), 1);
    builder_free(&builder);
}
END_TEST

RUN_TESTS("prop/faults", a_round, a_market_that_plays_a_second_pass_and_has_somebody_without_a_place, making_lists,
          a_round_in_three_shares, solving_and_verifying, a_refused_instance, ordering_by_lottery)
