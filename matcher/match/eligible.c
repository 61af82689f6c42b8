#include "match/eligible.h"

#include "base/mem.h"
#include "match/distances.h"
#include "match/score.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELL_DEGREES_INVERSE = 8,
    NOT_IN_REACH = 0x7fffffff,
    ENTRIES_AHEAD = 8
}; /* cells of 1/8 degree: about 14 by 8.5 km */

/* What most placements fail on, four to a cache line: scanned for every placement in a cell. */
struct gate {
    uint32_t column; /* of the distances */
    int32_t from, to;
    uint8_t hours, days;
    uint8_t hard;
    uint8_t reserved;
};

/* The rest of one placement under one qualification, one cache line: read for those that pass the gate. */
struct entry {
    _Alignas(64) uint8_t hash[HASH_BYTES];
    uint32_t place;
    uint32_t criteria_at; /* hard ones first, the weighted behind them */
    uint32_t tags_at;
    uint8_t weighted, tags;
};

_Static_assert(sizeof(struct gate) == 16, "a cache line holds four gates");
_Static_assert(sizeof(struct entry) == 64, "an entry is one cache line");

struct cell {
    uint32_t cell; /* index into the grid */
    uint32_t at, count;
};

/* The placements of one qualification and leerweg: entries in cell order, and its cells that are not empty. */
struct bucket {
    uint64_t key;
    struct span entries;
    struct span cells;
};

/* What all handles read and none writes once it is built. */
struct index {
    const struct market *market;
    struct match_rules rules;
    struct gate *gates; /* both in the order of the buckets and their cells, so that a scan runs forward */
    struct entry *entries;
    size_t entry_count;
    struct bucket *buckets;
    size_t bucket_count;
    struct cell *cells;
    size_t cell_count;
    struct criterion *criteria; /* in the order of the entries, as are the tags */
    uint32_t *tags;
    struct distances distances;
    uint32_t most;
};

/* One handle: the index, and the work space for one student after another. */
struct eligibility {
    struct index index;
    bool borrowed; /* another handle owns what the index points at */
    /* for the last student */
    const uint32_t *distance_m;     /* by column of the distances */
    const uint32_t *cell_nearest_m; /* by cell */
    uint8_t *levels;                /* by skill */
    uint8_t *has_tag;               /* by tag */
    uint8_t *excluded;              /* by placement */
    uint32_t *passed;               /* entries whose gate it passed; room for one more than can pass */
    struct candidate *found;
};

static uint64_t bucket_key(uint32_t qualification, unsigned leerweg)
{
    return (uint64_t)qualification << 2 | leerweg;
}

struct draft {
    uint64_t key;
    uint32_t cell;
    uint32_t place;
};

