/*
 * world.h - a vault with its channels, in one loop: the test is the front, and an engine that answers as the test wants.
 */
#ifndef UNIT_VAULT_WORLD_H
#define UNIT_VAULT_WORLD_H

#include "api/message.h"
#include "base/file.h"
#include "base/log.h"
#include "ipc/service_options.h"
#include "ipc/spawner.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/internal/v1/vault.pb-c.h"
#include "stagematch/v1/account.pb-c.h"
#include "stagematch/v1/auth.pb-c.h"
#include "stagematch/v1/identity.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "stagematch/v1/student.pb-c.h"
#include "support/support.h"
#include "vault/accounts.h"
#include "vault/offline.h"
#include "vault/service.h"
#include "vault/stages.h"
#include "vault/vault.h"

#include <event2/event.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define I(name) Stagematch__Internal__V1__##name
#define V(name) Stagematch__V1__##name
#define ROLE(name) STAGEMATCH__V1__ROLE__ROLE_##name

enum { STAGES_MAX = 64, DECISIONS_AT_ONCE = 50 };

static struct world {
    struct event_base *base;
    struct role_environment environment;
    struct settings settings;
    struct clock_manual clock;
    char folder[64];
    uint8_t master_key[32], assertion_key[32];
    const char *notify_command;
    struct vault_tuning tuning;
    void *vault;
    struct channel *front, *engine; /* the test's ends */
    struct channel *vault_ends[ROLE_NAME_COUNT];
    bool ready, stopped;
    char peer[32];
    /* The engine. */
    uint8_t committed[STAGES_MAX][16], fenced[STAGES_MAX][16];
    size_t committed_count, fenced_count;
    unsigned engine_calls[METHOD_COUNT];
    bool engine_silent;                   /* does what it is told, but its answers are lost */
    const struct refusal *engine_refusal; /* of CommitRelease, CommitErasure, CommitReport and ForgetReport */
    const char *release_school;           /* of the proposal that is released; NULL: 25LX */
    bool release_is_over;                 /* it was withdrawn by the time that the engine answers */
    bool grant, introduction_agreed;
    char student_ref[33], stagevraag_id[33]; /* of the student that a proposal is about */
    uint8_t text_subject_ref[16];
    const char *text_kind; /* of the stages that are texts; NULL: none */
    I(EngineNotice) notices[4];
    size_t notice_count;
    I(DecisionRecord) * decisions; /* in order of seq */
    size_t decision_count;
    uint64_t engine_seq;  /* of the engine's newest ledger entry */
    uint64_t settled_seq; /* what the vault said last of how far it is */
} world;

static const char proposal_hex[] = "11111111111111111111111111111111";
static const char candidate_label[] = "K7M2Q";
static const char good_password[] = "een lange zin met woorden";

struct result {
    bool done;
    enum status_code code;
    char refusal[64], field[64];
    ProtobufCMessage *message;
};

static inline bool has_stage(uint8_t (*stages)[16], size_t count, const void *id)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(stages[i], id, 16) == 0)
            return true;
    return false;
}

static inline void engine_commit_stage(const ProtobufCBinaryData *id)
{
    ck_assert_uint_eq(id->len, 16);
    if (!has_stage(world.committed, world.committed_count, id->data))
        memcpy(world.committed[world.committed_count++], id->data, 16);
}

static inline void engine_reply(struct incoming_call *incoming, const void *message)
{
    if (world.engine_silent)
        channel_refuse(incoming, status_refuse(&refusal_unavailable));
    else
        channel_answer_message(incoming, message);
}

static inline void engine_resolve(struct incoming_call *incoming, const I(ResolveStageRequest) * request)
{
    I(ResolveStageResponse) response = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_RESPONSE__INIT;
    I(TextSubject) subject = STAGEMATCH__INTERNAL__V1__TEXT_SUBJECT__INIT;
    uint8_t proposal[16];
    world.settled_seq = request->settled_seq;
    response.ledger_seq = world.engine_seq;
    response.committed = has_stage(world.committed, world.committed_count, request->stage_id.data);
    if (!response.committed)
        memcpy(world.fenced[world.fenced_count++], request->stage_id.data, 16);
    memset(proposal, 0x11, sizeof proposal);
    if (response.committed && world.text_kind) {
        subject.proposal_id = (ProtobufCBinaryData){sizeof proposal, proposal};
        subject.kind = (char *)(uintptr_t)world.text_kind;
        subject.school = (char *)(uintptr_t) "25LX";
        subject.student_ref = (ProtobufCBinaryData){16, world.text_subject_ref};
        response.subject = &subject;
    }
    engine_reply(incoming, &response);
}

