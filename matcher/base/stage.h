/*
 * stage.h - a result directory that appears completely or not at all.
 *
 * Files are written into a hidden sibling of the directory to be, flushed to disk, and the whole takes its final name in
 * one rename. An error, a full disk or a signal (SIGINT, SIGTERM, SIGHUP) removes what was begun; after SIGKILL or a
 * power cut only the hidden sibling remains, never half a result under the final name.
 */
#ifndef BASE_STAGE_H
#define BASE_STAGE_H

#include "base/buf.h"
#include "base/digest.h"

enum { STAGE_FILES_MAX = 16, STAGE_PATH_BYTES = 4096, STAGE_NAME_BYTES = 64 };

struct stage {
    char final_path[STAGE_PATH_BYTES];
    char work_path[STAGE_PATH_BYTES];
    char names[STAGE_FILES_MAX][STAGE_NAME_BYTES];
    size_t count;
    bool replace;            /* what stands there is an earlier result */
    const char *failed_name; /* the path that the last error was about */
    int failed_errno;
};

/*
 * Begins a result at `path`. ERR_EXISTS when something other than an empty directory stands there, unless `replace_mark` is
 * not NULL and the directory holds a file of that name, which marks it as an earlier result: then it is exchanged for the
 * new one at the end. Should it then hold anything that the new one does not have, stage_commit answers ERR_EXISTS and
 * everything stays as it was.
 */
MUST_USE enum err stage_begin(struct stage *stage, const char *path, const char *replace_mark);

/* Makes a folder in it, one level, before files whose name begins with it. */
MUST_USE enum err stage_folder(struct stage *stage, const char *name);

/* A file of the result that is written piece by piece. */
struct stage_file {
    struct stage *stage;
    struct digest digest;
    int fd;
};

/* `name` is relative, at most one folder deep, and must stay valid until the stage ends. */
MUST_USE enum err stage_file_open(struct stage *stage, const char *name, struct stage_file *out);

/* Writes and empties the buffer. */
MUST_USE enum err stage_file_put(struct stage_file *file, struct buf *buf);

/* Flushes to disk and closes; `hex` (may be NULL) gets the SHA-256 of what was written. Call it after an error too. */
MUST_USE enum err stage_file_close(struct stage_file *file, char hex[DIGEST_HEX_BYTES]);

/* Gives the result its final name. On error everything is removed. */
MUST_USE enum err stage_commit(struct stage *stage);

/* Removes what was begun. */
void stage_abort(struct stage *stage);

#endif
