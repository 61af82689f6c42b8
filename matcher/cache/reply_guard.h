/*
 * reply_guard.h - what a Redis server may say, checked before hiredis makes anything of it.
 *
 * hiredis 0.14 trusts its server: a reply that nobody asked for, or a message that is none, ends in an assert, and a
 * length is believed. So its reader builds replies through these functions, which refuse (hiredis then closes the
 * connection with an error, as if memory had run out): a reply without a question, arrays in arrays or of more than
 * GUARD_ELEMENTS_MAX, a reply of more bytes than the limit, and on a connection for messages anything but
 * ["message", a channel that was subscribed, text] and ["subscribe", such a channel, number].
 */
#ifndef CACHE_REPLY_GUARD_H
#define CACHE_REPLY_GUARD_H

#include "base/text.h"

#include <hiredis/async.h>

enum { GUARD_ELEMENTS_MAX = 8 };

struct reply_guard {
    redisReplyObjectFunctions functions; /* ours */
    const redisReplyObjectFunctions *hiredis;
    const redisAsyncContext *connection;
    size_t limit_bytes;
    size_t bytes; /* of the reply that is being read */
    bool messages;
    bool (*is_channel)(void *context, struct text name); /* with `messages` */
    void *context;
    bool is_message; /* of the reply that is being read: first word "message" */
    bool refused;
};

/* Puts the guard, whose limit_bytes, messages, is_channel and context are set, in front of the connection's reader. It must outlive it. */
void reply_guard_attach(struct reply_guard *guard, redisAsyncContext *connection);

/* Whether an unfinished reply already holds more than the limit. Ask before every read. */
bool reply_guard_is_over(const struct reply_guard *guard);

#endif
