#include "vault/service.h"

#include "api/message.h"
#include "base/log.h"
#include "vault/methods.h"

#include <event2/event.h>
#include <sodium.h>
#include <string.h>

#include "stagematch/internal/v1/vault.pb-c.h"

enum { MESSAGE_FACTOR = 16, MESSAGE_BASE_BYTES = 64 << 10, ARENA_BYTES = 256 << 10, UUID_LENGTH = 36 };

static const int64_t answer_days = 2; /* the API promises 24 hours */

static void link_request(struct request *request)
{
    struct vault *vault = request->vault;
    request->next = vault->requests;
    if (vault->requests)
        vault->requests->previous = request;
    vault->requests = request;
    vault->request_count++;
}

static void unlink_request(struct request *request)
{
    struct vault *vault = request->vault;
    if (request->previous)
        request->previous->next = request->next;
    else
        vault->requests = request->next;
    if (request->next)
        request->next->previous = request->previous;
    request->previous = request->next = NULL;
    vault->request_count--;
}

static void run(struct request *request);

/* After its answer: whoever repeated the same call now finds it kept, or runs itself. */
static void release(struct request *request)
{
    struct request *follower = request->followers;
    unlink_request(request);
    if (request->ended)
        request->ended(request);
    pbguard_free(&request->message);
    buf_wipe(&request->reply);
    arena_free(&request->arena);
    mem_free(request);
    while (follower) {
        struct request *next = follower->followers;
        follower->followers = NULL;
        follower->waits = false;
        run(follower);
        follower = next;
    }
}

static void refuse(struct request *request, struct status status)
{
    request->vault->numbers.refusals++;
    channel_refuse(request->incoming, status);
    release(request);
}

void request_refuse(struct request *request, const struct refusal *refusal)
{
    refuse(request, status_refuse(refusal));
}

void request_refuse_field(struct request *request, const struct refusal *refusal, const char *field)
{
    refuse(request, status_refuse_field(refusal, field));
}

static const struct refusal *refusal_of(enum err e)
{
    switch (e) {
    case ERR_MEMORY:
        return &refusal_memory;
    case ERR_IO:
    case ERR_SPACE:
        return &refusal_unavailable;
    case ERR_MISSING:
        return &refusal_not_found;
    case ERR_RANGE:
        return &refusal_too_many;
    case ERR_OK:
    case ERR_INPUT:
    case ERR_EXISTS:
    case ERR_MISMATCH:
    case ERR_USAGE:
    case ERR_INTERNAL:
        break;
    }
    return &refusal_internal;
}

void request_fail(struct request *request, enum err e)
{
    request_refuse(request, refusal_of(e));
}

void request_answer(struct request *request, const void *message)
{
    channel_answer_message(request->incoming, message);
    release(request);
}

void request_relay(struct request *request, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    if (!reply) {
        refuse(request, status.refusal ? status : status_refuse(&refusal_unavailable));
        return;
    }
    request->vault->numbers.refusals++;
    channel_answer(request->incoming, reply);
    release(request);
}

/* Sends what lies ready since before the commit. */
static void committed(void *context, enum err result)
{
    struct request *request = context;
    log_set_request(request->incoming->call->trace);
    if (result != ERR_OK) {
        request_fail(request, result);
        return;
    }
    if (request->refuse_later) {
        request_refuse(request, request->refuse_later);
        return;
    }
    Stagematch__Internal__V1__Reply reply = STAGEMATCH__INTERNAL__V1__REPLY__INIT;
    reply.body = binary_of(buf_text(&request->reply));
    channel_answer(request->incoming, &reply);
    release(request);
}

void vault_answer_keep(struct vault *vault, struct edit *edit, struct text key, struct text digest,
                       const void *message)
{
    Stagematch__Internal__V1__AnswerRow row = STAGEMATCH__INTERNAL__V1__ANSWER_ROW__INIT;
    struct secret_key answers;
    struct buf plain, sealed;
    buf_init(&plain, ROW_BYTES_MAX);
    buf_init(&sealed, ROW_BYTES_MAX);
    keys_derive(vault->keys, KEY_ANSWERS, &answers);
    enum err e = buf_reserve_secret(&plain, protobuf_c_message_get_packed_size(message));
    if (e == ERR_OK)
        e = message_pack_buf(message, &plain);
    if (e == ERR_OK)
        e = keys_seal(vault->keys, &answers, "answer", key, buf_text(&plain), &sealed);
    if (e == ERR_OK) {
        row.digest = binary_of(digest);
        row.sealed_reply = binary_of(buf_text(&sealed));
        edit_put_live(edit, TABLE_ANSWER, key, vault_now_ms(vault) + answer_days * MS_PER_DAY, &row);
    } else if (edit->error == ERR_OK) {
        edit->error = e;
    }
    key_wipe(&answers);
    buf_wipe(&plain);
    buf_free(&sealed);
}

static void commit_now(struct request *request, struct edit *edit)
{
    enum err e = edit_commit(edit, committed, request);
    if (e == ERR_OK)
        return;
    vault_reload(request->vault); /* an index may have run ahead of this edit */
    request_fail(request, e);
}

void request_commit(struct request *request, struct edit *edit, const void *message)
{
    buf_clear(&request->reply);
    if (edit->error == ERR_OK)
        edit->error = buf_reserve_secret(&request->reply, protobuf_c_message_get_packed_size(message));
    if (edit->error == ERR_OK)
        edit->error = message_pack_buf(message, &request->reply);
    if (request->keeps_answer)
        vault_answer_keep(request->vault, edit, TEXT_OF(request->answer_key), TEXT_OF(request->digest), message);
    commit_now(request, edit);
}

