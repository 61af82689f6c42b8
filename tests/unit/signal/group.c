/* Units judged from closed blocks: what is too little, what stays quiet by chance or by a hidden difference, what is found. */
#include "signal/group.h"

#include "base/mem.h"
#include "base/random.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

enum { COMPANIES = 60, CONCERN = 20, PERIODS = 6, RUNS = 60, BLOCKS = COMPANIES * PERIODS * GROUP_STAGE_COUNT };

struct market {
    struct group_block blocks[BLOCKS];
    struct group_finding company[COMPANIES], concern[COMPANIES], region[1];
};

static double draw_share(const struct random_source *source)
{
    uint32_t bits;
    random_fill(source, &bits, sizeof bits);
    return bits / 4294967296.0;
}

/* One block whose x comes from the tilted distribution, by inversion. */
static struct block draw_block(const struct random_source *source, uint32_t n, uint32_t m, uint32_t r,
                               double odds_ratio)
{
    struct block block = {n, m, r, 0};
    struct distribution distribution;
    uint64_t sum;
    double share = draw_share(source), below = 0, theta = log(odds_ratio);
    block.x = block_lowest(&block);
    ck_assert_int_eq(distribution_of_blocks(&block, 1, &distribution, &sum), ERR_OK);
    double log_m = block_log_m(&block, theta);
    for (block.x = block_lowest(&block); block.x < block_highest(&block); block.x++) {
        below += exp(distribution_log_at(&distribution, block.x) + theta * block.x - log_m);
        if (share < below)
            break;
    }
    distribution_free(&distribution);
    return block;
}

/* The first CONCERN companies are one concern; `odds_ratio`: theirs after release, `hidden`: everybody's in both stages. */
static void draw_market(struct market *market, uint64_t seed, double odds_ratio, double hidden)
{
    struct random_seeded seeded;
    struct random_source source = random_of_seed(&seeded, seed);
    size_t at = 0;
    for (uint32_t period = 0; period < PERIODS; period++)
        for (uint32_t company = 0; company < COMPANIES; company++)
            for (int stage = 0; stage < GROUP_STAGE_COUNT; stage++) {
                bool differs = company < CONCERN && stage == GROUP_RELEASED;
                market->blocks[at++] =
                    (struct group_block){.unit = {company, company < CONCERN ? 0 : company, 0},
                                         .period = period,
                                         .stage = (enum group_stage)stage,
                                         .block = draw_block(&source, 12, 4, 5, hidden * (differs ? odds_ratio : 1))};
            }
}

static void judge(struct market *market)
{
    const size_t units[GROUP_LEVEL_COUNT] = {COMPANIES, COMPANIES, 1};
    struct group_finding *const findings[] = {market->company, market->concern, market->region};
    ck_assert_int_eq(group_judge(&group_rules_default, market->blocks, BLOCKS, units, 1, findings), ERR_OK);
}

static size_t count_signals(const struct group_finding *findings, size_t count)
{
    size_t signals = 0;
    for (size_t i = 0; i < count; i++)
        signals += findings[i].status == GROUP_SIGNAL;
    return signals;
}

static size_t runs_with_a_signal(double hidden)
{
    static struct market market;
    size_t runs = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        draw_market(&market, seed, 1, hidden);
        judge(&market);
        runs += count_signals(market.company, COMPANIES) + count_signals(market.concern, COMPANIES) +
                    count_signals(market.region, 1) >
                0;
    }
    return runs;
}

/* Three families at 0.05 each: 9 runs of 60 at most are expected to name anybody; evidence that may be looked at always has far fewer. */
START_TEST(chance_names_nobody)
{
    ck_assert_uint_le(runs_with_a_signal(1), 9);
}
END_TEST

START_TEST(nor_does_a_difference_that_is_there_while_blinded_too)
{
    ck_assert_uint_le(runs_with_a_signal(1.5), 9);
}
END_TEST

START_TEST(a_concern_that_looks_at_the_group_is_found)
{
    static struct market market;
    size_t found = 0, wrong = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        draw_market(&market, seed, 3, 1);
        judge(&market);
        found += market.concern[0].status == GROUP_SIGNAL;
        wrong += count_signals(market.concern + CONCERN, COMPANIES - CONCERN);
    }
    ck_assert_uint_ge(found, RUNS * 8 / 10);
    ck_assert_uint_le(wrong, 3);
}
END_TEST

