#include "domain/market_build.h"

#include "base/intern.h"
#include "base/mem.h"
#include "domain/profile_check.h"
#include "match/lottery.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_BUDGET_BYTES = 1 << 28, PC4_COUNT = 10000 };

void round_input_free(struct round_input *input)
{
    mem_free(input->students);
    mem_free(input->places);
    mem_free(input->by_id);
    *input = (struct round_input){0};
}

enum err round_input_add_student(struct round_input *input, const struct input_student *student)
{
    enum err e =
        mem_grow(&input->students, &input->student_capacity, input->student_count + 1, sizeof *input->students);
    if (e == ERR_OK)
        input->students[input->student_count++] = *student;
    return e;
}

enum err round_input_add_place(struct round_input *input, const struct input_place *place)
{
    enum err e = mem_grow(&input->places, &input->place_capacity, input->place_count + 1, sizeof *input->places);
    if (e == ERR_OK)
        input->places[input->place_count++] = *place;
    return e;
}

static int compare_bytes(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
    struct text left = {(const char *)a->data, a->len}, right = {(const char *)b->data, b->len};
    return text_compare(left, right);
}

static int compare_students(const void *left, const void *right)
{
    const struct input_student *a = left, *b = right;
    int order = strcmp(a->record->school, b->record->school);
    if (order == 0)
        order = compare_bytes(&a->record->student_ref, &b->record->student_ref);
    if (order == 0)
        order = strcmp(a->profile->start_date, b->profile->start_date);
    return order ? order : compare_bytes(&a->record->stagevraag_id, &b->record->stagevraag_id);
}

static int compare_places(const void *left, const void *right)
{
    const struct input_place *a = left, *b = right;
    int order = strcmp(a->placement->leerbedrijf, b->placement->leerbedrijf);
    return order ? order : strcmp(a->placement->leerplaats, b->placement->leerplaats);
}

static int compare_by_id(const void *left, const void *right, void *context)
{
    const struct input_place *places = context;
    return compare_bytes(&places[*(const uint32_t *)left].record->placement_id,
                         &places[*(const uint32_t *)right].record->placement_id);
}

enum err round_input_arrange(struct round_input *input)
{
    enum err e = mem_alloc(input->place_count, sizeof *input->by_id, &input->by_id);
    if (e != ERR_OK)
        return e;
    if (input->student_count)
        qsort(input->students, input->student_count, sizeof *input->students, compare_students);
    if (input->place_count)
        qsort(input->places, input->place_count, sizeof *input->places, compare_places);
    for (uint32_t i = 0; i < input->place_count; i++)
        input->by_id[i] = i;
    if (input->place_count)
        qsort_r(input->by_id, input->place_count, sizeof *input->by_id, compare_by_id, input->places);
    return ERR_OK;
}

uint32_t round_input_place(const struct round_input *input, const ProtobufCBinaryData *id)
{
    size_t low = 0, high = input->place_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_bytes(id, &input->places[input->by_id[middle]].record->placement_id);
        if (order == 0)
            return input->by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return PLACE_NONE;
}

/* A pool of the market while it grows. */
struct pool {
    size_t count, capacity;
};

struct building {
    const struct round_input *input;
    const struct geography *geography;
    struct market *market;
    struct intern skills, tags;
    uint32_t *by_leerplaats; /* places in order of leerplaats */
    uint32_t *point_of_pc4;  /* index + 1, or 0 */
    struct pool points, qualification_pool, skill_pool, criterion_pool, tag_pool, wish_pool, exclusion_pool;
    uint64_t unknown_wishes;
};

static enum err add_number(uint32_t **numbers, struct pool *pool, uint32_t number, struct span *span)
{
    for (uint32_t i = 0; i < span->count; i++)
        if ((*numbers)[span->at + i] == number)
            return ERR_OK;
    enum err e = mem_grow(numbers, &pool->capacity, pool->count + 1, sizeof **numbers);
    if (e == ERR_OK) {
        (*numbers)[pool->count++] = number;
        span->count++;
    }
    return e;
}

static enum err find_point(struct building *building, const char *postcode, uint32_t *out)
{
    struct point point;
    unsigned pc4 = pc4_of(postcode) % PC4_COUNT;
    if (building->point_of_pc4[pc4]) {
        *out = building->point_of_pc4[pc4] - 1;
        return ERR_OK;
    }
    if (!building->geography->point(building->geography->context, pc4, &point))
        return ERR_INPUT;
    struct pool *pool = &building->points;
    enum err e = mem_grow(&building->market->points, &pool->capacity, pool->count + 1, sizeof point);
    if (e != ERR_OK)
        return e;
    building->market->points[pool->count++] = point;
    building->point_of_pc4[pc4] = (uint32_t)pool->count;
    *out = (uint32_t)pool->count - 1;
    return ERR_OK;
}

