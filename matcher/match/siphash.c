#include "match/siphash.h"

#include <string.h>

typedef uint64_t lanes __attribute__((vector_size(32)));

enum { MESSAGE_WORDS = 4 };

#define ROTATE(x, bits) (((x) << (bits)) | ((x) >> (64 - (bits))))
#define SIP_ROUND(v0, v1, v2, v3)                                                                                    \
    do {                                                                                                             \
        v0 += v1;                                                                                                    \
        v2 += v3;                                                                                                    \
        v1 = ROTATE(v1, 13) ^ v0;                                                                                    \
        v3 = ROTATE(v3, 16) ^ v2;                                                                                    \
        v0 = ROTATE(v0, 32);                                                                                         \
        v2 += v1;                                                                                                    \
        v0 += v3;                                                                                                    \
        v1 = ROTATE(v1, 17) ^ v2;                                                                                    \
        v3 = ROTATE(v3, 21) ^ v0;                                                                                    \
        v2 = ROTATE(v2, 32);                                                                                         \
    } while (0)

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
static inline __attribute__((always_inline)) void hash_lanes(const uint8_t key[16], const uint8_t *const message[4],
                                                             uint64_t out[4])
{
    const uint64_t k0 = load_little_endian(key), k1 = load_little_endian(key + 8);
    const lanes zero = {0, 0, 0, 0};
    lanes v0 = zero + (k0 ^ 0x736f6d6570736575u), v1 = zero + (k1 ^ 0x646f72616e646f6du);
    lanes v2 = zero + (k0 ^ 0x6c7967656e657261u), v3 = zero + (k1 ^ 0x7465646279746573u);
    for (int word = 0; word <= MESSAGE_WORDS; word++) {
        lanes m = zero + ((uint64_t)(MESSAGE_WORDS * 8) << 56); /* the last block: the length alone */
        if (word < MESSAGE_WORDS)
            for (int lane = 0; lane < 4; lane++)
                m[lane] = load_little_endian(message[lane] + (size_t)word * 8);
        v3 ^= m;
        SIP_ROUND(v0, v1, v2, v3);
        SIP_ROUND(v0, v1, v2, v3);
        v0 ^= m;
    }
    v2 ^= zero + 0xff;
    for (int i = 0; i < 4; i++)
        SIP_ROUND(v0, v1, v2, v3);
    v0 ^= v1 ^ v2 ^ v3;
    for (int lane = 0; lane < 4; lane++)
        out[lane] = v0[lane];
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
    static int has_avx2 = -1;
    if (has_avx2 < 0)
        has_avx2 = __builtin_cpu_supports("avx2") != 0;
    if (has_avx2) {
        hash_avx2(key, message, out);
        return;
    }
#endif
    hash_plain(key, message, out);
}
