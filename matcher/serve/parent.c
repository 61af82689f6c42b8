#include "serve/parent.h"

#include "base/log.h"
#include "base/mem.h"
#include "ipc/service_options.h"
#include "serve/child.h"
#include "serve/serve_log.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_LAST_MS = 5000,
    STEADY_US = 10 * 1000 * 1000, /* a role that ran so long starts again without delay */
    STOP_SECONDS_MAX = 25,        /* a little more than a role gives itself */
    SIGNAL_COUNT = 4,
};

enum role_state {
    ROLE_OFF,      /* no process, and none is due */
    ROLE_WAITING,  /* no process; the backoff runs */
    ROLE_STARTING, /* handed over to, not ready yet */
    ROLE_RUNNING,
    ROLE_STOPPING, /* was told to stop */
    ROLE_STATE_COUNT,
};

struct parent;

struct slot {
    struct parent *parent;
    enum role_name role;
    enum role_state state;
    struct child child;
    struct event *control, *restart, *overdue;
    int backoff_ms;
    int64_t started_us;
};

struct parent {
    const struct serve_source *source;
    struct settings settings;
    struct preparation preparation;
    struct event_base *base;
    struct event *signals[SIGNAL_COUNT];
    struct slot slots[ROLE_NAME_COUNT]; /* that of ROLE_PARENT is not used */
    struct clock clock;
    bool was_ready; /* all roles, at least once */
    bool stopping, failed;
    int renewing; /* during a reload: the role that is replaced now; ROLE_NAME_COUNT: none */
};

/* In which order roles stop, and are replaced. */
enum { FIRST_ROLE = ROLE_FRONT, LAST_ROLE = ROLE_VAULT };

static const char *const state_texts[ROLE_STATE_COUNT] = {"off", "waiting", "starting", "running", "stopping"};

static const bool moves[ROLE_STATE_COUNT][ROLE_STATE_COUNT] = {
    [ROLE_OFF] = {[ROLE_STARTING] = true, [ROLE_WAITING] = true},
    [ROLE_WAITING] = {[ROLE_STARTING] = true, [ROLE_OFF] = true, [ROLE_WAITING] = true},
    [ROLE_STARTING] = {[ROLE_RUNNING] = true, [ROLE_STOPPING] = true, [ROLE_OFF] = true},
    [ROLE_RUNNING] = {[ROLE_STOPPING] = true, [ROLE_OFF] = true},
    [ROLE_STOPPING] = {[ROLE_OFF] = true},
};

static void set_role_state(struct slot *slot, enum role_state state)
{
    LOG(LOG_INFO, "role_state", LOG_WORD("role", role_text(slot->role)), LOG_WORD("from", state_texts[slot->state]),
        LOG_WORD("to", state_texts[state]), LOG_NUMBER("pid", slot->child.pid));
    if (!moves[slot->state][state])
        LOG(LOG_ERROR, "role_state_impossible", LOG_WORD("role", role_text(slot->role)));
    slot->state = state;
}

static bool has_process(const struct slot *slot)
{
    return slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING || slot->state == ROLE_STOPPING;
}

/* ---- starting ---- */

static void end_process(struct slot *slot, const char *why)
{
    LOG(LOG_ERROR, "role_killed", LOG_WORD("role", role_text(slot->role)), LOG_WORD("why", why));
    kill(slot->child.pid, SIGKILL); /* SIGCHLD brings the rest */
}

/* A channel with every other role that can take one. */
static void join_others(struct slot *slot)
{
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++) {
        struct slot *other = &slot->parent->slots[role];
        if (other == slot || (other->state != ROLE_STARTING && other->state != ROLE_RUNNING))
            continue;
        if (child_join(&slot->child, slot->role, &other->child, other->role) != ERR_OK)
            LOG(LOG_WARN, "join_failed", LOG_WORD("role", role_text(slot->role)),
                LOG_WORD("peer", role_text(other->role))); /* whichever is gone gets its channels at its next start */
    }
}

static void wait_to_start(struct slot *slot)
{
    struct timeval wait = {.tv_sec = slot->backoff_ms / 1000, .tv_usec = slot->backoff_ms % 1000 * 1000L};
    slot->backoff_ms = slot->backoff_ms * 2 < BACKOFF_LAST_MS ? slot->backoff_ms * 2 : BACKOFF_LAST_MS;
    set_role_state(slot, ROLE_WAITING);
    event_add(slot->restart, &wait);
}

static void on_control(evutil_socket_t fd, short what, void *context);

/* Watches what the new process says. */
static enum err watch(struct slot *slot)
{
    slot->control = event_new(slot->parent->base, slot->child.control_fd, EV_READ | EV_PERSIST, on_control, slot);
    return slot->control && event_add(slot->control, NULL) == 0 ? ERR_OK : ERR_MEMORY;
}

