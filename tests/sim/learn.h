/*
 * learn.h - what a client takes from an answer: things with their versions, tokens, codes that are used up.
 */
#ifndef SIM_LEARN_H
#define SIM_LEARN_H

#include "client.h"

/* Takes it in; `again`: it may be an old answer, so what it says is not the newest. */
void learn_answer(struct client *client, const struct operation *operation, const void *answer, bool again);

/* The answer was no, for certain. */
void learn_refusal(struct client *client, const struct operation *operation);

/* Goes through the things in an answer: those that stand alone, and those of a list. */
void learn_each(const void *answer, void (*visit)(void *context, const struct thing *thing), void *context);

#endif
