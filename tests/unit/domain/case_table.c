#include "domain/case_table.h"

#include "support/support.h"

#include <string.h>

/*
 * What the design says, written apart from the table: a row for each pair of state and event. What is not here, nor in every state that has
 * not ended, is impossible.
 */
struct expected_move {
    const char *state, *event, *next; /* next "end", "back": as it was proposed */
    unsigned senders;                 /* H handler, R reviewer, S second, C company, V service */
    int text;                         /* 0 none, 1 optional, 2 needed */
};
enum { H = CASE_HANDLER, R = CASE_REVIEWER, S = CASE_SECOND, C = CASE_COMPANY, V = CASE_SERVICE };

static const struct expected_move everywhere[] = {{"", "taken", "", R, 0},
                                                  {"", "tie_declared", "", R, 0},
                                                  {"", "noted", "", H, 2},
                                                  {"", "overdue", "", V, 0},
                                                  {"", "exported", "", H, 0}};
enum { EVERYWHERE = sizeof everywhere / sizeof everywhere[0] };

static const struct expected_move expected[] = {
    {"received", "verified", "verified", H, 1},
    {"received", "ending_proposed", "closing", H, 1},
    {"verified", "asked", "wederhoor", H, 2},
    {"verified", "ending_proposed", "closing", H, 1},
    {"wederhoor", "asked", "wederhoor", H, 2},
    {"wederhoor", "answered", "assessment", C, 2},
    {"wederhoor", "went_on", "assessment", H, 1},
    {"wederhoor", "ending_proposed", "closing", H, 1},
    {"assessment", "asked", "wederhoor", H, 2},
    {"assessment", "answered", "assessment", C, 2},
    {"assessment", "upheld", "measure", H, 2},
    {"assessment", "not_upheld", "feedback", H, 2},
    {"assessment", "forwarded", "forwarded", H, 1},
    {"assessment", "ending_proposed", "closing", H, 1},
    {"measure", "measure", "measure", H, 0},
    {"measure", "measures_agreed", "feedback", H, 1},
    {"measure", "forwarded", "forwarded", H, 1},
    {"forwarded", "measure", "forwarded", H, 0},
    {"forwarded", "sbb_answered", "feedback", H, 1},
    {"feedback", "measure", "feedback", H, 0},
    {"feedback", "feedback_given", "aftercare", H, 2},
    {"aftercare", "measure", "aftercare", H, 0},
    {"aftercare", "closing_proposed", "closing", H, 1},
    {"closing", "second_asked", "closing", H, 0},
    {"closing", "second_agreed", "end", S, 1},
    {"closing", "second_disagreed", "back", S, 2},
    {"closed", "exported", "closed", H, 0},
    {"unfounded", "exported", "unfounded", H, 0},
    {"withdrawn", "exported", "withdrawn", H, 0},
};
enum { EXPECTED = sizeof expected / sizeof expected[0] };

static const struct expected_move *find(const char *state, bool runs, const char *event)
{
    for (size_t i = 0; i < EXPECTED; i++)
        if (strcmp(expected[i].state, state) == 0 && strcmp(expected[i].event, event) == 0)
            return &expected[i];
    for (size_t i = 0; i < EVERYWHERE && runs; i++)
        if (strcmp(everywhere[i].event, event) == 0)
            return &everywhere[i];
    return NULL;
}

static const char *next_of(const struct case_move *move)
{
    if (move->target == CASE_TO_END)
        return "end";
    return move->target == CASE_TO_BACK ? "back" : case_state_facts(move->to)->name;
}

START_TEST(every_state_with_every_event)
{
    size_t possible = 0;
    for (int state = 0; state < CASE_STATE_COUNT; state++)
        for (int event = 0; event < CASE_EVENT_COUNT; event++) {
            const struct case_state_facts *facts = case_state_facts((Stagematch__V1__CaseState)state);
            const char *name = case_event_name((Stagematch__V1__CaseEvent)event);
            const struct case_move *move =
                case_move_of((Stagematch__V1__CaseState)state, (Stagematch__V1__CaseEvent)event);
            const struct expected_move *want = find(facts->name, facts->runs, name);
            ck_assert_msg(!move == !want, "%s with %s", facts->name, name);
            if (!move)
                continue;
            possible++;
            ck_assert_str_eq(next_of(move), want->next[0] ? want->next : facts->name);
            ck_assert_msg(move->senders == want->senders, "%s with %s: who", facts->name, name);
            ck_assert_msg((int)move->text == want->text, "%s with %s: the text", facts->name, name);
        }
    ck_assert_uint_eq(possible, case_move_count); /* no row twice, none that cannot be reached */
}
END_TEST

START_TEST(every_state_that_runs_waits_for_somebody_and_can_be_left)
{
    for (int state = 1; state < CASE_STATE_COUNT; state++) {
        const struct case_state_facts *facts = case_state_facts((Stagematch__V1__CaseState)state);
        bool left = false;
        for (size_t i = 0; i < case_move_count; i++)
            left = left || (case_moves[i].from == (Stagematch__V1__CaseState)state &&
                            (case_moves[i].target != CASE_TO || case_moves[i].to != case_moves[i].from));
        ck_assert_msg(facts->runs == left, "%s", facts->name);
        ck_assert_msg(facts->runs == (facts->task != TASK_KIND(UNSPECIFIED)), "%s", facts->name);
        ck_assert_uint_eq(strlen(facts->name) > 0, 1);
    }
}
END_TEST

START_TEST(no_end_without_a_second_person)
{
    for (size_t i = 0; i < case_move_count; i++) {
        const struct case_move *move = &case_moves[i];
        bool ends = move->target == CASE_TO_END || (move->target == CASE_TO && !case_state_facts(move->to)->runs);
        if (ends && case_state_facts(move->from)->runs)
            ck_assert_uint_eq(move->senders, CASE_SECOND);
    }
}
END_TEST

START_TEST(what_is_no_state_or_event_is_nothing)
{
    ck_assert_str_eq(case_state_facts((Stagematch__V1__CaseState)99)->name, "unspecified");
    ck_assert_str_eq(case_event_name((Stagematch__V1__CaseEvent)99), "unspecified");
    ck_assert(!case_event_is_plain((Stagematch__V1__CaseEvent)99));
    ck_assert(case_event_is_plain(CASE_EVENT(VERIFIED)) && !case_event_is_plain(CASE_EVENT(ASKED)));
    ck_assert_ptr_null(case_move_of(CASE_STATE(UNSPECIFIED), CASE_EVENT(TAKEN)));
}
END_TEST

RUN_TESTS("case_table", every_state_with_every_event, every_state_that_runs_waits_for_somebody_and_can_be_left,
          no_end_without_a_second_person, what_is_no_state_or_event_is_nothing)
