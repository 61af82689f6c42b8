/*
 * index.h - an ordered map from byte keys to pointers: a treap (Seidel and Aragon 1996) whose priorities are hashes of the
 * keys, so that its shape depends on what is in it and on nothing else.
 *
 * Keys are compared bytewise, a prefix first. Expected cost O(log n) a call, O(log n) depth; a node is one block.
 */
#ifndef DOMAIN_INDEX_H
#define DOMAIN_INDEX_H

#include "base/mem.h"
#include "base/text.h"

struct index_node {
    struct index_node *left, *right;
    void *value;
    uint32_t priority, length;
    uint8_t key[];
};

struct index {
    struct index_node *root;
    size_t count;
};

/* Makes a node apart from any index, so that putting it in cannot fail. */
MUST_USE enum err index_node_new(struct text key, void *value, struct index_node **out);
void index_node_free(struct index_node *node);
struct text index_node_key(const struct index_node *node);

/* Puts a node in whose key is not there yet. */
void index_insert(struct index *index, struct index_node *node);

/* Takes the node with this key out and gives it to the caller; NULL where there is none. */
struct index_node *index_take(struct index *index, struct text key);

struct index_node *index_find(const struct index *index, struct text key);

/* The first node whose key is greater than `key`, or not less where `inclusive`; NULL at the end. */
struct index_node *index_seek(const struct index *index, struct text key, bool inclusive);

/* Frees every node; values are the caller's. */
void index_clear(struct index *index);

#endif
