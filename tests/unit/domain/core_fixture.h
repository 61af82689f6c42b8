/*
 * core_fixture.h - a domain with a published round, stagevragen, placements and proposals, made without the calls that would make
 * them in the service; and calls by any role.
 */
#ifndef UNIT_DOMAIN_CORE_FIXTURE_H
#define UNIT_DOMAIN_CORE_FIXTURE_H

#include "domain/domain.h"
#include "domain/proposal_move.h"
#include "domain/task.h"
#include "stagematch/v1/candidate.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

#define UNUSED __attribute__((unused))

/* Monday 1 March 2027, 10:00 in Amsterdam. */
#define MONDAY_MS ((int64_t)1803891600000)
#define DAY_MS_LONG ((int64_t)86400000)

#define TERMS                                                                                                        \
    "task;working_days;reminder\napprove;5;3\ndecide;5;3\nconfirm;5;3\nrelease;5;3\nplan_introduction;5;3\n"         \
    "agree_introduction;5;3\nplace;10;5\nstart;5;3\ncheck_in;5;3\ncomplete;10;5\nescalation;2;1\nred_answer;2;1\n"   \
    "call_company;2;1\ncontested_level;5;3\nreview_reason;5;3\nnonce;5;3\nreopen;10;5\n"                             \
    "open_round;10;5\nseal_round;5;3\nsolve_round;5;3\npublish_round;5;3\nclose_round;60;40\nround_failed;2;1\n"     \
    "rematch_failed;2;1\npublish_placement;10;5\nanswer_report;3;2\npoint;10;5\nsignal;10;5\n"                       \
    "case_take;2;1\ncase_verify;5;3\ncase_hear;5;3\ncase_answer;10;5\ncase_assess;10;5\ncase_measure;10;5\n"         \
    "case_sbb;15;8\ncase_feedback;5;3\ncase_aftercare;30;15\ncase_close;5;3\nmeasure_follow_up;5;3\ntalk_to_"        \
    "student;3;2\nerkenning_lost;5;3\n"
#define HOLIDAYS "date;name\n2027-03-29;Tweede paasdag\n2027-04-27;Koningsdag\n"

static struct reasons *reasons;
static struct calendar *calendar;
static struct domain *domain;
static int64_t now_ms;
static uint64_t entropy_counter, request_counter;

static UNUSED const char *source_path(const char *name)
{
    static char path[1024];
    const char *root = getenv("STAGEMATCH_SOURCE");
    (void)snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    return path;
}

static UNUSED bool some_point(void *context, unsigned pc4, struct point *out)
{
    (void)context;
    *out = (struct point){52.0 + (double)(pc4 % 100) / 1000, 5.0};
    return pc4 >= 1000;
}

static UNUSED struct domain *new_domain(void)
{
    struct domain *made;
    struct domain_options options = {.reasons = reasons,
                                     .calendar = calendar,
                                     .geography = {some_point, NULL},
                                     .rules = {14, 0, 20},
                                     .label_key = "0123456789abcdef0123456789abcde",
                                     .threads = 1};
    ck_assert_int_eq(domain_new(&options, &made), ERR_OK);
    return made;
}

static UNUSED void open_domain(void)
{
    struct problems problems, others;
    problems_init(&problems, "reasons");
    ck_assert_int_eq(reasons_read_file(source_path("config/reasons.csv"), &problems, &reasons), ERR_OK);
    problems_init(&others, "terms");
    ck_assert_int_eq(calendar_read_bytes(text_of(TERMS), text_of(HOLIDAYS), &problems, &others, &calendar), ERR_OK);
    now_ms = MONDAY_MS;
    entropy_counter = request_counter = 0;
    domain = new_domain();
}

static UNUSED void close_domain(void)
{
    domain_free(domain);
    calendar_free(calendar);
    reasons_free(reasons);
}

static UNUSED void next_entropy(uint8_t out[ENTROPY_BYTES])
{
    memset(out, 0, ENTROPY_BYTES);
    entropy_counter++;
    memcpy(out, &entropy_counter, sizeof entropy_counter);
}

static UNUSED struct context some_context(const uint8_t entropy[ENTROPY_BYTES], const struct domain_options *options)
{
    static const struct actor nobody;
    return (struct context){.domain = domain,
                            .options = options,
                            .state = domain_state(domain),
                            .actor = &nobody,
                            .entropy = entropy,
                            .now_ms = now_ms};
}

