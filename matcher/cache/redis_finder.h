/*
 * redis_finder.h - from an address as a setting says it to where one can connect now, without ever blocking.
 *
 * A path or a numeric address is that already. A name is looked up as resolv.conf and hosts say (libevent's evdns). Of a
 * sentinel address, one Sentinel after the other is asked where the master is, one at each question.
 */
#ifndef CACHE_REDIS_FINDER_H
#define CACHE_REDIS_FINDER_H

#include "cache/redis_connection.h"

struct redis_finder;

/* `endpoint` is NULL when nothing was found; `why` is then a word for the log. */
typedef void redis_found_cb(void *context, const struct redis_endpoint *endpoint, const char *why);

/* `address` is borrowed. */
MUST_USE enum err redis_finder_new(struct event_base *base, const struct redis_address *address,
                                   redis_found_cb *found, void *context, struct redis_finder **out);

/* No callback comes any more. Memory of a name's look-up that is under way is freed in a later turn of the loop. NULL is allowed. */
void redis_finder_free(struct redis_finder *finder);

/* Asks: `found` is called once, in a later turn, unless redis_finder_cancel comes first. One question at a time. */
void redis_finder_ask(struct redis_finder *finder);
void redis_finder_cancel(struct redis_finder *finder);

#endif
