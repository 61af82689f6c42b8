#include "serve/serve_log.h"

#include "base/log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd names the file that it gave as stderr, by device and inode: a stderr that was redirected since is another. */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    struct stat info;
    char rest;
    return stream &&
           sscanf(stream, "%ju:%ju%c", &device, &inode, &rest) == 2 && // NOLINT(cert-err34-c): compared below
           fstat(STDERR_FILENO, &info) == 0 && info.st_dev == device && info.st_ino == inode;
}

static enum log_format format_of(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return is_journal() ? LOG_AS_JSON : LOG_AS_TEXT;
    return strcmp(name, "json") == 0 ? LOG_AS_JSON : LOG_AS_TEXT;
}

void serve_log_open(const struct settings *settings, const char *process)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char *level = settings_string(settings, "log_level");
    log_identify(format_of(settings_string(settings, "log_format")), process);
    for (int i = 0; i <= LOG_ERROR; i++)
        if (strcmp(level, names[i]) == 0)
            log_open(STDERR_FILENO, (enum log_level)i, clock_system());
}
