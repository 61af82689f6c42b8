/*
 * signal.h - the rules of signal/rules.h as decisions arrive: counters of units, signals, aandachtspunten.
 *
 * Each step of a proposal and each observation is counted once, in the transaction of what it is about; what an answer says is computed
 * from the counters (signal/judge.h). Where a rule's event comes, an event record and the signal of its unit are made; where the status rises
 * to "signal", the school's reviewers get a task; single events of R2, R3 and R6 become an aandachtspunt.
 *
 * Cost of one step: four to six small records, and the judgement of the rules that it touches; far below a millisecond.
 */
#ifndef DOMAIN_SIGNAL_H
#define DOMAIN_SIGNAL_H

#include "domain/command.h"
#include "signal/rules.h"

/* A report of a student, a school or a company about a leerbedrijf ("": about none). Once for each report_id. */
struct signal_report {
    ProtobufCBinaryData report_id;
    const char *school, *leerbedrijf;
};
void signal_report_received(struct context *context, const struct signal_report *report);

/* What a decision's ledger entry says of the rules: the concern, stratum and marks of `fact`; their texts lie in `place`. */
struct decision;
struct signal_place;
void signal_of_decision(const struct context *context, const ProposalRecord *proposal,
                        const struct decision *decision, struct signal_place *place, struct fact *fact);

/* A proposal entered its state. */
void signal_proposal_moved(struct context *context, const ProposalRecord *proposal, const struct decision *decision);

/* The text of its reason names no declared criterion, or has a word of the watch list (R7). */
void signal_text_not_objective(struct context *context, const ProposalRecord *proposal);

/* A placement was published: R3 where one like it was withdrawn after release shortly before. */
void signal_placement_published(struct context *context, const PlacementRecord *placement);

/* Criteria changed after a candidate was shown (R4); `version` is the one that was shown. */
void signal_criteria_changed(struct context *context, const PlacementRecord *placement, uint64_t version);

/* A seat that was refused for want of room or guidance is open again within days: that reason is contradicted (R1). */
void signal_placement_reopened(struct context *context, const PlacementRecord *placement);

/* A coördinator decided on a contested level (R11); kept, it contradicts a company that rejected because of it (R1). */
void signal_level_decided(struct context *context, const StagevraagRecord *stagevraag, const char *skill,
                          bool changed);

handler_function handle_list_signals, handle_get_signal, handle_assess_signal;
handler_function handle_list_points, handle_complete_point, handle_record_observation;

#endif
