/* What steps count as, whatever their order; windows. */
#include "signal/rules.h"

#include "base/date.h"
#include "signal/strata.h"
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 400, DAY_MS = 86400000 };

/* The second copy of the table: code, who, marks, unit and the counters in alphabetical order. */
static const struct {
    const char *code;
    bool by_company;
    unsigned marks;
    enum unit_kind unit;
    unsigned counters, rules;
} expected[] = {
#define C(name) (1u << COUNT_##name)
#define R(name) (1u << RULE_##name)
    {"approved", false, 0, UNIT_COMPANY, C(SHOWN), 0},
    {"approved", false, 0, UNIT_SCHOOL, C(SCHOOL_DECIDED), 0},
    {"accepted", false, 0, UNIT_COMPANY, C(SHOWN), 0},
    {"accepted", true, 0, UNIT_COMPANY, C(BLIND_DECIDED), 0},
    {"accepted", true, MARK_ON_BEHALF, UNIT_COORDINATOR, C(BEHALF_DECIDED), 0},
    {"accepted", true, 0, UNIT_COORDINATOR, 0, 0},
    {"vetoed", false, MARK_UNEXPLAINED, UNIT_SCHOOL, C(SCHOOL_DECIDED) | C(VETOED), R(SCHOOL_VETOES)},
    {"vetoed", false, MARK_UNEXPLAINED, UNIT_COMPANY, 0, 0},
    {"rejected", true, 0, UNIT_CONCERN, C(BLIND_DECIDED) | C(BLIND_REJECTED), 0},
    {"rejected", true, MARK_UNEXPLAINED, UNIT_COMPANY, C(BLIND_DECIDED) | C(BLIND_REJECTED) | C(UNEXPLAINED),
     R(UNEXPLAINED)},
    {"rejected", true, MARK_ON_BEHALF, UNIT_COORDINATOR, C(BEHALF_DECIDED) | C(BEHALF_DECLINED), R(SCHOOL_DECLINES)},
    {"expired_company", false, 0, UNIT_COMPANY, C(SILENT), R(SILENCE)},
    {"released", false, 0, UNIT_COMPANY, C(RELEASED), 0},
    {"placed", true, 0, UNIT_COMPANY, C(RELEASED_DECIDED), 0},
    {"dropped_after_release", true, MARK_UNEXPLAINED, UNIT_COMPANY, C(RELEASED_DECIDED) | C(DROPPED) | C(UNEXPLAINED),
     R(UNEXPLAINED) | R(AFTER_RELEASE)},
    {"dropped_after_release", true, MARK_FACT, UNIT_COMPANY, C(RELEASED_DECIDED), 0},
    {"started", false, 0, UNIT_COMPANY, C(STARTED), 0},
    {"ended_early", false, MARK_EARLY | MARK_BY_COMPANY, UNIT_COMPANY, C(ENDED_EARLY), R(ENDED_EARLY)},
    {"ended_early", false, MARK_EARLY, UNIT_COMPANY, 0, 0},
    {"ended_early", false, MARK_BY_COMPANY, UNIT_COMPANY, 0, 0},
    {"withdrawn_again", false, 0, UNIT_COMPANY, C(WITHDRAWN_AGAIN), R(WITHDRAWN)},
    {"criteria_changed", true, 0, UNIT_COMPANY, C(CRITERIA_MOVED), R(MOVED_GOALPOSTS)},
    {"asks_for_more", false, 0, UNIT_COMPANY, C(ASKED_FOR_MORE), R(ASKS_FOR_MORE)},
    {"contradicted", false, 0, UNIT_COMPANY, C(UNEXPLAINED), R(UNEXPLAINED)},
    {"not_objective", false, 0, UNIT_COMPANY, C(NOT_OBJECTIVE), R(NOT_OBJECTIVE)},
    {"report", false, 0, UNIT_COMPANY, C(REPORTS), R(REPORT)},
    {"level_kept", false, 0, UNIT_COORDINATOR, C(LEVELS_DECIDED), 0},
    {"level_changed", false, 0, UNIT_COORDINATOR, C(LEVELS_DECIDED) | C(LEVELS_CHANGED), R(SCHOOL_LEVELS)},
    {"confirmed", false, 0, UNIT_COMPANY, 0, 0},
    {"declined", false, 0, UNIT_COMPANY, 0, 0},
    {"withdrawn_place", false, 0, UNIT_COMPANY, 0, 0},
    {"", true, 0, UNIT_COMPANY, 0, 0},
};
enum { EXPECTED = sizeof expected / sizeof expected[0] };

static unsigned mask_of(enum rule_step step, unsigned marks, enum unit_kind unit)
{
    enum rule_counter added[RULE_ADDS_MAX];
    unsigned mask = 0;
    for (size_t i = rule_adds(step, marks, unit, added); i-- > 0;)
        mask |= 1u << added[i];
    return mask;
}

