/*
 * holds.h - whether an answer holds: at the moment in which it leaves the front, what it says is durable in the databases.
 */
#ifndef SIM_HOLDS_H
#define SIM_HOLDS_H

#include "client.h"

void holds_answer(const struct client *client, const struct operation *operation, const void *answer);

#endif