static void start_role(struct slot *slot)
{
    struct parent *parent = slot->parent;
    enum err e = child_start(slot->role, &slot->child);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "role_start_failed", LOG_WORD("role", role_text(slot->role)), LOG_WORD("error", err_text(e)));
        wait_to_start(slot);
        return;
    }
    slot->started_us = clock_monotonic_us(&parent->clock);
    set_role_state(slot, ROLE_STARTING);
    e = watch(slot);
    if (e == ERR_OK)
        e = child_hand_over(&slot->child, slot->role, &parent->settings, &parent->preparation);
    if (e == ERR_OK)
        join_others(slot);
    else
        end_process(slot, "hand_over_failed");
}

static void on_restart(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    start_role(context);
}

/* ---- stopping ---- */

static void stop_role(struct slot *slot)
{
    const struct timeval bound = {.tv_sec = STOP_SECONDS_MAX};
    set_role_state(slot, ROLE_STOPPING);
    event_add(slot->overdue, &bound);
    if (control_send_kind(slot->child.control_fd, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_STOP) != ERR_OK)
        end_process(slot, "does_not_listen");
}

static void on_overdue(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    end_process(context, "stop_overdue");
}

/* Tells the next role in order to stop; the loop ends when there is none. */
static void stop_next(struct parent *parent)
{
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++) {
        struct slot *slot = &parent->slots[role];
        if (slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING)
            stop_role(slot);
        if (slot->state == ROLE_STOPPING)
            return;
    }
    event_base_loopbreak(parent->base);
}

static void begin_stop(struct parent *parent)
{
    if (parent->stopping)
        return;
    LOG(LOG_INFO, "service_stopping", LOG_NUMBER("failed", parent->failed));
    parent->stopping = true;
    parent->renewing = ROLE_NAME_COUNT;
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++)
        if (parent->slots[role].state == ROLE_WAITING) {
            event_del(parent->slots[role].restart);
            set_role_state(&parent->slots[role], ROLE_OFF);
        }
    stop_next(parent);
}

/* ---- reading the configuration again ---- */

/* Replaces the role that is due now. One without a process starts with the new settings anyway. */
static void renew(struct parent *parent)
{
    for (; parent->renewing <= LAST_ROLE; parent->renewing++) {
        struct slot *slot = &parent->slots[parent->renewing];
        if (slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING)
            stop_role(slot);
        if (slot->state == ROLE_STOPPING)
            return;
    }
    parent->renewing = ROLE_NAME_COUNT;
    LOG(LOG_INFO, "reloaded", LOG_NUMBER("roles", LAST_ROLE));
}

static void reload(struct parent *parent)
{
    struct settings next;
    enum err e = parent->source->read(parent->source->context, &next, stderr);
    if (e == ERR_OK) {
        e = prepare_check(&next, stderr);
        if (e == ERR_OK)
            e = prepare_check_same(&parent->settings, &next, stderr);
        if (e != ERR_OK)
            settings_free(&next);
    }
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "reload_refused", LOG_WORD("error", err_text(e)));
        return;
    }
    settings_free(&parent->settings);
    parent->settings = next;
    serve_log_open(&parent->settings);
    parent->renewing = FIRST_ROLE;
    renew(parent);
}

/* ---- what happens to roles ---- */

static void tell_when_ready(struct parent *parent)
{
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++)
        if (parent->slots[role].state != ROLE_RUNNING)
            return;
    if (parent->was_ready)
        return;
    parent->was_ready = true;
    fprintf(stderr, "stagematch: the service is ready on http://%s\n", parent->preparation.address);
}

static void take_ready(struct slot *slot)
{
    struct parent *parent = slot->parent;
    if (slot->state != ROLE_STARTING)
        return;
    set_role_state(slot, ROLE_RUNNING);
    tell_when_ready(parent);
    if (parent->renewing == (int)slot->role) {
        parent->renewing++;
        renew(parent);
    }
}

static void on_control(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct slot *slot = context;
    struct control_packet packet;
    enum err e = control_receive(fd, &packet);
    if (e == ERR_OK && packet.message && packet.message->kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_READY)
        take_ready(slot);
    else if (e == ERR_INPUT || (e == ERR_OK && packet.message))
        end_process(slot, "forbidden_message");
    if (e == ERR_OK)
        control_packet_free(&packet);
    else
        event_del(slot->control); /* it is gone, or as good as that: SIGCHLD brings the rest */
}

static void log_end(const struct slot *slot, int status)
{
    bool by_signal = WIFSIGNALED(status);
    bool expected = slot->state == ROLE_STOPPING && !by_signal && WEXITSTATUS(status) == 0;
    LOG(expected ? LOG_INFO : LOG_ERROR, "role_ended", LOG_WORD("role", role_text(slot->role)),
        LOG_NUMBER("pid", slot->child.pid), LOG_WORD("by", by_signal ? "signal" : "exit"),
        LOG_NUMBER("number", by_signal ? WTERMSIG(status) : WEXITSTATUS(status)));
}

