#include "domain/placement.h"
#include "domain/proposal.h"
#include "unit/domain/market_fixture.h"

#define STEP_REQUEST(type, prefix, record)                                                                           \
    char step_hex[ID_HEX_BYTES];                                                                                     \
    type request = prefix;                                                                                           \
    id_format_bytes((record)->placement_id, step_hex);                                                               \
    request.placement_id = step_hex;                                                                                 \
    request.version = (record)->version

static void *reopen(struct world *world, const struct caller *caller, const PlacementRecord *record)
{
    STEP_REQUEST(Stagematch__V1__ReopenPlacementRequest, STAGEMATCH__V1__REOPEN_PLACEMENT_REQUEST__INIT, record);
    return call(world, caller, METHOD_REOPEN_PLACEMENT, &request);
}

static void *publish(struct world *world, const struct caller *caller, const PlacementRecord *record)
{
    STEP_REQUEST(Stagematch__V1__PublishPlacementRequest, STAGEMATCH__V1__PUBLISH_PLACEMENT_REQUEST__INIT, record);
    return call(world, caller, METHOD_PUBLISH_PLACEMENT, &request);
}

static void *withdraw(struct world *world, const struct caller *caller, const PlacementRecord *record,
                      const char *reason)
{
    STEP_REQUEST(Stagematch__V1__WithdrawPlacementRequest, STAGEMATCH__V1__WITHDRAW_PLACEMENT_REQUEST__INIT, record);
    request.reason = reason;
    return call(world, caller, METHOD_WITHDRAW_PLACEMENT, &request);
}

static PlacementRecord *edit(struct world *world, const PlacementRecord *record)
{
    return state_edit(world->state, RECORD_PLACEMENT, text_of_bytes(record->placement_id));
}

START_TEST(a_placement_is_handed_in_changed_and_published)
{
    struct world world;
    world_open(&world);
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    Stagematch__V1__Placement *shown = submit(&world, &company, &placement);
    DONE(shown, &world);
    ck_assert_int_eq(shown->state, PLACEMENT_STATE(DRAFT));
    ck_assert_uint_eq(shown->version, 1);
    ck_assert_uint_eq(shown->criteria_version, 1);
    ck_assert_str_eq(shown->postcode, "1010");
    message_free(shown);
    shown = submit(&world, &company, &placement); /* the same */
    DONE(shown, &world);
    ck_assert_uint_eq(shown->version, 1);
    message_free(shown);
    placement.title = "Titel";
    shown = submit(&world, &company, &placement);
    DONE(shown, &world);
    ck_assert_uint_eq(shown->version, 2);
    ck_assert_uint_eq(shown->criteria_version, 1);
    message_free(shown);
    placement.hours_per_week = 40;
    shown = submit(&world, &company, &placement);
    DONE(shown, &world);
    ck_assert_uint_eq(shown->criteria_version, 2);
    message_free(shown);
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_uint_eq(record->n_earlier, 0); /* nothing rests on the first version */
    void *answer = publish(&world, &company, record);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_ptr_null(publish(&world, &company, record));
    ck_assert_str_eq(world.status.refusal->name, "wrong_state");
    world_close(&world);
}
END_TEST

