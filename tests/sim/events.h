/*
 * events.h - libevent's loop on the simulated clock: the functions of event2/event.h that the roles use.
 *
 * Linked in place of the library's. As there: active events run in the order in which they became active; timers that are due
 * become active in the order of their deadlines once nothing is active. What runs is one callback at a time, and which base
 * has the next turn is the scheduler's to say.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;

/* Whether something can run now, and running it. */
bool events_wait(const struct event_base *base);
void events_turn(struct event_base *base);

/* When the next timer is due, monotonic; INT64_MAX: none. */
int64_t events_due_us(const struct event_base *base);

/* Runs whatever is active, and what that makes active; timers stay. */
void events_drain(struct event_base *base);

#endif
