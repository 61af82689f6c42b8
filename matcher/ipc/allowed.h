/*
 * allowed.h - which role may send which method to which other. Data, checked on every frame at the receiving end.
 */
#ifndef IPC_ALLOWED_H
#define IPC_ALLOWED_H

#include "ipc/channel.h"

bool allowed_call(enum role_name from, enum role_name to, const struct method *method);

/* Which role may tell which other of what changed. */
bool allowed_changed(enum role_name from, enum role_name to);

#endif
