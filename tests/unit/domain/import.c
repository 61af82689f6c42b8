#include "domain/import.h"
#include "unit/domain/market_fixture.h"

typedef Stagematch__Internal__V1__CommitStudentsResponse Committed;

static Stagematch__V1__GetImportResponse *get_import(struct world *world, const struct caller *caller, unsigned stage)
{
    Stagematch__V1__GetImportRequest request = STAGEMATCH__V1__GET_IMPORT_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    char hex[ID_HEX_BYTES];
    fill_id(id, 0x53, stage);
    sodium_bin2hex(hex, sizeof hex, id, sizeof id);
    request.import_id = hex;
    return call(world, caller, METHOD_GET_IMPORT, &request);
}

static void expect_counts(const Stagematch__V1__Import *import, uint64_t added, uint64_t changed, uint64_t same)
{
    ck_assert_uint_eq(import->new_count, added);
    ck_assert_uint_eq(import->changed_count, changed);
    ck_assert_uint_eq(import->same_count, same);
}

START_TEST(rows_are_new_changed_or_the_same)
{
    struct world world;
    struct row rows[3];
    world_open(&world);
    for (unsigned n = 0; n < 3; n++)
        row_make(&rows[n], n, SCHOOL_A);
    Committed *answer = commit_rows(&world, &school_a, 1, 0, true, rows, 2);
    DONE(answer, &world);
    ck_assert_int_eq(answer->import->state, IMPORT_STATE(DONE));
    expect_counts(answer->import, 2, 0, 0);
    message_free(answer);
    rows[0].profile.year = 3;
    answer = commit_rows(&world, &school_a, 2, 0, true, rows, 3);
    DONE(answer, &world);
    expect_counts(answer->import, 1, 1, 1);
    ck_assert_uint_eq(answer->import->row_count, 3);
    message_free(answer);
    ck_assert_uint_eq(stagevraag_at(&world, 0)->version, 2);
    ck_assert_uint_eq(stagevraag_at(&world, 1)->version, 1);
    ck_assert_uint_eq(stagevraag_at(&world, 0)->profile->year, 3);
    Stagematch__V1__GetImportResponse *got = get_import(&world, &school_a, 2);
    DONE(got, &world);
    expect_counts(got->import, 1, 1, 1);
    message_free(got);
    ck_assert_ptr_null(get_import(&world, &school_b, 2));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    world_close(&world);
}
END_TEST

/* Rows 0 and 8: counted as changed where the profile is the same, and nothing else of them changes. */
START_TEST(who_somebody_is_counts_as_changed_and_changes_nothing)
{
    enum { ROWS = 10 };
    struct world world;
    struct row rows[ROWS];
    uint8_t bits[] = {1, 1};
    const ProtobufCBinaryData changed = {sizeof bits, bits};
    world_open(&world);
    for (unsigned n = 0; n < ROWS; n++)
        row_make(&rows[n], n, SCHOOL_A);
    Committed *answer = commit_changed_rows(&world, &school_a, 1, 0, true, rows, ROWS - 1, changed);
    DONE(answer, &world);
    expect_counts(answer->import, ROWS - 1, 0, 0); /* who is new is new */
    message_free(answer);
    rows[8].profile.year = 3;
    for (int repeat = 0; repeat < 2; repeat++) {
        answer = commit_changed_rows(&world, &school_a, 2, 0, true, rows, ROWS, changed);
        DONE(answer, &world);
        expect_counts(answer->import, 1, 2, ROWS - 3);
        message_free(answer);
    }
    ck_assert_uint_eq(stagevraag_at(&world, 0)->version, 1);
    ck_assert_uint_eq(stagevraag_at(&world, 8)->version, 2);
    message_free(commit_changed_rows(&world, &school_a, 3, 0, false, rows, 5, changed));
    message_free(commit_changed_rows(&world, &school_a, 3, 1, true, rows + 5, ROWS - 5, changed));
    world_work(&world);
    Stagematch__V1__GetImportResponse *got = get_import(&world, &school_a, 3);
    DONE(got, &world);
    expect_counts(got->import, 0, 2, ROWS - 2); /* rows 0 and 5, the first of each chunk */
    message_free(got);
    static uint8_t too_many[126];
    const ProtobufCBinaryData long_bits = {sizeof too_many, too_many};
    ck_assert_ptr_null(commit_changed_rows(&world, &school_a, 4, 0, true, rows, 1, long_bits));
    ck_assert_str_eq(world.status.refusal->name, "chunk_size");
    world_close(&world);
}
END_TEST

