#include "domain/stagevraag.h"

#include "unit/domain/market_fixture.h"

static struct caller student_caller(unsigned n)
{
    static char hex[4][ID_HEX_BYTES];
    static unsigned turn;
    char *own = hex[turn++ % 4];
    memcpy(own, student_hex(n), ID_HEX_BYTES);
    return (struct caller){ROLE(STUDENT), {own}};
}

static Stagematch__V1__SetPreferencesRequest preferences(const struct world *world, unsigned n)
{
    Stagematch__V1__SetPreferencesRequest request = STAGEMATCH__V1__SET_PREFERENCES_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(n);
    request.version = stagevraag_at(world, n)->version;
    return request;
}

static void *withdraw(struct world *world, const struct caller *caller, unsigned n, const char *reason)
{
    Stagematch__V1__WithdrawStagevraagRequest request = STAGEMATCH__V1__WITHDRAW_STAGEVRAAG_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(n);
    request.version = stagevraag_at(world, n)->version;
    request.reason = reason;
    return call(world, caller, METHOD_WITHDRAW_STAGEVRAAG, &request);
}

static void *elsewhere(struct world *world, const struct caller *caller, unsigned n, const char *placement_id)
{
    Stagematch__V1__PlaceElsewhereRequest request = STAGEMATCH__V1__PLACE_ELSEWHERE_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(n);
    request.version = stagevraag_at(world, n)->version;
    request.placement_id = placement_id;
    return call(world, caller, METHOD_PLACE_ELSEWHERE, &request);
}

static void *erase(struct world *world, const struct caller *caller, unsigned n, unsigned stage)
{
    Stagematch__Internal__V1__CommitErasureRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    uint8_t ref[ID_BYTES], id[ID_BYTES];
    fill_id(ref, 0x52, n);
    fill_id(id, 0x54, stage);
    request.student_ref = (ProtobufCBinaryData){ID_BYTES, ref};
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, id};
    return call(world, caller, METHOD_COMMIT_ERASURE, &request);
}

static void done(struct world *world, void *answer)
{
    DONE(answer, world);
    message_free(answer);
}

START_TEST(a_stagevraag_is_seen_by_its_school_and_its_student)
{
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    struct caller own = student_caller(1), other = student_caller(2);
    Stagematch__V1__GetStagevraagRequest request = STAGEMATCH__V1__GET_STAGEVRAAG_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(1);
    done(&world, call(&world, &school_a, METHOD_GET_STAGEVRAAG, &request));
    done(&world, call(&world, &own, METHOD_GET_STAGEVRAAG, &request));
    refused(&world, &school_b, METHOD_GET_STAGEVRAAG, &request, "not_found", NULL);
    refused(&world, &other, METHOD_GET_STAGEVRAAG, &request, "not_found", NULL);
    request.stagevraag_id = "geen id";
    refused(&world, &school_a, METHOD_GET_STAGEVRAAG, &request, "not_found", NULL);
    Stagematch__V1__ListMyStagevragenRequest mine = STAGEMATCH__V1__LIST_MY_STAGEVRAGEN_REQUEST__INIT;
    Stagematch__V1__ListMyStagevragenResponse *answer = call(&world, &own, METHOD_LIST_MY_STAGEVRAGEN, &mine);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->n_stagevragen, 1);
    message_free(answer);
    Stagematch__V1__ListStagevragenRequest list = STAGEMATCH__V1__LIST_STAGEVRAGEN_REQUEST__INIT;
    Stagematch__V1__ListStagevragenResponse *listed = call(&world, &school_b, METHOD_LIST_STAGEVRAGEN, &list);
    DONE(listed, &world);
    ck_assert_uint_eq(listed->n_stagevragen, 0);
    message_free(listed);
    world_close(&world);
}
END_TEST

