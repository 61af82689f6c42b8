/* The rule for one pair, straight from its definition; it shares nothing with the index in eligible.c. */
#include "match/eligible.h"
#include "match/geo.h"

#include <stdbool.h>

static bool contains(const uint32_t *pool, struct span span, uint32_t wanted)
{
    for (uint32_t i = 0; i < span.count; i++)
        if (pool[span.at + i] == wanted)
            return true;
    return false;
}

uint32_t eligible_distance_m(const struct market *market, uint32_t student, uint32_t place)
{
    struct geo_point from = geo_point_of(market->points[market->students[student].point]);
    struct geo_point to = geo_point_of(market->points[market->placements[place].point]);
    return geo_distance_m(&from, &to);
}

uint8_t eligible_score(const struct market *market, uint32_t student, uint32_t place)
{
    const struct placement *placement = &market->placements[place];
    uint32_t reached = 0, weights = 0;
    for (uint32_t i = 0; i < placement->weighted.count; i++) {
        const struct criterion *criterion = &market->criteria[placement->weighted.at + i];
        reached += (uint32_t)criterion->weight * market_level(market, &market->students[student], criterion->skill);
        weights += criterion->weight;
    }
    return (uint8_t)(weights ? SCORE_MAX * reached / (LEVEL_MAX * weights) : SCORE_MAX);
}

uint8_t eligible_shared_tags(const struct market *market, uint32_t student, uint32_t place)
{
    const struct student *s = &market->students[student];
    const struct placement *p = &market->placements[place];
    uint8_t shared = 0;
    for (uint32_t i = 0; i < p->tags.count; i++)
        shared = (uint8_t)(shared + contains(market->tags, s->tags, market->tags[p->tags.at + i]));
    return shared;
}

static bool meets_hard_criteria(const struct market *market, const struct student *s, const struct placement *p)
{
    for (uint32_t i = 0; i < p->hard.count; i++) {
        const struct criterion *criterion = &market->criteria[p->hard.at + i];
        if (market_level(market, s, criterion->skill) < criterion->level)
            return false;
    }
    return true;
}

enum rule eligible_first_broken(const struct market *market, const struct match_rules *rules, uint32_t student,
                                uint32_t place)
{
    const struct student *s = &market->students[student];
    const struct placement *p = &market->placements[place];
    if (!contains(market->qualifications, p->qualifications, s->qualification))
        return RULE_QUALIFICATION;
    if (p->leerweg != s->leerweg)
        return RULE_LEERWEG;
    if (contains(market->exclusions, s->exclusions, place))
        return RULE_EXCLUDED;
    if (p->from > s->from + rules->slack_days || s->to > p->to + rules->slack_days)
        return RULE_PERIOD;
    if (p->hours < s->hours)
        return RULE_HOURS;
    if ((p->days & s->days) != p->days)
        return RULE_DAYS;
    if (eligible_distance_m(market, student, place) > 1000u * s->max_km)
        return RULE_DISTANCE;
    return meets_hard_criteria(market, s, p) ? RULE_COUNT : RULE_CRITERIA;
}