static int compare_drafts(const void *left, const void *right)
{
    const struct draft *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* The farthest that any student travels. */
static uint32_t find_reach_m(const struct market *market)
{
    uint32_t reach_m = 0;
    for (size_t s = 0; s < market->student_count; s++)
        if (1000u * market->students[s].max_km > reach_m)
            reach_m = 1000u * market->students[s].max_km;
    return reach_m;
}

static enum err make_drafts(struct index *index, struct draft **out)
{
    const struct market *market = index->market;
    size_t count = 0;
    for (size_t p = 0; p < market->placement_count; p++)
        count += market->placements[p].qualifications.count;
    struct draft *drafts;
    enum err e = mem_alloc(count, sizeof *drafts, &drafts);
    if (e != ERR_OK)
        return e;
    size_t at = 0;
    for (uint32_t p = 0; p < market->placement_count; p++) {
        const struct placement *placement = &market->placements[p];
        for (uint32_t q = 0; q < placement->qualifications.count; q++)
            drafts[at++] = (struct draft){
                bucket_key(market->qualifications[placement->qualifications.at + q], placement->leerweg),
                index->distances.cell[placement->point], p};
    }
    qsort(drafts, count, sizeof *drafts, compare_drafts);
    index->entry_count = count;
    *out = drafts;
    return ERR_OK;
}

/* How much of the pools is filled. */
struct pools {
    size_t criteria, criteria_capacity, tags, tags_capacity;
};

/* Copies the criteria (hard ones first) and tags of one placement behind those already there. */
static enum err copy_pools(struct index *index, struct pools *pools, const struct placement *placement,
                           struct entry *entry)
{
    const struct market *market = index->market;
    size_t criteria = (size_t)placement->hard.count + placement->weighted.count, tags = placement->tags.count;
    enum err e =
        mem_grow(&index->criteria, &pools->criteria_capacity, pools->criteria + criteria, sizeof *index->criteria);
    if (e == ERR_OK)
        e = mem_grow(&index->tags, &pools->tags_capacity, pools->tags + tags, sizeof *index->tags);
    if (e != ERR_OK || pools->criteria + criteria > UINT32_MAX || pools->tags + tags > UINT32_MAX)
        return ERR_MEMORY;
    entry->criteria_at = (uint32_t)pools->criteria;
    entry->tags_at = (uint32_t)pools->tags;
    for (uint32_t i = 0; i < placement->hard.count; i++)
        index->criteria[pools->criteria++] = market->criteria[placement->hard.at + i];
    for (uint32_t i = 0; i < placement->weighted.count; i++)
        index->criteria[pools->criteria++] = market->criteria[placement->weighted.at + i];
    for (uint32_t i = 0; i < tags; i++)
        index->tags[pools->tags++] = market->tags[placement->tags.at + i];
    return ERR_OK;
}

static enum err fill_entry(struct index *index, struct pools *pools, uint32_t place, uint32_t at)
{
    const struct placement *placement = &index->market->placements[place];
    struct entry *entry = &index->entries[at];
    index->gates[at] = (struct gate){
        .column = index->distances.column[placement->point],
        .from = placement->from,
        .to = placement->to,
        .hours = placement->hours,
        .days = placement->days,
        .hard = (uint8_t)placement->hard.count,
    };
    *entry = (struct entry){
        .place = place,
        .weighted = (uint8_t)placement->weighted.count,
        .tags = (uint8_t)placement->tags.count,
    };
    memcpy(entry->hash, index->market->placement_hashes[place], HASH_BYTES);
    return copy_pools(index, pools, placement, entry);
}

static enum err add_to_cells(struct index *index, size_t *bucket_capacity, size_t *cell_capacity,
                             const struct draft *draft, uint32_t entry)
{
    bool new_bucket = index->bucket_count == 0 || index->buckets[index->bucket_count - 1].key != draft->key;
    enum err e = mem_grow(&index->buckets, bucket_capacity, index->bucket_count + 1, sizeof *index->buckets);
    if (e == ERR_OK)
        e = mem_grow(&index->cells, cell_capacity, index->cell_count + 1, sizeof *index->cells);
    if (e != ERR_OK)
        return e;
    if (new_bucket)
        index->buckets[index->bucket_count++] =
            (struct bucket){draft->key, {entry, 0}, {(uint32_t)index->cell_count, 0}};
    struct bucket *bucket = &index->buckets[index->bucket_count - 1];
    if (bucket->cells.count == 0 || index->cells[index->cell_count - 1].cell != draft->cell) {
        index->cells[index->cell_count++] = (struct cell){draft->cell, entry, 0};
        bucket->cells.count++;
    }
    index->cells[index->cell_count - 1].count++;
    bucket->entries.count++;
    return ERR_OK;
}

static enum err fill_entries(struct index *index, const struct draft *drafts)
{
    size_t bucket_capacity = 0, cell_capacity = 0;
    struct pools pools = {0};
    enum err e =
        mem_alloc_aligned(_Alignof(struct entry), index->entry_count, sizeof *index->entries, &index->entries);
    if (e == ERR_OK)
        e = mem_alloc(index->entry_count, sizeof *index->gates, &index->gates);
    for (uint32_t i = 0; i < index->entry_count && e == ERR_OK; i++) {
        e = fill_entry(index, &pools, drafts[i].place, i);
        if (e == ERR_OK)
            e = add_to_cells(index, &bucket_capacity, &cell_capacity, &drafts[i], i);
    }
    for (size_t b = 0; b < index->bucket_count; b++)
        if (index->buckets[b].entries.count > index->most)
            index->most = index->buckets[b].entries.count;
    return e;
}

static void free_index(struct index *index)
{
    void *blocks[] = {index->gates, index->entries, index->buckets, index->cells, index->tags, index->criteria};
    distances_free(&index->distances);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
}

static enum err build_index(const struct market *market, const struct match_rules *rules, struct index *out)
{
    struct index index = {.market = market, .rules = *rules};
    struct draft *drafts = NULL;
    enum err e = distances_new(market->points, market->point_count, find_reach_m(market), &index.distances);
    if (e == ERR_OK)
        e = make_drafts(&index, &drafts);
    if (e == ERR_OK)
        e = fill_entries(&index, drafts);
    mem_free(drafts);
    if (e != ERR_OK)
        free_index(&index);
    else
        *out = index;
    return e;
}

/* A handle on this index. On error the index is still the caller's. */
static enum err open_handle(const struct index *index, bool borrowed, struct eligibility **out)
{
    const struct market *market = index->market;
    struct eligibility *handle;
    enum err e = mem_alloc(1, sizeof *handle, &handle);
    if (e != ERR_OK)
        return e;
    handle->index = *index;
    handle->borrowed = true; /* until everything is there */
    e = mem_alloc(market->skill_numbers, 1, &handle->levels);
    if (e == ERR_OK)
        e = mem_alloc(market->tag_numbers, 1, &handle->has_tag);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, 1, &handle->excluded);
    if (e == ERR_OK)
        e = mem_alloc((size_t)index->most + 1, sizeof *handle->passed, &handle->passed);
    if (e == ERR_OK)
        e = mem_alloc(index->most, sizeof *handle->found, &handle->found);
    if (e != ERR_OK) {
        eligibility_free(handle);
        return e;
    }
    handle->borrowed = borrowed;
    *out = handle;
    return ERR_OK;
}

