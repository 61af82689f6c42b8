#include "front/pages.h"

#include "base/date.h"
#include "front/redis.h"
#include "front/state.h"
#include "front/web_answer.h"
#include "wire/json.h"

#include <inttypes.h>

struct page {
    const char *path;
    unsigned places;
    bool ready; /* answered without asking anybody */
    void (*answer)(struct front *front, struct exchange *exchange);
};

static const char plain[] = "text/plain; charset=utf-8";

void page_respond(struct exchange *exchange, int status, const char *name, const char *value, const char *type,
                  struct text body)
{
    struct exchange_header headers[3] = {{"Cache-Control", "no-store"}};
    size_t count = 1;
    if (name)
        headers[count++] = (struct exchange_header){name, value};
    if (type)
        headers[count++] = (struct exchange_header){"Content-Type", type};
    exchange_respond(exchange, status, headers, count, body);
}

/* Asked most often of all, by load balancers: as little as an answer can be. */
static void answer_healthz(struct front *front, struct exchange *exchange)
{
    static const struct exchange_header headers[] = {{"Content-Type", plain}, {"Cache-Control", "no-store"}};
    (void)front;
    exchange_respond(exchange, 200, headers, 2, (struct text){"ok\n", 3});
}

static void answer_root(struct front *front, struct exchange *exchange)
{
    if (web_answer(front, exchange))
        return;
    page_respond(exchange, 200, NULL, NULL, plain,
                 text_of("Stagematch " STAGEMATCH_VERSION ": blind matching of students to internship places.\n"
                         "This is its API, in the Connect protocol: POST /stagematch.v1.SERVICE/METHOD.\n"
                         "Also here: /healthz, /readyz, /.well-known/security.txt\n"));
}

static void answer_security(struct front *front, struct exchange *exchange)
{
    page_respond(exchange, 200, NULL, NULL, plain, buf_text(&front->security_text));
}

static void write_reasons(const struct front *front, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < HEALTH_ROLES; i++) {
        const struct role_health *role = &front->health.roles[i];
        if (role->ready)
            continue;
        buf_put_string(out, first ? "" : ",");
        json_put_string(out, text_of(role_text(role->role)));
        buf_put_char(out, ':');
        json_put_string(out, buf_text(&role->reason));
        first = false;
    }
    if (front->stopping) {
        buf_put_string(out, first ? "" : ",");
        buf_put_string(out, "\"front\":\"it is stopping\"");
    }
}

/* Every process of the service, and whether it is there and ready. One front that is not keeps nobody from the others. */
static void write_roles(const struct front *front, struct buf *out)
{
    int64_t now_us = clock_monotonic_us(&front->environment->clock);
    buf_put_string(out, ",\"roles\":{");
    for (size_t i = 0; i < front->numbers.fronts; i++) {
        struct front_numbers numbers;
        numbers_read(&front->numbers, i, &numbers);
        buf_printf(out, "\"front.%zu\":%s,", i, numbers_is_alive(&numbers, now_us) ? "true" : "false");
    }
    for (size_t i = 0; i < HEALTH_ROLES; i++)
        buf_printf(out, "%s\"%s\":%s", i ? "," : "", role_text(front->health.roles[i].role),
                   front->health.roles[i].ready ? "true" : "false");
    buf_put_char(out, '}');
}

static void readyz_known(struct front *front, struct exchange *exchange)
{
    bool ready = health_is_ready(&front->health) && !front->stopping;
    struct buf body;
    front_publish(front);
    buf_init(&body, 8192);
    buf_put_string(&body, ready ? "{\"ready\":true" : "{\"ready\":false,\"reasons\":{");
    if (!ready) {
        write_reasons(front, &body);
        buf_put_char(&body, '}');
    }
    write_roles(front, &body);
    buf_printf(&body, ",\"redis\":\"%s\"}\n", redis_state_text(front->cache));
    page_respond(exchange, ready ? 200 : 503, NULL, NULL, "application/json", buf_text(&body));
    buf_free(&body);
}

static void gather(struct front *front, struct exchange *exchange, health_known_cb *known)
{
    if (!health_ask(front, exchange, known))
        page_respond(exchange, 503, "Retry-After", "1", plain, text_of("too many are asking\n"));
}

static void answer_readyz(struct front *front, struct exchange *exchange)
{
    gather(front, exchange, readyz_known);
}

static void write_labelled(struct buf *out, const char *name, const char *label, const char *value, uint64_t number)
{
    buf_printf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, number);
}

