/*
 * state_index.h - how each kind of record is keyed and indexed: tables for state.c.
 */
#ifndef DOMAIN_STATE_INDEX_H
#define DOMAIN_STATE_INDEX_H

#include "domain/records.h"
#include "domain/state.h"

struct kind_facts {
    const char *name;
    const ProtobufCMessageDescriptor *descriptor;
    /* Puts the record's own key; false: it has none that is well-formed. */
    bool (*key)(const void *record, struct index_key *key);
};

struct index_facts {
    enum record_kind kind;
    /* Puts what comes before the record's own key; false: the record does not stand in this index. */
    bool (*key)(const void *record, struct index_key *key);
};

/* When a task's timer is due next: it appears, its reminder, its term; 0: never again. */
int64_t task_next_ms(const TaskRecord *task);

extern const struct kind_facts kind_table[RECORD_KIND_COUNT];
extern const struct index_facts index_table[STATE_INDEX_COUNT];

#endif
