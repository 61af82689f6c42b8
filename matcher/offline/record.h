/*
 * record.h - round.json: what a round rests on and what came out, in numbers.
 *
 * It holds no student and no company, so it can be published. Its last member, "sha256", is the digest of the text as it
 * would be without that member: it finds a changed byte in what cannot be recomputed (the timings). Everything else
 * `verify` computes again from the inputs, the rules and the seed.
 */
#ifndef OFFLINE_RECORD_H
#define OFFLINE_RECORD_H

#include "base/buf.h"
#include "base/digest.h"
#include "offline/job.h"

enum record_file {
    RECORD_PC4,
    RECORD_PLACEMENTS,
    RECORD_STUDENTS,
    RECORD_MATCHES,
    RECORD_UNMATCHED,
    RECORD_FILE_COUNT,
};

/* The name within the result directory: "inputs/students.csv", "matches.csv", … */
const char *record_file_name(enum record_file file);

#define RECORD_NAME "round.json"
#define RECORD_MECHANISM "stb"

struct record_digests {
    char hex[RECORD_FILE_COUNT][DIGEST_HEX_BYTES];
};

/* Writes the text of round.json. */
MUST_USE enum err record_write(const struct job *job, const struct record_digests *digests, struct buf *out);

/* What a round.json that was read says; the rest of it is compared as text. */
struct record {
    struct match_rules rules;
    uint8_t seed[SEED_BYTES];
    int64_t stage_us[JOB_STAGE_COUNT];
    struct record_digests digests;
    bool own_digest_fits;
};

/*
 * Reads the text of round.json. ERR_MISMATCH: it is no round.json of this format; `reason` (of at least 200 bytes) says
 * what and on which line.
 */
MUST_USE enum err record_read(struct text text, struct record *out, char *reason, size_t reason_bytes);

#endif
