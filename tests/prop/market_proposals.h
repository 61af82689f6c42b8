/*
 * market_proposals.h - random moves of proposals, tasks that are said to be done, and questions that are answered.
 */
#ifndef PROP_MARKET_PROPOSALS_H
#define PROP_MARKET_PROPOSALS_H

#include "prop/market_life.h"

static const struct {
    enum method_id method;
    const char *reasons[3];
} ways[PROPOSAL_EVENT_COUNT] = {
    [EVENT_SCHOOL_APPROVES] = {METHOD_APPROVE_PROPOSAL, {""}},
    [EVENT_SCHOOL_VETOES] = {METHOD_VETO_PROPOSAL, {"reistijd", "anders", "niveau-betwist"}},
    [EVENT_COMPANY_AGREES] = {METHOD_AGREE_TO_CANDIDATE, {""}},
    [EVENT_COMPANY_OBJECTS] = {METHOD_OBJECT_TO_CANDIDATE, {"gesloten", "anders", "onder-minimum"}},
    [EVENT_STUDENT_CONFIRMS] = {METHOD_CONFIRM_PROPOSAL, {""}},
    [EVENT_STUDENT_DECLINES] = {METHOD_DECLINE_PROPOSAL, {"reistijd", "anders", "niveau-betwist"}},
    [EVENT_SCHOOL_RELEASES] = {METHOD_COMMIT_RELEASE, {""}},
    [EVENT_COMPANY_PLACES] = {METHOD_PLACE_CANDIDATE, {""}},
    [EVENT_COMPANY_DROPS] = {METHOD_DROP_CANDIDATE, {"geen-vog", "anders", "geen-begeleider"}},
    [EVENT_STARTS] = {METHOD_START_PROPOSAL, {""}},
    [EVENT_CANCELLED_BEFORE_START] = {METHOD_CANCEL_BEFORE_START, {"geen-vog", "anders", "gesloten"}},
    [EVENT_COMPLETES] = {METHOD_COMPLETE_PROPOSAL, {""}},
    [EVENT_ENDS_EARLY] = {METHOD_END_PROPOSAL_EARLY, {"niet-gekomen", "anders", "leerroute-behaald"}},
    [EVENT_STUDENT_WITHDRAWN] = {METHOD_WITHDRAW_PROPOSAL, {"plek-elders", "anders", "klik"}},
    [EVENT_PLACE_WITHDRAWN] = {METHOD_PLAN_INTRODUCTION, {""}},
    [EVENT_ROUND_CANCELLED] = {METHOD_AGREE_INTRODUCTION, {""}},
    [EVENT_OVERDUE] = {METHOD_APPROVE_PROPOSAL, {""}},
};

static enum proposal_event way_of(const ProposalRecord *proposal)
{
    if (proposal->state == PROPOSAL_STATE(RELEASED) && chance(3))
        return chance(2) ? EVENT_PLACE_WITHDRAWN : EVENT_ROUND_CANCELLED; /* the introduction */
    for (unsigned tries = 0; tries < 60; tries++) {
        const struct proposal_move *move = &proposal_moves[below((unsigned)proposal_move_count)];
        if (move->from == proposal->state && (!move->unfavourable || chance(4)))
            return move->event;
    }
    return (enum proposal_event)below(PROPOSAL_EVENT_COUNT);
}

static void plan_introduction(const struct caller *caller, const struct about *about)
{
    Stagematch__V1__PlanIntroductionRequest request = STAGEMATCH__V1__PLAN_INTRODUCTION_REQUEST__INIT;
    request.proposal_id = about->id;
    request.version = about->version;
    request.date = "2030-01-07";
    send_as(caller, METHOD_PLAN_INTRODUCTION, &request);
}

static void move_proposal(void)
{
    const ProposalRecord *proposal = some(RECORD_PROPOSAL);
    /* Those that have ended are many; what runs is what matters. */
    for (unsigned tries = 0; tries < 4 && proposal && !proposal_state_facts(proposal->state)->runs; tries++)
        proposal = some(RECORD_PROPOSAL);
    if (!proposal)
        return;
    struct about about = about_of(proposal);
    enum proposal_event event = way_of(proposal);
    enum method_id method = ways[event].method;
    const char *const *reasons_of = ways[event].reasons;
    about.reason = reasons_of[0] && reasons_of[0][0] ? reasons_of[below(3)] : NULL;
    bool with_text = about.reason && strcmp(about.reason, "anders") == 0;
    about.criterion =
        about.reason && (strcmp(about.reason, "onder-minimum") == 0 || strcmp(about.reason, "niveau-betwist") == 0)
            ? "taal"
            : "";
    about.side = (Stagematch__V1__Side)(1 + below(3));
    about.version -= chance(30);
    const struct caller *caller = somebody(proposal->school, proposal->leerbedrijf, proposal->student_ref);
    for (unsigned tries = 0; tries < 20 && !(method_of(method)->roles & ROLE_BIT(caller->role)); tries++)
        caller = method == METHOD_COMMIT_RELEASE
                     ? &coordinators[strcmp(proposal->school, schools[1]) == 0]
                     : somebody(proposal->school, proposal->leerbedrijf, proposal->student_ref);
    if (method == METHOD_COMMIT_RELEASE)
        release_as(caller, &about, ++release_stage);
    else if (method == METHOD_PLAN_INTRODUCTION)
        plan_introduction(caller, &about);
    else
        move_as(caller, method, &about, with_text);
}

static void finish_task(void)
{
    const TaskRecord *task = some(RECORD_TASK);
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    if (!task)
        return;
    id_format_bytes(task->task_id, id);
    request.task_id = id;
    send_as(task->role == ROLE(VERTROUWENSPERSOON) ? &reviewers[strcmp(task->scope, schools[1]) == 0]
                                                   : &coordinators[strcmp(task->scope, schools[1]) == 0],
            METHOD_COMPLETE_TASK, &request);
}

static void answer_questions(void)
{
    const ProposalRecord *proposal = some(RECORD_PROPOSAL);
    Stagematch__V1__CheckInAnswer answers[] = {CHECK_IN_ANSWER(GREEN), CHECK_IN_ANSWER(ORANGE), CHECK_IN_ANSWER(RED)};
    Stagematch__V1__AnswerCheckInRequest request = STAGEMATCH__V1__ANSWER_CHECK_IN_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    if (!proposal)
        return;
    id_format_bytes(proposal->proposal_id, id);
    request.proposal_id = id;
    request.moment = (Stagematch__V1__CheckInMoment)(1 + below(3));
    request.n_answers = 3;
    request.answers = answers;
    send_as(student_at(proposal->student_ref), METHOD_ANSWER_CHECK_IN, &request);
}

#endif
