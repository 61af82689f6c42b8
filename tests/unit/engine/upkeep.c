#include "turn_fixture.h"

static void open_with_upkeep(struct fixture *fixture, struct clock_manual *manual)
{
    fixture_open(fixture, 256, manual);
    ck_assert_int_eq(upkeep_new(fixture->base, fixture->turns, &fixture->upkeep), ERR_OK);
}

/* Runs the loop until `condition` or for about 20 seconds. */
#define WAIT_FOR(fixture, condition)                                                                                 \
    do {                                                                                                             \
        for (int tries_ = 0; tries_ < 20000 && !(condition); tries_++) {                                             \
            event_base_loop((fixture)->base, EVLOOP_NONBLOCK);                                                       \
            usleep(1000);                                                                                            \
        }                                                                                                            \
        ck_assert(condition);                                                                                        \
    } while (0)

START_TEST(a_timer_runs_when_it_is_due_and_is_durable)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.due_ms = 1; /* long ago */
    reload(&fixture, false);
    WAIT_FOR(&fixture, is_stored(&fixture, "1"));
    ck_assert_uint_eq(fake.due_runs, 1);
    struct clock clock = clock_system();
    fake.due_ms = clock_wall_ms(&clock) + 60;
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fake.due_runs, 1);
    WAIT_FOR(&fixture, fake.due_runs == 2);
    fixture_close(&fixture);
}
END_TEST

START_TEST(long_work_goes_on_between_calls)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.work_left = 3000;
    reload(&fixture, false);
    for (int i = 0; i < 3; i++) {
        look(&fixture);
        wait_for_answers(&fixture);
    }
    ck_assert_uint_gt(fake.work_left, 0);
    WAIT_FOR(&fixture, fake.work_left == 0 && store_pending(fixture.store) == 0);
    ck_assert(is_stored(&fixture, "3000"));
    fixture_close(&fixture);
}
END_TEST

START_TEST(nothing_is_done_while_read_only)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.due_ms = 1;
    fake.work_left = fake.solves_wanted = 1;
    reload(&fixture, true);
    for (int i = 0; i < 5; i++) {
        look(&fixture);
        wait_for_answers(&fixture);
        usleep(10000);
    }
    ck_assert_uint_eq(fake.due_runs, 0);
    ck_assert_uint_eq(fake.work_left, 1);
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_round_is_solved_in_a_child)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solves_wanted = 2;
    reload(&fixture, false);
    WAIT_FOR(&fixture, fake.solved == 2);
    ck_assert_str_eq(fake.solve_result, "solved");
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 2);
    ck_assert_int_eq(upkeep_solver_numbers(fixture.upkeep).child, 0);
    fake.solve = SOLVE_MUCH;
    fake.solves_wanted = 1;
    upkeep_look(fixture.upkeep, &fixture.domain);
    WAIT_FOR(&fixture, fake.solved == 3);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_refusal_of_the_solver_is_final)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_REFUSE;
    fake.solves_wanted = 1;
    reload(&fixture, false);
    WAIT_FOR(&fixture, fake.solve_failures == 1);
    ck_assert_str_eq(fake.solve_failure, "not_stable");
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_child_that_dies_is_begun_again_a_few_times)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_DIE;
    fake.solves_wanted = 1;
    reload(&fixture, false);
    WAIT_FOR(&fixture, fake.solve_failures == 1);
    ck_assert_str_eq(fake.solve_failure, "killed");
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, SOLVER_ATTEMPTS_MAX);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_child_that_is_killed_once_is_no_failure)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_HANG;
    fake.solves_wanted = 1;
    reload(&fixture, false);
    WAIT_FOR(&fixture, upkeep_solver_numbers(fixture.upkeep).child != 0);
    for (int i = 0; i < 3; i++) { /* the loop goes on meanwhile */
        change(&fixture);
        wait_for_answers(&fixture);
    }
    fake.solve = SOLVE_WELL;
    ck_assert_int_eq(kill((pid_t)upkeep_solver_numbers(fixture.upkeep).child, SIGKILL), 0);
    WAIT_FOR(&fixture, fake.solved == 1);
    ck_assert_uint_eq(fake.solve_failures, 0);
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 2);
    fixture_close(&fixture);
}
END_TEST

struct solver_seen {
    int done;
    char failure[32];
    bool again;
};

static void solver_said(void *context, const struct solve_request *request, struct text result, const char *failure,
                        bool again)
{
    struct solver_seen *seen = context;
    (void)request;
    (void)result;
    seen->done++;
    seen->again = again;
    snprintf(seen->failure, sizeof seen->failure, "%s", failure ? failure : "");
}

START_TEST(a_child_that_takes_too_long_is_killed)
{
    struct fixture fixture;
    struct solver *solver;
    struct solver_seen seen = {0};
    const struct solve_request request = {.rematch = true};
    fixture_open(&fixture, 256, NULL);
    fake.solve = SOLVE_HANG;
    ck_assert_int_eq(solver_new(fixture.base, 1, solver_said, &seen, &solver), ERR_OK);
    for (int attempt = 1; attempt <= SOLVER_ATTEMPTS_MAX; attempt++) {
        ck_assert_int_eq(solver_start(solver, &fixture.domain, &request), ERR_OK);
        ck_assert_int_eq(solver_start(solver, &fixture.domain, &request), ERR_EXISTS);
        pid_t child = (pid_t)solver_read_numbers(solver).child;
        WAIT_FOR(&fixture, seen.done == attempt);
        ck_assert_str_eq(seen.failure, "timeout");
        ck_assert_int_eq(seen.again, attempt < SOLVER_ATTEMPTS_MAX);
        ck_assert_int_ne(kill(child, 0), 0);
    }
    ck_assert_int_eq(solver_start(solver, &fixture.domain, &request), ERR_OK);
    solver_stop(solver);
    ck_assert(!solver_is_busy(solver));
    solver_free(solver);
    fixture_close(&fixture);
}
END_TEST

