#include "domain/placement.h"

#include "domain/measure.h"
#include "domain/profile_check.h"
#include "domain/proposal.h"
#include "domain/remarks.h"
#include "domain/round.h"
#include "domain/signal.h"
#include "domain/task.h"

#include <string.h>

typedef Stagematch__Internal__V1__CriteriaVersion CriteriaVersion;

bool placement_is_visible(const struct state *state, const PlacementRecord *record)
{
    if (record->hidden_by.len == 0)
        return true;
    const ImportRecord *import = state_find(state, RECORD_IMPORT, text_of_bytes(record->hidden_by));
    return !import || import->state == IMPORT_STATE(DONE);
}

bool placement_is_own(const struct actor *actor, const PlacementRecord *record)
{
    if (actor_has_leerbedrijf(actor, record->placement->leerbedrijf))
        return true;
    return *record->entered_by_school && actor_coordinates(actor, record->entered_by_school);
}

const REFUSAL(refusal_contact_not_checked, STATUS_FAILED_PRECONDITION, "contact_not_checked",
              "Deze leerplaats is in een ronde of voorstel van een school die jou nog niet als contactpersoon heeft "
              "gecontroleerd. Vraag die school om dat te doen, of om dit voor je te doen.",
              "This placement is in a round or proposal of a school that has not checked you as a contact yet. Ask "
              "that school to do so, or to do this for you.");

bool placement_round_is_theirs(const struct context *context, const PlacementRecord *record)
{
    const RoundRecord *round = record->round_id.len ? round_find(context->state, record->round_id) : NULL;
    if (!round || !actor_is(context->actor, ROLE(COMPANY)))
        return true;
    for (size_t i = 0; i < round->n_schools; i++)
        if (actor_is_checked_by(context->actor, round->schools[i]))
            return true;
    return false;
}

/* Leaves only what matching looks at. */
static void keep_criteria(Placement *placement)
{
    char **texts[] = {&placement->company_name, &placement->kvk, &placement->title, &placement->description};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (**texts[i])
            **texts[i] = '\0';
    placement->capacity = placement->allowance_cents = 0;
}

/* Compares what two placements say, with or without what matching passes over. */
static bool is_same(struct context *context, const Placement *a, const Placement *b, bool criteria_alone)
{
    Placement *left = NULL, *right = NULL;
    bool same = false;
    if (!criteria_alone) {
        context_ok(context, message_same(a, b, &same));
        return same;
    }
    if (context_ok(context, message_dup(a, &left)) && context_ok(context, message_dup(b, &right))) {
        keep_criteria(left);
        keep_criteria(right);
        context_ok(context, message_same(left, right, &same));
    }
    message_free(left);
    message_free(right);
    return same;
}

struct status placement_look_up(struct context *context, const Placement *placement, struct placement_entry *out)
{
    const PlacementRecord *record = state_placement_at(context->state, placement->leerbedrijf, placement->leerplaats);
    *out = (struct placement_entry){record, PLACEMENT_NEW};
    if (!record)
        return STATUS_DONE;
    bool same = record->state != PLACEMENT_STATE(WITHDRAWN) && is_same(context, record->placement, placement, false);
    out->change = same ? PLACEMENT_SAME : PLACEMENT_CHANGED;
    if (placement_is_own(context->actor, record))
        return STATUS_DONE;
    bool seen_by_all = record->state == PLACEMENT_STATE(PUBLISHED) && placement_is_visible(context->state, record);
    return same && seen_by_all ? STATUS_DONE : status_refuse_field(&refusal_not_found, "leerplaats");
}

/* Whether a sealed round or a proposal was made under this version. */
static bool version_is_used(const struct context *context, const PlacementRecord *record, uint64_t version)
{
    struct scan scan;
    const ProposalRecord *proposal;
    if (record->round_id.len && record->sealed_criteria_version == version)
        return true;
    scan_id(&scan, context->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(record->placement_id));
    while ((proposal = scan_next(&scan)) != NULL)
        if (proposal->criteria_version == version)
            return true;
    return false;
}

static void drop_unused_versions(struct context *context, PlacementRecord *record)
{
    size_t kept = 0;
    for (size_t i = 0; i < record->n_earlier; i++) {
        if (version_is_used(context, record, record->earlier[i]->criteria_version))
            record->earlier[kept++] = record->earlier[i];
        else
            message_free(record->earlier[i]);
    }
    record->n_earlier = kept;
}

/* Keeps the present criteria among the earlier ones. */
static void keep_version(struct context *context, PlacementRecord *record)
{
    CriteriaVersion *version = CONTEXT_NEW(context, stagematch__internal__v1__criteria_version__descriptor);
    if (!version)
        return;
    version->criteria_version = record->criteria_version;
    if (!context_ok(context, message_dup(record->placement, &version->placement))) {
        message_free(version);
        return;
    }
    context_ok(context, message_append(&record->n_earlier, &record->earlier, version));
}

static void change_criteria(struct context *context, PlacementRecord *record)
{
    if (version_is_used(context, record, record->criteria_version))
        keep_version(context, record);
    drop_unused_versions(context, record);
    record->criteria_version++;
    if (!record->candidate_shown)
        return;
    record->candidate_shown = false;
    context_fact(context, &(struct fact){.kind = "criteria_changed",
                                         .subject = record->placement_id,
                                         .school = record->entered_by_school,
                                         .leerbedrijf = record->placement->leerbedrijf,
                                         .placement_id = record->placement_id,
                                         .criteria_version = record->criteria_version});
    signal_criteria_changed(context, record, record->criteria_version - 1);
}

