#include "domain/proposal_table.h"

#include "support/support.h"

#include <string.h>

/*
 * What the design says, written apart from the table: a row for each pair, by the names of the
 * enumerations. A pair that is not here is impossible.
 */
struct expected_move {
    const char *state, *event, *next;
    unsigned senders; /* S school, C company, T student, V service */
    const char *seat; /* kept, freed, suspended, held, reason */
    bool unfavourable, bars, revokes;
    const char *reason;
};
enum { S = SENDER_SCHOOL, C = SENDER_COMPANY, T = SENDER_STUDENT, V = SENDER_SERVICE };

static const struct expected_move expected[] = {
    {"proposed", "school_approves", "approved", S, "kept", false, false, false, "none"},
    {"proposed", "school_vetoes", "vetoed", S, "freed", true, true, false, "school_veto"},
    {"proposed", "overdue", "proposed", V, "kept", false, false, false, "none"},
    {"proposed", "student_withdrawn", "withdrawn_student", S | V, "freed", true, true, false, "withdrawn_student"},
    {"proposed", "place_withdrawn", "withdrawn_place", V, "freed", true, true, false, "withdrawn_place"},
    {"proposed", "round_cancelled", "cancelled_round", V, "freed", true, false, false, "none"},
    {"approved", "company_agrees", "accepted", C, "kept", false, false, false, "none"},
    {"approved", "company_objects", "rejected", C, "reason", true, true, false, "company_objects"},
    {"approved", "overdue", "expired_company", V, "suspended", true, true, false, "none"},
    {"approved", "student_withdrawn", "withdrawn_student", S | V, "freed", true, true, false, "withdrawn_student"},
    {"approved", "place_withdrawn", "withdrawn_place", V, "freed", true, true, false, "withdrawn_place"},
    {"approved", "round_cancelled", "cancelled_round", V, "freed", true, false, false, "none"},
    {"accepted", "student_confirms", "confirmed", T, "kept", false, false, false, "none"},
    {"accepted", "student_declines", "declined", T, "freed", true, true, false, "student_declines"},
    {"accepted", "overdue", "expired_student", V, "freed", true, true, false, "none"},
    {"accepted", "student_withdrawn", "withdrawn_student", S | V, "freed", true, true, false, "withdrawn_student"},
    {"accepted", "place_withdrawn", "withdrawn_place", V, "freed", true, true, false, "withdrawn_place"},
    {"accepted", "round_cancelled", "cancelled_round", V, "freed", true, false, false, "none"},
    {"confirmed", "school_releases", "released", S, "kept", false, false, false, "none"},
    {"confirmed", "overdue", "confirmed", V, "kept", false, false, false, "none"},
    {"confirmed", "student_withdrawn", "withdrawn_student", S | V, "freed", true, true, false, "withdrawn_student"},
    {"confirmed", "place_withdrawn", "withdrawn_place", V, "freed", true, true, false, "withdrawn_place"},
    {"confirmed", "round_cancelled", "cancelled_round", V, "freed", true, false, false, "none"},
    {"released", "company_places", "placed", C, "kept", false, false, false, "none"},
    {"released", "company_drops", "dropped_after_release", C, "held", true, true, true,
     "company_drops_after_release"},
    {"released", "overdue", "released", V, "kept", false, false, false, "none"},
    {"released", "student_withdrawn", "withdrawn_student", S | V, "freed", true, true, true, "withdrawn_student"},
    {"released", "place_withdrawn", "withdrawn_place", V, "freed", true, true, true, "withdrawn_place"},
    {"released", "round_cancelled", "cancelled_round", V, "freed", true, false, true, "none"},
    {"placed", "starts", "started", S, "kept", false, false, false, "none"},
    {"placed", "cancelled_before_start", "cancelled_before_start", S, "freed", true, true, true,
     "cancelled_before_start"},
    {"placed", "student_withdrawn", "cancelled_before_start", V, "freed", true, true, true, "withdrawn_student"},
    {"started", "completes", "completed", S, "suspended", false, false, true, "none"},
    {"started", "ends_early", "ended_early", S, "suspended", true, true, true, "ended_early"},
    {"started", "student_withdrawn", "ended_early", V, "suspended", true, true, true, "withdrawn_student"},
};
enum { EXPECTED = sizeof expected / sizeof expected[0] };