START_TEST(a_repeat_gives_the_same_import_and_changes_nothing)
{
    struct world world;
    struct row row;
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    message_free(commit_rows(&world, &school_a, 1, 0, true, &row, 1));
    uint64_t before = state_mutations(world.state);
    Committed *answer = commit_rows(&world, &school_a, 1, 0, true, &row, 1);
    DONE(answer, &world);
    expect_counts(answer->import, 1, 0, 0);
    ck_assert_uint_eq(state_mutations(world.state), before);
    message_free(answer);
    world_close(&world);
}
END_TEST

START_TEST(an_import_is_known_for_thirty_days)
{
    struct world world;
    struct row row;
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    message_free(commit_rows(&world, &school_a, 1, 0, true, &row, 1));
    int64_t over_ms = world.now_ms + (int64_t)30 * 24 * 3600 * 1000;
    world_wait(&world, over_ms - 1);
    Stagematch__V1__GetImportResponse *got = get_import(&world, &school_a, 1);
    DONE(got, &world);
    message_free(got);
    world_wait(&world, over_ms);
    ck_assert_ptr_null(get_import(&world, &school_a, 1));
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT), 0);
    ck_assert_uint_eq(state_count(world.state, RECORD_STAGE), 0);
    ck_assert_uint_eq(state_count(world.state, RECORD_STAGEVRAAG), 1);
    world_close(&world);
}
END_TEST

START_TEST(a_bad_chunk_is_refused_whole)
{
    struct world world;
    struct row rows[2];
    world_open(&world);
    row_make(&rows[0], 0, SCHOOL_A);
    row_make(&rows[1], 1, SCHOOL_A);
    rows[1].profile.pc4 = "9999";
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, rows, 2));
    ck_assert_str_eq(world.status.refusal->name, "postcode_unknown");
    ck_assert_ptr_null(stagevraag_at(&world, 0));
    row_make(&rows[1], 1, SCHOOL_B);
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, rows, 2));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    ck_assert_str_eq(world.status.field, "school");
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, rows, 0));
    ck_assert_str_eq(world.status.refusal->name, "chunk_size");
    row_make(&rows[1], 0, SCHOOL_B); /* another school's stagevraag */
    message_free(commit_rows(&world, &school_b, 7, 0, true, &rows[1], 1));
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, rows, 1));
    ck_assert_str_eq(world.status.refusal->name, "bad_reference");
    row_make(&rows[0], 2, SCHOOL_A); /* a stagevraag of its own for another school's student */
    memcpy(rows[0].ref, rows[1].ref, ID_BYTES);
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, rows, 1));
    ck_assert_str_eq(world.status.refusal->name, "bad_reference");
    world_close(&world);
}
END_TEST

/* What the vault asks about a stage that it still has: unknown or open ones are fenced. */
static bool resolve(struct world *world, unsigned stage)
{
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    const struct caller vault = {0, {NULL}};
    uint8_t id[ID_BYTES];
    fill_id(id, 0x53, stage);
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, id};
    Stagematch__Internal__V1__ResolveStageResponse *answer = call(world, &vault, METHOD_RESOLVE_STAGE, &request);
    DONE(answer, world);
    bool committed = answer->committed;
    message_free(answer);
    return committed;
}

START_TEST(a_fenced_stage_is_never_committed)
{
    struct world world;
    struct row row;
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    ck_assert(!resolve(&world, 1));
    ck_assert_ptr_null(commit_rows(&world, &school_a, 1, 0, true, &row, 1));
    ck_assert_str_eq(world.status.refusal->name, "stage_given_up");
    ck_assert_ptr_null(stagevraag_at(&world, 1));
    message_free(commit_rows(&world, &school_a, 2, 0, false, &row, 1));
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT_CHUNK), 1);
    ck_assert(!resolve(&world, 2));
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT_CHUNK), 0);
    message_free(commit_rows(&world, &school_a, 3, 0, true, &row, 1));
    ck_assert(resolve(&world, 3));
    world_close(&world);
}
END_TEST

enum { LARGE = 2300 };

