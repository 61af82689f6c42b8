#include "core_fixture.h"

/* Every open task of a proposal's story as "role:kind", in one line, ordered. */
static const char *open_tasks(void)
{
    static char line[512];
    line[0] = '\0';
    for (unsigned role = 1; role <= ROLE(OPERATOR); role++)
        for (unsigned kind = 1; kind <= TASK_KIND(REOPEN); kind++)
            for (size_t i = count_tasks(role, NULL, (Stagematch__V1__TaskKind)kind); i > 0; i--)
                (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%u:%s", line[0] ? " " : "", role,
                               task_kind_name((Stagematch__V1__TaskKind)kind));
    return line;
}

/* Roles: 1 coördinator, 2 company, 3 reviewer, 5 student. */
START_TEST(each_state_has_the_tasks_of_those_it_waits_for)
{
    static const struct {
        Stagematch__V1__ProposalState state;
        const char *tasks;
    } waits[] = {
        {PROPOSAL_STATE(PROPOSED), "1:approve"},
        {PROPOSAL_STATE(APPROVED), "2:decide"},
        {PROPOSAL_STATE(ACCEPTED), "5:confirm"},
        {PROPOSAL_STATE(CONFIRMED), "1:release"},
        {PROPOSAL_STATE(RELEASED), "1:plan_introduction 2:place"},
        {PROPOSAL_STATE(PLACED), "1:start"},
        {PROPOSAL_STATE(STARTED), "1:complete 2:check_in 2:check_in 2:check_in 5:check_in 5:check_in 5:check_in"},
        {PROPOSAL_STATE(COMPLETED), "2:check_in 2:reopen 5:check_in"},
    };
    struct about about = open_story();
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        bring_to(&about, waits[i].state);
        ck_assert_str_eq(open_tasks(), waits[i].tasks);
    }
    close_domain();
}
END_TEST

START_TEST(an_end_leaves_only_what_a_person_must_still_do)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "geen-vog";
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
    DONE();
    ck_assert_str_eq(open_tasks(), "3:review_reason");
    close_domain();
}
END_TEST

/* Calls about tasks. */
static Stagematch__V1__ListTasksResponse *tasks_of(const struct caller *caller)
{
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__ListTasksResponse *answer = call(caller, METHOD_LIST_TASKS, &request);
    DONE();
    return answer;
}

static void complete(const struct caller *caller, const char *task_id)
{
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    request.request_id = message_borrow(new_request_id());
    request.task_id = message_borrow(task_id);
    message_free(call(caller, METHOD_COMPLETE_TASK, &request));
}

START_TEST(a_list_has_the_callers_own_tasks_first_due_first)
{
    struct about about = open_story();
    Stagematch__V1__ListTasksResponse *answer = tasks_of(&school);
    ck_assert_uint_eq(answer->n_tasks, 1);
    ck_assert_int_eq(answer->tasks[0]->kind, TASK_KIND(APPROVE));
    ck_assert_str_eq(answer->tasks[0]->proposal_id, about.id);
    ck_assert_str_eq(answer->tasks[0]->candidate, ""); /* nobody was shown yet */
    complete(&school, answer->tasks[0]->task_id);
    REFUSED("task_closes_itself");
    message_free(answer);
    answer = tasks_of(&other_school);
    ck_assert_uint_eq(answer->n_tasks, 0);
    message_free(answer);
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    answer = tasks_of(&company);
    ck_assert_uint_eq(answer->n_tasks, 1);
    ck_assert_str_eq(answer->tasks[0]->candidate, about.label);
    ck_assert_str_eq(answer->tasks[0]->proposal_id, ""); /* a company knows the label alone */
    ck_assert_str_eq(answer->tasks[0]->stagevraag_id, "");
    message_free(answer);
    bring_to(&about, PROPOSAL_STATE(STARTED));
    answer = tasks_of(&student); /* the questions come when their week comes */
    ck_assert_uint_eq(answer->n_tasks, 0);
    message_free(answer);
    wait_until(MONDAY_MS + 15 * DAY_MS_LONG);
    answer = tasks_of(&student);
    ck_assert_uint_eq(answer->n_tasks, 1);
    ck_assert_str_eq(answer->tasks[0]->detail, "week_2");
    message_free(answer);
    close_domain();
}
END_TEST

