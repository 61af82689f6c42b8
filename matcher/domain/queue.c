#include "domain/queue.h"

uint64_t queue_next_seq(const struct queue *queue, const struct state *state)
{
    const void *last = state_last(state, queue->kind);
    return last ? queue->seq(last) + 1 : 1;
}

static struct text key_of(struct index_key *key, uint64_t seq)
{
    index_key_start(key);
    index_key_u64(key, seq);
    return (struct text){(const char *)key->bytes, key->length};
}

const void *queue_after(const struct queue *queue, const struct state *state, uint64_t seq)
{
    struct index_key key;
    return state_next(state, queue->kind, key_of(&key, seq));
}

void queue_forget(const struct queue *queue, struct context *context, uint64_t up_to_seq)
{
    const void *last = state_last(context->state, queue->kind);
    for (unsigned i = 0; i < QUEUE_PULL_MAX; i++) {
        const void *record = queue_after(queue, context->state, 0);
        struct index_key key;
        if (!record || record == last || queue->seq(record) > up_to_seq || context->error != ERR_OK)
            return;
        context_remove(context, queue->kind, key_of(&key, queue->seq(record)));
    }
}
