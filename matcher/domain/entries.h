/*
 * entries.h - the rows of a round's sealed input as a Merkle tree: where an entry is, and the path that proves it.
 *
 * Making a tree goes through the whole input. A small one is made in the call that asks first; what is larger than ENTRIES_AT_ONCE
 * is noted as wanted and made apart from the loop, as rounds are solved (domain_next_solve), while the call waits.
 *
 * The trees of rounds that were asked about stay in memory: of ENTRIES_ROUNDS at most, with ENTRIES_MAX entries together (64 bytes
 * each); the one that was not used longest makes room. They are nothing but what the state says, and no answer depends on whether one
 * is there: a sealed input changes by erasure alone, which must say so (entries_forget), and once that has happened the input never
 * becomes whole again.
 */
#ifndef DOMAIN_ENTRIES_H
#define DOMAIN_ENTRIES_H

#include "base/merkle.h"
#include "domain/round.h"

enum { ENTRIES_MAX = 1 << 18, ENTRIES_ROUNDS = 16, ENTRIES_AT_ONCE = WORK_RECORDS_MAX };

struct entries {
    struct entries_tree {
        uint8_t round_id[ID_BYTES];
        uint64_t used;           /* when, counted in uses; 0: this place is free */
        struct merkle_tree tree; /* without leaves where the input is no longer whole */
    } trees[ENTRIES_ROUNDS];
    uint64_t uses;
    uint64_t forgotten; /* how often a tree became another: what is being made from before that is not taken */
    bool is_wanted;
    uint8_t wanted[ID_BYTES]; /* a round's */
};

void entries_free(struct entries *entries);

/* A stagevraag of this round is erased. */
void entries_forget(struct entries *entries, ProtobufCBinaryData round_id);

struct entry_proof {
    bool waits; /* nothing else is set: its tree is wanted now, and is there after entries_made */
    size_t index, count, path_length;
    uint8_t path[MERKLE_LEVELS_MAX][DIGEST_BYTES];
};

/*
 * The proof of a row of a round with an entries_root. ERR_MISSING: the input is no longer whole; ERR_RANGE: more than ENTRIES_MAX
 * entries; ERR_MEMORY. Cost: a pass over the leaves' hashes.
 */
MUST_USE enum err entries_prove(struct entries *entries, const struct state *state, const RoundRecord *record,
                                struct text row, struct entry_proof *out);

/* The round whose tree is wanted, as work for entries_make. */
bool entries_next(const struct entries *entries, const struct state *state, struct solve_request *out);

/* Makes the tree from the state alone: its nodes, or nothing where the input is no longer whole. */
MUST_USE enum err entries_make(const struct state *state, const struct solve_request *request, struct buf *result);

/* Takes the tree, where it is still that of the state; nothing is wanted any more. `failure` set: it was not made. ERR_MEMORY. */
MUST_USE enum err entries_made(struct entries *entries, const struct state *state,
                               const struct solve_request *request, struct text result, const char *failure);

#endif
