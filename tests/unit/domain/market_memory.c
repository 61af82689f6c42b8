/* Lack of memory at every point of the market's calls and long work: answered, nothing leaks, the domain says it is broken. */
#include "unit/domain/market_fixture.h"

static void people(struct world *world)
{
    for (unsigned n = 0; n < 4; n++)
        add_student(world, n, n % 2 ? SCHOOL_B : SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 1);
    add_placement(world, &school_a, "lb2", "p2", 2);
}

static void apply(struct world *world, const struct caller *caller, enum method_id id, ProtobufCMessage *request)
{
    static uint8_t bytes[1 << 16];
    struct command command = {.method = method_of(id),
                              .request = request,
                              .actor = {.role = caller->role, .scope = caller->scope, .scope_count = 1},
                              .now_ms = world->now_ms};
    command.request_bytes = (struct text){(const char *)bytes, protobuf_c_message_pack(request, bytes)};
    world_entropy(world, command.entropy);
    struct outcome outcome;
    domain_apply(world->domain, &command, &outcome);
    if (mem_has_failed())
        ck_assert(!outcome.status.refusal || outcome.status.refusal == &refusal_memory ||
                  outcome.status.refusal == &refusal_internal);
    buf_free(&outcome.response);
    buf_free(&outcome.problems);
}

/* What is tried, in a world that `until` was reached in. */
struct trial {
    Stagematch__V1__RoundState until;
    void (*run)(struct world *world, const struct round_id *id);
};

static void run_import(struct world *world, const struct round_id *id)
{
    Stagematch__Internal__V1__CommitStudentsRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_REQUEST__INIT;
    Stagematch__Internal__V1__StudentProfile *list[2];
    struct row rows[2];
    uint8_t stage[ID_BYTES];
    (void)id;
    row_make(&rows[0], 0, SCHOOL_A);
    row_make(&rows[1], 20, SCHOOL_A);
    rows[0].profile.year = 7;
    list[0] = &rows[0].student;
    list[1] = &rows[1].student;
    fill_id(stage, 0x53, 99);
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, stage};
    request.last = true;
    request.students = list;
    request.n_students = 2;
    apply(world, &school_a, METHOD_COMMIT_STUDENTS, &request.base);
}

static void run_submit(struct world *world, const struct round_id *id)
{
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    Stagematch__V1__Placement placement = placement_make("lb1", "p1");
    (void)id;
    placement.hours_per_week = 39;
    request.request_id = "00000000-0000-4000-9000-000000000001";
    request.placement = &placement;
    apply(world, &company, METHOD_SUBMIT_PLACEMENT, &request.base);
}

static void run_seal(struct world *world, const struct round_id *id)
{
    Stagematch__V1__SealRoundRequest request = STAGEMATCH__V1__SEAL_ROUND_REQUEST__INIT;
    request.request_id = "00000000-0000-4000-9000-000000000002";
    request.round_id = id->hex;
    request.version = round_at(world, id)->version;
    apply(world, &school_a, METHOD_SEAL_ROUND, &request.base);
}

static void run_solve(struct world *world, const struct round_id *id)
{
    struct solve_request request;
    struct buf result;
    uint8_t entropy[ENTROPY_BYTES];
    (void)id;
    if (!domain_next_solve(world->domain, &request))
        return;
    buf_init(&result, 1 << 20);
    enum err e = domain_solve(world->domain, &request, &result);
    ck_assert(e == ERR_OK || e == ERR_MEMORY);
    world_entropy(world, entropy);
    domain_solved(world->domain, &request, buf_text(&result), e == ERR_OK ? NULL : "memory", entropy, world->now_ms);
    buf_free(&result);
}

static void run_work(struct world *world, const struct round_id *id)
{
    uint8_t entropy[ENTROPY_BYTES];
    (void)id;
    world_entropy(world, entropy);
    (void)domain_work(world->domain, entropy, world->now_ms);
}

