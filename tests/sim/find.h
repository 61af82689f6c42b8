/*
 * find.h - durable rows of the engine and the vault as the messages they are. Free them with message_free.
 */
#ifndef SIM_FIND_H
#define SIM_FIND_H

#include "database.h"

#include "domain/records.h"
#include "stagematch/internal/v1/vault.pb-c.h"

/* A row's message; never NULL. */
void *find_unpack(const ProtobufCMessageDescriptor *descriptor, const struct database_row *row);

/* A record of the engine by its id in hexadecimal; NULL: it is not there. */
void *find_record(const char *table, const ProtobufCMessageDescriptor *descriptor, const char *hex);

/* A proposal by the label of its candidate, or by its id. */
ProposalRecord *find_proposal(const char *about);

bool find_has(enum database_name database, const char *table, struct text key);

/* Whether the vault has a text about this proposal. */
bool find_text(struct text proposal_id);

#endif
