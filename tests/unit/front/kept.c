/* Answers that are kept: for whom, how long, and what makes them old. */
#include "front/kept.h"

#include "fixture.h"

#include "api/views.h"
#include "stagematch/v1/task.pb-c.h"

typedef Stagematch__Internal__V1__Changed Changed;
typedef Stagematch__Internal__V1__Invalidation Invalidation;

static uint64_t version_now;
static const uint8_t secret[SHELF_KEY_BYTES] = {7};

static void tell_all(uint64_t epoch)
{
    Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    changed.epoch = epoch;
    changed.version = version_now;
    changed.all = true;
    channel_tell(at.far[ROLE_ENGINE], &changed);
    turns(5);
}

static void tell_view(uint32_t view)
{
    Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    changed.epoch = 1;
    changed.version = ++version_now;
    changed.scopes = &view;
    changed.n_scopes = 1;
    channel_tell(at.far[ROLE_ENGINE], &changed);
}

/* As the engine: the tasks of a school, with the versions of their views. */
static void answer_tasks(struct incoming_call *incoming)
{
    Stagematch__V1__ListTasksResponse response = STAGEMATCH__V1__LIST_TASKS_RESPONSE__INIT;
    Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    Invalidation list[2], *pointers[2] = {&list[0], &list[1]};
    char token[32];
    uint8_t bytes[128];
    const uint32_t views[] = {view_of(VIEW_TASKS, text_of("25PT")), view_of(VIEW_SHOWN, text_of(""))};
    snprintf(token, sizeof token, "state-%u", (unsigned)version_now);
    response.next_page_token = token;
    for (size_t i = 0; i < 2; i++) {
        stagematch__internal__v1__invalidation__init(&list[i]);
        list[i].scope = views[i];
        list[i].version = version_now;
    }
    reply.body = (ProtobufCBinaryData){stagematch__v1__list_tasks_response__pack(&response, bytes), bytes};
    reply.invalidations = pointers;
    reply.n_invalidations = 2;
    channel_answer(incoming, &reply);
}

static void open_kept(void)
{
    fixture_open();
    version_now = 100;
    play_function(METHOD_LIST_TASKS, answer_tasks);
    tell_all(1);
}

static void expect_state(unsigned state)
{
    char text[32];
    struct reply reply = post_json(METHOD_LIST_TASKS, "{}");
    snprintf(text, sizeof text, "state-%u\"", state);
    assert_reply(&reply, 200, text);
}

START_TEST(the_second_answer_needs_no_engine)
{
    open_kept();
    expect_state(100);
    expect_state(100);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 1);
    struct reply other = post_json(METHOD_LIST_TASKS, "{\"pageSize\":7}");
    assert_reply(&other, 200, "state-100");
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

START_TEST(a_change_of_its_views_makes_it_old_and_another_does_not)
{
    open_kept();
    expect_state(100);
    tell_view(view_of(VIEW_TASKS, text_of("99AA")));
    turns(5);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 1);
    tell_view(view_of(VIEW_TASKS, text_of("25PT")));
    turns(5);
    expect_state(102);
    expect_state(102);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

START_TEST(another_epoch_and_a_lost_channel_make_everything_old)
{
    open_kept();
    expect_state(100);
    tell_all(2);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    channel_close(at.far[ROLE_ENGINE]);
    at.far[ROLE_ENGINE] = NULL;
    turns(20);
    struct reply reply = post_json(METHOD_LIST_TASKS, "{}");
    assert_reply(&reply, 503, "unavailable");
    connect_role(ROLE_ENGINE);
    version_now = 100;
    tell_all(3);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 3);
    fixture_close();
}
END_TEST

