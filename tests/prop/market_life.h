/*
 * market_life.h - who plays in the random lives of a market, how large a life is, and choosing among what there is.
 */
#ifndef PROP_MARKET_LIFE_H
#define PROP_MARKET_LIFE_H

#include "prop/domain_rules.h"

#include "domain/market.h"
#include "domain/state_index.h"

#ifdef __clang__
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#else
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif

enum { PEOPLE_MAX = 640, ROWS_MAX = 40, PLACES = 10, ROUNDS_MAX = 40, SOLVE_BYTES_MAX = 1 << 22 };

/* How large a life is. */
struct scale {
    unsigned people, steps, check_every, settle_every, reload_every, capacity;
    bool watches_seats; /* after every step; then capacities may change too */
    bool asks_again;    /* after every step (market_views.h) */
};

static struct scale scale;
static uint8_t generation[PEOPLE_MAX]; /* of a person: one that was erased and comes back is somebody else */
static uint64_t stage_counter;
static uint8_t release_stage;

/* The child that solves, whose answer comes later. */
static struct {
    bool is_out, fails;
    struct solve_request request;
    struct buf result;
} child;

static const char *const schools[] = {"99AA", "99AB"};
static const char *const companies[] = {"100001", "100002"};
static const struct caller coordinators[] = {{ROLE(COORDINATOR), "99AA", 1}, {ROLE(COORDINATOR), "99AB", 2}};
static const struct caller contacts[] = {{ROLE(COMPANY), "100001", 3}, {ROLE(COMPANY), "100002", 4}};
static const struct caller reviewers[] = {{ROLE(VERTROUWENSPERSOON), "99AA", 5}, {ROLE(BEHANDELAAR), "99AB", 6}};
static const struct caller vault = {0, NULL, 0};

static bool chance(unsigned of)
{
    return below(of) == 0;
}

static unsigned school_of(unsigned person)
{
    return person % 2;
}

/* The account of a student; valid until the next call. */
static const struct caller *student_at(ProtobufCBinaryData student_ref)
{
    static char hex[ID_HEX_BYTES];
    static struct caller caller;
    id_format_bytes(student_ref, hex);
    caller = (struct caller){ROLE(STUDENT), hex, 7};
    return &caller;
}

/* Whoever; mostly somebody whom it concerns. */
static const struct caller *somebody(const char *brin, const char *leerbedrijf, ProtobufCBinaryData student_ref)
{
    switch (below(12)) {
    case 0:
        return &coordinators[below(2)];
    case 1:
        return &contacts[below(2)];
    case 2:
        return &reviewers[below(2)];
    case 3:
    case 4:
    case 5:
        return student_at(student_ref);
    case 6:
    case 7:
    case 8:
        return &contacts[strcmp(leerbedrijf, companies[1]) == 0];
    default:
        return &coordinators[strcmp(brin, schools[1]) == 0];
    }
}

/* With a new request_id. */
static void send_as(const struct caller *caller, enum method_id method, void *request)
{
    set_string(request, "request_id", new_request_id());
    message_free(call(caller, method, request));
}

static void next_stage(uint8_t id[ID_BYTES])
{
    memset(id, 0xAB, ID_BYTES);
    stage_counter++;
    memcpy(id, &stage_counter, sizeof stage_counter);
}

/* Some record of a kind with a key of an id; NULL where there is none. */
static const void *some(enum record_kind kind)
{
    struct state *state = domain_state(domain);
    uint8_t from[ID_BYTES];
    if (state_count(state, kind) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)below(256);
    /* Ids of the fixture begin alike, so that the first bytes are walked over. */
    const void *record = state_next(state, kind, (struct text){(const char *)from, sizeof from});
    if (!record || chance(2)) {
        record = state_next(state, kind, text_of(""));
        for (unsigned skip = below((unsigned)state_count(state, kind)); skip > 0; skip--) {
            struct index_key key;
            index_key_start(&key);
            ck_assert(kind_table[kind].key(record, &key));
            record = state_next(state, kind, (struct text){(const char *)key.bytes, key.length});
        }
    }
    return record;
}

#endif
