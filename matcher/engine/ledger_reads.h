/*
 * ledger_reads.h - the calls that read the ledger: from the store, so only what is durable is ever told.
 */
#ifndef ENGINE_LEDGER_READS_H
#define ENGINE_LEDGER_READS_H

#include "domain/state.h"
#include "engine/dispatch.h"
#include "store/store.h"

/* Whether this method is one of them. */
bool ledger_reads(const struct method *method);

/* Answers it. `state` (may be NULL) tells which schools a round has. */
void ledger_reads_answer(struct engine_call *call, struct store *store, const struct state *state);

#endif
