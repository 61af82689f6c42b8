/*
 * Why a stagevraag got what it got in the first solve of its round, and what a placement's criteria cost.
 *
 * Nothing is solved again. The market is narrowed to the one student and the placements that can matter, or to the one placement
 * and the students of its qualifications, built as the solver builds it, and looked at pair by pair (match/explain.h). What the
 * solve left at each placement was noted when its matches were published (round_publish.c).
 */
#include "match/explain.h"
#include "blind/view.h"
#include "domain/placement.h"
#include "domain/profile_check.h"
#include "domain/proposal.h"
#include "domain/round.h"
#include "domain/stagevraag.h"

#include <stdlib.h>
#include <string.h>

/*
 * What an answer may take of the engine's one thread: about 3 us for each placement that takes the student's qualification, and 2 us for
 * each student whom one about a placement looks at. Their ids are random, so the first are a fair sample.
 */
enum { PLACES_SHOWN_MAX = 50, SKILLS_SHOWN_MAX = 50, PLACES_LOOKED_AT_MAX = 10000, STUDENTS_LOOKED_AT_MAX = 2000 };

typedef Stagematch__V1__ExplainedPlace ExplainedPlace;
typedef Stagematch__V1__ExplainStagevraagResponse StagevraagExplained;
typedef Stagematch__V1__MissedSkill MissedSkill;
typedef Stagematch__V1__ExplainPlacementResponse PlacementExplained;

#define FULL_REASON(name) STAGEMATCH__V1__FULL_REASON__FULL_REASON_##name
#define UNMATCHED_REASON(name) STAGEMATCH__V1__UNMATCHED_REASON__UNMATCHED_REASON_##name

static const REFUSAL(refusal_not_explained, STATUS_FAILED_PRECONDITION, "not_explained",
                     "Uitleg is er zolang de ronde gepubliceerd is en nog niet afgesloten.",
                     "There is an explanation while the round is published and not closed.");

static struct match_rules rules_of(const RoundRecord *round)
{
    return (struct match_rules){(int32_t)round->slack_days, round->list_max, round->band_width};
}

/* One student of a round, and what was narrowed to it. */
struct one_student {
    struct context *context;
    const RoundRecord *round;
    const StagevraagRecord *record;
    const Profile *profile;
    struct round_input input;
    struct built_market built;
    struct explained_list explained;
    uint32_t own_rank; /* of the match; 0: none */
};

static enum err add_place(struct one_student *one, const PlacementRecord *place)
{
    const Placement *sealed = placement_criteria(place, place->sealed_criteria_version);
    if (!sealed)
        return ERR_INTERNAL;
    if (one->input.place_count == PLACES_LOOKED_AT_MAX)
        return ERR_RANGE;
    return round_input_add_place(&one->input, &(struct input_place){place, sealed, (uint16_t)place->sealed_seats});
}

static bool takes(const PlacementRecord *place, const char *qualification)
{
    const Placement *sealed = placement_criteria(place, place->sealed_criteria_version);
    return sealed && strings_have(sealed->qualifications, sealed->n_qualifications, text_of(qualification));
}

/* The placements of the round that take the student's qualification. */
static enum err add_offered(struct one_student *one)
{
    const char *qualification = one->profile->qualification;
    const PlacementRecord *place;
    struct index_key prefix;
    struct scan scan;
    enum err e = ERR_OK;
    index_key_start(&prefix);
    index_key_bytes(&prefix, text_of_bytes(one->round->round_id));
    scan_start(&scan, one->context->state, INDEX_PLACEMENT_ROUND_OFFER_MORE, &prefix);
    while (e == ERR_OK && (place = scan_next(&scan)) != NULL)
        if (takes(place, qualification))
            e = add_place(one, place);
    index_key_string(&prefix, qualification);
    for (unsigned i = INDEX_PLACEMENT_ROUND_OFFER; i < INDEX_PLACEMENT_ROUND_OFFER_MORE; i++) {
        scan_start(&scan, one->context->state, (enum state_index)i, &prefix);
        while (e == ERR_OK && (place = scan_next(&scan)) != NULL)
            e = add_place(one, place);
    }
    return e;
}

/*
 * A preference without a leerbedrijf counts where it names one placement of the whole round. Two of its name are enough to
 * know that it does not.
 */
static enum err add_named(struct one_student *one, const char *leerplaats)
{
    const PlacementRecord *place;
    struct index_key prefix;
    struct scan scan;
    enum err e = ERR_OK;
    index_key_start(&prefix);
    index_key_bytes(&prefix, text_of_bytes(one->round->round_id));
    index_key_string(&prefix, leerplaats);
    scan_start(&scan, one->context->state, INDEX_PLACEMENT_ROUND_NAME, &prefix);
    for (int named = 0; named < 2 && e == ERR_OK && (place = scan_next(&scan)) != NULL; named++)
        if (!takes(place, one->profile->qualification)) /* otherwise it is there already */
            e = add_place(one, place);
    return e;
}