START_TEST(a_reviewers_look_frees_the_seat_that_was_held)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    about.reason = "geen-vog";
    move_as(&company, METHOD_DROP_CANDIDATE, &about, false);
    ck_assert_uint_eq(placement_free_seats(placement_of(PLACEMENT)), 1);
    Stagematch__V1__ListTasksResponse *answer = tasks_of(&handler_of_cases), *same = tasks_of(&reviewer);
    ck_assert_uint_eq(answer->n_tasks, 1);
    ck_assert_uint_eq(same->n_tasks, 1);
    ck_assert_str_eq(answer->tasks[0]->task_id, same->tasks[0]->task_id);
    ck_assert_str_eq(answer->tasks[0]->detail, "geen-vog");
    complete(&school, answer->tasks[0]->task_id);
    REFUSED("not_found");
    complete(&handler_of_cases, answer->tasks[0]->task_id);
    DONE();
    ck_assert_uint_eq(placement_free_seats(placement_of(PLACEMENT)), 2);
    ck_assert(!proposal_of(about.id)->seat_held);
    complete(&reviewer, answer->tasks[0]->task_id);
    REFUSED("not_found");
    ck_assert_int_eq(domain_restored(domain), ERR_OK);
    message_free(answer);
    message_free(same);
    close_domain();
}
END_TEST

/* Terms. */

START_TEST(what_is_overdue_goes_where_the_design_says)
{
    static const struct {
        Stagematch__V1__ProposalState from, to;
        bool escalated;
    } overdue[] = {
        {PROPOSAL_STATE(PROPOSED), PROPOSAL_STATE(PROPOSED), true},
        {PROPOSAL_STATE(APPROVED), PROPOSAL_STATE(EXPIRED_COMPANY), false},
        {PROPOSAL_STATE(ACCEPTED), PROPOSAL_STATE(EXPIRED_STUDENT), false},
        {PROPOSAL_STATE(CONFIRMED), PROPOSAL_STATE(CONFIRMED), true},
        {PROPOSAL_STATE(RELEASED), PROPOSAL_STATE(RELEASED), true},
        {PROPOSAL_STATE(PLACED), PROPOSAL_STATE(PLACED), false},
    };
    for (size_t i = 0; i < sizeof overdue / sizeof overdue[0]; i++) {
        struct about about = open_story();
        bring_to(&about, overdue[i].from);
        wait_until(MONDAY_MS + 30 * DAY_MS_LONG);
        ck_assert_int_eq(proposal_of(about.id)->state, overdue[i].to);
        ck_assert_int_eq(proposal_of(about.id)->escalated, overdue[i].escalated);
        ck_assert_uint_eq(count_tasks(ROLE(COORDINATOR), "99AA", TASK_KIND(ESCALATION)), overdue[i].escalated);
        if (overdue[i].escalated) { /* it can still be done, and that ends the escalation */
            static const Stagematch__V1__ProposalState next[] = {
                [PROPOSAL_STATE(PROPOSED)] = PROPOSAL_STATE(APPROVED),
                [PROPOSAL_STATE(CONFIRMED)] = PROPOSAL_STATE(RELEASED),
                [PROPOSAL_STATE(RELEASED)] = PROPOSAL_STATE(PLACED)};
            bring_to(&about, next[overdue[i].from]);
            ck_assert(!proposal_of(about.id)->escalated);
            ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(ESCALATION)), 0);
        }
        close_domain();
    }
}
END_TEST

START_TEST(a_term_ends_with_its_last_working_day_and_not_before)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    int64_t due_ms = dutch_day_start_ms(dutch_day(MONDAY_MS) + 8); /* Tuesday: five working days have passed */
    wait_until(due_ms - 1);
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(APPROVED));
    wait_until(due_ms);
    ck_assert_int_eq(proposal_of(about.id)->state, PROPOSAL_STATE(EXPIRED_COMPANY));
    close_domain();
}
END_TEST

/* Notices: templates in order, "template>role". */
static const char *notices(void)
{
    static char line[2048];
    Stagematch__Internal__V1__PullNoticesRequest request = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_REQUEST__INIT;
    static const struct caller vault = {0, NULL, 0};
    line[0] = '\0';
    Stagematch__Internal__V1__PullNoticesResponse *answer = call(&vault, METHOD_PULL_NOTICES, &request);
    DONE();
    for (size_t i = 0; i < answer->n_notices; i++)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s>%u", i ? " " : "",
                       answer->notices[i]->template_, (unsigned)answer->notices[i]->role);
    message_free(answer);
    return line;
}

