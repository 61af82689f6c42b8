/*
 * export_file.h - the answer of RoundService/ExportRound as JSON: what an auditor has in hand.
 *
 * The fields are those of ExportRoundResponse (proto/stagematch/v1/round.proto) in the JSON form of Protocol Buffers; others are
 * passed over.
 */
#ifndef OFFLINE_EXPORT_FILE_H
#define OFFLINE_EXPORT_FILE_H

#include "match/seed.h"

struct export_part {
    struct text brin;
    uint8_t commitment[HASH_BYTES], nonce[NONCE_BYTES];
    bool withheld;
};

struct export_file {
    struct text students, placements, matches, postcodes; /* CSV */
    uint8_t seed[SEED_BYTES], input_digest[HASH_BYTES], entries_root[HASH_BYTES];
    bool has_entries_root;     /* not in a round that was sealed before there was one */
    struct export_part *parts; /* of the schools, as they stand in the file */
    size_t part_count;
    struct text beacon, mechanism;
    struct match_rules rules;
    uint64_t erased_count;
    void *owner; /* memory behind the texts */
};

/* ERR_MISMATCH: it is no such export; `reason` (of at least 200 bytes) says what is wrong. Free it with export_file_free. */
MUST_USE enum err export_file_read(struct text json, struct export_file *out, char *reason, size_t reason_bytes);
void export_file_free(struct export_file *file);

#endif
