/*
 * backup.h - all databases of a service as they were at one moment, in a directory, and back.
 *
 *   DIR/backup.json      which backup: its id and time, the size and SHA-256 of each file, the heads of both ledgers
 *   DIR/engine.sqlite
 *   DIR/vault.sqlite     identities and texts, encrypted
 *   DIR/keys/keys.sqlite the persons' keys, encrypted under the master key
 *
 * The persons' keys lie apart because erasure destroys a key: a person is erased from a backup once no copy of the key is left.
 * Keep keys/ for days, the rest as long as you need, the master key in neither. A restore takes the keys of the backup or, for
 * an older one, those of a newer: who was erased between them stays erased.
 */
#ifndef BACKUP_BACKUP_H
#define BACKUP_BACKUP_H

#include "base/buf.h"
#include "base/clock.h"

#include <stdbool.h>

struct backup_job {
    const char *data_dir; /* of the service, running or not */
    const char *out;      /* becomes the backup: completely or not at all; must not be there yet */
    struct clock clock;
};

/* Makes a backup. ERR_EXISTS, ERR_MISSING, ERR_SPACE, ERR_IO, ERR_MISMATCH: one sentence in `complaint`. */
MUST_USE enum err backup_run(const struct backup_job *job, struct buf *complaint);

/*
 * Whether a backup is whole: every file with the size and the digest that backup.json says, every database sound, both ledgers
 * intact up to the heads that it names. Reads all of it. ERR_MISMATCH otherwise, said in `complaint`.
 */
MUST_USE enum err backup_check(const char *backup, struct buf *complaint);

struct restore_job {
    const char *backup;
    const char *keys; /* a newer backup whose keys are taken, or NULL */
    const char *data_dir;
    bool replace;                         /* databases that are there are set aside first */
    const char *user_engine, *user_vault; /* who gets the files when root restores; may be NULL */
    struct clock clock;
};

enum { RESTORE_ASIDE_BYTES = 4096 };

/* The file in data_dir that is there while a restore is under way: the service must not start beside it. */
#define RESTORE_MARK "restoring"

/*
 * Puts the databases of a backup into data_dir/engine and data_dir/vault, after each was checked as it will lie there. Sessions,
 * API tokens and one-time links of the past are ended: some had been revoked since. `aside` names the folder in data_dir where
 * what was there went; empty: there was nothing. A restore that is cut off leaves RESTORE_MARK, and is begun again with `replace`.
 * ERR_EXISTS: there are data already, or a service has them open. Errors are said in `complaint`.
 */
MUST_USE enum err restore_run(const struct restore_job *job, char aside[RESTORE_ASIDE_BYTES], struct buf *complaint);

#endif