static void forget_process(struct slot *slot)
{
    if (slot->control)
        event_free(slot->control);
    slot->control = NULL;
    event_del(slot->overdue);
    close(slot->child.control_fd);
    slot->child = (struct child){-1, -1};
}

static void role_ended(struct slot *slot, int status)
{
    struct parent *parent = slot->parent;
    bool was_told = slot->state == ROLE_STOPPING;
    log_end(slot, status);
    forget_process(slot);
    set_role_state(slot, ROLE_OFF);
    if (parent->stopping) {
        parent->failed = parent->failed || !was_told || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        stop_next(parent);
    } else if (was_told) {
        start_role(slot);
    } else if (!parent->was_ready && WIFEXITED(status)) {
        fprintf(stderr, "stagematch serve: the %s could not start; its log lines say why\n", role_text(slot->role));
        parent->failed = true;
        begin_stop(parent);
    } else {
        if (clock_monotonic_us(&parent->clock) - slot->started_us >= STEADY_US)
            slot->backoff_ms = BACKOFF_FIRST_MS;
        wait_to_start(slot);
    }
}

static void reap(struct parent *parent)
{
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++) {
        struct slot *slot = &parent->slots[role];
        int status;
        if (has_process(slot) && waitpid(slot->child.pid, &status, WNOHANG) == slot->child.pid)
            role_ended(slot, status);
    }
}

/* ---- the loop ---- */

static void on_signal(evutil_socket_t number, short what, void *context)
{
    (void)what;
    struct parent *parent = context;
    if (number == SIGCHLD)
        reap(parent);
    else if (number != SIGHUP || parent->source->ends_on_hangup)
        begin_stop(parent);
    else if (!parent->stopping)
        reload(parent);
}

static enum err watch_signals(struct parent *parent)
{
    static const int numbers[SIGNAL_COUNT] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    sigset_t watched;
    sigemptyset(&watched);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        parent->signals[i] = evsignal_new(parent->base, numbers[i], on_signal, parent);
        if (!parent->signals[i] || event_add(parent->signals[i], NULL) != 0)
            return ERR_MEMORY;
        sigaddset(&watched, numbers[i]);
    }
    return sigprocmask(SIG_UNBLOCK, &watched, NULL) == 0 ? ERR_OK : ERR_INTERNAL;
}

static enum err open_loop(struct parent *parent)
{
    parent->base = event_base_new();
    if (!parent->base)
        return ERR_MEMORY;
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++) {
        struct slot *slot = &parent->slots[role];
        slot->restart = event_new(parent->base, -1, 0, on_restart, slot);
        slot->overdue = event_new(parent->base, -1, 0, on_overdue, slot);
        if (!slot->restart || !slot->overdue)
            return ERR_MEMORY;
    }
    return watch_signals(parent);
}

static void close_loop(struct parent *parent)
{
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++) {
        struct slot *slot = &parent->slots[role];
        if (slot->restart)
            event_free(slot->restart);
        if (slot->overdue)
            event_free(slot->overdue);
    }
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (parent->signals[i])
            event_free(parent->signals[i]);
    if (parent->base)
        event_base_free(parent->base);
}

/* The parent holds keys: no other process may look into it, and no file of its memory may be left. */
static void protect_memory(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static enum err run(struct parent *parent)
{
    enum err e = open_loop(parent);
    if (e == ERR_OK) {
        LOG(LOG_INFO, "listening", LOG_WORD("address", parent->preparation.address));
        for (int role = FIRST_ROLE; role <= LAST_ROLE; role++)
            start_role(&parent->slots[role]);
        event_base_dispatch(parent->base);
        e = parent->failed ? ERR_INTERNAL : ERR_OK;
    }
    close_loop(parent);
    return e;
}

enum err serve_run(const struct serve_source *source)
{
    struct parent parent = {.source = source, .clock = clock_system(), .renewing = ROLE_NAME_COUNT};
    for (int role = FIRST_ROLE; role <= LAST_ROLE; role++)
        parent.slots[role] = (struct slot){
            .parent = &parent, .role = (enum role_name)role, .child = {-1, -1}, .backoff_ms = BACKOFF_FIRST_MS};
    protect_memory();
    enum err e = source->read(source->context, &parent.settings, stderr);
    if (e != ERR_OK)
        return e;
    serve_log_open(&parent.settings);
    e = prepare_check(&parent.settings, stderr);
    if (e == ERR_OK)
        e = prepare_service(&parent.settings, &parent.preparation, stderr);
    if (e == ERR_OK) {
        e = run(&parent);
        prepare_undo(&parent.settings, &parent.preparation);
    }
    settings_free(&parent.settings);
    return e;
}
