#include "cache/cache.h"

#include "base/log.h"
#include "base/mem.h"
#include "cache/cache_questions.h"
#include "cache/cache_state.h"
#include "cache/tls_relay.h"

#include <sodium.h>
#include <string.h>

enum { TIMEOUT_MS_DEFAULT = 50, IN_FLIGHT_DEFAULT = 1024, REPLY_BYTES_MAX = CACHE_VALUE_BYTES_MAX + 4096 };

/* ---- connections ---- */

static void on_up(void *context)
{
    (void)context;
}

/* After a failover the old master would still take subscriptions. */
static void on_down(void *context)
{
    struct cache *cache = context;
    if (cache->messages && cache->address.kind == REDIS_SENTINEL)
        redis_link_lose(cache->messages, "other_master");
}

static struct redis_link_options link_options(struct cache *cache, const char *name)
{
    return (struct redis_link_options){.base = cache->base,
                                       .address = &cache->address,
                                       .password = cache->password[0] ? cache->password : NULL,
                                       .tls = cache->tls,
                                       .reply_bytes_max = REPLY_BYTES_MAX,
                                       .name = name,
                                       .up = on_up,
                                       .down = on_down,
                                       .context = cache,
                                       .clock = cache->clock,
                                       .random = cache->random};
}

/* ---- messages ---- */

static const struct subscription *find_channel(const struct cache *cache, struct text name)
{
    for (size_t i = 0; i < cache->channel_count; i++)
        if (text_equal((struct text){cache->channels[i].name, cache->channels[i].length}, name))
            return &cache->channels[i];
    return NULL;
}

static bool is_channel(void *context, struct text name)
{
    return find_channel(context, name) != NULL;
}

static struct text text_of_reply(const redisReply *reply)
{
    return (struct text){reply->str, reply->len};
}

/* The guard saw to it that it is ["subscribe", channel, number] or ["message", channel, text]. */
static void on_message(redisAsyncContext *hiredis, void *answer, void *context)
{
    (void)hiredis;
    struct cache *cache = context;
    const redisReply *reply = answer;
    if (!reply || cache->ending)
        return;
    struct text name = text_of_reply(reply->element[1]), message = {0};
    const struct subscription *channel = find_channel(cache, name);
    if (!channel)
        return;
    if (reply->element[2]->type == REDIS_REPLY_STRING) {
        message = text_of_reply(reply->element[2]);
        cache->counts.messages_heard++;
    }
    channel->heard(channel->context, name, message);
}

static void join(struct cache *cache, size_t first)
{
    struct text words[CACHE_CHANNELS_MAX + 1] = {text_of("SUBSCRIBE")};
    size_t count = 1;
    for (size_t i = first; i < cache->channel_count; i++)
        words[count++] = (struct text){cache->channels[i].name, cache->channels[i].length};
    if (redis_link_send(cache->messages, words, count, on_message, cache) != ERR_OK)
        redis_link_lose(cache->messages, "lost");
}

static void on_messages_up(void *context)
{
    join(context, 0);
}

static void on_messages_down(void *context)
{
    (void)context;
}

static enum err open_messages(struct cache *cache)
{
    struct redis_link_options options = link_options(cache, "messages");
    options.messages = true;
    options.is_channel = is_channel;
    options.up = on_messages_up;
    options.down = on_messages_down;
    return redis_link_new(&options, &cache->messages);
}

enum err cache_subscribe(struct cache *cache, struct text channel, cache_message_cb *heard, void *context)
{
    if (cache->channel_count == CACHE_CHANNELS_MAX || channel.length > CACHE_KEY_BYTES_MAX || channel.length == 0)
        return ERR_RANGE;
    if (find_channel(cache, channel))
        return ERR_EXISTS;
    if (cache->address.kind != REDIS_OFF && !cache->messages) {
        enum err e = open_messages(cache);
        if (e != ERR_OK)
            return e;
    }
    struct subscription *to = &cache->channels[cache->channel_count++];
    *to = (struct subscription){.length = channel.length, .heard = heard, .context = context};
    memcpy(to->name, channel.data, channel.length);
    if (cache->messages && redis_link_state(cache->messages) == LINK_UP)
        join(cache, cache->channel_count - 1);
    return ERR_OK;
}

/* ---- what it says of itself ---- */

const char *cache_state_text(enum cache_state state)
{
    static const char *const texts[CACHE_STATE_COUNT] = {"off", "down", "connecting", "up"};
    return texts[state];
}

static enum cache_state state_of(const struct redis_link *link)
{
    static const enum cache_state states[LINK_STATE_COUNT] = {
        [LINK_DOWN] = CACHE_DOWN, [LINK_CONNECTING] = CACHE_CONNECTING, [LINK_UP] = CACHE_UP};
    return link ? states[redis_link_state(link)] : CACHE_OFF;
}

enum cache_state cache_state(const struct cache *cache)
{
    return state_of(cache->commands);
}

enum cache_state cache_messages_state(const struct cache *cache)
{
    return state_of(cache->messages);
}

struct cache_counts cache_counts(const struct cache *cache)
{
    const struct redis_link *const links[] = {cache->commands, cache->messages};
    struct cache_counts counts = cache->counts;
    for (size_t i = 0; i < 2; i++) {
        if (!links[i])
            continue;
        const struct redis_link_counts *of_link = redis_link_counts(links[i]);
        counts.connects += of_link->connects;
        counts.disconnects += of_link->disconnects;
        counts.connect_failures += of_link->failures;
        counts.refused_replies += of_link->nonsense;
    }
    return counts;
}

/* ---- life ---- */

static enum err open_all(struct cache *cache, const struct cache_options *options)
{
    const char *password = options->password ? options->password : cache->address.password;
    enum err e = questions_init(cache, options->in_flight_max ? options->in_flight_max : IN_FLIGHT_DEFAULT);
    bool nameless = cache->address.user[0] && !password[0]; /* would log in as nobody, and be let in perhaps */
    if (e == ERR_OK && (nameless || strlen(password) >= sizeof cache->password)) {
        LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", "redis_password_file"));
        e = ERR_INPUT;
    }
    if (e != ERR_OK)
        return e;
    memcpy(cache->password, password, strlen(password) + 1);
    if (cache->address.kind == REDIS_TLS)
        e = tls_context_new(options->ca_file, &cache->tls);
    if (e == ERR_OK && cache->address.kind != REDIS_OFF) {
        struct redis_link_options commands = link_options(cache, "commands");
        e = redis_link_new(&commands, &cache->commands);
    }
    return e;
}

enum err cache_new(struct event_base *base, const struct cache_options *options, struct cache **out)
{
    struct cache *cache;
    enum err e = mem_alloc(1, sizeof *cache, &cache);
    if (e != ERR_OK)
        return e;
    cache->base = base;
    cache->address = *options->address;
    cache->timeout_us = (int64_t)(options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT) * 1000;
    cache->clock = options->clock;
    cache->random = options->random;
    e = open_all(cache, options);
    if (e != ERR_OK) {
        cache_free(cache);
        return e;
    }
    *out = cache;
    return ERR_OK;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    cache->ending = true;
    redis_link_free(cache->commands);
    redis_link_free(cache->messages);
    questions_free(cache);
    tls_context_free(cache->tls);
    sodium_memzero(cache, sizeof *cache); /* passwords */
    mem_free(cache);
}
