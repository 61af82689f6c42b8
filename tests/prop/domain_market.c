/*
 * Random lives of a whole market, by calls alone: files are handed in and changed, rounds go from draft to closed or are cancelled
 * in any state, matches are made and made again in a child whose answer comes late, proposals go their ways, people withdraw, are
 * placed elsewhere and are erased, and time jumps. After every command all rules hold (domain_rules.h); the service that
 * is started again from what was written is the same; and the same commands give the same bytes.
 */
#include "prop/domain_rules.h"

#include "domain/market.h"
#include "domain/state_index.h"

#ifdef __clang__
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#else
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif

enum { PEOPLE_MAX = 640, ROWS_MAX = 40, PLACES = 10, ROUNDS_MAX = 40, SOLVE_BYTES_MAX = 1 << 22 };

/* How large a life is. */
struct scale {
    unsigned people, steps, check_every, settle_every, reload_every, capacity;
    bool watches_seats; /* after every step; then capacities may change too */
};

static struct scale scale;
static uint8_t generation[PEOPLE_MAX]; /* of a person: one that was erased and comes back is somebody else */
static uint64_t stage_counter;
static uint8_t release_stage;

/* The child that solves, whose answer comes later. */
static struct {
    bool is_out, fails;
    struct solve_request request;
    struct buf result;
} child;

static const char *const schools[] = {"99AA", "99AB"};
static const char *const companies[] = {"100001", "100002"};
static const struct caller coordinators[] = {{ROLE(COORDINATOR), "99AA", 1}, {ROLE(COORDINATOR), "99AB", 2}};
static const struct caller contacts[] = {{ROLE(COMPANY), "100001", 3}, {ROLE(COMPANY), "100002", 4}};
static const struct caller reviewers[] = {{ROLE(VERTROUWENSPERSOON), "99AA", 5}, {ROLE(BEHANDELAAR), "99AB", 6}};
static const struct caller vault = {0, NULL, 0};

static bool chance(unsigned of)
{
    return below(of) == 0;
}

static unsigned school_of(unsigned person)
{
    return person % 2;
}

/* The account of a student; valid until the next call. */
static const struct caller *student_at(ProtobufCBinaryData student_ref)
{
    static char hex[ID_HEX_BYTES];
    static struct caller caller;
    id_format_bytes(student_ref, hex);
    caller = (struct caller){ROLE(STUDENT), hex, 7};
    return &caller;
}

/* Whoever; mostly somebody whom it concerns. */
static const struct caller *somebody(const char *brin, const char *leerbedrijf, ProtobufCBinaryData student_ref)
{
    switch (below(12)) {
    case 0:
        return &coordinators[below(2)];
    case 1:
        return &contacts[below(2)];
    case 2:
        return &reviewers[below(2)];
    case 3:
    case 4:
    case 5:
        return student_at(student_ref);
    case 6:
    case 7:
    case 8:
        return &contacts[strcmp(leerbedrijf, companies[1]) == 0];
    default:
        return &coordinators[strcmp(brin, schools[1]) == 0];
    }
}

/* With a new request_id. */
static void send_as(const struct caller *caller, enum method_id method, void *request)
{
    set_string(request, "request_id", new_request_id());
    message_free(call(caller, method, request));
}

static void next_stage(uint8_t id[ID_BYTES])
{
    memset(id, 0xAB, ID_BYTES);
    stage_counter++;
    memcpy(id, &stage_counter, sizeof stage_counter);
}

/* Some record of a kind with a key of an id; NULL where there is none. */
static const void *some(enum record_kind kind)
{
    struct state *state = domain_state(domain);
    uint8_t from[ID_BYTES];
    if (state_count(state, kind) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)below(256);
    /* Ids of the fixture begin alike, so that the first bytes are walked over. */
    const void *record = state_next(state, kind, (struct text){(const char *)from, sizeof from});
    if (!record || chance(2)) {
        record = state_next(state, kind, text_of(""));
        for (unsigned skip = below((unsigned)state_count(state, kind)); skip > 0; skip--) {
            struct index_key key;
            index_key_start(&key);
            ck_assert(kind_table[kind].key(record, &key));
            record = state_next(state, kind, (struct text){(const char *)key.bytes, key.length});
        }
    }
    return record;
}

/* Files of students. */

struct student_line {
    Stagematch__Internal__V1__StudentProfile student;
    Stagematch__V1__Profile profile;
    Stagematch__V1__SkillLevel skills[3], *skill_list[3];
    char preferred[24], *preferred_list[1], *excluded_list[1];
    uint8_t ref[ID_BYTES], id[ID_BYTES];
};