static enum err add_tags(struct building *building, char *const *tags, size_t count, struct span *out)
{
    struct span span = {(uint32_t)building->tag_pool.count, 0};
    enum err e = ERR_OK;
    for (size_t i = 0; i < count && e == ERR_OK; i++) {
        uint32_t tag = 0;
        e = intern_put(&building->tags, text_of(tags[i]), &tag);
        if (e == ERR_OK)
            e = add_number(&building->market->tags, &building->tag_pool, tag, &span);
    }
    *out = span;
    return e;
}

static uint32_t qualification_number(const char *code)
{
    return (uint32_t)strtoul(code, NULL, 10);
}

static uint8_t leerweg_number(Stagematch__V1__Leerweg leerweg)
{
    return (uint8_t)(leerweg - STAGEMATCH__V1__LEERWEG__LEERWEG_BOL);
}

static enum err add_criterion(struct building *building, const char *skill, uint32_t level, uint32_t weight,
                              struct span *span)
{
    struct pool *pool = &building->criterion_pool;
    uint32_t number = 0;
    enum err e = intern_put(&building->skills, text_of(skill), &number);
    if (e == ERR_OK)
        e = mem_grow(&building->market->criteria, &pool->capacity, pool->count + 1, sizeof(struct criterion));
    if (e != ERR_OK)
        return e;
    building->market->criteria[pool->count++] = (struct criterion){number, (uint8_t)level, (uint8_t)weight};
    span->count++;
    return ERR_OK;
}

static enum err add_criteria(struct building *building, const Stagematch__V1__Placement *from, struct placement *to)
{
    enum err e = ERR_OK;
    to->hard.at = (uint32_t)building->criterion_pool.count;
    for (size_t i = 0; i < from->n_hard_criteria && e == ERR_OK; i++)
        e = add_criterion(building, from->hard_criteria[i]->skill, from->hard_criteria[i]->level, 0, &to->hard);
    to->weighted.at = (uint32_t)building->criterion_pool.count;
    for (size_t i = 0; i < from->n_weighted_criteria && e == ERR_OK; i++) {
        const Stagematch__V1__WeightedCriterion *criterion = from->weighted_criteria[i];
        e = add_criterion(building, criterion->skill, criterion->minimum_level, criterion->weight, &to->weighted);
    }
    return e;
}

static enum err build_place(struct building *building, const struct input_place *from, struct placement *to)
{
    const Stagematch__V1__Placement *placement = from->placement;
    to->capacity = from->seats;
    to->leerweg = leerweg_number(placement->leerweg);
    to->hours = (uint8_t)placement->hours_per_week;
    to->days = days_mask(placement->days, placement->n_days, 0);
    if (day_parse(placement->start_date, &to->from) != ERR_OK || day_parse(placement->end_date, &to->to) != ERR_OK)
        return ERR_INPUT;
    enum err e = find_point(building, placement->postcode, &to->point);
    to->qualifications.at = (uint32_t)building->qualification_pool.count;
    for (size_t i = 0; i < placement->n_qualifications && e == ERR_OK; i++)
        e = add_number(&building->market->qualifications, &building->qualification_pool,
                       qualification_number(placement->qualifications[i]), &to->qualifications);
    if (e == ERR_OK)
        e = add_criteria(building, placement, to);
    return e == ERR_OK ? add_tags(building, placement->tags, placement->n_tags, &to->tags) : e;
}

static enum err add_skills(struct building *building, const Stagematch__V1__Profile *profile, struct span *out)
{
    struct pool *pool = &building->skill_pool;
    struct span span = {(uint32_t)pool->count, 0};
    enum err e = ERR_OK;
    for (size_t i = 0; i < profile->n_skills && e == ERR_OK; i++) {
        uint32_t number = 0;
        e = intern_put(&building->skills, text_of(profile->skills[i]->skill), &number);
        if (e == ERR_OK)
            e = mem_grow(&building->market->skills, &pool->capacity, pool->count + 1, sizeof(struct skill_level));
        if (e != ERR_OK)
            return e;
        building->market->skills[pool->count++] = (struct skill_level){number, (uint8_t)profile->skills[i]->level};
        span.count++;
    }
    *out = span;
    return e;
}

/* A name of voorkeuren or uitsluiten: a placement whole, or a bare id. */
struct name {
    struct text leerbedrijf, leerplaats;
    bool whole;
};

