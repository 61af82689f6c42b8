#include "match/eligible.h"

#include "base/mem.h"
#include "match/geo.h"
#include "match/score.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_DEGREES_INVERSE = 8, NOT_IN_REACH = 0x7fffffff }; /* cells of 1/8 degree: about 14 by 8.5 km */

/* One placement under one qualification: everything the rules ask, in one cache line. */
struct entry {
    _Alignas(64) uint8_t hash[HASH_BYTES];
    uint32_t place;
    uint32_t point;
    int32_t from, to;
    uint8_t hours, days;
    uint8_t hard, weighted, tags;
    uint8_t reserved[3];
    uint32_t criteria_at; /* hard ones first, the weighted behind them */
    uint32_t tags_at;
};

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

struct eligibility {
    const struct market *market;
    struct match_rules rules;
    struct entry *entries;
    size_t entry_count;
    struct bucket *buckets;
    size_t bucket_count;
    struct cell *cells;
    size_t cell_count;
    struct criterion *criteria; /* in the order of the entries' placements */
    uint32_t *cell_of_point;
    uint32_t grid_cells;
    struct geo_point *geo;
    /* for the postcode of the last student */
    uint32_t at_point;
    uint32_t reach_m;
    uint32_t *distance_m;  /* by point */
    uint32_t *cell_near_m; /* by cell: the least distance of a point in it */
    /* for the last student */
    uint8_t *levels;   /* by skill */
    uint8_t *has_tag;  /* by tag */
    uint8_t *excluded; /* by placement */
    struct candidate *found;
    uint32_t most;
};

static uint64_t bucket_key(uint32_t qualification, uint8_t leerweg)
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

/* Gives every point its cell of a grid over the points' own extent. */
static void lay_grid(struct eligibility *index)
{
    const struct market *market = index->market;
    double lat_min = 90.0, lat_max = -90.0, lon_min = 180.0, lon_max = -180.0;
    for (size_t i = 0; i < market->point_count; i++) {
        const struct point *p = &market->points[i];
        lat_min = p->lat < lat_min ? p->lat : lat_min;
        lat_max = p->lat > lat_max ? p->lat : lat_max;
        lon_min = p->lon < lon_min ? p->lon : lon_min;
        lon_max = p->lon > lon_max ? p->lon : lon_max;
    }
    if (market->point_count == 0)
        return;
    uint32_t columns = (uint32_t)((lon_max - lon_min) * CELL_DEGREES_INVERSE) + 1;
    uint32_t rows = (uint32_t)((lat_max - lat_min) * CELL_DEGREES_INVERSE) + 1;
    for (size_t i = 0; i < market->point_count; i++) {
        uint32_t column = (uint32_t)((market->points[i].lon - lon_min) * CELL_DEGREES_INVERSE);
        uint32_t row = (uint32_t)((market->points[i].lat - lat_min) * CELL_DEGREES_INVERSE);
        index->cell_of_point[i] = row * columns + column;
        index->geo[i] = geo_point_of(market->points[i]);
    }
    index->grid_cells = rows * columns;
}

static enum err alloc_fixed(struct eligibility *index)
{
    const struct market *market = index->market;
    struct {
        size_t count, size;
        void *block;
    } wanted[] = {
        {market->point_count, sizeof *index->cell_of_point, &index->cell_of_point},
        {market->point_count, sizeof *index->geo, &index->geo},
        {market->point_count, sizeof *index->distance_m, &index->distance_m},
        {market->skill_numbers, 1, &index->levels},
        {market->tag_numbers, 1, &index->has_tag},
        {market->placement_count, 1, &index->excluded},
    };
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && e == ERR_OK; i++)
        e = mem_alloc(wanted[i].count, wanted[i].size, wanted[i].block);
    if (e != ERR_OK)
        return e;
    lay_grid(index);
    return mem_alloc(index->grid_cells, sizeof *index->cell_near_m, &index->cell_near_m);
}

static enum err make_drafts(struct eligibility *index, struct draft **out)
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
                index->cell_of_point[placement->point], p};
    }
    qsort(drafts, count, sizeof *drafts, compare_drafts);
    index->entry_count = count;
    *out = drafts;
    return ERR_OK;
}

/* Copies the criteria of one placement behind those already there, hard ones first. */
static enum err copy_criteria(struct eligibility *index, size_t *used, size_t *capacity, struct entry *entry)
{
    const struct placement *placement = &index->market->placements[entry->place];
    size_t more = (size_t)placement->hard.count + placement->weighted.count;
    enum err e = mem_grow(&index->criteria, capacity, *used + more, sizeof *index->criteria);
    if (e != ERR_OK)
        return e;
    entry->criteria_at = (uint32_t)*used;
    const struct criterion *from = index->market->criteria;
    for (uint32_t i = 0; i < placement->hard.count; i++)
        index->criteria[(*used)++] = from[placement->hard.at + i];
    for (uint32_t i = 0; i < placement->weighted.count; i++)
        index->criteria[(*used)++] = from[placement->weighted.at + i];
    return ERR_OK;
}