static void run_cancel(struct world *world, const struct round_id *id)
{
    Stagematch__V1__CancelRoundRequest request = STAGEMATCH__V1__CANCEL_ROUND_REQUEST__INIT;
    request.request_id = "00000000-0000-4000-9000-000000000003";
    request.round_id = id->hex;
    request.version = round_at(world, id)->version;
    apply(world, &school_a, METHOD_CANCEL_ROUND, &request.base);
}

static void run_export(struct world *world, const struct round_id *id)
{
    Stagematch__V1__ExportRoundRequest request = STAGEMATCH__V1__EXPORT_ROUND_REQUEST__INIT;
    request.round_id = id->hex;
    apply(world, &school_a, METHOD_EXPORT_ROUND, &request.base);
}

static void run_proof(struct world *world, const struct round_id *id)
{
    Stagematch__V1__GetEntryProofRequest request = STAGEMATCH__V1__GET_ENTRY_PROOF_REQUEST__INIT;
    request.round_id = id->hex;
    request.stagevraag_id = stagevraag_hex(0);
    apply(world, &school_a, METHOD_GET_ENTRY_PROOF, &request.base);
}

static void run_offers(struct world *world, const struct round_id *id)
{
    Stagematch__V1__ListOffersRequest request = STAGEMATCH__V1__LIST_OFFERS_REQUEST__INIT;
    (void)id;
    request.stagevraag_id = stagevraag_hex(0);
    apply(world, &school_a, METHOD_LIST_OFFERS, &request.base);
}

static void run_erase(struct world *world, const struct round_id *id)
{
    Stagematch__Internal__V1__CommitErasureRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    uint8_t ref[ID_BYTES], stage[ID_BYTES];
    (void)id;
    fill_id(ref, 0x52, 0);
    fill_id(stage, 0x54, 1);
    request.student_ref = (ProtobufCBinaryData){ID_BYTES, ref};
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, stage};
    apply(world, &school_a, METHOD_COMMIT_ERASURE, &request.base);
}

static const struct trial trials[] = {
    {ROUND_STATE(SEALED), run_import},    {ROUND_STATE(SEALED), run_submit},    {ROUND_STATE(SOLVING), run_solve},
    {ROUND_STATE(PUBLISHING), run_work},  {ROUND_STATE(PUBLISHED), run_cancel}, {ROUND_STATE(PUBLISHED), run_export},
    {ROUND_STATE(PUBLISHED), run_offers}, {ROUND_STATE(PUBLISHED), run_erase},  {ROUND_STATE(PUBLISHED), run_proof},
};

/* True when the n-th allocation was reached. */
static bool try_once(const struct trial *trial, uint64_t nth)
{
    struct world world;
    world_open(&world);
    people(&world);
    struct round_id id = round_until(&world, trial->until);
    mem_fail_at(nth);
    trial->run(&world, &id);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    if (!failed)
        ck_assert(!domain_is_broken(world.domain));
    world_close(&world);
    return failed;
}

START_TEST(each_call_bears_it)
{
    const struct trial *trial = &trials[_i];
    for (uint64_t nth = 1; try_once(trial, nth);)
        nth += nth < 60 ? 1 : 1 + nth / 12;
}
END_TEST

START_TEST(sealing_bears_it)
{
    for (uint64_t nth = 1;; nth += nth < 60 ? 1 : 1 + nth / 12) {
        struct world world;
        world_open(&world);
        people(&world);
        struct round_id id = round_until(&world, ROUND_STATE(OPEN));
        round_commit(&world, &school_a, SCHOOL_A, &id);
        round_commit(&world, &school_b, SCHOOL_B, &id);
        mem_fail_at(nth);
        run_seal(&world, &id);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        if (!failed)
            ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(SEALED));
        world_close(&world);
        if (!failed)
            break;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domain/market_memory");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, 100);
    tcase_add_loop_test(cases, each_call_bears_it, 0, sizeof trials / sizeof trials[0]);
    tcase_add_test(cases, sealing_bears_it);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
