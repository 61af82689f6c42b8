#include "process.h"

#include "database.h"
#include "events.h"
#include "sim.h"
#include "stand_ins.h"
#include "streams.h"

#include "engine/engine.h"
#include "front/front.h"
#include "ipc/service_options.h"
#include "vault/vault.h"

#include <event2/event.h>
#include <string.h>

enum { KEY_BYTES = 32 };

/* One end of a channel, as serve/role_process.c keeps it. */
struct link {
    struct process *process;
    enum role_name peer;
    struct channel_handlers handlers;
    struct channel *channel;
};

struct process {
    const struct role_operations *operations;
    bool runs, stopping, stopped;
    void *role;
    struct role_environment environment;
    struct link links[ROLE_NAME_COUNT];
};

const uint8_t process_master_key[KEY_BYTES] = {7, 7, 7};
static uint8_t assertion_key[KEY_BYTES];
static struct settings settings;
static struct process processes[ROLE_NAME_COUNT] = {
    [ROLE_FRONT] = {.operations = &front_role},
    [ROLE_ENGINE] = {.operations = &engine_role},
    [ROLE_VAULT] = {.operations = &vault_role},
};

void processes_prepare(void)
{
    static const struct {
        const char *name, *value;
    } values[] = {
        {"pc4", SIM_CONFIG_FOLDER "/pc4.csv"},
        {"reasons", SIM_CONFIG_FOLDER "/reasons.csv"},
        {"terms", SIM_CONFIG_FOLDER "/terms.csv"},
        {"holidays", SIM_CONFIG_FOLDER "/holidays.csv"},
        {"threads", "1"},
        {"notify_command", "simulated"},
        {"public_url", "http://sim.example"},
    };
    SIM_MUST(settings_new(service_options, service_option_count, &settings) == ERR_OK);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        SIM_MUST(settings_set(&settings, values[i].name, values[i].value) == ERR_OK);
}

void processes_draw_key(void)
{
    random_fill(&sim.secrets, assertion_key, sizeof assertion_key);
}

/* ---- channels ---- */

static void lose_channel(struct link *link)
{
    struct channel *channel = link->channel;
    link->channel = NULL;
    if (channel && link->handlers.closed)
        link->handlers.closed(link->handlers.context, channel);
}

static void on_call(void *context, struct incoming_call *incoming)
{
    const struct link *link = context;
    SIM_TRACE("%s: %s from %s", role_text(link->process->operations->name), incoming->method->path,
              role_text(link->peer));
    link->handlers.call(link->handlers.context, incoming);
}

static void on_canceled(void *context, struct incoming_call *incoming)
{
    const struct link *link = context;
    if (link->handlers.canceled)
        link->handlers.canceled(link->handlers.context, incoming);
}

static void on_told(void *context, struct channel *channel, const Stagematch__Internal__V1__Changed *changed)
{
    const struct link *link = context;
    if (link->channel == channel && link->handlers.told)
        link->handlers.told(link->handlers.context, channel, changed);
}

static void on_closed(void *context, struct channel *channel)
{
    struct link *link = context;
    if (link->channel == channel)
        lose_channel(link);
}

static void join(struct process *process, enum role_name peer, int fd)
{
    struct link *link = &process->links[peer];
    const struct channel_handlers handlers = {
        .call = on_call, .canceled = on_canceled, .told = on_told, .closed = on_closed, .context = link};
    struct channel *old = link->channel, *channel;
    lose_channel(link);
    if (old)
        channel_close(old);
    link->handlers = process->operations->handlers(process->role, peer);
    SIM_MUST(channel_new(process->environment.base, fd, process->operations->name, peer, &handlers, &channel) ==
             ERR_OK);
    link->channel = channel;
    process->operations->connected(process->role, peer, channel);
}

void process_rejoin(enum role_name a, enum role_name b)
{
    int fd_a, fd_b;
    streams_pair((int)a, (int)b, &fd_a, &fd_b);
    SIM_TRACE("parent: joins %s and %s", role_text(a), role_text(b));
    join(&processes[a], b, fd_a);
    join(&processes[b], a, fd_b);
}

/* ---- life ---- */

static void on_ready(void *context)
{
    (void)context;
}

