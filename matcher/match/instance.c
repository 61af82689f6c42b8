#include "match/instance.h"

#include "base/mem.h"

static unsigned bits_for(uint32_t highest)
{
    unsigned bits = 0;
    while (bits < 32 && (highest >> bits) != 0)
        bits++;
    return bits;
}

enum err instance_new(uint32_t students, uint32_t placements, uint32_t class_max, struct instance *out)
{
    if (placements > INT32_MAX || students >= UINT32_MAX - 1 || class_max > UINT16_MAX)
        return ERR_RANGE;
    struct instance instance = {.student_count = students, .placement_count = placements};
    unsigned place_bits = bits_for(placements ? placements - 1 : 0);
    bool fits = place_bits + bits_for(class_max) <= 32;
    instance.place_bits = fits ? place_bits : 32;
    enum err e = mem_alloc(students, sizeof *instance.first, &instance.first);
    if (e == ERR_OK)
        e = mem_alloc(students, sizeof *instance.length, &instance.length);
    if (e == ERR_OK)
        e = mem_alloc(placements, sizeof *instance.capacity, &instance.capacity);
    if (e == ERR_OK && !fits)
        e = mem_grow(&instance.wide, &instance.wide_capacity, 1, sizeof *instance.wide);
    if (e != ERR_OK) {
        instance_free(&instance);
        return e;
    }
    *out = instance;
    return ERR_OK;
}

void instance_free(struct instance *instance)
{
    mem_free(instance->first);
    mem_free(instance->length);
    mem_free(instance->edges);
    mem_free(instance->wide);
    mem_free(instance->capacity);
    *instance = (struct instance){0};
}

enum err instance_reserve(struct instance *instance, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(instance->edge_count, more, &need))
        return ERR_MEMORY;
    enum err e = mem_grow(&instance->edges, &instance->edge_capacity, need, sizeof *instance->edges);
    if (e == ERR_OK && instance->wide)
        e = mem_grow(&instance->wide, &instance->wide_capacity, need, sizeof *instance->wide);
    return e;
}
