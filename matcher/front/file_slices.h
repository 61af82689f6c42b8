/*
 * file_slices.h - a file in memory, read a slice at a time, so that the loop serves others between two slices.
 *
 * The bytes are looked at twice, once for their encoding and once for their rows, as table_read_bytes does at one go. A slice
 * of SLICE_BYTES takes a few milliseconds with all its checks; 32 MiB at one go would hold the loop for more than a second.
 */
#ifndef FRONT_FILE_SLICES_H
#define FRONT_FILE_SLICES_H

#include "base/encoding.h"
#include "base/table.h"

enum { SLICE_BYTES = 128 * 1024, GUESS_SLICE_BYTES = 4 * 1024 * 1024 };

struct file_slices {
    struct text bytes;
    const struct table_spec *spec;
    const struct table_handler *handler;
    struct problems *problems;
    struct encoding_guess guess;
    struct table_reader *reader; /* once the encoding is known */
    size_t at;
    bool done;
};

/* What it is given must outlive it. Allocates nothing yet. */
void file_slices_init(struct file_slices *slices, struct text bytes, const struct table_spec *spec,
                      const struct table_handler *handler, struct problems *problems);
void file_slices_free(struct file_slices *slices);

/*
 * Reads the next slice. slices->done tells that it was the last. ERR_INPUT: the file cannot be read on, problems say why;
 * otherwise ERR_OK, even with problems, or the handler's error.
 */
MUST_USE enum err file_slices_step(struct file_slices *slices);

#endif
