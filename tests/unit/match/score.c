#include "match/score.h"
#include "base/random.h"
#include "support/support.h"

enum { SKILLS = 5 };

struct row {
    struct criterion weighted[3];
    uint32_t count;
    uint8_t levels[SKILLS];
    uint32_t expected; /* worked out by hand from floor(100 * sum(weight * level) / (5 * sum(weight))) */
};

static const struct row rows[] = {
    {{{0}}, 0, {0}, 100},                                  /* nothing asked */
    {{{.skill = 0, .weight = 1}}, 1, {5}, 100},            /* 5/5 */
    {{{.skill = 0, .weight = 9}}, 1, {0}, 0},              /* 0/45 */
    {{{.skill = 3, .weight = 7}}, 1, {5, 5, 5, 2, 5}, 40}, /* 14/35: only the skill asked counts */
    {{{.skill = 0, .weight = 1}, {.skill = 1, .weight = 1}, {.skill = 2, .weight = 1}},
     3,
     {1, 0, 0},
     6},                                                                     /* 1/15 = 6.67 */
    {{{.skill = 0, .weight = 1}, {.skill = 1, .weight = 2}}, 2, {5, 4}, 86}, /* 13/15 = 86.67 */
    {{{.skill = 0, .weight = 9}, {.skill = 1, .weight = 9}, {.skill = 2, .weight = 1}},
     3,
     {5, 5, 4},
     98},                                                                             /* 94/95 = 98.95 */
    {{{.skill = 0, .weight = 3}, {.skill = 4, .weight = 4}}, 2, {1, 0, 0, 0, 1}, 20}, /* 7/35 */
    {{{.skill = 1, .level = 5, .weight = 2}}, 1, {0, 3}, 60}, /* 6/10: below the level of objection, no less */
};

START_TEST(scores_worked_out_by_hand)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(score_of(rows[i].weighted, rows[i].count, rows[i].levels) == rows[i].expected, "row %zu", i);
}
END_TEST

START_TEST(the_score_is_the_largest_whole_number_that_is_not_too_much)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(31));
    for (int round = 0; round < 20000; round++) {
        struct criterion weighted[64];
        uint8_t levels[64];
        uint32_t count = 1 + (uint32_t)random_below(&random, 64);
        uint64_t reached = 0, possible = 0;
        for (uint32_t i = 0; i < count; i++) {
            levels[i] = (uint8_t)random_below(&random, 6);
            weighted[i] = (struct criterion){.skill = i, .weight = (uint8_t)(1 + random_below(&random, 9))};
            reached += (uint64_t)levels[i] * weighted[i].weight;
            possible += UINT64_C(5) * weighted[i].weight;
        }
        uint64_t score = score_of(weighted, count, levels);
        ck_assert_uint_le(score * possible, 100 * reached);
        ck_assert_uint_gt((score + 1) * possible, 100 * reached);
    }
}
END_TEST

RUN_TESTS("match/score", scores_worked_out_by_hand, the_score_is_the_largest_whole_number_that_is_not_too_much)
