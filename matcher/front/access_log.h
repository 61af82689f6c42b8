/*
 * access_log.h - one line for each request that was answered: which method or page, how it ended, how long and how large.
 *
 * Nothing of what a request carries is in it: the method is the table's name for it, not the path that came, and the client's
 * address is there only where log_addresses says so. Level info, which the log need not have.
 */
#ifndef FRONT_ACCESS_LOG_H
#define FRONT_ACCESS_LOG_H

#include "wire/h1_server.h"

/* `answered` of the API's h1_handler; the context is the front. */
void access_log(void *context, const struct exchange *exchange, int status, size_t bytes);

#endif