static void write_server(const struct h1_server_counts *counts, struct buf *out)
{
    static const char refused[] = "stagematch_http_refused_total", cut[] = "stagematch_http_cut_total",
                      responses[] = "stagematch_http_responses_total";
    counters_write_one(out, "stagematch_http_connections", "gauge", "Connections now.", counts->connections);
    counters_write_one(out, "stagematch_http_exchanges", "gauge", "Requests being served now.", counts->exchanges);
    counters_write_one(out, "stagematch_http_body_bytes", "gauge", "Memory of request bodies now.",
                       counts->body_bytes);
    counters_write_one(out, "stagematch_http_accepted_total", "counter", "Connections taken in.", counts->accepted);
    counters_write_one(out, "stagematch_http_requests_total", "counter", "Requests that were complete.",
                       counts->requests);
    counters_write_one(out, "stagematch_http_canceled_total", "counter", "Requests whose client left.",
                       counts->canceled);
    buf_printf(out, "# HELP %s Answers by class.\n# TYPE %s counter\n", responses, responses);
    for (unsigned i = 1; i < 6; i++)
        write_labelled(out, responses, "class", (const char[]){(char)('0' + i), 'x', 'x', '\0'},
                       counts->responses[i]);
    buf_printf(out, "# HELP %s Requests that were not HTTP as it should be.\n# TYPE %s counter\n", refused, refused);
    for (unsigned i = 0; i < H1_REFUSAL_COUNT; i++)
        write_labelled(out, refused, "why", h1_refusal_name((enum h1_refusal)i), counts->refused[i]);
    buf_printf(out, "# HELP %s Connections and requests turned away or cut off.\n# TYPE %s counter\n", cut, cut);
    for (unsigned i = 0; i < H1_CAUSE_COUNT; i++)
        write_labelled(out, cut, "why", h1_server_cause_name((enum h1_server_cause)i), counts->causes[i]);
}

static void write_front(const struct front *front, const struct front_numbers *all, struct buf *out)
{
    counters_write_one(out, "stagematch_front_calls_running", "gauge", "Calls under way.", all->calls_running);
    counters_write_one(out, "stagematch_front_actors", "gauge", "Callers known without asking.", all->auth.known);
    counters_write_one(out, "stagematch_front_actors_found_total", "counter", "Calls by a known caller.",
                       all->auth.found);
    counters_write_one(out, "stagematch_front_actors_asked_total", "counter", "Callers asked about.",
                       all->auth.asked);
    counters_write_one(out, "stagematch_front_actors_shared_total", "counter", "Callers that another front knew.",
                       all->auth.shared);
    counters_write_one(out, "stagematch_front_actors_joined_total", "counter",
                       "Calls that waited for another's question.", all->auth.joined);
    counters_write_one(out, "stagematch_front_actors_refused_total", "counter", "Questions without an actor.",
                       all->auth.refused);
    counters_write_one(out, "stagematch_front_logins_refused_total", "counter",
                       "Calls without a session above what one address may send.", all->refused_logins);
    counters_write_one(out, "stagematch_front_origins_refused_total", "counter",
                       "Requests with a session's cookie, or for one, from another origin.", all->refused_origins);
    buf_put_string(out, "# HELP stagematch_role_ready Whether a role says that it is ready.\n"
                        "# TYPE stagematch_role_ready gauge\n");
    for (size_t i = 0; i < HEALTH_ROLES; i++)
        write_labelled(out, "stagematch_role_ready", "role", role_text(front->health.roles[i].role),
                       front->health.roles[i].ready);
}

static void write_handshakes(const struct h1_server_counts *counts, struct buf *out)
{
    static const char failed[] = "stagematch_tls_handshakes_failed_total";
    counters_write_one(out, "stagematch_tls_handshakes", "gauge", "TLS handshakes under way.", counts->handshakes);
    counters_write_one(out, "stagematch_tls_handshakes_total", "counter", "TLS handshakes that succeeded.",
                       counts->handshakes_done);
    buf_printf(out, "# HELP %s TLS handshakes that failed.\n# TYPE %s counter\n", failed, failed);
    for (unsigned i = 0; i < TLS_FAILURE_COUNT; i++)
        write_labelled(out, failed, "why", tls_failure_name((enum tls_failure)i), counts->handshakes_failed[i]);
}

static void write_watches(const struct front_numbers *all, struct buf *out)
{
    const struct watch_counts *watches = &all->watches;
    counters_write_one(out, "stagematch_streams", "gauge", "Streams now.", watches->open);
    counters_write_one(out, "stagematch_streams_total", "counter", "Streams that began.", watches->started);
    counters_write_one(out, "stagematch_stream_events_total", "counter", "Events that were sent.", watches->events);
    counters_write_one(out, "stagematch_stream_heartbeats_total", "counter", "Signs of life that were sent.",
                       watches->heartbeats);
    counters_write_one(out, "stagematch_stream_questions_total", "counter",
                       "Questions to the engine for what a stream tells.", watches->asked);
    counters_write_one(out, "stagematch_stream_unchanged_total", "counter",
                       "Answers to them that were the same as the last.", watches->unchanged);
    counters_write_one(out, "stagematch_invalidations_total", "counter",
                       "Changes that the fronts were told of by the engine.", all->invalidations);
    counters_write_one(out, "stagematch_invalidated_views_total", "counter", "Views that were named in them.",
                       all->invalidated_views);
}

