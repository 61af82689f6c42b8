#include "ipc/channel.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ipc/allowed.h"
#include "ipc/frame.h"
#include "ipc/pending.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef Stagematch__Internal__V1__Frame Frame;
typedef Stagematch__Internal__V1__Call Call;
typedef Stagematch__Internal__V1__Reply Reply;
typedef Stagematch__Internal__V1__Changed Changed;

/* The kernel's buffers of a socketpair hold about 200 KiB, so reading more at a time gains nothing. */
enum { READ_BYTES_MAX = 256 << 10, BUCKET_COUNT = 1024 };

enum channel_state {
    CHANNEL_OPEN,
    CHANNEL_LOST,   /* the other end is gone, or was refused; `closed` is owed */
    CHANNEL_CLOSED, /* by its owner */
};

/* A call that came in, with its frame; in the list of its bucket. */
struct incoming {
    struct incoming_call call; /* first, so that one leads to the other */
    Frame *frame;
    size_t held_bytes;
    struct incoming *next, **link;
};

struct channel {
    enum role_name self, peer;
    struct channel_handlers handlers;
    enum channel_state state;
    struct bufferevent *stream;
    struct event *deadline, *sweep;
    int64_t deadline_armed_us; /* INT64_MAX: not */
    struct pending pending;
    struct incoming *incoming[BUCKET_COUNT]; /* by id, which the other end gives out almost in order */
    size_t incoming_count, held_bytes;
    struct clock clock;
};

const char *role_text(enum role_name role)
{
    static const char *const texts[ROLE_NAME_COUNT] = {"parent", "front", "engine", "vault"};
    return texts[role];
}

enum role_name channel_peer(const struct channel *channel)
{
    return channel->peer;
}

size_t channel_backlog_bytes(const struct channel *channel)
{
    return evbuffer_get_length(bufferevent_get_output(channel->stream));
}

/* Every end of a channel comes through here; what is owed is done by sweep(), in a later turn. */
static void set_ended(struct channel *channel, enum channel_state state)
{
    if (channel->state == state || channel->state == CHANNEL_CLOSED)
        return;
    channel->state = state;
    bufferevent_disable(channel->stream, EV_READ | EV_WRITE);
    event_active(channel->sweep, EV_TIMEOUT, 0);
}

void channel_close(struct channel *channel)
{
    set_ended(channel, CHANNEL_CLOSED);
}

static void refuse_channel(struct channel *channel, const char *why)
{
    LOG(LOG_WARN, "channel_refused", LOG_WORD("role", role_text(channel->self)),
        LOG_WORD("peer", role_text(channel->peer)), LOG_WORD("why", why));
    set_ended(channel, CHANNEL_LOST);
}

/* ---- calls that this end makes ---- */

static void arm_deadline(struct channel *channel)
{
    int64_t first_us = pending_first_us(&channel->pending);
    if (first_us >= channel->deadline_armed_us)
        return; /* the timer fires soon enough; where it is too early it is armed again */
    int64_t left_us = first_us - clock_monotonic_us(&channel->clock);
    left_us = left_us > 0 ? left_us : 0;
    struct timeval wait = {.tv_sec = left_us / 1000000, .tv_usec = left_us % 1000000};
    if (event_add(channel->deadline, &wait) == 0)
        channel->deadline_armed_us = first_us;
}

static void send_cancel(struct channel *channel, uint64_t id)
{
    Stagematch__Internal__V1__Cancel cancel = STAGEMATCH__INTERNAL__V1__CANCEL__INIT;
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    frame.id = id;
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_CANCEL;
    frame.cancel = &cancel;
    enum err e = channel->state == CHANNEL_OPEN ? frame_put(bufferevent_get_output(channel->stream), &frame) : ERR_OK;
    (void)e; /* without it the other end works in vain, no more */
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct channel *channel = context;
    struct pending_call call;
    uint64_t id;
    int64_t now_us = clock_monotonic_us(&channel->clock);
    channel->deadline_armed_us = INT64_MAX;
    while (channel->state == CHANNEL_OPEN && pending_take_due(&channel->pending, now_us, &call, &id)) {
        send_cancel(channel, id);
        call.answer(call.context, status_refuse(&refusal_deadline), NULL);
    }
    if (channel->state == CHANNEL_OPEN)
        arm_deadline(channel);
}

