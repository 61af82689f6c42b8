/*
 * lock.h - one process at a time: an exclusive flock(2) on a file of its own.
 *
 * The kernel drops it with the process, however that ends. A forked child shares it until it closes the descriptor.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

/* Takes the lock on `path` (made with mode 0600), waiting at most `wait_ms`. ERR_EXISTS: another process has it. */
MUST_USE enum err lock_take(const char *path, unsigned wait_ms, int *fd);

void lock_drop(int fd);

#endif