static PlacementRecord *enter_new(struct context *context, const Placement *placement, const char *school,
                                  struct text hidden_by)
{
    uint8_t id[ID_BYTES];
    PlacementRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__placement_record__descriptor);
    if (!record)
        return NULL;
    context_draw(context, id);
    struct text key = {(const char *)id, sizeof id};
    context_ok(context, message_assign_bytes(&record->placement_id, key));
    context_ok(context, message_dup(placement, &record->placement));
    context_ok(context, message_assign_string(&record->entered_by_school, text_of(school)));
    context_ok(context, message_assign_bytes(&record->hidden_by, hidden_by));
    record->state = PLACEMENT_STATE(DRAFT);
    record->version = record->criteria_version = 1;
    record->create_ms = context->now_ms;
    if (context->error != ERR_OK) {
        message_free(record);
        return NULL;
    }
    context_add(context, RECORD_PLACEMENT, record);
    return context->error == ERR_OK ? context_edit(context, RECORD_PLACEMENT, key) : NULL;
}

/* A larger capacity is offered to who is free in its round, as a seat that is opened again is. */
static void note_more_seats(struct context *context, const PlacementRecord *record)
{
    uint64_t seq = context_fact(context, &(struct fact){.kind = "seats_added",
                                                        .subject = record->placement_id,
                                                        .school = record->entered_by_school,
                                                        .leerbedrijf = record->placement->leerbedrijf,
                                                        .placement_id = record->placement_id,
                                                        .round_id = record->round_id});
    rematch_note(context, record->round_id, seq);
}

PlacementRecord *placement_enter(struct context *context, const Placement *placement, const char *school,
                                 struct text hidden_by)
{
    const PlacementRecord *found = state_placement_at(context->state, placement->leerbedrijf, placement->leerplaats);
    if (!found)
        return enter_new(context, placement, school, hidden_by);
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(found->placement_id));
    Placement *copy = NULL;
    if (!record || !context_ok(context, message_dup(placement, &copy)))
        return NULL;
    uint32_t free_before = placement_free_seats(record);
    if (!is_same(context, record->placement, placement, true))
        change_criteria(context, record);
    message_free(record->placement);
    record->placement = copy;
    if (record->state == PLACEMENT_STATE(WITHDRAWN))
        record->state = PLACEMENT_STATE(DRAFT);
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    if (placement_free_seats(record) > free_before)
        note_more_seats(context, record);
    if (record->state == PLACEMENT_STATE(PUBLISHED))
        remarks_note(context, record);
    return record;
}

void placement_ask_to_publish(struct context *context, const PlacementRecord *record)
{
    bool by_school = *record->entered_by_school;
    if (record->state != PLACEMENT_STATE(DRAFT))
        return;
    task_open(context,
              &(struct task_spec){.kind = TASK_KIND(PUBLISH_PLACEMENT),
                                  .role = by_school ? ROLE(COORDINATOR) : ROLE(COMPANY),
                                  .scope = by_school ? record->entered_by_school : record->placement->leerbedrijf,
                                  .placement_id = record->placement_id});
}

PlacementRecord *placement_take_seat(struct context *context, ProtobufCBinaryData placement_id)
{
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(placement_id));
    if (!record)
        return NULL;
    record->seats_taken++;
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    return record;
}

PlacementRecord *placement_give_seat(struct context *context, ProtobufCBinaryData placement_id)
{
    PlacementRecord *record = context_edit(context, RECORD_PLACEMENT, text_of_bytes(placement_id));
    if (!record || record->seats_taken == 0)
        return NULL;
    record->seats_taken--;
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    return record;
}

void placement_publish(struct context *context, PlacementRecord *record)
{
    if (record->state != PLACEMENT_STATE(DRAFT))
        return;
    record->state = PLACEMENT_STATE(PUBLISHED);
    record->version++;
    context_edited(context, RECORD_PLACEMENT, record);
    task_close(context, INDEX_TASK_PLACEMENT, record->placement_id, TASK_KIND(PUBLISH_PLACEMENT), NULL);
    uint64_t seq = context_fact(context, &(struct fact){.kind = "placement_published",
                                                        .subject = record->placement_id,
                                                        .school = record->entered_by_school,
                                                        .leerbedrijf = record->placement->leerbedrijf,
                                                        .placement_id = record->placement_id,
                                                        .criteria_version = record->criteria_version});
    remarks_note(context, record);
    signal_placement_published(context, record);
    placement_pause_again(context, record);
    placement_hold(context, record);
    context_edited(context, RECORD_PLACEMENT, record);
    rematch_note(context, record->round_id, seq);
}

void placement_leave_round(struct context *context, PlacementRecord *record)
{
    context_ok(context, message_assign_bytes(&record->round_id, text_of("")));
    record->sealed_criteria_version = 0;
    record->sealed_seats = 0;
    record->solve_candidates = record->solve_lowest_band = 0;
    drop_unused_versions(context, record);
    context_edited(context, RECORD_PLACEMENT, record);
}

void placement_show(struct context *context, const PlacementRecord *record, Placement **field)
{
    Placement *shown = NULL;
    if (!context_ok(context, message_dup(record->placement, &shown))) {
        message_free(shown);
        return;
    }
    message_free(*field);
    *field = shown;
    context_id(context, record->placement_id, &shown->placement_id);
    if (placement_round_is_theirs(context, record))
        context_id(context, record->round_id, &shown->round_id);
    shown->state = record->state;
    shown->version = record->version;
    shown->criteria_version = record->criteria_version;
    context_ok(context, message_assign_string(&shown->entered_by_school, text_of(record->entered_by_school)));
    shown->seats_taken = record->seats_taken;
    shown->seats_suspended = record->seats_suspended;
}
