#include "match/eligible.h"
#include "base/mem.h"
#include "support/support.h"
#include "unit/match/market_builder.h"

static const struct match_rules rules = {.slack_days = 7, .band_width = 10};

/* One student and one placement that fit, for a case to break. */
struct pair {
    struct builder builder;
    struct student *student;
    struct placement *placement;
};

static struct pair fitting_pair(void)
{
    struct pair pair = {.builder = {.market = {.skill_numbers = 2, .tag_numbers = 2}}};
    static const struct skill_level skill = {1, 3};
    static const struct criterion hard = {.skill = 1, .level = 3};
    builder_point(&pair.builder, 52, 5);
    struct student student = plain_student();
    student.skills = builder_skills(&pair.builder, &skill, 1);
    builder_student(&pair.builder, student, 1);
    struct placement placement = plain_placement(&pair.builder, 1);
    placement.hard = builder_criteria(&pair.builder, &hard, 1);
    builder_placement(&pair.builder, placement);
    pair.student = &pair.builder.market.students[0];
    pair.placement = &pair.builder.market.placements[0];
    return pair;
}

/* What both the plain rule and the index say about the pair. */
static enum rule answer(const struct pair *pair)
{
    enum rule rule = eligible_first_broken(&pair->builder.market, &rules, 0, 0);
    struct eligibility *index;
    const struct candidate *found;
    uint32_t count, removed[RULE_COUNT];
    ck_assert_int_eq(eligibility_new(&pair->builder.market, &rules, &index), ERR_OK);
    eligibility_find(index, 0, &found, &count);
    eligibility_explain(index, 0, removed);
    ck_assert_uint_eq(count, rule == RULE_COUNT);
    for (enum rule r = RULE_QUALIFICATION; r < RULE_COUNT; r++)
        ck_assert_uint_eq(removed[r], r == rule);
    eligibility_free(index);
    return rule;
}