enum err channel_call(struct channel *channel, const struct method *method, const Call *call,
                      channel_answer_cb *answer, void *context, uint64_t *id)
{
    if (channel->state != CHANNEL_OPEN)
        return ERR_MISSING;
    if (call->timeout_ms == 0)
        return ERR_RANGE;
    uint64_t given;
    struct pending_call taken;
    int64_t deadline_us = clock_monotonic_us(&channel->clock) + (int64_t)call->timeout_ms * 1000;
    enum err e = pending_add(&channel->pending, answer, context, deadline_us, &given);
    if (e != ERR_OK)
        return e;
    Call sent = *call;
    sent.method = (char *)(uintptr_t)method->path;
    if (sent.trace[0] == '\0') /* what is asked while a request is worked on is asked for it */
        sent.trace = (char *)(uintptr_t)log_get_request();
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    frame.id = given;
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_CALL;
    frame.call = &sent;
    e = frame_put(bufferevent_get_output(channel->stream), &frame);
    if (e != ERR_OK) {
        pending_take(&channel->pending, given, &taken);
        return e;
    }
    arm_deadline(channel);
    if (id)
        *id = given;
    return ERR_OK;
}

void channel_cancel(struct channel *channel, uint64_t id)
{
    struct pending_call call;
    if (pending_take(&channel->pending, id, &call))
        send_cancel(channel, id);
}

enum status_code channel_reply_code(const Reply *reply)
{
    return reply->code < STATUS_CODE_COUNT ? (enum status_code)reply->code : STATUS_UNKNOWN;
}

static void take_reply(struct channel *channel, uint64_t id, const Reply *reply)
{
    struct pending_call call;
    if (!pending_take(&channel->pending, id, &call))
        return; /* it was late, or nobody waits any more */
    const Stagematch__V1__Refusal *said = reply->refusal;
    struct refusal refusal = refusal_internal;
    struct status status = STATUS_DONE;
    if (channel_reply_code(reply) != STATUS_OK) {
        refusal.code = channel_reply_code(reply);
        if (said)
            refusal = (struct refusal){refusal.code, said->code, said->message_nl, said->message_en};
        status =
            (struct status){&refusal, said && said->field[0] ? said->field : NULL, said ? said->current_version : 0};
    }
    call.answer(call.context, status, reply);
}

/* ---- calls that the other end makes ---- */

static struct incoming **bucket_of(struct channel *channel, uint64_t id)
{
    return &channel->incoming[id % BUCKET_COUNT];
}

static void link_incoming(struct channel *channel, struct incoming *incoming)
{
    struct incoming **bucket = bucket_of(channel, incoming->call.id);
    incoming->next = *bucket;
    incoming->link = bucket;
    if (incoming->next)
        incoming->next->link = &incoming->next;
    *bucket = incoming;
    channel->incoming_count++;
    channel->held_bytes += incoming->held_bytes;
    if (channel->held_bytes > CHANNEL_HELD_BYTES_MAX)
        bufferevent_disable(channel->stream, EV_READ);
}

static void unlink_incoming(struct channel *channel, struct incoming *incoming)
{
    *incoming->link = incoming->next;
    if (incoming->next)
        incoming->next->link = incoming->link;
    bool was_full = channel->held_bytes > CHANNEL_HELD_BYTES_MAX;
    channel->incoming_count--;
    channel->held_bytes -= incoming->held_bytes;
    if (was_full && channel->held_bytes <= CHANNEL_HELD_BYTES_MAX && channel->state == CHANNEL_OPEN)
        bufferevent_enable(channel->stream, EV_READ);
}

/* NULL where it may be let in, otherwise the word for the log. */
static const char *find_fault(const struct channel *channel, const Call *call, const struct method **method)
{
    *method = method_find(text_of(call->method));
    if (!*method)
        return "unknown_method";
    if (!allowed_call(channel->peer, channel->self, *method))
        return "forbidden_method";
    if (call->timeout_ms == 0)
        return "no_deadline";
    return channel->incoming_count == CHANNEL_CALLS_MAX ? "too_many_calls" : NULL;
}

/* Takes the frame. */
static void take_call(struct channel *channel, Frame *frame)
{
    const struct method *method;
    struct incoming *incoming;
    const char *fault = find_fault(channel, frame->call, &method);
    if (!fault && mem_alloc(1, sizeof *incoming, &incoming) != ERR_OK)
        fault = "no_memory";
    if (fault) {
        frame_free(frame);
        refuse_channel(channel, fault);
        return;
    }
    int64_t timeout_us = (int64_t)frame->call->timeout_ms * 1000;
    incoming->call = (struct incoming_call){channel, frame->id, method, frame->call,
                                            clock_monotonic_us(&channel->clock) + timeout_us};
    incoming->frame = frame;
    incoming->held_bytes = frame->call->body.len + sizeof *incoming;
    link_incoming(channel, incoming);
    log_set_request(frame->call->trace);
    if (frame->call->body.len > method->max_bytes)
        channel_refuse(&incoming->call, status_refuse(&refusal_too_large));
    else
        channel->handlers.call(channel->handlers.context, &incoming->call);
    log_set_request(NULL);
}

