/*
 * streams.h - socketpairs between roles: the functions of event2/bufferevent.h that ipc/channel.c uses.
 *
 * What a channel writes waits in the role until the loop writes it, then with the kernel, in order and whole, until the scheduler
 * lets the other end read some of it: a frame may be cut anywhere. A stream loses, doubles and reorders nothing; what goes
 * wrong is that it ends, at any byte, because a role died or the pair was replaced. What a dead role had written may still be read.
 */
#ifndef SIM_STREAMS_H
#define SIM_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_FD_FIRST = 1000, STREAM_LINKS_MAX = 64 };

/* A new pair for two processes (by number); descriptors for channel_new. */
void streams_pair(int process_a, int process_b, int *fd_a, int *fd_b);

/* One direction of one pair, drawn, delivers nothing for a while: what goes another way overtakes it. */
void streams_hold_some(int64_t us_max);
void streams_let_all_go(void);

/* When the next one that is held delivers again, monotonic; INT64_MAX: none. */
int64_t streams_due_us(void);

/* Where bytes, or an end, can be read now: fills numbers for streams_deliver, at most `room`. */
size_t streams_ready(int *ends, size_t room);

/* Lets one end read. `whole`: everything that is there. */
void streams_deliver(int end, bool whole);
int streams_process(int end);

/* The process writes what it has waiting, as its loop does between two turns. */
void streams_flush(int process);

/* The process died: of what it had waiting some was written. Then its ends are gone. */
void streams_kill(int process);

void streams_reset(void);

#endif
