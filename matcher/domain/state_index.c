#include "domain/state_index.h"

#include "domain/proposal.h"
#include "domain/proposal_table.h"

#include <string.h>

void index_key_start(struct index_key *key)
{
    key->length = 0;
}

void index_key_bytes(struct index_key *key, struct text bytes)
{
    size_t room = sizeof key->bytes - key->length;
    size_t length = bytes.length < room ? bytes.length : room;
    if (length)
        memcpy(key->bytes + key->length, bytes.data, length);
    key->length += length;
}

void index_key_string(struct index_key *key, const char *string)
{
    index_key_bytes(key, (struct text){string, strlen(string) + 1});
}

static void put_number(struct index_key *key, uint64_t value, size_t size)
{
    char bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(value >> 8 * (size - 1 - i));
    index_key_bytes(key, (struct text){bytes, size});
}

void index_key_u8(struct index_key *key, unsigned value)
{
    put_number(key, value, 1);
}

void index_key_u64(struct index_key *key, uint64_t value)
{
    put_number(key, value, 8);
}

/* Ids that are there have their full length; one that is not says "none". */
static bool put_id(struct index_key *key, ProtobufCBinaryData id)
{
    index_key_bytes(key, text_of_bytes(id));
    return id.len == ID_BYTES;
}

/* The records' own keys. */

#define ID_KEY(function, type, field)                                                                                \
    static bool function(const void *record, struct index_key *key)                                                  \
    {                                                                                                                \
        const type *it = record;                                                                                     \
        return put_id(key, it->field);                                                                               \
    }
ID_KEY(stagevraag_key, StagevraagRecord, stagevraag_id)
ID_KEY(placement_key, PlacementRecord, placement_id)
ID_KEY(round_key, RoundRecord, round_id)
ID_KEY(proposal_key, ProposalRecord, proposal_id)
ID_KEY(task_key, TaskRecord, task_id)
ID_KEY(stage_key, StageRecord, stage_id)
ID_KEY(import_key, ImportRecord, import_id)
ID_KEY(answer_key, AnswerRecord, key)
ID_KEY(signal_counts_key, SignalCountsRecord, counts_id)
ID_KEY(signal_key, SignalRecord, signal_id)
ID_KEY(signal_event_key, SignalEventRecord, event_id)
ID_KEY(point_key, PointRecord, point_id)
ID_KEY(report_key, ReportRecord, report_id)
ID_KEY(case_key, CaseRecord, case_id)
ID_KEY(case_evidence_key, CaseEvidenceRecord, case_id)
ID_KEY(measure_key, MeasureRecord, measure_id)

static bool match_chunk_key(const void *record, struct index_key *key)
{
    const MatchChunkRecord *it = record;
    bool whole = put_id(key, it->round_id);
    put_number(key, it->chunk, 4);
    return whole;
}

static bool import_chunk_key(const void *record, struct index_key *key)
{
    const ImportChunkRecord *it = record;
    bool whole = put_id(key, it->stage_id);
    put_number(key, it->chunk, 4);
    return whole;
}

static bool notice_key(const void *record, struct index_key *key)
{
    const NoticeRecord *it = record;
    index_key_u64(key, it->seq);
    return it->seq > 0;
}

static bool decision_key(const void *record, struct index_key *key)
{
    const DecisionRecord *it = record;
    index_key_u64(key, it->seq);
    return it->seq > 0;
}

static bool monitor_key(const void *record, struct index_key *key)
{
    const MonitorRecord *it = record;
    index_key_bytes(key, text_of(it->term));
    return it->term[0] != '\0';
}

