/*
 * service_settings.h - whether the service can run with these settings: their values, and the lists that they name.
 */
#ifndef CMD_SERVICE_SETTINGS_H
#define CMD_SERVICE_SETTINGS_H

#include "base/conf.h"

/* The settings are of a table with SERVICE_OPTIONS in it. What is wrong goes to `complaints`, with file and line. */
MUST_USE enum err service_settings_check(const struct settings *settings, FILE *complaints);

#endif
