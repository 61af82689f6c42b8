#include "ipc/pending.h"

#include "base/mem.h"

enum { SLOT_BITS = 16 };

_Static_assert(CHANNEL_CALLS_MAX <= 1 << SLOT_BITS, "a slot's number must fit into an id");

static bool is_before(const struct pending *pending, size_t a, size_t b)
{
    return pending->slots[pending->heap[a]].deadline_us < pending->slots[pending->heap[b]].deadline_us;
}

static void put_in_heap(struct pending *pending, size_t at, uint32_t slot)
{
    pending->heap[at] = slot;
    pending->slots[slot].place = (uint32_t)at;
}

static void swap_in_heap(struct pending *pending, size_t a, size_t b)
{
    uint32_t slot = pending->heap[a];
    put_in_heap(pending, a, pending->heap[b]);
    put_in_heap(pending, b, slot);
}

static void sift_up(struct pending *pending, size_t at)
{
    while (at > 0 && is_before(pending, at, (at - 1) / 2)) {
        swap_in_heap(pending, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct pending *pending, size_t at)
{
    for (;;) {
        size_t first = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < pending->heap_count; child++)
            if (is_before(pending, child, first))
                first = child;
        if (first == at)
            return;
        swap_in_heap(pending, at, first);
        at = first;
    }
}

static enum err take_slot(struct pending *pending, uint32_t *out)
{
    if (pending->first_free) {
        *out = pending->first_free - 1;
        pending->first_free = pending->slots[*out].place;
        return ERR_OK;
    }
    if (pending->slot_count == CHANNEL_CALLS_MAX)
        return ERR_RANGE;
    enum err e = mem_grow(&pending->slots, &pending->slot_capacity, pending->slot_count + 1, sizeof *pending->slots);
    if (e == ERR_OK)
        e = mem_grow(&pending->heap, &pending->heap_capacity, pending->slot_count + 1, sizeof *pending->heap);
    if (e != ERR_OK)
        return e;
    *out = (uint32_t)pending->slot_count++;
    pending->slots[*out] = (struct pending_call){.answer = NULL};
    return ERR_OK;
}

enum err pending_add(struct pending *pending, channel_answer_cb *answer, void *context, int64_t deadline_us,
                     uint64_t *id)
{
    uint32_t slot;
    enum err e = take_slot(pending, &slot);
    if (e != ERR_OK)
        return e;
    uint64_t use = pending->slots[slot].use + 1;
    pending->slots[slot] = (struct pending_call){answer, context, deadline_us, use, 0};
    put_in_heap(pending, pending->heap_count++, slot);
    sift_up(pending, pending->heap_count - 1);
    *id = use << SLOT_BITS | slot;
    return ERR_OK;
}

static void remove_slot(struct pending *pending, uint32_t slot, struct pending_call *out)
{
    *out = pending->slots[slot];
    size_t at = out->place, last = --pending->heap_count;
    if (at != last) {
        put_in_heap(pending, at, pending->heap[last]);
        sift_down(pending, at);
        sift_up(pending, at);
    }
    pending->slots[slot].answer = NULL;
    pending->slots[slot].place = pending->first_free;
    pending->first_free = slot + 1;
}

bool pending_take(struct pending *pending, uint64_t id, struct pending_call *out)
{
    uint64_t slot = id & ((1u << SLOT_BITS) - 1);
    if (slot >= pending->slot_count || !pending->slots[slot].answer || pending->slots[slot].use != id >> SLOT_BITS)
        return false;
    remove_slot(pending, (uint32_t)slot, out);
    return true;
}

bool pending_take_due(struct pending *pending, int64_t until_us, struct pending_call *out, uint64_t *id)
{
    if (pending_first_us(pending) > until_us || pending->heap_count == 0)
        return false;
    uint32_t slot = pending->heap[0];
    *id = pending->slots[slot].use << SLOT_BITS | slot;
    remove_slot(pending, slot, out);
    return true;
}

int64_t pending_first_us(const struct pending *pending)
{
    return pending->heap_count ? pending->slots[pending->heap[0]].deadline_us : INT64_MAX;
}

void pending_free(struct pending *pending)
{
    mem_free(pending->slots);
    mem_free(pending->heap);
    *pending = (struct pending){.slots = NULL};
}
