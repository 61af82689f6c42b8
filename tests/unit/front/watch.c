/* Streams: the newest state, in order, to a reader as fast as it reads; and an end that says why. */
#include "stamped.h"

#include "stagematch/v1/task.pb-c.h"

#define AS(token) "Authorization: Bearer " token "\r\n"

static const struct known callers[] = {
    {"coordinator", ROLE_OF(COORDINATOR), "25PT", NULL, 1},
    {"other-school", ROLE_OF(COORDINATOR), "99AB", NULL, 2},
    {"student", ROLE_OF(STUDENT), "25PT", NULL, 3},
};
enum { CALLERS = sizeof callers / sizeof callers[0], INTERVAL_MS = 10, QUIET_MS = 60000 };

/* What one client read, and what it makes of it. */
struct stream {
    struct client client;
    size_t at; /* behind what was looked at */
};

static void set_number(const char *setting, int64_t value)
{
    size_t i = 0;
    while (strcmp(service_options[i].name, setting) != 0)
        i++;
    at.settings.values[i].number = value;
}

static void open_with(const char *setting, int64_t value)
{
    stamped_open(callers, CALLERS, NULL, 0);
    front_role.free(at.front);
    set_number("stream_heartbeat_ms", QUIET_MS);
    set_number("stream_interval_ms", INTERVAL_MS);
    set_number("streams_per_account", 2);
    set_number(setting, value);
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
    tell_front(0);
}

static void open_all(int64_t heartbeat_ms)
{
    open_with("stream_heartbeat_ms", heartbeat_ms);
}

static void ask(struct stream *stream, const char *headers, const char *json)
{
    char body[512];
    size_t length = strlen(json);
    body[0] = 0;
    for (size_t i = 0; i < 4; i++)
        body[1 + i] = (char)(length >> 8 * (3 - i));
    memcpy(body + 5, json, length);
    client_post(&stream->client, method_of(METHOD_WATCH_TASKS)->path, "application/connect+json", headers, body,
                length + 5);
}

static struct stream watch(const char *headers, const char *json)
{
    struct stream stream = {.client = client_open()};
    ask(&stream, headers, json);
    return stream;
}

/* Takes in what has come. */
static void read_some(struct stream *stream)
{
    char piece[65536];
    struct client *client = &stream->client;
    ssize_t got = recv(client->fd, piece, sizeof piece, 0);
    if (got <= 0)
        return;
    client->bytes = realloc(client->bytes, client->length + (size_t)got);
    memcpy(client->bytes + client->length, piece, (size_t)got);
    client->length += (size_t)got;
}

static bool has(const struct stream *stream, const char *text)
{
    return memmem(stream->client.bytes + stream->at, stream->client.length - stream->at, text, strlen(text)) != NULL;
}

/* Reads on until this text came, behind the last that was waited for. */
static void expect(struct stream *stream, const char *text)
{
    for (int i = 0; i < 20000 && !(stream->client.bytes && has(stream, text)); i++) {
        turn();
        read_some(stream);
    }
    ck_assert_msg(stream->client.bytes && has(stream, text), "no '%s' in: %.*s", text,
                  (int)(stream->client.length - stream->at > 400 ? 400 : stream->client.length - stream->at),
                  stream->client.bytes ? stream->client.bytes + stream->at : "");
    const char *found =
        memmem(stream->client.bytes + stream->at, stream->client.length - stream->at, text, strlen(text));
    stream->at = (size_t)(found - stream->client.bytes) + strlen(text);
}

/* Nothing more comes for a while. */
static void expect_nothing(struct stream *stream)
{
    size_t before = stream->client.length;
    for (int i = 0; i < 60; i++) {
        turn();
        read_some(stream);
    }
    ck_assert_msg(stream->client.length == before, "came: %.*s", (int)(stream->client.length - before),
                  stream->client.bytes + before);
}