/* Ids are 16 times the same byte; kinds differ in the high half. */
static UNUSED ProtobufCBinaryData id_of(unsigned value)
{
    static uint8_t ids[256][16];
    memset(ids[value % 256], (int)(value % 256), 16);
    return (ProtobufCBinaryData){16, ids[value % 256]};
}
enum { ROUND = 0xE0, PLACEMENT = 0x10, STAGEVRAAG = 0x40, STUDENT = 0x80 };

static UNUSED struct text key_of(unsigned value)
{
    return text_of_bytes(id_of(value));
}

static UNUSED char *dup_string(const char *value)
{
    char *field = NULL;
    ck_assert_int_eq(message_assign_string(&field, text_of(value)), ERR_OK);
    return field;
}

static UNUSED ProtobufCBinaryData dup_id(unsigned value)
{
    ProtobufCBinaryData field = {0, NULL};
    ck_assert_int_eq(message_assign_bytes(&field, key_of(value)), ERR_OK);
    return field;
}

static UNUSED void add_record(enum record_kind kind, void *record)
{
    ck_assert_int_eq(state_add(domain_state(domain), kind, record), ERR_OK);
}

static UNUSED void *new_message(const ProtobufCMessageDescriptor *descriptor)
{
    void *message;
    ck_assert_int_eq(message_new(descriptor, &message), ERR_OK);
    return message;
}

static UNUSED void add_round(unsigned id, Stagematch__V1__RoundMode mode)
{
    RoundRecord *round = new_message(&stagematch__internal__v1__round_record__descriptor);
    round->round_id = dup_id(id);
    round->mode = mode;
    round->state = ROUND_STATE(PUBLISHED);
    round->version = 1;
    ck_assert_int_eq(message_append_string(&round->n_schools, &round->schools, text_of("99AA")), ERR_OK);
    add_record(RECORD_ROUND, round);
}

/* Weighted: "taal" (minimum 3), "zorg" (no minimum); hard: "vca" 1. */
static UNUSED void add_placement(unsigned id, const char *leerbedrijf, uint32_t capacity, const char *entered_by)
{
    char leerplaats[16];
    PlacementRecord *record = new_message(&stagematch__internal__v1__placement_record__descriptor);
    Stagematch__V1__Placement *placement = new_message(&stagematch__v1__placement__descriptor);
    Stagematch__V1__HardCriterion *hard = new_message(&stagematch__v1__hard_criterion__descriptor);
    Stagematch__V1__WeightedCriterion *taal = new_message(&stagematch__v1__weighted_criterion__descriptor);
    Stagematch__V1__WeightedCriterion *zorg = new_message(&stagematch__v1__weighted_criterion__descriptor);
    (void)snprintf(leerplaats, sizeof leerplaats, "plaats-%u", id);
    placement->leerbedrijf = dup_string(leerbedrijf);
    placement->leerplaats = dup_string(leerplaats);
    placement->company_name = dup_string("Bedrijf");
    placement->capacity = capacity;
    placement->leerweg = LEERWEG(BOL);
    placement->start_date = dup_string("2027-04-05");
    placement->end_date = dup_string("2027-07-02");
    ck_assert_int_eq(
        message_append_string(&placement->n_qualifications, &placement->qualifications, text_of("25604")), ERR_OK);
    hard->skill = dup_string("vca");
    hard->level = 1;
    taal->skill = dup_string("taal");
    taal->weight = 3;
    taal->minimum_level = 3;
    zorg->skill = dup_string("zorg");
    zorg->weight = 1;
    ck_assert_int_eq(message_append(&placement->n_hard_criteria, &placement->hard_criteria, hard), ERR_OK);
    ck_assert_int_eq(message_append(&placement->n_weighted_criteria, &placement->weighted_criteria, taal), ERR_OK);
    ck_assert_int_eq(message_append(&placement->n_weighted_criteria, &placement->weighted_criteria, zorg), ERR_OK);
    record->placement_id = dup_id(id);
    record->placement = placement;
    record->state = PLACEMENT_STATE(PUBLISHED);
    record->version = record->criteria_version = record->sealed_criteria_version = 1;
    record->round_id = dup_id(ROUND);
    record->entered_by_school = dup_string(entered_by);
    add_record(RECORD_PLACEMENT, record);
}

