/* Pausing or ending the cooperation of a school with a leerbedrijf. */
#include "domain/measure.h"
#include "domain/placement.h"
#include "domain/proposal_move.h"
#include "domain/round.h"
#include "domain/task.h"

#include <stdlib.h>
#include <string.h>

/* In config/reasons.csv, for the event withdrawn_place. */
static const char stopped_reason[] = "samenwerking-gestopt";

const REFUSAL(
    refusal_placement_held, STATUS_FAILED_PRECONDITION, "placement_held",
    "Deze leerplaats is gepauzeerd door een maatregel of doordat de erkenning is ingetrokken. Hij gaat open als dat "
    "voorbij is.",
    "This placement is paused by a measure, or because its recognition was withdrawn. It opens when that is over.");

bool placement_is_held(const PlacementRecord *record)
{
    return record->paused_by.len != 0 || record->erkenning_lost;
}

static void start_blocks(struct scan *scan, const struct state *state, const char *school, const char *leerbedrijf)
{
    struct index_key prefix;
    index_key_start(&prefix);
    index_key_string(&prefix, school);
    if (leerbedrijf)
        index_key_string(&prefix, leerbedrijf);
    scan_start(scan, state, INDEX_MEASURE_STOP, &prefix);
}

bool cooperation_is_stopped(const struct state *state, const char *school, const char *leerbedrijf)
{
    struct scan scan;
    start_blocks(&scan, state, school, leerbedrijf);
    return scan_next(&scan) != NULL;
}

/* Nobody else's students are at it or may come: it is in no round of others, and was entered by this school or by the company for it alone. */
static bool is_used_by_others(const struct context *context, const PlacementRecord *placement, const char *school)
{
    const RoundRecord *round = round_find(context->state, placement->round_id);
    struct scan scan;
    for (size_t i = 0; round && i < round->n_schools; i++)
        if (strcmp(round->schools[i], school) != 0)
            return true;
    scan_id(&scan, context->state, INDEX_RUNNING_PLACEMENT, text_of_bytes(placement->placement_id));
    for (const ProposalRecord *proposal; (proposal = scan_next(&scan));)
        if (strcmp(proposal->school, school) != 0)
            return true;
    return !round && strcmp(placement->entered_by_school, school) != 0;
}

static void pause_placement(struct context *context, MeasureRecord *measure, const PlacementRecord *found)
{
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return;
    (void)context_ok(context, message_assign_bytes(&record->paused_by, text_of_bytes(measure->measure_id)));
    record->state = PLACEMENT_STATE(PAUSED);
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    task_close(context, INDEX_TASK_PLACEMENT, record->placement_id, TASK_KIND(REOPEN), NULL);
    measure->paused_placements++;
    (void)context_fact(context, &(struct fact){.kind = "placement_paused",
                                               .subject = record->placement_id,
                                               .school = measure->school,
                                               .leerbedrijf = measure->leerbedrijf,
                                               .code = "measure",
                                               .placement_id = record->placement_id,
                                               .round_id = record->round_id});
}

/* Ends what is not placed; who is gets somebody to talk to. */
static void stop_proposal(struct context *context, MeasureRecord *measure, const ProposalRecord *proposal)
{
    if (proposal_move_of(proposal->state, EVENT_PLACE_WITHDRAWN)) {
        const struct decision decision = {.reason = reason_find(context->options->reasons, stopped_reason),
                                          .side = SIDE(SCHOOL),
                                          .by_service = true};
        proposal_move(context, proposal, EVENT_PLACE_WITHDRAWN, &decision);
        measure->ended_proposals++;
        return;
    }
    struct task_spec spec = proposal_task(proposal, TASK_KIND(TALK_TO_STUDENT), ROLE(COORDINATOR), proposal->school);
    task_open(context, &spec);
    measure->students_to_talk_to++;
}

static void stop_at(struct context *context, MeasureRecord *measure, const PlacementRecord *placement)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_RUNNING_PLACEMENT, text_of_bytes(placement->placement_id));
    for (const ProposalRecord *proposal; context->error == ERR_OK && (proposal = scan_next(&scan));)
        if (strcmp(proposal->school, measure->school) == 0)
            stop_proposal(context, measure, proposal);
    if (placement->state == PLACEMENT_STATE(PUBLISHED) && !is_used_by_others(context, placement, measure->school))
        pause_placement(context, measure, placement);
}

void cooperation_stop(struct context *context, MeasureRecord *measure)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, measure->leerbedrijf);
    for (const PlacementRecord *placement; context->error == ERR_OK && (placement = scan_next(&scan));)
        stop_at(context, measure, placement);
}

/* Open again, unless its recognition is gone, or what was counted before asks for a pause of another kind. */
static void open_again(struct context *context, const PlacementRecord *found)
{
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    if (!record)
        return;
    (void)context_ok(context, message_assign_bytes(&record->paused_by, text_of("")));
    if (record->state == PLACEMENT_STATE(PAUSED) && !record->erkenning_lost)
        record->state = PLACEMENT_STATE(PUBLISHED);
    record->version++;
    placement_pause_again(context, record);
    context_edited(context, RECORD_PLACEMENT, record);
}

/* Who is free may be matched there again. */
void cooperation_resume(struct context *context, const MeasureRecord *measure)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, measure->leerbedrijf);
    for (const PlacementRecord *placement; context->error == ERR_OK && (placement = scan_next(&scan));) {
        if (bytes_equal(placement->paused_by, measure->measure_id))
            open_again(context, placement);
        if (placement->round_id.len)
            rematch_note(context, placement->round_id, state_ledger_seq(context->state));
    }
}

static bool has_place_in(const struct context *context, const RoundRecord *round, const char *leerbedrijf)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PLACEMENT_LEERBEDRIJF, leerbedrijf);
    for (const PlacementRecord *place; (place = scan_next(&scan));)
        if (placement_free_seats(place) > 0 && place->placement && round_takes_placement(round, place->placement))
            return true;
    return false;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void cooperation_seal(struct context *context, const RoundRecord *round, StagevraagRecord *record)
{
    struct scan scan;
    start_blocks(&scan, context->state, record->school, NULL);
    for (const MeasureRecord *measure; context->error == ERR_OK && (measure = scan_next(&scan));) {
        if (!has_place_in(context, round, measure->leerbedrijf))
            continue;
        if (!record->sealed_profile && !context_ok(context, message_dup(record->profile, &record->sealed_profile)))
            return;
        Stagematch__V1__Profile *profile = record->sealed_profile;
        if (!strings_have(profile->excluded, profile->n_excluded, text_of(measure->leerbedrijf)))
            (void)context_ok(context, message_append_string(&profile->n_excluded, &profile->excluded,
                                                            text_of(measure->leerbedrijf)));
        if (profile->n_excluded > 1)
            qsort(profile->excluded, profile->n_excluded, sizeof(char *), compare_strings);
    }
}
