/*
 * round.h - one match of schools and qualifications, from draft to closed.
 *
 * Moves: draft → open → sealed → revealed → solving → verified → publishing → published → closed; cancelled from any state that
 * is not final, failed from solving. Long work (sealing, cancelling, closing, the proposals of a re-match) is a mark beside the
 * state, done by round_work in pieces of WORK_RECORDS_MAX; a small round is done in the call that asks for it. While there
 * is such a mark, no other call may change the round.
 *
 * Sealing marks every stagevraag and placement that is in (round_id) and what the round holds on to: the profile (kept apart once
 * it is changed), how many bars there were, the criteria version, the free seats. So the input can be read back until the
 * round ends, whatever changes meanwhile.
 */
#ifndef DOMAIN_ROUND_H
#define DOMAIN_ROUND_H

#include "domain/command.h"
#include "domain/market.h"
#include "domain/market_build.h"

typedef Stagematch__V1__Round Round;
typedef Stagematch__Internal__V1__SolveResult SolveResult;

#define ROUND_WORK(name) STAGEMATCH__INTERNAL__V1__ROUND_RECORD__WORK__WORK_##name

extern const struct refusal refusal_wrong_round_state, refusal_round_too_large;

const RoundRecord *round_find(const struct state *state, ProtobufCBinaryData round_id);

/* One of a school of the caller, or refusal_not_found. */
struct status round_of_request(const struct context *context, const char *hex, const RoundRecord **out);

/* The same, for a coördinator who changes it: version, state, and that no long work is under way. */
struct status round_for_change(const struct context *context, const char *hex, uint64_t version,
                               Stagematch__V1__RoundState state, const RoundRecord **out);

RoundRecord *round_edit(struct context *context, const RoundRecord *record);

/* The only place where a round's state changes: refuses (context->error) a move that is not in the table; writes the fact; closes
   the tasks of the state that was left and opens those of the new one. */
void round_set_state(struct context *context, RoundRecord *record, Stagematch__V1__RoundState state,
                     ProtobufCBinaryData digest);

void round_show(struct context *context, const RoundRecord *record, Round **field);

/* A hash in hexadecimal into a string field; nothing where it is not there yet. */
void round_show_hex(struct context *context, ProtobufCBinaryData bytes, char **field);

/* Whether it is published and still has all that went in: what it was made of can be told. */
bool round_has_input(const RoundRecord *record);

/* Whether a set of codes has one of the placement's. */
bool round_takes_placement(const RoundRecord *record, const Stagematch__V1__Placement *placement);

/* round_seal.c: takes in at most WORK_RECORDS_MAX; a piece that ends it enters the digest, or leaves that to the solver. */
void round_seal_work(struct context *context, RoundRecord *record, bool small);
/* The sealed input; round_input_free it, whatever comes. */
MUST_USE enum err round_sealed_input(const struct state *state, const RoundRecord *record, struct round_input *out);
/* Whether all were taken in and the digest of a large input is waited for. */
bool round_waits_for_digest(const RoundRecord *record);
MUST_USE enum err round_describe_input(const struct state *state, const struct geography *geography,
                                       const RoundRecord *record, SolveResult *out);
void round_enter_input(struct context *context, RoundRecord *record, const SolveResult *result);

/* round_end.c: one piece of cancelling or closing. */
void round_end_work(struct context *context, RoundRecord *record);

/* round_publish.c: at most WORK_PROPOSALS_MAX matches become proposals, of the solve or of a re-match. */
void round_propose_work(struct context *context, RoundRecord *record);
/* Makes a proposal where both are still free; false where not. */
bool round_propose(struct context *context, const RoundRecord *record, const MatchRecord *match);
/* Keeps matches as chunks behind those that are there. Takes the elements. */
void round_keep_matches(struct context *context, RoundRecord *record, MatchRecord **matches, size_t count);

/*
 * round_tasks.c: whom a round waits for. round_open_tasks opens those of its state; round_change_tasks first closes what there is;
 * the others say what happened within a state.
 */
void round_open_tasks(struct context *context, const RoundRecord *record);
void round_change_tasks(struct context *context, const RoundRecord *record);
void round_ask_all(struct context *context, const RoundRecord *record, Stagematch__V1__TaskKind kind);
void round_nonce_came(struct context *context, const RoundRecord *record, const char *school);
/* The term of a task of a round is over. */
void round_task_overdue(struct context *context, const TaskRecord *task);

/* round_work.c */
bool round_has_work(const struct state *state);
void round_work(struct context *context);

/* rematch.c. One that failed is asked for again after a while that grows to an hour; see rematch_retry. */
void rematch_solved(struct context *context, const struct solve_request *request, SolveResult *result,
                    const char *failure);
/* The round ends: no re-match is wanted any more. */
void rematch_forget(RoundRecord *record);
MUST_USE enum err rematch_input(const struct state *state, const RoundRecord *record, struct round_input *out);

handler_function handle_create_round, handle_open_round, handle_commit_nonce, handle_seal_round, handle_reveal_nonce,
    handle_replace_withheld_nonces, handle_solve_round, handle_publish_round, handle_cancel_round, handle_close_round,
    handle_get_round, handle_list_rounds, handle_get_public_round, handle_export_round, handle_list_results,
    handle_get_entry_proof;

/* explain.c: from what is sealed and what publishing noted. Cost: 3 us a placement of the qualification; at most 5 ms. */
handler_function handle_explain_stagevraag, handle_explain_placement;

#endif