static inline void engine_release(struct incoming_call *incoming, const I(CommitReleaseRequest) * request)
{
    I(CommitReleaseResponse) response = STAGEMATCH__INTERNAL__V1__COMMIT_RELEASE_RESPONSE__INIT;
    V(Proposal) proposal = STAGEMATCH__V1__PROPOSAL__INIT;
    ck_assert_uint_gt(incoming->call->assertion.len, 0);
    if (world.engine_refusal) {
        channel_refuse(incoming, status_refuse(world.engine_refusal));
        return;
    }
    engine_commit_stage(&request->stage_id);
    proposal.proposal_id = (char *)(uintptr_t)proposal_hex;
    proposal.candidate = (char *)(uintptr_t)candidate_label;
    proposal.leerbedrijf = (char *)(uintptr_t) "bedrijf-1";
    proposal.school = (char *)(uintptr_t)(world.release_school ? world.release_school : "25LX");
    proposal.student_ref = world.student_ref;
    proposal.state = world.release_is_over ? STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_WITHDRAWN_STUDENT
                                           : STAGEMATCH__V1__PROPOSAL_STATE__PROPOSAL_STATE_RELEASED;
    response.proposal = &proposal;
    engine_reply(incoming, &response);
}

static inline void engine_erase(struct incoming_call *incoming, const I(CommitErasureRequest) * request)
{
    I(CommitErasureResponse) response = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_RESPONSE__INIT;
    if (world.engine_refusal) {
        channel_refuse(incoming, status_refuse(world.engine_refusal));
        return;
    }
    engine_commit_stage(&request->stage_id);
    engine_reply(incoming, &response);
}

static inline void engine_report(struct incoming_call *incoming, const I(CommitReportRequest) * request)
{
    I(CommitReportResponse) response = STAGEMATCH__INTERNAL__V1__COMMIT_REPORT_RESPONSE__INIT;
    if (world.engine_refusal) {
        channel_refuse(incoming, status_refuse(world.engine_refusal));
        return;
    }
    engine_commit_stage(&request->stage_id);
    response.leerbedrijf = request->leerbedrijf;
    response.answer_by_ms = world.clock.wall_ms + 86400000;
    engine_reply(incoming, &response);
}

static inline void engine_forget(struct incoming_call *incoming)
{
    const I(ForgetReportResponse) response = STAGEMATCH__INTERNAL__V1__FORGET_REPORT_RESPONSE__INIT;
    if (world.engine_refusal)
        channel_refuse(incoming, status_refuse(world.engine_refusal));
    else
        engine_reply(incoming, &response);
}

static inline void engine_notices(struct incoming_call *incoming, const I(PullNoticesRequest) * request)
{
    I(PullNoticesResponse) response = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_RESPONSE__INIT;
    I(EngineNotice) * list[4];
    for (size_t i = 0; i < world.notice_count; i++)
        if (world.notices[i].seq > request->after_seq)
            list[response.n_notices++] = &world.notices[i];
    response.notices = list;
    engine_reply(incoming, &response);
}

static inline void engine_decisions(struct incoming_call *incoming, const I(PullDecisionsRequest) * request)
{
    I(PullDecisionsResponse) response = STAGEMATCH__INTERNAL__V1__PULL_DECISIONS_RESPONSE__INIT;
    I(DecisionRecord) * list[DECISIONS_AT_ONCE];
    for (size_t i = 0; i < world.decision_count && response.n_decisions < DECISIONS_AT_ONCE; i++)
        if (world.decisions[i].seq > request->after_seq)
            list[response.n_decisions++] = &world.decisions[i];
    response.decisions = list;
    engine_reply(incoming, &response);
}

