/* Counters recomputed: any order, any cut, replays and bad clocks give the same. */
#include "signal/tally.h"

#include "base/mem.h"
#include "support/support.h"

#include <string.h>

enum { STEPS = 3000, DAY_MS = 86400000, QUARTERS = 8 };

static const int64_t present_ms = 1803891600000; /* 1 March 2027 */

struct drawn {
    char leerbedrijf[8], kvk[8], school[4], stratum[16], account[4];
    struct tally_step step;
};

static uint64_t state;

static uint64_t draw(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    return x ^ x >> 31;
}

static void draw_steps(struct drawn *drawn, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct drawn *one = &drawn[i];
        unsigned company = (unsigned)(draw() % 12);
        memset(one, 0, sizeof *one);
        one->leerbedrijf[0] = (char)('a' + company);
        one->kvk[0] = (char)('A' + company / 2);
        one->school[0] = (char)('0' + draw() % 3);
        one->account[0] = (char)('x' + draw() % 3);
        memcpy(one->stratum, company % 2 ? "zorg/35/2" : "ict/30/4", company % 2 ? 10 : 9);
        uint64_t number = draw();
        one->step = (struct tally_step){.time_ms = present_ms - (int64_t)(draw() % 600) * DAY_MS,
                                        .step = (enum rule_step)(1 + draw() % (RULE_STEPS - 1)),
                                        .marks = (unsigned)(draw() % 32),
                                        .key = number | 1};
    }
}

static void add(struct tally *tally, const struct drawn *drawn)
{
    struct tally_step step = drawn->step;
    step.school = text_of(drawn->school);
    step.leerbedrijf = text_of(drawn->leerbedrijf);
    step.kvk = text_of(drawn->kvk);
    step.stratum = text_of(drawn->stratum);
    step.account = text_of(drawn->account);
    ck_assert_int_eq(tally_add(tally, &step), ERR_OK);
}

static struct tally *new_tally(void)
{
    struct tally *tally;
    ck_assert_int_eq(tally_new(present_ms, QUARTERS, &tally), ERR_OK);
    return tally;
}

static enum err is_same(void *context, enum unit_kind kind, struct text unit, struct text school, struct text stratum,
                        const uint32_t counts[RULE_COUNTERS])
{
    const uint32_t *found = tally_find(context, kind, unit, school, stratum);
    ck_assert_ptr_nonnull(found);
    ck_assert_mem_eq(found, counts, RULE_COUNTERS * sizeof *counts);
    return ERR_OK;
}

static void assert_same(const struct tally *a, struct tally *b)
{
    ck_assert_uint_eq(tally_read_numbers(a).cells, tally_read_numbers(b).cells);
    ck_assert_uint_eq(tally_read_numbers(a).counted, tally_read_numbers(b).counted);
    ck_assert_int_eq(tally_each(a, is_same, b), ERR_OK);
}

static struct drawn drawn[STEPS];

START_TEST(any_order_and_replays_give_the_same)
{
    state = test_seed(3);
    draw_steps(drawn, STEPS);
    struct tally *first = new_tally();
    for (size_t i = 0; i < STEPS; i++)
        add(first, &drawn[i]);
    for (unsigned round = 0; round < 5; round++) {
        struct tally *again = new_tally();
        for (size_t i = STEPS - 1; i > 0; i--) {
            size_t other = (size_t)(draw() % (i + 1));
            struct drawn held = drawn[i];
            drawn[i] = drawn[other];
            drawn[other] = held;
        }
        for (size_t i = 0; i < STEPS; i++) {
            add(again, &drawn[i]);
            add(again, &drawn[(size_t)(draw() % (i + 1))]); /* what came already */
        }
        assert_same(first, again);
        ck_assert_uint_eq(tally_read_numbers(again).repeated, STEPS);
        tally_free(again);
    }
    tally_free(first);
}
END_TEST

START_TEST(pieces_add_up)
{
    state = test_seed(5);
    draw_steps(drawn, STEPS);
    for (size_t cut = 0; cut <= STEPS; cut += 500) {
        struct tally *whole = new_tally(), *left = new_tally(), *right = new_tally();
        for (size_t i = 0; i < STEPS; i++) {
            add(whole, &drawn[i]);
            add(i < cut ? left : right, &drawn[i]);
        }
        ck_assert_int_eq(tally_merge(left, right), ERR_OK);
        assert_same(whole, left);
        /* One that both have is told: the sum would have it twice. */
        if (cut < STEPS)
            ck_assert_int_eq(tally_merge(left, right), ERR_EXISTS);
        tally_free(whole);
        tally_free(left);
        tally_free(right);
    }
}
END_TEST

