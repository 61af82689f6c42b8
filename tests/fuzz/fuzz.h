/*
 * fuzz.h - what the fuzz targets share: a claim that ends the process where it does not hold, and inputs as files.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The target: every input must pass. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define CLAIM(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                           \
            abort();                                                                                                 \
        }                                                                                                            \
    } while (0)

enum { MEMORY_FILE_PATH_BYTES = 32 };

/* A file in memory with these bytes; its path goes to `path`. Close the descriptor to remove it. */
static inline int memory_file(const void *bytes, size_t length, char path[MEMORY_FILE_PATH_BYTES])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    CLAIM(fd >= 0);
    const char *at = bytes;
    while (length) {
        ssize_t written = write(fd, at, length);
        CLAIM(written > 0);
        at += written;
        length -= (size_t)written;
    }
    snprintf(path, MEMORY_FILE_PATH_BYTES, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
