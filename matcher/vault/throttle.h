/*
 * throttle.h - slows down who guesses: by account and by address, longer after every failure, and across restarts.
 *
 * An attempt counts as failed from the moment it begins, so that many at once gain nothing; one that succeeds takes its count
 * back. The first few are free; then each doubles the wait, up to a bound: an account cannot be locked for good by somebody
 * else, and many people at one school share an address.
 */
#ifndef VAULT_THROTTLE_H
#define VAULT_THROTTLE_H

#include "vault/service.h"

enum throttle_kind {
    THROTTLE_ACCOUNT, /* passwords of one address of mail, whether or not it has an account */
    THROTTLE_PEER,    /* passwords and codes from one network address */
    THROTTLE_RESET,   /* links for a new password to one address of mail */
    THROTTLE_REPORT,  /* codes of reports from one network address */
    THROTTLE_KIND_COUNT,
};

/* Counts an attempt. *allowed: whether it may go on; where not, nothing was counted. */
MUST_USE enum err throttle_begin(struct vault *vault, struct edit *edit, enum throttle_kind kind,
                                 const uint8_t index[INDEX_BYTES], bool *allowed);

/* It succeeded: this one did not count (`all`: none before it either). */
MUST_USE enum err throttle_undo(struct vault *vault, struct edit *edit, enum throttle_kind kind,
                                const uint8_t index[INDEX_BYTES], bool all);

#endif