static void take_cancel(struct channel *channel, uint64_t id)
{
    struct incoming *incoming = *bucket_of(channel, id);
    while (incoming && incoming->call.id != id)
        incoming = incoming->next;
    if (incoming && channel->handlers.canceled)
        channel->handlers.canceled(channel->handlers.context, &incoming->call);
}

static enum err send_reply(struct channel *channel, uint64_t id, const Reply *reply)
{
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    frame.id = id;
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_REPLY;
    frame.reply = (Reply *)(uintptr_t)reply;
    return frame_put(bufferevent_get_output(channel->stream), &frame);
}

static enum err send_refusal(struct channel *channel, uint64_t id, struct status status)
{
    Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    Stagematch__V1__Refusal said = STAGEMATCH__V1__REFUSAL__INIT;
    said.code = (char *)(uintptr_t)status.refusal->name;
    said.message_nl = (char *)(uintptr_t)status.refusal->message_nl;
    said.message_en = (char *)(uintptr_t)status.refusal->message_en;
    said.current_version = status.current_version;
    if (status.field)
        said.field = (char *)(uintptr_t)status.field;
    reply.code = status.refusal->code;
    reply.refusal = &said;
    return send_reply(channel, id, &reply);
}

/* Whoever answers, and when: the line has the id of the request that it was for. */
static void log_answer(const struct incoming *incoming, enum status_code code)
{
    const struct incoming_call *call = &incoming->call;
    if (!log_wants(LOG_DEBUG) || !call->channel)
        return;
    int64_t now_us = clock_monotonic_us(&call->channel->clock);
    int64_t began_us = call->deadline_us - (int64_t)call->call->timeout_ms * 1000;
    log_set_request(call->call->trace);
    LOG(LOG_DEBUG, "call_answered", LOG_WORD("method", call->method->path), LOG_WORD("code", status_code_name(code)),
        LOG_WORD("peer", role_text(call->channel->peer)), LOG_NUMBER("us", now_us - began_us),
        LOG_NUMBER("bytes_in", call->call->body.len));
    log_set_request(NULL);
}

static void free_incoming(struct incoming *incoming)
{
    frame_free(incoming->frame);
    mem_free(incoming);
}

void channel_answer(struct incoming_call *call, const Reply *reply)
{
    struct incoming *incoming = (struct incoming *)call;
    struct channel *channel = call->channel;
    log_answer(incoming, channel_reply_code(reply));
    if (channel) {
        unlink_incoming(channel, incoming);
        enum err e = channel->state == CHANNEL_OPEN ? send_reply(channel, call->id, reply) : ERR_OK;
        if (e != ERR_OK)
            e = send_refusal(channel, call->id, status_refuse(e == ERR_RANGE ? &refusal_too_large : &refusal_memory));
        if (e != ERR_OK)
            refuse_channel(channel, "no_memory"); /* an answer that cannot be given would be waited for */
    }
    free_incoming(incoming);
}

void channel_refuse(struct incoming_call *call, struct status status)
{
    struct incoming *incoming = (struct incoming *)call;
    struct channel *channel = call->channel;
    log_answer(incoming, status.refusal->code);
    if (channel) {
        unlink_incoming(channel, incoming);
        if (channel->state == CHANNEL_OPEN && send_refusal(channel, call->id, status) != ERR_OK)
            refuse_channel(channel, "no_memory");
    }
    free_incoming(incoming);
}

void channel_answer_message(struct incoming_call *call, const ProtobufCMessage *message)
{
    Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes;
    if (mem_alloc(length, 1, &bytes) != ERR_OK) {
        channel_refuse(call, status_refuse(&refusal_memory));
        return;
    }
    protobuf_c_message_pack(message, bytes);
    reply.body = (ProtobufCBinaryData){length, bytes};
    channel_answer(call, &reply);
    explicit_bzero(bytes, length);
    mem_free(bytes);
}

/* ---- what is told ---- */

void channel_tell(struct channel *channel, const Changed *changed)
{
    Frame frame = STAGEMATCH__INTERNAL__V1__FRAME__INIT;
    frame.body_case = STAGEMATCH__INTERNAL__V1__FRAME__BODY_CHANGED;
    frame.changed = (Changed *)(uintptr_t)changed;
    if (channel->state != CHANNEL_OPEN)
        return;
    struct evbuffer *output = bufferevent_get_output(channel->stream);
    if (frame_put(output, &frame) != ERR_OK) {
        refuse_channel(channel, "no_memory");
        return;
    }
    /* Now, not when the loop comes to this socket: another front may be answered before that. What does not go waits as usual. */
    evbuffer_unfreeze(output, 1);
    (void)evbuffer_write(output, bufferevent_getfd(channel->stream));
    evbuffer_freeze(output, 1);
}

