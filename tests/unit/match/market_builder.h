/*
 * market_builder.h - markets for tests: put together by hand, or drawn at random with so few values that every rule,
 * tie and boundary comes up.
 *
 * A small pool is exactly as long as what is in it, so that a sanitizer sees an index that is one too far.
 */
#ifndef UNIT_MATCH_MARKET_BUILDER_H
#define UNIT_MATCH_MARKET_BUILDER_H

#include "base/random.h"
#include "match/market.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    struct market market;
    size_t qualifications, skills, criteria, tags, wishes, exclusions;
};

static inline void builder_free(struct builder *builder)
{
    struct market *market = &builder->market;
    void *blocks[] = {market->students, market->draws,  market->placements, market->placement_hashes,
                      market->points,   market->skills, market->criteria,   market->qualifications,
                      market->tags,     market->wishes, market->exclusions};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
    *builder = (struct builder){0};
}

/* Room for so many items: exactly theirs while they are few, then powers of two. */
static inline size_t builder_room(size_t count)
{
    size_t room = 1024;
    while (room < count)
        room *= 2;
    return count <= 1024 ? count : room;
}

/* Appends `count` items of `size` bytes to the array whose address is `array`; gives the place of the first. */
static inline uint32_t builder_append(void *array, size_t *length, const void *items, size_t count, size_t size)
{
    char *block;
    memcpy(&block, array, sizeof block);
    size_t before = *length;
    if (count) {
        if (builder_room(before + count) != builder_room(before))
            block = realloc(block, builder_room(before + count) * size);
        ck_assert_ptr_nonnull(block);
        memcpy(block + before * size, items, count * size);
        memcpy(array, &block, sizeof block);
        *length += count;
    }
    return (uint32_t)before;
}

#define BUILDER_POOL(name, type, pool, length)                                                                       \
    static inline struct span name(struct builder *builder, const type *items, size_t count)                         \
    {                                                                                                                \
        uint32_t at = builder_append(&builder->market.pool, &builder->length, items, count, sizeof *items);          \
        return (struct span){at, (uint32_t)count};                                                                   \
    }

BUILDER_POOL(builder_qualifications, uint32_t, qualifications, qualifications)
BUILDER_POOL(builder_skills, struct skill_level, skills, skills)
BUILDER_POOL(builder_criteria, struct criterion, criteria, criteria)
BUILDER_POOL(builder_tags, uint32_t, tags, tags)
BUILDER_POOL(builder_wishes, uint32_t, wishes, wishes)
BUILDER_POOL(builder_exclusions, uint32_t, exclusions, exclusions)

static inline uint32_t builder_point(struct builder *builder, double lat, double lon)
{
    struct point point = {lat, lon};
    return builder_append(&builder->market.points, &builder->market.point_count, &point, 1, sizeof point);
}

/* A student who fits builder_placement's; point 0 must exist. */
static inline struct student plain_student(void)
{
    return (struct student){.qualification = 25656,
                            .from = 100,
                            .to = 200,
                            .max_km = 40,
                            .leerweg = LEERWEG_BOL,
                            .hours = 24,
                            .days = 0x1f,
                            .year = 1};
}

static inline struct placement plain_placement(struct builder *builder, uint16_t capacity)
{
    static const uint32_t qualification = 25656;
    return (struct placement){.from = 100,
                              .to = 200,
                              .qualifications = builder_qualifications(builder, &qualification, 1),
                              .capacity = capacity,
                              .leerweg = LEERWEG_BOL,
                              .hours = 24};
}

/* Its lottery value begins with `lottery`, as a big-endian number: the higher goes first. */
static inline uint32_t builder_student(struct builder *builder, struct student student, uint32_t lottery)
{
    struct draw draw = {0};
    size_t draws = builder->market.student_count;
    for (size_t i = 0; i < 4; i++)
        draw.lottery[i] = (uint8_t)(lottery >> (24 - 8 * i));
    for (size_t i = 0; i < TIE_KEY_BYTES; i++)
        draw.tie_key[i] = (uint8_t)(lottery + 31 * i);
    builder_append(&builder->market.draws, &draws, &draw, 1, sizeof draw);
    return builder_append(&builder->market.students, &builder->market.student_count, &student, 1, sizeof student);
}

static inline uint32_t builder_placement(struct builder *builder, struct placement placement)
{
    uint8_t hash[HASH_BYTES];
    size_t hashes = builder->market.placement_count;
    for (size_t i = 0; i < HASH_BYTES; i++)
        hash[i] = (uint8_t)(17 * hashes + 5 * i);
    builder_append(&builder->market.placement_hashes, &hashes, hash, 1, sizeof hash);
    return builder_append(&builder->market.placements, &builder->market.placement_count, &placement, 1,
                          sizeof placement);
}

/* A number below `bound`, which may be 0. */
static inline uint32_t drawn(const struct random_source *random, uint32_t bound)
{
    return bound ? (uint32_t)random_below(random, bound) : 0;
}

