/*
 * manifest.h - backup.json: what a backup is made of, and what its files must be.
 */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include "base/buf.h"
#include "base/digest.h"
#include "store/ledger.h"

enum backup_file { BACKUP_ENGINE, BACKUP_VAULT, BACKUP_KEYS, BACKUP_FILE_COUNT };
enum { MANIFEST_BYTES_MAX = 64 * 1024, MANIFEST_ID_BYTES = 33, BACKUP_PATH_BYTES = 4096 };

/* Where each lies: in the service's data_dir, in a backup, and whether it keeps a ledger. */
struct backup_place {
    const char *data_name, *backup_name;
    const char *chain; /* of its ledger, or NULL */
};
extern const struct backup_place backup_places[BACKUP_FILE_COUNT];
extern const char manifest_name[]; /* "backup.json" */

struct manifest {
    char id[MANIFEST_ID_BYTES];
    int64_t time_ms;
    struct manifest_file {
        uint64_t bytes;
        char sha256[DIGEST_HEX_BYTES];
        struct ledger_head head; /* where it keeps a ledger */
    } files[BACKUP_FILE_COUNT];
};

/* Appends it as JSON. */
MUST_USE enum err manifest_write(const struct manifest *manifest, struct buf *out);

/* Reads the manifest of the backup in `folder`. ERR_MISSING, ERR_IO, ERR_MISMATCH (it is none): said in `complaint`. */
MUST_USE enum err manifest_read(const char *folder, struct manifest *out, struct buf *complaint);

/* "folder/name"; ERR_RANGE when it is too long. */
MUST_USE enum err backup_path(const char *folder, const char *name, char out[BACKUP_PATH_BYTES]);

/*
 * Whether the file at `path` is what the manifest says of file `which`: size, digest, a sound database, its ledger intact up to
 * the head. ERR_MISMATCH otherwise, said in `complaint`.
 */
MUST_USE enum err backup_check_file(const char *path, size_t which, const struct manifest_file *expected,
                                    struct buf *complaint);

/* Size and digest of a file. */
MUST_USE enum err manifest_measure(const char *path, struct manifest_file *out);

#endif
