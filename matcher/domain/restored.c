/* What must hold of a state that was loaded: the counters agree with what they count. */
#include "domain/domain.h"
#include "domain/index.h"
#include "domain/proposal_table.h"
#include "domain/records.h"

#include <string.h>

/* Seats that are in use, by placement: `value` of a node is a number. */
struct seats {
    struct index by_placement;
    const struct state *state;
};

static enum err count_seat(struct seats *seats, ProtobufCBinaryData placement_id)
{
    struct text key = text_of_bytes(placement_id);
    struct index_node *node = index_find(&seats->by_placement, key);
    if (!node) {
        enum err e = index_reserve(&seats->by_placement);
        if (e == ERR_OK)
            e = index_node_new(key, NULL, &node);
        if (e != ERR_OK)
            return e;
        index_insert(&seats->by_placement, node);
    }
    node->value = (void *)((uintptr_t)node->value + 1);
    return ERR_OK;
}

static enum err check_proposal(void *context, const ProtobufCMessage *message)
{
    struct seats *seats = context;
    const ProposalRecord *proposal = (const void *)message;
    const struct proposal_state_facts *facts = proposal_state_facts(proposal->state);
    const StagevraagRecord *stagevraag =
        state_find(seats->state, RECORD_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    if (!state_find(seats->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id)))
        return ERR_MISMATCH;
    if (facts->runs && (!stagevraag || !bytes_equal(stagevraag->proposal_id, proposal->proposal_id)))
        return ERR_MISMATCH;
    return facts->holds_seat || proposal->seat_held ? count_seat(seats, proposal->placement_id) : ERR_OK;
}

static enum err check_stagevraag(void *context, const ProtobufCMessage *message)
{
    struct seats *seats = context;
    const StagevraagRecord *stagevraag = (const void *)message;
    if (stagevraag->proposal_id.len) {
        const ProposalRecord *proposal =
            state_find(seats->state, RECORD_PROPOSAL, text_of_bytes(stagevraag->proposal_id));
        if (!proposal || !proposal_state_facts(proposal->state)->runs)
            return ERR_MISMATCH;
    }
    return stagevraag->elsewhere_placement_id.len ? count_seat(seats, stagevraag->elsewhere_placement_id) : ERR_OK;
}

static enum err check_placement(void *context, const ProtobufCMessage *message)
{
    struct seats *seats = context;
    const PlacementRecord *placement = (const void *)message;
    const struct index_node *node = index_find(&seats->by_placement, text_of_bytes(placement->placement_id));
    uintptr_t counted = node ? (uintptr_t)node->value : 0;
    return placement->placement && counted == placement->seats_taken ? ERR_OK : ERR_MISMATCH;
}

enum err domain_restored(struct domain *domain)
{
    struct seats seats = {.state = domain_state(domain)};
    enum err e = state_each(seats.state, RECORD_PROPOSAL, check_proposal, &seats);
    if (e == ERR_OK)
        e = state_each(seats.state, RECORD_STAGEVRAAG, check_stagevraag, &seats);
    if (e == ERR_OK)
        e = state_each(seats.state, RECORD_PLACEMENT, check_placement, &seats);
    index_clear(&seats.by_placement);
    return e;
}
