/*
 * handlers.h - who answers which method: the tables that domain.c dispatches over. Each ends with a row without a function.
 */
#ifndef DOMAIN_HANDLERS_H
#define DOMAIN_HANDLERS_H

#include "domain/command.h"

extern const struct handler proposal_handlers[];  /* proposal.c: the school's and the student's side */
extern const struct handler candidate_handlers[]; /* candidate.c: the company's side */
extern const struct handler task_handlers[];      /* task.c */
extern const struct handler saga_handlers[];      /* saga.c, notice.c: the vault's calls; reasons */
extern const struct handler
    market_handlers[]; /* market.c: stagevragen, placements, imports, rounds, exports, erasure */

extern const struct handler signal_handlers[]; /* signal_calls.c: signals and aandachtspunten */

handler_function handle_pull_notices;   /* notice.c */
handler_function handle_pull_decisions; /* decided.c */
handler_function handle_get_catalog;    /* catalog_calls.c */

/* The row of a method; NULL where this folder does not answer it. */
const struct handler *handler_of(enum method_id method);

#endif
