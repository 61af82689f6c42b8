/*
 * market_views.h - what api/views.c says an answer rests on is all that it rests on: as long as no view of an answer has a later
 * version, the same question gets the same answer.
 *
 * The versions are counted as the engine does. Every question that may be kept is asked again and again, and its last answer is
 * remembered with the version that it would be kept under.
 */
#ifndef PROP_MARKET_VIEWS_H
#define PROP_MARKET_VIEWS_H

#include "prop/market_life.h"

#include "api/views.h"

enum { ANSWER_HASH_BYTES = 16, OBJECTS_A_STEP = 4 };

struct remembered {
    uint64_t version;
    uint8_t hash[ANSWER_HASH_BYTES];
};

static struct index remembered;          /* method, role, scope and request → struct remembered */
static uint64_t kept_count, asked_count; /* answers that stayed under their version, of how many */

static void views_forget(void)
{
    for (struct index_node *node = index_seek(&remembered, text_of(""), true); node;
         node = index_seek(&remembered, index_node_key(node), false))
        mem_free(node->value);
    index_clear(&remembered);
}

static void answer_hash(const struct caller *caller, const struct method *method, const void *request,
                        uint8_t out[ANSWER_HASH_BYTES])
{
    struct command command = {.method = method, .request = request, .now_ms = now_ms};
    struct outcome outcome;
    command.actor.role = caller->role;
    command.actor.scope = &caller->scope;
    command.actor.scope_count = 1;
    next_entropy(command.entropy);
    domain_apply(domain, &command, &outcome);
    const char *refused = outcome.status.refusal ? outcome.status.refusal->name : "";
    struct text said = refused[0] ? text_of(refused) : buf_text(&outcome.response);
    (void)crypto_generichash(out, ANSWER_HASH_BYTES, (const unsigned char *)said.data, said.length, NULL, 0);
    outcome_free(&outcome);
    write_changes(); /* a candidate that is seen for the first time is a change */
}

static struct remembered *remember_as(const struct caller *caller, const struct method *method, const void *request)
{
    struct index_key key;
    struct remembered *made;
    struct index_node *node;
    uint8_t bytes[512];
    size_t length = protobuf_c_message_get_packed_size(request);
    ck_assert_uint_le(length, sizeof bytes);
    protobuf_c_message_pack(request, bytes);
    index_key_start(&key);
    index_key_u8(&key, method->id);
    index_key_u8(&key, caller->role);
    index_key_string(&key, caller->scope);
    index_key_bytes(&key, (struct text){(const char *)bytes, length});
    struct text name = {(const char *)key.bytes, key.length};
    node = index_find(&remembered, name);
    if (node)
        return node->value;
    ck_assert_int_eq(mem_alloc(1, sizeof *made, &made), ERR_OK);
    ck_assert_int_eq(index_reserve(&remembered), ERR_OK);
    ck_assert_int_eq(index_node_new(name, made, &node), ERR_OK);
    index_insert(&remembered, node);
    return made;
}

static void ask_again(const struct caller *caller, enum method_id id, const void *request)
{
    const struct method *method = method_of(id);
    const struct view_asker asker = {caller->role, &caller->scope, 1};
    struct view_set set;
    uint8_t hash[ANSWER_HASH_BYTES];
    uint64_t version = 1;
    if (!views_of_answer(method, request, &asker, &set))
        return;
    for (size_t i = 0; i < set.count; i++) {
        uint64_t of_view = journal_versions[view_place(set.views[i])];
        version = of_view > version ? of_view : version;
    }
    struct remembered *before = remember_as(caller, method, request);
    answer_hash(caller, method, request, hash);
    asked_count++;
    if (before->version == version) {
        kept_count++;
        ck_assert_msg(memcmp(before->hash, hash, sizeof hash) == 0,
                      "%s by role %u of %s: another answer, and none of its views changed", method->path,
                      caller->role, caller->scope);
    }
    before->version = version;
    memcpy(before->hash, hash, sizeof hash);
}

