/* Contacts of a company, each checked by some schools and not by others, in a round that both schools share. */
#include "stagematch/v1/candidate.pb-c.h"
#include "unit/domain/market_fixture.h"

static const char *const by_a[] = {SCHOOL_A}, *const by_b[] = {SCHOOL_B};

/* From here on the company's contact is one whom these schools have checked. */
static void contact_of(const char *const *schools, size_t count)
{
    checking_schools = schools;
    checking_count = count;
}

static const ProposalRecord *proposal_of(const struct world *world, unsigned n)
{
    const StagevraagRecord *student = stagevraag_at(world, n);
    return state_find(world->state, RECORD_PROPOSAL, text_of_bytes(student->proposal_id));
}

static void approve(struct world *world, unsigned n)
{
    Stagematch__V1__ApproveProposalRequest request = STAGEMATCH__V1__APPROVE_PROPOSAL_REQUEST__INIT;
    char hex[ID_HEX_BYTES];
    id_format_bytes(proposal_of(world, n)->proposal_id, hex);
    request.proposal_id = hex;
    request.version = proposal_of(world, n)->version;
    void *answer = call(world, &both_schools, METHOD_APPROVE_PROPOSAL, &request);
    DONE(answer, world);
    message_free(answer);
    world->now_ms += 1000; /* the one after it waits shorter */
}

/* Student 0 of school A and student 1 of school B, both matched to lb1/p1 and neither approved. */
static struct round_id open_shared(struct world *world)
{
    contact_of(known_schools, 2);
    world_open(world);
    add_student(world, 0, SCHOOL_A, "lb1/p1");
    add_student(world, 1, SCHOOL_B, "lb1/p1");
    add_placement(world, &company, "lb1", "p1", 2);
    return round_until(world, ROUND_STATE(PUBLISHED));
}

static size_t listed(struct world *world)
{
    Stagematch__V1__ListCandidatesRequest request = STAGEMATCH__V1__LIST_CANDIDATES_REQUEST__INIT;
    Stagematch__V1__ListCandidatesResponse *answer = call(world, &company, METHOD_LIST_CANDIDATES, &request);
    DONE(answer, world);
    size_t count = answer->n_candidates;
    message_free(answer);
    return count;
}

/* Whether the contact's tasks name this candidate. */
static bool is_asked_about(struct world *world, const char *label)
{
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__ListTasksResponse *answer = call(world, &company, METHOD_LIST_TASKS, &request);
    bool found = false;
    DONE(answer, world);
    for (size_t i = 0; i < answer->n_tasks; i++)
        found = found || strcmp(answer->tasks[i]->candidate, label) == 0;
    message_free(answer);
    return found;
}

static bool sees(struct world *world, const ProposalRecord *proposal, const char *refusal)
{
    Stagematch__V1__GetCandidateRequest request = STAGEMATCH__V1__GET_CANDIDATE_REQUEST__INIT;
    request.candidate = proposal->candidate;
    if (refusal) {
        refused(world, &company, METHOD_GET_CANDIDATE, &request, refusal, NULL);
        return false;
    }
    void *answer = call(world, &company, METHOD_GET_CANDIDATE, &request);
    bool done = answer != NULL;
    message_free(answer);
    return done;
}

static bool agree(struct world *world, const ProposalRecord *proposal)
{
    Stagematch__V1__AgreeToCandidateRequest request = STAGEMATCH__V1__AGREE_TO_CANDIDATE_REQUEST__INIT;
    request.candidate = proposal->candidate;
    request.version = proposal->version;
    void *answer = call(world, &company, METHOD_AGREE_TO_CANDIDATE, &request);
    bool done = answer != NULL;
    message_free(answer);
    return done;
}

START_TEST(a_contact_sees_and_decides_on_students_of_schools_that_checked_it)
{
    struct world world;
    (void)open_shared(&world);
    approve(&world, 0);
    const ProposalRecord *of_a = proposal_of(&world, 0);
    contact_of(by_b, 1);
    ck_assert_uint_eq(listed(&world), 0);
    ck_assert(!sees(&world, of_a, "not_found"));
    ck_assert(!is_asked_about(&world, of_a->candidate));
    ck_assert(!agree(&world, of_a));
    ck_assert_str_eq(world.status.refusal->name, "not_found");
    contact_of(NULL, 0);
    ck_assert_uint_eq(listed(&world), 0);
    ck_assert(!sees(&world, of_a, "not_found"));
    contact_of(by_a, 1);
    ck_assert_uint_eq(listed(&world), 1);
    ck_assert(sees(&world, of_a, NULL));
    ck_assert(is_asked_about(&world, of_a->candidate));
    ck_assert(agree(&world, of_a));
    ck_assert_int_eq(of_a->state, PROPOSAL_STATE(ACCEPTED));
    world_close(&world);
}
END_TEST

START_TEST(who_waits_for_the_other_schools_candidate_is_told_whose_turn_it_is_and_no_more)
{
    struct world world;
    (void)open_shared(&world);
    approve(&world, 0);
    approve(&world, 1);
    const ProposalRecord *of_a = proposal_of(&world, 0), *of_b = proposal_of(&world, 1);
    contact_of(by_b, 1);
    ck_assert_uint_eq(listed(&world), 1);
    ck_assert(!sees(&world, of_b, "other_contact_waits"));
    ck_assert(!sees(&world, of_a, "not_found"));
    contact_of(known_schools, 2);
    ck_assert(!sees(&world, of_b, "candidate_waits"));
    ck_assert(agree(&world, of_a));
    contact_of(by_b, 1);
    ck_assert(sees(&world, of_b, NULL));
    ck_assert(agree(&world, of_b));
    world_close(&world);
}
END_TEST

