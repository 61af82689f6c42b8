/*
 * market.h - what a round is made from: profiles and places, without a name.
 *
 * These types carry all that matching may look at, as numbers. Skills, tags and qualifications are numbers that the
 * reader of the files gave out (equal text, equal number); persons are row numbers. There is no field for a name, a
 * sex, a birth date or an address, so no rule in this folder can depend on one.
 *
 * A `student` in matching is one stagevraag: one student's request for one period.
 *
 * Arrays of variable length lie in pools; a `struct span` is a piece of one. Students stand in canonical order (school,
 * student number, start), placements in canonical order (leerbedrijf, leerplaats), whatever the order of the files.
 */
#ifndef MATCH_MARKET_H
#define MATCH_MARKET_H

#include <stddef.h>
#include <stdint.h>

#define PLACE_NONE UINT32_MAX

enum leerweg { LEERWEG_BOL, LEERWEG_BBL, LEERWEG_HBO };

enum {
    LEVEL_MAX = 5,
    SCORE_MAX = 100,
    MAX_KM_LIMIT = 300,
    SEED_BYTES = 32,
    HASH_BYTES = 32,
    TIE_KEY_BYTES = 16,
};

struct span {
    uint32_t at;
    uint32_t count;
};

struct point {
    double lat; /* degrees, WGS 84 */
    double lon;
};

struct skill_level {
    uint32_t skill;
    uint8_t level; /* 0..5 */
};

struct criterion {
    uint32_t skill;
    uint8_t level;  /* hard: at least this; weighted: the level below which the company may object, 0 for none */
    uint8_t weight; /* weighted: 1..9; hard: 0 */
};

struct student {
    uint32_t qualification; /* the five digits */
    uint32_t point;         /* index of its postcode's point */
    int32_t from, to;       /* days since 1970-01-01, both included */
    struct span skills;     /* of market.skills, each skill once */
    struct span tags;       /* of market.tags */
    struct span wishes;     /* of market.wishes: placements, best first, each once */
    struct span exclusions; /* of market.exclusions: placements */
    uint16_t max_km;
    uint8_t leerweg; /* enum leerweg */
    uint8_t hours;   /* a week */
    uint8_t days;    /* bit 0 = ma .. bit 6 = zo: when the student can come */
    uint8_t year;
};

struct placement {
    uint32_t point;
    int32_t from, to;
    struct span qualifications; /* of market.qualifications */
    struct span hard;           /* of market.criteria */
    struct span weighted;       /* of market.criteria */
    struct span tags;           /* of market.tags */
    uint16_t capacity;
    uint8_t leerweg;
    uint8_t hours; /* offered a week */
    uint8_t days;  /* when the student must be there; 0 = any */
};

/* What the seed draws for one student; see lottery.h. */
struct draw {
    uint8_t lottery[HASH_BYTES];
    uint8_t tie_key[TIE_KEY_BYTES];
};

struct market {
    size_t student_count, placement_count, point_count;
    struct student *students;
    struct draw *draws; /* one for each student */
    struct placement *placements;
    uint8_t (*placement_hashes)[HASH_BYTES];
    struct point *points;

    uint32_t *qualifications;
    struct skill_level *skills;
    struct criterion *criteria;
    uint32_t *tags;
    uint32_t *wishes;
    uint32_t *exclusions;
    uint32_t skill_numbers; /* every skill number is below this */
    uint32_t tag_numbers;
};

/* The student's level in a skill; 0 where it is not listed. O(the student's skills). */
uint8_t market_level(const struct market *market, const struct student *student, uint32_t skill);

/* The declared parameters of a round. */
struct match_rules {
    int32_t slack_days;  /* `speling_dagen` */
    uint32_t list_max;   /* 0: no limit */
    uint32_t band_width; /* 1..100 points of score to a band */
};

#endif