static const char *const seat_names[] = {[SEAT_KEPT] = "kept",
                                         [SEAT_FREED] = "freed",
                                         [SEAT_SUSPENDED] = "suspended",
                                         [SEAT_HELD] = "held",
                                         [SEAT_BY_REASON] = "reason"};

static const struct expected_move *expectation(Stagematch__V1__ProposalState state, enum proposal_event event)
{
    for (size_t i = 0; i < EXPECTED; i++)
        if (strcmp(expected[i].state, proposal_state_facts(state)->name) == 0 &&
            strcmp(expected[i].event, proposal_event_name(event)) == 0)
            return &expected[i];
    return NULL;
}

START_TEST(every_state_and_event_does_what_the_design_says_or_is_impossible)
{
    size_t rows = 0;
    for (unsigned state = 1; state < PROPOSAL_STATE_COUNT; state++)
        for (unsigned event = 0; event < PROPOSAL_EVENT_COUNT; event++) {
            const struct proposal_move *move =
                proposal_move_of((Stagematch__V1__ProposalState)state, (enum proposal_event)event);
            const struct expected_move *want =
                expectation((Stagematch__V1__ProposalState)state, (enum proposal_event)event);
            const char *from = proposal_state_facts((Stagematch__V1__ProposalState)state)->name;
            const char *name = proposal_event_name((enum proposal_event)event);
            ck_assert_msg((move != NULL) == (want != NULL), "%s + %s", from, name);
            if (!move || !want)
                continue;
            rows++;
            ck_assert_msg(strcmp(proposal_state_facts(move->to)->name, want->next) == 0, "%s + %s", from, name);
            ck_assert_msg(move->senders == want->senders, "%s + %s", from, name);
            ck_assert_msg(strcmp(seat_names[move->seat], want->seat) == 0, "%s + %s", from, name);
            ck_assert_msg(move->unfavourable == want->unfavourable, "%s + %s", from, name);
            ck_assert_msg(move->bars == want->bars, "%s + %s", from, name);
            ck_assert_msg(move->revokes == want->revokes, "%s + %s", from, name);
            ck_assert_msg(strcmp(reason_event_name(move->reason), want->reason) == 0, "%s + %s", from, name);
            /* All but handing on to the school is a decision. */
            ck_assert_msg(move->decision == (move->to != move->from), "%s + %s", from, name);
        }
    ck_assert_uint_eq(rows, EXPECTED);
    ck_assert_uint_eq(rows, proposal_move_count);
}
END_TEST

START_TEST(each_row_is_there_once)
{
    for (size_t i = 0; i < proposal_move_count; i++)
        ck_assert_ptr_eq(proposal_move_of(proposal_moves[i].from, proposal_moves[i].event), &proposal_moves[i]);
}
END_TEST

START_TEST(only_the_approval_differs_where_the_company_does_not_choose)
{
    for (size_t i = 0; i < proposal_move_count; i++) {
        const struct proposal_move *move = &proposal_moves[i];
        bool approval = move->event == EVENT_SCHOOL_APPROVES;
        ck_assert_int_eq(move->to_direct, approval ? PROPOSAL_STATE(ACCEPTED) : PROPOSAL_STATE(UNSPECIFIED));
    }
}
END_TEST

