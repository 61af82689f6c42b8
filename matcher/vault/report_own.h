/*
 * report_own.h - a report that its reporter comes back to, and how letters and files are shown. Inside the vault only.
 */
#ifndef VAULT_REPORT_OWN_H
#define VAULT_REPORT_OWN_H

#include "vault/reports.h"

struct own_report {
    uint8_t id[ID_BYTES];
    ReportRow *row;
    ReportPlain *plain;
};

/*
 * The report of this code, with an edit that is begun. False: the request is refused, the edit taken. Attempts count by address
 * (throttle.h), so that codes cannot be tried out.
 */
bool own_report_open(struct request *request, struct edit *edit, const char *code, struct own_report *out);
void own_report_free(struct own_report *own);

extern const struct refusal *const report_refusal_closed;

/* Letters and complete files of a report; both borrow from `plain`. */
struct report_letters {
    Stagematch__V1__ReportMessage **messages;
    size_t message_count;
    Stagematch__V1__ReportFile **files;
    size_t file_count;
};
MUST_USE enum err report_letters_fill(struct arena *arena, const ReportPlain *plain, struct report_letters *out);
void report_file_show(const Stagematch__Internal__V1__ReportFilePlain *file, char id[ID_HEX_BYTES],
                      Stagematch__V1__ReportFile *out);

#endif
