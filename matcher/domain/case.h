/*
 * case.h - a case about a leerbedrijf, from received to closed. case_table.h says which steps there are.
 *
 * Every step goes through one function that looks it up in the table and does what follows: the state and version, the step in the
 * case's own list, the ledger, tasks and notices, and what the vault must know of the text that goes with it.
 *
 * What a case rests on is kept with it: of each proposal a copy that has no reference to the student, so that an erasure need not wait
 * for the case and the copy says nothing about a person that is not on record in it. A report's row and text stay while a case rests on it.
 *
 * Who sees what: the school's behandelaren everything but where they declared a tie; its vertrouwenspersonen the steps, no text; a
 * behandelaar of the school that was asked for a second the case while it closes, and it alone; a company its questions and answers.
 */
#ifndef DOMAIN_CASE_H
#define DOMAIN_CASE_H

#include "domain/case_table.h"
#include "domain/command.h"

enum { CASE_STEPS_MAX = 500, CASE_LINKS_MAX = 100 };

/* The caller's own, or of a school that asked theirs: refusal_not_found for any other. */
struct status case_of_request(const struct context *context, const char *hex, const CaseRecord **out);

/* What the caller is in it: bits of case_table.h. */
unsigned case_senders(const struct context *context, const CaseRecord *record);
/* Whether the caller may read what it rests on and its texts: no company, no vertrouwenspersoon, nobody with a tie. */
bool case_reads_all(const struct context *context, const CaseRecord *record);
bool case_is_tied(const struct context *context, const CaseRecord *record);

/* A step: `about` is a code (outcome, reason, measure, school) or NULL; `text` the request's own, which must be empty: a text goes apart. */
struct case_act {
    Stagematch__V1__CaseEvent event;
    const char *about, *text;
};

/* Whether the table has this step for the caller, and its text is as it must be. */
struct status case_check(const struct context *context, const CaseRecord *record, const struct case_act *act);

/*
 * Makes the step, which must have been checked. `record` is the state's own. What the step itself changes besides (a handler, an
 * outcome) is changed by the caller afterwards, on what case_edit gives.
 */
void case_step(struct context *context, const CaseRecord *record, const struct case_act *act);
CaseRecord *case_edit(struct context *context, const CaseRecord *record);

/* Opens the tasks of its state. */
void case_open_tasks(struct context *context, const CaseRecord *record);

/* task.c: the task of a case is overdue. */
void case_task_overdue(struct context *context, const TaskRecord *task);

/* case_open.c: the copies that a new case keeps; their digest goes into the record. */
struct status case_gather(struct context *context, const Stagematch__V1__OpenCaseRequest *request, CaseRecord *record,
                          CaseEvidenceRecord *evidence);

/* case_view.c. `whole`: with steps and moves. */
Stagematch__V1__Case *case_view(struct context *context, const CaseRecord *record, bool whole);
Stagematch__V1__CompanyCase *company_case_view(struct context *context, const CaseRecord *record);

/* Holds what it rests on: its reports' rows and texts. */
void case_hold(struct context *context, const CaseRecord *record, bool hold);

handler_function handle_list_cases, handle_get_case, handle_get_case_evidence, handle_list_company_cases,
    handle_check_case_text, handle_commit_case_export; /* case_view.c, case_open.c */

extern const struct handler case_handlers[];

#endif
