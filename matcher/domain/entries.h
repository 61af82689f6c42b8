/*
 * entries.h - the rows of a round's sealed input as a Merkle tree: where an entry is, and the path that proves it.
 *
 * Making a tree goes through the whole input, so the trees of rounds that were asked about stay in memory: of ENTRIES_ROUNDS at
 * most, with ENTRIES_MAX entries together (64 bytes each); the one that was not used longest makes room. They are nothing but what
 * the state says, and no answer depends on whether one is there: a sealed input changes by erasure alone, which must say so
 * (entries_forget), and once that has happened the input never becomes whole again.
 */
#ifndef DOMAIN_ENTRIES_H
#define DOMAIN_ENTRIES_H

#include "base/merkle.h"
#include "domain/round.h"

enum { ENTRIES_MAX = 1 << 18, ENTRIES_ROUNDS = 16 };

struct entries {
    struct entries_tree {
        uint8_t round_id[ID_BYTES];
        uint64_t used;           /* when, counted in uses; 0: this place is free */
        struct merkle_tree tree; /* without leaves where the input is no longer whole */
    } trees[ENTRIES_ROUNDS];
    uint64_t uses;
};

void entries_free(struct entries *entries);

/* A stagevraag of this round is erased. */
void entries_forget(struct entries *entries, ProtobufCBinaryData round_id);

struct entry_proof {
    size_t index, count, path_length;
    uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES];
};

/*
 * The proof of a row of a round with an entries_root. ERR_MISSING: the input is no longer whole; ERR_RANGE: more than ENTRIES_MAX
 * entries; ERR_MEMORY. Cost: a pass over the leaves' hashes; the first time for a round, what sealing it cost.
 */
MUST_USE enum err entries_prove(struct entries *entries, const struct state *state, const RoundRecord *record,
                                struct text row, struct entry_proof *out);

#endif
