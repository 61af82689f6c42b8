#include "front/wake.h"

#include "api/message.h"
#include "front/watch.h"
#include "wire/pbguard.h"

enum { MESSAGE_BYTES_MAX = 64 << 10, BUDGET_BYTES = 256 << 10 };

static const char channel[] = CACHE_PREFIX "wake";

static void on_wake(void *context, struct text name, struct text bytes)
{
    struct front *front = context;
    struct pbguard_message message = {0};
    struct buf plain;
    (void)name;
    buf_init(&plain, MESSAGE_BYTES_MAX);
    bool is_ours = shelf_open(&front->shelf, channel, bytes, &plain) == ERR_OK &&
                   pbguard_unpack(&stagematch__internal__v1__changed__descriptor, buf_text(&plain),
                                  &pbguard_limits_internal, BUDGET_BYTES, false, &message, NULL) == ERR_OK;
    buf_free(&plain);
    if (!is_ours)
        return;
    const Stagematch__Internal__V1__Changed *changed = (const void *)message.message;
    if (changed->epoch == front->freshness->epoch && changed->version > front->freshness->newest)
        watches_hint(front, changed->scopes, changed->n_scopes);
    pbguard_free(&message);
}

enum err wake_open(struct front *front)
{
    return front->numbers.fronts > 1 ? cache_subscribe(front->cache, text_of(channel), on_wake, front) : ERR_OK;
}

void wake_tell(struct front *front, const Stagematch__Internal__V1__Changed *changed)
{
    struct buf message;
    bool is_first = front->environment->index == 0;
    if (!is_first || front->numbers.fronts == 1 || changed->all || cache_state(front->cache) != CACHE_UP)
        return;
    buf_init(&message, MESSAGE_BYTES_MAX);
    if (message_pack_buf(changed, &message) == ERR_OK)
        shelf_tell(&front->shelf, channel, buf_text(&message));
    buf_free(&message);
}
