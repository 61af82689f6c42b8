#include "front/freshness.h"

#include "support/support.h"

#include <string.h>

typedef Stagematch__Internal__V1__Changed Changed;
typedef Stagematch__Internal__V1__Invalidation Invalidation;
typedef Stagematch__Internal__V1__Reply Reply;

static bool tell(struct freshness *freshness, uint64_t epoch, uint64_t version, uint32_t view, bool all)
{
    Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    changed.epoch = epoch;
    changed.version = version;
    changed.scopes = &view;
    changed.n_scopes = view ? 1 : 0;
    changed.all = all;
    return freshness_take(freshness, &changed);
}

static bool reply(struct freshness *freshness, const struct view_set *set, const uint64_t *versions, uint64_t *newest)
{
    Invalidation list[4], *pointers[4];
    Reply said = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    for (size_t i = 0; i < set->count; i++) {
        stagematch__internal__v1__invalidation__init(&list[i]);
        list[i].scope = set->views[i];
        list[i].version = versions[i];
        pointers[i] = &list[i];
    }
    said.invalidations = pointers;
    said.n_invalidations = set->count;
    return freshness_of_reply(freshness, &said, newest);
}

START_TEST(a_view_is_unknown_until_something_is_said_of_it)
{
    struct freshness *freshness;
    const struct view_set both = {{10, 20}, 2};
    uint64_t version = 0;
    ck_assert_int_eq(freshness_new(&freshness), ERR_OK);
    ck_assert(!freshness_of(freshness, &both, &version));
    ck_assert(!reply(freshness, &both, (uint64_t[]){5, 6}, &version)); /* there is no channel */
    ck_assert(tell(freshness, 1, 100, 0, true));
    ck_assert(!freshness_of(freshness, &both, &version));
    ck_assert(!tell(freshness, 1, 101, 10, false));
    ck_assert(!freshness_of(freshness, &both, &version)); /* of the other nothing is known yet */
    ck_assert(reply(freshness, &both, (uint64_t[]){101, 90}, &version));
    ck_assert_uint_eq(version, 101);
    ck_assert(freshness_of(freshness, &both, &version));
    ck_assert_uint_eq(version, 101);
    ck_assert(!freshness_of(freshness, &(struct view_set){.count = 0}, &version));
    freshness_free(freshness);
}
END_TEST

START_TEST(an_answer_from_before_a_change_is_old)
{
    struct freshness *freshness;
    const struct view_set one = {{10}, 1};
    uint64_t version = 0;
    ck_assert_int_eq(freshness_new(&freshness), ERR_OK);
    (void)tell(freshness, 1, 100, 0, true);
    ck_assert(!tell(freshness, 1, 120, 10, false));
    ck_assert(!reply(freshness, &one, (uint64_t[]){110}, &version));
    ck_assert_uint_eq(version, 110);
    ck_assert(reply(freshness, &one, (uint64_t[]){120}, &version));
    ck_assert(!freshness_is_after(freshness, &one, 120));
    ck_assert(!tell(freshness, 1, 121, 10, false));
    ck_assert(freshness_is_after(freshness, &one, 120));
    ck_assert(!tell(freshness, 1, 115, 10, false)); /* never back */
    ck_assert(freshness_of(freshness, &one, &version));
    ck_assert_uint_eq(version, 121);
    freshness_free(freshness);
}
END_TEST

START_TEST(another_epoch_or_no_channel_forgets_everything)
{
    struct freshness *freshness;
    const struct view_set one = {{10}, 1};
    uint64_t version = 0;
    ck_assert_int_eq(freshness_new(&freshness), ERR_OK);
    (void)tell(freshness, 1, 100, 0, true);
    (void)tell(freshness, 1, 101, 10, false);
    ck_assert(freshness_of(freshness, &one, &version));
    ck_assert(tell(freshness, 2, 102, 0, false));
    ck_assert(!freshness_of(freshness, &one, &version));
    (void)tell(freshness, 2, 103, 10, false);
    ck_assert(freshness_of(freshness, &one, &version));
    freshness_lost(freshness);
    ck_assert(!freshness_of(freshness, &one, &version));
    ck_assert_uint_eq(freshness->epoch, 0);
    freshness_free(freshness);
}
END_TEST

START_TEST(an_answer_that_rests_on_nothing_is_not_kept)
{
    struct freshness *freshness;
    uint64_t version = 7;
    ck_assert_int_eq(freshness_new(&freshness), ERR_OK);
    (void)tell(freshness, 1, 100, 0, true);
    ck_assert(!reply(freshness, &(struct view_set){.count = 0}, NULL, &version));
    ck_assert_uint_eq(version, 0);
    freshness_free(freshness);
}
END_TEST

RUN_TESTS("front/freshness", a_view_is_unknown_until_something_is_said_of_it, an_answer_from_before_a_change_is_old,
          another_epoch_or_no_channel_forgets_everything, an_answer_that_rests_on_nothing_is_not_kept)
