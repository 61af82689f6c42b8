/*
 * chances.h - sector and kans op stage by qualification and region (config/kans_op_stage.csv): with whom a company is compared.
 *
 * The stratum of a placement (signal/strata.h): the sector of its first qualification, the first two digits of its postcode, and SBB's kans
 * op stage there, 1 (gering) to 5 (goed), 0 where the list does not say.
 */
#ifndef DOMAIN_CHANCES_H
#define DOMAIN_CHANCES_H

#include "base/problem.h"
#include "signal/strata.h"

struct chances;

/*
 * Reads and checks a list: columns qualification (five digits), sector ([a-z-]), region (two digits of a postcode; empty: the country), chance
 * (1 to 5). A qualification has one sector. What is wrong becomes a problem, and then the result is ERR_INPUT.
 */
MUST_USE enum err chances_read_file(const char *path, struct problems *problems, struct chances **out);
MUST_USE enum err chances_read_bytes(struct text bytes, struct problems *problems, struct chances **out);
void chances_free(struct chances *chances);

size_t chances_count(const struct chances *chances); /* rows */

/* `chances` may be NULL. O(log rows). */
void chances_stratum(const struct chances *chances, const char *qualification, const char *postcode,
                     char out[STRATUM_BYTES]);

#endif
