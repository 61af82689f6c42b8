#include "front/kept.h"

#include "api/message.h"
#include "base/mem.h"
#include "stagematch/v1/operation.pb-c.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef Stagematch__Internal__V1__ActorView ActorView;

/* Of a value in Redis: the form, the coding, when the answer was made (monotonic, which all fronts of a start share), the answer. */
enum { FORM = 1, TIME_BYTES = sizeof(int64_t), HEAD_BYTES = 2 + TIME_BYTES };

static void hash_message(crypto_generichash_state *hash, const void *message)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX);
    enum err e = message_pack_buf(message, &bytes);
    uint64_t length = e == ERR_OK ? bytes.length : UINT64_MAX;
    (void)crypto_generichash_update(hash, (const uint8_t *)&length, sizeof length);
    if (bytes.length)
        (void)crypto_generichash_update(hash, (const uint8_t *)bytes.data, bytes.length);
    if (e != ERR_OK) { /* without memory: a key that nobody else has */
        uint8_t alone[SHELF_KEY_BYTES];
        randombytes_buf(alone, sizeof alone);
        (void)crypto_generichash_update(hash, alone, sizeof alone);
    }
    buf_free(&bytes);
}

/* All that the vault said of the caller but who it is and until when. */
static void hash_rights(crypto_generichash_state *hash, const struct actor *actor)
{
    ActorView rights = STAGEMATCH__INTERNAL__V1__ACTOR_VIEW__INIT;
    if (actor) {
        rights = *actor->said->actor;
        rights.account_id = (ProtobufCBinaryData){0, NULL};
        rights.expire_ms = 0;
    }
    hash_message(hash, &rights);
}

void kept_key(const uint8_t secret[SHELF_KEY_BYTES], const struct call *call, struct answer_key *out)
{
    crypto_generichash_state hash;
    const uint32_t form[] = {(uint32_t)call->method->id, (uint32_t)call->connect.codec,
                             (uint32_t)call->connect.answer_coding, (uint32_t)call->connect.language,
                             call->actor != NULL};
    (void)crypto_generichash_init(&hash, secret, SHELF_KEY_BYTES, sizeof out->bytes);
    (void)crypto_generichash_update(&hash, (const uint8_t *)form, sizeof form);
    hash_rights(&hash, call->actor);
    hash_message(&hash, call->request.message);
    (void)crypto_generichash_final(&hash, out->bytes, sizeof out->bytes);
}

static uint32_t hash_of_views(const struct view_set *set)
{
    return view_of(VIEW_KIND_COUNT, (struct text){(const char *)set->views, set->count * sizeof set->views[0]});
}

/* What the answer is called in Redis. */
static void name_of(const struct call *call, uint64_t version, char out[SHELF_NAME_BYTES])
{
    char hash[2 * SHELF_HASH_BYTES + 1];
    sodium_bin2hex(hash, sizeof hash, call->kept->key.bytes, SHELF_HASH_BYTES);
    (void)snprintf(out, SHELF_NAME_BYTES, CACHE_PREFIX "answer:%016" PRIx64 ":%08" PRIx32 ":%" PRIu64 ":%s",
                   call->front->freshness->epoch, hash_of_views(&call->kept->views), version, hash);
}

static int64_t now_us(const struct call *call)
{
    return clock_monotonic_us(&call->front->environment->clock);
}

/* ---- the engine ---- */

static void engine_answered(struct call *call, struct text body)
{
    struct kept_note *kept = call->kept;
    kept->is_wanted = freshness_of_reply(call->front->freshness, call->reply, &kept->version);
    call_answer_packed(call, body);
}

static void ask_engine(struct call *call)
{
    call_ask_message(call, ROLE_ENGINE, call->method->id, call->request.message, engine_answered);
}

void kept_put(struct call *call, const struct kept_answer *answer)
{
    char name[SHELF_NAME_BYTES];
    struct buf plain;
    struct front *front = call->front;
    struct kept_note *kept = call->kept;
    int64_t made_us = now_us(call);
    if (!kept || !kept->is_wanted)
        return;
    answer_store_put(front->answers, &kept->key, kept->version, answer, made_us);
    if (!shelf_is_open(&front->shelf) || answer->bytes.length > CACHE_VALUE_BYTES_MAX / 2)
        return;
    name_of(call, kept->version, name);
    buf_init(&plain, CACHE_VALUE_BYTES_MAX);
    buf_put_char(&plain, FORM);
    buf_put_char(&plain, answer->coding == CONNECT_GZIP ? '\1' : '\0');
    buf_put(&plain, &made_us, sizeof made_us);
    buf_put_text(&plain, answer->bytes);
    if (buf_error(&plain) == ERR_OK)
        shelf_put(&front->shelf, name, buf_text(&plain), front->answer_life_ms);
    buf_free(&plain);
}

/*
 * Whether all that the engine told is known here. It tells every front before it answers anybody, so whoever heard of a change,
 * through whichever front, is never shown what was before it.
 */
static bool is_up_to_date(const struct front *front)
{
    const struct channel *engine = front->channels[ROLE_ENGINE];
    return engine && !channel_has_unread(engine);
}