const struct kind_facts kind_table[RECORD_KIND_COUNT] = {
    [RECORD_STAGEVRAAG] = {"stagevraag", &stagematch__internal__v1__stagevraag_record__descriptor, stagevraag_key},
    [RECORD_PLACEMENT] = {"placement", &stagematch__internal__v1__placement_record__descriptor, placement_key},
    [RECORD_ROUND] = {"round", &stagematch__internal__v1__round_record__descriptor, round_key},
    [RECORD_MATCH_CHUNK] = {"match_chunk", &stagematch__internal__v1__match_chunk_record__descriptor,
                            match_chunk_key},
    [RECORD_PROPOSAL] = {"proposal", &stagematch__internal__v1__proposal_record__descriptor, proposal_key},
    [RECORD_TASK] = {"task", &stagematch__internal__v1__task_record__descriptor, task_key},
    [RECORD_STAGE] = {"stage", &stagematch__internal__v1__stage_record__descriptor, stage_key},
    [RECORD_IMPORT_CHUNK] = {"import_chunk", &stagematch__internal__v1__import_chunk_record__descriptor,
                             import_chunk_key},
    [RECORD_IMPORT] = {"import", &stagematch__internal__v1__import_record__descriptor, import_key},
    [RECORD_NOTICE] = {"notice", &stagematch__internal__v1__notice_record__descriptor, notice_key},
    [RECORD_DECISION] = {"decision", &stagematch__internal__v1__decision_record__descriptor, decision_key},
    [RECORD_ANSWER] = {"answer", &stagematch__internal__v1__answer_record__descriptor, answer_key},
    [RECORD_SIGNAL_COUNTS] = {"signal_counts", &stagematch__internal__v1__signal_counts_record__descriptor,
                              signal_counts_key},
    [RECORD_SIGNAL] = {"signal", &stagematch__internal__v1__signal_record__descriptor, signal_key},
    [RECORD_SIGNAL_EVENT] = {"signal_event", &stagematch__internal__v1__signal_event_record__descriptor,
                             signal_event_key},
    [RECORD_POINT] = {"point", &stagematch__internal__v1__point_record__descriptor, point_key},
    [RECORD_REPORT] = {"report", &stagematch__internal__v1__report_record__descriptor, report_key},
    [RECORD_CASE] = {"case_file", &stagematch__internal__v1__case_record__descriptor, case_key},
    [RECORD_CASE_EVIDENCE] = {"case_evidence", &stagematch__internal__v1__case_evidence_record__descriptor,
                              case_evidence_key},
    [RECORD_MEASURE] = {"measure", &stagematch__internal__v1__measure_record__descriptor, measure_key},
    [RECORD_MONITOR] = {"monitor", &stagematch__internal__v1__monitor_record__descriptor, monitor_key},
};

/* The indexes' keys. */

#define STRING_INDEX(function, type, field)                                                                          \
    static bool function(const void *record, struct index_key *key)                                                  \
    {                                                                                                                \
        const type *it = record;                                                                                     \
        index_key_string(key, it->field);                                                                            \
        return true;                                                                                                 \
    }
#define STATE_INDEX(function, type)                                                                                  \
    static bool function(const void *record, struct index_key *key)                                                  \
    {                                                                                                                \
        const type *it = record;                                                                                     \
        index_key_u8(key, (unsigned)it->state);                                                                      \
        return true;                                                                                                 \
    }
STRING_INDEX(stagevraag_school, StagevraagRecord, school)
ID_KEY(stagevraag_student, StagevraagRecord, student_ref)
ID_KEY(stagevraag_hidden, StagevraagRecord, hidden_by)
ID_KEY(placement_round, PlacementRecord, round_id)
STATE_INDEX(placement_state, PlacementRecord)
ID_KEY(placement_hidden, PlacementRecord, hidden_by)
STATE_INDEX(round_state, RoundRecord)
ID_KEY(chunk_round, MatchChunkRecord, round_id)
STRING_INDEX(proposal_school, ProposalRecord, school)
ID_KEY(proposal_student, ProposalRecord, student_ref)
ID_KEY(proposal_stagevraag, ProposalRecord, stagevraag_id)
ID_KEY(proposal_placement, ProposalRecord, placement_id)
ID_KEY(proposal_round, ProposalRecord, round_id)
STRING_INDEX(proposal_candidate, ProposalRecord, candidate)
ID_KEY(task_proposal, TaskRecord, proposal_id)
STRING_INDEX(report_school, ReportRecord, school)

static bool report_leerbedrijf(const void *record, struct index_key *key)
{
    const ReportRecord *it = record;
    index_key_string(key, it->leerbedrijf);
    return it->leerbedrijf[0] != '\0';
}

static bool stagevraag_round(const void *record, struct index_key *key)
{
    const StagevraagRecord *it = record;
    const Stagematch__V1__Profile *profile = it->sealed_profile ? it->sealed_profile : it->profile;
    if (!put_id(key, it->round_id) || !profile)
        return false;
    index_key_string(key, profile->qualification);
    index_key_u8(key, (unsigned)profile->leerweg);
    return true;
}

static bool placement_leerbedrijf(const void *record, struct index_key *key)
{
    const PlacementRecord *it = record;
    if (!it->placement)
        return false;
    index_key_string(key, it->placement->leerbedrijf);
    index_key_string(key, it->placement->leerplaats);
    return true;
}

static bool placement_round_name(const void *record, struct index_key *key)
{
    const PlacementRecord *it = record;
    if (!put_id(key, it->round_id) || !it->placement)
        return false;
    index_key_string(key, it->placement->leerplaats);
    return true;
}

