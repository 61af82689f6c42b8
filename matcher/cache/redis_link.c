#include "cache/redis_link.h"

#include "base/log.h"
#include "base/mem.h"
#include "cache/redis_finder.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <string.h>

struct redis_link {
    struct redis_link_options options;
    enum link_state state;
    struct redis_finder *finder;
    struct redis_connection *connection;
    struct event retry, overdue;
    unsigned failures_in_a_row;
    unsigned handshakes_open;
    int64_t up_since_us;
    const char *why; /* of the loss that comes; NULL: as the connection says */
    bool told;       /* that it is down */
    struct redis_link_counts counts;
};

static const bool allowed_moves[LINK_STATE_COUNT][LINK_STATE_COUNT] = {
    [LINK_DOWN] = {[LINK_CONNECTING] = true},
    [LINK_CONNECTING] = {[LINK_UP] = true, [LINK_DOWN] = true},
    [LINK_UP] = {[LINK_DOWN] = true},
};

static void set_state(struct redis_link *link, enum link_state next)
{
    if (!allowed_moves[link->state][next]) {
        LOG(LOG_ERROR, "redis_link_move_refused", LOG_NUMBER("from", link->state), LOG_NUMBER("to", next));
        return;
    }
    link->state = next;
}

/* ---- down ---- */

static uint32_t pause_ms(const struct redis_link *link)
{
    enum { DOUBLINGS_MAX = 8 };
    unsigned doublings = link->failures_in_a_row < DOUBLINGS_MAX ? link->failures_in_a_row : DOUBLINGS_MAX;
    uint32_t whole = (uint32_t)LINK_PAUSE_MS_MIN << doublings;
    if (whole > LINK_PAUSE_MS_MAX)
        whole = LINK_PAUSE_MS_MAX;
    return whole / 2 + (uint32_t)random_below(&link->options.random, whole / 2 + 1);
}

static void schedule(struct event *event, uint32_t ms)
{
    const struct timeval in = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
    event_add(event, &in);
}

static void tell_down(struct redis_link *link, const char *why)
{
    if (link->told)
        return;
    link->told = true;
    LOG(LOG_WARN, "redis_down", LOG_WORD("connection", link->options.name), LOG_WORD("why", why));
}

/* Whatever it was at is over, and nothing of it is left. */
static void go_down(struct redis_link *link, const char *why)
{
    bool was_up = link->state == LINK_UP;
    int64_t stood_us = clock_monotonic_us(&link->options.clock) - link->up_since_us;
    set_state(link, LINK_DOWN);
    event_del(&link->overdue);
    link->counts.disconnects += was_up;
    link->counts.failures += !was_up;
    if (was_up && stood_us >= (int64_t)LINK_STEADY_MS * 1000)
        link->failures_in_a_row = 0;
    tell_down(link, why);
    schedule(&link->retry, pause_ms(link));
    link->failures_in_a_row++;
    if (was_up)
        link->options.down(link->options.context);
}

static void on_closed(void *context, const char *why)
{
    struct redis_link *link = context;
    const char *cause = link->why ? link->why : why;
    link->connection = NULL;
    link->why = NULL;
    link->counts.nonsense += strcmp(why, "nonsense") == 0;
    go_down(link, cause);
}

void redis_link_lose(struct redis_link *link, const char *why)
{
    if (!link->connection || link->why)
        return;
    link->why = why;
    redis_connection_close(link->connection);
}

/* ---- connecting ---- */

static void come_up(struct redis_link *link)
{
    event_del(&link->overdue);
    set_state(link, LINK_UP);
    link->up_since_us = clock_monotonic_us(&link->options.clock);
    link->counts.connects++;
    link->told = false;
    LOG(LOG_INFO, "redis_up", LOG_WORD("connection", link->options.name));
    link->options.up(link->options.context);
}

/* The first word of an error is its code: NOAUTH, WRONGPASS, LOADING; the rest may repeat what was sent. */
static void lose_by_error(struct redis_link *link, const redisReply *reply)
{
    char code[32] = "";
    size_t length = 0;
    while (length < reply->len && length + 1 < sizeof code && reply->str[length] >= 'A' && reply->str[length] <= 'Z')
        length++;
    memcpy(code, reply->str, length);
    tell_down(link, code);
    redis_link_lose(link, "refused");
}

