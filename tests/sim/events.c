#include "events.h"

#include "database.h"
#include "sim.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

TAILQ_HEAD(callbacks, event_callback);
TAILQ_HEAD(timers, event);

struct event_base {
    struct callbacks active;
    struct timers timers; /* by deadline, then as they were added */
};

/* The deadline of a pending event, and the interval of one that comes again, stand in the event itself. */
static int64_t deadline_us(const struct event *event)
{
    return (int64_t)event->ev_timeout.tv_sec * 1000000 + event->ev_timeout.tv_usec;
}

static struct event *event_of(struct event_callback *callback)
{
    return (struct event *)(void *)((char *)callback - offsetof(struct event, ev_evcallback));
}

struct event_base *event_base_new(void)
{
    struct event_base *base = calloc(1, sizeof *base);
    SIM_MUST(base != NULL);
    TAILQ_INIT(&base->active);
    TAILQ_INIT(&base->timers);
    return base;
}

void event_base_free(struct event_base *base)
{
    free(base);
}

int event_assign(struct event *event, struct event_base *base, evutil_socket_t fd, short events,
                 event_callback_fn callback, void *context)
{
    memset(event, 0, sizeof *event);
    event->ev_base = base;
    event->ev_fd = fd;
    event->ev_events = events;
    event->ev_evcallback.evcb_flags = EVLIST_INIT;
    event->ev_evcallback.evcb_cb_union.evcb_callback = callback;
    event->ev_evcallback.evcb_arg = context;
    return 0;
}

struct event *event_new(struct event_base *base, evutil_socket_t fd, short events, event_callback_fn callback,
                        void *context)
{
    struct event *event = malloc(sizeof *event);
    SIM_MUST(event != NULL);
    (void)event_assign(event, base, fd, events, callback, context);
    return event;
}

static void take_timer(struct event *event)
{
    if (!(event->ev_evcallback.evcb_flags & EVLIST_TIMEOUT))
        return;
    TAILQ_REMOVE(&event->ev_base->timers, event, ev_timeout_pos.ev_next_with_common_timeout);
    event->ev_evcallback.evcb_flags &= (short)~EVLIST_TIMEOUT;
}

static void take_active(struct event *event)
{
    if (!(event->ev_evcallback.evcb_flags & EVLIST_ACTIVE))
        return;
    TAILQ_REMOVE(&event->ev_base->active, &event->ev_evcallback, evcb_active_next);
    event->ev_evcallback.evcb_flags &= (short)~EVLIST_ACTIVE;
}

static void put_timer(struct event *event, int64_t at_us)
{
    struct timers *timers = &event->ev_base->timers;
    struct event *after = TAILQ_LAST(timers, timers);
    event->ev_timeout = (struct timeval){at_us / 1000000, at_us % 1000000};
    while (after && deadline_us(after) > at_us)
        after = TAILQ_PREV(after, timers, ev_timeout_pos.ev_next_with_common_timeout);
    if (after)
        TAILQ_INSERT_AFTER(timers, after, event, ev_timeout_pos.ev_next_with_common_timeout);
    else
        TAILQ_INSERT_HEAD(timers, event, ev_timeout_pos.ev_next_with_common_timeout);
    event->ev_evcallback.evcb_flags |= EVLIST_TIMEOUT;
}

int event_add(struct event *event, const struct timeval *wait)
{
    if (!wait)
        return 0; /* nothing here waits for a descriptor */
    int64_t wait_us = (int64_t)wait->tv_sec * 1000000 + wait->tv_usec;
    take_timer(event);
    if (event->ev_evcallback.evcb_flags & EVLIST_ACTIVE && event->ev_res & EV_TIMEOUT)
        take_active(event);
    event->ev_.ev_io.ev_timeout = *wait;
    put_timer(event, sim.now_us + wait_us);
    return 0;
}

int event_del(struct event *event)
{
    if (!event->ev_base)
        return 0;
    take_timer(event);
    take_active(event);
    return 0;
}

void event_free(struct event *event)
{
    (void)event_del(event);
    free(event);
}

void event_active(struct event *event, int what, short calls)
{
    (void)calls;
    if (event->ev_evcallback.evcb_flags & EVLIST_ACTIVE) {
        event->ev_res = (short)(event->ev_res | what);
        return;
    }
    event->ev_res = (short)what;
    event->ev_evcallback.evcb_flags |= EVLIST_ACTIVE;
    TAILQ_INSERT_TAIL(&event->ev_base->active, &event->ev_evcallback, evcb_active_next);
}

int event_pending(const struct event *event, short events, struct timeval *at)
{
    (void)at;
    int flags = event->ev_evcallback.evcb_flags & EVLIST_TIMEOUT ? EV_TIMEOUT : 0;
    if (event->ev_evcallback.evcb_flags & EVLIST_ACTIVE)
        flags |= event->ev_res;
    return flags & events;
}

bool events_wait(const struct event_base *base)
{
    return !TAILQ_EMPTY(&base->active) || events_due_us(base) <= sim.now_us;
}

int64_t events_due_us(const struct event_base *base)
{
    const struct event *first = TAILQ_FIRST(&base->timers);
    return first ? deadline_us(first) : INT64_MAX;
}

/* Timers that are due become active, and those that come again are armed again. */
static void wake_timers(struct event_base *base)
{
    struct event *event;
    while ((event = TAILQ_FIRST(&base->timers)) && deadline_us(event) <= sim.now_us) {
        take_timer(event);
        event_active(event, EV_TIMEOUT, 1);
    }
}

static void run_first(struct event_base *base)
{
    struct event *event = event_of(TAILQ_FIRST(&base->active));
    event_callback_fn callback = event->ev_evcallback.evcb_cb_union.evcb_callback;
    void *context = event->ev_evcallback.evcb_arg;
    short what = event->ev_res;
    evutil_socket_t fd = event->ev_fd;
    take_active(event);
    if (event->ev_events & EV_PERSIST && what & EV_TIMEOUT) {
        const struct timeval *every = &event->ev_.ev_io.ev_timeout;
        put_timer(event, sim.now_us + (int64_t)every->tv_sec * 1000000 + every->tv_usec);
    }
    callback(fd, what, context);
}

void events_turn(struct event_base *base)
{
    if (TAILQ_EMPTY(&base->active))
        wake_timers(base);
    if (!TAILQ_EMPTY(&base->active))
        run_first(base);
}

void events_drain(struct event_base *base)
{
    while (!TAILQ_EMPTY(&base->active))
        run_first(base);
}

/* Only what works without a service (vault/offline.h) turns a loop itself, and all it waits for is its commits. */
int event_base_loop(struct event_base *base, int flags)
{
    (void)flags;
    databases_write_all();
    events_drain(base);
    return 0;
}

int event_base_loopbreak(struct event_base *base)
{
    (void)base;
    return 0;
}
