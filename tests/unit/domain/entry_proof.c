#include "base/digest.h"
#include "base/merkle.h"
#include "domain/round.h"
#include "unit/domain/market_fixture.h"

typedef Stagematch__V1__GetEntryProofRequest Request;
typedef Stagematch__V1__GetEntryProofResponse Proof;

enum { STUDENTS = 7 };

/* Of two schools; three placements, of which one was entered by a school. */
static void people(struct world *world)
{
    for (unsigned n = 0; n < STUDENTS; n++)
        add_student(world, n, n % 2 ? SCHOOL_B : SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 1);
    add_placement(world, &company, "lb1", "p2", 2);
    add_placement(world, &school_b, "lb3", "p3", 1);
}

static struct caller student_of(unsigned n)
{
    return (struct caller){ROLE(STUDENT), {student_hex(n)}};
}

static const char *place_hex(const struct world *world, const char *leerbedrijf, const char *leerplaats)
{
    static char hex[4][ID_HEX_BYTES];
    static unsigned turn;
    char *out = hex[turn++ % 4];
    id_format_bytes(placement_at(world, leerbedrijf, leerplaats)->placement_id, out);
    return out;
}

static Request request_of(const struct round_id *id, const char *stagevraag, const char *place)
{
    Request request = STAGEMATCH__V1__GET_ENTRY_PROOF_REQUEST__INIT;
    request.round_id = id->hex;
    request.stagevraag_id = stagevraag;
    request.placement_id = place;
    return request;
}

static Proof *prove(struct world *world, const struct caller *caller, const struct round_id *id,
                    const char *stagevraag, const char *place)
{
    Request request = request_of(id, stagevraag, place);
    return call(world, caller, METHOD_GET_ENTRY_PROOF, &request);
}

static void not_proved(struct world *world, const struct caller *caller, const struct round_id *id,
                       const char *stagevraag, const char *place, const char *code)
{
    Request request = request_of(id, stagevraag, place);
    refused(world, caller, METHOD_GET_ENTRY_PROOF, &request, code, NULL);
}

static void join(const uint8_t *left, const uint8_t *right, uint8_t out[DIGEST_BYTES])
{
    uint8_t bytes[1 + 2 * DIGEST_BYTES] = {1};
    memcpy(bytes + 1, left, DIGEST_BYTES);
    memcpy(bytes + 1 + DIGEST_BYTES, right, DIGEST_BYTES);
    crypto_hash_sha256(out, bytes, sizeof bytes);
}

/* The root that a proof leads to, as its reader computes it. */
static void root_of(const Proof *proof, uint8_t hash[DIGEST_BYTES])
{
    uint32_t at = proof->index, last = proof->count - 1;
    merkle_leaf(text_of_bytes(proof->row), hash);
    for (size_t i = 0; i < proof->n_path; i++) {
        uint8_t own[DIGEST_BYTES];
        ck_assert_uint_eq(proof->path[i].len, DIGEST_BYTES);
        for (; last && at % 2 == 0 && at == last; last /= 2)
            at /= 2;
        memcpy(own, hash, sizeof own);
        join(at % 2 ? proof->path[i].data : own, at % 2 ? own : proof->path[i].data, hash);
        at /= 2;
        last /= 2;
    }
    ck_assert_uint_eq(last, 0);
}

