/*
 * answers.h - calls that were answered before: the same request_id with the same request gets the same answer.
 *
 * Kept by BLAKE2b-128 of account, method and request_id, with BLAKE2b-256 of the request, for ANSWER_KEPT_MS. Only what
 * succeeded is kept: a refusal changed nothing, so the call may be made again.
 */
#ifndef DOMAIN_ANSWERS_H
#define DOMAIN_ANSWERS_H

#include "domain/command.h"
#include "domain/handlers.h"

#define ANSWER_KEPT_MS ((int64_t)24 * 3600 * 1000)

/* Whether answers to this method are kept. */
bool answer_is_kept(const struct handler *handler);

struct answer_identity {
    uint8_t key[16];
    uint8_t digest[32];
};

/* refusal_request_id where the request carries no UUID. */
struct status answer_identify(const struct command *command, struct answer_identity *out);

/* The answer that was given: *found, packed. refusal_request_reused where it was to another request. */
struct status answer_find(const struct state *state, const struct answer_identity *identity, int64_t now_ms,
                          const AnswerRecord **found);

void answer_keep(struct context *context, const struct answer_identity *identity, struct text reply);

#endif