enum err eligibility_new(const struct market *market, const struct match_rules *rules, struct eligibility **out)
{
    struct index index;
    enum err e = build_index(market, rules, &index);
    if (e != ERR_OK)
        return e;
    e = open_handle(&index, false, out);
    if (e != ERR_OK)
        free_index(&index);
    return e;
}

enum err eligibility_share(const struct eligibility *handle, struct eligibility **out)
{
    return open_handle(&handle->index, true, out);
}

void eligibility_free(struct eligibility *handle)
{
    if (!handle)
        return;
    if (!handle->borrowed)
        free_index(&handle->index);
    mem_free(handle->levels);
    mem_free(handle->has_tag);
    mem_free(handle->excluded);
    mem_free(handle->passed);
    mem_free(handle->found);
    mem_free(handle);
}

uint32_t eligibility_most(const struct eligibility *handle)
{
    return handle->index.most;
}

static void stand_at(struct eligibility *handle, uint32_t point)
{
    handle->distance_m = distances_row(&handle->index.distances, point);
    handle->cell_nearest_m = distances_nearest(&handle->index.distances, point);
}

static const struct bucket *find_bucket(const struct eligibility *handle, uint64_t key)
{
    size_t low = 0, high = handle->index.bucket_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (handle->index.buckets[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < handle->index.bucket_count && handle->index.buckets[low].key == key ? &handle->index.buckets[low]
                                                                                     : NULL;
}

uint32_t eligibility_offered(const struct eligibility *handle, uint32_t qualification, uint8_t leerweg)
{
    const struct bucket *bucket = find_bucket(handle, bucket_key(qualification, leerweg));
    return bucket ? bucket->entries.count : 0;
}

/* What one student's profile is compared with, in the index's terms. */
struct asked {
    int32_t from_max, to_min; /* placements begin at or before the one, end at or after the other */
    uint32_t max_m;
    uint8_t hours, days;
    bool excludes;
};

static struct asked asked_of(const struct eligibility *handle, const struct student *student)
{
    return (struct asked){
        .from_max = student->from + handle->index.rules.slack_days,
        .to_min = student->to - handle->index.rules.slack_days,
        .max_m = 1000u * student->max_km,
        .hours = student->hours,
        .days = student->days,
        .excludes = student->exclusions.count > 0,
    };
}

/*
 * Writes the entries of a cell that pass the gate behind each other and returns their number. Which one passes is hard to
 * foresee, so there is no branch on it: every entry is written, and the next one overwrites it where it did not pass.
 */
static uint32_t pass_gates(const struct eligibility *handle, const struct asked *asked, const struct cell *cell,
                           uint32_t *passed)
{
    const struct gate *gates = handle->index.gates;
    uint32_t count = 0;
    for (uint32_t i = cell->at; i < cell->at + cell->count; i++) {
        const struct gate *gate = &gates[i];
        unsigned in = (unsigned)(handle->distance_m[gate->column] <= asked->max_m) &
                      (unsigned)(gate->from <= asked->from_max) & (unsigned)(gate->to >= asked->to_min) &
                      (unsigned)(gate->hours >= asked->hours) & (unsigned)((gate->days & ~asked->days) == 0);
        passed[count] = i;
        count += in;
    }
    return count;
}

static bool meets(const struct eligibility *handle, const struct entry *entry, uint32_t hard)
{
    const struct criterion *criteria = &handle->index.criteria[entry->criteria_at];
    for (uint32_t i = 0; i < hard; i++)
        if (handle->levels[criteria[i].skill] < criteria[i].level)
            return false;
    return true;
}

/* What the gate does not say: exclusions and hard criteria. */
static bool may_go(const struct eligibility *handle, const struct asked *asked, uint32_t at)
{
    const struct entry *entry = &handle->index.entries[at];
    return !(asked->excludes && handle->excluded[entry->place]) && meets(handle, entry, handle->index.gates[at].hard);
}

static void take(const struct eligibility *handle, uint32_t at, struct candidate *out)
{
    const struct entry *entry = &handle->index.entries[at];
    const struct gate *gate = &handle->index.gates[at];
    uint8_t shared = 0;
    for (uint32_t i = 0; i < entry->tags; i++)
        shared = (uint8_t)(shared + handle->has_tag[handle->index.tags[entry->tags_at + i]]);
    *out = (struct candidate){
        .place = entry->place,
        .distance_m = handle->distance_m[gate->column],
        .hash = entry->hash,
        .shared_tags = shared,
        .score = (uint8_t)score_of(&handle->index.criteria[entry->criteria_at + gate->hard], entry->weighted,
                                   handle->levels),
    };
}

/* Marks (or, with `on` false, clears) what the student has in the arrays by skill, tag and placement. */
static void mark(struct eligibility *handle, const struct student *student, bool on)
{
    const struct market *market = handle->index.market;
    const struct skill_level *skills = market->skills + student->skills.at;
    for (uint32_t i = 0; i < student->skills.count; i++)
        handle->levels[skills[i].skill] = on ? skills[i].level : 0;
    for (uint32_t i = 0; i < student->tags.count; i++)
        handle->has_tag[market->tags[student->tags.at + i]] = on;
    for (uint32_t i = 0; i < student->exclusions.count; i++)
        handle->excluded[market->exclusions[student->exclusions.at + i]] = on;
}

void eligibility_find(struct eligibility *handle, uint32_t s, const struct candidate **found, uint32_t *count)
{
    const struct student *student = &handle->index.market->students[s];
    const struct bucket *bucket = find_bucket(handle, bucket_key(student->qualification, student->leerweg));
    uint32_t passed = 0, used = 0;
    *found = handle->found;
    *count = 0;
    if (!bucket)
        return;
    struct asked asked = asked_of(handle, student);
    stand_at(handle, student->point);
    mark(handle, student, true);
    for (uint32_t c = 0; c < bucket->cells.count; c++) {
        const struct cell *cell = &handle->index.cells[bucket->cells.at + c];
        if (handle->cell_nearest_m[cell->cell] > asked.max_m)
            continue;
        passed += pass_gates(handle, &asked, cell, handle->passed + passed);
    }
    for (uint32_t i = 0; i < passed; i++) {
        if (i + ENTRIES_AHEAD < passed)
            __builtin_prefetch(&handle->index.entries[handle->passed[i + ENTRIES_AHEAD]]);
        if (may_go(handle, &asked, handle->passed[i]))
            take(handle, handle->passed[i], &handle->found[used++]);
    }
    mark(handle, student, false);
    *count = used;
}

/* The first rule within the bucket that a placement breaks, in the declared order. */
static enum rule first_broken(const struct eligibility *handle, const struct asked *asked, uint32_t at)
{
    const struct gate *gate = &handle->index.gates[at];
    if (asked->excludes && handle->excluded[handle->index.entries[at].place])
        return RULE_EXCLUDED;
    if (gate->from > asked->from_max || gate->to < asked->to_min)
        return RULE_PERIOD;
    if (gate->hours < asked->hours)
        return RULE_HOURS;
    if (gate->days & ~asked->days)
        return RULE_DAYS;
    if (handle->distance_m[gate->column] > asked->max_m)
        return RULE_DISTANCE;
    return meets(handle, &handle->index.entries[at], gate->hard) ? RULE_COUNT : RULE_CRITERIA;
}

void eligibility_explain(struct eligibility *handle, uint32_t s, uint32_t removed[RULE_COUNT])
{
    const struct student *student = &handle->index.market->students[s];
    const struct bucket *own = find_bucket(handle, bucket_key(student->qualification, student->leerweg));
    uint32_t counts[RULE_COUNT + 1] = {0}, with_qualification = 0;
    for (unsigned leerweg = LEERWEG_BOL; leerweg <= LEERWEG_HBO; leerweg++) {
        const struct bucket *bucket = find_bucket(handle, bucket_key(student->qualification, leerweg));
        with_qualification += bucket ? bucket->entries.count : 0;
    }
    counts[RULE_QUALIFICATION] = (uint32_t)handle->index.market->placement_count - with_qualification;
    counts[RULE_LEERWEG] = with_qualification - (own ? own->entries.count : 0);
    if (own) {
        struct asked asked = asked_of(handle, student);
        stand_at(handle, student->point);
        mark(handle, student, true);
        for (uint32_t i = 0; i < own->entries.count; i++)
            counts[first_broken(handle, &asked, own->entries.at + i)]++;
        mark(handle, student, false);
    }
    memcpy(removed, counts, RULE_COUNT * sizeof *removed);
}
