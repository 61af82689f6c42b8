/*
 * market_fixture.h - a domain to play rounds in: two schools, a clock, and calls by anybody.
 *
 * Requests are built as messages on the stack; `call` packs them, applies the command and unpacks the answer. Every call has a
 * new request_id unless the test sets one.
 */
#ifndef UNIT_DOMAIN_MARKET_FIXTURE_H
#define UNIT_DOMAIN_MARKET_FIXTURE_H

#include "base/mem.h"
#include "domain/domain.h"
#include "domain/market.h"
#include "domain/records.h"
#include "support/support.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Fields of protobuf-c are `char *`, whoever owns them; requests borrow literals. */
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#else
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif

#define FIXTURE static __attribute__((unused))
#define SCHOOL_A "25PT"
#define SCHOOL_B "04FO"

struct world {
    struct domain *domain;
    struct state *state;
    struct reasons *reasons;
    struct calendar *calendar;
    int64_t now_ms;
    uint64_t calls;
    struct status status; /* of the last call */
    bool waits;           /* the last call waits for what is made apart */
    bool makes;           /* which a call makes at once, unless a test says otherwise */
    uint64_t made;
};

/* Postcodes 1000..1099 lie on a line, a kilometre apart. */
FIXTURE bool fixture_point(void *context, unsigned pc4, struct point *out)
{
    (void)context;
    if (pc4 < 1000 || pc4 > 1099)
        return false;
    *out = (struct point){52.0 + (pc4 - 1000) * 0.009, 5.0};
    return true;
}

FIXTURE struct domain_options fixture_options(struct world *world)
{
    static const char reasons[] =
        "code;nl;en;class;needs_criterion;allowed\n"
        "gesloten;Dicht;Closed;place;no;company_objects|withdrawn_place\n"
        "gestopt;Gestopt;Stopped;fact;no;withdrawn_student|student_declines|school_veto\n"
        "anders;Anders;Other;other;no;school_veto|company_objects|student_declines|company_drops_after_release|"
        "cancelled_before_start|ended_early|withdrawn_student|withdrawn_place\n";
    static const char terms[] =
        "task;working_days;reminder\napprove;5;3\ndecide;5;3\nconfirm;5;3\nrelease;5;3\n"
        "plan_introduction;5;3\nagree_introduction;5;3\nplace;5;3\nstart;5;3\ncheck_in;5;3\n"
        "complete;5;3\nescalation;5;3\nred_answer;2;1\ncall_company;5;3\ncontested_level;5;3\n"
        "review_reason;5;3\nnonce;5;3\nreopen;5;3\n"
        "open_round;10;5\nseal_round;5;3\nsolve_round;5;3\npublish_round;5;3\nclose_round;60;40\nround_failed;2;1\n"
        "rematch_failed;2;1\npublish_placement;10;5\nanswer_report;3;2\npoint;10;5\nsignal;10;5\n"
        "case_take;2;1\ncase_verify;5;3\ncase_hear;5;3\ncase_answer;10;5\ncase_assess;10;5\ncase_measure;10;5\n"
        "case_sbb;15;8\ncase_feedback;5;3\ncase_aftercare;30;15\ncase_close;5;3\nmeasure_follow_up;5;3\ntalk_to_"
        "student;3;2\nerkenning_lost;5;3\n";
    static const char holidays[] = "date;name\n2027-01-01;Nieuwjaarsdag\n";
    struct problems problems, more;
    problems_init(&problems, "reasons.csv");
    problems_init(&more, "holidays.csv");
    if (reasons_read_bytes(text_of(reasons), &problems, &world->reasons) != ERR_OK ||
        calendar_read_bytes(text_of(terms), text_of(holidays), &problems, &more, &world->calendar) != ERR_OK) {
        problems_print(&problems, LANGUAGE_EN, stderr);
        problems_print(&more, LANGUAGE_EN, stderr);
        ck_abort_msg("the fixture's lists are wrong");
    }
    problems_free(&problems);
    problems_free(&more);
    struct domain_options options = {.reasons = world->reasons,
                                     .calendar = world->calendar,
                                     .geography = {fixture_point, NULL},
                                     .rules = {.slack_days = 7, .list_max = 1000, .band_width = 10},
                                     .label_key = {1, 2, 3},
                                     .threads = 1};
    return options;
}

