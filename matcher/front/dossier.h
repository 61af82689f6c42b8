/*
 * dossier.h - a case with its texts, as JSON and as a PDF of the same. Inside the front only.
 *
 * Both are made of one struct, so neither says what the other does not. There is no student in it: the evidence has none, and texts are
 * those that the handler chose. Sizes are bounded: at most DOSSIER_TEXTS_MAX texts of 16 KiB, 400 pieces of evidence, 500 steps.
 */
#ifndef FRONT_DOSSIER_H
#define FRONT_DOSSIER_H

#include "base/buf.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/case.pb-c.h"

enum { DOSSIER_TEXTS_MAX = 50, DOSSIER_BYTES_MAX = 8 << 20 };

struct dossier_text {
    uint32_t step;
    const Stagematch__V1__GetCaseTextResponse *said;
};

struct dossier {
    const Stagematch__V1__Case *about;
    Stagematch__V1__CaseEvidence *const *evidence;
    size_t evidence_count;
    const struct dossier_text *texts;
    size_t text_count;
    int64_t made_ms;
};

/* The text of a step; NULL: it does not go along. */
const struct dossier_text *dossier_text_of(const struct dossier *dossier, uint32_t step);

/* "2027-03-01T09:00:00Z", or for people "2027-03-01 09:00 UTC"; "" for none. */
void dossier_time(const Google__Protobuf__Timestamp *time, bool for_people, char out[32]);
/* "received", "asked", …: codes of the API's enumerations, static. */
const char *dossier_state_name(Stagematch__V1__CaseState state);
const char *dossier_event_name(Stagematch__V1__CaseEvent event);

/* Each appends the whole document. The PDF (PDF 1.4 or so, built-in fonts, Dutch letters, title and author; libharu has no tags or
   language for readers aloud, for whom the JSON and the page are). */
MUST_USE enum err dossier_json(const struct dossier *dossier, struct buf *out);
MUST_USE enum err dossier_pdf(const struct dossier *dossier, struct buf *out);

#endif
