/*
 * file.h - reading files whole or piece by piece. Paths and messages are the caller's; errno tells why.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/digest.h"

struct file_reader {
    int fd;
    size_t at, filled;
    unsigned char piece[64 * 1024];
};

/* A regular file; ERR_MISSING or ERR_IO otherwise. */
MUST_USE enum err file_reader_open(struct file_reader *reader, const char *path);

/* Reads up to `length` bytes, all of them unless the file ends first. */
MUST_USE enum err file_reader_read(struct file_reader *reader, void *out, size_t length, size_t *got);
void file_reader_close(struct file_reader *reader);

/* Appends the whole file to a buffer; ERR_MEMORY when it is larger than the buffer's limit. */
MUST_USE enum err file_read_all(const char *path, struct buf *out);

MUST_USE enum err file_digest(const char *path, char hex[DIGEST_HEX_BYTES]);

#endif