static UNUSED void add_skill(Stagematch__V1__Profile *profile, const char *skill, uint32_t level)
{
    Stagematch__V1__SkillLevel *added = new_message(&stagematch__v1__skill_level__descriptor);
    added->skill = dup_string(skill);
    added->level = level;
    ck_assert_int_eq(message_append(&profile->n_skills, &profile->skills, added), ERR_OK);
}

static UNUSED void add_stagevraag(unsigned id, unsigned student, const char *school, uint32_t taal, uint32_t zorg)
{
    StagevraagRecord *record = new_message(&stagematch__internal__v1__stagevraag_record__descriptor);
    Stagematch__V1__Profile *profile = new_message(&stagematch__v1__profile__descriptor);
    profile->qualification = dup_string("25604");
    profile->leerweg = LEERWEG(BOL);
    profile->start_date = dup_string("2027-04-05");
    profile->end_date = dup_string("2027-07-02");
    profile->pc4 = dup_string("3511");
    profile->hours_per_week = 32;
    add_skill(profile, "vca", 5);
    add_skill(profile, "taal", taal);
    add_skill(profile, "zorg", zorg);
    record->stagevraag_id = dup_id(id);
    record->student_ref = dup_id(student);
    record->school = dup_string(school);
    record->profile = profile;
    record->state = STAGEVRAAG_STATE(FREE);
    record->version = 1;
    record->round_id = dup_id(ROUND);
    record->salt = dup_id(id);
    add_record(RECORD_STAGEVRAAG, record);
}

static UNUSED const ProposalRecord *propose(unsigned stagevraag, unsigned placement)
{
    uint8_t entropy[ENTROPY_BYTES];
    static struct domain_options options;
    options = (struct domain_options){
        .reasons = reasons, .calendar = calendar, .label_key = "0123456789abcdef0123456789abcde"};
    next_entropy(entropy);
    struct context context = some_context(entropy, &options);
    MatchRecord match = STAGEMATCH__INTERNAL__V1__MATCH_RECORD__INIT;
    match.rank = 1;
    const ProposalRecord *proposal =
        proposal_create(&context, state_find(context.state, RECORD_ROUND, key_of(ROUND)),
                        state_find(context.state, RECORD_STAGEVRAAG, key_of(stagevraag)),
                        state_find(context.state, RECORD_PLACEMENT, key_of(placement)), &match);
    ck_assert_int_eq(context.error, ERR_OK);
    ck_assert_ptr_nonnull(proposal);
    return proposal;
}

/* Callers. */

struct caller {
    unsigned role;
    const char *scope;
    uint8_t account;
};
static const struct caller school UNUSED = {ROLE(COORDINATOR), "99AA", 1};
static const struct caller other_school UNUSED = {ROLE(COORDINATOR), "99AB", 2};
static const struct caller company UNUSED = {ROLE(COMPANY), "100001", 3};
static const struct caller other_company UNUSED = {ROLE(COMPANY), "100002", 4};
static const struct caller student UNUSED = {ROLE(STUDENT), "80808080808080808080808080808080", 5};
static const struct caller other_student UNUSED = {ROLE(STUDENT), "81818181818181818181818181818181", 6};
static const struct caller reviewer UNUSED = {ROLE(VERTROUWENSPERSOON), "99AA", 7};
static const struct caller handler_of_cases UNUSED = {ROLE(BEHANDELAAR), "99AA", 8};

/* The schools that have checked the companies' contacts; a test says otherwise. */
static const char *const known_schools[] UNUSED = {"99AA", "99AB"};
static const char *const *checking_schools UNUSED = known_schools;
static size_t checking_count UNUSED = 2;

static UNUSED const char *new_request_id(void)
{
    static char ids[64][37];
    char *id = ids[request_counter % 64];
    (void)snprintf(id, 37, "00000000-0000-4000-8000-%012llx", (unsigned long long)++request_counter);
    return id;
}