static enum err gather_places(struct one_student *one)
{
    const Profile *profile = one->profile;
    struct text leerbedrijf, leerplaats;
    enum err e = round_input_add_student(
        &one->input, &(struct input_student){one->record, profile, one->record->sealed_barred_count});
    if (e == ERR_OK)
        e = add_offered(one);
    for (size_t i = 0; i < profile->n_preferred && e == ERR_OK; i++)
        if (!place_name_split(profile->preferred[i], &leerbedrijf, &leerplaats))
            e = add_named(one, profile->preferred[i]);
    return e == ERR_OK ? round_input_arrange(&one->input) : e;
}

/* Where the match stands on the list; ERR_MISMATCH where it does not stand where it stood: the postcode table was replaced. */
static enum err find_own_rank(struct one_student *one)
{
    const MatchRecord *match = one->record->solve_match;
    if (!match)
        return ERR_OK;
    uint32_t place = round_input_place(&one->input, &match->placement_id);
    if (match->rank == 0 || match->rank > one->explained.count || one->explained.list[match->rank - 1].place != place)
        return ERR_MISMATCH;
    one->own_rank = match->rank;
    return ERR_OK;
}

static enum err explain(struct one_student *one)
{
    struct match_rules rules = rules_of(one->round);
    enum err e = gather_places(one);
    if (e == ERR_OK)
        e = market_build(&one->input, &one->context->options->geography, &one->built);
    if (e == ERR_OK)
        e = market_build_draw(&one->built, &one->input, one->round->seed.data);
    if (e == ERR_OK)
        e = explain_list(&one->built.market, &rules, 0, &one->explained);
    if (e == ERR_OK)
        e = find_own_rank(one);
    one->explained.removed[RULE_QUALIFICATION] += (uint32_t)(one->round->placement_count - one->input.place_count);
    return e;
}

static void one_student_free(struct one_student *one)
{
    explained_list_free(&one->explained);
    built_market_free(&one->built);
    round_input_free(&one->input);
}

static bool is_small(const PlacementRecord *place)
{
    return place->solve_candidates < BLIND_K;
}

/* Of a place that is preferred to the own one. A student is not told of a few others' bands. */
static Stagematch__V1__FullReason full_reason(const struct one_student *one, uint32_t at)
{
    const struct candidate *candidate = &one->explained.list[at];
    const PlacementRecord *place = one->input.places[candidate->place].record;
    uint8_t lowest_band = place->solve_candidates ? (uint8_t)place->solve_lowest_band : BAND_NOBODY;
    if (actor_is(one->context->actor, ROLE(STUDENT)) && is_small(place))
        return FULL_REASON(OTHER);
    enum place_fate fate =
        explain_fate(one->own_rank, at + 1, candidate->score / one->round->band_width, lowest_band);
    return fate == FATE_BAND ? FULL_REASON(BAND) : fate == FATE_LOTTERY ? FULL_REASON(LOTTERY) : FULL_REASON(OTHER);
}

static ExplainedPlace *show_place(const struct one_student *one, uint32_t at)
{
    struct context *context = one->context;
    ExplainedPlace *shown = CONTEXT_NEW(context, stagematch__v1__explained_place__descriptor);
    if (!shown)
        return NULL;
    const struct candidate *candidate = &one->explained.list[at];
    const PlacementRecord *place = one->input.places[candidate->place].record;
    context_id(context, place->placement_id, &shown->placement_id);
    context_ok(context, message_assign_string(&shown->leerbedrijf, text_of(place->placement->leerbedrijf)));
    context_ok(context, message_assign_string(&shown->leerplaats, text_of(place->placement->leerplaats)));
    context_ok(context, message_assign_string(&shown->company_name, text_of(place->placement->company_name)));
    context_ok(context, message_assign_string(&shown->title, text_of(place->placement->title)));
    shown->rank = at + 1;
    shown->band = candidate->score / one->round->band_width;
    shown->cutoff_shown = !is_small(place);
    shown->cutoff_band = shown->cutoff_shown ? place->solve_lowest_band : 0;
    return shown;
}

static void show_preferred(const struct one_student *one, StagevraagExplained *response)
{
    struct context *context = one->context;
    response->preferred_count = one->own_rank ? one->own_rank - 1 : one->explained.count;
    for (uint32_t at = 0; at < response->preferred_count && at < PLACES_SHOWN_MAX; at++) {
        ExplainedPlace *shown = show_place(one, at);
        if (!shown)
            return;
        shown->reason = full_reason(one, at);
        context_ok(context, message_append(&response->n_preferred, &response->preferred, shown));
    }
}

