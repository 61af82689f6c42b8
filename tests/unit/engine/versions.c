/* Which fronts are told what, and when; and what answers say of how new they are. */
#include "engine/versions.h"

#include "engine/load.h"
#include "turn_fixture.h"

static void open_joined(struct fixture *fixture)
{
    fixture_open(fixture, 256, NULL);
    reload(fixture, false);
    ck_assert_int_eq(versions_join(fixture->versions, fixture->engine), ERR_OK);
}

static void wait_told(struct fixture *fixture, size_t count)
{
    while (fixture->told_count < count)
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
}

START_TEST(who_joins_hears_epoch_and_version_first)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    ck_assert(fixture.told.all);
    ck_assert_uint_ne(fixture.told.epoch, 0);
    ck_assert_uint_eq(fixture.told.version, versions_now(fixture.versions));
    uint64_t epoch = fixture.told.epoch, version = fixture.told.version;
    versions_restart(fixture.versions);
    wait_told(&fixture, 2);
    ck_assert(fixture.told.all);
    ck_assert_uint_ne(fixture.told.epoch, epoch);
    ck_assert_uint_gt(fixture.told.version, version);
    fixture_close(&fixture);
}
END_TEST

static void check_nothing_is_answered(struct fixture *fixture)
{
    ck_assert_uint_eq(fixture->answered, fixture->expected - 1);
}

START_TEST(a_change_is_told_before_its_answer)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    fake.views[0] = 11;
    fake.views[1] = 12;
    fake.view_count = 2;
    fixture.on_told = check_nothing_is_answered;
    for (size_t i = 1; i <= 20; i++) {
        change(&fixture);
        wait_for_answers(&fixture);
        ck_assert_uint_eq(fixture.told_count, 1 + i);
        ck_assert_uint_eq(fixture.told.version, versions_now(fixture.versions));
        ck_assert_uint_eq(fixture.told_views, 2);
    }
    ck_assert(!fixture.told.all);
    fixture_close(&fixture);
}
END_TEST

START_TEST(what_touches_nothing_and_what_only_reads_is_not_told)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    change(&fixture);
    look(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.told_count, 1);
    ck_assert_uint_eq(versions_read_numbers(fixture.versions).announced, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(too_many_views_are_told_as_all)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    fake.all_views = true;
    change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.told_count, 2);
    ck_assert(fixture.told.all);
    ck_assert_uint_eq(versions_read_numbers(fixture.versions).everything, 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(an_answer_says_which_version_it_saw)
{
    struct fixture fixture;
    open_joined(&fixture);
    uint64_t start = versions_now(fixture.versions);
    send_call(&fixture, METHOD_LIST_REASONS);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.stamp_count, 1);
    ck_assert_uint_eq(fixture.stamp_version, start);
    fake.views[0] = view_of(VIEW_CATALOG, text_of(""));
    fake.view_count = 1;
    change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.stamp_count, 0);
    send_call(&fixture, METHOD_LIST_REASONS);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.stamp_version, start + 1);
    fixture_close(&fixture);
}
END_TEST

/* Both are applied in one turn: the answer has seen the change, and says that it is from before. */
START_TEST(an_answer_behind_a_change_in_its_turn_is_taken_for_older)
{
    struct fixture fixture;
    fixture_open(&fixture, 256, NULL);
    uint64_t start = versions_now(fixture.versions);
    reload(&fixture, false);
    fake.views[0] = view_of(VIEW_CATALOG, text_of(""));
    fake.view_count = 1;
    change(&fixture);
    send_call(&fixture, METHOD_LIST_REASONS);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(turns_read_numbers(fixture.turns).turns, 1);
    ck_assert_str_eq(fixture.bodies[1], "1");
    ck_assert_uint_eq(fixture.stamp_version, start);
    ck_assert_uint_eq(versions_now(fixture.versions), start + 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_version_is_stored_with_its_turn)
{
    struct fixture fixture;
    uint64_t stored = 99;
    open_joined(&fixture);
    ck_assert_int_eq(load_version(fixture.store, &stored), ERR_OK);
    ck_assert_uint_eq(stored, 0);
    for (int i = 0; i < 5; i++)
        change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_int_eq(load_version(fixture.store, &stored), ERR_OK);
    ck_assert_uint_eq(stored, versions_now(fixture.versions));
    struct random_source random;
    struct versions *next;
    ck_assert_int_eq(random_system(&random), ERR_OK);
    ck_assert_int_eq(versions_new(&random, stored, &next), ERR_OK);
    ck_assert_uint_gt(versions_now(next), stored); /* after a restart every view counts as changed */
    struct view_set set = {{view_of(VIEW_CATALOG, text_of(""))}, 1};
    Stagematch__Internal__V1__Invalidation of_view;
    versions_of(next, &set, &of_view);
    ck_assert_uint_eq(of_view.version, versions_now(next));
    versions_free(next);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_turn_that_failed_is_not_told)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    fake.views[0] = 11;
    fake.view_count = 1;
    limit_files(0);
    change(&fixture);
    wait_for_answers(&fixture);
    limit_files(RLIM_INFINITY);
    ck_assert_uint_eq(fixture.told_count, 1);
    ck_assert_int_eq(fixture.codes[0], STATUS_UNAVAILABLE);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_channel_that_left_is_not_told_and_there_are_so_many)
{
    struct fixture fixture;
    open_joined(&fixture);
    wait_told(&fixture, 1);
    for (int i = 1; i < VERSIONS_FRONTS_MAX; i++)
        ck_assert_int_eq(versions_join(fixture.versions, fixture.engine), ERR_OK);
    ck_assert_int_eq(versions_join(fixture.versions, fixture.engine), ERR_RANGE);
    wait_told(&fixture, VERSIONS_FRONTS_MAX);
    ck_assert_uint_eq(versions_read_numbers(fixture.versions).fronts, VERSIONS_FRONTS_MAX);
    versions_leave(fixture.versions, fixture.engine);
    ck_assert_uint_eq(versions_read_numbers(fixture.versions).fronts, 0);
    fake.views[0] = 11;
    fake.view_count = 1;
    change(&fixture);
    wait_for_answers(&fixture);
    ck_assert_uint_eq(fixture.told_count, VERSIONS_FRONTS_MAX);
    fixture_close(&fixture);
}
END_TEST

RUN_TESTS("engine/versions", who_joins_hears_epoch_and_version_first, a_change_is_told_before_its_answer,
          what_touches_nothing_and_what_only_reads_is_not_told, too_many_views_are_told_as_all,
          an_answer_says_which_version_it_saw, an_answer_behind_a_change_in_its_turn_is_taken_for_older,
          a_version_is_stored_with_its_turn, a_turn_that_failed_is_not_told,
          a_channel_that_left_is_not_told_and_there_are_so_many)
