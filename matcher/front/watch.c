#include "front/watch.h"

#include "api/message.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/call.h"
#include "front/watch_method.h"
#include "wire/connect_stream.h"

#include <sodium.h>
#include <string.h>

enum { EVENT_BYTES_MAX = 8 << 20, ANSWER_BUDGET_BYTES = 64 << 20, STATE_HASH_BYTES = 32 };

static const REFUSAL(refusal_too_many_streams, STATUS_RESOURCE_EXHAUSTED, "too_many_streams",
                     "Dit account volgt al te veel tegelijk. Sluit eerst iets anders.",
                     "This account watches too much at a time. Close something else first.");
static const REFUSAL(refusal_stopping, STATUS_UNAVAILABLE, "stopping",
                     "De dienst wordt opnieuw gestart. Probeer het zo weer.",
                     "The service is being started again. Try again in a moment.");

enum watch_state {
    WATCH_WAITING, /* for a change, the next sign of life, or the client to read */
    WATCH_KNOWING, /* the vault is asked who it is */
    WATCH_ASKING,  /* the engine is asked */
    WATCH_ENDED,
    WATCH_STATE_COUNT,
};

static const unsigned moves[WATCH_STATE_COUNT] = {
    [WATCH_WAITING] = 1u << WATCH_KNOWING | 1u << WATCH_ASKING | 1u << WATCH_ENDED,
    [WATCH_KNOWING] = 1u << WATCH_WAITING | 1u << WATCH_ENDED,
    [WATCH_ASKING] = 1u << WATCH_WAITING | 1u << WATCH_ENDED,
    [WATCH_ENDED] = 0,
};

/* A question to the engine. It outlives its watch where the channel broke before the answer. */
struct watch_ask {
    struct watch *watch; /* NULL: nobody waits */
    struct channel *channel;
    uint64_t id;
};

struct watch {
    struct front *front;
    struct exchange *exchange;
    const struct method *method;
    const struct watch_method *how;
    struct connect_request connect;
    struct pbguard_message request;
    struct session session; /* views into the head */
    enum watch_state state;
    struct actor *actor; /* held; NULL until it was known once */
    struct auth_waiter waiter;
    struct watch_ask *ask;
    struct view_set views; /* of the last question */
    bool dirty;            /* may have changed since */
    bool has_sent;         /* an event, or the sign that there is nothing to tell behind after_seq */
    uint64_t seen;         /* version of the last answer */
    uint64_t seq;          /* of what was sent last, or is as new */
    uint8_t sent_hash[STATE_HASH_BYTES];
    int64_t start_us, deadline_us, ask_us, beat_us; /* monotonic: no question and no sign of life before these */
    int64_t failing_us;                             /* since when questions fail; 0: they do not */
    struct event timer;
    TAILQ_ENTRY(watch) in_list;
};

static void go_on(struct watch *watch);

static int64_t now_us(const struct watch *watch)
{
    return clock_monotonic_us(&watch->front->environment->clock);
}

static bool set_state(struct watch *watch, enum watch_state to)
{
    if (!(moves[watch->state] & 1u << to))
        return false;
    watch->state = to;
    return true;
}

/* ---- the end ---- */

static void drop_ask(struct watch *watch)
{
    struct watch_ask *ask = watch->ask;
    if (!ask)
        return;
    watch->ask = NULL;
    ask->watch = NULL;
    if (watch->front->channels[ROLE_ENGINE] == ask->channel) {
        channel_cancel(ask->channel, ask->id);
        mem_free(ask);
    } /* else the channel is closing, and answers it still */
}

/* The last envelope: `error` is the JSON of it, empty where all went well. */
static void end_with(struct watch *watch, enum status_code code, struct text error)
{
    struct front *front = watch->front;
    struct connect_metadata retry = {text_of("retry-after"), text_of("1")};
    bool again = code == STATUS_UNAVAILABLE || code == STATUS_RESOURCE_EXHAUSTED;
    struct buf last;
    if (!set_state(watch, WATCH_ENDED))
        return;
    drop_ask(watch);
    auth_leave(&watch->waiter);
    event_del(&watch->timer);
    buf_init(&last, EVENT_BYTES_MAX);
    if (connect_stream_end(&last, error, &retry, again) != ERR_OK)
        buf_clear(&last);
    exchange_stream_end(watch->exchange, buf_text(&last));
    buf_free(&last);
    watch->exchange = NULL;
    watch->session.token = (struct text){NULL, 0};
    pbguard_free(&watch->request);
    auth_release(front->auth, watch->actor);
    watch->actor = NULL;
    counters_add(&front->counters, watch->method->id, code, now_us(watch) - watch->start_us);
    TAILQ_REMOVE(&front->watches.open, watch, in_list);
    TAILQ_INSERT_TAIL(&front->watches.ended, watch, in_list);
    front->watches.counts.open--;
    event_add(&front->watches.sweep, &(struct timeval){0, 0});
}

