/* Which views the changes of a state touch: of what a record was and of what it is. */
#include "domain/touched.h"

#include "api/views.h"
#include "core_fixture.h"

static struct changes changes;

static bool touches(enum view_kind kind, const char *name)
{
    uint32_t view = view_of(kind, text_of(name));
    for (size_t i = 0; i < changes.view_count; i++)
        if (changes.views[i] == view)
            return true;
    return changes.all_views;
}

static void take(void)
{
    changes_free(&changes);
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
}

static void open_market(void)
{
    open_domain();
    add_round(1, ROUND_MODE(BLIND));
    add_placement(2, "100001", 3, "99AB");
    add_stagevraag(3, 4, "99AA", 2, 2);
    take();
}

static void close_market(void)
{
    changes_free(&changes);
    close_domain();
}

START_TEST(nothing_changed_touches_nothing)
{
    open_market();
    take();
    ck_assert_uint_eq(changes.view_count, 0);
    ck_assert(!changes.all_views);
    close_market();
}
END_TEST

START_TEST(a_change_touches_its_owner_and_no_other)
{
    open_market();
    StagevraagRecord *record = state_edit(domain_state(domain), RECORD_STAGEVRAAG, key_of(3));
    record->version++;
    take();
    ck_assert(touches(VIEW_SCHOOL, "99AA"));
    ck_assert(!touches(VIEW_SCHOOL, "99AB") && !touches(VIEW_PLACEMENTS, "") && !touches(VIEW_SHOWN, ""));
    PlacementRecord *placement = state_edit(domain_state(domain), RECORD_PLACEMENT, key_of(2));
    placement->version++;
    take();
    ck_assert(touches(VIEW_LEERBEDRIJF, "100001") && touches(VIEW_PLACEMENTS, "") && touches(VIEW_SCHOOL, "99AB"));
    ck_assert(!touches(VIEW_SCHOOL, "99AA") && !touches(VIEW_LEERBEDRIJF, "100002"));
    close_market();
}
END_TEST

START_TEST(who_had_it_and_who_has_it_are_both_told)
{
    open_market();
    StagevraagRecord *record = state_edit(domain_state(domain), RECORD_STAGEVRAAG, key_of(3));
    ck_assert_int_eq(message_assign_string(&record->school, text_of("99AC")), ERR_OK);
    ck_assert_int_eq(state_edited(domain_state(domain), RECORD_STAGEVRAAG, record), ERR_OK);
    take();
    ck_assert(touches(VIEW_SCHOOL, "99AA") && touches(VIEW_SCHOOL, "99AC"));
    close_market();
}
END_TEST

START_TEST(what_is_removed_touches_who_had_it)
{
    open_market();
    ck_assert_int_eq(state_remove(domain_state(domain), RECORD_STAGEVRAAG, key_of(3)), ERR_OK);
    take();
    ck_assert(touches(VIEW_SCHOOL, "99AA"));
    close_market();
}
END_TEST

static void set_round_state(Stagematch__V1__RoundState to)
{
    RoundRecord *round = state_edit(domain_state(domain), RECORD_ROUND, key_of(1));
    round->state = to;
    ck_assert_int_eq(state_edited(domain_state(domain), RECORD_ROUND, round), ERR_OK);
}

START_TEST(what_is_shown_is_touched_when_it_changes_alone)
{
    open_market();
    set_round_state(ROUND_STATE(VERIFIED));
    take();
    ck_assert(!touches(VIEW_SHOWN, "")); /* from one state that shows to another */
    set_round_state(ROUND_STATE(PUBLISHING));
    take();
    ck_assert(touches(VIEW_SHOWN, ""));
    set_round_state(ROUND_STATE(PUBLISHING));
    take();
    ck_assert(!touches(VIEW_SHOWN, ""));
    set_round_state(ROUND_STATE(PUBLISHED));
    take();
    ck_assert(touches(VIEW_SHOWN, ""));
    set_round_state(ROUND_STATE(PUBLISHING));
    set_round_state(ROUND_STATE(PUBLISHED));
    take();
    ck_assert(!touches(VIEW_SHOWN, "")); /* nobody saw it in between */
    close_market();
}
END_TEST

START_TEST(beyond_what_can_be_named_everything_is_touched)
{
    struct touched *touched = calloc(1, sizeof *touched);
    StagevraagRecord record = STAGEMATCH__INTERNAL__V1__STAGEVRAAG_RECORD__INIT;
    char name[16];
    ck_assert_ptr_nonnull(touched);
    open_market();
    record.school = name;
    for (int i = 0; i < TOUCHED_MAX; i++)
        for (int again = 0; again < 2; again++) {
            (void)snprintf(name, sizeof name, "%d", i);
            touched_note(touched, domain_state(domain), RECORD_STAGEVRAAG, &record);
        }
    ck_assert_uint_eq(touched->count, TOUCHED_MAX);
    ck_assert(!touched->all);
    (void)snprintf(name, sizeof name, "one more");
    touched_note(touched, domain_state(domain), RECORD_STAGEVRAAG, &record);
    ck_assert(touched->all);
    touched_clear(touched);
    ck_assert(!touched->all && touched->count == 0);
    free(touched);
    close_market();
}
END_TEST

RUN_TESTS("domain/touched", nothing_changed_touches_nothing, a_change_touches_its_owner_and_no_other,
          who_had_it_and_who_has_it_are_both_told, what_is_removed_touches_who_had_it,
          what_is_shown_is_touched_when_it_changes_alone, beyond_what_can_be_named_everything_is_touched)
