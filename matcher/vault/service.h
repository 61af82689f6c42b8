/*
 * service.h - the vault's own state, and one call as its methods see it. Inside the vault only.
 *
 * A method is a function that gets a struct request with its decoded message and its caller, whose role was checked against
 * the table of methods, and that ends it once, now or later: request_refuse, request_fail, request_answer or
 * request_commit. It checks the scope itself; what is outside answers as not found.
 */
#ifndef VAULT_SERVICE_H
#define VAULT_SERVICE_H

#include "api/id.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ipc/role.h"
#include "vault/hasher.h"
#include "vault/image.h"
#include "vault/keys.h"
#include "wire/pbguard.h"

enum {
    BLAKE_BYTES = 32,
    TOKEN_BYTES = 32,
    TOKEN_HEX_BYTES = 65,
    ROW_BYTES_MAX = 64 << 20,
    ENGINE_TIMEOUT_MS = 30000,
};

#define MS_PER_MINUTE ((int64_t)60000)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define MS_PER_DAY (24 * MS_PER_HOUR)

struct accounts;
struct stages;
struct outbox;
struct expiry;
struct reports;
struct report_lists;
struct request;
struct engine_call;
struct text_check;
struct led;
struct event;

/* What tests set otherwise than a service does. */
struct vault_tuning {
    struct hasher_options hasher;
    unsigned reconcile_every_ms, stage_age_ms, pull_every_ms, send_every_ms, minute_ms, lock_wait_ms;
};

struct vault_numbers {
    uint64_t calls, refusals, logins, failed_logins, throttled, identities_read, texts_read;
    uint64_t stages_finished, stages_dropped, releases, erasures;
};

/* The two ledgers whose heads the vault signs, and what it signed last. */
enum ledger_name { LEDGER_OF_ENGINE, LEDGER_OF_VAULT, LEDGER_COUNT };

struct signed_head {
    uint64_t seq;
    int64_t time_ms;
};

struct vault {
    const struct role_environment *environment;
    struct vault_tuning tuning;
    struct keys *keys;
    struct image *image;
    struct hasher *hasher;
    struct accounts *accounts; /* index: who there is */
    struct stages *stages;     /* index: sagas that are not finished */
    struct outbox *outbox;
    struct expiry *expiry;
    struct text_check *text_check;
    struct reports *reports;           /* index: reports that are committed */
    struct report_lists *report_lists; /* what a report can say */
    struct {
        bool runs;
        uint8_t id[ID_BYTES];
    } forgetting;                     /* the report that is being erased: one at a time (report_sweep.c) */
    struct channel *engine;           /* NULL while there is none */
    struct engine_call *engine_calls; /* that are not answered */
    struct request *requests;         /* all that are not answered */
    size_t request_count;
    struct event *timers[4];
    struct led *leds; /* release and erasure, under way */
    bool stopping;
    bool pulls_decisions; /* a call to the engine is under way */
    struct signed_head signed_heads[LEDGER_COUNT];
    struct vault_numbers numbers;
};

/* As vault_role.start, with other times and costs. */
MUST_USE enum err vault_start(const struct role_environment *environment, const struct vault_tuning *tuning,
                              void **self);
extern const struct vault_tuning vault_tuning_default;

int64_t vault_now_ms(const struct vault *vault);

/* Makes the indexes in memory again from the image; said when a commit was lost. */
void vault_reload(void *context);

/* Who calls, from the token. */
struct caller {
    uint8_t account_id[ID_BYTES];
    unsigned role; /* enum Role of the API; 0: nobody */
    const char *const *scope;
    size_t scope_count;
    const char *const *checked_by; /* of a company: the schools that checked this contact (api/schools.h) */
    size_t checked_count;
    uint8_t token_hash[BLAKE_BYTES];
    int64_t expire_ms;
    bool is_session;
    const char *name; /* to greet with; empty where there is none */
};

bool caller_has(const struct caller *caller, const char *scope);

