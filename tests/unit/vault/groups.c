/* Group statistics in the vault: who may say and see what, which decisions count, and that nothing but a status comes out. */
#include "one_student.h"

#include "stagematch/v1/group.pb-c.h"
#include "vault/cursor.h"
#include "vault/groups.h"
#include "vault/persons.h"

enum { STUDENTS = 40, A_CHUNK = 4, DECISIONS_MAX = 2000, SCHOOL_TERMS = 6 };

#define ORIGIN(name) STAGEMATCH__V1__ORIGIN__ORIGIN_##name
#define HALF_YEAR_MS (184 * MS_PER_DAY)

static uint8_t students[STUDENTS][ID_BYTES];
static I(DecisionRecord) decisions[DECISIONS_MAX];

static struct vault *the_vault(void)
{
    return world.vault;
}

static void import_students(const char *token)
{
    char numbers[A_CHUNK][16];
    const char *list[A_CHUNK];
    for (unsigned from = 0; from < STUDENTS; from += A_CHUNK) {
        for (unsigned i = 0; i < A_CHUNK; i++) {
            snprintf(numbers[i], sizeof numbers[i], "2%03u", from + i);
            list[i] = numbers[i];
        }
        struct result result = stage(token, 100 + from, 0, "25LX", list, A_CHUNK, "Vandenberghe");
        ck_assert_msg(result.code == STATUS_OK, "%s", result.refusal);
        I(StageStudentsResponse) *response = (void *)result.message;
        for (unsigned i = 0; i < A_CHUNK; i++)
            memcpy(students[from + i], response->references[i]->student_ref.data, ID_BYTES);
        if (from == 0)
            sodium_bin2hex(world.stagevraag_id, 33, response->references[0]->stagevraag_id.data, 16);
        finalise(response->stage_id.data, NULL);
        message_free(response);
    }
}

/* The first student gets an account: invited, with a code as it would be in the message. */
static void invite_student(const char *token)
{
    V(InviteStudentRequest) invite = STAGEMATCH__V1__INVITE_STUDENT_REQUEST__INIT;
    V(AcceptInvitationRequest) accept = STAGEMATCH__V1__ACCEPT_INVITATION_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    char code[TOKEN_HEX_BYTES];
    AccountRow *row;
    struct edit edit;
    invite.request_id = uuid(99);
    invite.stagevraag_id = world.stagevraag_id;
    V(InviteStudentResponse) *invited = call_ok(METHOD_INVITE_STUDENT, &invite, token);
    ck_assert_int_eq(id_parse(invited->account_id, id), ERR_OK);
    message_free(invited);
    edit_begin(&edit, the_vault()->image);
    ck_assert_int_eq(account_read(&edit, TEXT_OF(id), &row), ERR_OK);
    account_draw_code(the_vault(), &edit, id, row, STAGEMATCH__INTERNAL__V1__CODE_ROW__USE__USE_INVITATION, code);
    account_write(the_vault(), &edit, id, row);
    message_free(row);
    ck_assert_int_eq(edit_commit(&edit, NULL, NULL), ERR_OK);
    accept.code = code;
    accept.password = (char *)(uintptr_t)good_password;
    message_free_wiped(call_ok(METHOD_ACCEPT_INVITATION, &accept, NULL));
}

/* A vault with students, one of whom has an account. */
static void setup_students(void)
{
    setup();
    import_students(login("co@example.org", good_password));
    invite_student(login("co@example.org", good_password));
    world_end();
    add_account("bh@example.org", ROLE(BEHANDELAAR), "25LX", good_password);
    add_account("bh@other.example", ROLE(BEHANDELAAR), "00AA", good_password);
    world_start();
}

static struct result set_statistics(const char *token, unsigned id, bool enabled, const char *reference)
{
    V(SetGroupStatisticsRequest) request = STAGEMATCH__V1__SET_GROUP_STATISTICS_REQUEST__INIT;
    request.request_id = uuid(id);
    request.school = (char *)(uintptr_t) "25LX";
    request.enabled = enabled;
    request.dpia_reference = (char *)(uintptr_t)reference;
    return call(METHOD_SET_GROUP_STATISTICS, &request, token);
}

static void switch_to(bool enabled, unsigned id)
{
    struct result result = set_statistics(login("bh@example.org", good_password), id, enabled, "DPIA 2026-14");
    ck_assert_msg(result.code == STATUS_OK, "%s %s", result.refusal, result.field);
    message_free(result.message);
}

