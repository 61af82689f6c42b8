/* Measures as they are shown, with how the leerbedrijf decided before and after. */
#include "domain/measure.h"
#include "signal/exact_test.h"

#include <math.h>
#include <string.h>

typedef Stagematch__V1__TakenMeasure TakenMeasure;
typedef Stagematch__V1__MeasureMovement Movement;

/* A year to either side: longer ago things were otherwise anyway. */
#define WINDOW_MS ((int64_t)365 * 86400000)

static bool is_rejected(const ProposalRecord *proposal)
{
    return proposal->state == PROPOSAL_STATE(REJECTED) || proposal->state == PROPOSAL_STATE(DROPPED_AFTER_RELEASE);
}

static void count_decisions(const struct context *context, const MeasureRecord *record, Movement *movement)
{
    struct scan scan;
    scan_string(&scan, context->state, INDEX_PROPOSAL_LEERBEDRIJF, record->leerbedrijf);
    for (const ProposalRecord *proposal; (proposal = scan_next(&scan));) {
        int64_t since_ms = proposal->decided_ms - record->take_ms;
        if (!proposal->decided_ms || strcmp(proposal->school, record->school) != 0 || since_ms < -WINDOW_MS ||
            since_ms > WINDOW_MS)
            continue;
        if (since_ms < 0) {
            movement->decided_before++;
            movement->rejected_before += is_rejected(proposal);
        } else {
            movement->decided_after++;
            movement->rejected_after += is_rejected(proposal);
        }
    }
}

/* One table: rejected or not, after or before. Cost: the table's support, at most some thousand steps. */
static void compare(struct context *context, Movement *movement)
{
    const struct block block = {.n = movement->decided_before + movement->decided_after,
                                .m = movement->decided_after,
                                .r = movement->rejected_before + movement->rejected_after,
                                .x = movement->rejected_after};
    struct exact_test test;
    if (movement->decided_before == 0 || movement->decided_after == 0 || block.r == 0 || block.r == block.n ||
        !context_ok(context, exact_test_run(&block, 1, 0, 0.95, &test)))
        return;
    movement->comparable = true;
    movement->odds_ratio = isfinite(test.odds_ratio) ? test.odds_ratio : 0;
    movement->odds_ratio_low = test.odds_ratio_low;
    movement->odds_ratio_high = isfinite(test.odds_ratio_high) ? test.odds_ratio_high : 0;
}

TakenMeasure *measure_view(struct context *context, const MeasureRecord *record)
{
    TakenMeasure *view = CONTEXT_NEW(context, stagematch__v1__taken_measure__descriptor);
    if (!view)
        return NULL;
    view->version = record->version;
    view->effect = record->effect;
    view->state = record->state;
    view->by_me = text_equal(text_of_bytes(record->taken_by),
                             (struct text){(const char *)context->actor->account_id, ID_BYTES});
    view->paused_placements = record->paused_placements;
    view->ended_proposals = record->ended_proposals;
    view->students_to_talk_to = record->students_to_talk_to;
    context_id(context, record->measure_id, &view->measure_id);
    if (!actor_is(context->actor, ROLE(COORDINATOR))) /* who need not know that there is a case */
        context_id(context, record->case_id, &view->case_id);
    context_time(context, record->take_ms, &view->take_time);
    context_time(context, record->end_ms, &view->end_time);
    (void)context_ok(context, message_assign_string(&view->measure, text_of(record->measure)));
    (void)context_ok(context, message_assign_string(&view->school, text_of(record->school)));
    (void)context_ok(context, message_assign_string(&view->leerbedrijf, text_of(record->leerbedrijf)));
    (void)context_ok(context, message_assign_string(&view->follow_up_date, text_of(record->follow_up_date)));
    view->movement = CONTEXT_NEW(context, stagematch__v1__measure_movement__descriptor);
    if (view->movement) {
        count_decisions(context, record, view->movement);
        compare(context, view->movement);
    }
    return view;
}

void measures_show_of_case(struct context *context, ProtobufCBinaryData case_id, size_t *n, TakenMeasure ***list)
{
    struct scan scan;
    scan_id(&scan, context->state, INDEX_MEASURE_CASE, text_of_bytes(case_id));
    for (const MeasureRecord *record; context->error == ERR_OK && (record = scan_next(&scan));) {
        TakenMeasure *view = measure_view(context, record);
        if (view)
            (void)context_ok(context, message_append(n, list, view));
    }
}
