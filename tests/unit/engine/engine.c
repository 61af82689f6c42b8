/* The whole role over the real domain, with the configuration of the project, called through channels. */
#include "engine/engine.h"

#include "api/message.h"
#include "ipc/service_options.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/operation.pb-c.h"
#include "stagematch/v1/placement.pb-c.h"
#include "store/ledger_verify.h"
#include "support/support.h"

#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Call Call;
typedef Stagematch__Internal__V1__Reply Reply;

static const uint8_t assertion_key[32] = {9, 8, 7};

struct service {
    struct settings settings;
    struct role_environment environment;
    void *engine;
    struct channel *front, *at_engine;
    char folder[64];
    int ready, stopped;
    bool answered;
    enum status_code code;
    char refusal[64];
    struct buf body;
};

static void on_ready(void *context)
{
    ((struct service *)context)->ready++;
}

static void on_stopped(void *context)
{
    ((struct service *)context)->stopped++;
}

static void on_closed(void *context, struct channel *channel)
{
    (void)context;
    (void)channel;
}

static void start(struct service *service)
{
    int fds[2];
    const struct channel_handlers front = {.closed = on_closed, .context = service};
    ck_assert_int_eq(engine_role.start(&service->environment, &service->engine), ERR_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    const struct channel_handlers handlers = engine_role.handlers(service->engine, ROLE_FRONT);
    ck_assert_int_eq(channel_new(service->environment.base, fds[0], ROLE_FRONT, ROLE_ENGINE, &front, &service->front),
                     ERR_OK);
    ck_assert_int_eq(
        channel_new(service->environment.base, fds[1], ROLE_ENGINE, ROLE_FRONT, &handlers, &service->at_engine),
        ERR_OK);
    engine_role.connected(service->engine, ROLE_FRONT, service->at_engine);
    service->ready = service->stopped = 0;
    while (!service->ready)
        ck_assert_int_eq(event_base_loop(service->environment.base, EVLOOP_ONCE), 0);
}

/* Stops as the parent asks for it. */
static void stop(struct service *service)
{
    engine_role.stop(service->engine);
    while (!service->stopped)
        ck_assert_int_eq(event_base_loop(service->environment.base, EVLOOP_ONCE), 0);
    channel_close(service->front);
    channel_close(service->at_engine);
    engine_role.free(service->engine);
    for (int i = 0; i < 10; i++)
        event_base_loop(service->environment.base, EVLOOP_NONBLOCK);
}

static void open_service(struct service *service)
{
    char path[512];
    const char *source = getenv("STAGEMATCH_SOURCE");
    memset(service, 0, sizeof *service);
    snprintf(path, sizeof path, "%s/config/stagematch.conf", source ? source : ".");
    ck_assert_int_eq(settings_new(service_options, service_option_count, &service->settings), ERR_OK);
    ck_assert_int_eq(settings_read_file(&service->settings, path, service_options, service_option_count, stderr),
                     ERR_OK);
    snprintf(service->folder, sizeof service->folder, "/tmp/stagematch_role_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(service->folder));
    service->environment = (struct role_environment){.base = event_base_new(),
                                                     .settings = &service->settings,
                                                     .folder = service->folder,
                                                     .clock = clock_system(),
                                                     .assertion_key = assertion_key,
                                                     .ready = on_ready,
                                                     .stopped = on_stopped,
                                                     .context = service};
    ck_assert_int_eq(random_system(&service->environment.random), ERR_OK);
    buf_init(&service->body, 1 << 20);
    start(service);
}

static void close_service(struct service *service)
{
    char command[128];
    stop(service);
    event_base_free(service->environment.base);
    settings_free(&service->settings);
    buf_free(&service->body);
    snprintf(command, sizeof command, "rm -rf %s", service->folder);
    ck_assert_int_eq(system(command), 0);
}

static void on_answer(void *context, struct status status, const Reply *reply)
{
    struct service *service = context;
    service->answered = true;
    service->code = status.refusal ? status.refusal->code : STATUS_OK;
    snprintf(service->refusal, sizeof service->refusal, "%s", status.refusal ? status.refusal->name : "");
    buf_clear(&service->body);
    if (!status.refusal)
        buf_put(&service->body, reply->body.data, reply->body.len);
}

/* Calls as the coördinator of a school, or, with NULL, as nobody. */
static enum status_code call(struct service *service, enum method_id method, const void *request, const char *school)
{
    uint8_t mac[32], id[16] = {1};
    struct buf body, sealed;
    Call message = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    Stagematch__Internal__V1__ActorAssertion assertion = STAGEMATCH__INTERNAL__V1__ACTOR_ASSERTION__INIT;
    char *scope[] = {(char *)(uintptr_t)school};
    buf_init(&body, 1 << 20);
    buf_init(&sealed, 1 << 20);
    ck_assert_int_eq(message_pack_buf(request, &body), ERR_OK);
    assertion.account_id = (ProtobufCBinaryData){sizeof id, id};
    assertion.role = STAGEMATCH__V1__ROLE__ROLE_COORDINATOR;
    assertion.scope = scope;
    assertion.n_scope = 1;
    assertion.expire_ms = clock_wall_ms(&service->environment.clock) + 30000;
    message.method = (char *)(uintptr_t)method_of(method)->path;
    message.timeout_ms = 20000;
    message.body = (ProtobufCBinaryData){body.length, (uint8_t *)body.data};
    if (school) {
        buf_put(&sealed, "stagematch/assertion/v1", 24);
        ck_assert_int_eq(message_pack_buf(&assertion, &sealed), ERR_OK);
        crypto_auth(mac, (const uint8_t *)sealed.data, sealed.length, assertion_key);
        message.assertion = (ProtobufCBinaryData){sealed.length - 24, (uint8_t *)sealed.data + 24};
        message.assertion_mac = (ProtobufCBinaryData){sizeof mac, mac};
    }
    service->answered = false;
    ck_assert_int_eq(channel_call(service->front, method_of(method), &message, on_answer, service, NULL), ERR_OK);
    while (!service->answered)
        ck_assert_int_eq(event_base_loop(service->environment.base, EVLOOP_ONCE), 0);
    buf_free(&body);
    buf_free(&sealed);
    return service->code;
}

static enum status_code submit(struct service *service, const char *request_id, const char *leerplaats)
{
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    Stagematch__V1__Placement placement = STAGEMATCH__V1__PLACEMENT__INIT;
    char *qualifications[] = {(char[]){"25655"}};
    request.request_id = (char *)(uintptr_t)request_id;
    request.placement = &placement;
    placement.leerbedrijf = (char[]){"100000001"};
    placement.leerplaats = (char *)(uintptr_t)leerplaats;
    placement.company_name = (char[]){"Bedrijf"};
    placement.kvk = (char[]){"12345678"};
    placement.postcode = (char[]){"1012"};
    placement.qualifications = qualifications;
    placement.n_qualifications = 1;
    placement.leerweg = STAGEMATCH__V1__LEERWEG__LEERWEG_BOL;
    placement.capacity = 2;
    placement.start_date = (char[]){"2027-02-01"};
    placement.end_date = (char[]){"2027-07-01"};
    placement.hours_per_week = 32;
    return call(service, METHOD_SUBMIT_PLACEMENT, &request, "25LX");
}

static size_t count_placements(struct service *service)
{
    Stagematch__V1__ListPlacementsRequest request = STAGEMATCH__V1__LIST_PLACEMENTS_REQUEST__INIT;
    Stagematch__V1__ListPlacementsResponse *response;
    ck_assert_int_eq(call(service, METHOD_LIST_PLACEMENTS, &request, "25LX"), STATUS_OK);
    ck_assert_int_eq(
        message_unpack(&stagematch__v1__list_placements_response__descriptor, buf_text(&service->body), &response),
        ERR_OK);
    size_t count = response->n_placements;
    message_free(response);
    return count;
}

static const char *uuid(int number)
{
    static char text[40];
    snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", number);
    return text;
}

START_TEST(what_was_answered_is_there_after_a_restart)
{
    struct service service;
    open_service(&service);
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "plek%d", i);
        ck_assert_msg(submit(&service, uuid(i), name) == STATUS_OK, "%s", service.refusal);
    }
    ck_assert_uint_eq(count_placements(&service), 5);
    struct buf before;
    buf_init(&before, 1 << 20);
    ck_assert_int_eq(submit(&service, uuid(4), "plek4"), STATUS_OK);
    buf_put_text(&before, buf_text(&service.body));
    stop(&service);
    start(&service);
    ck_assert_uint_eq(count_placements(&service), 5);
    ck_assert_int_eq(submit(&service, uuid(4), "plek4"), STATUS_OK); /* the same answer for the same request */
    ck_assert(text_equal(buf_text(&service.body), buf_text(&before)));
    ck_assert_int_eq(submit(&service, uuid(4), "plek9"), STATUS_ALREADY_EXISTS);
    ck_assert_uint_eq(count_placements(&service), 5);
    buf_free(&before);
    close_service(&service);
}
END_TEST

