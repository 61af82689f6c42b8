#include "domain/proposal_table.h"

#define S(name) PROPOSAL_STATE(name)

/* What a kind of end does to student, pair and ledger. */
#define ONWARD(from, event, to, senders)                                                                             \
    {                                                                                                                \
        S(from), EVENT_##event, S(to), 0, (senders), false, false, SEAT_KEPT, true, false, REASON_NONE               \
    }
#define END(from, event, to, senders, seat, revokes, reason)                                                         \
    {                                                                                                                \
        S(from), EVENT_##event, S(to), 0, (senders), true, true, (seat), true, (revokes), (reason)                   \
    }
#define ESCALATE(from)                                                                                               \
    {                                                                                                                \
        S(from), EVENT_OVERDUE, S(from), 0, SENDER_SERVICE, false, false, SEAT_KEPT, false, false, REASON_NONE       \
    }

/*
 * From any state before placed; after release it takes the identity back. A cancelled round says nothing about a pair: it bars
 * none, so that another round may bring the two together.
 */
#define WITHDRAWALS(from, released)                                                                                  \
    END(from, STUDENT_WITHDRAWN, WITHDRAWN_STUDENT, SENDER_SCHOOL | SENDER_SERVICE, SEAT_FREED, released,            \
        REASON_WITHDRAWN_STUDENT),                                                                                   \
        END(from, PLACE_WITHDRAWN, WITHDRAWN_PLACE, SENDER_SERVICE, SEAT_FREED, released, REASON_WITHDRAWN_PLACE),   \
    {                                                                                                                \
        S(from), EVENT_ROUND_CANCELLED, S(CANCELLED_ROUND), 0, SENDER_SERVICE, true, false, SEAT_FREED, true,        \
            (released), REASON_NONE                                                                                  \
    }

const struct proposal_move proposal_moves[] = {
    {S(PROPOSED), EVENT_SCHOOL_APPROVES, S(APPROVED), S(ACCEPTED), SENDER_SCHOOL, false, false, SEAT_KEPT, true,
     false, REASON_NONE},
    END(PROPOSED, SCHOOL_VETOES, VETOED, SENDER_SCHOOL, SEAT_FREED, false, REASON_SCHOOL_VETO),
    ESCALATE(PROPOSED),
    WITHDRAWALS(PROPOSED, false),

    ONWARD(APPROVED, COMPANY_AGREES, ACCEPTED, SENDER_COMPANY),
    END(APPROVED, COMPANY_OBJECTS, REJECTED, SENDER_COMPANY, SEAT_BY_REASON, false, REASON_COMPANY_OBJECTS),
    END(APPROVED, OVERDUE, EXPIRED_COMPANY, SENDER_SERVICE, SEAT_SUSPENDED, false, REASON_NONE),
    WITHDRAWALS(APPROVED, false),

    ONWARD(ACCEPTED, STUDENT_CONFIRMS, CONFIRMED, SENDER_STUDENT),
    END(ACCEPTED, STUDENT_DECLINES, DECLINED, SENDER_STUDENT, SEAT_FREED, false, REASON_STUDENT_DECLINES),
    END(ACCEPTED, OVERDUE, EXPIRED_STUDENT, SENDER_SERVICE, SEAT_FREED, false, REASON_NONE),
    WITHDRAWALS(ACCEPTED, false),

    ONWARD(CONFIRMED, SCHOOL_RELEASES, RELEASED, SENDER_SCHOOL),
    ESCALATE(CONFIRMED),
    WITHDRAWALS(CONFIRMED, false),

    ONWARD(RELEASED, COMPANY_PLACES, PLACED, SENDER_COMPANY),
    END(RELEASED, COMPANY_DROPS, DROPPED_AFTER_RELEASE, SENDER_COMPANY, SEAT_HELD, true, REASON_COMPANY_DROPS),
    ESCALATE(RELEASED),
    WITHDRAWALS(RELEASED, true),

    ONWARD(PLACED, STARTS, STARTED, SENDER_SCHOOL),
    END(PLACED, CANCELLED_BEFORE_START, CANCELLED_BEFORE_START, SENDER_SCHOOL, SEAT_FREED, true,
        REASON_CANCELLED_BEFORE_START),
    /* The stagevraag itself is withdrawn: what it had ends with it, in the words of its state. */
    END(PLACED, STUDENT_WITHDRAWN, CANCELLED_BEFORE_START, SENDER_SERVICE, SEAT_FREED, true,
        REASON_WITHDRAWN_STUDENT),

    /* Whether somebody else can come now is for the company to say. */
    {S(STARTED), EVENT_COMPLETES, S(COMPLETED), 0, SENDER_SCHOOL, false, false, SEAT_SUSPENDED, true, true,
     REASON_NONE},
    END(STARTED, ENDS_EARLY, ENDED_EARLY, SENDER_SCHOOL, SEAT_SUSPENDED, true, REASON_ENDED_EARLY),
    END(STARTED, STUDENT_WITHDRAWN, ENDED_EARLY, SENDER_SERVICE, SEAT_SUSPENDED, true, REASON_WITHDRAWN_STUDENT),
};
const size_t proposal_move_count = sizeof proposal_moves / sizeof proposal_moves[0];

