/* What a case rests on: looked up, held and copied when it is opened. */
#include "domain/case.h"
#include "domain/market.h"
#include "domain/proposal.h"
#include "domain/report.h"

#include <sodium.h>
#include <string.h>

enum { DIGEST_BYTES = 32 };

typedef Stagematch__V1__CaseEvidence Evidence;
typedef Stagematch__V1__OpenCaseRequest OpenCaseRequest;

static const REFUSAL(refusal_no_consent, STATUS_FAILED_PRECONDITION, "no_case_consent",
                     "Wie deze melding deed, heeft (nog) geen zaak gevraagd. Vraag het eerst.",
                     "Who made this report has not agreed to a case (yet). Ask first.");
static const REFUSAL(refusal_in_case, STATUS_FAILED_PRECONDITION, "report_in_case",
                     "Op deze melding rust al een zaak, of hij is gesloten.",
                     "A case rests on this report already, or it is closed.");
static const REFUSAL(refusal_nothing, STATUS_INVALID_ARGUMENT, "nothing_to_rest_on",
                     "Noem waar de zaak op rust, of schrijf op wat er aan de hand is.",
                     "Name what the case rests on, or write down what is the matter.");

struct gathering {
    struct context *context;
    const OpenCaseRequest *request;
    CaseEvidenceRecord *evidence;
    crypto_generichash_state digest;
};

static void put(struct context *context, char **field, const char *value)
{
    (void)context_ok(context, message_assign_string(field, text_of(value)));
}

/* Its digest is over `message` as it is now; it counts in the case's own. */
static Evidence *add_evidence(struct gathering *gathering, const char *kind, const char *id,
                              const ProtobufCMessage *message)
{
    struct context *context = gathering->context;
    uint8_t digest[DIGEST_BYTES], *bytes;
    char hex[2 * DIGEST_BYTES + 1];
    size_t length = protobuf_c_message_get_packed_size(message);
    Evidence *added = CONTEXT_NEW(context, stagematch__v1__case_evidence__descriptor);
    if (!added)
        return NULL;
    if (!context_ok(context, mem_alloc(1, length, &bytes))) {
        message_free(added);
        return NULL;
    }
    protobuf_c_message_pack(message, bytes);
    (void)crypto_generichash(digest, sizeof digest, bytes, length, NULL, 0);
    (void)crypto_generichash_update(&gathering->digest, digest, sizeof digest);
    mem_free(bytes);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    put(context, &added->kind, kind);
    put(context, &added->id, id);
    put(context, &added->digest, hex);
    (void)context_ok(context,
                     message_append(&gathering->evidence->n_evidence, &gathering->evidence->evidence, added));
    return context->error == ERR_OK ? added : NULL;
}

/* Proposals: a copy without the student. */

static void copy_levels(struct context *context, const ProposalRecord *proposal, Stagematch__V1__CaseDecision *copy)
{
    for (size_t i = 0; i < proposal->n_levels && context->error == ERR_OK; i++) {
        Stagematch__V1__CaseLevel *level = CONTEXT_NEW(context, stagematch__v1__case_level__descriptor);
        if (!level)
            return;
        level->level = proposal->levels[i]->level;
        put(context, &level->skill, proposal->levels[i]->skill);
        (void)context_ok(context, message_append(&copy->n_levels, &copy->levels, level));
    }
}

static Stagematch__V1__CaseDecision *copy_decision(struct context *context, const ProposalRecord *proposal)
{
    const PlacementRecord *placement =
        state_find(context->state, RECORD_PLACEMENT, text_of_bytes(proposal->placement_id));
    const Stagematch__V1__Placement *declared =
        placement ? placement_criteria(placement, proposal->criteria_version) : NULL;
    Stagematch__V1__CaseDecision *copy = CONTEXT_NEW(context, stagematch__v1__case_decision__descriptor);
    if (!copy)
        return NULL;
    copy->state = proposal->state;
    copy->on_behalf = proposal->on_behalf;
    copy->criteria_version = proposal->criteria_version;
    copy->band = proposal->band;
    copy->identity_released = proposal->identity_released;
    put(context, &copy->reason, proposal->reason);
    put(context, &copy->criterion, proposal->criterion);
    put(context, &copy->qualification, proposal->qualification);
    context_time(context, proposal->state_since_ms, &copy->time);
    copy_levels(context, proposal, copy);
    if (declared)
        (void)context_ok(context, message_dup(declared, &copy->placement));
    return copy;
}

static struct status gather_proposal(struct gathering *gathering, const char *hex, struct text key)
{
    struct context *context = gathering->context;
    const ProposalRecord *proposal = state_find(context->state, RECORD_PROPOSAL, key);
    if (!proposal || strcmp(proposal->school, gathering->request->school) != 0 ||
        strcmp(proposal->leerbedrijf, gathering->request->leerbedrijf) != 0 ||
        !round_is_visible(context->state, proposal->round_id))
        return status_refuse_field(&refusal_not_found, "proposal_ids");
    Stagematch__V1__CaseDecision *copy = copy_decision(context, proposal);
    Evidence *added = copy ? add_evidence(gathering, "proposal", hex, &copy->base) : NULL;
    if (added)
        added->decision = copy;
    else
        message_free(copy);
    return STATUS_DONE;
}