static void end(struct watch *watch, struct status status)
{
    struct buf error;
    enum status_code code = status.refusal ? status.refusal->code : STATUS_OK;
    buf_init(&error, EVENT_BYTES_MAX);
    if (status.refusal && connect_error_status(&error, &status, watch->connect.language) != ERR_OK)
        buf_clear(&error);
    end_with(watch, code, buf_text(&error));
    buf_free(&error);
}

static void end_refused(struct watch *watch, const Stagematch__Internal__V1__Reply *reply)
{
    struct buf error;
    enum status_code code = channel_reply_code(reply);
    buf_init(&error, EVENT_BYTES_MAX);
    if (connect_error_refusal(&error, code, reply->refusal, watch->connect.language) != ERR_OK)
        buf_clear(&error);
    end_with(watch, code, buf_text(&error));
    buf_free(&error);
}

/* What is over soon is waited for a while. `reply` NULL: `status` says what it was. */
static void fail(struct watch *watch, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    int64_t now = now_us(watch);
    enum status_code code = reply            ? channel_reply_code(reply)
                            : status.refusal ? status.refusal->code
                                             : STATUS_INTERNAL;
    bool passes = code == STATUS_UNAVAILABLE || code == STATUS_DEADLINE_EXCEEDED || code == STATUS_RESOURCE_EXHAUSTED;
    if (watch->failing_us == 0)
        watch->failing_us = now;
    if (!passes || now - watch->failing_us > (int64_t)WATCH_PATIENCE_MS * 1000) {
        if (reply)
            end_refused(watch, reply);
        else
            end(watch, status);
        return;
    }
    watch->dirty = true;
    watch->ask_us = now + (int64_t)WATCH_RETRY_MS * 1000;
    if (watch->beat_us < watch->ask_us)
        watch->beat_us = watch->ask_us;
    (void)set_state(watch, WATCH_WAITING);
    go_on(watch);
}

/* ---- events ---- */

static void write_event(struct watch *watch, const void *answer)
{
    struct watches *watches = &watch->front->watches;
    union watch_event event;
    struct buf message, out;
    watch->how->event(answer, watch->seq, &event);
    buf_init(&message, EVENT_BYTES_MAX);
    buf_init(&out, EVENT_BYTES_MAX);
    enum err e = connect_encode(watch->connect.codec, &event, &message);
    if (e == ERR_OK)
        e = connect_stream_put(watch->connect.answer_coding, buf_text(&message), &out);
    if (e == ERR_OK)
        e = exchange_stream_write(watch->exchange, buf_text(&out));
    buf_free(&message);
    buf_free(&out);
    watch->has_sent = true;
    watch->beat_us = now_us(watch) + watches->heartbeat_us;
    if (answer)
        watches->counts.events++;
    else
        watches->counts.heartbeats++;
    if (e == ERR_IO) /* the client left, which is told in a moment */
        return;
    if (e != ERR_OK)
        end(watch, status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_internal));
}

/* Whether the first answer is what the client has had. A number that nobody gave is taken for none. */
static bool is_known_to_client(const struct watch *watch, uint64_t version)
{
    uint64_t after_seq = message_u64(watch->request.message, "after_seq");
    return !watch->has_sent && after_seq >= version && after_seq <= watch->front->freshness->newest;
}

static void tell_answer(struct watch *watch, struct text body, uint64_t version)
{
    struct pbguard_message answer = {0};
    uint8_t hash[STATE_HASH_BYTES];
    const char *fault = NULL;
    crypto_generichash(hash, sizeof hash, (const uint8_t *)body.data, body.length, NULL, 0);
    bool is_same = watch->has_sent && memcmp(hash, watch->sent_hash, sizeof hash) == 0;
    bool is_known = is_known_to_client(watch, version);
    if (is_known)
        watch->seq = message_u64(watch->request.message, "after_seq");
    if (version > watch->seq)
        watch->seq = version;
    memcpy(watch->sent_hash, hash, sizeof hash);
    enum err e = pbguard_unpack_whole(method_of(watch->how->asks)->response, body, &pbguard_limits_internal,
                                      ANSWER_BUDGET_BYTES, false, &answer, &fault);
    if (e != ERR_OK) {
        end(watch, status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_internal));
        return;
    }
    if (is_same)
        watch->front->watches.counts.unchanged++;
    else
        write_event(watch, is_known ? NULL : answer.message);
    if (watch->how->is_last && watch->how->is_last(answer.message))
        end(watch, STATUS_DONE);
    pbguard_free(&answer);
}