START_TEST(preferences_are_versioned_and_checked)
{
    static char *wishes[] = {"lb1/p1"}, *bad[] = {"a/b/c"};
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    struct caller own = student_caller(1);
    Stagematch__V1__SetPreferencesRequest request = preferences(&world, 1);
    request.version = 9;
    refused(&world, &own, METHOD_SET_PREFERENCES, &request, "stale_version", "version");
    request.version = 0;
    refused(&world, &own, METHOD_SET_PREFERENCES, &request, "missing_field", "version");
    request = preferences(&world, 1);
    request.preferred = bad;
    request.n_preferred = 1;
    refused(&world, &own, METHOD_SET_PREFERENCES, &request, "bad_place_name", "preferred");
    request.preferred = wishes;
    Stagematch__V1__SetPreferencesResponse *answer = call(&world, &own, METHOD_SET_PREFERENCES, &request);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->stagevraag->version, 2);
    ck_assert_str_eq(answer->stagevraag->profile->preferred[0], "lb1/p1");
    message_free(answer);
    done(&world, withdraw(&world, &own, 1, "gestopt"));
    request = preferences(&world, 1);
    refused(&world, &own, METHOD_SET_PREFERENCES, &request, "wrong_state", NULL);
    world_close(&world);
}
END_TEST

static size_t tasks_about(const struct world *world, unsigned n)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, world->state, INDEX_TASK_STAGEVRAAG, text_of_bytes(stagevraag_at(world, n)->stagevraag_id));
    while (scan_next(&scan))
        count++;
    return count;
}

START_TEST(a_contest_is_a_task_until_the_school_settles_it)
{
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    struct caller own = student_caller(1);
    Stagematch__V1__ContestLevelRequest contest = STAGEMATCH__V1__CONTEST_LEVEL_REQUEST__INIT;
    contest.stagevraag_id = stagevraag_hex(1);
    contest.skill = "koken";
    refused(&world, &own, METHOD_CONTEST_LEVEL, &contest, "unknown_skill", "skill");
    contest.skill = "lassen";
    done(&world, call(&world, &own, METHOD_CONTEST_LEVEL, &contest));
    done(&world, call(&world, &own, METHOD_CONTEST_LEVEL, &contest));
    ck_assert_uint_eq(stagevraag_at(&world, 1)->n_contested_skills, 1);
    ck_assert_uint_eq(tasks_about(&world, 1), 1);
    Stagematch__V1__ResolveContestRequest resolve = STAGEMATCH__V1__RESOLVE_CONTEST_REQUEST__INIT;
    resolve.stagevraag_id = stagevraag_hex(1);
    resolve.skill = "koken";
    refused(&world, &school_a, METHOD_RESOLVE_CONTEST, &resolve, "not_contested", "skill");
    resolve.skill = "lassen";
    resolve.level = 6;
    refused(&world, &school_a, METHOD_RESOLVE_CONTEST, &resolve, "bad_value", "level");
    resolve.level = 5;
    refused(&world, &school_b, METHOD_RESOLVE_CONTEST, &resolve, "not_found", NULL);
    done(&world, call(&world, &school_a, METHOD_RESOLVE_CONTEST, &resolve));
    ck_assert_uint_eq(stagevraag_at(&world, 1)->profile->skills[0]->level, 5);
    ck_assert_uint_eq(stagevraag_at(&world, 1)->n_contested_skills, 0);
    ck_assert_uint_eq(tasks_about(&world, 1), 0);
    world_close(&world);
}
END_TEST

START_TEST(an_import_that_changes_the_level_settles_a_contest)
{
    struct world world;
    struct row row;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    struct caller own = student_caller(1);
    Stagematch__V1__ContestLevelRequest contest = STAGEMATCH__V1__CONTEST_LEVEL_REQUEST__INIT;
    contest.stagevraag_id = stagevraag_hex(1);
    contest.skill = "lassen";
    done(&world, call(&world, &own, METHOD_CONTEST_LEVEL, &contest));
    row_make(&row, 1, SCHOOL_A);
    row.skill.level = 4;
    done(&world, commit_rows(&world, &school_a, 5, 0, true, &row, 1));
    ck_assert_uint_eq(stagevraag_at(&world, 1)->n_contested_skills, 0);
    ck_assert_uint_eq(tasks_about(&world, 1), 0);
    world_close(&world);
}
END_TEST

