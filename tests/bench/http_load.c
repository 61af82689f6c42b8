/*
 * http_load.c - sends prepared HTTP requests over N connections and tells how fast they were answered.
 *
 * usage: http_load HOST PORT CONNECTIONS FILE
 *
 * FILE holds requests, each behind its length (4 bytes, big-endian). Every connection takes the next request when its last one is
 * answered, so N are in flight. Prints one line of JSON: requests, seconds, the latencies' p50, p99 and p999 in milliseconds, and how many
 * answers were not 200.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_BYTES = 1 << 20, CONNECTIONS_MAX = 4096 };

struct connection {
    int fd;
    const char *request;
    size_t length, sent;
    char *answer;
    size_t received;
    int64_t began_us;
};

static const char *at, *end;
static int64_t *latencies_us;
static size_t done_count, capacity, failed_count;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The next prepared request; false when none is left. */
static bool take_next(struct connection *c)
{
    if (end - at < 4)
        return false;
    uint32_t length;
    memcpy(&length, at, sizeof length);
    c->length = ntohl(length);
    c->request = at + 4;
    at += 4 + c->length;
    c->sent = c->received = 0;
    c->began_us = now_us();
    return true;
}

static void push(int poll, struct connection *c)
{
    while (c->sent < c->length) {
        ssize_t n = send(c->fd, c->request + c->sent, c->length - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0)
            die("send");
        c->sent += (size_t)n;
    }
    struct epoll_event event = {.events = EPOLLIN | (c->sent < c->length ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
}

/* The length of the whole answer once its head is there, otherwise 0. */
static size_t answer_length(const struct connection *c)
{
    const char *head_end = memmem(c->answer, c->received, "\r\n\r\n", 4);
    const char *field = memmem(c->answer, c->received, "Content-Length: ", 16);
    if (!head_end)
        return 0;
    if (!field || field > head_end) {
        fputs("an answer without Content-Length\n", stderr);
        exit(1);
    }
    return (size_t)(head_end + 4 - c->answer) + strtoull(field + 16, NULL, 10);
}

static void note(const struct connection *c)
{
    if (strncmp(c->answer + 9, "200", 3) != 0 && failed_count++ == 0)
        fprintf(stderr, "first failure: %.*s\n", (int)(c->received < 600 ? c->received : 600), c->answer);
    if (done_count == capacity) {
        capacity = capacity ? capacity * 2 : 4096;
        latencies_us = realloc(latencies_us, capacity * sizeof *latencies_us);
        if (!latencies_us)
            die("realloc");
    }
    latencies_us[done_count++] = now_us() - c->began_us;
}

/* Reads; true when the connection has nothing left to do. */
static bool pull(int poll, struct connection *c)
{
    for (;;) {
        ssize_t n = recv(c->fd, c->answer + c->received, ANSWER_BYTES - c->received, 0);
        if (n < 0 && errno == EAGAIN)
            return false;
        if (n <= 0) {
            fputs("a connection was closed\n", stderr);
            exit(1);
        }
        c->received += (size_t)n;
        size_t whole = answer_length(c);
        if (whole && c->received >= whole) {
            note(c);
            if (!take_next(c))
                return true;
            push(poll, c);
        }
    }
}

static void connect_one(int poll, struct connection *c, const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int one = 1;
    inet_pton(AF_INET, host, &address.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->answer = malloc(ANSWER_BYTES);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void run(int poll, size_t live)
{
    struct epoll_event events[256];
    while (live) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                push(poll, c);
            if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && pull(poll, c)) {
                close(c->fd);
                live--;
            }
        }
    }
}

int main(int argc, char **argv)
{
    static struct connection connections[CONNECTIONS_MAX];
    struct stat about;
    if (argc != 5) {
        fputs("usage: http_load HOST PORT CONNECTIONS FILE\n", stderr);
        return 2;
    }
    int file = open(argv[4], O_RDONLY);
    if (file < 0 || fstat(file, &about) != 0)
        die(argv[4]);
    at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    end = at + about.st_size;
    size_t wanted = strtoull(argv[3], NULL, 10), live = 0;
    int poll = epoll_create1(0);
    for (size_t i = 0; i < wanted && i < CONNECTIONS_MAX; i++)
        connect_one(poll, &connections[i], argv[1], argv[2]);
    int64_t began = now_us();
    for (size_t i = 0; i < wanted && i < CONNECTIONS_MAX; i++)
        if (take_next(&connections[i])) {
            push(poll, &connections[i]);
            live++;
        }
    run(poll, live);
    double seconds = (double)(now_us() - began) / 1e6;
    qsort(latencies_us, done_count, sizeof *latencies_us, compare);
    printf("{\"requests\": %zu, \"seconds\": %.3f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"p999_ms\": %.2f, "
           "\"failed\": %zu}\n",
           done_count, seconds, (double)latencies_us[done_count / 2] / 1e3,
           (double)latencies_us[done_count * 99 / 100] / 1e3, (double)latencies_us[done_count * 999 / 1000] / 1e3,
           failed_count);
    return failed_count ? 1 : 0;
}
