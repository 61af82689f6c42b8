/*
 * checkpoints.h - the heads that `stagematch ledger verify` holds a ledger against: of a file that somebody kept, and those that
 * the vault signed and keeps in its database.
 */
#ifndef CMD_CHECKPOINTS_H
#define CMD_CHECKPOINTS_H

#include "store/ledger_verify.h"

enum { CHECKPOINT_KEY_BYTES = 32 };

struct checkpoints {
    const char *chain; /* NULL: of every chain */
    struct ledger_checkpoint *list;
    size_t count, capacity;
    size_t signed_count; /* of the vault's */
    bool has_key;        /* given, or else that of the vault's first */
    uint8_t public_key[CHECKPOINT_KEY_BYTES];
};

/* `public_key` may be NULL. Free with checkpoints_free. */
void checkpoints_init(struct checkpoints *checkpoints, const char *chain, const uint8_t *public_key);
void checkpoints_free(struct checkpoints *checkpoints);

/* Those of a file; with a key each must be signed by it. What is wrong is said on stderr. */
MUST_USE enum err checkpoints_add_file(struct checkpoints *checkpoints, const char *path);

/* Those of the vault's database, which must all be signed by one key. What is wrong is said on stderr. */
MUST_USE enum err checkpoints_add_stored(struct checkpoints *checkpoints, const char *path);

/* As the check of a ledger wants them. */
void checkpoints_sort(struct checkpoints *checkpoints);

#endif
