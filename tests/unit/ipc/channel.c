/* Two ends in one loop, or one end and raw bytes. */
#include "ipc/channel.h"

#include "base/log.h"
#include "base/mem.h"
#include "ipc/frame.h"
#include "support/support.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Call Call;
typedef Stagematch__Internal__V1__Reply Reply;
typedef Stagematch__Internal__V1__Frame Frame;

enum { HELD_MAX = 4096, TURNS_MAX = 20000 };

static struct event_base *base;
static struct channel *front, *engine;
static int fds[2];

/* What the ends saw. */
static struct {
    int calls, cancels, answers, front_closed, engine_closed;
    struct incoming_call *held[HELD_MAX]; /* where the engine does not answer at once */
    int held_count;
    bool holds;
    struct status status;
    enum status_code code; /* of the last answer's refusal */
    char refusal_name[64];
    size_t body_bytes;
    bool had_reply, inside_call, answered_inside;
    int told, answers_before;
    uint64_t told_epoch;
    size_t told_views;
} seen;

static void on_call(void *context, struct incoming_call *incoming)
{
    (void)context;
    seen.calls++;
    if (seen.holds) {
        ck_assert_int_lt(seen.held_count, HELD_MAX);
        seen.held[seen.held_count++] = incoming;
        return;
    }
    Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    reply.body = incoming->call->body; /* an echo */
    channel_answer(incoming, &reply);
}

static void on_canceled(void *context, struct incoming_call *incoming)
{
    (void)context, (void)incoming;
    seen.cancels++;
}

static void on_closed(void *context, struct channel *channel)
{
    if (context == &front) {
        seen.front_closed++;
        ck_assert_ptr_eq(channel, front);
        front = NULL;
    } else {
        seen.engine_closed++;
        engine = NULL;
    }
}

static void on_answer(void *context, struct status status, const Reply *reply)
{
    (void)context;
    seen.answers++;
    seen.answered_inside = seen.answered_inside || seen.inside_call;
    seen.status = status;
    seen.code = status.refusal ? status.refusal->code : STATUS_OK;
    snprintf(seen.refusal_name, sizeof seen.refusal_name, "%s", status.refusal ? status.refusal->name : "");
    seen.had_reply = reply != NULL;
    seen.body_bytes = reply ? reply->body.len : 0;
}

static void on_told(void *context, struct channel *channel, const Stagematch__Internal__V1__Changed *changed)
{
    (void)context, (void)channel;
    seen.told++;
    seen.told_epoch = changed->epoch;
    seen.told_views = changed->n_scopes;
    seen.answers_before = seen.answers;
}

static const struct channel_handlers front_handlers = {on_call, on_canceled, on_closed, on_told, &front};
static const struct channel_handlers engine_handlers = {on_call, on_canceled, on_closed, on_told, &engine};

