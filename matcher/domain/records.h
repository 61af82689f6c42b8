/*
 * records.h - short names for the engine's records and for the enumerations of the API, and their making and freeing.
 *
 * Every message of this folder, record or answer, is made, filled and freed by api/message.h.
 */
#ifndef DOMAIN_RECORDS_H
#define DOMAIN_RECORDS_H

#include "api/id.h"
#include "api/message.h"
#include "base/mem.h"
#include "base/text.h"
#include "stagematch/internal/v1/record.pb-c.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/common.pb-c.h"
#include "stagematch/v1/placement.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "stagematch/v1/round.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "stagematch/v1/task.pb-c.h"

typedef Stagematch__Internal__V1__StagevraagRecord StagevraagRecord;
typedef Stagematch__Internal__V1__PlacementRecord PlacementRecord;
typedef Stagematch__Internal__V1__RoundRecord RoundRecord;
typedef Stagematch__Internal__V1__MatchChunkRecord MatchChunkRecord;
typedef Stagematch__Internal__V1__MatchRecord MatchRecord;
typedef Stagematch__Internal__V1__ProposalRecord ProposalRecord;
typedef Stagematch__Internal__V1__TaskRecord TaskRecord;
typedef Stagematch__Internal__V1__StageRecord StageRecord;
typedef Stagematch__Internal__V1__ImportChunkRecord ImportChunkRecord;
typedef Stagematch__Internal__V1__ImportRecord ImportRecord;
typedef Stagematch__Internal__V1__NoticeRecord NoticeRecord;
typedef Stagematch__Internal__V1__DecisionRecord DecisionRecord;
typedef Stagematch__Internal__V1__AnswerRecord AnswerRecord;
typedef Stagematch__Internal__V1__ReportRecord ReportRecord;
typedef Stagematch__Internal__V1__SignalCountsRecord SignalCountsRecord;
typedef Stagematch__Internal__V1__SignalWindow SignalWindow;
typedef Stagematch__Internal__V1__SignalRecord SignalRecord;
typedef Stagematch__Internal__V1__SignalEventRecord SignalEventRecord;
typedef Stagematch__Internal__V1__PointRecord PointRecord;
typedef Stagematch__Internal__V1__MonitorRecord MonitorRecord;
typedef Stagematch__Internal__V1__LedgerPayload LedgerPayload;
typedef Stagematch__Internal__V1__CaseRecord CaseRecord;
typedef Stagematch__Internal__V1__CaseEvidenceRecord CaseEvidenceRecord;
typedef Stagematch__Internal__V1__MeasureRecord MeasureRecord;

/* PROPOSAL_STATE(APPROVED), ROLE(COMPANY), … */
#define PROPOSAL_STATE(name) STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_##name
#define STAGEVRAAG_STATE(name) STAGEMATCH__V1__STAGEVRAAG_STATE__STAGEVRAAG_STATE_##name
#define PLACEMENT_STATE(name) STAGEMATCH__V1__PLACEMENT_STATE__PLACEMENT_STATE_##name
#define ROUND_STATE(name) STAGEMATCH__V1__ROUND_STATE__ROUND_STATE_##name
#define ROUND_MODE(name) STAGEMATCH__V1__ROUND_MODE__ROUND_MODE_##name
#define IMPORT_STATE(name) STAGEMATCH__V1__IMPORT_STATE__IMPORT_STATE_##name
#define TASK_KIND(name) STAGEMATCH__V1__TASK_KIND__TASK_KIND_##name
#define ROLE(name) STAGEMATCH__V1__ROLE__ROLE_##name
#define SIDE(name) STAGEMATCH__V1__SIDE__SIDE_##name
#define LEERWEG(name) STAGEMATCH__V1__LEERWEG__LEERWEG_##name
#define CHECK_IN_MOMENT(name) STAGEMATCH__V1__CHECK_IN_MOMENT__CHECK_IN_MOMENT_##name
#define CHECK_IN_ANSWER(name) STAGEMATCH__V1__CHECK_IN_ANSWER__CHECK_IN_ANSWER_##name
#define STAGE_OUTCOME(name) STAGEMATCH__INTERNAL__V1__STAGE_RECORD__OUTCOME__OUTCOME_##name

/* Whether two messages of one kind say the same (compares their packed forms). */
MUST_USE enum err message_same(const void *a, const void *b, bool *same);

/* Empties a repeated field. */
void message_clear_strings(char ***field, size_t *count);
void message_clear_bytes(ProtobufCBinaryData **field, size_t *count);

/* Views. */
struct text text_of_bytes(ProtobufCBinaryData bytes);
bool bytes_equal(ProtobufCBinaryData a, ProtobufCBinaryData b);

/* The length of the lists that the API gives as repeated strings: whether one holds `value`. */
bool strings_have(char *const *list, size_t count, struct text value);

#endif
