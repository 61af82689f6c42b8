/*
 * demo_signal.h - decisions for the demo from which the rules make a signal and things to talk about: a small round that was played to its end.
 */
#ifndef SERVE_DEMO_SIGNAL_H
#define SERVE_DEMO_SIGNAL_H

#include "serve/demo_client.h"

/* With so few decisions the demo compares already, and says what ordinarily waits for more. */
#define DEMO_SIGNAL_REFERENCE "10"
#define DEMO_SIGNAL_LEVEL_PPM "1000"

/* `token`: of a coördinator of this school. Says what is wrong on stderr. About two seconds. */
MUST_USE enum err demo_seed_signals(struct demo_client *client, const char *token, const char *school);

#endif
