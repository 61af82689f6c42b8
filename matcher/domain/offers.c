/*
 * What a stagevraag fits, as a match would order it: a market of one student and the published placements of its qualification
 * within its reach.
 */
#include "domain/market_build.h"
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/profile_check.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"
#include "match/geo.h"
#include "match/lists.h"

#include <string.h>

/* So many placements of a leerbedrijf are looked at for one that was published, so that its name may be told. */
enum { OFFERS_DEFAULT = 100, OFFERS_MAX = 1000, NAME_LOOKS = 100 };

/* A plain look at what costs little, before a market is built. */
struct nearby {
    const Profile *profile;
    const struct geography *geography;
    struct geo_point home;
};

static bool is_nearby(const struct nearby *nearby, const Placement *placement)
{
    struct point point;
    if (placement->leerweg != nearby->profile->leerweg ||
        !strings_have(placement->qualifications, placement->n_qualifications,
                      text_of(nearby->profile->qualification)) ||
        !nearby->geography->point(nearby->geography->context, pc4_of(placement->postcode), &point))
        return false;
    struct geo_point there = geo_point_of(point);
    return geo_distance_m(&nearby->home, &there) <= 1000u * nearby->profile->max_km;
}

static enum err gather(const struct context *context, const StagevraagRecord *record, struct round_input *input)
{
    struct nearby nearby = {.profile = record->profile, .geography = &context->options->geography};
    struct point home;
    struct index_key prefix;
    struct scan scan;
    const PlacementRecord *place;
    if (!nearby.geography->point(nearby.geography->context, pc4_of(record->profile->pc4), &home))
        return ERR_OK;
    nearby.home = geo_point_of(home);
    enum err e =
        round_input_add_student(input, &(struct input_student){record, record->profile, record->n_barred_placements});
    index_key_start(&prefix);
    index_key_u8(&prefix, PLACEMENT_STATE(PUBLISHED));
    scan_start(&scan, context->state, INDEX_PLACEMENT_STATE, &prefix);
    while (e == ERR_OK && (place = scan_next(&scan)) != NULL) {
        struct input_place entry = {place, place->placement, 1};
        if (placement_is_visible(context->state, place) && is_nearby(&nearby, place->placement) &&
            !cooperation_is_stopped(context->state, record->school, place->placement->leerbedrijf))
            e = round_input_add_place(input, &entry);
    }
    return e == ERR_OK ? round_input_arrange(input) : e;
}

static void add_offer(struct context *context, const struct input_place *place, uint32_t distance_m, bool preferred,
                      Stagematch__V1__ListOffersResponse *response)
{
    Stagematch__V1__Offer *offer = CONTEXT_NEW(context, stagematch__v1__offer__descriptor);
    if (!offer)
        return;
    const Placement *placement = place->placement;
    context_id(context, place->record->placement_id, &offer->placement_id);
    context_ok(context, message_assign_string(&offer->leerbedrijf, text_of(placement->leerbedrijf)));
    context_ok(context, message_assign_string(&offer->leerplaats, text_of(placement->leerplaats)));
    context_ok(context, message_assign_string(&offer->company_name, text_of(placement->company_name)));
    context_ok(context, message_assign_string(&offer->title, text_of(placement->title)));
    context_ok(context, message_assign_string(&offer->description, text_of(placement->description)));
    offer->distance_km = (distance_m + 500) / 1000;
    offer->preferred = preferred;
    context_ok(context, message_append(&response->n_offers, &response->offers, offer));
}

static bool is_wish(const struct market *market, uint32_t place)
{
    const struct span *wishes = &market->students[0].wishes;
    for (uint32_t i = 0; i < wishes->count; i++)
        if (market->wishes[wishes->at + i] == place)
            return true;
    return false;
}

