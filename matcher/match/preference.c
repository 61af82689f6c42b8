#include "match/preference.h"

#include "base/mem.h"
#include "match/siphash.h"

#include <stdlib.h>
#include <string.h>

enum {
    GROUPS_BY_DISTANCE = 1000 * MAX_KM_LIMIT / DISTANCE_STEP_M + 1,
    TAGS_MAX = 64,
    GROUP_COUNT = (TAGS_MAX + 1) * GROUPS_BY_DISTANCE,
    INSERTION_SORT_MAX = 24,
    PILE_BITS_MAX = 10,
    PILES_MAX = 1 << PILE_BITS_MAX,
};

struct keyed {
    uint64_t tie;
    uint32_t candidate; /* index into what was handed in */
    uint32_t place;
};

struct preference {
    const struct market *market;
    uint32_t *wish_rank; /* by placement: position among the wishes + 1, or 0 */
    uint32_t *group;     /* by candidate */
    uint32_t *group_start;
    struct keyed *keyed;
    struct candidate *ordered;
};

enum err preference_new(const struct market *market, uint32_t most_candidates, struct preference **out)
{
    struct preference *preference;
    enum err e = mem_alloc(1, sizeof *preference, &preference);
    if (e != ERR_OK)
        return e;
    preference->market = market;
    e = mem_alloc(market->placement_count, sizeof *preference->wish_rank, &preference->wish_rank);
    if (e == ERR_OK)
        e = mem_alloc(most_candidates, sizeof *preference->group, &preference->group);
    if (e == ERR_OK)
        e = mem_alloc(GROUP_COUNT + 1, sizeof *preference->group_start, &preference->group_start);
    if (e == ERR_OK)
        e = mem_alloc(2 * (size_t)most_candidates, sizeof *preference->keyed, &preference->keyed);
    if (e == ERR_OK)
        e = mem_alloc(most_candidates, sizeof *preference->ordered, &preference->ordered);
    if (e != ERR_OK) {
        preference_free(preference);
        return e;
    }
    *out = preference;
    return ERR_OK;
}

void preference_free(struct preference *preference)
{
    if (!preference)
        return;
    mem_free(preference->wish_rank);
    mem_free(preference->group);
    mem_free(preference->group_start);
    mem_free(preference->keyed);
    mem_free(preference->ordered);
    mem_free(preference);
}

static bool goes_before(const struct keyed *a, const struct keyed *b)
{
    return a->tie != b->tie ? a->tie < b->tie : a->place < b->place;
}

static void insertion_sort(struct keyed *group, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct keyed moving = group[i];
        uint32_t at = i;
        for (; at > 0 && goes_before(&moving, &group[at - 1]); at--)
            group[at] = group[at - 1];
        group[at] = moving;
    }
}

/*
 * Sorts a group through `spare`, of the same size. Ties are hashes, spread evenly over 64 bits, so a larger group is
 * dealt over as many piles as it has members by the hash's leading bits (a pile's number rises with the hash), and each
 * pile, a few elements, is sorted by insertion: linear on average.
 */
static void sort_group(struct keyed *group, uint32_t count, struct keyed *spare)
{
    uint32_t starts[PILES_MAX + 1] = {0};
    if (count <= INSERTION_SORT_MAX) {
        insertion_sort(group, count);
        return;
    }
    unsigned bits = 32u - (unsigned)__builtin_clz(count);
    if (bits > PILE_BITS_MAX)
        bits = PILE_BITS_MAX;
    for (uint32_t i = 0; i < count; i++)
        starts[(group[i].tie >> (64 - bits)) + 1]++;
    for (uint32_t pile = 0; pile < 1u << bits; pile++)
        starts[pile + 1] += starts[pile];
    for (uint32_t i = 0; i < count; i++)
        spare[starts[group[i].tie >> (64 - bits)]++] = group[i];
    for (uint32_t pile = 0, from = 0; pile < 1u << bits; from = starts[pile], pile++)
        insertion_sort(spare + from, starts[pile] - from);
    memcpy(group, spare, count * sizeof *group);
}

