#include "domain/round.h"
#include "base/digest.h"
#include "domain/export_lines.h"
#include "match/round.h"
#include "unit/domain/market_fixture.h"

/* Six students of two schools who want the same place first; four places. */
static void people(struct world *world)
{
    for (unsigned n = 0; n < 6; n++)
        add_student(world, n, n % 2 ? SCHOOL_B : SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 1);
    add_placement(world, &school_a, "lb2", "p2", 2);
    add_placement(world, &school_b, "lb3", "p3", 1);
}

static size_t proposals(const struct world *world)
{
    return state_count(world->state, RECORD_PROPOSAL);
}

static size_t tasks_of_round(const struct world *world, const struct round_id *id)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, world->state, INDEX_TASK_ROUND, text_of_bytes(round_at(world, id)->round_id));
    while (scan_next(&scan))
        count++;
    return count;
}

START_TEST(a_round_of_two_schools_becomes_proposals)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_create(&world);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(DRAFT));
    round_step(&world, METHOD_OPEN_ROUND, &id);
    ck_assert_uint_eq(tasks_of_round(&world, &id), 2);
    round_commit(&world, &school_a, SCHOOL_A, &id);
    ck_assert_uint_eq(tasks_of_round(&world, &id), 1);
    round_commit(&world, &school_b, SCHOOL_B, &id);
    round_step(&world, METHOD_SEAL_ROUND, &id);
    const RoundRecord *round = round_at(&world, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(SEALED));
    ck_assert_uint_eq(round->student_count, 6);
    ck_assert_uint_eq(round->placement_count, 3);
    ck_assert_uint_eq(round->seat_count, 4);
    ck_assert_uint_eq(round->input_digest.len, 32);
    ck_assert_uint_eq(tasks_of_round(&world, &id), 2);
    round_reveal(&world, &school_b, SCHOOL_B, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(SEALED));
    round_reveal(&world, &school_a, SCHOOL_A, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(REVEALED));
    round_step(&world, METHOD_SOLVE_ROUND, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(SOLVING));
    world_work(&world);
    ck_assert_int_eq(round->state, ROUND_STATE(VERIFIED));
    ck_assert_uint_eq(round->matched_count, 4);
    ck_assert_uint_eq(proposals(&world), 0);
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    ck_assert(!round_is_visible(world.state, round->round_id));
    world_work(&world);
    ck_assert_int_eq(round->state, ROUND_STATE(PUBLISHED));
    ck_assert_uint_eq(proposals(&world), 4);
    ck_assert_uint_eq(round->published_count, 4);
    check_seats(&world);
    ck_assert_int_eq(domain_restored(world.domain), ERR_OK);
    world_close(&world);
}
END_TEST

/* Plays the sealed input of a solved round by hand. */
static void play_again(const struct world *world, const RoundRecord *round, struct round_input *input,
                       struct round_result *result)
{
    struct geography geography = {fixture_point, NULL};
    struct match_rules rules = {(int32_t)round->slack_days, round->list_max, round->band_width};
    struct built_market built;
    ck_assert_int_eq(round_sealed_input(world->state, round, input), ERR_OK);
    ck_assert_int_eq(market_build(input, &geography, &built), ERR_OK);
    ck_assert_int_eq(market_build_draw(&built, input, round->seed.data), ERR_OK);
    ck_assert_int_eq(round_run(&built.market, &rules, 2, NULL, result), ERR_OK);
    built_market_free(&built);
}

START_TEST(the_result_is_that_of_round_run)
{
    struct world world;
    struct round_input input;
    struct round_result result;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(VERIFIED));
    const RoundRecord *round = round_at(&world, &id);
    play_again(&world, round, &input, &result);
    struct scan scan;
    scan_id(&scan, world.state, INDEX_CHUNK_ROUND, text_of_bytes(round->round_id));
    const MatchChunkRecord *chunk = scan_next(&scan);
    ck_assert_ptr_nonnull(chunk);
    size_t at = 0;
    for (size_t s = 0; s < result.student_count; s++) {
        const struct student_outcome *outcome = &result.outcomes[s];
        if (outcome->place == PLACE_NONE)
            continue;
        const MatchRecord *match = chunk->matches[at++];
        ck_assert(bytes_equal(match->stagevraag_id, input.students[s].record->stagevraag_id));
        ck_assert(bytes_equal(match->placement_id, input.places[outcome->place].record->placement_id));
        ck_assert_uint_eq(match->rank, outcome->rank);
        ck_assert_uint_eq(match->score, outcome->score);
        ck_assert_uint_eq(match->band, outcome->band);
        ck_assert_uint_eq(match->distance_m, outcome->distance_m);
    }
    ck_assert_uint_eq(at, chunk->n_matches);
    round_result_free(&result);
    round_input_free(&input);
    world_close(&world);
}
END_TEST

