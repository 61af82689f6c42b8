/* Whom rounds wait for, what happens when nobody comes, and what is left when a round fails. */
#include "domain/round.h"
#include "unit/domain/market_fixture.h"

#define DAYS(n) ((int64_t)(n)*24 * 3600 * 1000)

/* Two schools, whose students want the same place. */
static void people(struct world *world)
{
    world_open(world);
    for (unsigned n = 0; n < 4; n++)
        add_student(world, n, n % 2 ? SCHOOL_B : SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 2);
}

static size_t of_round(const struct world *world, const struct round_id *id)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, world->state, INDEX_TASK_ROUND, text_of_bytes(round_at(world, id)->round_id));
    while (scan_next(&scan))
        count++;
    return count;
}

static void check_both(const struct world *world, const struct round_id *id, Stagematch__V1__TaskKind kind)
{
    ck_assert_uint_eq(tasks_for(world, ROLE(COORDINATOR), SCHOOL_A, kind), 1);
    ck_assert_uint_eq(tasks_for(world, ROLE(COORDINATOR), SCHOOL_B, kind), 1);
    ck_assert_uint_eq(of_round(world, id), 2);
}

static Stagematch__V1__ListTasksResponse *list(struct world *world, const struct caller *caller)
{
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__ListTasksResponse *answer = call(world, caller, METHOD_LIST_TASKS, &request);
    DONE(answer, world);
    return answer;
}

/* The first task of this kind in the caller's list; free the list, whose it is. */
static const Stagematch__V1__Task *listed(const Stagematch__V1__ListTasksResponse *list,
                                          Stagematch__V1__TaskKind kind)
{
    for (size_t i = 0; i < list->n_tasks; i++)
        if (list->tasks[i]->kind == kind)
            return list->tasks[i];
    ck_abort_msg("a task is not listed: %d", (int)kind);
}

static bool complete(struct world *world, const struct caller *caller, Stagematch__V1__TaskKind kind)
{
    Stagematch__V1__ListTasksResponse *tasks = list(world, caller);
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    request.task_id = listed(tasks, kind)->task_id;
    void *answer = call(world, caller, METHOD_COMPLETE_TASK, &request);
    bool done = answer != NULL;
    message_free(answer);
    message_free(tasks);
    return done;
}

START_TEST(every_step_of_a_round_is_asked_of_each_school)
{
    static const struct {
        Stagematch__V1__RoundState state;
        Stagematch__V1__TaskKind kind;
    } steps[] = {{ROUND_STATE(DRAFT), TASK_KIND(OPEN_ROUND)},       {ROUND_STATE(OPEN), TASK_KIND(NONCE)},
                 {ROUND_STATE(SEALED), TASK_KIND(NONCE)},           {ROUND_STATE(REVEALED), TASK_KIND(SOLVE_ROUND)},
                 {ROUND_STATE(VERIFIED), TASK_KIND(PUBLISH_ROUND)}, {ROUND_STATE(PUBLISHED), TASK_KIND(CLOSE_ROUND)}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct world world;
        people(&world);
        struct round_id id = round_until(&world, steps[i].state);
        check_both(&world, &id, steps[i].kind);
        Stagematch__V1__ListTasksResponse *tasks = list(&world, &school_b);
        ck_assert_str_eq(listed(tasks, steps[i].kind)->round_id, id.hex);
        message_free(tasks);
        ck_assert(!complete(&world, &school_b, steps[i].kind)); /* it closes by the step alone */
        ck_assert_str_eq(world.status.refusal->name, "task_closes_itself");
        world_close(&world);
    }
}
END_TEST

START_TEST(while_the_service_is_at_work_nobody_is_asked)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SOLVING));
    ck_assert_uint_eq(of_round(&world, &id), 0);
    world_work(&world);
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    ck_assert_uint_eq(of_round(&world, &id), 0);
    world_close(&world);
}
END_TEST

START_TEST(sealing_is_asked_for_once_all_have_committed)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(OPEN));
    round_commit(&world, &school_a, SCHOOL_A, &id);
    ck_assert_uint_eq(of_round(&world, &id), 1);
    round_commit(&world, &school_b, SCHOOL_B, &id);
    check_both(&world, &id, TASK_KIND(SEAL_ROUND));
    round_commit(&world, &school_b, SCHOOL_B, &id); /* another time */
    check_both(&world, &id, TASK_KIND(SEAL_ROUND));
    round_step(&world, METHOD_SEAL_ROUND, &id);
    check_both(&world, &id, TASK_KIND(NONCE));
    world_close(&world);
}
END_TEST