static struct result set_origin(const char *token, unsigned id, int origin, bool consent)
{
    V(SetMyOriginRequest) request = STAGEMATCH__V1__SET_MY_ORIGIN_REQUEST__INIT;
    request.request_id = uuid(id);
    request.origin = (Stagematch__V1__Origin)origin;
    request.consent = consent;
    return call(METHOD_SET_MY_ORIGIN, &request, token);
}

static int read_origin(const char *token, bool *asked)
{
    V(GetMyOriginRequest) request = STAGEMATCH__V1__GET_MY_ORIGIN_REQUEST__INIT;
    V(GetMyOriginResponse) *response = call_ok(METHOD_GET_MY_ORIGIN, &request, token);
    int origin = response->origin;
    *asked = response->asked;
    message_free(response);
    return origin;
}

static V(ListGroupStatusesResponse) * list_statuses(const char *token)
{
    V(ListGroupStatusesRequest) request = STAGEMATCH__V1__LIST_GROUP_STATUSES_REQUEST__INIT;
    request.school = (char *)(uintptr_t) "25LX";
    return call_ok(METHOD_LIST_GROUP_STATUSES, &request, token);
}

START_TEST(a_student_is_asked_only_where_the_school_switched_it_on)
{
    bool asked;
    setup_students();
    const char *student = login("annelotte@leerling.example", good_password),
               *bh = login("bh@example.org", good_password);
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(UNSPECIFIED));
    ck_assert(!asked);
    ck_assert_str_eq(set_origin(student, 1, ORIGIN(EUROPE), true).refusal, "not_asked");
    ck_assert_str_eq(set_statistics(bh, 2, true, " x ").refusal, "dpia_needed");
    ck_assert_str_eq(set_statistics(login("vp@example.org", good_password), 3, true, "DPIA").refusal,
                     "not_your_role");
    ck_assert_str_eq(set_statistics(login("bh@other.example", good_password), 4, true, "DPIA").refusal, "not_found");
    switch_to(true, 5);
    ck_assert_str_eq(set_origin(student, 6, ORIGIN(EUROPE), false).refusal, "consent_needed");
    ck_assert_str_eq(set_origin(student, 7, 4, true).refusal, "bad_value");
    struct result set = set_origin(student, 8, ORIGIN(EUROPE), true);
    ck_assert_msg(set.code == STATUS_OK, "%s", set.refusal);
    message_free(set.message);
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(EUROPE));
    ck_assert(asked);
    world_restart();
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(EUROPE));
    world_teardown();
}
END_TEST

START_TEST(what_was_said_goes_when_it_is_taken_back_and_when_the_school_stops)
{
    V(WithdrawMyOriginRequest) withdraw = STAGEMATCH__V1__WITHDRAW_MY_ORIGIN_REQUEST__INIT;
    bool asked;
    setup_students();
    const char *student = login("annelotte@leerling.example", good_password);
    switch_to(true, 1);
    message_free(set_origin(student, 2, ORIGIN(OUTSIDE_EUROPE), true).message);
    withdraw.request_id = uuid(3);
    message_free(call_ok(METHOD_WITHDRAW_MY_ORIGIN, &withdraw, student));
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(UNSPECIFIED));
    message_free(set_origin(student, 4, ORIGIN(OUTSIDE_EUROPE), true).message);
    switch_to(false, 5);
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(UNSPECIFIED));
    ck_assert(!asked);
    world.clock.wall_ms += 1000;
    switch_to(true, 6); /* switched on again, it knows nothing of before */
    ck_assert_int_eq(read_origin(student, &asked), ORIGIN(UNSPECIFIED));
    ck_assert(asked);
    world_teardown();
}
END_TEST

/* Nobody else's business: neither by asking nor by looking at what a reviewer gets. */
START_TEST(nobody_else_reads_it)
{
    static const char *const others[] = {"co@example.org", "vp@example.org", "bh@example.org", "bedrijf@example.org"};
    V(GetMyOriginRequest) request = STAGEMATCH__V1__GET_MY_ORIGIN_REQUEST__INIT;
    V(ListGroupStatusesRequest) list = STAGEMATCH__V1__LIST_GROUP_STATUSES_REQUEST__INIT;
    setup_students();
    list.school = (char *)(uintptr_t) "25LX";
    call_refused(METHOD_LIST_GROUP_STATUSES, &list, login("bh@example.org", good_password), "group_statistics_off");
    switch_to(true, 1);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        call_refused(METHOD_GET_MY_ORIGIN, &request, login(others[i], good_password), "not_your_role");
    call_refused(METHOD_LIST_GROUP_STATUSES, &list, login("co@example.org", good_password), "not_your_role");
    call_refused(METHOD_LIST_GROUP_STATUSES, &list, login("bedrijf@example.org", good_password), "not_your_role");
    call_refused(METHOD_LIST_GROUP_STATUSES, &list, login("bh@other.example", good_password), "not_found");
    world_teardown();
}
END_TEST