START_TEST(the_seed_is_the_hash_that_is_declared)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SOLVING));
    const RoundRecord *round = round_at(&world, &id);
    crypto_hash_sha256_state hash;
    uint8_t nonce[32], expected[32];
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const unsigned char *)"stagematch/v1/seed", 18);
    crypto_hash_sha256_update(&hash, round->input_digest.data, 32);
    nonce_of(SCHOOL_B, nonce); /* 04FO before 25PT */
    crypto_hash_sha256_update(&hash, nonce, 32);
    nonce_of(SCHOOL_A, nonce);
    crypto_hash_sha256_update(&hash, nonce, 32);
    crypto_hash_sha256_final(&hash, expected);
    ck_assert_mem_eq(round->seed.data, expected, 32);
    world_close(&world);
}
END_TEST

START_TEST(two_domains_fed_the_same_are_the_same)
{
    struct buf first, second;
    for (int turn = 0; turn < 2; turn++) {
        struct world world;
        world_open(&world);
        people(&world);
        round_until(&world, ROUND_STATE(PUBLISHED));
        world_dump(&world, turn ? &second : &first);
        world_close(&world);
    }
    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    buf_free(&first);
    buf_free(&second);
}
END_TEST

/* What a coördinator and a company may still change after sealing. */
static void change_everything(struct world *world)
{
    struct row row;
    row_make(&row, 0, SCHOOL_A);
    row.profile.hours_per_week = 8;
    row.profile.max_km = 1;
    row.skill.level = 0;
    void *answer = commit_rows(world, &school_a, 77, 0, true, &row, 1);
    DONE(answer, world);
    message_free(answer);
    Stagematch__V1__SetPreferencesRequest request = STAGEMATCH__V1__SET_PREFERENCES_REQUEST__INIT;
    char *excluded[] = {"lb1"};
    request.stagevraag_id = stagevraag_hex(2);
    request.version = stagevraag_at(world, 2)->version;
    request.excluded = excluded;
    request.n_excluded = 1;
    answer = call(world, &school_a, METHOD_SET_PREFERENCES, &request);
    DONE(answer, world);
    message_free(answer);
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    placement.hours_per_week = 1;
    placement.capacity = 9;
    placement.company_name = "Anders";
    message_free(submit(world, &company, &placement));
    add_student(world, 50, SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p9", 5);
}

static void digest_again(const struct world *world, const RoundRecord *round, uint8_t digest[32])
{
    struct round_input input;
    uint8_t root[DIGEST_BYTES];
    ck_assert_int_eq(round_sealed_input(world->state, round, &input), ERR_OK);
    ck_assert_int_eq(export_digest(&input, digest, root), ERR_OK);
    ck_assert_uint_eq(round->entries_root.len, sizeof root);
    ck_assert_mem_eq(root, round->entries_root.data, sizeof root);
    round_input_free(&input);
}

START_TEST(edits_after_sealing_change_neither_digest_nor_result)
{
    struct buf matches[2];
    for (int turn = 0; turn < 2; turn++) {
        struct world world;
        uint8_t digest[32];
        world_open(&world);
        people(&world);
        struct round_id id = round_until(&world, ROUND_STATE(SEALED));
        const RoundRecord *round = round_at(&world, &id);
        if (turn)
            change_everything(&world);
        digest_again(&world, round, digest);
        ck_assert_mem_eq(digest, round->input_digest.data, 32);
        round_reveal(&world, &school_a, SCHOOL_A, &id);
        round_reveal(&world, &school_b, SCHOOL_B, &id);
        round_step(&world, METHOD_SOLVE_ROUND, &id);
        world_work(&world);
        buf_init(&matches[turn], 1 << 20);
        ck_assert_int_eq(state_each(world.state, RECORD_MATCH_CHUNK, dump_record, &matches[turn]), ERR_OK);
        round_step(&world, METHOD_PUBLISH_ROUND, &id);
        world_work(&world);
        digest_again(&world, round, digest);
        ck_assert_mem_eq(digest, round->input_digest.data, 32);
        check_seats(&world);
        world_close(&world);
    }
    ck_assert_uint_eq(matches[0].length, matches[1].length);
    ck_assert_mem_eq(matches[0].data, matches[1].data, matches[0].length);
    buf_free(&matches[0]);
    buf_free(&matches[1]);
}
END_TEST

static void check_let_go(const struct world *world)
{
    const StagevraagRecord *student;
    struct text after = {NULL, 0};
    while ((student = state_next(world->state, RECORD_STAGEVRAAG, after)) != NULL) {
        ck_assert_uint_eq(student->round_id.len, 0);
        ck_assert_ptr_null(student->sealed_profile);
        ck_assert_int_eq(student->state, STAGEVRAAG_STATE(FREE));
        ck_assert_uint_eq(student->proposal_id.len, 0);
        after = text_of_bytes(student->stagevraag_id);
    }
    ck_assert_uint_eq(state_count(world->state, RECORD_MATCH_CHUNK), 0);
    const PlacementRecord *place;
    after = (struct text){NULL, 0};
    while ((place = state_next(world->state, RECORD_PLACEMENT, after)) != NULL) {
        ck_assert_uint_eq(place->round_id.len, 0);
        ck_assert_uint_eq(place->seats_taken, 0);
        ck_assert_uint_eq(place->n_earlier, 0);
        after = text_of_bytes(place->placement_id);
    }
}

START_TEST(cancelled_in_any_state_everybody_is_free_again)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, (Stagematch__V1__RoundState)_i);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(CANCELLED));
    ck_assert_uint_eq(tasks_of_round(&world, &id), 0);
    check_let_go(&world);
    /* and they can play another one; the pairs of the round that was cancelled are not barred by it */
    struct round_id next = round_until(&world, ROUND_STATE(PUBLISHED));
    ck_assert_uint_eq(round_at(&world, &next)->matched_count, 4);
    ck_assert_int_eq(domain_restored(world.domain), ERR_OK);
    world_close(&world);
}
END_TEST