enum { OFFERS_INDEXED = 4 };

/* The n-th qualification of the criteria that its round was sealed with. */
static bool placement_round_offer(const PlacementRecord *record, struct index_key *key, size_t n)
{
    const Stagematch__V1__Placement *sealed =
        put_id(key, record->round_id) ? placement_criteria(record, record->sealed_criteria_version) : NULL;
    if (!sealed || sealed->n_qualifications > OFFERS_INDEXED || n >= sealed->n_qualifications)
        return false;
    index_key_string(key, sealed->qualifications[n]);
    return true;
}

#define OFFER_INDEX(function, n)                                                                                     \
    static bool function(const void *record, struct index_key *key)                                                  \
    {                                                                                                                \
        return placement_round_offer(record, key, n);                                                                \
    }
OFFER_INDEX(placement_round_offer_1, 0)
OFFER_INDEX(placement_round_offer_2, 1)
OFFER_INDEX(placement_round_offer_3, 2)
OFFER_INDEX(placement_round_offer_4, 3)

static bool placement_round_offer_more(const void *record, struct index_key *key)
{
    const PlacementRecord *it = record;
    const Stagematch__V1__Placement *sealed =
        put_id(key, it->round_id) ? placement_criteria(it, it->sealed_criteria_version) : NULL;
    return sealed && sealed->n_qualifications > OFFERS_INDEXED;
}

static bool round_rematch(const void *record, struct index_key *key)
{
    (void)key;
    const RoundRecord *it = record;
    return it->rematch_from_seq > 0;
}

static bool round_retry(const void *record, struct index_key *key)
{
    const RoundRecord *it = record;
    index_key_u64(key, (uint64_t)it->rematch_retry_ms);
    return it->rematch_retry_ms > 0;
}

static bool proposal_leerbedrijf(const void *record, struct index_key *key)
{
    const ProposalRecord *it = record;
    index_key_string(key, it->leerbedrijf);
    index_key_string(key, it->candidate);
    return it->shown;
}

static bool runs(const ProposalRecord *proposal)
{
    return proposal_state_facts(proposal->state)->runs;
}

static bool running_placement(const void *record, struct index_key *key)
{
    const ProposalRecord *it = record;
    return put_id(key, it->placement_id) && runs(it);
}

static bool running_round(const void *record, struct index_key *key)
{
    const ProposalRecord *it = record;
    return put_id(key, it->round_id) && runs(it);
}

static bool task_owner(const void *record, struct index_key *key)
{
    const TaskRecord *it = record;
    index_key_u8(key, it->role);
    index_key_string(key, it->scope);
    index_key_u64(key, it->due_ms > 0 ? (uint64_t)it->due_ms : UINT64_MAX);
    return it->open_ms == 0;
}

static bool task_placement(const void *record, struct index_key *key)
{
    const TaskRecord *it = record;
    return it->proposal_id.len == 0 && put_id(key, it->placement_id);
}

static bool task_stagevraag(const void *record, struct index_key *key)
{
    const TaskRecord *it = record;
    return it->proposal_id.len == 0 && put_id(key, it->stagevraag_id);
}

static bool task_round(const void *record, struct index_key *key)
{
    const TaskRecord *it = record;
    return it->proposal_id.len == 0 && put_id(key, it->round_id);
}

static bool task_subject(const void *record, struct index_key *key)
{
    const TaskRecord *it = record;
    return put_id(key, it->subject_id);
}

/* Each is 0 once it was done. */
int64_t task_next_ms(const TaskRecord *task)
{
    if (task->open_ms)
        return task->open_ms;
    if (task->reminder_ms)
        return task->reminder_ms;
    return task->overdue ? 0 : task->due_ms;
}

static bool task_timer(const void *record, struct index_key *key)
{
    int64_t next_ms = task_next_ms(record);
    index_key_u64(key, (uint64_t)next_ms);
    return next_ms > 0;
}

static bool stage_open_since(const void *record, struct index_key *key)
{
    const StageRecord *it = record;
    index_key_u64(key, (uint64_t)it->time_ms);
    return it->outcome == STAGE_OUTCOME(OPEN);
}

static bool stage_committed_since(const void *record, struct index_key *key)
{
    const StageRecord *it = record;
    index_key_u64(key, (uint64_t)it->time_ms);
    return it->outcome == STAGE_OUTCOME(COMMITTED);
}

static bool stage_fenced_since(const void *record, struct index_key *key)
{
    const StageRecord *it = record;
    index_key_u64(key, (uint64_t)it->time_ms);
    return it->outcome == STAGE_OUTCOME(FENCED);
}

