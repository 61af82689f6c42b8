#include "holds.h"

#include "find.h"
#include "learn.h"
#include "sim.h"

#include "domain/proposal_table.h"

#include <string.h>

static const char durable[] = "nothing is answered before it is durable";

static bool stands(const struct thing *seen, uint64_t *version, uint32_t *state)
{
    static const struct {
        const char *table;
        const ProtobufCMessageDescriptor *descriptor;
    } kinds[] = {
        [THING_PROPOSAL] = {"proposal", &stagematch__internal__v1__proposal_record__descriptor},
        [THING_PLACEMENT] = {"placement", &stagematch__internal__v1__placement_record__descriptor},
        [THING_ROUND] = {"round", &stagematch__internal__v1__round_record__descriptor},
        [THING_STAGEVRAAG] = {"stagevraag", &stagematch__internal__v1__stagevraag_record__descriptor},
    };
    void *record = seen->kind == THING_CANDIDATE
                       ? find_proposal(seen->id)
                       : find_record(kinds[seen->kind].table, kinds[seen->kind].descriptor, seen->id);
    if (!record)
        return false;
    *version = message_u64(record, "version");
    *state = (uint32_t)message_u64(record, "state");
    message_free(record);
    return true;
}

static void check_thing(void *context, const struct thing *seen)
{
    const struct operation *operation = context;
    const char *path = method_of(operation->method)->path;
    uint64_t version = 0;
    uint32_t state = 0;
    if (seen->is_named)
        return;
    if (!stands(seen, &version, &state)) {
        if (!clients_erase())
            sim_fail(durable, "%s said %s, which is not there", path, seen->id);
    } else if (version < seen->version) {
        sim_fail(durable, "%s said version %" PRIu64 " of %s, which is at %" PRIu64, path, seen->version, seen->id,
                 version);
    } else if (version == seen->version && state != seen->state) {
        sim_fail(durable, "%s said state %u of %s, which has %u", path, seen->state, seen->id, state);
    }
}

/* One stagevraag of an import: the profile is committed and the identity finalised. */
static void check_stagevraag(const char *hex)
{
    StagevraagRecord *record =
        find_record("stagevraag", &stagematch__internal__v1__stagevraag_record__descriptor, hex);
    if (!record) {
        sim_fail(durable, "stagevraag %s was acknowledged and is not in the engine", hex);
        return;
    }
    if (!find_has(DATABASE_VAULT, "stagevraag", text_of_bytes(record->stagevraag_id)) ||
        !find_has(DATABASE_VAULT, "reference", text_of_bytes(record->student_ref)))
        sim_fail(durable, "stagevraag %s was acknowledged and has no identity", hex);
    message_free(record);
}

static void check_import(const void *answer)
{
    const Stagematch__V1__SubmitStudentsResponse *response = answer;
    for (size_t i = 0; i < response->n_stagevraag_ids && !clients_erase(); i++)
        check_stagevraag(response->stagevraag_ids[i]);
}

static void check_text(const struct operation *operation)
{
    ProposalRecord *proposal = find_proposal(operation->about);
    if (proposal && !find_text(text_of_bytes(proposal->proposal_id)) && !clients_erase())
        sim_fail(durable, "the text about %s was acknowledged and is not filed", operation->about);
    message_free(proposal);
}

static void check_release(const struct operation *operation)
{
    ProposalRecord *proposal = find_proposal(operation->about);
    if (proposal && proposal_state_facts(proposal->state)->granted &&
        !find_has(DATABASE_VAULT, "identity_grant", text_of(proposal->candidate)))
        sim_fail(durable, "the release of %s was acknowledged and there is no grant", operation->about);
    message_free(proposal);
}

static void check_erasure(const struct operation *operation)
{
    uint8_t id[ID_BYTES];
    SIM_MUST(id_parse(operation->about, id) == ERR_OK);
    struct text key = {(const char *)id, sizeof id};
    if (find_has(DATABASE_ENGINE, "stagevraag", key) || find_has(DATABASE_VAULT, "stagevraag", key))
        sim_fail(durable, "the erasure of %s was acknowledged and something is left", operation->about);
}

/* A round has a name of its own, so two of one name are one request that was done twice. */
static void check_name(const void *answer)
{
    const Stagematch__V1__CreateRoundResponse *response = answer;
    size_t found = 0;
    for (size_t i = 0; i < database_count(DATABASE_ENGINE, "round"); i++) {
        RoundRecord *round = find_unpack(&stagematch__internal__v1__round_record__descriptor,
                                         database_at(DATABASE_ENGINE, "round", i));
        found += strcmp(round->name, response->round->name) == 0;
        message_free(round);
    }
    if (found != 1)
        sim_fail("a request_id has one effect", "%zu rounds are called %s", found, response->round->name);
}

void holds_answer(const struct client *client, const struct operation *operation, const void *answer)
{
    struct operation looked_at = *operation;
    (void)client;
    learn_each(answer, check_thing, &looked_at);
    if (operation->method == METHOD_SUBMIT_STUDENTS)
        check_import(answer);
    if (operation->has_text)
        check_text(operation);
    if (operation->method == METHOD_RELEASE_PROPOSAL)
        check_release(operation);
    if (operation->method == METHOD_ERASE_STUDENT)
        check_erasure(operation);
    if (operation->method == METHOD_CREATE_ROUND && !operation_is_old(operation))
        check_name(answer);
}
