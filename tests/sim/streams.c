#include "streams.h"

#include "sim.h"

#include "ipc/role.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct bufferevent {
    int end; /* -1: the process is dead */
    struct evbuffer *input, *output;
    bufferevent_data_cb read;
    bufferevent_event_cb event;
    void *context;
    short enabled;
};

struct end {
    bool used; /* the pair exists, until both ends are gone */
    bool gone; /* this end was closed */
    bool told; /* this end has read that the other one was closed */
    int process;
    struct bufferevent *stream; /* NULL: not opened yet, or gone */
    struct evbuffer *wire;      /* with the kernel, for this end to read */
    int64_t held_until_us;
};

static struct end ends[2 * STREAM_LINKS_MAX];

static struct end *other_of(int end)
{
    return &ends[end ^ 1];
}

static void free_pair(int end)
{
    for (int i = 0; i < 2; i++) {
        struct end *one = &ends[(end & ~1) + i];
        if (one->wire)
            evbuffer_free(one->wire);
        *one = (struct end){0};
    }
}

void streams_pair(int process_a, int process_b, int *fd_a, int *fd_b)
{
    int end = 0;
    while (end < 2 * STREAM_LINKS_MAX && ends[end].used)
        end += 2;
    SIM_MUST(end < 2 * STREAM_LINKS_MAX);
    for (int i = 0; i < 2; i++) {
        ends[end + i] = (struct end){.used = true, .process = i ? process_b : process_a, .wire = evbuffer_new()};
        SIM_MUST(ends[end + i].wire != NULL);
    }
    *fd_a = STREAM_FD_FIRST + end;
    *fd_b = STREAM_FD_FIRST + end + 1;
}

struct bufferevent *bufferevent_socket_new(struct event_base *base, evutil_socket_t fd, int options)
{
    struct bufferevent *stream = calloc(1, sizeof *stream);
    int end = fd - STREAM_FD_FIRST;
    (void)base;
    (void)options;
    SIM_MUST(stream != NULL && end >= 0 && end < 2 * STREAM_LINKS_MAX && ends[end].used);
    stream->end = end;
    stream->input = evbuffer_new();
    stream->output = evbuffer_new();
    SIM_MUST(stream->input && stream->output);
    ends[end].stream = stream;
    return stream;
}

static void close_end(int end)
{
    ends[end].stream = NULL;
    ends[end].gone = true;
    if (other_of(end)->gone)
        free_pair(end);
}

void bufferevent_free(struct bufferevent *stream)
{
    if (stream->end >= 0)
        close_end(stream->end);
    evbuffer_free(stream->input);
    evbuffer_free(stream->output);
    free(stream);
}

void bufferevent_setcb(struct bufferevent *stream, bufferevent_data_cb read, bufferevent_data_cb written,
                       bufferevent_event_cb event, void *context)
{
    (void)written;
    stream->read = read;
    stream->event = event;
    stream->context = context;
}

int bufferevent_set_max_single_read(struct bufferevent *stream, size_t bytes)
{
    (void)stream;
    (void)bytes;
    return 0;
}

int bufferevent_enable(struct bufferevent *stream, short what)
{
    stream->enabled = (short)(stream->enabled | what);
    return 0;
}

int bufferevent_disable(struct bufferevent *stream, short what)
{
    stream->enabled = (short)(stream->enabled & ~what);
    return 0;
}

struct evbuffer *bufferevent_get_input(struct bufferevent *stream)
{
    return stream->input;
}

struct evbuffer *bufferevent_get_output(struct bufferevent *stream)
{
    return stream->output;
}

static void write_some(int end, size_t bytes)
{
    struct bufferevent *stream = ends[end].stream;
    struct end *other = other_of(end);
    (void)evbuffer_unfreeze(stream->output, 1); /* as libevent does when it writes */
    if (other->gone)
        (void)evbuffer_drain(stream->output, bytes);
    else
        (void)evbuffer_remove_buffer(stream->output, other->wire, bytes);
}

