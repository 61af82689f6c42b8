/*
 * strata.h - with whom a unit is compared: "sector/region/chance", and the wider strata that it lies in.
 *
 * "zorg/35/2" lies in "zorg//2" (the sector where the chance of a place is as good), that in "zorg//", and that in "//": all. A share is
 * measured in each without the unit's own decisions, and the narrow one is drawn to the wider (judge.h).
 */
#ifndef SIGNAL_STRATA_H
#define SIGNAL_STRATA_H

#include <stdbool.h>
#include <stddef.h>

enum { SECTOR_CHARS_MAX = 24, STRATUM_BYTES = SECTOR_CHARS_MAX + 8, STRATUM_LEVELS = 4 };

/* The sector of a qualification of which none is known. */
#define SECTOR_OTHER "overig"

/* Level 0 is all, the last the stratum itself. One that is not well-formed lies in all alone: every level gives "//". */
void stratum_at(const char *stratum, unsigned level, char out[STRATUM_BYTES]);

/* Whether it lies in the other, or is it. */
bool stratum_lies_in(const char *stratum, const char *wider);

/* 1 to 5; 0: not known. */
unsigned stratum_chance(const char *stratum);

#endif
