/*
 * touched.h - which views (api/views.h) the changes since the last look have touched. Inside domain/state alone.
 *
 * The state tells of every record that it changes as it was before, and as it is when changes are taken. So nothing that
 * changes a record can forget to say whose answers become old, and one that moves from one owner to another is told to both.
 *
 * Memory is fixed: beyond TOUCHED_MAX views everything counts as touched. Nothing here fails.
 */
#ifndef DOMAIN_TOUCHED_H
#define DOMAIN_TOUCHED_H

#include "domain/state.h"

enum { TOUCHED_MAX = 2048, TOUCHED_SLOTS = 4 * TOUCHED_MAX };

struct touched {
    uint32_t views[TOUCHED_MAX]; /* each once */
    size_t count;
    bool all;        /* too many to name */
    uint64_t hidden; /* of rounds and imports that hide what is theirs, before and after: what stays so cancels out */
    uint32_t slots[TOUCHED_SLOTS]; /* open addressing; 0: free */
};

void touched_clear(struct touched *touched);

/* Notes whose views the record is part of. `state` is looked up for the owner of what it belongs to. */
void touched_note(struct touched *touched, const struct state *state, enum record_kind kind, const void *record);

/* After the last note: adds VIEW_SHOWN where what is shown differs. */
void touched_finish(struct touched *touched);

#endif