static struct row *large_file(void)
{
    struct row *rows = calloc(LARGE, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    for (unsigned n = 0; n < LARGE; n++)
        row_make(&rows[n], n, SCHOOL_A);
    return rows;
}

static size_t listed(struct world *world)
{
    Stagematch__V1__ListStagevragenRequest request = STAGEMATCH__V1__LIST_STAGEVRAGEN_REQUEST__INIT;
    size_t count = 0;
    char token[1024] = "";
    request.page_size = 1000;
    for (;;) {
        request.page_token = token;
        Stagematch__V1__ListStagevragenResponse *answer = call(world, &school_a, METHOD_LIST_STAGEVRAGEN, &request);
        DONE(answer, world);
        count += answer->n_stagevragen;
        ck_assert_uint_lt(strlen(answer->next_page_token), sizeof token);
        memcpy(token, answer->next_page_token, strlen(answer->next_page_token) + 1);
        message_free(answer);
        if (!token[0])
            return count;
    }
}

START_TEST(a_large_file_becomes_visible_all_at_once)
{
    struct world world;
    struct row *rows = large_file();
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    Committed *answer = commit_rows(&world, &school_a, 1, 2, true, rows + 2000, LARGE - 2000);
    ck_assert_ptr_null(answer);
    ck_assert_str_eq(world.status.refusal->name, "chunk_missing");
    for (uint32_t chunk = 0; chunk < 2; chunk++)
        message_free(commit_rows(&world, &school_a, 1, chunk, false, rows + (size_t)chunk * 1000, 1000));
    message_free(commit_rows(&world, &school_a, 1, 1, false, rows + 1000, 1000)); /* a repeat */
    ck_assert_uint_eq(state_count(world.state, RECORD_STAGEVRAAG), 0);
    answer = commit_rows(&world, &school_a, 1, 2, true, rows + 2000, LARGE - 2000);
    DONE(answer, &world);
    ck_assert_int_eq(answer->import->state, IMPORT_STATE(RUNNING));
    ck_assert_uint_eq(answer->import->row_count, LARGE);
    message_free(answer);
    for (int turn = 0; turn < 3; turn++) {
        ck_assert_uint_eq(listed(&world), 0);
        ck_assert(domain_has_work(world.domain));
        world_entropy(&world, entropy);
        (void)domain_work(world.domain, entropy, world.now_ms);
    }
    ck_assert_uint_eq(listed(&world), LARGE);
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT_CHUNK), 0);
    Stagematch__V1__GetImportResponse *got = get_import(&world, &school_a, 1);
    DONE(got, &world);
    ck_assert_int_eq(got->import->state, IMPORT_STATE(DONE));
    ck_assert_uint_eq(got->import->done_count, LARGE);
    expect_counts(got->import, LARGE, 0, 0);
    message_free(got);
    world_work(&world);
    ck_assert_uint_eq(stagevraag_at(&world, 5)->hidden_by.len, 0);
    ck_assert_uint_eq(listed(&world), LARGE);
    free(rows);
    world_close(&world);
}
END_TEST

START_TEST(a_restart_in_the_middle_changes_nothing)
{
    struct world world, again;
    struct row *rows = large_file();
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    for (uint32_t chunk = 0; chunk < 2; chunk++)
        message_free(commit_rows(&world, &school_a, 1, chunk, false, rows + (size_t)chunk * 1000, 1000));
    message_free(commit_rows(&world, &school_a, 1, 2, true, rows + 2000, LARGE - 2000));
    for (int turn = 0; turn < 1 + _i; turn++) {
        world_entropy(&world, entropy);
        (void)domain_work(world.domain, entropy, world.now_ms);
    }
    world_restart(&world, &again);
    world_work(&world);
    world_work(&again);
    check_same(&world, &again);
    free(rows);
    world_close(&world);
    world_close(&again);
}
END_TEST

START_TEST(rows_without_wishes_leave_those_of_the_student)
{
    struct world world;
    struct row row;
    static char *wishes[] = {"lb1/p1"};
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    message_free(commit_rows(&world, &school_a, 1, 0, true, &row, 1));
    Stagematch__V1__SetPreferencesRequest request = STAGEMATCH__V1__SET_PREFERENCES_REQUEST__INIT;
    const struct caller student = {ROLE(STUDENT), {student_hex(1)}};
    request.stagevraag_id = stagevraag_hex(1);
    request.version = 1;
    request.preferred = wishes;
    request.n_preferred = 1;
    message_free(call(&world, &student, METHOD_SET_PREFERENCES, &request));
    Committed *answer = commit_rows(&world, &school_a, 2, 0, true, &row, 1);
    DONE(answer, &world);
    expect_counts(answer->import, 0, 0, 1);
    message_free(answer);
    ck_assert_uint_eq(stagevraag_at(&world, 1)->profile->n_preferred, 1);
    world_close(&world);
}
END_TEST

static Stagematch__Internal__V1__CommitPlacementsResponse *commit_placements(struct world *world, const char *id,
                                                                             uint32_t chunk, bool last,
                                                                             Stagematch__V1__Placement *rows,
                                                                             size_t count)
{
    Stagematch__Internal__V1__CommitPlacementsRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_PLACEMENTS_REQUEST__INIT;
    Stagematch__V1__Placement **list = calloc(count + 1, sizeof(Stagematch__V1__Placement *));
    ck_assert_ptr_nonnull(list);
    for (size_t i = 0; i < count; i++)
        list[i] = &rows[i];
    request.chunk = chunk;
    request.last = last;
    request.publish = true;
    request.placements = list;
    request.n_placements = count;
    void *answer = call_with_id(world, &school_a, METHOD_COMMIT_PLACEMENTS, &request, id);
    free(list);
    return answer;
}

