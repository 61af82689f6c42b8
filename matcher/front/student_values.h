/*
 * student_values.h - a stagevraag that came in a call, as the row of a file that it would be.
 *
 * So the rules of files hold for calls as well, and are written once (student_reader.h). An item of a list with one of the
 * characters in it that join lists in a file could read as two: such a character becomes '?', which no code may hold.
 */
#ifndef FRONT_STUDENT_VALUES_H
#define FRONT_STUDENT_VALUES_H

#include "base/buf.h"
#include "front/student_columns.h"
#include "stagematch/v1/student.pb-c.h"

/* Room for numbers and lists; it may hold parts of a profile, never of an identity. */
struct student_values {
    struct text values[STUDENT_COLUMN_COUNT];
    struct buf lists;
    char numbers[3][12];
};

/* Ready for use; free with student_values_free. */
void student_values_init(struct student_values *values);
void student_values_free(struct student_values *values);

/* Sets the values; they borrow from the message and from `values`. ERR_MEMORY. */
MUST_USE enum err student_values_take(struct student_values *values,
                                      const Stagematch__V1__StudentSubmission *submission);

#endif
