#include "front/web_files.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "wire/connect_coding.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GZIP_BYTES_MIN = 256 /* below it a header more costs as much */, ETAG_DIGITS = 32 };

static const char root_setting[] = "web_root", theme_setting[] = "web_theme";
static const char index_path[] = "/index.html", theme_path[] = "/theme.css", assets[] = "/assets/";

static const struct web_type {
    const char *extension, *type;
    bool compresses;
} types[] = {
    {"html", "text/html; charset=utf-8", true},
    {"js", "text/javascript; charset=utf-8", true},
    {"css", "text/css; charset=utf-8", true},
    {"svg", "image/svg+xml", true},
    {"json", "application/json", true},
    {"webmanifest", "application/manifest+json", true},
    {"txt", "text/plain; charset=utf-8", true},
    {"ics", "text/calendar; charset=utf-8", true},
    {"png", "image/png", false},
    {"webp", "image/webp", false},
    {"woff2", "font/woff2", false},
};

struct web_files {
    struct web_file *files; /* in the order of their paths */
    size_t count, capacity, read_bytes, bytes, skipped;
};

static enum err fail(struct web_fault *fault, const char *setting, const char *why, enum err e)
{
    *fault = (struct web_fault){setting, why};
    return e;
}

static const struct web_type *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot + 1, types[i].extension) == 0)
            return &types[i];
    return NULL;
}

static void free_text(struct text *text)
{
    mem_free((void *)(uintptr_t)text->data);
    *text = (struct text){NULL, 0};
}

static void free_file(struct web_file *file)
{
    mem_free((void *)(uintptr_t)file->path);
    free_text(&file->plain);
    free_text(&file->gzip);
}

void web_files_free(struct web_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++)
        free_file(&files->files[i]);
    mem_free(files->files);
    mem_free(files);
}

/* ---- one file ---- */

static enum err dup_path(const char *path, const char **out)
{
    char *copy;
    size_t size = strlen(path) + 1;
    enum err e = mem_alloc(1, size, &copy);
    if (e == ERR_OK)
        *out = memcpy(copy, path, size);
    return e;
}

static void write_etags(struct web_file *file)
{
    char hex[DIGEST_HEX_BYTES];
    digest_of(file->plain.data ? file->plain : text_of(""), hex);
    snprintf(file->etag, sizeof file->etag, "\"%.*s\"", ETAG_DIGITS, hex);
    snprintf(file->gzip_etag, sizeof file->gzip_etag, "\"%.*s-gz\"", ETAG_DIGITS, hex);
}

static enum err compress(struct web_file *file)
{
    struct buf packed;
    if (file->plain.length < GZIP_BYTES_MIN)
        return ERR_OK;
    buf_init(&packed, file->plain.length * 2);
    enum err e = coding_gzip_small(file->plain, &packed);
    if (e != ERR_OK || packed.length >= file->plain.length) {
        buf_free(&packed);
        return e;
    }
    file->gzip = (struct text){packed.data, packed.length}; /* its memory is the file's from here on */
    file->has_gzip = true;
    return ERR_OK;
}

/* Reads what lies at `source` as the file of this path. `setting` is the one to name where it cannot be read. */
static enum err read_file(struct web_files *files, const char *source, const char *path, const char *setting,
                          struct web_file *out, struct web_fault *fault)
{
    struct buf bytes;
    size_t left = WEB_BYTES_MAX - files->read_bytes;
    const struct web_type *type = type_of(path);
    struct web_file file = {.type = type->type, .is_immutable = strncmp(path, assets, sizeof assets - 1) == 0};
    buf_init(&bytes, left < WEB_FILE_BYTES_MAX ? left : WEB_FILE_BYTES_MAX);
    enum err e = file_read_all(source, &bytes);
    if (e != ERR_OK) {
        buf_free(&bytes);
        return e == ERR_MEMORY ? fail(fault, setting, "too_large", ERR_RANGE)
                               : fail(fault, setting, "unreadable", ERR_INPUT);
    }
    file.plain = (struct text){bytes.data, bytes.length}; /* its memory is the file's from here on */
    e = dup_path(path, &file.path);
    if (e == ERR_OK && type->compresses)
        e = compress(&file);
    if (e != ERR_OK) {
        free_file(&file);
        return fail(fault, setting, err_text(e), e);
    }
    write_etags(&file);
    *out = file;
    return ERR_OK;
}

static void account(struct web_files *files, const struct web_file *file)
{
    files->read_bytes += file->plain.length;
    files->bytes += file->plain.length + file->gzip.length;
}

static enum err add_file(struct web_files *files, const char *source, const char *path, const char *setting,
                         struct web_fault *fault)
{
    if (files->count == WEB_FILES_MAX)
        return fail(fault, setting, "too_many_files", ERR_RANGE);
    enum err e = mem_grow(&files->files, &files->capacity, files->count + 1, sizeof *files->files);
    if (e != ERR_OK)
        return fail(fault, setting, err_text(e), e);
    e = read_file(files, source, path, setting, &files->files[files->count], fault);
    if (e == ERR_OK)
        account(files, &files->files[files->count++]);
    return e;
}

