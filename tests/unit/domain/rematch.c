#include "base/random.h"
#include "domain/proposal.h"
#include "unit/domain/market_fixture.h"

static const ProposalRecord *running_of(const struct world *world, unsigned n)
{
    const StagevraagRecord *student = stagevraag_at(world, n);
    return student && student->proposal_id.len
               ? state_find(world->state, RECORD_PROPOSAL, text_of_bytes(student->proposal_id))
               : NULL;
}

static bool veto(struct world *world, const ProposalRecord *proposal)
{
    Stagematch__V1__VetoProposalRequest request = STAGEMATCH__V1__VETO_PROPOSAL_REQUEST__INIT;
    char hex[ID_HEX_BYTES];
    id_format_bytes(proposal->proposal_id, hex);
    request.proposal_id = hex;
    request.version = proposal->version;
    request.reason = "gestopt";
    void *answer = call(world, &both_schools, METHOD_VETO_PROPOSAL, &request);
    bool done = answer != NULL;
    message_free(answer);
    return done;
}

static bool withdraw(struct world *world, unsigned n)
{
    Stagematch__V1__WithdrawStagevraagRequest request = STAGEMATCH__V1__WITHDRAW_STAGEVRAAG_REQUEST__INIT;
    request.stagevraag_id = stagevraag_hex(n);
    request.version = stagevraag_at(world, n)->version;
    request.reason = "gestopt";
    void *answer = call(world, &both_schools, METHOD_WITHDRAW_STAGEVRAAG, &request);
    bool done = answer != NULL;
    message_free(answer);
    return done;
}

static bool place_elsewhere(struct world *world, unsigned n, const PlacementRecord *placement)
{
    Stagematch__V1__PlaceElsewhereRequest request = STAGEMATCH__V1__PLACE_ELSEWHERE_REQUEST__INIT;
    char hex[ID_HEX_BYTES] = "";
    if (placement)
        id_format_bytes(placement->placement_id, hex);
    request.stagevraag_id = stagevraag_hex(n);
    request.version = stagevraag_at(world, n)->version;
    request.placement_id = hex;
    void *answer = call(world, &both_schools, METHOD_PLACE_ELSEWHERE, &request);
    bool done = answer != NULL;
    message_free(answer);
    return done;
}

/* Who holds a seat of lb1/p1 after the round, and who is left. */
static unsigned who(const struct world *world, unsigned count, bool matched)
{
    for (unsigned n = 0; n < count; n++)
        if ((running_of(world, n) != NULL) == matched)
            return n;
    ck_abort_msg("nobody");
}

START_TEST(a_veto_lets_the_next_one_in_and_bars_the_pair)
{
    struct world world;
    world_open(&world);
    for (unsigned n = 0; n < 3; n++)
        add_student(&world, n, n == 2 ? SCHOOL_B : SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    bool had[3] = {false, false, false};
    for (int turn = 0; turn < 3; turn++) {
        unsigned winner = who(&world, 3, true);
        ck_assert(!had[winner]);
        had[winner] = true;
        uint64_t seq = state_ledger_seq(world.state);
        ck_assert(veto(&world, running_of(&world, winner)));
        ck_assert_uint_gt(round_at(&world, &id)->rematch_from_seq, seq);
        world_work(&world);
        ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, 0);
        ck_assert_ptr_null(running_of(&world, winner));
        check_seats(&world);
    }
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 0); /* nobody is left */
    world_close(&world);
}
END_TEST

START_TEST(matches_that_are_pinned_stay)
{
    struct world world;
    uint8_t before[ID_BYTES];
    world_open(&world);
    for (unsigned n = 0; n < 4; n++)
        add_student(&world, n, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 1);
    add_placement(&world, &company, "lb1", "p2", 2);
    round_until(&world, ROUND_STATE(PUBLISHED));
    /* whoever holds p1 goes; those at p2 would rather have it, and keep what they have */
    const PlacementRecord *wanted = placement_at(&world, "lb1", "p1");
    unsigned holder = 0, other = 0;
    for (unsigned n = 0; n < 4; n++) {
        const ProposalRecord *proposal = running_of(&world, n);
        if (!proposal)
            continue;
        if (bytes_equal(proposal->placement_id, wanted->placement_id))
            holder = n;
        else
            other = n;
    }
    memcpy(before, running_of(&world, other)->proposal_id.data, sizeof before);
    ck_assert(withdraw(&world, holder));
    world_work(&world);
    ck_assert_uint_eq(wanted->seats_taken, 1);
    ck_assert_mem_eq(running_of(&world, other)->proposal_id.data, before, sizeof before);
    ck_assert_int_eq(stagevraag_at(&world, holder)->state, STAGEVRAAG_STATE(WITHDRAWN));
    check_seats(&world);
    world_close(&world);
}
END_TEST

