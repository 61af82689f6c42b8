/*
 * cursor.h - how far the vault is with something that it takes in order, by name. Inside the vault only.
 */
#ifndef VAULT_CURSOR_H
#define VAULT_CURSOR_H

#include "vault/service.h"

/* A number as a row has it: big-endian, so that keys are in its order. */
enum { SEQ_BYTES = 8 };
void seq_write(uint64_t seq, uint8_t out[SEQ_BYTES]);
uint64_t seq_read(struct text bytes);

void cursor_put(struct edit *edit, const char *name, uint64_t seq);

/* As it is durable or about to be: what is asked for again is not stored twice. 0: nothing was taken yet. */
MUST_USE enum err cursor_read(struct vault *vault, const char *name, uint64_t *seq);

#endif
