#include "domain/remarks.h"

#include "blind/watchlist.h"
#include "domain/handlers.h"
#include "domain/proposal_move.h"
#include "domain/signal.h"
#include "stagematch/v1/wording.pb-c.h"

#include <string.h>

typedef Stagematch__V1__Placement Placement;
typedef Stagematch__V1__Remark Remark;

enum { CODES_BYTES = 256 };

/* One text of a placement. `whole`: of a criterion, whose place within its name says nothing. */
struct part {
    const char *field;
    size_t index;
    struct text text;
    bool whole;
};

typedef void visit_function(struct context *context, void *state, const struct part *part,
                            const struct watch_hit *hit);

/* Gives the number of hits. */
static size_t look(struct context *context, const struct part *part, visit_function *visit, void *state)
{
    struct watch_hit hits[WATCH_HITS_MAX];
    size_t count = watchlist_find(context->options->watchlist, part->text, hits, part->whole ? 1 : WATCH_HITS_MAX);
    for (size_t i = 0; i < count; i++)
        visit(context, state, part, &hits[i]);
    return count;
}

/* By its code, and where that says nothing by the name that people read. */
static void look_at_skill(struct context *context, const char *field, size_t index, const char *skill,
                          visit_function *visit, void *state)
{
    const struct catalog *catalog = context->options->catalog;
    const struct named_entry *entry;
    struct part part = {field, index, text_of(skill), true};
    if (look(context, &part, visit, state) || !catalog)
        return;
    for (size_t i = 0; (entry = catalog_name_at(catalog, CATALOG_SKILLS, i)); i++)
        if (strcmp(entry->code, skill) == 0) {
            part.text = text_of(entry->nl);
            (void)look(context, &part, visit, state);
            return;
        }
}

static void look_at_placement(struct context *context, const Placement *placement, visit_function *visit, void *state)
{
    if (!context->options->watchlist)
        return;
    struct part title = {"title", 0, text_of(placement->title), false};
    struct part description = {"description", 0, text_of(placement->description), false};
    (void)look(context, &title, visit, state);
    (void)look(context, &description, visit, state);
    for (size_t i = 0; i < placement->n_tags; i++) {
        struct part tag = {"tags", i, text_of(placement->tags[i]), false};
        (void)look(context, &tag, visit, state);
    }
    for (size_t i = 0; i < placement->n_hard_criteria; i++)
        look_at_skill(context, "hard_criteria", i, placement->hard_criteria[i]->skill, visit, state);
    for (size_t i = 0; i < placement->n_weighted_criteria; i++)
        look_at_skill(context, "weighted_criteria", i, placement->weighted_criteria[i]->skill, visit, state);
}

struct remark_list {
    size_t *count;
    Remark ***list;
};

