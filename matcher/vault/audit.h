/*
 * audit.h - the vault's own ledger: who read or changed what, in ids; and its signed heads.
 */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "vault/service.h"

typedef Stagematch__Internal__V1__VaultLedgerPayload AuditPayload;

/* An entry: `payload` says of what; its actor is filled in from `caller` (NULL: the service). */
void audit_put(struct vault *vault, struct edit *edit, const char *kind, struct text subject,
               const struct caller *caller, AuditPayload *payload);

/* An entry about an account. */
void audit_account(struct vault *vault, struct edit *edit, const char *kind, const uint8_t account_id[ID_BYTES],
                   const struct caller *caller, unsigned role);

/* A row of TABLE_CHECKPOINT, at start: what was signed last. For image_load, with the vault as its context. */
MUST_USE enum err audit_load_checkpoint(void *context, struct text key, struct text value);

/*
 * Signs the heads of both ledgers, the engine's being asked for, each where 1,000 entries or a day went by since it was last
 * signed; called on a timer and when the engine comes.
 */
void audit_checkpoint(struct vault *vault);

#endif
