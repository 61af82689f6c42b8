/*
 * The parent with roles that do nothing but call each other: this program is also the role that it starts again as. A test
 * talks to the front by one letter and reads one line.
 */
#include "serve/parent.h"

#include "base/log.h"
#include "ipc/service_options.h"
#include "serve/prepare.h"
#include "serve/role_process.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "support/support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Call Call;
typedef Stagematch__Internal__V1__Reply Reply;
typedef Stagematch__Internal__V1__GetMetricsResponse Answer;

/* ---- the roles ---- */

enum { LINE_BYTES = 512, WAIT_MS = 8000, LOG_BYTES_MAX = 1 << 18, SHOWN_BYTES = 2000, POLL_US = 10000 };

static struct {
    const struct role_environment *environment;
    struct channel *peers[ROLE_NAME_COUNT];
    struct event *accepting;
    int client;
    int notify_status; /* of the vault's last notice */
} fake;

static void reply_line(const char *line)
{
    ssize_t written = write(fake.client, line, strlen(line));
    (void)written;
    close(fake.client);
}

static void on_answer(void *context, struct status status, const Reply *reply)
{
    (void)context;
    char line[LINE_BYTES];
    if (status.refusal) {
        snprintf(line, sizeof line, "%s\n", status.refusal->name);
    } else {
        Answer *answer =
            stagematch__internal__v1__get_metrics_response__unpack(NULL, reply->body.len, reply->body.data);
        snprintf(line, sizeof line, "%s\n", answer->text);
        stagematch__internal__v1__get_metrics_response__free_unpacked(answer, NULL);
    }
    reply_line(line);
}

static void ask(enum role_name peer, enum method_id method)
{
    Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    call.timeout_ms = 5000;
    enum err e = fake.peers[peer] ? channel_call(fake.peers[peer], method_of(method), &call, on_answer, NULL, NULL)
                                  : ERR_MISSING;
    if (e != ERR_OK)
        reply_line("no channel\n");
}

static void on_letter(evutil_socket_t fd, short what, void *context)
{
    (void)what, (void)context;
    char letter = 0, line[LINE_BYTES];
    fake.client = accept(fd, NULL, NULL);
    if (fake.client < 0 || read(fake.client, &letter, 1) != 1)
        return;
    switch (letter) {
    case 'e':
        ask(ROLE_ENGINE, METHOD_GET_METRICS);
        return;
    case 'v':
        ask(ROLE_VAULT, METHOD_GET_METRICS);
        return;
    case 'n': /* the vault tries a socket */
        ask(ROLE_VAULT, METHOD_FINALISE);
        return;
    case 'm': /* the vault runs the notify command */
        ask(ROLE_VAULT, METHOD_STAGE_TEXT);
        return;
    case 'f': /* a method that the front may not send */
        ask(ROLE_ENGINE, METHOD_CHECK_GRANT);
        return;
    default:
        snprintf(line, sizeof line, "%d keys=%d%d max=%lld\n", getpid(), fake.environment->assertion_key != NULL,
                 fake.environment->master_key != NULL,
                 (long long)settings_number(fake.environment->settings, "connections_max"));
        reply_line(line);
    }
}

static void answer_text(struct incoming_call *incoming, const char *text)
{
    Answer answer = STAGEMATCH__INTERNAL__V1__GET_METRICS_RESPONSE__INIT;
    answer.text = (char *)(uintptr_t)text;
    channel_answer_message(incoming, &answer.base);
}

static void on_notified(void *context, int exit_status)
{
    char text[32];
    snprintf(text, sizeof text, "notified %d", exit_status);
    answer_text(context, text);
}

static void on_call(void *context, struct incoming_call *incoming)
{
    (void)context;
    const struct role_environment *environment = fake.environment;
    char text[LINE_BYTES];
    if (incoming->method->id == METHOD_FINALISE)
        (void)socket(AF_INET, SOCK_STREAM, 0); /* the process ends here */
    if (incoming->method->id == METHOD_STAGE_TEXT &&
        spawner_run(environment->spawner, "a message\n", 10, on_notified, incoming) == ERR_OK)
        return;
    snprintf(text, sizeof text, "%d keys=%d%d folder=%d", getpid(), environment->assertion_key != NULL,
             environment->master_key != NULL, environment->folder && access(environment->folder, W_OK) == 0);
    answer_text(incoming, text);
}

