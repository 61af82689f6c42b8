#include "core_fixture.h"
#include "domain/placement.h"

/* What the company gets of one candidate. */
static Stagematch__V1__CandidateView *look(const struct caller *caller, const char *label)
{
    Stagematch__V1__GetCandidateRequest request = STAGEMATCH__V1__GET_CANDIDATE_REQUEST__INIT;
    request.candidate = message_borrow(label);
    Stagematch__V1__GetCandidateResponse *answer = call(caller, METHOD_GET_CANDIDATE, &request);
    if (!answer)
        return NULL;
    Stagematch__V1__CandidateView *view = answer->view;
    answer->view = NULL;
    message_free(answer);
    return view;
}

static size_t list(const struct caller *caller, const char *placement, char labels[][16])
{
    Stagematch__V1__ListCandidatesRequest request = STAGEMATCH__V1__LIST_CANDIDATES_REQUEST__INIT;
    request.placement_id = message_borrow(placement);
    Stagematch__V1__ListCandidatesResponse *answer = call(caller, METHOD_LIST_CANDIDATES, &request);
    DONE();
    size_t count = answer->n_candidates;
    for (size_t i = 0; i < count; i++)
        (void)snprintf(labels[i], 16, "%s", answer->candidates[i]->candidate);
    message_free(answer);
    return count;
}

static void object(struct about *about, const struct caller *caller, const char *reason, const char *criterion,
                   bool with_text)
{
    about->reason = reason;
    about->criterion = criterion;
    about->request_id = NULL;
    about->version = proposal_of(about->id)->version;
    move_as(caller, METHOD_OBJECT_TO_CANDIDATE, about, with_text);
}

/* Students of the same round who look like the first in this much, so that they are a crowd. */
static void add_crowd(unsigned count, uint32_t taal, uint32_t zorg)
{
    static unsigned next = 20;
    for (unsigned i = 0; i < count; i++, next++)
        add_stagevraag(STAGEVRAAG + next, 0xC0 + next % 30, "99AB", taal, zorg);
}

START_TEST(a_company_sees_nobody_before_the_school_approved)
{
    struct about about = open_story();
    char labels[8][16];
    ck_assert_ptr_null(look(&company, about.label));
    REFUSED("not_found");
    ck_assert_uint_eq(list(&company, "", labels), 0);
    ck_assert_uint_eq(list(&school, "", labels), 0);
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    ck_assert_uint_eq(list(&company, "", labels), 1);
    ck_assert_str_eq(labels[0], about.label);
    ck_assert_uint_eq(list(&school, "", labels), 1);
    ck_assert_uint_eq(list(&other_company, "", labels), 0);
    ck_assert_uint_eq(list(&other_school, "", labels), 0);
    ck_assert_ptr_null(look(&other_company, about.label));
    REFUSED("not_found");
    ck_assert_ptr_null(look(&other_school, about.label));
    REFUSED("not_found");
    close_domain();
}
END_TEST

START_TEST(the_view_says_what_enough_others_would_give)
{
    static const struct {
        unsigned same, same_bands_not; /* more students like the first, and others of the qualification */
        unsigned reduction;
    } crowds[] = {{4, 0, 0}, {3, 0, 3}, {3, 1, 1}, {0, 4, 1}, {0, 3, 3}, {0, 0, 3}};
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        struct about about = open_story();
        add_crowd(crowds[i].same, 1, 3); /* below and above, as the first: 2 and 4 */
        add_crowd(crowds[i].same_bands_not, 3, 0);
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        Stagematch__V1__CandidateView *view = look(&company, about.label);
        ck_assert_ptr_nonnull(view);
        ck_assert_uint_eq(view->reduction, crowds[i].reduction);
        ck_assert(view->hard_criteria_met);
        ck_assert_str_eq(view->qualification, crowds[i].reduction < 3 ? "25604" : "");
        ck_assert_int_eq(view->period_met, crowds[i].reduction < 2);
        ck_assert_int_eq(view->hours_and_days_met, crowds[i].reduction < 2);
        ck_assert_uint_eq(view->n_bands, 2);
        ck_assert_str_eq(view->bands[0]->band, crowds[i].reduction == 0 ? "below" : "");
        ck_assert_str_eq(view->bands[1]->band, crowds[i].reduction == 0 ? "above" : "");
        ck_assert_uint_eq(view->n_objectionable_criteria, crowds[i].reduction == 0 ? 1 : 0);
        ck_assert_ptr_nonnull(view->due_time);
        message_free(view);
        close_domain();
    }
}
END_TEST

