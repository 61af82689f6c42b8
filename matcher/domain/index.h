/*
 * index.h - an ordered map from byte keys to pointers: a B+ tree (Comer, "The Ubiquitous B-Tree", 1979).
 *
 * Keys are compared bytewise, a prefix first. A block holds the first eight bytes of its keys beside each other, so that a
 * search reads few cache lines: in an index of a million random keys about four blocks and one node. A block is split when it
 * is full and freed when it is empty; blocks are not joined before that. O(log n) a call.
 */
#ifndef DOMAIN_INDEX_H
#define DOMAIN_INDEX_H

#include "base/mem.h"
#include "base/text.h"

struct index_block;

struct index_node {
    void *value;
    uint32_t length;
    uint8_t key[];
};

struct index {
    struct index_block *root;
    size_t count;
    size_t height;                                /* levels of blocks */
    struct index_block *spare_leaf, *spare_inner; /* what index_reserve put by */
};

/* Makes a node apart from any index. */
MUST_USE enum err index_node_new(struct text key, void *value, struct index_node **out);
void index_node_free(struct index_node *node);
struct text index_node_key(const struct index_node *node);

/* Puts by what the next index_insert may need, so that it cannot fail. */
MUST_USE enum err index_reserve(struct index *index);

/* Puts a node in whose key is not there yet, after an index_reserve of its own. */
void index_insert(struct index *index, struct index_node *node);

/* Takes the node with this key out and gives it to the caller; NULL where there is none. */
struct index_node *index_take(struct index *index, struct text key);

struct index_node *index_find(const struct index *index, struct text key);

/* The first node whose key is greater than `key`, or not less where `inclusive`; NULL at the end. */
struct index_node *index_seek(const struct index *index, struct text key, bool inclusive);

/* The node with the greatest key; NULL where there is none. */
struct index_node *index_last(const struct index *index);

/* Frees every node; values are the caller's. */
void index_clear(struct index *index);

#endif