static void person_id(uint8_t id[ID_BYTES], unsigned tag, unsigned person, unsigned period)
{
    memset(id, 0, ID_BYTES);
    id[0] = (uint8_t)(person * 37);
    id[1] = (uint8_t)(person >> 8);
    id[2] = (uint8_t)person;
    id[3] = generation[person];
    id[4] = (uint8_t)tag;
    id[5] = (uint8_t)period;
}

static void fill_row(struct student_line *row, unsigned person)
{
    static const char *const names[] = {"taal", "vca", "zorg"};
    unsigned period = person % 5 == 0 ? below(2) : 0; /* some look for two */
    *row = (struct student_line){.student = STAGEMATCH__INTERNAL__V1__STUDENT_PROFILE__INIT,
                                 .profile = STAGEMATCH__V1__PROFILE__INIT};
    person_id(row->id, 1, person, period);
    person_id(row->ref, 2, person, 0);
    row->student.stagevraag_id = (ProtobufCBinaryData){ID_BYTES, row->id};
    row->student.student_ref = (ProtobufCBinaryData){ID_BYTES, row->ref};
    row->student.school = schools[school_of(person)];
    row->student.profile = &row->profile;
    row->profile.qualification = person % 3 ? "25604" : "25605";
    row->profile.leerweg = LEERWEG(BOL);
    row->profile.year = 1 + below(3);
    row->profile.start_date = period ? "2027-09-06" : "2027-04-05";
    row->profile.end_date = period ? "2027-12-17" : "2027-07-02";
    row->profile.hours_per_week = chance(4) ? 40 : 24;
    row->profile.pc4 = "3511";
    row->profile.max_km = 20;
    for (unsigned i = 0; i < 3; i++) {
        row->skills[i] = (Stagematch__V1__SkillLevel)STAGEMATCH__V1__SKILL_LEVEL__INIT;
        row->skills[i].skill = names[i];
        row->skills[i].level = i == 1 ? !chance(6) : below(6);
        row->skill_list[i] = &row->skills[i];
    }
    row->profile.skills = row->skill_list;
    row->profile.n_skills = 3;
    if (chance(2)) {
        (void)snprintf(row->preferred, sizeof row->preferred, "%s/p%u", companies[below(2)], below(PLACES));
        row->preferred_list[0] = row->preferred;
        row->profile.preferred = row->preferred_list;
        row->profile.n_preferred = 1;
    } else if (chance(4)) {
        row->excluded_list[0] = companies[below(2)];
        row->profile.excluded = row->excluded_list;
        row->profile.n_excluded = 1;
    }
}

static void send_rows(unsigned brin, const uint8_t stage[ID_BYTES], uint32_t chunk, bool is_last, unsigned count)
{
    static struct student_line rows[ROWS_MAX];
    Stagematch__Internal__V1__StudentProfile *list[ROWS_MAX];
    Stagematch__Internal__V1__CommitStudentsRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    unsigned first = below(scale.people);
    memcpy(id, stage, sizeof id);
    request.stage_id = (ProtobufCBinaryData){sizeof id, id};
    request.chunk = chunk;
    request.last = is_last;
    for (unsigned i = 0; i < scale.people && request.n_students < count; i++) {
        unsigned person = (first + i) % scale.people;
        if (school_of(person) != brin)
            continue;
        fill_row(&rows[request.n_students], person);
        list[request.n_students] = &rows[request.n_students].student;
        request.n_students++;
    }
    request.students = list;
    send_as(&coordinators[brin], METHOD_COMMIT_STUDENTS, &request);
}

/* In one piece, or in several of which the last may never come. */
static void hand_in_students(void)
{
    unsigned brin = below(2), chunks = chance(3) ? 1 + below(3) : 0;
    uint8_t stage[ID_BYTES];
    next_stage(stage);
    for (unsigned chunk = 0; chunk < chunks; chunk++)
        send_rows(brin, stage, chunk, false, 1 + below(ROWS_MAX / 2));
    if (chunks == 0 || !chance(3))
        send_rows(brin, stage, chunks, true, 1 + below(ROWS_MAX / 2));
}

/* The vault asks what became of a stage. */
static void resolve(void)
{
    const StageRecord *stage = some(RECORD_STAGE);
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    if (!stage)
        return;
    memcpy(id, stage->stage_id.data, sizeof id);
    request.stage_id = (ProtobufCBinaryData){sizeof id, id};
    send_as(&vault, METHOD_RESOLVE_STAGE, &request);
}

