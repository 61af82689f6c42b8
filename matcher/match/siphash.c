#include "match/siphash.h"

#include <string.h>

typedef uint64_t lanes __attribute__((vector_size(32)));

enum { MESSAGE_WORDS = 4 };

/* Always inlined, so that each caller's instruction set applies. */
#define INLINE static inline __attribute__((always_inline))

INLINE void rotate(lanes *x, unsigned bits)
{
    *x = (*x << bits) | (*x >> (64 - bits));
}

INLINE void sip_round(lanes v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    rotate(&v[1], 13);
    rotate(&v[3], 16);
    v[1] ^= v[0];
    v[3] ^= v[2];
    rotate(&v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    rotate(&v[1], 17);
    rotate(&v[3], 21);
    v[1] ^= v[2];
    v[3] ^= v[0];
    rotate(&v[2], 32);
}

static inline uint64_t load_little_endian(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The same source for every instruction set; the callers below differ in their target alone. */
INLINE void hash_lanes(const uint8_t key[16], const uint8_t *const message[4], uint64_t out[4])
{
    const uint64_t k0 = load_little_endian(key), k1 = load_little_endian(key + 8);
    const lanes zero = {0, 0, 0, 0};
    lanes v[4] = {zero + (k0 ^ 0x736f6d6570736575u), zero + (k1 ^ 0x646f72616e646f6du),
                  zero + (k0 ^ 0x6c7967656e657261u), zero + (k1 ^ 0x7465646279746573u)};
    for (int word = 0; word <= MESSAGE_WORDS; word++) {
        lanes m = zero + ((uint64_t)(MESSAGE_WORDS * 8) << 56); /* the last block: the length alone */
        if (word < MESSAGE_WORDS)
            for (int lane = 0; lane < 4; lane++)
                m[lane] = load_little_endian(message[lane] + (size_t)word * 8);
        v[3] ^= m;
        sip_round(v);
        sip_round(v);
        v[0] ^= m;
    }
    v[2] ^= zero + 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    v[0] ^= v[1] ^ v[2] ^ v[3];
    for (int lane = 0; lane < 4; lane++)
        out[lane] = v[0][lane];
}

static void hash_plain(const uint8_t key[16], const uint8_t *const message[4], uint64_t out[4])
{
    hash_lanes(key, message, out);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void hash_avx2(const uint8_t key[16], const uint8_t *const message[4],
                                                      uint64_t out[4])
{
    hash_lanes(key, message, out);
}
#endif

void siphash24_x4(const uint8_t key[16], const uint8_t *const message[4], uint64_t out[4])
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) { /* reads a flag that was set at start */
        hash_avx2(key, message, out);
        return;
    }
#endif
    hash_plain(key, message, out);
}
