/*
 * proposal_table.h - the states of a proposal and every move between them, as data.
 *
 * A move that has no row is impossible. Tests hold the whole table, state by event, against a second copy written apart.
 */
#ifndef DOMAIN_PROPOSAL_TABLE_H
#define DOMAIN_PROPOSAL_TABLE_H

#include "domain/reasons.h"
#include "domain/records.h"
#include "domain/terms.h"

enum proposal_event {
    EVENT_SCHOOL_APPROVES,
    EVENT_SCHOOL_VETOES,
    EVENT_COMPANY_AGREES,
    EVENT_COMPANY_OBJECTS,
    EVENT_STUDENT_CONFIRMS,
    EVENT_STUDENT_DECLINES,
    EVENT_SCHOOL_RELEASES,
    EVENT_COMPANY_PLACES,
    EVENT_COMPANY_DROPS,
    EVENT_STARTS,
    EVENT_CANCELLED_BEFORE_START,
    EVENT_COMPLETES,
    EVENT_ENDS_EARLY,
    EVENT_STUDENT_WITHDRAWN,
    EVENT_PLACE_WITHDRAWN,
    EVENT_ROUND_CANCELLED,
    EVENT_OVERDUE,
    PROPOSAL_EVENT_COUNT,
};

enum { PROPOSAL_STATE_COUNT = PROPOSAL_STATE(CANCELLED_ROUND) + 1 };

/* Who may send an event. */
enum {
    SENDER_SCHOOL = 1,  /* a coördinator of the student's school */
    SENDER_COMPANY = 2, /* the leerbedrijf, or a coördinator on its behalf */
    SENDER_STUDENT = 4, /* the student, or a coördinator of their school on their behalf */
    SENDER_SERVICE = 8, /* a timer, or the end of something larger: a stagevraag, a placement, a round */
};

/* What becomes of the seat. */
enum seat_effect {
    SEAT_KEPT,
    SEAT_FREED,
    SEAT_SUSPENDED, /* until the company reopens it */
    SEAT_HELD,      /* until the reviewer has looked */
    SEAT_BY_REASON, /* a reason about the place: suspended; any other: freed */
};

struct proposal_move {
    Stagematch__V1__ProposalState from;
    enum proposal_event event;
    Stagematch__V1__ProposalState to;        /* equal to `from`: handed to the school (escalated) */
    Stagematch__V1__ProposalState to_direct; /* in a round of mode direct; 0: the same */
    unsigned senders;
    bool unfavourable; /* an end that frees the student */
    bool bars;         /* the pair, for ever; a re-match is due */
    enum seat_effect seat;
    bool decision; /* goes to the ledger as one */
    bool revokes;  /* the company may no longer read the identity */
    enum reason_event reason;
};

/* The row for this state and event; NULL: impossible. */
const struct proposal_move *proposal_move_of(Stagematch__V1__ProposalState from, enum proposal_event event);

/* The rows, for tests and documents. */
extern const struct proposal_move proposal_moves[];
extern const size_t proposal_move_count;

struct proposal_state_facts {
    const char *name; /* "approved": codes in the ledger */
    bool runs;        /* has not ended */
    bool holds_seat;  /* counts in seats_taken */
    bool granted;     /* the company may read the identity */
    /* What the state waits for. UNSPECIFIED: nothing. */
    Stagematch__V1__TaskKind task;
    unsigned role; /* enum Role that the task is for */
    enum term term;
    Stagematch__V1__StagevraagState stagevraag; /* of the student meanwhile */
};

/* For any state but UNSPECIFIED. */
const struct proposal_state_facts *proposal_state_facts(Stagematch__V1__ProposalState state);

/* "company_agrees", …; static. */
const char *proposal_event_name(enum proposal_event event);

#endif
