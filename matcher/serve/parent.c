#include "serve/parent.h"

#include "base/complaints.h"
#include "base/log.h"
#include "base/mem.h"
#include "ipc/service_options.h"
#include "serve/child.h"
#include "serve/inputs.h"
#include "serve/serve_log.h"
#include "serve/upgrade.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
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
    SIGNAL_COUNT = 5,
    SLOTS_MAX = FRONTS_MAX + 2, /* the fronts, the engine, the vault */
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
    unsigned index; /* of fronts: which */
    char name[ROLE_PROCESS_BYTES];
    enum role_state state;
    struct child child;
    struct event *control, *restart, *overdue;
    int backoff_ms;
    int64_t started_us;
};

enum takeover {
    TAKEOVER_NONE,
    TAKEOVER_PREPARING, /* the new parent reads its configuration */
    TAKEOVER_STOPPING,  /* it is prepared; the roles of this one end */
    TAKEOVER_HANDED,    /* it starts its roles */
};

struct parent {
    const struct serve_source *source;
    struct command_line command_line;
    struct notifier notifier;
    struct settings settings;
    struct preparation preparation;
    char inputs[DIGEST_HEX_BYTES]; /* what the roles were started with (inputs.h) */
    struct event_base *base;
    struct event *signals[SIGNAL_COUNT];
    struct slot slots[SLOTS_MAX]; /* in the order in which roles stop and are replaced: the fronts first */
    size_t slot_count;
    struct clock clock;
    struct event *watchdog;
    bool was_ready; /* all roles, at least once */
    bool stopping, failed;
    size_t renewing; /* during a reload: the slot whose role is replaced now; SLOTS_MAX: none */
    enum takeover takeover;
    struct successor successor;
    struct event *successor_says, *successor_late;
    int predecessor_fd; /* in a new parent: to the old one; -1: there is none, or it is gone */
    struct event *predecessor_gone;
};

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
    LOG(LOG_INFO, "role_state", LOG_WORD("role", slot->name), LOG_WORD("from", state_texts[slot->state]),
        LOG_WORD("to", state_texts[state]), LOG_NUMBER("pid", slot->child.pid));
    if (!moves[slot->state][state])
        LOG(LOG_ERROR, "role_state_impossible", LOG_WORD("role", slot->name));
    slot->state = state;
}

static bool has_process(const struct slot *slot)
{
    return slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING || slot->state == ROLE_STOPPING;
}

/* ---- starting ---- */

static void end_process(struct slot *slot, const char *why)
{
    LOG(LOG_ERROR, "role_killed", LOG_WORD("role", slot->name), LOG_WORD("why", why));
    kill(slot->child.pid, SIGKILL); /* SIGCHLD brings the rest */
}