START_TEST(neither_a_fast_clock_nor_an_old_one_counts)
{
    struct tally *tally = new_tally();
    draw_steps(drawn, 4);
    static const int64_t times[] = {present_ms + (int64_t)100 * DAY_MS, INT64_MAX, 0, -5};
    for (size_t i = 0; i < 4; i++) {
        drawn[i].step.time_ms = times[i];
        drawn[i].step.step = STEP_REJECTED;
        add(tally, &drawn[i]);
    }
    struct tally_numbers numbers = tally_read_numbers(tally);
    ck_assert_uint_eq(numbers.counted, 0);
    ck_assert_uint_eq(numbers.in_the_future, 2);
    ck_assert_uint_eq(numbers.too_old, 2);
    ck_assert_uint_eq(numbers.cells, 0);
    tally_free(tally);
}
END_TEST

struct found {
    unsigned companies, company_signals, concerns, concern_signals;
};

static void look(void *context, const struct tally_verdict *verdict)
{
    struct found *found = context;
    bool is_signal = verdict->judged->status == JUDGED_SIGNAL;
    if (verdict->sample->rule != RULE_UNEXPLAINED)
        return;
    found->companies += verdict->kind == UNIT_COMPANY;
    found->company_signals += verdict->kind == UNIT_COMPANY && is_signal;
    found->concerns += verdict->kind == UNIT_CONCERN;
    found->concern_signals += verdict->kind == UNIT_CONCERN && is_signal;
}

/* One concern in ten pieces of two decisions each, among steady others: the pieces say nothing, the concern does. */
START_TEST(a_company_that_splits_itself_stays_one_concern)
{
    struct tally *tally = new_tally();
    struct found found = {0};
    uint64_t key = 1;
    for (unsigned company = 0; company < 60; company++)
        for (unsigned n = 0; n < (company < 10 ? 2 : 6); n++) {
            struct drawn one = {.school = "0", .stratum = "zorg/35/2", .account = "x"};
            one.leerbedrijf[0] = (char)('0' + company / 10);
            one.leerbedrijf[1] = (char)('0' + company % 10);
            memcpy(one.kvk, company < 10 ? "split" : one.leerbedrijf, company < 10 ? 6 : 3);
            one.step = (struct tally_step){.time_ms = present_ms,
                                           .step = company < 10 || n == 0 ? STEP_REJECTED : STEP_AGREED,
                                           .marks = company < 10 && n == 0 ? MARK_UNEXPLAINED : 0,
                                           .key = key++};
            add(tally, &one);
        }
    ck_assert_int_eq(tally_judge(tally, &judge_defaults, look, &found), ERR_OK);
    ck_assert_uint_eq(found.companies, 10);
    ck_assert_uint_eq(found.company_signals, 0);
    ck_assert_uint_eq(found.concerns, 1);
    ck_assert_uint_eq(found.concern_signals, 1);
    tally_free(tally);
}
END_TEST

START_TEST(memory_that_runs_out_is_told)
{
    struct tally *tally;
    state = 11;
    draw_steps(drawn, 300);
    for (uint64_t nth = 1;; nth++) {
        mem_fail_at(nth);
        enum err e = tally_new(present_ms, QUARTERS, &tally);
        bool made = e == ERR_OK;
        for (size_t i = 0; e == ERR_OK && i < 300; i++) {
            struct tally_step step = drawn[i].step;
            step.school = text_of(drawn[i].school);
            step.leerbedrijf = text_of(drawn[i].leerbedrijf);
            step.kvk = text_of(drawn[i].kvk);
            step.stratum = text_of(drawn[i].stratum);
            step.account = text_of(drawn[i].account);
            e = tally_add(tally, &step);
        }
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (made)
            tally_free(tally);
        ck_assert_int_eq(e, failed ? ERR_MEMORY : ERR_OK);
        if (!failed)
            break;
    }
}
END_TEST

RUN_TESTS("tally", any_order_and_replays_give_the_same, pieces_add_up, neither_a_fast_clock_nor_an_old_one_counts,
          a_company_that_splits_itself_stays_one_concern, memory_that_runs_out_is_told)