START_TEST(the_view_stays_as_it_was_first_shown)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    add_crowd(10, 2, 4);
    Stagematch__V1__CandidateView *view = look(&company, about.label);
    ck_assert_uint_eq(view->reduction, 3);
    message_free(view);
    ck_assert(placement_of(PLACEMENT)->candidate_shown);
    close_domain();
}
END_TEST

/* Not one byte of the answer may depend on what a company must not know. */
START_TEST(the_view_has_nothing_of_school_student_or_place_of_living)
{
    uint8_t first[512], second[512];
    size_t lengths[2];
    for (unsigned run = 0; run < 2; run++) {
        open_domain();
        add_round(ROUND, ROUND_MODE(BLIND));
        add_placement(PLACEMENT, "100001", 2, "");
        add_stagevraag(STAGEVRAAG, run ? STUDENT + 9 : STUDENT, run ? "99AB" : "99AA", 2, 4);
        add_crowd(5, 2, 4);
        StagevraagRecord *stagevraag = state_edit(domain_state(domain), RECORD_STAGEVRAAG, key_of(STAGEVRAAG));
        ck_assert_int_eq(message_assign_string(&stagevraag->profile->pc4, text_of(run ? "9999" : "1000")), ERR_OK);
        stagevraag->profile->year = run ? 4 : 1;
        stagevraag->profile->needs_support = run != 0;
        struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
        move_as(run ? &other_school : &school, METHOD_APPROVE_PROPOSAL, &about, false);
        DONE();
        Stagematch__V1__CandidateView *view = look(&company, about.label);
        ck_assert_ptr_nonnull(view);
        lengths[run] = protobuf_c_message_pack(&view->base, run ? second : first);
        message_free(view);
        close_domain();
    }
    ck_assert_uint_eq(lengths[0], lengths[1]);
    ck_assert_mem_eq(first, second, lengths[0]);
}
END_TEST

START_TEST(candidates_come_one_by_one_in_the_order_in_which_they_wait)
{
    struct about first = open_story(), second;
    add_stagevraag(STAGEVRAAG + 1, STUDENT + 1, "99AA", 2, 4);
    second = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&first, PROPOSAL_STATE(APPROVED));
    now_ms += 1000;
    move_as(&school, METHOD_APPROVE_PROPOSAL, &second, false);
    char labels[8][16];
    ck_assert_uint_eq(list(&company, "", labels), 2);
    ck_assert(strcmp(labels[0], labels[1]) < 0);
    ck_assert_ptr_null(look(&company, second.label));
    REFUSED("candidate_waits");
    second.version = proposal_of(second.id)->version;
    move_as(&company, METHOD_AGREE_TO_CANDIDATE, &second, false);
    REFUSED("candidate_waits");
    message_free(look(&company, first.label));
    DONE();
    move_as(&company, METHOD_AGREE_TO_CANDIDATE, &first, false);
    DONE();
    message_free(look(&company, second.label));
    DONE();
    message_free(look(&company, first.label));
    DONE();
    close_domain();
}
END_TEST

START_TEST(reasons_are_held_to_their_rules)
{
    static const struct {
        const char *reason, *criterion;
        bool text;
        const char *refusal; /* NULL: done */
        const char *field;
    } tries[] = {
        {"", "", false, "missing_field", "reason"},
        {"klik", "", false, "unknown_reason", "reason"},
        {"reistijd", "", false, "reason_not_allowed", "reason"}, /* the student's */
        {"geen-vog", "", false, "reason_not_allowed", "reason"}, /* a fact, before release */
        {"anders", "", false, "text_needed", "text"},
        {"gesloten", "", true, "text_not_allowed", "text"},
        {"gesloten", "taal", false, "criterion_not_declared", "criterion"},
        {"onder-minimum", "", false, "criterion_needed", "criterion"},
        {"onder-minimum", "rijbewijs", false, "criterion_not_declared", "criterion"}, /* declared nowhere */
        {"onder-minimum", "zorg", false, "criterion_not_declared", "criterion"},      /* without a minimum */
        {"onder-minimum", "vca", false, "criterion_not_declared", "criterion"},       /* hard: everybody meets it */
        {"onder-minimum", "taal", false, NULL, NULL},
        {"niveau-betwist", "rijbewijs", false, "criterion_not_declared", "criterion"},
        {"niveau-betwist", "vca", false, NULL, NULL},
        {"geen-capaciteit", "", false, NULL, NULL},
        {"anders", "", true, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct about about = open_story();
        add_crowd(4, 2, 4);
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        object(&about, &company, tries[i].reason, tries[i].criterion, tries[i].text);
        if (tries[i].refusal) {
            REFUSED(tries[i].refusal);
            ck_assert_str_eq(last.field, tries[i].field);
            ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(APPROVED));
        } else {
            DONE();
            ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(REJECTED));
            ck_assert_str_eq(proposal_of(about.id)->reason, tries[i].reason);
            ck_assert_str_eq(proposal_of(about.id)->criterion, tries[i].criterion);
        }
        close_domain();
    }
}
END_TEST

