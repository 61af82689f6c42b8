/*
 * vault.h - the role that knows who somebody is: identities, texts, accounts, sessions, references, grants, the outbox.
 *
 * Rules that hold in every file of this folder:
 *   - what tells who somebody is is sealed (keys.h) before it reaches a row (rows.h), and opened only to answer a call of
 *     somebody who may see it, behind an entry in the vault's ledger;
 *   - nothing is answered before it is durable; a call that leads nowhere leaves nothing;
 *   - the engine decides (design: the saga), so what is staged here becomes visible only once the engine committed it.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "ipc/role.h"

extern const struct role_operations vault_role;

#endif
