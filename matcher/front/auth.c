#include "front/auth.h"

#include "base/log.h"
#include "base/mem.h"
#include "wire/address.h"
#include "wire/pbguard.h"

#include <sodium.h>
#include <string.h>
#include <sys/queue.h>

enum { TOKEN_HASH_BYTES = 32, BUCKETS = 4096, RESPONSE_BUDGET_BYTES = 256 * 1024 };

/* A token that is known, or that the vault is being asked about. */
struct entry {
    struct actor actor; /* first: an actor is its entry */
    struct auth *auth;  /* NULL: that is gone, and the answer to come is nobody's */
    uint8_t hash[TOKEN_HASH_BYTES];
    size_t references; /* of holders, of the table, and of the question under way */
    bool in_table;
    struct pbguard_message response; /* empty while the vault is being asked */
    struct inquiry *inquiry;         /* while Redis is being asked */
    int64_t asked_ms;                /* wall clock, when the vault was asked */
    char name[SHELF_NAME_BYTES];     /* in Redis; "" where nothing is shared */
    struct auth_waiter *waiters;
    struct entry *next_in_bucket;
    TAILQ_ENTRY(entry) by_use, asking;
};

TAILQ_HEAD(entry_list, entry);

/* What the vault is to be asked where Redis has no answer. Wiped when freed. */
struct inquiry {
    uint64_t question;
    uint32_t timeout_ms;
    size_t token_length;
    char peer[ADDRESS_TEXT_BYTES];
    char token[TOKEN_BYTES_MAX];
};

struct auth {
    const struct clock *clock;
    uint8_t hash_key[crypto_generichash_KEYBYTES];
    struct entry *buckets[BUCKETS];
    struct entry_list by_use; /* least recently used first */
    struct entry_list asking; /* the vault is being asked about these */
    struct auth_counts counts;
    struct auth_share share;
    struct channel *const *vault;
};

enum err auth_new(const struct clock *clock, const struct random_source *random, struct auth **out)
{
    struct auth *auth;
    enum err e = mem_alloc(1, sizeof *auth, &auth);
    if (e != ERR_OK)
        return e;
    auth->clock = clock;
    TAILQ_INIT(&auth->by_use);
    TAILQ_INIT(&auth->asking);
    random_fill(random, auth->hash_key, sizeof auth->hash_key);
    *out = auth;
    return ERR_OK;
}

static void drop(struct entry *entry)
{
    if (--entry->references)
        return;
    pbguard_free(&entry->response);
    sodium_memzero(entry, sizeof *entry);
    mem_free(entry);
}

static struct entry **bucket_of(struct auth *auth, const uint8_t hash[TOKEN_HASH_BYTES])
{
    return &auth->buckets[(hash[0] | (unsigned)hash[1] << 8) % BUCKETS];
}

static void take_out(struct auth *auth, struct entry *entry)
{
    struct entry **link = bucket_of(auth, entry->hash);
    if (!entry->in_table)
        return;
    while (*link != entry)
        link = &(*link)->next_in_bucket;
    *link = entry->next_in_bucket;
    TAILQ_REMOVE(&auth->by_use, entry, by_use);
    entry->in_table = false;
    auth->counts.known--;
    drop(entry);
}

static void forget_all(struct auth *auth)
{
    struct entry *entry;
    while ((entry = TAILQ_FIRST(&auth->by_use)))
        take_out(auth, entry);
}

void auth_forget_all(struct auth *auth)
{
    forget_all(auth);
    auth_share_forget(&auth->share, true);
}

/* At another front sessions ended; or messages may have been lost. */
static void on_forget(void *context, struct text channel, struct text message)
{
    struct auth *auth = context;
    (void)channel;
    if (!auth_share_heard(&auth->share, message))
        return;
    forget_all(auth);
    auth_share_forget(&auth->share, false);
}