START_TEST(withdrawing_needs_a_reason_and_ends_what_runs)
{
    struct world world;
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 1);
    round_until(&world, ROUND_STATE(PUBLISHED));
    struct caller own = student_caller(1);
    ck_assert_int_eq(stagevraag_at(&world, 1)->state, STAGEVRAAG_STATE(PROPOSED));
    ck_assert_ptr_null(withdraw(&world, &own, 1, ""));
    ck_assert_str_eq(world.status.field, "reason");
    ck_assert_ptr_null(withdraw(&world, &own, 1, "anders"));
    ck_assert_str_eq(world.status.refusal->name, "text_needed");
    ck_assert_ptr_null(withdraw(&world, &own, 1, "gesloten"));
    ck_assert_str_eq(world.status.refusal->name, "reason_not_allowed");
    done(&world, withdraw(&world, &own, 1, "gestopt"));
    ck_assert_int_eq(stagevraag_at(&world, 1)->state, STAGEVRAAG_STATE(WITHDRAWN));
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 0);
    ck_assert_ptr_null(withdraw(&world, &own, 1, "gestopt"));
    ck_assert_str_eq(world.status.refusal->name, "wrong_state");
    check_seats(&world);
    world_close(&world);
}
END_TEST

START_TEST(a_place_of_ours_that_was_found_takes_a_seat)
{
    struct world world;
    char hex[ID_HEX_BYTES];
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    add_student(&world, 2, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    id_format_bytes(record->placement_id, hex);
    ck_assert_ptr_null(elsewhere(&world, &school_a, 1, "00000000000000000000000000000000"));
    ck_assert_str_eq(world.status.field, "placement_id");
    done(&world, elsewhere(&world, &school_a, 1, hex));
    ck_assert_uint_eq(record->seats_taken, 1);
    ck_assert_ptr_null(elsewhere(&world, &school_a, 2, hex));
    ck_assert_str_eq(world.status.refusal->name, "no_seat");
    done(&world, elsewhere(&world, &school_a, 2, ""));
    ck_assert_int_eq(stagevraag_at(&world, 2)->state, STAGEVRAAG_STATE(PLACED_ELSEWHERE));
    check_seats(&world);
    ck_assert_int_eq(domain_restored(world.domain), ERR_OK);
    done(&world, withdraw(&world, &school_a, 1, "gestopt"));
    ck_assert_uint_eq(record->seats_taken, 0);
    check_seats(&world);
    world_close(&world);
}
END_TEST

START_TEST(offers_are_those_that_fit_best_first)
{
    struct world world;
    static char *other_study[] = {"25655"};
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, "lb1/far");
    Stagematch__V1__Placement place = placement_make("lb1", "far");
    static const struct {
        const char *leerplaats, *postcode;
    } near[] = {{"near", "1001"}, {"middle", "1015"}, {"far", "1025"}, {"beyond", "1090"}};
    for (size_t i = 0; i < 4; i++) {
        add_placement(&world, &company, "lb1", near[i].leerplaats, 1);
        place = placement_make("lb1", near[i].leerplaats);
        place.postcode = near[i].postcode;
        message_free(submit(&world, &company, &place));
    }
    add_placement(&world, &company, "lb1", "other", 1);
    place = placement_make("lb1", "other");
    place.qualifications = other_study;
    message_free(submit(&world, &company, &place));
    place = placement_make("lb1", "draft");
    message_free(submit(&world, &company, &place));
    struct caller own = student_caller(1);
    Stagematch__V1__ListOffersRequest request = STAGEMATCH__V1__LIST_OFFERS_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(1);
    Stagematch__V1__ListOffersResponse *answer = call(&world, &own, METHOD_LIST_OFFERS, &request);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->total_count, 3);
    ck_assert_uint_eq(answer->n_offers, 3);
    ck_assert_str_eq(answer->offers[0]->leerplaats, "far");
    ck_assert(answer->offers[0]->preferred);
    ck_assert_uint_eq(answer->offers[0]->distance_km, 25);
    ck_assert_str_eq(answer->offers[1]->leerplaats, "near");
    ck_assert_str_eq(answer->offers[2]->leerplaats, "middle");
    message_free(answer);
    request.page_size = 1;
    answer = call(&world, &school_a, METHOD_LIST_OFFERS, &request);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->n_offers, 1);
    ck_assert_uint_eq(answer->total_count, 3);
    message_free(answer);
    refused(&world, &school_b, METHOD_LIST_OFFERS, &request, "not_found", NULL);
    world_close(&world);
}
END_TEST

