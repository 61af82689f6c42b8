#include "vault/keys.h"

#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum {
    VERSION = 1,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEAD_BYTES = 1 + NONCE_BYTES,
    CONTEXT_BYTES_MAX = 512,
    NAME_BYTES = 64,
    /* Numbers of subkeys beyond enum key_use. */
    SUBKEY_PERSONS = 16,
    SUBKEY_EMAILS,
    SUBKEY_PEERS,
    SUBKEY_SIGNATURE,
};

_Static_assert(SEAL_EXTRA_BYTES == HEAD_BYTES + TAG_BYTES, "the format of sealed bytes");
_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES && PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519");

struct keys {
    uint8_t master[KEY_BYTES];
    uint8_t persons[KEY_BYTES], emails[KEY_BYTES], peers[KEY_BYTES];
    uint8_t sign_secret[crypto_sign_SECRETKEYBYTES], sign_public[crypto_sign_PUBLICKEYBYTES];
    struct random_source random;
    char name[NAME_BYTES]; /* of the remembered key; empty: none */
    struct secret_key remembered;
};

static void derive(const uint8_t master[KEY_BYTES], uint64_t number, uint8_t out[KEY_BYTES])
{
    (void)crypto_kdf_derive_from_key(out, KEY_BYTES, number, "smvault1", master); /* fails for other sizes alone */
}

enum err keys_new(const uint8_t master[KEY_BYTES], const struct random_source *random, struct keys **out)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    struct keys *keys = sodium_malloc(sizeof *keys); /* locked and guarded, which base/mem is not */
    if (!keys)
        return ERR_MEMORY;
    sodium_memzero(keys, sizeof *keys);
    memcpy(keys->master, master, KEY_BYTES);
    keys->random = *random;
    derive(master, SUBKEY_PERSONS, keys->persons);
    derive(master, SUBKEY_EMAILS, keys->emails);
    derive(master, SUBKEY_PEERS, keys->peers);
    derive(master, SUBKEY_SIGNATURE, seed);
    (void)crypto_sign_seed_keypair(keys->sign_public, keys->sign_secret, seed);
    sodium_memzero(seed, sizeof seed);
    *out = keys;
    return ERR_OK;
}

void keys_free(struct keys *keys)
{
    sodium_free(keys); /* wipes */
}

void keys_remember(struct keys *keys, const char *name, const struct secret_key *key)
{
    size_t length = strlen(name);
    if (length >= NAME_BYTES)
        return;
    memcpy(keys->name, name, length + 1);
    keys->remembered = *key;
}

bool keys_recall(const struct keys *keys, const char *name, struct secret_key *out)
{
    if (!keys->name[0] || strcmp(keys->name, name) != 0)
        return false;
    *out = keys->remembered;
    return true;
}

void keys_forget(struct keys *keys)
{
    keys->name[0] = '\0';
    key_wipe(&keys->remembered);
}

void keys_derive(const struct keys *keys, enum key_use use, struct secret_key *out)
{
    derive(keys->master, use, out->bytes);
}

void keys_draw(const struct keys *keys, struct secret_key *out)
{
    random_fill(&keys->random, out->bytes, sizeof out->bytes);
}

void key_wipe(struct secret_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* "stagematch/vault/v1", a zero byte, use, a zero byte, id. Nothing else ends like it: a use has no zero byte. */
static enum err associate(const char *use, struct text id, uint8_t out[CONTEXT_BYTES_MAX], size_t *length)
{
    static const char tag[] = "stagematch/vault/v1";
    size_t use_bytes = strlen(use) + 1;
    if (sizeof tag + use_bytes + id.length > CONTEXT_BYTES_MAX)
        return ERR_RANGE;
    memcpy(out, tag, sizeof tag);
    memcpy(out + sizeof tag, use, use_bytes);
    if (id.length)
        memcpy(out + sizeof tag + use_bytes, id.data, id.length);
    *length = sizeof tag + use_bytes + id.length;
    return ERR_OK;
}

enum err keys_seal(const struct keys *keys, const struct secret_key *key, const char *use, struct text id,
                   struct text plain, struct buf *out)
{
    uint8_t context[CONTEXT_BYTES_MAX];
    size_t context_bytes;
    enum err e = associate(use, id, context, &context_bytes);
    if (e == ERR_OK)
        e = buf_reserve_secret(out, plain.length + SEAL_EXTRA_BYTES);
    if (e != ERR_OK)
        return e;
    uint8_t *at = (uint8_t *)out->data + out->length;
    at[0] = VERSION;
    random_fill(&keys->random, at + 1, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + HEAD_BYTES, NULL, (const uint8_t *)plain.data, plain.length,
                                               context, context_bytes, NULL, at + 1, key->bytes);
    out->length += plain.length + SEAL_EXTRA_BYTES;
    return ERR_OK;
}

enum err keys_open(const struct secret_key *key, const char *use, struct text id, struct text sealed, struct buf *out)
{
    uint8_t context[CONTEXT_BYTES_MAX];
    size_t context_bytes;
    if (sealed.length < SEAL_EXTRA_BYTES || sealed.data[0] != VERSION)
        return ERR_MISMATCH;
    size_t plain_bytes = sealed.length - SEAL_EXTRA_BYTES;
    enum err e = associate(use, id, context, &context_bytes);
    if (e == ERR_OK)
        e = buf_reserve_secret(out, plain_bytes);
    if (e != ERR_OK)
        return e;
    const uint8_t *from = (const uint8_t *)sealed.data;
    uint8_t *to = (uint8_t *)out->data + out->length;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, from + HEAD_BYTES, sealed.length - HEAD_BYTES,
                                                   context, context_bytes, from + 1, key->bytes) != 0)
        return ERR_MISMATCH;
    out->length += plain_bytes;
    return ERR_OK;
}

