/*
 * The whole round against a naive one: pairs by the plain rule, lists by a plain sort, one proposal at a time, every count
 * by counting. Random markets, thousands of them, under random rules.
 */
#include "match/round.h"
#include "support/support.h"
#include "unit/match/market_builder.h"
#include "unit/match/naive_order.h"

enum { STUDENTS_MAX = 12, PLACES_MAX = 16 };

struct naive {
    const struct market *market;
    struct match_rules rules;
    uint32_t full[STUDENTS_MAX][PLACES_MAX]; /* by student: its whole list */
    uint32_t full_count[STUDENTS_MAX], listed[STUDENTS_MAX];
    uint32_t band[STUDENTS_MAX][PLACES_MAX]; /* by student and placement */
    uint32_t place[STUDENTS_MAX];
    uint32_t free_seats[PLACES_MAX];
    bool second[STUDENTS_MAX];
};

static uint32_t level_of(const struct market *market, uint32_t s, uint32_t skill)
{
    const struct span has = market->students[s].skills;
    for (uint32_t i = 0; i < has.count; i++)
        if (market->skills[has.at + i].skill == skill)
            return market->skills[has.at + i].level;
    return 0;
}

static uint32_t naive_score(const struct market *market, uint32_t s, uint32_t p)
{
    const struct span asked = market->placements[p].weighted;
    uint32_t reached = 0, weights = 0;
    for (uint32_t i = 0; i < asked.count; i++) {
        const struct criterion *criterion = &market->criteria[asked.at + i];
        reached += criterion->weight * level_of(market, s, criterion->skill);
        weights += criterion->weight;
    }
    return asked.count ? 100 * reached / (5 * weights) : 100;
}

static uint8_t naive_tags(const struct market *market, uint32_t s, uint32_t p)
{
    uint8_t shared = 0;
    const struct span mine = market->students[s].tags, theirs = market->placements[p].tags;
    for (uint32_t i = 0; i < mine.count; i++)
        for (uint32_t k = 0; k < theirs.count; k++)
            shared = (uint8_t)(shared + (market->tags[mine.at + i] == market->tags[theirs.at + k]));
    return shared;
}

static void make_list(struct naive *naive, uint32_t s)
{
    const struct market *market = naive->market;
    struct candidate candidates[PLACES_MAX];
    struct keyed ordered[PLACES_MAX];
    uint32_t count = 0;
    for (uint32_t p = 0; p < market->placement_count; p++) {
        naive->band[s][p] = naive_score(market, s, p) / naive->rules.band_width;
        if (eligible_first_broken(market, &naive->rules, s, p) == RULE_COUNT)
            candidates[count++] = (struct candidate){.place = p,
                                                     .distance_m = eligible_distance_m(market, s, p),
                                                     .hash = market->placement_hashes[p],
                                                     .shared_tags = naive_tags(market, s, p)};
    }
    uint32_t wished = naive_order(market, s, candidates, count, ordered), list_max = naive->rules.list_max;
    uint32_t most = list_max == 0 ? count : list_max > wished ? list_max : wished;
    for (uint32_t k = 0; k < count; k++)
        naive->full[s][k] = ordered[k].candidate->place;
    naive->full_count[s] = count;
    naive->listed[s] = count < most ? count : most;
}

/* Whether a goes before b in the lottery. */
static bool goes_first(const struct market *market, uint32_t a, uint32_t b)
{
    int order = memcmp(market->draws[a].lottery, market->draws[b].lottery, HASH_BYTES);
    if (order != 0)
        return order > 0;
    return market->students[a].from != market->students[b].from ? market->students[a].from < market->students[b].from
                                                                : a < b;
}

static bool is_worse(const struct naive *naive, uint32_t a, uint32_t b, uint32_t p)
{
    if (naive->band[a][p] != naive->band[b][p])
        return naive->band[a][p] < naive->band[b][p];
    return goes_first(naive->market, b, a);
}

/* The worst of those who hold a seat of p in this pass and the proposer. */
static uint32_t worst_of(const struct naive *naive, const bool *plays, uint32_t p, uint32_t proposer, uint32_t *held)
{
    uint32_t worst = proposer;
    *held = 0;
    for (uint32_t s = 0; s < naive->market->student_count; s++) {
        if (!plays[s] || naive->place[s] != p)
            continue;
        ++*held;
        if (is_worse(naive, s, worst, p))
            worst = s;
    }
    return worst;
}