/* The ties of all candidates, four at a time; the last ones repeat a candidate to fill the four. */
static void hash_ties(const uint8_t key[TIE_KEY_BYTES], const struct candidate *candidates, uint32_t count,
                      struct keyed *keyed)
{
    for (uint32_t i = 0; i < count; i += 4) {
        const uint8_t *messages[4];
        uint64_t ties[4];
        for (uint32_t lane = 0; lane < 4; lane++)
            messages[lane] = candidates[i + lane < count ? i + lane : i].hash;
        siphash24_x4(key, messages, ties);
        for (uint32_t lane = 0; lane < 4 && i + lane < count; lane++)
            keyed[i + lane] = (struct keyed){ties[lane], i + lane, candidates[i + lane].place};
    }
}

/*
 * The group of a candidate without a wish: more shared tags first, then nearer. A student shares at most as many tags as
 * it has, and lies at most as far as its maximum, so few groups are in use.
 */
static uint32_t group_of(const struct candidate *candidate, uint32_t tags, uint32_t steps)
{
    return (tags - candidate->shared_tags) * steps + candidate->distance_m / DISTANCE_STEP_M;
}

/* Writes the explicit wishes that are eligible, in their order, and marks them by an impossible group. */
static uint32_t take_wishes(struct preference *preference, const struct student *student,
                            const struct candidate *candidates, uint32_t count)
{
    const uint32_t *wishes = preference->market->wishes + student->wishes.at;
    uint32_t wish_count = student->wishes.count, taken = 0;
    if (wish_count == 0)
        return 0;
    for (uint32_t w = 0; w < wish_count; w++)
        preference->wish_rank[wishes[w]] = w + 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t rank = preference->wish_rank[candidates[i].place];
        if (rank == 0)
            continue;
        preference->group[i] = UINT32_MAX;
        preference->keyed[taken++] = (struct keyed){rank, i, candidates[i].place};
    }
    for (uint32_t w = 0; w < wish_count; w++)
        preference->wish_rank[wishes[w]] = 0;
    insertion_sort(preference->keyed, taken);
    for (uint32_t i = 0; i < taken; i++)
        preference->ordered[i] = candidates[preference->keyed[i].candidate];
    return taken;
}

/* Counting sort by group, then a small sort by tie within each. Writes from ordered[taken] on. */
static void order_rest(struct preference *preference, const struct student *student,
                       const struct candidate *candidates, uint32_t count, uint32_t taken, const uint8_t *tie_key)
{
    uint32_t tags = student->tags.count, steps = 1000u * student->max_km / DISTANCE_STEP_M + 1;
    uint32_t groups = (tags + 1) * steps, *start = preference->group_start;
    struct keyed *ties = preference->keyed, *sorted;
    memset(start, 0, (groups + 1) * sizeof *start);
    for (uint32_t i = 0; i < count; i++)
        if (preference->group[i] != UINT32_MAX) {
            preference->group[i] = group_of(&candidates[i], tags, steps);
            start[preference->group[i] + 1]++;
        }
    for (uint32_t g = 0; g < groups; g++)
        start[g + 1] += start[g];
    hash_ties(tie_key, candidates, count, ties);
    sorted = preference->keyed + count; /* the second half of the work space */
    for (uint32_t i = 0; i < count; i++)
        if (preference->group[i] != UINT32_MAX)
            sorted[start[preference->group[i]]++] = ties[i];
    for (uint32_t g = 0, from = 0; g < groups; from = start[g], g++)
        sort_group(sorted + from, start[g] - from, ties + from);
    for (uint32_t i = 0; i < count - taken; i++)
        preference->ordered[taken + i] = candidates[sorted[i].candidate];
}

void preference_order(struct preference *preference, uint32_t s, const struct candidate *candidates,
                      uint32_t candidate_count, uint32_t list_max, const struct candidate **ordered, uint32_t *count)
{
    const struct student *student = &preference->market->students[s];
    memset(preference->group, 0, candidate_count * sizeof *preference->group);
    uint32_t taken = take_wishes(preference, student, candidates, candidate_count);
    order_rest(preference, student, candidates, candidate_count, taken, preference->market->draws[s].tie_key);
    uint32_t kept = list_max > taken ? list_max : taken;
    *ordered = preference->ordered;
    *count = list_max && candidate_count > kept ? kept : candidate_count;
}