static void on_stopped(void *context)
{
    struct process *process = context;
    process->stopped = true;
}

static struct role_environment make_environment(struct process *process, enum role_name role)
{
    static const char *const folders[ROLE_NAME_COUNT] = {
        [ROLE_ENGINE] = "sim/engine", [ROLE_VAULT] = SIM_VAULT_FOLDER};
    struct event_base *base = event_base_new();
    return (struct role_environment){
        .base = base,
        .settings = &settings,
        .folder = folders[role],
        .clock = sim_clock(),
        .random = sim.secrets,
        .listen_fd = role == ROLE_FRONT ? 0 : -1,
        .metrics_fd = -1,
        .redirect_fd = -1,
        .numbers_fd = -1,
        .assertion_key = role == ROLE_FRONT ? NULL : assertion_key,
        .tls = {{"", 0}, {"", 0}},
        .master_key = role == ROLE_VAULT ? process_master_key : NULL,
        .spawner = role == ROLE_VAULT ? spawner_simulated(base) : NULL,
        .ready = on_ready,
        .stopped = on_stopped,
        .context = process,
    };
}

void process_start(enum role_name role)
{
    struct process *process = &processes[role];
    SIM_TRACE("%s starts", role_text(role));
    process->environment = make_environment(process, role);
    process->stopping = process->stopped = false;
    for (int peer = 0; peer < ROLE_NAME_COUNT; peer++)
        process->links[peer] = (struct link){.process = process, .peer = (enum role_name)peer};
    enum err e = process->operations->start(&process->environment, &process->role);
    if (e != ERR_OK) {
        sim_fail("a role starts on what it left", "%s: %s", role_text(role), err_text(e));
        spawner_free(process->environment.spawner);
        event_base_free(process->environment.base);
        return;
    }
    process->runs = true;
    for (int peer = 0; peer < ROLE_NAME_COUNT; peer++)
        if (peer != (int)role && processes[peer].runs && !processes[peer].stopping)
            process_rejoin(role, (enum role_name)peer);
}

/* As serve/role_process.c ends a process; by now nothing of it reaches anybody. */
static void take_apart(enum role_name role)
{
    struct process *process = &processes[role];
    sim.muted = true;
    for (int peer = 0; peer < ROLE_NAME_COUNT; peer++) {
        struct channel *channel = process->links[peer].channel;
        lose_channel(&process->links[peer]); /* first: what still runs may not speak into it */
        if (channel)
            channel_close(channel);
    }
    events_drain(process->environment.base);
    process->operations->free(process->role);
    spawner_free(process->environment.spawner);
    event_base_free(process->environment.base);
    process->runs = false;
    sim.muted = false;
}

void process_kill(enum role_name role)
{
    SIM_TRACE("%s is killed", role_text(role));
    streams_kill((int)role);
    if (role == ROLE_ENGINE) {
        database_crash(DATABASE_ENGINE);
    } else if (role == ROLE_VAULT) {
        /* Which of its two databases its writers came to first is anybody's guess. */
        database_crash(sim_below(2) ? DATABASE_KEYS : DATABASE_VAULT);
        database_crash(DATABASE_KEYS);
        database_crash(DATABASE_VAULT);
    }
    take_apart(role);
}

void process_stop(enum role_name role)
{
    struct process *process = &processes[role];
    if (process->stopping)
        return;
    SIM_TRACE("%s is stopped", role_text(role));
    process->stopping = true;
    process->operations->stop(process->role);
}

bool process_has_stopped(enum role_name role)
{
    return processes[role].runs && processes[role].stopped;
}

void process_end(enum role_name role)
{
    SIM_TRACE("%s ends", role_text(role));
    streams_flush((int)role);
    streams_kill((int)role);
    take_apart(role);
}

bool process_runs(enum role_name role)
{
    return processes[role].runs;
}

bool process_has_turn(enum role_name role)
{
    return processes[role].runs && events_wait(processes[role].environment.base);
}

void process_turn(enum role_name role)
{
    events_turn(processes[role].environment.base);
    streams_flush((int)role);
}

int64_t process_due_us(enum role_name role)
{
    return processes[role].runs ? events_due_us(processes[role].environment.base) : INT64_MAX;
}
