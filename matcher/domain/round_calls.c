/* The steps of a round that a coördinator takes, up to the seed. */
#include "base/digest.h"
#include "domain/profile_check.h"
#include "domain/round.h"
#include "match/seed.h"

#include <stdlib.h>
#include <string.h>

#define HASH_HEX_DIGITS ((size_t)2 * DIGEST_BYTES)

enum { SCHOOLS_MAX = 64, QUALIFICATIONS_MAX = 1000, NAME_BYTES_MAX = 200, BEACON_BYTES_MAX = 500 };

typedef Stagematch__V1__NonceCommitment NonceCommitment;

static const REFUSAL(refusal_mechanism, STATUS_INVALID_ARGUMENT, "unknown_mechanism",
                     "Dit mechanisme is er niet; kies stb.", "There is no such mechanism; choose stb.");
static const REFUSAL(refusal_school, STATUS_INVALID_ARGUMENT, "bad_school", "Een school is een BRIN, zoals 25PT.",
                     "A school is a BRIN, such as 25PT.");
static const REFUSAL(refusal_own_school, STATUS_INVALID_ARGUMENT, "no_own_school",
                     "Er moet een school van jou bij zijn.", "One of the schools must be yours.");
static const REFUSAL(refusal_commitment_missing, STATUS_FAILED_PRECONDITION, "commitment_missing",
                     "Nog niet elke school heeft zich vastgelegd.", "Not every school has committed yet.");
static const REFUSAL(refusal_nonce, STATUS_INVALID_ARGUMENT, "wrong_nonce",
                     "Dit getal past niet bij wat de school vastlegde.",
                     "This nonce does not fit the school's commitment.");
static const REFUSAL(refusal_too_early, STATUS_FAILED_PRECONDITION, "too_early",
                     "De termijn om te onthullen loopt nog.", "The term for revealing is not over yet.");
static const REFUSAL(refusal_beacon, STATUS_INVALID_ARGUMENT, "beacon_not_announced",
                     "Voor deze ronde is geen baken aangekondigd.", "No beacon was announced for this round.");

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static struct status check_codes(char *const *codes, size_t count, size_t max, bool (*fits)(const char *),
                                 const struct refusal *refusal, const char *field)
{
    if (count == 0)
        return status_refuse_field(&refusal_missing_field, field);
    if (count > max)
        return status_refuse_field(&refusal_bad_value, field);
    for (size_t i = 0; i < count; i++) {
        if (!fits(codes[i]))
            return status_refuse_field(refusal, field);
        if (strings_have(codes, i, text_of(codes[i])))
            return status_refuse_field(&refusal_listed_twice, field);
    }
    return STATUS_DONE;
}

static struct status check_round(const struct context *context, const Stagematch__V1__CreateRoundRequest *request)
{
    if (!*request->name)
        return status_refuse_field(&refusal_missing_field, "name");
    if (strlen(request->name) > NAME_BYTES_MAX)
        return status_refuse_field(&refusal_bad_value, "name");
    struct status status =
        check_codes(request->schools, request->n_schools, SCHOOLS_MAX, brin_is_valid, &refusal_school, "schools");
    if (!status.refusal)
        status = check_codes(request->qualifications, request->n_qualifications, QUALIFICATIONS_MAX,
                             qualification_is_valid, &refusal_bad_value, "qualifications");
    if (status.refusal)
        return status;
    bool own = false;
    for (size_t i = 0; i < request->n_schools; i++)
        own = own || actor_coordinates(context->actor, request->schools[i]);
    if (!own)
        return status_refuse_field(&refusal_own_school, "schools");
    if (request->mode > ROUND_MODE(DIRECT) || request->mode < ROUND_MODE(UNSPECIFIED))
        return status_refuse_field(&refusal_bad_value, "mode");
    if (*request->mechanism && strcmp(request->mechanism, "stb") != 0)
        return status_refuse_field(&refusal_mechanism, "mechanism");
    if (strlen(request->beacon_source) > BEACON_BYTES_MAX)
        return status_refuse_field(&refusal_bad_value, "beacon_source");
    return STATUS_DONE;
}

static void add_sorted(struct context *context, char ***field, size_t *count, char *const *from, size_t from_count)
{
    for (size_t i = 0; i < from_count; i++)
        context_ok(context, message_append_string(count, field, text_of(from[i])));
    if (*count > 1)
        qsort(*field, *count, sizeof **field, compare_strings);
}

static void add_commitments(struct context *context, RoundRecord *record)
{
    for (size_t i = 0; i < record->n_schools; i++) {
        NonceCommitment *commitment = CONTEXT_NEW(context, stagematch__v1__nonce_commitment__descriptor);
        if (!commitment)
            return;
        context_ok(context, message_assign_string(&commitment->school, text_of(record->schools[i])));
        context_ok(context, message_append(&record->n_commitments, &record->commitments, commitment));
    }
}

