/*
 * row.h - collects what is wrong in one row. For use within intake alone.
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
    bool wrong;
    bool out_of_memory;
};

/* Notes what a reader answered for this column. */
void row_take(struct row_check *check, int column, field_result result);

/* Whether the column has a value; when it is required and has none, that is a problem. */
bool row_has(struct row_check *check, int column);

/* Whether both days are known and in the wrong order; a problem of the second column. */
void row_check_period(struct row_check *check, int column, int32_t from, int32_t to);

/* Gives the table's progress on to the caller of the intake. */
void row_progress(void *context, uint64_t done_bytes, uint64_t total_bytes);

/* The result of a row: out of memory stops the reading, a problem does not. */
enum err row_result(const struct row_check *check);

#endif
