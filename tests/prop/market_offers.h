/*
 * market_offers.h - random placements and what becomes of them, and what students and schools do with a stagevraag.
 */
#ifndef PROP_MARKET_OFFERS_H
#define PROP_MARKET_OFFERS_H

#include "prop/market_life.h"

/* Placements. */

struct offer {
    Stagematch__V1__Placement placement;
    Stagematch__V1__HardCriterion hard, *hard_list[1];
    Stagematch__V1__WeightedCriterion weighted[2], *weighted_list[2];
    char leerplaats[8], *qualifications[2];
};

static void fill_offer(struct offer *offer, unsigned place)
{
    *offer = (struct offer){
        .placement = STAGEMATCH__V1__PLACEMENT__INIT,
        .hard = STAGEMATCH__V1__HARD_CRITERION__INIT,
        .weighted = {STAGEMATCH__V1__WEIGHTED_CRITERION__INIT, STAGEMATCH__V1__WEIGHTED_CRITERION__INIT},
        .qualifications = {"25604", "25605"}};
    (void)snprintf(offer->leerplaats, sizeof offer->leerplaats, "p%u", place);
    offer->placement.leerbedrijf = companies[place % 2];
    offer->placement.leerplaats = offer->leerplaats;
    offer->placement.company_name = "Bedrijf";
    offer->placement.kvk = "12345678";
    offer->placement.postcode = "3512";
    offer->placement.qualifications = offer->qualifications;
    offer->placement.n_qualifications = 1 + place % 2;
    offer->placement.leerweg = LEERWEG(BOL);
    offer->placement.capacity = scale.watches_seats ? 1 + below(scale.capacity) : scale.capacity;
    offer->placement.start_date = "2027-04-01";
    offer->placement.end_date = place % 4 ? "2027-07-10" : "2027-12-31";
    offer->placement.hours_per_week = 36;
    offer->hard.skill = "vca";
    offer->hard.level = 1;
    offer->hard_list[0] = &offer->hard;
    offer->placement.hard_criteria = offer->hard_list;
    offer->placement.n_hard_criteria = 1;
    for (unsigned i = 0; i < 2; i++) {
        offer->weighted[i].skill = i ? "zorg" : "taal";
        offer->weighted[i].weight = 1 + below(3);
        offer->weighted[i].minimum_level = i ? 0 : 3;
        offer->weighted_list[i] = &offer->weighted[i];
    }
    offer->placement.weighted_criteria = offer->weighted_list;
    offer->placement.n_weighted_criteria = 2;
}

/* By the company, or by a school on its behalf. */
static const struct caller *who_offers(unsigned place)
{
    return place == 3 ? &coordinators[1] : &contacts[place % 2];
}

static void submit(void)
{
    struct offer offer;
    unsigned place = below(PLACES);
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    fill_offer(&offer, place);
    request.placement = &offer.placement;
    send_as(chance(10) ? &contacts[below(2)] : who_offers(place), METHOD_SUBMIT_PLACEMENT, &request);
}

/* A file of them, by a school; its last piece may never come. */
static void hand_in_placements(void)
{
    static struct offer offers[3];
    Stagematch__V1__Placement *list[3];
    Stagematch__Internal__V1__CommitPlacementsRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_PLACEMENTS_REQUEST__INIT;
    const char *id = new_request_id();
    unsigned chunks = below(3);
    for (request.chunk = 0; request.chunk <= chunks; request.chunk++) {
        request.request_id = id;
        request.last = request.chunk == chunks;
        request.publish = chance(2);
        request.placements = list;
        for (request.n_placements = 0; request.n_placements < 2; request.n_placements++) {
            fill_offer(&offers[request.n_placements], PLACES + below(4));
            list[request.n_placements] = &offers[request.n_placements].placement;
        }
        if (!request.last || !chance(4))
            message_free(call(&coordinators[0], METHOD_COMMIT_PLACEMENTS, &request));
    }
}

