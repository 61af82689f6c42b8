#include "cache/redis_finder.h"

#include "base/mem.h"

#include <event2/dns.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <string.h>

enum { SENTINEL_REPLY_BYTES_MAX = 4096 };

struct lookup;

struct redis_finder {
    struct event_base *base;
    const struct redis_address *address;
    redis_found_cb *found;
    void *context;
    struct evdns_base *names; /* NULL until a name has to be looked up */
    struct lookup *lookup;
    struct redis_connection *sentinel;
    size_t next_sentinel;
    bool asking_for_sentinel; /* the host that is looked up is a Sentinel's, not the server's */
    struct redis_host master; /* what the Sentinel said */
    struct event deliver;
    struct redis_endpoint endpoint;
    const char *why; /* NULL: the endpoint is found */
};

/* One look-up of a name. It outlives the finder where that was freed: evdns calls back in a later turn. */
struct lookup {
    struct redis_finder *finder; /* NULL: nobody waits */
    struct evdns_getaddrinfo_request *request;
    bool inside; /* the call that started it has not returned */
};

static void find_host(struct redis_finder *finder, const struct redis_host *host);

static void finish(struct redis_finder *finder, const char *why)
{
    finder->why = why;
    event_active(&finder->deliver, EV_TIMEOUT, 0);
}

static void on_deliver(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct redis_finder *finder = context;
    finder->found(finder->context, finder->why ? NULL : &finder->endpoint, finder->why);
}

/* ---- Sentinel ---- */

static void take_master(struct redis_finder *finder, const redisReply *reply)
{
    uint64_t port;
    bool fits = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;
    for (size_t i = 0; fits && i < 2; i++)
        fits = reply->element[i]->type == REDIS_REPLY_STRING;
    if (!fits || reply->element[0]->len >= REDIS_HOST_BYTES ||
        text_to_u64((struct text){reply->element[1]->str, reply->element[1]->len}, 1, UINT16_MAX, &port) != ERR_OK) {
        finish(finder, "no_master");
        return;
    }
    memcpy(finder->master.name, reply->element[0]->str, reply->element[0]->len + 1);
    finder->master.port = (uint16_t)port;
    find_host(finder, &finder->master);
}

static void on_master(redisAsyncContext *hiredis, void *reply, void *context)
{
    (void)hiredis;
    struct redis_finder *finder = context;
    if (!finder->sentinel || !reply)
        return;
    redis_connection_close(finder->sentinel);
    finder->asking_for_sentinel = false;
    take_master(finder, reply);
}

static void on_sentinel_closed(void *context, const char *why)
{
    struct redis_finder *finder = context;
    finder->sentinel = NULL;
    if (finder->asking_for_sentinel)
        finish(finder, why);
}

static void ask_sentinel(struct redis_finder *finder)
{
    const struct redis_connection_options options = {.base = finder->base,
                                                     .reply_bytes_max = SENTINEL_REPLY_BYTES_MAX,
                                                     .closed = on_sentinel_closed,
                                                     .context = finder};
    const struct text words[] = {text_of("SENTINEL"), text_of("get-master-addr-by-name"),
                                 text_of(finder->address->master)};
    enum err e = redis_connection_open(&options, &finder->endpoint, &finder->sentinel);
    if (e == ERR_OK)
        e = redis_connection_send(finder->sentinel, words, 3, on_master, finder);
    if (e != ERR_OK)
        finish(finder, "not_connected");
}

/* ---- hosts ---- */

static void take_host(struct redis_finder *finder, const char *numeric, uint16_t port)
{
    struct redis_endpoint *endpoint = &finder->endpoint;
    *endpoint = (struct redis_endpoint){.kind = REDIS_TCP, .port = port};
    memcpy(endpoint->host, numeric, strlen(numeric) + 1);
    if (finder->address->kind == REDIS_TLS) {
        endpoint->kind = REDIS_TLS;
        endpoint->tls_name = finder->address->hosts[0].name;
    }
    if (finder->asking_for_sentinel)
        ask_sentinel(finder);
    else
        finish(finder, NULL);
}

