/*
 * task.h - what waits for whom, its reminder and its term; and notices to people.
 */
#ifndef DOMAIN_TASK_H
#define DOMAIN_TASK_H

#include "domain/command.h"

struct task_spec {
    Stagematch__V1__TaskKind kind;
    unsigned role;     /* enum Role */
    const char *scope; /* brin, leerbedrijf, or student_ref in hexadecimal */
    /* What it is about; empty where it is not. A task with a proposal is found by that alone. */
    ProtobufCBinaryData proposal_id, placement_id, stagevraag_id, round_id;
    ProtobufCBinaryData subject_id; /* of a task about none of these: a signal, an aandachtspunt, a report, a case */
    const char *candidate, *detail; /* NULL: none */
    int32_t from_day;               /* its term begins then and it appears then; 0: now */
};

/* Opens a task, unless the same is open already (kind, owner, subject, detail); tells its owner when it appears. */
void task_open(struct context *context, const struct task_spec *spec);

/* Closes the tasks of a kind (TASK_KIND(UNSPECIFIED): of every kind) about a subject: `index` is one of INDEX_TASK_PROPOSAL,
   INDEX_TASK_PLACEMENT, INDEX_TASK_STAGEVRAAG, INDEX_TASK_ROUND, INDEX_TASK_SUBJECT. With `detail` (may be NULL) only those. */
void task_close(struct context *context, enum state_index index, ProtobufCBinaryData subject,
                Stagematch__V1__TaskKind kind, const char *detail);

/* When the first open task of this kind about the subject is due; 0: none. */
int64_t task_due_ms(const struct state *state, enum state_index index, ProtobufCBinaryData subject,
                    Stagematch__V1__TaskKind kind);

/* Does what is due for one task: it appears, its reminder goes, or it is overdue. */
void task_run_due(struct context *context, const TaskRecord *task);

/* As in terms.csv: "approve", …; static. */
const char *task_kind_name(Stagematch__V1__TaskKind kind);

/* The reviewers of a school share one list: tasks for them are kept under ROLE(VERTROUWENSPERSOON). */
unsigned task_owner_role(unsigned role);

/* Tells all active accounts of a role and scope; `template` is a name in config/notices, `subject` an id for the link. */
void notice_send(struct context *context, const char *template, unsigned role, const char *scope,
                 const char *subject);

/* Tells the contacts of a leerbedrijf whom the school has checked: for whatever is about its student. */
void notice_send_contacts(struct context *context, const char *template, const ProposalRecord *proposal,
                          const char *subject);

/* Tells the contacts of a leerbedrijf whom the school of a case has checked. */
void notice_send_case(struct context *context, const char *template, const CaseRecord *record, const char *subject);

#endif
