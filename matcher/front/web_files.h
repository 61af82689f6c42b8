/*
 * web_files.h - the files of the web application, read into memory once, as a table that is looked up by a request's path.
 *
 * Reads all regular files below a folder whose type is known by their extension; no symbolic links (the folder itself may be
 * one), no names that begin with a dot. A name with another character than [A-Za-z0-9._-] is refused: a path of a request is
 * compared with the table as it came, undecoded, and never reaches the file system. Text is compressed once, at the level that makes
 * it smallest.
 *
 * ETags are made of the SHA-256 of the content; the compressed form has one of its own (RFC 9110 §8.8.3.3).
 * Cost: reading takes the files' bytes and their compressed form in memory, and about 50 ms for each MiB of text; a look-up is
 * O(log files).
 */
#ifndef FRONT_WEB_FILES_H
#define FRONT_WEB_FILES_H

#include "base/text.h"

enum {
    WEB_FILES_MAX = 2000,
    WEB_BYTES_MAX = 64 << 20, /* of all files, uncompressed */
    WEB_FILE_BYTES_MAX = 16 << 20,
    WEB_DEPTH_MAX = 8,
    WEB_PATH_BYTES = 512,
    WEB_ETAG_BYTES = 48,
};

struct web_file {
    const char *path; /* as in a request: "/assets/index-3f2a.js" */
    const char *type; /* "text/css; charset=utf-8" */
    struct text plain, gzip;
    char etag[WEB_ETAG_BYTES], gzip_etag[WEB_ETAG_BYTES];
    bool has_gzip;
    bool is_immutable; /* below /assets/: its name changes with its content */
};

struct web_files;

/* What is wrong, static, and the setting that it belongs to: of web_files_read a word for the log, of web_files_check a sentence. */
struct web_fault {
    const char *setting, *why;
};

/*
 * Reads `root`, and where `theme` is not NULL that file as "/theme.css", in place of the folder's own. ERR_INPUT or ERR_RANGE
 * with *fault, ERR_MEMORY; there must be an index.html.
 */
MUST_USE enum err web_files_read(const char *root, const char *theme, struct web_files **out,
                                 struct web_fault *fault);

/* Looks only whether `root` has an index.html, and `theme` is a file that can be read. Both may be NULL; a theme needs a root. */
MUST_USE enum err web_files_check(const char *root, const char *theme, struct web_fault *fault);

void web_files_free(struct web_files *files); /* NULL is allowed */

/* The file with this path; NULL where there is none. */
const struct web_file *web_files_find(const struct web_files *files, struct text path);

/*
 * What answers a path that is no file: index.html where it may be a page of the application ("/rondes/3f2a": segments of
 * [A-Za-z0-9_~-], without a dot, an escape or an empty one), otherwise NULL.
 */
const struct web_file *web_files_page(const struct web_files *files, struct text path);

size_t web_files_count(const struct web_files *files);
size_t web_files_bytes(const struct web_files *files);   /* in memory, of both forms */
size_t web_files_skipped(const struct web_files *files); /* of no known type */

#endif