static enum err start(const struct role_environment *environment, void **self)
{
    fake.environment = environment;
    *self = &fake;
    if (environment->listen_fd >= 0) {
        fake.accepting = event_new(environment->base, environment->listen_fd, EV_READ | EV_PERSIST, on_letter, NULL);
        event_add(fake.accepting, NULL);
    }
    if (settings_number(environment->settings, "connections_max") == 13 && environment->folder)
        return ERR_IO; /* a setting that this role cannot start with */
    environment->ready(environment->context);
    return ERR_OK;
}

static void on_closed(void *context, struct channel *channel)
{
    (void)context;
    fake.peers[channel_peer(channel)] = NULL;
}

static struct channel_handlers handlers(void *self, enum role_name peer)
{
    (void)self, (void)peer;
    return (struct channel_handlers){.call = on_call, .closed = on_closed};
}

static void connected(void *self, enum role_name peer, struct channel *channel)
{
    (void)self;
    fake.peers[peer] = channel;
}

static void stop(void *self)
{
    (void)self;
    if (fake.accepting)
        event_del(fake.accepting);
    fake.environment->stopped(fake.environment->context);
}

static void free_role(void *self)
{
    (void)self;
    if (fake.accepting)
        event_free(fake.accepting);
}

static int be_role(const char *name, unsigned index)
{
    for (int role = ROLE_FRONT; role < ROLE_NAME_COUNT; role++)
        if (strcmp(role_text((enum role_name)role), name) == 0)
            return role_process_run(&(struct role_operations){.name = (enum role_name)role,
                                                              .start = start,
                                                              .handlers = handlers,
                                                              .connected = connected,
                                                              .stop = stop,
                                                              .free = free_role},
                                    index);
    return 2;
}

/* ---- the service under test ---- */

static char folder[64], config[128], log_path[128], data_dir[128];
static pid_t service;

static enum err read_config(void *context, struct settings *out, FILE *complaints)
{
    (void)context;
    struct settings settings;
    enum err e = settings_new(service_options, service_option_count, &settings);
    if (e != ERR_OK)
        return e;
    e = settings_read_file(&settings, config, NULL, 0, complaints);
    if (e == ERR_OK)
        *out = settings;
    else
        settings_free(&settings);
    return e;
}

