#include "domain/case_table.h"

#define S(name) CASE_STATE(name)
#define E(name) CASE_EVENT(name)

#define MOVE(from, event, to, senders, text)                                                                         \
    {                                                                                                                \
        S(from), E(event), CASE_TO, S(to), (senders), CASE_TEXT_##text                                               \
    }
/* What may happen in every state that has not ended, and leaves it as it is. */
#define IN_EVERY(state)                                                                                              \
    MOVE(state, TAKEN, state, CASE_REVIEWER, NONE), MOVE(state, TIE_DECLARED, state, CASE_REVIEWER, NONE),           \
        MOVE(state, NOTED, state, CASE_HANDLER, NEEDED), MOVE(state, OVERDUE, state, CASE_SERVICE, NONE),            \
        MOVE(state, EXPORTED, state, CASE_HANDLER, NONE)
#define MEASURES_IN(state) MOVE(state, MEASURE, state, CASE_HANDLER, NONE)
#define ENDING(state) MOVE(state, ENDING_PROPOSED, CLOSING, CASE_HANDLER, OPTIONAL)

const struct case_move case_moves[] = {
    IN_EVERY(RECEIVED),
    MOVE(RECEIVED, VERIFIED, VERIFIED, CASE_HANDLER, OPTIONAL),
    ENDING(RECEIVED),

    IN_EVERY(VERIFIED),
    MOVE(VERIFIED, ASKED, WEDERHOOR, CASE_HANDLER, NEEDED),
    ENDING(VERIFIED),

    IN_EVERY(WEDERHOOR),
    MOVE(WEDERHOOR, ASKED, WEDERHOOR, CASE_HANDLER, NEEDED),
    MOVE(WEDERHOOR, ANSWERED, ASSESSMENT, CASE_COMPANY, NEEDED),
    MOVE(WEDERHOOR, WENT_ON, ASSESSMENT, CASE_HANDLER, OPTIONAL), /* only when the term is over */
    ENDING(WEDERHOOR),

    IN_EVERY(ASSESSMENT),
    MOVE(ASSESSMENT, ASKED, WEDERHOOR, CASE_HANDLER, NEEDED),
    MOVE(ASSESSMENT, ANSWERED, ASSESSMENT, CASE_COMPANY, NEEDED), /* late, or more */
    MOVE(ASSESSMENT, UPHELD, MEASURE, CASE_HANDLER, NEEDED),
    MOVE(ASSESSMENT, NOT_UPHELD, FEEDBACK, CASE_HANDLER, NEEDED),
    MOVE(ASSESSMENT, FORWARDED, FORWARDED, CASE_HANDLER, OPTIONAL),
    ENDING(ASSESSMENT),

    IN_EVERY(MEASURE),
    MEASURES_IN(MEASURE),
    MOVE(MEASURE, MEASURES_AGREED, FEEDBACK, CASE_HANDLER, OPTIONAL),
    MOVE(MEASURE, FORWARDED, FORWARDED, CASE_HANDLER, OPTIONAL),

    IN_EVERY(FORWARDED),
    MEASURES_IN(FORWARDED),
    MOVE(FORWARDED, SBB_ANSWERED, FEEDBACK, CASE_HANDLER, OPTIONAL),

    IN_EVERY(FEEDBACK),
    MEASURES_IN(FEEDBACK),
    MOVE(FEEDBACK, FEEDBACK_GIVEN, AFTERCARE, CASE_HANDLER, NEEDED),

    IN_EVERY(AFTERCARE),
    MEASURES_IN(AFTERCARE),
    MOVE(AFTERCARE, CLOSING_PROPOSED, CLOSING, CASE_HANDLER, OPTIONAL),

    IN_EVERY(CLOSING),
    MOVE(CLOSING, SECOND_ASKED, CLOSING, CASE_HANDLER, NONE),
    {S(CLOSING), E(SECOND_AGREED), CASE_TO_END, S(UNSPECIFIED), CASE_SECOND, CASE_TEXT_OPTIONAL},
    {S(CLOSING), E(SECOND_DISAGREED), CASE_TO_BACK, S(UNSPECIFIED), CASE_SECOND, CASE_TEXT_NEEDED},

    /* A dossier of what is over may still be asked for. */
    MOVE(CLOSED, EXPORTED, CLOSED, CASE_HANDLER, NONE),
    MOVE(UNFOUNDED, EXPORTED, UNFOUNDED, CASE_HANDLER, NONE),
    MOVE(WITHDRAWN, EXPORTED, WITHDRAWN, CASE_HANDLER, NONE),
};
const size_t case_move_count = sizeof case_moves / sizeof case_moves[0];