FIXTURE void world_open(struct world *world)
{
    ck_assert_int_ge(sodium_init(), 0);
    *world = (struct world){.now_ms = 1800000000000, .makes = true}; /* 15 January 2027 */
    struct domain_options options = fixture_options(world);
    ck_assert_int_eq(domain_new(&options, &world->domain), ERR_OK);
    world->state = domain_state(world->domain);
}

FIXTURE void world_close(struct world *world)
{
    domain_free(world->domain);
    reasons_free(world->reasons);
    calendar_free(world->calendar);
}

FIXTURE void world_entropy(struct world *world, uint8_t entropy[ENTROPY_BYTES])
{
    memset(entropy, 0, ENTROPY_BYTES);
    world->calls++;
    memcpy(entropy, &world->calls, sizeof world->calls);
}

/* What a call waits for, as the engine makes it; `failure` set: it fails. */
FIXTURE void make_wanted(struct world *world, const char *failure)
{
    struct solve_request request;
    struct buf result;
    uint8_t entropy[ENTROPY_BYTES];
    ck_assert(domain_next_solve(world->domain, &request) && request.entries);
    buf_init(&result, 64 << 20);
    ck_assert_int_eq(domain_solve(world->domain, &request, &result), ERR_OK);
    world_entropy(world, entropy);
    domain_solved(world->domain, &request, failure ? text_of("") : buf_text(&result), failure, entropy,
                  world->now_ms);
    buf_free(&result);
    world->made++;
}

/* Who calls. */
struct caller {
    unsigned role;
    const char *scope[2];
};

static const struct caller school_a __attribute__((unused)) = {ROLE(COORDINATOR), {SCHOOL_A}};
static const struct caller school_b __attribute__((unused)) = {ROLE(COORDINATOR), {SCHOOL_B}};
static const struct caller both_schools __attribute__((unused)) = {ROLE(COORDINATOR), {SCHOOL_A, SCHOOL_B}};
static const struct caller company __attribute__((unused)) = {ROLE(COMPANY), {"lb1"}};
static const struct caller other_company __attribute__((unused)) = {ROLE(COMPANY), {"lb9"}};

/* The schools that have checked the companies' contacts; a test says otherwise. */
static const char *const known_schools[] __attribute__((unused)) = {SCHOOL_B, SCHOOL_A}; /* ascending */
static const char *const *checking_schools __attribute__((unused)) = known_schools;
static size_t checking_count __attribute__((unused)) = 2;

/*
 * Applies; the answer, or NULL where it was refused: then world->status says why. Free it with message_free. `request_id` may be
 * NULL: a new one is set, where the message has the field.
 */
FIXTURE void *call_with_id(struct world *world, const struct caller *caller, enum method_id id, void *message,
                           const char *request_id)
{
    const struct method *method = method_of(id);
    ProtobufCMessage *request = message;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(request->descriptor, "request_id");
    char drawn[40];
    snprintf(drawn, sizeof drawn, "00000000-0000-4000-8000-%012llu", (unsigned long long)world->calls);
    if (!request_id)
        request_id = drawn;
    if (field)
        memcpy((char *)request + field->offset, &request_id, sizeof request_id);
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *bytes = malloc(length + 1);
    ck_assert_ptr_nonnull(bytes);
    protobuf_c_message_pack(request, bytes);
    struct command command = {.method = method,
                              .request = request,
                              .request_bytes = {(const char *)bytes, length},
                              .actor = {.role = caller->role, .scope = caller->scope},
                              .now_ms = world->now_ms};
    while (command.actor.scope_count < 2 && caller->scope[command.actor.scope_count])
        command.actor.scope_count++;
    if (caller->role == ROLE(COMPANY)) {
        command.actor.checked_by = checking_schools;
        command.actor.checked_count = checking_count;
    }
    memset(command.actor.account_id, (int)caller->role, ID_BYTES);
    if (caller->scope[0])
        memcpy(command.actor.account_id, caller->scope[0], strlen(caller->scope[0]) % ID_BYTES);
    world_entropy(world, command.entropy);
    struct outcome outcome = {.status = STATUS_DONE};
    buf_init(&outcome.response, 64 << 20);
    buf_init(&outcome.problems, 1 << 20);
    domain_apply(world->domain, &command, &outcome);
    for (; outcome.waits && world->makes; domain_apply(world->domain, &command, &outcome))
        make_wanted(world, NULL);
    world->waits = outcome.waits;
    world->status = outcome.status;
    void *answer = NULL;
    if (!outcome.status.refusal)
        ck_assert_int_eq(message_unpack(method->response, buf_text(&outcome.response), &answer), ERR_OK);
    buf_free(&outcome.response);
    buf_free(&outcome.problems);
    free(bytes);
    ck_assert(!domain_is_broken(world->domain));
    return answer;
}

