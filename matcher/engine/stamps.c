#include "engine/stamps.h"

#include "base/mem.h"

struct view_stamps *stamps_take(const struct versions *versions, const struct method *method, const void *request,
                                const struct view_asker *asker)
{
    struct view_set set;
    struct view_stamps *stamps;
    if (!views_of_answer(method, request, asker, &set) ||
        mem_alloc(1, sizeof *stamps + set.count * sizeof stamps->stamps[0], &stamps) != ERR_OK)
        return NULL;
    versions_of(versions, &set, stamps->stamps);
    stamps->count = set.count;
    for (size_t i = 0; i < set.count; i++)
        stamps->list[i] = &stamps->stamps[i];
    return stamps;
}