START_TEST(a_result_for_a_cancelled_round_is_passed_over)
{
    struct world world;
    struct solve_request request;
    struct buf result;
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SOLVING));
    ck_assert(domain_next_solve(world.domain, &request));
    buf_init(&result, 1 << 20);
    ck_assert_int_eq(domain_solve(world.domain, &request, &result), ERR_OK);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_entropy(&world, entropy);
    domain_solved(world.domain, &request, buf_text(&result), NULL, entropy, world.now_ms);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(CANCELLED));
    check_let_go(&world);
    buf_free(&result);
    world_close(&world);
}
END_TEST

START_TEST(a_child_that_failed_fails_the_round)
{
    struct world world;
    struct solve_request request;
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SOLVING));
    ck_assert(domain_next_solve(world.domain, &request));
    world_entropy(&world, entropy);
    domain_solved(world.domain, &request, text_of(""), "killed", entropy, world.now_ms);
    world_work(&world);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(FAILED));
    ck_assert_str_eq(round_at(&world, &id)->failure, "killed");
    check_let_go(&world);
    world_close(&world);
}
END_TEST

START_TEST(a_withheld_nonce_is_replaced_when_the_term_is_over)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(SEALED));
    round_reveal(&world, &school_a, SCHOOL_A, &id);
    void *answer = round_step_by(&world, &school_a, METHOD_REPLACE_WITHHELD_NONCES, &id);
    ck_assert_ptr_null(answer);
    ck_assert_str_eq(world.status.refusal->name, "too_early");
    world.now_ms = round_at(&world, &id)->reveal_due_ms;
    round_step(&world, METHOD_REPLACE_WITHHELD_NONCES, &id);
    const RoundRecord *round = round_at(&world, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(REVEALED));
    ck_assert(round->commitments[0]->withheld); /* 04FO */
    ck_assert(!round->commitments[1]->withheld);
    ck_assert_uint_eq(strlen(round->commitments[0]->nonce), 64);
    ck_assert_uint_eq(tasks_for(&world, 0, NULL, TASK_KIND(NONCE)), 0);
    world_close(&world);
}
END_TEST