/* Gale and Shapley, one student after another, each until a seat holds it or its list ends. */
static uint64_t play_pass(struct naive *naive, const bool *plays, bool second)
{
    uint32_t next[STUDENTS_MAX] = {0}, held;
    uint64_t proposals = 0;
    for (uint32_t s = 0; s < naive->market->student_count; s++) {
        uint32_t proposer = plays[s] ? s : PLACE_NONE;
        while (proposer != PLACE_NONE) {
            uint32_t length = second ? naive->full_count[proposer] : naive->listed[proposer];
            if (next[proposer] == length)
                break;
            uint32_t p = naive->full[proposer][next[proposer]++];
            if (naive->free_seats[p] == 0)
                continue; /* in the second pass: not on the list */
            proposals++;
            uint32_t worst = worst_of(naive, plays, p, proposer, &held);
            if (held < naive->free_seats[p]) {
                naive->place[proposer] = p;
                break;
            }
            if (worst == proposer)
                continue;
            naive->place[proposer] = p;
            naive->place[worst] = PLACE_NONE;
            proposer = worst;
        }
    }
    for (uint32_t s = 0; s < naive->market->student_count; s++)
        if (plays[s] && naive->place[s] != PLACE_NONE) {
            naive->free_seats[naive->place[s]]--;
            naive->second[s] = second;
        }
    return proposals;
}

static uint64_t play(struct naive *naive)
{
    bool plays[STUDENTS_MAX];
    size_t count = naive->market->student_count;
    for (uint32_t p = 0; p < naive->market->placement_count; p++)
        naive->free_seats[p] = naive->market->placements[p].capacity;
    for (uint32_t s = 0; s < count; s++) {
        make_list(naive, s);
        naive->place[s] = PLACE_NONE;
        plays[s] = true;
    }
    uint64_t proposals = play_pass(naive, plays, false);
    for (uint32_t s = 0; s < count; s++)
        plays[s] = naive->place[s] == PLACE_NONE && naive->listed[s] < naive->full_count[s];
    return proposals + play_pass(naive, plays, true);
}

static unsigned long long market_seed; /* TEST_SEED that begins with the market in hand */