bool channel_has_unread(const struct channel *channel)
{
    char byte;
    return evbuffer_get_length(bufferevent_get_input(channel->stream)) > 0 ||
           recv(bufferevent_getfd(channel->stream), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static void take_changed(struct channel *channel, const Changed *changed)
{
    if (!allowed_changed(channel->peer, channel->self))
        refuse_channel(channel, "forbidden_frame");
    else if (channel->handlers.told)
        channel->handlers.told(channel->handlers.context, channel, changed);
}

/* ---- the stream ---- */

/* Takes the frame. */
static void take_frame(struct channel *channel, Frame *frame)
{
    switch (frame->body_case) {
    case STAGEMATCH__INTERNAL__V1__FRAME__BODY_CALL:
        take_call(channel, frame);
        return;
    case STAGEMATCH__INTERNAL__V1__FRAME__BODY_REPLY:
        take_reply(channel, frame->id, frame->reply);
        break;
    case STAGEMATCH__INTERNAL__V1__FRAME__BODY_CANCEL:
        take_cancel(channel, frame->id);
        break;
    case STAGEMATCH__INTERNAL__V1__FRAME__BODY_CHANGED:
        take_changed(channel, frame->changed);
        break;
    case STAGEMATCH__INTERNAL__V1__FRAME__BODY__NOT_SET:
    case _STAGEMATCH__INTERNAL__V1__FRAME__BODY__CASE_IS_INT_SIZE:
        refuse_channel(channel, "empty_frame");
        break;
    }
    frame_free(frame);
}

static void on_read(struct bufferevent *stream, void *context)
{
    struct channel *channel = context;
    while (channel->state == CHANNEL_OPEN) {
        Frame *frame;
        enum err e = frame_take(bufferevent_get_input(stream), &frame);
        if (e == ERR_OK && !frame)
            return;
        if (e == ERR_OK)
            take_frame(channel, frame);
        else
            refuse_channel(channel, e == ERR_MEMORY ? "no_memory" : "malformed_frame");
    }
}

static void on_event(struct bufferevent *stream, short what, void *context)
{
    (void)stream;
    struct channel *channel = context;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        set_ended(channel, CHANNEL_LOST);
}

/* ---- its life ---- */

static void free_channel(struct channel *channel)
{
    if (channel->deadline)
        event_free(channel->deadline);
    if (channel->sweep)
        event_free(channel->sweep);
    if (channel->stream)
        bufferevent_free(channel->stream);
    pending_free(&channel->pending);
    mem_free(channel);
}

/* Cuts the calls that came in loose: each is still answered, to nobody. */
static void orphan_incoming(struct channel *channel)
{
    for (size_t i = 0; i < BUCKET_COUNT; i++)
        while (channel->incoming[i]) {
            struct incoming *incoming = channel->incoming[i];
            unlink_incoming(channel, incoming);
            incoming->call.channel = NULL;
            if (channel->handlers.canceled)
                channel->handlers.canceled(channel->handlers.context, &incoming->call);
        }
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct channel *channel = context;
    struct pending_call call;
    uint64_t id;
    while (pending_take_due(&channel->pending, INT64_MAX, &call, &id))
        call.answer(call.context, status_refuse(&refusal_unavailable), NULL);
    orphan_incoming(channel);
    if (channel->state == CHANNEL_LOST && channel->handlers.closed)
        channel->handlers.closed(channel->handlers.context, channel);
    free_channel(channel);
}

/* Takes `fd`. */
static enum err open_stream(struct channel *channel, struct event_base *base, int fd)
{
    channel->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!channel->stream) {
        close(fd);
        return ERR_MEMORY;
    }
    channel->deadline = event_new(base, -1, 0, on_deadline, channel);
    channel->sweep = event_new(base, -1, 0, on_sweep, channel);
    if (!channel->deadline || !channel->sweep)
        return ERR_MEMORY;
    bufferevent_setcb(channel->stream, on_read, NULL, on_event, channel);
    bufferevent_set_max_single_read(channel->stream, READ_BYTES_MAX);
    return bufferevent_enable(channel->stream, EV_READ | EV_WRITE) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err channel_new(struct event_base *base, int fd, enum role_name self, enum role_name peer,
                     const struct channel_handlers *handlers, struct channel **out)
{
    struct channel *channel;
    enum err e = mem_alloc(1, sizeof *channel, &channel);
    if (e != ERR_OK) {
        close(fd);
        return e;
    }
    channel->self = self;
    channel->peer = peer;
    channel->handlers = *handlers;
    channel->clock = clock_system();
    channel->deadline_armed_us = INT64_MAX;
    e = open_stream(channel, base, fd);
    if (e != ERR_OK) {
        free_channel(channel);
        return e;
    }
    *out = channel;
    return ERR_OK;
}
