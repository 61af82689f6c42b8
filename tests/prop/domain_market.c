/*
 * Random lives of a whole market, by calls alone: files are handed in and changed, rounds go from draft to closed or are cancelled
 * in any state, matches are made and made again in a child whose answer comes late, proposals go their ways, people withdraw, are
 * placed elsewhere and are erased, and time jumps. After every command all rules hold (domain_rules.h); the service that
 * is started again from what was written is the same; and the same commands give the same bytes.
 */
#include "prop/market_files.h"
#include "prop/market_offers.h"
#include "prop/market_proposals.h"
#include "prop/market_rounds.h"
#include "prop/market_views.h"

/* A re-match that failed is tried again within an hour. */
#define RETRY_MS_MAX ((int64_t)3600000)

static void let_time_pass(void)
{
    wait_until(now_ms + (int64_t)(chance(20) ? 24 * below(12) : below(8)) * 3600000);
}

static void step(void)
{
    static const struct {
        unsigned weight;
        void (*act)(void);
    } acts[] = {{6, hand_in_students},
                {5, submit},
                {1, hand_in_placements},
                {10, change_placement},
                {5, change_stagevraag},
                {2, create_round},
                {16, move_round},
                {10, let_child_answer},
                {10, work},
                {40, move_proposal},
                {3, finish_task},
                {2, answer_questions},
                {6, let_time_pass},
                {4, erase},
                {1, resolve},
                {2, pull_notices}};
    unsigned total = 0, at = 0;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        total += acts[i].weight;
    unsigned choice = below(total);
    while (choice >= acts[at].weight)
        choice -= acts[at++].weight;
    reasons_may_lack = false;
    acts[at].act();
}

/* All long work and every child's answer, until nobody waits for either: re-matches that failed come up again by themselves. */
static void settle(void)
{
    for (unsigned turn = 0; turn < 10000; turn++) {
        struct solve_request request;
        while (domain_has_work(domain))
            work();
        if (!child.is_out && !domain_next_solve(domain, &request)) {
            int64_t retry_ms = rematch_retry_due_ms(domain_state(domain));
            if (retry_ms == INT64_MAX)
                return;
            ck_assert_int_le(retry_ms, now_ms + RETRY_MS_MAX);
            wait_until(retry_ms > now_ms ? retry_ms : now_ms);
            continue;
        }
        let_child_answer();
        if (child.is_out)
            child.fails = false;
    }
    ck_abort_msg("long work does not end");
}

/* Nobody waits beside a seat that fits: in a published round no re-match is wanted, and another would find nothing. */
static void check_nobody_is_passed_over(void)
{
    EACH(RoundRecord, ROUND, round_id, round)
    {
        struct solve_request request = {.rematch = true};
        Stagematch__Internal__V1__SolveResult *result;
        struct buf bytes;
        if (round->state != ROUND_STATE(PUBLISHED))
            continue;
        ck_assert_uint_eq(round->rematch_from_seq, 0);
        memcpy(request.round_id, round->round_id.data, ID_BYTES);
        buf_init(&bytes, SOLVE_BYTES_MAX);
        ck_assert_int_eq(domain_solve(domain, &request, &bytes), ERR_OK);
        ck_assert_int_eq(
            message_unpack(&stagematch__internal__v1__solve_result__descriptor, buf_text(&bytes), &result), ERR_OK);
        ck_assert_uint_eq(result->n_matches, 0);
        message_free(result);
        buf_free(&bytes);
    }
}

static void begin(void)
{
    open_domain();
    memset(generation, 0, sizeof generation);
    seats_before_count = 0;
    stage_counter = release_stage = 0;
    child.is_out = false;
    for (unsigned i = 0; i < 1 + scale.people / ROWS_MAX; i++)
        hand_in_students();
    for (unsigned i = 0; i < 3 * PLACES; i++) {
        submit();
        change_placement();
    }
    create_round();
    for (unsigned i = 0; i < 40; i++)
        move_round();
}

static void restart(void)
{
    struct domain *fresh = reload();
    domain_free(domain);
    domain = fresh;
}

static void live(uint64_t seed, bool restarts, uint8_t out[32])
{
    journal_open(seed);
    begin();
    for (unsigned i = 0; i < scale.steps; i++) {
        step();
        write_changes();
        if (i % scale.settle_every == 0) {
            settle();
            write_changes();
            check_nobody_is_passed_over();
        }
        if (scale.asks_again)
            check_views();
        if (scale.watches_seats)
            check_placements();
        if (i % scale.check_every == 0)
            check_rules();
        if (i % scale.reload_every != 0)
            continue;
        check_reload();
        if (restarts)
            restart();
    }
    settle();
    write_changes();
    check_rules();
    check_nobody_is_passed_over();
    if (child.is_out)
        buf_free(&child.result);
    views_forget();
    journal_close(out);
    close_domain();
}

static void play_lives(struct scale of_life, uint64_t seed)
{
    uint8_t first[32], restarted[32];
    scale = of_life;
    live(seed, false, first);
    ck_assert_uint_gt(ledger_seq, 100); /* something happened */
    live(seed, true, restarted);
    ck_assert_mem_eq(first, restarted, sizeof first);
}

START_TEST(whatever_happens_in_a_small_market_the_rules_hold)
{
    play_lives((struct scale){.people = 30,
                              .steps = 2500,
                              .check_every = 4,
                              .settle_every = 25,
                              .reload_every = 101,
                              .capacity = 3,
                              .watches_seats = true},
               test_seed(20270401) + (unsigned)_i);
}
END_TEST

/* So many that publishing, cancelling and re-matches go in pieces, with everything else between them. */
START_TEST(an_answer_stays_what_it_is_until_one_of_its_views_changes)
{
    asked_count = kept_count = 0;
    play_lives((struct scale){.people = 30,
                              .steps = 1200,
                              .check_every = 100,
                              .settle_every = 25,
                              .reload_every = 101,
                              .capacity = 3,
                              .asks_again = true},
               test_seed(20270403) + (unsigned)_i);
    ck_assert_uint_gt(kept_count, asked_count / 4); /* views that change all the time would prove nothing */
}
END_TEST

START_TEST(whatever_happens_between_the_pieces_of_long_work_the_rules_hold)
{
    play_lives((struct scale){.people = PEOPLE_MAX,
                              .steps = 500,
                              .check_every = 25,
                              .settle_every = 90,
                              .reload_every = 100,
                              .capacity = 90},
               test_seed(20270402) + (unsigned)_i);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domain_market");
    TCase *tcase = tcase_create("domain_market");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, whatever_happens_in_a_small_market_the_rules_hold, 0, 4);
    tcase_add_loop_test(tcase, an_answer_stays_what_it_is_until_one_of_its_views_changes, 0, 4);
    tcase_add_loop_test(tcase, whatever_happens_between_the_pieces_of_long_work_the_rules_hold, 0, 1);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