static inline void engine_check(struct incoming_call *incoming)
{
    I(CheckGrantResponse) response = STAGEMATCH__INTERNAL__V1__CHECK_GRANT_RESPONSE__INIT;
    response.granted = world.grant;
    response.introduction_agreed = world.introduction_agreed;
    engine_reply(incoming, &response);
}

/* The engine's head has this number; its hash is 32 times 0x5a. */
static inline void engine_head(struct incoming_call *incoming)
{
    Stagematch__V1__GetLedgerHeadResponse response = STAGEMATCH__V1__GET_LEDGER_HEAD_RESPONSE__INIT;
    char hash[65] = "";
    for (int i = 0; i < 64; i += 2)
        memcpy(hash + i, "5a", 3);
    response.seq = world.engine_seq;
    response.hash = hash;
    engine_reply(incoming, &response);
}

static inline void engine_take(void *context, struct incoming_call *incoming)
{
    ProtobufCMessage *request;
    (void)context;
    world.engine_calls[incoming->method->id]++;
    ck_assert_int_eq(message_unpack(incoming->method->request,
                                    (struct text){(const char *)incoming->call->body.data, incoming->call->body.len},
                                    &request),
                     ERR_OK);
    if (incoming->method->id == METHOD_RESOLVE_STAGE)
        engine_resolve(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_COMMIT_RELEASE)
        engine_release(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_COMMIT_ERASURE)
        engine_erase(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_COMMIT_REPORT)
        engine_report(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_FORGET_REPORT)
        engine_forget(incoming);
    else if (incoming->method->id == METHOD_PULL_NOTICES)
        engine_notices(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_PULL_DECISIONS)
        engine_decisions(incoming, (const void *)request);
    else if (incoming->method->id == METHOD_GET_LEDGER_HEAD)
        engine_head(incoming);
    else
        engine_check(incoming);
    message_free(request);
}

static inline void nothing_taken(void *context, struct incoming_call *incoming)
{
    (void)context;
    channel_refuse(incoming, status_refuse(&refusal_unimplemented));
}

static inline void closed(void *context, struct channel *channel)
{
    (void)context;
    (void)channel;
}

static inline void join(enum role_name peer, const struct channel_handlers *mine, struct channel **out)
{
    int fds[2];
    struct channel_handlers handlers = vault_role.handlers(world.vault, peer);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    ck_assert_int_eq(channel_new(world.base, fds[0], peer, ROLE_VAULT, mine, out), ERR_OK);
    ck_assert_int_eq(channel_new(world.base, fds[1], ROLE_VAULT, peer, &handlers, &world.vault_ends[peer]), ERR_OK);
    vault_role.connected(world.vault, peer, world.vault_ends[peer]);
}

static inline void become_ready(void *context)
{
    ((struct world *)context)->ready = true;
}

static inline void become_stopped(void *context)
{
    ((struct world *)context)->stopped = true;
}

static inline void world_turn(void)
{
    ck_assert_int_ge(event_base_loop(world.base, EVLOOP_NONBLOCK), 0);
    usleep(200);
}

/* Runs the loop for a while. */
static inline void world_run_ms(int ms)
{
    for (int i = 0; i < ms; i++) {
        ck_assert_int_ge(event_base_loop(world.base, EVLOOP_NONBLOCK), 0);
        usleep(1000);
    }
}

/* The engine is there, or there again. */
static inline void world_join_engine(void)
{
    static const struct channel_handlers engine = {.call = engine_take, .closed = closed};
    join(ROLE_ENGINE, &engine, &world.engine);
}

static inline void world_start(void)
{
    static const struct channel_handlers front = {.call = nothing_taken, .closed = closed};
    world.ready = world.stopped = false;
    ck_assert_int_eq(spawner_start(world.notify_command, &world.environment.spawner), ERR_OK);
    ck_assert_int_eq(spawner_attach(world.environment.spawner, world.base, NULL, NULL), ERR_OK);
    ck_assert_int_eq(vault_start(&world.environment, &world.tuning, &world.vault), ERR_OK);
    ck_assert(world.ready);
    world_join_engine();
    join(ROLE_FRONT, &front, &world.front);
}