FIXTURE void *call(struct world *world, const struct caller *caller, enum method_id id, void *message)
{
    return call_with_id(world, caller, id, message, NULL);
}

/* The call must be refused with this code, at this field (NULL: any). */
FIXTURE void refused(struct world *world, const struct caller *caller, enum method_id id, void *message,
                     const char *code, const char *field)
{
    uint64_t before = state_mutations(world->state);
    void *answer = call(world, caller, id, message);
    ck_assert_msg(!answer, "%s was done and should be refused with %s", method_of(id)->path, code);
    ck_assert_str_eq(world->status.refusal->name, code);
    if (field) {
        ck_assert_ptr_nonnull(world->status.field);
        ck_assert_str_eq(world->status.field, field);
    }
    ck_assert_uint_eq(state_mutations(world->state), before);
}

#define DONE(answer, world)                                                                                          \
    ck_assert_msg((answer) != NULL, "refused: %s %s", (world)->status.refusal ? (world)->status.refusal->name : "",  \
                  (world)->status.field ? (world)->status.field : "")

/* Long work and solving, until none is left. */
FIXTURE void world_work(struct world *world)
{
    uint8_t entropy[ENTROPY_BYTES];
    struct solve_request request;
    for (int turn = 0; turn < 10000; turn++) {
        if (domain_has_work(world->domain)) {
            world_entropy(world, entropy);
            (void)domain_work(world->domain, entropy, world->now_ms);
            continue;
        }
        if (!domain_next_solve(world->domain, &request))
            return;
        struct buf result;
        buf_init(&result, 64 << 20);
        ck_assert_int_eq(domain_solve(world->domain, &request, &result), ERR_OK);
        world_entropy(world, entropy);
        domain_solved(world->domain, &request, buf_text(&result), NULL, entropy, world->now_ms);
        buf_free(&result);
    }
    ck_abort_msg("long work does not end");
}

/* Lets time pass, with all that is due on the way. */
FIXTURE void world_wait(struct world *world, int64_t until_ms)
{
    uint8_t entropy[ENTROPY_BYTES];
    for (int64_t due_ms; (due_ms = domain_next_due_ms(world->domain)) <= until_ms;) {
        world->now_ms = due_ms > world->now_ms ? due_ms : world->now_ms;
        world_entropy(world, entropy);
        (void)domain_run_due(world->domain, entropy, world->now_ms, 7);
    }
    world->now_ms = until_ms;
}

/* A child is begun and says that it failed. */
FIXTURE void world_fail_solve(struct world *world, const char *failure)
{
    uint8_t entropy[ENTROPY_BYTES];
    struct solve_request request;
    ck_assert(domain_next_solve(world->domain, &request));
    world_entropy(world, entropy);
    domain_solved(world->domain, &request, text_of(""), failure, entropy, world->now_ms);
}

/* The open tasks of an owner; of all owners where `scope` is NULL. */
FIXTURE size_t tasks_for(const struct world *world, unsigned role, const char *scope, Stagematch__V1__TaskKind kind)
{
    size_t count = 0;
    struct text after = {NULL, 0};
    for (const TaskRecord *task; (task = state_next(world->state, RECORD_TASK, after));) {
        count += task->kind == kind && (!scope || (task->role == role && strcmp(task->scope, scope) == 0));
        after = text_of_bytes(task->task_id);
    }
    return count;
}

