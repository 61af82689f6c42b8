/*
 * student_columns.h - what a stagevraag consists of when it is handed in by a call: the columns of students.csv under other names.
 *
 * A stagevraag that comes in a call instead of a file is read as the row that it would be (student_values.h), so that one
 * set of rules holds for both; only the names differ under which its problems are told.
 */
#ifndef FRONT_STUDENT_COLUMNS_H
#define FRONT_STUDENT_COLUMNS_H

#include "intake/columns.h"

/* The columns of student_file by their names in the API. */
extern const struct table_column student_fields[STUDENT_COLUMN_COUNT];

#endif
