#include "front/saga.h"

#include "base/log.h"

#include <sodium.h>

void saga_begin(struct call *call, const struct saga *saga)
{
    call->saga = saga;
    call->saga_state = 0;
    saga->states[0].enter(call);
}

void saga_go(struct call *call, unsigned to)
{
    const struct saga *saga = call->saga;
    if (call->state == CALL_ENDED)
        return;
    if (to >= saga->count || !(saga->states[call->saga_state].next & 1u << to)) {
        LOG(LOG_ERROR, "saga_wrong_move", LOG_WORD("saga", saga->name),
            LOG_WORD("from", saga->states[call->saga_state].name), LOG_NUMBER("to", to));
        call_fail(call, ERR_INTERNAL);
        return;
    }
    call->saga_state = to;
    saga->states[to].enter(call);
}

void saga_wipe(struct buf *buf)
{
    if (buf->data)
        sodium_memzero(buf->data, buf->length);
    buf_free(buf);
}