static void fill_entry(const struct eligibility *index, uint32_t place, struct entry *entry)
{
    const struct placement *placement = &index->market->placements[place];
    *entry = (struct entry){
        .place = place,
        .point = placement->point,
        .from = placement->from,
        .to = placement->to,
        .hours = placement->hours,
        .days = placement->days,
        .hard = (uint8_t)placement->hard.count,
        .weighted = (uint8_t)placement->weighted.count,
        .tags = (uint8_t)placement->tags.count,
        .tags_at = placement->tags.at,
    };
    memcpy(entry->hash, index->market->placement_hashes[place], HASH_BYTES);
}

static enum err add_to_cells(struct eligibility *index, size_t *bucket_capacity, size_t *cell_capacity,
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

static enum err fill_entries(struct eligibility *index, const struct draft *drafts)
{
    size_t criteria_used = 0, criteria_capacity = 0, bucket_capacity = 0, cell_capacity = 0;
    enum err e =
        mem_alloc_aligned(_Alignof(struct entry), index->entry_count, sizeof *index->entries, &index->entries);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < index->entry_count && e == ERR_OK; i++) {
        fill_entry(index, drafts[i].place, &index->entries[i]);
        e = copy_criteria(index, &criteria_used, &criteria_capacity, &index->entries[i]);
        if (e == ERR_OK)
            e = add_to_cells(index, &bucket_capacity, &cell_capacity, &drafts[i], i);
    }
    for (size_t b = 0; b < index->bucket_count; b++)
        if (index->buckets[b].entries.count > index->most)
            index->most = index->buckets[b].entries.count;
    return e;
}

enum err eligibility_new(const struct market *market, const struct match_rules *rules, struct eligibility **out)
{
    struct eligibility *index;
    enum err e = mem_alloc(1, sizeof *index, &index);
    if (e != ERR_OK)
        return e;
    index->market = market;
    index->rules = *rules;
    index->at_point = UINT32_MAX;
    struct draft *drafts = NULL;
    e = alloc_fixed(index);
    if (e == ERR_OK)
        e = make_drafts(index, &drafts);
    if (e == ERR_OK)
        e = fill_entries(index, drafts);
    mem_free(drafts);
    if (e == ERR_OK)
        e = mem_alloc(index->most, sizeof *index->found, &index->found);
    if (e != ERR_OK) {
        eligibility_free(index);
        return e;
    }
    *out = index;
    return ERR_OK;
}

void eligibility_free(struct eligibility *index)
{
    if (!index)
        return;
    void *blocks[] = {index->entries,    index->buckets,    index->cells,       index->criteria, index->cell_of_point, index->geo,
                      index->distance_m, index->cell_near_m, index->levels,   index->has_tag,       index->excluded,
                      index->found,      index};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
}

uint32_t eligibility_most(const struct eligibility *index)
{
    return index->most;
}

/* Distances from a postcode to all that are within reach. */
static void move_to(struct eligibility *index, uint32_t point, uint32_t reach_m)
{
    if (index->at_point == point && index->reach_m >= reach_m)
        return;
    index->at_point = point;
    index->reach_m = reach_m;
    for (uint32_t cell = 0; cell < index->grid_cells; cell++)
        index->cell_near_m[cell] = NOT_IN_REACH;
    const struct geo_point *from = &index->geo[point];
    for (size_t i = 0; i < index->market->point_count; i++) {
        uint32_t m = NOT_IN_REACH;
        if (geo_latitude_gap_m(from, &index->geo[i]) <= reach_m)
            m = geo_distance_m(from, &index->geo[i]);
        index->distance_m[i] = m;
        uint32_t *near = &index->cell_near_m[index->cell_of_point[i]];
        *near = m < *near ? m : *near;
    }
}

