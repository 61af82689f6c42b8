/*
 * texts.h - reading a filed text. Inside the vault only.
 */
#ifndef VAULT_TEXTS_H
#define VAULT_TEXTS_H

#include "stagematch/internal/v1/vault.pb-c.h"
#include "stagematch/v1/identity.pb-c.h"
#include "vault/service.h"

/* The key of a text's row. */
MUST_USE enum err text_key(struct text proposal_id, const char *kind, struct buf *out);

/* Opens it into `plain`, which then ends in a NUL beyond its length; buf_wipe it. ERR_MISSING. message_free the row. */
MUST_USE enum err text_read(struct vault *vault, struct edit *edit, struct text proposal_id, const char *kind,
                            Stagematch__Internal__V1__TextRow **row_out, struct buf *plain);

#endif
