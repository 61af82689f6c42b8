/*
 * student_columns.h - what a stagevraag consists of when it is handed in: the columns of students.csv.
 *
 * A stagevraag that comes in a call instead of a file is read as the row that it would be (student_values.h), so that one
 * set of rules holds for both; only the names differ under which its problems are told.
 */
#ifndef FRONT_STUDENT_COLUMNS_H
#define FRONT_STUDENT_COLUMNS_H

#include "base/table.h"

enum student_column {
    STUDENT_SCHOOL,
    STUDENT_NUMBER,
    STUDENT_FIRST_NAME,
    STUDENT_INFIX,
    STUDENT_LAST_NAME,
    STUDENT_BIRTH_DATE,
    STUDENT_SEX,
    STUDENT_EMAIL,
    STUDENT_PHONE,
    STUDENT_POSTCODE,
    STUDENT_QUALIFICATION,
    STUDENT_LEERWEG,
    STUDENT_YEAR,
    STUDENT_FROM,
    STUDENT_TO,
    STUDENT_HOURS,
    STUDENT_DAYS,
    STUDENT_MAX_KM,
    STUDENT_SKILLS,
    STUDENT_TAGS,
    STUDENT_EXCLUDED,
    STUDENT_PREFERRED,
    STUDENT_COLUMN_COUNT
};

/* The file: its columns, and those that are dropped unread. */
extern const struct table_spec student_file;

/* The same columns by their names in the API. */
extern const struct table_column student_fields[STUDENT_COLUMN_COUNT];

#endif