static void pull_notices(void)
{
    Stagematch__Internal__V1__PullNoticesRequest request = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_REQUEST__INIT;
    const NoticeRecord *newest = state_last(domain_state(domain), RECORD_NOTICE);
    request.after_seq = newest ? newest->seq - below(2) : 0;
    send_as(&vault, METHOD_PULL_NOTICES, &request);
}

static void erase(void)
{
    const StagevraagRecord *stagevraag = some(RECORD_STAGEVRAAG);
    Stagematch__Internal__V1__CommitErasureRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    uint8_t stage[ID_BYTES], ref[ID_BYTES];
    /* Mostly of those who are done here, so that others can come in their place. */
    for (unsigned tries = 0; tries < 8 && stagevraag && stagevraag->state < STAGEVRAAG_STATE(PLACED_ELSEWHERE);
         tries++)
        stagevraag = some(RECORD_STAGEVRAAG);
    if (!stagevraag)
        return;
    next_stage(stage);
    memcpy(ref, stagevraag->student_ref.data, sizeof ref);
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    request.student_ref = (ProtobufCBinaryData){sizeof ref, ref};
    unsigned person = (unsigned)ref[1] << 8 | ref[2];
    reasons_may_lack = true;
    send_as(&coordinators[chance(5) ? below(2) : school_of(person)], METHOD_COMMIT_ERASURE, &request);
    if (!last.refusal)
        generation[person]++;
}

/* Placements. */

struct offer {
    Stagematch__V1__Placement placement;
    Stagematch__V1__HardCriterion hard, *hard_list[1];
    Stagematch__V1__WeightedCriterion weighted[2], *weighted_list[2];
    char leerplaats[8], *qualifications[2];
};

static void fill_offer(struct offer *offer, unsigned place)
{
    *offer = (struct offer){
        .placement = STAGEMATCH__V1__PLACEMENT__INIT,
        .hard = STAGEMATCH__V1__HARD_CRITERION__INIT,
        .weighted = {STAGEMATCH__V1__WEIGHTED_CRITERION__INIT, STAGEMATCH__V1__WEIGHTED_CRITERION__INIT},
        .qualifications = {"25604", "25605"}};
    (void)snprintf(offer->leerplaats, sizeof offer->leerplaats, "p%u", place);
    offer->placement.leerbedrijf = companies[place % 2];
    offer->placement.leerplaats = offer->leerplaats;
    offer->placement.company_name = "Bedrijf";
    offer->placement.kvk = "12345678";
    offer->placement.postcode = "3512";
    offer->placement.qualifications = offer->qualifications;
    offer->placement.n_qualifications = 1 + place % 2;
    offer->placement.leerweg = LEERWEG(BOL);
    offer->placement.capacity = scale.watches_seats ? 1 + below(scale.capacity) : scale.capacity;
    offer->placement.start_date = "2027-04-01";
    offer->placement.end_date = place % 4 ? "2027-07-10" : "2027-12-31";
    offer->placement.hours_per_week = 36;
    offer->hard.skill = "vca";
    offer->hard.level = 1;
    offer->hard_list[0] = &offer->hard;
    offer->placement.hard_criteria = offer->hard_list;
    offer->placement.n_hard_criteria = 1;
    for (unsigned i = 0; i < 2; i++) {
        offer->weighted[i].skill = i ? "zorg" : "taal";
        offer->weighted[i].weight = 1 + below(3);
        offer->weighted[i].minimum_level = i ? 0 : 3;
        offer->weighted_list[i] = &offer->weighted[i];
    }
    offer->placement.weighted_criteria = offer->weighted_list;
    offer->placement.n_weighted_criteria = 2;
}

/* By the company, or by a school on its behalf. */
static const struct caller *who_offers(unsigned place)
{
    return place == 3 ? &coordinators[1] : &contacts[place % 2];
}

static void submit(void)
{
    struct offer offer;
    unsigned place = below(PLACES);
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    fill_offer(&offer, place);
    request.placement = &offer.placement;
    send_as(chance(10) ? &contacts[below(2)] : who_offers(place), METHOD_SUBMIT_PLACEMENT, &request);
}

