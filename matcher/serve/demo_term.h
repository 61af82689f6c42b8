/*
 * demo_term.h - the demo's half year that is over: students who found a place or stopped, and its figures, frozen for the monitor.
 */
#ifndef SERVE_DEMO_TERM_H
#define SERVE_DEMO_TERM_H

#include "serve/demo_client.h"

/* The days that the service waits before it would count a term by itself: the demo closes it, so this is as long as can be. */
#define DEMO_MONITOR_WAIT_DAYS "366"

/* `coordinator` and `operator_token` are tokens of such accounts. Says what is wrong on stderr. About a second. */
MUST_USE enum err demo_term_make(struct demo_client *client, const char *coordinator, const char *operator_token);

#endif
