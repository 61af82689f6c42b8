#include "backup/backup.h"
#include "backup/manifest.h"
#include "store/ledger_verify.h"
#include "store/snapshot.h"

#include <string.h>

static enum err differs(struct buf *complaint, const char *path, const char *what)
{
    buf_printf(complaint, "%s: %s", path, what);
    return ERR_MISMATCH;
}

static enum err check_ledger(const char *path, const struct ledger_head *head, struct buf *complaint)
{
    struct store *store;
    struct ledger_verifier verifier;
    const struct store_options options = {.path = path, .read_only = true};
    const struct ledger_checkpoint checkpoint = {.head = *head};
    enum err e = store_open(&options, NULL, &store, complaint);
    if (e != ERR_OK)
        return e;
    ledger_verify_start(&verifier, &checkpoint, head->seq ? 1 : 0);
    e = ledger_verify_store(store, &verifier);
    store_close(store);
    return e == ERR_MISMATCH ? differs(complaint, path, ledger_fault_text(verifier.fault)) : e;
}

enum err backup_check_file(const char *path, size_t which, const struct manifest_file *expected,
                           struct buf *complaint)
{
    struct manifest_file found;
    enum err e = manifest_measure(path, &found);
    if (e != ERR_OK) {
        buf_printf(complaint, "%s: %s", path, err_text(e));
        return e;
    }
    if (found.bytes != expected->bytes || strcmp(found.sha256, expected->sha256) != 0)
        return differs(complaint, path, "not the file that was backed up: its digest differs");
    e = snapshot_check_file(path, complaint);
    return e == ERR_OK && backup_places[which].chain ? check_ledger(path, &expected->head, complaint) : e;
}

enum err backup_check(const char *backup, struct buf *complaint)
{
    struct manifest manifest;
    char path[BACKUP_PATH_BYTES];
    enum err e = manifest_read(backup, &manifest, complaint);
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++) {
        e = backup_path(backup, backup_places[i].backup_name, path);
        if (e == ERR_OK)
            e = backup_check_file(path, i, &manifest.files[i], complaint);
    }
    return e;
}
