/*
 * h1_internal.h - what the files of the HTTP server share: its connections, their states and their deadlines.
 *
 * h1_server.c accepts, keeps time and sweeps; h1_connection.c moves a connection from state to state; h1_exchange.c is what the
 * handler asks and answers with, streams too; h1_answer.c writes the head of an answer; h1_client.c says who the client is and
 * counts it. Nobody else includes this.
 */
#ifndef WIRE_H1_INTERNAL_H
#define WIRE_H1_INTERNAL_H

#include "wire/address_counter.h"
#include "wire/h1_server.h"

struct bufferevent;
struct event;

enum {
    TURNED_AWAY_MAX = 64,        /* connections over a cap that are given time to read their 503 */
    PIPELINED_BYTES = 16 * 1024, /* what may wait behind the exchange under way */
    BODY_KEPT_BYTES = 16 * 1024, /* a connection keeps a body buffer up to this size for its next request */
    LAST_MS = 1000,              /* at a stop: how long one that came just before it may take to begin */
    LINGER_MS = 5000,            /* how long a peer may go on sending after its answer */
    PROBE_MS = 500,              /* how often it is looked whether a peer that ended its side is still there */
};

/* Of one connection_write. */
enum { WRITE_PIECES_MAX = 3 };

enum connection_state {
    CONNECTION_HANDSHAKE, /* of TLS */
    CONNECTION_IDLE,      /* between requests */
    CONNECTION_HEAD,      /* a head has begun */
    CONNECTION_BODY,      /* the handler saw the head and takes the body */
    CONNECTION_HANDLING,  /* the handler has the exchange */
    CONNECTION_STREAMING, /* the handler answers piece by piece */
    CONNECTION_WRITING,   /* an answer is not yet with the system */
    CONNECTION_LINGERING, /* our side is closed; what still comes is thrown away, so that the answer is not lost in a reset */
    CONNECTION_CANCELED, /* the socket is gone, the answer is still owed */
    CONNECTION_CLOSED,   /* to be freed in the next turn */
    CONNECTION_STATE_COUNT,
};

/* One list for each length of time, so that deadlines in it are in order and nothing is ever searched. */
enum deadline {
    DEADLINE_NONE,
    DEADLINE_HANDSHAKE,
    DEADLINE_HEAD,
    DEADLINE_BODY,
    DEADLINE_IDLE,
    DEADLINE_WRITE,
    DEADLINE_LAST,
    DEADLINE_LINGER,
    DEADLINE_PROBE,
    DEADLINE_COUNT,
};

struct connection;

struct exchange {
    struct connection *connection;
    void *context;
    struct address client;
    int64_t started_us;
    char id[EXCHANGE_ID_BYTES];
};

/* A streamed answer under way. */
struct streamed {
    struct exchange_stream owner;
    int status;
    size_t body_bytes; /* that the owner wrote */
    bool is_begun, is_chunked, has_body;
    bool waits; /* the last write left something pending */
    bool knows_of_stop;
};

struct connection {
    struct h1_server *server;
    struct bufferevent *stream; /* NULL once the socket is gone */
    int fd;
    enum connection_state state;
    struct connection *previous, *next; /* all of the server */
    struct connection *earlier, *later; /* with the same deadline */
    struct connection *next_in_turn;    /* waits for the next turn */
    enum deadline deadline;
    int64_t deadline_us;
    size_t unwritten_bytes; /* if the system took nothing since the deadline for writing was set */
    struct address peer, counted_key;
    bool is_counted;     /* counted_key is in the server's counter */
    bool is_turned_away; /* over a cap: gets its 503 and goes */
    bool is_proxied;
    bool is_tls;
    bool is_fresh;   /* nothing was answered yet */
    bool is_reading; /* the socket is watched for bytes */
    bool is_driving; /* inside connection_drive */
    bool in_head;    /* inside the handler's `head` or `too_large`: the body is not read */
    bool in_turn;
    bool is_broken;  /* writing failed */
    bool peer_ended; /* the peer closed its sending side */
    bool keeps;      /* another request may follow this answer */
    bool is_probed;
    bool is_owed; /* the handler has the request and owes its answer */
    bool may_close_at_once;
    struct exchange exchange;
    struct streamed streamed;
    char *body; /* wiped when done with */
    size_t body_length, body_capacity;
    struct h1 h1;
};

struct deadline_list {
    struct connection *first, *last;
    int64_t length_us;
};