START_TEST(the_child_has_no_lock_and_no_database)
{
    struct fixture fixture;
    struct solver *solver;
    struct solver_seen seen = {0};
    struct store *again;
    struct buf complaint;
    static const char *const tables[] = {"a", NULL};
    const struct solve_request request = {0};
    fixture_open(&fixture, 256, NULL);
    fake.solve = SOLVE_HANG;
    ck_assert_int_eq(solver_new(fixture.base, 30, solver_said, &seen, &solver), ERR_OK);
    ck_assert_int_eq(solver_start(solver, &fixture.domain, &request), ERR_OK);
    char path[64];
    int open_count = 99;
    for (int i = 0; i < 100 && open_count > 4; i++) { /* until it has closed them: 0, 1, 2 and the pipe */
        usleep(20000);
        open_count = 0;
        for (int fd = 0; fd < 256; fd++) {
            snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)solver_read_numbers(solver).child, fd);
            char target[8];
            open_count += readlink(path, target, sizeof target) > 0;
        }
    }
    ck_assert_int_le(open_count, 4);
    store_close(fixture.store);
    fixture.store = NULL;
    buf_init(&complaint, 1000);
    const struct store_options options = {.path = fixture.path, .tables = tables};
    ck_assert_int_eq(store_open(&options, fixture.base, &again, &complaint), ERR_OK); /* the lock is free at once */
    store_close(again);
    solver_free(solver);
    fixture_close(&fixture);
}
END_TEST

static void prove(struct fixture *fixture)
{
    send_call(fixture, METHOD_GET_ENTRY_PROOF);
}

/* Others are answered meanwhile; a round that is to be solved goes first. */
START_TEST(a_call_waits_for_what_is_made_apart)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solves_wanted = 1;
    reload(&fixture, false);
    for (int i = 0; i < 3; i++)
        prove(&fixture);
    change(&fixture);
    wait_for_answers(&fixture);
    ck_assert(fake.tree);
    ck_assert_str_eq(fixture.bodies[0], "1"); /* the change, which came last */
    ck_assert_str_eq(fixture.bodies[1], "2");
    ck_assert_uint_eq(fake.solved, 1);
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 2);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(fixture.codes[i], STATUS_OK);
    ck_assert_uint_eq(turns_read_numbers(fixture.turns).waiting, 0);
    prove(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 2);
    fixture_close(&fixture);
}
END_TEST

START_TEST(who_waits_hears_that_it_cannot_be_made)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_REFUSE;
    reload(&fixture, false);
    for (int i = 0; i < 2; i++)
        prove(&fixture);
    wait_for_answers(&fixture);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(fixture.codes[i], STATUS_UNAVAILABLE);
    ck_assert_uint_eq(upkeep_solver_numbers(fixture.upkeep).started, 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(nobody_waits_for_what_is_not_made)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_HANG;
    reload(&fixture, true);
    prove(&fixture); /* read-only: nothing is solved */
    wait_for_answers(&fixture);
    reload(&fixture, false);
    prove(&fixture);
    look(&fixture);
    while (fixture.answered < 2)
        ck_assert_int_eq(event_base_loop(fixture.base, EVLOOP_ONCE), 0);
    ck_assert_int_eq(fixture.codes[0], STATUS_UNAVAILABLE);
    ck_assert_int_eq(fixture.codes[1], STATUS_OK);
    WAIT_FOR(&fixture, upkeep_solver_numbers(fixture.upkeep).child != 0);
    upkeep_stop(fixture.upkeep);
    turns_close(fixture.turns);
    wait_for_answers(&fixture);
    ck_assert_int_eq(fixture.codes[2], STATUS_UNAVAILABLE);
    WAIT_FOR(&fixture, fixture.closed == 1);
    fixture_close(&fixture);
}
END_TEST

/* The domain is loaded again: what was made is gone, and made again for who waits. */
START_TEST(who_waits_does_so_for_the_next_domain)
{
    struct fixture fixture;
    open_with_upkeep(&fixture, NULL);
    fake.solve = SOLVE_HANG;
    reload(&fixture, false);
    prove(&fixture);
    WAIT_FOR(&fixture, upkeep_solver_numbers(fixture.upkeep).child != 0);
    fake.solve = SOLVE_WELL;
    fake.break_next = fixture.resumes = true;
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.failures, 1);
    ck_assert_int_eq(fixture.codes[0], STATUS_RESOURCE_EXHAUSTED);
    ck_assert_int_eq(fixture.codes[1], STATUS_OK);
    fixture_close(&fixture);
}
END_TEST

RUN_TESTS("engine/upkeep", a_call_waits_for_what_is_made_apart, who_waits_hears_that_it_cannot_be_made,
          nobody_waits_for_what_is_not_made, who_waits_does_so_for_the_next_domain,
          a_timer_runs_when_it_is_due_and_is_durable, long_work_goes_on_between_calls,
          nothing_is_done_while_read_only, a_round_is_solved_in_a_child, a_refusal_of_the_solver_is_final,
          a_child_that_dies_is_begun_again_a_few_times, a_child_that_is_killed_once_is_no_failure,
          a_child_that_takes_too_long_is_killed, the_child_has_no_lock_and_no_database)