static void open_base(void)
{
    base = event_base_new();
    ck_assert_ptr_nonnull(base);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

static void open_engine(void)
{
    ck_assert_int_eq(channel_new(base, fds[1], ROLE_ENGINE, ROLE_FRONT, &engine_handlers, &engine), ERR_OK);
}

static void open_both(void)
{
    open_base();
    open_engine();
    ck_assert_int_eq(channel_new(base, fds[0], ROLE_FRONT, ROLE_ENGINE, &front_handlers, &front), ERR_OK);
}

static void turn(void)
{
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Runs the loop until *counter is `count`; fails after some seconds. */
static void run_until(const int *counter, int count)
{
    for (int i = 0; *counter < count && i < TURNS_MAX; i++) {
        turn();
        if (*counter < count)
            usleep(200);
    }
    ck_assert_int_eq(*counter, count);
}

static void close_both(void)
{
    if (front)
        channel_close(front);
    if (engine)
        channel_close(engine);
    turn();
    turn();
    event_base_free(base);
}

static enum err call_engine(const void *body, size_t length, uint32_t timeout_ms, uint64_t *id)
{
    Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    call.timeout_ms = timeout_ms;
    call.body = (ProtobufCBinaryData){length, (uint8_t *)(uintptr_t)body};
    seen.inside_call = true;
    enum err e = channel_call(front, method_of(METHOD_COMMIT_STUDENTS), &call, on_answer, NULL, id);
    seen.inside_call = false;
    return e;
}

START_TEST(a_call_is_answered_in_a_later_turn)
{
    open_both();
    ck_assert_int_eq(call_engine("hello", 5, 1000, NULL), ERR_OK);
    ck_assert_int_eq(seen.answers, 0);
    run_until(&seen.answers, 1);
    ck_assert_ptr_null(seen.status.refusal);
    ck_assert_uint_eq(seen.body_bytes, 5);
    ck_assert(!seen.answered_inside);
    close_both();
}
END_TEST

START_TEST(large_bodies_pass)
{
    enum { BYTES = 15 << 20 };
    char *body = calloc(1, BYTES);
    open_both();
    ck_assert_int_eq(call_engine(body, BYTES, 60000, NULL), ERR_OK);
    ck_assert_uint_gt(channel_backlog_bytes(front), BYTES / 2);
    run_until(&seen.answers, 1);
    ck_assert_uint_eq(seen.body_bytes, BYTES);
    ck_assert_uint_eq(channel_backlog_bytes(front), 0);
    free(body);
    close_both();
}
END_TEST

START_TEST(a_frame_that_is_too_long_is_not_sent)
{
    char *body = calloc(1, FRAME_BYTES_MAX);
    open_both();
    ck_assert_int_eq(call_engine(body, FRAME_BYTES_MAX, 1000, NULL), ERR_RANGE);
    ck_assert_int_eq(call_engine(body, 1, 0, NULL), ERR_RANGE);
    ck_assert_int_eq(call_engine(body, 1, 1000, NULL), ERR_OK);
    run_until(&seen.answers, 1);
    ck_assert_int_eq(seen.calls, 1);
    free(body);
    close_both();
}
END_TEST

START_TEST(a_body_beyond_its_method_is_refused_and_the_channel_lives)
{
    size_t length = method_of(METHOD_COMMIT_STUDENTS)->max_bytes + 1;
    char *body = calloc(1, length);
    open_both();
    ck_assert_int_eq(call_engine(body, length, 1000, NULL), ERR_OK);
    run_until(&seen.answers, 1);
    ck_assert_str_eq(seen.refusal_name, "too_large");
    ck_assert_int_eq(seen.calls, 0);
    ck_assert_int_eq(call_engine(body, 1, 1000, NULL), ERR_OK);
    run_until(&seen.answers, 2);
    free(body);
    close_both();
}
END_TEST

START_TEST(many_calls_at_a_time_are_answered_each)
{
    enum { CALLS = 2000 };
    open_both();
    seen.holds = true;
    for (int i = 0; i < CALLS; i++)
        ck_assert_int_eq(call_engine("x", 1, 10000, NULL), ERR_OK);
    run_until(&seen.calls, CALLS);
    for (int i = 0; i < CALLS; i++) /* in another order than they came */
        channel_refuse(seen.held[(i * 7 + 3) % CALLS], status_refuse_field(&refusal_stale_version, "version"));
    run_until(&seen.answers, CALLS);
    ck_assert_str_eq(seen.refusal_name, "stale_version");
    ck_assert_int_eq(seen.code, STATUS_ABORTED);
    ck_assert(seen.had_reply);
    close_both();
}
END_TEST

START_TEST(a_late_answer_is_a_refusal_and_the_other_end_is_told)
{
    open_both();
    seen.holds = true;
    ck_assert_int_eq(call_engine("x", 1, 30, NULL), ERR_OK);
    ck_assert_int_eq(call_engine("x", 1, 20, NULL), ERR_OK);
    run_until(&seen.answers, 2);
    ck_assert_int_eq(seen.code, STATUS_DEADLINE_EXCEEDED);
    ck_assert(!seen.had_reply);
    run_until(&seen.cancels, 2);
    for (int i = 0; i < 2; i++)
        channel_refuse(seen.held[i], status_refuse(&refusal_internal));
    turn();
    turn();
    ck_assert_int_eq(seen.answers, 2); /* what came too late goes nowhere */
    close_both();
}
END_TEST

START_TEST(a_canceled_call_is_not_answered)
{
    uint64_t id = 0;
    open_both();
    seen.holds = true;
    ck_assert_int_eq(call_engine("x", 1, 10000, &id), ERR_OK);
    run_until(&seen.calls, 1);
    channel_cancel(front, id);
    channel_cancel(front, id);
    run_until(&seen.cancels, 1);
    channel_refuse(seen.held[0], status_refuse(&refusal_canceled));
    turn();
    turn();
    ck_assert_int_eq(seen.answers, 0);
    ck_assert_int_eq(call_engine("x", 1, 10000, &id), ERR_OK); /* the slot serves again, under another id */
    run_until(&seen.calls, 2);
    channel_refuse(seen.held[1], status_refuse(&refusal_internal));
    run_until(&seen.answers, 1);
    close_both();
}
END_TEST

START_TEST(a_lost_peer_answers_what_is_under_way)
{
    open_both();
    seen.holds = true;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(call_engine("x", 1, 10000, NULL), ERR_OK);
    run_until(&seen.calls, 3);
    channel_close(engine);
    engine = NULL;
    run_until(&seen.front_closed, 1);
    ck_assert_int_eq(seen.answers, 3);
    ck_assert_int_eq(seen.code, STATUS_UNAVAILABLE);
    ck_assert_int_eq(seen.engine_closed, 0);
    ck_assert_int_eq(seen.cancels, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(seen.held[i]->channel);
        channel_refuse(seen.held[i], status_refuse(&refusal_internal));
    }
    close_both();
}
END_TEST

START_TEST(who_closes_is_answered_too)
{
    open_both();
    seen.holds = true;
    ck_assert_int_eq(call_engine("x", 1, 10000, NULL), ERR_OK);
    channel_close(front);
    ck_assert_int_eq(call_engine("x", 1, 10000, NULL), ERR_MISSING);
    ck_assert_int_eq(seen.answers, 0);
    front = NULL;
    run_until(&seen.answers, 1);
    ck_assert_int_eq(seen.code, STATUS_UNAVAILABLE);
    ck_assert_int_eq(seen.front_closed, 0);
    run_until(&seen.engine_closed, 1);
    for (int i = 0; i < seen.held_count; i++)
        channel_refuse(seen.held[i], status_refuse(&refusal_internal));
    close_both();
}
END_TEST

START_TEST(no_more_calls_than_the_table_holds)
{
    open_both();
    for (int i = 0; i < CHANNEL_CALLS_MAX; i++)
        ck_assert_int_eq(call_engine("", 0, 60000, NULL), ERR_OK);
    ck_assert_int_eq(call_engine("", 0, 60000, NULL), ERR_RANGE);
    run_until(&seen.answers, CHANNEL_CALLS_MAX);
    ck_assert_int_eq(call_engine("", 0, 60000, NULL), ERR_OK);
    run_until(&seen.answers, CHANNEL_CALLS_MAX + 1);
    close_both();
}
END_TEST

START_TEST(a_fast_sender_waits)
{
    enum { CALLS = 40, BYTES = 8 << 20 };
    char *body = calloc(1, BYTES);
    open_both();
    seen.holds = true;
    for (int i = 0; i < CALLS; i++)
        ck_assert_int_eq(call_engine(body, BYTES, 60000, NULL), ERR_OK);
    for (int i = 0; i < 3000; i++)
        turn();
    ck_assert_int_ge(seen.calls, CHANNEL_HELD_BYTES_MAX / BYTES);
    ck_assert_int_lt(seen.calls, CALLS);
    ck_assert_uint_gt(channel_backlog_bytes(front), 0);
    while (seen.answers < CALLS) {
        while (seen.held_count)
            channel_refuse(seen.held[--seen.held_count], status_refuse(&refusal_internal));
        turn();
    }
    free(body);
    close_both();
}
END_TEST

/* One call from end to end with the nth allocation failing; whether one failed. */
static bool call_without_memory(uint64_t nth)
{
    int answers_before = seen.answers;
    open_base();
    front = engine = NULL;
    mem_fail_at(nth);
    enum err e = channel_new(base, fds[1], ROLE_ENGINE, ROLE_FRONT, &engine_handlers, &engine);
    if (e == ERR_OK)
        e = channel_new(base, fds[0], ROLE_FRONT, ROLE_ENGINE, &front_handlers, &front);
    else
        close(fds[0]);
    if (e == ERR_OK)
        e = call_engine("hello", 5, 1000, NULL);
    if (e == ERR_OK) /* whatever failed on the way, an answer comes */
        run_until(&seen.answers, answers_before + 1);
    bool failed = mem_has_failed();
    mem_fail_at(0);
    ck_assert(failed ? e == ERR_MEMORY || seen.code == STATUS_UNAVAILABLE : e == ERR_OK && seen.code == STATUS_OK);
    close_both();
    return failed;
}

START_TEST(without_memory_a_call_is_still_answered)
{
    uint64_t nth = 1;
    while (call_without_memory(nth))
        nth++;
    ck_assert_uint_gt(nth, 6);
}
END_TEST

/* ---- raw bytes against one end ---- */

static void write_all(const void *bytes, size_t length)
{
    ck_assert_int_eq(write(fds[0], bytes, length), (ssize_t)length);
}

static struct evbuffer *frame_of_call(const char *method, uint32_t timeout_ms)
{
    Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    struct evbuffer *bytes = evbuffer_new();
    call.method = (char *)(uintptr_t)method;
    call.timeout_ms = timeout_ms;
    frame.id = 7;
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_CALL;
    frame.call = &call;
    ck_assert_int_eq(frame_put(bytes, &frame), ERR_OK);
    return bytes;
}

static void write_frame(struct evbuffer *bytes)
{
    size_t length = evbuffer_get_length(bytes);
    write_all(evbuffer_pullup(bytes, -1), length);
    evbuffer_free(bytes);
}

START_TEST(a_frame_split_at_every_byte_is_one_call)
{
    struct evbuffer *bytes = frame_of_call("internal/CommitStudents", 1000);
    const unsigned char *all = evbuffer_pullup(bytes, -1);
    size_t length = evbuffer_get_length(bytes);
    open_base();
    open_engine();
    for (size_t i = 0; i < length; i++) {
        ck_assert_int_eq(seen.calls, 0);
        write_all(all + i, 1);
        turn();
    }
    run_until(&seen.calls, 1);
    write_all(all, length);
    write_all(all, length);
    run_until(&seen.calls, 3);
    evbuffer_free(bytes);
    close_both();
    close(fds[0]);
}
END_TEST

static const struct {
    const char *bytes;
    size_t length;
} garbage[] = {
    {"\xff\xff\xff\xff", 4},                     /* longer than any frame */
    {"\x02\x80\x00\x01", 4},                     /* one byte longer than a frame may be */
    {"\x00\x00\x00\x00", 4},                     /* empty */
    {"\x00\x00\x00\x02\x08\x01", 6},             /* an id alone */
    {"\x00\x00\x00\x02\x12\x05", 6},             /* a call cut short */
    {"\x00\x00\x00\x05\x12\x03\x0a\x01\xff", 9}, /* a method that is not UTF-8 */
    {"GET / HTTP/1.1\r\n\r\n", 18},
};

static void expect_closed_by(const char *bytes, size_t length)
{
    int closed_before = seen.engine_closed;
    char byte;
    open_base();
    open_engine();
    write_all(bytes, length);
    run_until(&seen.engine_closed, closed_before + 1);
    ck_assert_int_eq(seen.calls, 0);
    ck_assert_int_eq(read(fds[0], &byte, 1), 0);
    close_both();
    close(fds[0]);
}

START_TEST(garbage_closes_the_channel_and_nothing_else)
{
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++)
        expect_closed_by(garbage[i].bytes, garbage[i].length);
}
END_TEST

static void expect_refused(const char *method, uint32_t timeout_ms)
{
    int closed_before = seen.engine_closed;
    open_base();
    open_engine();
    write_frame(frame_of_call(method, timeout_ms));
    run_until(&seen.engine_closed, closed_before + 1);
    ck_assert_int_eq(seen.calls, 0);
    close_both();
    close(fds[0]);
}

START_TEST(what_is_not_allowed_closes_the_channel)
{
    expect_refused("internal/Authenticate", 1000);
    expect_refused("internal/ResolveStage", 1000);
    expect_refused("stagematch.v1.AuthService/Login", 1000);
    expect_refused("stagematch.v1.NoService/NoMethod", 1000);
    expect_refused("", 1000);
    expect_refused("internal/CommitStudents", 0);
}
END_TEST

START_TEST(an_answer_that_nobody_asked_for_is_dropped)
{
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    struct evbuffer *bytes = evbuffer_new();
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_REPLY;
    frame.reply = &reply;
    for (uint64_t id = 0; id < 3; id++) {
        frame.id = id << 40 | id;
        ck_assert_int_eq(frame_put(bytes, &frame), ERR_OK);
    }
    open_base();
    open_engine();
    write_frame(bytes);
    write_frame(frame_of_call("internal/CommitStudents", 1000));
    run_until(&seen.calls, 1);
    ck_assert_int_eq(seen.engine_closed, 0);
    close_both();
    close(fds[0]);
}
END_TEST

START_TEST(what_is_told_comes_in_the_order_of_the_answers)
{
    uint32_t views[] = {1, 2, UINT32_MAX};
    Stagematch__Internal__V1__Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    changed.epoch = UINT64_MAX;
    changed.scopes = views;
    changed.n_scopes = 3;
    open_both();
    seen.holds = true;
    ck_assert_int_eq(call_engine("", 0, 60000, NULL), ERR_OK);
    ck_assert_int_eq(call_engine("", 0, 60000, NULL), ERR_OK);
    run_until(&seen.calls, 2);
    channel_refuse(seen.held[0], status_refuse(&refusal_internal));
    channel_tell(engine, &changed);
    channel_refuse(seen.held[1], status_refuse(&refusal_internal));
    seen.held_count = 0;
    run_until(&seen.answers, 2);
    ck_assert_int_eq(seen.told, 1);
    ck_assert_int_eq(seen.answers_before, 1);
    ck_assert_uint_eq(seen.told_epoch, UINT64_MAX);
    ck_assert_uint_eq(seen.told_views, 3);
    close_both();
}
END_TEST

START_TEST(a_front_tells_nobody_anything)
{
    Stagematch__Internal__V1__Changed changed = STAGEMATCH__INTERNAL__V1__CHANGED__INIT;
    open_both();
    channel_tell(front, &changed);
    run_until(&seen.engine_closed, 1);
    ck_assert_int_eq(seen.told, 0);
    close_both();
}
END_TEST

START_TEST(the_id_of_a_request_goes_with_its_calls)
{
    static char line[4096];
    int ends[2];
    Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    open_both();
    ck_assert_int_eq(pipe(ends), 0);
    log_open(ends[1], LOG_DEBUG, clock_system());
    call.timeout_ms = 1000;
    log_set_request("0123456789abcdef-01");
    ck_assert_int_eq(channel_call(front, method_of(METHOD_COMMIT_STUDENTS), &call, on_answer, NULL, NULL), ERR_OK);
    log_set_request(NULL);
    call.trace = (char[]){"feedfeedfeedfeed"};
    ck_assert_int_eq(channel_call(front, method_of(METHOD_COMMIT_STUDENTS), &call, on_answer, NULL, NULL), ERR_OK);
    run_until(&seen.answers, 2);
    ck_assert_str_eq(log_get_request(), "");
    close(ends[1]);
    ssize_t got = read(ends[0], line, sizeof line - 1);
    ck_assert_int_gt(got, 0);
    line[got] = '\0';
    close(ends[0]);
    const char *first = strstr(line, "event=call_answered method=internal/CommitStudents code=ok peer=front us=");
    ck_assert_ptr_nonnull(first);
    first = strstr(first, " request=0123456789abcdef-01\n");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(strstr(first, " request=feedfeedfeedfeed\n"));
    close_both();
}
END_TEST

RUN_TESTS("channel", a_call_is_answered_in_a_later_turn, large_bodies_pass, a_frame_that_is_too_long_is_not_sent,
          a_body_beyond_its_method_is_refused_and_the_channel_lives, many_calls_at_a_time_are_answered_each,
          a_late_answer_is_a_refusal_and_the_other_end_is_told, a_canceled_call_is_not_answered,
          a_lost_peer_answers_what_is_under_way, who_closes_is_answered_too, no_more_calls_than_the_table_holds,
          a_fast_sender_waits, without_memory_a_call_is_still_answered, a_frame_split_at_every_byte_is_one_call,
          garbage_closes_the_channel_and_nothing_else, what_is_not_allowed_closes_the_channel,
          an_answer_that_nobody_asked_for_is_dropped, what_is_told_comes_in_the_order_of_the_answers,
          a_front_tells_nobody_anything, the_id_of_a_request_goes_with_its_calls)