START_TEST(places_that_a_profile_names_are_told_by_name)
{
    struct world world;
    static char *excluded[] = {"lb1/draft", "lb1/gone", "lb2", "lb9", "lb9/none", "near"};
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, "lb1/near");
    static const struct caller company_2 = {ROLE(COMPANY), {"lb2"}};
    add_placement(&world, &company, "lb1", "near", 1);
    add_placement(&world, &company, "lb1", "gone", 1);
    add_placement(&world, &company_2, "lb2", "any", 1);
    Stagematch__V1__Placement place = placement_make("lb1", "near");
    place.title = "Leren lassen";
    message_free(submit(&world, &company, &place));
    place = placement_make("lb1", "gone");
    place.title = "Leren plannen";
    place.hours_per_week = 1; /* so it is no offer */
    message_free(submit(&world, &company, &place));
    place = placement_make("lb1", "draft");
    message_free(submit(&world, &company, &place));
    struct caller own = student_caller(1);
    Stagematch__V1__SetPreferencesRequest set = STAGEMATCH__V1__SET_PREFERENCES_REQUEST__INIT;
    static char *preferred[] = {"lb1/near"};
    set.stagevraag_id = stagevraag_hex(1);
    set.version = stagevraag_at(&world, 1)->version;
    set.preferred = preferred;
    set.n_preferred = 1;
    set.excluded = excluded;
    set.n_excluded = sizeof excluded / sizeof excluded[0];
    message_free(call(&world, &own, METHOD_SET_PREFERENCES, &set));
    Stagematch__V1__ListOffersRequest request = STAGEMATCH__V1__LIST_OFFERS_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(1);
    Stagematch__V1__ListOffersResponse *answer = call(&world, &own, METHOD_LIST_OFFERS, &request);
    DONE(answer, &world);
    static const char *const told[][2] = {{"lb1/near", "Leren lassen"}, {"lb1/gone", "Leren plannen"}, {"lb2", ""}};
    ck_assert_uint_eq(answer->n_names, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(answer->names[i]->code, told[i][0]);
        ck_assert_str_eq(answer->names[i]->title, told[i][1]);
        ck_assert_str_eq(answer->names[i]->company_name, "Bedrijf");
    }
    message_free(answer);
    world_close(&world);
}
END_TEST

static bool dump_has(const struct world *world, const void *bytes, size_t length)
{
    struct buf dump;
    world_dump(world, &dump);
    bool has = memmem(dump.data, dump.length, bytes, length) != NULL;
    buf_free(&dump);
    return has;
}

/* Answers that are kept for repeats and name an id. */
static size_t answers_about(const struct world *world, const char *hex)
{
    const AnswerRecord *answer;
    struct text after = {NULL, 0};
    size_t count = 0;
    while ((answer = state_next(world->state, RECORD_ANSWER, after)) != NULL) {
        count += memmem(answer->reply.data, answer->reply.len, hex, strlen(hex)) ? 1 : 0;
        after = text_of_bytes(answer->key);
    }
    return count;
}