START_TEST(people_are_told_of_the_task_the_reminder_and_the_end)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    ck_assert_str_eq(notices(), "task_approve>1 task_decide>2");
    wait_until(dutch_day_start_ms(dutch_day(MONDAY_MS) + 3)); /* the third working day */
    ck_assert_str_eq(notices(), "task_approve>1 task_decide>2 task_reminder>2");
    wait_until(dutch_day_start_ms(dutch_day(MONDAY_MS) + 8));
    ck_assert_str_eq(notices(), "task_approve>1 task_decide>2 task_reminder>2 task_overdue>2 task_reopen>2 "
                                "candidate_ended>2");
    close_domain();
}
END_TEST

START_TEST(many_tasks_of_one_moment_are_told_once)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 50, "");
    for (unsigned i = 0; i < 12; i++) {
        add_stagevraag(STAGEVRAAG + i, STUDENT + i, "99AA", 2, 4);
        (void)propose(STAGEVRAAG + i, PLACEMENT);
    }
    ck_assert_str_eq(notices(), "task_approve>1");
    wait_until(dutch_day_start_ms(dutch_day(MONDAY_MS) + 3));
    ck_assert_str_eq(notices(), "task_approve>1 task_reminder>1");
    close_domain();
}
END_TEST

START_TEST(notices_are_forgotten_once_they_are_told_and_numbers_go_on)
{
    struct about about = open_story();
    static const struct caller vault = {0, NULL, 0};
    Stagematch__Internal__V1__PullNoticesRequest request = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_REQUEST__INIT;
    bring_to(&about, PROPOSAL_STATE(CONFIRMED));
    Stagematch__Internal__V1__PullNoticesResponse *answer = call(&vault, METHOD_PULL_NOTICES, &request);
    ck_assert_uint_eq(answer->n_notices, 4);
    uint64_t last_seq = answer->notices[3]->seq;
    message_free(answer);
    request.after_seq = last_seq;
    answer = call(&vault, METHOD_PULL_NOTICES, &request);
    ck_assert_uint_eq(answer->n_notices, 0);
    message_free(answer);
    ck_assert_uint_eq(state_count(domain_state(domain), RECORD_NOTICE), 1); /* the number to count on from */
    bring_to(&about, PROPOSAL_STATE(RELEASED));
    answer = call(&vault, METHOD_PULL_NOTICES, &request);
    ck_assert_uint_gt(answer->n_notices, 0);
    ck_assert_uint_eq(answer->notices[0]->seq, last_seq + 1);
    message_free(answer);
    close_domain();
}
END_TEST

/* Check-ins. */

static void answer_as(const struct caller *caller, const struct about *about, Stagematch__V1__CheckInMoment moment,
                      Stagematch__V1__CheckInAnswer worst, size_t count)
{
    Stagematch__V1__CheckInAnswer answers[] = {CHECK_IN_ANSWER(GREEN), CHECK_IN_ANSWER(ORANGE), worst, worst};
    if (caller->role == ROLE(STUDENT)) {
        Stagematch__V1__AnswerCheckInRequest request = STAGEMATCH__V1__ANSWER_CHECK_IN_REQUEST__INIT;
        request.request_id = message_borrow(new_request_id());
        request.proposal_id = message_borrow(about->id);
        request.moment = moment;
        request.n_answers = count;
        request.answers = answers;
        message_free(call(caller, METHOD_ANSWER_CHECK_IN, &request));
    } else {
        Stagematch__V1__AnswerCompanyCheckInRequest request = STAGEMATCH__V1__ANSWER_COMPANY_CHECK_IN_REQUEST__INIT;
        request.request_id = message_borrow(new_request_id());
        request.candidate = message_borrow(about->label);
        request.moment = moment;
        request.n_answers = count;
        request.answers = answers;
        message_free(call(caller, METHOD_ANSWER_COMPANY_CHECK_IN, &request));
    }
}

