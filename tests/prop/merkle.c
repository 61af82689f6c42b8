/*
 * The Merkle tree against the definition of RFC 6962 as it stands there, by recursion: the same roots and paths for every number
 * of rows; every path leads to the root, and none does any more once a byte of row or path, or the index, is another.
 */
#include "base/merkle.h"
#include "support/support.h"

#include <string.h>

enum { ROWS_MAX = 70, ROW_BYTES_MAX = 40, TURNS = 60 };

struct rows {
    char bytes[ROWS_MAX][ROW_BYTES_MAX];
    struct text row[ROWS_MAX];
    size_t count;
};

static unsigned long long state;

static unsigned below(unsigned limit)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)((state >> 33) % limit);
}

static void draw_rows(struct rows *rows, size_t count)
{
    rows->count = count;
    for (size_t i = 0; i < count; i++) {
        size_t length = below(ROW_BYTES_MAX - 1); /* one more fits */
        for (size_t k = 0; k < length; k++)
            rows->bytes[i][k] = (char)below(256);
        rows->row[i] = (struct text){rows->bytes[i], length};
    }
}

static void hash_parts(uint8_t mark, struct text first, struct text second, uint8_t out[DIGEST_BYTES])
{
    uint8_t bytes[1 + 2 * ROW_BYTES_MAX + 2 * DIGEST_BYTES];
    bytes[0] = mark;
    memcpy(bytes + 1, first.data, first.length);
    memcpy(bytes + 1 + first.length, second.data, second.length);
    crypto_hash_sha256(out, bytes, 1 + first.length + second.length);
}

static struct text hash_text(const uint8_t hash[DIGEST_BYTES])
{
    return (struct text){(const char *)hash, DIGEST_BYTES};
}

static size_t split_of(size_t count)
{
    size_t split = 1;
    while (split * 2 < count)
        split *= 2;
    return split;
}

/* MTH(D[from:from+count]). */
static void naive_root(const struct rows *rows, size_t from, size_t count, uint8_t out[DIGEST_BYTES])
{
    uint8_t left[DIGEST_BYTES], right[DIGEST_BYTES];
    if (count == 1) {
        hash_parts(0, rows->row[from], (struct text){"", 0}, out);
        return;
    }
    size_t split = split_of(count);
    naive_root(rows, from, split, left);
    naive_root(rows, from + split, count - split, right);
    hash_parts(1, hash_text(left), hash_text(right), out);
}

/* PATH(m, D[from:from+count]); how long it is. */
static size_t naive_path(const struct rows *rows, size_t m, size_t from, size_t count,
                         uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES])
{
    if (count == 1)
        return 0;
    size_t split = split_of(count), length;
    if (m < split) {
        length = naive_path(rows, m, from, split, path);
        naive_root(rows, from + split, count - split, path[length]);
    } else {
        length = naive_path(rows, m - split, from + split, count - split, path);
        naive_root(rows, from, split, path[length]);
    }
    return length + 1;
}

struct proof {
    uint8_t row[ROW_BYTES_MAX];
    size_t row_length, index, count, length;
    uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES];
};

/* As the API tells whoever checks a proof. */
static bool leads_to(const struct proof *proof, const uint8_t root[DIGEST_BYTES])
{
    uint8_t hash[DIGEST_BYTES];
    size_t at = proof->index, last = proof->count - 1;
    if (at > last)
        return false;
    hash_parts(0, (struct text){(const char *)proof->row, proof->row_length}, (struct text){"", 0}, hash);
    for (size_t i = 0; i < proof->length; i++) {
        for (; last && at % 2 == 0 && at == last; last /= 2)
            at /= 2;
        if (last == 0)
            return false;
        if (at % 2)
            hash_parts(1, hash_text(proof->path[i]), hash_text(hash), hash);
        else
            hash_parts(1, hash_text(hash), hash_text(proof->path[i]), hash);
        at /= 2;
        last /= 2;
    }
    return last == 0 && memcmp(hash, root, sizeof hash) == 0;
}

static void make_tree(const struct rows *rows, struct merkle_tree *tree)
{
    ck_assert_int_eq(merkle_tree_new(rows->count, tree), ERR_OK);
    for (size_t i = 0; i < rows->count; i++)
        merkle_leaf(rows->row[i], tree->nodes[i]);
    merkle_tree_finish(tree);
}

static struct proof proof_of(const struct rows *rows, const struct merkle_tree *tree, size_t index)
{
    struct proof proof = {.row_length = rows->row[index].length, .index = index, .count = rows->count};
    memcpy(proof.row, rows->row[index].data, rows->row[index].length);
    proof.length = merkle_tree_path(tree, index, proof.path);
    return proof;
}

START_TEST(roots_and_paths_are_those_of_the_definition)
{
    static struct rows rows;
    state = test_seed(6962);
    for (size_t count = 1; count <= ROWS_MAX; count++) {
        struct merkle merkle = {.count = 0};
        struct merkle_tree tree;
        uint8_t root[DIGEST_BYTES], again[DIGEST_BYTES], path[MERKLE_LEVELS_MAX][DIGEST_BYTES];
        draw_rows(&rows, count);
        naive_root(&rows, 0, count, root);
        for (size_t i = 0; i < count; i++)
            merkle_add(&merkle, rows.row[i]);
        merkle_root(&merkle, again);
        ck_assert_mem_eq(root, again, sizeof root);
        make_tree(&rows, &tree);
        ck_assert_mem_eq(root, merkle_tree_root(&tree), sizeof root);
        for (size_t i = 0; i < count; i++) {
            struct proof proof = proof_of(&rows, &tree, i);
            ck_assert_uint_eq(proof.length, naive_path(&rows, i, 0, count, path));
            ck_assert_mem_eq(proof.path, path, proof.length * DIGEST_BYTES);
            ck_assert(leads_to(&proof, root));
        }
        merkle_tree_free(&tree);
    }
}
END_TEST

/* One byte of the row, or its length, or one of the path, or its length. */
static void change(struct proof *proof)
{
    uint8_t flip = (uint8_t)(1 + below(255));
    switch (below(proof->length ? 4 : 2)) {
    case 0:
        if (proof->row_length)
            proof->row[below((unsigned)proof->row_length)] ^= flip;
        else
            proof->row[proof->row_length++] = flip;
        break;
    case 1:
        proof->row[proof->row_length++] = flip;
        break;
    case 2:
        proof->path[below((unsigned)proof->length)][below(DIGEST_BYTES)] ^= flip;
        break;
    default:
        proof->length--;
    }
}

START_TEST(nothing_else_leads_to_the_root)
{
    static struct rows rows;
    state = test_seed(9162);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        struct merkle_tree tree;
        draw_rows(&rows, 1 + below(ROWS_MAX));
        make_tree(&rows, &tree);
        for (size_t i = 0; i < rows.count; i++) {
            struct proof proof = proof_of(&rows, &tree, i), other = proof;
            change(&other);
            ck_assert(!leads_to(&other, merkle_tree_root(&tree)));
            other = proof;
            other.index = (proof.index + 1 + below(ROWS_MAX)) % (rows.count + 1);
            ck_assert(other.index == proof.index || !leads_to(&other, merkle_tree_root(&tree)));
        }
        merkle_tree_free(&tree);
    }
}
END_TEST

RUN_TESTS("merkle", roots_and_paths_are_those_of_the_definition, nothing_else_leads_to_the_root)