/* A file of them, by a school; its last piece may never come. */
static void hand_in_placements(void)
{
    static struct offer offers[3];
    Stagematch__V1__Placement *list[3];
    Stagematch__Internal__V1__CommitPlacementsRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_PLACEMENTS_REQUEST__INIT;
    const char *id = new_request_id();
    unsigned chunks = below(3);
    for (request.chunk = 0; request.chunk <= chunks; request.chunk++) {
        request.request_id = id;
        request.last = request.chunk == chunks;
        request.publish = chance(2);
        request.placements = list;
        for (request.n_placements = 0; request.n_placements < 2; request.n_placements++) {
            fill_offer(&offers[request.n_placements], PLACES + below(4));
            list[request.n_placements] = &offers[request.n_placements].placement;
        }
        if (!request.last || !chance(4))
            message_free(call(&coordinators[0], METHOD_COMMIT_PLACEMENTS, &request));
    }
}

static void change_placement(void)
{
    static const enum method_id methods[] = {METHOD_PUBLISH_PLACEMENT, METHOD_PUBLISH_PLACEMENT,
                                             METHOD_REOPEN_PLACEMENT, METHOD_REOPEN_PLACEMENT,
                                             METHOD_WITHDRAW_PLACEMENT};
    const PlacementRecord *record = some(RECORD_PLACEMENT);
    enum method_id method = methods[below(sizeof methods / sizeof methods[0])];
    union {
        Stagematch__V1__PublishPlacementRequest publish;
        Stagematch__V1__ReopenPlacementRequest reopen;
        Stagematch__V1__WithdrawPlacementRequest withdraw;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES];
    if (!record || (method == METHOD_WITHDRAW_PLACEMENT && !chance(4)))
        return;
    id_format_bytes(record->placement_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "placement_id", id);
    set_string(&request.base, "reason", "gesloten");
    request.publish.version = record->version; /* in all three the same field */
    bool by_school = chance(2);
    const struct caller *caller =
        by_school ? &coordinators[below(2)] : &contacts[strcmp(record->placement->leerbedrijf, companies[1]) == 0];
    send_as(caller, method, &request);
}

/* Stagevragen. */

static void change_stagevraag(void)
{
    static const enum method_id methods[] = {
        METHOD_SET_PREFERENCES, METHOD_SET_PREFERENCES,     METHOD_CONTEST_LEVEL,   METHOD_RESOLVE_CONTEST,
        METHOD_RESOLVE_CONTEST, METHOD_WITHDRAW_STAGEVRAAG, METHOD_PLACE_ELSEWHERE, METHOD_PLACE_ELSEWHERE};
    const StagevraagRecord *record = some(RECORD_STAGEVRAAG);
    const PlacementRecord *place = some(RECORD_PLACEMENT);
    enum method_id method = methods[below(sizeof methods / sizeof methods[0])];
    static const char *const skills[] = {"taal", "zorg", "vca"};
    union {
        Stagematch__V1__SetPreferencesRequest preferences;
        Stagematch__V1__ResolveContestRequest resolve;
        Stagematch__V1__WithdrawStagevraagRequest withdraw;
        Stagematch__V1__PlaceElsewhereRequest elsewhere;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES], place_id[ID_HEX_BYTES] = "", *names[] = {place_id};
    bool ends = method == METHOD_WITHDRAW_STAGEVRAAG || method == METHOD_PLACE_ELSEWHERE;
    if (chance(3)) /* who sits elsewhere goes on too */
        for (unsigned tries = 0; tries < 20 && record && !record->elsewhere_placement_id.len; tries++)
            record = some(RECORD_STAGEVRAAG);
    if (!record || (ends && !chance(child.is_out ? 1 : 4)))
        return; /* while a child is at work such an end is a race */
    id_format_bytes(record->stagevraag_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "stagevraag_id", id);
    set_string(&request.base, "reason", "plek-elders");
    set_string(&request.base, "skill", record->n_contested_skills ? record->contested_skills[0] : skills[below(3)]);
    if (method == METHOD_RESOLVE_CONTEST)
        request.resolve.level = below(6);
    else if (method != METHOD_CONTEST_LEVEL)
        request.preferences.version = record->version;
    if (method == METHOD_SET_PREFERENCES && place) {
        (void)snprintf(place_id, sizeof place_id, "%s/%s", place->placement->leerbedrijf,
                       place->placement->leerplaats);
        request.preferences.n_preferred = below(2);
        request.preferences.preferred = names;
    } else if (method == METHOD_PLACE_ELSEWHERE && place && chance(2)) {
        id_format_bytes(place->placement_id, place_id);
        request.elsewhere.placement_id = place_id;
    }
    bool by_school = method == METHOD_RESOLVE_CONTEST || chance(2);
    send_as(by_school ? &coordinators[strcmp(record->school, schools[1]) == 0] : student_at(record->student_ref),
            method, &request);
}