/* A company's contact whom this school has checked. */
bool caller_is_checked_by(const struct caller *caller, const char *school);

struct request {
    struct vault *vault;
    struct incoming_call *incoming;
    const struct method *method;
    struct pbguard_message message;
    struct caller caller;
    struct arena arena; /* what lives as long as the request; nothing secret */
    bool keeps_answer;  /* METHOD_CHANGES */
    uint8_t answer_key[ID_BYTES], digest[BLAKE_BYTES];
    struct buf reply; /* what is answered once it is durable; wiped */
    const struct refusal *refuse_later;
    void (*ended)(struct request *request); /* frees what the method keeps in `work`; may be NULL */
    void *work;
    struct request *previous, *next;
    struct request *followers; /* repeats of this very call, which wait for its answer */
    bool waits;                /* behind another, in its followers */
};

/* The decoded message, as its type. */
#define REQUEST_MESSAGE(request, type) ((const type *)(const void *)(request)->message.message)

/* Each ends the request: nobody may touch it afterwards. */
void request_refuse(struct request *request, const struct refusal *refusal);
void request_refuse_field(struct request *request, const struct refusal *refusal, const char *field);
void request_fail(struct request *request, enum err e);
void request_answer(struct request *request, const void *message);

/* Passes on how the engine answered, which was no success. */
void request_relay(struct request *request, struct status status, const Stagematch__Internal__V1__Reply *reply);

/*
 * Commits and then answers with `message`, which is packed now; where the method changes things its answer is kept with it, so
 * that a repeat gets the same. Takes the edit.
 */
void request_commit(struct request *request, struct edit *edit, const void *message);

/* Commits and then refuses: what happened is durable although the answer is no. */
void request_commit_refuse(struct request *request, struct edit *edit, const struct refusal *refusal);

/* Keeps `message` as the answer of a call that is repeated later; `key` and `digest` are the request's. */
void vault_answer_keep(struct vault *vault, struct edit *edit, struct text key, struct text digest,
                       const void *message);

/* Takes a call of the front. */
void request_take(struct vault *vault, struct incoming_call *incoming);

/* For stopping and freeing. */
void requests_abandon(struct vault *vault);

/* Who has this token; ERR_MISSING: nobody who may do anything now. Strings live in `arena`. */
MUST_USE enum err caller_of_token(struct vault *vault, struct text token, struct arena *arena, struct caller *out);

/* An assertion for the engine, valid for at most 60 seconds, and its MAC (appended). */
MUST_USE enum err caller_assert(const struct vault *vault, const struct caller *caller, struct buf *assertion,
                                struct buf *mac, int64_t *expire_ms);

/* Calls the engine; `answer` comes in a later turn. ERR_IO: it is not there. `caller` may be NULL. */
MUST_USE enum err engine_call(struct vault *vault, enum method_id method, const void *message,
                              const struct caller *caller, channel_answer_cb *answer, void *context);

/* Waits for none of them any more. */
void engine_calls_cancel(struct vault *vault);

/* The body of an answer without refusal, as a message of the method; ERR_INPUT where it is none. */
MUST_USE enum err engine_answer(enum method_id method, const Stagematch__Internal__V1__Reply *reply,
                                struct pbguard_message *out);

/* Views and ids. */
struct text bytes_of(const uint8_t *bytes, size_t length);
#define TEXT_OF(array) bytes_of((array), sizeof(array))
struct text binary_text(const ProtobufCBinaryData *data);
ProtobufCBinaryData binary_of(struct text bytes); /* borrowed, for a message that is only packed */
void hash_of_text(struct text bytes, uint8_t out[BLAKE_BYTES]);

/* Random secrets: hexadecimal for the holder, BLAKE2b-256 of it for the row. */
void token_draw(const struct vault *vault, char hex[TOKEN_HEX_BYTES], uint8_t hash[BLAKE_BYTES]);

#endif
