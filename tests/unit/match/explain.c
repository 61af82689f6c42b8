#include "match/explain.h"
#include "base/mem.h"
#include "match/round.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

enum { MARKETS = 60, STUDENTS = 40, PLACEMENTS = 24 };

static const struct match_rules rules = {.slack_days = 7, .list_max = 4, .band_width = 10};

/* The list by the plain rule is the index's, and so are the counts of what fell away. */
static void check_lists(const struct market *market)
{
    struct list_maker maker;
    ck_assert_int_eq(list_maker_open(market, &rules, &maker), ERR_OK);
    for (uint32_t s = 0; s < market->student_count; s++) {
        struct explained_list explained;
        const struct candidate *list;
        uint32_t count, removed[RULE_COUNT], broken[RULE_COUNT + 1] = {0};
        ck_assert_int_eq(explain_list(market, &rules, s, &explained), ERR_OK);
        list_maker_full(&maker, s, &list, &count);
        ck_assert_uint_eq(explained.count, count);
        for (uint32_t i = 0; i < count; i++) {
            ck_assert_uint_eq(explained.list[i].place, list[i].place);
            ck_assert_uint_eq(explained.list[i].distance_m, list[i].distance_m);
            ck_assert_uint_eq(explained.list[i].score, list[i].score);
            ck_assert_uint_eq(explained.list[i].shared_tags, list[i].shared_tags);
        }
        eligibility_explain(maker.eligibility, s, removed);
        ck_assert_mem_eq(explained.removed, removed, sizeof removed);
        for (uint32_t p = 0; p < market->placement_count; p++)
            broken[explained.broken[p]]++;
        ck_assert_mem_eq(broken, removed, sizeof removed);
        ck_assert_uint_eq(broken[RULE_COUNT], count);
        explained_list_free(&explained);
    }
    list_maker_close(&maker);
}

/* Without a criterion at all, so many more can go there. */
static void check_criteria(struct market *market)
{
    for (uint32_t p = 0; p < market->placement_count; p++) {
        struct placement *placement = &market->placements[p];
        uint32_t eligible, more[RANDOM_SKILLS], all, none[RANDOM_SKILLS];
        explain_criteria(market, &rules, p, &eligible, more);
        if (placement->hard.count != 1)
            continue;
        struct span hard = placement->hard;
        placement->hard.count = 0;
        explain_criteria(market, &rules, p, &all, none);
        placement->hard = hard;
        ck_assert_uint_eq(eligible + more[0], all);
    }
}

/* What a solve says of its placements is what can be counted from its outcomes. */
static void check_places(const struct market *market)
{
    struct round_result result;
    uint32_t candidates[PLACEMENTS] = {0};
    uint8_t lowest[PLACEMENTS];
    memset(lowest, BAND_NOBODY, sizeof lowest);
    ck_assert_int_eq(round_run(market, &rules, 2, NULL, &result), ERR_OK);
    for (uint32_t s = 0; s < market->student_count; s++) {
        const struct student_outcome *outcome = &result.outcomes[s];
        struct explained_list explained;
        uint32_t own_rank = outcome->place == PLACE_NONE ? 0 : outcome->rank, by_lottery = 0;
        ck_assert_int_eq(explain_list(market, &rules, s, &explained), ERR_OK);
        uint32_t listed =
            explained.count < rules.list_max ? explained.count : rules.list_max; /* fewer wishes than that */
        for (uint32_t i = 0; i < listed; i++)
            candidates[explained.list[i].place]++;
        for (uint32_t i = 0; i < explained.count; i++) {
            uint32_t place = explained.list[i].place, band = explained.list[i].score / rules.band_width;
            enum place_fate fate = explain_fate(own_rank, i + 1, band, result.places[place].lowest_band);
            ck_assert_int_eq(fate == FATE_HELD, outcome->place == place);
            ck_assert_int_eq(fate == FATE_LOWER, own_rank && i + 1 > own_rank);
            ck_assert(fate != FATE_FREE || own_rank); /* the second pass gave what was free to who could go there */
            ck_assert(fate != FATE_CUT || i >= rules.list_max);
            by_lottery += fate == FATE_LOTTERY;
        }
        if (!own_rank && explained.count)
            ck_assert_uint_eq(explain_binding(explained.count, by_lottery, explained.removed),
                              outcome->by_lottery ? BINDING_LOTTERY : BINDING_BAND);
        if (!own_rank && !explained.count)
            ck_assert_uint_eq(explain_binding(0, 0, explained.removed),
                              rule_binding(result.removed[outcome->removed_at]));
        if (own_rank && outcome->band < lowest[outcome->place])
            lowest[outcome->place] = outcome->band;
        explained_list_free(&explained);
    }
    for (uint32_t p = 0; p < market->placement_count; p++) {
        ck_assert_uint_eq(result.places[p].lowest_band, lowest[p]);
        ck_assert_uint_eq(result.places[p].candidates, candidates[p]);
    }
    round_result_free(&result);
}

