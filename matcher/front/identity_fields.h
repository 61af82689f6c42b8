/*
 * identity_fields.h - whether a value of an identity has the shape of one. Nothing is kept, nothing is repeated.
 *
 * As in intake/fields.h a rule gives NULL when the value fits, otherwise the kind of problem.
 */
#ifndef FRONT_IDENTITY_FIELDS_H
#define FRONT_IDENTITY_FIELDS_H

#include "intake/fields.h"

enum { NAME_CHARACTERS_MAX = 100, EMAIL_BYTES_MAX = 254, PHONE_BYTES_MAX = 24 };

field_result identity_name(struct text value);

/* *out in days since 1970-01-01; not after `today`. */
field_result identity_birth_date(struct text value, int32_t today, int32_t *out);

/* m, v or x in any case; *out is lower-case. */
field_result identity_sex(struct text value, char *out);

/* One @, a local part, and a domain of at least two labels. Whether it can be reached, a notice will tell. */
field_result identity_email(struct text value);

/* Eight to fifteen digits, with a + in front, blanks, hyphens and brackets as people write them. */
field_result identity_phone(struct text value);

/* The full postcode as "1012 AB", with a NUL; empty where the value has its four digits alone. The value is a postcode. */
void identity_postcode(struct text value, char out[8]);

#endif