/* The client leaves, which is known at once; a quiet end would be noticed when something is written. */
static void close_stream(struct stream *stream)
{
    const struct linger reset = {1, 0};
    setsockopt(stream->client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client_close(&stream->client);
    turns(5);
}

START_TEST(the_state_comes_at_once_and_whenever_it_changed)
{
    open_all(QUIET_MS);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "HTTP/1.1 200 ");
    expect(&stream, "Content-Type: application/connect+json\r\n");
    expect(&stream, "{\"seq\":\"10\",\"tasks\":[{\"taskId\":\"first-task\"");
    expect_nothing(&stream);
    change_task("second-task", "25PT");
    expect(&stream, "{\"seq\":\"11\",\"tasks\":[{\"taskId\":\"second-task\"");
    change_task("third-task", "25PT");
    expect(&stream, "{\"seq\":\"12\",\"tasks\":[{\"taskId\":\"third-task\"");
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(what_concerns_others_is_not_asked_for)
{
    open_all(QUIET_MS);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    size_t asked = asked_times(METHOD_LIST_TASKS);
    for (int i = 0; i < 5; i++)
        change_view(VIEW_TASKS, "99AB");
    expect_nothing(&stream);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), asked);
    change_view(VIEW_TASKS, "25PT"); /* concerns it, and is the same for it */
    expect_nothing(&stream);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), asked + 1);
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(it_goes_on_behind_what_was_read)
{
    open_all(QUIET_MS);
    struct stream known = watch(AS("coordinator"), "{\"afterSeq\":\"10\"}");
    expect(&known, "{\"seq\":\"10\",\"heartbeat\":true}");
    change_task("second-task", "25PT");
    expect(&known, "{\"seq\":\"11\",\"tasks\":[{\"taskId\":\"second-task\"");
    close_stream(&known);
    struct stream missed = watch(AS("coordinator"), "{\"afterSeq\":\"10\"}");
    expect(&missed, "{\"seq\":\"11\",\"tasks\":[{\"taskId\":\"second-task\"");
    close_stream(&missed);
    struct stream invented = watch(AS("coordinator"), "{\"afterSeq\":\"999\"}");
    expect(&invented, "{\"seq\":\"11\",\"tasks\":[{\"taskId\":\"second-task\"");
    close_stream(&invented);
    fixture_close();
}
END_TEST

START_TEST(signs_of_life_come_while_nothing_changes)
{
    open_all(30);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    for (int i = 0; i < 3; i++)
        expect(&stream, "{\"seq\":\"10\",\"heartbeat\":true}");
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 1);
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(a_slow_reader_is_told_the_newest_once)
{
    enum { PADDING = 2 << 20, CHANGES = 40, SMALL = 4096 };
    char name[32];
    struct stream stream = {.client = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    open_all(QUIET_MS);
    engine_has.padding = PADDING;
    to.sin_port = htons(at.port);
    ck_assert_int_eq(setsockopt(stream.client.fd, SOL_SOCKET, SO_RCVBUF, &(int){SMALL}, sizeof(int)), 0);
    ck_assert_int_eq(connect(stream.client.fd, (struct sockaddr *)&to, sizeof to), 0);
    fcntl(stream.client.fd, F_SETFL, O_NONBLOCK);
    ask(&stream, AS("coordinator"), "{}");
    turns(50);
    for (int i = 0; i < CHANGES; i++) {
        snprintf(name, sizeof name, "task-%d;", i);
        change_task(name, "25PT");
        turns(15);
    }
    size_t asked = asked_times(METHOD_LIST_TASKS);
    ck_assert_uint_lt(asked, CHANGES / 2); /* nothing is asked while it does not read */
    snprintf(name, sizeof name, "task-%d;", CHANGES - 1);
    expect(&stream, name);
    ck_assert_uint_le(asked_times(METHOD_LIST_TASKS), asked + 2);
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(an_engine_that_is_away_is_waited_for)
{
    open_all(QUIET_MS);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    channel_close(at.far[ROLE_ENGINE]);
    at.far[ROLE_ENGINE] = NULL;
    turns(10);
    engine_has.epoch++;
    engine_has.version += 100;
    engine_has.task = "second-task";
    connect_role(ROLE_ENGINE);
    tell_front(0);
    expect(&stream, "{\"seq\":\"110\",\"tasks\":[{\"taskId\":\"second-task\"");
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(who_may_not_watch_is_told_so_in_the_stream)
{
    static const struct {
        const char *headers, *code;
    } refused[] = {{"", "unauthenticated"}, {AS("unknown"), "unauthenticated"}, {AS("student"), "permission_denied"}};
    open_all(QUIET_MS);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct stream stream = watch(refused[i].headers, "{}");
        expect(&stream, "HTTP/1.1 200 ");
        expect(&stream, refused[i].code);
        close_stream(&stream);
    }
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), 0);
    fixture_close();
}
END_TEST

