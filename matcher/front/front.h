/*
 * front.h - the role that speaks HTTP: it routes calls of the API to the engine and the vault and holds no data.
 *
 * What it needs from its environment: the listening sockets, the clocks and the settings (ipc/service_options.h). It has no
 * key and no database. Everything it keeps (assertions of callers, imports that are read) is in memory, bounded, and gone
 * with the process; identities that pass through are wiped as soon as the vault has them.
 *
 * In the middle is the call (front/call.h): one request of the API from its first byte to its answer. Around it: routing
 * (route.c), who calls (auth_cache.h), the sagas (saga_*.c, join_results.c) and the pages for machines (pages.h).
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "ipc/role.h"

extern const struct role_operations front_role;

#endif