/* Students: number n has reference and stagevraag ids made of n. */

FIXTURE void fill_id(uint8_t id[ID_BYTES], unsigned tag, unsigned n)
{
    memset(id, 0, ID_BYTES);
    id[0] = (uint8_t)tag;
    id[1] = (uint8_t)(n * 37); /* not in order of n */
    id[2] = (uint8_t)(n >> 8);
    id[3] = (uint8_t)n;
}

FIXTURE const char *stagevraag_hex(unsigned n)
{
    static char hex[8][ID_HEX_BYTES];
    static unsigned turn;
    uint8_t id[ID_BYTES];
    char *out = hex[turn++ % 8];
    fill_id(id, 0x51, n);
    sodium_bin2hex(out, ID_HEX_BYTES, id, sizeof id);
    return out;
}

FIXTURE const char *student_hex(unsigned n)
{
    static char hex[8][ID_HEX_BYTES];
    static unsigned turn;
    uint8_t id[ID_BYTES];
    char *out = hex[turn++ % 8];
    fill_id(id, 0x52, n);
    sodium_bin2hex(out, ID_HEX_BYTES, id, sizeof id);
    return out;
}

struct row {
    Stagematch__Internal__V1__StudentProfile student;
    Stagematch__V1__Profile profile;
    Stagematch__V1__SkillLevel skill, *skills[1];
    char *preferred[2], *excluded[2];
    uint8_t ref[ID_BYTES], id[ID_BYTES];
};

/* A student of 25180, BOL, at pc4 1000, who can do "lassen" at level 3. */
FIXTURE void row_make(struct row *row, unsigned n, const char *school)
{
    *row = (struct row){.student = STAGEMATCH__INTERNAL__V1__STUDENT_PROFILE__INIT,
                        .profile = STAGEMATCH__V1__PROFILE__INIT,
                        .skill = STAGEMATCH__V1__SKILL_LEVEL__INIT};
    fill_id(row->id, 0x51, n);
    fill_id(row->ref, 0x52, n);
    row->student.stagevraag_id = (ProtobufCBinaryData){ID_BYTES, row->id};
    row->student.student_ref = (ProtobufCBinaryData){ID_BYTES, row->ref};
    row->student.school = school;
    row->student.profile = &row->profile;
    row->profile.qualification = "25180";
    row->profile.leerweg = LEERWEG(BOL);
    row->profile.year = 2;
    row->profile.start_date = "2027-02-01";
    row->profile.end_date = "2027-06-30";
    row->profile.hours_per_week = 32;
    row->profile.pc4 = "1000";
    row->profile.max_km = 30;
    row->skill.skill = "lassen";
    row->skill.level = 3;
    row->skills[0] = &row->skill;
    row->profile.skills = row->skills;
    row->profile.n_skills = 1;
}

FIXTURE void row_prefers(struct row *row, const char *place)
{
    row->preferred[0] = place;
    row->profile.preferred = row->preferred;
    row->profile.n_preferred = 1;
}

/* Hands in rows as one chunk of a stage; the answer. `changed`: the bits of identity_changed. */
FIXTURE Stagematch__Internal__V1__CommitStudentsResponse *
commit_changed_rows(struct world *world, const struct caller *caller, unsigned stage, uint32_t chunk, bool last,
                    struct row *rows, size_t count, ProtobufCBinaryData changed)
{
    Stagematch__Internal__V1__CommitStudentsRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    fill_id(id, 0x53, stage);
    Stagematch__Internal__V1__StudentProfile **list = calloc(count + 1, sizeof *list);
    ck_assert_ptr_nonnull(list);
    for (size_t i = 0; i < count; i++)
        list[i] = &rows[i].student;
    request.stage_id = (ProtobufCBinaryData){ID_BYTES, id};
    request.chunk = chunk;
    request.last = last;
    request.students = list;
    request.n_students = count;
    request.identity_changed = changed;
    void *answer = call(world, caller, METHOD_COMMIT_STUDENTS, &request);
    free(list);
    return answer;
}

