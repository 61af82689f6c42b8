/*
 * control.h - what the parent and a role say to each other: one Control a packet on a SOCK_SEQPACKET socket, with file
 * descriptors beside it. Packets keep a descriptor and its message together, which a stream does not.
 */
#ifndef IPC_CONTROL_H
#define IPC_CONTROL_H

#include "ipc/channel.h"

/* The descriptor that a role process finds its end on. */
enum { CONTROL_FD = 3, CONTROL_BYTES_MAX = 64 << 10, CONTROL_FDS_MAX = 4 };

struct control_packet {
    Stagematch__Internal__V1__Control *message;
    int fds[CONTROL_FDS_MAX]; /* -1 beyond those that came */
};

/* Both ends, close-on-exec. */
MUST_USE enum err control_pair(int fds[2]);

/* Sends one packet; the descriptors stay the caller's. ERR_RANGE: too long; ERR_IO: the other end is gone or does not read. */
MUST_USE enum err control_send(int fd, const Stagematch__Internal__V1__Control *message, const int *fds,
                               size_t count);

/* Sends a message that has a kind and nothing else. */
MUST_USE enum err control_send_kind(int fd, Stagematch__Internal__V1__Control__Kind kind);

/*
 * Receives one packet; a non-blocking socket without one answers ERR_OK with a NULL message. ERR_MISSING: the other end is
 * gone; ERR_INPUT: no Control, or too many descriptors, all of which are closed then.
 */
MUST_USE enum err control_receive(int fd, struct control_packet *out);

/* Wipes and frees the message and closes the descriptors that were not taken out (set to -1). */
void control_packet_free(struct control_packet *packet);

/* What logs and metrics call a process: "engine", "front.0". */
enum { ROLE_PROCESS_BYTES = 16, FRONTS_MAX = 64 };
void role_process_name(enum role_name role, unsigned index, char out[ROLE_PROCESS_BYTES]);

/* The role of this name; ROLE_NAME_COUNT where there is none. */
enum role_name role_of_text(const char *name);

#endif
