#include "domain/market.h"

#include "domain/handlers.h"
#include "domain/import.h"
#include "domain/remarks.h"
#include "domain/round.h"

bool market_has_work(const struct state *state)
{
    return import_has_work(state) || round_has_work(state);
}

void market_work(struct context *context)
{
    if (import_has_work(context->state))
        import_work(context);
    else
        round_work(context);
}

const struct handler market_handlers[] = {
    {METHOD_LIST_STAGEVRAGEN, handle_list_stagevragen, false},
    {METHOD_LIST_MY_STAGEVRAGEN, handle_list_my_stagevragen, false},
    {METHOD_GET_STAGEVRAAG, handle_get_stagevraag, false},
    {METHOD_LIST_OFFERS, handle_list_offers, false},
    {METHOD_SET_PREFERENCES, handle_set_preferences, true},
    {METHOD_CONTEST_LEVEL, handle_contest_level, true},
    {METHOD_RESOLVE_CONTEST, handle_resolve_contest, true},
    {METHOD_WITHDRAW_STAGEVRAAG, handle_withdraw_stagevraag, true},
    {METHOD_PLACE_ELSEWHERE, handle_place_elsewhere, true},
    {METHOD_COMMIT_ERASURE, handle_commit_erasure, false},
    {METHOD_COMMIT_STUDENTS, handle_commit_students, false},
    {METHOD_COMMIT_PLACEMENTS, handle_commit_placements, true},
    {METHOD_GET_IMPORT, handle_get_import, false},
    {METHOD_CHECK_PLACEMENT_TEXT, handle_check_placement_text, false},
    {METHOD_SUBMIT_PLACEMENT, handle_submit_placement, true},
    {METHOD_PUBLISH_PLACEMENT, handle_publish_placement, true},
    {METHOD_REOPEN_PLACEMENT, handle_reopen_placement, true},
    {METHOD_WITHDRAW_PLACEMENT, handle_withdraw_placement, true},
    {METHOD_GET_PLACEMENT, handle_get_placement, false},
    {METHOD_EXPLAIN_PLACEMENT, handle_explain_placement, false},
    {METHOD_LIST_PLACEMENTS, handle_list_placements, false},
    {METHOD_CREATE_ROUND, handle_create_round, true},
    {METHOD_OPEN_ROUND, handle_open_round, true},
    {METHOD_COMMIT_NONCE, handle_commit_nonce, true},
    {METHOD_SEAL_ROUND, handle_seal_round, true},
    {METHOD_REVEAL_NONCE, handle_reveal_nonce, true},
    {METHOD_REPLACE_WITHHELD_NONCES, handle_replace_withheld_nonces, true},
    {METHOD_SOLVE_ROUND, handle_solve_round, true},
    {METHOD_PUBLISH_ROUND, handle_publish_round, true},
    {METHOD_CANCEL_ROUND, handle_cancel_round, true},
    {METHOD_CLOSE_ROUND, handle_close_round, true},
    {METHOD_GET_ROUND, handle_get_round, false},
    {METHOD_LIST_ROUNDS, handle_list_rounds, false},
    {METHOD_GET_PUBLIC_ROUND, handle_get_public_round, false},
    {METHOD_EXPORT_ROUND, handle_export_round, false},
    {METHOD_EXPLAIN_STAGEVRAAG, handle_explain_stagevraag, false},
    {METHOD_GET_ENTRY_PROOF, handle_get_entry_proof, false},
    {METHOD_LIST_RESULTS, handle_list_results, false},
    {METHOD_COUNT, NULL, false},
};