static void on_answer(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct watch_ask *ask = context;
    struct watch *watch = ask->watch;
    uint64_t version;
    mem_free(ask);
    if (!watch)
        return;
    watch->ask = NULL;
    if (!set_state(watch, WATCH_WAITING))
        return;
    if (!reply || channel_reply_code(reply) != STATUS_OK) {
        fail(watch, status, reply);
        return;
    }
    if (!freshness_of_reply(watch->front->freshness, reply, &version))
        watch->dirty = true; /* it changed on the way */
    watch->seen = version;
    watch->failing_us = 0;
    tell_answer(watch, (struct text){(const char *)reply->body.data, reply->body.len}, version);
    go_on(watch);
}

/* ---- questions ---- */

static enum err send_question(struct watch *watch, struct watch_ask *ask)
{
    union watch_question question;
    uint8_t *bytes;
    const struct method *method = method_of(watch->how->asks);
    const Stagematch__Internal__V1__AuthenticateResponse *said = watch->actor->said;
    const struct view_asker asker = {(unsigned)said->actor->role, (const char *const *)said->actor->scope,
                                     said->actor->n_scope};
    Stagematch__Internal__V1__Call frame = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    watch->how->question(watch->request.message, &question);
    if (!views_of_answer(method, &question, &asker, &watch->views))
        watch->views.count = 0; /* the engine says what is wrong with it */
    size_t length = protobuf_c_message_get_packed_size(&question.base);
    enum err e = mem_alloc(1, length, &bytes);
    if (e != ERR_OK)
        return e;
    protobuf_c_message_pack(&question.base, bytes);
    frame.method = call_borrow(method->path);
    frame.timeout_ms = watch->front->call_timeout_ms;
    frame.trace = call_borrow(exchange_id(watch->exchange));
    frame.body = (ProtobufCBinaryData){length, bytes};
    frame.assertion = said->assertion;
    frame.assertion_mac = said->assertion_mac;
    e = channel_call(ask->channel, method, &frame, on_answer, ask, &ask->id);
    mem_free(bytes);
    return e;
}

static void ask_engine(struct watch *watch)
{
    struct watch_ask *ask;
    struct channel *channel = watch->front->channels[ROLE_ENGINE];
    enum err e = channel ? mem_alloc(1, sizeof *ask, &ask) : ERR_MISSING;
    if (e == ERR_OK) {
        *ask = (struct watch_ask){watch, channel, 0};
        e = send_question(watch, ask);
        if (e != ERR_OK)
            mem_free(ask);
    }
    if (e != ERR_OK) {
        fail(watch, status_refuse(e == ERR_MISSING ? &refusal_unavailable : &refusal_memory), NULL);
        return;
    }
    watch->ask = ask;
    watch->dirty = false;
    watch->ask_us = now_us(watch) + watch->front->watches.interval_us;
    watch->front->watches.counts.asked++;
    (void)set_state(watch, WATCH_ASKING);
}

/* The caller is known: may they, and what is next? */
static void act(struct watch *watch)
{
    unsigned role = (unsigned)watch->actor->said->actor->role;
    if (role > 31 || !(watch->method->roles & ROLE_BIT(role)))
        end(watch, status_refuse(&refusal_permission));
    else if (watch->dirty)
        ask_engine(watch);
    else {
        write_event(watch, NULL);
        go_on(watch);
    }
}

static bool is_of_account(const struct watch *watch, ProtobufCBinaryData account)
{
    if (!watch->actor)
        return false;
    ProtobufCBinaryData own = watch->actor->said->actor->account_id;
    return own.len == account.len && memcmp(own.data, account.data, own.len) == 0;
}

/* Takes the actor. */
static void take_actor(struct watch *watch, struct actor *actor)
{
    const struct watches *watches = &watch->front->watches;
    const struct watch *other;
    bool is_first = !watch->actor;
    size_t count = 0;
    auth_release(watch->front->auth, watch->actor);
    watch->actor = actor;
    TAILQ_FOREACH(other, &watches->open, in_list)
    count += is_of_account(other, actor->said->actor->account_id);
    if (is_first && count > watches->per_account)
        end(watch, status_refuse(&refusal_too_many_streams));
    else
        act(watch);
}

