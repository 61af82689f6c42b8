/*
 * instance.h - what a solver sees: lists, classes and seats, as numbers.
 *
 * Students are numbered by lottery: student 0 goes first, so the number is the tie-break. A student's list is a run of
 * 32-bit edges, best first; an edge is a placement with the class that the placement gives this student (a band, or a tie
 * group: higher is better, equal is indifferent). Placement and class share the 32 bits where they fit; where they
 * do not, classes lie in an array of their own.
 *
 * Memory: 4 bytes an edge (6 with wide classes) and 12 a student.
 */
#ifndef MATCH_INSTANCE_H
#define MATCH_INSTANCE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSTANCE_UNMATCHED UINT32_MAX

struct instance {
    uint32_t student_count, placement_count;
    uint64_t edge_count;
    uint64_t *first;    /* by student: its list's first edge */
    uint32_t *length;   /* by student */
    uint32_t *edges;    /* placement in the low bits, class above them */
    uint16_t *wide;     /* by edge: the class, where it does not fit beside the placement; otherwise NULL */
    uint16_t *capacity; /* by placement */
    unsigned place_bits;
    size_t edge_capacity, wide_capacity;
};

/*
 * An instance without edges. class_max is the highest class that will be added. ERR_RANGE beyond 2^31 placements or
 * 2^32 - 2 students.
 */
MUST_USE enum err instance_new(uint32_t students, uint32_t placements, uint32_t class_max, struct instance *out);
void instance_free(struct instance *instance);

/* Room for `more` edges behind those there are. */
MUST_USE enum err instance_reserve(struct instance *instance, size_t more);

static inline uint32_t instance_place(const struct instance *instance, uint64_t edge)
{
    return instance->edges[edge] & (uint32_t)((UINT64_C(1) << instance->place_bits) - 1);
}

static inline uint32_t instance_class(const struct instance *instance, uint64_t edge)
{
    return instance->wide ? instance->wide[edge]
                          : (uint32_t)((uint64_t)instance->edges[edge] >> instance->place_bits);
}

/* Writes an edge; the room for it was reserved. */
static inline void instance_set_edge(struct instance *instance, uint64_t edge, uint32_t place, uint32_t class)
{
    if (instance->wide) {
        instance->edges[edge] = place;
        instance->wide[edge] = (uint16_t) class;
    } else {
        instance->edges[edge] = (uint32_t)(place | (uint64_t) class << instance->place_bits);
    }
}

#endif
