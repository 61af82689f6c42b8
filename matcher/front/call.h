/*
 * call.h - one call of the API, from its request to its one answer.
 *
 * A call that was started is ended by exactly one of the call_answer and call_refuse functions, by its deadline, or because
 * the client left. Until then it does one thing at a time: it asks another role (call_ask) or waits for the next turn of
 * the loop (call_later). Where what it waits for fails, the call is refused as that failure says, and `then` is not called:
 * so code that serves a method reads as the list of what succeeds.
 *
 * After its end a call is only swept (in the next turn): functions called on it do nothing. What a method keeps during the
 * call hangs on call->work and is freed by call->free_work.
 */
#ifndef FRONT_CALL_H
#define FRONT_CALL_H

#include "front/session_cookie.h"
#include "front/state.h"
#include "wire/connect.h"

enum call_state {
    CALL_RUNNING, /* between two steps */
    CALL_WAITING, /* for another role, for the caller's actor, or for the next turn */
    CALL_ENDED,
    CALL_STATE_COUNT,
};

struct ask;
struct saga;

/* Of a call whose answer may be kept (front/kept.h). */
struct kept_note {
    struct view_set views;
    struct answer_key key;
    uint64_t version; /* of the views */
    bool is_wanted;   /* the answer is as new as the front knows */
};

/* What comes next, with the bytes that the other role answered. Valid during the step. */
typedef void call_step(struct call *call, struct text body);

struct call {
    struct front *front;
    struct exchange *exchange; /* NULL once answered */
    const struct method *method;
    enum call_state state;
    enum status_code code; /* how it ended, once it has */
    struct connect_request connect;
    struct pbguard_message request; /* decoded */
    struct session session;         /* views into the head */
    const char *set_cookie;         /* of the answer, while it is given; NULL: none */
    struct actor *actor;            /* held; NULL for a public method */
    int64_t start_us, deadline_us;  /* monotonic */
    struct event deadline, turn;
    struct ask *ask;
    struct auth_waiter waiter;
    call_step *then;
    const struct saga *saga; /* and which of its states: see saga.h */
    unsigned saga_state;
    struct kept_note *kept;                       /* NULL: its answer is not kept */
    const Stagematch__Internal__V1__Reply *reply; /* during the step after call_ask alone */
    uint64_t cache_question;
    void *work;
    void (*free_work)(void *work);
    bool reads_file;
    size_t decode_bytes; /* taken out of DECODE_MEMORY_BYTES */
    TAILQ_ENTRY(call) in_list;
};

/* Starts serving a request whose head was right. It is ended by itself. */
void call_start(struct front *front, struct exchange *exchange, const struct method *method,
                const struct connect_request *connect);

/* The client left. */
void call_abandon(struct call *call);

/* Asks a role; `body` is the packed request message of the method, copied. The engine gets the assertion, the vault the token. */
void call_ask(struct call *call, enum role_name role, enum method_id method, struct text body, call_step *then);
void call_ask_message(struct call *call, enum role_name role, enum method_id method, const void *message,
                      call_step *then);

/* Asks Redis; `then` comes in a later turn or at once, with a body of NULL where there is nothing. */
void call_get(struct call *call, const char *name, call_step *then);

/* A step: answers with what came. */
void call_pass(struct call *call, struct text body);

/* Makes sure that the caller's assertion holds for a while yet; goes on with an empty body, at once where it does. */
void call_renew(struct call *call, call_step *then);

/* Goes on in the next turn of the loop, after others had theirs. */
void call_later(struct call *call, call_step *then);

/* Takes one of the few places for reading a file. False: the call was refused. */
bool call_reads_file(struct call *call);

/* Who a request says it is from; views into its head. */
struct session call_session(const struct front *front, const struct exchange *exchange, const struct method *method,
                            const struct connect_request *connect);

/* Counts that it is refused, and why. */
struct status call_refused_session(struct front *front, const struct session *session);

/* Whom the vault counts attempts by: of an IPv6 address the network, of which one guesser has all. */
void call_peer(const struct exchange *exchange, char out[ADDRESS_TEXT_BYTES]);

/* For members of a message that is packed and never written to; the generated types do not say so. */
char *call_borrow(const char *text);

/* Unpacks what another role answered. False: the call was refused. Free with pbguard_free. */
bool call_unpack(struct call *call, const ProtobufCMessageDescriptor *descriptor, struct text body,
                 struct pbguard_message *out);

/* Ends it with a message of the method's response type; with packed bytes of one; with a refusal; with an error. */
void call_answer(struct call *call, const void *message);
void call_answer_packed(struct call *call, struct text packed);
/* With one that was encoded before, for the same codec, to a client that takes its coding. */
void call_answer_encoded(struct call *call, const struct kept_answer *answer);
void call_refuse(struct call *call, struct status status);
void call_refuse_detail(struct call *call, enum status_code code, const Stagematch__V1__Refusal *refusal);
/* As fits: no memory, too large (ERR_RANGE), unavailable (ERR_MISSING), otherwise internal. */
void call_fail(struct call *call, enum err e);

/* Ends all; for the end of the role. */
void calls_end(struct front *front);

#endif