START_TEST(nobody_is_below_a_minimum_that_they_reach)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 2, "");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 3, 0);
    add_crowd(4, 3, 0);
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    object(&about, &company, "onder-minimum", "taal", false);
    REFUSED("criterion_not_below");
    close_domain();
}
END_TEST

START_TEST(a_reason_cannot_ask_what_the_view_leaves_out)
{
    for (uint32_t level = 2; level < 4; level++) {
        open_domain();
        add_round(ROUND, ROUND_MODE(BLIND));
        add_placement(PLACEMENT, "100001", 2, "");
        add_stagevraag(STAGEVRAAG, STUDENT, "99AA", level, 0);
        struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        object(&about, &company, "onder-minimum", "taal", false);
        REFUSED("criterion_not_shown");
        close_domain();
    }
}
END_TEST

START_TEST(each_class_of_reason_does_its_own_with_the_seat)
{
    static const struct {
        const char *reason, *criterion;
        bool text;
        uint32_t suspended, anders;
        size_t reviews, contests, reopens;
    } ends[] = {{"geen-begeleider", "", false, 1, 0, 0, 0, 1},
                {"onder-minimum", "taal", false, 0, 0, 0, 0, 0},
                {"niveau-betwist", "zorg", false, 0, 0, 0, 1, 0},
                {"anders", "", true, 0, 1, 1, 0, 0}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct about about = open_story();
        add_crowd(4, 2, 4);
        bring_to(&about, PROPOSAL_STATE(APPROVED));
        object(&about, &company, ends[i].reason, ends[i].criterion, ends[i].text);
        DONE();
        ck_assert_uint_eq(placement_of(PLACEMENT)->seats_taken, 0);
        ck_assert_uint_eq(placement_of(PLACEMENT)->seats_suspended, ends[i].suspended);
        ck_assert_uint_eq(placement_of(PLACEMENT)->anders_count, ends[i].anders);
        ck_assert_uint_eq(count_tasks(0, "99AA", TASK_KIND(REVIEW_REASON)), ends[i].reviews);
        ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AA", TASK_KIND(CONTESTED_LEVEL)), ends[i].contests);
        ck_assert_uint_eq(count_tasks(ROLE(COMPANY), "100001", TASK_KIND(REOPEN)), ends[i].reopens);
        ck_assert_uint_eq(stagevraag_of(STAGEVRAAG)->n_contested_skills, ends[i].contests);
        close_domain();
    }
}
END_TEST

START_TEST(two_unexplained_objections_pause_the_placement)
{
    struct about about = open_story();
    add_stagevraag(STAGEVRAAG + 1, STUDENT, "99AA", 2, 4);
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    object(&about, &company, "anders", "", true);
    ck_assert_int_eq(placement_of(PLACEMENT)->state, PLACEMENT_STATE(PUBLISHED));
    about = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    object(&about, &company, "anders", "", true);
    DONE();
    ck_assert_int_eq(placement_of(PLACEMENT)->state, PLACEMENT_STATE(PAUSED));
    ck_assert_uint_eq(placement_free_seats(placement_of(PLACEMENT)), 0);
    ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AA", TASK_KIND(CALL_COMPANY)), 1);
    close_domain();
}
END_TEST

START_TEST(two_expiries_pause_the_placement)
{
    struct about about = open_story();
    add_stagevraag(STAGEVRAAG + 1, STUDENT, "99AA", 2, 4);
    struct about other = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    bring_to(&other, PROPOSAL_STATE(APPROVED));
    wait_until(now_ms + 9 * DAY_MS_LONG);
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(EXPIRED_COMPANY));
    ck_assert_int_eq(proposal_of(other.id)->state, PROPOSAL_STATE(EXPIRED_COMPANY));
    ck_assert_int_eq(placement_of(PLACEMENT)->state, PLACEMENT_STATE(PAUSED));
    ck_assert_uint_eq(placement_of(PLACEMENT)->seats_suspended, 2);
    ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AA", TASK_KIND(CALL_COMPANY)), 1);
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), "100001", TASK_KIND(REOPEN)), 0); /* the school opens it */
    ck_assert_int_eq(domain_restored(domain), ERR_OK);
    close_domain();
}
END_TEST