#define SAME(got, expected)                                                                                          \
    ck_assert_msg((got) == (expected), "TEST_SEED=%llu: %s is %llu, %s is %llu", market_seed, #got,                  \
                  (unsigned long long)(got), #expected, (unsigned long long)(expected))

static void compare_matched(const struct naive *naive, const struct student_outcome *outcome, uint32_t s)
{
    uint32_t p = naive->place[s], rank = 1;
    while (naive->full[s][rank - 1] != p)
        rank++;
    SAME(outcome->rank, rank);
    SAME(outcome->score, naive_score(naive->market, s, p));
    SAME(outcome->band, naive->band[s][p]);
    SAME(outcome->distance_m, eligible_distance_m(naive->market, s, p));
    SAME(outcome->second_pass, naive->second[s]);
}

/* An eligible placement counts as lost by the lottery when the lowest band that it holds is the student's own. */
static void compare_unmatched(const struct naive *naive, const struct round_result *result, uint32_t s)
{
    const struct student_outcome *outcome = &result->outcomes[s];
    uint32_t by_lottery = 0, removed[RULE_COUNT + 1] = {0};
    for (uint32_t k = 0; k < naive->full_count[s]; k++) {
        uint32_t p = naive->full[s][k], lowest = UINT32_MAX;
        for (uint32_t other = 0; other < naive->market->student_count; other++)
            if (naive->place[other] == p && naive->band[other][p] < lowest)
                lowest = naive->band[other][p];
        by_lottery += lowest == naive->band[s][p];
    }
    SAME(outcome->eligible, naive->full_count[s]);
    SAME(outcome->by_lottery, by_lottery);
    SAME(outcome->by_band, naive->full_count[s] - by_lottery);
    if (naive->full_count[s])
        return;
    for (uint32_t p = 0; p < naive->market->placement_count; p++)
        removed[eligible_first_broken(naive->market, &naive->rules, s, p)]++;
    SAME(outcome->removed_at < result->removed_count, 1);
    for (enum rule rule = RULE_QUALIFICATION; rule < RULE_COUNT; rule++)
        SAME(result->removed[outcome->removed_at][rule], removed[rule]);
}

static void compare_counts(const struct naive *naive, const struct round_result *result, uint64_t proposals)
{
    struct round_counts expected = {.proposals = proposals};
    for (uint32_t p = 0; p < naive->market->placement_count; p++)
        expected.seats += naive->market->placements[p].capacity;
    for (uint32_t s = 0; s < naive->market->student_count; s++) {
        expected.eligible_pairs += naive->full_count[s];
        expected.listed_pairs += naive->listed[s];
        expected.cut_lists += naive->listed[s] < naive->full_count[s];
        expected.matched += naive->place[s] != PLACE_NONE;
        expected.matched_second_pass += naive->place[s] != PLACE_NONE && naive->second[s];
        expected.unmatched += naive->place[s] == PLACE_NONE;
    }
    SAME(result->counts.proposals, expected.proposals);
    SAME(result->counts.seats, expected.seats);
    SAME(result->counts.eligible_pairs, expected.eligible_pairs);
    SAME(result->counts.listed_pairs, expected.listed_pairs);
    SAME(result->counts.cut_lists, expected.cut_lists);
    SAME(result->counts.matched, expected.matched);
    SAME(result->counts.matched_second_pass, expected.matched_second_pass);
    SAME(result->counts.unmatched, expected.unmatched);
    for (uint32_t rank = 1; rank <= result->rank_max; rank++) {
        uint64_t count = 0;
        for (uint32_t s = 0; s < naive->market->student_count; s++)
            count += naive->place[s] != PLACE_NONE && naive->full[s][rank - 1] == naive->place[s] &&
                     rank <= naive->full_count[s];
        SAME(result->rank_counts[rank], count);
    }
}

/* How often the markets reached what they are drawn for. */
struct reached {
    uint64_t second_pass, by_band, by_lottery, nothing_eligible;
};

static void compare_round(const struct builder *builder, const struct match_rules *rules, uint32_t threads,
                          struct reached *reached)
{
    struct naive naive = {.market = &builder->market, .rules = *rules};
    struct round_result result;
    uint64_t proposals = play(&naive);
    ck_assert_int_eq(round_run(&builder->market, rules, threads, NULL, &result), ERR_OK);
    for (uint32_t s = 0; s < builder->market.student_count; s++) {
        SAME(result.outcomes[s].place, naive.place[s]);
        if (naive.place[s] != PLACE_NONE)
            compare_matched(&naive, &result.outcomes[s], s);
        else
            compare_unmatched(&naive, &result, s);
        reached->second_pass += result.outcomes[s].second_pass;
        reached->by_band += result.outcomes[s].by_band;
        reached->by_lottery += result.outcomes[s].by_lottery;
        reached->nothing_eligible += naive.full_count[s] == 0;
    }
    compare_counts(&naive, &result, proposals);
    round_result_free(&result);
}

static void add_shared_draws(struct builder *builder, const struct random_source *random)
{
    for (uint32_t s = 1; s < builder->market.student_count; s++)
        if (drawn(random, 6) == 0) /* a second request of the student before */
            builder->market.draws[s] = builder->market.draws[s - 1];
}

START_TEST(the_round_is_that_of_a_naive_solver)
{
    static const uint32_t widths[] = {1, 7, 10, 50, 100};
    unsigned long long seed = test_seed(201);
    struct reached reached = {0};
    for (market_seed = seed; market_seed < seed + 3000; market_seed++) {
        struct random_seeded state;
        struct random_source random = random_of_seed(&state, market_seed);
        uint32_t students = drawn(&random, STUDENTS_MAX + 1), places = drawn(&random, PLACES_MAX + 1);
        struct builder builder = random_market(&random, students, places);
        struct match_rules rules = {.slack_days = (int32_t)drawn(&random, 9),
                                    .list_max = drawn(&random, 5),
                                    .band_width = widths[drawn(&random, 5)]};
        add_shared_draws(&builder, &random);
        compare_round(&builder, &rules, 1 + drawn(&random, 3), &reached);
        builder_free(&builder);
    }
    ck_assert_uint_gt(reached.second_pass, 50);
    ck_assert_uint_gt(reached.by_band, 50);
    ck_assert_uint_gt(reached.by_lottery, 50);
    ck_assert_uint_gt(reached.nothing_eligible, 50);
}
END_TEST

RUN_TESTS("prop/naive_round", the_round_is_that_of_a_naive_solver)
