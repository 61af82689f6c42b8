#include "front/redis.h"

#include "base/log.h"
#include "front/counters.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static enum err refuse(const char *setting)
{
    LOG(LOG_ERROR, "setting_refused", LOG_WORD("setting", setting));
    return ERR_INPUT;
}

/* The first line of the file. */
static enum err read_password(const char *path, char out[REDIS_SECRET_BYTES])
{
    FILE *file = fopen(path, "re");
    if (!file)
        return refuse("redis_password_file");
    setvbuf(file, NULL, _IONBF, 0); /* no copy in a buffer that is not wiped */
    bool read = fgets(out, REDIS_SECRET_BYTES, file) != NULL;
    fclose(file);
    size_t length = read ? strcspn(out, "\r\n") : 0;
    if (length == 0 || length == REDIS_SECRET_BYTES - 1)
        return refuse("redis_password_file");
    out[length] = '\0';
    return ERR_OK;
}

static enum err open_at(const struct role_environment *environment, const struct redis_address *address,
                        const char *password, struct cache **out)
{
    const struct settings *settings = environment->settings;
    const struct cache_options options = {
        .address = address,
        .password = password,
        .ca_file = settings_string(settings, "redis_ca"),
        .timeout_ms = (uint32_t)settings_number(settings, "redis_timeout_ms"),
        .in_flight_max = (uint32_t)settings_number(settings, "redis_in_flight_max"),
        .clock = environment->clock,
        .random = environment->random,
    };
    return cache_new(environment->base, &options, out);
}

enum err redis_open(const struct role_environment *environment, struct cache **out)
{
    const char *value = settings_string(environment->settings, "redis"), *why;
    const char *path = settings_string(environment->settings, "redis_password_file");
    char password[REDIS_SECRET_BYTES];
    struct redis_address address;
    if (redis_address_parse(text_of(value ? value : ""), &address, &why) != ERR_OK)
        return refuse("redis");
    enum err e = ERR_OK;
    bool has_file = path && address.kind != REDIS_OFF;
    if (has_file)
        e = read_password(path, password);
    if (e == ERR_OK)
        e = open_at(environment, &address, has_file ? password : NULL, out);
    sodium_memzero(password, sizeof password);
    sodium_memzero(&address, sizeof address);
    return e;
}

const char *redis_state_text(const struct cache *cache)
{
    enum cache_state state = cache_state(cache);
    return cache_state_text(state == CACHE_CONNECTING ? CACHE_DOWN : state);
}

static void write_labelled(struct buf *out, const char *name, const char *value, uint64_t number)
{
    buf_printf(out, "%s{what=\"%s\"} %" PRIu64 "\n", name, value, number);
}

static void write_family(struct buf *out, const char *name, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);
}

void redis_write(const struct cache_counts *counts, uint64_t connected, struct buf *out)
{
    static const char done[] = "stagematch_redis_commands_total", absent[] = "stagematch_redis_not_asked_total",
                      link[] = "stagematch_redis_connections_total";
    counters_write_one(out, "stagematch_redis_up", "gauge", "Fronts that are connected to Redis.", connected);
    counters_write_one(out, "stagematch_redis_in_flight", "gauge", "Commands without an answer yet.",
                       counts->in_flight);
    write_family(out, done, "Commands by what became of them.");
    write_labelled(out, done, "hit", counts->hits);
    write_labelled(out, done, "miss", counts->misses);
    write_labelled(out, done, "counted", counts->counted);
    write_labelled(out, done, "stored", counts->stored);
    write_labelled(out, done, "sent", counts->messages_sent);
    write_labelled(out, done, "timeout", counts->timeouts);
    write_labelled(out, done, "error", counts->errors);
    write_family(out, absent, "Commands that were not sent, by why.");
    write_labelled(out, absent, "down", counts->absent_down);
    write_labelled(out, absent, "slow", counts->absent_slow);
    write_labelled(out, absent, "full", counts->absent_full);
    write_labelled(out, absent, "large", counts->absent_large);
    write_family(out, link, "What became of connections to Redis.");
    write_labelled(out, link, "connected", counts->connects);
    write_labelled(out, link, "lost", counts->disconnects);
    write_labelled(out, link, "failed", counts->connect_failures);
    write_labelled(out, link, "nonsense", counts->refused_replies);
    counters_write_one(out, "stagematch_redis_messages_total", "counter", "Messages that came.",
                       counts->messages_heard);
}
