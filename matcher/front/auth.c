#include "front/auth.h"

#include "base/mem.h"
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
    struct auth_waiter *waiters;
    struct entry *next_in_bucket;
    TAILQ_ENTRY(entry) by_use, asking;
};

TAILQ_HEAD(entry_list, entry);

struct auth {
    const struct clock *clock;
    uint8_t hash_key[crypto_generichash_KEYBYTES];
    struct entry *buckets[BUCKETS];
    struct entry_list by_use; /* least recently used first */
    struct entry_list asking; /* the vault is being asked about these */
    struct auth_counts counts;
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

void auth_forget_all(struct auth *auth)
{
    struct entry *entry;
    while ((entry = TAILQ_FIRST(&auth->by_use)))
        take_out(auth, entry);
}

void auth_free(struct auth *auth)
{
    struct entry *entry;
    if (!auth)
        return;
    TAILQ_FOREACH(entry, &auth->asking, asking)
    entry->auth = NULL;
    auth_forget_all(auth);
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

bool auth_expires_soon(const struct auth *auth, const struct actor *actor)
{
    return clock_monotonic_us(auth->clock) + (int64_t)ACTOR_MARGIN_MS * 1000 >= actor->expire_us;
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
static enum err take_response(struct entry *entry, const Stagematch__Internal__V1__Reply *reply)
{
    struct auth *auth = entry->auth;
    struct text body = {(const char *)reply->body.data, reply->body.len};
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
        enum err e = take_response(entry, reply);
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
    enum err e = channel_call(vault, method, &call, on_answer, entry, NULL);
    sodium_memzero(copy, sizeof copy);
    if (e == ERR_OK) {
        entry->references++;
        TAILQ_INSERT_TAIL(&entry->auth->asking, entry, asking);
    }
    return e;
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
        if (e == ERR_OK)
            e = send_question(entry, vault, token, peer, timeout_ms);
        if (e != ERR_OK) {
            if (entry)
                take_out(auth, entry);
            return e;
        }
        auth->counts.asked++;
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