static void change_placement(void)
{
    static const enum method_id methods[] = {METHOD_PUBLISH_PLACEMENT, METHOD_PUBLISH_PLACEMENT,
                                             METHOD_REOPEN_PLACEMENT, METHOD_REOPEN_PLACEMENT,
                                             METHOD_WITHDRAW_PLACEMENT};
    const PlacementRecord *record = some(RECORD_PLACEMENT);
    enum method_id method = methods[below(sizeof methods / sizeof methods[0])];
    union {
        Stagematch__V1__PublishPlacementRequest publish;
        Stagematch__V1__ReopenPlacementRequest reopen;
        Stagematch__V1__WithdrawPlacementRequest withdraw;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES];
    if (!record || (method == METHOD_WITHDRAW_PLACEMENT && !chance(4)))
        return;
    id_format_bytes(record->placement_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "placement_id", id);
    set_string(&request.base, "reason", "gesloten");
    request.publish.version = record->version; /* in all three the same field */
    bool by_school = chance(2);
    const struct caller *caller =
        by_school ? &coordinators[below(2)] : &contacts[strcmp(record->placement->leerbedrijf, companies[1]) == 0];
    send_as(caller, method, &request);
}

/* Stagevragen. */

static void change_stagevraag(void)
{
    static const enum method_id methods[] = {
        METHOD_SET_PREFERENCES, METHOD_SET_PREFERENCES,     METHOD_CONTEST_LEVEL,   METHOD_RESOLVE_CONTEST,
        METHOD_RESOLVE_CONTEST, METHOD_WITHDRAW_STAGEVRAAG, METHOD_PLACE_ELSEWHERE, METHOD_PLACE_ELSEWHERE};
    const StagevraagRecord *record = some(RECORD_STAGEVRAAG);
    const PlacementRecord *place = some(RECORD_PLACEMENT);
    enum method_id method = methods[below(sizeof methods / sizeof methods[0])];
    static const char *const skills[] = {"taal", "zorg", "vca"};
    union {
        Stagematch__V1__SetPreferencesRequest preferences;
        Stagematch__V1__ResolveContestRequest resolve;
        Stagematch__V1__WithdrawStagevraagRequest withdraw;
        Stagematch__V1__PlaceElsewhereRequest elsewhere;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES], place_id[ID_HEX_BYTES] = "", *names[] = {place_id};
    bool ends = method == METHOD_WITHDRAW_STAGEVRAAG || method == METHOD_PLACE_ELSEWHERE;
    if (chance(3)) /* who sits elsewhere goes on too */
        for (unsigned tries = 0; tries < 20 && record && !record->elsewhere_placement_id.len; tries++)
            record = some(RECORD_STAGEVRAAG);
    if (!record || (ends && !chance(child.is_out ? 1 : 4)))
        return; /* while a child is at work such an end is a race */
    id_format_bytes(record->stagevraag_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "stagevraag_id", id);
    set_string(&request.base, "reason", "plek-elders");
    set_string(&request.base, "skill", record->n_contested_skills ? record->contested_skills[0] : skills[below(3)]);
    if (method == METHOD_RESOLVE_CONTEST)
        request.resolve.level = below(6);
    else if (method != METHOD_CONTEST_LEVEL)
        request.preferences.version = record->version;
    if (method == METHOD_SET_PREFERENCES && place) {
        (void)snprintf(place_id, sizeof place_id, "%s/%s", place->placement->leerbedrijf,
                       place->placement->leerplaats);
        request.preferences.n_preferred = below(2);
        request.preferences.preferred = names;
    } else if (method == METHOD_PLACE_ELSEWHERE && place && chance(2)) {
        id_format_bytes(place->placement_id, place_id);
        request.elsewhere.placement_id = place_id;
    }
    bool by_school = method == METHOD_RESOLVE_CONTEST || chance(2);
    send_as(by_school ? &coordinators[strcmp(record->school, schools[1]) == 0] : student_at(record->student_ref),
            method, &request);
}

#endif
