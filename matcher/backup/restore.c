#include "backup/backup.h"

#include "backup/manifest.h"
#include "base/date.h"
#include "base/file.h"
#include "store/lock.h"
#include "store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 18, FOLDER_COUNT = 2, STAMP_BYTES = 32 };

/* What a person could still open the door with, although it was revoked after the backup. */
static const char *const ended_tables[] = {"session", "api_token", "code", NULL};

static const char *const folders[FOLDER_COUNT] = {"engine", "vault"};

struct restore {
    const struct restore_job *job;
    struct manifest manifests[BACKUP_FILE_COUNT]; /* the one that each file comes from */
    const char *sources[BACKUP_FILE_COUNT];
    char work[BACKUP_PATH_BYTES]; /* data_dir/.restore */
    struct buf *complaint;
};

static enum err complain(const struct restore *restore, enum err e, const char *path, const char *what)
{
    if (!buf_text(restore->complaint).length)
        buf_printf(restore->complaint, "%s: %s", path, what);
    return e;
}

static enum err complain_errno(const struct restore *restore, const char *path)
{
    enum err e = err_from_errno(errno);
    return complain(restore, e, path, strerror(errno));
}

static enum err sync_folder(const struct restore *restore, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = fd >= 0 && fsync(fd) == 0 ? ERR_OK : complain_errno(restore, path);
    if (fd >= 0)
        close(fd);
    return e;
}

static enum err make_folder(const struct restore *restore, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? ERR_OK : complain_errno(restore, path);
}

static enum err read_manifests(struct restore *restore)
{
    const struct restore_job *job = restore->job;
    enum err e = ERR_OK;
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++) {
        restore->sources[i] = i == BACKUP_KEYS && job->keys ? job->keys : job->backup;
        e = manifest_read(restore->sources[i], &restore->manifests[i], restore->complaint);
    }
    if (e == ERR_OK && restore->manifests[BACKUP_KEYS].time_ms < restore->manifests[BACKUP_VAULT].time_ms)
        return complain(restore, ERR_MISMATCH, job->keys,
                        "these keys are older than the backup: people would be lost");
    return e;
}

/* Takes the lock at `path` where there is one; it is held until this process ends, and a service that starts waits or gives up. */
static enum err take_lock(const struct restore *restore, const char *path)
{
    int fd;
    if (access(path, F_OK) != 0)
        return ERR_OK;
    enum err e = lock_take(path, 0, &fd);
    if (e == ERR_EXISTS)
        return complain(restore, e, restore->job->data_dir, "a service has these data open; stop it first");
    return e == ERR_OK ? ERR_OK : complain_errno(restore, path);
}

/* The service's own, and that of each database, which `stagematch user` may have. */
static enum err take_locks(const struct restore *restore)
{
    char path[BACKUP_PATH_BYTES], lock[BACKUP_PATH_BYTES + sizeof ".lock"];
    enum err e = backup_path(restore->job->data_dir, "lock", path);
    if (e == ERR_OK)
        e = take_lock(restore, path);
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++) {
        e = backup_path(restore->job->data_dir, backup_places[i].data_name, path);
        snprintf(lock, sizeof lock, "%s.lock", path);
        if (e == ERR_OK)
            e = take_lock(restore, lock);
    }
    return e;
}

static enum err check_free(const struct restore *restore)
{
    for (size_t i = 0; i < BACKUP_FILE_COUNT && !restore->job->replace; i++) {
        char path[BACKUP_PATH_BYTES];
        enum err e = backup_path(restore->job->data_dir, backup_places[i].data_name, path);
        if (e != ERR_OK)
            return e;
        if (access(path, F_OK) == 0)
            return complain(restore, ERR_EXISTS, path,
                            "there are data already; --replace sets them aside (they are kept)");
    }
    return ERR_OK;
}

static enum err write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return err_from_errno(errno);
        bytes += written;
        length -= (size_t)written;
    }
    return ERR_OK;
}

