/*
 * ledger.h - a chain of facts: each entry carries the hash of the one before it.
 *
 * hash = BLAKE2b-256 of "stagematch/ledger/v1", a zero byte, seq and time (8 bytes each, big-endian), then kind, subject and
 * payload, each behind its length (4 bytes, big-endian), then the previous hash (32 zero bytes before the first). Whoever
 * kept an earlier head can tell any change, gap, reordering or cut tail.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "base/text.h"

enum { LEDGER_HASH_BYTES = 32 };

struct ledger_head {
    uint64_t seq; /* 0: empty */
    uint8_t hash[LEDGER_HASH_BYTES];
};

struct ledger_entry {
    uint64_t seq; /* from 1, without gaps */
    int64_t time_ms;
    struct text kind, subject, payload;
    uint8_t previous[LEDGER_HASH_BYTES], hash[LEDGER_HASH_BYTES];
};

/* Fills entry->hash from its other fields. */
void ledger_hash(struct ledger_entry *entry);

/*
 * A head that somebody keeps elsewhere, so that a cut tail can be told. As text it is one line,
 * `chain seq hash time signature`: the chain's name, numbers in decimal (milliseconds since 1970), hash and signature in
 * hexadecimal, `-` for no signature. A file of checkpoints has one a line. The signature is Ed25519 over
 * "stagematch/checkpoint/v1", a zero byte, the chain's name, a zero byte, seq and time (8 bytes each, big-endian), hash.
 */
enum {
    LEDGER_CHAIN_BYTES = 17,
    LEDGER_SIGNATURE_BYTES = 64,
    LEDGER_CHECKPOINT_LINE_BYTES = 320,
    LEDGER_CHECKPOINT_BYTES_MAX = 128
};

struct ledger_checkpoint {
    char chain[LEDGER_CHAIN_BYTES]; /* "engine", "vault": a code of at most 16 */
    struct ledger_head head;
    int64_t time_ms;
    bool is_signed;
    uint8_t signature[LEDGER_SIGNATURE_BYTES];
};

/* The bytes that are signed; returns their number. */
size_t ledger_checkpoint_bytes(const struct ledger_checkpoint *checkpoint, uint8_t out[LEDGER_CHECKPOINT_BYTES_MAX]);

/* Signs it with an Ed25519 secret key (libsodium's 64 bytes). */
void ledger_checkpoint_sign(struct ledger_checkpoint *checkpoint, const uint8_t secret_key[64]);

/* Whether it is signed, by the owner of this public key. */
MUST_USE bool ledger_checkpoint_signed_by(const struct ledger_checkpoint *checkpoint, const uint8_t public_key[32]);

/* Writes the line, with line end and NUL; returns its length. */
size_t ledger_checkpoint_format(const struct ledger_checkpoint *checkpoint, char out[LEDGER_CHECKPOINT_LINE_BYTES]);

/* Reads a line without its end; ERR_INPUT for anything else. */
MUST_USE enum err ledger_checkpoint_parse(struct text line, struct ledger_checkpoint *out);

#endif
