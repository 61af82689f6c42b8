#include "domain/index.h"

#include <string.h>

/* FNV-1a and a mixer (SplitMix64's). Most keys end in random ids; nobody gains by a skewed tree of ids they cannot choose. */
static uint32_t priority_of(struct text key)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < key.length; i++)
        hash = (hash ^ (uint8_t)key.data[i]) * 0x100000001B3u;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)(hash >> 32);
}

enum err index_node_new(struct text key, void *value, struct index_node **out)
{
    struct index_node *node;
    enum err e = mem_alloc(1, sizeof *node + key.length, &node);
    if (e != ERR_OK)
        return e;
    node->value = value;
    node->priority = priority_of(key);
    node->length = (uint32_t)key.length;
    if (key.length)
        memcpy(node->key, key.data, key.length);
    *out = node;
    return ERR_OK;
}

void index_node_free(struct index_node *node)
{
    mem_free(node);
}

struct text index_node_key(const struct index_node *node)
{
    return (struct text){(const char *)node->key, node->length};
}

/* Heap order is by priority; equal ones by key, so that the shape is fixed. */
static bool is_above(const struct index_node *a, const struct index_node *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return text_compare(index_node_key(a), index_node_key(b)) < 0;
}

/* Hangs what is below `key` under *less and the rest under *more. */
static void split(struct index_node *tree, struct text key, struct index_node **less, struct index_node **more)
{
    while (tree) {
        if (text_compare(index_node_key(tree), key) < 0) {
            *less = tree;
            less = &tree->right;
            tree = tree->right;
        } else {
            *more = tree;
            more = &tree->left;
            tree = tree->left;
        }
    }
    *less = NULL;
    *more = NULL;
}

void index_insert(struct index *index, struct index_node *node)
{
    struct text key = index_node_key(node);
    struct index_node **link = &index->root;
    while (*link && is_above(*link, node))
        link = text_compare(key, index_node_key(*link)) < 0 ? &(*link)->left : &(*link)->right;
    split(*link, key, &node->left, &node->right);
    *link = node;
    index->count++;
}

static void join(struct index_node *left, struct index_node *right, struct index_node **link)
{
    while (left && right) {
        if (is_above(left, right)) {
            *link = left;
            link = &left->right;
            left = left->right;
        } else {
            *link = right;
            link = &right->left;
            right = right->left;
        }
    }
    *link = left ? left : right;
}

struct index_node *index_take(struct index *index, struct text key)
{
    struct index_node **link = &index->root;
    while (*link) {
        int order = text_compare(key, index_node_key(*link));
        if (order == 0)
            break;
        link = order < 0 ? &(*link)->left : &(*link)->right;
    }
    struct index_node *node = *link;
    if (!node)
        return NULL;
    join(node->left, node->right, link);
    node->left = node->right = NULL;
    index->count--;
    return node;
}

struct index_node *index_find(const struct index *index, struct text key)
{
    struct index_node *node = index_seek(index, key, true);
    return node && text_equal(index_node_key(node), key) ? node : NULL;
}

struct index_node *index_seek(const struct index *index, struct text key, bool inclusive)
{
    struct index_node *node = index->root, *found = NULL;
    while (node) {
        int order = text_compare(index_node_key(node), key);
        if (order > 0 || (inclusive && order == 0)) {
            found = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return found;
}

/* Rotates left branches away, so that no depth of the tree can matter. */
void index_clear(struct index *index)
{
    struct index_node *node = index->root;
    while (node) {
        struct index_node *left = node->left;
        if (left) {
            node->left = left->right;
            left->right = node;
            node = left;
        } else {
            struct index_node *right = node->right;
            index_node_free(node);
            node = right;
        }
    }
    *index = (struct index){NULL, 0};
}
