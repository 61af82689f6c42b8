#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { INTERVAL_US = 100000 };

void progress_init(struct progress *progress, struct clock clock)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) == 1, .clock = clock};
}

void progress_show(struct progress *progress, const char *stage, uint64_t done, uint64_t total)
{
    if (!progress->shown)
        return;
    int64_t now_us = clock_monotonic_us(&progress->clock);
    if (progress->on_screen && now_us - progress->last_us < INTERVAL_US)
        return;
    progress->last_us = now_us;
    progress->on_screen = true;
    if (total)
        fprintf(stderr, "\r\033[K%s  %3u%%", stage, (unsigned)((double)done * 100.0 / (double)total));
    else
        fprintf(stderr, "\r\033[K%s  %" PRIu64, stage, done);
    fflush(stderr);
}

void progress_clear(struct progress *progress)
{
    if (progress->on_screen)
        fputs("\r\033[K", stderr);
    progress->on_screen = false;
}