START_TEST(steps_out_of_order_and_by_others_are_refused)
{
    static const enum method_id steps[] = {METHOD_OPEN_ROUND,  METHOD_SEAL_ROUND,    METHOD_REPLACE_WITHHELD_NONCES,
                                           METHOD_SOLVE_ROUND, METHOD_PUBLISH_ROUND, METHOD_CLOSE_ROUND};
    static const Stagematch__V1__RoundState needs[] = {ROUND_STATE(DRAFT),    ROUND_STATE(OPEN),
                                                       ROUND_STATE(SEALED),   ROUND_STATE(REVEALED),
                                                       ROUND_STATE(VERIFIED), ROUND_STATE(PUBLISHED)};
    static const struct caller elsewhere = {ROLE(COORDINATOR), {"99XX"}};
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, (Stagematch__V1__RoundState)_i);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        ck_assert_ptr_null(round_step_by(&world, &elsewhere, steps[i], &id));
        ck_assert_str_eq(world.status.refusal->name, "not_found");
        ck_assert_ptr_null(round_step_by(&world, &company, steps[i], &id));
        ck_assert_str_eq(world.status.refusal->name, "not_your_role");
        if (needs[i] == (Stagematch__V1__RoundState)_i)
            continue;
        ck_assert_ptr_null(round_step_by(&world, &school_a, steps[i], &id));
        ck_assert_str_eq(world.status.refusal->name, "wrong_state");
    }
    world_close(&world);
}
END_TEST

START_TEST(a_round_that_is_wrong_is_not_made)
{
    static char *own[] = {SCHOOL_A}, *foreign[] = {SCHOOL_B}, *twice[] = {SCHOOL_A, SCHOOL_A}, *bad[] = {"25pt"};
    static char *code[] = {"25180"}, *bad_code[] = {"2518"};
    struct world world;
    world_open(&world);
    Stagematch__V1__CreateRoundRequest good = STAGEMATCH__V1__CREATE_ROUND_REQUEST__INIT, request;
    good.name = "Ronde";
    good.schools = own;
    good.n_schools = 1;
    good.qualifications = code;
    good.n_qualifications = 1;
#define WRONG(change, name, field)                                                                                   \
    request = good;                                                                                                  \
    change;                                                                                                          \
    refused(&world, &school_a, METHOD_CREATE_ROUND, &request, name, field)
    WRONG(request.name = "", "missing_field", "name");
    WRONG(request.n_schools = 0, "missing_field", "schools");
    WRONG(request.schools = foreign, "no_own_school", "schools");
    WRONG(request.schools = bad, "bad_school", "schools");
    WRONG((request.schools = twice, request.n_schools = 2), "listed_twice", "schools");
    WRONG(request.n_qualifications = 0, "missing_field", "qualifications");
    WRONG(request.qualifications = bad_code, "bad_value", "qualifications");
    WRONG(request.mechanism = "kiraly", "unknown_mechanism", "mechanism");
    WRONG(request.mode = 7, "bad_value", "mode");
#undef WRONG
    request = good;
    void *answer = call(&world, &school_a, METHOD_CREATE_ROUND, &request);
    DONE(answer, &world);
    message_free(answer);
    world_close(&world);
}
END_TEST

