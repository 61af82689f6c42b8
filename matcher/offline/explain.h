/*
 * explain.h - why a student got this placement and no other, and what a criterion costs a placement.
 *
 * For the school's own eyes: it shows scores and distances of one student. Text in Dutch or English.
 */
#ifndef OFFLINE_EXPLAIN_H
#define OFFLINE_EXPLAIN_H

#include "intake/names.h"
#include "offline/job.h"

#include <stdio.h>

/*
 * One stagevraag, by its row in the intake: the outcome, then its list in order, at most `most` placements, each with what
 * happened there.
 */
MUST_USE enum err explain_student(const struct job *job, const struct names *names, size_t student, size_t most,
                                  FILE *to);

/* One placement: how many students were eligible, who holds its seats by band, and for each hard criterion how many more
   students would have been eligible without it. */
MUST_USE enum err explain_placement(const struct job *job, const struct names *names, size_t placement, FILE *to);

/* Finds "school/nummer" or "school/nummer/van" (all its rows from *first, *count), or "leerbedrijf/leerplaats". */
MUST_USE enum err explain_find_student(const struct job *job, struct text key, size_t *first, size_t *count);
MUST_USE enum err explain_find_placement(const struct job *job, struct text key, size_t *placement);

#endif