static struct name read_name(const char *written)
{
    struct name name;
    name.whole = place_name_split(written, &name.leerbedrijf, &name.leerplaats);
    if (!name.whole)
        name.leerbedrijf = name.leerplaats = text_of(written);
    return name;
}

static int compare_company(const struct building *building, size_t i, const struct name *name)
{
    const Stagematch__V1__Placement *placement = building->input->places[i].placement;
    int order = text_compare(text_of(placement->leerbedrijf), name->leerbedrijf);
    if (order || !name->whole)
        return order;
    return text_compare(text_of(placement->leerplaats), name->leerplaats);
}

static int compare_bare(const struct building *building, size_t i, const struct name *name)
{
    const Stagematch__V1__Placement *placement = building->input->places[building->by_leerplaats[i]].placement;
    return text_compare(text_of(placement->leerplaats), name->leerplaats);
}

/* The run of equal elements of an ordered array. */
static struct span equal_run(const struct building *building, const struct name *name,
                             int (*compare)(const struct building *, size_t, const struct name *))
{
    size_t low = 0, high = building->input->place_count, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(building, middle, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < building->input->place_count && compare(building, end, name) == 0;)
        end++;
    return (struct span){(uint32_t)low, (uint32_t)(end - low)};
}

static enum err add_wish(struct building *building, const char *written, struct span *out)
{
    struct name name = read_name(written);
    struct span found = equal_run(building, &name, name.whole ? compare_company : compare_bare);
    if (found.count != 1) {
        building->unknown_wishes++;
        return ERR_OK;
    }
    uint32_t place = name.whole ? found.at : building->by_leerplaats[found.at];
    return add_number(&building->market->wishes, &building->wish_pool, place, out);
}

static enum err add_exclusion(struct building *building, const char *written, struct span *out)
{
    struct name name = read_name(written);
    struct span company = equal_run(building, &name, compare_company), bare = {0, 0};
    enum err e = ERR_OK;
    if (!name.whole)
        bare = equal_run(building, &name, compare_bare);
    building->unknown_wishes += company.count + bare.count == 0;
    for (uint32_t i = 0; i < company.count && e == ERR_OK; i++)
        e = add_number(&building->market->exclusions, &building->exclusion_pool, company.at + i, out);
    for (uint32_t i = 0; i < bare.count && e == ERR_OK; i++)
        e = add_number(&building->market->exclusions, &building->exclusion_pool, building->by_leerplaats[bare.at + i],
                       out);
    return e;
}

static enum err add_stops(struct building *building, const char *school, struct span *out)
{
    struct scan scan;
    enum err e = ERR_OK;
    if (!building->input->stops)
        return ERR_OK;
    scan_string(&scan, building->input->stops, INDEX_MEASURE_STOP, school);
    for (const Stagematch__Internal__V1__MeasureRecord *measure; e == ERR_OK && (measure = scan_next(&scan));) {
        struct name name = read_name(measure->leerbedrijf);
        struct span company = equal_run(building, &name, compare_company);
        for (uint32_t i = 0; i < company.count && e == ERR_OK; i++)
            e = add_number(&building->market->exclusions, &building->exclusion_pool, company.at + i, out);
    }
    return e;
}

static enum err add_names(struct building *building, const struct input_student *from, struct student *to)
{
    const Stagematch__V1__Profile *profile = from->profile;
    enum err e = ERR_OK;
    to->wishes.at = (uint32_t)building->wish_pool.count;
    for (size_t i = 0; i < profile->n_preferred && e == ERR_OK; i++)
        e = add_wish(building, profile->preferred[i], &to->wishes);
    to->exclusions.at = (uint32_t)building->exclusion_pool.count;
    for (size_t i = 0; i < profile->n_excluded && e == ERR_OK; i++)
        e = add_exclusion(building, profile->excluded[i], &to->exclusions);
    for (size_t i = 0; i < from->barred_count && e == ERR_OK; i++) {
        uint32_t place = round_input_place(building->input, &from->record->barred_placements[i]);
        if (place != PLACE_NONE)
            e = add_number(&building->market->exclusions, &building->exclusion_pool, place, &to->exclusions);
    }
    if (e == ERR_OK)
        e = add_stops(building, from->record->school, &to->exclusions);
    return e;
}