#define CASE(expected, change)                                                                                       \
    do {                                                                                                             \
        struct pair pair = fitting_pair();                                                                           \
        struct student *s = pair.student;                                                                            \
        struct placement *p = pair.placement;                                                                        \
        (void)s;                                                                                                     \
        (void)p;                                                                                                     \
        change;                                                                                                      \
        ck_assert_msg(answer(&pair) == (expected), "%s", #change);                                                   \
        builder_free(&pair.builder);                                                                                 \
    } while (0)

START_TEST(every_rule_has_its_boundary)
{
    CASE(RULE_COUNT, (void)0);
    CASE(RULE_QUALIFICATION, s->qualification = 25655);
    CASE(RULE_LEERWEG, p->leerweg = LEERWEG_BBL);
    CASE(RULE_COUNT, p->leerweg = s->leerweg = LEERWEG_HBO);
    CASE(RULE_COUNT, p->from = s->from + 7);
    CASE(RULE_PERIOD, p->from = s->from + 8);
    CASE(RULE_COUNT, p->to = s->to - 7);
    CASE(RULE_PERIOD, p->to = s->to - 8);
    CASE(RULE_COUNT, (p->from = s->from - 900, p->to = s->to + 900));
    CASE(RULE_COUNT, p->hours = s->hours);
    CASE(RULE_HOURS, p->hours = (uint8_t)(s->hours - 1));
    CASE(RULE_COUNT, p->days = 0x1f);
    CASE(RULE_DAYS, p->days = 0x20);
    CASE(RULE_DAYS, (p->days = 0x03, s->days = 0x02));
    CASE(RULE_COUNT, (p->days = 0, s->days = 0x40));
    CASE(RULE_COUNT, pair.builder.market.skills[0].level = 5);
    CASE(RULE_CRITERIA, pair.builder.market.skills[0].level = 2);
    CASE(RULE_CRITERIA, s->skills.count = 0); /* not listed is level 0 */
    CASE(RULE_COUNT, (s->skills.count = 0, pair.builder.market.criteria[0].level = 0));
}
END_TEST

START_TEST(an_exclusion_removes_that_placement_alone)
{
    static const uint32_t excluded[] = {0};
    struct pair pair = fitting_pair();
    pair.student->exclusions = builder_exclusions(&pair.builder, excluded, 1);
    ck_assert_int_eq(answer(&pair), RULE_EXCLUDED);
    builder_free(&pair.builder);

    pair = fitting_pair();
    struct placement again = *pair.placement;
    builder_placement(&pair.builder, again);
    pair.student->exclusions = builder_exclusions(&pair.builder, excluded, 1);
    ck_assert_int_eq(eligible_first_broken(&pair.builder.market, &rules, 0, 0), RULE_EXCLUDED);
    ck_assert_int_eq(eligible_first_broken(&pair.builder.market, &rules, 0, 1), RULE_COUNT);
    builder_free(&pair.builder);
}
END_TEST

START_TEST(the_first_broken_rule_is_named_in_the_declared_order)
{
    static const uint32_t excluded[] = {0};
    struct pair pair = fitting_pair();
    struct student *s = pair.student;
    struct placement *p = pair.placement;
    s->exclusions = builder_exclusions(&pair.builder, excluded, 1);
    s->qualification = 1;
    p->leerweg = LEERWEG_HBO;
    p->from = 900;
    p->hours = 1;
    p->days = 0x40;
    p->point = builder_point(&pair.builder, 53, 5);
    s->skills.count = 0;
    ck_assert_int_eq(answer(&pair), RULE_QUALIFICATION);
    s->qualification = 25656;
    ck_assert_int_eq(answer(&pair), RULE_LEERWEG);
    p->leerweg = LEERWEG_BOL;
    ck_assert_int_eq(answer(&pair), RULE_EXCLUDED);
    s->exclusions.count = 0;
    ck_assert_int_eq(answer(&pair), RULE_PERIOD);
    p->from = 100;
    ck_assert_int_eq(answer(&pair), RULE_HOURS);
    p->hours = 40;
    ck_assert_int_eq(answer(&pair), RULE_DAYS);
    p->days = 0;
    ck_assert_int_eq(answer(&pair), RULE_DISTANCE);
    s->max_km = 300;
    ck_assert_int_eq(answer(&pair), RULE_CRITERIA);
    s->skills.count = 1;
    ck_assert_int_eq(answer(&pair), RULE_COUNT);
    builder_free(&pair.builder);
}
END_TEST

START_TEST(the_distance_may_be_the_maximum_and_no_metre_more)
{
    /* 40,000 m north is 40 / (6371.0088 * pi / 180) = 0.359728 degrees. */
    static const struct {
        double lat;
        uint32_t distance_m;
    } at[] = {{52.359724, 40000}, {52.359731, 40000}, {52.359734, 40001}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct pair pair = fitting_pair();
        pair.placement->point = builder_point(&pair.builder, at[i].lat, 5);
        ck_assert_uint_eq(eligible_distance_m(&pair.builder.market, 0, 0), at[i].distance_m);
        ck_assert_int_eq(answer(&pair), at[i].distance_m > 40000 ? RULE_DISTANCE : RULE_COUNT);
        builder_free(&pair.builder);
    }
}
END_TEST

START_TEST(any_of_the_placements_qualifications_will_do)
{
    static const uint32_t codes[] = {25655, 25999, 25656};
    struct pair pair = fitting_pair();
    pair.placement->qualifications = builder_qualifications(&pair.builder, codes, 3);
    ck_assert_int_eq(answer(&pair), RULE_COUNT);
    pair.student->qualification = 25999;
    ck_assert_int_eq(answer(&pair), RULE_COUNT);
    builder_free(&pair.builder);
}
END_TEST

static uint8_t shared_tags(const struct market *market, uint32_t s, uint32_t p)
{
    uint8_t shared = 0;
    const struct span mine = market->students[s].tags, theirs = market->placements[p].tags;
    for (uint32_t i = 0; i < mine.count; i++)
        for (uint32_t k = 0; k < theirs.count; k++)
            shared = (uint8_t)(shared + (market->tags[mine.at + i] == market->tags[theirs.at + k]));
    return shared;
}

/* The score again, from the profile, by rational comparison instead of division. */
static uint8_t score(const struct market *market, uint32_t s, uint32_t p)
{
    const struct span asked = market->placements[p].weighted, has = market->students[s].skills;
    uint32_t reached = 0, possible = 0;
    uint8_t best = 0;
    for (uint32_t i = 0; i < asked.count; i++) {
        const struct criterion *criterion = &market->criteria[asked.at + i];
        possible += 5u * criterion->weight;
        for (uint32_t k = 0; k < has.count; k++)
            if (market->skills[has.at + k].skill == criterion->skill)
                reached += (uint32_t)criterion->weight * market->skills[has.at + k].level;
    }
    while (best < 100 && (best + 1u) * possible <= 100 * reached)
        best++;
    return possible ? best : 100;
}

static void compare_student(struct eligibility *index, const struct market *market, const struct match_rules *under,
                            uint32_t s)
{
    const struct candidate *found, *by_place[64] = {NULL};
    uint32_t count, removed[RULE_COUNT], expected[RULE_COUNT + 1] = {0};
    eligibility_explain(index, s, removed);
    eligibility_find(index, s, &found, &count);
    for (uint32_t i = 0; i < count; i++) {
        ck_assert_ptr_null(by_place[found[i].place]); /* none twice */
        by_place[found[i].place] = &found[i];
    }
    for (uint32_t p = 0; p < market->placement_count; p++) {
        enum rule rule = eligible_first_broken(market, under, s, p);
        expected[rule]++;
        ck_assert_int_eq(rule == RULE_COUNT, by_place[p] != NULL);
        if (!by_place[p])
            continue;
        ck_assert_uint_eq(by_place[p]->distance_m, eligible_distance_m(market, s, p));
        ck_assert_uint_eq(by_place[p]->shared_tags, shared_tags(market, s, p));
        ck_assert_uint_eq(by_place[p]->score, score(market, s, p));
        ck_assert_mem_eq(by_place[p]->hash, market->placement_hashes[p], HASH_BYTES);
    }
    ck_assert_uint_eq(count, expected[RULE_COUNT]);
    ck_assert_uint_le(count, eligibility_most(index));
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        ck_assert_uint_eq(removed[rule], expected[rule]);
}

START_TEST(the_index_agrees_with_the_plain_rule_for_every_pair)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(41));
    uint64_t eligible = 0, pairs = 0;
    for (int round = 0; round < 600; round++) {
        struct builder builder = random_market(&random, 1 + drawn(&random, 20), drawn(&random, 41));
        struct match_rules under = {.slack_days = (int32_t)drawn(&random, 10), .band_width = 10};
        struct eligibility *index;
        ck_assert_int_eq(eligibility_new(&builder.market, &under, &index), ERR_OK);
        for (uint32_t s = 0; s < builder.market.student_count; s++)
            compare_student(index, &builder.market, &under, s);
        for (uint32_t i = 0; i < 20;
             i++) /* in any order, so that what is kept of one student is not used for another */
            compare_student(index, &builder.market, &under, drawn(&random, (uint32_t)builder.market.student_count));
        for (uint32_t s = 0; s < builder.market.student_count; s++)
            for (uint32_t p = 0; p < builder.market.placement_count; p++, pairs++)
                eligible += eligible_first_broken(&builder.market, &under, s, p) == RULE_COUNT;
        eligibility_free(index);
        builder_free(&builder);
    }
    ck_assert_uint_gt(100 * eligible, 2 * pairs); /* the markets are no empty shells */
    ck_assert_uint_lt(100 * eligible, 60 * pairs);
}
END_TEST

