#include "vault/service.h"

#include "api/message.h"
#include "base/log.h"

#include <sodium.h>
#include <string.h>

#include "stagematch/internal/v1/frame.pb-c.h"

enum { ASSERTION_BYTES_MAX = 64 << 10, BODY_BYTES_MAX = 1 << 20, ANSWER_FACTOR = 16, ANSWER_BASE_BYTES = 1 << 20 };

int64_t vault_now_ms(const struct vault *vault)
{
    return clock_wall_ms(&vault->environment->clock);
}

struct text bytes_of(const uint8_t *bytes, size_t length)
{
    return (struct text){(const char *)bytes, length};
}

struct text binary_text(const ProtobufCBinaryData *data)
{
    return (struct text){data->len ? (const char *)data->data : "", data->len};
}

ProtobufCBinaryData binary_of(struct text bytes)
{
    return (ProtobufCBinaryData){bytes.length, (uint8_t *)(uintptr_t)bytes.data};
}

void hash_of_text(struct text bytes, uint8_t out[BLAKE_BYTES])
{
    (void)crypto_generichash(out, BLAKE_BYTES, (const uint8_t *)bytes.data, bytes.length, NULL, 0);
}

void token_draw(const struct vault *vault, char hex[TOKEN_HEX_BYTES], uint8_t hash[BLAKE_BYTES])
{
    uint8_t token[TOKEN_BYTES];
    random_fill(&vault->environment->random, token, sizeof token);
    (void)sodium_bin2hex(hex, TOKEN_HEX_BYTES, token, sizeof token);
    sodium_memzero(token, sizeof token);
    hash_of_text((struct text){hex, TOKEN_HEX_BYTES - 1}, hash);
}

struct engine_call {
    struct vault *vault;
    struct channel *channel;
    uint64_t id;
    channel_answer_cb *answer;
    void *context;
    struct engine_call *previous, *next;
};

static void unlink_call(struct engine_call *call)
{
    if (call->previous)
        call->previous->next = call->next;
    else
        call->vault->engine_calls = call->next;
    if (call->next)
        call->next->previous = call->previous;
}

static void engine_answered(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct engine_call *call = context;
    unlink_call(call);
    call->answer(call->context, status, reply);
    mem_free(call);
}

static enum err send_call(struct engine_call *call, enum method_id method, const void *message,
                          const struct caller *caller)
{
    Stagematch__Internal__V1__Call frame = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    struct buf body, assertion, mac;
    int64_t expire_ms;
    enum err e = ERR_OK;
    buf_init(&body, BODY_BYTES_MAX);
    buf_init(&assertion, ASSERTION_BYTES_MAX);
    buf_init(&mac, ASSERTION_BYTES_MAX);
    if (caller)
        e = caller_assert(call->vault, caller, &assertion, &mac, &expire_ms);
    if (e == ERR_OK)
        e = message_pack_buf(message, &body);
    if (e == ERR_OK) {
        frame.method = (char *)(uintptr_t)method_of(method)->path;
        frame.timeout_ms = ENGINE_TIMEOUT_MS;
        frame.assertion = binary_of(buf_text(&assertion));
        frame.assertion_mac = binary_of(buf_text(&mac));
        frame.body = binary_of(buf_text(&body));
        e = channel_call(call->channel, method_of(method), &frame, engine_answered, call, &call->id);
    }
    buf_free(&body);
    buf_free(&assertion);
    buf_free(&mac);
    return e;
}

enum err engine_call(struct vault *vault, enum method_id method, const void *message, const struct caller *caller,
                     channel_answer_cb *answer, void *context)
{
    struct engine_call *call;
    if (!vault->engine || vault->stopping)
        return ERR_IO;
    enum err e = mem_alloc(1, sizeof *call, &call);
    if (e != ERR_OK)
        return e;
    *call = (struct engine_call){.vault = vault, .channel = vault->engine, .answer = answer, .context = context};
    e = send_call(call, method, message, caller);
    if (e != ERR_OK) {
        mem_free(call);
        return e;
    }
    call->next = vault->engine_calls;
    if (call->next)
        call->next->previous = call;
    vault->engine_calls = call;
    return ERR_OK;
}

void engine_calls_cancel(struct vault *vault)
{
    while (vault->engine_calls) {
        struct engine_call *call = vault->engine_calls;
        channel_cancel(call->channel, call->id);
        unlink_call(call);
        mem_free(call);
    }
}

enum err engine_answer(enum method_id method, const Stagematch__Internal__V1__Reply *reply,
                       struct pbguard_message *out)
{
    const char *fault;
    struct text body = binary_text(&reply->body);
    enum err e = pbguard_unpack(method_of(method)->response, body, &pbguard_limits_internal,
                                body.length * ANSWER_FACTOR + ANSWER_BASE_BYTES, false, out, &fault);
    if (e != ERR_OK)
        LOG(LOG_ERROR, "engine_answer_unreadable", LOG_WORD("method", method_of(method)->path),
            LOG_WORD("error", err_text(e)));
    return e;
}
