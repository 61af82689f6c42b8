/*
 * key_check.h - whether the master key is the one that a database was made with, before anything is written under another.
 *
 * The database keeps the public key that comes from the master: nobody learns the master from it.
 */
#ifndef VAULT_KEY_CHECK_H
#define VAULT_KEY_CHECK_H

#include "vault/image.h"
#include "vault/keys.h"

/* Notes the key in a new database. ERR_MISMATCH: made with another; said in `complaint`. */
MUST_USE enum err key_check(struct image *image, const struct keys *keys, struct buf *complaint);

#endif
