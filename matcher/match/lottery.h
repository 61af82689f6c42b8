/*
 * lottery.h - what the seed decides, so that anyone with the seed can draw it again.
 *
 * hash(use, f1, f2, …) is HMAC-SHA256 under the 32-byte seed of the text "stagematch/v1/<use>", a zero byte, and for
 * each field its length as four bytes (big-endian) and its bytes. From it:
 *
 *   student reference, offline   hash("offline", school, student number)
 *   lottery value                hash("lottery", reference); compared as bytes, the higher goes first
 *   key for a student's own ties first 16 bytes of hash("tie", reference)
 *   placement hash               hash("placement", leerbedrijf, leerplaats)
 *
 * One lottery value a student for the whole round (single tie-breaking: Abdulkadiroglu, Pathak, Roth 2009). Values are
 * compared, not ranks, so a newcomer shifts nobody.
 */
#ifndef MATCH_LOTTERY_H
#define MATCH_LOTTERY_H

#include "base/err.h"
#include "base/text.h"
#include "match/market.h"

#include <sodium.h>

struct lottery {
    crypto_auth_hmacsha256_state offline, lottery, tie, placement; /* each past its use and the zero byte */
};

void lottery_init(struct lottery *lottery, const uint8_t seed[SEED_BYTES]);
void lottery_wipe(struct lottery *lottery);

/* The reference of a student where no vault has given one. About a microsecond. */
void lottery_offline_ref(const struct lottery *lottery, struct text school, struct text number,
                         uint8_t ref[HASH_BYTES]);

void lottery_draw(const struct lottery *lottery, const uint8_t *ref, size_t ref_length, struct draw *out);

void lottery_placement_hash(const struct lottery *lottery, struct text leerbedrijf, struct text leerplaats,
                            uint8_t hash[HASH_BYTES]);

/*
 * Fills order[0 .. student_count-1] with the students from first to last of the lottery. Two requests of one student
 * have equal values: the earlier start goes first, then canonical order.
 */
MUST_USE enum err lottery_order(const struct market *market, uint32_t *order);

/* "a1B2" → 32 bytes, zeros in front. ERR_RANGE for anything but 1..64 hexadecimal digits. */
MUST_USE enum err lottery_parse_seed(struct text hex, uint8_t seed[SEED_BYTES]);

#endif
