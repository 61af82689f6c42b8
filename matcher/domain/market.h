/*
 * market.h - stagevragen, placements, imports, rounds and re-matches: what domain.c asks of them besides their handlers.
 */
#ifndef DOMAIN_MARKET_H
#define DOMAIN_MARKET_H

#include "domain/command.h"

/*
 * At most so many records in one turn of long work, and in one chunk of rows. A proposal comes with tasks, notices and ledger
 * entries, so fewer of them are made or ended in one turn: about 30 ms.
 */
enum { WORK_RECORDS_MAX = 1000, WORK_PROPOSALS_MAX = 250 };

/* Imports to install, rounds to seal, publish, cancel, close or re-match: is there any, and one piece of it. O(log n). */
bool market_has_work(const struct state *state);
void market_work(struct context *context);

/* domain_next_solve, domain_solve and domain_solved, without the domain. */
bool market_next_solve(const struct state *state, struct solve_request *out);
MUST_USE enum err market_solve(const struct state *state, const struct domain_options *options,
                               const struct solve_request *request, struct buf *result);
void market_solved(struct context *context, const struct solve_request *request, struct text result,
                   const char *failure);

/*
 * A re-match that failed is tried again by itself: when the first is due (INT64_MAX: none failed), and letting that one go. From
 * then on market_next_solve names it.
 */
int64_t rematch_retry_due_ms(const struct state *state);
void rematch_retry(struct context *context);

/* Whether the proposals of a round may be seen: not while it is being published. An unknown round: true. */
bool round_is_visible(const struct state *state, ProtobufCBinaryData round_id);

/* The stagevraag as its round looks at it: the sealed profile where it was changed since. */
const Stagematch__V1__Profile *stagevraag_round_profile(const StagevraagRecord *record);

#endif
