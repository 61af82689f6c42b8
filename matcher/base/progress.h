/*
 * progress.h - a line that shows how far long work is, where a person is watching.
 *
 * Only when stderr is a terminal, at most ten times a second, and wiped when the stage ends.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/clock.h"

#include <stdbool.h>

struct progress {
    bool shown;     /* stderr is a terminal */
    bool on_screen; /* a line stands there now */
    int64_t last_us;
    struct clock clock;
};

void progress_init(struct progress *progress, struct clock clock);

/* `done` of `total` units of `stage`; a total of 0 shows the count alone. */
void progress_show(struct progress *progress, const char *stage, uint64_t done, uint64_t total);

/* Wipes the line. */
void progress_clear(struct progress *progress);

#endif