static void on_actor(void *context, struct actor *actor, struct status status,
                     const Stagematch__Internal__V1__Reply *reply)
{
    struct watch *watch = context;
    (void)set_state(watch, WATCH_WAITING);
    if (actor)
        take_actor(watch, actor);
    else
        fail(watch, status, reply);
}

/* Who it is, each time anew. */
static void know(struct watch *watch)
{
    char peer[ADDRESS_TEXT_BYTES];
    struct front *front = watch->front;
    struct actor *found = auth_find(front->auth, watch->session.token);
    if (found) {
        take_actor(watch, found);
        return;
    }
    if (!front->channels[ROLE_VAULT]) {
        fail(watch, status_refuse(&refusal_unavailable), NULL);
        return;
    }
    call_peer(watch->exchange, peer);
    watch->waiter.known = on_actor;
    watch->waiter.context = watch;
    log_set_request(exchange_id(watch->exchange));
    enum err e = auth_ask(front->auth, front->channels[ROLE_VAULT], watch->session.token, peer,
                          front->call_timeout_ms, &watch->waiter);
    log_set_request(NULL);
    if (e != ERR_OK)
        fail(watch, status_refuse(e == ERR_MISSING ? &refusal_unavailable : &refusal_memory), NULL);
    else
        (void)set_state(watch, WATCH_KNOWING);
}

static void arm(struct watch *watch, int64_t now, bool may_write)
{
    int64_t next = watch->deadline_us;
    if (may_write && watch->beat_us < next)
        next = watch->beat_us;
    if (may_write && watch->dirty && watch->ask_us < next)
        next = watch->ask_us;
    int64_t wait_us = next > now ? next - now : 0;
    struct timeval wait = {wait_us / 1000000, (suseconds_t)(wait_us % 1000000)};
    event_add(&watch->timer, &wait);
}

/* What is next: the one place that decides. */
static void go_on(struct watch *watch)
{
    if (watch->state != WATCH_WAITING)
        return;
    int64_t now = now_us(watch);
    if (now >= watch->deadline_us) {
        end(watch, status_refuse(&refusal_deadline));
        return;
    }
    bool may_write = exchange_stream_pending(watch->exchange) == 0; /* otherwise on_drained goes on */
    if (may_write && ((watch->dirty && now >= watch->ask_us) || now >= watch->beat_us))
        know(watch);
    else
        arm(watch, now, may_write);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    go_on(context);
}

static void on_drained(void *context, struct exchange *exchange)
{
    (void)exchange;
    go_on(context);
}

static void on_gone(void *context, struct exchange *exchange)
{
    (void)exchange;
    end(context, status_refuse(&refusal_canceled));
}

static void on_stopping(void *context, struct exchange *exchange)
{
    (void)exchange;
    end(context, status_refuse(&refusal_stopping));
}

/* ---- the beginning ---- */

static void begin_stream(struct watch *watch)
{
    const struct exchange_stream stream = {
        .drained = on_drained, .gone = on_gone, .stopping = on_stopping, .context = watch};
    const struct exchange_header headers[] = {
        {"Content-Type", connect_stream_content_type(watch->connect.codec)},
        {"Cache-Control", "no-store"},
        {"Connect-Content-Encoding", connect_coding_name(watch->connect.answer_coding)},
    };
    size_t count = sizeof headers / sizeof headers[0];
    exchange_stream_begin(watch->exchange, 200, headers,
                          watch->connect.answer_coding == CONNECT_GZIP ? count : count - 1, &stream);
}

static struct status decode(struct watch *watch)
{
    struct buf scratch;
    struct text bytes;
    struct json_fault fault;
    const struct refusal *refusal = NULL;
    struct status status = STATUS_DONE;
    buf_init(&scratch, connect_body_bytes_max(watch->method, watch->connect.codec) + 1);
    enum err e = connect_stream_message(watch->method, &watch->connect, exchange_body(watch->exchange), &scratch,
                                        &bytes, &refusal);
    if (e != ERR_OK) {
        status = status_refuse(refusal);
    } else {
        e = connect_decode(watch->method, &watch->connect, bytes, connect_budget_bytes(bytes.length), &watch->request,
                           &fault, &status);
        if (e != ERR_OK)
            status.field = NULL; /* it lies in `fault` */
    }
    buf_free(&scratch);
    return status;
}

