#include "find.h"

#include "sim.h"

#include <string.h>

void *find_unpack(const ProtobufCMessageDescriptor *descriptor, const struct database_row *row)
{
    void *message;
    SIM_MUST(message_unpack(descriptor, row->value, &message) == ERR_OK);
    return message;
}

void *find_record(const char *table, const ProtobufCMessageDescriptor *descriptor, const char *hex)
{
    uint8_t id[ID_BYTES];
    if (id_parse(hex, id) != ERR_OK)
        return NULL;
    const struct database_row *row =
        database_find(DATABASE_ENGINE, table, (struct text){(const char *)id, sizeof id});
    return row ? find_unpack(descriptor, row) : NULL;
}

ProposalRecord *find_proposal(const char *about)
{
    ProposalRecord *proposal = find_record("proposal", &stagematch__internal__v1__proposal_record__descriptor, about);
    for (size_t i = 0; !proposal && i < database_count(DATABASE_ENGINE, "proposal"); i++) {
        proposal = find_unpack(&stagematch__internal__v1__proposal_record__descriptor,
                               database_at(DATABASE_ENGINE, "proposal", i));
        if (strcmp(proposal->candidate, about) != 0) {
            message_free(proposal);
            proposal = NULL;
        }
    }
    return proposal;
}

bool find_has(enum database_name database, const char *table, struct text key)
{
    return database_find(database, table, key) != NULL;
}

bool find_text(struct text proposal_id)
{
    bool found = false;
    for (size_t i = 0; !found && i < database_count(DATABASE_VAULT, "text"); i++) {
        struct text key = database_at(DATABASE_VAULT, "text", i)->key;
        found = key.length > proposal_id.length && memcmp(key.data, proposal_id.data, proposal_id.length) == 0;
    }
    return found;
}