/* It leads to the round's root; its row, which the caller frees. */
static char *check_proof(const struct world *world, const struct round_id *id, Proof *proof)
{
    uint8_t root[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    DONE(proof, world);
    root_of(proof, root);
    ck_assert_mem_eq(root, round_at(world, id)->entries_root.data, sizeof root);
    sodium_bin2hex(hex, sizeof hex, root, sizeof root);
    ck_assert_str_eq(proof->entries_root, hex);
    ck_assert_uint_lt(proof->index, proof->count);
    ck_assert_uint_eq(proof->count, round_at(world, id)->student_count + round_at(world, id)->placement_count);
    char *row = strndup((const char *)proof->row.data, proof->row.len);
    ck_assert_ptr_nonnull(row);
    message_free(proof);
    return row;
}

START_TEST(everybody_can_check_what_is_theirs)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    for (unsigned n = 0; n < STUDENTS; n++) {
        const struct caller own = student_of(n);
        char *by_student = check_proof(&world, &id, prove(&world, &own, &id, stagevraag_hex(n), ""));
        char *by_school =
            check_proof(&world, &id, prove(&world, n % 2 ? &school_b : &school_a, &id, stagevraag_hex(n), ""));
        ck_assert_str_eq(by_student, by_school);
        ck_assert_ptr_nonnull(strstr(by_student, student_hex(n)));
        ck_assert_ptr_nonnull(strstr(by_student, "lassen=3"));
        free(by_student);
        free(by_school);
    }
    char *row = check_proof(&world, &id, prove(&world, &company, &id, "", place_hex(&world, "lb1", "p2")));
    ck_assert_str_eq(row, "p2;lb1;lb1;00000000;1010;25180;BOL;2;2027-01-25;2027-07-10;36;;;;");
    free(row);
    free(check_proof(&world, &id, prove(&world, &school_b, &id, "", place_hex(&world, "lb3", "p3"))));
    world_close(&world);
}
END_TEST

START_TEST(what_is_anothers_is_not_found)
{
    const struct caller reviewer = {ROLE(VERTROUWENSPERSOON), {SCHOOL_A}}, other = student_of(1);
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED)), none = {"00000000000000000000000000000007"};
    const char *p1 = place_hex(&world, "lb1", "p1");
    not_proved(&world, &other, &id, stagevraag_hex(0), "", "not_found");
    not_proved(&world, &school_b, &id, stagevraag_hex(0), "", "not_found");
    not_proved(&world, &company, &id, stagevraag_hex(0), "", "not_found");
    not_proved(&world, &other, &id, "", p1, "not_found");
    not_proved(&world, &school_a, &id, "", p1, "not_found");
    not_proved(&world, &other_company, &id, "", p1, "not_found");
    not_proved(&world, &reviewer, &id, stagevraag_hex(0), "", "not_your_role");
    not_proved(&world, &school_a, &none, stagevraag_hex(0), "", "not_found");
    not_proved(&world, &school_a, &id, stagevraag_hex(999), "", "not_found");
    not_proved(&world, &school_a, &id, "nothing", "", "not_found");
    not_proved(&world, &company, &id, "", "nothing", "not_found");
    not_proved(&world, &school_a, &id, "", "", "missing_field");
    not_proved(&world, &school_a, &id, stagevraag_hex(0), p1, "bad_value");
    /* What came too late for the round is in none. */
    add_student(&world, 50, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "late", 1);
    not_proved(&world, &school_a, &id, stagevraag_hex(50), "", "not_found");
    not_proved(&world, &company, &id, "", place_hex(&world, "lb1", "late"), "not_found");
    world_close(&world);
}
END_TEST

START_TEST(only_while_the_round_is_published_and_open)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, (Stagematch__V1__RoundState)_i);
    not_proved(&world, &school_a, &id, stagevraag_hex(0), "", _i == ROUND_STATE(DRAFT) ? "not_found" : "wrong_state");
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    not_proved(&world, &school_a, &id, stagevraag_hex(0), "", "wrong_state");
    world_close(&world);
}
END_TEST

START_TEST(a_row_stays_as_it_was_sealed)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    char *before[2] = {check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), "")),
                       check_proof(&world, &id, prove(&world, &company, &id, "", place_hex(&world, "lb1", "p1")))};
    struct row row;
    row_make(&row, 0, SCHOOL_A);
    row.profile.hours_per_week = 8;
    row.skill.level = 0;
    void *answer = commit_rows(&world, &school_a, 77, 0, true, &row, 1);
    DONE(answer, &world);
    message_free(answer);
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    placement.hours_per_week = 1;
    placement.capacity = 9;
    message_free(submit(&world, &company, &placement));
    char *after[2] = {check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), "")),
                      check_proof(&world, &id, prove(&world, &company, &id, "", place_hex(&world, "lb1", "p1")))};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(before[i], after[i]);
        free(before[i]);
        free(after[i]);
    }
    world_close(&world);
}
END_TEST