static void take_addresses(struct redis_finder *finder, int failed, const struct evutil_addrinfo *list)
{
    char numeric[INET6_ADDRSTRLEN] = "";
    uint16_t port = 0;
    if (!failed && list && list->ai_family == AF_INET) {
        const struct sockaddr_in *at = (const struct sockaddr_in *)list->ai_addr;
        port = ntohs(at->sin_port);
        evutil_inet_ntop(AF_INET, &at->sin_addr, numeric, sizeof numeric);
    } else if (!failed && list && list->ai_family == AF_INET6) {
        const struct sockaddr_in6 *at = (const struct sockaddr_in6 *)list->ai_addr;
        port = ntohs(at->sin6_port);
        evutil_inet_ntop(AF_INET6, &at->sin6_addr, numeric, sizeof numeric);
    }
    if (numeric[0])
        take_host(finder, numeric, port);
    else
        finish(finder, "host_unknown");
}

static void on_addresses(int failed, struct evutil_addrinfo *list, void *context)
{
    struct lookup *lookup = context;
    struct redis_finder *finder = lookup->finder;
    if (finder) {
        finder->lookup = NULL;
        take_addresses(finder, failed, list);
    }
    if (list)
        evutil_freeaddrinfo(list);
    if (lookup->inside)
        lookup->finder = NULL;
    else
        mem_free(lookup);
}

static void look_up(struct redis_finder *finder, const struct redis_host *host)
{
    const struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct lookup *lookup;
    char port[8];
    if (!finder->names)
        finder->names =
            evdns_base_new(finder->base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    if (!finder->names || mem_alloc(1, sizeof *lookup, &lookup) != ERR_OK) {
        finish(finder, "host_unknown");
        return;
    }
    snprintf(port, sizeof port, "%u", (unsigned)host->port);
    *lookup = (struct lookup){.finder = finder, .inside = true};
    finder->lookup = lookup;
    lookup->request = evdns_getaddrinfo(finder->names, host->name, port, &hints, on_addresses, lookup);
    lookup->inside = false;
    if (!lookup->request) /* it called back already */
        mem_free(lookup);
}

static void find_host(struct redis_finder *finder, const struct redis_host *host)
{
    if (redis_host_is_name(host))
        look_up(finder, host);
    else
        take_host(finder, host->name, host->port);
}

/* ---- asking ---- */

void redis_finder_ask(struct redis_finder *finder)
{
    const struct redis_address *address = finder->address;
    redis_finder_cancel(finder);
    if (address->kind == REDIS_UNIX) {
        finder->endpoint = (struct redis_endpoint){.kind = REDIS_UNIX};
        memcpy(finder->endpoint.path, address->path, sizeof finder->endpoint.path);
        finish(finder, NULL);
        return;
    }
    finder->asking_for_sentinel = address->kind == REDIS_SENTINEL;
    size_t host = finder->next_sentinel++ % address->host_count;
    find_host(finder, &address->hosts[host]);
}

void redis_finder_cancel(struct redis_finder *finder)
{
    struct lookup *lookup = finder->lookup;
    struct redis_connection *sentinel = finder->sentinel;
    finder->lookup = NULL;
    finder->sentinel = NULL;
    event_del(&finder->deliver);
    redis_connection_free(sentinel);
    if (lookup) {
        lookup->finder = NULL;
        evdns_getaddrinfo_cancel(lookup->request);
    }
}

enum err redis_finder_new(struct event_base *base, const struct redis_address *address, redis_found_cb *found,
                          void *context, struct redis_finder **out)
{
    struct redis_finder *finder;
    enum err e = mem_alloc(1, sizeof *finder, &finder);
    if (e != ERR_OK)
        return e;
    finder->base = base;
    finder->address = address;
    finder->found = found;
    finder->context = context;
    evtimer_assign(&finder->deliver, base, on_deliver, finder);
    *out = finder;
    return ERR_OK;
}

void redis_finder_free(struct redis_finder *finder)
{
    if (!finder)
        return;
    redis_finder_cancel(finder);
    if (finder->names)
        evdns_base_free(finder->names, 1);
    mem_free(finder);
}
