#include "match/explain.h"

#include "base/mem.h"
#include "match/preference.h"
#include "match/round.h"

#include <string.h>

static enum err order(const struct market *market, uint32_t student, struct explained_list *explained)
{
    struct preference *preference;
    const struct candidate *ordered;
    uint32_t count;
    enum err e = preference_new(market, explained->count, &preference);
    if (e != ERR_OK)
        return e;
    preference_order(preference, student, explained->list, explained->count, 0, &ordered, &count);
    if (count)
        memcpy(explained->list, ordered, count * sizeof *ordered);
    preference_free(preference);
    return ERR_OK;
}

enum err explain_list(const struct market *market, const struct match_rules *rules, uint32_t student,
                      struct explained_list *out)
{
    struct explained_list explained = {0};
    enum err e = mem_alloc(market->placement_count, sizeof *explained.list, &explained.list);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, sizeof *explained.broken, &explained.broken);
    for (uint32_t place = 0; place < market->placement_count && e == ERR_OK; place++) {
        enum rule broken = eligible_first_broken(market, rules, student, place);
        explained.broken[place] = (uint8_t)broken;
        if (broken != RULE_COUNT) {
            explained.removed[broken]++;
            continue;
        }
        explained.list[explained.count++] = (struct candidate){
            .place = place,
            .distance_m = eligible_distance_m(market, student, place),
            .hash = market->placement_hashes[place],
            .shared_tags = eligible_shared_tags(market, student, place),
            .score = eligible_score(market, student, place),
        };
    }
    if (e == ERR_OK)
        e = order(market, student, &explained);
    if (e == ERR_OK)
        *out = explained;
    else
        explained_list_free(&explained);
    return e;
}

void explained_list_free(struct explained_list *list)
{
    mem_free(list->list);
    mem_free(list->broken);
    *list = (struct explained_list){0};
}

enum place_fate explain_fate(uint32_t own_rank, uint32_t rank, uint32_t band, uint8_t lowest_band)
{
    if (own_rank == rank)
        return FATE_HELD;
    if (own_rank && rank > own_rank)
        return FATE_LOWER;
    if (lowest_band == BAND_NOBODY)
        return FATE_FREE;
    if (lowest_band == band)
        return FATE_LOTTERY;
    return lowest_band > band ? FATE_BAND : FATE_CUT;
}

unsigned explain_binding(uint32_t eligible, uint32_t by_lottery, const uint32_t removed[RULE_COUNT])
{
    if (eligible)
        return by_lottery ? BINDING_LOTTERY : BINDING_BAND;
    return rule_binding(removed); /* RULE_COUNT, that is BINDING_NO_PLACES, where there was nothing to remove */
}

/* Whether hard criterion `only` (an index) is the single one that this student misses. */
static bool misses_only(const struct market *market, const struct student *student, const struct placement *placement,
                        uint32_t only)
{
    for (uint32_t i = 0; i < placement->hard.count; i++) {
        const struct criterion *criterion = &market->criteria[placement->hard.at + i];
        bool meets = market_level(market, student, criterion->skill) >= criterion->level;
        if (meets == (i == only))
            return false;
    }
    return true;
}

void explain_criteria(const struct market *market, const struct match_rules *rules, uint32_t place,
                      uint32_t *eligible, uint32_t *more)
{
    const struct placement *placement = &market->placements[place];
    *eligible = 0;
    if (placement->hard.count)
        memset(more, 0, placement->hard.count * sizeof *more);
    for (uint32_t s = 0; s < market->student_count; s++) {
        enum rule broken = eligible_first_broken(market, rules, s, place);
        *eligible += broken == RULE_COUNT;
        for (uint32_t i = 0; broken == RULE_CRITERIA && i < placement->hard.count; i++)
            more[i] += misses_only(market, &market->students[s], placement, i);
    }
}
