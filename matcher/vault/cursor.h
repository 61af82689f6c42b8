/*
 * cursor.h - how far the vault is with something that it takes in order, by name. Inside the vault only.
 */
#ifndef VAULT_CURSOR_H
#define VAULT_CURSOR_H

#include "vault/service.h"

void cursor_put(struct edit *edit, const char *name, uint64_t seq);

/* As it is durable or about to be: what is asked for again is not stored twice. 0: nothing was taken yet. */
MUST_USE enum err cursor_read(struct vault *vault, const char *name, uint64_t *seq);

#endif
