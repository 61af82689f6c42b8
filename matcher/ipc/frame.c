#include "ipc/frame.h"

#include "wire/pbguard.h"

#include <event2/buffer.h>
#include <string.h>

/* Unpacked, a frame's small parts are larger than on the wire: fields become structs and blocks. */
enum { BUDGET_FACTOR = 4, BUDGET_BASE_BYTES = 64 << 10 };

static uint32_t read_length(struct evbuffer *input)
{
    uint8_t head[FRAME_HEAD_BYTES];
    evbuffer_copyout(input, head, sizeof head);
    return (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
}

enum err frame_take(struct evbuffer *input, Stagematch__Internal__V1__Frame **out)
{
    *out = NULL;
    if (evbuffer_get_length(input) < FRAME_HEAD_BYTES)
        return ERR_OK;
    size_t length = read_length(input);
    if (length > FRAME_BYTES_MAX)
        return ERR_INPUT;
    if (evbuffer_get_length(input) - FRAME_HEAD_BYTES < length)
        return ERR_OK;
    const unsigned char *bytes = evbuffer_pullup(input, (ev_ssize_t)(FRAME_HEAD_BYTES + length));
    if (!bytes)
        return ERR_MEMORY;
    struct text text = {(const char *)bytes + FRAME_HEAD_BYTES, length};
    struct pbguard_message message = {0};
    enum err e = pbguard_unpack(&stagematch__internal__v1__frame__descriptor, text, &pbguard_limits_internal,
                                length * BUDGET_FACTOR + BUDGET_BASE_BYTES, true, &message, NULL);
    if (e != ERR_OK)
        return e == ERR_MEMORY ? e : ERR_INPUT;
    evbuffer_drain(input, FRAME_HEAD_BYTES + length);
    *out = (Stagematch__Internal__V1__Frame *)message.message;
    return ERR_OK;
}

void frame_free(Stagematch__Internal__V1__Frame *frame)
{
    struct pbguard_message message = {.message = frame ? &frame->base : NULL, .wiped = true};
    pbguard_free(&message);
}

enum err frame_put(struct evbuffer *output, const Stagematch__Internal__V1__Frame *frame)
{
    size_t length = stagematch__internal__v1__frame__get_packed_size(frame);
    if (length > FRAME_BYTES_MAX)
        return ERR_RANGE;
    struct evbuffer_iovec space;
    if (evbuffer_reserve_space(output, (ev_ssize_t)(FRAME_HEAD_BYTES + length), &space, 1) != 1)
        return ERR_MEMORY;
    uint8_t *at = space.iov_base;
    for (int i = 0; i < FRAME_HEAD_BYTES; i++)
        at[i] = (uint8_t)(length >> (8 * (FRAME_HEAD_BYTES - 1 - i)));
    stagematch__internal__v1__frame__pack(frame, at + FRAME_HEAD_BYTES);
    space.iov_len = FRAME_HEAD_BYTES + length;
    return evbuffer_commit_space(output, &space, 1) == 0 ? ERR_OK : ERR_MEMORY;
}
