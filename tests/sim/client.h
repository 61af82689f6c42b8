/*
 * client.h - coördinators, a company and students who use the service, and remember what it acknowledged.
 *
 * A client has one operation at a time: a request that it repeats, byte for byte and with the same request_id, until it has an
 * answer that says yes or no. What it was told it holds the service to: an answer must rest on durable state, a version it has
 * seen never goes back, a repeat gets the same answer, and the same request_id with something else in it gets none.
 *
 * All of it is one block without pointers, so that it can be kept beside a copy of the databases (chapter.h).
 */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "api/method.h"

#include <protobuf-c/protobuf-c.h>

enum {
    CLIENTS_STUDENTS = 6,
    CLIENTS_FIRST_STUDENT = 3,
    CLIENTS_COUNT = CLIENTS_FIRST_STUDENT + CLIENTS_STUDENTS,
    THINGS_MAX = 48,
    BODY_BYTES_MAX = 3000,
    NAME_BYTES = 80,
};

#define SIM_SCHOOL "99AA"
#define SIM_COMPANY "990001991"
#define SIM_LAST_NAME "Zeldzaamheid" /* of every student: may stand in no row of the engine's */
#define SIM_PASSWORD "sim-wachtwoord-1"

enum thing_kind { THING_PROPOSAL, THING_CANDIDATE, THING_PLACEMENT, THING_ROUND, THING_STAGEVRAAG };

/* Something of the service as a client saw it last. */
struct thing {
    enum thing_kind kind;
    char id[NAME_BYTES]; /* of a candidate: the label */
    char of[NAME_BYTES]; /* of a proposal: the stagevraag's id; of a round: nothing */
    uint64_t version;    /* 0: not seen yet */
    uint32_t state;
    bool is_named;                  /* by a task: nothing else is known of it */
    bool has_commitment, has_nonce; /* of a round */
};

struct operation {
    bool active, out; /* out: a request is under way */
    enum method_id method;
    uint64_t request;
    int64_t sent_us, begun_wall_ms;
    unsigned tries;
    uint8_t body[BODY_BYTES_MAX];
    size_t length;
    char about[NAME_BYTES]; /* the id in the request */
    bool has_text;
    bool is_repeat;     /* it was answered before: the same must come again */
    bool is_misuse;     /* the request_id was answered for something else: nothing may come of it */
    uint8_t answer[32]; /* of a repeat: the digest of what came */
};

struct client {
    unsigned role; /* enum Role of the API */
    char email[NAME_BYTES];
    char token[NAME_BYTES];
    int64_t token_wall_ms;
    int64_t next_us; /* when it acts again */
    struct operation operation;
    size_t thing_count;
    struct thing things[THINGS_MAX];
};

/* One student of the school. */
struct student {
    int64_t erasing_until_us;       /* what was there may be gone until then; INT64_MAX: asked for, no answer yet */
    bool erased;                    /* and answered */
    char stagevraag_id[NAME_BYTES]; /* empty: no import of this student was acknowledged */
    char code[NAME_BYTES];          /* of the invitation that came; empty: none */
    unsigned level;                 /* of a skill: what a change changes */
};

struct clients {
    struct client all[CLIENTS_COUNT];
    struct student students[CLIENTS_STUDENTS];
    uint64_t next_request, next_name;
    uint64_t answers, refusals;
    uint64_t erasures; /* asked for; whoever repeats something about somebody who is gone gets another answer */
};
extern struct clients clients;

/* Empties everything, and listens to front and letters. */
void clients_reset(void);

/* The front is gone: nobody knows what became of what was under way. */
void clients_lose_front(void);

/* Whether a client could do something now, and letting it. `may_begin`: also something new. */
bool client_is_ready(int client, bool may_begin);
void client_turn(int client);
int64_t client_due_us(int client);

/* A client leaves before its answer. */
bool client_is_waiting(int client);
void client_leave(int client);
bool clients_are_idle(void);

/* Whether somebody is being erased, or was a moment ago: then what an answer names may be gone. */
bool clients_erase(void);

/* Whether it began so long ago, by the wall clock, that a repeat need not be recognised any more. */
bool operation_is_old(const struct operation *operation);

/* ---- for script.c ---- */

/* A request message of the method with a request_id of its own, where it has one. */
void *operation_new(enum method_id method);
void operation_set(void *message, const char *field, const char *value);
void operation_set_number(void *message, const char *field, uint64_t value);

/* Takes the message; the client sends it. */
void operation_begin(struct client *client, enum method_id method, void *message, const char *about);

struct thing *client_thing(struct client *client, enum thing_kind kind, const char *id);

#endif