static void write_config(const char *more)
{
    FILE *file = fopen(config, "w");
    fprintf(
        file,
        "listen = 127.0.0.1:0\nmetrics_listen = 127.0.0.1:0\ndata_dir = data\nmaster_key = key\nlog_level = info\n"
        "notify_command = tee notice\n%s",
        more);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(void)
{
    char key[128];
    snprintf(folder, sizeof folder, "/tmp/stagematch-parent-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    snprintf(config, sizeof config, "%s/service.conf", folder);
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    snprintf(data_dir, sizeof data_dir, "%s/data", folder);
    snprintf(key, sizeof key, "%s/key", folder);
    ck_assert_int_eq(prepare_master_key(key), ERR_OK);
    ck_assert_int_eq(prepare_master_key(key), ERR_EXISTS);
    write_config("");
}

static void start_service(void)
{
    fflush(NULL);
    service = fork();
    ck_assert_int_ge(service, 0);
    if (service)
        return;
    if (!freopen(log_path, "a", stderr))
        _exit(3);
    setvbuf(stderr, NULL, _IONBF, 0);
    signal(SIGPIPE, SIG_IGN);
    _exit(serve_run(&(struct serve_source){.read = read_config}) == ERR_OK ? 0 : 1);
}

/* The whole log; static memory. */
static const char *read_log(void)
{
    static char text[LOG_BYTES_MAX];
    FILE *file = fopen(log_path, "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

/* What a failed assertion shows. */
static const char *end_of_log(void)
{
    const char *text = read_log();
    size_t length = strlen(text);
    return length > SHOWN_BYTES ? text + length - SHOWN_BYTES : text;
}

static size_t count_in_log(const char *what)
{
    size_t count = 0;
    for (const char *at = read_log(); (at = strstr(at, what)); at++)
        count++;
    return count;
}

static void wait_for_log(const char *what, size_t count)
{
    for (int i = 0; i < WAIT_MS * 1000 / POLL_US && count_in_log(what) < count; i++)
        usleep(POLL_US);
    ck_assert_msg(count_in_log(what) >= count, "not in the log: %s\n%s", what, end_of_log());
}

static int end_service(void)
{
    int status = 0;
    kill(service, SIGTERM);
    ck_assert_int_eq(waitpid(service, &status, 0), service);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Sends the front one letter; the line it answers, static memory, empty where it did not answer. */
static const char *say(char letter)
{
    static char line[LINE_BYTES];
    char path[160], text[64];
    snprintf(path, sizeof path, "%s/address", data_dir);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    ck_assert_int_eq(strncmp(text, "127.0.0.1:", 10), 0);
    uint16_t port = (uint16_t)strtoul(text + 10, NULL, 10);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq(write(fd, &letter, 1), 1);
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, line + length, sizeof line - 1 - length)) > 0)
        length += (size_t)got;
    line[length] = '\0';
    close(fd);
    return line;
}

static int pid_of(char letter)
{
    return (int)strtol(say(letter), NULL, 10); /* 0 where it did not answer with one */
}

static void open_service(void)
{
    make_folder();
    start_service();
    wait_for_log("the service is ready", 1);
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): a folder of our own making
}

START_TEST(roles_start_with_what_each_may_have_and_stop_in_order)
{
    open_service();
    ck_assert_ptr_nonnull(strstr(say('s'), " keys=00 "));
    ck_assert_ptr_nonnull(strstr(say('e'), " keys=10 folder=1"));
    ck_assert_ptr_nonnull(strstr(say('v'), " keys=11 folder=1"));
    ck_assert_int_eq(end_service(), 0);
    const char *log = read_log(), *front = strstr(log, "event=role_ended role=front"),
               *engine = strstr(log, "event=role_ended role=engine"),
               *vault = strstr(log, "event=role_ended role=vault");
    ck_assert(front && engine && vault && front < engine && engine < vault);
    ck_assert(strstr(log, "event=role_stopping role=engine") > front);
    ck_assert_uint_eq(count_in_log("level=error"), 0);
    remove_folder();
}
END_TEST

START_TEST(a_killed_role_comes_back_with_channels_to_all)
{
    static const struct {
        char letter;
        const char *name;
    } roles[] = {
        {'e', "role=engine from=starting"}, {'v', "role=vault from=starting"}, {'s', "role=front.0 from=starting"}};
    open_service();
    for (size_t i = 0; i < 3; i++) {
        int before = pid_of(roles[i].letter);
        ck_assert_int_gt(before, 0);
        ck_assert_int_eq(kill(before, SIGKILL), 0);
        wait_for_log(roles[i].name, 2);
        for (int tries = 0; tries < 100 && (pid_of('e') == 0 || pid_of('v') == 0); tries++)
            usleep(POLL_US);
        ck_assert_int_gt(pid_of(roles[i].letter), 0);
        ck_assert_int_ne(pid_of(roles[i].letter), before);
        ck_assert_int_gt(pid_of('e'), 0);
        ck_assert_int_gt(pid_of('v'), 0);
    }
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

START_TEST(a_good_configuration_is_taken_over_and_a_bad_one_refused)
{
    open_service();
    int front = pid_of('s');
    ck_assert_ptr_nonnull(strstr(say('s'), " max=4096"));
    write_config("connections_max = 77\n");
    kill(service, SIGHUP);
    for (int i = 0; i < 500 && !strstr(say('s'), " max=77");
         i++) /* nobody is refused meanwhile: say() connects each time */
        usleep(POLL_US);
    ck_assert_ptr_nonnull(strstr(say('s'), " max=77"));
    wait_for_log("event=reloaded", 1);
    int renewed = pid_of('s');
    ck_assert_int_ne(renewed, front);
    write_config("connections_max = lots\n");
    kill(service, SIGHUP);
    wait_for_log("event=reload_refused", 1);
    ck_assert_ptr_nonnull(strstr(read_log(), "service.conf: line 7, connections_max: not a valid value"));
    write_config("public_url = here\n");
    kill(service, SIGHUP);
    wait_for_log("event=reload_refused", 2);
    ck_assert_ptr_nonnull(strstr(read_log(), "public_url: not a valid value"));
    write_config("listen = 127.0.0.2:0\n");
    kill(service, SIGHUP);
    wait_for_log("event=reload_refused", 3);
    ck_assert_ptr_nonnull(strstr(read_log(), "listen: cannot change while the service runs"));
    ck_assert_int_eq(pid_of('s'), renewed);
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

START_TEST(the_vault_ends_when_it_tries_a_socket_and_comes_back)
{
    open_service();
    int before = pid_of('v');
    ck_assert_str_eq(say('n'), "unavailable\n");
    wait_for_log("role=vault from=starting", 2);
    ck_assert_ptr_nonnull(strstr(read_log(), "event=sandbox_violation role=vault syscall="));
    for (int i = 0; i < 100 && pid_of('v') == 0; i++)
        usleep(POLL_US);
    ck_assert_int_ne(pid_of('v'), before);
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

START_TEST(the_vault_runs_its_notify_command_through_the_spawner)
{
    char text[32] = "";
    open_service();
    ck_assert_str_eq(say('m'), "notified 0\n");
    FILE *file = fopen("notice", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    ck_assert_str_eq(text, "a message\n");
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

START_TEST(a_forbidden_call_costs_the_channel_and_no_process)
{
    open_service();
    int engine = pid_of('e');
    ck_assert_str_eq(say('f'), "unavailable\n");
    ck_assert_ptr_nonnull(strstr(read_log(), "event=channel_refused role=engine peer=front why=forbidden_method"));
    ck_assert_int_eq(kill(engine, 0), 0);
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

START_TEST(roles_end_when_their_parent_is_gone)
{
    open_service();
    int pids[] = {pid_of('s'), pid_of('e'), pid_of('v')};
    kill(service, SIGKILL);
    waitpid(service, NULL, 0);
    wait_for_log("event=parent_gone", 3);
    for (size_t i = 0; i < 3; i++)
        for (int tries = 0; tries < 300 && kill(pids[i], 0) == 0; tries++)
            usleep(POLL_US);
    start_service(); /* the lock is free again */
    wait_for_log("the service is ready", 2);
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

static void expect_failed_start(const char *said)
{
    int status = 0;
    start_service();
    ck_assert_int_eq(waitpid(service, &status, 0), service);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s", end_of_log());
    ck_assert_msg(strstr(read_log(), said) != NULL, "%s", end_of_log());
}

START_TEST(what_keeps_it_from_starting_is_said)
{
    make_folder();
    write_config("connections_max = 13\n");
    expect_failed_start(" could not start; its log lines say why");
    write_config("trusted_proxies = 10.0.0.0/8 nonsense\n");
    expect_failed_start("trusted_proxies: not a valid value");
    write_config("");
    ck_assert_int_eq(chmod("key", 0644), 0);
    expect_failed_start("others can read");
    ck_assert_int_eq(chmod("key", 0600), 0);
    ck_assert_int_eq(truncate("key", 31), 0);
    expect_failed_start("expected a file of 32 bytes");
    ck_assert_int_eq(unlink("key"), 0);
    expect_failed_start("keep a copy in a safe place");
    remove_folder();
}
END_TEST

START_TEST(a_second_service_on_the_same_data_is_refused)
{
    open_service();
    pid_t first = service;
    expect_failed_start("a service runs already on this data_dir");
    service = first;
    ck_assert_int_gt(pid_of('e'), 0);
    ck_assert_int_eq(end_service(), 0);
    remove_folder();
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {
        roles_start_with_what_each_may_have_and_stop_in_order,
        a_killed_role_comes_back_with_channels_to_all,
        a_good_configuration_is_taken_over_and_a_bad_one_refused,
        the_vault_ends_when_it_tries_a_socket_and_comes_back,
        the_vault_runs_its_notify_command_through_the_spawner,
        a_forbidden_call_costs_the_channel_and_no_process,
        roles_end_when_their_parent_is_gone,
        what_keeps_it_from_starting_is_said,
        a_second_service_on_the_same_data_is_refused,
    };
    if (argc >= 3 && strcmp(argv[1], "role") == 0)
        return be_role(argv[2], argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0);
    return run_tests("parent", tests, sizeof tests / sizeof tests[0]);
}