/* One student with a running proposal, one placed elsewhere, answers kept, rows of a file under way. */
START_TEST(erasure_leaves_no_trace_of_the_profile)
{
    static char *tags[] = {"zeldzaam-kenmerk"};
    struct world world;
    struct row row, other;
    uint8_t ref[ID_BYTES];
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    row.profile.tags = tags;
    row.profile.n_tags = 1;
    done(&world, commit_rows(&world, &school_a, 1, 0, true, &row, 1));
    add_student(&world, 2, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 2);
    struct caller own = student_caller(1);
    Stagematch__V1__SetPreferencesRequest request = preferences(&world, 1);
    done(&world, call(&world, &own, METHOD_SET_PREFERENCES, &request));
    Stagematch__V1__ContestLevelRequest contest = STAGEMATCH__V1__CONTEST_LEVEL_REQUEST__INIT;
    contest.stagevraag_id = stagevraag_hex(1);
    contest.skill = "lassen";
    done(&world, call(&world, &own, METHOD_CONTEST_LEVEL, &contest));
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    row.profile.year = 4; /* keeps a sealed profile beside the new one */
    done(&world, commit_rows(&world, &school_a, 2, 0, true, &row, 1));
    row_make(&other, 3, SCHOOL_A);
    done(&world, commit_rows(&world, &school_a, 3, 0, false, &row, 1));
    done(&world, commit_rows(&world, &school_a, 3, 1, false, &other, 1));
    fill_id(ref, 0x52, 1);
    ck_assert_uint_gt(answers_about(&world, stagevraag_hex(1)), 0);
    ck_assert(dump_has(&world, tags[0], strlen(tags[0])));
    ck_assert(dump_has(&world, ref, sizeof ref));
    ck_assert_ptr_null(erase(&world, &school_b, 1, 1));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    done(&world, erase(&world, &school_a, 1, 1));
    ck_assert_ptr_null(stagevraag_at(&world, 1));
    ck_assert(!dump_has(&world, tags[0], strlen(tags[0])));
    ck_assert(!dump_has(&world, ref, sizeof ref));
    ck_assert(!dump_has(&world, student_hex(1), ID_HEX_BYTES - 1));
    ck_assert_uint_eq(answers_about(&world, stagevraag_hex(1)), 0);
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 1);
    check_seats(&world);
    uint64_t before = state_mutations(world.state);
    done(&world, erase(&world, &school_a, 1, 1)); /* a repeat */
    ck_assert_uint_eq(state_mutations(world.state), before);
    world_work(&world);
    ck_assert_int_eq(domain_restored(world.domain), ERR_OK);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 0);
    world_close(&world);
}
END_TEST

START_TEST(erasure_gives_back_a_seat_that_was_found)
{
    struct world world;
    char hex[ID_HEX_BYTES];
    world_open(&world);
    add_student(&world, 1, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    id_format_bytes(placement_at(&world, "lb1", "p1")->placement_id, hex);
    done(&world, elsewhere(&world, &school_a, 1, hex));
    done(&world, erase(&world, &school_a, 1, 1));
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 0);
    ck_assert_uint_eq(state_count(world.state, RECORD_STAGEVRAAG), 0);
    world_close(&world);
}
END_TEST

RUN_TESTS("domain/stagevraag", a_stagevraag_is_seen_by_its_school_and_its_student,
          preferences_are_versioned_and_checked, a_contest_is_a_task_until_the_school_settles_it,
          an_import_that_changes_the_level_settles_a_contest, withdrawing_needs_a_reason_and_ends_what_runs,
          a_place_of_ours_that_was_found_takes_a_seat, places_that_a_profile_names_are_told_by_name,
          offers_are_those_that_fit_best_first, erasure_leaves_no_trace_of_the_profile,
          erasure_gives_back_a_seat_that_was_found)