static struct status admit(const struct watch *watch)
{
    const struct front *front = watch->front;
    if (front->stopping)
        return status_refuse(&refusal_stopping);
    if (front->watches.counts.open > front->watches.most)
        return status_refuse(&refusal_too_many);
    if (watch->session.refusal)
        return call_refused_session(watch->front, &watch->session);
    if (watch->session.token.length == 0)
        return status_refuse(&refusal_unauthenticated);
    return watch->how ? STATUS_DONE : status_refuse(&refusal_unimplemented);
}

static void set_times(struct watch *watch)
{
    const uint64_t most_ms = (uint64_t)INT64_MAX / 4000;
    watch->start_us = watch->ask_us = now_us(watch);
    watch->beat_us = watch->start_us + watch->front->watches.heartbeat_us;
    watch->deadline_us = INT64_MAX / 2;
    if (watch->connect.timeout_ms && watch->connect.timeout_ms < most_ms)
        watch->deadline_us = watch->start_us + (int64_t)watch->connect.timeout_ms * 1000;
}

void watch_start(struct front *front, struct exchange *exchange, const struct method *method,
                 const struct connect_request *connect)
{
    struct watch *watch;
    if (mem_alloc(1, sizeof *watch, &watch) != ERR_OK) {
        exchange_respond(exchange, 503, NULL, 0, text_of(""));
        return;
    }
    watch->front = front;
    watch->exchange = exchange;
    watch->method = method;
    watch->how = watch_method_of(method->id);
    watch->connect = *connect;
    watch->session = call_session(front, exchange, method, connect);
    watch->dirty = true;
    set_times(watch);
    evtimer_assign(&watch->timer, front->environment->base, on_timer, watch);
    TAILQ_INSERT_TAIL(&front->watches.open, watch, in_list);
    front->watches.counts.open++;
    front->watches.counts.started++;
    struct status status = admit(watch);
    if (!status.refusal)
        status = decode(watch);
    begin_stream(watch);
    if (status.refusal)
        end(watch, status);
    else
        go_on(watch);
}

/* ---- all of them ---- */

static void on_look(evutil_socket_t fd, short what, void *context)
{
    struct front *front = context;
    struct watch *watch, *next;
    bool all = front->watches.look_at_all;
    (void)fd;
    (void)what;
    front->watches.look_at_all = false;
    for (watch = TAILQ_FIRST(&front->watches.open); watch; watch = next) {
        next = TAILQ_NEXT(watch, in_list);
        if (!all && !freshness_is_after(front->freshness, &watch->views, watch->seen))
            continue;
        watch->dirty = true;
        go_on(watch);
    }
}

void watches_changed(struct front *front, bool all)
{
    if (TAILQ_EMPTY(&front->watches.open)) /* who comes later begins by asking */
        return;
    front->watches.look_at_all |= all;
    event_active(&front->watches.look, 0, 0);
}

static bool rests_on(const struct watch *watch, const uint32_t *views, size_t count)
{
    for (size_t i = 0; i < watch->views.count; i++)
        for (size_t k = 0; k < count; k++)
            if (watch->views.views[i] == views[k])
                return true;
    return false;
}

void watches_hint(struct front *front, const uint32_t *views, size_t count)
{
    struct watch *watch, *next;
    for (watch = TAILQ_FIRST(&front->watches.open); watch; watch = next) {
        next = TAILQ_NEXT(watch, in_list);
        if (!rests_on(watch, views, count))
            continue;
        watch->dirty = true;
        go_on(watch);
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
    struct front *front = context;
    struct watch *watch;
    (void)fd;
    (void)what;
    while ((watch = TAILQ_FIRST(&front->watches.ended))) {
        TAILQ_REMOVE(&front->watches.ended, watch, in_list);
        mem_free(watch);
    }
}

void watches_init(struct front *front)
{
    const struct settings *settings = front->environment->settings;
    struct watches *watches = &front->watches;
    TAILQ_INIT(&watches->open);
    TAILQ_INIT(&watches->ended);
    watches->most = (size_t)settings_number(settings, "streams_max");
    watches->per_account = (size_t)settings_number(settings, "streams_per_account");
    watches->heartbeat_us = settings_number(settings, "stream_heartbeat_ms") * 1000;
    watches->interval_us = settings_number(settings, "stream_interval_ms") * 1000;
    event_assign(&watches->look, front->environment->base, -1, 0, on_look, front);
    evtimer_assign(&watches->sweep, front->environment->base, on_sweep, front);
}

void watches_end(struct front *front)
{
    struct watch *watch;
    while ((watch = TAILQ_FIRST(&front->watches.open)))
        end(watch, status_refuse(&refusal_stopping));
    event_del(&front->watches.look);
    event_del(&front->watches.sweep);
    on_sweep(-1, 0, front);
}
