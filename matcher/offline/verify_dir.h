/*
 * verify_dir.h - `stagematch verify DIR`: plays a round again from the inputs it kept, and compares every byte.
 */
#ifndef OFFLINE_VERIFY_DIR_H
#define OFFLINE_VERIFY_DIR_H

#include "offline/job.h"

#include <stdio.h>

/*
 * Checks, in this order: round.json can be read and its own digest fits; the inputs have the digests that it names and are
 * in canonical form; the round, played again under the recorded rules and seed, passes the independent verifier; and gives
 * the recorded files, byte for byte. `students` and `placements` (may be NULL) are the original files, whose canonical form
 * must be the recorded one.
 *
 * Prints one line for each file, and for one that differs the first difference: line, column and what was expected.
 * ERR_OK: everything fits; ERR_MISMATCH: something does not; another error: it could not be checked.
 */
MUST_USE enum err verify_dir_run(const char *dir, const char *students, const char *placements, struct clock clock,
                                 enum language language, FILE *to);

/* Reads and plays the round of a result directory, for explanations. The record's digests are checked. */
struct replay {
    char students[4096], placements[4096], pc4[4096];
    struct job job;
};

MUST_USE enum err replay_open(const char *dir, struct clock clock, enum language language, struct replay *out);
void replay_close(struct replay *replay);

#endif
