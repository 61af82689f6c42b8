/*
 * rules.h - patterns in decisions that need no origin data: what is counted, and by which rule (R1-R9 and R11 of README.md).
 *
 * A unit (a leerbedrijf, a concern, a coördinator, a school) is a row of counters. Every step of a proposal and every observation adds
 * to some of them, whatever the order in which they arrive, so that a unit's figures are the same for any order, and those of two
 * ledgers that were cut apart are the sum. A step must be given once: the engine applies each once, a ledger has each once.
 *
 * Pure; no memory is allocated. Whether a count says anything is judged by judge.h.
 */
#ifndef SIGNAL_RULES_H
#define SIGNAL_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers are those of SignalRule in the API, and of the method's codes. */
enum signal_rule {
    RULE_NONE = 0,
    RULE_UNEXPLAINED = 1,
    RULE_AFTER_RELEASE = 2,
    RULE_WITHDRAWN = 3,
    RULE_MOVED_GOALPOSTS = 4,
    RULE_SILENCE = 5,
    RULE_ASKS_FOR_MORE = 6,
    RULE_NOT_OBJECTIVE = 7,
    RULE_ENDED_EARLY = 8,
    RULE_REPORT = 9,
    RULE_SCHOOL_VETOES = 11,
    RULE_SCHOOL_DECLINES = 12,
    RULE_SCHOOL_LEVELS = 13,
    RULE_LIMIT,
};

enum rule_counter {
    COUNT_BLIND_DECIDED, /* the company agreed or objected */
    COUNT_BLIND_REJECTED,
    COUNT_RELEASED_DECIDED, /* the company placed or dropped */
    COUNT_DROPPED,          /* but for a fact that only shows after release (no VOG, too young, did not come) */
    COUNT_UNEXPLAINED,
    COUNT_RELEASED,
    COUNT_WITHDRAWN_AGAIN,
    COUNT_SHOWN,
    COUNT_CRITERIA_MOVED,
    COUNT_SILENT,
    COUNT_ASKED_FOR_MORE,
    COUNT_NOT_OBJECTIVE,
    COUNT_STARTED,
    COUNT_ENDED_EARLY,
    COUNT_REPORTS,
    COUNT_SCHOOL_DECIDED, /* approved or vetoed */
    COUNT_VETOED,
    COUNT_BEHALF_DECIDED, /* on behalf of a company */
    COUNT_BEHALF_DECLINED,
    COUNT_LEVELS_DECIDED, /* a contested level was kept or changed */
    COUNT_LEVELS_CHANGED,
    RULE_COUNTERS,
};

/* What happened. The first are moves of a proposal, the others observations that the engine makes when they show. */
enum rule_step {
    STEP_OTHER,
    STEP_SCHOOL_APPROVED,
    STEP_SCHOOL_VETOED,
    STEP_AGREED,
    STEP_REJECTED,
    STEP_SILENT,
    STEP_RELEASED,
    STEP_PLACED,
    STEP_DROPPED,
    STEP_STARTED,
    STEP_ENDED,
    STEP_WITHDRAWN_AGAIN,
    STEP_CRITERIA_MOVED,
    STEP_ASKED_FOR_MORE,
    STEP_CONTRADICTED,
    STEP_NOT_OBJECTIVE,
    STEP_REPORTED,
    STEP_LEVEL_KEPT,
    STEP_LEVEL_CHANGED,
    RULE_STEPS,
};

/* What the moment alone knew of a step; kept with it in the ledger. */
enum {
    MARK_UNEXPLAINED = 1, /* reason of class "other" */
    MARK_FACT = 2,        /* reason of class "fact" */
    MARK_EARLY = 4,       /* within the first weeks */
    MARK_BY_COMPANY = 8,  /* the company's side ended it */
    MARK_ON_BEHALF = 16,  /* a coördinator acted for the company */
};

/* Whose figures a rule is about; the numbers are those of SignalUnit in the API, 0 a stratum. */
enum unit_kind { UNIT_STRATUM, UNIT_COMPANY, UNIT_CONCERN, UNIT_COORDINATOR, UNIT_SCHOOL, UNIT_KINDS };

struct rule_facts {
    const char *code; /* "R1" */
    unsigned units;   /* bits 1 << enum unit_kind */
    enum rule_counter events;
    unsigned among;    /* bits 1 << enum rule_counter, whose sum is the number of decisions */
    double prior;      /* the share assumed where nothing was measured yet; weighs as little as judge.h says */
    bool opens_point;  /* a single event is something to talk about */
    bool never_raised; /* its number raises no signal */
};

/* NULL for a number that is no rule. */
const struct rule_facts *rule_facts(unsigned rule);

/* The counters of such a unit to which a step adds one, at most RULE_ADDS_MAX, and how many these are. A stratum has them all. */
enum { RULE_ADDS_MAX = 6 };
size_t rule_adds(enum rule_step step, unsigned marks, enum unit_kind unit, enum rule_counter out[RULE_ADDS_MAX]);

/* The rules of which this step is an event, at such a unit: bits 1 << enum signal_rule. A drop under "anders" is one of R1 and of R2. */
unsigned rules_of_step(enum rule_step step, unsigned marks, enum unit_kind unit);

/* The rules whose events or decisions this step changes at such a unit. */
unsigned rules_touched(enum rule_step step, unsigned marks, enum unit_kind unit);

/* As a ledger entry has it: the state that a proposal entered ("rejected") or what was observed ("asks_for_more"). */
enum rule_step rule_step_of(const char *code, bool by_company);

/* The code of an observation, by its step; "" for what only a proposal does by several. */
const char *rule_step_name(enum rule_step step);

uint32_t rule_events(unsigned rule, const uint32_t counts[RULE_COUNTERS]);
uint32_t rule_decisions(unsigned rule, const uint32_t counts[RULE_COUNTERS]);

/*
 * Windows: quarters of a year in UTC, counted from 1970. A unit's figures are those of the `quarters` that end with the present one;
 * what lies outside, in the future too, does not count.
 */
uint32_t rule_quarter(int64_t time_ms);
bool rule_in_window(uint32_t quarter, uint32_t present, uint32_t quarters);
/* "2026-Q4". */
enum { QUARTER_NAME_BYTES = 12 };
void rule_quarter_name(uint32_t quarter, char out[QUARTER_NAME_BYTES]);

#endif