START_TEST(others_get_not_found)
{
    struct world world;
    world_open(&world);
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    refused(&world, &company, METHOD_SUBMIT_PLACEMENT, &request, "missing_field", "placement");
    request.placement = &placement;
    refused(&world, &other_company, METHOD_SUBMIT_PLACEMENT, &request, "not_found", "leerbedrijf");
    placement.kvk = "x";
    refused(&world, &company, METHOD_SUBMIT_PLACEMENT, &request, "bad_kvk", "kvk");
    placement = placement_make("lb1", "p1");
    request.version = 3;
    refused(&world, &company, METHOD_SUBMIT_PLACEMENT, &request, "not_found", "version");
    message_free(submit(&world, &school_a, &placement));
    refused(&world, &company, METHOD_SUBMIT_PLACEMENT, &request, "stale_version", "version");
    request.version = 0;
    placement.title = "Titel";
    refused(&world, &school_b, METHOD_SUBMIT_PLACEMENT, &request, "not_found", "leerplaats");
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_str_eq(record->entered_by_school, SCHOOL_A);
    ck_assert_ptr_null(publish(&world, &school_b, record));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    ck_assert_ptr_null(withdraw(&world, &other_company, record, "gesloten"));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    Stagematch__V1__GetPlacementRequest get = STAGEMATCH__V1__GET_PLACEMENT_REQUEST__INIT;
    char hex[ID_HEX_BYTES];
    id_format_bytes(record->placement_id, hex);
    get.placement_id = hex;
    refused(&world, &other_company, METHOD_GET_PLACEMENT, &get, "not_found", NULL);
    refused(&world, &school_b, METHOD_GET_PLACEMENT, &get, "not_found", NULL);
    Stagematch__V1__GetPlacementResponse *answer = call(&world, &company, METHOD_GET_PLACEMENT, &get);
    DONE(answer, &world);
    ck_assert_str_eq(answer->placement->entered_by_school, SCHOOL_A);
    message_free(answer);
    placement = placement_make("lb1", "own");
    placement.entered_by_school = SCHOOL_B; /* not for the company to say */
    Stagematch__V1__Placement *own = submit(&world, &company, &placement);
    ck_assert_str_eq(own->entered_by_school, "");
    message_free(own);
    world_close(&world);
}
END_TEST

static size_t listed(struct world *world, const struct caller *caller, Stagematch__V1__PlacementState state)
{
    Stagematch__V1__ListPlacementsRequest request = STAGEMATCH__V1__LIST_PLACEMENTS_REQUEST__INIT;
    request.state = state;
    Stagematch__V1__ListPlacementsResponse *answer = call(world, caller, METHOD_LIST_PLACEMENTS, &request);
    DONE(answer, world);
    size_t count = answer->n_placements;
    message_free(answer);
    return count;
}

START_TEST(lists_show_the_own_and_what_is_published)
{
    struct world world;
    world_open(&world);
    Stagematch__V1__Placement draft = placement_make("lb1", "draft"), other = placement_make("lb9", "draft");
    message_free(submit(&world, &school_a, &draft));
    message_free(submit(&world, &other_company, &other));
    add_placement(&world, &company, "lb1", "p1", 1);
    add_placement(&world, &other_company, "lb9", "p1", 1);
    ck_assert_uint_eq(listed(&world, &company, PLACEMENT_STATE(UNSPECIFIED)), 2);
    ck_assert_uint_eq(listed(&world, &other_company, PLACEMENT_STATE(UNSPECIFIED)), 2);
    ck_assert_uint_eq(listed(&world, &school_a, PLACEMENT_STATE(UNSPECIFIED)), 3);
    ck_assert_uint_eq(listed(&world, &school_b, PLACEMENT_STATE(UNSPECIFIED)), 2);
    ck_assert_uint_eq(listed(&world, &school_a, PLACEMENT_STATE(DRAFT)), 1);
    ck_assert_uint_eq(listed(&world, &company, PLACEMENT_STATE(PUBLISHED)), 1);
    world_close(&world);
}
END_TEST

static size_t facts_of(struct world *world, const char *kind)
{
    struct changes changes;
    size_t count = 0;
    ck_assert_int_eq(state_take_changes(world->state, &changes), ERR_OK);
    for (size_t i = 0; i < changes.entry_count; i++)
        count += strcmp(changes.entries[i].kind, kind) == 0 ? 1 : 0;
    changes_free(&changes);
    return count;
}

START_TEST(a_change_of_criteria_keeps_what_a_round_rests_on)
{
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_uint_eq(record->seats_taken, 1);
    edit(&world, record)->candidate_shown = true;
    (void)facts_of(&world, "");
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    placement.hours_per_week = 40;
    message_free(submit(&world, &company, &placement));
    ck_assert_uint_eq(facts_of(&world, "criteria_changed"), 1);
    ck_assert_uint_eq(record->criteria_version, 2);
    ck_assert_uint_eq(record->n_earlier, 1);
    ck_assert(!record->candidate_shown);
    ck_assert_uint_eq(placement_criteria(record, 1)->hours_per_week, 36);
    placement.hours_per_week = 38;
    message_free(submit(&world, &company, &placement));
    ck_assert_uint_eq(facts_of(&world, "criteria_changed"), 0); /* nobody was shown under the second */
    ck_assert_uint_eq(record->criteria_version, 3);
    ck_assert_uint_eq(record->n_earlier, 1);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    ck_assert_uint_eq(record->n_earlier, 1); /* the proposal that ended still names it */
    world_close(&world);
}
END_TEST

