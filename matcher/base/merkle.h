/*
 * merkle.h - the Merkle tree of RFC 6962 (section 2.1) over rows of bytes, with SHA-256: one hash for all rows, and for each
 * row a short path that proves it is among them.
 *
 *   leaf   SHA-256 of a byte 0 and the row
 *   node   SHA-256 of a byte 1, the left hash and the right hash
 *
 * n rows are split at the largest power of two below n, so the tree depends on nothing but the rows and their order. Of no
 * rows the root is SHA-256 of nothing.
 *
 * Who has a row, its index, the number of rows and the path computes the root: hash the row as a leaf, take at = index and last =
 * count - 1, and for each hash of the path: while `at` is even and equal to `last`, halve both; then, where `at` is odd, the
 * hash stands on the left of one's own, otherwise on the right; halve both. In the end `last` is 0 (RFC 9162, section 2.1.3.2).
 */
#ifndef BASE_MERKLE_H
#define BASE_MERKLE_H

#include "base/digest.h"
#include "base/err.h"

#include <stdint.h>

enum { MERKLE_LEVELS_MAX = 64 };

/* The root alone, row by row, in a fixed 2 KB. Start it with {0}. */
struct merkle {
    uint64_t count;
    uint8_t peaks[MERKLE_LEVELS_MAX][DIGEST_BYTES]; /* of the whole subtrees so far: one for each bit of count */
};

void merkle_add(struct merkle *merkle, struct text row);
void merkle_root(const struct merkle *merkle, uint8_t root[DIGEST_BYTES]);

void merkle_leaf(struct text row, uint8_t leaf[DIGEST_BYTES]);

/* The whole tree, for paths: at most 64 bytes a row and 2 KB. */
struct merkle_tree {
    uint8_t (*nodes)[DIGEST_BYTES]; /* level by level: first `count` leaves, last the root */
    size_t count;
};

/* How many nodes a tree of so many leaves has. */
size_t merkle_tree_nodes(size_t count);

/* Room for so many leaves, at least one: write them to nodes[0 .. count-1], then merkle_tree_finish. ERR_MEMORY alone. */
MUST_USE enum err merkle_tree_new(size_t count, struct merkle_tree *out);
void merkle_tree_finish(struct merkle_tree *tree);
void merkle_tree_free(struct merkle_tree *tree);

/* Of a finished tree. */
const uint8_t *merkle_tree_root(const struct merkle_tree *tree);

/* The path of a leaf, from its neighbour upwards; how many hashes it has. */
size_t merkle_tree_path(const struct merkle_tree *tree, size_t index, uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES]);

#endif