/* The API's rules stand in the order of enum rule, behind the unspecified one. */
static Stagematch__V1__MatchRule rule_of_api(unsigned rule)
{
    return (Stagematch__V1__MatchRule)(rule + 1);
}

static void show_removed(const struct one_student *one, StagevraagExplained *response)
{
    struct context *context = one->context;
    for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
        if (!one->explained.removed[rule])
            continue;
        Stagematch__V1__RemovedByRule *shown = CONTEXT_NEW(context, stagematch__v1__removed_by_rule__descriptor);
        if (!shown)
            return;
        shown->rule = rule_of_api(rule);
        shown->placement_count = one->explained.removed[rule];
        context_ok(context, message_append(&response->n_removed, &response->removed, shown));
    }
}

static void show_binding(const struct one_student *one, StagevraagExplained *response)
{
    uint32_t by[FULL_REASON(OTHER) + 1] = {0};
    for (uint32_t at = 0; at < one->explained.count; at++)
        by[full_reason(one, at)]++;
    unsigned binding = explain_binding(one->explained.count, by[FULL_REASON(LOTTERY)], one->explained.removed);
    if (binding < RULE_COUNT) {
        response->unmatched_reason = UNMATCHED_REASON(RULE);
        response->binding_rule = rule_of_api(binding);
    } else if (binding == BINDING_NO_PLACES) {
        response->unmatched_reason = UNMATCHED_REASON(NO_PLACES);
    } else if (binding == BINDING_LOTTERY) {
        response->unmatched_reason = UNMATCHED_REASON(LOTTERY);
    } else {
        response->unmatched_reason = by[FULL_REASON(OTHER)] ? UNMATCHED_REASON(OTHER) : UNMATCHED_REASON(BAND);
    }
}

static void count_missed(struct context *context, const char *skill, StagevraagExplained *response)
{
    for (size_t i = 0; i < response->n_missed_skills; i++)
        if (strcmp(response->missed_skills[i]->skill, skill) == 0) {
            response->missed_skills[i]->placement_count++;
            return;
        }
    MissedSkill *missed = CONTEXT_NEW(context, stagematch__v1__missed_skill__descriptor);
    if (!missed)
        return;
    context_ok(context, message_assign_string(&missed->skill, text_of(skill)));
    missed->placement_count = 1;
    context_ok(context, message_append(&response->n_missed_skills, &response->missed_skills, missed));
}

static int compare_missed(const void *left, const void *right)
{
    const MissedSkill *a = *(MissedSkill *const *)left, *b = *(MissedSkill *const *)right;
    if (a->placement_count != b->placement_count)
        return a->placement_count > b->placement_count ? -1 : 1;
    return strcmp(a->skill, b->skill);
}

static void show_missed(const struct one_student *one, StagevraagExplained *response)
{
    const struct market *market = &one->built.market;
    for (uint32_t p = 0; p < market->placement_count && one->context->error == ERR_OK; p++) {
        const Placement *declared = one->input.places[p].placement;
        const struct span *hard = &market->placements[p].hard; /* in the declared order */
        for (uint32_t i = 0; one->explained.broken[p] == RULE_CRITERIA && i < hard->count; i++) {
            const struct criterion *criterion = &market->criteria[hard->at + i];
            if (market_level(market, &market->students[0], criterion->skill) < criterion->level)
                count_missed(one->context, declared->hard_criteria[i]->skill, response);
        }
    }
    if (response->n_missed_skills > 1)
        qsort(response->missed_skills, response->n_missed_skills, sizeof(MissedSkill *), compare_missed);
    while (response->n_missed_skills > SKILLS_SHOWN_MAX)
        message_free(response->missed_skills[--response->n_missed_skills]);
}

static void show_all(const struct one_student *one, StagevraagExplained *response)
{
    response->eligible_count = one->explained.count;
    if (one->own_rank)
        response->matched = show_place(one, one->own_rank - 1);
    else
        show_binding(one, response);
    show_preferred(one, response);
    show_removed(one, response);
    show_missed(one, response);
}

