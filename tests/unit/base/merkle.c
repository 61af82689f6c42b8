#include "base/merkle.h"
#include "base/mem.h"
#include "support/support.h"

#include <string.h>

/* The rows that implementations of RFC 6962 share as a test, and the root of the first n of them, from n = 0. */
static const struct text rows[] = {{"", 0},
                                   {"\x00", 1},
                                   {"\x10", 1},
                                   {"\x20\x21", 2},
                                   {"\x30\x31", 2},
                                   {"\x40\x41\x42\x43", 4},
                                   {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
                                   {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
static const char *const roots[ROW_COUNT + 1] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                                 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                                 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                                 "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                                 "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                                 "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                                 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                                 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static const char *hex_of(const uint8_t hash[DIGEST_BYTES])
{
    static char hex[DIGEST_HEX_BYTES];
    return sodium_bin2hex(hex, sizeof hex, hash, DIGEST_BYTES);
}

static void make(size_t count, struct merkle_tree *tree)
{
    ck_assert_int_eq(merkle_tree_new(count, tree), ERR_OK);
    for (size_t i = 0; i < count; i++)
        merkle_leaf(rows[i], tree->nodes[i]);
    merkle_tree_finish(tree);
}

START_TEST(roots_are_those_of_the_vectors)
{
    struct merkle merkle = {.count = 0};
    uint8_t root[DIGEST_BYTES];
    for (size_t n = 0; n <= ROW_COUNT; n++) {
        struct merkle_tree tree;
        merkle_root(&merkle, root);
        ck_assert_str_eq(hex_of(root), roots[n]);
        if (n) {
            make(n, &tree);
            ck_assert_str_eq(hex_of(merkle_tree_root(&tree)), roots[n]);
            merkle_tree_free(&tree);
        }
        if (n < ROW_COUNT)
            merkle_add(&merkle, rows[n]);
    }
}
END_TEST

/* Of seven rows, the split is 4 and 3: the last leaf has two above it that it shares, the first has three. */
START_TEST(a_path_goes_from_the_neighbour_upwards)
{
    uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES], leaf[DIGEST_BYTES];
    struct merkle first_four = {.count = 0};
    struct merkle_tree tree;
    make(7, &tree);
    ck_assert_uint_eq(merkle_tree_path(&tree, 0, path), 3);
    merkle_leaf(rows[1], leaf);
    ck_assert_mem_eq(path[0], leaf, sizeof leaf);
    ck_assert_uint_eq(merkle_tree_path(&tree, 6, path), 2);
    for (size_t i = 0; i < 4; i++)
        merkle_add(&first_four, rows[i]);
    merkle_root(&first_four, leaf);
    ck_assert_mem_eq(path[1], leaf, sizeof leaf);
    merkle_tree_free(&tree);
    make(1, &tree);
    ck_assert_uint_eq(merkle_tree_path(&tree, 0, path), 0);
    merkle_tree_free(&tree);
}
END_TEST

START_TEST(without_memory_there_is_no_tree)
{
    struct merkle_tree tree = {.count = 77};
    mem_fail_at(1);
    ck_assert_int_eq(merkle_tree_new(5, &tree), ERR_MEMORY);
    mem_fail_at(0);
    ck_assert_uint_eq(tree.count, 77);
}
END_TEST

RUN_TESTS("base/merkle", roots_are_those_of_the_vectors, a_path_goes_from_the_neighbour_upwards,
          without_memory_there_is_no_tree)