static void add_remark(struct context *context, void *state, const struct part *part, const struct watch_hit *hit)
{
    struct remark_list *remarks = state;
    Remark *remark = CONTEXT_NEW(context, stagematch__v1__remark__descriptor);
    if (!remark)
        return;
    const struct {
        char **member;
        const char *value;
    } texts[] = {{&remark->code, hit->term->code}, {&remark->remark_class, watch_class_name(hit->term->watch_class)},
                 {&remark->field, part->field},    {&remark->better, hit->term->better},
                 {&remark->why_nl, hit->term->nl}, {&remark->why_en, hit->term->en}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (*texts[i].value)
            (void)context_ok(context, message_assign_string(texts[i].member, text_of(texts[i].value)));
    remark->index = (uint32_t)part->index;
    if (!part->whole) {
        remark->position = (uint32_t)hit->position;
        remark->length = (uint32_t)hit->length;
    }
    (void)context_ok(context, message_append(remarks->count, remarks->list, remark));
}

void remarks_of_placement(struct context *context, const Placement *placement, size_t *count, Remark ***list)
{
    struct remark_list remarks = {count, list};
    look_at_placement(context, placement, add_remark, &remarks);
}

/* Joins by a comma, once each; what does not fit is left out: the first say enough. */
static void add_code(char codes[CODES_BYTES], const char *code)
{
    size_t used = strlen(codes), length = strlen(code);
    struct text rest = text_of(codes), part;
    while (used && text_next(&rest, ',', &part))
        if (text_is(part, code))
            return;
    if (used + 1 + length >= CODES_BYTES)
        return;
    if (used)
        codes[used++] = ',';
    memcpy(codes + used, code, length + 1);
}

static void collect(struct context *context, void *state, const struct part *part, const struct watch_hit *hit)
{
    (void)context;
    (void)part;
    add_code(state, hit->term->code);
}

void remarks_note(struct context *context, const PlacementRecord *record)
{
    char codes[CODES_BYTES] = "";
    look_at_placement(context, record->placement, collect, codes);
    if (!*codes)
        return;
    (void)context_fact(context, &(struct fact){.kind = "placement_remarked",
                                               .subject = record->placement_id,
                                               .school = record->entered_by_school,
                                               .leerbedrijf = record->placement->leerbedrijf,
                                               .code = codes,
                                               .placement_id = record->placement_id,
                                               .criteria_version = record->criteria_version});
}

struct status handle_check_placement_text(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CheckPlacementTextRequest *request = message;
    Stagematch__V1__CheckPlacementTextResponse *response = answer;
    if (!request->placement)
        return status_refuse_field(&refusal_missing_field, "placement");
    remarks_of_placement(context, request->placement, &response->n_remarks, &response->remarks);
    return context_status(context);
}

static bool names_one(const Stagematch__Internal__V1__TextFacts *facts, const char *skill)
{
    return strings_have(facts->named_skills, facts->n_named_skills, text_of(skill));
}

static bool names_criterion(const struct context *context, const ProposalRecord *proposal,
                            const Stagematch__Internal__V1__TextFacts *facts)
{
    const Placement *declared = proposal_declared(context, proposal);
    for (size_t i = 0; declared && i < declared->n_hard_criteria; i++)
        if (names_one(facts, declared->hard_criteria[i]->skill))
            return true;
    for (size_t i = 0; declared && i < declared->n_weighted_criteria; i++)
        if (names_one(facts, declared->weighted_criteria[i]->skill))
            return true;
    return false;
}

/* The proposal whose end this text explains; NULL: it is about something else, or the proposal was erased. */
static const ProposalRecord *proposal_of_reason(struct context *context, const StageRecord *stage)
{
    Stagematch__Internal__V1__TextSubject *subject = NULL;
    const ProposalRecord *proposal = NULL;
    if (!stage->subject.len)
        return NULL;
    if (!context_ok(context, message_unpack(&stagematch__internal__v1__text_subject__descriptor,
                                            text_of_bytes(stage->subject), &subject)))
        return NULL;
    if (strcmp(subject->kind, "reason") == 0)
        proposal = state_find(context->state, RECORD_PROPOSAL, text_of_bytes(subject->proposal_id));
    message_free(subject);
    if (!proposal ||
        (proposal->state != PROPOSAL_STATE(REJECTED) && proposal->state != PROPOSAL_STATE(DROPPED_AFTER_RELEASE)))
        return NULL;
    const struct reason *reason = reason_find(context->options->reasons, proposal->reason);
    return reason && reason->reason_class == REASON_OTHER ? proposal : NULL;
}

void remarks_note_text(struct context *context, StageRecord *stage, const Stagematch__Internal__V1__TextFacts *facts)
{
    char codes[CODES_BYTES] = "";
    if (stage->text_noted)
        return;
    stage->text_noted = true;
    context_edited(context, RECORD_STAGE, stage);
    const ProposalRecord *proposal = proposal_of_reason(context, stage);
    if (!proposal)
        return;
    if (facts->watch_term)
        add_code(codes, "watch_term");
    if (!names_criterion(context, proposal, facts))
        add_code(codes, "no_criterion");
    if (!*codes)
        return;
    signal_text_not_objective(context, proposal);
    (void)context_fact(context, &(struct fact){.kind = "reason_text",
                                               .subject = proposal->proposal_id,
                                               .school = proposal->school,
                                               .leerbedrijf = proposal->leerbedrijf,
                                               .code = codes,
                                               .proposal_id = proposal->proposal_id,
                                               .round_id = proposal->round_id,
                                               .placement_id = proposal->placement_id,
                                               .criteria_version = proposal->criteria_version});
    signal_text_not_objective(context, proposal);
}
