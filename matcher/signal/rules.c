#include "signal/rules.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

#define UNIT(kind) (1u << UNIT_##kind)
#define COUNTER(name) (1u << COUNT_##name)

enum { COMPANIES = UNIT(COMPANY) | UNIT(CONCERN), SCHOOLS = UNIT(COORDINATOR) | UNIT(SCHOOL) };
enum { COMPANY_DECIDED = COUNTER(BLIND_DECIDED) | COUNTER(RELEASED_DECIDED) };

static const struct rule_facts facts[RULE_LIMIT] = {
    [RULE_UNEXPLAINED] = {"R1", COMPANIES, COUNT_UNEXPLAINED, COMPANY_DECIDED, .05, false, false},
    [RULE_AFTER_RELEASE] = {"R2", COMPANIES, COUNT_DROPPED, COUNTER(RELEASED_DECIDED), .05, true, false},
    [RULE_WITHDRAWN] = {"R3", COMPANIES, COUNT_WITHDRAWN_AGAIN, COUNTER(RELEASED), .01, true, false},
    [RULE_MOVED_GOALPOSTS] = {"R4", COMPANIES, COUNT_CRITERIA_MOVED, COUNTER(SHOWN), .02, false, false},
    [RULE_SILENCE] = {"R5", COMPANIES, COUNT_SILENT, COUNTER(BLIND_DECIDED) | COUNTER(SILENT), .1, false, false},
    [RULE_ASKS_FOR_MORE] = {"R6", COMPANIES, COUNT_ASKED_FOR_MORE, COUNTER(SHOWN), .02, true, false},
    [RULE_NOT_OBJECTIVE] = {"R7", COMPANIES, COUNT_NOT_OBJECTIVE, COMPANY_DECIDED, .05, false, false},
    [RULE_ENDED_EARLY] = {"R8", COMPANIES, COUNT_ENDED_EARLY, COUNTER(STARTED), .05, false, false},
    [RULE_REPORT] = {"R9", COMPANIES, COUNT_REPORTS, COUNTER(STARTED), .01, false, true},
    [RULE_SCHOOL_VETOES] = {"R11", SCHOOLS, COUNT_VETOED, COUNTER(SCHOOL_DECIDED), .05, false, false},
    [RULE_SCHOOL_DECLINES] = {"R11", SCHOOLS, COUNT_BEHALF_DECLINED, COUNTER(BEHALF_DECIDED), .2, false, false},
    [RULE_SCHOOL_LEVELS] = {"R11", SCHOOLS, COUNT_LEVELS_CHANGED, COUNTER(LEVELS_DECIDED), .5, false, false},
};

