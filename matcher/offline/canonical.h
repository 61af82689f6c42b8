/*
 * canonical.h - a round's inputs in one fixed form, whatever the order of rows, columns or list items in the files.
 *
 * Only what matching looks at, in the import format (`;`, LF, UTF-8), rows in canonical order, sets sorted bytewise, ISO
 * dates, every default written out. Postcodes are cut to four digits; names, birth dates and addresses never got this far.
 * The SHA-256 of these bytes is the digest that a round rests on. Reading them back gives the same bytes again.
 */
#ifndef OFFLINE_CANONICAL_H
#define OFFLINE_CANONICAL_H

#include "intake/intake.h"
#include "offline/sink.h"

MUST_USE enum err canonical_students(const struct intake *intake, const struct sink *sink);
MUST_USE enum err canonical_placements(const struct intake *intake, const struct sink *sink);

/* The postcodes that the two name, with the point that was used: `pc4;lat;lon;soort`, soort postcode or benadering. */
MUST_USE enum err canonical_postcodes(const struct intake *intake, const struct sink *sink);

#endif