/* A channel with every process of another role that can take one. */
static void join_others(struct slot *slot)
{
    for (size_t i = 0; i < slot->parent->slot_count; i++) {
        struct slot *other = &slot->parent->slots[i];
        if (other->role == slot->role || (other->state != ROLE_STARTING && other->state != ROLE_RUNNING))
            continue;
        unsigned front = slot->role == ROLE_FRONT ? slot->index : other->index;
        if (child_join(&slot->child, slot->role, &other->child, other->role, front) != ERR_OK)
            LOG(LOG_WARN, "join_failed", LOG_WORD("role", slot->name),
                LOG_WORD("peer", other->name)); /* whichever is gone gets its channels at its next start */
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
    enum err e = child_start(slot->role, slot->index, &slot->child);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "role_start_failed", LOG_WORD("role", slot->name), LOG_WORD("error", err_text(e)));
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

static void all_stopped(struct parent *parent);

/* Tells the next role in order to stop: all fronts, then the engine, then the vault. */
static void stop_next(struct parent *parent)
{
    enum role_name waited_for = ROLE_NAME_COUNT;
    for (size_t i = 0; i < parent->slot_count; i++) {
        struct slot *slot = &parent->slots[i];
        if (waited_for != ROLE_NAME_COUNT && slot->role != waited_for)
            return;
        if (slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING)
            stop_role(slot);
        if (slot->state == ROLE_STOPPING)
            waited_for = slot->role;
    }
    if (waited_for == ROLE_NAME_COUNT)
        all_stopped(parent);
}

static void stop_roles(struct parent *parent)
{
    parent->renewing = SLOTS_MAX;
    for (size_t i = 0; i < parent->slot_count; i++)
        if (parent->slots[i].state == ROLE_WAITING) {
            event_del(parent->slots[i].restart);
            set_role_state(&parent->slots[i], ROLE_OFF);
        }
    stop_next(parent);
}

/* Where another is to take over but cannot do without this one yet, it goes, too. */
static void begin_stop(struct parent *parent)
{
    if (parent->stopping)
        return;
    LOG(LOG_INFO, "service_stopping", LOG_NUMBER("failed", parent->failed));
    notify_tell(&parent->notifier, "STOPPING=1\nSTATUS=Finishing what was acknowledged.");
    parent->stopping = true;
    if (parent->takeover != TAKEOVER_NONE)
        kill(parent->successor.pid, SIGTERM);
    if (parent->takeover != TAKEOVER_HANDED)
        stop_roles(parent);
}

/* ---- another takes over (upgrade.h) ---- */

static void start_all(struct parent *parent)
{
    for (size_t i = 0; i < parent->slot_count; i++)
        if (parent->slots[i].state == ROLE_OFF)
            start_role(&parent->slots[i]);
}

static void forget_successor(struct parent *parent)
{
    if (parent->successor_says)
        event_free(parent->successor_says);
    parent->successor_says = NULL;
    event_del(parent->successor_late);
    close(parent->successor.control_fd);
    parent->takeover = TAKEOVER_NONE;
}

/* It is gone, or was ended: this service goes on as before. Roles that are ending now start again when they have. */
static void abandon_takeover(struct parent *parent, const char *why)
{
    enum takeover was = parent->takeover;
    LOG(LOG_ERROR, "upgrade_failed", LOG_WORD("why", why), LOG_NUMBER("pid", parent->successor.pid));
    notify_tell(&parent->notifier, "STATUS=The upgrade failed; serving on %s as before.", parent->preparation.url);
    kill(parent->successor.pid, SIGKILL); /* SIGCHLD brings the rest */
    forget_successor(parent);
    if (!parent->stopping && was != TAKEOVER_PREPARING)
        start_all(parent);
    else if (parent->stopping && was == TAKEOVER_HANDED)
        event_base_loopbreak(parent->base);
}

static void all_stopped(struct parent *parent)
{
    const struct timeval bound = {.tv_sec = UPGRADE_READY_SECONDS_MAX};
    if (parent->stopping) {
        event_base_loopbreak(parent->base);
        return;
    }
    parent->takeover = TAKEOVER_HANDED;
    LOG(LOG_INFO, "upgrade_handed_over", LOG_NUMBER("pid", parent->successor.pid));
    event_add(parent->successor_late, &bound);
    if (control_send_kind(parent->successor.control_fd, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_TAKE_OVER) !=
        ERR_OK)
        abandon_takeover(parent, "does_not_listen");
}

static void finish_takeover(struct parent *parent)
{
    LOG(LOG_INFO, "upgrade_done", LOG_NUMBER("pid", parent->successor.pid));
    notify_tell(&parent->notifier, "MAINPID=%d", (int)parent->successor.pid);
    parent->preparation.is_anothers = true;
    forget_successor(parent);
    event_base_loopbreak(parent->base);
}

static void on_successor(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct parent *parent = context;
    struct control_packet packet;
    enum err e = control_receive(fd, &packet);
    if (e == ERR_OK && !packet.message)
        return;
    Stagematch__Internal__V1__Control__Kind kind = e == ERR_OK ? packet.message->kind : 0;
    if (e == ERR_OK)
        control_packet_free(&packet);
    if (kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_PREPARED && parent->takeover == TAKEOVER_PREPARING) {
        LOG(LOG_INFO, "upgrade_prepared", LOG_NUMBER("pid", parent->successor.pid));
        event_del(parent->successor_late);
        parent->takeover = TAKEOVER_STOPPING;
        stop_roles(parent);
    } else if (kind == STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_READY && parent->takeover == TAKEOVER_HANDED) {
        finish_takeover(parent);
    } else {
        abandon_takeover(parent, e == ERR_OK ? "forbidden_message" : "ended");
    }
}

static void on_successor_late(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    abandon_takeover(context, "overdue");
}

static const char *why_not_upgrade(const struct parent *parent)
{
    if (!parent->source->can_be_upgraded)
        return "not_a_service";
    if (getpid() == 1)
        return "first_process"; /* of a container, which would end with it */
    if (!parent->was_ready || parent->renewing != SLOTS_MAX || parent->takeover != TAKEOVER_NONE)
        return "busy";
    return parent->predecessor_fd >= 0 ? "busy" : NULL;
}

static void upgrade(struct parent *parent)
{
    const struct timeval bound = {.tv_sec = UPGRADE_PREPARE_SECONDS_MAX};
    const char *why = why_not_upgrade(parent);
    const struct preparation *made = &parent->preparation;
    const struct handed given = {{[HANDED_API] = made->listen_fd,
                                  [HANDED_METRICS] = made->metrics_fd,
                                  [HANDED_REDIRECT] = made->redirect_fd,
                                  [HANDED_LOCK] = made->lock_fd,
                                  [HANDED_UPGRADE] = -1}};
    if (!why && upgrade_start(&parent->command_line, &given, &parent->notifier, &parent->successor) != ERR_OK)
        why = "no_process";
    if (why) {
        LOG(LOG_ERROR, "upgrade_refused", LOG_WORD("why", why));
        return;
    }
    LOG(LOG_INFO, "upgrade_started", LOG_NUMBER("pid", parent->successor.pid));
    notify_tell(&parent->notifier, "STATUS=A new version is starting.");
    parent->takeover = TAKEOVER_PREPARING;
    event_add(parent->successor_late, &bound);
    parent->successor_says =
        event_new(parent->base, parent->successor.control_fd, EV_READ | EV_PERSIST, on_successor, parent);
    if (!parent->successor_says || event_add(parent->successor_says, NULL) != 0)
        abandon_takeover(parent, "memory");
}

/* ---- reading the configuration again ---- */

/* Replaces the role that is due now. One without a process starts with the new settings anyway. */
static void renew(struct parent *parent)
{
    for (; parent->renewing < parent->slot_count; parent->renewing++) {
        struct slot *slot = &parent->slots[parent->renewing];
        if (slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING)
            stop_role(slot);
        if (slot->state == ROLE_STOPPING)
            return;
    }
    parent->renewing = SLOTS_MAX;
    LOG(LOG_INFO, "reloaded", LOG_NUMBER("roles", parent->slot_count));
    notify_tell(&parent->notifier, "READY=1\nSTATUS=Serving on %s.", parent->preparation.url);
}

static enum err read_again(struct parent *parent, struct settings *out, struct certificate *certificate)
{
    struct complaints complaints;
    struct settings next;
    complaints_open(&complaints);
    enum err e = parent->source->read(parent->source->context, &next, complaints.to);
    if (e == ERR_OK) {
        e = prepare_check(&next, complaints.to);
        if (e == ERR_OK)
            e = prepare_check_same(&parent->settings, &next, complaints.to);
        if (e == ERR_OK)
            e = certificate_read(&next, certificate, complaints.to);
        if (e == ERR_OK)
            *out = next;
        else
            settings_free(&next);
    }
    complaints_close(&complaints);
    return e;
}

/* Takes over what was read. Returns whether nothing but the certificate is another: then no role needs a new start. */
static bool take_over(struct parent *parent, const struct settings *next, const struct certificate *certificate)
{
    char inputs[DIGEST_HEX_BYTES];
    inputs_digest(next, inputs);
    bool certificate_alone =
        strcmp(inputs, parent->inputs) == 0 && !certificate_is_same(certificate, &parent->preparation.certificate);
    memcpy(parent->inputs, inputs, sizeof inputs);
    settings_free(&parent->settings);
    parent->settings = *next;
    prepare_replace_certificate(&parent->preparation, certificate);
    serve_log_open(&parent->settings, role_text(ROLE_PARENT));
    return certificate_alone;
}

/* The fronts that are there go on with it; one that is not gets it when it starts. */
static void hand_certificate(struct parent *parent)
{
    for (size_t i = 0; i < parent->slot_count; i++) {
        struct slot *slot = &parent->slots[i];
        if (slot->role == ROLE_FRONT && (slot->state == ROLE_STARTING || slot->state == ROLE_RUNNING) &&
            child_send_certificate(&slot->child, &parent->preparation.certificate) != ERR_OK)
            end_process(slot, "does_not_listen");
    }
    LOG(LOG_INFO, "certificate_replaced");
    notify_tell(&parent->notifier, "READY=1\nSTATUS=Serving on %s.", parent->preparation.url);
}

static void reload(struct parent *parent)
{
    struct settings next;
    struct certificate certificate;
    if (parent->takeover != TAKEOVER_NONE) { /* the new one reads it anyway */
        LOG(LOG_ERROR, "reload_refused", LOG_WORD("error", "upgrade"));
        return;
    }
    notify_tell(&parent->notifier, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic_us(&parent->clock));
    enum err e = read_again(parent, &next, &certificate);
    if (e != ERR_OK) {
        LOG(LOG_ERROR, "reload_refused", LOG_WORD("error", err_text(e)));
        notify_tell(&parent->notifier, "READY=1\nSTATUS=Serving on %s; a bad configuration was refused.",
                    parent->preparation.url);
        return;
    }
    if (take_over(parent, &next, &certificate)) {
        hand_certificate(parent);
        return;
    }
    parent->renewing = 0;
    renew(parent);
}

/* ---- what happens to roles ---- */

static void say_ready(struct parent *parent)
{
    char sentence[64 + SERVICE_URL_BYTES];
    snprintf(sentence, sizeof sentence, "stagematch: the service is ready on %s", parent->preparation.url);
    log_say(LOG_INFO, sentence);
    notify_tell(&parent->notifier, "READY=1\nSTATUS=Serving on %s.", parent->preparation.url);
}

/* The manager believes this process from then on, when the old one said who it is and ended. */
static void on_predecessor_gone(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct parent *parent = context;
    event_del(parent->predecessor_gone);
    close(parent->predecessor_fd);
    parent->predecessor_fd = -1;
    prepare_own(&parent->preparation);
    say_ready(parent);
}

static void tell_when_ready(struct parent *parent)
{
    for (size_t i = 0; i < parent->slot_count; i++)
        if (parent->slots[i].state != ROLE_RUNNING)
            return;
    if (parent->was_ready)
        return;
    parent->was_ready = true;
    if (parent->predecessor_fd < 0) {
        say_ready(parent);
        return;
    }
    enum err e = control_send_kind(parent->predecessor_fd, STAGEMATCH__INTERNAL__V1__CONTROL__KIND__KIND_READY);
    (void)e; /* one that is gone is seen at the next step */
    event_add(parent->predecessor_gone, NULL);
}

static void take_ready(struct slot *slot)
{
    struct parent *parent = slot->parent;
    if (slot->state != ROLE_STARTING)
        return;
    set_role_state(slot, ROLE_RUNNING);
    tell_when_ready(parent);
    if (parent->renewing == (size_t)(slot - parent->slots)) {
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
    LOG(expected ? LOG_INFO : LOG_ERROR, "role_ended", LOG_WORD("role", slot->name),
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
    if (parent->stopping || parent->takeover == TAKEOVER_STOPPING) {
        parent->failed = parent->failed || !was_told || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        stop_next(parent);
    } else if (was_told) {
        start_role(slot);
    } else if (!parent->was_ready && WIFEXITED(status)) {
        char sentence[96];
        snprintf(sentence, sizeof sentence, "stagematch serve: the %s could not start; its log lines say why",
                 role_text(slot->role));
        log_say(LOG_ERROR, sentence);
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
    int status;
    for (size_t i = 0; i < parent->slot_count; i++) {
        struct slot *slot = &parent->slots[i];
        if (has_process(slot) && waitpid(slot->child.pid, &status, WNOHANG) == slot->child.pid)
            role_ended(slot, status);
    }
    if (parent->successor.pid > 0 && waitpid(parent->successor.pid, &status, WNOHANG) == parent->successor.pid) {
        if (parent->takeover != TAKEOVER_NONE)
            abandon_takeover(parent, "ended");
        parent->successor.pid = 0;
    }
}

/* ---- the loop ---- */

static void on_signal(evutil_socket_t number, short what, void *context)
{
    (void)what;
    struct parent *parent = context;
    if (number == SIGCHLD)
        reap(parent);
    else if (number == SIGUSR2 && !parent->stopping)
        upgrade(parent);
    else if (number == SIGHUP && !parent->source->ends_on_hangup && !parent->stopping)
        reload(parent);
    else if (number == SIGTERM || number == SIGINT || parent->source->ends_on_hangup)
        begin_stop(parent);
}

static enum err watch_signals(struct parent *parent)
{
    static const int numbers[SIGNAL_COUNT] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR2};
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

static void on_watchdog(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    const struct parent *parent = context;
    notify_tell(&parent->notifier, "WATCHDOG=1");
}

/* Twice in the time that the manager gives. */
static enum err start_watchdog(struct parent *parent)
{
    int64_t every_us = parent->notifier.watchdog_us / 2;
    const struct timeval every = {.tv_sec = every_us / 1000000, .tv_usec = every_us % 1000000};
    if (every_us == 0)
        return ERR_OK;
    parent->watchdog = event_new(parent->base, -1, EV_PERSIST, on_watchdog, parent);
    return parent->watchdog && event_add(parent->watchdog, &every) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err open_loop(struct parent *parent)
{
    parent->base = event_base_new();
    if (!parent->base)
        return ERR_MEMORY;
    for (size_t i = 0; i < parent->slot_count; i++) {
        struct slot *slot = &parent->slots[i];
        slot->restart = event_new(parent->base, -1, 0, on_restart, slot);
        slot->overdue = event_new(parent->base, -1, 0, on_overdue, slot);
        if (!slot->restart || !slot->overdue)
            return ERR_MEMORY;
    }
    parent->successor_late = event_new(parent->base, -1, 0, on_successor_late, parent);
    if (!parent->successor_late)
        return ERR_MEMORY;
    if (parent->predecessor_fd >= 0) {
        parent->predecessor_gone =
            event_new(parent->base, parent->predecessor_fd, EV_READ, on_predecessor_gone, parent);
        if (!parent->predecessor_gone)
            return ERR_MEMORY;
    }
    enum err e = start_watchdog(parent);
    return e == ERR_OK ? watch_signals(parent) : e;
}

static void free_event(struct event *event)
{
    if (event)
        event_free(event);
}

static void close_loop(struct parent *parent)
{
    for (size_t i = 0; i < parent->slot_count; i++) {
        free_event(parent->slots[i].restart);
        free_event(parent->slots[i].overdue);
    }
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        free_event(parent->signals[i]);
    if (parent->takeover != TAKEOVER_NONE)
        forget_successor(parent);
    free_event(parent->successor_late);
    free_event(parent->predecessor_gone);
    free_event(parent->watchdog);
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
        start_all(parent);
        event_base_dispatch(parent->base);
        e = parent->failed ? ERR_INTERNAL : ERR_OK;
    }
    close_loop(parent);
    return e;
}

static void make_slots(struct parent *parent)
{
    size_t fronts = (size_t)settings_number(&parent->settings, "fronts");
    parent->slot_count = fronts + 2;
    for (size_t i = 0; i < parent->slot_count; i++) {
        struct slot *slot = &parent->slots[i];
        *slot = (struct slot){.parent = parent, .child = {-1, -1}, .backoff_ms = BACKOFF_FIRST_MS};
        slot->role = i < fronts ? ROLE_FRONT : i == fronts ? ROLE_ENGINE : ROLE_VAULT;
        slot->index = i < fronts ? (unsigned)i : 0;
        role_process_name(slot->role, slot->index, slot->name);
    }
}

/* Makes what the service needs, and where it takes another's place waits until that has left it. */
static enum err prepare(struct parent *parent, struct handed *handed)
{
    enum err e = prepare_check(&parent->settings, stderr);
    if (e == ERR_OK)
        e = prepare_service(&parent->settings, handed, &parent->preparation, stderr);
    if (e != ERR_OK)
        return e;
    inputs_digest(&parent->settings, parent->inputs);
    make_slots(parent);
    parent->predecessor_fd = handed->fds[HANDED_UPGRADE];
    handed->fds[HANDED_UPGRADE] = -1;
    if (parent->predecessor_fd >= 0 && (e = upgrade_wait(parent->predecessor_fd)) != ERR_OK)
        LOG(LOG_ERROR, "not_taken_over", LOG_WORD("error", err_text(e)));
    if (e != ERR_OK)
        prepare_undo(&parent->settings, &parent->preparation);
    else if (parent->predecessor_fd < 0)
        prepare_own(&parent->preparation);
    return e;
}

static enum err serve(struct parent *parent, struct handed *handed)
{
    enum err e = parent->source->read(parent->source->context, &parent->settings, stderr);
    if (e != ERR_OK)
        return e;
    serve_log_open(&parent->settings, role_text(ROLE_PARENT));
    e = prepare(parent, handed);
    if (e == ERR_OK) {
        e = run(parent);
        prepare_undo(&parent->settings, &parent->preparation);
    }
    settings_free(&parent->settings);
    return e;
}

enum err serve_run(const struct serve_source *source)
{
    struct parent parent = {.source = source, .clock = clock_system(), .renewing = SLOTS_MAX, .predecessor_fd = -1};
    struct handed handed;
    enum err e = command_line_read(&parent.command_line);
    if (e != ERR_OK)
        return e;
    protect_memory();
    notify_open(&parent.notifier);
    e = handed_take(&handed, stderr);
    if (e == ERR_OK) {
        e = serve(&parent, &handed);
        handed_close(&handed);
    }
    if (parent.predecessor_fd >= 0)
        close(parent.predecessor_fd);
    notify_close(&parent.notifier);
    command_line_free(&parent.command_line);
    return e;
}