/* Reports stay where they are, held by the case. */
static struct status gather_report(struct gathering *gathering, const char *hex, struct text key)
{
    const ReportRecord *report = state_find(gathering->context->state, RECORD_REPORT, key);
    if (!report || strcmp(report->school, gathering->request->school) != 0)
        return status_refuse_field(&refusal_not_found, "report_ids");
    if (!report->case_consent || report->desk != STAGEMATCH__V1__REPORT_DESK__REPORT_DESK_BEHANDELAAR)
        return status_refuse_field(&refusal_no_consent, "report_ids");
    if (report->case_id.len || report->outcome)
        return status_refuse_field(&refusal_in_case, "report_ids");
    if (strcmp(report->leerbedrijf, gathering->request->leerbedrijf) != 0)
        return status_refuse_field(&refusal_not_found, "report_ids");
    (void)add_evidence(gathering, "report", hex, &report->base);
    return STATUS_DONE;
}

static struct status gather_signal(struct gathering *gathering, const char *hex, struct text key)
{
    const SignalRecord *signal = state_find(gathering->context->state, RECORD_SIGNAL, key);
    if (!signal || (signal->school[0] && strcmp(signal->school, gathering->request->school) != 0))
        return status_refuse_field(&refusal_not_found, "signal_ids");
    (void)add_evidence(gathering, "signal", hex, &signal->base);
    return STATUS_DONE;
}

static struct status gather_point(struct gathering *gathering, const char *hex, struct text key)
{
    const PointRecord *point = state_find(gathering->context->state, RECORD_POINT, key);
    if (!point || strcmp(point->school, gathering->request->school) != 0 ||
        strcmp(point->leerbedrijf, gathering->request->leerbedrijf) != 0)
        return status_refuse_field(&refusal_not_found, "point_ids");
    (void)add_evidence(gathering, "point", hex, &point->base);
    return STATUS_DONE;
}

/* One list of the request: each id once, at most CASE_LINKS_MAX. */
struct links {
    const char *field;
    char *const *hexes;
    size_t count;
    size_t *n_ids;
    ProtobufCBinaryData **ids;
    struct status (*gather)(struct gathering *gathering, const char *hex, struct text key);
};

static struct status gather_links(struct gathering *gathering, const struct links *links)
{
    uint8_t id[ID_BYTES];
    struct text key;
    if (links->count > CASE_LINKS_MAX)
        return status_refuse_field(&refusal_too_large, links->field);
    for (size_t i = 0; i < links->count; i++) {
        bool twice = strings_have(links->hexes, i, text_of(links->hexes[i]));
        struct status status =
            twice ? status_refuse_field(&refusal_bad_value, links->field) : id_of_request(links->hexes[i], id, &key);
        if (!status.refusal)
            status = links->gather(gathering, links->hexes[i], key);
        if (status.refusal)
            return status.field ? status : status_refuse_field(status.refusal, links->field);
        (void)context_ok(gathering->context, message_append_bytes(links->n_ids, links->ids, key));
    }
    return STATUS_DONE;
}

static bool all_agree_to_name(const struct context *context, const CaseRecord *record)
{
    for (size_t i = 0; i < record->n_report_ids; i++) {
        const ReportRecord *report = report_find(context->state, record->report_ids[i]);
        if (!report || !report->identity_consent)
            return false;
    }
    return record->n_report_ids > 0;
}

struct status case_gather(struct context *context, const OpenCaseRequest *request, CaseRecord *record,
                          CaseEvidenceRecord *evidence)
{
    const struct links all[] = {{"report_ids", request->report_ids, request->n_report_ids, &record->n_report_ids,
                                 &record->report_ids, gather_report},
                                {"signal_ids", request->signal_ids, request->n_signal_ids, &record->n_signal_ids,
                                 &record->signal_ids, gather_signal},
                                {"point_ids", request->point_ids, request->n_point_ids, &record->n_point_ids,
                                 &record->point_ids, gather_point},
                                {"proposal_ids", request->proposal_ids, request->n_proposal_ids,
                                 &record->n_proposal_ids, &record->proposal_ids, gather_proposal}};
    struct gathering gathering = {context, request, evidence, {{0}}};
    uint8_t digest[DIGEST_BYTES];
    size_t links = request->n_report_ids + request->n_signal_ids + request->n_point_ids + request->n_proposal_ids;
    if (links == 0 && !context->has_text)
        return status_refuse(&refusal_nothing);
    (void)crypto_generichash_init(&gathering.digest, NULL, 0, DIGEST_BYTES);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct status status = gather_links(&gathering, &all[i]);
        if (status.refusal)
            return status;
    }
    (void)crypto_generichash_final(&gathering.digest, digest, sizeof digest);
    record->identity_consent = all_agree_to_name(context, record);
    put(context, &record->school, request->school);
    put(context, &record->leerbedrijf, request->leerbedrijf);
    (void)context_ok(
        context, message_assign_bytes(&record->evidence_digest, (struct text){(const char *)digest, sizeof digest}));
    return STATUS_DONE;
}

void case_hold(struct context *context, const CaseRecord *record, bool hold)
{
    for (size_t i = 0; i < record->n_report_ids; i++)
        report_rest(context, record->report_ids[i], hold ? record->case_id : (ProtobufCBinaryData){0, NULL});
}