static bool import_running(const void *record, struct index_key *key)
{
    (void)key;
    const ImportRecord *it = record;
    return it->state == IMPORT_STATE(RUNNING);
}

static bool answer_expiry(const void *record, struct index_key *key)
{
    const AnswerRecord *it = record;
    index_key_u64(key, (uint64_t)it->expire_ms);
    return true;
}

static void put_newest_first(struct index_key *key, int64_t time_ms)
{
    index_key_u64(key, UINT64_MAX - (uint64_t)time_ms);
}

static bool signal_counts_unit(const void *record, struct index_key *key)
{
    const SignalCountsRecord *it = record;
    index_key_u8(key, it->unit_kind);
    index_key_string(key, it->unit);
    index_key_string(key, it->school);
    return true;
}

static bool signal_counts_school(const void *record, struct index_key *key)
{
    const SignalCountsRecord *it = record;
    index_key_string(key, it->school);
    index_key_u8(key, it->unit_kind);
    return it->unit_kind != 0;
}

static bool signal_school(const void *record, struct index_key *key)
{
    const SignalRecord *it = record;
    index_key_string(key, it->school);
    index_key_u8(key, UINT8_MAX - it->status);
    put_newest_first(key, it->last_event_ms);
    return true;
}

static bool signal_unit(const void *record, struct index_key *key)
{
    const SignalRecord *it = record;
    index_key_u8(key, it->unit_kind);
    index_key_string(key, it->unit);
    index_key_u8(key, it->rule);
    return true;
}

static bool signal_event_school(const void *record, struct index_key *key)
{
    const SignalEventRecord *it = record;
    index_key_string(key, it->school);
    index_key_u8(key, it->rule);
    put_newest_first(key, it->time_ms);
    return true;
}

static bool point_school(const void *record, struct index_key *key)
{
    const PointRecord *it = record;
    index_key_string(key, it->school);
    index_key_u8(key, it->outcome != 0);
    put_newest_first(key, it->create_ms);
    return true;
}

static bool case_school(const void *record, struct index_key *key)
{
    const CaseRecord *it = record;
    index_key_string(key, it->school);
    put_newest_first(key, it->create_ms);
    return true;
}

static bool case_second(const void *record, struct index_key *key)
{
    const CaseRecord *it = record;
    index_key_string(key, it->second_school);
    return it->second_school[0] != '\0' && it->state == STAGEMATCH__V1__CASE_STATE__CASE_STATE_CLOSING;
}

static bool case_company(const void *record, struct index_key *key)
{
    const CaseRecord *it = record;
    index_key_string(key, it->leerbedrijf);
    put_newest_first(key, it->create_ms);
    return it->shown;
}

static bool measure_school(const void *record, struct index_key *key)
{
    const MeasureRecord *it = record;
    index_key_string(key, it->school);
    put_newest_first(key, it->take_ms);
    return true;
}

ID_KEY(measure_case, MeasureRecord, case_id)

static bool measure_stop(const void *record, struct index_key *key)
{
    const MeasureRecord *it = record;
    index_key_string(key, it->school);
    index_key_string(key, it->leerbedrijf);
    return it->state == STAGEMATCH__V1__MEASURE_STATE__MEASURE_STATE_ACTIVE &&
           it->effect != STAGEMATCH__V1__MEASURE_EFFECT__MEASURE_EFFECT_AGREEMENT;
}