FIXTURE Stagematch__Internal__V1__CommitStudentsResponse *commit_rows(struct world *world,
                                                                      const struct caller *caller, unsigned stage,
                                                                      uint32_t chunk, bool last, struct row *rows,
                                                                      size_t count)
{
    return commit_changed_rows(world, caller, stage, chunk, last, rows, count, (ProtobufCBinaryData){0, NULL});
}

FIXTURE void add_student(struct world *world, unsigned n, const char *school, const char *prefers)
{
    struct row row;
    const struct caller caller = {ROLE(COORDINATOR), {school}};
    row_make(&row, n, school);
    if (prefers)
        row_prefers(&row, prefers);
    void *answer = commit_rows(world, &caller, 1000 + n, 0, true, &row, 1);
    DONE(answer, world);
    message_free(answer);
}

FIXTURE const StagevraagRecord *stagevraag_at(const struct world *world, unsigned n)
{
    uint8_t id[ID_BYTES];
    fill_id(id, 0x51, n);
    return state_find(world->state, RECORD_STAGEVRAAG, (struct text){(const char *)id, sizeof id});
}

/* A placement that takes 25180, BOL, at pc4 1010. */
FIXTURE Stagematch__V1__Placement placement_make(const char *leerbedrijf, const char *leerplaats)
{
    static char *qualifications[] = {"25180"};
    Stagematch__V1__Placement placement = STAGEMATCH__V1__PLACEMENT__INIT;
    placement.leerbedrijf = leerbedrijf;
    placement.leerplaats = leerplaats;
    placement.company_name = "Bedrijf";
    placement.kvk = "12345678";
    placement.postcode = "1010 AB";
    placement.qualifications = qualifications;
    placement.n_qualifications = 1;
    placement.leerweg = LEERWEG(BOL);
    placement.capacity = 1;
    placement.start_date = "2027-01-25";
    placement.end_date = "2027-07-10";
    placement.hours_per_week = 36;
    return placement;
}

FIXTURE Stagematch__V1__Placement *submit(struct world *world, const struct caller *caller,
                                          Stagematch__V1__Placement *placement)
{
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    request.placement = placement;
    Stagematch__V1__SubmitPlacementResponse *answer = call(world, caller, METHOD_SUBMIT_PLACEMENT, &request);
    if (!answer)
        return NULL;
    Stagematch__V1__Placement *shown = answer->placement;
    answer->placement = NULL;
    message_free(answer);
    return shown;
}

FIXTURE const PlacementRecord *placement_at(const struct world *world, const char *leerbedrijf,
                                            const char *leerplaats)
{
    return state_placement_at(world->state, leerbedrijf, leerplaats);
}

/* Enters and publishes one with so many seats. */
FIXTURE void add_placement(struct world *world, const struct caller *caller, const char *leerbedrijf,
                           const char *leerplaats, uint32_t capacity)
{
    Stagematch__V1__Placement placement = placement_make(leerbedrijf, leerplaats);
    placement.capacity = capacity;
    Stagematch__V1__Placement *shown = submit(world, caller, &placement);
    DONE(shown, world);
    Stagematch__V1__PublishPlacementRequest request = STAGEMATCH__V1__PUBLISH_PLACEMENT_REQUEST__INIT;
    request.placement_id = shown->placement_id;
    request.version = shown->version;
    void *answer = call(world, caller, METHOD_PUBLISH_PLACEMENT, &request);
    DONE(answer, world);
    message_free(answer);
    message_free(shown);
}

/* Rounds. */

struct round_id {
    char hex[ID_HEX_BYTES];
};

FIXTURE const RoundRecord *round_at(const struct world *world, const struct round_id *id)
{
    uint8_t bytes[ID_BYTES];
    ck_assert_int_eq(id_parse(id->hex, bytes), ERR_OK);
    return state_find(world->state, RECORD_ROUND, (struct text){(const char *)bytes, sizeof bytes});
}