struct status handle_create_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CreateRoundRequest *request = message;
    Stagematch__V1__CreateRoundResponse *response = answer;
    const struct match_rules *rules = &context->options->rules;
    uint8_t id[ID_BYTES];
    struct status status = check_round(context, request);
    if (status.refusal)
        return status;
    RoundRecord *record = CONTEXT_NEW(context, stagematch__internal__v1__round_record__descriptor);
    if (!record)
        return context_status(context);
    context_draw(context, id);
    struct text key = {(const char *)id, sizeof id};
    const char *mechanism = *request->mechanism ? request->mechanism : "stb";
    context_ok(context, message_assign_bytes(&record->round_id, key));
    context_ok(context, message_assign_string(&record->name, text_of(request->name)));
    context_ok(context, message_assign_string(&record->mechanism, text_of(mechanism)));
    context_ok(context, message_assign_string(&record->beacon_source, text_of(request->beacon_source)));
    add_sorted(context, &record->schools, &record->n_schools, request->schools, request->n_schools);
    add_sorted(context, &record->qualifications, &record->n_qualifications, request->qualifications,
               request->n_qualifications);
    add_commitments(context, record);
    record->mode = request->mode == ROUND_MODE(UNSPECIFIED) ? ROUND_MODE(BLIND) : request->mode;
    record->state = ROUND_STATE(DRAFT);
    record->version = 1;
    record->create_ms = context->now_ms;
    record->slack_days = (uint32_t)rules->slack_days;
    record->list_max = rules->list_max;
    record->band_width = rules->band_width;
    round_show(context, record, &response->round);
    context_fact(context, &(struct fact){.kind = "round_created",
                                         .subject = record->round_id,
                                         .code = record->mechanism,
                                         .round_id = record->round_id});
    round_open_tasks(context, record);
    context_add(context, RECORD_ROUND, record);
    return context_status(context);
}

struct status handle_open_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__OpenRoundRequest *request = message;
    Stagematch__V1__OpenRoundResponse *response = answer;
    const RoundRecord *found;
    struct status status = round_for_change(context, request->round_id, request->version, ROUND_STATE(DRAFT), &found);
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    round_set_state(context, record, ROUND_STATE(OPEN), (ProtobufCBinaryData){0, NULL});
    round_show(context, record, &response->round);
    return context_status(context);
}

/* 64 hexadecimal digits. */
static bool parse_hash(const char *hex, uint8_t out[DIGEST_BYTES])
{
    size_t length = 0;
    return strlen(hex) == HASH_HEX_DIGITS &&
           sodium_hex2bin(out, DIGEST_BYTES, hex, HASH_HEX_DIGITS, NULL, &length, NULL) == 0 &&
           length == DIGEST_BYTES;
}

static void set_hash(struct context *context, char **field, const uint8_t hash[DIGEST_BYTES])
{
    char hex[DIGEST_HEX_BYTES];
    sodium_bin2hex(hex, sizeof hex, hash, DIGEST_BYTES);
    context_ok(context, message_assign_string(field, text_of(hex)));
}

/* The part of a school of the caller's in a round of this state. */
static struct status find_part(const struct context *context, const char *hex, const char *school,
                               Stagematch__V1__RoundState state, const RoundRecord **out, size_t *part)
{
    const RoundRecord *record;
    struct status status = round_of_request(context, hex, &record);
    if (status.refusal)
        return status;
    for (size_t i = 0; i < record->n_commitments; i++) {
        if (strcmp(record->commitments[i]->school, school) != 0 || !actor_coordinates(context->actor, school))
            continue;
        if (record->state != state || record->work != ROUND_WORK(UNSPECIFIED))
            return status_refuse(&refusal_wrong_round_state);
        *out = record;
        *part = i;
        return STATUS_DONE;
    }
    return status_refuse_field(&refusal_not_found, "school");
}

static void note_part(struct context *context, RoundRecord *record, const char *school, const char *kind,
                      uint8_t hash[DIGEST_BYTES])
{
    record->version++;
    context_edited(context, RECORD_ROUND, record);
    context_fact(context, &(struct fact){.kind = kind,
                                         .subject = record->round_id,
                                         .school = school,
                                         .round_id = record->round_id,
                                         .digest = {DIGEST_BYTES, hash}});
}

struct status handle_commit_nonce(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__CommitNonceRequest *request = message;
    Stagematch__V1__CommitNonceResponse *response = answer;
    const RoundRecord *found;
    uint8_t commitment[DIGEST_BYTES];
    size_t part;
    struct status status = find_part(context, request->round_id, request->school, ROUND_STATE(OPEN), &found, &part);
    if (!status.refusal && !parse_hash(request->commitment, commitment))
        status = status_refuse_field(&refusal_bad_value, "commitment");
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    set_hash(context, &record->commitments[part]->commitment, commitment);
    note_part(context, record, request->school, "nonce_committed", commitment);
    round_nonce_came(context, record, request->school);
    round_show(context, record, &response->round);
    return context_status(context);
}

