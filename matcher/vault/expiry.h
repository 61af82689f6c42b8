/*
 * expiry.h - deletes rows some time after they expired: sessions, tokens, codes, throttles, kept answers, attempts.
 *
 * A binary heap of moments with the rows' keys, one for each time that a row was put; a moment that finds its row put again
 * since leaves it to the later one.
 * Readers look at the row itself (edit_get_live), so nothing depends on when this happens.
 */
#ifndef VAULT_EXPIRY_H
#define VAULT_EXPIRY_H

#include "vault/image.h"

struct expiry;

/* Watches the image from here on. */
MUST_USE enum err expiry_new(struct image *image, struct expiry **out);
void expiry_free(struct expiry *expiry);
MUST_USE enum err expiry_load(struct expiry *expiry);

/*
 * Deletes what expired by now; called on a timer. A piece of SWEEP_ROWS is one commit, and the next one follows when that is
 * durable, so that calls come in between and it keeps up with whatever rate rows are made at.
 */
enum { SWEEP_ROWS = 256 };
void expiry_sweep(struct expiry *expiry, int64_t now_ms);
size_t expiry_count(const struct expiry *expiry);

#endif