START_TEST(a_ground_that_changed_meanwhile_is_seen)
{
    struct world world;
    struct solve_request request;
    struct buf result;
    uint8_t entropy[ENTROPY_BYTES];
    world_open(&world);
    for (unsigned n = 0; n < 3; n++)
        add_student(&world, n, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    ck_assert(veto(&world, running_of(&world, who(&world, 3, true))));
    ck_assert(domain_next_solve(world.domain, &request));
    ck_assert(request.rematch);
    buf_init(&result, 1 << 20);
    ck_assert_int_eq(domain_solve(world.domain, &request, &result), ERR_OK);
    for (unsigned n = 0; n < 3; n++) /* everybody it could have chosen leaves, without an end of a proposal */
        if (stagevraag_at(&world, n)->n_barred_placements == 0)
            ck_assert(withdraw(&world, n));
    world_entropy(&world, entropy);
    domain_solved(world.domain, &request, buf_text(&result), NULL, entropy, world.now_ms);
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 0);
    ck_assert_uint_gt(round_at(&world, &id)->rematch_from_seq, request.up_to_seq);
    world_work(&world);
    ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, 0);
    check_seats(&world);
    buf_free(&result);
    world_close(&world);
}
END_TEST

#define MINUTES(n) ((int64_t)(n)*60000)

/* A published round whose one seat came free: a re-match is wanted. */
static struct round_id wanted(struct world *world)
{
    world_open(world);
    for (unsigned n = 0; n < 2; n++)
        add_student(world, n, SCHOOL_A, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(world, ROUND_STATE(PUBLISHED));
    ck_assert(veto(world, running_of(world, who(world, 2, true))));
    return id;
}

START_TEST(a_child_that_failed_is_asked_again_after_a_while_that_grows)
{
    static const int minutes[] = {1, 5, 15, 60, 60, 60};
    struct world world;
    struct solve_request request;
    struct round_id id = wanted(&world);
    uint64_t from_seq = round_at(&world, &id)->rematch_from_seq;
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        world_fail_solve(&world, "memory");
        ck_assert_int_eq(round_at(&world, &id)->state, ROUND_STATE(PUBLISHED));
        ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, from_seq);
        ck_assert(!domain_next_solve(world.domain, &request));
        ck_assert_int_eq(domain_next_due_ms(world.domain), world.now_ms + MINUTES(minutes[i]));
        world_wait(&world, world.now_ms + MINUTES(minutes[i]) - 1);
        ck_assert(!domain_next_solve(world.domain, &request));
        world_wait(&world, world.now_ms + 1);
        ck_assert(domain_next_solve(world.domain, &request));
        ck_assert(request.rematch);
    }
    world_work(&world); /* at last */
    ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, 0);
    ck_assert_uint_eq(round_at(&world, &id)->rematch_failures, 0);
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 1);
    world_close(&world);
}
END_TEST

START_TEST(after_four_failures_the_schools_know_until_it_succeeds)
{
    struct world world;
    struct round_id id = wanted(&world);
    for (size_t i = 1; i <= 6; i++) {
        world_fail_solve(&world, "timeout");
        size_t told = i >= 4;
        ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_A, TASK_KIND(REMATCH_FAILED)), told);
        ck_assert_uint_eq(tasks_for(&world, ROLE(COORDINATOR), SCHOOL_B, TASK_KIND(REMATCH_FAILED)), told);
        world_wait(&world, world.now_ms + MINUTES(60));
    }
    world_work(&world);
    ck_assert_uint_eq(tasks_for(&world, 0, NULL, TASK_KIND(REMATCH_FAILED)), 0);
    ck_assert_uint_eq(tasks_for(&world, 0, NULL, TASK_KIND(CLOSE_ROUND)), 2);
    ck_assert_int_eq(round_at(&world, &id)->rematch_retry_ms, 0);
    world_close(&world);
}
END_TEST