START_TEST(check_ins_are_answered_once_by_each_side)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(PLACED));
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("wrong_state");
    bring_to(&about, PROPOSAL_STATE(STARTED));
    answer_as(&student, &about, CHECK_IN_MOMENT(UNSPECIFIED), CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("bad_value");
    answer_as(&student, &about, (Stagematch__V1__CheckInMoment)4, CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("bad_value");
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 2);
    REFUSED("three_answers");
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 4);
    REFUSED("three_answers");
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(UNSPECIFIED), 3);
    REFUSED("three_answers");
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 3);
    DONE();
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(RED), 3);
    REFUSED("already_answered");
    answer_as(&other_student, &about, CHECK_IN_MOMENT(WEEK_6), CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("not_found");
    answer_as(&other_company, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("not_found");
    ck_assert_uint_eq(count_tasks(ROLE(STUDENT), NULL, TASK_KIND(CHECK_IN)), 2);
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), NULL, TASK_KIND(CHECK_IN)), 3);
    answer_as(&company, &about, CHECK_IN_MOMENT(WEEK_2), CHECK_IN_ANSWER(GREEN), 3);
    DONE();
    ck_assert_uint_eq(count_tasks(ROLE(COMPANY), NULL, TASK_KIND(CHECK_IN)), 2);
    ck_assert_uint_eq(proposal_of(about.id)->n_check_ins, 2);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(RED_ANSWER)), 0);
    close_domain();
}
END_TEST

START_TEST(a_red_answer_is_a_task_within_two_working_days)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(STARTED));
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_6), CHECK_IN_ANSWER(RED), 3);
    DONE();
    Stagematch__V1__ListTasksResponse *answer = tasks_of(&school);
    ck_assert_uint_eq(answer->n_tasks, 1);
    ck_assert_int_eq(answer->tasks[0]->kind, TASK_KIND(RED_ANSWER));
    ck_assert_str_eq(answer->tasks[0]->detail, "week_6");
    /* Monday + 2 working days: the night after Wednesday. */
    ck_assert_int_eq(answer->tasks[0]->due_time->seconds, dutch_day_start_ms(dutch_day(MONDAY_MS) + 3) / 1000);
    complete(&school, answer->tasks[0]->task_id);
    DONE();
    message_free(answer);
    ck_assert_uint_eq(count_tasks(0, NULL, TASK_KIND(RED_ANSWER)), 0);
    close_domain();
}
END_TEST

START_TEST(the_last_questions_may_be_answered_after_the_stage)
{
    struct about about = open_story();
    bring_to(&about, PROPOSAL_STATE(COMPLETED));
    answer_as(&student, &about, CHECK_IN_MOMENT(WEEK_6), CHECK_IN_ANSWER(GREEN), 3);
    REFUSED("wrong_state");
    answer_as(&student, &about, CHECK_IN_MOMENT(END), CHECK_IN_ANSWER(GREEN), 3);
    DONE();
    answer_as(&company, &about, CHECK_IN_MOMENT(END), CHECK_IN_ANSWER(GREEN), 3);
    DONE();
    ck_assert_str_eq(open_tasks(), "2:reopen");
    close_domain();
}
END_TEST

START_TEST(a_short_stage_has_no_questions_after_its_end)
{
    struct about about = open_story();
    StagevraagRecord *stagevraag = state_edit(domain_state(domain), RECORD_STAGEVRAAG, key_of(STAGEVRAAG));
    ck_assert_int_eq(message_assign_string(&stagevraag->profile->end_date, text_of("2027-03-20")), ERR_OK);
    bring_to(&about, PROPOSAL_STATE(STARTED));
    ck_assert_uint_eq(count_tasks(ROLE(STUDENT), NULL, TASK_KIND(CHECK_IN)), 2);
    close_domain();
}
END_TEST

RUN_TESTS("task", each_state_has_the_tasks_of_those_it_waits_for, an_end_leaves_only_what_a_person_must_still_do,
          a_list_has_the_callers_own_tasks_first_due_first, a_reviewers_look_frees_the_seat_that_was_held,
          what_is_overdue_goes_where_the_design_says, a_term_ends_with_its_last_working_day_and_not_before,
          people_are_told_of_the_task_the_reminder_and_the_end, many_tasks_of_one_moment_are_told_once,
          notices_are_forgotten_once_they_are_told_and_numbers_go_on, check_ins_are_answered_once_by_each_side,
          a_red_answer_is_a_task_within_two_working_days, the_last_questions_may_be_answered_after_the_stage,
          a_short_stage_has_no_questions_after_its_end)
