#include "cache/reply_guard.h"

enum { MESSAGE_ELEMENTS = 3 };

static void *refuse(struct reply_guard *guard)
{
    guard->refused = true;
    return NULL;
}

/* hiredis gives every reply to its oldest question; without one only a message can come. */
static bool is_answer(const struct reply_guard *guard)
{
    return guard->connection->replies.head != NULL;
}

static bool message_part_fits(struct reply_guard *guard, const redisReadTask *task, struct text text)
{
    bool is_text = task->type == REDIS_REPLY_STRING;
    switch (task->idx) {
    case 0:
        guard->is_message = text_is(text, "message");
        return is_text && (guard->is_message || text_is(text, "subscribe"));
    case 1:
        return is_text && guard->is_channel(guard->context, text);
    default:
        return guard->is_message == is_text;
    }
}

/* Whether a reply, or a part of one, of this type and content may stand here. */
static bool fits(struct reply_guard *guard, const redisReadTask *task, struct text text)
{
    if (!task->parent)
        guard->bytes = 0;
    if (text.length > guard->limit_bytes - guard->bytes)
        return false;
    guard->bytes += text.length;
    if (is_answer(guard))
        return true;
    if (!task->parent) /* an error alone: the server says why it closes */
        return task->type == REDIS_REPLY_ERROR || (guard->messages && task->type == REDIS_REPLY_ARRAY);
    return message_part_fits(guard, task, text);
}

static void *make_string(const redisReadTask *task, char *bytes, size_t length)
{
    struct reply_guard *guard = task->privdata;
    if (!fits(guard, task, (struct text){bytes, length}))
        return refuse(guard);
    return guard->hiredis->createString(task, bytes, length);
}

static void *make_array(const redisReadTask *task, int elements)
{
    struct reply_guard *guard = task->privdata;
    bool counted = is_answer(guard) ? elements <= GUARD_ELEMENTS_MAX : elements == MESSAGE_ELEMENTS;
    if (task->parent || !counted || !fits(guard, task, (struct text){0}))
        return refuse(guard);
    return guard->hiredis->createArray(task, elements);
}

static void *make_integer(const redisReadTask *task, long long value)
{
    struct reply_guard *guard = task->privdata;
    if (!fits(guard, task, (struct text){0}))
        return refuse(guard);
    return guard->hiredis->createInteger(task, value);
}

static void *make_nil(const redisReadTask *task)
{
    struct reply_guard *guard = task->privdata;
    if (!is_answer(guard)) /* no message has one */
        return refuse(guard);
    return guard->hiredis->createNil(task);
}

void reply_guard_attach(struct reply_guard *guard, redisAsyncContext *connection)
{
    redisReader *reader = connection->c.reader;
    guard->connection = connection;
    guard->hiredis = reader->fn;
    guard->functions =
        (redisReplyObjectFunctions){make_string, make_array, make_integer, make_nil, reader->fn->freeObject};
    reader->fn = &guard->functions;
    reader->privdata = guard;
}

bool reply_guard_is_over(const struct reply_guard *guard)
{
    enum { HEAD_BYTES = 64 };
    const redisReader *reader = guard->connection->c.reader;
    return reader->len - reader->pos > guard->limit_bytes + HEAD_BYTES;
}
