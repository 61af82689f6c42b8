/*
 * stamped.h - a played engine whose list of tasks is one task that a test names, with versions as the real one gives them; and a vault
 * that knows several callers by their tokens.
 */
#ifndef UNIT_FRONT_STAMPED_H
#define UNIT_FRONT_STAMPED_H

#include "fixture.h"

#include "api/views.h"
#include "stagematch/v1/task.pb-c.h"

#define ROLE_OF(name) STAGEMATCH__V1__ROLE__ROLE_##name

enum { EPOCH = 7 };

static struct {
    uint64_t epoch, version; /* of every view, as the engine has it */
    const char *task;        /* the id of the one task */
    size_t padding;          /* bytes that the task has beside */
    bool without_stamps;
} engine_has;

/* A caller that the vault knows. */
struct known {
    const char *token;
    unsigned role;
    const char *scope, *checked_by; /* NULL: none */
    uint8_t account;
};
static const struct known *known_callers;
static size_t known_count;

static const struct known *caller_of(ProtobufCBinaryData token)
{
    for (size_t i = 0; i < known_count; i++)
        if (strlen(known_callers[i].token) == token.len && memcmp(known_callers[i].token, token.data, token.len) == 0)
            return &known_callers[i];
    return NULL;
}

FIXTURE void authenticate(struct incoming_call *incoming)
{
    const struct known *known = caller_of(incoming->call->token);
    Stagematch__Internal__V1__AuthenticateResponse said = STAGEMATCH__INTERNAL__V1__AUTHENTICATE_RESPONSE__INIT;
    Stagematch__Internal__V1__ActorView actor = STAGEMATCH__INTERNAL__V1__ACTOR_VIEW__INIT;
    if (!known) {
        channel_refuse(incoming, status_refuse(&refusal_unauthenticated));
        return;
    }
    char scope[32], checked[32];
    char *scopes[] = {scope}, *checking[] = {checked};
    uint8_t account[16] = {known->account};
    snprintf(scope, sizeof scope, "%s", known->scope);
    snprintf(checked, sizeof checked, "%s", known->checked_by ? known->checked_by : "");
    actor.account_id = (ProtobufCBinaryData){sizeof account, account};
    actor.role = (Stagematch__V1__Role)known->role;
    actor.scope = scopes;
    actor.n_scope = 1;
    actor.checked_by = checking;
    actor.n_checked_by = known->checked_by != NULL;
    actor.expire_ms = shifted_wall_ms(NULL) + 60000;
    said.assertion = incoming->call->token; /* so that the engine sees whose call it is */
    said.assertion_mac = (ProtobufCBinaryData){3, (uint8_t[]){'m', 'a', 'c'}};
    said.actor = &actor;
    channel_answer_message(incoming, &said.base);
}

static void send_stamped(struct incoming_call *incoming, const ProtobufCMessage *answer)
{
    enum { STAMPS = 8 };
    struct view_set set = {.count = 0};
    Stagematch__Internal__V1__Invalidation stamps[STAMPS], *list[STAMPS];
    Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    const struct known *known = caller_of(incoming->call->assertion);
    const struct view_asker asker = {known ? known->role : 0, known ? &known->scope : NULL, known != NULL};
    Stagematch__V1__ListTasksRequest request = STAGEMATCH__V1__LIST_TASKS_REQUEST__INIT;
    if (!engine_has.without_stamps)
        ck_assert(views_of_answer(incoming->method, &request, &asker, &set));
    ck_assert_uint_le(set.count, STAMPS);
    for (size_t i = 0; i < set.count; i++) {
        stagematch__internal__v1__invalidation__init(&stamps[i]);
        stamps[i].scope = set.views[i];
        stamps[i].version = engine_has.version;
        list[i] = &stamps[i];
    }
    size_t length = protobuf_c_message_get_packed_size(answer);
    uint8_t *bytes = malloc(length + 1);
    protobuf_c_message_pack(answer, bytes);
    reply.body = (ProtobufCBinaryData){length, bytes};
    reply.invalidations = list;
    reply.n_invalidations = set.count;
    channel_answer(incoming, &reply);
    free(bytes);
}

/* The list of tasks as it is now. */
FIXTURE void answer_tasks(struct incoming_call *incoming)
{
    Stagematch__V1__ListTasksResponse answer = STAGEMATCH__V1__LIST_TASKS_RESPONSE__INIT;
    Stagematch__V1__Task task = STAGEMATCH__V1__TASK__INIT;
    Stagematch__V1__Task *tasks[] = {&task};
    char id[32];
    char *detail = malloc(engine_has.padding + 1);
    snprintf(id, sizeof id, "%s", engine_has.task);
    memset(detail, 'x', engine_has.padding);
    detail[engine_has.padding] = '\0';
    task.task_id = id;
    task.detail = detail;
    answer.tasks = tasks;
    answer.n_tasks = 1;
    send_stamped(incoming, &answer.base);
    free(detail);
}

/* The engine tells the front: this view has this version now; view 0: all of them. */
FIXTURE void tell_front(uint32_t view)
{
    Stagematch__Internal__V1__Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    uint32_t views[] = {view};
    changed.epoch = engine_has.epoch;
    changed.version = engine_has.version;
    changed.all = view == 0;
    changed.scopes = views;
    changed.n_scopes = view != 0;
    channel_tell(at.far[ROLE_ENGINE], &changed);
    turns(5);
}

/* Something changed in the view: the next version. */
FIXTURE void change_view(enum view_kind kind, const char *name)
{
    engine_has.version++;
    tell_front(view_of(kind, text_of(name)));
}

/* The task that everybody has is another one now, and those who have that scope are told. */
FIXTURE void change_task(const char *task, const char *scope)
{
    engine_has.task = task;
    change_view(VIEW_TASKS, scope);
}

FIXTURE void stamped_open(const struct known *callers, size_t count, const char *setting, int64_t value)
{
    size_t i = 0;
    fixture_open();
    front_role.free(at.front); /* again, with the setting */
    for (; setting && strcmp(service_options[i].name, setting) != 0; i++)
        continue;
    if (setting)
        at.settings.values[i].number = value;
    for (enum role_name role = ROLE_ENGINE; role <= ROLE_VAULT; role++) {
        channel_close(at.near[role]);
        channel_close(at.far[role]);
        at.far[role] = NULL;
    }
    turns(5);
    at.environment.listen_fd = listening(&at.port);
    at.environment.metrics_fd = listening(&at.metrics_port);
    ck_assert_int_eq(front_role.start(&at.environment, &at.front), ERR_OK);
    connect_role(ROLE_ENGINE);
    connect_role(ROLE_VAULT);
    known_callers = callers;
    known_count = count;
    engine_has.epoch = EPOCH;
    engine_has.version = 10;
    engine_has.task = "first-task";
    engine_has.padding = 0;
    engine_has.without_stamps = false;
    play_function(METHOD_AUTHENTICATE, authenticate);
    play_function(METHOD_LIST_TASKS, answer_tasks);
    tell_front(0);
}

#endif
