#include "front/auth_share.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TIME_BYTES = 8, ANSWER_BYTES_MAX = 256 * 1024 };

static const char channel[] = CACHE_PREFIX "forget";

bool auth_share_is_open(const struct auth_share *share)
{
    return share->shelf && shelf_is_open(share->shelf);
}

void auth_share_name(const struct auth_share *share, struct text token, char out[SHELF_NAME_BYTES])
{
    uint8_t hash[SHELF_HASH_BYTES];
    char hex[2 * SHELF_HASH_BYTES + 1];
    shelf_hash(share->shelf, token, hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    (void)snprintf(out, SHELF_NAME_BYTES, CACHE_PREFIX "actor:%s", hex);
}

void auth_share_put(struct auth_share *share, const char *name, int64_t asked_ms, struct text answer, uint32_t ttl_ms)
{
    struct buf plain;
    uint8_t time[TIME_BYTES];
    if (!auth_share_is_open(share) || ttl_ms == 0)
        return;
    for (size_t i = 0; i < TIME_BYTES; i++)
        time[i] = (uint8_t)((uint64_t)asked_ms >> 8 * (TIME_BYTES - 1 - i));
    buf_init(&plain, ANSWER_BYTES_MAX);
    buf_put(&plain, time, sizeof time);
    buf_put_text(&plain, answer);
    if (buf_error(&plain) == ERR_OK)
        shelf_put(share->shelf, name, buf_text(&plain), ttl_ms);
    if (plain.data)
        sodium_memzero(plain.data, plain.length);
    buf_free(&plain);
}

enum err auth_share_open(struct auth_share *share, const char *name, struct text value, struct buf *out)
{
    uint64_t asked_ms = 0;
    enum err e = shelf_open(share->shelf, name, value, out);
    if (e == ERR_OK && out->length <= TIME_BYTES)
        e = ERR_MISSING;
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < TIME_BYTES; i++)
        asked_ms = asked_ms << 8 | (uint8_t)out->data[i];
    memmove(out->data, out->data + TIME_BYTES, out->length - TIME_BYTES);
    out->length -= TIME_BYTES;
    return (int64_t)asked_ms > share->after_ms ? ERR_OK : ERR_MISSING;
}

void auth_share_forget(struct auth_share *share, bool tell)
{
    if (!share->shelf)
        return;
    share->after_ms = clock_wall_ms(share->clock);
    if (tell)
        shelf_tell(share->shelf, channel, text_of(""));
}

bool auth_share_heard(struct auth_share *share, struct text message)
{
    struct buf plain;
    buf_init(&plain, 1);
    bool is_ours = !message.data || shelf_open(share->shelf, channel, message, &plain) == ERR_OK;
    buf_free(&plain);
    return is_ours;
}

enum err auth_share_listen(struct auth_share *share, cache_message_cb *heard, void *context)
{
    return share->shelf->has_key ? cache_subscribe(share->shelf->cache, text_of(channel), heard, context) : ERR_OK;
}