START_TEST(placements_count_together_and_are_published)
{
    enum { PLACES = 1500 };
    struct world world;
    static char names[PLACES][8];
    static const char id[] = "11111111-2222-4333-8444-555555555555";
    Stagematch__V1__Placement *rows = calloc(PLACES, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    world_open(&world);
    for (unsigned i = 0; i < PLACES; i++) {
        snprintf(names[i], sizeof names[i], "p%u", i);
        rows[i] = placement_make("lb1", names[i]);
    }
    Stagematch__Internal__V1__CommitPlacementsResponse *answer = commit_placements(&world, id, 0, false, rows, 1000);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(state_count(world.state, RECORD_PLACEMENT), 0);
    answer = commit_placements(&world, id, 1, true, rows + 1000, PLACES - 1000);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->new_count, PLACES);
    message_free(answer);
    uint8_t entropy[ENTROPY_BYTES];
    world_entropy(&world, entropy);
    (void)domain_work(world.domain, entropy, world.now_ms);
    ck_assert(!placement_is_visible(world.state, placement_at(&world, "lb1", "p0")));
    world_work(&world);
    ck_assert_uint_eq(state_count(world.state, RECORD_PLACEMENT), PLACES);
    const PlacementRecord *place = placement_at(&world, "lb1", "p1499");
    ck_assert_int_eq(place->state, PLACEMENT_STATE(PUBLISHED));
    ck_assert_str_eq(place->entered_by_school, SCHOOL_A);
    ck_assert(placement_is_visible(world.state, place));
    rows[3].title = "Anders";
    answer = commit_placements(&world, "21111111-2222-4333-8444-555555555555", 0, true, rows, 10);
    DONE(answer, &world);
    ck_assert_uint_eq(answer->changed_count, 1);
    ck_assert_uint_eq(answer->same_count, 9);
    message_free(answer);
    rows[4].kvk = "1";
    ck_assert_ptr_null(commit_placements(&world, "31111111-2222-4333-8444-555555555555", 0, true, rows, 10));
    ck_assert_str_eq(world.status.field, "kvk");
    free(rows);
    world_close(&world);
}
END_TEST

/* A file whose end never comes, of students or of placements, is given up after a day, and is not taken any more. */
START_TEST(a_file_that_is_not_sent_to_its_end_is_given_up)
{
    static const char id[] = "41111111-2222-4333-8444-555555555555";
    struct world world;
    struct row row;
    Stagematch__V1__Placement place = placement_make("lb1", "p1");
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    row_make(&row, 1, SCHOOL_A);
    void *answer = commit_rows(&world, &school_a, 3, 0, false, &row, 1);
    DONE(answer, &world);
    message_free(answer);
    answer = commit_placements(&world, id, 0, false, &place, 1);
    DONE(answer, &world);
    message_free(answer);
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT_CHUNK), 2);
    world.now_ms = domain_next_due_ms(world.domain);
    world_entropy(&world, entropy);
    while (domain_run_due(world.domain, entropy, world.now_ms, 10))
        world_entropy(&world, entropy);
    ck_assert_uint_eq(state_count(world.state, RECORD_IMPORT_CHUNK), 0);
    ck_assert_ptr_null(commit_rows(&world, &school_a, 3, 1, true, &row, 1));
    ck_assert_str_eq(world.status.refusal->name, "stage_given_up");
    ck_assert_ptr_null(commit_placements(&world, id, 1, true, &place, 1));
    ck_assert_str_eq(world.status.refusal->name, "stage_given_up");
    world_close(&world);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_file_that_is_not_sent_to_its_end_is_given_up,
                                  rows_are_new_changed_or_the_same,
                                  who_somebody_is_counts_as_changed_and_changes_nothing,
                                  a_repeat_gives_the_same_import_and_changes_nothing,
                                  an_import_is_known_for_thirty_days,
                                  a_bad_chunk_is_refused_whole,
                                  a_fenced_stage_is_never_committed,
                                  a_large_file_becomes_visible_all_at_once,
                                  rows_without_wishes_leave_those_of_the_student,
                                  placements_count_together_and_are_published};
    Suite *suite = suite_create("domain/import");
    TCase *cases = tcase_create("import");
    tcase_set_timeout(cases, 60);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(cases, tests[i]);
    tcase_add_loop_test(cases, a_restart_in_the_middle_changes_nothing, 0, 5);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
