/*
 * command.h - what every handler of this folder works with: the command, the state, and how to change it.
 *
 * A handler answers one method: it gets the decoded request and an empty response of the method's type, which it fills with
 * the functions of records.h. It checks everything before it changes anything, because a refusal must change nothing.
 *
 * Lack of memory is sticky, as in buf.h: the context_* functions that change something do nothing after the first failure,
 * domain_apply sees context->error, answers refusal_memory, and the engine loads again. So a handler has no error path for it;
 * it must only not follow a NULL that one of these functions gave.
 */
#ifndef DOMAIN_COMMAND_H
#define DOMAIN_COMMAND_H

#include "domain/domain.h"
#include "domain/records.h"

struct context {
    struct domain *domain;
    const struct domain_options *options;
    struct state *state;
    const struct actor *actor;     /* of no role with timers and long work */
    const struct command *command; /* NULL with timers, long work and solving */
    struct entries *entries;       /* what the domain remembers for proofs (entries.h) */
    struct monitor_work *monitor;  /* what the monitor is counting (monitor.h) */
    const uint8_t *entropy;
    uint64_t drawn; /* how many ids were made of the entropy */
    int64_t now_ms;
    bool on_behalf;   /* of the decision under way: a coördinator acts for a company, or for a student */
    bool for_student; /* with on_behalf: for a student */
    bool has_text;    /* a text goes with this call, kept by the vault (CommitWithText) */
    bool waits;       /* set by a handler that changes nothing: the call is to be applied again (struct outcome) */
    enum err error;
    Stagematch__Internal__V1__TextSubject
        *text_subject; /* set by a handler whose text is kept; owned by the context */
};

/* `response` is an empty message of the method's response type. */
typedef struct status handler_function(struct context *context, const void *request, void *response);

struct handler {
    enum method_id method;
    handler_function *run;
    /* Keep the answer for repeats, by request_id (and chunk, where the request has one). Methods with METHOD_CHANGES always do. */
    bool keep_answer;
};

/* Remembers a failure; true when all is well. `context_ok(context, message_assign_string(&record->name, name))` */
bool context_ok(struct context *context, enum err e);

/* 16 new bytes: BLAKE2b of the entropy and a counter. */
void context_draw(struct context *context, uint8_t out[ID_BYTES]);

/* Changing the state. context_edit gives NULL without a record; context_edited keeps the indexes true. */
void *context_edit(struct context *context, enum record_kind kind, struct text key);
void context_edited(struct context *context, enum record_kind kind, void *record);
void context_add(struct context *context, enum record_kind kind, void *message); /* takes it */
void context_remove(struct context *context, enum record_kind kind, struct text key);
#define CONTEXT_NEW(context, type) context_new((context), &(type))
void *context_new(struct context *context, const ProtobufCMessageDescriptor *descriptor); /* NULL: no memory */

/* The status of the context so far: STATUS_DONE, or refusal_memory. */
struct status context_status(const struct context *context);

/*
 * Scope. Whoever has no part in a thing gets the same answer as where it does not exist: refusal_not_found.
 */
bool actor_is(const struct actor *actor, unsigned role);
bool actor_has_school(const struct actor *actor,
                      const char *school); /* coordinator, vertrouwenspersoon, behandelaar */
bool actor_coordinates(const struct actor *actor, const char *school);          /* coordinator alone */
bool actor_has_leerbedrijf(const struct actor *actor, const char *leerbedrijf); /* company */
/* A company's contact whom this school has checked. Whatever is about its students is for those alone. Cost: O(log schools). */
bool actor_is_checked_by(const struct actor *actor, const char *school);
bool actor_serves(const struct actor *actor, const char *leerbedrijf, const char *school); /* both */
bool actor_is_student(const struct actor *actor, ProtobufCBinaryData student_ref);

/*
 * Reading a request. `id_of_request` fills `id` and a view of it; a text that is no id gives refusal_not_found: an id cannot
 * be told from one that does not exist. version 0 is refused as a missing field.
 */
struct status id_of_request(const char *hex, uint8_t id[ID_BYTES], struct text *key);
struct status version_of_request(uint64_t asked, uint64_t present);

/* An instant as a message of the API; NULL (the field stays absent) for 0 and without memory. */
void context_time(struct context *context, int64_t ms, Google__Protobuf__Timestamp **field);

/* Hexadecimal of an id into a string field. */
void context_id(struct context *context, ProtobufCBinaryData id, char **field);

/*
 * The ledger. Fill what applies; actor, role and on_behalf come from the context. *seq may be NULL.
 */
struct fact {
    const char *kind; /* "decision", "round_sealed", … */
    ProtobufCBinaryData subject;
    const char *school, *leerbedrijf, *code, *reason, *criterion; /* NULL: none */
    ProtobufCBinaryData proposal_id, round_id, placement_id, profile_hash, digest, entries_root;
    uint64_t from_seq, up_to_seq, criteria_version;
    const char *kvk, *stratum; /* for the rules of signals (signal/rules.h) */
    unsigned marks;
};
uint64_t context_fact(struct context *context, const struct fact *fact);

/* Salted hash of a stagevraag's profile as it counts in its round; `out` has 32 bytes. */
void context_profile_hash(struct context *context, const StagevraagRecord *stagevraag, uint8_t out[32]);

/*
 * Pages: over the index of a list, for each scope of the actor in order, or over one prefix. Filter with what page_next gives and
 * say page_took for each that goes into the answer; page_next ends when the page is full, or after PAGE_LOOKS records.
 */
enum { PAGE_SIZE_DEFAULT = 100, PAGE_SIZE_MAX = 1000, PAGE_LOOKS = 20000, PAGE_SCOPES_MAX = SCOPE_MAX };

struct page {
    const struct state *state;
    enum state_index index;
    struct index_key prefixes[PAGE_SCOPES_MAX]; /* ascending */
    size_t prefix_count, prefix;
    struct scan scan;
    bool scanning;
    uint32_t left, looks;
    bool more;
};
/* Every scope of the actor is a string at the front of the index's key. */
struct status page_open_scopes(struct page *page, const struct context *context, enum state_index index,
                               uint32_t page_size, const char *page_token);
/* The actor's role and each scope, at the front of the key (tasks). */
struct status page_open_owner(struct page *page, const struct context *context, enum state_index index,
                              uint32_t page_size, const char *page_token);
struct status page_open_prefix(struct page *page, const struct context *context, enum state_index index,
                               const struct index_key *prefix, uint32_t page_size, const char *page_token);
const void *page_next(struct page *page);
void page_took(struct page *page);
/* The next page's token, or "" after the last, into the response's field. */
void page_end(struct page *page, struct context *context, char **next_page_token);

#endif
