#include "domain/index.h"

#include <string.h>

/*
 * A block is split after at least half as many insertions into it as it has places, so 64-bit counts of insertions reach no
 * height of 16.
 */
enum { PLACES = 64, HEIGHT_MAX = 16 };

/* Of a leaf: its nodes. Of an inner block: its children, each with its lowest node. In the order of the keys. */
struct index_block {
    struct index_block *next; /* among spare ones */
    uint32_t count;
    bool is_leaf;
    uint64_t starts[PLACES]; /* the first bytes of the nodes' keys, as a number that compares as they do */
    struct index_node *nodes[PLACES];
    struct index_block *children[]; /* PLACES of them in an inner block */
};

/* Where a search went: a block of each level from the root to a leaf, and the place in it. */
struct path {
    struct {
        struct index_block *block;
        size_t at;
    } steps[HEIGHT_MAX];
    size_t length;
};

enum err index_node_new(struct text key, void *value, struct index_node **out)
{
    struct index_node *node;
    enum err e = mem_alloc(1, sizeof *node + key.length, &node);
    if (e != ERR_OK)
        return e;
    node->value = value;
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

static uint64_t start_of(struct text key)
{
    uint64_t start = 0;
    for (size_t i = 0; i < 8; i++)
        start = start << 8 | (i < key.length ? (uint8_t)key.data[i] : 0);
    return start;
}

static enum err add_spare(struct index_block **spare, bool is_leaf)
{
    struct index_block *block;
    size_t children_bytes = is_leaf ? 0 : PLACES * sizeof(struct index_block *);
    enum err e = mem_alloc(1, sizeof *block + children_bytes, &block);
    if (e != ERR_OK)
        return e;
    block->is_leaf = is_leaf;
    block->next = *spare;
    *spare = block;
    return ERR_OK;
}

/* At most one leaf and one inner block a level are split, and a root is added. */
enum err index_reserve(struct index *index)
{
    enum err e = index->spare_leaf ? ERR_OK : add_spare(&index->spare_leaf, true);
    size_t spares = 0;
    for (const struct index_block *block = index->spare_inner; block; block = block->next)
        spares++;
    for (; e == ERR_OK && spares < index->height; spares++)
        e = add_spare(&index->spare_inner, false);
    return e;
}

static struct index_block *take_spare(struct index *index, bool is_leaf)
{
    struct index_block **spare = is_leaf ? &index->spare_leaf : &index->spare_inner;
    struct index_block *block = *spare;
    *spare = block->next;
    block->next = NULL;
    return block;
}

/* How many keys of a block are less than `key`, or not greater where `inclusive`. */
static size_t rank_in(const struct index_block *block, uint64_t start, struct text key, bool inclusive)
{
    size_t low = 0, high = block->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        bool before = block->starts[middle] < start;
        if (block->starts[middle] == start) {
            int order = text_compare(index_node_key(block->nodes[middle]), key);
            before = order < 0 || (inclusive && order == 0);
        }
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Down to the leaf where a key belongs; the last place is that of the first key that is not less, perhaps behind the leaf. */
static void descend(const struct index *index, struct text key, struct path *path)
{
    uint64_t start = start_of(key);
    struct index_block *block = index->root;
    path->length = 0;
    for (;; block = block->children[path->steps[path->length - 1].at]) {
        size_t at = rank_in(block, start, key, !block->is_leaf);
        if (!block->is_leaf && at > 0)
            at--;
        path->steps[path->length].block = block;
        path->steps[path->length++].at = at;
        if (block->is_leaf)
            return;
    }
}

static void set_place(struct index_block *block, size_t at, struct index_node *node, struct index_block *child)
{
    block->starts[at] = start_of(index_node_key(node));
    block->nodes[at] = node;
    if (!block->is_leaf)
        block->children[at] = child;
}

/* Moves the places from `from` on to `to`, of the same or another block of its level. */
static void move_places(struct index_block *target, size_t to, const struct index_block *source, size_t from)
{
    size_t count = source->count - from;
    memmove(&target->starts[to], &source->starts[from], count * sizeof source->starts[0]);
    memmove(&target->nodes[to], &source->nodes[from], count * sizeof(struct index_node *));
    if (!source->is_leaf)
        memmove(&target->children[to], &source->children[from], count * sizeof(struct index_block *));
}

static void put_place(struct index_block *block, size_t at, struct index_node *node, struct index_block *child)
{
    move_places(block, at + 1, block, at);
    set_place(block, at, node, child);
    block->count++;
}

/* The lowest node of the block at a level changed: those above it are told. */
static void tell_lowest(const struct path *path, size_t level)
{
    while (level > 0) {
        struct index_node *lowest = path->steps[level].block->nodes[0];
        struct index_block *above = path->steps[--level].block;
        size_t at = path->steps[level].at;
        set_place(above, at, lowest, path->steps[level + 1].block);
        if (at > 0)
            return;
    }
}

/*
 * Halves a full block and puts the item in one half; gives the new block. Where the item comes last, the old block stays full, so
 * that keys that only grow fill their blocks.
 */
static struct index_block *split_block(struct index *index, struct index_block *block, size_t at,
                                       struct index_node *node, struct index_block *child)
{
    struct index_block *right = take_spare(index, block->is_leaf);
    size_t kept = at == PLACES ? PLACES : PLACES / 2;
    move_places(right, 0, block, kept);
    right->count = (uint32_t)(PLACES - kept);
    block->count = (uint32_t)kept;
    if (at <= kept && kept < PLACES)
        put_place(block, at, node, child);
    else
        put_place(right, at - kept, node, child);
    return right;
}

static void add_root(struct index *index, struct index_block *right)
{
    struct index_block *left = index->root;
    index->root = take_spare(index, false);
    put_place(index->root, 0, left->nodes[0], left);
    put_place(index->root, 1, right->nodes[0], right);
    index->height++;
}

void index_insert(struct index *index, struct index_node *node)
{
    struct path path;
    struct index_block *child = NULL;
    index->count++;
    if (!index->root) {
        index->root = take_spare(index, true);
        index->height = 1;
    }
    descend(index, index_node_key(node), &path);
    size_t level = path.length - 1, at = path.steps[level].at;
    for (;; at = path.steps[--level].at + 1) {
        struct index_block *block = path.steps[level].block;
        struct index_block *right = NULL;
        if (block->count < PLACES)
            put_place(block, at, node, child);
        else
            right = split_block(index, block, at, node, child);
        if (at == 0)
            tell_lowest(&path, level);
        if (!right)
            return;
        child = right;
        node = right->nodes[0];
        if (level == 0) {
            add_root(index, right);
            return;
        }
    }
}

static void remove_place(struct index_block *block, size_t at)
{
    move_places(block, at, block, at + 1);
    block->count--;
}

/* Roots with one child go. */
static void lower_root(struct index *index)
{
    while (index->root && !index->root->is_leaf && index->root->count == 1) {
        struct index_block *root = index->root;
        index->root = root->children[0];
        index->height--;
        mem_free(root);
    }
}

struct index_node *index_take(struct index *index, struct text key)
{
    struct path path;
    if (!index->root)
        return NULL;
    descend(index, key, &path);
    size_t level = path.length - 1;
    struct index_block *block = path.steps[level].block;
    if (path.steps[level].at == block->count || !text_equal(index_node_key(block->nodes[path.steps[level].at]), key))
        return NULL;
    struct index_node *node = block->nodes[path.steps[level].at];
    remove_place(block, path.steps[level].at);
    for (; block->count == 0 && level > 0; block = path.steps[level].block) {
        mem_free(block);
        level--;
        remove_place(path.steps[level].block, path.steps[level].at);
    }
    if (block->count == 0) {
        mem_free(block);
        index->root = NULL;
        index->height = 0;
    } else if (path.steps[level].at == 0) {
        tell_lowest(&path, level);
    }
    lower_root(index);
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
    struct path path;
    if (!index->root)
        return NULL;
    descend(index, key, &path);
    size_t level = path.length - 1, at = path.steps[level].at;
    const struct index_block *block = path.steps[level].block;
    if (!inclusive && at < block->count && text_equal(index_node_key(block->nodes[at]), key))
        at++;
    if (at < block->count)
        return block->nodes[at];
    /* Behind this leaf: the lowest of what stands behind it in the nearest block above. */
    while (level-- > 0)
        if (path.steps[level].at + 1 < path.steps[level].block->count)
            return path.steps[level].block->nodes[path.steps[level].at + 1];
    return NULL;
}

struct index_node *index_last(const struct index *index)
{
    const struct index_block *block = index->root;
    while (block && !block->is_leaf)
        block = block->children[block->count - 1];
    return block ? block->nodes[block->count - 1] : NULL;
}

static void free_spares(struct index_block *block)
{
    while (block) {
        struct index_block *next = block->next;
        mem_free(block);
        block = next;
    }
}

/* Frees the blocks along one way down as they become empty, always the last. */
void index_clear(struct index *index)
{
    struct index_block *way[HEIGHT_MAX];
    size_t depth = 0;
    if (index->root)
        way[depth++] = index->root;
    while (depth > 0) {
        struct index_block *block = way[depth - 1];
        if (block->count == 0) {
            mem_free(block);
            depth--;
        } else if (block->is_leaf) {
            index_node_free(block->nodes[--block->count]);
        } else {
            way[depth++] = block->children[--block->count];
        }
    }
    free_spares(index->spare_leaf);
    free_spares(index->spare_inner);
    *index = (struct index){0};
}
