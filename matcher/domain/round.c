#include "domain/round.h"

#include "base/digest.h"

#include <string.h>

const REFUSAL(refusal_wrong_round_state, STATUS_FAILED_PRECONDITION, "wrong_state",
              "Dit past niet bij de staat van de ronde.", "This does not fit the state of the round.");
const REFUSAL(refusal_round_too_large, STATUS_RESOURCE_EXHAUSTED, "round_too_large",
              "Deze ronde is te groot voor een antwoord.", "This round is too large for one answer.");
static const REFUSAL(refusal_round_busy, STATUS_FAILED_PRECONDITION, "round_busy",
                     "Deze ronde wordt nog bijgewerkt. Probeer het zo opnieuw.",
                     "This round is still being worked on. Try again soon.");

enum { ROUND_STATE_COUNT = ROUND_STATE(FAILED) + 1 };

#define MOVE(to) (1u << ROUND_STATE(to))

/* By state: where it may go, and what the ledger calls its being entered. */
static const struct {
    unsigned moves;
    const char *fact;
} states[ROUND_STATE_COUNT] = {
    [ROUND_STATE(DRAFT)] = {MOVE(OPEN) | MOVE(CANCELLED), "round_created"},
    [ROUND_STATE(OPEN)] = {MOVE(SEALED) | MOVE(CANCELLED) | MOVE(FAILED), "round_opened"},
    [ROUND_STATE(SEALED)] = {MOVE(REVEALED) | MOVE(CANCELLED), "round_sealed"},
    [ROUND_STATE(REVEALED)] = {MOVE(SOLVING) | MOVE(CANCELLED), "round_revealed"},
    [ROUND_STATE(SOLVING)] = {MOVE(VERIFIED) | MOVE(FAILED) | MOVE(CANCELLED), "round_solving"},
    [ROUND_STATE(VERIFIED)] = {MOVE(PUBLISHING) | MOVE(CANCELLED), "round_verified"},
    [ROUND_STATE(PUBLISHING)] = {MOVE(PUBLISHED) | MOVE(CANCELLED), "round_publishing"},
    [ROUND_STATE(PUBLISHED)] = {MOVE(CLOSED) | MOVE(CANCELLED), "round_published"},
    [ROUND_STATE(CLOSED)] = {0, "round_closed"},
    [ROUND_STATE(CANCELLED)] = {0, "round_cancelled"},
    [ROUND_STATE(FAILED)] = {0, "round_failed"},
};

const RoundRecord *round_find(const struct state *state, ProtobufCBinaryData round_id)
{
    return round_id.len ? state_find(state, RECORD_ROUND, text_of_bytes(round_id)) : NULL;
}

bool round_has_input(const RoundRecord *record)
{
    bool let_go = record->work == ROUND_WORK(CANCELLING) || record->work == ROUND_WORK(CLOSING);
    return record->state == ROUND_STATE(PUBLISHED) && !let_go;
}

bool round_is_visible(const struct state *state, ProtobufCBinaryData round_id)
{
    const RoundRecord *record = round_find(state, round_id);
    return !record || record->state != ROUND_STATE(PUBLISHING);
}

static bool has_school_of(const struct context *context, const RoundRecord *record)
{
    for (size_t i = 0; i < record->n_schools; i++)
        if (actor_has_school(context->actor, record->schools[i]))
            return true;
    return false;
}

struct status round_of_request(const struct context *context, const char *hex, const RoundRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const RoundRecord *record = state_find(context->state, RECORD_ROUND, key);
    if (!record || !has_school_of(context, record))
        return status_refuse(&refusal_not_found);
    *out = record;
    return STATUS_DONE;
}

struct status round_for_change(const struct context *context, const char *hex, uint64_t version,
                               Stagematch__V1__RoundState state, const RoundRecord **out)
{
    const RoundRecord *record;
    struct status status = round_of_request(context, hex, &record);
    if (!status.refusal)
        status = version_of_request(version, record->version);
    if (status.refusal)
        return status;
    if (record->work != ROUND_WORK(UNSPECIFIED))
        return status_refuse(&refusal_round_busy);
    if (state != ROUND_STATE(UNSPECIFIED) && record->state != state)
        return status_refuse(&refusal_wrong_round_state);
    *out = record;
    return STATUS_DONE;
}

