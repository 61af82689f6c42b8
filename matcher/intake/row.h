/*
 * row.h - collects what is wrong in one row. For those who read rows: intake, and the front.
 */
#ifndef INTAKE_ROW_H
#define INTAKE_ROW_H

#include "base/table.h"
#include "intake/fields.h"

/* One file that is being read. */
struct file_reading {
    struct intake *intake;
    struct file_report *report;
    const struct table_column *columns;
    intake_progress *progress;
    void *progress_context;
};

struct row_check {
    struct file_reading *reading;
    const struct table_row *row;
    uint64_t wrong_columns; /* bit by column */
    bool out_of_memory;
};

/*
 * Whether the row is worth keeping: its key columns (bits) are right. A row that is wrong elsewhere is kept too, so that a
 * duplicate of it is found in the same run; the file is refused anyway.
 */
bool row_has_key(const struct row_check *check, uint64_t key_columns);

/* Notes what a reader answered for this column. */
void row_take(struct row_check *check, int column, field_result result);

/* Whether the column has a value; when it is required and has none, that is a problem. */
bool row_has(struct row_check *check, int column);

/* The columns that both files have. */
struct window_columns {
    int from, to, hours, days;
};

/* Reads a period with its hours and days; `days` keeps its value where the column is empty. */
struct window {
    int32_t from, to;
    uint8_t hours, days;
};
void row_read_window(struct row_check *check, const struct window_columns *columns, struct window *out);

/* Reads a postcode and finds its point. */
void row_read_postcode(struct row_check *check, int column, uint16_t *pc4, uint32_t *point);

/* Gives the table's progress on to the caller of the intake. */
void row_progress(void *context, uint64_t done_bytes, uint64_t total_bytes);

/* The result of a row: out of memory stops the reading, a problem does not. */
enum err row_result(const struct row_check *check);

#endif
