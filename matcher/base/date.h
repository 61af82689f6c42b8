/*
 * date.h - calendar days of the proleptic Gregorian calendar, as a count of days since 1 January 1970.
 *
 * The conversions are those of H. Hinnant, "chrono-compatible low-level date algorithms" (2013): exact, no tables,
 * no time zone.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/text.h"

/* "2027-02-01" or "1-2-2027" (day first) to days since 1970-01-01. ERR_RANGE for any other shape, a day that does not
   exist, or a year outside 1900..2199. */
MUST_USE enum err date_parse(struct text a, int32_t *days);

/* Writes "2027-02-01" and a NUL. */
void date_format(int32_t days, char out[11]);

/* The month that a day lies in, counted from January of the year 0; days from -719468 on. */
enum { MONTHS_PER_YEAR = 12 };
int64_t date_month(int64_t days);

#endif