/* What everybody answers: every second one is of the focal group. */
static void answer_for(unsigned first, unsigned count)
{
    struct edit edit;
    edit_begin(&edit, the_vault()->image);
    for (unsigned i = first; i < first + count; i++)
        ck_assert_int_eq(origin_write(the_vault(), &edit, "25LX", TEXT_OF(students[i]),
                                      i % 2 ? ORIGIN(OUTSIDE_EUROPE) : ORIGIN(NETHERLANDS)),
                         ERR_OK);
    ck_assert_int_eq(edit_commit(&edit, NULL, NULL), ERR_OK);
    world_run_ms(20);
}

static void decide(unsigned student, bool released, bool rejected, int64_t first_ms)
{
    I(DecisionRecord) *decision = &decisions[world.decision_count];
    ck_assert_uint_lt(world.decision_count, DECISIONS_MAX);
    stagematch__internal__v1__decision_record__init(decision);
    decision->seq = world.decision_count + 1;
    decision->student_ref = binary_of(TEXT_OF(students[student]));
    decision->school = (char *)(uintptr_t) "25LX";
    decision->leerbedrijf = (char *)(uintptr_t) "bedrijf-1";
    decision->kvk = (char *)(uintptr_t) "12345678";
    decision->qualification = (char *)(uintptr_t) "25656";
    decision->region = (char *)(uintptr_t) "35";
    decision->band = 5;
    decision->released = released;
    decision->rejected = rejected;
    decision->time_ms = world.clock.wall_ms;
    decision->first_ms = first_ms ? first_ms : world.clock.wall_ms;
    world.decisions = decisions;
    world.decision_count++;
}

/* Until the vault has all decisions and closed what ended. */
static void wait_for_period(uint32_t period)
{
    uint64_t closed = 0;
    for (int i = 0; i < 20000 && closed < period; i++) {
        world_turn();
        ck_assert_int_eq(cursor_read(the_vault(), "group_period", &closed), ERR_OK);
    }
    ck_assert_uint_eq(closed, period);
}

/* A half-year in which the company, once it knows who somebody is, drops the focal group and nobody else. */
static void play_term(unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++) {
        decide(i, false, i % 4 >= 2, 0);
        decide(i, true, i % 2, 0);
    }
    uint32_t period = group_period(world.clock.wall_ms);
    world.clock.wall_ms += HALF_YEAR_MS;
    ck_assert_uint_eq(group_period(world.clock.wall_ms), period + 1);
    wait_for_period(period);
}

static int status_of(const V(ListGroupStatusesResponse) * response, int level)
{
    for (size_t i = 0; i < response->n_findings; i++)
        if ((int)response->findings[i]->level == level)
            return response->findings[i]->status;
    return STAGEMATCH__V1__GROUP_STATUS__GROUP_STATUS_UNSPECIFIED;
}

START_TEST(a_pattern_leaves_as_a_status_alone)
{
    setup_students();
    switch_to(true, 1);
    world_run_ms(30);
    world.clock.wall_ms += 1000;
    answer_for(0, STUDENTS);
    world.clock.wall_ms += HALF_YEAR_MS;
    wait_for_period(group_period(world.clock.wall_ms) - 1);
    V(ListGroupStatusesResponse) *first = list_statuses(login("bh@example.org", good_password));
    ck_assert_uint_eq(first->n_findings, 0); /* too little, and that is all that is said */
    ck_assert_uint_eq(strlen(first->as_of), 10);
    message_free(first);
    for (int i = 0; i < 2; i++)
        play_term(0, STUDENTS);
    V(ListGroupStatusesResponse) *seen = list_statuses(login("bh@example.org", good_password));
    V(ListGroupStatusesResponse) *again = list_statuses(login("vp@example.org", good_password));
    for (int level = 1; level <= 2; level++)
        ck_assert_int_eq(status_of(seen, level), STAGEMATCH__V1__GROUP_STATUS__GROUP_STATUS_SIGNAL);
    ck_assert_uint_eq(seen->n_findings, 3);
    size_t size = protobuf_c_message_get_packed_size(&seen->base);
    ck_assert_uint_eq(size, protobuf_c_message_get_packed_size(&again->base));
    message_free(seen);
    message_free(again);
    ck_assert(!databases_have("Vandenberghe"));
    world_teardown();
}
END_TEST