START_TEST(nonces_must_fit)
{
    struct world world;
    char hex[65];
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(OPEN));
    Stagematch__V1__CommitNonceRequest commit = STAGEMATCH__V1__COMMIT_NONCE_REQUEST__INIT;
    memset(hex, 'a', 64);
    hex[64] = '\0';
    commit.round_id = id.hex;
    commit.school = SCHOOL_B;
    commit.commitment = hex;
    refused(&world, &school_a, METHOD_COMMIT_NONCE, &commit, "not_found", "school");
    commit.school = SCHOOL_A;
    commit.commitment = "aa";
    refused(&world, &school_a, METHOD_COMMIT_NONCE, &commit, "bad_value", "commitment");
    ck_assert_ptr_null(round_step_by(&world, &school_a, METHOD_SEAL_ROUND, &id));
    ck_assert_str_eq(world.status.refusal->name, "commitment_missing");
    round_commit(&world, &school_a, SCHOOL_A, &id);
    round_commit(&world, &school_b, SCHOOL_B, &id);
    round_step(&world, METHOD_SEAL_ROUND, &id);
    Stagematch__V1__RevealNonceRequest reveal = STAGEMATCH__V1__REVEAL_NONCE_REQUEST__INIT;
    reveal.round_id = id.hex;
    reveal.school = SCHOOL_A;
    reveal.nonce = hex;
    refused(&world, &school_a, METHOD_REVEAL_NONCE, &reveal, "wrong_nonce", "nonce");
    commit.commitment = hex;
    refused(&world, &school_a, METHOD_COMMIT_NONCE, &commit, "wrong_state", NULL);
    world_close(&world);
}
END_TEST

START_TEST(a_beacon_counts_where_it_was_announced)
{
    struct world world;
    world_open(&world);
    struct round_id id = round_until(&world, ROUND_STATE(REVEALED));
    Stagematch__V1__SolveRoundRequest request = STAGEMATCH__V1__SOLVE_ROUND_REQUEST__INIT;
    request.round_id = id.hex;
    request.version = round_at(&world, &id)->version;
    request.beacon = "12345";
    refused(&world, &school_a, METHOD_SOLVE_ROUND, &request, "beacon_not_announced", "beacon");
    request.beacon = "";
    request.version--;
    refused(&world, &school_a, METHOD_SOLVE_ROUND, &request, "stale_version", "version");
    ck_assert_uint_eq(world.status.current_version, round_at(&world, &id)->version);
    world_close(&world);
}
END_TEST

START_TEST(nobody_in_it_is_a_round_too)
{
    struct world world;
    world_open(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    ck_assert_uint_eq(round_at(&world, &id)->matched_count, 0);
    round_step(&world, METHOD_CLOSE_ROUND, &id);
    ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(CLOSED));
    world_close(&world);
}
END_TEST

START_TEST(a_round_with_open_proposals_is_not_closed)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    ck_assert_ptr_null(round_step_by(&world, &school_a, METHOD_CLOSE_ROUND, &id));
    ck_assert_str_eq(world.status.refusal->name, "proposals_open");
    world_close(&world);
}
END_TEST

