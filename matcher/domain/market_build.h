/*
 * market_build.h - from the profiles and placements of a round to the numbers that match/ works on.
 *
 * An input is a list of stagevragen and placements, each with the version that the round looks at. Canonical order is
 * (school, student_ref, start, stagevraag_id) and (leerbedrijf, leerplaats): references are random, so the order depends on
 * nobody's identity, and it is the order in which an export of the input is read back (export_lines.h). Pairs that an
 * earlier end has barred count as exclusions.
 *
 * Everything here borrows from the records; the state must not change while an input lives. Cost: O(n log n), about 300
 * bytes a student.
 */
#ifndef DOMAIN_MARKET_BUILD_H
#define DOMAIN_MARKET_BUILD_H

#include "domain/domain.h"
#include "stagematch/internal/v1/record.pb-c.h"

struct input_student {
    const Stagematch__Internal__V1__StagevraagRecord *record;
    const Stagematch__V1__Profile *profile;
    size_t barred_count; /* of the record's barred placements, those that count */
};

struct input_place {
    const Stagematch__Internal__V1__PlacementRecord *record;
    const Stagematch__V1__Placement *placement;
    uint16_t seats;
};

struct round_input {
    struct input_student *students;
    struct input_place *places;
    size_t student_count, student_capacity, place_count, place_capacity;
    uint32_t *by_id; /* places in order of placement_id; after round_input_arrange */
    /* Of a match that is made now: leerbedrijven with which a student's school does not work (measure.h) are left out. NULL: of a sealed
       input, whose profiles say it. */
    const struct state *stops;
};

void round_input_free(struct round_input *input);
MUST_USE enum err round_input_add_student(struct round_input *input, const struct input_student *student);
MUST_USE enum err round_input_add_place(struct round_input *input, const struct input_place *place);

/* Puts both in canonical order; call it once, when all were added. */
MUST_USE enum err round_input_arrange(struct round_input *input);

/* Index of the place with this id, or PLACE_NONE. */
uint32_t round_input_place(const struct round_input *input, const ProtobufCBinaryData *id);

/* A market that owns its arrays. */
struct built_market {
    struct market market;
    uint64_t unknown_wish_count; /* wishes and exclusions that name nothing, or more than one */
};

/* An arranged input as a market, without draws. ERR_INPUT: a postcode that the geography does not know (any more). */
MUST_USE enum err market_build(const struct round_input *input, const struct geography *geography,
                               struct built_market *out);

/* Draws the lottery under a seed. */
MUST_USE enum err market_build_draw(struct built_market *built, const struct round_input *input,
                                    const uint8_t seed[SEED_BYTES]);
void built_market_free(struct built_market *built);

#endif
