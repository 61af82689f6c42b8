#include "front/shelf.h"

#include "base/mem.h"

#include <sodium.h>
#include <string.h>

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SEAL_BYTES = NONCE_BYTES + TAG_BYTES,
};

_Static_assert((int)SHELF_KEY_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key of the seal");
_Static_assert((int)SHELF_KEY_BYTES == (int)crypto_kdf_KEYBYTES, "key of this start");

void shelf_init(struct shelf *shelf, struct cache *cache, const uint8_t *key, const struct random_source *random)
{
    *shelf = (struct shelf){.cache = cache, .random = *random, .has_key = key != NULL};
    if (!key)
        return;
    (void)crypto_kdf_derive_from_key(shelf->name_key, sizeof shelf->name_key, 1, "shelfkey", key);
    (void)crypto_kdf_derive_from_key(shelf->seal_key, sizeof shelf->seal_key, 2, "shelfkey", key);
}

void shelf_wipe(struct shelf *shelf)
{
    sodium_memzero(shelf, sizeof *shelf);
}

bool shelf_is_open(const struct shelf *shelf)
{
    return shelf->has_key && cache_state(shelf->cache) == CACHE_UP;
}

void shelf_hash(const struct shelf *shelf, struct text bytes, uint8_t out[SHELF_HASH_BYTES])
{
    (void)crypto_generichash(out, SHELF_HASH_BYTES, (const uint8_t *)bytes.data, bytes.length, shelf->name_key,
                             sizeof shelf->name_key);
}

void shelf_seal(struct shelf *shelf, const char *name, struct text plain, struct buf *out)
{
    uint8_t *sealed, nonce[NONCE_BYTES];
    unsigned long long length = 0;
    if (mem_alloc(1, plain.length + TAG_BYTES, &sealed) != ERR_OK) {
        out->error = ERR_MEMORY;
        return;
    }
    random_fill(&shelf->random, nonce, sizeof nonce);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &length, (const uint8_t *)plain.data, plain.length,
                                                     (const uint8_t *)name, strlen(name), NULL, nonce,
                                                     shelf->seal_key);
    buf_put(out, nonce, sizeof nonce);
    buf_put(out, sealed, (size_t)length);
    mem_free(sealed);
}

/* What is to leave for Redis under this name; NULL where nothing can. Freed with mem_free. */
static uint8_t *seal(struct shelf *shelf, const char *name, struct text plain, size_t *out)
{
    uint8_t *sealed;
    unsigned long long length = 0;
    if (!shelf_is_open(shelf) || plain.length > (size_t)CACHE_VALUE_BYTES_MAX - SEAL_BYTES ||
        mem_alloc(1, plain.length + SEAL_BYTES, &sealed) != ERR_OK)
        return NULL;
    random_fill(&shelf->random, sealed, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, &length, (const uint8_t *)plain.data,
                                                     plain.length, (const uint8_t *)name, strlen(name), NULL, sealed,
                                                     shelf->seal_key);
    *out = NONCE_BYTES + (size_t)length;
    return sealed;
}

void shelf_put(struct shelf *shelf, const char *name, struct text plain, uint32_t ttl_ms)
{
    size_t length;
    uint8_t *sealed = seal(shelf, name, plain, &length);
    if (sealed)
        cache_set(shelf->cache, text_of(name), (struct text){(const char *)sealed, length}, ttl_ms);
    mem_free(sealed);
}

void shelf_tell(struct shelf *shelf, const char *channel, struct text plain)
{
    size_t length;
    uint8_t *sealed = seal(shelf, channel, plain, &length);
    if (sealed)
        cache_publish(shelf->cache, text_of(channel), (struct text){(const char *)sealed, length});
    mem_free(sealed);
}

enum err shelf_open(struct shelf *shelf, const char *name, struct text sealed, struct buf *out)
{
    uint8_t *plain;
    unsigned long long length = 0;
    const uint8_t *bytes = (const uint8_t *)sealed.data;
    if (!bytes || !shelf->has_key)
        return ERR_MISSING;
    if (sealed.length < SEAL_BYTES) {
        shelf->refused++;
        return ERR_MISSING;
    }
    size_t plain_bytes = sealed.length - SEAL_BYTES;
    if (mem_alloc(1, plain_bytes + 1, &plain) != ERR_OK)
        return ERR_MISSING;
    bool is_ours = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &length, NULL, bytes + NONCE_BYTES,
                                                              sealed.length - NONCE_BYTES, (const uint8_t *)name,
                                                              strlen(name), bytes, shelf->seal_key) == 0;
    if (is_ours)
        buf_put(out, plain, (size_t)length);
    else
        shelf->refused++;
    sodium_memzero(plain, plain_bytes);
    mem_free(plain);
    return is_ours && buf_error(out) == ERR_OK ? ERR_OK : ERR_MISSING;
}
