/*
 * lists.h - the solver's instance of a market: everybody's list, in lottery order.
 *
 * Lists do not depend on each other, so they are made by as many threads as asked for: each has work space and an array
 * of edges of its own, shares only what none of them writes, and the arrays are joined at the end. The instance is the
 * same whatever the number of threads.
 */
#ifndef MATCH_LISTS_H
#define MATCH_LISTS_H

#include "match/eligible.h"
#include "match/instance.h"
#include "match/preference.h"

/* The two work spaces that turn a student into a list, for as long as a market lives. */
struct list_maker {
    const struct market *market;
    struct match_rules rules;
    struct eligibility *eligibility;
    struct preference *preference;
};

MUST_USE enum err list_maker_open(const struct market *market, const struct match_rules *rules,
                                  struct list_maker *out);
void list_maker_close(struct list_maker *maker);

/* The whole ordered list of one student, not cut; valid until the maker is used again. */
void list_maker_full(struct list_maker *maker, uint32_t student, const struct candidate **list, uint32_t *count);

struct list_request {
    const uint32_t *students; /* in lottery order: students[i] becomes number i of the instance */
    uint32_t student_count;
    const uint16_t *capacity; /* by placement; a placement without a seat is on no list */
    uint32_t list_max;        /* 0: no limit */
    uint32_t threads;         /* at most this many, 1 .. PARALLEL_THREADS_MAX */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* students; may be NULL */
    void *context;
};

struct list_counts {
    uint64_t eligible_pairs; /* before lists were cut */
    uint64_t cut_lists;
};

/*
 * Builds the instance. `cut` (may be NULL) gets, by number in the instance, whether list_max cut the list. Students are
 * visited postcode by postcode. `progress` is called from the calling thread alone.
 */
MUST_USE enum err lists_build(struct list_maker *maker, const struct list_request *request, struct instance *out,
                              bool *cut, struct list_counts *counts);

#endif