/* More than a piece of long work can take, so sealing goes on in the background and its digest comes from the solver. */
START_TEST(a_large_round_is_sealed_published_and_cancelled_in_pieces)
{
    enum { STUDENTS = 2500 };
    struct world world;
    uint8_t digest[32];
    world_open(&world);
    struct row *rows = calloc(STUDENTS, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    for (unsigned n = 0; n < STUDENTS; n++)
        row_make(&rows[n], n, SCHOOL_A);
    for (size_t chunk = 0; chunk < 3; chunk++) {
        size_t count = chunk < 2 ? 1000 : 500;
        void *answer = commit_rows(&world, &school_a, 1, (uint32_t)chunk, chunk == 2, rows + chunk * 1000, count);
        DONE(answer, &world);
        message_free(answer);
    }
    world_work(&world);
    add_placement(&world, &company, "lb1", "p1", 2200);
    struct round_id id = round_create(&world);
    round_step(&world, METHOD_OPEN_ROUND, &id);
    round_commit(&world, &school_a, SCHOOL_A, &id);
    round_commit(&world, &school_b, SCHOOL_B, &id);
    round_step(&world, METHOD_SEAL_ROUND, &id);
    const RoundRecord *round = round_at(&world, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(OPEN));
    ck_assert_ptr_null(round_step_by(&world, &school_a, METHOD_CANCEL_ROUND, &id));
    ck_assert_str_eq(world.status.refusal->name, "round_busy");
    world_work(&world);
    ck_assert_int_eq(round->state, ROUND_STATE(SEALED));
    ck_assert_uint_eq(round->student_count, STUDENTS);
    digest_again(&world, round, digest);
    ck_assert_mem_eq(digest, round->input_digest.data, 32);
    round_reveal(&world, &school_a, SCHOOL_A, &id);
    round_reveal(&world, &school_b, SCHOOL_B, &id);
    round_step(&world, METHOD_SOLVE_ROUND, &id);
    world_work(&world);
    ck_assert_uint_eq(round->match_chunks, 9);
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    uint8_t entropy[ENTROPY_BYTES];
    world_entropy(&world, entropy);
    ck_assert(domain_work(world.domain, entropy, world.now_ms));
    ck_assert_uint_eq(proposals(&world), 250);
    ck_assert(!round_is_visible(world.state, round->round_id));
    world_work(&world);
    ck_assert_uint_eq(proposals(&world), 2200);
    ck_assert_int_eq(round->state, ROUND_STATE(PUBLISHED));
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    ck_assert_int_eq(round->state, ROUND_STATE(PUBLISHED));
    world_work(&world);
    ck_assert_int_eq(round->state, ROUND_STATE(CANCELLED));
    check_let_go(&world);
    free(rows);
    world_close(&world);
}
END_TEST

START_TEST(everybody_sees_what_is_theirs)
{
    static const struct caller reviewer = {ROLE(BEHANDELAAR), {SCHOOL_B}}, elsewhere = {ROLE(COORDINATOR), {"99XX"}};
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    Stagematch__V1__GetRoundRequest get = STAGEMATCH__V1__GET_ROUND_REQUEST__INIT;
    get.round_id = id.hex;
    refused(&world, &elsewhere, METHOD_GET_ROUND, &get, "not_found", NULL);
    Stagematch__V1__GetRoundResponse *got = call(&world, &reviewer, METHOD_GET_ROUND, &get);
    DONE(got, &world);
    ck_assert_uint_eq(got->round->matched_count, 4);
    ck_assert_uint_eq(strlen(got->round->seed), 64);
    message_free(got);
    Stagematch__V1__ListRoundsRequest list = STAGEMATCH__V1__LIST_ROUNDS_REQUEST__INIT;
    Stagematch__V1__ListRoundsResponse *rounds = call(&world, &school_b, METHOD_LIST_ROUNDS, &list);
    DONE(rounds, &world);
    ck_assert_uint_eq(rounds->n_rounds, 1);
    message_free(rounds);
    rounds = call(&world, &elsewhere, METHOD_LIST_ROUNDS, &list);
    DONE(rounds, &world);
    ck_assert_uint_eq(rounds->n_rounds, 0);
    message_free(rounds);
    Stagematch__V1__GetPublicRoundRequest open = STAGEMATCH__V1__GET_PUBLIC_ROUND_REQUEST__INIT;
    struct caller nobody = {0, {NULL}};
    open.round_id = id.hex;
    Stagematch__V1__GetPublicRoundResponse *seen = call(&world, &nobody, METHOD_GET_PUBLIC_ROUND, &open);
    DONE(seen, &world);
    ck_assert_uint_eq(seen->matched_count, 0); /* four: fewer than five are not told */
    ck_assert_uint_eq(seen->student_count, 0); /* six, of whom two unmatched */
    ck_assert_uint_eq(seen->n_rank_counts, 0);
    ck_assert_uint_eq(strlen(seen->input_digest), 64);
    ck_assert_uint_eq(strlen(seen->entries_root), 64);
    message_free(seen);
    struct round_id draft = round_create(&world);
    open.round_id = draft.hex;
    refused(&world, &nobody, METHOD_GET_PUBLIC_ROUND, &open, "not_found", NULL);
    world_close(&world);
}
END_TEST

START_TEST(small_counts_are_not_told_to_the_public)
{
    const struct caller nobody = {0, {NULL}};
    struct world world;
    world_open(&world);
    for (unsigned n = 0; n < 12; n++)
        add_student(&world, n, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 7);
    add_placement(&world, &company, "lb1", "p2", 3);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    const RoundRecord *round = round_at(&world, &id);
    ck_assert_uint_eq(round->n_rank_counts, 2);
    ck_assert_uint_eq(round->rank_counts[1], 3);
    Stagematch__V1__GetPublicRoundRequest request = STAGEMATCH__V1__GET_PUBLIC_ROUND_REQUEST__INIT;
    request.round_id = id.hex;
    Stagematch__V1__GetPublicRoundResponse *seen = call(&world, &nobody, METHOD_GET_PUBLIC_ROUND, &request);
    DONE(seen, &world);
    ck_assert_uint_eq(seen->matched_count, 10);
    ck_assert_uint_eq(seen->student_count, 0); /* twelve would tell of two who have no place */
    ck_assert_uint_eq(seen->seat_count, 10);
    ck_assert_uint_eq(seen->rank_counts[0], 10); /* the three second choices among them */
    ck_assert_uint_eq(seen->rank_counts[1], 0);
    message_free(seen);
    world_close(&world);
}
END_TEST

START_TEST(a_restart_in_any_state_changes_nothing)
{
    struct world world, again;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, (Stagematch__V1__RoundState)_i);
    world_restart(&world, &again);
    world_work(&world);
    world_work(&again);
    check_same(&world, &again);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    round_step(&again, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    world_work(&again);
    check_same(&world, &again);
    world_close(&world);
    world_close(&again);
}
END_TEST

START_TEST(an_export_has_the_digest_that_was_published)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    Stagematch__V1__ExportRoundRequest request = STAGEMATCH__V1__EXPORT_ROUND_REQUEST__INIT;
    request.round_id = id.hex;
    Stagematch__V1__ExportRoundResponse *files = call(&world, &school_b, METHOD_EXPORT_ROUND, &request);
    DONE(files, &world);
    struct digest digest;
    char hex[DIGEST_HEX_BYTES];
    digest_start(&digest);
    digest_add(&digest, files->students_csv.data, files->students_csv.len);
    digest_add(&digest, files->placements_csv.data, files->placements_csv.len);
    digest_end(&digest, hex);
    ck_assert_str_eq(hex, files->input_digest);
    size_t lines = 0;
    for (size_t i = 0; i < files->matches_csv.len; i++)
        lines += files->matches_csv.data[i] == '\n';
    ck_assert_uint_eq(lines, 1 + 4);
    message_free(files);
    Stagematch__Internal__V1__ListResultsRequest results = STAGEMATCH__INTERNAL__V1__LIST_RESULTS_REQUEST__INIT;
    results.round_id = id.hex;
    Stagematch__Internal__V1__ListResultsResponse *rows = call(&world, &school_a, METHOD_LIST_RESULTS, &results);
    DONE(rows, &world);
    ck_assert_uint_eq(rows->n_rows, 3); /* the own school's students alone, placed or not */
    message_free(rows);
    world_close(&world);
}
END_TEST

