#include "domain/measure.h"
#include "domain/proposal.h"
#include "unit/domain/market_fixture.h"

/* A measure of school A about lb1, active, that pauses: as TakeMeasure makes one. */
static MeasureRecord *add_stop(struct world *world)
{
    MeasureRecord *record;
    ck_assert_int_eq(message_new(&stagematch__internal__v1__measure_record__descriptor, &record), ERR_OK);
    uint8_t id[ID_BYTES];
    fill_id(id, 0x61, 1);
    struct text key = {(const char *)id, sizeof id};
    record->effect = MEASURE_EFFECT(PAUSE);
    record->state = MEASURE_STATE(ACTIVE);
    record->take_ms = world->now_ms;
    ck_assert_int_eq(message_assign_bytes(&record->measure_id, key), ERR_OK);
    ck_assert_int_eq(message_assign_string(&record->school, text_of(SCHOOL_A)), ERR_OK);
    ck_assert_int_eq(message_assign_string(&record->leerbedrijf, text_of("lb1")), ERR_OK);
    ck_assert_int_eq(state_add(world->state, RECORD_MEASURE, &record->base), ERR_OK);
    return state_edit(world->state, RECORD_MEASURE, key);
}

static struct context context_of(struct world *world, const struct domain_options *options,
                                 uint8_t entropy[ENTROPY_BYTES])
{
    world_entropy(world, entropy);
    return (struct context){.domain = world->domain,
                            .options = options,
                            .state = world->state,
                            .entropy = entropy,
                            .now_ms = world->now_ms};
}

static void stop(struct world *world, MeasureRecord *measure)
{
    const struct domain_options options = {.reasons = world->reasons, .calendar = world->calendar};
    uint8_t entropy[ENTROPY_BYTES];
    struct context context = context_of(world, &options, entropy);
    cooperation_stop(&context, measure);
    ck_assert_int_eq(context.error, ERR_OK);
}

static void lift(struct world *world, MeasureRecord *measure)
{
    const struct domain_options options = {.reasons = world->reasons, .calendar = world->calendar};
    uint8_t entropy[ENTROPY_BYTES];
    struct context context = context_of(world, &options, entropy);
    measure->state = MEASURE_STATE(LIFTED);
    ck_assert_int_eq(state_edited(world->state, RECORD_MEASURE, measure), ERR_OK);
    cooperation_resume(&context, measure);
    ck_assert_int_eq(context.error, ERR_OK);
}

static bool has_proposal(const struct world *world, unsigned n)
{
    return stagevraag_at(world, n)->proposal_id.len != 0;
}

START_TEST(one_school_stops_and_the_other_goes_on)
{
    struct world world;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_student(&world, 1, SCHOOL_B, NULL);
    add_placement(&world, &company, "lb1", "p1", 2);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    ck_assert(has_proposal(&world, 0) && has_proposal(&world, 1));
    MeasureRecord *measure = add_stop(&world);
    ck_assert(cooperation_is_stopped(world.state, SCHOOL_A, "lb1"));
    ck_assert(!cooperation_is_stopped(world.state, SCHOOL_B, "lb1"));
    ck_assert(!cooperation_is_stopped(world.state, SCHOOL_A, "lb"));
    stop(&world, measure);
    ck_assert_uint_eq(measure->ended_proposals, 1);
    ck_assert_uint_eq(measure->paused_placements, 0); /* another school is in its round */
    ck_assert_int_eq(placement_at(&world, "lb1", "p1")->state, PLACEMENT_STATE(PUBLISHED));
    ck_assert_uint_gt(round_at(&world, &id)->rematch_from_seq, 0);
    world_work(&world); /* the search goes on, and ends */
    ck_assert(!has_proposal(&world, 0));
    ck_assert(has_proposal(&world, 1));
    ck_assert_uint_eq(placement_at(&world, "lb1", "p1")->seats_taken, 1);
    world_close(&world);
}
END_TEST

START_TEST(a_student_who_is_freed_is_matched_elsewhere_at_once)
{
    struct world world;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, "lb1/p1");
    add_placement(&world, &company, "lb1", "p1", 1);
    add_placement(&world, &company, "lb1", "p2", 1);
    add_placement(&world, &other_company, "lb9", "p9", 1);
    (void)round_until(&world, ROUND_STATE(PUBLISHED));
    stop(&world, add_stop(&world));
    world_work(&world);
    ck_assert(has_proposal(&world, 0));
    ck_assert_uint_eq(placement_at(&world, "lb9", "p9")->seats_taken,
                      1); /* not the other place of the same company */
    world_close(&world);
}
END_TEST

START_TEST(a_round_that_is_sealed_later_has_it_in_its_input)
{
    struct world world;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_student(&world, 1, SCHOOL_B, NULL);
    add_placement(&world, &company, "lb1", "p1", 2);
    (void)add_stop(&world);
    struct round_id id = round_until(&world, ROUND_STATE(PUBLISHED));
    const Stagematch__V1__Profile *sealed = stagevraag_at(&world, 0)->sealed_profile;
    ck_assert_ptr_nonnull(sealed);
    ck_assert_uint_eq(sealed->n_excluded, 1);
    ck_assert_str_eq(sealed->excluded[0], "lb1");
    ck_assert_uint_eq(stagevraag_at(&world, 0)->profile->n_excluded, 0); /* not what the student asked for */
    ck_assert_ptr_null(stagevraag_at(&world, 1)->sealed_profile);
    ck_assert_uint_eq(round_at(&world, &id)->unknown_wish_count, 0);
    ck_assert(!has_proposal(&world, 0));
    ck_assert(has_proposal(&world, 1));
    world_close(&world);
}
END_TEST

START_TEST(what_was_solved_before_is_not_proposed_after)
{
    struct world world;
    world_open(&world);
    add_student(&world, 0, SCHOOL_A, NULL);
    add_placement(&world, &company, "lb1", "p1", 1);
    struct round_id id = round_until(&world, ROUND_STATE(VERIFIED));
    MeasureRecord *measure = add_stop(&world);
    round_step(&world, METHOD_PUBLISH_ROUND, &id);
    world_work(&world); /* and asks for no re-match without end */
    ck_assert(!has_proposal(&world, 0));
    /* Lifted: the round was sealed before, so it may be proposed now. */
    lift(&world, measure);
    ck_assert(!cooperation_is_stopped(world.state, SCHOOL_A, "lb1"));
    world_work(&world);
    ck_assert(has_proposal(&world, 0));
    world_close(&world);
}
END_TEST

RUN_TESTS("cooperation", one_school_stops_and_the_other_goes_on, a_student_who_is_freed_is_matched_elsewhere_at_once,
          a_round_that_is_sealed_later_has_it_in_its_input, what_was_solved_before_is_not_proposed_after)