START_TEST(before_the_engine_told_its_epoch_nothing_is_kept)
{
    fixture_open();
    version_now = 100;
    play_function(METHOD_LIST_TASKS, answer_tasks);
    expect_state(100);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

/* The engine says that something changed and answers what it read before that. */
static void answer_old_tasks(struct incoming_call *incoming)
{
    tell_view(view_of(VIEW_TASKS, text_of("25PT")));
    version_now--;
    answer_tasks(incoming);
    version_now++;
}

START_TEST(an_answer_that_was_overtaken_is_given_once_and_not_kept)
{
    open_kept();
    play_function(METHOD_LIST_TASKS, answer_old_tasks);
    expect_state(100);
    play_function(METHOD_LIST_TASKS, answer_tasks);
    expect_state(101);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

START_TEST(an_answer_is_over_when_its_time_is)
{
    open_kept();
    expect_state(100);
    at.clock_shift_ms += 61000;
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
    expect_state(100);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

START_TEST(a_refusal_is_not_kept)
{
    open_kept();
    play_refusal(METHOD_LIST_TASKS, &refusal_not_found);
    for (int i = 0; i < 2; i++) {
        struct reply reply = post_json(METHOD_LIST_TASKS, "{}");
        assert_reply(&reply, 404, "not_found");
    }
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 2);
    fixture_close();
}
END_TEST

START_TEST(the_vault_led_change_is_told_behind_what_the_engine_said_of_it)
{
    Stagematch__V1__ReleaseProposalResponse released = STAGEMATCH__V1__RELEASE_PROPOSAL_RESPONSE__INIT;
    Stagematch__V1__GetLedgerHeadResponse head = STAGEMATCH__V1__GET_LEDGER_HEAD_RESPONSE__INIT;
    open_kept();
    play_message(METHOD_RELEASE_PROPOSAL, &released);
    play_message(METHOD_GET_LEDGER_HEAD, &head);
    struct reply reply = post_json(METHOD_RELEASE_PROPOSAL, "{\"requestId\":\"" REQUEST_ID "\"}");
    assert_reply(&reply, 200, "{");
    ck_assert_uint_eq(asked_times(METHOD_GET_LEDGER_HEAD), 1);
    fixture_close();
}
END_TEST

/* ---- who shares an answer with whom ---- */

struct rights {
    Stagematch__V1__Role role;
    const char *scope[3], *checked_by[3];
};

static struct answer_key key_for(const struct rights *rights, uint8_t account, enum connect_codec codec)
{
    Stagematch__Internal__V1__AuthenticateResponse said = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_RESPONSE__INIT;
    Stagematch__Internal__V1__ActorView view = STAGEMATCH__INTERNAL__V1__ACTOR_VIEW__INIT;
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    struct actor actor = {.said = &said};
    struct call call = {.method = method_of(METHOD_LIST_TASKS), .request = {.message = &request.base}};
    struct answer_key key;
    uint8_t id[16];
    memset(id, account, sizeof id);
    call.connect.codec = codec;
    if (rights) {
        said.actor = &view;
        view.account_id = (ProtobufCBinaryData){sizeof id, id};
        view.expire_ms = account;
        view.role = rights->role;
        view.scope = (char **)(uintptr_t)rights->scope;
        while (view.n_scope < 3 && rights->scope[view.n_scope])
            view.n_scope++;
        view.checked_by = (char **)(uintptr_t)rights->checked_by;
        while (view.n_checked_by < 3 && rights->checked_by[view.n_checked_by])
            view.n_checked_by++;
        call.actor = &actor;
    }
    kept_key(secret, &call, &key);
    return key;
}

START_TEST(no_two_rights_share_a_key)
{
    static const struct rights all[] = {
        {STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, {"99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, {"99AB"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, {"99AA", "99AB"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, {"99AA99AB"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, {NULL}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON, {"99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR, {"99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_STUDENT, {"99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"990000001"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"990000001"}, {"99AA"}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"990000001"}, {"99AA", "99AB"}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"990000001", "99AA"}, {NULL}},
        {STAGEMATCH__V1__ROLE__ROLE_COMPANY, {"990000002"}, {"99AA"}},
    };
    enum { COUNT = sizeof all / sizeof all[0], KEYS = 2 * (COUNT + 1) };
    struct answer_key keys[KEYS];
    for (size_t i = 0; i < COUNT + 1; i++)
        for (size_t codec = 0; codec < 2; codec++)
            keys[2 * i + codec] = key_for(i < COUNT ? &all[i] : NULL, 1, codec ? CONNECT_JSON : CONNECT_PROTO);
    for (size_t i = 0; i < KEYS; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_mem_ne(keys[i].bytes, keys[k].bytes, sizeof keys[i].bytes);
    for (size_t i = 0; i < COUNT; i++) { /* who it is, and until when, does not count */
        struct answer_key other = key_for(&all[i], 2, CONNECT_PROTO);
        ck_assert_mem_eq(other.bytes, keys[2 * i].bytes, sizeof other.bytes);
    }
}
END_TEST

RUN_TESTS("front/kept", the_second_answer_needs_no_engine, a_change_of_its_views_makes_it_old_and_another_does_not,
          another_epoch_and_a_lost_channel_make_everything_old, before_the_engine_told_its_epoch_nothing_is_kept,
          an_answer_that_was_overtaken_is_given_once_and_not_kept, an_answer_is_over_when_its_time_is,
          a_refusal_is_not_kept, the_vault_led_change_is_told_behind_what_the_engine_said_of_it,
          no_two_rights_share_a_key)
