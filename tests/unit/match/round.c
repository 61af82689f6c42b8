#include "match/round.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

static const struct match_rules plain_rules = {.slack_days = 7, .list_max = 0, .band_width = 10};

static struct round_result play(const struct builder *builder, const struct match_rules *rules)
{
    struct round_result result;
    ck_assert_int_eq(round_run(&builder->market, rules, 1, NULL, &result), ERR_OK);
    ck_assert_uint_eq(result.student_count, builder->market.student_count);
    ck_assert_uint_eq(result.counts.matched + result.counts.unmatched, builder->market.student_count);
    return result;
}

/* A builder with one point and `count` plain placements of one seat each. */
static struct builder with_placements(uint32_t count, uint16_t capacity)
{
    struct builder builder = {.market = {.skill_numbers = 1, .tag_numbers = 4}};
    builder_point(&builder, 52, 5);
    for (uint32_t p = 0; p < count; p++)
        builder_placement(&builder, plain_placement(&builder, capacity));
    return builder;
}

static void add_with_wishes(struct builder *builder, uint32_t lottery, const uint32_t *wishes, size_t count)
{
    struct student student = plain_student();
    student.wishes = builder_wishes(builder, wishes, count);
    builder_student(builder, student, lottery);
}

START_TEST(everybody_wants_one_place_and_the_lottery_decides)
{
    static const uint32_t lottery[] = {20, 50, 10, 40};
    struct builder builder = with_placements(1, 2);
    for (int s = 0; s < 4; s++)
        builder_student(&builder, plain_student(), lottery[s]);
    struct round_result result = play(&builder, &plain_rules);
    static const uint32_t expected[] = {PLACE_NONE, 0, PLACE_NONE, 0};
    for (int s = 0; s < 4; s++)
        ck_assert_uint_eq(result.outcomes[s].place, expected[s]);
    ck_assert_uint_eq(result.counts.matched, 2);
    ck_assert_uint_eq(result.counts.seats, 2);
    ck_assert_uint_eq(result.counts.eligible_pairs, 4);
    ck_assert_uint_eq(result.counts.proposals, 4);
    ck_assert_uint_eq(result.outcomes[0].eligible, 1);
    ck_assert_uint_eq(result.outcomes[0].by_lottery, 1);
    ck_assert_uint_eq(result.outcomes[0].by_band, 0);
    ck_assert_uint_eq(result.rank_max, 1);
    ck_assert_uint_eq(result.rank_counts[1], 2);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

/* Asks for skill 0 with weight 1, so that a level of n gives a score of 20 n. */
static void weigh_skill(struct builder *builder, uint32_t place)
{
    static const struct criterion weighted = {.skill = 0, .weight = 1};
    builder->market.placements[place].weighted = builder_criteria(builder, &weighted, 1);
}

static void add_with_level(struct builder *builder, uint32_t lottery, uint8_t level)
{
    struct skill_level skill = {0, level};
    struct student student = plain_student();
    student.skills = builder_skills(builder, &skill, 1);
    builder_student(builder, student, lottery);
}

START_TEST(a_higher_band_goes_before_the_lottery)
{
    struct builder builder = with_placements(1, 1);
    weigh_skill(&builder, 0);
    add_with_level(&builder, 90, 3);
    add_with_level(&builder, 10, 4);
    struct round_result result = play(&builder, &plain_rules);
    ck_assert_uint_eq(result.outcomes[0].place, PLACE_NONE);
    ck_assert_uint_eq(result.outcomes[0].by_band, 1);
    ck_assert_uint_eq(result.outcomes[0].by_lottery, 0);
    ck_assert_uint_eq(result.outcomes[1].place, 0);
    ck_assert_uint_eq(result.outcomes[1].score, 80);
    ck_assert_uint_eq(result.outcomes[1].band, 8);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(within_a_band_the_score_decides_nothing)
{
    struct match_rules wide = {.slack_days = 7, .band_width = 50}; /* 60 and 80 are both band 1 */
    struct builder builder = with_placements(1, 1);
    weigh_skill(&builder, 0);
    add_with_level(&builder, 90, 3);
    add_with_level(&builder, 10, 4);
    struct round_result result = play(&builder, &wide);
    ck_assert_uint_eq(result.outcomes[0].place, 0);
    ck_assert_uint_eq(result.outcomes[0].score, 60);
    ck_assert_uint_eq(result.outcomes[0].band, 1);
    ck_assert_uint_eq(result.outcomes[1].by_lottery, 1);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(an_unmatched_student_learns_of_each_place_why)
{
    struct builder builder = with_placements(3, 1);
    weigh_skill(&builder, 0);
    weigh_skill(&builder, 1);
    static const uint32_t orders[3][1] = {{0}, {1}, {2}};
    static const uint8_t levels[] = {5, 2, 2};
    for (uint32_t s = 0; s < 3; s++) { /* holders of 0, 1 and 2 */
        struct skill_level skill = {0, levels[s]};
        struct student student = plain_student();
        student.skills = builder_skills(&builder, &skill, 1);
        student.wishes = builder_wishes(&builder, orders[s], 1);
        builder_student(&builder, student, 100 - s);
    }
    add_with_level(&builder, 1, 2);
    struct round_result result = play(&builder, &plain_rules);
    for (uint32_t s = 0; s < 3; s++)
        ck_assert_uint_eq(result.outcomes[s].place, s);
    const struct student_outcome *left = &result.outcomes[3];
    ck_assert_uint_eq(left->place, PLACE_NONE);
    ck_assert_uint_eq(left->eligible, 3);
    ck_assert_uint_eq(left->by_band, 1);    /* 0: band 10 against 4 */
    ck_assert_uint_eq(left->by_lottery, 2); /* 1 and 2: equal bands */
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(nobody_eligible_is_counted_by_rule)
{
    struct builder builder = with_placements(6, 1);
    struct placement *placements = builder.market.placements;
    placements[0].leerweg = LEERWEG_HBO;
    placements[1].from = 150;
    placements[2].from = 150; /* and the hours too: only the first broken rule counts */
    placements[2].hours = 8;
    placements[3].hours = 8;
    placements[4].days = 0x40;
    builder_point(&builder, 53, 5);
    placements[5].point = 1;
    builder_student(&builder, plain_student(), 5);
    struct round_result result = play(&builder, &plain_rules);
    const struct student_outcome *left = &result.outcomes[0];
    ck_assert_uint_eq(left->place, PLACE_NONE);
    ck_assert_uint_eq(left->eligible, 0);
    ck_assert_uint_eq(result.removed_count, 1);
    ck_assert_uint_eq(left->removed_at, 0);
    static const uint32_t expected[RULE_COUNT] = {
        [RULE_LEERWEG] = 1, [RULE_PERIOD] = 2, [RULE_HOURS] = 1, [RULE_DAYS] = 1, [RULE_DISTANCE] = 1};
    ck_assert_mem_eq(result.removed[0], expected, sizeof expected);
    ck_assert_int_eq(rule_binding(result.removed[0]), RULE_DISTANCE);
    ck_assert_uint_eq(result.rank_max, 0);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(the_binding_rule_is_the_last_that_removed_any)
{
    static const uint32_t first[RULE_COUNT] = {[RULE_QUALIFICATION] = 9}, none[RULE_COUNT] = {0},
                          some[RULE_COUNT] = {[RULE_QUALIFICATION] = 9, [RULE_HOURS] = 1, [RULE_DAYS] = 0};
    ck_assert_int_eq(rule_binding(first), RULE_QUALIFICATION);
    ck_assert_int_eq(rule_binding(some), RULE_HOURS);
    ck_assert_int_eq(rule_binding(none), RULE_COUNT);
    static const char *const names[] = {"opleiding", "leerweg", "uitgesloten", "periode",
                                        "uren",      "dagen",   "afstand",     "eisen"};
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        ck_assert_str_eq(rule_name(rule), names[rule]);
}
END_TEST

/*
 * Two students with lists cut to one place want the same placement 0. The loser plays again with its full list over the
 * free seats; its rank is that in the full list.
 */
START_TEST(the_second_pass_serves_whose_list_was_cut)
{
    static const uint32_t wishes[][3] = {{0, 1, 2}, {0, 1, 2}};
    struct match_rules cut = {.slack_days = 7, .list_max = 1, .band_width = 10};
    struct builder builder = with_placements(4, 1);
    static const uint32_t tag = 3;
    builder.market.placements[2].tags = builder_tags(&builder, &tag, 1);
    for (uint32_t s = 0; s < 2; s++) {
        struct student student = plain_student();
        student.wishes = builder_wishes(&builder, wishes[s], 1);
        student.tags = builder_tags(&builder, &tag, 1);
        builder_student(&builder, student, 50 - s);
    }
    struct round_result result = play(&builder, &cut);
    ck_assert_uint_eq(result.outcomes[0].place, 0);
    ck_assert_uint_eq(result.outcomes[0].rank, 1);
    ck_assert(!result.outcomes[0].second_pass);
    ck_assert_uint_eq(result.outcomes[1].place, 2); /* the shared tag makes it the second of the full list */
    ck_assert_uint_eq(result.outcomes[1].rank, 2);
    ck_assert(result.outcomes[1].second_pass);
    ck_assert_uint_eq(result.counts.cut_lists, 2);
    ck_assert_uint_eq(result.counts.matched_second_pass, 1);
    ck_assert_uint_eq(result.counts.listed_pairs, 2);
    ck_assert_uint_eq(result.counts.eligible_pairs, 8);
    ck_assert_uint_eq(result.rank_counts[1], 1);
    ck_assert_uint_eq(result.rank_counts[2], 1);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(the_rank_after_the_second_pass_counts_full_places_too)
{
    static const uint32_t all[] = {0, 1, 2, 3};
    struct match_rules cut = {.slack_days = 7, .list_max = 1, .band_width = 10};
    struct builder builder = with_placements(4, 1);
    static const uint32_t tags[] = {0, 1, 2};
    for (uint32_t p = 0; p < 3; p++) /* placement p shares 3 - p tags, so the full list is 0 1 2 3 */
        builder.market.placements[p].tags = builder_tags(&builder, tags, 3 - p);
    for (uint32_t p = 0; p < 3; p++)
        add_with_wishes(&builder, 90 - p, &all[p], 1);
    struct student last = plain_student();
    last.tags = builder_tags(&builder, tags, 3);
    builder_student(&builder, last, 1);
    struct round_result result = play(&builder, &cut);
    for (uint32_t s = 0; s < 4; s++)
        ck_assert_uint_eq(result.outcomes[s].place, s);
    ck_assert(result.outcomes[3].second_pass);
    ck_assert_uint_eq(result.outcomes[3].rank, 4);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(matches_of_the_first_pass_stay_in_the_second)
{
    /* Student 1 goes before 0 in the lottery, but its cut list did not name 1, which 0 holds: 0 keeps it. */
    static const uint32_t second[] = {1}, first[] = {0};
    struct match_rules cut = {.slack_days = 7, .list_max = 1, .band_width = 10};
    struct builder builder = with_placements(2, 1);
    add_with_wishes(&builder, 10, second, 1);
    add_with_wishes(&builder, 20, first, 1);
    add_with_wishes(&builder, 30, first, 1);
    struct round_result result = play(&builder, &cut);
    ck_assert_uint_eq(result.outcomes[0].place, 1);
    ck_assert_uint_eq(result.outcomes[1].place, PLACE_NONE);
    ck_assert_uint_eq(result.outcomes[2].place, 0);
    ck_assert_uint_eq(result.counts.matched_second_pass, 0);
    ck_assert_uint_eq(result.outcomes[1].eligible, 2);
    ck_assert_uint_eq(result.outcomes[1].by_lottery, 2);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(explicit_wishes_are_never_cut)
{
    static const uint32_t wishes[] = {2, 0, 1};
    struct match_rules cut = {.slack_days = 7, .list_max = 1, .band_width = 10};
    struct builder builder = with_placements(4, 1);
    add_with_wishes(&builder, 9, wishes, 3);
    struct round_result result = play(&builder, &cut);
    ck_assert_uint_eq(result.outcomes[0].place, 2);
    ck_assert_uint_eq(result.counts.listed_pairs, 3);
    ck_assert_uint_eq(result.counts.cut_lists, 1);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(no_students_and_no_placements_are_rounds)
{
    struct builder builder = with_placements(2, 3);
    struct round_result result = play(&builder, &plain_rules);
    ck_assert_uint_eq(result.counts.seats, 6);
    ck_assert_uint_eq(result.counts.matched, 0);
    ck_assert_uint_eq(result.rank_max, 0);
    round_result_free(&result);
    builder_free(&builder);

    builder = with_placements(0, 0);
    builder_student(&builder, plain_student(), 1);
    result = play(&builder, &plain_rules);
    ck_assert_uint_eq(result.outcomes[0].place, PLACE_NONE);
    ck_assert_uint_eq(result.outcomes[0].eligible, 0);
    static const uint32_t zero[RULE_COUNT] = {0};
    ck_assert_mem_eq(result.removed[result.outcomes[0].removed_at], zero, sizeof zero);
    round_result_free(&result);
    builder_free(&builder);

    struct builder nothing = {0};
    result = play(&nothing, &plain_rules);
    ck_assert_uint_eq(result.counts.unmatched, 0);
    round_result_free(&result);
}
END_TEST

START_TEST(more_seats_than_students_give_everybody_a_first_choice)
{
    static const uint32_t wishes[] = {1};
    struct builder builder = with_placements(2, 10000);
    for (uint32_t s = 0; s < 40; s++)
        add_with_wishes(&builder, s, wishes, 1);
    struct round_result result = play(&builder, &plain_rules);
    for (uint32_t s = 0; s < 40; s++) {
        ck_assert_uint_eq(result.outcomes[s].place, 1);
        ck_assert_uint_eq(result.outcomes[s].rank, 1);
    }
    ck_assert_uint_eq(result.counts.seats, 20000);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(two_requests_of_one_student_share_the_lottery_and_the_earlier_goes_first)
{
    struct builder builder = with_placements(1, 1);
    struct student autumn = plain_student(), spring = plain_student();
    autumn.from = 105;
    spring.from = 95;
    builder_student(&builder, autumn, 7);
    builder_student(&builder, spring, 7);
    struct round_result result = play(&builder, &plain_rules);
    ck_assert_uint_eq(result.outcomes[0].place, PLACE_NONE);
    ck_assert_uint_eq(result.outcomes[1].place, 0);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

struct observed {
    enum round_stage stages[16];
    size_t count;
    uint64_t last_total;
};

static void on_stage(void *context, enum round_stage stage)
{
    struct observed *observed = context;
    ck_assert_uint_lt(observed->count, 16);
    observed->stages[observed->count++] = stage;
}

static void on_progress(void *context, enum round_stage stage, uint64_t done, uint64_t total)
{
    struct observed *observed = context;
    ck_assert_int_eq(stage, STAGE_ELIGIBILITY);
    ck_assert_uint_le(done, total);
    observed->last_total = total;
}

START_TEST(an_observer_sees_every_stage_in_order)
{
    struct observed observed = {.count = 0};
    struct round_observer observer = {on_stage, on_progress, &observed};
    struct builder builder = with_placements(1, 1);
    builder_student(&builder, plain_student(), 1);
    struct round_result result;
    ck_assert_int_eq(round_run(&builder.market, &plain_rules, 1, &observer, &result), ERR_OK);
    ck_assert_int_eq(observed.stages[0], STAGE_ELIGIBILITY);
    ck_assert_int_eq(observed.stages[observed.count - 1], STAGE_EXPLAIN);
    for (size_t i = 1; i < observed.count; i++)
        ck_assert_int_ge(observed.stages[i], observed.stages[i - 1]);
    ck_assert_uint_eq(observed.last_total, 1);
    round_result_free(&result);
    builder_free(&builder);
}
END_TEST

START_TEST(the_number_of_threads_changes_nothing)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(61));
    struct match_rules rules = {.slack_days = 3, .list_max = 4, .band_width = 10};
    for (uint32_t round = 0; round < 2; round++) {
        struct builder builder = random_market(&random, 9000, 60); /* a thread is not started for fewer than 4096 */
        struct round_result one, many;
        ck_assert_int_eq(round_run(&builder.market, &rules, 1, NULL, &one), ERR_OK);
        ck_assert_int_eq(round_run(&builder.market, &rules, 2 + round, NULL, &many), ERR_OK);
        for (size_t s = 0; s < one.student_count; s++) {
            ck_assert_uint_eq(one.outcomes[s].place, many.outcomes[s].place);
            ck_assert_uint_eq(one.outcomes[s].rank, many.outcomes[s].rank);
            ck_assert_uint_eq(one.outcomes[s].by_lottery, many.outcomes[s].by_lottery);
            ck_assert_uint_eq(one.outcomes[s].removed_at, many.outcomes[s].removed_at);
        }
        ck_assert_mem_eq(&one.counts, &many.counts, sizeof one.counts);
        ck_assert_uint_eq(one.removed_count, many.removed_count);
        ck_assert_uint_gt(one.counts.matched, 20);
        ck_assert_uint_gt(one.counts.cut_lists, 20);
        round_result_free(&one);
        round_result_free(&many);
        builder_free(&builder);
    }
}
END_TEST

RUN_TESTS("match/round", everybody_wants_one_place_and_the_lottery_decides, a_higher_band_goes_before_the_lottery,
          within_a_band_the_score_decides_nothing, an_unmatched_student_learns_of_each_place_why,
          nobody_eligible_is_counted_by_rule, the_binding_rule_is_the_last_that_removed_any,
          the_second_pass_serves_whose_list_was_cut, the_rank_after_the_second_pass_counts_full_places_too,
          matches_of_the_first_pass_stay_in_the_second, explicit_wishes_are_never_cut,
          no_students_and_no_placements_are_rounds, more_seats_than_students_give_everybody_a_first_choice,
          two_requests_of_one_student_share_the_lottery_and_the_earlier_goes_first,
          an_observer_sees_every_stage_in_order, the_number_of_threads_changes_nothing)