static void reopen_as(const struct caller *caller)
{
    Stagematch__V1__ReopenPlacementRequest request = STAGEMATCH__V1__REOPEN_PLACEMENT_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    id_format_bytes(id_of(PLACEMENT), id);
    request.request_id = message_borrow(new_request_id());
    request.placement_id = id;
    request.version = placement_of(PLACEMENT)->version;
    message_free(call(caller, METHOD_REOPEN_PLACEMENT, &request));
}

START_TEST(a_placement_that_is_paused_after_the_call_waits_for_the_school_still)
{
    struct about about = open_story();
    Stagematch__V1__ListTasksRequest list = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    add_stagevraag(STAGEVRAAG + 1, STUDENT, "99AA", 2, 4);
    struct about other = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    bring_to(&other, PROPOSAL_STATE(APPROVED));
    wait_until(now_ms + 9 * DAY_MS_LONG);
    Stagematch__V1__ListTasksResponse *tasks = call(&school, METHOD_LIST_TASKS, &list);
    DONE();
    ck_assert_uint_eq(tasks->n_tasks, 1);
    ck_assert_int_eq(tasks->tasks[0]->kind, TASK_KIND(CALL_COMPANY));
    request.request_id = message_borrow(new_request_id());
    request.task_id = tasks->tasks[0]->task_id;
    message_free(call(&school, METHOD_COMPLETE_TASK, &request));
    DONE();
    message_free(tasks);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(CALL_COMPANY)), 0);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(REOPEN)), 1);
    ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AA", TASK_KIND(REOPEN)), 1);
    reopen_as(&school);
    DONE();
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(REOPEN)), 0);
    close_domain();
}
END_TEST

START_TEST(a_company_that_reopens_its_seat_does_not_start_anew)
{
    struct about about = open_story();
    add_stagevraag(STAGEVRAAG + 1, STUDENT, "99AA", 2, 4);
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    wait_until(now_ms + 9 * DAY_MS_LONG);
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), "100001", TASK_KIND(REOPEN)), 1);
    reopen_as(&company);
    DONE();
    ck_assert_uint_eq(placement_of(PLACEMENT)->expiry_count, 1);
    about = about_of(propose(STAGEVRAAG + 1, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    wait_until(now_ms + 9 * DAY_MS_LONG);
    ck_assert_int_eq(placement_of(PLACEMENT)->state, PLACEMENT_STATE(PAUSED));
    reopen_as(&company);
    REFUSED("coordinator_reopens");
    reopen_as(&school);
    DONE();
    ck_assert_uint_eq(placement_of(PLACEMENT)->expiry_count, 0);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(CALL_COMPANY)), 0);
    close_domain();
}
END_TEST

START_TEST(a_drop_without_an_explanation_counts_too)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "anders";
    move_as(&company, METHOD_DROP_CANDIDATE, &about, true);
    DONE();
    ck_assert_uint_eq(placement_of(PLACEMENT)->anders_count, 1);
    ck_assert_uint_eq(placement_of(PLACEMENT)->seats_taken, 1); /* held for the reviewer */
    close_domain();
}
END_TEST

/* The placement asks something else by now; whoever was proposed before is shown against what was asked then. */
START_TEST(a_candidate_is_shown_with_the_criteria_of_its_own_version)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 2, "");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 2, 4);
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    Stagematch__V1__Placement *changed = NULL;
    ck_assert_int_eq(message_dup(placement_of(PLACEMENT)->placement, &changed), ERR_OK);
    uint32_t asked = changed->weighted_criteria[0]->minimum_level;
    changed->weighted_criteria[0]->minimum_level = asked + 1;
    uint8_t entropy[ENTROPY_BYTES] = {7};
    struct domain_options options = {.reasons = reasons, .calendar = calendar};
    struct context context = some_context(entropy, &options);
    ck_assert_ptr_nonnull(placement_enter(&context, changed, "", text_of("")));
    ck_assert_int_eq(context.error, ERR_OK);
    ck_assert_uint_eq(placement_of(PLACEMENT)->placement->weighted_criteria[0]->minimum_level, asked + 1);
    Stagematch__V1__CandidateView *view = look(&company, about.label);
    ck_assert_uint_eq(view->n_hard_criteria, 1);
    ck_assert_str_eq(view->hard_criteria[0]->skill, "vca");
    ck_assert_uint_eq(view->n_weighted_criteria, changed->n_weighted_criteria);
    ck_assert_uint_eq(view->weighted_criteria[0]->minimum_level, asked);
    message_free(view);
    message_free(changed);
    close_domain();
}
END_TEST

