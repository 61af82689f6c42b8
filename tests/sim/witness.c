#include "witness.h"

#include "client.h"
#include "find.h"
#include "sim.h"

#include "domain/proposal_table.h"

#include <string.h>

enum { IDS_MAX = 256 };

/* Ids of one transaction. */
struct ids {
    size_t count;
    uint8_t ids[IDS_MAX][ID_BYTES];
};

static struct {
    struct ids ended, entries; /* proposals that ended; proposals that the ledger names */
    bool seats_moved, erased, something_left;
    bool reaches[PROPOSAL_STATE_COUNT][PROPOSAL_STATE_COUNT];
} witness;

static void ids_add(struct ids *ids, struct text id)
{
    if (ids->count < IDS_MAX && id.length == ID_BYTES)
        memcpy(ids->ids[ids->count++], id.data, ID_BYTES);
}

static bool ids_have(const struct ids *ids, const uint8_t *id)
{
    bool found = ids->count == IDS_MAX;
    for (size_t i = 0; i < ids->count && !found; i++)
        found = memcmp(ids->ids[i], id, ID_BYTES) == 0;
    return found;
}

/* ---- records with a version ---- */

static const struct versioned {
    const char *table;
    const ProtobufCMessageDescriptor *descriptor;
} versioned[] = {
    {"proposal", &stagematch__internal__v1__proposal_record__descriptor},
    {"placement", &stagematch__internal__v1__placement_record__descriptor},
    {"round", &stagematch__internal__v1__round_record__descriptor},
    {"stagevraag", &stagematch__internal__v1__stagevraag_record__descriptor},
};
enum { VERSIONED_COUNT = sizeof versioned / sizeof versioned[0] };

static void check_versions(const char *table, const void *before, const void *after)
{
    uint64_t was = message_u64(before, "version"), is = message_u64(after, "version");
    if (is < was)
        sim_fail("a version never goes back", "a %s from %" PRIu64 " to %" PRIu64, table, was, is);
    if (is == was && message_u64(before, "state") != message_u64(after, "state"))
        sim_fail("a new state has a new version", "a %s at %" PRIu64, table, is);
}

static void check_proposal(const ProposalRecord *before, const ProposalRecord *after)
{
    if (!witness.reaches[before->state][after->state])
        sim_fail("a proposal moves as its table says", "from %s to %s", proposal_state_facts(before->state)->name,
                 proposal_state_facts(after->state)->name);
    if (proposal_state_facts(before->state)->runs && !proposal_state_facts(after->state)->runs)
        ids_add(&witness.ended, text_of_bytes(after->proposal_id));
}

static void look_at_versioned(const struct versioned *kind, const struct database_change *change)
{
    bool is_proposal = kind == &versioned[0];
    witness.seats_moved = witness.seats_moved || is_proposal || kind == &versioned[1];
    if (!change->after)
        witness.something_left = true;
    if (!change->after || !change->before)
        return;
    void *before = find_unpack(kind->descriptor, change->before),
         *after = find_unpack(kind->descriptor, change->after);
    check_versions(kind->table, before, after);
    if (is_proposal)
        check_proposal(before, after);
    message_free(before);
    message_free(after);
}

static void look_at_stage(const struct database_change *change)
{
    if (!change->before || !change->after)
        return;
    StageRecord *before = find_unpack(&stagematch__internal__v1__stage_record__descriptor, change->before);
    StageRecord *after = find_unpack(&stagematch__internal__v1__stage_record__descriptor, change->after);
    if (before->outcome != after->outcome && before->outcome != STAGE_OUTCOME(OPEN))
        sim_fail("a fenced stage is never committed", "an outcome went from %d to %d", (int)before->outcome,
                 (int)after->outcome);
    message_free(before);
    message_free(after);
}

/* What the views that were handed out are dated with: big-endian, so bytes are in the order of the numbers. */
static void look_at_meta(const struct database_change *change)
{
    if (change->before && change->after && text_is(change->after->key, "version") &&
        text_compare(change->after->value, change->before->value) <= 0)
        sim_fail("a version never goes back", "that of the views");
}

static void engine_change(const struct database_change *change)
{
    if (change->after &&
        memmem(change->after->value.data, change->after->value.length, SIM_LAST_NAME, sizeof SIM_LAST_NAME - 1))
        sim_fail("the engine has never seen a name", "a row of %s", change->table);
    for (size_t i = 0; i < VERSIONED_COUNT; i++)
        if (strcmp(change->table, versioned[i].table) == 0)
            look_at_versioned(&versioned[i], change);
    if (strcmp(change->table, "stage") == 0)
        look_at_stage(change);
    if (strcmp(change->table, "meta") == 0)
        look_at_meta(change);
}

/* ---- the vault comes after the engine ---- */

static void look_at_grant(const struct database_change *change)
{
    Stagematch__Internal__V1__GrantRow *grant =
        find_unpack(&stagematch__internal__v1__grant_row__descriptor, change->after);
    const struct database_row *row = database_find(DATABASE_ENGINE, "proposal", text_of_bytes(grant->proposal_id));
    ProposalRecord *proposal = row ? find_unpack(&stagematch__internal__v1__proposal_record__descriptor, row) : NULL;
    if (proposal && proposal->state < PROPOSAL_STATE(RELEASED))
        sim_fail("an identity is granted after its release", "a proposal is %s",
                 proposal_state_facts(proposal->state)->name);
    message_free(proposal);
    message_free(grant);
}

