/*
 * queue.h - records that wait until the vault has them: numbered from 1, read in order, forgotten once it asks for later ones.
 */
#ifndef DOMAIN_QUEUE_H
#define DOMAIN_QUEUE_H

#include "domain/command.h"

enum { QUEUE_PULL_MAX = 1000 };

struct queue {
    enum record_kind kind; /* whose key is its number: 8 bytes, big-endian */
    uint64_t (*seq)(const void *record);
};

/* The number of the next record. */
uint64_t queue_next_seq(const struct queue *queue, const struct state *state);

/* The first record after this number; NULL: none. */
const void *queue_after(const struct queue *queue, const struct state *state, uint64_t seq);

/* Removes what the vault has, at most QUEUE_PULL_MAX at once. The newest is never forgotten: numbers are counted on from it. */
void queue_forget(const struct queue *queue, struct context *context, uint64_t up_to_seq);

#endif
