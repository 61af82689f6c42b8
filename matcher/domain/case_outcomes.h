/*
 * case_outcomes.h - the closed list of how a case can end (config/case_outcomes.csv), and the codes of grounds that a decision may
 * name (config/grounds.csv).
 */
#ifndef DOMAIN_CASE_OUTCOMES_H
#define DOMAIN_CASE_OUTCOMES_H

#include "base/problem.h"

enum outcome_class {
    OUTCOME_UPHELD,     /* a decision: measures follow */
    OUTCOME_NOT_UPHELD, /* a decision: none do */
    OUTCOME_UNFOUNDED,  /* an end without a decision: there was nothing to look into */
    OUTCOME_WITHDRAWN,  /* an end without a decision: who reported does not want it any more */
    OUTCOME_CLASS_COUNT,
};

struct case_outcome {
    const char *code, *nl, *en;
    enum outcome_class outcome_class;
};

struct case_outcomes;

/* Reads and checks the list (code;class;nl;en); what is wrong becomes a problem, and then the result is ERR_INPUT. */
MUST_USE enum err case_outcomes_read_file(const char *path, struct problems *problems, struct case_outcomes **out);
MUST_USE enum err case_outcomes_read_bytes(struct text bytes, struct problems *problems, struct case_outcomes **out);
void case_outcomes_free(struct case_outcomes *outcomes);

/* `outcomes` may be NULL: an empty list. */
const struct case_outcome *case_outcome_find(const struct case_outcomes *outcomes, const char *code);

/* In the order of the file; NULL behind the last. */
const struct case_outcome *case_outcome_at(const struct case_outcomes *outcomes, size_t index);

/* "upheld", …; static. */
const char *outcome_class_name(enum outcome_class outcome_class);

#endif
