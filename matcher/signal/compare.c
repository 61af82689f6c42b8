#include "signal/compare.h"

#include <string.h>

struct unit_share *unit_share_of(struct unit_share shares[UNIT_SHARES_MAX], size_t *count, const char *stratum)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(shares[i].levels[STRATUM_LEVELS - 1], stratum) == 0)
            return &shares[i];
    if (*count == UNIT_SHARES_MAX)
        return &shares[UNIT_SHARES_MAX - 1];
    struct unit_share *added = &shares[(*count)++];
    bool whole_market = *count == UNIT_SHARES_MAX;
    memset(added, 0, sizeof *added);
    for (unsigned level = 0; level < STRATUM_LEVELS; level++)
        stratum_at(stratum, whole_market ? 0 : level, added->levels[level]);
    return added;
}

static bool lies_in(const struct unit_share *share, const char *stratum)
{
    for (unsigned level = 0; level < STRATUM_LEVELS; level++)
        if (strcmp(share->levels[level], stratum) == 0)
            return true;
    return false;
}

static uint64_t less(uint64_t all, uint64_t own)
{
    return all > own ? all - own : 0;
}

static uint64_t sum_of(unsigned counters, const uint64_t counts[RULE_COUNTERS])
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < RULE_COUNTERS; i++)
        if (counters >> i & 1)
            sum += counts[i];
    return sum;
}

static struct judge_reference others_in(const struct comparison *with, unsigned rule, const char *stratum)
{
    const struct rule_facts *facts = rule_facts(rule);
    uint64_t counts[RULE_COUNTERS] = {0};
    with->counted(with->context, stratum, counts);
    struct judge_reference others = {counts[facts->events], sum_of(facts->among, counts)};
    for (size_t i = 0; i < with->unit_count; i++) {
        if (!lies_in(&with->unit[i], stratum))
            continue;
        others.events = less(others.events, rule_events(rule, with->unit[i].counts));
        others.decisions = less(others.decisions, rule_decisions(rule, with->unit[i].counts));
    }
    return others;
}

struct judge_sample compare_sample(const struct comparison *with, const struct unit_share *of, size_t of_count,
                                   unsigned rule)
{
    struct judge_sample sample = {.rule = rule};
    double expected = 0;
    for (size_t i = 0; i < of_count; i++) {
        struct judge_reference levels[STRATUM_LEVELS];
        uint32_t decisions = rule_decisions(rule, of[i].counts);
        sample.events += rule_events(rule, of[i].counts);
        sample.blind_decided += of[i].counts[COUNT_BLIND_DECIDED];
        sample.blind_rejected += of[i].counts[COUNT_BLIND_REJECTED];
        if (!decisions)
            continue;
        for (unsigned level = 0; level < STRATUM_LEVELS; level++)
            levels[level] = others_in(with, rule, of[i].levels[level]);
        expected += decisions * judge_share(rule, levels, STRATUM_LEVELS);
        sample.decisions += decisions;
        sample.reference = levels[0].decisions;
    }
    sample.share = sample.decisions ? expected / sample.decisions : 0;
    return sample;
}
