#include "backup/backup.h"

#include "backup/manifest.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stage.h"
#include "store/snapshot.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { ID_RANDOM_BYTES = 16 };

struct work {
    const struct backup_job *job;
    struct stage stage;
    struct snapshot *snapshot;
    struct manifest manifest;
    struct progress progress;
    struct buf *complaint;
};

static enum err complain_stage(struct work *work, enum err e)
{
    const char *name = work->stage.failed_name;
    if (!buf_text(work->complaint).length)
        buf_printf(work->complaint, "%s: %s", name ? name : work->job->out,
                   work->stage.failed_errno ? strerror(work->stage.failed_errno) : err_text(e));
    return e;
}

static enum err take(struct work *work)
{
    char paths[BACKUP_FILE_COUNT][BACKUP_PATH_BYTES];
    const char *list[BACKUP_FILE_COUNT];
    enum err e = ERR_OK;
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++) {
        list[i] = paths[i];
        e = backup_path(work->job->data_dir, backup_places[i].data_name, paths[i]);
    }
    work->manifest.time_ms = clock_wall_ms(&work->job->clock);
    return e == ERR_OK ? snapshot_take(list, BACKUP_FILE_COUNT, &work->snapshot, work->complaint) : e;
}

static void show(void *context, uint64_t done, uint64_t total)
{
    struct work *work = context;
    progress_show(&work->progress, "copying, pages", done, total);
}

/* The ledger's head in a file that nobody writes. */
static enum err read_ledger_head(const char *path, struct ledger_head *out, struct buf *complaint)
{
    struct store *store;
    const struct store_options options = {.path = path, .read_only = true};
    enum err e = store_open(&options, NULL, &store, complaint);
    if (e != ERR_OK)
        return e;
    *out = store_ledger_head(store);
    store_close(store);
    return ERR_OK;
}

/* An empty file that only its owner may read, known to the stage, which SQLite then fills. */
static enum err make_file(struct work *work, const char *name, char path[BACKUP_PATH_BYTES])
{
    struct stage_file file;
    enum err e = backup_path(work->stage.work_path, name, path);
    if (e == ERR_OK)
        e = stage_file_open(&work->stage, name, &file);
    if (e != ERR_OK)
        return complain_stage(work, e);
    e = fchmod(file.fd, 0600) == 0 ? ERR_OK : ERR_IO;
    enum err closed = stage_file_close(&file, NULL);
    return e == ERR_OK ? closed : e;
}

static enum err copy(struct work *work, size_t which)
{
    const struct backup_place *place = &backup_places[which];
    struct manifest_file *file = &work->manifest.files[which];
    char path[BACKUP_PATH_BYTES];
    enum err e = make_file(work, place->backup_name, path);
    if (e == ERR_OK)
        e = snapshot_copy(work->snapshot, which, path, show, work, work->complaint);
    if (e == ERR_OK && place->chain)
        e = read_ledger_head(path, &file->head, work->complaint);
    return e == ERR_OK ? manifest_measure(path, file) : e;
}

static enum err write_manifest(struct work *work)
{
    struct stage_file file;
    struct buf text;
    struct random_source random;
    uint8_t id[ID_RANDOM_BYTES];
    enum err e = random_system(&random);
    if (e != ERR_OK)
        return e;
    random_fill(&random, id, sizeof id);
    sodium_bin2hex(work->manifest.id, sizeof work->manifest.id, id, sizeof id);
    buf_init(&text, MANIFEST_BYTES_MAX);
    e = manifest_write(&work->manifest, &text);
    if (e == ERR_OK)
        e = stage_file_open(&work->stage, manifest_name, &file);
    if (e == ERR_OK) {
        e = stage_file_put(&file, &text);
        enum err closed = stage_file_close(&file, NULL);
        e = e == ERR_OK ? closed : e;
    }
    buf_free(&text);
    return e;
}

static enum err fill(struct work *work)
{
    enum err e = chmod(work->stage.work_path, 0700) == 0 ? stage_folder(&work->stage, "keys") : ERR_IO;
    if (e == ERR_OK)
        e = take(work);
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++)
        e = copy(work, i);
    return e == ERR_OK ? write_manifest(work) : e;
}

enum err backup_run(const struct backup_job *job, struct buf *complaint)
{
    struct work work = {.job = job, .complaint = complaint};
    progress_init(&work.progress, job->clock);
    enum err e = stage_begin(&work.stage, job->out, NULL);
    if (e != ERR_OK)
        return complain_stage(&work, e);
    e = fill(&work);
    progress_clear(&work.progress);
    snapshot_free(work.snapshot);
    if (e != ERR_OK) {
        e = complain_stage(&work, e);
        stage_abort(&work.stage);
        return e;
    }
    e = stage_commit(&work.stage);
    return e == ERR_OK ? ERR_OK : complain_stage(&work, e);
}
