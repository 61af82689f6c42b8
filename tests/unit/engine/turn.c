#include "turn_fixture.h"

START_TEST(an_answer_comes_when_its_change_is_durable)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    fixture.check_durable = true;
    reload(&fixture, false);
    for (int i = 0; i < 50; i++) {
        change(&fixture);
        look(&fixture);
        if (i % 7 == 0)
            wait_for_answers(&fixture);
    }
    wait_for_answers(&fixture);
    for (size_t i = 0; i < fixture.answered; i++) {
        char expected[24];
        snprintf(expected, sizeof expected, "%zu", i / 2 + 1);
        ck_assert_int_eq(fixture.codes[i], STATUS_OK);
        ck_assert_str_eq(fixture.bodies[i], expected); /* in order, and a read sees what came before it */
    }
    ck_assert_uint_eq(store_ledger_head(fixture.store).seq, 50);
    fixture_close(&fixture);
}
END_TEST

START_TEST(calls_that_come_together_share_a_turn)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    reload(&fixture, false);
    for (int i = 0; i < 1000; i++)
        change(&fixture);
    wait_for_answers(&fixture);
    struct turns_numbers numbers = turns_read_numbers(fixture.turns);
    ck_assert_uint_eq(numbers.turn_calls, 1000);
    ck_assert_uint_ge(numbers.turns, 4); /* at most commands_max each */
    ck_assert_uint_le(numbers.turns, 300);
    ck_assert_uint_eq(numbers.in_flight, 0);
    ck_assert_uint_le(store_read_numbers(fixture.store).transactions, numbers.turns);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_turn_takes_at_most_commands_max)
{
    struct fixture fixture;
    struct clock_manual manual = {.wall_ms = 1000};
    fixture_open(&fixture, 10, &manual);
    for (int i = 0; i < 95; i++)
        change(&fixture);
    reload(&fixture, false);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(turns_read_numbers(fixture.turns).turn_calls, 95);
    ck_assert_uint_ge(turns_read_numbers(fixture.turns).turns, 10);
    fixture_close(&fixture);
}
END_TEST

START_TEST(reads_alone_commit_nothing)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    reload(&fixture, false);
    for (int i = 0; i < 20; i++)
        look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_str_eq(fixture.bodies[19], "0");
    ck_assert_uint_eq(store_read_numbers(fixture.store).commits, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(without_a_domain_calls_are_refused)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fixture.codes[0], STATUS_UNAVAILABLE);
    ck_assert_uint_eq(fake.applied, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_failed_commit_is_unavailable_and_then_read_only_until_it_is_over)
{
    enum { CALLS = 60 };
    struct fixture fixture;
    fixture_open(&fixture, 8, NULL);
    fixture.check_durable = fixture.resumes = true;
    reload(&fixture, false);
    change(&fixture);
    wait_for_answers(&fixture);
    limit_files(1024);
    for (int i = 0; i < CALLS; i++)
        change(&fixture);
    look(&fixture);
    wait_for_answers(&fixture);
    for (size_t i = 1; i <= CALLS; i++)
        ck_assert_int_eq(fixture.codes[i], STATUS_UNAVAILABLE);
    ck_assert_uint_eq(fixture.failures, 1);
    ck_assert(turns_read_numbers(fixture.turns).read_only);
    ck_assert(!turns_writable(fixture.turns));
    size_t begun = fixture.answered;
    look(&fixture); /* from what is durable */
    wait_for_answers(&fixture);
    ck_assert_str_eq(fixture.bodies[begun], "1");
    change(&fixture);
    send_call(&fixture, METHOD_LIST_CANDIDATES); /* notes what was seen */
    wait_for_answers(&fixture);
    ck_assert_int_eq(fixture.codes[begun + 1], STATUS_UNAVAILABLE);
    ck_assert_int_eq(fixture.codes[begun + 2], STATUS_UNAVAILABLE);
    ck_assert_int_ne(recover(&fixture), ERR_OK);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(recover(&fixture), ERR_OK);
    reload(&fixture, false);
    change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_str_eq(fixture.bodies[begun + 3], "2");
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_read_that_changes_something_while_read_only_is_not_told)
{
    struct fixture fixture;
    fixture_open(&fixture, 8, NULL);
    fixture.resumes = true;
    reload(&fixture, true);
    fake.read_changes = true;
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fixture.codes[0], STATUS_UNAVAILABLE);
    for (int i = 0; i < 10; i++)
        event_base_loop(fixture.base, EVLOOP_NONBLOCK);
    ck_assert_uint_eq(fixture.failures, 1);
    ck_assert_uint_eq(fixture.domain.number, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_domain_that_breaks_is_loaded_again)
{
    struct fixture fixture;
    fixture_open(&fixture, 8, NULL);
    fixture.check_durable = fixture.resumes = true;
    reload(&fixture, false);
    for (int i = 0; i < 8; i++)
        change(&fixture);
    wait_for_answers(&fixture);
    fake.break_next = true;
    for (int i = 0; i < 8; i++)
        change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fixture.codes[8], STATUS_RESOURCE_EXHAUSTED);
    ck_assert_uint_eq(fixture.failures, 1);
    ck_assert_int_eq(fixture.cause, ERR_MEMORY);
    for (int i = 9; i < 16; i++) { /* they waited for it */
        char expected[24];
        snprintf(expected, sizeof expected, "%d", i);
        ck_assert_str_eq(fixture.bodies[i], expected);
    }
    fixture_close(&fixture);
}
END_TEST