const struct proposal_move *proposal_move_of(Stagematch__V1__ProposalState from, enum proposal_event event)
{
    for (size_t i = 0; i < proposal_move_count; i++)
        if (proposal_moves[i].from == from && proposal_moves[i].event == event)
            return &proposal_moves[i];
    return NULL;
}

#define WAITS(kind, role) TASK_KIND(kind), ROLE(role), TERM_##kind
#define NOTHING TASK_KIND(UNSPECIFIED), ROLE(UNSPECIFIED), TERM_COUNT
#define ENDED(name)                                                                                                  \
    {                                                                                                                \
        name, false, false, false, NOTHING, STAGEVRAAG_STATE(FREE)                                                   \
    }

static const struct proposal_state_facts states[PROPOSAL_STATE_COUNT] = {
    [S(UNSPECIFIED)] = ENDED("unspecified"),
    [S(PROPOSED)] = {"proposed", true, true, false, WAITS(APPROVE, COORDINATOR), STAGEVRAAG_STATE(PROPOSED)},
    [S(APPROVED)] = {"approved", true, true, false, WAITS(DECIDE, COMPANY), STAGEVRAAG_STATE(PROPOSED)},
    [S(ACCEPTED)] = {"accepted", true, true, false, WAITS(CONFIRM, STUDENT), STAGEVRAAG_STATE(PROPOSED)},
    [S(CONFIRMED)] = {"confirmed", true, true, false, WAITS(RELEASE, COORDINATOR), STAGEVRAAG_STATE(PROPOSED)},
    [S(RELEASED)] = {"released", true, true, true, WAITS(PLACE, COMPANY), STAGEVRAAG_STATE(PROPOSED)},
    [S(PLACED)] = {"placed", true, true, true, WAITS(START, COORDINATOR), STAGEVRAAG_STATE(PLACED)},
    [S(STARTED)] = {"started", true, true, true, WAITS(COMPLETE, COORDINATOR), STAGEVRAAG_STATE(PLACED)},
    [S(COMPLETED)] = {"completed", false, false, false, NOTHING, STAGEVRAAG_STATE(COMPLETED)},
    [S(VETOED)] = ENDED("vetoed"),
    [S(REJECTED)] = ENDED("rejected"),
    [S(EXPIRED_COMPANY)] = ENDED("expired_company"),
    [S(DECLINED)] = ENDED("declined"),
    [S(EXPIRED_STUDENT)] = ENDED("expired_student"),
    [S(DROPPED_AFTER_RELEASE)] = ENDED("dropped_after_release"),
    [S(CANCELLED_BEFORE_START)] = ENDED("cancelled_before_start"),
    [S(ENDED_EARLY)] = ENDED("ended_early"),
    [S(WITHDRAWN_STUDENT)] = ENDED("withdrawn_student"),
    [S(WITHDRAWN_PLACE)] = ENDED("withdrawn_place"),
    [S(CANCELLED_ROUND)] = ENDED("cancelled_round"),
};

const struct proposal_state_facts *proposal_state_facts(Stagematch__V1__ProposalState state)
{
    return &states[(unsigned)state < PROPOSAL_STATE_COUNT ? (unsigned)state : 0];
}

static const char *const event_names[PROPOSAL_EVENT_COUNT] = {
    [EVENT_SCHOOL_APPROVES] = "school_approves",
    [EVENT_SCHOOL_VETOES] = "school_vetoes",
    [EVENT_COMPANY_AGREES] = "company_agrees",
    [EVENT_COMPANY_OBJECTS] = "company_objects",
    [EVENT_STUDENT_CONFIRMS] = "student_confirms",
    [EVENT_STUDENT_DECLINES] = "student_declines",
    [EVENT_SCHOOL_RELEASES] = "school_releases",
    [EVENT_COMPANY_PLACES] = "company_places",
    [EVENT_COMPANY_DROPS] = "company_drops",
    [EVENT_STARTS] = "starts",
    [EVENT_CANCELLED_BEFORE_START] = "cancelled_before_start",
    [EVENT_COMPLETES] = "completes",
    [EVENT_ENDS_EARLY] = "ends_early",
    [EVENT_STUDENT_WITHDRAWN] = "student_withdrawn",
    [EVENT_PLACE_WITHDRAWN] = "place_withdrawn",
    [EVENT_ROUND_CANCELLED] = "round_cancelled",
    [EVENT_OVERDUE] = "overdue",
};

const char *proposal_event_name(enum proposal_event event)
{
    return event_names[event];
}