static void ask_lists(const struct caller *caller)
{
    Stagematch__V1__ListTasksRequest tasks = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    Stagematch__V1__ListPlacementsRequest placements = STAGEMATCH__V1__LIST_PLACEMENTS_REQUEST__INIT;
    Stagematch__V1__ListCandidatesRequest candidates = STAGEMATCH__V1__LIST_CANDIDATES_REQUEST__INIT;
    Stagematch__V1__ListProposalsRequest proposals = STAGEMATCH__V1__LIST_PROPOSALS_REQUEST__INIT;
    Stagematch__V1__ListRoundsRequest rounds = STAGEMATCH__V1__LIST_ROUNDS_REQUEST__INIT;
    placements.state = chance(2) ? PLACEMENT_STATE(UNSPECIFIED) : (Stagematch__V1__PlacementState)below(5);
    tasks.page_size = placements.page_size = chance(3) ? 3 : 1000;
    ask_again(caller, METHOD_LIST_TASKS, &tasks);
    ask_again(caller, METHOD_LIST_PLACEMENTS, &placements);
    ask_again(caller, METHOD_LIST_CANDIDATES, &candidates);
    ask_again(caller, METHOD_LIST_PROPOSALS, &proposals);
    ask_again(caller, METHOD_LIST_ROUNDS, &rounds);
}

static void ask_by_id(const struct caller *caller, enum method_id id, const char *field, ProtobufCBinaryData of)
{
    void *request;
    char hex[ID_HEX_BYTES];
    id_format_bytes(of, hex);
    ck_assert_int_eq(message_new(method_of(id)->request, &request), ERR_OK);
    ck_assert_int_eq(message_set_string(request, field, text_of(hex)), ERR_OK);
    ask_again(caller, id, request);
    message_free(request);
}

/* Mostly of the round that the stagevraag is in. */
static void ask_explanation(const struct caller *caller)
{
    const StagevraagRecord *stagevraag = some(RECORD_STAGEVRAAG);
    const RoundRecord *round = some(RECORD_ROUND);
    Stagematch__V1__ExplainStagevraagRequest request = STAGEMATCH__V1__EXPLAIN_STAGEVRAAG_REQUEST__INIT;
    char stagevraag_hex[ID_HEX_BYTES], round_hex[ID_HEX_BYTES];
    if (!stagevraag || !round)
        return;
    id_format_bytes(stagevraag->stagevraag_id, stagevraag_hex);
    id_format_bytes(stagevraag->round_id.len ? stagevraag->round_id : round->round_id, round_hex);
    request.stagevraag_id = stagevraag_hex;
    request.round_id = round_hex;
    ask_again(caller, METHOD_EXPLAIN_STAGEVRAAG, &request);
}

static void ask_objects(const struct caller *caller)
{
    const ProposalRecord *proposal = some(RECORD_PROPOSAL);
    const PlacementRecord *placement = some(RECORD_PLACEMENT);
    const RoundRecord *round = some(RECORD_ROUND);
    const ImportRecord *import = some(RECORD_IMPORT);
    Stagematch__V1__GetCandidateRequest candidate = STAGEMATCH__V1__GET_CANDIDATE_REQUEST__INIT;
    if (placement)
        ask_by_id(caller, METHOD_GET_PLACEMENT, "placement_id", placement->placement_id);
    if (import)
        ask_by_id(caller, METHOD_GET_IMPORT, "import_id", import->import_id);
    if (round) {
        ask_by_id(caller, METHOD_GET_ROUND, "round_id", round->round_id);
        ask_by_id(caller, METHOD_GET_PUBLIC_ROUND, "round_id", round->round_id);
    }
    ask_explanation(caller);
    if (proposal)
        ask_by_id(caller, METHOD_GET_PROPOSAL, "proposal_id", proposal->proposal_id);
    if (proposal)
        ask_by_id(caller, METHOD_GET_SHOWN_VIEW, "proposal_id", proposal->proposal_id);
    proposal = some(RECORD_PROPOSAL);
    if (proposal) {
        char label[64];
        snprintf(label, sizeof label, "%s", proposal->candidate);
        candidate.candidate = label;
        ask_again(caller, METHOD_GET_CANDIDATE, &candidate);
    }
}

/* After a step whose changes are written. */
static void check_views(void)
{
    const struct caller *const groups[] = {coordinators, contacts, reviewers};
    for (size_t i = 0; i < 6; i++)
        ask_lists(&groups[i / 2][i % 2]);
    for (unsigned i = 0; i < OBJECTS_A_STEP; i++)
        ask_objects(&groups[below(3)][below(2)]);
}

#endif
