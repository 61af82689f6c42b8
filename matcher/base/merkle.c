#include "base/merkle.h"

#include "base/mem.h"

#include <string.h>

void merkle_leaf(struct text row, uint8_t leaf[DIGEST_BYTES])
{
    static const uint8_t mark = 0;
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, &mark, sizeof mark);
    digest_add(&digest, row.data, row.length);
    crypto_hash_sha256_final(&digest.state, leaf);
}

/* `node` may be one of the two. */
static void join(const uint8_t left[DIGEST_BYTES], const uint8_t right[DIGEST_BYTES], uint8_t node[DIGEST_BYTES])
{
    static const uint8_t mark = 1;
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, &mark, sizeof mark);
    digest_add(&digest, left, DIGEST_BYTES);
    digest_add(&digest, right, DIGEST_BYTES);
    crypto_hash_sha256_final(&digest.state, node);
}

void merkle_add(struct merkle *merkle, struct text row)
{
    uint8_t hash[DIGEST_BYTES];
    unsigned level = 0;
    merkle_leaf(row, hash);
    for (; merkle->count >> level & 1; level++)
        join(merkle->peaks[level], hash, hash);
    memcpy(merkle->peaks[level], hash, sizeof hash);
    merkle->count++;
}

void merkle_root(const struct merkle *merkle, uint8_t root[DIGEST_BYTES])
{
    uint8_t hash[DIGEST_BYTES];
    bool begun = false;
    for (unsigned level = 0; level < MERKLE_LEVELS_MAX; level++) {
        if (!(merkle->count >> level & 1))
            continue;
        if (begun)
            join(merkle->peaks[level], hash, hash);
        else
            memcpy(hash, merkle->peaks[level], sizeof hash);
        begun = true;
    }
    if (!begun)
        crypto_hash_sha256(hash, NULL, 0);
    memcpy(root, hash, sizeof hash);
}

/*
 * The split at powers of two is the same as joining neighbours level by level, where one that is left over at the end of a level
 * goes up as it is.
 */
static size_t parents(size_t count)
{
    return count / 2 + count % 2;
}

size_t merkle_tree_nodes(size_t count)
{
    size_t nodes = count;
    for (size_t level = count; level > 1; level = parents(level))
        nodes += parents(level);
    return nodes;
}

enum err merkle_tree_new(size_t count, struct merkle_tree *out)
{
    struct merkle_tree tree = {.count = count};
    enum err e = mem_alloc(merkle_tree_nodes(count), sizeof *tree.nodes, &tree.nodes);
    if (e == ERR_OK)
        *out = tree;
    return e;
}

void merkle_tree_finish(struct merkle_tree *tree)
{
    uint8_t(*level)[DIGEST_BYTES] = tree->nodes;
    for (size_t count = tree->count; count > 1; count = parents(count)) {
        uint8_t(*above)[DIGEST_BYTES] = level + count;
        for (size_t i = 0; i + 1 < count; i += 2)
            join(level[i], level[i + 1], above[i / 2]);
        if (count % 2)
            memcpy(above[count / 2], level[count - 1], DIGEST_BYTES);
        level = above;
    }
}

void merkle_tree_free(struct merkle_tree *tree)
{
    mem_free(tree->nodes);
    *tree = (struct merkle_tree){.count = 0};
}

const uint8_t *merkle_tree_root(const struct merkle_tree *tree)
{
    size_t at = 0;
    for (size_t count = tree->count; count > 1; count = parents(count))
        at += count;
    return tree->nodes[at];
}

size_t merkle_tree_path(const struct merkle_tree *tree, size_t index, uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES])
{
    uint8_t(*level)[DIGEST_BYTES] = tree->nodes;
    size_t length = 0;
    for (size_t count = tree->count; count > 1; count = parents(count)) {
        size_t beside = index ^ 1;
        if (beside < count)
            memcpy(path[length++], level[beside], DIGEST_BYTES);
        level += count;
        index /= 2;
    }
    return length;
}
