#include "base/random.h"

#include "base/clock.h"
#include "support/support.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first numbers of SplitMix64 from seed 1234567, as its authors' reference prints them. */
static const uint64_t split_mix[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                     4593380528125082431u, 16408922859458223821u};

START_TEST(the_seeded_source_is_splitmix64)
{
    struct random_seeded seeded;
    struct random_source source = random_of_seed(&seeded, 1234567);
    uint64_t words[5];
    random_fill(&source, words, sizeof words);
    ck_assert_mem_eq(words, split_mix, sizeof words);
    unsigned char odd[11];
    source = random_of_seed(&seeded, 1234567);
    random_fill(&source, odd, sizeof odd);
    ck_assert_mem_eq(odd, split_mix, sizeof odd);
}
END_TEST

START_TEST(equal_seeds_give_equal_bytes_and_others_do_not)
{
    struct random_seeded a, b;
    unsigned char from_a[64], from_b[64];
    struct random_source first = random_of_seed(&a, 5), second = random_of_seed(&b, 5);
    random_fill(&first, from_a, sizeof from_a);
    random_fill(&second, from_b, sizeof from_b);
    ck_assert_mem_eq(from_a, from_b, sizeof from_a);
    second = random_of_seed(&b, 6);
    random_fill(&second, from_b, sizeof from_b);
    ck_assert_mem_ne(from_a, from_b, sizeof from_a);
}
END_TEST

START_TEST(the_system_source_fills_all_and_never_the_same)
{
    struct random_source source;
    unsigned char first[64] = {0}, second[64] = {0}, zero[16] = {0};
    ck_assert_int_eq(random_system(&source), ERR_OK);
    random_fill(&source, first, sizeof first);
    random_fill(&source, second, sizeof second);
    ck_assert_mem_ne(first, second, sizeof first);
    ck_assert_mem_ne(first + 48, zero, 16);
}
END_TEST

START_TEST(a_child_draws_other_bytes_than_its_parent)
{
    struct random_source source;
    unsigned char drawn[64], of_child[64];
    int ends[2];
    ck_assert_int_eq(random_system(&source), ERR_OK);
    random_fill(&source, drawn, 16); /* so that something is drawn ahead */
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    random_fill(&source, drawn, sizeof drawn);
    if (child == 0)
        _exit(write(ends[1], drawn, sizeof drawn) == sizeof drawn ? 0 : 1);
    ck_assert_int_eq(read(ends[0], of_child, sizeof of_child), sizeof of_child);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_mem_ne(drawn, of_child, sizeof drawn);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(many_small_draws_differ)
{
    enum { DRAWS = 2000, DRAW_BYTES = 16 };
    static unsigned char draws[DRAWS][DRAW_BYTES];
    struct random_source source;
    ck_assert_int_eq(random_system(&source), ERR_OK);
    for (size_t i = 0; i < DRAWS; i++)
        random_fill(&source, draws[i], DRAW_BYTES);
    for (size_t i = 0; i < DRAWS; i++)
        for (size_t j = i + 1; j < DRAWS; j++)
            ck_assert(memcmp(draws[i], draws[j], DRAW_BYTES) != 0);
}
END_TEST

/* Hands out a fixed list of words. */
static void fill_from_list(void *context, void *out, size_t length)
{
    const uint64_t **next = context;
    ck_assert_uint_eq(length, sizeof **next);
    memcpy(out, (*next)++, length);
}

START_TEST(below_a_bound_no_number_is_likelier)
{
    /* Of 2^64 words the topmost partial run of a bound must be drawn again: 2^64 = 6148914691236517205 * 3 + 1. */
    static const uint64_t words[] = {UINT64_MAX, UINT64_MAX - 1, 7};
    const uint64_t *next = words;
    struct random_source source = {fill_from_list, &next};
    ck_assert_uint_eq(random_below(&source, 3), (UINT64_MAX - 1) % 3);
    ck_assert_ptr_eq(next, words + 2);
    ck_assert_uint_eq(random_below(&source, 1), 0);
}
END_TEST

START_TEST(below_a_bound_every_number_comes)
{
    enum { BOUND = 7, DRAWS = 70000 };
    struct random_seeded seeded;
    struct random_source source = random_of_seed(&seeded, 99);
    unsigned counts[BOUND] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint64_t number = random_below(&source, BOUND);
        ck_assert_uint_lt(number, BOUND);
        counts[number]++;
    }
    for (int i = 0; i < BOUND; i++) { /* 10000 expected, standard deviation 93 */
        ck_assert_uint_gt(counts[i], 9400);
        ck_assert_uint_lt(counts[i], 10600);
    }
}
END_TEST

START_TEST(a_manual_clock_moves_only_by_hand)
{
    struct clock_manual manual = {1000, 5};
    struct clock clock = clock_of_manual(&manual);
    ck_assert_int_eq(clock_wall_ms(&clock), 1000);
    ck_assert_int_eq(clock_monotonic_us(&clock), 5);
    manual.wall_ms = -7;
    manual.monotonic_us += 1;
    ck_assert_int_eq(clock_wall_ms(&clock), -7);
    ck_assert_int_eq(clock_monotonic_us(&clock), 6);
}
END_TEST

START_TEST(the_systems_clock_is_of_this_age_and_never_goes_back)
{
    struct clock clock = clock_system();
    ck_assert_int_gt(clock_wall_ms(&clock), INT64_C(1704067200000)); /* 2024-01-01 */
    ck_assert_int_lt(clock_wall_ms(&clock), INT64_C(7258118400000)); /* 2200-01-01 */
    int64_t last_us = clock_monotonic_us(&clock);
    for (int i = 0; i < 1000; i++) {
        int64_t now_us = clock_monotonic_us(&clock);
        ck_assert_int_ge(now_us, last_us);
        last_us = now_us;
    }
}
END_TEST

RUN_TESTS("base/random and clock", the_seeded_source_is_splitmix64, equal_seeds_give_equal_bytes_and_others_do_not,
          the_system_source_fills_all_and_never_the_same, a_child_draws_other_bytes_than_its_parent,
          many_small_draws_differ, below_a_bound_no_number_is_likelier, below_a_bound_every_number_comes,
          a_manual_clock_moves_only_by_hand, the_systems_clock_is_of_this_age_and_never_goes_back)
