/*
 * report_saga.h - what changes in a report that the engine must know of: staged here, committed there, then done here.
 *
 * So a report is in both databases or in neither, and what a reporter agreed to is what the engine lets a case rest on.
 */
#ifndef VAULT_REPORT_SAGA_H
#define VAULT_REPORT_SAGA_H

#include "vault/reports.h"
#include "vault/stages.h"

typedef Stagematch__Internal__V1__ReportChange ReportChange;
#define REPORT_CHANGE(name) STAGEMATCH__INTERNAL__V1__REPORT_CHANGE__KIND__KIND_##name

/*
 * Goes on with the stage that an earlier try of this very call left. False: there is none, and the caller begins one; otherwise the
 * request is answered, or will be. `use` is the method's.
 */
bool report_saga_resume(struct request *request, const char *use, const char *request_id);

/* Stages `change` of the report with what is in `edit` already, and goes on. Takes the edit; answers the request. */
void report_saga_begin(struct request *request, struct edit *edit, const char *use, const char *request_id,
                       const uint8_t report_id[ID_BYTES], const ReportChange *change);

/* Seals what a change carries until it is done: the code to come back with, or a last word. */
MUST_USE enum err report_change_seal(struct vault *vault, const uint8_t report_id[ID_BYTES], struct text secret,
                                     ReportChange *change, struct buf *sealed);

#endif