/* ---- the folder ---- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_below_root(const FTSENT *entry)
{
    return entry->fts_level > FTS_ROOTLEVEL;
}

/* Takes one entry of the walk. Links and what is neither folder nor file are passed over. */
static enum err take_entry(struct web_files *files, FTS *walk, FTSENT *entry, size_t root_length,
                           struct web_fault *fault)
{
    const char *path = entry->fts_path + root_length;
    if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS)
        return fail(fault, root_setting, "unreadable", ERR_INPUT);
    if (entry->fts_info == FTS_DP || !is_below_root(entry))
        return entry->fts_info == FTS_F ? fail(fault, root_setting, "no_folder", ERR_INPUT) : ERR_OK;
    if (entry->fts_name[0] == '.') {
        (void)fts_set(walk, entry, FTS_SKIP);
        return ERR_OK;
    }
    if (entry->fts_info != FTS_D && entry->fts_info != FTS_F)
        return ERR_OK;
    if (!text_is_code(text_of(entry->fts_name), WEB_PATH_BYTES) || strlen(path) >= WEB_PATH_BYTES ||
        entry->fts_level > WEB_DEPTH_MAX)
        return fail(fault, root_setting, "bad_file_name", ERR_INPUT);
    if (entry->fts_info == FTS_D)
        return ERR_OK;
    if (!type_of(path)) {
        files->skipped++;
        return ERR_OK;
    }
    return add_file(files, entry->fts_accpath, path, root_setting, fault);
}

static enum err read_folder(struct web_files *files, char *root, struct web_fault *fault)
{
    char *roots[] = {root, NULL};
    FTSENT *entry;
    enum err e = ERR_OK;
    /* No change of folder: other paths of the settings are relative to where the process is. */
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    if (!walk)
        return fail(fault, root_setting, "unreadable", ERR_INPUT);
    while (e == ERR_OK && (entry = fts_read(walk)))
        e = take_entry(files, walk, entry, strlen(root), fault);
    (void)fts_close(walk);
    return e;
}

/* In place of the folder's own, or beside its files. */
static enum err read_theme(struct web_files *files, const char *theme, struct web_fault *fault)
{
    struct web_file file;
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->files[i].path, theme_path) != 0)
            continue;
        enum err e = read_file(files, theme, theme_path, theme_setting, &file, fault);
        if (e != ERR_OK)
            return e;
        files->bytes -= files->files[i].plain.length + files->files[i].gzip.length;
        free_file(&files->files[i]);
        files->files[i] = file;
        account(files, &file);
        return ERR_OK;
    }
    return add_file(files, theme, theme_path, theme_setting, fault);
}

static int by_path(const void *a, const void *b)
{
    const struct web_file *first = a, *second = b;
    return strcmp(first->path, second->path);
}

static enum err read_all(struct web_files *files, const char *root, const char *theme, struct web_fault *fault)
{
    char folder[WEB_PATH_BYTES * 8];
    size_t length = strlen(root);
    while (length > 1 && root[length - 1] == '/')
        length--;
    if (length >= sizeof folder)
        return fail(fault, root_setting, "path_too_long", ERR_RANGE);
    memcpy(folder, root, length);
    folder[length] = '\0';
    enum err e = read_folder(files, folder, fault);
    if (e == ERR_OK && theme)
        e = read_theme(files, theme, fault);
    if (e != ERR_OK)
        return e;
    if (files->count)
        qsort(files->files, files->count, sizeof *files->files, by_path);
    return web_files_find(files, text_of(index_path)) ? ERR_OK
                                                      : fail(fault, root_setting, "no_index_html", ERR_INPUT);
}

enum err web_files_read(const char *root, const char *theme, struct web_files **out, struct web_fault *fault)
{
    struct web_files *files;
    enum err e = mem_alloc(1, sizeof *files, &files);
    if (e != ERR_OK)
        return fail(fault, root_setting, err_text(e), e);
    e = read_all(files, root, theme, fault);
    if (e == ERR_OK)
        *out = files;
    else
        web_files_free(files);
    return e;
}

static bool is_readable_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, R_OK) == 0;
}

enum err web_files_check(const char *root, const char *theme, struct web_fault *fault)
{
    char index[WEB_PATH_BYTES * 8];
    if (theme && !root)
        return fail(fault, theme_setting, "there is nothing to change without web_root", ERR_INPUT);
    if (root &&
        (snprintf(index, sizeof index, "%s%s", root, index_path) >= (int)sizeof index || !is_readable_file(index)))
        return fail(fault, root_setting, "expected a folder with the built application, an index.html in it",
                    ERR_INPUT);
    if (theme && !is_readable_file(theme))
        return fail(fault, theme_setting, "expected a file that can be read", ERR_INPUT);
    return ERR_OK;
}

/* ---- looking up ---- */

static int compare_path(const void *key, const void *element)
{
    const struct text *path = key;
    const struct web_file *file = element;
    return text_compare(*path, text_of(file->path));
}

const struct web_file *web_files_find(const struct web_files *files, struct text path)
{
    return files->count ? bsearch(&path, files->files, files->count, sizeof *files->files, compare_path) : NULL;
}

static bool is_in_page(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '~';
}

const struct web_file *web_files_page(const struct web_files *files, struct text path)
{
    if (path.length == 0 || path.length >= WEB_PATH_BYTES || path.data[0] != '/')
        return NULL;
    for (size_t i = 1; i < path.length; i++) {
        bool is_empty = path.data[i] == '/' && path.data[i - 1] == '/';
        if (is_empty || (path.data[i] != '/' && !is_in_page(path.data[i])))
            return NULL;
    }
    return web_files_find(files, text_of(index_path));
}

size_t web_files_count(const struct web_files *files)
{
    return files->count;
}

size_t web_files_bytes(const struct web_files *files)
{
    return files->bytes;
}

size_t web_files_skipped(const struct web_files *files)
{
    return files->skipped;
}