/* The tree is in memory by then, and of another round: neither shows. */
START_TEST(two_rounds_and_a_restart_answer_alike)
{
    struct world world, again;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id first = round_until(&world, ROUND_STATE(PUBLISHED));
    add_student(&world, 1, SCHOOL_A, NULL);
    add_student(&world, 2, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p2", 1);
    struct round_id second = round_until(&world, ROUND_STATE(PUBLISHED));
    for (unsigned turn = 0; turn < 2; turn++) {
        free(check_proof(&world, &first, prove(&world, &school_a, &first, stagevraag_hex(0), "")));
        free(check_proof(&world, &second, prove(&world, &school_a, &second, stagevraag_hex(1), "")));
        not_proved(&world, &school_a, &first, stagevraag_hex(1), "", "not_found");
    }
    world_restart(&world, &again);
    char *before = check_proof(&world, &second, prove(&world, &school_a, &second, stagevraag_hex(2), ""));
    char *after = check_proof(&again, &second, prove(&again, &school_a, &second, stagevraag_hex(2), ""));
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    world_close(&world);
    world_close(&again);
}
END_TEST

/* More rounds than trees are kept of: each is proved as before, whichever was asked about last. */
START_TEST(many_rounds_are_proved_in_any_order)
{
    enum { ROUNDS = 20 };
    struct world world;
    struct round_id ids[ROUNDS];
    world_open(&world);
    for (unsigned n = 0; n < ROUNDS; n++) {
        char name[8];
        snprintf(name, sizeof name, "p%u", n);
        add_student(&world, n, SCHOOL_A, NULL);
        add_placement(&world, &company, "lb1", name, 1);
        ids[n] = round_until(&world, ROUND_STATE(PUBLISHED));
    }
    for (unsigned turn = 0; turn < 3 * ROUNDS; turn++) {
        unsigned n = turn * 7 % ROUNDS;
        free(check_proof(&world, &ids[n], prove(&world, &school_a, &ids[n], stagevraag_hex(n), "")));
        not_proved(&world, &school_a, &ids[n], stagevraag_hex((n + 1) % ROUNDS), "", "not_found");
    }
    world_close(&world);
}
END_TEST

static void erase(struct world *world, unsigned n)
{
    Stagematch__Internal__V1__CommitErasureRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    uint8_t ref[ID_BYTES], stage[ID_BYTES];
    fill_id(ref, 0x52, n);
    fill_id(stage, 0x54, n);
    request.student_ref = (ProtobufCBinaryData){ID_BYTES, ref};
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, stage};
    void *answer = call(world, n % 2 ? &school_b : &school_a, METHOD_COMMIT_ERASURE, &request);
    DONE(answer, world);
    message_free(answer);
}

/* _i: whether the tree was there before. */
START_TEST(after_an_erasure_no_proof_is_given)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    if (_i)
        free(check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), "")));
    add_student(&world, 60, SCHOOL_A, NULL); /* in no round: says nothing of this one */
    erase(&world, 60);
    free(check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), "")));
    erase(&world, 3);
    for (unsigned turn = 0; turn < 2; turn++) {
        not_proved(&world, &school_a, &id, stagevraag_hex(0), "", "input_not_whole");
        not_proved(&world, &company, &id, "", place_hex(&world, "lb1", "p1"), "input_not_whole");
        not_proved(&world, &school_b, &id, stagevraag_hex(3), "", "not_found");
    }
    world_close(&world);
}
END_TEST

