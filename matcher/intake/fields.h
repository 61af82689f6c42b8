/*
 * fields.h - one value of a row, read strictly; shared by both files. For those who read rows: intake, and the front.
 *
 * A reader gives NULL when the value fits and was taken, otherwise the kind of problem. FIELD_MEMORY stands for being out
 * of memory, which is no fault of the file.
 */
#ifndef INTAKE_FIELDS_H
#define INTAKE_FIELDS_H

#include "intake/intake.h"

extern const struct problem_kind field_memory;
#define FIELD_MEMORY (&field_memory)

extern const struct problem_kind field_empty, field_duplicate_code, field_too_many;
extern const struct problem_kind key_duplicate, period_reversed, postcode_unknown, postcode_mean;

typedef const struct problem_kind *field_result;

field_result field_brin(struct text value);
field_result field_number_code(struct text value);
field_result field_postcode(struct text value, uint16_t *pc4);
field_result field_qualification(struct text value, uint32_t *out);
field_result field_leerweg(struct text value, uint8_t *out);
field_result field_year(struct text value, uint8_t *out);
field_result field_date(struct text value, int32_t *out);
field_result field_hours(struct text value, uint8_t *out);
field_result field_max_km(struct text value, uint16_t *out);
field_result field_capacity(struct text value, uint16_t *out);
field_result field_kvk(struct text value);
field_result field_leerplaats(struct text value);
field_result field_leerbedrijf(struct text value);
field_result field_allowance(struct text value);

/* "ma di wo": one bit a day; an empty value leaves *out. */
field_result field_days(struct text value, uint8_t *out);

/* Lists into the pools of the intake; an empty value gives an empty span. */
field_result field_skills(struct intake *intake, struct text value, struct span *out);
field_result field_tags(struct intake *intake, struct text value, struct span *out);
field_result field_qualifications(struct intake *intake, struct text value, struct span *out);
field_result field_hard(struct intake *intake, struct text value, struct span *out);
field_result field_weighted(struct intake *intake, struct text value, struct span *out);
field_result field_places(struct intake *intake, struct text value, char separator, struct span *out);

/* Gives the postcode its index in market.points. postcode_mean is a notice: the value was taken. */
field_result field_point(struct intake *intake, uint16_t pc4, uint32_t *point);

#endif