/* Some of 0 .. bound-1, each once, in random order; at most `most`. */
static inline uint32_t drawn_set(const struct random_source *random, uint32_t bound, uint32_t most, uint32_t *out)
{
    uint32_t all[64], count = drawn(random, (most < bound ? most : bound) + 1);
    ck_assert_uint_le(bound, 64);
    for (uint32_t i = 0; i < bound; i++)
        all[i] = i;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = i + drawn(random, bound - i), kept = all[i];
        out[i] = all[other];
        all[other] = kept;
    }
    return count;
}

enum { RANDOM_POINTS = 7, RANDOM_SKILLS = 4, RANDOM_TAGS = 4, RANDOM_QUALIFICATIONS = 2 };

static inline struct span random_criteria(struct builder *builder, const struct random_source *random, bool hard)
{
    struct criterion criteria[RANDOM_SKILLS];
    uint32_t skills[RANDOM_SKILLS], count = drawn_set(random, RANDOM_SKILLS, hard ? 1 : RANDOM_SKILLS, skills);
    for (uint32_t i = 0; i < count; i++)
        criteria[i] = (struct criterion){.skill = skills[i],
                                         .level = (uint8_t)drawn(random, hard ? 3 : 6),
                                         .weight = (uint8_t)(hard ? 0 : 1 + drawn(random, 9))};
    return builder_criteria(builder, criteria, count);
}

static inline void add_random_placement(struct builder *builder, const struct random_source *random)
{
    uint32_t set[RANDOM_TAGS];
    struct placement placement = {.point = drawn(random, RANDOM_POINTS),
                                  .from = (int32_t)drawn(random, 12),
                                  .to = 30 + (int32_t)drawn(random, 12),
                                  .capacity = (uint16_t)(1 + drawn(random, 2)),
                                  .leerweg = (uint8_t)(drawn(random, 6) == 0),
                                  .hours = (uint8_t)(24 + 8 * drawn(random, 3)),
                                  .days = (uint8_t)(drawn(random, 2) ? 0 : 1u << drawn(random, 6))};
    uint32_t count = drawn_set(random, RANDOM_QUALIFICATIONS, RANDOM_QUALIFICATIONS, set);
    if (count == 0)
        set[count++] = 0;
    placement.qualifications = builder_qualifications(builder, set, count);
    placement.hard = random_criteria(builder, random, true);
    placement.weighted = random_criteria(builder, random, false);
    placement.tags = builder_tags(builder, set, drawn_set(random, RANDOM_TAGS, RANDOM_TAGS, set));
    builder_placement(builder, placement);
    random_fill(random, builder->market.placement_hashes[builder->market.placement_count - 1], HASH_BYTES);
}

/* After all placements, so that wishes and exclusions can name any of them. */
static inline void add_random_student(struct builder *builder, const struct random_source *random)
{
    static const uint16_t max_km[] = {1, 10, 40, 100, 300};
    uint32_t set[64], places = (uint32_t)builder->market.placement_count;
    struct skill_level skills[RANDOM_SKILLS];
    struct student student = {.qualification = drawn(random, RANDOM_QUALIFICATIONS),
                              .point = drawn(random, RANDOM_POINTS),
                              .from = (int32_t)drawn(random, 12),
                              .to = 30 + (int32_t)drawn(random, 12),
                              .max_km = max_km[drawn(random, 5)],
                              .leerweg = (uint8_t)(drawn(random, 6) == 0),
                              .hours = (uint8_t)(16 + 8 * drawn(random, 3)),
                              .days = (uint8_t)(drawn(random, 3) ? 0x1f : drawn(random, 0x80))};
    uint32_t count = drawn_set(random, RANDOM_SKILLS, RANDOM_SKILLS, set);
    for (uint32_t i = 0; i < count; i++)
        skills[i] = (struct skill_level){set[i], (uint8_t)drawn(random, 6)};
    student.skills = builder_skills(builder, skills, count);
    student.tags = builder_tags(builder, set, drawn_set(random, RANDOM_TAGS, RANDOM_TAGS, set));
    student.wishes = builder_wishes(builder, set, drawn_set(random, places, 3, set));
    student.exclusions = builder_exclusions(builder, set, drawn_set(random, places, drawn(random, 3), set));
    builder_student(builder, student, 0);
    random_fill(random, &builder->market.draws[builder->market.student_count - 1], sizeof(struct draw));
}

/* At most 64 placements. Points lie within 150 km of each other, some very near. */
static inline struct builder random_market(const struct random_source *random, uint32_t students, uint32_t placements)
{
    struct builder builder = {.market = {.skill_numbers = RANDOM_SKILLS, .tag_numbers = RANDOM_TAGS}};
    for (uint32_t i = 0; i < RANDOM_POINTS; i++) {
        double spread = i < 3 ? 0.05 : 1.2;
        double lat = 51.5 + spread * (double)random_below(random, 1000) / 1000.0;
        builder_point(&builder, lat, 4.5 + spread * (double)random_below(random, 1000) / 1000.0);
    }
    for (uint32_t p = 0; p < placements; p++)
        add_random_placement(&builder, random);
    for (uint32_t s = 0; s < students; s++)
        add_random_student(&builder, random);
    return builder;
}

#endif