FIXTURE struct round_id round_create(struct world *world)
{
    static char *schools[] = {SCHOOL_A, SCHOOL_B}, *qualifications[] = {"25180"};
    Stagematch__V1__CreateRoundRequest request = STAGEMATCH__V1__CREATE_ROUND_REQUEST__INIT;
    struct round_id id;
    request.name = "Voorjaar";
    request.schools = schools;
    request.n_schools = 2;
    request.qualifications = qualifications;
    request.n_qualifications = 1;
    Stagematch__V1__CreateRoundResponse *answer = call(world, &school_a, METHOD_CREATE_ROUND, &request);
    DONE(answer, world);
    memcpy(id.hex, answer->round->round_id, sizeof id.hex);
    message_free(answer);
    return id;
}

/* A step that needs id and version alone: open, seal, replace, solve, publish, cancel, close have the same fields. */
FIXTURE void *round_step_by(struct world *world, const struct caller *caller, enum method_id method,
                            const struct round_id *id)
{
    const ProtobufCMessageDescriptor *type = method_of(method)->request;
    const ProtobufCFieldDescriptor *id_field = protobuf_c_message_descriptor_get_field_by_name(type, "round_id");
    const ProtobufCFieldDescriptor *version_field = protobuf_c_message_descriptor_get_field_by_name(type, "version");
    ProtobufCMessage *request = malloc(type->sizeof_message);
    const char *hex = id->hex;
    uint64_t version = round_at(world, id)->version;
    ck_assert_ptr_nonnull(request);
    protobuf_c_message_init(type, request);
    memcpy((char *)request + id_field->offset, &hex, sizeof hex);
    memcpy((char *)request + version_field->offset, &version, sizeof version);
    void *answer = call(world, caller, method, request);
    free(request);
    return answer;
}

FIXTURE void round_step(struct world *world, enum method_id method, const struct round_id *id)
{
    void *answer = round_step_by(world, &school_a, method, id);
    DONE(answer, world);
    message_free(answer);
}

FIXTURE void nonce_of(const char *school, uint8_t nonce[32])
{
    memset(nonce, school[1], 32);
}

FIXTURE void round_commit(struct world *world, const struct caller *caller, const char *school,
                          const struct round_id *id)
{
    Stagematch__V1__CommitNonceRequest request = STAGEMATCH__V1__COMMIT_NONCE_REQUEST__INIT;
    uint8_t bytes[5 + 32], hash[32];
    char hex[65];
    memcpy(bytes, school, 5);
    nonce_of(school, bytes + 5);
    crypto_hash_sha256(hash, bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    request.round_id = id->hex;
    request.school = school;
    request.commitment = hex;
    void *answer = call(world, caller, METHOD_COMMIT_NONCE, &request);
    DONE(answer, world);
    message_free(answer);
}

FIXTURE void round_reveal(struct world *world, const struct caller *caller, const char *school,
                          const struct round_id *id)
{
    Stagematch__V1__RevealNonceRequest request = STAGEMATCH__V1__REVEAL_NONCE_REQUEST__INIT;
    uint8_t nonce[32];
    char hex[65];
    nonce_of(school, nonce);
    sodium_bin2hex(hex, sizeof hex, nonce, sizeof nonce);
    request.round_id = id->hex;
    request.school = school;
    request.nonce = hex;
    void *answer = call(world, caller, METHOD_REVEAL_NONCE, &request);
    DONE(answer, world);
    message_free(answer);
}

/* Brings a new round as far as this state. */
FIXTURE struct round_id round_until(struct world *world, Stagematch__V1__RoundState state)
{
    struct round_id id = round_create(world);
    if (state >= ROUND_STATE(OPEN))
        round_step(world, METHOD_OPEN_ROUND, &id);
    if (state >= ROUND_STATE(SEALED)) {
        round_commit(world, &school_a, SCHOOL_A, &id);
        round_commit(world, &school_b, SCHOOL_B, &id);
        round_step(world, METHOD_SEAL_ROUND, &id);
        if (round_at(world, &id)->work)
            world_work(world);
    }
    if (state >= ROUND_STATE(REVEALED)) {
        round_reveal(world, &school_a, SCHOOL_A, &id);
        round_reveal(world, &school_b, SCHOOL_B, &id);
    }
    if (state >= ROUND_STATE(SOLVING))
        round_step(world, METHOD_SOLVE_ROUND, &id);
    if (state >= ROUND_STATE(VERIFIED))
        world_work(world);
    if (state >= ROUND_STATE(PUBLISHING))
        round_step(world, METHOD_PUBLISH_ROUND, &id);
    if (state >= ROUND_STATE(PUBLISHED))
        world_work(world);
    ck_assert_int_eq(round_at(world, &id)->state, state);
    return id;
}

/* Everything that the state holds, as bytes: two equal states give equal dumps. */
FIXTURE enum err dump_record(void *context, const ProtobufCMessage *record)
{
    size_t length = protobuf_c_message_get_packed_size(record);
    uint8_t *bytes = malloc(length + 1);
    ck_assert_ptr_nonnull(bytes);
    protobuf_c_message_pack(record, bytes);
    buf_put(context, bytes, length);
    free(bytes);
    return ERR_OK;
}

FIXTURE void world_dump(const struct world *world, struct buf *out)
{
    buf_init(out, 256 << 20);
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        buf_put_string(out, record_kind_name(kind));
        ck_assert_int_eq(state_each(world->state, kind, dump_record, out), ERR_OK);
    }
    ck_assert_int_eq(buf_error(out), ERR_OK);
}