const struct index_facts index_table[STATE_INDEX_COUNT] = {
    [INDEX_STAGEVRAAG_SCHOOL] = {RECORD_STAGEVRAAG, stagevraag_school},
    [INDEX_STAGEVRAAG_STUDENT] = {RECORD_STAGEVRAAG, stagevraag_student},
    [INDEX_STAGEVRAAG_ROUND] = {RECORD_STAGEVRAAG, stagevraag_round},
    [INDEX_STAGEVRAAG_HIDDEN] = {RECORD_STAGEVRAAG, stagevraag_hidden},
    [INDEX_PLACEMENT_LEERBEDRIJF] = {RECORD_PLACEMENT, placement_leerbedrijf},
    [INDEX_PLACEMENT_ROUND] = {RECORD_PLACEMENT, placement_round},
    [INDEX_PLACEMENT_ROUND_NAME] = {RECORD_PLACEMENT, placement_round_name},
    [INDEX_PLACEMENT_ROUND_OFFER] = {RECORD_PLACEMENT, placement_round_offer_1},
    [INDEX_PLACEMENT_ROUND_OFFER_2] = {RECORD_PLACEMENT, placement_round_offer_2},
    [INDEX_PLACEMENT_ROUND_OFFER_3] = {RECORD_PLACEMENT, placement_round_offer_3},
    [INDEX_PLACEMENT_ROUND_OFFER_4] = {RECORD_PLACEMENT, placement_round_offer_4},
    [INDEX_PLACEMENT_ROUND_OFFER_MORE] = {RECORD_PLACEMENT, placement_round_offer_more},
    [INDEX_PLACEMENT_STATE] = {RECORD_PLACEMENT, placement_state},
    [INDEX_PLACEMENT_HIDDEN] = {RECORD_PLACEMENT, placement_hidden},
    [INDEX_ROUND_STATE] = {RECORD_ROUND, round_state},
    [INDEX_ROUND_REMATCH] = {RECORD_ROUND, round_rematch},
    [INDEX_ROUND_RETRY] = {RECORD_ROUND, round_retry},
    [INDEX_CHUNK_ROUND] = {RECORD_MATCH_CHUNK, chunk_round},
    [INDEX_PROPOSAL_SCHOOL] = {RECORD_PROPOSAL, proposal_school},
    [INDEX_PROPOSAL_STUDENT] = {RECORD_PROPOSAL, proposal_student},
    [INDEX_PROPOSAL_STAGEVRAAG] = {RECORD_PROPOSAL, proposal_stagevraag},
    [INDEX_PROPOSAL_PLACEMENT] = {RECORD_PROPOSAL, proposal_placement},
    [INDEX_PROPOSAL_ROUND] = {RECORD_PROPOSAL, proposal_round},
    [INDEX_PROPOSAL_CANDIDATE] = {RECORD_PROPOSAL, proposal_candidate},
    [INDEX_PROPOSAL_LEERBEDRIJF] = {RECORD_PROPOSAL, proposal_leerbedrijf},
    [INDEX_RUNNING_PLACEMENT] = {RECORD_PROPOSAL, running_placement},
    [INDEX_RUNNING_ROUND] = {RECORD_PROPOSAL, running_round},
    [INDEX_TASK_OWNER] = {RECORD_TASK, task_owner},
    [INDEX_TASK_PROPOSAL] = {RECORD_TASK, task_proposal},
    [INDEX_TASK_PLACEMENT] = {RECORD_TASK, task_placement},
    [INDEX_TASK_STAGEVRAAG] = {RECORD_TASK, task_stagevraag},
    [INDEX_TASK_ROUND] = {RECORD_TASK, task_round},
    [INDEX_TASK_SUBJECT] = {RECORD_TASK, task_subject},
    [INDEX_TASK_TIMER] = {RECORD_TASK, task_timer},
    [INDEX_STAGE_OPEN] = {RECORD_STAGE, stage_open_since},
    [INDEX_STAGE_COMMITTED] = {RECORD_STAGE, stage_committed_since},
    [INDEX_STAGE_FENCED] = {RECORD_STAGE, stage_fenced_since},
    [INDEX_IMPORT_RUNNING] = {RECORD_IMPORT, import_running},
    [INDEX_ANSWER_EXPIRY] = {RECORD_ANSWER, answer_expiry},
    [INDEX_SIGNAL_COUNTS_UNIT] = {RECORD_SIGNAL_COUNTS, signal_counts_unit},
    [INDEX_SIGNAL_COUNTS_SCHOOL] = {RECORD_SIGNAL_COUNTS, signal_counts_school},
    [INDEX_SIGNAL_SCHOOL] = {RECORD_SIGNAL, signal_school},
    [INDEX_SIGNAL_UNIT] = {RECORD_SIGNAL, signal_unit},
    [INDEX_SIGNAL_EVENT_SCHOOL] = {RECORD_SIGNAL_EVENT, signal_event_school},
    [INDEX_POINT_SCHOOL] = {RECORD_POINT, point_school},
    [INDEX_REPORT_SCHOOL] = {RECORD_REPORT, report_school},
    [INDEX_REPORT_LEERBEDRIJF] = {RECORD_REPORT, report_leerbedrijf},
    [INDEX_CASE_SCHOOL] = {RECORD_CASE, case_school},
    [INDEX_CASE_SECOND] = {RECORD_CASE, case_second},
    [INDEX_CASE_COMPANY] = {RECORD_CASE, case_company},
    [INDEX_MEASURE_SCHOOL] = {RECORD_MEASURE, measure_school},
    [INDEX_MEASURE_CASE] = {RECORD_MEASURE, measure_case},
    [INDEX_MEASURE_STOP] = {RECORD_MEASURE, measure_stop},
};