int main(void)
{
    const TTest *const cases[] = {a_round_of_two_schools_becomes_proposals,
                                  the_result_is_that_of_round_run,
                                  the_seed_is_the_hash_that_is_declared,
                                  two_domains_fed_the_same_are_the_same,
                                  edits_after_sealing_change_neither_digest_nor_result,
                                  a_result_for_a_cancelled_round_is_passed_over,
                                  a_child_that_failed_fails_the_round,
                                  a_withheld_nonce_is_replaced_when_the_term_is_over,
                                  a_round_that_is_wrong_is_not_made,
                                  nonces_must_fit,
                                  a_beacon_counts_where_it_was_announced,
                                  nobody_in_it_is_a_round_too,
                                  a_round_with_open_proposals_is_not_closed,
                                  a_large_round_is_sealed_published_and_cancelled_in_pieces,
                                  everybody_sees_what_is_theirs,
                                  an_export_has_the_digest_that_was_published,
                                  small_counts_are_not_told_to_the_public};
    Suite *suite = suite_create("domain/round");
    TCase *plain = tcase_create("plain"), *states = tcase_create("states");
    tcase_set_timeout(plain, 60);
    tcase_set_timeout(states, 60);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tcase_add_test(plain, cases[i]);
    tcase_add_loop_test(states, cancelled_in_any_state_everybody_is_free_again, ROUND_STATE(DRAFT),
                        ROUND_STATE(PUBLISHED) + 1);
    tcase_add_loop_test(states, steps_out_of_order_and_by_others_are_refused, ROUND_STATE(DRAFT),
                        ROUND_STATE(PUBLISHED) + 1);
    tcase_add_loop_test(states, a_restart_in_any_state_changes_nothing, ROUND_STATE(DRAFT),
                        ROUND_STATE(PUBLISHED) + 1);
    suite_add_tcase(suite, plain);
    suite_add_tcase(suite, states);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