START_TEST(closing_ends_what_was_applied_and_refuses_the_rest)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    fixture.check_durable = true;
    reload(&fixture, false);
    change(&fixture);
    while (fake.applied == 0)
        event_base_loop(fixture.base, EVLOOP_ONCE);
    turns_close(fixture.turns);
    turns_close(fixture.turns);
    change(&fixture);
    wait_for_answers(&fixture);
    while (!fixture.closed)
        event_base_loop(fixture.base, EVLOOP_ONCE);
    for (int i = 0; i < 10; i++)
        event_base_loop(fixture.base, EVLOOP_NONBLOCK);
    ck_assert_uint_eq(fixture.closed, 1);
    ck_assert_uint_eq(fake.applied, 1);
    bool first_ok = fixture.codes[0] == STATUS_OK;
    ck_assert_int_eq(fixture.codes[first_ok ? 0 : 1], STATUS_OK);
    ck_assert_int_eq(fixture.codes[first_ok ? 1 : 0], STATUS_UNAVAILABLE);
    fixture_close(&fixture);
}
END_TEST

START_TEST(time_never_goes_back)
{
    struct fixture fixture;
    struct clock_manual manual = {.wall_ms = 5000};
    fixture_open(&fixture, 256, &manual);
    reload(&fixture, false);
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fake.last_now_ms, 5000);
    manual.wall_ms = 4000;
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fake.last_now_ms, 5000);
    manual.wall_ms = 6000;
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fake.last_now_ms, 6000);
    turns_resume(fixture.turns, &fixture.domain, false, 1, 9000); /* the newest entry's time */
    ck_assert_int_eq(turns_now_ms(fixture.turns), 9000);
    fixture_close(&fixture);
}
END_TEST

START_TEST(freeing_answers_everybody)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    reload(&fixture, false);
    for (int i = 0; i < 20; i++)
        change(&fixture);
    while (fake.applied < 20)
        event_base_loop(fixture.base, EVLOOP_ONCE);
    fixture_close(&fixture); /* under the address sanitizer nothing may be left or used twice */
}
END_TEST

RUN_TESTS("engine/turn", an_answer_comes_when_its_change_is_durable, calls_that_come_together_share_a_turn,
          a_turn_takes_at_most_commands_max, reads_alone_commit_nothing, without_a_domain_calls_are_refused,
          a_failed_commit_is_unavailable_and_then_read_only_until_it_is_over,
          a_read_that_changes_something_while_read_only_is_not_told, a_domain_that_breaks_is_loaded_again,
          closing_ends_what_was_applied_and_refuses_the_rest, time_never_goes_back, freeing_answers_everybody)