/* Decisions of people who answered too late, took it back, or are gone: as if they had never answered. */
START_TEST(who_answered_too_late_or_took_it_back_does_not_count)
{
    uint8_t key[INDEX_BYTES];
    PersonRow *person;
    struct edit edit;
    setup_students();
    switch_to(true, 1);
    world_run_ms(30);
    int64_t before_ms = world.clock.wall_ms;
    world.clock.wall_ms += 1000;
    answer_for(0, STUDENTS);
    world.clock.wall_ms += 1000;
    for (unsigned i = 0; i < STUDENTS; i++)
        decide(i, true, i % 2, i < 10 ? before_ms : 0); /* ten were decided on before they answered */
    while (true) {
        uint64_t seq = 0;
        world_turn();
        ck_assert_int_eq(cursor_read(the_vault(), "decisions", &seq), ERR_OK);
        if (seq == STUDENTS)
            break;
    }
    edit_begin(&edit, the_vault()->image);
    for (unsigned i = 10; i < 20; i++)
        edit_delete(&edit, TABLE_ORIGIN, TEXT_OF(students[i]));
    for (unsigned i = 20; i < 22; i++) {
        ck_assert_int_eq(person_of_reference(&edit, TEXT_OF(students[i]), key, &person), ERR_OK);
        ck_assert_int_eq(person_erase(the_vault(), &edit, TEXT_OF(key), person), ERR_OK);
        message_free(person);
    }
    ck_assert_int_eq(edit_commit(&edit, NULL, NULL), ERR_OK);
    world.clock.wall_ms += HALF_YEAR_MS;
    wait_for_period(group_period(world.clock.wall_ms) - 1);
    V(ListGroupStatusesResponse) *seen = list_statuses(login("bh@example.org", good_password));
    ck_assert_uint_eq(seen->n_findings, 0); /* 18 count: too few, where 40 would have been enough */
    message_free(seen);
    world_teardown();
}
END_TEST

/* What comes after its period was closed counts in the open one, once; what comes from the future is of today. */
START_TEST(late_and_early_decisions_count_in_the_open_period)
{
    setup_students();
    switch_to(true, 1);
    world_run_ms(30);
    world.clock.wall_ms += 1000;
    answer_for(0, STUDENTS);
    int64_t then_ms = world.clock.wall_ms + 1000;
    world.clock.wall_ms += 2 * HALF_YEAR_MS;
    uint32_t now = group_period(world.clock.wall_ms);
    wait_for_period(now - 1);
    for (unsigned i = 0; i < STUDENTS; i++) {
        decide(i, true, i % 2, then_ms);
        decisions[world.decision_count - 1].time_ms = i % 3 ? then_ms : world.clock.wall_ms + 9 * HALF_YEAR_MS;
    }
    world_run_ms(300);
    V(ListGroupStatusesResponse) *seen = list_statuses(login("bh@example.org", good_password));
    ck_assert_uint_eq(seen->n_findings, 0);
    message_free(seen);
    world.clock.wall_ms += HALF_YEAR_MS;
    wait_for_period(now);
    seen = list_statuses(login("bh@example.org", good_password));
    ck_assert_uint_gt(seen->n_findings, 0);
    message_free(seen);
    world_teardown();
}
END_TEST

START_TEST(periods_are_half_years)
{
    static const struct {
        int64_t day;
        uint32_t period;
        int32_t end;
    } cases[] = {{20484, 4051, 20484}, /* 2026-01-31 */
                 {20485, 4052, 20665}, /* 2026-02-01, ends on 2026-07-31 */
                 {20665, 4052, 20665},
                 {20666, 4053, 20849}, /* 2026-08-01, ends on 2027-01-31 */
                 {20849, 4053, 20849}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_uint_eq(group_period(cases[i].day * MS_PER_DAY), cases[i].period);
        ck_assert_int_eq(group_period_end(cases[i].period), cases[i].end);
    }
}
END_TEST

RUN_TESTS("groups", a_student_is_asked_only_where_the_school_switched_it_on,
          what_was_said_goes_when_it_is_taken_back_and_when_the_school_stops, nobody_else_reads_it,
          a_pattern_leaves_as_a_status_alone, who_answered_too_late_or_took_it_back_does_not_count,
          late_and_early_decisions_count_in_the_open_period, periods_are_half_years)