void request_commit_refuse(struct request *request, struct edit *edit, const struct refusal *refusal)
{
    request->refuse_later = refusal;
    commit_now(request, edit);
}

static bool is_uuid(struct text id)
{
    if (id.length != UUID_LENGTH)
        return false;
    for (size_t i = 0; i < id.length; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = id.data[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

static void key_of_answer(struct request *request, struct text request_id)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, ID_BYTES);
    crypto_generichash_update(&state, request->caller.account_id, ID_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)request->method->path, strlen(request->method->path) + 1);
    crypto_generichash_update(&state, (const uint8_t *)request_id.data, request_id.length);
    crypto_generichash_final(&state, request->answer_key, ID_BYTES);
    const ProtobufCBinaryData *body = &request->incoming->call->body;
    hash_of_text(binary_text(body), request->digest);
}

/*
 * Waits behind a call with the same key that is not answered yet; the order of arrival is kept. Never behind one that waits itself:
 * of those that are let go together the first runs, and the others would wait for each other.
 */
static bool follow(struct request *request)
{
    for (struct request *other = request->vault->requests; other; other = other->next) {
        if (other == request || other->waits || !other->keeps_answer ||
            sodium_memcmp(other->answer_key, request->answer_key, ID_BYTES))
            continue;
        struct request **last = &other->followers;
        while (*last)
            last = &(*last)->followers;
        *last = request;
        request->waits = true;
        return true;
    }
    return false;
}

/* Answers a repeat from what was kept. True where there was something. */
static bool repeat(struct request *request)
{
    Stagematch__Internal__V1__AnswerRow *row = NULL;
    struct secret_key answers;
    struct edit edit;
    struct text key = TEXT_OF(request->answer_key);
    edit_begin(&edit, request->vault->image);
    enum err e = edit_get_live(&edit, TABLE_ANSWER, key, vault_now_ms(request->vault),
                               &stagematch__internal__v1__answer_row__descriptor, &row);
    if (e == ERR_MISSING) {
        edit_abort(&edit);
        return false;
    }
    if (e == ERR_OK && !text_equal(binary_text(&row->digest), TEXT_OF(request->digest))) {
        edit_abort(&edit);
        message_free(row);
        request_refuse(request, &refusal_request_reused);
        return true;
    }
    if (e == ERR_OK) {
        keys_derive(request->vault->keys, KEY_ANSWERS, &answers);
        e = keys_open(&answers, "answer", key, binary_text(&row->sealed_reply), &request->reply);
        key_wipe(&answers);
        message_free(row);
    }
    if (e == ERR_OK)
        e = edit_commit(&edit, committed, request); /* what it was about may still be on its way */
    else
        edit_abort(&edit);
    if (e != ERR_OK)
        request_fail(request, e);
    return true;
}

static void run(struct request *request)
{
    if (request->keeps_answer && (follow(request) || repeat(request)))
        return;
    methods_run(request);
}

static enum err unpack(struct request *request)
{
    const struct incoming_call *incoming = request->incoming;
    bool internal = incoming->method->target == TARGET_INTERNAL;
    struct text body = binary_text(&incoming->call->body);
    if (body.length > incoming->method->max_bytes)
        return ERR_RANGE;
    return pbguard_unpack_whole(incoming->method->request, body,
                                internal ? &pbguard_limits_internal : &pbguard_limits_public,
                                body.length * MESSAGE_FACTOR + MESSAGE_BASE_BYTES, true, &request->message, NULL);
}

/* Checks what holds for every method: a caller of the right role, and a request_id where it changes something. */
static void admit(struct request *request)
{
    const struct incoming_call *incoming = request->incoming;
    unsigned roles = methods_roles(request->method);
    if (roles) {
        enum err e =
            caller_of_token(request->vault, binary_text(&incoming->call->token), &request->arena, &request->caller);
        if (e == ERR_MISSING) {
            request_refuse(request, &refusal_unauthenticated);
            return;
        }
        if (e != ERR_OK) {
            request_fail(request, e);
            return;
        }
        if (!(roles & ROLE_BIT(request->caller.role))) {
            request_refuse(request, &refusal_permission);
            return;
        }
    }
    if (request->method->flags & METHOD_CHANGES) {
        struct text request_id = message_text(request->message.message, "request_id");
        if (!is_uuid(request_id)) {
            request_refuse_field(request, &refusal_request_id, "request_id");
            return;
        }
        key_of_answer(request, request_id);
        request->keeps_answer = true;
    }
    run(request);
}

void request_take(struct vault *vault, struct incoming_call *incoming)
{
    struct request *request;
    vault->numbers.calls++;
    if (vault->stopping || mem_alloc(1, sizeof *request, &request) != ERR_OK) {
        channel_refuse(incoming, status_refuse(&refusal_unavailable));
        return;
    }
    request->vault = vault;
    request->incoming = incoming;
    request->method = incoming->method;
    arena_init(&request->arena, ARENA_BYTES);
    buf_init(&request->reply, ROW_BYTES_MAX);
    link_request(request);
    enum err e = unpack(request);
    if (e == ERR_OK)
        admit(request);
    else
        request_refuse(request, e == ERR_INPUT   ? &refusal_malformed
                                : e == ERR_RANGE ? &refusal_too_large
                                                 : &refusal_memory);
}

void requests_abandon(struct vault *vault)
{
    while (vault->requests) {
        struct request *request = vault->requests;
        request->followers = NULL; /* they are in the list themselves */
        request_refuse(request, &refusal_unavailable);
    }
}