START_TEST(seats_that_are_suspended_are_opened_by_the_company)
{
    struct world world;
    world_open(&world);
    add_placement(&world, &company, "lb1", "p1", 2);
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_ptr_null(reopen(&world, &company, record));
    ck_assert_str_eq(world.status.refusal->name, "wrong_state");
    edit(&world, record)->seats_suspended = 2;
    ck_assert_uint_eq(placement_free_seats(record), 0);
    ck_assert_ptr_null(reopen(&world, &other_company, record));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    void *answer = reopen(&world, &company, record);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(placement_free_seats(record), 2);
    world_close(&world);
}
END_TEST

START_TEST(after_a_pause_only_the_coordinator_opens)
{
    struct world world;
    world_open(&world);
    add_placement(&world, &school_a, "lb1", "p1", 2);
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    PlacementRecord *changed = edit(&world, record);
    changed->state = PLACEMENT_STATE(PAUSED);
    changed->anders_count = 2;
    ck_assert_int_eq(state_edited(world.state, RECORD_PLACEMENT, changed), ERR_OK);
    ck_assert_ptr_null(reopen(&world, &company, record));
    ck_assert_str_eq(world.status.refusal->name, "coordinator_reopens");
    ck_assert_ptr_null(reopen(&world, &school_b, record));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    void *answer = reopen(&world, &school_a, record);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_int_eq(record->state, PLACEMENT_STATE(PUBLISHED));
    ck_assert_uint_eq(record->anders_count, 0);
    world_close(&world);
}
END_TEST

START_TEST(a_pause_outlives_withdrawing_and_publishing_again)
{
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    (void)round_until(&world, ROUND_STATE(PUBLISHED));
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    PlacementRecord *changed = edit(&world, record);
    changed->state = PLACEMENT_STATE(PAUSED);
    changed->expiry_count = 2;
    changed->seats_suspended = 1;
    ck_assert_int_eq(state_edited(world.state, RECORD_PLACEMENT, changed), ERR_OK);
    void *answer = withdraw(&world, &company, record, "gesloten");
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(record->seats_suspended, 0);
    add_placement(&world, &company, "lb1", "p1", 1);
    ck_assert_int_eq(record->state, PLACEMENT_STATE(PAUSED));
    ck_assert_uint_eq(placement_free_seats(record), 0);
    answer = reopen(&world, &school_a, record);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(placement_free_seats(record), 1);
    world_close(&world);
}
END_TEST

START_TEST(withdrawing_ends_its_proposals_and_the_students_play_on)
{
    struct world world;
    world_open(&world);
    for (unsigned n = 0; n < 3; n++)
        add_student(&world, n, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 2);
    add_placement(&world, &other_company, "lb9", "p9", 3);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_uint_eq(record->seats_taken, 2);
    ck_assert_ptr_null(withdraw(&world, &company, record, ""));
    ck_assert_str_eq(world.status.field, "reason");
    ck_assert_ptr_null(withdraw(&world, &company, record, "gestopt"));
    ck_assert_str_eq(world.status.refusal->name, "reason_not_allowed");
    void *answer = withdraw(&world, &company, record, "gesloten");
    DONE(answer, &world);
    message_free(answer);
    ck_assert_int_eq(record->state, PLACEMENT_STATE(WITHDRAWN));
    ck_assert_uint_eq(record->seats_taken, 0);
    world_work(&world);
    ck_assert_uint_eq(placement_at(&world, "lb9", "p9")->seats_taken, 3);
    check_seats(&world);
    ck_assert_ptr_null(withdraw(&world, &company, record, "gesloten"));
    ck_assert_str_eq(world.status.refusal->name, "wrong_state");
    ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, 0);
    world_close(&world);
}
END_TEST