enum err auth_share_through(struct auth *auth, struct shelf *shelf, struct channel *const *vault)
{
    auth->share = (struct auth_share){.shelf = shelf, .clock = auth->clock};
    auth->vault = vault;
    return auth_share_listen(&auth->share, on_forget, auth);
}

static void free_inquiry(struct entry *entry)
{
    if (!entry->inquiry)
        return;
    sodium_memzero(entry->inquiry, sizeof *entry->inquiry);
    mem_free(entry->inquiry);
    entry->inquiry = NULL;
}

void auth_free(struct auth *auth)
{
    struct entry *entry, *next;
    if (!auth)
        return;
    for (entry = TAILQ_FIRST(&auth->asking); entry; entry = next) {
        next = TAILQ_NEXT(entry, asking);
        entry->auth = NULL;
        if (!entry->inquiry)
            continue;
        cache_cancel(auth->share.shelf->cache, entry->inquiry->question);
        free_inquiry(entry);
        drop(entry);
    }
    forget_all(auth);
    sodium_memzero(auth->hash_key, sizeof auth->hash_key);
    mem_free(auth);
}

static void hash_token(const struct auth *auth, struct text token, uint8_t out[TOKEN_HASH_BYTES])
{
    crypto_generichash(out, TOKEN_HASH_BYTES, (const uint8_t *)token.data, token.length, auth->hash_key,
                       sizeof auth->hash_key);
}

static struct entry *find(struct auth *auth, const uint8_t hash[TOKEN_HASH_BYTES])
{
    struct entry *entry = *bucket_of(auth, hash);
    while (entry && sodium_memcmp(entry->hash, hash, TOKEN_HASH_BYTES) != 0)
        entry = entry->next_in_bucket;
    return entry;
}

/* By both clocks: engine and vault go by the wall's, which may be set forward; where it is set back, this one's still ends. */
bool auth_expires_soon(const struct auth *auth, const struct actor *actor)
{
    const Stagematch__Internal__V1__ActorView *view = actor->said->actor;
    return clock_monotonic_us(auth->clock) + (int64_t)ACTOR_MARGIN_MS * 1000 >= actor->expire_us || !view ||
           clock_wall_ms(auth->clock) + ACTOR_MARGIN_MS >= view->expire_ms;
}

struct actor *auth_find(struct auth *auth, struct text token)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    hash_token(auth, token, hash);
    struct entry *entry = find(auth, hash);
    if (!entry || !entry->response.message)
        return NULL;
    if (auth_expires_soon(auth, &entry->actor)) {
        take_out(auth, entry);
        return NULL;
    }
    TAILQ_REMOVE(&auth->by_use, entry, by_use);
    TAILQ_INSERT_TAIL(&auth->by_use, entry, by_use);
    entry->references++;
    auth->counts.found++;
    return &entry->actor;
}

void auth_release(struct auth *auth, struct actor *actor)
{
    (void)auth;
    if (actor)
        drop((struct entry *)actor);
}

static enum err add_entry(struct auth *auth, const uint8_t hash[TOKEN_HASH_BYTES], struct entry **out)
{
    struct entry *entry;
    enum err e = mem_alloc(1, sizeof *entry, &entry);
    if (e != ERR_OK)
        return e;
    if (auth->counts.known == ACTORS_MAX)
        take_out(auth, TAILQ_FIRST(&auth->by_use));
    entry->auth = auth;
    memcpy(entry->hash, hash, TOKEN_HASH_BYTES);
    struct entry **bucket = bucket_of(auth, hash);
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    TAILQ_INSERT_TAIL(&auth->by_use, entry, by_use);
    entry->in_table = true;
    entry->references = 1;
    auth->counts.known++;
    *out = entry;
    return ERR_OK;
}