/* What a step adds where all of `with` are among its marks and none of `without`. */
static const struct addition {
    enum rule_step step;
    unsigned with, without;
    enum unit_kind unit;
    enum rule_counter counter;
} additions[] = {
    {STEP_SCHOOL_APPROVED, 0, 0, UNIT_COMPANY, COUNT_SHOWN},
    {STEP_SCHOOL_APPROVED, 0, 0, UNIT_COORDINATOR, COUNT_SCHOOL_DECIDED},
    {STEP_SCHOOL_VETOED, 0, 0, UNIT_COORDINATOR, COUNT_SCHOOL_DECIDED},
    {STEP_SCHOOL_VETOED, 0, 0, UNIT_COORDINATOR, COUNT_VETOED},
    {STEP_AGREED, 0, 0, UNIT_COMPANY, COUNT_BLIND_DECIDED},
    {STEP_AGREED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECIDED},
    {STEP_REJECTED, 0, 0, UNIT_COMPANY, COUNT_BLIND_DECIDED},
    {STEP_REJECTED, 0, 0, UNIT_COMPANY, COUNT_BLIND_REJECTED},
    {STEP_REJECTED, MARK_UNEXPLAINED, 0, UNIT_COMPANY, COUNT_UNEXPLAINED},
    {STEP_REJECTED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECIDED},
    {STEP_REJECTED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECLINED},
    {STEP_SILENT, 0, 0, UNIT_COMPANY, COUNT_SILENT},
    {STEP_RELEASED, 0, 0, UNIT_COMPANY, COUNT_RELEASED},
    {STEP_PLACED, 0, 0, UNIT_COMPANY, COUNT_RELEASED_DECIDED},
    {STEP_PLACED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECIDED},
    {STEP_DROPPED, 0, 0, UNIT_COMPANY, COUNT_RELEASED_DECIDED},
    {STEP_DROPPED, 0, MARK_FACT, UNIT_COMPANY, COUNT_DROPPED},
    {STEP_DROPPED, MARK_UNEXPLAINED, 0, UNIT_COMPANY, COUNT_UNEXPLAINED},
    {STEP_DROPPED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECIDED},
    {STEP_DROPPED, MARK_ON_BEHALF, 0, UNIT_COORDINATOR, COUNT_BEHALF_DECLINED},
    {STEP_STARTED, 0, 0, UNIT_COMPANY, COUNT_STARTED},
    {STEP_ENDED, MARK_EARLY | MARK_BY_COMPANY, 0, UNIT_COMPANY, COUNT_ENDED_EARLY},
    {STEP_WITHDRAWN_AGAIN, 0, 0, UNIT_COMPANY, COUNT_WITHDRAWN_AGAIN},
    {STEP_CRITERIA_MOVED, 0, 0, UNIT_COMPANY, COUNT_CRITERIA_MOVED},
    {STEP_ASKED_FOR_MORE, 0, 0, UNIT_COMPANY, COUNT_ASKED_FOR_MORE},
    {STEP_CONTRADICTED, 0, 0, UNIT_COMPANY, COUNT_UNEXPLAINED},
    {STEP_NOT_OBJECTIVE, 0, 0, UNIT_COMPANY, COUNT_NOT_OBJECTIVE},
    {STEP_REPORTED, 0, 0, UNIT_COMPANY, COUNT_REPORTS},
    {STEP_LEVEL_KEPT, 0, 0, UNIT_COORDINATOR, COUNT_LEVELS_DECIDED},
    {STEP_LEVEL_CHANGED, 0, 0, UNIT_COORDINATOR, COUNT_LEVELS_DECIDED},
    {STEP_LEVEL_CHANGED, 0, 0, UNIT_COORDINATOR, COUNT_LEVELS_CHANGED},
};
enum { ADDITIONS = sizeof additions / sizeof additions[0] };

/* Of a proposal "accepted" may be the company's word or, in a round where it does not choose, the school's. */
static const struct {
    const char *code;
    enum rule_step by_others, by_company;
} codes[] = {
    {"approved", STEP_SCHOOL_APPROVED, STEP_SCHOOL_APPROVED},
    {"accepted", STEP_SCHOOL_APPROVED, STEP_AGREED},
    {"vetoed", STEP_SCHOOL_VETOED, STEP_SCHOOL_VETOED},
    {"rejected", STEP_REJECTED, STEP_REJECTED},
    {"expired_company", STEP_SILENT, STEP_SILENT},
    {"released", STEP_RELEASED, STEP_RELEASED},
    {"placed", STEP_PLACED, STEP_PLACED},
    {"dropped_after_release", STEP_DROPPED, STEP_DROPPED},
    {"started", STEP_STARTED, STEP_STARTED},
    {"ended_early", STEP_ENDED, STEP_ENDED},
    {"withdrawn_again", STEP_WITHDRAWN_AGAIN, STEP_WITHDRAWN_AGAIN},
    {"criteria_changed", STEP_CRITERIA_MOVED, STEP_CRITERIA_MOVED},
    {"asks_for_more", STEP_ASKED_FOR_MORE, STEP_ASKED_FOR_MORE},
    {"contradicted", STEP_CONTRADICTED, STEP_CONTRADICTED},
    {"not_objective", STEP_NOT_OBJECTIVE, STEP_NOT_OBJECTIVE},
    {"report", STEP_REPORTED, STEP_REPORTED},
    {"level_kept", STEP_LEVEL_KEPT, STEP_LEVEL_KEPT},
    {"level_changed", STEP_LEVEL_CHANGED, STEP_LEVEL_CHANGED},
};

