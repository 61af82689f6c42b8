/*
 * saga.h - a call in several steps, as data: states, which may follow which, and what is done on entering each.
 *
 * A saga holds no state of its own between calls: the vault has staged what it was given, the engine knows what was
 * committed, and a repeat with the same request_id walks the same steps to the same answer. So giving up halfway (a client
 * that left, a deadline, a role that died) needs no undoing here: what is staged and not committed is fenced by the vault.
 */
#ifndef FRONT_SAGA_H
#define FRONT_SAGA_H

#include "front/call.h"

struct saga_state {
    const char *name;
    unsigned next;                    /* bits of the states that may follow */
    void (*enter)(struct call *call); /* starts what is done in it */
};

struct saga {
    const char *name;
    const struct saga_state *states; /* the first is where it begins */
    unsigned count;
};

/* Enters the first state. */
void saga_begin(struct call *call, const struct saga *saga);

/* Moves on; a move that the table does not have is a fault of the program: it is logged and the call refused. */
void saga_go(struct call *call, unsigned to);

/* Overwrites what it holds and frees it: a text, or what was made of one. */
void saga_wipe(struct buf *buf);

#endif