/* What the vault said. ERR_INPUT: it is not sound, names no actor, or has expired. */
static enum err take_response(struct entry *entry, struct text body)
{
    struct auth *auth = entry->auth;
    enum err e = pbguard_unpack(&stagematch__internal__v1__authenticate_response__descriptor, body,
                                &pbguard_limits_internal, RESPONSE_BUDGET_BYTES, true, &entry->response, NULL);
    if (e != ERR_OK)
        return e;
    const Stagematch__Internal__V1__AuthenticateResponse *said =
        (const Stagematch__Internal__V1__AuthenticateResponse *)entry->response.message;
    int64_t life_ms = said->actor ? said->actor->expire_ms - clock_wall_ms(auth->clock) : 0;
    if (life_ms > ACTOR_LIFE_MS)
        life_ms = ACTOR_LIFE_MS;
    if (life_ms <= 0) {
        pbguard_free(&entry->response);
        return ERR_INPUT;
    }
    entry->actor.said = said;
    entry->actor.expire_us = clock_monotonic_us(auth->clock) + life_ms * 1000;
    return ERR_OK;
}

static void tell(struct entry *entry, bool known, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct auth_waiter *waiter;
    while ((waiter = entry->waiters)) {
        auth_leave(waiter);
        if (known)
            entry->references++;
        waiter->known(waiter->context, known ? &entry->actor : NULL, status, reply);
    }
}

static void share(struct entry *entry, struct text body)
{
    struct auth *auth = entry->auth;
    int64_t left_us = entry->actor.expire_us - clock_monotonic_us(auth->clock);
    if (entry->name[0] && left_us > 0)
        auth_share_put(&auth->share, entry->name, entry->asked_ms, body, (uint32_t)(left_us / 1000));
}

static void on_answer(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply)
{
    struct entry *entry = context;
    struct auth *auth = entry->auth;
    bool known = false;
    if (!auth) {
        drop(entry);
        return;
    }
    TAILQ_REMOVE(&auth->asking, entry, asking);
    if (reply && reply->code == STATUS_OK) {
        struct text body = {(const char *)reply->body.data, reply->body.len};
        enum err e = take_response(entry, body);
        if (e == ERR_OK)
            share(entry, body);
        reply = NULL;
        known = e == ERR_OK;
        status = e == ERR_OK       ? STATUS_DONE
                 : e == ERR_MEMORY ? status_refuse(&refusal_memory)
                                   : status_refuse(&refusal_unauthenticated);
    }
    if (!known) {
        auth->counts.refused++;
        take_out(auth, entry);
    }
    tell(entry, known, status, reply);
    drop(entry);
}

static enum err send_question(struct entry *entry, struct channel *vault, struct text token, const char *peer,
                              uint32_t timeout_ms)
{
    Stagematch__Internal__V1__Call call = STAGEMATCH__INTERNAL__V1__CALL__INIT;
    const struct method *method = method_of(METHOD_AUTHENTICATE);
    union {
        const char *borrowed;
        char *unwritten;
    } name = {.borrowed = method->path}, address = {.borrowed = peer};
    uint8_t copy[TOKEN_BYTES_MAX];
    memcpy(copy, token.data, token.length);
    call.method = name.unwritten;
    call.timeout_ms = timeout_ms;
    call.peer = address.unwritten;
    call.token = (ProtobufCBinaryData){token.length, copy};
    entry->asked_ms = clock_wall_ms(entry->auth->clock);
    enum err e = channel_call(vault, method, &call, on_answer, entry, NULL);
    sodium_memzero(copy, sizeof copy);
    if (e == ERR_OK) {
        entry->references++;
        TAILQ_INSERT_TAIL(&entry->auth->asking, entry, asking);
        entry->auth->counts.asked++;
    }
    return e;
}

/* Redis had nothing. */
static void go_to_vault(struct entry *entry, const struct inquiry *inquiry)
{
    struct auth *auth = entry->auth;
    struct text token = {inquiry->token, inquiry->token_length};
    enum err e =
        *auth->vault ? send_question(entry, *auth->vault, token, inquiry->peer, inquiry->timeout_ms) : ERR_MISSING;
    if (e == ERR_OK)
        return;
    take_out(auth, entry);
    tell(entry, false, status_refuse(e == ERR_MEMORY ? &refusal_memory : &refusal_unavailable), NULL);
}

