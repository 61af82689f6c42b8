/*
 * report.h - what the engine knows of reports: that there is one, at which school, and what its reporter agreed to.
 *
 * Text, grounds and reporter are in the vault, which leads every change (internal/CommitReport) and reads them for whoever may. What is
 * written to the ledger has no school: a coördinator who reads the school's entries must not learn that there is a report.
 */
#ifndef DOMAIN_REPORT_H
#define DOMAIN_REPORT_H

#include "domain/command.h"

/* NULL where there is none. */
const ReportRecord *report_find(const struct state *state, ProtobufCBinaryData report_id);

/*
 * A case rests on this report from now on, or (empty case_id) none does any more. Meanwhile its consents cannot be withdrawn, and it
 * is neither closed nor erased. Whoever opens a case checks `case_consent` and that `desk` is the behandelaar's before.
 */
void report_rest(struct context *context, ProtobufCBinaryData report_id, ProtobufCBinaryData case_id);

extern const struct handler report_handlers[];

#endif