/* The answer, of the method's type, or NULL; the status in `last`. The caller frees it with message_free. */
static struct status last UNUSED;
static uint64_t fail_nth UNUSED; /* the allocation in domain_apply that fails; 0: none */
static bool has_failed UNUSED;
static UNUSED void *call(const struct caller *caller, enum method_id id, const void *request)
{
    const ProtobufCMessage *base = request;
    struct command command = {.method = method_of(id), .request = base, .now_ms = now_ms};
    struct outcome outcome;
    size_t length = protobuf_c_message_get_packed_size(base);
    uint8_t bytes[8192];
    void *answer = NULL;
    ck_assert_uint_le(length, sizeof bytes);
    ck_assert_ptr_eq(base->descriptor, command.method->request);
    protobuf_c_message_pack(base, bytes);
    command.request_bytes = (struct text){(const char *)bytes, length};
    memset(command.actor.account_id, caller->account, ID_BYTES);
    command.actor.role = caller->role;
    command.actor.scope = &caller->scope;
    command.actor.scope_count = caller->scope ? 1 : 0;
    if (caller->role == ROLE(COMPANY)) {
        command.actor.checked_by = checking_schools;
        command.actor.checked_count = checking_count;
    }
    next_entropy(command.entropy);
    mem_fail_at(fail_nth);
    domain_apply(domain, &command, &outcome);
    has_failed = mem_has_failed();
    mem_fail_at(0);
    last = outcome.status;
    if (!last.refusal)
        ck_assert_int_eq(message_unpack(command.method->response, buf_text(&outcome.response), &answer), ERR_OK);
    outcome_free(&outcome);
    return answer;
}

#define REFUSED(refusal_name)                                                                                        \
    ck_assert_msg(last.refusal &&strcmp(last.refusal->name, (refusal_name)) == 0, "expected %s, got %s (%s)",        \
                  (refusal_name), last.refusal ? last.refusal->name : "done", last.field ? last.field : "")
#define DONE()                                                                                                       \
    ck_assert_msg(!last.refusal, "refused: %s (%s)", last.refusal ? last.refusal->name : "",                         \
                  last.field ? last.field : "")

static UNUSED const ProposalRecord *proposal_of(const char *hex)
{
    uint8_t id[ID_BYTES];
    ck_assert_int_eq(id_parse(hex, id), ERR_OK);
    return state_find(domain_state(domain), RECORD_PROPOSAL, (struct text){(const char *)id, sizeof id});
}
static UNUSED const PlacementRecord *placement_of(unsigned id)
{
    return state_find(domain_state(domain), RECORD_PLACEMENT, key_of(id));
}
static UNUSED const StagevraagRecord *stagevraag_of(unsigned id)
{
    return state_find(domain_state(domain), RECORD_STAGEVRAAG, key_of(id));
}

/* What a call about a proposal needs; the decisions' fields are "" or NULL for none. */
struct about {
    const char *id, *label;
    uint64_t version;
    const char *reason, *criterion, *text, *request_id;
    Stagematch__V1__Side side;
};

static UNUSED void set_string(ProtobufCMessage *message, const char *name, const char *value)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    if (field && value)
        memcpy((char *)message + field->offset, &value, sizeof value);
}

static UNUSED void fill(ProtobufCMessage *message, const struct about *about)
{
    const ProtobufCFieldDescriptor *version =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "version");
    const ProtobufCFieldDescriptor *side =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "side");
    set_string(message, "request_id", about->request_id ? about->request_id : new_request_id());
    set_string(message, "proposal_id", about->id);
    set_string(message, "candidate", about->label);
    set_string(message, "reason", about->reason);
    set_string(message, "criterion", about->criterion);
    set_string(message, "text", about->text);
    if (version)
        memcpy((char *)message + version->offset, &about->version, sizeof about->version);
    if (side && side->type == PROTOBUF_C_TYPE_ENUM)
        memcpy((char *)message + side->offset, &about->side, sizeof about->side);
}

/* Any call that moves a proposal, or looks at it. With `with_text` by way of CommitWithText, under a stage of its own. */
static UNUSED void move_as(const struct caller *caller, enum method_id id, const struct about *about, bool with_text)
{
    union {
        ProtobufCMessage base;
        char bytes[512];
    } message;
    const struct method *method = method_of(id);
    ck_assert_uint_le(method->request->sizeof_message, sizeof message);
    memset(&message, 0, sizeof message);
    method->request->message_init(&message.base);
    fill(&message.base, about);
    if (!with_text) {
        message_free(call(caller, id, &message.base));
        return;
    }
    uint8_t packed[1024], stage[ID_BYTES] = {0xFA};
    Stagematch__Internal__V1__CommitWithTextRequest request =
        STAGEMATCH__INTERNAL__V1__COMMIT_WITH_TEXT_REQUEST__INIT;
    uint64_t number = ++entropy_counter;
    memcpy(stage + 8, &number, sizeof number);
    char *path = dup_string(method->path);
    request.method = path;
    request.request = (ProtobufCBinaryData){protobuf_c_message_pack(&message.base, packed), packed};
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    message_free(call(caller, METHOD_COMMIT_WITH_TEXT, &request));
    mem_free(path);
}