static bool take_shared(struct entry *entry, struct text value)
{
    struct auth *auth = entry->auth;
    struct buf body;
    buf_init(&body, RESPONSE_BUDGET_BYTES);
    bool known = auth_share_open(&auth->share, entry->name, value, &body) == ERR_OK &&
                 take_response(entry, buf_text(&body)) == ERR_OK;
    if (known && auth_expires_soon(auth, &entry->actor)) {
        pbguard_free(&entry->response);
        known = false;
    }
    if (body.data)
        sodium_memzero(body.data, body.length);
    buf_free(&body);
    return known;
}

static void on_shared(void *context, struct text value)
{
    struct entry *entry = context;
    struct auth *auth = entry->auth;
    TAILQ_REMOVE(&auth->asking, entry, asking);
    if (take_shared(entry, value)) {
        auth->counts.shared++;
        tell(entry, true, STATUS_DONE, NULL);
    } else {
        go_to_vault(entry, entry->inquiry);
    }
    free_inquiry(entry);
    drop(entry);
}

/* False: Redis is not asked. */
static bool ask_shared(struct entry *entry, struct text token, const char *peer, uint32_t timeout_ms)
{
    struct auth *auth = entry->auth;
    struct inquiry *inquiry;
    if (!auth_share_is_open(&auth->share) || strlen(peer) >= sizeof inquiry->peer)
        return false;
    auth_share_name(&auth->share, token, entry->name);
    if (mem_alloc(1, sizeof *inquiry, &inquiry) != ERR_OK)
        return false;
    inquiry->timeout_ms = timeout_ms;
    memcpy(inquiry->token, token.data, token.length);
    inquiry->token_length = token.length;
    memcpy(inquiry->peer, peer, strlen(peer) + 1);
    entry->inquiry = inquiry;
    inquiry->question = cache_get(auth->share.shelf->cache, text_of(entry->name), on_shared, entry);
    if (!inquiry->question) {
        free_inquiry(entry);
        return false;
    }
    entry->references++;
    TAILQ_INSERT_TAIL(&auth->asking, entry, asking);
    return true;
}

static void join(struct entry *entry, struct auth_waiter *waiter)
{
    waiter->next = entry->waiters;
    waiter->link = &entry->waiters;
    if (waiter->next)
        waiter->next->link = &waiter->next;
    entry->waiters = waiter;
}

void auth_leave(struct auth_waiter *waiter)
{
    if (!waiter->link)
        return;
    *waiter->link = waiter->next;
    if (waiter->next)
        waiter->next->link = waiter->link;
    waiter->next = NULL;
    waiter->link = NULL;
}

enum err auth_ask(struct auth *auth, struct channel *vault, struct text token, const char *peer, uint32_t timeout_ms,
                  struct auth_waiter *waiter)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    if (token.length > TOKEN_BYTES_MAX)
        return ERR_RANGE;
    hash_token(auth, token, hash);
    struct entry *entry = find(auth, hash);
    if (entry && entry->response.message) {
        take_out(auth, entry);
        entry = NULL;
    }
    if (entry) {
        auth->counts.joined++;
    } else {
        enum err e = add_entry(auth, hash, &entry);
        if (e == ERR_OK && !ask_shared(entry, token, peer, timeout_ms))
            e = send_question(entry, vault, token, peer, timeout_ms);
        if (e != ERR_OK) {
            if (entry)
                take_out(auth, entry);
            return e;
        }
    }
    join(entry, waiter);
    return ERR_OK;
}

void auth_forget(struct auth *auth, struct text token)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    hash_token(auth, token, hash);
    struct entry *entry = find(auth, hash);
    if (entry)
        take_out(auth, entry);
}

struct auth_counts auth_counts(const struct auth *auth)
{
    return auth->counts;
}
