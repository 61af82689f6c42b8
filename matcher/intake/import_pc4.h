/*
 * import_pc4.h - postcode tables of others into ours.
 *
 * Two kinds are read: GeoNames' postal code files (tab-separated, twelve columns, no header; rows of other countries are
 * passed over), and tables with a header, comma or semicolon between, that have a postcode column (pc4, postcode,
 * postcode4 or PC4 as CBS writes it) and lat and lon (or latitude and longitude) in degrees, or x and y in RD New.
 *
 * One point comes out for each PC4: of several rows the one with the highest accuracy, and of these the first. A point
 * farther than 40 km from the median of the postcodes with the same first two digits, or of those with the same first three
 * where there are at least four, is a slip of the source (no real one lies that far): it is left out and counted, and
 * takes the mean of its neighbours when it is asked for.
 */
#ifndef INTAKE_IMPORT_PC4_H
#define INTAKE_IMPORT_PC4_H

#include "base/problem.h"
#include "intake/postcodes.h"

struct import_pc4_counts {
    uint32_t rows, postcodes, left_out;
};

/* Reads a file into `out`. ERR_INPUT with the problems said where the file is neither kind. */
MUST_USE enum err import_pc4_read(const char *path, struct postcodes *out, struct import_pc4_counts *counts,
                                  struct problems *problems);

#endif