static size_t asked_to_publish(const struct world *world)
{
    return tasks_for(world, 0, NULL, TASK_KIND(PUBLISH_PLACEMENT));
}

START_TEST(a_draft_waits_for_whoever_entered_it)
{
    struct world world;
    world_open(&world);
    Stagematch__V1__Placement own = placement_make("lb1", "p1"), for_them = placement_make("lb2", "p2");
    message_free(submit(&world, &company, &own));
    own.title = "Titel";
    message_free(submit(&world, &company, &own)); /* a change: it waits still, and once */
    message_free(submit(&world, &school_b, &for_them));
    ck_assert_uint_eq(tasks_for(&world, ROLE(COMPANY), "lb1", TASK_KIND(PUBLISH_PLACEMENT)), 1);
    ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_B, TASK_KIND(PUBLISH_PLACEMENT)), 1);
    ck_assert_uint_eq(asked_to_publish(&world), 2);
    world_wait(&world, world.now_ms + (int64_t)40 * 24 * 3600 * 1000); /* nobody comes: it stays */
    ck_assert_uint_eq(asked_to_publish(&world), 2);
    message_free(publish(&world, &company, placement_at(&world, "lb1", "p1")));
    ck_assert_uint_eq(asked_to_publish(&world), 1);
    message_free(withdraw(&world, &school_b, placement_at(&world, "lb2", "p2"), "gesloten"));
    ck_assert_uint_eq(asked_to_publish(&world), 0);
    message_free(submit(&world, &school_b, &for_them)); /* a draft again */
    ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_B, TASK_KIND(PUBLISH_PLACEMENT)), 1);
    world_close(&world);
}
END_TEST

START_TEST(a_draft_of_a_file_is_listed_when_the_file_is_in)
{
    struct world world;
    Stagematch__Internal__V1__CommitPlacementsRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_PLACEMENTS_REQUEST__INIT;
    Stagematch__V1__ListTasksRequest list = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__Placement draft = placement_make("lb1", "p1"), *rows[] = {&draft};
    world_open(&world);
    request.placements = rows;
    request.n_placements = 1;
    request.last = true;
    void *answer = call(&world, &school_a, METHOD_COMMIT_PLACEMENTS, &request);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_A, TASK_KIND(PUBLISH_PLACEMENT)), 1);
    for (int hidden = 0; hidden < 2; hidden++) {
        PlacementRecord *record = edit(&world, placement_at(&world, "lb1", "p1"));
        ImportRecord *import = NULL;
        if (hidden) {
            ck_assert_int_eq(message_new(&stagematch__internal__v1__import_record__descriptor, &import), ERR_OK);
            import->state = IMPORT_STATE(RUNNING);
            ck_assert_int_eq(message_assign_bytes(&import->import_id, text_of("0123456789abcdef")), ERR_OK);
            ck_assert_int_eq(state_add(world.state, RECORD_IMPORT, &import->base), ERR_OK);
            ck_assert_int_eq(message_assign_bytes(&record->hidden_by, text_of("0123456789abcdef")), ERR_OK);
        }
        ck_assert_int_eq(state_edited(world.state, RECORD_PLACEMENT, record), ERR_OK);
        Stagematch__V1__ListTasksResponse *tasks = call(&world, &school_a, METHOD_LIST_TASKS, &list);
        DONE(tasks, &world);
        ck_assert_uint_eq(tasks->n_tasks, hidden ? 0 : 1);
        message_free(tasks);
    }
    world_close(&world);
}
END_TEST

RUN_TESTS("domain/placement", a_draft_waits_for_whoever_entered_it, a_draft_of_a_file_is_listed_when_the_file_is_in,
          a_placement_is_handed_in_changed_and_published, others_get_not_found,
          lists_show_the_own_and_what_is_published, a_change_of_criteria_keeps_what_a_round_rests_on,
          seats_that_are_suspended_are_opened_by_the_company, after_a_pause_only_the_coordinator_opens,
          a_pause_outlives_withdrawing_and_publishing_again, withdrawing_ends_its_proposals_and_the_students_play_on)