enum err keys_wrap(const struct keys *keys, const struct secret_key *under, const char *use, struct text id,
                   const struct secret_key *key, struct buf *out)
{
    return keys_seal(keys, under, use, id, (struct text){(const char *)key->bytes, KEY_BYTES}, out);
}

enum err keys_unwrap(const struct secret_key *under, const char *use, struct text id, struct text wrapped,
                     struct secret_key *out)
{
    struct buf plain;
    buf_init(&plain, wrapped.length);
    enum err e = keys_open(under, use, id, wrapped, &plain);
    if (e == ERR_OK && plain.length != KEY_BYTES)
        e = ERR_MISMATCH;
    if (e == ERR_OK)
        memcpy(out->bytes, plain.data, KEY_BYTES);
    buf_wipe(&plain);
    return e;
}

static void hash_part(crypto_generichash_state *state, struct text part)
{
    uint64_t length = part.length;
    uint8_t prefix[8];
    for (int i = 0; i < 8; i++)
        prefix[i] = (uint8_t)(length >> (56 - 8 * i));
    crypto_generichash_update(state, prefix, sizeof prefix);
    crypto_generichash_update(state, (const uint8_t *)part.data, part.length);
}

static void blind(const uint8_t key[KEY_BYTES], struct text a, struct text b, uint8_t out[INDEX_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, KEY_BYTES, INDEX_BYTES);
    hash_part(&state, a);
    hash_part(&state, b);
    crypto_generichash_final(&state, out, INDEX_BYTES);
    sodium_memzero(&state, sizeof state);
}

void keys_person_index(const struct keys *keys, struct text school, struct text student_number,
                       uint8_t out[INDEX_BYTES])
{
    blind(keys->persons, school, student_number, out);
}

void keys_email_index(const struct keys *keys, struct text email, uint8_t out[INDEX_BYTES])
{
    char lower[320] = {0}; /* longer than any address (RFC 5321: 254) */
    size_t length = email.length < sizeof lower ? email.length : sizeof lower;
    for (size_t i = 0; i < length; i++) {
        char c = email.data[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    blind(keys->emails, (struct text){lower, length}, text_of(""), out);
    sodium_memzero(lower, sizeof lower);
}

void keys_peer_index(const struct keys *keys, struct text peer, uint8_t out[INDEX_BYTES])
{
    blind(keys->peers, peer, text_of(""), out);
}

void keys_sign(const struct keys *keys, struct text bytes, uint8_t signature[SIGNATURE_BYTES],
               uint8_t public_key[PUBLIC_KEY_BYTES])
{
    (void)crypto_sign_detached(signature, NULL, (const uint8_t *)bytes.data, bytes.length, keys->sign_secret);
    memcpy(public_key, keys->sign_public, PUBLIC_KEY_BYTES);
}

const uint8_t *keys_public(const struct keys *keys)
{
    return keys->sign_public;
}

void buf_wipe(struct buf *buf)
{
    if (buf->data)
        sodium_memzero(buf->data, buf->capacity);
    buf_free(buf);
}

enum err buf_reserve_secret(struct buf *buf, size_t more)
{
    if (buf->error == ERR_OK && more > buf->limit_bytes - buf->length)
        buf->error = ERR_MEMORY;
    if (buf->error == ERR_OK)
        buf->error = mem_grow(&buf->data, &buf->capacity, buf->length + more + 1, 1);
    return buf->error;
}
