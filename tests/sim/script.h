/*
 * script.h - what clients do next, by dice and by what they know.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "client.h"

/* Begins an operation (client.h). */
void script_choose(int client);

/* Whether a client has a reason to act: a student without an invitation has none. */
bool script_has_something(int client);

/* From here on everybody does what brings things on (true), or anything. */
void script_keep_order(bool order);

/* The session is gone: logs in before anything else. */
void script_login(struct client *client);

#endif
