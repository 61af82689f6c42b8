#include "base/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The stage that a signal must clean up; set only while one is under way. Its arrays are only appended to. */
static struct stage *volatile current;

static const int caught_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void remove_tree(const char *path, char names[][STAGE_NAME_BYTES], size_t count)
{
    char full[STAGE_PATH_BYTES + STAGE_NAME_BYTES];
    size_t prefix = strlen(path);
    memcpy(full, path, prefix);
    full[prefix] = '/';
    for (size_t i = count; i-- > 0;) { /* folders were named before their files, so go backwards */
        memcpy(full + prefix + 1, names[i], strlen(names[i]) + 1);
        if (unlink(full) != 0)
            (void)rmdir(full);
    }
    (void)rmdir(path);
}

/* Only async-signal-safe calls: unlink, rmdir, signal, raise. */
static void on_signal(int number)
{
    struct stage *stage = current;
    if (stage)
        remove_tree(stage->work_path, stage->names, stage->count);
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_signals(struct stage *stage)
{
    current = stage;
    for (size_t i = 0; i < sizeof caught_signals / sizeof caught_signals[0]; i++) {
        struct sigaction old;
        if (sigaction(caught_signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            signal(caught_signals[i], on_signal);
    }
}

static void unwatch_signals(void)
{
    for (size_t i = 0; i < sizeof caught_signals / sizeof caught_signals[0]; i++) {
        struct sigaction old;
        if (sigaction(caught_signals[i], NULL, &old) == 0 && old.sa_handler == on_signal)
            signal(caught_signals[i], SIG_DFL);
    }
    current = NULL;
}

static enum err failed(struct stage *stage, const char *name)
{
    stage->failed_name = name;
    stage->failed_errno = errno;
    return err_from_errno(errno);
}

static bool path_of(const struct stage *stage, const char *name, char out[STAGE_PATH_BYTES])
{
    int length = snprintf(out, STAGE_PATH_BYTES, "%s/%s", stage->work_path, name);
    return length > 0 && length < STAGE_PATH_BYTES;
}

static bool is_empty_directory(const char *path)
{
    DIR *directory = opendir(path);
    size_t entries = 0;
    if (!directory)
        return false;
    while (entries <= 2 && readdir(directory))
        entries++;
    closedir(directory);
    return entries <= 2; /* "." and ".." */
}

/* Whether a new directory may take this name: nothing there, or an empty directory, or an earlier result. */
static enum err check_target(struct stage *stage, const char *replace_mark)
{
    struct stat status;
    char mark[STAGE_PATH_BYTES + STAGE_NAME_BYTES];
    if (lstat(stage->final_path, &status) != 0)
        return errno == ENOENT ? ERR_OK : failed(stage, stage->final_path);
    if (S_ISDIR(status.st_mode) && is_empty_directory(stage->final_path))
        return ERR_OK;
    if (S_ISDIR(status.st_mode) && replace_mark && strlen(replace_mark) < STAGE_NAME_BYTES) {
        snprintf(mark, sizeof mark, "%s/%s", stage->final_path, replace_mark);
        stage->replace = lstat(mark, &status) == 0 && S_ISREG(status.st_mode);
    }
    if (stage->replace)
        return ERR_OK;
    errno = EEXIST;
    return failed(stage, stage->final_path);
}

/* "dir/name" → "dir/.name.partial-XXXXXX"; stage_begin left room for what is added. */
static void name_work_path(struct stage *stage)
{
    static const char suffix[] = ".partial-XXXXXX";
    const char *slash = strrchr(stage->final_path, '/');
    size_t folder = slash ? (size_t)(slash - stage->final_path) + 1 : 0, length = strlen(stage->final_path);
    memcpy(stage->work_path, stage->final_path, folder);
    stage->work_path[folder] = '.';
    memcpy(stage->work_path + folder + 1, stage->final_path + folder, length - folder);
    memcpy(stage->work_path + length + 1, suffix, sizeof suffix);
}

/* A signal between the two would leave the folder behind: it waits until somebody cleans up. */
static bool make_watched(struct stage *stage)
{
    sigset_t caught, before;
    sigemptyset(&caught);
    for (size_t i = 0; i < sizeof caught_signals / sizeof caught_signals[0]; i++)
        sigaddset(&caught, caught_signals[i]);
    sigprocmask(SIG_BLOCK, &caught, &before);
    bool made = mkdtemp(stage->work_path) != NULL;
    int number = errno;
    if (made)
        watch_signals(stage);
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return made;
}

enum err stage_begin(struct stage *stage, const char *path, const char *replace_mark)
{
    *stage = (struct stage){0};
    int length = snprintf(stage->final_path, sizeof stage->final_path, "%s", path);
    if (length <= 0 || (size_t)length > sizeof stage->final_path - 32) {
        errno = ENAMETOOLONG;
        return failed(stage, "");
    }
    while (length > 1 && stage->final_path[length - 1] == '/')
        stage->final_path[--length] = '\0';
    enum err e = check_target(stage, replace_mark);
    if (e != ERR_OK)
        return e;
    name_work_path(stage);
    if (!make_watched(stage))
        return failed(stage, stage->final_path);
    return chmod(stage->work_path, 0755) == 0 ? ERR_OK : failed(stage, stage->work_path);
}

static bool remember(struct stage *stage, const char *name)
{
    if (stage->count == STAGE_FILES_MAX || strlen(name) >= STAGE_NAME_BYTES)
        return false;
    memcpy(stage->names[stage->count], name, strlen(name) + 1);
    stage->count++;
    return true;
}

enum err stage_folder(struct stage *stage, const char *name)
{
    char path[STAGE_PATH_BYTES];
    if (!path_of(stage, name, path) || !remember(stage, name))
        return ERR_INTERNAL;
    return mkdir(path, 0755) == 0 ? ERR_OK : failed(stage, name);
}

enum err stage_file_open(struct stage *stage, const char *name, struct stage_file *out)
{
    char path[STAGE_PATH_BYTES];
    if (!path_of(stage, name, path) || !remember(stage, name))
        return ERR_INTERNAL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return failed(stage, name);
    out->stage = stage;
    out->fd = fd;
    digest_start(&out->digest);
    return ERR_OK;
}

enum err stage_file_put(struct stage_file *file, struct buf *buf)
{
    enum err e = buf_error(buf);
    if (e != ERR_OK)
        return e;
    struct text rest = buf_text(buf);
    digest_add(&file->digest, rest.data, rest.length);
    while (rest.length) {
        ssize_t written = write(file->fd, rest.data, rest.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(file->stage, file->stage->names[file->stage->count - 1]);
        rest.data += written;
        rest.length -= (size_t)written;
    }
    buf_clear(buf);
    return ERR_OK;
}

enum err stage_file_close(struct stage_file *file, char hex[DIGEST_HEX_BYTES])
{
    enum err e = ERR_OK;
    if (fsync(file->fd) != 0)
        e = failed(file->stage, file->stage->names[file->stage->count - 1]);
    if (close(file->fd) != 0 && e == ERR_OK)
        e = failed(file->stage, file->stage->names[file->stage->count - 1]);
    file->fd = -1;
    if (hex)
        digest_end(&file->digest, hex);
    return e;
}

static enum err sync_folder(struct stage *stage, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(stage, path);
    enum err e = fsync(fd) == 0 ? ERR_OK : failed(stage, path);
    close(fd);
    return e;
}

static enum err sync_parent(struct stage *stage)
{
    char parent[STAGE_PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", stage->final_path);
    char *slash = strrchr(parent, '/');
    if (!slash)
        return sync_folder(stage, ".");
    slash[slash == parent] = '\0';
    return sync_folder(stage, parent);
}

static bool has_name(const struct stage *stage, const char *folder, const char *name)
{
    char full[STAGE_NAME_BYTES + 258];
    snprintf(full, sizeof full, "%s%s%s", folder, folder[0] ? "/" : "", name);
    for (size_t i = 0; i < stage->count; i++)
        if (strcmp(stage->names[i], full) == 0)
            return true;
    return false;
}

/* Whether the old directory (`folder` of it, "" for itself) holds only what the new one has too. */
static bool holds_own_only(const struct stage *stage, const char *folder)
{
    char path[STAGE_PATH_BYTES + STAGE_NAME_BYTES];
    snprintf(path, sizeof path, "%s/%s", stage->final_path, folder);
    DIR *directory = opendir(path);
    bool own_only = true;
    if (!directory)
        return errno == ENOTDIR || errno == ENOENT;
    for (struct dirent *entry = readdir(directory); entry && own_only; entry = readdir(directory))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            own_only = has_name(stage, folder, entry->d_name);
    closedir(directory);
    return own_only;
}

/* An earlier result is replaced only when nothing is lost that is not a result's. */
static enum err check_old(struct stage *stage)
{
    bool own_only = holds_own_only(stage, "");
    for (size_t i = 0; i < stage->count && own_only; i++)
        if (!strchr(stage->names[i], '/'))
            own_only = holds_own_only(stage, stage->names[i]);
    if (own_only)
        return ERR_OK;
    errno = ENOTEMPTY;
    return failed(stage, "other files stand in it");
}

/* The final name taken in one step. An old result of this program is swapped out, then removed file by file. */
static enum err take_name(struct stage *stage)
{
    if (rename(stage->work_path, stage->final_path) == 0)
        return ERR_OK;
    if (!stage->replace || (errno != ENOTEMPTY && errno != EEXIST))
        return failed(stage, stage->final_path);
    enum err e = check_old(stage);
    if (e != ERR_OK)
        return e;
    if (renameat2(AT_FDCWD, stage->work_path, AT_FDCWD, stage->final_path, RENAME_EXCHANGE) != 0)
        return failed(stage, stage->final_path);
    remove_tree(stage->work_path, stage->names, stage->count);
    return ERR_OK;
}

enum err stage_commit(struct stage *stage)
{
    enum err e = sync_folder(stage, stage->work_path);
    if (e == ERR_OK)
        e = take_name(stage);
    if (e != ERR_OK) {
        stage_abort(stage);
        return e;
    }
    unwatch_signals();
    return sync_parent(stage);
}

void stage_abort(struct stage *stage)
{
    if (stage->work_path[0])
        remove_tree(stage->work_path, stage->names, stage->count);
    unwatch_signals();
}