static void on_handshake(redisAsyncContext *hiredis, void *answer, void *context)
{
    (void)hiredis;
    struct redis_link *link = context;
    const redisReply *reply = answer;
    if (!reply || link->why || link->state != LINK_CONNECTING)
        return;
    if (reply->type == REDIS_REPLY_ERROR)
        lose_by_error(link, reply);
    else if (reply->type != REDIS_REPLY_STATUS)
        redis_link_lose(link, "nonsense");
    else if (--link->handshakes_open == 0)
        come_up(link);
}

static enum err shake(struct redis_link *link, const struct text *words, size_t count)
{
    link->handshakes_open++;
    return redis_connection_send(link->connection, words, count, on_handshake, link);
}

static enum err shake_hands(struct redis_link *link)
{
    const struct redis_address *address = link->options.address;
    const char *password = link->options.password;
    char database[16];
    enum err e = ERR_OK;
    snprintf(database, sizeof database, "%u", (unsigned)address->database);
    link->handshakes_open = 0;
    if (password && address->user[0])
        e = shake(link, (const struct text[]){text_of("AUTH"), text_of(address->user), text_of(password)}, 3);
    else if (password)
        e = shake(link, (const struct text[]){text_of("AUTH"), text_of(password)}, 2);
    if (e == ERR_OK && address->database)
        e = shake(link, (const struct text[]){text_of("SELECT"), text_of(database)}, 2);
    return e == ERR_OK ? shake(link, (const struct text[]){text_of("PING")}, 1) : e;
}

static bool is_channel(void *context, struct text name)
{
    const struct redis_link *link = context;
    return link->options.is_channel(link->options.context, name);
}

static void on_found(void *context, const struct redis_endpoint *endpoint, const char *why)
{
    struct redis_link *link = context;
    const struct redis_connection_options options = {.base = link->options.base,
                                                     .tls = link->options.tls,
                                                     .reply_bytes_max = link->options.reply_bytes_max,
                                                     .messages = link->options.messages,
                                                     .is_channel = is_channel,
                                                     .closed = on_closed,
                                                     .context = link};
    if (!endpoint) {
        go_down(link, why);
        return;
    }
    if (redis_connection_open(&options, endpoint, &link->connection) != ERR_OK) {
        go_down(link, "not_connected");
        return;
    }
    if (shake_hands(link) != ERR_OK)
        redis_link_lose(link, "not_connected");
}

static void on_retry(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_link *link = context;
    set_state(link, LINK_CONNECTING);
    schedule(&link->overdue, LINK_CONNECT_MS);
    redis_finder_ask(link->finder);
}

static void on_overdue(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_link *link = context;
    redis_finder_cancel(link->finder);
    if (link->connection)
        redis_link_lose(link, "connecting_overdue");
    else
        go_down(link, "connecting_overdue");
}

/* ---- life ---- */

enum err redis_link_new(const struct redis_link_options *options, struct redis_link **out)
{
    struct redis_link *link;
    enum err e = mem_alloc(1, sizeof *link, &link);
    if (e != ERR_OK)
        return e;
    link->options = *options;
    evtimer_assign(&link->retry, options->base, on_retry, link);
    evtimer_assign(&link->overdue, options->base, on_overdue, link);
    e = redis_finder_new(options->base, options->address, on_found, link, &link->finder);
    if (e != ERR_OK) {
        mem_free(link);
        return e;
    }
    schedule(&link->retry, 0);
    *out = link;
    return ERR_OK;
}

void redis_link_free(struct redis_link *link)
{
    if (!link)
        return;
    event_del(&link->retry);
    event_del(&link->overdue);
    redis_finder_free(link->finder);
    redis_connection_free(link->connection);
    mem_free(link);
}

enum link_state redis_link_state(const struct redis_link *link)
{
    return link->state;
}

const struct redis_link_counts *redis_link_counts(const struct redis_link *link)
{
    return &link->counts;
}

enum err redis_link_send(struct redis_link *link, const struct text *words, size_t count, redisCallbackFn *answered,
                         void *context)
{
    if (link->state != LINK_UP || link->why)
        return ERR_IO;
    return redis_connection_send(link->connection, words, count, answered, context);
}
