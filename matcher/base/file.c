#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum err file_reader_open(struct file_reader *reader, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_from_errno(errno);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        errno = EINVAL;
        return ERR_IO;
    }
    reader->fd = fd;
    reader->at = reader->filled = 0;
    return ERR_OK;
}

static enum err fill(struct file_reader *reader)
{
    ssize_t got;
    do
        got = read(reader->fd, reader->piece, sizeof reader->piece);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return ERR_IO;
    reader->at = 0;
    reader->filled = (size_t)got;
    return ERR_OK;
}

enum err file_reader_read(struct file_reader *reader, void *out, size_t length, size_t *got)
{
    unsigned char *to = out;
    size_t copied = 0;
    while (copied < length) {
        if (reader->at == reader->filled) {
            enum err e = fill(reader);
            if (e != ERR_OK)
                return e;
            if (reader->filled == 0)
                break;
        }
        size_t part = reader->filled - reader->at;
        if (part > length - copied)
            part = length - copied;
        memcpy(to + copied, reader->piece + reader->at, part);
        reader->at += part;
        copied += part;
    }
    *got = copied;
    return ERR_OK;
}

void file_reader_close(struct file_reader *reader)
{
    close(reader->fd);
    reader->fd = -1;
}

/* Hands every piece of a file to `take`. */
static enum err each_piece(const char *path, enum err (*take)(void *context, const void *bytes, size_t length),
                           void *context)
{
    struct file_reader *reader;
    enum err e = mem_alloc(1, sizeof *reader, &reader);
    if (e != ERR_OK)
        return e;
    e = file_reader_open(reader, path);
    if (e == ERR_OK) {
        do {
            e = fill(reader);
            if (e == ERR_OK)
                e = take(context, reader->piece, reader->filled);
        } while (e == ERR_OK && reader->filled);
        file_reader_close(reader);
    }
    mem_free(reader);
    return e;
}

static enum err take_bytes(void *context, const void *bytes, size_t length)
{
    struct buf *out = context;
    buf_put(out, bytes, length);
    return buf_error(out);
}

enum err file_read_all(const char *path, struct buf *out)
{
    return each_piece(path, take_bytes, out);
}

static enum err take_digest(void *context, const void *bytes, size_t length)
{
    digest_add(context, bytes, length);
    return ERR_OK;
}

enum err file_digest(const char *path, char hex[DIGEST_HEX_BYTES])
{
    struct digest digest;
    digest_start(&digest);
    enum err e = each_piece(path, take_digest, &digest);
    if (e == ERR_OK)
        digest_end(&digest, hex);
    return e;
}
