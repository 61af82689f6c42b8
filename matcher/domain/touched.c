#include "domain/touched.h"

#include "api/views.h"
#include "domain/records.h"

#include <string.h>

void touched_clear(struct touched *touched)
{
    if (touched->count || touched->all || touched->hidden)
        memset(touched, 0, sizeof *touched);
}

static void add(struct touched *touched, enum view_kind kind, struct text name)
{
    uint32_t view = view_of(kind, name);
    size_t at = view % TOUCHED_SLOTS;
    while (touched->slots[at] && touched->slots[at] != view)
        at = (at + 1) % TOUCHED_SLOTS;
    if (touched->slots[at] || touched->all)
        return;
    if (touched->count == TOUCHED_MAX) {
        touched->all = true;
        return;
    }
    touched->slots[at] = view;
    touched->views[touched->count++] = view;
}

static void add_all(struct touched *touched, enum view_kind kind, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(touched, kind, text_of(names[i]));
}

/* A number of its own for each thing that hides what is its, 0 for one that does not, or is not there. */
static uint64_t mark_of(ProtobufCBinaryData id, bool hides)
{
    uint64_t mark = 0;
    for (size_t i = 0; i < id.len && i < sizeof mark; i++)
        mark = mark << 8 | id.data[i];
    return hides ? mark | 1 : 0;
}

static void note_stagevraag(struct touched *touched, const struct state *state, const void *message)
{
    const StagevraagRecord *record = message;
    (void)state;
    add(touched, VIEW_SCHOOL, text_of(record->school));
}

static void note_placement(struct touched *touched, const struct state *state, const void *message)
{
    const PlacementRecord *record = message;
    (void)state;
    add(touched, VIEW_PLACEMENTS, text_of(""));
    if (record->placement)
        add(touched, VIEW_LEERBEDRIJF, text_of(record->placement->leerbedrijf));
    if (record->entered_by_school[0])
        add(touched, VIEW_SCHOOL, text_of(record->entered_by_school));
}

static void note_round(struct touched *touched, const struct state *state, const void *message)
{
    const RoundRecord *record = message;
    (void)state;
    add(touched, VIEW_ROUND, text_of_bytes(record->round_id));
    add_all(touched, VIEW_SCHOOL, record->schools, record->n_schools);
    touched->hidden ^= mark_of(record->round_id, record->state == ROUND_STATE(PUBLISHING));
}

static void note_match_chunk(struct touched *touched, const struct state *state, const void *message)
{
    const MatchChunkRecord *record = message;
    (void)state;
    add(touched, VIEW_ROUND, text_of_bytes(record->round_id));
}

static void note_proposal(struct touched *touched, const struct state *state, const void *message)
{
    const ProposalRecord *record = message;
    const PlacementRecord *placement = state_find(state, RECORD_PLACEMENT, text_of_bytes(record->placement_id));
    add(touched, VIEW_SCHOOL, text_of(record->school));
    add(touched, VIEW_LEERBEDRIJF, text_of(record->leerbedrijf));
    if (placement && placement->entered_by_school[0])
        add(touched, VIEW_SCHOOL, text_of(placement->entered_by_school));
}

static void note_task(struct touched *touched, const struct state *state, const void *message)
{
    const TaskRecord *record = message;
    const ProposalRecord *proposal =
        record->proposal_id.len ? state_find(state, RECORD_PROPOSAL, text_of_bytes(record->proposal_id)) : NULL;
    add(touched, VIEW_TASKS, text_of(record->scope));
    if (proposal) { /* whose due time both sides are shown */
        add(touched, VIEW_TASKS, text_of(proposal->school));
        add(touched, VIEW_TASKS, text_of(proposal->leerbedrijf));
    }
}

static void note_import(struct touched *touched, const struct state *state, const void *message)
{
    const ImportRecord *record = message;
    (void)state;
    add(touched, VIEW_IMPORT, text_of_bytes(record->import_id));
    add(touched, VIEW_SCHOOL, text_of(record->school));
    add_all(touched, VIEW_SCHOOL, record->schools, record->n_schools);
    touched->hidden ^= mark_of(record->import_id, record->state != IMPORT_STATE(DONE));
}

/* What no answer is made of. */
static void note_nothing(struct touched *touched, const struct state *state, const void *message)
{
    (void)touched;
    (void)state;
    (void)message;
}

void touched_note(struct touched *touched, const struct state *state, enum record_kind kind, const void *record)
{
    static void (*const notes[RECORD_KIND_COUNT])(struct touched *, const struct state *, const void *) = {
        [RECORD_STAGEVRAAG] = note_stagevraag, [RECORD_PLACEMENT] = note_placement,
        [RECORD_ROUND] = note_round,           [RECORD_MATCH_CHUNK] = note_match_chunk,
        [RECORD_PROPOSAL] = note_proposal,     [RECORD_TASK] = note_task,
        [RECORD_STAGE] = note_nothing,         [RECORD_IMPORT_CHUNK] = note_nothing,
        [RECORD_IMPORT] = note_import,         [RECORD_NOTICE] = note_nothing,
        [RECORD_DECISION] = note_nothing,      [RECORD_ANSWER] = note_nothing,
        [RECORD_REPORT] = note_nothing,        [RECORD_SIGNAL_COUNTS] = note_nothing,
        [RECORD_SIGNAL] = note_nothing,        [RECORD_SIGNAL_EVENT] = note_nothing,
        [RECORD_POINT] = note_nothing,         [RECORD_CASE] = note_nothing,
        [RECORD_CASE_EVIDENCE] = note_nothing, [RECORD_MONITOR] = note_nothing,
        [RECORD_MEASURE] = note_nothing,
    };
    notes[kind](touched, state, record);
}

void touched_finish(struct touched *touched)
{
    if (touched->hidden)
        add(touched, VIEW_SHOWN, text_of(""));
}
