#include "base/intern.h"

#include <sodium.h>

void intern_init(struct intern *intern, size_t budget_bytes)
{
    *intern = (struct intern){0};
    arena_init(&intern->arena, budget_bytes);
    randombytes_buf(intern->key, sizeof intern->key);
}

void intern_free(struct intern *intern)
{
    arena_free(&intern->arena);
    mem_free(intern->items);
    mem_free(intern->slots);
    *intern = (struct intern){0};
}

static size_t slot_of(const struct intern *intern, struct text text)
{
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, (const unsigned char *)text.data, text.length, intern->key);
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof out; i++)
        hash = hash << 8 | out[i];
    return (size_t)hash & (intern->slot_count - 1);
}

/* The slot that holds `text`, or the free one where it would go. */
static size_t find_slot(const struct intern *intern, struct text text)
{
    size_t slot = slot_of(intern, text);
    while (intern->slots[slot] && !text_equal(intern->items[intern->slots[slot] - 1], text))
        slot = (slot + 1) & (intern->slot_count - 1);
    return slot;
}

static enum err make_slots(struct intern *intern)
{
    size_t wanted = intern->slot_count ? intern->slot_count * 2 : 64;
    uint32_t *slots;
    enum err e = mem_alloc(wanted, sizeof *slots, &slots);
    if (e != ERR_OK)
        return e;
    mem_free(intern->slots);
    intern->slots = slots;
    intern->slot_count = wanted;
    for (size_t i = 0; i < intern->count; i++)
        intern->slots[find_slot(intern, intern->items[i])] = (uint32_t)i + 1;
    return ERR_OK;
}

enum err intern_put(struct intern *intern, struct text text, uint32_t *number)
{
    enum err e = ERR_OK;
    if (intern->count >= intern->slot_count / 2 && (e = make_slots(intern)) != ERR_OK)
        return e;
    size_t slot = find_slot(intern, text);
    if (intern->slots[slot]) {
        *number = intern->slots[slot] - 1;
        return ERR_OK;
    }
    if (intern->count >= INTERN_NONE - 1)
        return ERR_MEMORY;
    if ((e = mem_grow(&intern->items, &intern->capacity, intern->count + 1, sizeof *intern->items)) != ERR_OK)
        return e;
    const char *copy;
    if ((e = arena_dup(&intern->arena, text.data, text.length, &copy)) != ERR_OK)
        return e;
    intern->items[intern->count] = (struct text){copy, text.length};
    *number = (uint32_t)intern->count++;
    intern->slots[slot] = *number + 1;
    return ERR_OK;
}

uint32_t intern_find(const struct intern *intern, struct text text)
{
    if (intern->slot_count == 0)
        return INTERN_NONE;
    uint32_t held = intern->slots[find_slot(intern, text)];
    return held ? held - 1 : INTERN_NONE;
}

struct text intern_text(const struct intern *intern, uint32_t number)
{
    return intern->items[number];
}