/* The same world loaded from its rows, as after a restart. Only once in a test: it takes all changes there were. */
FIXTURE void world_restart(struct world *world, struct world *out)
{
    struct changes changes;
    world_open(out);
    ck_assert_int_eq(state_take_changes(world->state, &changes), ERR_OK);
    for (size_t i = 0; i < changes.record_count; i++) {
        const struct change *change = &changes.records[i];
        if (change->value.data)
            ck_assert_int_eq(state_restore(out->state, change->kind, change->key, change->value), ERR_OK);
    }
    state_restore_ledger(out->state, state_ledger_seq(world->state));
    changes_free(&changes);
    ck_assert_int_eq(domain_restored(out->domain), ERR_OK);
    out->now_ms = world->now_ms;
    out->calls = world->calls;
}

FIXTURE void check_same(const struct world *a, const struct world *b)
{
    struct buf first, second;
    world_dump(a, &first);
    world_dump(b, &second);
    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    ck_assert_uint_eq(state_ledger_seq(a->state), state_ledger_seq(b->state));
    buf_free(&first);
    buf_free(&second);
}

/* No seat is taken twice, and counters agree with the proposals and those placed elsewhere. */
FIXTURE void check_seats(const struct world *world)
{
    const PlacementRecord *placement = NULL;
    struct text after = {NULL, 0};
    while ((placement = state_next(world->state, RECORD_PLACEMENT, after)) != NULL) {
        uint32_t held = 0;
        struct scan scan;
        const ProposalRecord *proposal;
        scan_id(&scan, world->state, INDEX_RUNNING_PLACEMENT, text_of_bytes(placement->placement_id));
        while ((proposal = scan_next(&scan)) != NULL)
            held++;
        scan_id(&scan, world->state, INDEX_PROPOSAL_PLACEMENT, text_of_bytes(placement->placement_id));
        while ((proposal = scan_next(&scan)) != NULL)
            held += proposal->seat_held ? 1 : 0;
        const StagevraagRecord *student;
        struct text behind = {NULL, 0};
        while ((student = state_next(world->state, RECORD_STAGEVRAAG, behind)) != NULL) {
            held += bytes_equal(student->elsewhere_placement_id, placement->placement_id);
            behind = text_of_bytes(student->stagevraag_id);
        }
        ck_assert_uint_eq(placement->seats_taken, held);
        ck_assert_uint_le(placement->seats_taken + placement->seats_suspended, placement->placement->capacity);
        after = text_of_bytes(placement->placement_id);
    }
}

#endif