START_TEST(an_account_has_so_many)
{
    open_all(QUIET_MS);
    struct stream first = watch(AS("coordinator"), "{}"), second = watch(AS("coordinator"), "{}");
    expect(&first, "first-task");
    expect(&second, "first-task");
    struct stream third = watch(AS("coordinator"), "{}");
    expect(&third, "resource_exhausted");
    expect(&third, "too_many_streams");
    struct stream other = watch(AS("other-school"), "{}");
    expect(&other, "first-task");
    close_stream(&first);
    close_stream(&third);
    struct stream again = watch(AS("coordinator"), "{}");
    expect(&again, "first-task");
    close_stream(&second);
    close_stream(&other);
    close_stream(&again);
    fixture_close();
}
END_TEST

START_TEST(a_front_has_so_many)
{
    open_with("streams_max", 1);
    struct stream first = watch(AS("coordinator"), "{}");
    expect(&first, "first-task");
    struct stream second = watch(AS("other-school"), "{}");
    expect(&second, "resource_exhausted");
    close_stream(&first);
    close_stream(&second);
    struct stream again = watch(AS("other-school"), "{}");
    expect(&again, "first-task");
    close_stream(&again);
    fixture_close();
}
END_TEST

/* A stream goes on or ends, and nothing is left behind, whichever allocation is the first that fails. */
START_TEST(memory_may_run_out_anywhere)
{
    bool has_failed = true;
    for (uint64_t nth = 1; has_failed; nth++) {
        ck_assert_uint_lt(nth, 1000);
        open_all(QUIET_MS);
        struct stream stream = {.client = client_open()};
        turns(5);
        mem_fail_at(nth);
        ask(&stream, AS("coordinator"), "{}");
        for (int i = 0; i < 30; i++) {
            turn();
            read_some(&stream);
        }
        has_failed = mem_has_failed();
        mem_fail_at(0);
        if (!has_failed)
            expect(&stream, "first-task");
        close_stream(&stream);
        fixture_close();
    }
}
END_TEST

START_TEST(a_session_that_is_over_ends_it)
{
    open_all(50);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    known_count = 0; /* the vault knows nobody any more */
    at.clock_shift_ms += 60000;
    expect(&stream, "unauthenticated");
    ck_assert(!has(&stream, "taskId"));
    close_stream(&stream);
    fixture_close();
}
END_TEST

START_TEST(a_stop_says_so)
{
    open_all(QUIET_MS);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    front_role.stop(at.front);
    expect(&stream, "\"code\":\"unavailable\"");
    expect(&stream, "retry-after");
    close_stream(&stream);
    for (int i = 0; i < 2000 && !at.stopped; i++)
        turn();
    ck_assert(at.stopped);
    fixture_close();
}
END_TEST

START_TEST(whoever_leaves_is_let_go)
{
    open_all(QUIET_MS);
    struct stream stream = watch(AS("coordinator"), "{}");
    expect(&stream, "first-task");
    close_stream(&stream);
    size_t asked = asked_times(METHOD_LIST_TASKS);
    turns(20);
    change_task("second-task", "25PT");
    turns(20);
    ck_assert_uint_eq(asked_times(METHOD_LIST_TASKS), asked);
    fixture_close();
}
END_TEST

RUN_TESTS("front/watch", the_state_comes_at_once_and_whenever_it_changed, what_concerns_others_is_not_asked_for,
          it_goes_on_behind_what_was_read, signs_of_life_come_while_nothing_changes,
          a_slow_reader_is_told_the_newest_once, an_engine_that_is_away_is_waited_for,
          who_may_not_watch_is_told_so_in_the_stream, an_account_has_so_many, a_front_has_so_many,
          memory_may_run_out_anywhere, a_session_that_is_over_ends_it, a_stop_says_so, whoever_leaves_is_let_go)
