/*
 * keys.h - the key hierarchy: master → school → person, and what is sealed under it (libsodium).
 *
 *   master  32 bytes that the operator keeps outside the databases; only derives others (BLAKE2b, crypto_kdf)
 *   school  random, one for each brin, wrapped by the master; in vault.sqlite
 *   person  random, one for each student, wrapped by the school's key; in keys.sqlite and nowhere else, so that destroying
 *           that row makes every copy of the identity and its texts unreadable, in backups too
 *
 * Sealed bytes are: version (1), nonce (24), XChaCha20-Poly1305-IETF ciphertext with its tag. The associated data name the
 * use and the row, so bytes that were moved to another row or another field do not open.
 *
 * Blind indexes find a row by what a person is called without storing it: keyed BLAKE2b-256 under keys derived from the
 * master.
 *
 * Keys live in memory that is locked, guarded and wiped when freed.
 */
#ifndef VAULT_KEYS_H
#define VAULT_KEYS_H

#include "base/buf.h"
#include "base/random.h"
#include "base/text.h"

enum {
    KEY_BYTES = 32,
    INDEX_BYTES = 32,
    SEAL_EXTRA_BYTES = 1 + 24 + 16,
    SIGNATURE_BYTES = 64,
    PUBLIC_KEY_BYTES = 32
};

/* A key in hand; wipe it with key_wipe when done. */
struct secret_key {
    uint8_t bytes[KEY_BYTES];
};

/* Keys that come straight from the master. */
enum key_use {
    KEY_SCHOOLS = 1, /* wraps school keys */
    KEY_ACCOUNTS,    /* contacts of accounts that are no student's */
    KEY_ANSWERS,     /* kept answers */
    KEY_STAGES,      /* wraps the keys of staged texts */
    KEY_STAGE_IDS,   /* of the hash that names a stage */
    KEY_GROUPS,      /* closed blocks of group statistics */
};

struct keys;

/* Derives what is needed from the master key, which may be wiped afterwards. */
MUST_USE enum err keys_new(const uint8_t master[KEY_BYTES], const struct random_source *random, struct keys **out);
void keys_free(struct keys *keys);

void keys_derive(const struct keys *keys, enum key_use use, struct secret_key *out);
void keys_draw(const struct keys *keys, struct secret_key *out);
void key_wipe(struct secret_key *key);

/* One key that is in use over and over, with the name it goes by; kept like the others. */
void keys_remember(struct keys *keys, const char *name, const struct secret_key *key);
bool keys_recall(const struct keys *keys, const char *name, struct secret_key *out);
void keys_forget(struct keys *keys);

/* Seals `plain` for the row `id` in `use` ("identity", "text", …) and appends it to `out`. */
MUST_USE enum err keys_seal(const struct keys *keys, const struct secret_key *key, const char *use, struct text id,
                            struct text plain, struct buf *out);

/* Opens it; ERR_MISMATCH where it was changed, moved, or sealed under another key. `out` holds a secret: buf_wipe it. */
MUST_USE enum err keys_open(const struct secret_key *key, const char *use, struct text id, struct text sealed,
                            struct buf *out);

/* Wraps a key under another, and back. */
MUST_USE enum err keys_wrap(const struct keys *keys, const struct secret_key *under, const char *use, struct text id,
                            const struct secret_key *key, struct buf *out);
MUST_USE enum err keys_unwrap(const struct secret_key *under, const char *use, struct text id, struct text wrapped,
                              struct secret_key *out);

void keys_person_index(const struct keys *keys, struct text school, struct text student_number,
                       uint8_t out[INDEX_BYTES]);

/* ASCII letters count without regard to case. */
void keys_email_index(const struct keys *keys, struct text email, uint8_t out[INDEX_BYTES]);

/* Of a client's address, for throttling. */
void keys_peer_index(const struct keys *keys, struct text peer, uint8_t out[INDEX_BYTES]);

/* Ed25519 with the pair that the master gives. */
void keys_sign(const struct keys *keys, struct text bytes, uint8_t signature[SIGNATURE_BYTES],
               uint8_t public_key[PUBLIC_KEY_BYTES]);

/* The public key of that pair; lives as long as `keys`. */
const uint8_t *keys_public(const struct keys *keys);

/* Overwrites what a buffer held, then frees it. Give such a buffer its size before writing (buf_reserve_secret). */
void buf_wipe(struct buf *buf);

/* Makes room at once, so that growing leaves no copies behind; ERR_MEMORY beyond its limit. */
MUST_USE enum err buf_reserve_secret(struct buf *buf, size_t more);

#endif