START_TEST(callers_are_checked)
{
    struct service service;
    Stagematch__V1__ListPlacementsRequest list = STAGEMATCH__V1__LIST_PLACEMENTS_REQUEST__INIT;
    Stagematch__V1__ListReasonsRequest reasons = STAGEMATCH__V1__LIST_REASONS_REQUEST__INIT;
    Stagematch__V1__AgreeIntroductionRequest agree = STAGEMATCH__V1__AGREE_INTRODUCTION_REQUEST__INIT;
    open_service(&service);
    ck_assert_int_eq(call(&service, METHOD_LIST_PLACEMENTS, &list, NULL), STATUS_UNAUTHENTICATED);
    ck_assert_int_eq(call(&service, METHOD_AGREE_INTRODUCTION, &agree, "25LX"), STATUS_PERMISSION_DENIED);
    ck_assert_int_eq(call(&service, METHOD_LIST_REASONS, &reasons, NULL), STATUS_OK);
    ck_assert_uint_gt(service.body.length, 100);
    close_service(&service);
}
END_TEST

START_TEST(the_ledger_can_be_read_and_verified)
{
    struct service service;
    Stagematch__V1__GetLedgerHeadRequest head_request = STAGEMATCH__V1__GET_LEDGER_HEAD_REQUEST__INIT;
    Stagematch__V1__GetLedgerHeadResponse *head;
    Stagematch__V1__ListLedgerEntriesRequest request = STAGEMATCH__V1__LIST_LEDGER_ENTRIES_REQUEST__INIT;
    Stagematch__V1__ListLedgerEntriesResponse *response;
    char hex[2 * LEDGER_HASH_BYTES + 1], path[96];
    open_service(&service);
    ck_assert_int_eq(submit(&service, uuid(1), "plek"), STATUS_OK);
    ck_assert_int_eq(call(&service, METHOD_GET_LEDGER_HEAD, &head_request, NULL), STATUS_OK);
    ck_assert_int_eq(
        message_unpack(&stagematch__v1__get_ledger_head_response__descriptor, buf_text(&service.body), &head),
        ERR_OK);
    ck_assert_int_eq(call(&service, METHOD_LIST_LEDGER_ENTRIES, &request, "25LX"), STATUS_OK);
    ck_assert_int_eq(
        message_unpack(&stagematch__v1__list_ledger_entries_response__descriptor, buf_text(&service.body), &response),
        ERR_OK);
    ck_assert_uint_eq(response->last_seq, head->seq);
    for (size_t i = 0; i < response->n_entries; i++)
        ck_assert_uint_le(response->entries[i]->seq, head->seq);
    message_free(response);
    request.after_seq = UINT64_MAX;
    ck_assert_int_eq(call(&service, METHOD_LIST_LEDGER_ENTRIES, &request, "25LX"), STATUS_INVALID_ARGUMENT);
    request.after_seq = 0;
    ck_assert_int_eq(call(&service, METHOD_LIST_LEDGER_ENTRIES, &request, "99ZZ"),
                     STATUS_OK); /* another school's: nothing */
    ck_assert_int_eq(
        message_unpack(&stagematch__v1__list_ledger_entries_response__descriptor, buf_text(&service.body), &response),
        ERR_OK);
    ck_assert_uint_eq(response->n_entries, 0);
    message_free(response);
    struct store *store;
    struct buf complaint;
    struct ledger_verifier verifier;
    buf_init(&complaint, 1000);
    snprintf(path, sizeof path, "%s/engine.sqlite", service.folder);
    const struct store_options options = {.path = path, .read_only = true};
    ck_assert_int_eq(store_open(&options, NULL, &store, &complaint), ERR_OK); /* beside the running engine */
    ledger_verify_start(&verifier, NULL, 0);
    ck_assert_int_eq(ledger_verify_store(store, &verifier), ERR_OK);
    sodium_bin2hex(hex, sizeof hex, verifier.head.hash, LEDGER_HASH_BYTES);
    ck_assert_str_eq(head->hash, hex);
    store_close(store);
    message_free(head);
    close_service(&service);
}
END_TEST

