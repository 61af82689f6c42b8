/*
 * report_sweep.h - what happens to reports by themselves: the reviewers are told when a term is over, and what was closed long ago is
 * erased, unless a case rests on it.
 */
#ifndef VAULT_REPORT_SWEEP_H
#define VAULT_REPORT_SWEEP_H

#include "vault/reports.h"

/* On a timer: reminds a few at a time, and erases one after the other. */
void reports_sweep(struct vault *vault);

/*
 * A student's account and key are destroyed: so are the reports that the student made, those excepted on which a case rests, of which the
 * text stays until the case is done with, without a name. Into the edit.
 */
MUST_USE enum err reports_forget_person(struct vault *vault, struct edit *edit, const PersonRow *person);

#endif