const struct case_move *case_move_of(Stagematch__V1__CaseState from, Stagematch__V1__CaseEvent event)
{
    for (size_t i = 0; i < case_move_count; i++)
        if (case_moves[i].from == from && case_moves[i].event == event)
            return &case_moves[i];
    return NULL;
}

#define WAITS(kind) TASK_KIND(CASE_##kind), ROLE(VERTROUWENSPERSOON)
#define NOTHING TASK_KIND(UNSPECIFIED), ROLE(UNSPECIFIED)

static const struct case_state_facts states[CASE_STATE_COUNT] = {
    [S(UNSPECIFIED)] = {"unspecified", false, NOTHING},
    [S(RECEIVED)] = {"received", true, WAITS(VERIFY)},
    [S(VERIFIED)] = {"verified", true, WAITS(HEAR)},
    [S(WEDERHOOR)] = {"wederhoor", true, TASK_KIND(CASE_ANSWER), ROLE(COMPANY)},
    [S(ASSESSMENT)] = {"assessment", true, WAITS(ASSESS)},
    [S(MEASURE)] = {"measure", true, WAITS(MEASURE)},
    [S(FORWARDED)] = {"forwarded", true, WAITS(SBB)},
    [S(FEEDBACK)] = {"feedback", true, WAITS(FEEDBACK)},
    [S(AFTERCARE)] = {"aftercare", true, WAITS(AFTERCARE)},
    [S(CLOSING)] = {"closing", true, WAITS(CLOSE)},
    [S(CLOSED)] = {"closed", false, NOTHING},
    [S(UNFOUNDED)] = {"unfounded", false, NOTHING},
    [S(WITHDRAWN)] = {"withdrawn", false, NOTHING},
};

const struct case_state_facts *case_state_facts(Stagematch__V1__CaseState state)
{
    return &states[(unsigned)state < CASE_STATE_COUNT ? (unsigned)state : 0];
}

static const struct {
    const char *name;
    bool is_plain;
} events[CASE_EVENT_COUNT] = {
    [E(UNSPECIFIED)] = {"unspecified", false},
    [E(OPENED)] = {"opened", false},
    [E(TAKEN)] = {"taken", false},
    [E(TIE_DECLARED)] = {"tie_declared", false},
    [E(VERIFIED)] = {"verified", true},
    [E(ASKED)] = {"asked", false},
    [E(ANSWERED)] = {"answered", false},
    [E(WENT_ON)] = {"went_on", true},
    [E(UPHELD)] = {"upheld", false},
    [E(NOT_UPHELD)] = {"not_upheld", false},
    [E(MEASURE)] = {"measure", false},
    [E(MEASURES_AGREED)] = {"measures_agreed", true},
    [E(FORWARDED)] = {"forwarded", true},
    [E(SBB_ANSWERED)] = {"sbb_answered", true},
    [E(FEEDBACK_GIVEN)] = {"feedback_given", true},
    [E(CLOSING_PROPOSED)] = {"closing_proposed", true},
    [E(ENDING_PROPOSED)] = {"ending_proposed", false},
    [E(SECOND_ASKED)] = {"second_asked", false},
    [E(SECOND_AGREED)] = {"second_agreed", false},
    [E(SECOND_DISAGREED)] = {"second_disagreed", false},
    [E(NOTED)] = {"noted", true},
    [E(OVERDUE)] = {"overdue", false},
    [E(EXPORTED)] = {"exported", false},
};

const char *case_event_name(Stagematch__V1__CaseEvent event)
{
    return events[(unsigned)event < CASE_EVENT_COUNT ? (unsigned)event : 0].name;
}

bool case_event_is_plain(Stagematch__V1__CaseEvent event)
{
    return (unsigned)event < CASE_EVENT_COUNT && events[event].is_plain;
}
