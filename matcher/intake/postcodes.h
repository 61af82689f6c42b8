/*
 * postcodes.h - where a four-digit postcode (PC4) lies.
 *
 * A table is a CSV with columns pc4, lat, lon (degrees, WGS 84); other columns are passed over. With rows of four digits
 * alone it is a full table: a postcode that is not in it takes the mean of those with the same first three digits, with
 * a notice, and is an error where there are none. With rows of two digits it is a coarse table: a postcode that is not in
 * it takes the point of its region, and every distance of the round is marked approximate. A row whose optional column
 * `soort` says `benadering` makes a table coarse too: that is how a round's own copy keeps the mark.
 */
#ifndef INTAKE_POSTCODES_H
#define INTAKE_POSTCODES_H

#include "base/problem.h"
#include "match/market.h"

enum { PC4_MIN = 1000, PC4_MAX = 9999, PC4_REGION_MIN = 10, PC4_REGION_MAX = 99 };

enum postcode_source { POSTCODE_NONE, POSTCODE_TABLE, POSTCODE_MEAN, POSTCODE_REGION };

struct postcodes {
    bool coarse;
    uint32_t count; /* rows of four digits */
    bool known[PC4_MAX + 1];
    struct point points[PC4_MAX + 1];
    bool region_known[PC4_REGION_MAX + 1];
    struct point regions[PC4_REGION_MAX + 1];
};

/* Reads a table, from a file or from memory; *out is large, so keep it on the heap. Results as csv_read_file. */
MUST_USE enum err postcodes_read(const char *path, struct postcodes *out, struct problems *problems);
MUST_USE enum err postcodes_read_bytes(struct text bytes, struct postcodes *out, struct problems *problems);

/* The point of a postcode within PC4_MIN..PC4_MAX, and where it came from. O(1), at most ten reads. */
enum postcode_source postcodes_find(const struct postcodes *table, uint32_t pc4, struct point *out);

/* "1012 AB", "1012AB" or "1012" → 1012. */
MUST_USE enum err postcode_parse(struct text value, uint32_t *pc4);

#endif