static void flush_end(int end)
{
    struct bufferevent *stream = ends[end].stream;
    if (stream && stream->enabled & EV_WRITE)
        write_some(end, evbuffer_get_length(stream->output));
}

evutil_socket_t bufferevent_getfd(struct bufferevent *stream)
{
    return STREAM_FD_FIRST + stream->end;
}

int evbuffer_write(struct evbuffer *buffer, evutil_socket_t fd)
{
    int length = (int)evbuffer_get_length(buffer);
    flush_end(fd - STREAM_FD_FIRST);
    return length;
}

/* Only to look whether something lies unread. */
ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    const struct end *one = &ends[fd - STREAM_FD_FIRST];
    SIM_MUST(fd >= STREAM_FD_FIRST && fd < STREAM_FD_FIRST + 2 * STREAM_LINKS_MAX && (flags & MSG_PEEK));
    if (evbuffer_get_length(one->wire) > 0)
        return evbuffer_copyout(one->wire, bytes, length);
    if (other_of(fd - STREAM_FD_FIRST)->gone)
        return 0;
    errno = EAGAIN;
    return -1;
}

void streams_flush(int process)
{
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end++)
        if (ends[end].used && ends[end].process == process)
            flush_end(end);
}

static bool is_ready(int end)
{
    const struct end *one = &ends[end];
    if (one->held_until_us > sim.now_us || !one->used || !one->stream || !(one->stream->enabled & EV_READ))
        return false;
    return evbuffer_get_length(one->wire) > 0 || (other_of(end)->gone && !one->told);
}

void streams_hold_some(int64_t us_max)
{
    int used[2 * STREAM_LINKS_MAX];
    size_t count = 0;
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end++)
        if (ends[end].used)
            used[count++] = end;
    if (count == 0)
        return;
    int end = used[sim_below(count)];
    int64_t us = (int64_t)sim_below((uint64_t)us_max);
    ends[end].held_until_us = sim.now_us + us;
    SIM_TRACE("%s hears nothing from %s for %.3f s", role_text((enum role_name)ends[end].process),
              role_text((enum role_name)other_of(end)->process), (double)us / 1e6);
}

void streams_let_all_go(void)
{
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end++)
        ends[end].held_until_us = 0;
}

int64_t streams_due_us(void)
{
    int64_t due_us = INT64_MAX;
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end++)
        if (ends[end].used && ends[end].held_until_us > sim.now_us && ends[end].held_until_us < due_us)
            due_us = ends[end].held_until_us;
    return due_us;
}

size_t streams_ready(int *ready, size_t room)
{
    size_t count = 0;
    for (int end = 0; end < 2 * STREAM_LINKS_MAX && count < room; end++)
        if (is_ready(end))
            ready[count++] = end;
    return count;
}

void streams_deliver(int end, bool whole)
{
    struct end *one = &ends[end];
    struct bufferevent *stream = one->stream;
    size_t waiting = evbuffer_get_length(one->wire);
    if (waiting == 0) {
        one->told = true;
        stream->event(stream, BEV_EVENT_READING | BEV_EVENT_EOF, stream->context);
        return;
    }
    size_t bytes = whole ? waiting : 1 + (size_t)sim_below(waiting);
    (void)evbuffer_remove_buffer(one->wire, stream->input, bytes);
    stream->read(stream, stream->context);
}

int streams_process(int end)
{
    return ends[end].process;
}

void streams_kill(int process)
{
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end++) {
        struct bufferevent *stream = ends[end].stream;
        if (!ends[end].used || ends[end].process != process || ends[end].gone)
            continue;
        if (stream) {
            size_t waiting = evbuffer_get_length(stream->output);
            if (waiting && stream->enabled & EV_WRITE && sim_below(2))
                write_some(end, (size_t)sim_below(waiting + 1));
            stream->end = -1;
        }
        close_end(end);
    }
}

void streams_reset(void)
{
    for (int end = 0; end < 2 * STREAM_LINKS_MAX; end += 2)
        if (ends[end].used)
            free_pair(end);
}
