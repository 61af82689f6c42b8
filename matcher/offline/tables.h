/*
 * tables.h - matches.csv and unmatched.csv.
 *
 * matches.csv: `school;studentnummer;van;leerbedrijf;leerplaats;rang;score;band;km`, km with two decimals.
 * unmatched.csv: `school;studentnummer;van;reden`, the binding reason in Dutch (README, "How the match is made").
 * Rows in canonical order of the students.
 */
#ifndef OFFLINE_TABLES_H
#define OFFLINE_TABLES_H

#include "intake/intake.h"
#include "match/round.h"
#include "offline/sink.h"

MUST_USE enum err tables_matches(const struct intake *intake, const struct round_result *result,
                                 const struct sink *sink);
MUST_USE enum err tables_unmatched(const struct intake *intake, const struct round_result *result,
                                   const struct sink *sink);

/* The binding reason of an unmatched student, as unmatched.csv writes it. */
void tables_put_reason(struct buf *buf, const struct round_result *result, const struct student_outcome *outcome,
                       size_t placement_count);

/* The short code of that reason, by which round.json counts: a rule's name, "geen aanbod", "band" or "loting". */
const char *tables_reason_code(const struct round_result *result, const struct student_outcome *outcome,
                               size_t placement_count);

#endif