static struct status withdraw(struct world *world)
{
    Stagematch__V1__WithdrawPlacementRequest request = STAGEMATCH__V1__WITHDRAW_PLACEMENT_REQUEST__INIT;
    const PlacementRecord *placement = placement_at(world, "lb1", "p1");
    char hex[ID_HEX_BYTES];
    id_format_bytes(placement->placement_id, hex);
    request.placement_id = hex;
    request.version = placement->version;
    request.reason = "gesloten";
    message_free(call(world, &company, METHOD_WITHDRAW_PLACEMENT, &request));
    return world->status;
}

START_TEST(a_contact_withdraws_no_placement_from_under_another_schools_student)
{
    struct world world;
    (void)open_shared(&world);
    contact_of(by_b, 1); /* a school of the round, but not of every student */
    ck_assert_str_eq(withdraw(&world).refusal->name, "contact_not_checked");
    contact_of(NULL, 0);
    ck_assert_str_eq(withdraw(&world).refusal->name, "contact_not_checked");
    ck_assert_int_eq(proposal_of(&world, 0)->state, PROPOSAL_STATE(PROPOSED));
    ck_assert_int_eq(proposal_of(&world, 1)->state, PROPOSAL_STATE(PROPOSED));
    contact_of(known_schools, 2);
    ck_assert_ptr_null(withdraw(&world).refusal);
    ck_assert_int_eq(placement_at(&world, "lb1", "p1")->state, PLACEMENT_STATE(WITHDRAWN));
    world_close(&world);
}
END_TEST

START_TEST(a_placement_outside_any_round_is_the_leerbedrijfs_own)
{
    struct world world;
    world_open(&world);
    contact_of(by_b, 1);
    add_placement(&world, &company, "lb1", "p1", 1);
    contact_of(by_a, 1);
    Stagematch__V1__Placement changed = placement_make("lb1", "p1");
    changed.title = "Andere titel";
    Stagematch__V1__Placement *shown = submit(&world, &company, &changed);
    DONE(shown, &world);
    message_free(shown);
    ck_assert_ptr_null(withdraw(&world).refusal);
    world_close(&world);
}
END_TEST

START_TEST(the_vault_is_told_of_a_grant_only_for_a_checked_contact)
{
    Stagematch__Internal__V1__CheckGrantRequest request = STAGEMATCH__INTERNAL__V1__CHECK_GRANT_REQUEST__INIT;
    struct world world;
    (void)open_shared(&world);
    approve(&world, 0);
    const ProposalRecord *of_a = proposal_of(&world, 0);
    ck_assert(agree(&world, of_a));
    ProposalRecord *edited = state_edit(world.state, RECORD_PROPOSAL, text_of_bytes(of_a->proposal_id));
    ck_assert_ptr_nonnull(edited);
    edited->state = PROPOSAL_STATE(RELEASED);
    ck_assert_int_eq(state_edited(world.state, RECORD_PROPOSAL, edited), ERR_OK);
    request.candidate = of_a->candidate;
    request.leerbedrijf = "lb1";
    const struct {
        const char *const *schools;
        size_t count;
        bool granted;
    } contacts[] = {{by_a, 1, true}, {known_schools, 2, true}, {by_b, 1, false}, {NULL, 0, false}};
    for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
        contact_of(contacts[i].schools, contacts[i].count);
        Stagematch__Internal__V1__CheckGrantResponse *answer = call(&world, &company, METHOD_CHECK_GRANT, &request);
        DONE(answer, &world);
        ck_assert_int_eq(answer->granted, contacts[i].granted);
        message_free(answer);
    }
    world_close(&world);
}
END_TEST

/* The notices of this kind for companies, and the school by which each finds its contacts. */
static size_t notices_of(const struct world *world, const char *template, const char *school)
{
    size_t count = 0;
    struct text after = {NULL, 0};
    char key[8];
    for (const NoticeRecord *notice; (notice = state_next(world->state, RECORD_NOTICE, after));) {
        count += notice->role == ROLE(COMPANY) && strcmp(notice->template_, template) == 0 &&
                 strcmp(notice->school, school) == 0;
        for (size_t i = 0; i < sizeof key; i++)
            key[i] = (char)(notice->seq >> (56 - 8 * i));
        after = (struct text){key, sizeof key};
    }
    return count;
}

START_TEST(what_a_company_is_told_of_a_student_is_for_contacts_of_the_students_school)
{
    struct world world;
    (void)open_shared(&world);
    approve(&world, 0);
    ck_assert_uint_eq(notices_of(&world, "task_decide", SCHOOL_A), 1);
    ck_assert_uint_eq(notices_of(&world, "task_decide", SCHOOL_B), 0);
    approve(&world, 1); /* other contacts may have been told nothing yet */
    ck_assert_uint_eq(notices_of(&world, "task_decide", SCHOOL_B), 1);
    ck_assert_uint_eq(notices_of(&world, "task_decide", ""), 0);
    world_close(&world);
}
END_TEST

RUN_TESTS("domain/contacts", a_contact_sees_and_decides_on_students_of_schools_that_checked_it,
          who_waits_for_the_other_schools_candidate_is_told_whose_turn_it_is_and_no_more,
          a_contact_withdraws_no_placement_from_under_another_schools_student,
          a_placement_outside_any_round_is_the_leerbedrijfs_own,
          the_vault_is_told_of_a_grant_only_for_a_checked_contact,
          what_a_company_is_told_of_a_student_is_for_contacts_of_the_students_school)
