#include "match/solve.h"
#include "support/support.h"

START_TEST(a_higher_class_goes_before_the_lottery)
{
    struct instance instance;
    struct solution solution;
    ck_assert_int_eq(instance_new(3, 1, 9, &instance), ERR_OK);
    ck_assert_int_eq(instance_reserve(&instance, 3), ERR_OK);
    static const uint32_t classes[] = {3, 9, 3};
    for (uint32_t s = 0; s < 3; s++) {
        instance.first[s] = instance.edge_count;
        instance.length[s] = 1;
        instance_set_edge(&instance, instance.edge_count++, 0, classes[s]);
    }
    instance.capacity[0] = 2;
    ck_assert_int_eq(solve_stb(&instance, &solution), ERR_OK);
    ck_assert_uint_eq(solution.place[0], 0);
    ck_assert_uint_eq(solution.place[1], 0);
    ck_assert_uint_eq(solution.place[2], INSTANCE_UNMATCHED);
    solution_free(&solution);
    instance_free(&instance);
}
END_TEST

START_TEST(nobody_and_nothing)
{
    static const uint32_t sizes[][2] = {{0, 0}, {0, 3}, {3, 0}, {3, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct instance instance;
        struct solution solution;
        ck_assert_int_eq(instance_new(sizes[i][0], sizes[i][1], 0, &instance), ERR_OK);
        ck_assert_int_eq(solve_stb(&instance, &solution), ERR_OK);
        for (uint32_t s = 0; s < sizes[i][0]; s++)
            ck_assert_uint_eq(solution.place[s], INSTANCE_UNMATCHED);
        ck_assert_uint_eq(solution.matched, 0);
        ck_assert_uint_eq(solution.proposals, 0);
        solution_free(&solution);
        instance_free(&instance);
    }
}
END_TEST

/* A serial dictatorship: one class everywhere, so the lottery alone decides and the answer is easy to work out. */
START_TEST(many_students_in_one_class_choose_in_lottery_order)
{
    enum { STUDENTS = 3000, PLACES = 40, LIST = 25, CAPACITY = 50 };
    struct instance instance;
    struct solution solution;
    uint32_t seats[PLACES];
    ck_assert_int_eq(instance_new(STUDENTS, PLACES, 1, &instance), ERR_OK);
    ck_assert_int_eq(instance_reserve(&instance, (size_t)STUDENTS * LIST), ERR_OK);
    for (uint32_t p = 0; p < PLACES; p++)
        seats[p] = instance.capacity[p] = CAPACITY;
    for (uint32_t s = 0; s < STUDENTS; s++) {
        instance.first[s] = instance.edge_count;
        instance.length[s] = LIST;
        for (uint32_t k = 0; k < LIST; k++)
            instance_set_edge(&instance, instance.edge_count++, (s * s + 7 * k) % PLACES, 1);
    }
    ck_assert_int_eq(solve_stb(&instance, &solution), ERR_OK);
    for (uint32_t s = 0; s < STUDENTS; s++) {
        uint32_t k = 0;
        while (k < LIST && seats[(s * s + 7 * k) % PLACES] == 0)
            k++;
        ck_assert_uint_eq(solution.position[s], k);
        ck_assert_uint_eq(solution.place[s], k < LIST ? (s * s + 7 * k) % PLACES : INSTANCE_UNMATCHED);
        if (k < LIST)
            seats[(s * s + 7 * k) % PLACES]--;
    }
    solution_free(&solution);
    instance_free(&instance);
}
END_TEST

RUN_TESTS("match/solve", a_higher_class_goes_before_the_lottery, nobody_and_nothing,
          many_students_in_one_class_choose_in_lottery_order)