RoundRecord *round_edit(struct context *context, const RoundRecord *record)
{
    return context_edit(context, RECORD_ROUND, text_of_bytes(record->round_id));
}

void round_set_state(struct context *context, RoundRecord *record, Stagematch__V1__RoundState state,
                     ProtobufCBinaryData digest)
{
    if (!(states[record->state].moves & 1u << state)) {
        context_ok(context, ERR_INTERNAL);
        return;
    }
    record->state = state;
    record->version++;
    context_edited(context, RECORD_ROUND, record);
    context_fact(context,
                 &(struct fact){.kind = states[state].fact,
                                .subject = record->round_id,
                                .code = record->mechanism,
                                .round_id = record->round_id,
                                .digest = digest,
                                .entries_root = state == ROUND_STATE(SEALED) ? record->entries_root
                                                                             : (ProtobufCBinaryData){0, NULL}});
    round_change_tasks(context, record);
}

void round_show_hex(struct context *context, ProtobufCBinaryData bytes, char **field)
{
    char hex[DIGEST_HEX_BYTES];
    if (bytes.len != DIGEST_BYTES)
        return;
    sodium_bin2hex(hex, sizeof hex, bytes.data, bytes.len);
    context_ok(context, message_assign_string(field, text_of(hex)));
}

static void show_commitments(struct context *context, const RoundRecord *record,
                             Stagematch__V1__NonceCommitment ***field, size_t *count)
{
    for (size_t i = 0; i < record->n_commitments; i++) {
        Stagematch__V1__NonceCommitment *copy = NULL;
        if (context_ok(context, message_dup(record->commitments[i], &copy)))
            context_ok(context, message_append(count, field, copy));
    }
}

static void show_strings(struct context *context, char *const *from, size_t from_count, char ***field, size_t *count)
{
    for (size_t i = 0; i < from_count; i++)
        context_ok(context, message_append_string(count, field, text_of(from[i])));
}

static void show_ranks(struct context *context, const uint64_t *from, size_t from_count, uint64_t **field,
                       size_t *count)
{
    if (from_count == 0 || !context_ok(context, mem_resize(field, from_count, sizeof **field)))
        return;
    memcpy(*field, from, from_count * sizeof **field);
    *count = from_count;
}

static const char *shown_beacon(const RoundRecord *record)
{
    return *record->beacon ? record->beacon : record->beacon_source;
}

static void show_counts(const RoundRecord *record, Round *shown)
{
    shown->student_count = record->student_count;
    shown->placement_count = record->placement_count;
    shown->seat_count = record->seat_count;
    shown->matched_count = record->matched_count;
    shown->published_count = record->published_count;
    shown->unknown_wish_count = record->unknown_wish_count;
}

void round_show(struct context *context, const RoundRecord *record, Round **field)
{
    Round *shown = CONTEXT_NEW(context, stagematch__v1__round__descriptor);
    if (!shown)
        return;
    message_free(*field);
    *field = shown;
    context_id(context, record->round_id, &shown->round_id);
    context_ok(context, message_assign_string(&shown->name, text_of(record->name)));
    show_strings(context, record->schools, record->n_schools, &shown->schools, &shown->n_schools);
    show_strings(context, record->qualifications, record->n_qualifications, &shown->qualifications,
                 &shown->n_qualifications);
    shown->mode = record->mode;
    context_ok(context, message_assign_string(&shown->mechanism, text_of(record->mechanism)));
    shown->state = record->state;
    shown->version = record->version;
    show_commitments(context, record, &shown->commitments, &shown->n_commitments);
    round_show_hex(context, record->input_digest, &shown->input_digest);
    round_show_hex(context, record->entries_root, &shown->entries_root);
    round_show_hex(context, record->seed, &shown->seed);
    context_ok(context, message_assign_string(&shown->beacon, text_of(shown_beacon(record))));
    context_ok(context, message_assign_string(&shown->failure, text_of(record->failure)));
    show_counts(record, shown);
    show_ranks(context, record->rank_counts, record->n_rank_counts, &shown->rank_counts, &shown->n_rank_counts);
    context_time(context, record->create_ms, &shown->create_time);
}