/* state, runs, holds a seat, the company may read the identity, what it waits for, whom, what the student is meanwhile */
static const struct {
    const char *name;
    bool runs, seat, granted;
    Stagematch__V1__TaskKind task;
    unsigned role;
    Stagematch__V1__StagevraagState stagevraag;
} states[] = {
    {"proposed", true, true, false, TASK_KIND(APPROVE), ROLE(COORDINATOR), STAGEVRAAG_STATE(PROPOSED)},
    {"approved", true, true, false, TASK_KIND(DECIDE), ROLE(COMPANY), STAGEVRAAG_STATE(PROPOSED)},
    {"accepted", true, true, false, TASK_KIND(CONFIRM), ROLE(STUDENT), STAGEVRAAG_STATE(PROPOSED)},
    {"confirmed", true, true, false, TASK_KIND(RELEASE), ROLE(COORDINATOR), STAGEVRAAG_STATE(PROPOSED)},
    {"released", true, true, true, TASK_KIND(PLACE), ROLE(COMPANY), STAGEVRAAG_STATE(PROPOSED)},
    {"placed", true, true, true, TASK_KIND(START), ROLE(COORDINATOR), STAGEVRAAG_STATE(PLACED)},
    {"started", true, true, true, TASK_KIND(COMPLETE), ROLE(COORDINATOR), STAGEVRAAG_STATE(PLACED)},
    {"completed", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(COMPLETED)},
    {"vetoed", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"rejected", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"expired_company", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"declined", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"expired_student", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"dropped_after_release", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"cancelled_before_start", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"ended_early", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"withdrawn_student", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"withdrawn_place", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
    {"cancelled_round", false, false, false, TASK_KIND(UNSPECIFIED), 0, STAGEVRAAG_STATE(FREE)},
};

START_TEST(every_state_waits_for_whom_the_design_says)
{
    ck_assert_uint_eq(sizeof states / sizeof states[0] + 1, PROPOSAL_STATE_COUNT);
    for (unsigned state = 1; state < PROPOSAL_STATE_COUNT; state++) {
        const struct proposal_state_facts *facts = proposal_state_facts((Stagematch__V1__ProposalState)state);
        ck_assert_str_eq(facts->name, states[state - 1].name);
        ck_assert_int_eq(facts->runs, states[state - 1].runs);
        ck_assert_int_eq(facts->holds_seat, states[state - 1].seat);
        ck_assert_int_eq(facts->granted, states[state - 1].granted);
        ck_assert_int_eq(facts->task, states[state - 1].task);
        ck_assert_uint_eq(facts->role, states[state - 1].role);
        ck_assert_int_eq(facts->stagevraag, states[state - 1].stagevraag);
        /* What has ended can go nowhere, and what runs can end. */
        bool moves = false;
        for (unsigned event = 0; event < PROPOSAL_EVENT_COUNT; event++)
            moves =
                moves || proposal_move_of((Stagematch__V1__ProposalState)state, (enum proposal_event)event) != NULL;
        ck_assert_int_eq(moves, facts->runs);
    }
}
END_TEST

START_TEST(a_move_leads_from_a_running_state_and_an_unfavourable_one_to_an_end)
{
    for (size_t i = 0; i < proposal_move_count; i++) {
        const struct proposal_move *move = &proposal_moves[i];
        ck_assert(proposal_state_facts(move->from)->runs);
        ck_assert(!move->unfavourable || !proposal_state_facts(move->to)->runs);
        ck_assert(!move->bars || move->unfavourable);
        /* A grant that was there and no longer is was revoked. */
        bool lost = proposal_state_facts(move->from)->granted && !proposal_state_facts(move->to)->granted;
        ck_assert_int_eq(move->revokes, lost);
    }
}
END_TEST

RUN_TESTS("proposal_table", every_state_and_event_does_what_the_design_says_or_is_impossible, each_row_is_there_once,
          only_the_approval_differs_where_the_company_does_not_choose, every_state_waits_for_whom_the_design_says,
          a_move_leads_from_a_running_state_and_an_unfavourable_one_to_an_end)
