#include "base/csv.h"
#include "base/encoding.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct problem_kind not_readable = {
    "file.unreadable",
    {"the file cannot be read", "het bestand kan niet worden gelezen"},
    {"a file that exists and that you may read", "een bestand dat bestaat en dat u mag lezen"}};
static const struct problem_kind not_regular = {
    "file.not-regular",
    {"this is not an ordinary file", "dit is geen gewoon bestand"},
    {"a file on disk; it is read twice, so a pipe will not do",
     "een bestand op schijf; het wordt tweemaal gelezen, dus een pipe kan niet"}};

enum { CHUNK_BYTES = 256 * 1024 };

void csv_problem_errno(struct problems *problems, int number)
{
    problems_add(problems, &not_readable, 0, text_of(""), text_of(strerror(number)));
}

/* Calls `take` for every chunk of the file, from its start. */
static enum err each_chunk(int fd, unsigned char *chunk, struct problems *problems,
                           enum err (*take)(void *context, const unsigned char *bytes, size_t length), void *context)
{
    off_t at = 0;
    for (;;) {
        ssize_t got = pread(fd, chunk, CHUNK_BYTES, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            csv_problem_errno(problems, errno);
            return ERR_IO;
        }
        if (got == 0)
            return ERR_OK;
        at += got;
        enum err e = take(context, chunk, (size_t)got);
        if (e != ERR_OK)
            return e;
    }
}

static enum err take_guess(void *context, const unsigned char *bytes, size_t length)
{
    encoding_guess_add(context, bytes, length);
    return ERR_OK;
}

struct feeding {
    struct csv_reader *reader;
    const struct csv_handler *handler;
    uint64_t done_bytes, total_bytes;
};

static enum err take_rows(void *context, const unsigned char *bytes, size_t length)
{
    struct feeding *feeding = context;
    enum err e = csv_reader_feed(feeding->reader, bytes, length);
    feeding->done_bytes += length;
    if (feeding->handler->progress)
        feeding->handler->progress(feeding->handler->context, feeding->done_bytes, feeding->total_bytes);
    return e;
}

static enum err read_open_file(int fd, uint64_t size, const struct csv_handler *handler, struct problems *problems)
{
    unsigned char *chunk = NULL;
    struct encoding_guess guess = {0};
    struct feeding feeding = {NULL, handler, 0, size};
    enum err e = mem_alloc(1, CHUNK_BYTES, &chunk);
    if (e == ERR_OK)
        e = each_chunk(fd, chunk, problems, take_guess, &guess);
    if (e == ERR_OK)
        e = csv_reader_new(encoding_guess_end(&guess) == ENCODING_WINDOWS_1252, handler, problems, &feeding.reader);
    if (e == ERR_OK)
        e = each_chunk(fd, chunk, problems, take_rows, &feeding);
    if (e == ERR_OK)
        e = csv_reader_end(feeding.reader);
    csv_reader_free(feeding.reader);
    mem_free(chunk);
    return e == ERR_OK ? problems_result(problems) : e;
}

enum err csv_read_file(const char *path, const struct csv_handler *handler, struct problems *problems)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        csv_problem_errno(problems, errno);
        if (fd >= 0)
            close(fd);
        return ERR_INPUT;
    }
    enum err e;
    if (S_ISREG(status.st_mode)) {
        e = read_open_file(fd, (uint64_t)status.st_size, handler, problems);
    } else {
        problems_add(problems, &not_regular, 0, text_of(""), text_of(""));
        e = ERR_INPUT;
    }
    close(fd);
    return e;
}

enum err csv_read_bytes(struct text bytes, const struct csv_handler *handler, struct problems *problems)
{
    struct encoding_guess guess = {0};
    encoding_guess_add(&guess, (const unsigned char *)bytes.data, bytes.length);
    struct csv_reader *reader = NULL;
    enum err e = csv_reader_new(encoding_guess_end(&guess) == ENCODING_WINDOWS_1252, handler, problems, &reader);
    if (e == ERR_OK)
        e = csv_reader_feed(reader, bytes.data, bytes.length);
    if (e == ERR_OK)
        e = csv_reader_end(reader);
    csv_reader_free(reader);
    return e == ERR_OK ? problems_result(problems) : e;
}
