/*
 * columns.h - the columns of students.csv and placements.csv, for all who read them: the offline round, which never looks at
 * those of an identity, and the front, which hands those to the vault.
 */
#ifndef INTAKE_COLUMNS_H
#define INTAKE_COLUMNS_H

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
    STUDENT_COLUMN_COUNT,
};

enum placement_column {
    PLACEMENT_LEERPLAATS,
    PLACEMENT_LEERBEDRIJF,
    PLACEMENT_COMPANY,
    PLACEMENT_KVK,
    PLACEMENT_POSTCODE,
    PLACEMENT_QUALIFICATIONS,
    PLACEMENT_LEERWEG,
    PLACEMENT_SEATS,
    PLACEMENT_FROM,
    PLACEMENT_TO,
    PLACEMENT_HOURS,
    PLACEMENT_DAYS,
    PLACEMENT_HARD,
    PLACEMENT_WEIGHTED,
    PLACEMENT_TAGS,
    PLACEMENT_ALLOWANCE,
    PLACEMENT_TITLE,
    PLACEMENT_DESCRIPTION,
    PLACEMENT_COLUMN_COUNT,
};

/* The files: their columns in the order of the enumerations, and those that are dropped unread. */
extern const struct table_spec student_file, placement_file;

#endif
