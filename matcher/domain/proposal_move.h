/*
 * proposal_move.h - the one function that moves a proposal, and what follows from a move. For proposal*.c, candidate*.c and task.c.
 */
#ifndef DOMAIN_PROPOSAL_MOVE_H
#define DOMAIN_PROPOSAL_MOVE_H

#include "domain/proposal.h"
#include "domain/task.h"

/* What comes with an event: a reason and what it rests on, and who ended a stage. */
struct decision {
    const struct reason *reason; /* NULL: none */
    const char *criterion;       /* NULL: none */
    Stagematch__V1__Side side;   /* who ended it */
    bool by_service;             /* it follows from something larger, whoever began that */
};

extern const struct refusal refusal_wrong_proposal_state, refusal_unknown_reason, refusal_reason_not_allowed,
    refusal_criterion_needed, refusal_criterion_not_declared, refusal_criterion_not_below,
    refusal_criterion_not_shown, refusal_text_needed, refusal_text_not_allowed, refusal_text_apart;

/* Whether the table has this move for the caller. */
struct status proposal_check_move(const struct context *context, const ProposalRecord *proposal,
                                  enum proposal_event event);

/* Whether these may go with this event: the list of reasons, what each needs, what the criteria of the proposal declare. */
struct status proposal_check_decision(const struct context *context, const ProposalRecord *proposal,
                                      enum proposal_event event, const char *reason, const char *criterion,
                                      struct decision *out);

/* What a call that moves a proposal says; `reason` NULL: the move needs none. */
struct move_call {
    enum proposal_event event;
    Stagematch__V1__Side side;
    const char *reason, *criterion, *text; /* a text is refused: it goes apart, by way of the vault */
};

/* Checks all of it and makes the move. */
struct status proposal_check_and_move(struct context *context, const ProposalRecord *proposal,
                                      const struct move_call *call);

/*
 * Makes the move, which must have been checked. `proposal` is the state's own record. Sets context->error to ERR_INTERNAL for a
 * move that the table does not have, or not for this sender.
 */
void proposal_move(struct context *context, const ProposalRecord *proposal, enum proposal_event event,
                   const struct decision *decision);

/* proposal_effects.c: the parts of a move. */
void proposal_move_seat(struct context *context, ProposalRecord *proposal, const struct proposal_move *move,
                        const struct decision *decision);
void proposal_move_stagevraag(struct context *context, const ProposalRecord *proposal,
                              const struct proposal_move *move);
void proposal_review(struct context *context, const ProposalRecord *proposal, const struct decision *decision);

/* proposal_tasks.c: who must do something now, and who is told. `before`: the state that was left. */
void proposal_open_tasks(struct context *context, const ProposalRecord *proposal);
void proposal_close_tasks(struct context *context, const ProposalRecord *proposal,
                          Stagematch__V1__ProposalState before);
void proposal_tell(struct context *context, const ProposalRecord *proposal, const struct proposal_move *move);
/* For the company, and for the coördinator who entered the placement on its behalf. */
void proposal_open_company_task(struct context *context, const ProposalRecord *proposal, struct task_spec spec);

/* The subject of most tasks of a proposal. */
struct task_spec proposal_task(const ProposalRecord *proposal, Stagematch__V1__TaskKind kind, unsigned role,
                               const char *scope);

/* task.c: the task of a proposal is overdue, or a person says that it is done. */
void proposal_task_overdue(struct context *context, const TaskRecord *task);
void proposal_task_completed(struct context *context, const TaskRecord *task);

/* decided.c: a company decided, which group statistics count; nothing of other events. Before the proposal's record is put back. */
void decided_note(struct context *context, ProposalRecord *proposal, enum proposal_event event);

/* candidate_view.c: fixes how much the company sees, at the moment from which it may look. */
void candidate_freeze_view(struct context *context, ProposalRecord *proposal);

/* Text that the vault keeps with this call is about this proposal; `kind` is "reason" or "introduction". */
void proposal_text_subject(struct context *context, const ProposalRecord *proposal, const char *kind);

/* proposal_view.c */
/* The placement as declared in the version that the proposal was made under; NULL where that is gone. */
const Stagematch__V1__Placement *proposal_declared(const struct context *context, const ProposalRecord *proposal);
Stagematch__V1__Proposal *proposal_view(struct context *context, const ProposalRecord *record);
/* Appends the check-ins that this side answered, or with UNSPECIFIED all. */
void proposal_copy_check_ins(struct context *context, const ProposalRecord *record, Stagematch__V1__Side side,
                             Stagematch__V1__CheckIn ***list, size_t *count);
Stagematch__V1__Introduction *introduction_view(struct context *context, const ProposalRecord *record);

/* checkin.c: an answer of one side. */
struct status check_in_answer(struct context *context, const ProposalRecord *proposal, Stagematch__V1__Side side,
                              Stagematch__V1__CheckInMoment moment, const Stagematch__V1__CheckInAnswer *answers,
                              size_t answer_count);
void check_in_open_tasks(struct context *context, const ProposalRecord *proposal, int32_t start_day, int32_t end_day);

#endif
