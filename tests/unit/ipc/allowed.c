#include "ipc/allowed.h"

#include "support/support.h"

#include <string.h>

enum { ENGINE = 1, VAULT = 2 };

/* Of the internal methods: who may send them, and to whom. */
static const struct {
    enum method_id method;
    unsigned from_front, from_vault;
} internal[] = {
    {METHOD_AUTHENTICATE, VAULT, 0},
    {METHOD_STAGE_STUDENTS, VAULT, 0},
    {METHOD_COMMIT_STUDENTS, ENGINE, 0},
    {METHOD_COMMIT_PLACEMENTS, ENGINE, 0},
    {METHOD_STAGE_TEXT, VAULT, 0},
    {METHOD_COMMIT_WITH_TEXT, ENGINE, 0},
    {METHOD_FINALISE, VAULT, 0},
    {METHOD_RESOLVE_STAGE, 0, ENGINE},
    {METHOD_COMMIT_RELEASE, 0, ENGINE},
    {METHOD_CHECK_GRANT, 0, ENGINE},
    {METHOD_COMMIT_ERASURE, 0, ENGINE},
    {METHOD_COMMIT_REPORT, 0, ENGINE},
    {METHOD_FORGET_REPORT, 0, ENGINE},
    {METHOD_PULL_NOTICES, 0, ENGINE},
    {METHOD_PULL_DECISIONS, 0, ENGINE},
    {METHOD_LIST_RESULTS, ENGINE, 0},
    {METHOD_GET_METRICS, ENGINE | VAULT, 0},
    {METHOD_CHECK_CASE_TEXT, 0, ENGINE},
    {METHOD_COMMIT_CASE_EXPORT, ENGINE, 0},
};
enum { INTERNAL_COUNT = sizeof internal / sizeof internal[0] };

static unsigned expected_from_front(const struct method *method)
{
    for (size_t i = 0; i < INTERNAL_COUNT; i++)
        if (internal[i].method == method->id)
            return internal[i].from_front;
    if (method->target == TARGET_ENGINE || method->target == TARGET_SAGA_TEXT)
        return ENGINE;
    return method->target == TARGET_VAULT ? VAULT : 0;
}

static unsigned expected_from_vault(const struct method *method)
{
    for (size_t i = 0; i < INTERNAL_COUNT; i++)
        if (internal[i].method == method->id)
            return internal[i].from_vault;
    return method->id == METHOD_GET_LEDGER_HEAD ? ENGINE : 0;
}

START_TEST(every_method_goes_where_the_table_says_and_nowhere_else)
{
    for (int id = 0; id < METHOD_COUNT; id++) {
        const struct method *method = method_of((enum method_id)id);
        for (int from = 0; from < ROLE_NAME_COUNT; from++)
            for (int to = 0; to < ROLE_NAME_COUNT; to++) {
                unsigned bit = to == ROLE_ENGINE ? ENGINE : to == ROLE_VAULT ? VAULT : 0;
                unsigned expected = from == ROLE_FRONT   ? expected_from_front(method)
                                    : from == ROLE_VAULT ? expected_from_vault(method)
                                                         : 0;
                ck_assert_msg(
                    allowed_call((enum role_name)from, (enum role_name)to, method) == ((expected & bit) != 0),
                    "%s from %s to %s", method->path, role_text((enum role_name)from), role_text((enum role_name)to));
            }
    }
}
END_TEST

START_TEST(every_internal_method_is_in_this_test)
{
    size_t count = 0;
    for (int id = 0; id < METHOD_COUNT; id++)
        count += method_of((enum method_id)id)->target == TARGET_INTERNAL;
    ck_assert_uint_eq(count, INTERNAL_COUNT);
}
END_TEST

START_TEST(nobody_calls_the_front_and_the_engine_calls_nobody)
{
    for (int id = 0; id < METHOD_COUNT; id++)
        for (int role = 0; role < ROLE_NAME_COUNT; role++) {
            ck_assert(!allowed_call((enum role_name)role, ROLE_FRONT, method_of((enum method_id)id)));
            ck_assert(!allowed_call(ROLE_ENGINE, (enum role_name)role, method_of((enum method_id)id)));
        }
}
END_TEST

START_TEST(only_the_engine_tells_fronts_of_changes)
{
    for (int from = 0; from < ROLE_NAME_COUNT; from++)
        for (int to = 0; to < ROLE_NAME_COUNT; to++)
            ck_assert_int_eq(allowed_changed((enum role_name)from, (enum role_name)to),
                             from == ROLE_ENGINE && to == ROLE_FRONT);
}
END_TEST

RUN_TESTS("allowed", every_method_goes_where_the_table_says_and_nowhere_else, every_internal_method_is_in_this_test,
          nobody_calls_the_front_and_the_engine_calls_nobody, only_the_engine_tells_fronts_of_changes)
