/*
 * channel.h - one end of a socketpair between two roles: framed protobuf, calls with deadlines, answers by id.
 *
 * A frame is four bytes of big-endian length and a Frame (proto/stagematch/internal/v1/frame.proto). What the other end may
 * send is a table (allowed.h). A frame that cannot be read, is too long or is not allowed closes the channel and is
 * logged ("channel_refused"); it never ends the process. Every call that is under way when a channel closes is answered with
 * refusal_unavailable. An answer never comes inside the call that asked for it.
 *
 * A channel is freed in a later turn of the loop, never inside one of its own callbacks. While calls that came in hold more than
 * CHANNEL_HELD_BYTES_MAX it reads no further, so that a fast sender waits instead of filling the memory.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include "api/method.h"
#include "api/status.h"
#include "stagematch/internal/v1/frame.pb-c.h"

struct event_base;
struct channel;

enum role_name { ROLE_PARENT, ROLE_FRONT, ROLE_ENGINE, ROLE_VAULT, ROLE_NAME_COUNT };

/* "parent", "front", …; static. */
const char *role_text(enum role_name role);

/* A call that came in; valid until it is answered. Its message fields are borrowed from the frame, which it owns. */
struct incoming_call {
    struct channel *channel; /* NULL once that is closed */
    uint64_t id;
    const struct method *method;
    const Stagematch__Internal__V1__Call *call;
    int64_t deadline_us; /* monotonic */
};

struct channel_handlers {
    /* Must be answered once with channel_answer, now or later; the incoming_call is the receiver's until then. */
    void (*call)(void *context, struct incoming_call *incoming);
    /* The caller gave up, or the channel closed: the answer is still owed (it frees) but goes nowhere. May be NULL. */
    void (*canceled)(void *context, struct incoming_call *incoming);
    /* The other end is gone; the channel frees itself after this. */
    void (*closed)(void *context, struct channel *channel);
    /* The engine tells of what changed; borrowed. May be NULL. */
    void (*told)(void *context, struct channel *channel, const Stagematch__Internal__V1__Changed *changed);
    void *context;
};

enum { CHANNEL_CALLS_MAX = 65536, CHANNEL_HELD_BYTES_MAX = 256 << 20 };

/* Takes `fd`, a non-blocking stream socket: on an error it is closed. */
MUST_USE enum err channel_new(struct event_base *base, int fd, enum role_name self, enum role_name peer,
                              const struct channel_handlers *handlers, struct channel **out);

/* Closes at once; `closed` is not called, calls under way are answered with refusal_unavailable in a later turn. */
void channel_close(struct channel *channel);

enum role_name channel_peer(const struct channel *channel);

/* Bytes that wait to be written: who sends much holds back while this is large. */
size_t channel_backlog_bytes(const struct channel *channel);

/*
 * How a call ended. `reply` is borrowed until the callback returns; NULL where `status` is not from the other end. Where the
 * other end refused, `status` says so too: its refusal and texts are then borrowed from the reply.
 */
typedef void channel_answer_cb(void *context, struct status status, const Stagematch__Internal__V1__Reply *reply);

/*
 * Sends a call. Its timeout_ms (at least 1) is held here: refusal_deadline when the answer is late, and the other end is
 * told. *id, for channel_cancel, may be NULL. Errors: ERR_RANGE (no timeout, frame too long, too many calls), ERR_MISSING (the
 * channel is closed), ERR_MEMORY; then `answer` is not called.
 */
MUST_USE enum err channel_call(struct channel *channel, const struct method *method,
                               const Stagematch__Internal__V1__Call *call, channel_answer_cb *answer, void *context,
                               uint64_t *id);

/* No longer waits: `answer` is not called any more, and the other end is told. Nothing happens where it was called already. */
void channel_cancel(struct channel *channel, uint64_t id);

/* Answers and frees an incoming call. The reply is copied. */
void channel_answer(struct incoming_call *incoming, const Stagematch__Internal__V1__Reply *reply);

/* Answers with a refusal. */
void channel_refuse(struct incoming_call *incoming, struct status status);

/* Packs `message` as the body of an answer and sends it. */
void channel_answer_message(struct incoming_call *incoming, const ProtobufCMessage *message);

/*
 * Tells the other end, which must be one that may be told (allowed.h). It lies in the other end's socket on return, unless that is
 * full. Without memory the channel is closed: it would not know.
 */
void channel_tell(struct channel *channel, const Stagematch__Internal__V1__Changed *changed);

/* Whether the other end sent, or told, anything that was not handled yet, or is gone. Cost: one system call. */
bool channel_has_unread(const struct channel *channel);

/* The code of a reply; STATUS_UNKNOWN for a number that is none. */
enum status_code channel_reply_code(const Stagematch__Internal__V1__Reply *reply);

#endif