struct status handle_explain_stagevraag(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ExplainStagevraagRequest *request = message;
    struct one_student one = {.context = context};
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &one.record);
    if (!status.refusal)
        status = id_of_request(request->round_id, id, &key);
    if (status.refusal)
        return status;
    if (!text_equal(text_of_bytes(one.record->round_id), key))
        return status_refuse(&refusal_not_found);
    one.round = round_find(context->state, one.record->round_id);
    if (!one.round || !round_has_input(one.round))
        return status_refuse(&refusal_not_explained);
    one.profile = stagevraag_round_profile(one.record);
    enum err e = explain(&one);
    if (e == ERR_OK)
        show_all(&one, answer);
    one_student_free(&one);
    if (e == ERR_MISMATCH || e == ERR_INPUT) /* distances are not what they were */
        return status_refuse(&refusal_not_explained);
    if (e == ERR_RANGE)
        return status_refuse(&refusal_round_too_large);
    context_ok(context, e);
    return context_status(context);
}

/* Adds the round's students of one qualification, at most those that may still be looked at; false where some were left out. */
static bool add_students(const struct context *context, const PlacementRecord *record, const Placement *sealed,
                         const char *qualification, struct round_input *input, enum err *e)
{
    struct index_key prefix;
    struct scan scan;
    const StagevraagRecord *student;
    index_key_start(&prefix);
    index_key_bytes(&prefix, text_of_bytes(record->round_id));
    index_key_string(&prefix, qualification);
    index_key_u8(&prefix, (unsigned)sealed->leerweg);
    scan_start(&scan, context->state, INDEX_STAGEVRAAG_ROUND, &prefix);
    while (*e == ERR_OK && (student = scan_next(&scan)) != NULL) {
        if (input->student_count == STUDENTS_LOOKED_AT_MAX)
            return false;
        *e = round_input_add_student(
            input, &(struct input_student){student, stagevraag_round_profile(student), student->sealed_barred_count});
    }
    return true;
}

static enum err gather_students(const struct context *context, const PlacementRecord *record, const Placement *sealed,
                                struct round_input *input, bool *partial)
{
    struct input_place place = {record, sealed, (uint16_t)record->sealed_seats};
    enum err e = round_input_add_place(input, &place);
    for (size_t i = 0; i < sealed->n_qualifications && e == ERR_OK; i++)
        if (!strings_have(sealed->qualifications, i, text_of(sealed->qualifications[i])) &&
            !add_students(context, record, sealed, sealed->qualifications[i], input, &e))
            *partial = true;
    return e == ERR_OK ? round_input_arrange(input) : e;
}

static uint32_t if_many(uint32_t count, protobuf_c_boolean *few)
{
    *few = count < BLIND_K;
    return *few ? 0 : count;
}

static void show_costs(struct context *context, const Placement *sealed, const uint32_t *more,
                       PlacementExplained *response)
{
    for (size_t i = 0; i < sealed->n_hard_criteria; i++) {
        Stagematch__V1__CriterionCost *cost = CONTEXT_NEW(context, stagematch__v1__criterion_cost__descriptor);
        if (!cost)
            return;
        context_ok(context, message_assign_string(&cost->skill, text_of(sealed->hard_criteria[i]->skill)));
        cost->level = sealed->hard_criteria[i]->level;
        cost->more_students = if_many(more[i], &cost->few);
        context_ok(context, message_append(&response->n_criteria, &response->criteria, cost));
    }
}

static enum err explain_place(struct context *context, const RoundRecord *round, const PlacementRecord *record,
                              PlacementExplained *response)
{
    const Placement *sealed = placement_criteria(record, record->sealed_criteria_version);
    struct match_rules rules = rules_of(round);
    struct round_input input = {0};
    struct built_market built = {0};
    uint32_t eligible, more[LIST_ITEMS_MAX];
    bool partial = false;
    if (!sealed)
        return ERR_INTERNAL;
    enum err e = gather_students(context, record, sealed, &input, &partial);
    if (e == ERR_OK)
        e = market_build(&input, &context->options->geography, &built);
    if (e == ERR_OK) {
        explain_criteria(&built.market, &rules, 0, &eligible, more);
        show_costs(context, sealed, more, response);
        response->eligible_students = if_many(eligible, &response->eligible_few);
        response->partial = partial;
    }
    built_market_free(&built);
    round_input_free(&input);
    return e;
}

struct status handle_explain_placement(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ExplainPlacementRequest *request = message;
    const PlacementRecord *record;
    struct status status = placement_of_request(context, request->placement_id, &record);
    if (status.refusal)
        return status;
    if (!placement_round_is_theirs(context, record))
        return status_refuse(&refusal_contact_not_checked);
    const RoundRecord *round = round_find(context->state, record->round_id);
    if (!round || !round_has_input(round))
        return status_refuse(&refusal_not_explained);
    enum err e = explain_place(context, round, record, answer);
    if (e == ERR_INPUT)
        return status_refuse(&refusal_not_explained);
    context_ok(context, e);
    return context_status(context);
}
