#include "cache/redis_address.h"

#include <arpa/inet.h>
#include <string.h>

enum { PORT_REDIS = 6379, PORT_SENTINEL = 26379 };

static const char why_form[] = "expected unix:/path, redis://, rediss:// or sentinel://";
static const char why_cluster[] = "Redis Cluster is not supported: what one request looks at would lie on several "
                                  "servers; name one primary, or its Sentinels";
static const char why_host[] = "a host is missing, too long, or holds a character that no host has";
static const char why_port[] = "a port is a number from 1 to 65535";
static const char why_database[] = "a database is a number from 0 to 1023";
static const char why_secret[] =
    "user or password is too long, empty, or needs its special characters written as %XX";
static const char why_path[] = "a socket's path starts with / and has at most 107 bytes";
static const char why_master[] =
    "sentinel:// needs the master's name behind the hosts, as in sentinel://host:26379/mymaster";
static const char why_sentinels[] = "at most 8 Sentinels";

static enum err refuse(const char *sentence, const char **why)
{
    *why = sentence;
    return ERR_INPUT;
}

/* Moves *rest behind `start` if it begins with that. */
static bool takes(struct text *rest, const char *start)
{
    size_t length = strlen(start);
    if (rest->length < length || memcmp(rest->data, start, length) != 0)
        return false;
    *rest = (struct text){rest->data + length, rest->length - length};
    return true;
}

/* Splits at the first `separator`; `behind` has a NULL where there is none. */
static struct text before(struct text whole, char separator, struct text *behind)
{
    const char *at = whole.length ? memchr(whole.data, separator, whole.length) : NULL;
    *behind = (struct text){0};
    if (!at)
        return whole;
    size_t length = (size_t)(at - whole.data);
    *behind = (struct text){at + 1, whole.length - length - 1};
    return (struct text){whole.data, length};
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("._~-", c));
}

static bool unescape(struct text from, char out[REDIS_SECRET_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < from.length; i++) {
        char c = from.data[i];
        if (c == '%' && from.length - i > 2) {
            int high = hex_value(from.data[i + 1]), low = hex_value(from.data[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (!is_unreserved(c)) {
            return false;
        }
        if (c == '\0' || length + 1 >= REDIS_SECRET_BYTES)
            return false;
        out[length++] = c;
    }
    out[length] = '\0';
    return true;
}

/* "[user]:password@"; without a password where it is in a file */
static enum err read_secret(struct text *rest, struct redis_address *out, const char **why)
{
    struct text behind, password;
    struct text secret = before(*rest, '@', &behind);
    if (!behind.data)
        return ERR_OK;
    struct text user = before(secret, ':', &password);
    if (!password.data || secret.length == 1 || !unescape(user, out->user) || !unescape(password, out->password))
        return refuse(why_secret, why);
    *rest = behind;
    return ERR_OK;
}

static bool is_host(struct text host)
{
    for (size_t i = 0; i < host.length; i++)
        if (host.data[i] == '~' || !is_unreserved(host.data[i]))
            return false;
    return host.length > 0 && host.length < REDIS_HOST_BYTES;
}

static bool is_ipv6(struct text host)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (host.length >= sizeof copy)
        return false;
    memcpy(copy, host.data, host.length);
    copy[host.length] = '\0';
    return inet_pton(AF_INET6, copy, &address) == 1;
}

static enum err read_host(struct text text, uint16_t port, struct redis_host *out, const char **why)
{
    struct text behind = {0}, host;
    uint64_t number = port;
    if (takes(&text, "[")) {
        host = before(text, ']', &behind);
        if (!behind.data || !is_ipv6(host) || (behind.length && !takes(&behind, ":")))
            return refuse(why_host, why);
        if (behind.length == 0)
            behind.data = NULL;
    } else {
        host = before(text, ':', &behind);
        if (!is_host(host))
            return refuse(why_host, why);
    }
    if (behind.data && text_to_u64(behind, 1, UINT16_MAX, &number) != ERR_OK)
        return refuse(why_port, why);
    memcpy(out->name, host.data, host.length);
    out->name[host.length] = '\0';
    out->port = (uint16_t)number;
    return ERR_OK;
}

static enum err read_database(struct text text, struct redis_address *out, const char **why)
{
    uint64_t number = 0;
    if (text.length && text_to_u64(text, 0, REDIS_DATABASE_MAX, &number) != ERR_OK)
        return refuse(why_database, why);
    out->database = (uint32_t)number;
    return ERR_OK;
}

static enum err read_unix(struct text rest, struct redis_address *out, const char **why)
{
    struct text query;
    struct text path = before(rest, '?', &query);
    out->kind = REDIS_UNIX;
    if (path.length < 2 || path.length >= REDIS_PATH_BYTES || path.data[0] != '/' ||
        memchr(path.data, '\0', path.length))
        return refuse(why_path, why);
    memcpy(out->path, path.data, path.length);
    if (query.data && (!takes(&query, "db=") || query.length == 0))
        return refuse(why_database, why);
    return read_database(query, out, why);
}

static enum err read_server(struct text rest, struct redis_address *out, const char **why)
{
    struct text database;
    enum err e = read_secret(&rest, out, why);
    if (e != ERR_OK)
        return e;
    struct text host = before(rest, '/', &database);
    if (memchr(host.data, ',', host.length))
        return refuse(why_cluster, why);
    out->host_count = 1;
    e = read_host(host, PORT_REDIS, &out->hosts[0], why);
    return e == ERR_OK ? read_database(database, out, why) : e;
}

static enum err read_sentinel(struct text rest, struct redis_address *out, const char **why)
{
    struct text behind, database, host;
    out->kind = REDIS_SENTINEL;
    enum err e = read_secret(&rest, out, why);
    struct text hosts = before(rest, '/', &behind);
    struct text master = before(behind, '/', &database);
    if (e != ERR_OK)
        return e;
    if (!master.data || !text_is_code(master, REDIS_HOST_BYTES - 1))
        return refuse(why_master, why);
    memcpy(out->master, master.data, master.length);
    while (e == ERR_OK && text_next(&hosts, ',', &host)) {
        if (out->host_count == REDIS_SENTINELS_MAX)
            return refuse(why_sentinels, why);
        e = read_host(host, PORT_SENTINEL, &out->hosts[out->host_count++], why);
    }
    return e == ERR_OK ? read_database(database, out, why) : e;
}

enum err redis_address_parse(struct text text, struct redis_address *out, const char **why)
{
    struct redis_address address = {.kind = REDIS_OFF};
    enum err e = ERR_OK;
    if (takes(&text, "unix:")) {
        e = read_unix(text, &address, why);
    } else if (takes(&text, "redis://")) {
        address.kind = REDIS_TCP;
        e = read_server(text, &address, why);
    } else if (takes(&text, "rediss://")) {
        address.kind = REDIS_TLS;
        e = read_server(text, &address, why);
    } else if (takes(&text, "sentinel://")) {
        e = read_sentinel(text, &address, why);
    } else if (takes(&text, "cluster:") || takes(&text, "redis-cluster:") || takes(&text, "redis+cluster:")) {
        e = refuse(why_cluster, why);
    } else if (text.length) {
        e = refuse(why_form, why);
    }
    if (e == ERR_OK)
        *out = address;
    return e;
}

bool redis_host_is_name(const struct redis_host *host)
{
    struct in_addr ipv4;
    return inet_pton(AF_INET, host->name, &ipv4) != 1 && !is_ipv6(text_of(host->name));
}