static bool is_ready(struct service *service, char reason[64])
{
    Stagematch__Internal__V1__GetMetricsRequest request = STAGEMATCH__INTERNAL__V1__GET_METRICS_REQUEST__INIT;
    Stagematch__Internal__V1__GetMetricsResponse *response;
    ck_assert_int_eq(call(service, METHOD_GET_METRICS, &request, NULL), STATUS_OK);
    ck_assert_int_eq(message_unpack(&stagematch__internal__v1__get_metrics_response__descriptor,
                                    buf_text(&service->body), &response),
                     ERR_OK);
    bool ready = response->ready;
    snprintf(reason, 64, "%s", response->reason);
    ck_assert_ptr_nonnull(strstr(response->text, "\nstagematch_engine_records{kind=\"placement\"} "));
    ck_assert_ptr_nonnull(strstr(response->text, "\nstagematch_engine_commits_total "));
    message_free(response);
    return ready;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_makes_it_read_only_and_it_recovers_by_itself)
{
    struct service service;
    char reason[64];
    open_service(&service);
    ck_assert_int_eq(submit(&service, uuid(1), "een"), STATUS_OK);
    ck_assert(is_ready(&service, reason));
    limit_files(1024);
    ck_assert_int_eq(submit(&service, uuid(2), "twee"), STATUS_UNAVAILABLE);
    ck_assert_uint_eq(count_placements(&service), 1);
    ck_assert(!is_ready(&service, reason));
    ck_assert_str_eq(reason, "read_only");
    ck_assert_int_eq(submit(&service, uuid(2), "twee"), STATUS_UNAVAILABLE);
    limit_files(RLIM_INFINITY);
    enum status_code code = STATUS_UNAVAILABLE;
    for (int i = 0; i < 200 && code != STATUS_OK; i++) {
        usleep(20000);
        code = submit(&service, uuid(2), "twee");
    }
    ck_assert_int_eq(code, STATUS_OK);
    ck_assert(is_ready(&service, reason));
    stop(&service);
    start(&service);
    ck_assert_uint_eq(count_placements(&service), 2);
    close_service(&service);
}
END_TEST

START_TEST(without_its_configuration_it_does_not_start)
{
    struct service service;
    void *self = NULL;
    open_service(&service);
    struct settings bare;
    struct role_environment environment = service.environment;
    ck_assert_int_eq(settings_new(service_options, service_option_count, &bare), ERR_OK);
    environment.settings = &bare;
    ck_assert_int_ne(engine_role.start(&environment, &self), ERR_OK);
    ck_assert_ptr_null(self);
    settings_free(&bare);
    close_service(&service);
}
END_TEST

RUN_TESTS("engine/engine", what_was_answered_is_there_after_a_restart, callers_are_checked,
          the_ledger_can_be_read_and_verified, a_full_disk_makes_it_read_only_and_it_recovers_by_itself,
          without_its_configuration_it_does_not_start)
