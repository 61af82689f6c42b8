/*
 * hr_text.h - hospitals/residents instances with ties, as text.
 *
 *   N M
 *   s i lottery r : places, best first          N lines, i = 0 .. N-1, r different for each, the higher wins a tie
 *   p j cap c : (tie group) (tie group) …       M lines, j = 0 .. M-1, the best group first, students in each
 *
 * A student's list may name only placements that rank it. Blank lines are allowed.
 */
#ifndef MATCH_HR_TEXT_H
#define MATCH_HR_TEXT_H

#include "base/problem.h"
#include "match/hr.h"

/* Reads an instance. Problems name line and column (in characters); ERR_INPUT where there are any. */
MUST_USE enum err hr_text_read(struct text bytes, struct hr *out, struct problems *problems);

#endif