/* Whether the engine committed a decision with a text about this. */
static bool was_decided(const Stagematch__Internal__V1__TextRow *text)
{
    bool found = false;
    for (size_t i = 0; !found && i < database_count(DATABASE_ENGINE, "stage"); i++) {
        StageRecord *stage = find_unpack(&stagematch__internal__v1__stage_record__descriptor,
                                         database_at(DATABASE_ENGINE, "stage", i));
        Stagematch__Internal__V1__TextSubject *subject = NULL;
        if (stage->outcome == STAGE_OUTCOME(COMMITTED) && stage->subject.len)
            SIM_MUST(message_unpack(&stagematch__internal__v1__text_subject__descriptor,
                                    text_of_bytes(stage->subject), &subject) == ERR_OK);
        found =
            subject && bytes_equal(subject->proposal_id, text->proposal_id) && strcmp(subject->kind, text->kind) == 0;
        message_free(subject);
        message_free(stage);
    }
    return found;
}

static void look_at_text(const struct database_change *change)
{
    Stagematch__Internal__V1__TextRow *text =
        find_unpack(&stagematch__internal__v1__text_row__descriptor, change->after);
    if (!clients_erase() && !was_decided(text))
        sim_fail("a text belongs to a decision", "one of kind %s was filed without", text->kind);
    message_free(text);
}

static void look_at_reference(const struct database_change *change)
{
    if (!clients_erase() && !find_has(DATABASE_ENGINE, "stagevraag", change->after->key))
        sim_fail("an identity is finalised after its profile", "the engine has no such stagevraag");
}

static void vault_change(const struct database_change *change)
{
    if (!change->after || change->before)
        return;
    if (strcmp(change->table, "identity_grant") == 0)
        look_at_grant(change);
    if (strcmp(change->table, "text") == 0)
        look_at_text(change);
    if (strcmp(change->table, "stagevraag") == 0)
        look_at_reference(change);
}

/* ---- a transaction as a whole ---- */

struct seats {
    const ProposalRecord *const *proposals;
    size_t count;
};

static void check_placement(const PlacementRecord *placement, const struct seats *seats)
{
    uint32_t taken = 0;
    for (size_t i = 0; i < seats->count; i++)
        if (bytes_equal(seats->proposals[i]->placement_id, placement->placement_id))
            taken += proposal_state_facts(seats->proposals[i]->state)->holds_seat || seats->proposals[i]->seat_held;
    if (taken > placement->placement->capacity)
        sim_fail("no seat above capacity", "%u of %u are taken", taken, placement->placement->capacity);
    if (taken != placement->seats_taken)
        sim_fail("seats are counted right", "%u are taken, and %u written", taken, placement->seats_taken);
}

static void check_students(const struct seats *seats)
{
    for (size_t i = 0; i < seats->count; i++)
        for (size_t j = i + 1; j < seats->count; j++)
            if (proposal_state_facts(seats->proposals[i]->state)->runs &&
                proposal_state_facts(seats->proposals[j]->state)->runs &&
                bytes_equal(seats->proposals[i]->stagevraag_id, seats->proposals[j]->stagevraag_id))
                sim_fail("no student in two running proposals", "%s and %s",
                         proposal_state_facts(seats->proposals[i]->state)->name,
                         proposal_state_facts(seats->proposals[j]->state)->name);
}

static void check_seats(void)
{
    ProposalRecord *proposals[IDS_MAX];
    size_t count = database_count(DATABASE_ENGINE, "proposal");
    if (count > IDS_MAX)
        return;
    for (size_t i = 0; i < count; i++)
        proposals[i] = find_unpack(&stagematch__internal__v1__proposal_record__descriptor,
                                   database_at(DATABASE_ENGINE, "proposal", i));
    const struct seats seats = {(const ProposalRecord *const *)proposals, count};
    check_students(&seats);
    for (size_t i = 0; i < database_count(DATABASE_ENGINE, "placement"); i++) {
        PlacementRecord *placement = find_unpack(&stagematch__internal__v1__placement_record__descriptor,
                                                 database_at(DATABASE_ENGINE, "placement", i));
        check_placement(placement, &seats);
        message_free(placement);
    }
    for (size_t i = 0; i < count; i++)
        message_free(proposals[i]);
}

static void on_change(const struct database_change *change)
{
    if (change->database == DATABASE_ENGINE)
        engine_change(change);
    else
        vault_change(change);
}

static void on_entry(enum database_name database, const struct ledger_entry *entry)
{
    if (database != DATABASE_ENGINE)
        return;
    ids_add(&witness.entries, entry->subject);
    if (text_is(entry->kind, "erased"))
        witness.erased = true;
}

static void on_committed(enum database_name database)
{
    if (database != DATABASE_ENGINE)
        return;
    for (size_t i = 0; i < witness.ended.count; i++)
        if (!ids_have(&witness.entries, witness.ended.ids[i]))
            sim_fail("every end has an entry", "a proposal ended without");
    if (witness.something_left && !witness.erased)
        sim_fail("nothing acknowledged is lost", "a record went without an erasure");
    if (witness.seats_moved)
        check_seats();
    witness.ended.count = witness.entries.count = 0;
    witness.seats_moved = witness.erased = witness.something_left = false;
}

void witness_begin(void)
{
    static const struct database_watcher watcher = {on_change, on_entry, on_committed};
    memset(&witness, 0, sizeof witness);
    for (size_t i = 0; i < PROPOSAL_STATE_COUNT; i++)
        witness.reaches[i][i] = true;
    /* One transaction may have several moves of a proposal in it. */
    for (size_t pass = 0; pass < PROPOSAL_STATE_COUNT; pass++)
        for (size_t i = 0; i < proposal_move_count; i++)
            for (size_t from = 0; from < PROPOSAL_STATE_COUNT; from++)
                if (witness.reaches[from][proposal_moves[i].from])
                    witness.reaches[from][proposal_moves[i].to] = true;
    databases_watch(&watcher);
}