static enum err copy_bytes(int from, int to)
{
    static char piece[PIECE_BYTES];
    for (;;) {
        ssize_t got = read(from, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_from_errno(errno);
        if (got == 0)
            return fsync(to) == 0 ? ERR_OK : err_from_errno(errno);
        enum err e = write_all(to, piece, (size_t)got);
        if (e != ERR_OK)
            return e;
    }
}

static enum err copy_file(const struct restore *restore, const char *from_path, const char *to_path)
{
    int from = open(from_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0 && errno == ENOENT)
        return complain(restore, ERR_MISSING, from_path,
                        "not in the backup; for keys, --keys names a newer one that has them");
    if (from < 0)
        return complain_errno(restore, from_path);
    int to = open(to_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum err e = to >= 0 ? copy_bytes(from, to) : err_from_errno(errno);
    if (e != ERR_OK)
        e = complain_errno(restore, to_path);
    close(from);
    if (to >= 0 && close(to) != 0 && e == ERR_OK)
        e = complain_errno(restore, to_path);
    return e;
}

/* What is checked is the copy: what was checked elsewhere could have changed since. */
static enum err bring(const struct restore *restore, size_t which)
{
    char from[BACKUP_PATH_BYTES], to[BACKUP_PATH_BYTES];
    enum err e = backup_path(restore->sources[which], backup_places[which].backup_name, from);
    if (e == ERR_OK)
        e = backup_path(restore->work, backup_places[which].data_name, to);
    if (e == ERR_OK)
        e = copy_file(restore, from, to);
    if (e == ERR_OK)
        e = backup_check_file(to, which, &restore->manifests[which].files[which], restore->complaint);
    if (e == ERR_OK && which == BACKUP_VAULT)
        e = snapshot_empty_tables(to, ended_tables, restore->complaint);
    return e;
}

/* Root's files are of no use to roles that run as other users. */
static enum err give_away(const struct restore *restore, const char *path, const char *user)
{
    const struct passwd *owner = user && *user && getuid() == 0 ? getpwnam(user) : NULL;
    return !owner || chown(path, owner->pw_uid, owner->pw_gid) == 0 ? ERR_OK : complain_errno(restore, path);
}

static enum err prepare_folders(const struct restore *restore)
{
    const char *const users[FOLDER_COUNT] = {restore->job->user_engine, restore->job->user_vault};
    enum err e = make_folder(restore, restore->work);
    for (size_t i = 0; i < FOLDER_COUNT && e == ERR_OK; i++) {
        char path[BACKUP_PATH_BYTES];
        e = backup_path(restore->work, folders[i], path);
        if (e == ERR_OK)
            e = make_folder(restore, path);
        if (e == ERR_OK)
            e = give_away(restore, path, users[i]);
    }
    return e;
}

static enum err bring_all(const struct restore *restore)
{
    enum err e = prepare_folders(restore);
    for (size_t i = 0; i < BACKUP_FILE_COUNT && e == ERR_OK; i++) {
        char path[BACKUP_PATH_BYTES];
        e = bring(restore, i);
        if (e == ERR_OK)
            e = backup_path(restore->work, backup_places[i].data_name, path);
        if (e == ERR_OK)
            e = give_away(restore, path, i == BACKUP_ENGINE ? restore->job->user_engine : restore->job->user_vault);
    }
    for (size_t i = 0; i < FOLDER_COUNT && e == ERR_OK; i++) {
        char path[BACKUP_PATH_BYTES];
        e = backup_path(restore->work, folders[i], path);
        if (e == ERR_OK)
            e = sync_folder(restore, path);
    }
    return e;
}

/* data_dir/before-restore-20270201T101500Z: the undo. */
static enum err name_aside(const struct restore *restore, char aside[RESTORE_ASIDE_BYTES])
{
    time_t now = (time_t)(clock_wall_ms(&restore->job->clock) / 1000);
    struct tm parts;
    char stamp[STAMP_BYTES];
    if (!gmtime_r(&now, &parts) || !strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &parts))
        return ERR_INTERNAL;
    int length = snprintf(aside, RESTORE_ASIDE_BYTES, "%s/before-restore-%s", restore->job->data_dir, stamp);
    if (length < 0 || length >= RESTORE_ASIDE_BYTES)
        return ERR_RANGE;
    return mkdir(aside, 0700) == 0 ? ERR_OK : complain_errno(restore, aside);
}

static enum err set_aside(const struct restore *restore, char aside[RESTORE_ASIDE_BYTES])
{
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        char from[BACKUP_PATH_BYTES], to[BACKUP_PATH_BYTES];
        enum err e = backup_path(restore->job->data_dir, folders[i], from);
        if (e != ERR_OK || access(from, F_OK) != 0)
            continue;
        if (!*aside)
            e = name_aside(restore, aside);
        if (e == ERR_OK)
            e = backup_path(aside, folders[i], to);
        if (e == ERR_OK && rename(from, to) != 0)
            e = complain_errno(restore, from);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err put_in_place(const struct restore *restore)
{
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        char from[BACKUP_PATH_BYTES], to[BACKUP_PATH_BYTES];
        enum err e = backup_path(restore->work, folders[i], from);
        if (e == ERR_OK)
            e = backup_path(restore->job->data_dir, folders[i], to);
        if (e == ERR_OK && rename(from, to) != 0)
            e = complain_errno(restore, to);
        if (e != ERR_OK)
            return e;
    }
    return rmdir(restore->work) == 0 ? ERR_OK : complain_errno(restore, restore->work);
}

/* From the first rename to the last the data are not whole: the mark says so to a service that would start. */
static enum err exchange(const struct restore *restore, char aside[RESTORE_ASIDE_BYTES])
{
    char mark[BACKUP_PATH_BYTES];
    enum err e = backup_path(restore->job->data_dir, RESTORE_MARK, mark);
    if (e != ERR_OK)
        return e;
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return complain_errno(restore, mark);
    close(fd);
    e = sync_folder(restore, restore->job->data_dir);
    if (e == ERR_OK)
        e = set_aside(restore, aside);
    if (e == ERR_OK)
        e = put_in_place(restore);
    if (e == ERR_OK)
        e = sync_folder(restore, restore->job->data_dir);
    if (e == ERR_OK && unlink(mark) != 0)
        e = complain_errno(restore, mark);
    return e == ERR_OK ? sync_folder(restore, restore->job->data_dir) : e;
}

/* What an earlier attempt or this one left in the work folder. */
static void clean(const struct restore *restore)
{
    char path[BACKUP_PATH_BYTES];
    for (size_t i = 0; i < BACKUP_FILE_COUNT; i++)
        if (backup_path(restore->work, backup_places[i].data_name, path) == ERR_OK)
            (void)unlink(path);
    for (size_t i = 0; i < FOLDER_COUNT; i++)
        if (backup_path(restore->work, folders[i], path) == ERR_OK)
            (void)rmdir(path);
    (void)rmdir(restore->work);
}

enum err restore_run(const struct restore_job *job, char aside[RESTORE_ASIDE_BYTES], struct buf *complaint)
{
    struct restore restore = {.job = job, .complaint = complaint};
    aside[0] = '\0';
    enum err e = backup_path(job->data_dir, ".restore", restore.work);
    if (e == ERR_OK)
        e = read_manifests(&restore);
    if (e == ERR_OK)
        e = make_folder(&restore, job->data_dir);
    if (e == ERR_OK)
        e = take_locks(&restore);
    if (e == ERR_OK)
        e = check_free(&restore);
    if (e != ERR_OK)
        return complain(&restore, e, job->data_dir, err_text(e));
    clean(&restore);
    e = bring_all(&restore);
    if (e == ERR_OK)
        e = exchange(&restore, aside);
    if (e != ERR_OK) {
        clean(&restore);
        return complain(&restore, e, job->data_dir, err_text(e));
    }
    return ERR_OK;
}
