/*
 * case_table.h - the states of a case and every step between them, as data.
 *
 * A step that has no row is impossible. Tests hold the whole table, state by event, against a second copy written apart.
 */
#ifndef DOMAIN_CASE_TABLE_H
#define DOMAIN_CASE_TABLE_H

#include "domain/records.h"
#include "domain/terms.h"
#include "stagematch/v1/case.pb-c.h"

#define CASE_STATE(name) STAGEMATCH__V1__CASE_STATE__CASE_STATE_##name
#define CASE_EVENT(name) STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_##name

enum { CASE_STATE_COUNT = CASE_STATE(WITHDRAWN) + 1, CASE_EVENT_COUNT = CASE_EVENT(EXPORTED) + 1 };

/* Who may take a step; what somebody is in one case may be several. */
enum {
    CASE_HANDLER = 1,
    CASE_REVIEWER = 2, /* a behandelaar of the case's school */
    CASE_SECOND =
        4, /* a behandelaar who may close it: no handler, no proposer, no tie; of the case's school or the one that was asked */
    CASE_COMPANY = 8, /* a contact whom the case's school checked, once the company was asked something */
    CASE_SERVICE = 16,
};

enum case_target {
    CASE_TO,      /* the row's state */
    CASE_TO_END,  /* as it was proposed to end */
    CASE_TO_BACK, /* where the end was proposed */
};

enum case_text { CASE_TEXT_NONE, CASE_TEXT_OPTIONAL, CASE_TEXT_NEEDED };

struct case_move {
    Stagematch__V1__CaseState from;
    Stagematch__V1__CaseEvent event;
    enum case_target target;
    Stagematch__V1__CaseState to;
    unsigned senders;
    enum case_text text;
};

/* The row for this state and event; NULL: impossible. */
const struct case_move *case_move_of(Stagematch__V1__CaseState from, Stagematch__V1__CaseEvent event);

/* The rows, for tests and documents. */
extern const struct case_move case_moves[];
extern const size_t case_move_count;

struct case_state_facts {
    const char *name; /* "received": codes in the ledger */
    bool runs;        /* has not ended */
    /* What the state waits for; UNSPECIFIED: nothing. */
    Stagematch__V1__TaskKind task;
    unsigned role; /* enum Role that the task is for */
};

/* For any state. */
const struct case_state_facts *case_state_facts(Stagematch__V1__CaseState state);

/* "verified", …; static. */
const char *case_event_name(Stagematch__V1__CaseEvent event);

/* Whether MoveCase takes this event; the others have calls of their own. */
bool case_event_is_plain(Stagematch__V1__CaseEvent event);

#endif
