/*
 * ledger_verify.h - whether a ledger is the one that was written: no entry changed, missing, moved, added or cut off.
 *
 * Streaming: entry after entry in order, memory for one. What the chain itself cannot tell, a tail that was cut off or a chain
 * that was written anew from some entry on, is told by checkpoints kept elsewhere (ledger.h). Cost: one BLAKE2b an entry.
 */
#ifndef STORE_LEDGER_VERIFY_H
#define STORE_LEDGER_VERIFY_H

#include "base/buf.h"
#include "store/store.h"

enum ledger_fault {
    LEDGER_INTACT,
    LEDGER_GAP,        /* a sequence number is missing, doubled or out of order */
    LEDGER_BROKEN,     /* an entry does not carry the hash of the one before it */
    LEDGER_CHANGED,    /* an entry's hash is not that of its fields */
    LEDGER_UNREADABLE, /* an entry has a hash of another length */
    LEDGER_FORKED,     /* an entry is not the one that a checkpoint saw */
    LEDGER_CUT,        /* it ends before a checkpoint */
    LEDGER_FAULT_COUNT,
};

/* A phrase for people, "an entry was changed"; static. */
const char *ledger_fault_text(enum ledger_fault fault);

struct ledger_verifier {
    struct ledger_head head; /* the last entry that was good */
    int64_t time_ms;         /* its time */
    enum ledger_fault fault; /* the first one found */
    uint64_t fault_seq;      /* where */
    const struct ledger_checkpoint *checkpoints;
    size_t checkpoint_count, checkpoint_next;
};

/* Starts. The checkpoints must be of this chain, in order of seq, and outlive it. */
void ledger_verify_start(struct ledger_verifier *verifier, const struct ledger_checkpoint *checkpoints, size_t count);

/* The next entry. ERR_MISMATCH at the first fault, and from then on. */
MUST_USE enum err ledger_verify_next(struct ledger_verifier *verifier, const struct ledger_entry *entry);

/* No more entries. */
MUST_USE enum err ledger_verify_end(struct ledger_verifier *verifier);

/* All of it over a store. ERR_MISMATCH where there is a fault; other errors: it could not be read. */
MUST_USE enum err ledger_verify_store(struct store *store, struct ledger_verifier *verifier);

/*
 * Reads a file of checkpoints and gives those of `chain`, sorted by seq (mem_free). With `public_key` each must be signed by
 * it: ERR_MISMATCH otherwise. ERR_INPUT with *line for a line that is none.
 */
MUST_USE enum err ledger_checkpoints_read(const char *path, const char *chain, const uint8_t *public_key,
                                          struct ledger_checkpoint **out, size_t *count, uint64_t *line);

#endif
