/*
 * serve_log.h - opening the log as the settings say; the same for the parent and the roles.
 */
#ifndef SERVE_SERVE_LOG_H
#define SERVE_SERVE_LOG_H

#include "base/conf.h"

/* `process`: what lines call this one, "parent" or "front.0". */
void serve_log_open(const struct settings *settings, const char *process);

#endif
