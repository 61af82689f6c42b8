/*
 * pending.h - calls that wait for an answer: found by id, and in the order of their deadlines.
 *
 * A slot for each call and a binary heap of slots by deadline; adding and taking cost O(log calls). An id is a slot with the
 * number of times it was used, so that a late answer to a call that is over finds nothing. Ids are never 0.
 */
#ifndef IPC_PENDING_H
#define IPC_PENDING_H

#include "ipc/channel.h"

struct pending_call {
    channel_answer_cb *answer; /* NULL: the slot is free */
    void *context;
    int64_t deadline_us;
    uint64_t use;   /* how often the slot was used */
    uint32_t place; /* in the heap; of a free slot: the next free one plus 1, 0 at the end */
};

struct pending {
    struct pending_call *slots;
    size_t slot_count, slot_capacity;
    uint32_t first_free; /* plus 1; 0: none */
    uint32_t *heap;
    size_t heap_count, heap_capacity;
};

/* ERR_RANGE beyond CHANNEL_CALLS_MAX, ERR_MEMORY. */
MUST_USE enum err pending_add(struct pending *pending, channel_answer_cb *answer, void *context, int64_t deadline_us,
                              uint64_t *id);

/* Takes the call with this id out; false where it is not there (any more). */
bool pending_take(struct pending *pending, uint64_t id, struct pending_call *out);

/* Takes the call with the first deadline out, where that is not after `until_us`. */
bool pending_take_due(struct pending *pending, int64_t until_us, struct pending_call *out, uint64_t *id);

/* The first deadline; INT64_MAX where no call waits. */
int64_t pending_first_us(const struct pending *pending);

void pending_free(struct pending *pending);

#endif