struct h1_server {
    struct event_base *base;
    struct h1_server_options options;
    struct h1_handler handler;
    struct event *accept_event, *retry_event, *tick_event, *turn_event;
    int listen_fd;
    int64_t tick_us;
    int64_t now_us; /* monotonic, as of the callback under way */
    struct connection *connections;
    struct connection *turn;
    size_t turned_away;
    struct address_counter counter;
    struct deadline_list deadlines[DEADLINE_COUNT];
    struct h1_server_counts counts;
    int64_t date_second;
    char date[32];  /* "Sun, 06 Nov 1994 08:49:37 GMT" */
    unsigned depth; /* callbacks of the server that are on the stack */
    bool is_stopping, is_freed, is_ticking;
    void (*done)(void *context);
    void *done_context;
};

/* h1_server.c */

/* Takes the time; at the start of whatever the loop or a handler calls. */
void server_refresh_now(struct h1_server *server);
void server_set_deadline(struct connection *connection, enum deadline deadline);
/* Drives, or frees, the connection in the next turn of the loop. */
void server_at_next_turn(struct connection *connection);

/* h1_connection.c */

MUST_USE enum err connection_new(struct h1_server *server, int fd, const struct address *peer,
                                 struct connection **out);
void connection_free(struct connection *connection);
/* Parses and hands on what has come, until the handler or the network must act. */
void connection_drive(struct connection *connection);
/* The deadline it has is over. */
void connection_expire(struct connection *connection);
/* Writes a 503 for a cap, and closes. */
void connection_turn_away(struct connection *connection, enum h1_server_cause cause);
/* A handshake that gives way to newer ones. */
void connection_give_way(struct connection *connection);
/* Closes the socket; where an answer is owed, the connection waits for it. No callback of the handler. */
void connection_close(struct connection *connection);

/* The same, and the handler, where it owes an answer, learns that the client is gone. */
void connection_lose_peer(struct connection *connection);

/* h1_connection.c, for h1_exchange.c */

void connection_set_state(struct connection *connection, enum connection_state state);
/* Watches the socket, or not, as the state asks. */
void connection_settle(struct connection *connection);
size_t connection_waiting_bytes(const struct connection *connection);
size_t connection_unwritten_bytes(const struct connection *connection);
/* At most WRITE_PIECES_MAX pieces, which leave together. Where that fails, is_broken is set. */
void connection_write(struct connection *connection, const struct text *pieces, size_t count);
struct answer;
void connection_write_answer(struct connection *connection, struct answer *answer, struct text body);
void connection_count_answer(struct connection *connection, int status);
void connection_report(const struct connection *connection, int status, size_t body_bytes);
/* Behind every last write of an answer: on, or wait for the network. */
void connection_after_write(struct connection *connection);
void connection_drop_body(struct connection *connection);

/* h1_exchange.c, for h1_connection.c: of a connection that streams */

/* The client closed its sending side. */
void stream_peer_ended(struct connection *connection);
/* The connection cannot go on; the owner is told in the next turn. */
void stream_break(struct connection *connection);
/* What was pending is with the system. */
void stream_written(struct connection *connection);
/* Tells the owner what could not be told inside a call of its own. */
void stream_attend(struct connection *connection);
void stream_tell_gone(struct connection *connection);

/* h1_answer.c */

struct answer {
    int status;
    const char *request_id; /* "": none */
    const struct exchange_header *headers;
    size_t header_count;
    size_t body_bytes;
    bool closes, keeps_1_0;
    bool is_stream, is_chunked; /* of a length that is not known */
};

/* Whether an answer with this status has a body at all. */
bool answer_has_body(int status);
/* Writes status line and headers; 0 when they do not fit. */
size_t answer_write_head(struct h1_server *server, const struct answer *answer, char out[EXCHANGE_HEAD_BYTES]);
/* The JSON body for a refusal. Returns its length. */
size_t answer_write_refusal(int status, const char *message, char *out, size_t size);

/* h1_client.c */

/* Who the client is: the peer, or whom a trusted proxy names. */
struct address client_of(const struct connection *connection);
/* Counts the connection under the address; false, and nothing done, where that would be over its cap. */
bool client_count(struct connection *connection, const struct address *client);
void client_uncount(struct connection *connection);
/* Gives the exchange its id: a trusted proxy's, or a new one. */
void client_identify(const struct connection *connection, char out[EXCHANGE_ID_BYTES]);

#endif