static void write_kept(const struct front_numbers *all, struct buf *out)
{
    static const char name[] = "stagematch_answers_total";
    buf_printf(out, "# HELP %s Calls whose answers may be kept, by where the answer came from.\n# TYPE %s counter\n",
               name, name);
    write_labelled(out, name, "from", "memory", all->kept.from_memory);
    write_labelled(out, name, "from", "redis", all->kept.from_redis);
    write_labelled(out, name, "from", "engine", all->kept.missed);
    counters_write_one(out, "stagematch_answer_cache_bytes", "gauge", "Memory of answers that are kept.",
                       all->answers.bytes);
    counters_write_one(out, "stagematch_answer_cache_entries", "gauge", "Answers that are kept.",
                       all->answers.entries);
    counters_write_one(out, "stagematch_answer_cache_evicted_total", "counter",
                       "Answers thrown out to make room for others.", all->answers.evicted);
    counters_write_one(out, "stagematch_answer_cache_outdated_total", "counter",
                       "Answers thrown out because they were old.", all->answers.outdated);
    counters_write_one(out, "stagematch_redis_refused_values_total", "counter",
                       "Values from Redis that no front of this start had put there.", all->refused_values);
}

/* How the work is spread over the fronts. */
static void write_each_front(const struct front *front, struct buf *out)
{
    static const struct {
        const char *name, *type, *help;
    } families[] = {
        {"stagematch_front_alive", "gauge", "Whether a front's loop turned in the last seconds."},
        {"stagematch_front_connections", "gauge", "Connections of each front now."},
        {"stagematch_front_requests_total", "counter", "Requests that each front got."},
    };
    int64_t now_us = clock_monotonic_us(&front->environment->clock);
    for (size_t family = 0; family < sizeof families / sizeof families[0]; family++) {
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", families[family].name, families[family].help,
                   families[family].name, families[family].type);
        for (size_t i = 0; i < front->numbers.fronts; i++) {
            struct front_numbers one;
            numbers_read(&front->numbers, i, &one);
            const uint64_t values[] = {numbers_is_alive(&one, now_us), one.server.connections, one.server.requests};
            buf_printf(out, "%s{front=\"%zu\"} %" PRIu64 "\n", families[family].name, i, values[family]);
        }
    }
}

static void metrics_known(struct front *front, struct exchange *exchange)
{
    struct front_numbers all;
    struct buf body;
    buf_init(&body, 8 << 20);
    front_publish(front);
    numbers_sum(&front->numbers, &all);
    counters_write(&all.counters, &body);
    write_front(front, &all, &body);
    write_server(&all.server, &body);
    write_handshakes(&all.server, &body);
    certificate_write(front, &body);
    write_watches(&all, &body);
    write_kept(&all, &body);
    redis_write(&all.redis, all.redis_up, &body);
    write_each_front(front, &body);
    for (size_t i = 0; i < HEALTH_ROLES; i++)
        buf_put_text(&body, buf_text(&front->health.roles[i].numbers));
    if (buf_error(&body) == ERR_OK)
        page_respond(exchange, 200, NULL, NULL, "text/plain; version=0.0.4; charset=utf-8", buf_text(&body));
    else
        page_respond(exchange, 503, NULL, NULL, NULL, text_of(""));
    buf_free(&body);
}

static void answer_metrics(struct front *front, struct exchange *exchange)
{
    gather(front, exchange, metrics_known);
}

static const struct page pages[] = {
    {"/healthz", PAGE_OF_API | PAGE_OF_METRICS, true, answer_healthz},
    {"/", PAGE_OF_API, true, answer_root},
    {"/.well-known/security.txt", PAGE_OF_API, true, answer_security},
    {"/readyz", PAGE_OF_API | PAGE_OF_METRICS, false, answer_readyz},
    {"/metrics", PAGE_OF_METRICS, false, answer_metrics},
};

const struct page *page_find(struct text path, enum page_place place)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (text_is(path, pages[i].path) && pages[i].places & place)
            return &pages[i];
    return NULL;
}

const char *page_path(const struct page *page)
{
    return page->path;
}

bool page_is_ready(const struct page *page)
{
    return page->ready;
}

void page_answer(struct front *front, const struct page *page, struct exchange *exchange)
{
    struct text verb = h1_method(exchange_head(exchange));
    if (text_is(verb, "GET") || text_is(verb, "HEAD"))
        page->answer(front, exchange);
    else
        page_respond(exchange, 405, "Allow", "GET, HEAD", NULL, text_of(""));
}

enum err pages_init(struct front *front)
{
    enum { VALID_DAYS = 365 };
    const char *url = settings_string(front->environment->settings, "public_url");
    char expires[11];
    date_format((int32_t)(clock_wall_ms(&front->environment->clock) / 86400000) + VALID_DAYS, expires);
    buf_init(&front->security_text, 4096);
    buf_printf(&front->security_text,
               "# RFC 9116. How to report a hole in private: SECURITY.md of the project.\n"
               "Contact: https://stagematch.example/source\nExpires: %sT00:00:00Z\nPreferred-Languages: nl, en\n"
               "Canonical: %s/.well-known/security.txt\n",
               expires, url ? url : "");
    return buf_error(&front->security_text);
}

void pages_free(struct front *front)
{
    buf_free(&front->security_text);
}