START_TEST(each_step_counts_as_the_table_says)
{
    for (size_t i = 0; i < EXPECTED; i++) {
        enum rule_step step = rule_step_of(expected[i].code, expected[i].by_company);
        ck_assert_msg(mask_of(step, expected[i].marks, expected[i].unit) == expected[i].counters, "%s %zu",
                      expected[i].code, i);
        ck_assert_msg(rules_of_step(step, expected[i].marks, expected[i].unit) == expected[i].rules, "%s %zu",
                      expected[i].code, i);
        /* What is an event of a rule is among what it touches. */
        unsigned touched = rules_touched(step, expected[i].marks, expected[i].unit);
        ck_assert_uint_eq(touched & expected[i].rules, expected[i].rules);
    }
}
END_TEST

/* A stratum has what its units have together: nothing is lost, whatever the marks. */
START_TEST(a_stratum_counts_what_its_units_do)
{
    for (unsigned step = 0; step < RULE_STEPS; step++)
        for (unsigned marks = 0; marks < 32; marks++) {
            unsigned units = mask_of(step, marks, UNIT_COMPANY) | mask_of(step, marks, UNIT_COORDINATOR);
            ck_assert_uint_eq(mask_of(step, marks, UNIT_STRATUM), units);
        }
}
END_TEST

static void count_all(const unsigned *order, const unsigned *steps, uint32_t counts[RULE_COUNTERS])
{
    memset(counts, 0, RULE_COUNTERS * sizeof *counts);
    for (size_t i = 0; i < STEPS; i++) {
        enum rule_counter added[RULE_ADDS_MAX];
        unsigned packed = steps[order[i]];
        for (size_t k = rule_adds(packed / 32, packed % 32, UNIT_COMPANY, added); k-- > 0;)
            counts[added[k]]++;
    }
}

START_TEST(no_order_makes_a_difference)
{
    unsigned steps[STEPS], order[STEPS];
    uint32_t first[RULE_COUNTERS], again[RULE_COUNTERS];
    srand((unsigned)test_seed(7));
    for (unsigned i = 0; i < STEPS; i++) {
        steps[i] = (unsigned)rand() % (RULE_STEPS * 32);
        order[i] = i;
    }
    count_all(order, steps, first);
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = STEPS - 1; i > 0; i--) {
            unsigned other = (unsigned)rand() % (i + 1), held = order[i];
            order[i] = order[other];
            order[other] = held;
        }
        count_all(order, steps, again);
        ck_assert_mem_eq(first, again, sizeof first);
    }
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++)
        if (rule_facts(rule))
            ck_assert_uint_le(rule_events(rule, first), STEPS);
}
END_TEST

START_TEST(quarters_are_those_of_the_calendar)
{
    char date[11], name[QUARTER_NAME_BYTES];
    for (int32_t day = 0; day < 84000; day++) {
        unsigned year, month;
        date_format(day, date);
        year = (unsigned)strtoul(date, NULL, 10);
        month = (unsigned)strtoul(date + 5, NULL, 10);
        ck_assert_uint_eq(rule_quarter((int64_t)day * DAY_MS), (year - 1970) * 4 + (month - 1) / 3);
        ck_assert_uint_eq(rule_quarter((int64_t)day * DAY_MS + DAY_MS - 1), (year - 1970) * 4 + (month - 1) / 3);
    }
    rule_quarter_name(rule_quarter((int64_t)1803891600000), name);
    ck_assert_str_eq(name, "2027-Q1");
    ck_assert_uint_eq(rule_quarter(-1), 0);
}
END_TEST

START_TEST(neither_the_far_past_nor_the_future_counts)
{
    ck_assert(rule_in_window(228, 228, 8) && rule_in_window(221, 228, 8));
    ck_assert(!rule_in_window(220, 228, 8));
    ck_assert(!rule_in_window(229, 228, 8));
    ck_assert(!rule_in_window(UINT32_MAX, 228, 8));
    ck_assert(rule_in_window(0, 3, 8));
}
END_TEST

START_TEST(strata_lie_in_wider_ones)
{
    static const char *const levels[] = {"//", "zorg//", "zorg//2", "zorg/35/2"};
    char at[STRATUM_BYTES];
    for (unsigned level = 0; level < STRATUM_LEVELS; level++) {
        stratum_at("zorg/35/2", level, at);
        ck_assert_str_eq(at, levels[level]);
        ck_assert(stratum_lies_in("zorg/35/2", levels[level]));
    }
    ck_assert(!stratum_lies_in("zorg/35/2", "zorg/30/2"));
    ck_assert(!stratum_lies_in("zorg/35/2", "zorg//3"));
    ck_assert(!stratum_lies_in("zorg/35/2", "zor//"));
    ck_assert_uint_eq(stratum_chance("zorg/35/2"), 2);
    ck_assert_uint_eq(stratum_chance("zorg/35/0"), 0);
    ck_assert_uint_eq(stratum_chance("zorg/35/25"), 0);
    /* What is no stratum is compared with all, and no text is too long. */
    static const char *const others[] = {"", "zorg", "a/b", "a/b/c/d", "012345678901234567890123456789012345/1/1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        stratum_at(others[i], STRATUM_LEVELS - 1, at);
        ck_assert_str_eq(at, "//");
        ck_assert(stratum_lies_in(others[i], "//"));
    }
}
END_TEST

RUN_TESTS("rules", each_step_counts_as_the_table_says, a_stratum_counts_what_its_units_do,
          no_order_makes_a_difference, quarters_are_those_of_the_calendar, neither_the_far_past_nor_the_future_counts,
          strata_lie_in_wider_ones)