/* Rounds. */

static const char *hash_hex(const char *brin, bool commitment)
{
    static char hex[65];
    uint8_t nonce[32], hash[32];
    crypto_hash_sha256_state sha;
    memset(nonce, brin[3], sizeof nonce);
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const unsigned char *)brin, strlen(brin) + 1);
    crypto_hash_sha256_update(&sha, nonce, sizeof nonce);
    crypto_hash_sha256_final(&sha, hash);
    return sodium_bin2hex(hex, sizeof hex, commitment ? hash : nonce, 32);
}

static void create_round(void)
{
    Stagematch__V1__CreateRoundRequest request = STAGEMATCH__V1__CREATE_ROUND_REQUEST__INIT;
    char *both[] = {schools[0], schools[1]}, *codes[] = {"25604", "25605"};
    unsigned first = below(2);
    if (state_count(domain_state(domain), RECORD_ROUND) >= ROUNDS_MAX)
        return;
    request.name = "Ronde";
    request.schools = both + (chance(3) ? first : 0);
    request.n_schools = request.schools == both && !chance(4) ? 2 : 1;
    request.qualifications = codes + (chance(4) ? 1 : 0);
    request.n_qualifications = request.qualifications == codes ? 1 + below(2) : 1;
    request.mode = chance(3) ? ROUND_MODE(DIRECT) : ROUND_MODE(BLIND);
    send_as(&coordinators[first], METHOD_CREATE_ROUND, &request);
}

static void say_nonce(const RoundRecord *round, enum method_id method)
{
    const char *brin = round->schools[below((unsigned)round->n_schools)];
    union {
        Stagematch__V1__CommitNonceRequest commit;
        Stagematch__V1__RevealNonceRequest reveal;
        ProtobufCMessage base;
    } request;
    char id[ID_HEX_BYTES];
    id_format_bytes(round->round_id, id);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "round_id", id);
    set_string(&request.base, "school", brin);
    set_string(&request.base, "commitment", hash_hex(brin, true));
    if (method == METHOD_REVEAL_NONCE)
        set_string(&request.base, "nonce", hash_hex(brin, false));
    send_as(&coordinators[strcmp(brin, schools[1]) == 0], method, &request);
}

/* What takes a round on from each state; now and then something else. */
static enum method_id round_method(const RoundRecord *round)
{
    static const enum method_id onward[] = {
        [ROUND_STATE(DRAFT)] = METHOD_OPEN_ROUND,         [ROUND_STATE(OPEN)] = METHOD_SEAL_ROUND,
        [ROUND_STATE(SEALED)] = METHOD_REVEAL_NONCE,      [ROUND_STATE(REVEALED)] = METHOD_SOLVE_ROUND,
        [ROUND_STATE(SOLVING)] = METHOD_EXPORT_ROUND,     [ROUND_STATE(VERIFIED)] = METHOD_PUBLISH_ROUND,
        [ROUND_STATE(PUBLISHING)] = METHOD_PUBLISH_ROUND, [ROUND_STATE(PUBLISHED)] = METHOD_CLOSE_ROUND,
        [ROUND_STATE(CLOSED)] = METHOD_CANCEL_ROUND,      [ROUND_STATE(CANCELLED)] = METHOD_SOLVE_ROUND,
        [ROUND_STATE(FAILED)] = METHOD_CLOSE_ROUND};
    static const enum method_id others[] = {METHOD_OPEN_ROUND,    METHOD_SEAL_ROUND,  METHOD_REPLACE_WITHHELD_NONCES,
                                            METHOD_PUBLISH_ROUND, METHOD_SOLVE_ROUND, METHOD_EXPORT_ROUND};
    if (chance(80))
        return METHOD_CANCEL_ROUND;
    if (round->state == ROUND_STATE(OPEN) && !chance(3))
        return METHOD_COMMIT_NONCE;
    return chance(8) ? others[below(sizeof others / sizeof others[0])] : onward[round->state];
}