START_TEST(a_round_that_nobody_takes_on_stays_in_the_lists)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(VERIFIED));
    Stagematch__V1__ListTasksResponse *tasks = list(&world, &school_a);
    ck_assert(!listed(tasks, TASK_KIND(PUBLISH_ROUND))->overdue);
    message_free(tasks);
    world_wait(&world, world.now_ms + DAYS(30));
    check_both(&world, &id, TASK_KIND(PUBLISH_ROUND));
    tasks = list(&world, &school_a);
    ck_assert(listed(tasks, TASK_KIND(PUBLISH_ROUND))->overdue);
    message_free(tasks);
    world_close(&world);
}
END_TEST

/* In an open round (0) and in a sealed one (1). */
START_TEST(a_school_that_keeps_its_nonce_is_told_of_to_the_other)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, _i ? ROUND_STATE(SEALED) : ROUND_STATE(OPEN));
    void (*say)(struct world *, const struct caller *, const char *, const struct round_id *) =
        _i ? round_reveal : round_commit;
    say(&world, &school_a, SCHOOL_A, &id);
    world_wait(&world, world.now_ms + DAYS(30));
    ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_B, TASK_KIND(NONCE)), 1);
    ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_B, TASK_KIND(ESCALATION)), 0);
    Stagematch__V1__ListTasksResponse *tasks = list(&world, &school_a);
    const Stagematch__V1__Task *task = listed(tasks, TASK_KIND(ESCALATION));
    ck_assert_str_eq(task->detail, _i ? "sealed" : "open");
    ck_assert_str_eq(task->round_id, id.hex);
    message_free(tasks);
    say(&world, &school_b, SCHOOL_B, &id); /* late, but it comes */
    check_both(&world, &id, _i ? TASK_KIND(SOLVE_ROUND) : TASK_KIND(SEAL_ROUND));
    world_close(&world);
}
END_TEST

START_TEST(an_escalation_of_a_round_may_be_closed_by_a_person)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(OPEN));
    round_commit(&world, &school_a, SCHOOL_A, &id);
    world_wait(&world, world.now_ms + DAYS(30));
    ck_assert(complete(&world, &school_a, TASK_KIND(ESCALATION)));
    ck_assert_uint_eq(of_round(&world, &id), 1); /* the nonce is waited for still */
    world_close(&world);
}
END_TEST

START_TEST(a_round_that_failed_is_told_to_each_school_until_somebody_says_so)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SOLVING));
    world_fail_solve(&world, "not_stable");
    world_work(&world);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(FAILED));
    check_both(&world, &id, TASK_KIND(ROUND_FAILED));
    ck_assert(complete(&world, &school_a, TASK_KIND(ROUND_FAILED)));
    ck_assert_uint_eq(of_round(&world, &id), 1);
    ck_assert(complete(&world, &school_b, TASK_KIND(ROUND_FAILED)));
    ck_assert_uint_eq(of_round(&world, &id), 0);
    world_close(&world);
}
END_TEST

START_TEST(a_round_that_is_over_asks_for_nothing)
{
    struct world world;
    people(&world);
    struct round_id id = round_until(&world, (Stagematch__V1__RoundState)_i);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(CANCELLED));
    ck_assert_uint_eq(of_round(&world, &id), 0);
    world_close(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domain/round_tasks");
    TCase *tcase = tcase_create("round_tasks");
    tcase_add_test(tcase, every_step_of_a_round_is_asked_of_each_school);
    tcase_add_test(tcase, while_the_service_is_at_work_nobody_is_asked);
    tcase_add_test(tcase, sealing_is_asked_for_once_all_have_committed);
    tcase_add_test(tcase, a_round_that_nobody_takes_on_stays_in_the_lists);
    tcase_add_loop_test(tcase, a_school_that_keeps_its_nonce_is_told_of_to_the_other, 0, 2);
    tcase_add_test(tcase, an_escalation_of_a_round_may_be_closed_by_a_person);
    tcase_add_test(tcase, a_round_that_failed_is_told_to_each_school_until_somebody_says_so);
    tcase_add_loop_test(tcase, a_round_that_is_over_asks_for_nothing, ROUND_STATE(DRAFT), ROUND_STATE(PUBLISHED) + 1);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
