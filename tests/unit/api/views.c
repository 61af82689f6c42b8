#include "api/views.h"

#include "stagematch/v1/common.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/task.pb-c.h"
#include "support/support.h"

#include <string.h>

#define ROLE(name) STAGEMATCH__V1__ROLE__ROLE_##name

static const char *const two[] = {"99AA", "99AB"};

static bool has(const struct view_set *set, uint32_t view)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->views[i] == view)
            return true;
    return false;
}

START_TEST(a_view_is_its_kind_and_name)
{
    ck_assert_uint_eq(view_of(VIEW_SCHOOL, text_of("99AA")), view_of(VIEW_SCHOOL, text_of("99AA")));
    ck_assert_uint_ne(view_of(VIEW_SCHOOL, text_of("99AA")), view_of(VIEW_SCHOOL, text_of("99AB")));
    ck_assert_uint_ne(view_of(VIEW_SCHOOL, text_of("99AA")), view_of(VIEW_TASKS, text_of("99AA")));
    for (int kind = 0; kind < VIEW_KIND_COUNT; kind++) {
        ck_assert_uint_ne(view_of((enum view_kind)kind, text_of("")), 0);
        ck_assert_uint_lt(view_place(view_of((enum view_kind)kind, text_of(""))), VIEW_PLACES);
    }
}
END_TEST

START_TEST(an_answer_rests_on_the_views_of_its_caller)
{
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    const struct method *method = method_of(METHOD_LIST_TASKS);
    struct view_set set;
    ck_assert(views_of_answer(method, &request, &(struct view_asker){ROLE(COORDINATOR), two, 2}, &set));
    ck_assert_uint_eq(set.count, 3);
    ck_assert(has(&set, view_of(VIEW_TASKS, text_of("99AA"))) && has(&set, view_of(VIEW_TASKS, text_of("99AB"))));
    ck_assert(has(&set, view_of(VIEW_SHOWN, text_of(""))));
    ck_assert(!views_of_answer(method, &request, &(struct view_asker){ROLE(STUDENT), two, 1}, &set));
    ck_assert(!views_of_answer(method, &request, &(struct view_asker){99, two, 1}, &set));
    ck_assert(!views_of_answer(method, &request, &(struct view_asker){0}, &set));
}
END_TEST

START_TEST(what_the_request_names_is_a_view_where_it_can_be_one)
{
    char id[] = "000102030405060708090a0b0c0d0e0f", none[] = "no id", large[] = "000102030405060708090A0B0C0D0E0F";
    const char bytes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Stagematch__V1__GetRoundRequest request = STAGEMATCH__V1__GET_ROUND_REQUEST__INIT;
    const struct view_asker asker = {ROLE(COORDINATOR), two, 1};
    struct view_set set;
    request.round_id = id;
    ck_assert(views_of_answer(method_of(METHOD_GET_ROUND), &request, &asker, &set));
    ck_assert_uint_eq(set.count, 1);
    ck_assert_uint_eq(set.views[0], view_of(VIEW_ROUND, (struct text){bytes, sizeof bytes}));
    request.round_id = none;
    ck_assert(!views_of_answer(method_of(METHOD_GET_ROUND), &request, &asker, &set));
    request.round_id = large;
    ck_assert(!views_of_answer(method_of(METHOD_GET_ROUND), &request, &asker, &set));
}
END_TEST

START_TEST(too_many_scopes_are_not_kept)
{
    const char *many[VIEWS_MAX + 1];
    Stagematch__V1__ListRoundsRequest request = STAGEMATCH__V1__LIST_ROUNDS_REQUEST__INIT;
    struct view_set set;
    for (size_t i = 0; i <= VIEWS_MAX; i++)
        many[i] = "99AA";
    ck_assert(views_of_answer(method_of(METHOD_LIST_ROUNDS), &request,
                              &(struct view_asker){ROLE(COORDINATOR), many, VIEWS_MAX}, &set));
    ck_assert(!views_of_answer(method_of(METHOD_LIST_ROUNDS), &request,
                               &(struct view_asker){ROLE(COORDINATOR), many, VIEWS_MAX + 1}, &set));
}
END_TEST

START_TEST(only_answers_of_the_engine_that_change_nothing_rest_on_views)
{
    for (int id = 0; id < METHOD_COUNT; id++) {
        const struct method *method = method_of((enum method_id)id);
        if (!views_has_method(method))
            continue;
        ck_assert_msg(method->target == TARGET_ENGINE, "%s", method->path);
        ck_assert_msg(!(method->flags & (METHOD_CHANGES | METHOD_SECRET | METHOD_STREAM)), "%s", method->path);
    }
}
END_TEST

RUN_TESTS("api/views", a_view_is_its_kind_and_name, an_answer_rests_on_the_views_of_its_caller,
          what_the_request_names_is_a_view_where_it_can_be_one, too_many_scopes_are_not_kept,
          only_answers_of_the_engine_that_change_nothing_rest_on_views)