START_TEST(a_coordinator_acts_on_behalf_of_a_company_and_that_is_recorded)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 2, "99AB");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 2, 4);
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), "100001", TASK_KIND(DECIDE)), 1);
    ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AB", TASK_KIND(DECIDE)), 1);
    about.version = proposal_of(about.id)->version;
    move_as(&other_school, METHOD_AGREE_TO_CANDIDATE, &about, false); /* who entered the placement */
    DONE();
    ck_assert(proposal_of(about.id)->on_behalf);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(DECIDE)), 0);
    /* The other calls of that school are still not about its own student. */
    move_as(&other_school, METHOD_WITHDRAW_PROPOSAL, &about, false);
    REFUSED("not_found");
    struct changes changes;
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    bool recorded = false;
    for (size_t i = 0; i < changes.entry_count; i++) {
        LedgerPayload *payload;
        ck_assert_int_eq(message_unpack(&stagematch__internal__v1__ledger_payload__descriptor,
                                        changes.entries[i].payload, &payload),
                         ERR_OK);
        if (strcmp(payload->code, "accepted") == 0) {
            recorded = true;
            ck_assert(payload->on_behalf);
            ck_assert_uint_eq(payload->actor_role, ROLE(COORDINATOR));
            ck_assert_uint_eq(payload->actor.data[0], other_school.account);
            ck_assert_uint_eq(payload->profile_hash.len, 32);
        }
        message_free(payload);
    }
    ck_assert(recorded);
    changes_free(&changes);
    close_domain();
}
END_TEST

START_TEST(the_introduction_comes_when_the_student_agreed)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    Stagematch__V1__PlanIntroductionRequest plan = STAGEMATCH__V1__PLAN_INTRODUCTION_REQUEST__INIT;
    plan.request_id = message_borrow(new_request_id());
    plan.proposal_id = message_borrow(about.id);
    plan.version = about.version;
    plan.date = message_borrow("2027-02-28");
    message_free(call(&school, METHOD_PLAN_INTRODUCTION, &plan));
    REFUSED("bad_value"); /* yesterday */
    plan.date = message_borrow("2027-03-10");
    message_free(call(&school, METHOD_PLAN_INTRODUCTION, &plan));
    DONE();
    about.version = proposal_of(about.id)->version;
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(PLAN_INTRODUCTION)), 0);
    ck_assert_uint_eq(count_tasks(ROLE(STUDENT), student.scope, TASK_KIND(AGREE_INTRODUCTION)), 1);
    Stagematch__V1__CandidateView *view = look(&company, about.label);
    ck_assert_ptr_null(view->introduction);
    message_free(view);
    move_as(&other_student, METHOD_AGREE_INTRODUCTION, &about, false);
    REFUSED("not_found");
    move_as(&student, METHOD_AGREE_INTRODUCTION, &about, false);
    DONE();
    about.version = proposal_of(about.id)->version;
    view = look(&company, about.label);
    ck_assert_str_eq(view->introduction->date, "2027-03-10");
    ck_assert(view->introduction->student_agreed);
    message_free(view);
    move_as(&student, METHOD_AGREE_INTRODUCTION, &about, false);
    REFUSED("no_introduction");
    close_domain();
}
END_TEST

RUN_TESTS("candidate", a_company_sees_nobody_before_the_school_approved, the_view_says_what_enough_others_would_give,
          the_view_stays_as_it_was_first_shown, the_view_has_nothing_of_school_student_or_place_of_living,
          candidates_come_one_by_one_in_the_order_in_which_they_wait, reasons_are_held_to_their_rules,
          nobody_is_below_a_minimum_that_they_reach, a_reason_cannot_ask_what_the_view_leaves_out,
          each_class_of_reason_does_its_own_with_the_seat, two_unexplained_objections_pause_the_placement,
          two_expiries_pause_the_placement, a_company_that_reopens_its_seat_does_not_start_anew,
          a_placement_that_is_paused_after_the_call_waits_for_the_school_still,
          a_drop_without_an_explanation_counts_too, a_candidate_is_shown_with_the_criteria_of_its_own_version,
          a_coordinator_acts_on_behalf_of_a_company_and_that_is_recorded,
          the_introduction_comes_when_the_student_agreed)