START_TEST(random_markets_are_explained_as_they_were_solved)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(44));
    for (int i = 0; i < MARKETS; i++) {
        struct builder builder = random_market(&random, STUDENTS, PLACEMENTS);
        check_lists(&builder.market);
        check_criteria(&builder.market);
        check_places(&builder.market);
        builder_free(&builder);
    }
}
END_TEST

START_TEST(each_fate_has_its_case)
{
    ck_assert_int_eq(explain_fate(3, 3, 5, 5), FATE_HELD);
    ck_assert_int_eq(explain_fate(3, 4, 5, 5), FATE_LOWER);
    ck_assert_int_eq(explain_fate(3, 2, 5, BAND_NOBODY), FATE_FREE);
    ck_assert_int_eq(explain_fate(3, 2, 5, 6), FATE_BAND);
    ck_assert_int_eq(explain_fate(3, 2, 5, 5), FATE_LOTTERY);
    ck_assert_int_eq(explain_fate(3, 2, 5, 4), FATE_CUT);
    ck_assert_int_eq(explain_fate(0, 2, 5, 6), FATE_BAND);
    ck_assert_int_eq(explain_fate(0, 9, 10, 10), FATE_LOTTERY);
}
END_TEST

START_TEST(what_binds_is_the_last_rule_or_the_others)
{
    const uint32_t nothing[RULE_COUNT] = {0};
    const uint32_t removed[RULE_COUNT] = {[RULE_QUALIFICATION] = 7, [RULE_HOURS] = 2};
    ck_assert_uint_eq(explain_binding(0, 0, nothing), BINDING_NO_PLACES);
    ck_assert_uint_eq(explain_binding(0, 0, removed), RULE_HOURS);
    ck_assert_uint_eq(explain_binding(3, 0, removed), BINDING_BAND);
    ck_assert_uint_eq(explain_binding(3, 1, removed), BINDING_LOTTERY);
}
END_TEST

/* Two criteria: who misses both is nobody's gain. */
START_TEST(a_criterion_costs_those_who_miss_it_alone)
{
    struct builder builder = {.market = {.skill_numbers = 2}};
    const struct criterion hard[] = {{.skill = 0, .level = 3}, {.skill = 1, .level = 2}};
    const struct skill_level levels[4][2] = {{{0, 3}, {1, 2}}, {{0, 2}, {1, 2}}, {{0, 5}, {1, 0}}, {{0, 0}, {1, 1}}};
    uint32_t eligible, more[2];
    builder_point(&builder, 52.0, 5.0);
    struct placement placement = plain_placement(&builder, 1);
    placement.hard = builder_criteria(&builder, hard, 2);
    uint32_t place = builder_placement(&builder, placement);
    for (size_t i = 0; i < 4; i++) {
        struct student student = plain_student();
        student.skills = builder_skills(&builder, levels[i], 2);
        builder_student(&builder, student, (uint32_t)i);
    }
    explain_criteria(&builder.market, &rules, place, &eligible, more);
    ck_assert_uint_eq(eligible, 1);
    ck_assert_uint_eq(more[0], 1);
    ck_assert_uint_eq(more[1], 1);
    builder_free(&builder);
}
END_TEST

START_TEST(without_memory_nothing_is_left)
{
    struct builder builder = {.market = {.skill_numbers = 1}};
    struct explained_list explained;
    size_t n = 0;
    enum err e = ERR_MEMORY;
    builder_point(&builder, 52.0, 5.0);
    builder_placement(&builder, plain_placement(&builder, 1));
    builder_student(&builder, plain_student(), 1);
    for (; e == ERR_MEMORY; n++) {
        mem_fail_at(n + 1);
        e = explain_list(&builder.market, &rules, 0, &explained);
        mem_fail_at(0);
    }
    ck_assert_int_eq(e, ERR_OK);
    ck_assert_uint_gt(n, 3);
    explained_list_free(&explained);
    builder_free(&builder);
}
END_TEST

RUN_TESTS("match/explain", random_markets_are_explained_as_they_were_solved, each_fate_has_its_case,
          what_binds_is_the_last_rule_or_the_others, a_criterion_costs_those_who_miss_it_alone,
          without_memory_nothing_is_left)