/* Ends it as a crash does: what is not durable is gone, and what is under way is forgotten. */
static inline void world_end(void)
{
    channel_close(world.vault_ends[ROLE_FRONT]);
    channel_close(world.vault_ends[ROLE_ENGINE]);
    vault_role.free(world.vault);
    channel_close(world.front);
    channel_close(world.engine);
    spawner_free(world.environment.spawner);
    for (int i = 0; i < 5; i++)
        world_turn();
    event_base_free(world.base);
    world.base = event_base_new();
    world.environment.base = world.base;
}

static inline void world_restart(void)
{
    world_end();
    world_start();
}

static inline int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void world_setup(const char *notify_command)
{
    ck_assert_int_ge(sodium_init(), 0);
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    strcpy(world.folder, "/tmp/stagematch-vault-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(world.folder));
    world.base = event_base_new();
    const struct clock machine = clock_system(); /* accounts that are made offline carry its time */
    world.clock.wall_ms = clock_wall_ms(&machine);
    world.notify_command = notify_command;
    strcpy(world.peer, "192.0.2.1");
    memset(world.master_key, 7, sizeof world.master_key);
    memset(world.assertion_key, 9, sizeof world.assertion_key);
    ck_assert_int_eq(settings_new(service_options, service_option_count, &world.settings), ERR_OK);
    if (notify_command) {
        char *line[] = {(char *)(uintptr_t) "--notify-command", (char *)(uintptr_t)notify_command};
        size_t operands;
        ck_assert_int_eq(settings_read_line(&world.settings, 2, line, NULL, 0, &operands, stderr), ERR_OK);
    }
    world.environment = (struct role_environment){.base = world.base,
                                                  .settings = &world.settings,
                                                  .folder = world.folder,
                                                  .clock = clock_of_manual(&world.clock),
                                                  .listen_fd = -1,
                                                  .metrics_fd = -1,
                                                  .assertion_key = world.assertion_key,
                                                  .master_key = world.master_key,
                                                  .ready = become_ready,
                                                  .stopped = become_stopped,
                                                  .context = &world};
    ck_assert_int_eq(random_system(&world.environment.random), ERR_OK);
    world.tuning = (struct vault_tuning){
        .hasher = {.workers = 2,
                   .operations = crypto_pwhash_OPSLIMIT_MIN,
                   .memory_bytes = crypto_pwhash_MEMLIMIT_MIN},
        .reconcile_every_ms = 20,
        .stage_age_ms = 10000,
        .pull_every_ms = 20,
        .send_every_ms = 20,
        .minute_ms = 20,
        .lock_wait_ms = 5000,
    };
}

static inline void world_teardown(void)
{
    world_end();
    event_base_free(world.base);
    settings_free(&world.settings);
    nftw(world.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void answered(void *context, struct status status, const I(Reply) * reply)
{
    struct result *result = context;
    result->done = true;
    result->code = reply ? channel_reply_code(reply) : status.refusal->code;
    if (reply && reply->refusal) {
        snprintf(result->refusal, sizeof result->refusal, "%s", reply->refusal->code);
        snprintf(result->field, sizeof result->field, "%s", reply->refusal->field);
    } else if (status.refusal) {
        snprintf(result->refusal, sizeof result->refusal, "%s", status.refusal->name);
    }
    if (reply && result->code == STATUS_OK)
        ck_assert_int_eq(message_unpack((const void *)result->message,
                                        (struct text){(const char *)reply->body.data, reply->body.len},
                                        &result->message),
                         ERR_OK);
    else
        result->message = NULL;
}

/* Sends a call; the result is filled in as the loop runs. */
static inline void send_call(enum method_id id, const void *message, const char *token, struct result *result)
{
    I(Call) call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    struct buf body;
    *result = (struct result){.message = (ProtobufCMessage *)(uintptr_t)method_of(id)->response};
    buf_init(&body, 40 << 20);
    ck_assert_int_eq(message_pack_buf(message, &body), ERR_OK);
    call.method = (char *)(uintptr_t)method_of(id)->path;
    call.timeout_ms = 30000;
    call.token = (ProtobufCBinaryData){token ? strlen(token) : 0, (uint8_t *)(uintptr_t)token};
    call.peer = world.peer;
    call.body = (ProtobufCBinaryData){body.length, (uint8_t *)body.data};
    ck_assert_int_eq(channel_call(world.front, method_of(id), &call, answered, result, NULL), ERR_OK);
    buf_free(&body);
}

static inline void wait_for(const struct result *result)
{
    for (int i = 0; i < 50000 && !result->done; i++)
        world_turn();
    ck_assert_msg(result->done, "no answer");
}

static inline struct result call(enum method_id id, const void *message, const char *token)
{
    struct result result;
    send_call(id, message, token, &result);
    wait_for(&result);
    return result;
}

/* A call that must succeed; message_free what it gives. */
static inline void *call_ok(enum method_id id, const void *message, const char *token)
{
    struct result result = call(id, message, token);
    ck_assert_msg(result.code == STATUS_OK, "%s: %s %s", method_of(id)->path, result.refusal, result.field);
    return result.message;
}

static inline void call_refused(enum method_id id, const void *message, const char *token, const char *refusal)
{
    struct result result = call(id, message, token);
    ck_assert_msg(result.code != STATUS_OK, "%s", method_of(id)->path);
    ck_assert_str_eq(result.refusal, refusal);
}

/* "00000000-0000-4000-8000-" and a number. */
static inline char *uuid(unsigned number)
{
    static char ring[8][37];
    static unsigned at;
    char *text = ring[at++ % 8];
    snprintf(text, 37, "00000000-0000-4000-8000-%012u", number);
    return text;
}

/* Accounts made while the vault is not running. */
static inline void add_account(const char *email, unsigned role, const char *scope, const char *password)
{
    struct vault_offline *offline;
    struct buf complaint;
    char id[OFFLINE_ID_BYTES], code[OFFLINE_CODE_BYTES];
    static const char *const schools[] = {"25LX"};
    struct offline_account account = {.email = email,
                                      .name = "Naam",
                                      .role = (Stagematch__V1__Role)role,
                                      .scope = &scope,
                                      .scope_count = scope ? 1 : 0,
                                      .managed_by = schools,
                                      .managed_by_count = role == ROLE(COMPANY) ? 1 : 0,
                                      .password = password};
    buf_init(&complaint, 1000);
    ck_assert_int_eq(vault_offline_open(world.folder, world.master_key, &offline, &complaint), ERR_OK);
    enum err e = vault_offline_add_account(offline, &account, id, code, &complaint);
    ck_assert_msg(e == ERR_OK, "%.*s", (int)complaint.length, complaint.data ? complaint.data : "");
    vault_offline_close(offline);
    buf_free(&complaint);
}

/* Logs in; the token is kept in one of a few static places. */
static inline char *login(const char *email, const char *password)
{
    static char ring[8][65];
    static unsigned at;
    char *token = ring[at++ % 8];
    V(LoginRequest) request = STAGEMATCH__V1__LOGIN_REQUEST__INIT;
    request.email = (char *)(uintptr_t)email;
    request.password = (char *)(uintptr_t)password;
    V(LoginResponse) *response = call_ok(METHOD_LOGIN, &request, NULL);
    ck_assert_uint_eq(strlen(response->token), 64);
    strcpy(token, response->token);
    message_free_wiped(response);
    return token;
}

/* A file's bytes, for looking what is in it. */
static inline bool file_has(const char *name, const char *needle)
{
    char path[128];
    struct buf bytes;
    bool found = false;
    snprintf(path, sizeof path, "%s/%s", world.folder, name);
    buf_init(&bytes, 1 << 30);
    if (access(path, R_OK) == 0)
        ck_assert_int_eq(file_read_all(path, &bytes), ERR_OK);
    if (bytes.length)
        found = memmem(bytes.data, bytes.length, needle, strlen(needle)) != NULL;
    buf_free(&bytes);
    return found;
}

static inline bool databases_have(const char *needle)
{
    static const char *const names[] = {"vault.sqlite", "vault.sqlite-wal", "keys.sqlite", "keys.sqlite-wal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (file_has(names[i], needle))
            return true;
    return false;
}

#endif
