/*
 * report_form.h - which schools take reports: those where somebody reads them.
 */
#ifndef VAULT_REPORT_FORM_H
#define VAULT_REPORT_FORM_H

#include "vault/service.h"

enum { REPORT_KEEP_DAYS = 365 };

/* Whether a report for this desk (enum ReportDesk) would have a reader. O(accounts). */
bool report_is_read(const struct vault *vault, const char *school, unsigned desk);

#endif
