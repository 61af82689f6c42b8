/*
 * domain_rules.h - what must hold of a domain after every command, whatever was asked: seats, students, references, and who is waited
 * for.
 */
#ifndef PROP_DOMAIN_RULES_H
#define PROP_DOMAIN_RULES_H

#include "prop/domain_journal.h"

#define EACH(type, kind, key, record)                                                                                \
    for (const type *record = state_next(domain_state(domain), RECORD_##kind, text_of("")); record;                  \
         record = state_next(domain_state(domain), RECORD_##kind, text_of_bytes(record->key)))

/* A reference is empty, where it may be, or names a record. */
static const void *referred_at(enum record_kind kind, ProtobufCBinaryData id, int line)
{
    const void *record = state_find(domain_state(domain), kind, text_of_bytes(id));
    ck_assert_msg(record != NULL, "line %d: a reference to a %s that is not there", line, record_kind_name(kind));
    return record;
}
#define referred(kind, id) referred_at((kind), (id), __LINE__)
#define check_reference(kind, id) ((void)((id).len ? referred_at((kind), (id), __LINE__) : NULL))

/* Open tasks of a kind about a subject; with an owner (role not 0) only theirs. */
static size_t tasks_about(enum state_index index, ProtobufCBinaryData subject, Stagematch__V1__TaskKind kind,
                          unsigned role, const char *scope, const char *detail)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, domain_state(domain), index, text_of_bytes(subject));
    for (const TaskRecord *task; (task = scan_next(&scan));)
        count += task->kind == kind && (role == 0 || (task->role == role && strcmp(task->scope, scope) == 0)) &&
                 (!detail || strcmp(task->detail, detail) == 0);
    return count;
}

/* Exactly the owners that there should be, once each. */
static void check_owners(enum state_index index, ProtobufCBinaryData subject, Stagematch__V1__TaskKind kind,
                         const char *detail, unsigned role, const char *scope, const char *on_behalf)
{
    bool both = on_behalf && on_behalf[0];
    ck_assert_uint_eq(tasks_about(index, subject, kind, role, scope, detail), 1);
    if (both)
        ck_assert_uint_eq(tasks_about(index, subject, kind, ROLE(COORDINATOR), on_behalf, detail), 1);
    ck_assert_uint_eq(tasks_about(index, subject, kind, 0, NULL, detail), both ? 2 : 1);
}

/* Proposals. */

static void check_running(const ProposalRecord *proposal)
{
    const struct proposal_state_facts *facts = proposal_state_facts(proposal->state);
    const StagevraagRecord *stagevraag = referred(RECORD_STAGEVRAAG, proposal->stagevraag_id);
    const PlacementRecord *placement = referred(RECORD_PLACEMENT, proposal->placement_id);
    bool released = proposal->state == PROPOSAL_STATE(RELEASED), planned = proposal->introduction_date[0];
    char student_ref[ID_HEX_BYTES];
    id_format_bytes(proposal->student_ref, student_ref);
    ck_assert(bytes_equal(stagevraag->proposal_id, proposal->proposal_id));
    ck_assert_int_eq(stagevraag->state, facts->stagevraag);
    check_owners(INDEX_TASK_PROPOSAL, proposal->proposal_id, facts->task, NULL, facts->role,
                 facts->role == ROLE(STUDENT)   ? student_ref
                 : facts->role == ROLE(COMPANY) ? proposal->leerbedrijf
                                                : proposal->school,
                 facts->role == ROLE(COMPANY) ? placement->entered_by_school : NULL);
    ck_assert_uint_eq(
        tasks_about(INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(PLAN_INTRODUCTION), 0, NULL, NULL),
        released && !planned);
    ck_assert_uint_eq(
        tasks_about(INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(AGREE_INTRODUCTION), 0, NULL, NULL),
        released && planned && !proposal->introduction_agreed);
}

static void check_ended(const ProposalRecord *proposal)
{
    struct scan scan;
    bool held = proposal->seat_held;
    scan_id(&scan, domain_state(domain), INDEX_TASK_PROPOSAL, text_of_bytes(proposal->proposal_id));
    for (const TaskRecord *task; (task = scan_next(&scan));)
        ck_assert_msg(task->kind == TASK_KIND(REVIEW_REASON) || task->kind == TASK_KIND(RED_ANSWER) ||
                          (task->kind == TASK_KIND(CHECK_IN) && proposal->state == PROPOSAL_STATE(COMPLETED)),
                      "a task of a proposal that ended: %s", task_kind_name(task->kind));
    /* A seat that is held waits for the reviewer, and for nobody else. */
    ck_assert(!held || proposal->state == PROPOSAL_STATE(DROPPED_AFTER_RELEASE));
    if (held)
        check_owners(INDEX_TASK_PROPOSAL, proposal->proposal_id, TASK_KIND(REVIEW_REASON), NULL,
                     ROLE(VERTROUWENSPERSOON), proposal->school, NULL);
}

static void check_pair(const ProposalRecord *proposal)
{
    struct scan scan;
    size_t count = 0;
    scan_id(&scan, domain_state(domain), INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(proposal->stagevraag_id));
    for (const ProposalRecord *other; (other = scan_next(&scan));)
        count += bytes_equal(other->placement_id, proposal->placement_id) &&
                 other->state != PROPOSAL_STATE(CANCELLED_ROUND);
    ck_assert_msg(count <= 1, "a pair that was barred was proposed again");
}

static void check_proposals(void)
{
    EACH(ProposalRecord, PROPOSAL, proposal_id, proposal)
    {
        bool runs = proposal_state_facts(proposal->state)->runs;
        const RoundRecord *round = referred(RECORD_ROUND, proposal->round_id);
        check_reference(RECORD_STAGEVRAAG, proposal->stagevraag_id);
        ck_assert_ptr_nonnull(
            placement_criteria(referred(RECORD_PLACEMENT, proposal->placement_id), proposal->criteria_version));
        ck_assert_int_eq(index_find(&endings, text_of_bytes(proposal->proposal_id)) != NULL, !runs);
        bool over = round->state >= ROUND_STATE(CLOSED);
        ck_assert(!runs || !over || proposal->state >= PROPOSAL_STATE(PLACED));
        if (runs)
            check_running(proposal);
        else
            check_ended(proposal);
        check_pair(proposal);
    }
}

/* Stagevragen. */

static void check_stagevragen(void)
{
    EACH(StagevraagRecord, STAGEVRAAG, stagevraag_id, stagevraag)
    {
        const RoundRecord *round = stagevraag->round_id.len ? referred(RECORD_ROUND, stagevraag->round_id) : NULL;
        bool taken = stagevraag->state == STAGEVRAAG_STATE(PROPOSED) || stagevraag->state == STAGEVRAAG_STATE(PLACED);
        struct scan scan;
        size_t running = 0;
        scan_id(&scan, domain_state(domain), INDEX_PROPOSAL_STAGEVRAAG, text_of_bytes(stagevraag->stagevraag_id));
        for (const ProposalRecord *proposal; (proposal = scan_next(&scan));)
            running += proposal_state_facts(proposal->state)->runs;
        ck_assert_uint_eq(running, taken);
        ck_assert_uint_eq(stagevraag->proposal_id.len != 0, taken);
        ck_assert(!round || round->state < ROUND_STATE(CLOSED));
        ck_assert(round || !stagevraag->sealed_profile);
        check_reference(RECORD_PLACEMENT, stagevraag->elsewhere_placement_id);
        check_reference(RECORD_IMPORT, stagevraag->hidden_by);
        ck_assert(!stagevraag->elsewhere_placement_id.len || stagevraag->state == STAGEVRAAG_STATE(PLACED_ELSEWHERE));
        for (size_t i = 0; i < stagevraag->n_barred_placements; i++)
            check_reference(RECORD_PLACEMENT, stagevraag->barred_placements[i]);
        for (size_t i = 0; i < stagevraag->n_contested_skills; i++)
            check_owners(INDEX_TASK_STAGEVRAAG, stagevraag->stagevraag_id, TASK_KIND(CONTESTED_LEVEL),
                         stagevraag->contested_skills[i], ROLE(COORDINATOR), stagevraag->school, NULL);
        ck_assert_uint_eq(
            tasks_about(INDEX_TASK_STAGEVRAAG, stagevraag->stagevraag_id, TASK_KIND(CONTESTED_LEVEL), 0, NULL, NULL),
            stagevraag->n_contested_skills);
    }
}

/* Placements. */

/* Seats that were taken after the last command: more are taken only where they are free. */
enum { PLACEMENTS_MAX = 64 };
static struct {
    uint8_t id[ID_BYTES];
    uint32_t taken;
} seats_before[PLACEMENTS_MAX];
static size_t seats_before_count;

static uint32_t *taken_before(ProtobufCBinaryData placement_id)
{
    for (size_t i = 0; i < seats_before_count; i++)
        if (memcmp(seats_before[i].id, placement_id.data, ID_BYTES) == 0)
            return &seats_before[i].taken;
    ck_assert_uint_lt(seats_before_count, PLACEMENTS_MAX);
    memcpy(seats_before[seats_before_count].id, placement_id.data, ID_BYTES);
    return &seats_before[seats_before_count++].taken;
}

static void check_reopening(const PlacementRecord *placement)
{
    bool paused = placement->state == PLACEMENT_STATE(PAUSED);
    bool waits = placement->state == PLACEMENT_STATE(PUBLISHED) && placement->seats_suspended;
    if (waits)
        check_owners(INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(REOPEN), NULL, ROLE(COMPANY),
                     placement->placement->leerbedrijf, placement->entered_by_school);
    /* A pause waits for the call, and after it for the school that opens the placement again. */
    ck_assert_uint_eq(
        tasks_about(INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(CALL_COMPANY), 0, NULL, NULL) +
            (waits ? 0
                   : tasks_about(INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(REOPEN), 0, NULL, NULL)),
        paused);
    ck_assert(paused || placement->state == PLACEMENT_STATE(WITHDRAWN) ||
              placement->state == PLACEMENT_STATE(DRAFT) ||
              (placement->anders_count < 2 && placement->expiry_count < 2));
}

static void check_publishing(const PlacementRecord *placement)
{
    const char *brin = placement->entered_by_school;
    if (placement->state == PLACEMENT_STATE(DRAFT))
        check_owners(INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(PUBLISH_PLACEMENT), NULL,
                     *brin ? ROLE(COORDINATOR) : ROLE(COMPANY), *brin ? brin : placement->placement->leerbedrijf,
                     NULL);
    else
        ck_assert_uint_eq(
            tasks_about(INDEX_TASK_PLACEMENT, placement->placement_id, TASK_KIND(PUBLISH_PLACEMENT), 0, NULL, NULL),
            0);
}

static void check_placements(void)
{
    EACH(PlacementRecord, PLACEMENT, placement_id, placement)
    {
        uint32_t *before = taken_before(placement->placement_id);
        const RoundRecord *round = placement->round_id.len ? referred(RECORD_ROUND, placement->round_id) : NULL;
        ck_assert_msg(placement->seats_taken <= *before ||
                          placement->seats_taken + placement->seats_suspended <= placement->placement->capacity,
                      "a seat that was not free was taken");
        *before = placement->seats_taken;
        ck_assert(!round || round->state < ROUND_STATE(CLOSED));
        ck_assert(!round || placement_criteria(placement, placement->sealed_criteria_version));
        check_reference(RECORD_IMPORT, placement->hidden_by);
        check_reopening(placement);
        check_publishing(placement);
    }
}

/* Rounds, tasks, files and what else refers to something. */

/* All schools of the round have the task, or none has. */
static void check_schools(const RoundRecord *round, Stagematch__V1__TaskKind kind, bool waits)
{
    for (size_t i = 0; i < round->n_schools; i++)
        ck_assert_uint_eq(
            tasks_about(INDEX_TASK_ROUND, round->round_id, kind, ROLE(COORDINATOR), round->schools[i], NULL), waits);
    ck_assert_uint_eq(tasks_about(INDEX_TASK_ROUND, round->round_id, kind, 0, NULL, NULL),
                      waits ? round->n_schools : 0);
}

/* Each state that waits for a step is in the lists of the schools, and no other. */
static void check_steps(const RoundRecord *round)
{
    bool committed = true;
    for (size_t i = 0; i < round->n_commitments; i++)
        committed = committed && round->commitments[i]->commitment[0];
    bool is_open = round->state == ROUND_STATE(OPEN);
    bool nonces = (is_open && !committed) || round->state == ROUND_STATE(SEALED);
    check_schools(round, TASK_KIND(OPEN_ROUND), round->state == ROUND_STATE(DRAFT));
    check_schools(round, TASK_KIND(SEAL_ROUND), is_open && committed);
    check_schools(round, TASK_KIND(SOLVE_ROUND), round->state == ROUND_STATE(REVEALED));
    check_schools(round, TASK_KIND(PUBLISH_ROUND), round->state == ROUND_STATE(VERIFIED));
    check_schools(round, TASK_KIND(CLOSE_ROUND), round->state == ROUND_STATE(PUBLISHED));
    check_schools(round, TASK_KIND(REMATCH_FAILED), round->rematch_failures >= 4);
    ck_assert_uint_le(tasks_about(INDEX_TASK_ROUND, round->round_id, TASK_KIND(ROUND_FAILED), 0, NULL, NULL),
                      round->state == ROUND_STATE(FAILED) ? round->n_schools : 0);
    ck_assert_uint_le(tasks_about(INDEX_TASK_ROUND, round->round_id, TASK_KIND(ESCALATION), 0, NULL, NULL),
                      nonces ? round->n_schools : 0);
}

static void check_rounds(void)
{
    EACH(RoundRecord, ROUND, round_id, round)
    {
        bool is_open = round->state == ROUND_STATE(OPEN), is_sealed = round->state == ROUND_STATE(SEALED);
        for (size_t i = 0; i < round->n_commitments; i++) {
            const Stagematch__V1__NonceCommitment *part = round->commitments[i];
            bool waits = (is_open && !part->commitment[0]) || (is_sealed && !part->nonce[0]);
            if (waits)
                check_owners(INDEX_TASK_ROUND, round->round_id, TASK_KIND(NONCE), part->school, ROLE(COORDINATOR),
                             part->school, NULL);
            else
                ck_assert_uint_eq(
                    tasks_about(INDEX_TASK_ROUND, round->round_id, TASK_KIND(NONCE), 0, NULL, part->school), 0);
        }
        bool rolls = round->state >= ROUND_STATE(SEALED) && round->state <= ROUND_STATE(PUBLISHED);
        ck_assert(!round->rematch_from_seq || rolls);
        ck_assert(!round->rematch_failures || round->rematch_from_seq);
        ck_assert(!round->rematch_retry_ms || round->rematch_failures);
        check_steps(round);
        ck_assert_uint_le(round->proposed_chunks, round->match_chunks);
    }
}

static void check_tasks(void)
{
    EACH(TaskRecord, TASK, task_id, task)
    {
        check_reference(RECORD_PROPOSAL, task->proposal_id);
        check_reference(RECORD_PLACEMENT, task->placement_id);
        check_reference(RECORD_STAGEVRAAG, task->stagevraag_id);
        check_reference(RECORD_ROUND, task->round_id);
        ck_assert(task->scope[0] && task->role);
        ck_assert_int_gt(task->due_ms, 0);
        ck_assert(task->overdue || task->due_ms > now_ms);
    }
}

static void check_files(void)
{
    struct state *state = domain_state(domain);
    uint8_t key[20] = {0};
    struct text at = {(const char *)key, 0};
    for (const ImportChunkRecord *chunk; (chunk = state_next(state, RECORD_IMPORT_CHUNK, at));) {
        const StageRecord *stage = referred(RECORD_STAGE, chunk->stage_id);
        const ImportRecord *import = state_find(state, RECORD_IMPORT, text_of_bytes(chunk->stage_id));
        ck_assert(import ? import->state == IMPORT_STATE(RUNNING) : stage->outcome == STAGE_OUTCOME(OPEN));
        memcpy(key, chunk->stage_id.data, ID_BYTES);
        for (int i = 0; i < 4; i++)
            key[ID_BYTES + i] = (uint8_t)(chunk->chunk >> (24 - 8 * i));
        at.length = sizeof key;
    }
    at.length = 0;
    for (const MatchChunkRecord *chunk; (chunk = state_next(state, RECORD_MATCH_CHUNK, at));) {
        const RoundRecord *round = referred(RECORD_ROUND, chunk->round_id);
        ck_assert_uint_lt(chunk->chunk, round->match_chunks);
        for (size_t i = 0; i < chunk->n_matches; i++) {
            (void)referred(RECORD_STAGEVRAAG, chunk->matches[i]->stagevraag_id);
            (void)referred(RECORD_PLACEMENT, chunk->matches[i]->placement_id);
        }
        memcpy(key, chunk->round_id.data, ID_BYTES);
        for (int i = 0; i < 4; i++)
            key[ID_BYTES + i] = (uint8_t)(chunk->chunk >> (24 - 8 * i));
        at.length = sizeof key;
    }
}

/* In order without a gap, each for an owner and about something. */
static void check_notices(void)
{
    uint8_t key[8] = {0};
    struct text at = {(const char *)key, 0};
    uint64_t before = 0;
    for (const NoticeRecord *notice; (notice = state_next(domain_state(domain), RECORD_NOTICE, at));) {
        ck_assert(before == 0 || notice->seq == before + 1);
        ck_assert(notice->template_[0] && notice->scope[0] && notice->subject[0]);
        ck_assert(notice->role >= ROLE(COORDINATOR) && notice->role <= ROLE(STUDENT));
        before = notice->seq;
        for (int i = 0; i < 8; i++)
            key[i] = (uint8_t)(before >> (56 - 8 * i));
        at.length = sizeof key;
    }
}

static void check_rules(void)
{
    ck_assert(!domain_is_broken(domain));
    ck_assert_int_eq(domain_restored(domain), ERR_OK);
    check_proposals();
    check_stagevragen();
    check_placements();
    check_rounds();
    check_tasks();
    check_files();
    check_notices();
}

#endif