bool round_takes_placement(const RoundRecord *record, const Stagematch__V1__Placement *placement)
{
    for (size_t i = 0; i < placement->n_qualifications; i++)
        if (strings_have(record->qualifications, record->n_qualifications, text_of(placement->qualifications[i])))
            return true;
    return false;
}

struct status handle_get_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetRoundRequest *request = message;
    Stagematch__V1__GetRoundResponse *response = answer;
    const RoundRecord *record;
    struct status status = round_of_request(context, request->round_id, &record);
    if (!status.refusal)
        round_show(context, record, &response->round);
    return status;
}

struct status handle_list_rounds(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListRoundsRequest *request = message;
    Stagematch__V1__ListRoundsResponse *response = answer;
    const RoundRecord *record;
    struct index_key all;
    struct page page;
    index_key_start(&all);
    struct status status =
        page_open_prefix(&page, context, INDEX_ROUND_STATE, &all, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    while ((record = page_next(&page)) != NULL) {
        Round *shown = NULL;
        if (!has_school_of(context, record))
            continue;
        round_show(context, record, &shown);
        if (shown)
            context_ok(context, message_append(&response->n_rounds, &response->rounds, shown));
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}

enum { SHOWN_FROM = 5 };

/* Counts below SHOWN_FROM go into the next; what is left at the end goes into the last that is shown. */
static void merge_small(uint64_t *counts, size_t count)
{
    uint64_t carried = 0;
    size_t last = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t sum = counts[i] + carried;
        bool shown = sum >= SHOWN_FROM;
        counts[i] = shown ? sum : 0;
        carried = shown ? 0 : sum;
        if (shown)
            last = i;
    }
    if (last < count)
        counts[last] += carried;
}

static uint64_t if_shown(uint64_t count)
{
    return count >= SHOWN_FROM ? count : 0;
}

static void show_public_counts(struct context *context, const RoundRecord *record,
                               Stagematch__V1__GetPublicRoundResponse *response)
{
    bool solved = record->n_rank_counts > 0;
    uint64_t unmatched = record->student_count - record->matched_count;
    bool tells_few = solved && unmatched > 0 && unmatched < SHOWN_FROM; /* the difference would */
    response->student_count = tells_few ? 0 : if_shown(record->student_count);
    response->seat_count = if_shown(record->seat_count);
    response->matched_count = if_shown(record->matched_count);
    if (record->matched_count < SHOWN_FROM)
        return;
    show_ranks(context, record->rank_counts, record->n_rank_counts, &response->rank_counts, &response->n_rank_counts);
    merge_small(response->rank_counts, response->n_rank_counts);
}

struct status handle_get_public_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetPublicRoundRequest *request = message;
    Stagematch__V1__GetPublicRoundResponse *response = answer;
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(request->round_id, id, &key);
    if (status.refusal)
        return status;
    const RoundRecord *record = state_find(context->state, RECORD_ROUND, key);
    if (!record || record->state == ROUND_STATE(DRAFT))
        return status_refuse(&refusal_not_found);
    context_ok(context, message_assign_string(&response->name, text_of(record->name)));
    show_strings(context, record->schools, record->n_schools, &response->schools, &response->n_schools);
    show_strings(context, record->qualifications, record->n_qualifications, &response->qualifications,
                 &response->n_qualifications);
    response->mode = record->mode;
    context_ok(context, message_assign_string(&response->mechanism, text_of(record->mechanism)));
    response->state = record->state;
    show_commitments(context, record, &response->commitments, &response->n_commitments);
    round_show_hex(context, record->input_digest, &response->input_digest);
    round_show_hex(context, record->entries_root, &response->entries_root);
    context_ok(context, message_assign_string(&response->beacon, text_of(shown_beacon(record))));
    round_show_hex(context, record->seed, &response->seed);
    show_public_counts(context, record, response);
    return STATUS_DONE;
}
