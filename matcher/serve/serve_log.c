#include "serve/serve_log.h"

#include "base/log.h"

#include <string.h>
#include <unistd.h>

void serve_log_open(const struct settings *settings)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    const char *level = settings_string(settings, "log_level");
    for (int i = 0; i <= LOG_ERROR; i++)
        if (strcmp(level, names[i]) == 0)
            log_open(STDERR_FILENO, (enum log_level)i, clock_system());
}