static enum err build_student(struct building *building, const struct input_student *from, struct student *to)
{
    const Stagematch__V1__Profile *profile = from->profile;
    to->qualification = qualification_number(profile->qualification);
    to->leerweg = leerweg_number(profile->leerweg);
    to->hours = (uint8_t)profile->hours_per_week;
    to->days = days_mask(profile->days, profile->n_days, DAYS_WORKWEEK);
    to->year = (uint8_t)profile->year;
    to->max_km = (uint16_t)profile->max_km;
    if (day_parse(profile->start_date, &to->from) != ERR_OK || day_parse(profile->end_date, &to->to) != ERR_OK)
        return ERR_INPUT;
    enum err e = find_point(building, profile->pc4, &to->point);
    if (e == ERR_OK)
        e = add_skills(building, profile, &to->skills);
    if (e == ERR_OK)
        e = add_tags(building, profile->tags, profile->n_tags, &to->tags);
    return e == ERR_OK ? add_names(building, from, to) : e;
}

static int compare_by_leerplaats(const void *left, const void *right, void *context)
{
    const struct input_place *places = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = strcmp(places[a].placement->leerplaats, places[b].placement->leerplaats);
    return order ? order : a < b ? -1 : a > b;
}

static enum err open_building(struct building *building)
{
    const struct round_input *input = building->input;
    struct market *market = building->market;
    intern_init(&building->skills, NAMES_BUDGET_BYTES);
    intern_init(&building->tags, NAMES_BUDGET_BYTES);
    enum err e = mem_alloc(input->place_count, sizeof *building->by_leerplaats, &building->by_leerplaats);
    if (e == ERR_OK)
        e = mem_alloc(PC4_COUNT, sizeof *building->point_of_pc4, &building->point_of_pc4);
    if (e == ERR_OK)
        e = mem_alloc(input->student_count, sizeof *market->students, &market->students);
    if (e == ERR_OK)
        e = mem_alloc(input->place_count, sizeof *market->placements, &market->placements);
    for (uint32_t i = 0; i < input->place_count && e == ERR_OK; i++)
        building->by_leerplaats[i] = i;
    if (input->place_count && e == ERR_OK)
        qsort_r(building->by_leerplaats, input->place_count, sizeof *building->by_leerplaats, compare_by_leerplaats,
                input->places);
    return e;
}

static void close_building(struct building *building)
{
    intern_free(&building->skills);
    intern_free(&building->tags);
    mem_free(building->by_leerplaats);
    mem_free(building->point_of_pc4);
}

enum err market_build(const struct round_input *input, const struct geography *geography, struct built_market *out)
{
    struct built_market built = {0};
    struct building building = {.input = input, .geography = geography, .market = &built.market};
    enum err e = open_building(&building);
    for (size_t p = 0; p < input->place_count && e == ERR_OK; p++)
        e = build_place(&building, &input->places[p], &built.market.placements[p]);
    for (size_t s = 0; s < input->student_count && e == ERR_OK; s++)
        e = build_student(&building, &input->students[s], &built.market.students[s]);
    built.market.student_count = input->student_count;
    built.market.placement_count = input->place_count;
    built.market.point_count = building.points.count;
    built.market.skill_numbers = (uint32_t)building.skills.count;
    built.market.tag_numbers = (uint32_t)building.tags.count;
    built.unknown_wish_count = building.unknown_wishes;
    close_building(&building);
    if (e == ERR_OK)
        *out = built;
    else
        built_market_free(&built);
    return e;
}

enum err market_build_draw(struct built_market *built, const struct round_input *input,
                           const uint8_t seed[SEED_BYTES])
{
    struct market *market = &built->market;
    struct lottery lottery;
    enum err e = mem_alloc(market->student_count, sizeof *market->draws, &market->draws);
    if (e == ERR_OK)
        e = mem_alloc(market->placement_count, sizeof *market->placement_hashes, &market->placement_hashes);
    if (e != ERR_OK)
        return e;
    lottery_init(&lottery, seed);
    for (size_t s = 0; s < market->student_count; s++) {
        const ProtobufCBinaryData *ref = &input->students[s].record->student_ref;
        lottery_draw(&lottery, ref->data, ref->len, &market->draws[s]);
    }
    for (size_t p = 0; p < market->placement_count; p++) {
        const Stagematch__V1__Placement *placement = input->places[p].placement;
        lottery_placement_hash(&lottery, text_of(placement->leerbedrijf), text_of(placement->leerplaats),
                               market->placement_hashes[p]);
    }
    lottery_wipe(&lottery);
    return ERR_OK;
}

void built_market_free(struct built_market *built)
{
    struct market *market = &built->market;
    void *blocks[] = {market->students,         market->draws,  market->placements, market->points,
                      market->placement_hashes, market->skills, market->criteria,   market->tags,
                      market->qualifications,   market->wishes, market->exclusions};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        mem_free(blocks[i]);
    *built = (struct built_market){0};
}