START_TEST(a_round_sealed_before_there_was_a_root_says_so)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    RoundRecord *record = state_edit(world.state, RECORD_ROUND, text_of_bytes(round_at(&world, &id)->round_id));
    ck_assert_int_eq(message_assign_bytes(&record->entries_root, text_of("")), ERR_OK);
    not_proved(&world, &school_a, &id, stagevraag_hex(0), "", "no_entries_root");
    Stagematch__V1__GetRoundRequest request = STAGEMATCH__V1__GET_ROUND_REQUEST__INIT;
    request.round_id = id.hex;
    Stagematch__V1__GetRoundResponse *got = call(&world, &school_a, METHOD_GET_ROUND, &request);
    DONE(got, &world);
    ck_assert_str_eq(got->round->entries_root, "");
    message_free(got);
    world_close(&world);
}
END_TEST

/* What an earlier end barred is in the row of the next round, under the placement's name. */
START_TEST(a_bar_of_an_earlier_round_is_in_the_row)
{
    struct world world;
    struct scan scan;
    char hex[ID_HEX_BYTES];
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    add_placement(&world, &company, "lb1", "p2", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    scan_id(&scan, world.state, INDEX_PROPOSAL_ROUND, text_of_bytes(round_at(&world, &id)->round_id));
    const ProposalRecord *proposal = scan_next(&scan);
    char expected[64];
    const PlacementRecord *barred = state_find(world.state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    snprintf(expected, sizeof expected, ";lb1/%s;", barred->placement->leerplaats);
    Stagematch__V1__VetoProposalRequest veto = STAGEMATCH__V1__VETO_PROPOSAL_REQUEST__INIT;
    id_format_bytes(proposal->proposal_id, hex);
    veto.proposal_id = hex;
    veto.version = proposal->version;
    veto.reason = "gestopt";
    void *answer = call(&world, &school_a, METHOD_VETO_PROPOSAL, &veto);
    DONE(answer, &world);
    message_free(answer);
    char *row = check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), ""));
    ck_assert_ptr_null(strstr(row, expected)); /* it was sealed before */
    free(row);
    round_step(&world, METHOD_CANCEL_ROUND, &id);
    world_work(&world);
    id = round_until(&world, ROUND_STATE(PUBLISHED));
    row = check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), ""));
    ck_assert_ptr_nonnull(strstr(row, expected));
    free(row);
    world_close(&world);
}
END_TEST

enum { MANY = 1500 };

static struct round_id large_round(struct world *world)
{
    struct row *rows = calloc(MANY, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    for (unsigned n = 0; n < MANY; n++)
        row_make(&rows[n], n, SCHOOL_A);
    for (size_t chunk = 0; chunk < 2; chunk++) {
        void *answer = commit_rows(world, &school_a, 1, (uint32_t)chunk, chunk == 1, rows + chunk * 750, 750);
        DONE(answer, world);
        message_free(answer);
    }
    free(rows);
    world_work(world);
    add_placement(world, &company, "lb1", "p1", 3);
    struct round_id id = round_until(world, ROUND_STATE(PUBLISHED));
    ck_assert_uint_eq(round_at(world, &id)->student_count, MANY);
    return id;
}

/* One that is sealed in pieces, its root made by the solver, its tree too. */
START_TEST(a_large_round_is_proved_too)
{
    struct world world;
    world_open(&world);
    struct round_id id = large_round(&world);
    for (unsigned n = 0; n < MANY; n += 97)
        free(check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(n), "")));
    free(check_proof(&world, &id, prove(&world, &company, &id, "", place_hex(&world, "lb1", "p1"))));
    ck_assert_uint_eq(world.made, 1);
    RoundRecord *record = state_edit(world.state, RECORD_ROUND, text_of_bytes(round_at(&world, &id)->round_id));
    record->student_count = 1 << 18; /* and a placement: one more than is done */
    struct world again;
    world_restart(&world, &again);
    not_proved(&again, &school_a, &id, stagevraag_hex(0), "", "round_too_large");
    world_close(&world);
    world_close(&again);
}
END_TEST

static void wait_for_proof(struct world *world, const struct round_id *id, unsigned n)
{
    uint64_t before = state_mutations(world->state);
    message_free(prove(world, &school_a, id, stagevraag_hex(n), ""));
    ck_assert(!world->status.refusal);
    ck_assert(world->waits);
    ck_assert_uint_eq(state_mutations(world->state), before);
}