static void move_round(void)
{
    const RoundRecord *round = some(RECORD_ROUND);
    for (unsigned tries = 0; tries < 6 && round && round->state >= ROUND_STATE(PUBLISHED); tries++)
        round = some(RECORD_ROUND);
    union {
        Stagematch__V1__OpenRoundRequest open;
        ProtobufCMessage base;
        char bytes[256];
    } request;
    char id[ID_HEX_BYTES];
    if (!round)
        return;
    enum method_id method = round_method(round);
    if (method == METHOD_COMMIT_NONCE || method == METHOD_REVEAL_NONCE) {
        say_nonce(round, method);
        return;
    }
    ck_assert_uint_le(method_of(method)->request->sizeof_message, sizeof request);
    id_format_bytes(round->round_id, id);
    memset(&request, 0, sizeof request);
    method_of(method)->request->message_init(&request.base);
    set_string(&request.base, "round_id", id);
    if (method != METHOD_EXPORT_ROUND)
        request.open.version = round->version; /* in all of them the same field */
    send_as(&coordinators[strcmp(round->schools[0], schools[1]) == 0], method, &request);
}

/* A child is forked, and answers when it is done: much may have happened since. */
static void let_child_answer(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    if (!child.is_out) {
        if (!domain_next_solve(domain, &child.request))
            return;
        child.is_out = true;
        child.fails = !child.request.rematch && chance(40); /* one that failed waits for the next end */
        buf_init(&child.result, SOLVE_BYTES_MAX);
        ck_assert_int_eq(domain_solve(domain, &child.request, &child.result), ERR_OK);
        return;
    }
    if (!chance(3))
        return; /* it takes its time */
    next_entropy(entropy);
    domain_solved(domain, &child.request, buf_text(&child.result), child.fails ? "killed" : NULL, entropy, now_ms);
    buf_free(&child.result);
    child.is_out = false;
}

static void work(void)
{
    uint8_t entropy[ENTROPY_BYTES];
    next_entropy(entropy);
    if (domain_has_work(domain))
        (void)domain_work(domain, entropy, now_ms);
}

/* Proposals. */

static const struct {
    enum method_id method;
    const char *reasons[3];
} ways[PROPOSAL_EVENT_COUNT] = {
    [EVENT_SCHOOL_APPROVES] = {METHOD_APPROVE_PROPOSAL, {""}},
    [EVENT_SCHOOL_VETOES] = {METHOD_VETO_PROPOSAL, {"reistijd", "anders", "niveau-betwist"}},
    [EVENT_COMPANY_AGREES] = {METHOD_AGREE_TO_CANDIDATE, {""}},
    [EVENT_COMPANY_OBJECTS] = {METHOD_OBJECT_TO_CANDIDATE, {"gesloten", "anders", "onder-minimum"}},
    [EVENT_STUDENT_CONFIRMS] = {METHOD_CONFIRM_PROPOSAL, {""}},
    [EVENT_STUDENT_DECLINES] = {METHOD_DECLINE_PROPOSAL, {"reistijd", "anders", "niveau-betwist"}},
    [EVENT_SCHOOL_RELEASES] = {METHOD_COMMIT_RELEASE, {""}},
    [EVENT_COMPANY_PLACES] = {METHOD_PLACE_CANDIDATE, {""}},
    [EVENT_COMPANY_DROPS] = {METHOD_DROP_CANDIDATE, {"geen-vog", "anders", "geen-begeleider"}},
    [EVENT_STARTS] = {METHOD_START_PROPOSAL, {""}},
    [EVENT_CANCELLED_BEFORE_START] = {METHOD_CANCEL_BEFORE_START, {"geen-vog", "anders", "gesloten"}},
    [EVENT_COMPLETES] = {METHOD_COMPLETE_PROPOSAL, {""}},
    [EVENT_ENDS_EARLY] = {METHOD_END_PROPOSAL_EARLY, {"niet-gekomen", "anders", "leerroute-behaald"}},
    [EVENT_STUDENT_WITHDRAWN] = {METHOD_WITHDRAW_PROPOSAL, {"plek-elders", "anders", "klik"}},
    [EVENT_PLACE_WITHDRAWN] = {METHOD_PLAN_INTRODUCTION, {""}},
    [EVENT_ROUND_CANCELLED] = {METHOD_AGREE_INTRODUCTION, {""}},
    [EVENT_OVERDUE] = {METHOD_APPROVE_PROPOSAL, {""}},
};

static enum proposal_event way_of(const ProposalRecord *proposal)
{
    if (proposal->state == PROPOSAL_STATE(RELEASED) && chance(3))
        return chance(2) ? EVENT_PLACE_WITHDRAWN : EVENT_ROUND_CANCELLED; /* the introduction */
    for (unsigned tries = 0; tries < 60; tries++) {
        const struct proposal_move *move = &proposal_moves[below((unsigned)proposal_move_count)];
        if (move->from == proposal->state && (!move->unfavourable || chance(4)))
            return move->event;
    }
    return (enum proposal_event)below(PROPOSAL_EVENT_COUNT);
}