/* One that turns the group away less after release than before is not found for the little that it does. */
START_TEST(it_counts_only_against_its_own_blinded_stage)
{
    static struct market market;
    draw_market(&market, 4, 1, 1);
    for (size_t i = 0; i < BLOCKS; i++)
        if (market.blocks[i].unit[GROUP_COMPANY] == 0)
            market.blocks[i].block.x = market.blocks[i].stage == GROUP_BLINDED ? 4 : 3;
    judge(&market);
    ck_assert_double_eq(market.company[0].log_p[GROUP_RELEASED], 0);
    ck_assert_double_lt(market.company[0].log_p[GROUP_BLINDED], log(0.001));
    ck_assert_int_eq(market.company[0].status, GROUP_SIGNAL); /* while blinded, where it should not know */
}
END_TEST

START_TEST(the_order_of_blocks_is_nothing)
{
    static struct market market, other;
    struct random_seeded seeded;
    struct random_source source = random_of_seed(&seeded, 3);
    draw_market(&market, 9, 3, 1);
    other = market;
    for (size_t i = BLOCKS - 1; i > 0; i--) {
        size_t j = (size_t)(draw_share(&source) * (double)(i + 1));
        struct group_block swap = other.blocks[i];
        other.blocks[i] = other.blocks[j];
        other.blocks[j] = swap;
    }
    judge(&market);
    judge(&other);
    for (size_t i = 0; i < COMPANIES; i++) {
        ck_assert_int_eq(market.company[i].status, other.company[i].status);
        for (int stage = 0; stage < GROUP_STAGE_COUNT; stage++)
            ck_assert_double_eq_tol(market.company[i].log_p[stage], other.company[i].log_p[stage], 1e-9);
    }
}
END_TEST

START_TEST(too_little_is_said_to_be_too_little)
{
    struct group_block blocks[] = {
        {.unit = {0, 0, 0}, .stage = GROUP_RELEASED, .block = {19, 9, 9, 9}},
        {.unit = {1, 1, 0}, .stage = GROUP_RELEASED, .block = {20, 4, 4, 4}},
        {.unit = {2, 2, 0}, .stage = GROUP_RELEASED, .block = {20, 16, 4, 4}},
        {.unit = {3, 3, 0}, .stage = GROUP_RELEASED, .block = {20, 5, 4, 1}},
    };
    struct group_finding company[5], concern[5], region[1];
    struct group_finding *const findings[] = {company, concern, region};
    const size_t units[GROUP_LEVEL_COUNT] = {5, 5, 1};
    ck_assert_int_eq(group_judge(&group_rules_default, blocks, 4, units, 1, findings), ERR_OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(company[i].status, GROUP_INSUFFICIENT);
    ck_assert_int_eq(company[3].status, GROUP_NONE);
    ck_assert_int_eq(company[4].status, GROUP_INSUFFICIENT); /* of which there is no block */
    ck_assert_int_eq(region[0].status, GROUP_NONE);
}
END_TEST

START_TEST(what_is_not_valid_is_refused)
{
    struct group_finding company[1], concern[1], region[1];
    struct group_finding *const findings[] = {company, concern, region};
    const size_t units[GROUP_LEVEL_COUNT] = {1, 1, 1};
    const struct group_block good = {.block = {4, 2, 2, 1}};
    struct group_block bad[5] = {good, good, good, good, good};
    bad[0].block.x = 3;
    bad[1].unit[GROUP_CONCERN] = 1;
    bad[2].sector = 1;
    bad[3].stage = GROUP_STAGE_COUNT;
    bad[4].block.m = 5;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(group_judge(&group_rules_default, &bad[i], 1, units, 1, findings), ERR_INPUT);
    ck_assert_int_eq(group_judge(&group_rules_default, bad, 0, units, 1, findings), ERR_OK);
    ck_assert_int_eq(company[0].status, GROUP_INSUFFICIENT);
}
END_TEST

START_TEST(without_memory_it_says_so)
{
    struct group_finding company[1], concern[1], region[1];
    struct group_finding *const findings[] = {company, concern, region};
    const size_t units[GROUP_LEVEL_COUNT] = {1, 1, 1};
    struct group_block blocks[] = {{.stage = GROUP_BLINDED, .block = {9, 4, 4, 2}},
                                   {.stage = GROUP_RELEASED, .block = {9, 4, 4, 3}}};
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = group_judge(&group_rules_default, blocks, 2, units, 1, findings);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed)
            break;
    }
}
END_TEST

RUN_TESTS("group", chance_names_nobody, nor_does_a_difference_that_is_there_while_blinded_too,
          a_concern_that_looks_at_the_group_is_found, it_counts_only_against_its_own_blinded_stage,
          the_order_of_blocks_is_nothing, too_little_is_said_to_be_too_little, what_is_not_valid_is_refused,
          without_memory_it_says_so)
