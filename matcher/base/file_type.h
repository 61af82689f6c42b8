/*
 * file_type.h - whether a file is a PDF, a PNG or a JPEG, by its content: its structure from the first byte to the last.
 *
 *   PNG   signature; chunks that follow each other without a gap, IHDR first, at least one IDAT, IEND last and nothing behind it; the
 *         chunks' checks (CRC-32) are not computed (W3C PNG, third edition, 5)
 *   JPEG  SOI; segments by their lengths up to a scan, whose data end at a marker; a frame header; EOI last (ITU-T T.81, annex B).
 *         Behind it may come another whole JPEG, as cameras write for a preview or for brightness, and nothing else
 *   PDF   "%PDF-1." or "%PDF-2." at the very front, and "%%EOF" with nothing but white space behind it at the end (ISO 32000-1, 7.5).
 *         Its inside is not looked at: a PDF may hold anything, and whoever opens one should know that.
 *
 * It decides what a file is called, not whether it is harmless: there is no decoding. A file that is two things at once is possible
 * only where the second hides inside the first's own data.
 *
 * The file is fed in pieces of any size; the verdict is the same however it was cut. No memory but the struct, O(bytes).
 */
#ifndef BASE_FILE_TYPE_H
#define BASE_FILE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum file_type { FILE_TYPE_UNKNOWN, FILE_TYPE_PDF, FILE_TYPE_PNG, FILE_TYPE_JPEG };

enum { FILE_TYPE_HEAD_BYTES = 8 };

struct file_type_check {
    enum file_type type;
    bool broken, ended;
    size_t head_length;
    uint8_t head
        [FILE_TYPE_HEAD_BYTES]; /* the file's first bytes; then those of a chunk or segment that are not whole yet */
    uint64_t skip_bytes;        /* of a chunk or segment, still to come */
    unsigned state;
    bool saw_header, saw_data;
    unsigned matched; /* of PDF's end mark */
};

void file_type_start(struct file_type_check *check);
void file_type_feed(struct file_type_check *check, const void *bytes, size_t length);

/* After the last byte. */
enum file_type file_type_end(const struct file_type_check *check);

#endif