/* The id and label of a proposal, in memory that stays. */
static UNUSED struct about about_of(const ProposalRecord *proposal)
{
    static char ids[64][ID_HEX_BYTES], labels[64][16];
    static unsigned at;
    unsigned slot = at++ % 64;
    id_format_bytes(proposal->proposal_id, ids[slot]);
    (void)snprintf(labels[slot], sizeof labels[slot], "%s", proposal->candidate);
    return (struct about){.id = ids[slot], .label = labels[slot], .version = proposal->version};
}

/* Moves along the happy path up to a state, each by the right role. */
static UNUSED void release_as(const struct caller *caller, const struct about *about, uint8_t stage_byte)
{
    uint8_t id[ID_BYTES], stage[ID_BYTES];
    char *request_id = dup_string(about->request_id ? about->request_id : new_request_id());
    Stagematch__Internal__V1__CommitReleaseRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_RELEASE_REQUEST__INIT;
    ck_assert_int_eq(id_parse(about->id, id), ERR_OK);
    memset(stage, stage_byte, sizeof stage);
    request.request_id = request_id;
    request.proposal_id = (ProtobufCBinaryData){sizeof id, id};
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    request.version = about->version;
    message_free(call(caller, METHOD_COMMIT_RELEASE, &request));
    mem_free(request_id);
}

static UNUSED void bring_to(struct about *about, Stagematch__V1__ProposalState state)
{
    static uint8_t stage = 0x30;
    static const struct {
        Stagematch__V1__ProposalState from;
        enum method_id method;
        const struct caller *caller;
    } steps[] = {{PROPOSAL_STATE(PROPOSED), METHOD_APPROVE_PROPOSAL, &school},
                 {PROPOSAL_STATE(APPROVED), METHOD_AGREE_TO_CANDIDATE, &company},
                 {PROPOSAL_STATE(ACCEPTED), METHOD_CONFIRM_PROPOSAL, &student},
                 {PROPOSAL_STATE(CONFIRMED), METHOD_COMMIT_RELEASE, &school},
                 {PROPOSAL_STATE(RELEASED), METHOD_PLACE_CANDIDATE, &company},
                 {PROPOSAL_STATE(PLACED), METHOD_START_PROPOSAL, &school},
                 {PROPOSAL_STATE(STARTED), METHOD_COMPLETE_PROPOSAL, &school}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const ProposalRecord *proposal = proposal_of(about->id);
        if (proposal->state == state)
            return;
        if (proposal->state != steps[i].from)
            continue;
        about->version = proposal->version;
        if (steps[i].method == METHOD_COMMIT_RELEASE)
            release_as(&school, about, stage++);
        else
            move_as(steps[i].caller, steps[i].method, about, false);
        DONE();
        about->version = proposal_of(about->id)->version;
    }
    ck_assert_int_eq(proposal_of(about->id)->state, state);
}

/* A round with one placement of two seats of "100001" and one student of "99AA". */
static UNUSED struct about open_story(void)
{
    open_domain();
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 2, "");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 2, 4);
    return about_of(propose(STAGEVRAAG, PLACEMENT));
}

static UNUSED size_t count_tasks(unsigned role, const char *scope, Stagematch__V1__TaskKind kind)
{
    size_t count = 0;
    const TaskRecord *task = state_next(domain_state(domain), RECORD_TASK, text_of(""));
    for (; task; task = state_next(domain_state(domain), RECORD_TASK, text_of_bytes(task->task_id)))
        count += (role == 0 || task->role == role) && (!scope || strcmp(task->scope, scope) == 0) &&
                 (kind == TASK_KIND(UNSPECIFIED) || task->kind == kind);
    return count;
}

/* Lets time pass up to an instant, with all that falls due on the way. */
static UNUSED void wait_until(int64_t until_ms)
{
    uint8_t entropy[ENTROPY_BYTES];
    while (domain_next_due_ms(domain) <= until_ms) {
        now_ms = domain_next_due_ms(domain) > now_ms ? domain_next_due_ms(domain) : now_ms;
        next_entropy(entropy);
        while (domain_run_due(domain, entropy, now_ms, 7))
            next_entropy(entropy);
    }
    now_ms = until_ms;
}

#endif