struct status handle_seal_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__SealRoundRequest *request = message;
    Stagematch__V1__SealRoundResponse *response = answer;
    const RoundRecord *found;
    struct status status = round_for_change(context, request->round_id, request->version, ROUND_STATE(OPEN), &found);
    for (size_t i = 0; !status.refusal && i < found->n_commitments; i++)
        if (!*found->commitments[i]->commitment)
            status = status_refuse(&refusal_commitment_missing);
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    record->work = ROUND_WORK(SEALING);
    record->work_step = 0;
    context_ok(context, message_assign_bytes(&record->work_after, text_of("")));
    record->version++;
    round_seal_work(context, record, true);
    round_show(context, record, &response->round);
    return context_status(context);
}

static bool is_revealed(const RoundRecord *record)
{
    for (size_t i = 0; i < record->n_commitments; i++)
        if (!*record->commitments[i]->nonce)
            return false;
    return true;
}

static bool nonce_fits(const NonceCommitment *part, const uint8_t nonce[DIGEST_BYTES])
{
    uint8_t expected[DIGEST_BYTES], found[DIGEST_BYTES];
    seed_commitment(text_of(part->school), nonce, found);
    return parse_hash(part->commitment, expected) && memcmp(expected, found, DIGEST_BYTES) == 0;
}

static void reveal_if_complete(struct context *context, RoundRecord *record)
{
    if (is_revealed(record))
        round_set_state(context, record, ROUND_STATE(REVEALED), (ProtobufCBinaryData){0, NULL});
}

struct status handle_reveal_nonce(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__RevealNonceRequest *request = message;
    Stagematch__V1__RevealNonceResponse *response = answer;
    const RoundRecord *found;
    uint8_t nonce[DIGEST_BYTES];
    size_t part;
    struct status status = find_part(context, request->round_id, request->school, ROUND_STATE(SEALED), &found, &part);
    if (!status.refusal && !(parse_hash(request->nonce, nonce) && nonce_fits(found->commitments[part], nonce)))
        status = status_refuse_field(&refusal_nonce, "nonce");
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    set_hash(context, &record->commitments[part]->nonce, nonce);
    note_part(context, record, request->school, "nonce_revealed", nonce);
    round_nonce_came(context, record, request->school);
    reveal_if_complete(context, record);
    round_show(context, record, &response->round);
    return context_status(context);
}

struct status handle_replace_withheld_nonces(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ReplaceWithheldNoncesRequest *request = message;
    Stagematch__V1__ReplaceWithheldNoncesResponse *response = answer;
    const RoundRecord *found;
    struct status status =
        round_for_change(context, request->round_id, request->version, ROUND_STATE(SEALED), &found);
    if (!status.refusal && context->now_ms < found->reveal_due_ms)
        status = status_refuse(&refusal_too_early);
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    for (size_t i = 0; i < record->n_commitments; i++) {
        NonceCommitment *part = record->commitments[i];
        uint8_t commitment[DIGEST_BYTES] = {0}, nonce[DIGEST_BYTES];
        if (*part->nonce)
            continue;
        (void)parse_hash(part->commitment, commitment);
        seed_withheld_nonce(commitment, record->input_digest.data, nonce);
        set_hash(context, &part->nonce, nonce);
        part->withheld = true;
        note_part(context, record, part->school, "nonce_withheld", nonce);
        round_nonce_came(context, record, part->school);
    }
    reveal_if_complete(context, record);
    round_show(context, record, &response->round);
    return context_status(context);
}

/* Every nonce is known, and they stand in order of brin. */
static void draw_seed(const RoundRecord *record, const char *beacon, uint8_t seed[SEED_BYTES])
{
    uint8_t nonces[SCHOOLS_MAX][NONCE_BYTES] = {{0}};
    for (size_t i = 0; i < record->n_commitments && i < SCHOOLS_MAX; i++)
        (void)parse_hash(record->commitments[i]->nonce, nonces[i]);
    seed_draw(record->input_digest.data, (const uint8_t(*)[NONCE_BYTES])nonces, record->n_commitments,
              text_of(beacon), seed);
}

struct status handle_solve_round(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__SolveRoundRequest *request = message;
    Stagematch__V1__SolveRoundResponse *response = answer;
    const RoundRecord *found;
    uint8_t seed[SEED_BYTES];
    struct status status =
        round_for_change(context, request->round_id, request->version, ROUND_STATE(REVEALED), &found);
    if (!status.refusal && *found->beacon_source && !*request->beacon)
        status = status_refuse_field(&refusal_missing_field, "beacon");
    if (!status.refusal && !*found->beacon_source && *request->beacon)
        status = status_refuse_field(&refusal_beacon, "beacon");
    if (!status.refusal && strlen(request->beacon) > BEACON_BYTES_MAX)
        status = status_refuse_field(&refusal_bad_value, "beacon");
    RoundRecord *record = status.refusal ? NULL : round_edit(context, found);
    if (!record)
        return status.refusal ? status : context_status(context);
    draw_seed(record, request->beacon, seed);
    context_ok(context, message_assign_string(&record->beacon, text_of(request->beacon)));
    context_ok(context, message_assign_bytes(&record->seed, (struct text){(const char *)seed, sizeof seed}));
    round_set_state(context, record, ROUND_STATE(SOLVING), record->seed);
    round_show(context, record, &response->round);
    return context_status(context);
}