static void plan_introduction(const struct caller *caller, const struct about *about)
{
    Stagematch__V1__PlanIntroductionRequest request = STAGEMATCH__V1__PLAN_INTRODUCTION_REQUEST__INIT;
    request.proposal_id = about->id;
    request.version = about->version;
    request.date = "2030-01-07";
    send_as(caller, METHOD_PLAN_INTRODUCTION, &request);
}

static void move_proposal(void)
{
    const ProposalRecord *proposal = some(RECORD_PROPOSAL);
    /* Those that have ended are many; what runs is what matters. */
    for (unsigned tries = 0; tries < 4 && proposal && !proposal_state_facts(proposal->state)->runs; tries++)
        proposal = some(RECORD_PROPOSAL);
    if (!proposal)
        return;
    struct about about = about_of(proposal);
    enum proposal_event event = way_of(proposal);
    enum method_id method = ways[event].method;
    const char *const *reasons_of = ways[event].reasons;
    about.reason = reasons_of[0] && reasons_of[0][0] ? reasons_of[below(3)] : NULL;
    bool with_text = about.reason && strcmp(about.reason, "anders") == 0;
    about.criterion =
        about.reason && (strcmp(about.reason, "onder-minimum") == 0 || strcmp(about.reason, "niveau-betwist") == 0)
            ? "taal"
            : "";
    about.side = (Stagematch__V1__Side)(1 + below(3));
    about.version -= chance(30);
    const struct caller *caller = somebody(proposal->school, proposal->leerbedrijf, proposal->student_ref);
    for (unsigned tries = 0; tries < 20 && !(method_of(method)->roles & ROLE_BIT(caller->role)); tries++)
        caller = method == METHOD_COMMIT_RELEASE
                     ? &coordinators[strcmp(proposal->school, schools[1]) == 0]
                     : somebody(proposal->school, proposal->leerbedrijf, proposal->student_ref);
    if (method == METHOD_COMMIT_RELEASE)
        release_as(caller, &about, ++release_stage);
    else if (method == METHOD_PLAN_INTRODUCTION)
        plan_introduction(caller, &about);
    else
        move_as(caller, method, &about, with_text);
}

static void finish_task(void)
{
    const TaskRecord *task = some(RECORD_TASK);
    Stagematch__V1__CompleteTaskRequest request = STAGEMATCH__V1__COMPLETE_TASK_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    if (!task)
        return;
    id_format_bytes(task->task_id, id);
    request.task_id = id;
    send_as(task->role == ROLE(VERTROUWENSPERSOON) ? &reviewers[strcmp(task->scope, schools[1]) == 0]
                                                   : &coordinators[strcmp(task->scope, schools[1]) == 0],
            METHOD_COMPLETE_TASK, &request);
}

static void answer_questions(void)
{
    const ProposalRecord *proposal = some(RECORD_PROPOSAL);
    Stagematch__V1__CheckInAnswer answers[] = {CHECK_IN_ANSWER(GREEN), CHECK_IN_ANSWER(ORANGE), CHECK_IN_ANSWER(RED)};
    Stagematch__V1__AnswerCheckInRequest request = STAGEMATCH__V1__ANSWER_CHECK_IN_REQUEST__INIT;
    char id[ID_HEX_BYTES];
    if (!proposal)
        return;
    id_format_bytes(proposal->proposal_id, id);
    request.proposal_id = id;
    request.moment = (Stagematch__V1__CheckInMoment)(1 + below(3));
    request.n_answers = 3;
    request.answers = answers;
    send_as(student_at(proposal->student_ref), METHOD_ANSWER_CHECK_IN, &request);
}

static void let_time_pass(void)
{
    wait_until(now_ms + (int64_t)(chance(20) ? 24 * below(12) : below(8)) * 3600000);
}

/* One life. */

static void step(void)
{
    static const struct {
        unsigned weight;
        void (*act)(void);
    } acts[] = {{6, hand_in_students},
                {5, submit},
                {1, hand_in_placements},
                {10, change_placement},
                {5, change_stagevraag},
                {2, create_round},
                {16, move_round},
                {10, let_child_answer},
                {10, work},
                {40, move_proposal},
                {3, finish_task},
                {2, answer_questions},
                {6, let_time_pass},
                {4, erase},
                {1, resolve},
                {2, pull_notices}};
    unsigned total = 0, at = 0;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        total += acts[i].weight;
    unsigned choice = below(total);
    while (choice >= acts[at].weight)
        choice -= acts[at++].weight;
    reasons_may_lack = false;
    acts[at].act();
}

