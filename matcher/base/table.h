/*
 * table.h - a CSV file with named columns: the header is checked, rows come with their values in a fixed order.
 *
 * Columns may stand in any order and their names in any case. Errors: a column that is unknown, named twice or
 * missing though required, and a row with more or fewer fields than the header. Columns on the drop list are never
 * read; the caller learns which were there, to say so. Values come without blanks at their ends. A row whose fields are
 * all empty is skipped.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/csv.h"

struct table_column {
    const char *name;
    bool required; /* the column must be there; whether a value may be empty is the caller's rule */
};

struct table_spec {
    const struct table_column *columns;
    size_t count;
    const char *const *dropped; /* NULL-terminated, or NULL */
    bool ignore_unknown;        /* reference data: columns of others are passed over */
};

struct table_row {
    uint64_t line;
    const struct text *values; /* one for each column of the spec; an absent column is empty */
};

struct table_handler {
    enum err (*row)(void *context, const struct table_row *row);
    void (*dropped)(void *context, const char *column); /* once for each dropped column that is there; may be NULL */
    void (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes); /* may be NULL */
    void *context;
};

/* Reads a file, or bytes. Results as csv_read_file. */
MUST_USE enum err table_read_file(const char *path, const struct table_spec *spec,
                                  const struct table_handler *handler, struct problems *problems);
MUST_USE enum err table_read_bytes(struct text bytes, const struct table_spec *spec,
                                   const struct table_handler *handler, struct problems *problems);

struct table_reader;

/*
 * A reader that is fed by its caller, for who must not read for long at a time: as csv_reader_new (base/csv.h), with named
 * columns. What it is given must outlive it. `progress` of the handler is not called.
 */
MUST_USE enum err table_reader_new(bool windows_1252, const struct table_spec *spec,
                                   const struct table_handler *handler, struct problems *problems,
                                   struct table_reader **out);
MUST_USE enum err table_reader_feed(struct table_reader *reader, const void *bytes, size_t length);
MUST_USE enum err table_reader_end(struct table_reader *reader);
void table_reader_free(struct table_reader *reader);

#endif