START_TEST(an_end_that_comes_meanwhile_waits_with_it_and_is_in_the_next_one)
{
    struct world world;
    struct solve_request request;
    struct round_id id = wanted(&world);
    unsigned waits = who(&world, 2, false);
    for (unsigned n = 0; n < 2; n++)
        if (stagevraag_at(&world, n)->n_barred_placements == 0)
            waits = n;
    world_fail_solve(&world, "killed");
    add_student(&world, 5, SCHOOL_A, NULL);
    ck_assert(place_elsewhere(&world, 5, placement_at(&world, "lb1", "p1")));
    ck_assert(withdraw(&world, 5)); /* gives its seat back, which asks for a re-match too */
    ck_assert(!domain_next_solve(world.domain, &request));
    world_wait(&world, world.now_ms + MINUTES(1));
    world_work(&world);
    ck_assert_uint_eq(round_at(&world, &id)->rematch_from_seq, 0);
    ck_assert_ptr_nonnull(running_of(&world, waits));
    check_seats(&world);
    world_close(&world);
}
END_TEST

START_TEST(a_restart_keeps_what_waits_and_a_round_that_ends_forgets_it)
{
    struct world world, again;
    struct solve_request request;
    struct round_id id = wanted(&world);
    world_fail_solve(&world, "memory");
    world_restart(&world, &again);
    ck_assert(!domain_next_solve(again.domain, &request));
    ck_assert_int_eq(domain_next_due_ms(again.domain), world.now_ms + MINUTES(1));
    round_step(&again, METHOD_CANCEL_ROUND, &id);
    world_work(&again);
    ck_assert_int_eq(round_at(&again, &id)->state, ROUND_STATE(CANCELLED));
    ck_assert_int_gt(domain_next_due_ms(again.domain), world.now_ms + MINUTES(1));
    world_close(&world);
    world_close(&again);
}
END_TEST

START_TEST(a_seat_taken_before_publishing_is_not_given_twice)
{
    struct world world;
    world_open(&world);
    for (unsigned n = 0; n < 3; n++)
        add_student(&world, n, SCHOOL_A, "lb1/p1");
    add_student(&world, 9, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 2);
    struct round_id id = round_until(&world, ROUND_STATE(VERIFIED));
    ck_assert(place_elsewhere(&world, 9, placement_at(&world, "lb1", "p1")));
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    world_work(&world);
    const PlacementRecord *record = placement_at(&world, "lb1", "p1");
    ck_assert_uint_eq(record->seats_taken, 2);
    check_seats(&world);
    ck_assert(withdraw(&world, 9)); /* gives its seat back: somebody else comes in */
    world_work(&world);
    ck_assert_uint_eq(record->seats_taken, 2);
    check_seats(&world);
    world_close(&world);
}
END_TEST

/* Random ends of every kind, with re-matches between: seats hold, counters agree, nobody sits twice. */
START_TEST(seats_hold_through_random_ends)
{
    enum { STUDENTS = 40, STEPS = 150 };
    static const char *const places[][2] = {{"lb1", "p1"}, {"lb1", "p2"}, {"lb2", "p3"}, {"lb2", "p4"}};
    struct world world;
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(20270115));
    world_open(&world);
    for (unsigned n = 0; n < STUDENTS; n++)
        add_student(&world, n, n % 2 ? SCHOOL_A : SCHOOL_B, n % 3 ? "lb1/p1" : "lb2/p3");
    for (size_t p = 0; p < 4; p++)
        add_placement(&world, &both_schools, places[p][0], places[p][1], 5);
    round_until(&world, ROUND_STATE(PUBLISHED));
    for (int step = 0; step < STEPS; step++) {
        unsigned n = (unsigned)random_below(&random, STUDENTS);
        const ProposalRecord *proposal = running_of(&world, n);
        switch (random_below(&random, 4)) {
        case 0:
        case 1:
            if (proposal)
                (void)veto(&world, proposal);
            break;
        case 2:
            if (random_below(&random, 6) == 0)
                (void)withdraw(&world, n);
            break;
        default:
            if (random_below(&random, 6) == 0) {
                const size_t p = random_below(&random, 4);
                (void)place_elsewhere(&world, n, placement_at(&world, places[p][0], places[p][1]));
            }
            break;
        }
        if (random_below(&random, 2))
            world_work(&world);
        check_seats(&world);
        ck_assert_int_eq(domain_restored(world.domain), ERR_OK);
    }
    world_work(&world);
    check_seats(&world);
    world_close(&world);
}
END_TEST

RUN_TESTS("domain/rematch", a_veto_lets_the_next_one_in_and_bars_the_pair, matches_that_are_pinned_stay,
          a_ground_that_changed_meanwhile_is_seen, a_child_that_failed_is_asked_again_after_a_while_that_grows,
          after_four_failures_the_schools_know_until_it_succeeds,
          an_end_that_comes_meanwhile_waits_with_it_and_is_in_the_next_one,
          a_restart_keeps_what_waits_and_a_round_that_ends_forgets_it,
          a_seat_taken_before_publishing_is_not_given_twice, seats_hold_through_random_ends)