/* All long work and every child's answer, until nobody waits for either. */
static void settle(void)
{
    for (unsigned turn = 0; turn < 10000; turn++) {
        struct solve_request request;
        while (domain_has_work(domain))
            work();
        if (!child.is_out && !domain_next_solve(domain, &request))
            return;
        let_child_answer();
        if (child.is_out)
            child.fails = false;
    }
    ck_abort_msg("long work does not end");
}

/* Nobody waits beside a seat that fits: in a published round another re-match would find nothing. */
static void check_nobody_is_passed_over(void)
{
    EACH(RoundRecord, ROUND, round_id, round)
    {
        struct solve_request request = {.rematch = true};
        Stagematch__Internal__V1__SolveResult *result;
        struct buf bytes;
        if (round->state != ROUND_STATE(PUBLISHED))
            continue;
        memcpy(request.round_id, round->round_id.data, ID_BYTES);
        buf_init(&bytes, SOLVE_BYTES_MAX);
        ck_assert_int_eq(domain_solve(domain, &request, &bytes), ERR_OK);
        ck_assert_int_eq(
            message_unpack(&stagematch__internal__v1__solve_result__descriptor, buf_text(&bytes), &result), ERR_OK);
        ck_assert_uint_eq(result->n_matches, 0);
        message_free(result);
        buf_free(&bytes);
    }
}

static void begin(void)
{
    open_domain();
    memset(generation, 0, sizeof generation);
    seats_before_count = 0;
    stage_counter = release_stage = 0;
    child.is_out = false;
    for (unsigned i = 0; i < 1 + scale.people / ROWS_MAX; i++)
        hand_in_students();
    for (unsigned i = 0; i < 3 * PLACES; i++) {
        submit();
        change_placement();
    }
    create_round();
    for (unsigned i = 0; i < 40; i++)
        move_round();
}

static void restart(void)
{
    struct domain *fresh = reload();
    domain_free(domain);
    domain = fresh;
}

static void live(uint64_t seed, bool restarts, uint8_t out[32])
{
    journal_open(seed);
    begin();
    for (unsigned i = 0; i < scale.steps; i++) {
        step();
        write_changes();
        if (i % scale.settle_every == 0) {
            settle();
            write_changes();
            check_nobody_is_passed_over();
        }
        if (scale.watches_seats)
            check_placements();
        if (i % scale.check_every == 0)
            check_rules();
        if (i % scale.reload_every != 0)
            continue;
        check_reload();
        if (restarts)
            restart();
    }
    settle();
    write_changes();
    check_rules();
    check_nobody_is_passed_over();
    if (child.is_out)
        buf_free(&child.result);
    journal_close(out);
    close_domain();
}

static void play_lives(struct scale of_life, uint64_t seed)
{
    uint8_t first[32], restarted[32];
    scale = of_life;
    live(seed, false, first);
    ck_assert_uint_gt(ledger_seq, 100); /* something happened */
    live(seed, true, restarted);
    ck_assert_mem_eq(first, restarted, sizeof first);
}

START_TEST(whatever_happens_in_a_small_market_the_rules_hold)
{
    play_lives((struct scale){.people = 30,
                              .steps = 2500,
                              .check_every = 4,
                              .settle_every = 25,
                              .reload_every = 101,
                              .capacity = 3,
                              .watches_seats = true},
               test_seed(20270401) + (unsigned)_i);
}
END_TEST

/* So many that publishing, cancelling and re-matches go in pieces, with everything else between them. */
START_TEST(whatever_happens_between_the_pieces_of_long_work_the_rules_hold)
{
    play_lives((struct scale){.people = PEOPLE_MAX,
                              .steps = 500,
                              .check_every = 25,
                              .settle_every = 90,
                              .reload_every = 100,
                              .capacity = 90},
               test_seed(20270402) + (unsigned)_i);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("domain_market");
    TCase *tcase = tcase_create("domain_market");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, whatever_happens_in_a_small_market_the_rules_hold, 0, 4);
    tcase_add_loop_test(tcase, whatever_happens_between_the_pieces_of_long_work_the_rules_hold, 0, 1);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
