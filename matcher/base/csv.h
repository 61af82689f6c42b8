/*
 * csv.h - CSV as Dutch spreadsheets write it, row after row.
 *
 * `;` or `,`, found on the header line outside quotes; a `sep=` line in front is skipped; UTF-8 or Windows-1252
 * (base/encoding.h); CRLF or LF; strict quoting (libcsv in strict mode). Lines are numbered as a spreadsheet numbers
 * its rows: the header is 1, a row with a line break inside quotes counts once. Lines without any character are
 * counted and not handed on.
 *
 * What breaks a rule becomes a problem and reading goes on with the next line, so that one run finds all of them; only
 * a header line that cannot be read, a field beyond CSV_FIELD_HARD_BYTES or a quote that is never closed ends it.
 * Memory: at most one row, whatever the file.
 * Cost: about 10 ns a byte.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/problem.h"

enum {
    CSV_FIELD_BYTES = 4096,           /* the longest field of the data format, in UTF-8 */
    CSV_FIELD_HARD_BYTES = 64 * 1024, /* where reading stops */
    CSV_COLUMNS_MAX = 256,
};

struct csv_row {
    uint64_t line;
    size_t count;
    const struct text *fields; /* borrowed until the handler returns */
};

struct csv_handler {
    /* Takes one row; the header comes first, as line 1. An error stops the reading and is its result. */
    enum err (*row)(void *context, const struct csv_row *row);
    /* The name to show for a column (0 = the first); length 0: its number is shown. */
    struct text (*column_name)(void *context, size_t column);
    /* Called now and then with the bytes read so far and in all; may be NULL. */
    void (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes);
    void *context;
};

struct csv_reader;

/*
 * A reader that is fed by its caller (a request's body, a test). `handler` and `problems` must outlive it. After
 * csv_reader_end the result of the whole is known: ERR_OK when the file was read to its end, even with problems;
 * ERR_INPUT when it could not be; or the handler's error.
 */
MUST_USE enum err csv_reader_new(bool windows_1252, const struct csv_handler *handler, struct problems *problems,
                                 struct csv_reader **out);
MUST_USE enum err csv_reader_feed(struct csv_reader *reader, const void *bytes, size_t length);
MUST_USE enum err csv_reader_end(struct csv_reader *reader);
void csv_reader_free(struct csv_reader *reader);

/*
 * Reads a whole regular file, twice: once for its encoding, once for its rows. What is wrong with the file as a whole
 * (missing, unreadable, not a file, empty) is a problem too. Returns ERR_INPUT where there is any problem.
 */
MUST_USE enum err csv_read_file(const char *path, const struct csv_handler *handler, struct problems *problems);

/* The same over bytes in memory. */
MUST_USE enum err csv_read_bytes(struct text bytes, const struct csv_handler *handler, struct problems *problems);

/* Adds "FILE: cannot be opened: …" and the like, from errno. */
void csv_problem_errno(struct problems *problems, int number);

/* "7 (G)": how a spreadsheet names the column with this index (0 = the first). Returns its length. */
size_t csv_column_label(size_t column, char out[16]);

#endif