/* Two handles on one index, used in turn: neither sees what the other has marked or measured. */
START_TEST(a_shared_handle_has_work_space_of_its_own)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(43));
    struct builder builder = random_market(&random, 40, 40);
    struct eligibility *first, *second;
    const struct candidate *found_first, *found_second;
    uint32_t count_first, count_second;
    ck_assert_int_eq(eligibility_new(&builder.market, &rules, &first), ERR_OK);
    ck_assert_int_eq(eligibility_share(first, &second), ERR_OK);
    ck_assert_uint_eq(eligibility_most(first), eligibility_most(second));
    for (int i = 0; i < 400; i++) {
        uint32_t a = drawn(&random, 40), b = drawn(&random, 40), eligible_a = 0, eligible_b = 0;
        eligibility_find(first, a, &found_first, &count_first);
        eligibility_find(second, b, &found_second, &count_second);
        for (uint32_t k = 0; k < count_first; k++)
            ck_assert_int_eq(eligible_first_broken(&builder.market, &rules, a, found_first[k].place), RULE_COUNT);
        for (uint32_t k = 0; k < count_second; k++)
            ck_assert_int_eq(eligible_first_broken(&builder.market, &rules, b, found_second[k].place), RULE_COUNT);
        for (uint32_t p = 0; p < builder.market.placement_count; p++) {
            eligible_a += eligible_first_broken(&builder.market, &rules, a, p) == RULE_COUNT;
            eligible_b += eligible_first_broken(&builder.market, &rules, b, p) == RULE_COUNT;
        }
        ck_assert_uint_eq(count_first, eligible_a);
        ck_assert_uint_eq(count_second, eligible_b);
        compare_student(second, &builder.market, &rules, a);
    }
    eligibility_free(second);
    compare_student(first, &builder.market, &rules, 0);
    eligibility_free(first);
    builder_free(&builder);
}
END_TEST

START_TEST(a_market_without_placements_offers_nothing)
{
    struct builder builder = {0};
    struct eligibility *index;
    const struct candidate *found;
    uint32_t count = 7, removed[RULE_COUNT];
    builder_point(&builder, 52, 5);
    builder_student(&builder, plain_student(), 1);
    ck_assert_int_eq(eligibility_new(&builder.market, &rules, &index), ERR_OK);
    eligibility_find(index, 0, &found, &count);
    ck_assert_uint_eq(count, 0);
    eligibility_explain(index, 0, removed);
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        ck_assert_uint_eq(removed[rule], 0);
    eligibility_free(index);
    builder_free(&builder);
}
END_TEST

START_TEST(building_answers_every_failing_allocation)
{
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(42));
    struct builder builder = random_market(&random, 3, 40);
    for (uint64_t nth = 1;; nth++) {
        struct eligibility *index = NULL;
        mem_fail_at(nth);
        enum err e = eligibility_new(&builder.market, &rules, &index);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        eligibility_free(index);
        if (!failed) {
            ck_assert_uint_gt(nth, 8);
            break;
        }
        ck_assert_ptr_null(index);
    }
    builder_free(&builder);
}
END_TEST

RUN_TESTS("match/eligible", every_rule_has_its_boundary, an_exclusion_removes_that_placement_alone,
          the_first_broken_rule_is_named_in_the_declared_order, the_distance_may_be_the_maximum_and_no_metre_more,
          any_of_the_placements_qualifications_will_do, the_index_agrees_with_the_plain_rule_for_every_pair,
          a_shared_handle_has_work_space_of_its_own, a_market_without_placements_offers_nothing,
          building_answers_every_failing_allocation)