static enum err list_offers(struct context *context, const struct round_input *input, const uint8_t seed[SEED_BYTES],
                            uint32_t limit, Stagematch__V1__ListOffersResponse *response)
{
    struct built_market built;
    struct list_maker maker;
    const struct candidate *list;
    uint32_t count;
    enum err e = market_build(input, &context->options->geography, &built);
    if (e != ERR_OK)
        return e;
    e = market_build_draw(&built, input, seed);
    if (e == ERR_OK)
        e = list_maker_open(&built.market, &context->options->rules, &maker);
    if (e == ERR_OK) {
        list_maker_full(&maker, 0, &list, &count);
        response->total_count = count;
        for (uint32_t i = 0; i < count && i < limit; i++)
            add_offer(context, &input->places[list[i].place], list[i].distance_m,
                      is_wish(&built.market, list[i].place), response);
        list_maker_close(&maker);
    }
    built_market_free(&built);
    return e;
}

/* What the student may have heard of: it was published at some time. */
static bool was_published(const struct context *context, const PlacementRecord *place)
{
    return place && place->state != PLACEMENT_STATE(DRAFT) && placement_is_visible(context->state, place);
}

/* The placement of that code, or for a leerbedrijf any of its placements; NULL: none that may be named. */
static const PlacementRecord *place_of_code(const struct context *context, const char *code, bool *whole)
{
    struct text leerbedrijf = text_of(code), leerplaats;
    struct index_key key;
    struct scan scan;
    *whole = place_name_split(code, &leerbedrijf, &leerplaats);
    index_key_start(&key);
    index_key_bytes(&key, leerbedrijf);
    index_key_u8(&key, 0);
    if (*whole)
        index_key_string(&key, leerplaats.data); /* the end of the code */
    scan_start(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, &key);
    const PlacementRecord *place = scan_next(&scan);
    for (unsigned looks = 1; place && !was_published(context, place); looks++)
        place = looks < NAME_LOOKS ? scan_next(&scan) : NULL;
    return place;
}

static void name_places(struct context *context, char *const *codes, size_t count,
                        Stagematch__V1__ListOffersResponse *response)
{
    for (size_t i = 0; i < count && context->error == ERR_OK; i++) {
        bool whole;
        const PlacementRecord *place = place_of_code(context, codes[i], &whole);
        Stagematch__V1__PlaceName *name = place ? CONTEXT_NEW(context, stagematch__v1__place_name__descriptor) : NULL;
        if (!name)
            continue;
        const Placement *placement = place->placement;
        context_ok(context, message_assign_string(&name->code, text_of(codes[i])));
        context_ok(context, message_assign_string(&name->company_name, text_of(placement->company_name)));
        context_ok(context, message_assign_string(&name->title, text_of(whole ? placement->title : "")));
        context_ok(context, message_append(&response->n_names, &response->names, name));
    }
}

struct status handle_list_offers(struct context *context, const void *message, void *answer)
{
    static const uint8_t no_seed[SEED_BYTES]; /* before the seed is drawn, any will do for ties */
    const Stagematch__V1__ListOffersRequest *request = message;
    Stagematch__V1__ListOffersResponse *response = answer;
    const StagevraagRecord *record;
    struct round_input input = {0};
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &record);
    if (status.refusal)
        return status;
    if (request->page_size > OFFERS_MAX)
        return status_refuse_field(&refusal_bad_value, "page_size");
    const RoundRecord *round = round_find(context->state, record->round_id);
    bool drawn = round && round->seed.len == SEED_BYTES;
    enum err e = gather(context, record, &input);
    if (e == ERR_OK && input.place_count)
        e = list_offers(context, &input, drawn ? round->seed.data : no_seed,
                        request->page_size ? request->page_size : OFFERS_DEFAULT, response);
    round_input_free(&input);
    context_ok(context, e);
    name_places(context, record->profile->preferred, record->profile->n_preferred, response);
    name_places(context, record->profile->excluded, record->profile->n_excluded, response);
    return context_status(context);
}