/* ---- Redis ---- */

/* It lives on here for what is left of its time, not for as long again. */
static bool open_value(struct call *call, struct text value, struct buf *plain, struct kept_answer *out,
                       int64_t *made_us)
{
    char name[SHELF_NAME_BYTES];
    name_of(call, call->kept->version, name);
    if (shelf_open(&call->front->shelf, name, value, plain) != ERR_OK || plain->length < HEAD_BYTES ||
        plain->data[0] != FORM)
        return false;
    memcpy(made_us, plain->data + 2, sizeof *made_us);
    out->bytes = (struct text){plain->data + HEAD_BYTES, plain->length - HEAD_BYTES};
    out->coding = plain->data[1] ? CONNECT_GZIP : CONNECT_IDENTITY;
    int64_t age_us = now_us(call) - *made_us;
    return age_us >= 0 && age_us < (int64_t)call->front->answer_life_ms * 1000;
}

static void redis_answered(struct call *call, struct text value)
{
    struct front *front = call->front;
    struct kept_answer answer;
    struct buf plain;
    uint64_t version;
    int64_t made_us = 0;
    buf_init(&plain, CACHE_VALUE_BYTES_MAX);
    bool is_known = freshness_of(front->freshness, &call->kept->views, &version) && version == call->kept->version &&
                    is_up_to_date(front);
    bool is_found = is_known && open_value(call, value, &plain, &answer, &made_us);
    if (is_found) {
        front->kept_counts.from_redis++;
        answer_store_put(front->answers, &call->kept->key, version, &answer, made_us);
        call_answer_encoded(call, &answer);
    }
    buf_free(&plain);
    if (is_found)
        return;
    front->kept_counts.missed++;
    ask_engine(call);
}

static void ask_redis(struct call *call)
{
    char name[SHELF_NAME_BYTES];
    name_of(call, call->kept->version, name);
    call_get(call, name, redis_answered);
}

/* ---- memory ---- */

static bool find(struct call *call, struct kept_answer *out)
{
    struct front *front = call->front;
    struct kept_note *kept = call->kept;
    return freshness_of(front->freshness, &kept->views, &kept->version) && is_up_to_date(front) &&
           answer_store_find(front->answers, &kept->key, kept->version, now_us(call), out);
}

static void give(struct call *call, struct text nothing)
{
    struct kept_answer answer;
    (void)nothing;
    if (find(call, &answer)) {
        call->front->kept_counts.from_memory++;
        call_answer_encoded(call, &answer);
        return;
    }
    call->front->kept_counts.missed++;
    ask_engine(call);
}

static struct view_asker asker_of(const struct call *call)
{
    const ActorView *actor = call->actor ? call->actor->said->actor : NULL;
    if (!actor)
        return (struct view_asker){0};
    return (struct view_asker){(unsigned)actor->role, (const char *const *)actor->scope, actor->n_scope};
}

/* False: this call's answer is not kept. */
static bool note(struct call *call)
{
    const struct view_asker asker = asker_of(call);
    struct view_set views;
    if (call->front->answer_life_ms == 0 || call->method->flags & (METHOD_SECRET | METHOD_CHANGES) ||
        !views_of_answer(call->method, call->request.message, &asker, &views) ||
        mem_alloc(1, sizeof *call->kept, &call->kept) != ERR_OK)
        return false;
    call->kept->views = views;
    kept_key(call->front->shelf.name_key, call, &call->kept->key);
    return true;
}

void kept_serve(struct call *call)
{
    struct kept_answer answer;
    struct front *front = call->front;
    if (!note(call)) {
        call_ask_message(call, ROLE_ENGINE, call->method->id, call->request.message, call_pass);
        return;
    }
    bool is_here = find(call, &answer);
    if (is_here && front->numbers.fronts > 1) {
        call_later(call, give);
    } else if (is_here) {
        give(call, (struct text){NULL, 0});
    } else if (call->kept->version && shelf_is_open(&front->shelf)) {
        ask_redis(call);
    } else {
        front->kept_counts.missed++;
        ask_engine(call);
    }
}

static void free_settling(void *work)
{
    struct buf *answer = work;
    buf_free(answer);
    mem_free(answer);
}

static void settled(struct call *call, struct text head)
{
    (void)head;
    call_answer_packed(call, buf_text(call->work));
}

void kept_settle(struct call *call, struct text body)
{
    Stagematch__V1__GetLedgerHeadRequest request = STAGEMATCH__V1__GET_LEDGER_HEAD_REQUEST__INIT;
    struct buf *answer;
    if (!call->front->channels[ROLE_ENGINE]) { /* nothing is kept then */
        call_answer_packed(call, body);
        return;
    }
    enum err e = mem_alloc(1, sizeof *answer, &answer);
    if (e == ERR_OK) {
        buf_init(answer, SIZE_MAX);
        call->work = answer;
        call->free_work = free_settling;
        buf_put_text(answer, body);
        e = buf_error(answer);
    }
    if (e != ERR_OK)
        call_fail(call, e);
    else
        call_ask_message(call, ROLE_ENGINE, METHOD_GET_LEDGER_HEAD, &request, settled);
}