const struct rule_facts *rule_facts(unsigned rule)
{
    return rule < RULE_LIMIT && facts[rule].code ? &facts[rule] : NULL;
}

/* Whose counters these are: a concern's are a company's, a school's those of its coördinatoren. */
static enum unit_kind counted_as(enum unit_kind unit)
{
    if (unit == UNIT_CONCERN)
        return UNIT_COMPANY;
    return unit == UNIT_SCHOOL ? UNIT_COORDINATOR : unit;
}

size_t rule_adds(enum rule_step step, unsigned marks, enum unit_kind unit, enum rule_counter out[RULE_ADDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < ADDITIONS && count < RULE_ADDS_MAX; i++) {
        const struct addition *row = &additions[i];
        if (row->step == step && (unit == UNIT_STRATUM || row->unit == counted_as(unit)) &&
            (marks & row->with) == row->with && !(marks & row->without))
            out[count++] = row->counter;
    }
    return count;
}

unsigned rules_of_step(enum rule_step step, unsigned marks, enum unit_kind unit)
{
    enum rule_counter added[RULE_ADDS_MAX];
    size_t count = rule_adds(step, marks, unit, added);
    unsigned rules = 0;
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++)
        for (size_t i = 0; i < count && facts[rule].code; i++)
            if (facts[rule].events == added[i] && facts[rule].units & 1u << unit)
                rules |= 1u << rule;
    return rules;
}

unsigned rules_touched(enum rule_step step, unsigned marks, enum unit_kind unit)
{
    enum rule_counter added[RULE_ADDS_MAX];
    size_t count = rule_adds(step, marks, unit, added);
    unsigned rules = 0;
    for (unsigned rule = 0; rule < RULE_LIMIT; rule++)
        for (size_t i = 0; i < count && facts[rule].code; i++)
            if ((facts[rule].events == added[i] || facts[rule].among >> added[i] & 1) &&
                facts[rule].units & 1u << unit)
                rules |= 1u << rule;
    /* R2 is held against the rejections while blinded. */
    for (size_t i = 0; i < count; i++)
        if (added[i] == COUNT_BLIND_DECIDED)
            rules |= 1u << RULE_AFTER_RELEASE;
    return rules;
}

const char *rule_step_name(enum rule_step step)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].by_company == step)
            return codes[i].code;
    return "";
}

enum rule_step rule_step_of(const char *code, bool by_company)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i].code, code) == 0)
            return by_company ? codes[i].by_company : codes[i].by_others;
    return STEP_OTHER;
}

uint32_t rule_events(unsigned rule, const uint32_t counts[RULE_COUNTERS])
{
    const struct rule_facts *of = rule_facts(rule);
    return of ? counts[of->events] : 0;
}

uint32_t rule_decisions(unsigned rule, const uint32_t counts[RULE_COUNTERS])
{
    const struct rule_facts *of = rule_facts(rule);
    uint32_t sum = 0;
    for (unsigned i = 0; of && i < RULE_COUNTERS; i++)
        if (of->among >> i & 1)
            sum += counts[i];
    return sum;
}

uint32_t rule_quarter(int64_t time_ms)
{
    enum { DAY_MS = 86400000, QUARTER_MONTHS = 3, MONTHS_TO_1970 = 1970 * MONTHS_PER_YEAR };
    if (time_ms < 0)
        return 0;
    return (uint32_t)((date_month(time_ms / DAY_MS) - MONTHS_TO_1970) / QUARTER_MONTHS);
}

bool rule_in_window(uint32_t quarter, uint32_t present, uint32_t quarters)
{
    return quarter <= present && present - quarter < quarters;
}

void rule_quarter_name(uint32_t quarter, char out[QUARTER_NAME_BYTES])
{
    unsigned year = (1970 + quarter / 4) % 10000;
    (void)snprintf(out, QUARTER_NAME_BYTES, "%04u-Q%u", year, quarter % 4 + 1);
}