static const struct bucket *find_bucket(const struct eligibility *index, uint64_t key)
{
    size_t low = 0, high = index->bucket_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->buckets[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->bucket_count && index->buckets[low].key == key ? &index->buckets[low] : NULL;
}

/* What one student's profile is compared with, in the index's terms. */
struct asked {
    int32_t from_max, to_min; /* placements begin at or before the one, end at or after the other */
    uint32_t max_m;
    uint8_t hours, days;
    bool excludes;
};

static struct asked asked_of(const struct eligibility *index, const struct student *student)
{
    return (struct asked){
        .from_max = student->from + index->rules.slack_days,
        .to_min = student->to - index->rules.slack_days,
        .max_m = 1000u * student->max_km,
        .hours = student->hours,
        .days = student->days,
        .excludes = student->exclusions.count > 0,
    };
}

static bool fits(const struct eligibility *index, const struct asked *asked, const struct entry *entry)
{
    if (index->distance_m[entry->point] > asked->max_m || entry->from > asked->from_max ||
        entry->to < asked->to_min || entry->hours < asked->hours || (entry->days & ~asked->days))
        return false;
    if (asked->excludes && index->excluded[entry->place])
        return false;
    const struct criterion *hard = &index->criteria[entry->criteria_at];
    for (uint32_t i = 0; i < entry->hard; i++)
        if (index->levels[hard[i].skill] < hard[i].level)
            return false;
    return true;
}

static void take(struct eligibility *index, const struct entry *entry, struct candidate *out)
{
    uint8_t shared = 0;
    for (uint32_t i = 0; i < entry->tags; i++)
        shared = (uint8_t)(shared + index->has_tag[index->market->tags[entry->tags_at + i]]);
    *out = (struct candidate){
        .place = entry->place,
        .distance_m = index->distance_m[entry->point],
        .hash = entry->hash,
        .shared_tags = shared,
        .score = (uint8_t)score_of(&index->criteria[entry->criteria_at + entry->hard], entry->weighted,
                                   index->levels),
    };
}

/* Marks (or, with `on` false, clears) what the student has in the arrays by skill, tag and placement. */
static void mark(struct eligibility *index, const struct student *student, bool on)
{
    const struct market *market = index->market;
    const struct skill_level *skills = market->skills + student->skills.at;
    for (uint32_t i = 0; i < student->skills.count; i++)
        index->levels[skills[i].skill] = on ? skills[i].level : 0;
    for (uint32_t i = 0; i < student->tags.count; i++)
        index->has_tag[market->tags[student->tags.at + i]] = on;
    for (uint32_t i = 0; i < student->exclusions.count; i++)
        index->excluded[market->exclusions[student->exclusions.at + i]] = on;
}

void eligibility_find(struct eligibility *index, uint32_t s, const struct candidate **found, uint32_t *count)
{
    const struct student *student = &index->market->students[s];
    const struct bucket *bucket = find_bucket(index, bucket_key(student->qualification, student->leerweg));
    uint32_t used = 0;
    *found = index->found;
    *count = 0;
    if (!bucket)
        return;
    struct asked asked = asked_of(index, student);
    move_to(index, student->point, asked.max_m);
    mark(index, student, true);
    for (uint32_t c = 0; c < bucket->cells.count; c++) {
        const struct cell *cell = &index->cells[bucket->cells.at + c];
        if (index->cell_near_m[cell->cell] > asked.max_m)
            continue;
        for (uint32_t i = 0; i < cell->count; i++) {
            const struct entry *entry = &index->entries[cell->at + i];
            if (fits(index, &asked, entry))
                take(index, entry, &index->found[used++]);
        }
    }
    mark(index, student, false);
    *count = used;
}

/* The first rule within the bucket that an entry breaks, in the declared order. */
static enum rule first_broken(const struct eligibility *index, const struct asked *asked, const struct entry *entry)
{
    if (asked->excludes && index->excluded[entry->place])
        return RULE_EXCLUDED;
    if (entry->from > asked->from_max || entry->to < asked->to_min)
        return RULE_PERIOD;
    if (entry->hours < asked->hours)
        return RULE_HOURS;
    if (entry->days & ~asked->days)
        return RULE_DAYS;
    if (index->distance_m[entry->point] > asked->max_m)
        return RULE_DISTANCE;
    return fits(index, asked, entry) ? RULE_COUNT : RULE_CRITERIA;
}

void eligibility_explain(struct eligibility *index, uint32_t s, uint32_t removed[RULE_COUNT])
{
    const struct student *student = &index->market->students[s];
    const struct bucket *own = find_bucket(index, bucket_key(student->qualification, student->leerweg));
    uint32_t counts[RULE_COUNT + 1] = {0}, with_qualification = 0;
    for (uint8_t leerweg = LEERWEG_BOL; leerweg <= LEERWEG_HBO; leerweg++) {
        const struct bucket *bucket = find_bucket(index, bucket_key(student->qualification, leerweg));
        with_qualification += bucket ? bucket->entries.count : 0;
    }
    counts[RULE_QUALIFICATION] = (uint32_t)index->market->placement_count - with_qualification;
    counts[RULE_LEERWEG] = with_qualification - (own ? own->entries.count : 0);
    if (own) {
        struct asked asked = asked_of(index, student);
        move_to(index, student->point, asked.max_m);
        mark(index, student, true);
        for (uint32_t i = 0; i < own->entries.count; i++)
            counts[first_broken(index, &asked, &index->entries[own->entries.at + i])]++;
        mark(index, student, false);
    }
    memcpy(removed, counts, RULE_COUNT * sizeof *removed);
}