/* Whoever asks for a large one waits for its tree: when it was not made, when what it is made of was erased meanwhile, for two at once. */
START_TEST(a_tree_is_made_apart_and_taken_only_while_it_is_true)
{
    struct world world;
    struct solve_request request;
    struct buf stale;
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    struct round_id id = large_round(&world);
    world.makes = false;
    ck_assert(!domain_next_solve(world.domain, &request));
    wait_for_proof(&world, &id, 0);
    wait_for_proof(&world, &id, 2);
    make_wanted(&world, "killed");
    ck_assert(!domain_next_solve(world.domain, &request));
    wait_for_proof(&world, &id, 0);
    make_wanted(&world, NULL);
    free(check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(0), "")));
    free(check_proof(&world, &id, prove(&world, &school_a, &id, stagevraag_hex(2), "")));
    ck_assert(!domain_next_solve(world.domain, &request));
    erase(&world, 4);
    wait_for_proof(&world, &id, 0);
    buf_init(&stale, 64 << 20);
    ck_assert(domain_next_solve(world.domain, &request));
    ck_assert_int_eq(domain_solve(world.domain, &request, &stale), ERR_OK);
    ck_assert_uint_eq(stale.length, 0); /* no tree: the input is not whole */
    erase(&world, 6);
    world_entropy(&world, entropy);
    domain_solved(world.domain, &request, buf_text(&stale), NULL, entropy, world.now_ms);
    buf_free(&stale);
    wait_for_proof(&world, &id, 0); /* it was made of what was there before */
    make_wanted(&world, NULL);
    not_proved(&world, &school_a, &id, stagevraag_hex(0), "", "input_not_whole");
    world_close(&world);
}
END_TEST

START_TEST(the_ledger_has_the_root_that_was_sealed)
{
    struct world world;
    struct changes changes;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    size_t found = 0;
    ck_assert_int_eq(state_take_changes(world.state, &changes), ERR_OK);
    for (size_t i = 0; i < changes.entry_count; i++) {
        LedgerPayload *payload;
        ck_assert_int_eq(message_unpack(&stagematch__internal__v1__ledger_payload__descriptor,
                                        changes.entries[i].payload, &payload),
                         ERR_OK);
        if (payload->entries_root.len) {
            found++;
            ck_assert_str_eq(changes.entries[i].kind, "round_sealed");
            ck_assert(bytes_equal(payload->entries_root, round_at(&world, &id)->entries_root));
            ck_assert(bytes_equal(payload->digest, round_at(&world, &id)->input_digest));
        }
        message_free(payload);
    }
    ck_assert_uint_eq(found, 1);
    changes_free(&changes);
    world_close(&world);
}
END_TEST

int main(void)
{
    const TTest *const cases[] = {everybody_can_check_what_is_theirs,
                                  what_is_anothers_is_not_found,
                                  a_row_stays_as_it_was_sealed,
                                  two_rounds_and_a_restart_answer_alike,
                                  many_rounds_are_proved_in_any_order,
                                  a_round_sealed_before_there_was_a_root_says_so,
                                  a_bar_of_an_earlier_round_is_in_the_row,
                                  a_large_round_is_proved_too,
                                  a_tree_is_made_apart_and_taken_only_while_it_is_true,
                                  the_ledger_has_the_root_that_was_sealed};
    Suite *suite = suite_create("domain/entry_proof");
    TCase *plain = tcase_create("plain");
    tcase_set_timeout(plain, 60);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tcase_add_test(plain, cases[i]);
    tcase_add_loop_test(plain, only_while_the_round_is_published_and_open, ROUND_STATE(DRAFT),
                        ROUND_STATE(PUBLISHING) + 1);
    tcase_add_loop_test(plain, after_an_erasure_no_proof_is_given, 0, 2);
    suite_add_tcase(suite, plain);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
